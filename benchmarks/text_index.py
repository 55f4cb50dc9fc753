"""Measure the text index: building it, and searching with it and without it, on one machine in one run.

    python3 benchmarks/text_index.py [ROWS]

`bench_text_index(rows)` gives the table for benchmarks/README.md. Building runs in a process of its own, so that its peak
memory is its own.
"""

from __future__ import annotations

import itertools
import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from casebound.case import Event
    from casebound.events import Events

REPEATS = 5
SYLLABLES = [
    "ka",
    "lo",
    "mi",
    "ren",
    "tu",
    "sha",
    "vor",
    "el",
    "ing",
    "tion",
    "pre",
    "con",
    "ex",
    "fil",
    "tra",
    "te",
    "ma",
    "ster",
    "ble",
    "qui",
]
QUERIES = {
    "a rare word": "unusualtoken",
    "a phrase of two words": '"unusualtoken renders"',
    "an identifier": "req_{identifier}",
    "part of an identifier": "{part}",
    "a word in 1 row of 100": "hundredth",
    "a common word": "sharen",
    "a word in every second row": "halfway",
    "a word that no row holds": "zqzqzqzq",
    "a short word (2 characters)": "zq",
}


def texts_csv(path: Path, rows: int) -> dict[str, str]:
    """Write request rows with a text of about 120 characters each. Returns what the queries ask for. Deterministic."""
    chance = random.Random(20260302)
    words = ["".join(chance.choices(SYLLABLES, k=chance.randrange(1, 5))) for _ in range(20_000)]
    weights = list(itertools.accumulate(1 / (number + 5) for number in range(len(words))))
    begin = int(datetime(2026, 3, 1, tzinfo=UTC).timestamp())
    asked = {}
    with path.open("w", encoding="utf-8") as stream:
        stream.write("request_id,ts,account_id,endpoint,input_tokens,ip,user_agent,prompt\n")
        for number in range(rows):
            moment = datetime.fromtimestamp(begin + chance.randrange(30 * 86_400), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
            identifier = f"{chance.getrandbits(64):016x}"
            text = " ".join(chance.choices(words, cum_weights=weights, k=18))
            text += " Halfway" if number % 2 else ""
            text += " HUNDREDTH" if number % 100 == 3 else ""
            text += " UnusualToken renders" if number % 10_000 == 7 else ""
            if number == rows // 2:
                asked = {"identifier": identifier, "part": identifier[2:14]}
            stream.write(
                f"req_{identifier},{moment},acct_{chance.randrange(24_000):05d},/v1/messages,{chance.randrange(4000)},"
                f"192.0.{chance.randrange(250)}.{number % 250},client/1.{number % 20},{text}\n"
            )
    return asked


def build(folder: Path) -> None:
    """Build the indexes of the case, and print seconds and peak memory in MB."""
    from casebound.case import Actor
    from casebound.document import Case

    with Case.open(folder / "bench.casebound", Actor("Bench")) as case:
        begin = time.perf_counter()
        case.build_text_indexes()
        wall = time.perf_counter() - begin
    # Not getrusage: its figure begins with that of the process that started this one.
    status = Path("/proc/self/status").read_text("utf-8")
    peak = int(status.partition("VmHWM:")[2].split()[0]) / 1024
    print(json.dumps({"wall": wall, "peak_mb": peak}))


def _milliseconds(work: Callable[[], object]) -> tuple[float, float]:
    """Median and worst of some repetitions, the first left out."""
    work()
    spent = []
    for _ in range(REPEATS):
        begin = time.perf_counter()
        work()
        spent.append((time.perf_counter() - begin) * 1000)
    return statistics.median(spent), max(spent)


def _searches(case_path: Path, asked: dict[str, str]) -> dict[str, tuple[int, float, float]]:
    """For each query: the exact count, and median milliseconds for count and for count with the first 200 rows."""
    from casebound.case import Actor
    from casebound.document import Case
    from casebound.events import Events

    with Case.open(case_path, Actor("Bench"), write=False) as case:
        sources = case.snapshot().sources
    found = {}
    with Events.open(case_path, sources) as events:
        for name, query in QUERIES.items():
            where = query.format(**asked)
            count = events.select(where).count
            counting, _ = _milliseconds(partial(events.select, where))
            paging, _ = _milliseconds(partial(_first_page, events, where))
            found[name] = (count, counting, paging)
    return found


def _first_page(events: Events, where: str) -> list[Event]:
    return events.page(0, 200, events.select(where))


def _sparse(case_path: Path) -> float:
    """Median milliseconds for 200 events that lie anywhere."""
    import numpy as np

    from casebound.case import Actor
    from casebound.document import Case
    from casebound.events import Events

    with Case.open(case_path, Actor("Bench"), write=False) as case:
        sources = case.snapshot().sources
    with Events.open(case_path, sources) as events:
        places = np.sort(np.random.default_rng(1).choice(events.count, 200, replace=False))
        return _milliseconds(lambda: events.at(places))[0]


def bench_text_index(rows: int = 1_000_000) -> str:
    """The table, as Markdown."""
    from casebound.case import Actor
    from casebound.document import Case
    from casebound.importing import bring_in

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        asked = texts_csv(folder / "texts.csv", rows)
        size = (folder / "texts.csv").stat().st_size / 1e6
        path = folder / "bench.casebound"
        with Case.create(path, "BENCH-3", "Text index", Actor("Bench")) as case:
            begin = time.perf_counter()
            bring_in(case, folder / "texts.csv")
            importing = time.perf_counter() - begin
        (folder / "texts.csv").unlink()
        slow = _searches(path, asked)
        command = [sys.executable, __file__, "--build", str(folder)]
        built = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
        on_disk = sum(each.stat().st_size for each in (path / "text").iterdir()) / 1e6
        fast = _searches(path, asked)
        sparse = _sparse(path)
    for query, (count, *_) in slow.items():
        if count != fast[query][0]:
            raise SystemExit(f"{query}: {fast[query][0]} with the index, {count} without")
    head = (
        f"Text index of {rows:,} rows ({size:,.0f} MB CSV, brought in in {importing:.1f} s): built in {built['wall']:.1f}"
        f" s, peak {built['peak_mb']:,.0f} MB, {on_disk:,.0f} MB on disk. Medians of {REPEATS}, warm."
    )
    lines = [
        head,
        "",
        "| looked for, in every column | rows | count, ms: without | with | first 200, ms: without | with |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for query, (count, counting, paging) in slow.items():
        _, faster, paged = fast[query]
        lines.append(f"| {query} | {count:,} | {counting:,.0f} | {faster:,.0f} | {paging:,.0f} | {paged:,.0f} |")
    lines += ["", f"200 events that lie anywhere: {sparse:,.0f} ms."]
    return "\n".join(lines)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--build"]:
        build(Path(sys.argv[2]))
    else:
        print(bench_text_index(int(sys.argv[1]) if sys.argv[1:] else 1_000_000))
