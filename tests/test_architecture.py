"""The habits of the house, kept by the machine: layout, layers, names and the two programs."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SOURCE_ROOTS = {
    "app": "casebound",
    "ui": "casebound_ui",
    "packaging": "casebound_packaging",
    "exporters": "casebound_exporters",
    "resources": "casebound_resources",
}
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def modules() -> list[Path]:
    return [
        path for root in SOURCE_ROOTS for path in sorted((ROOT / root).rglob("*.py")) if "__pycache__" not in path.parts
    ]


def test_a_source_root_holds_one_package_of_its_own_name() -> None:
    for root, package in SOURCE_ROOTS.items():
        entries = {entry.name for entry in (ROOT / root).iterdir() if entry.name != "__pycache__"}
        assert entries == {package}, f"{root}/ must hold {package}/ and nothing else, least of all an __init__.py"
        assert (ROOT / root / package / "__init__.py").is_file()


def test_nothing_under_tests_is_a_package() -> None:
    assert not list((ROOT / "tests").rglob("__init__.py")), "tests/packaging/__init__.py would shadow PyPI's packaging"


def test_the_top_level_holds_only_what_was_agreed() -> None:
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if tracked.returncode:
        pytest.skip("not a git checkout")
    top = {name.split("/")[0] for name in tracked.stdout.splitlines()}
    folders = {name for name in top if (ROOT / name).is_dir()}
    assert folders <= {*SOURCE_ROOTS, "tests", "docs", "benchmarks", ".ci"}


def test_pypis_packaging_is_not_shadowed() -> None:
    import packaging.version

    assert "site-packages" in (packaging.version.__file__ or "")


def test_the_wheel_and_the_development_install_name_the_same_roots() -> None:
    hatch = PROJECT["tool"]["hatch"]["build"]
    assert hatch["dev-mode-dirs"] == list(SOURCE_ROOTS)
    assert sorted(hatch["targets"]["wheel"]["packages"]) == sorted(
        f"{root}/{name}" for root, name in SOURCE_ROOTS.items()
    )
    assert set(PROJECT["tool"]["importlinter"]["root_packages"]) == set(SOURCE_ROOTS.values())


def test_modules_hold_one_idea() -> None:
    long = {
        str(path.relative_to(ROOT)): count
        for path in modules()
        if (count := len(path.read_text("utf-8").splitlines())) > 400
    }
    # The stand-alone verifier is one file on purpose: a stranger reads it in one go.
    long.pop("packaging/casebound_packaging/standalone/verify.py", None)
    # The script that makes the sample is data with a recipe, run by nobody but its test.
    long = {name: count for name, count in long.items() if not name.startswith("resources/")}
    assert not long, f"longer than 400 lines, so probably two ideas: {long}"


def test_no_module_is_a_drawer() -> None:
    drawers = {"utils", "util", "helpers", "helper", "manager", "managers", "base", "common", "misc"}
    assert not [path for path in modules() if path.stem in drawers or path.parent.name in drawers]


def test_every_module_says_what_it_is() -> None:
    silent = [
        str(path.relative_to(ROOT)) for path in modules() if not ast.get_docstring(ast.parse(path.read_text("utf-8")))
    ]
    assert not silent


def test_no_dangerous_call_is_in_the_code() -> None:
    found = []
    for path in modules():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                shell = any(
                    word.arg == "shell" and getattr(word.value, "value", None) is not False for word in node.keywords
                )
                if name in {"extractall", "eval", "unpack_archive"} or shell:
                    found.append(f"{path.relative_to(ROOT)}:{node.lineno}: {name}")
            if isinstance(node, ast.Import | ast.ImportFrom):
                names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""]
                found += [
                    f"{path.relative_to(ROOT)}:{node.lineno}: {name}"
                    for name in names
                    if name.split(".")[0] in {"pickle", "marshal", "shelve"}
                ]
    assert not found


@pytest.mark.parametrize(
    ("statement", "forbidden"),
    [
        (
            "import casebound_packaging.cli, casebound_packaging.package, casebound_packaging.verify",
            "PySide6 sqlalchemy pandas reportlab duckdb numpy alembic typer",
        ),
        (
            "import casebound.document, casebound.importing, casebound.events, casebound_exporters.archive",
            "PySide6 pandas reportlab duckdb pyhanko",
        ),
        ("import casebound_ui.entry", "PySide6 pandas reportlab duckdb pyhanko"),
        ("import casebound_ui.desktop.main", "pandas reportlab duckdb pyhanko pikepdf"),
    ],
)
def test_importing_brings_in_nothing_heavy(statement: str, forbidden: str) -> None:
    code = f"{statement}\nimport sys\nprint(' '.join(sorted(set({forbidden.split()!r}) & set(sys.modules))))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.strip(), done.stderr) == (0, "", "")


def test_both_programs_are_declared() -> None:
    assert PROJECT["project"]["scripts"] == {
        "casebound": "casebound_ui.entry:main",
        "casebound-verify": "casebound_packaging.cli:main",
    }


def test_the_lock_file_pins_everything_with_hashes() -> None:
    lines = (ROOT / "requirements.lock").read_text("utf-8").splitlines()
    pins = [line for line in lines if line and not line.startswith((" ", "#"))]
    assert pins and all("==" in line for line in pins)
    assert sum(line.strip().startswith("--hash=sha256:") for line in lines) >= len(pins)
    assert not [line for line in lines if "://" in line or "file:" in line], "a lock file names no machine"


def test_pyside_is_the_one_that_does_not_abort() -> None:
    """PySide6 6.12.0 on CPython 3.11 loses a reference at each emit and setPen; the markers must keep it away."""
    from PySide6 import __version__

    if sys.version_info < (3, 12):
        assert __version__.startswith("6.11.")
    code = """
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication, QImage, QPainter, QColor
app = QGuiApplication([])
class Bell(QObject):
    rung = Signal(bool)
bell = Bell(); heard = []
bell.rung.connect(heard.append)
for _ in range(2000):
    bell.rung.emit(True)
image = QImage(8, 8, QImage.Format.Format_RGB32); painter = QPainter(image)
for _ in range(20000):
    painter.setPen(QColor(1, 2, 3))
painter.end()
assert len(heard) == 2000
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**__import__("os").environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
