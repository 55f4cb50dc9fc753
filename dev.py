#!/usr/bin/env python3
"""Casebound's tasks, from a fresh clone on. Standard library only; `python3 dev.py` lists them.

Every task sets up what it needs first: the virtual environment .venv from requirements.lock (every wheel's hash is
checked) and the system libraries it uses. Nothing is installed into the system unless this runs as root where
there is apt-get, and never with --no-system; the exact command is printed instead.
"""

from __future__ import annotations

import argparse
import ctypes
import hashlib
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
LOCK = ROOT / "requirements.lock"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")

# What the machine must offer: (probe, Debian package, why). A probe is a shared library to load or a program to find.
VENV_MODULE = ("module:ensurepip", "python3-venv", "makes the virtual environment")
QT_LIBRARIES = (
    ("lib:libglib-2.0.so.0", "libglib2.0-0", "the window (QtCore)"),
    ("lib:libEGL.so.1", "libegl1", "the window (QtGui)"),
    ("lib:libGL.so.1", "libgl1", "the window (QtGui)"),
    ("lib:libfontconfig.so.1", "libfontconfig1", "the window (fonts)"),
    ("lib:libdbus-1.so.3", "libdbus-1-3", "the window (QtDBus)"),
    ("lib:libxkbcommon.so.0", "libxkbcommon0", "the window (keyboard)"),
)
DISPLAY_LIBRARIES = (
    ("lib:libxcb-cursor.so.0", "libxcb-cursor0", "the window under X11"),
    ("lib:libxcb-icccm.so.4", "libxcb-icccm4", "the window under X11"),
    ("lib:libxcb-keysyms.so.1", "libxcb-keysyms1", "the window under X11"),
    ("lib:libxcb-shape.so.0", "libxcb-shape0", "the window under X11"),
    ("lib:libxcb-xkb.so.1", "libxcb-xkb1", "the window under X11"),
    ("lib:libxkbcommon-x11.so.0", "libxkbcommon-x11-0", "the window under X11"),
)
CHECKERS = (
    ("program:openssl", "openssl", "tests: other people's check of the seals"),
    ("program:ssh-keygen", "openssh-client", "tests: other people's check of the SSH seals"),
    ("program:pdfsig", "poppler-utils", "tests: other people's check of the signed report"),
    ("program:qpdf", "qpdf", "tests: other people's check of the report's structure"),
    ("program:git", "git", "tests of the repository itself"),
    ("program:unzip", "unzip", "tests: a ZIP reader of somebody else"),
    ("program:softhsm2-util", "softhsm2", "tests: a token in software for keys that never leave it"),
)
FREEZERS = (("program:objdump", "binutils", "building the frozen program"),)

Need = tuple[str, str, str]


def say(text: str) -> None:
    print(text, flush=True)


def run(*command: str | Path, env: dict[str, str] | None = None, check: bool = True, quiet: bool = False) -> int:
    """Run a command in the project folder with the environment's programs first on the path; its exit code.

    `quiet` shows what the command said only when it failed.
    """
    environment = {**os.environ, **(env or {})}
    environment["PATH"] = f"{BIN}{os.pathsep}{environment.get('PATH', '')}"
    done = subprocess.run(
        [str(part) for part in command],
        cwd=ROOT,
        env=environment,
        check=False,
        stdout=subprocess.PIPE if quiet else None,
        stderr=subprocess.STDOUT if quiet else None,
    )
    if quiet and done.returncode:
        sys.stdout.write(done.stdout.decode("utf-8", "replace"))
    if check and done.returncode:
        sys.exit(done.returncode)
    return done.returncode


# ---------------------------------------------------------------------------------------------------------- the system
def has(probe: str) -> bool:
    """Is the library, program or module of a probe there?"""
    kind, _, name = probe.partition(":")
    if kind == "program":
        return shutil.which(name) is not None
    if kind == "module":
        return (
            subprocess.run([sys.executable, "-c", f"import {name}"], capture_output=True, check=False).returncode == 0
        )
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def system(needs: Sequence[Need], allowed: bool) -> bool:
    """See that what a task needs from the system is there; says what is missing and why. True if nothing is."""
    if platform.system() != "Linux":
        return True
    missing = [need for need in needs if not has(need[0])]
    if not missing:
        return True
    for _, package, why in missing:
        say(f"missing from this system: {package:<22} needed for {why}")
    packages = sorted({package for _, package, _ in missing})
    install = ["apt-get", "install", "-y", "--no-install-recommends", *packages]
    if allowed and shutil.which("apt-get") and hasattr(os, "geteuid") and os.geteuid() == 0:
        say("installing: " + " ".join(packages))
        environment = {"DEBIAN_FRONTEND": "noninteractive"}
        run("apt-get", "update", "-qq", env=environment, check=False, quiet=True)
        run(*install, "-qq", env=environment, check=False, quiet=True)
        missing = [need for need in needs if not has(need[0])]
        if not missing:
            return True
        say("still missing: " + ", ".join(package for _, package, _ in missing))
    say("install them with:  sudo apt-get update && sudo " + " ".join(install))
    return False


# ----------------------------------------------------------------------------------------------------- the environment
def recipe() -> str:
    """What the environment was made from: interpreter, place, lock file, and how the project installs itself."""
    import tomllib  # after the check of the interpreter's version in setup()

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    parts = [sys.version, str(ROOT), repr(project["project"]), repr(project["tool"]["hatch"])]
    return hashlib.sha256("\n".join(parts).encode() + LOCK.read_bytes()).hexdigest()


def setup(options: argparse.Namespace) -> None:
    """Make .venv from the lock file, or leave it where it is already of this lock file."""
    if sys.version_info < (3, 11):  # noqa: UP036 - a person may well start this with an older one
        sys.exit(f"Casebound needs Python 3.11 or newer; this is {platform.python_version()}.")
    stamp = VENV / "casebound-recipe"
    if PYTHON.exists() and stamp.exists() and stamp.read_text(encoding="ascii") == recipe():
        return
    if not system([VENV_MODULE], not options.no_system):
        sys.exit(1)
    say(f"making {VENV.name} from {LOCK.name} (some minutes the first time)")
    run(sys.executable, "-m", "venv", "--clear", VENV)
    pip = (PYTHON, "-m", "pip", "install", "--disable-pip-version-check", "--no-input", "-q")
    run(*pip, "--require-hashes", "-r", LOCK)
    run(*pip, "--no-deps", "--no-build-isolation", "-e", ROOT)
    stamp.write_text(recipe(), encoding="ascii")


# ------------------------------------------------------------------------------------------------------------ the tasks
def demo(options: argparse.Namespace) -> int:
    """Build, seal and verify the sample case, then open it (--no-window: do not; --dir DIR: put it there)."""
    setup(options)
    arguments = list(options.rest)
    display = platform.system() != "Linux" or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    wants_window = bool(display) and "--no-window" not in arguments
    if wants_window and not system(QT_LIBRARIES + DISPLAY_LIBRARIES, not options.no_system):
        say("going on without the window")
        arguments.append("--no-window")
    return run(BIN / "casebound", "demo", *arguments, check=False)


def start(options: argparse.Namespace) -> int:
    """Start the program; what follows is given to it."""
    setup(options)
    if not options.rest and not system(QT_LIBRARIES + DISPLAY_LIBRARIES, not options.no_system):
        return 1
    return run(BIN / "casebound", *options.rest, check=False)


def test(options: argparse.Namespace) -> int:
    """Format, lint, types, import contracts and all tests; with arguments, only pytest with those."""
    setup(options)
    if not system(QT_LIBRARIES + CHECKERS, not options.no_system):
        return 1
    offscreen = {"QT_QPA_PLATFORM": "offscreen"}
    if options.rest:
        return run(PYTHON, "-m", "pytest", *options.rest, env=offscreen, check=False)
    steps: list[tuple[str, tuple[str | Path, ...]]] = [
        ("format", (PYTHON, "-m", "ruff", "format", "--check", "--quiet", ".")),
        ("lint", (PYTHON, "-m", "ruff", "check", "--quiet", ".")),
        ("types", (PYTHON, "-m", "mypy")),
        ("import contracts", (BIN / "lint-imports",)),
        ("tests", (PYTHON, "-m", "pytest", "-q", "-n", str(min(4, os.cpu_count() or 2)), "--dist", "loadfile")),
    ]
    failed = []
    for name, command in steps:
        say(f"== {name}")
        if run(*command, env=offscreen, check=False, quiet=name != "tests"):
            failed.append(name)
    say("all passed" if not failed else "failed: " + ", ".join(failed))
    return 1 if failed else 0


def tidy(options: argparse.Namespace) -> int:
    """Format the code and mend what the linter can mend."""
    setup(options)
    run(PYTHON, "-m", "ruff", "format", ".")
    return run(PYTHON, "-m", "ruff", "check", "--fix", ".", check=False)


def bench(options: argparse.Namespace) -> int:
    """Measure against the peer or the limit of this machine; keeps the table in benchmarks/README.md."""
    setup(options)
    if not system(QT_LIBRARIES, not options.no_system):
        return 1
    return run(PYTHON, ROOT / "benchmarks" / "run.py", *options.rest, env={"QT_QPA_PLATFORM": "offscreen"}, check=False)


def package(options: argparse.Namespace) -> int:
    """Build the frozen one-folder program into dist/casebound."""
    setup(options)
    if not system(QT_LIBRARIES + FREEZERS, not options.no_system):
        return 1
    shutil.rmtree(ROOT / "dist" / "casebound", ignore_errors=True)
    arguments = ("--noconfirm", "--clean", "--log-level", "WARN", "build.spec")
    return run(PYTHON, "-m", "PyInstaller", *arguments, *options.rest, check=False)


def smoke(options: argparse.Namespace) -> int:
    """Start the frozen program from another folder: it opens the sample, verifies a package, and says no more."""
    setup(options)
    if not system(QT_LIBRARIES, not options.no_system):
        return 1
    return run(PYTHON, ROOT / "tests" / "frozen" / "smoke.py", *options.rest, check=False)


def pictures(options: argparse.Namespace) -> int:
    """Make the pictures of the README and docs/pictures from the sample case."""
    setup(options)
    if not system(QT_LIBRARIES, not options.no_system):
        return 1
    arguments = options.rest or ["--out", str(ROOT / "docs" / "pictures")]
    offscreen = {"QT_QPA_PLATFORM": "offscreen"}
    return run(PYTHON, "-m", "casebound_ui.desktop.pictures", *arguments, env=offscreen, check=False)


def guide(options: argparse.Namespace) -> int:
    """Write the program's own --help into docs/guide.md."""
    setup(options)
    return run(PYTHON, ROOT / "tests" / "ui" / "guide_blocks.py", check=False)


def conformance(options: argparse.Namespace) -> int:
    """Make the published suite for verifiers again (--seed: seal a new package for it first)."""
    setup(options)
    return run(PYTHON, ROOT / "tests" / "conformance" / "corpus_publication.py", *options.rest, check=False)


def lock(options: argparse.Namespace) -> int:
    """Resolve pyproject.toml anew into requirements.lock, with hashes, for every platform (needs uv)."""
    if shutil.which("uv") is None:
        sys.exit("this task needs uv: python3 -m pip install uv")
    command = ["uv", "pip", "compile", "--universal", "--python-version", "3.11", "--generate-hashes", "--extra", "dev"]
    return run(*command, "--no-header", "--no-annotate", "-q", "-o", LOCK, ROOT / "pyproject.toml", check=False)


TASKS: dict[str, Callable[[argparse.Namespace], int]] = {
    "demo": demo,
    "run": start,
    "test": test,
    "check": test,
    "tidy": tidy,
    "bench": bench,
    "package": package,
    "smoke": smoke,
    "pictures": pictures,
    "guide": guide,
    "conformance": conformance,
    "lock": lock,
}


def main(arguments: Sequence[str]) -> int:
    words = list(arguments)
    no_system = "--no-system" in words
    words = [word for word in words if word != "--no-system"]
    if not words or words[0] in {"-h", "--help", "help"}:
        say("usage: python3 dev.py TASK [--no-system] [arguments of the task]\n")
        for name, task in TASKS.items():
            say(f"  {name:<10}{(task.__doc__ or '').splitlines()[0]}")
        say("\n--no-system leaves the system alone: what is missing is named, with the command that installs it.")
        return 0
    if words[0] not in TASKS:
        sys.stderr.write(f"dev.py: there is no task “{words[0]}”. The tasks are: {', '.join(TASKS)}.\n")
        return 2
    return TASKS[words[0]](argparse.Namespace(no_system=no_system, rest=words[1:]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
