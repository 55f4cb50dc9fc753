"""Measure Casebound against its peers in one run, print the ratios, and keep the table in benchmarks/README.md.

    python3 dev.py bench [import|attach|text|package|custody|timeline] [--rows N] [--peer-rows N] [--keep DIR] [--full]

Every measurement is a process of its own, so that peak memory (the kernel's own figure) is that of the work alone. Read the
ratios, not the seconds: machines differ and are noisy.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import platform
import random
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from attachments import copy_attachments, import_attachments, prepare_attachments  # noqa: E402
from custody import bench as bench_custody  # noqa: E402
from import_scale import import_casebound, import_duckdb, import_pandas_sqlite, tables, write_set  # noqa: E402
from text_index import bench_text_index  # noqa: E402
from timeline import bench as bench_timeline  # noqa: E402

PAGE = HERE / "README.md"
REPEATS = 3


def prepare_package(folder: Path) -> None:
    """A sealed package with 2,000 attachments of 50 KB, for the verifiers to race on."""
    from casebound.case import Actor
    from casebound.document import Case
    from casebound_exporters.archive import SealedPackageExporter
    from casebound_packaging.identity import Identity

    chance = random.Random(7)
    identity = Identity.create("Bench")
    with Case.create(folder / "bench.casebound", "BENCH-2", "Package benchmark", Actor("Bench")) as case:
        for number in range(2000):
            path = folder / f"{number:04d}.bin"
            path.write_bytes(chance.randbytes(50_000))
            attachment = case.attach(path)
            case.make_exhibit(attachment=attachment.number)
            path.unlink()
        exporter = SealedPackageExporter(identity=identity, recipient_class="legal", purpose="benchmark")
        sealed = exporter.export(case, folder, lambda done, total, note="": None)
    (folder / "package.txt").write_text(str(sealed.path), encoding="utf-8")


def verify_casebound(folder: Path) -> None:
    from casebound_packaging.verify import Trust, verify

    report = verify(Path((folder / "package.txt").read_text("utf-8")), Trust())
    if report.findings:
        raise SystemExit(str(report.findings[:3]))


def verify_bagit(folder: Path) -> None:
    package = Path((folder / "package.txt").read_text("utf-8"))
    with tempfile.TemporaryDirectory(dir=folder) as out:
        subprocess.run(["unzip", "-q", str(package), "-d", out], check=True)
        command = [
            sys.executable,
            "-m",
            "bagit",
            "--validate",
            "--quiet",
            "--processes",
            "2",
            str(Path(out) / package.stem),
        ]
        subprocess.run(command, check=True)


LOADED = {
    "import_casebound": ("casebound.importing", "casebound.document", "alembic.command", "duckdb"),
    "import_duckdb": ("duckdb",),
    "import_pandas_sqlite": ("pandas", "sqlite3"),
}
"""Loaded before the clock starts, for all alike."""
WORK = {
    work.__name__: work
    for work in (import_casebound, import_duckdb, import_pandas_sqlite, prepare_package, verify_casebound, verify_bagit)
}


def measured(name: str, folder: Path, leftovers: tuple[str, ...] = (), repeats: int = REPEATS) -> tuple[float, float]:
    """Median wall seconds and largest peak memory in MB over `repeats` processes of their own."""
    import shutil

    walls, peaks = [], []
    for _ in range(repeats):
        for leftover in leftovers:
            path = folder / leftover
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
        done = subprocess.run(
            [sys.executable, __file__, "--work", name, str(folder)], capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise SystemExit(f"{name} failed:\n{done.stderr[-2000:]}")
        answer = json.loads(done.stdout.splitlines()[-1])
        walls.append(answer["wall"])
        peaks.append(answer["peak_mb"])
    return statistics.median(walls), max(peaks)


def bench_import(rows: int) -> str:
    """The whole set at `rows` rows, a quarter of it for memory, without any order, and 1,000,000 rows beside pandas."""
    quarter, million = max(rows // 4, 1), min(rows, 1_000_000)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_set(folder, million, others=False)
        small = measured("import_casebound", folder, ("bench.casebound",))
        small_bare = measured("import_duckdb", folder, ("bare.duckdb",))
        frame = measured("import_pandas_sqlite", folder, ("frame.sqlite",), repeats=1)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_set(folder, quarter)
        fourth = measured("import_casebound", folder, ("bench.casebound",), repeats=1)
        write_set(folder, quarter, shuffled=True)
        mixed = measured("import_casebound", folder, ("bench.casebound",), repeats=1)
        mixed_bare = measured("import_duckdb", folder, ("bare.duckdb",), repeats=1)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_set(folder, rows)
        size = sum(path.stat().st_size for path in tables(folder)) / 1e9
        # In turn, so that a change of the machine's mood meets both.
        turns = [
            (
                measured("import_casebound", folder, ("bench.casebound",), repeats=1),
                measured("import_duckdb", folder, ("bare.duckdb", "bench.casebound"), repeats=1),
            )
            for _ in range(REPEATS)
        ]
        ours, bare = ((statistics.median(t[i][0] for t in turns), max(t[i][1] for t in turns)) for i in (0, 1))
    what = (
        f"{rows:,} request rows with their accounts, payments and logins ({size:.2f} GB of CSV, four time notations, "
        f"0.1 % dirt), day by day and in no order within a day; medians of {REPEATS} in turn. Libraries are loaded before "
        "the clock starts. The runs of 1,000,000 rows are of requests alone."
    )
    lines = [
        what,
        "",
        "| what | rows | wall s | peak MB | Casebound takes |",
        "|---|---:|---:|---:|---:|",
        f"| Casebound: keep and hash, type, zones, set aside, line and byte of each row, sorted store with dense position, custody | {rows:,} | {ours[0]:.1f} | {ours[1]:,.0f} | |",
        f"| DuckDB alone, default settings: casts, rejects, row number, ORDER BY into a table | {rows:,} | {bare[0]:.1f} | {bare[1]:,.0f} | {ours[0] / bare[0]:.2f} × its time |",
        f"| Casebound (once) | {quarter:,} | {fourth[0]:.1f} | {fourth[1]:,.0f} | |",
        f"| Casebound, rows in no order at all (once) | {quarter:,} | {mixed[0]:.1f} | {mixed[1]:,.0f} | |",
        f"| DuckDB alone, rows in no order at all (once) | {quarter:,} | {mixed_bare[0]:.1f} | {mixed_bare[1]:,.0f} | {mixed[0] / mixed_bare[0]:.2f} × its time |",
        f"| Casebound | {million:,} | {small[0]:.2f} | {small[1]:,.0f} | |",
        f"| DuckDB alone | {million:,} | {small_bare[0]:.2f} | {small_bare[1]:,.0f} | {small[0] / small_bare[0]:.2f} × its time |",
        f"| pandas into SQLite with one index (once) | {million:,} | {frame[0]:.1f} | {frame[1]:,.0f} | {frame[0] / small[0]:.1f} times faster than it |",
    ]
    return "\n".join(lines)


def bench_attach() -> str:
    """10,000 small files attached, beside copying them; in folders of their own, nothing deleted in between."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        prepare_attachments(folder)
        turns = [(import_attachments(folder), copy_attachments(folder)) for _ in range(REPEATS)]
    ours, copying = (statistics.median(turn[i] for turn in turns) for i in (0, 1))
    lines = [
        f"10,000 attachments of 10 KB; medians of {REPEATS} in turn",
        "",
        "| what | wall s | Casebound takes |",
        "|---|---:|---:|",
        f"| Casebound: kept, hashed, a link of the chain each, one commit | {ours:.2f} | |",
        f"| shutil.copytree and sync | {copying:.2f} | {ours / copying:.2f} × its time |",
    ]
    return "\n".join(lines)


def bench_package() -> str:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sealing = measured("prepare_package", folder, repeats=1)
        ours = measured("verify_casebound", folder)
        theirs = measured("verify_bagit", folder)
    lines = [
        f"Package of 2,000 attachments of 50 KB; median of {REPEATS} (sealing: 1, with attaching and 2,000 exhibits)",
        "",
        "| what | wall s | peak MB | Casebound takes |",
        "|---|---:|---:|---:|",
        f"| Casebound: attach 2,000 files, choose them, seal | {sealing[0]:.2f} | {sealing[1]:,.0f} | |",
        f"| Casebound verify, where the ZIP lies: files, ledger, seals, report | {ours[0]:.2f} | {ours[1]:,.0f} | |",
        f"| unzip + bagit.py --validate --processes 2: files only | {theirs[0]:.2f} | {theirs[1]:,.0f} | {ours[0] / theirs[0]:.2f} × its time |",
    ]
    return "\n".join(lines)


def keep(section: str, table: str) -> None:
    """Replace the section's table in benchmarks/README.md, or add it."""
    text = PAGE.read_text("utf-8") if PAGE.exists() else "# Measurements\n"
    machine = (
        f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}, {datetime.now(UTC):%d %B %Y}"
    )
    block = f"## {section}\n\n{machine}\n\n{table}\n"
    pattern = re.compile(rf"^## {re.escape(section)}\n.*?(?=^## |\Z)", re.MULTILINE | re.DOTALL)
    text = pattern.sub(lambda _: block + "\n", text) if pattern.search(text) else f"{text.rstrip()}\n\n{block}"
    PAGE.write_text(text.rstrip() + "\n", encoding="utf-8")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "what", nargs="?", choices=["import", "attach", "text", "package", "custody", "timeline", "all"], default="all"
    )
    parser.add_argument("--rows", type=int, default=16_000_000)
    parser.add_argument("--peer-rows", type=int, default=0, help="rows of the peers of the timeline; all of them if 0")
    parser.add_argument("--keep", type=Path, help="a folder in which what the timeline needs is kept for the next run")
    parser.add_argument("--full", action="store_true", help="packages of 10 GB and of 100,000 files as well (custody)")
    parser.add_argument("--work", nargs=2, metavar=("NAME", "FOLDER"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.work:
        for module in LOADED.get(options.work[0], ()):
            importlib.import_module(module)
        begun = time.perf_counter()
        WORK[options.work[0]](Path(options.work[1]))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(json.dumps({"wall": time.perf_counter() - begun, "peak_mb": peak}))
        return 0
    benches = {
        "import": lambda: bench_import(options.rows),
        "attach": bench_attach,
        "text": lambda: bench_text_index(min(options.rows, 1_000_000)),
        "package": bench_package,
        "custody": lambda: bench_custody(full=options.full),
        "timeline": lambda: bench_timeline(options.rows, options.peer_rows or options.rows, options.keep),
    }
    for name, bench in benches.items():
        if options.what in {name, "all"}:
            table = bench()
            print(f"\n== {name}\n{table}", flush=True)
            keep(name, table)
    return 0


if __name__ == "__main__":
    sys.exit(main())
