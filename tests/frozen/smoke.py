"""The frozen program, judged as a stranger would: from another folder, with an empty home and no window system.

Not a pytest module: `python3 dev.py smoke` runs it on what `python3 dev.py package` built. It fails on the first
unexpected word on any output.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

BUILT = Path(__file__).resolve().parents[2] / "dist" / "casebound"
SUFFIX = ".exe" if os.name == "nt" else ""
GPL_OR_UNWANTED = re.compile(
    r"Qt6(Charts|Graphs|DataVisualization|VirtualKeyboard|Qml|Quick|WebEngine)|libqgtk3|libgtk-3|readline",
    re.IGNORECASE,
)


def fail(text: str) -> None:
    sys.exit(f"smoke: {text}")


def started(name: str, *arguments: str, home: Path, expect: int = 0) -> tuple[str, float]:
    """Run a built program in an empty folder; its output and the wall time in seconds. Fails on anything on stderr."""
    environment = {
        key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "QT_", "VIRTUAL_ENV"))
    }
    environment |= {
        "QT_QPA_PLATFORM": "offscreen",
        "HOME": str(home),
        "CASEBOUND_HOME": str(home / "casebound"),
        "NO_COLOR": "1",
    }
    environment["XDG_RUNTIME_DIR"] = str(home)
    begun = time.perf_counter()
    done = subprocess.run(
        [str(BUILT / f"{name}{SUFFIX}"), *arguments],
        cwd=home,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    took = time.perf_counter() - begun
    if done.returncode != expect:
        fail(f"{name} {' '.join(arguments)} ended with {done.returncode}, not {expect}:\n{done.stdout}{done.stderr}")
    if done.stderr.strip():
        fail(f"{name} {' '.join(arguments)} said what was not expected:\n{done.stderr}")
    return done.stdout, took


def main() -> int:
    if not (BUILT / f"casebound{SUFFIX}").is_file():
        fail(f"there is no built program at {BUILT}: run `python3 dev.py package` first")
    files = [path for path in BUILT.rglob("*") if path.is_file() and not path.is_symlink()]
    if unwanted := [path.name for path in files if GPL_OR_UNWANTED.search(path.name)]:
        fail(f"these must not be in the program: {unwanted}")
    for licence in ("LICENSE", "NOTICE"):
        if not any(path.name == licence for path in files):
            fail(f"{licence} is not in the program")
    size = sum(path.stat().st_size for path in files)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        home.chmod(0o700)
        version, version_took = started("casebound-verify", "--version", home=home)
        started("casebound", "--version", home=home)
        started("casebound", "demo", "--dir", str(home / "sample"), "--no-window", home=home)
        packages = sorted((home / "sample").rglob("*.zip"))
        cases = sorted((home / "sample").rglob("*.casebound"))
        if not packages or not cases:
            fail("the demo left no case or no package")
        answer, _ = started("casebound-verify", str(packages[-1]), "--json", home=home, expect=3)
        verdict = json.loads(answer)
        if verdict["verdict"] != "verified-with-limits" or verdict["findings"]:
            fail(f"the sample package was judged: {verdict}")
        same, _ = started("casebound", "verify", str(packages[-1]), "--json", home=home, expect=3)
        if json.loads(same) != verdict:
            fail("the two programs do not agree on the sample package")
        shown, window_took = started("casebound", str(cases[-1]), "--leave-when-shown", home=home)
        if shown.strip():
            fail(f"the window said: {shown}")
        damaged = home / "damaged.zip"
        data = bytearray(packages[-1].read_bytes())
        data[len(data) // 2] ^= 1
        damaged.write_bytes(bytes(data))
        started("casebound-verify", str(damaged), home=home, expect=1)
    print(f"frozen program: {size / 1e6:,.0f} MB in {len(files):,} files; {version.strip()}")
    print(f"casebound-verify --version {version_took:.2f} s; window on the sample case, in and out {window_took:.2f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
