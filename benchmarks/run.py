"""Measure Casebound against its peers in one run, print the ratios, and keep the table in benchmarks/README.md.

    python3 dev.py bench [import|package|timeline] [--rows N]

Every measurement is a process of its own, so that peak memory (the kernel's own figure) is that of the work alone. Read the
ratios, not the seconds: machines differ and are noisy.
"""

from __future__ import annotations

import argparse
import csv
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
PAGE = HERE / "README.md"
REPEATS = 3


def requests_csv(path: Path, rows: int) -> None:
    """Write `rows` request rows: four time notations, 0.1 % rows that must be set aside. Deterministic."""
    chance = random.Random(20260301)
    begin = int(datetime(2026, 3, 1, tzinfo=UTC).timestamp())
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(
            [
                "request_id",
                "ts",
                "account_id",
                "endpoint",
                "model_id",
                "input_tokens",
                "output_tokens",
                "ip",
                "user_agent",
            ]
        )
        for number in range(rows):
            moment = begin + chance.randrange(30 * 86_400)
            when = datetime.fromtimestamp(moment, UTC)
            notation = number % 4
            text = (
                when.strftime("%Y-%m-%dT%H:%M:%SZ")
                if notation == 0
                else when.strftime("%Y-%m-%dT%H:%M:%S.%f+00:00")
                if notation == 1
                else when.strftime("%Y-%m-%d %H:%M:%S+0000")
                if notation == 2
                else f"{moment}000"
            )
            if number % 1000 == 999:
                text = "2026-02-31T25:61:00Z"
            account = f"acct_{chance.randrange(24_000):05d}"
            tokens = (chance.randrange(4000), chance.randrange(2000))
            writer.writerow(
                [
                    f"req_{number:09d}",
                    text,
                    account,
                    "/v1/messages",
                    "model-a",
                    *tokens,
                    f"192.0.2.{number % 250}",
                    "client/1.0",
                ]
            )


def import_casebound(folder: Path) -> None:
    from casebound.case import Actor
    from casebound.document import Case
    from casebound.importing import bring_in

    with Case.create(folder / "bench.casebound", "BENCH-1", "Import benchmark", Actor("Bench")) as case:
        bring_in(case, folder / "requests.csv")


def import_duckdb(folder: Path) -> None:
    import duckdb

    store = duckdb.connect(str(folder / "bare.duckdb"))
    source = (folder / "requests.csv").as_posix()
    store.execute(
        "CREATE TABLE rows AS SELECT *, row_number() OVER () AS ordinal, coalesce(try_cast(ts AS TIMESTAMPTZ), "
        "to_timestamp(try_cast(ts AS BIGINT) / 1000.0)) AS moment, try_cast(input_tokens AS BIGINT) AS tokens_in "
        f"FROM read_csv('{source}', all_varchar=true, header=true) ORDER BY moment"
    )
    store.close()


def import_pandas_sqlite(folder: Path) -> None:
    import sqlite3

    import pandas

    frame = pandas.read_csv(folder / "requests.csv", dtype=str)
    frame["moment"] = pandas.to_datetime(frame["ts"], errors="coerce", utc=True, format="mixed")
    with sqlite3.connect(folder / "frame.sqlite") as store:
        frame.to_sql("rows", store, index=False)
        store.execute("CREATE INDEX by_moment ON rows (moment)")


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
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        requests_csv(folder / "requests.csv", rows)
        size = (folder / "requests.csv").stat().st_size / 1e6
        ours = measured("import_casebound", folder, ("bench.casebound",))
        bare = measured("import_duckdb", folder, ("bare.duckdb",))
        frame = measured("import_pandas_sqlite", folder, ("frame.sqlite",), repeats=1)
    lines = [
        f"Import of {rows:,} request rows ({size:,.0f} MB CSV, four time notations, 0.1 % set aside); median of {REPEATS} (pandas: 1)",
        "",
        "| what | wall s | peak MB | Casebound takes |",
        "|---|---:|---:|---:|",
        f"| Casebound: hash, keep, type, zones, set aside, line and byte of each row, sorted store, custody | {ours[0]:.2f} | {ours[1]:,.0f} | |",
        f"| DuckDB alone: casts, ordinal, ORDER BY into a table (loses line, reason and zone) | {bare[0]:.2f} | {bare[1]:,.0f} | {ours[0] / bare[0]:.2f} × its time |",
        f"| pandas into SQLite with one index | {frame[0]:.2f} | {frame[1]:,.0f} | {ours[0] / frame[0]:.2f} × its time |",
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


def bench_timeline() -> str:
    command = [sys.executable, str(HERE / "timeline_frames.py")]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env={**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    )
    if done.returncode:
        raise SystemExit(done.stderr[-2000:])
    return f"```text\n{done.stdout.strip()}\n```"


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
    parser.add_argument("what", nargs="?", choices=["import", "package", "timeline", "all"], default="all")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--work", nargs=2, metavar=("NAME", "FOLDER"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.work:
        begun = time.perf_counter()
        WORK[options.work[0]](Path(options.work[1]))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(json.dumps({"wall": time.perf_counter() - begun, "peak_mb": peak}))
        return 0
    benches = {"import": lambda: bench_import(options.rows), "package": bench_package, "timeline": bench_timeline}
    for name, bench in benches.items():
        if options.what in {name, "all"}:
            table = bench()
            print(f"\n== {name}\n{table}", flush=True)
            keep(name, table)
    return 0


if __name__ == "__main__":
    sys.exit(main())
