"""The frozen program, judged as a stranger would: from another folder, with an empty home and no window system.

Not a pytest module: `python3 dev.py smoke` runs it on what `python3 dev.py package` built. It fails on the first
unexpected word on any output.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import sqlite3
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


def formats(home: Path) -> None:
    """What needs libraries or children that a build may have left out: old workbooks, zstd, Parquet, SQLite, facts."""
    import duckdb
    import zstandard
    from PIL import Image

    sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "app"))
    import made_workbooks

    rows = [["request_id", "ts"], ["r1", "2026-03-01T10:00:00Z"], ["r2", "2026-03-01T10:00:01Z"]]
    text = "".join(",".join(row) + "\n" for row in rows)
    (home / "old.xls").write_bytes(made_workbooks.xls(rows))
    (home / "packed.csv.zst").write_bytes(zstandard.ZstdCompressor().compress(text.encode().replace(b"r1", b"r3")))
    with duckdb.connect() as store:
        made = "SELECT 'p' || i AS request_id, '2026-03-01T11:00:0' || i || 'Z' AS ts FROM range(2) r(i)"
        store.execute(f"COPY ({made}) TO '{(home / 'columns.parquet').as_posix()}' (FORMAT parquet)")
    with contextlib.closing(sqlite3.connect(home / "rows.db")) as store:
        store.execute("CREATE TABLE logins (login_id TEXT, ts TEXT)")
        store.execute("INSERT INTO logins VALUES ('l1', '2026-03-01T12:00:00Z'), ('l2', '2026-03-01T12:00:01Z')")
        store.commit()
    Image.new("RGB", (8, 8)).save(home / "picture.jpg", exif=_exif())
    case = str(home / "formats.casebound")
    started("casebound", "new", case, "--number", "SMOKE-1", "--title", "Formats", home=home)
    for name in ("old.xls", "packed.csv.zst", "columns.parquet", "rows.db"):
        answer, _ = started("casebound", "import", case, str(home / name), "--json", home=home)
        if '"kept": 2' not in answer:
            fail(f"{name} did not come in whole: {answer}")
    answer, _ = started("casebound", "attach", case, str(home / "picture.jpg"), "--json", home=home)
    if "Smoke camera" not in answer:
        fail(f"what the picture says of itself is not told: {answer}")


def _exif() -> bytes:
    from PIL import Image

    exif = Image.Exif()
    exif[0x0110] = "Smoke camera"
    return exif.tobytes()


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
        formats(home)
    print(f"frozen program: {size / 1e6:,.0f} MB in {len(files):,} files; {version.strip()}")
    print(f"casebound-verify --version {version_took:.2f} s; window on the sample case, in and out {window_took:.2f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
