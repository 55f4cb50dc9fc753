"""The timeline at many rows: what a person waits for, and the same questions asked of three peers, in one run.

    python3 dev.py bench timeline [--rows 16000000] [--peer-rows N] [--keep DIR]

The case is imported by Casebound from the set of `import_scale`, with its text index and the codes of its columns. With
`--keep` the case and the peers' stores are made once and used again.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from import_scale import tables, write_set

HERE = Path(__file__).resolve().parent
TARGETS = {
    "open to first complete frame": "2,000",
    "zoom or pan, one frame": "16",
    "hover, one frame": "16",
    "table jump, rows read": "20",
    "filter on indexed columns, with histogram": "300",
    "full text, first page (rare word)": "150",
    "full text, first page (common word)": "150",
    "full text, exact count (rare word)": "500",
    "full text, exact count (common word)": "500",
    "sort by a column with codes, first page": "1,500",
    "sort by a column of texts, first page": "1,500",
}
"""Milliseconds that are not to be exceeded (95 of 100 times)."""
ASKED = ("histogram", "page", "filter", "text, rare", "text, common", "sort")
WHAT = {
    "histogram": "histogram of everything in 4 lanes, 880 bins",
    "page": "100 rows somewhere",
    "filter": "filter by a status, with the histogram in lanes",
    "text, rare": "text that stands once: exact count",
    "text, common": "word in every seventh row: exact count",
    "sort": "first 100 rows by another column, downwards",
}


def prepare(folder: Path, rows: int) -> Path:
    """The case of `rows` request rows with their smaller tables; made once."""
    from casebound.case import Actor
    from casebound.document import Case
    from casebound.importing import bring_in

    path, whole = folder / f"timeline-{rows}.casebound", folder / f"timeline-{rows}.whole"
    if not whole.exists():
        if path.exists():
            raise SystemExit(f"{path} is half made: delete it first")
        with tempfile.TemporaryDirectory(dir=folder) as name:
            write_set(Path(name), rows)
            with Case.create(path, "BENCH-3", "Timeline benchmark", Actor("Bench")) as case:
                for table in tables(Path(name)):
                    bring_in(case, table)
        whole.touch()
    with Case.open(path, Actor("Bench")) as case:
        case.build_column_codes(least_rows=1)
        case.build_text_indexes(least_rows=1)
    return path


def rows_of(path: Path) -> Path:
    """The row store of the requests."""
    from casebound.case import Actor
    from casebound.document import Case

    with Case.open(path, Actor("Bench"), write=False) as case:
        source = next(source for source in case.snapshot().sources if source.table == "requests")
        return path / "rows" / source.generation / "rows.duckdb"


def measured(*command: str) -> dict[str, object]:
    """What a measurement in a process of its own says."""
    done = subprocess.run(
        [sys.executable, *command],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
    )
    if done.returncode:
        raise SystemExit(f"{command[0]} failed:\n{done.stderr[-2000:]}")
    said: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return said


def bench(rows: int, peer_rows: int, keep: Path | None, repeats: int = 20) -> str:
    """The tables for benchmarks/README.md."""
    with tempfile.TemporaryDirectory() as name:
        folder = keep if keep is not None else Path(name)
        folder.mkdir(parents=True, exist_ok=True)
        case = prepare(folder, rows)
        ours = measured(str(HERE / "timeline_window.py"), str(case), "--repeats", str(repeats))
        peers = {
            peer: measured(
                str(HERE / "timeline_peers.py"), peer, str(rows_of(case)), str(folder), str(peer_rows), str(repeats)
            )
            for peer in ("pandas", "sqlite", "duckdb")
        }
    return "\n".join([*_ours(ours, rows), "", *_beside(ours, peers, rows, peer_rows)])


def _ours(said: dict[str, object], rows: int) -> list[str]:
    samples: dict[str, list[float]] = said["samples"]  # type: ignore[assignment]
    lines = [
        (
            f"{rows:,} request rows with their accounts, payments and logins, {said['events']:,} events on the timeline, brought in "
            "by Casebound; the real session, browsing, canvas and table, offscreen, 1440 × 900. Milliseconds."
        ),
        "",
        "| what | times | median | p95 | not over |",
        "|---|---:|---:|---:|---:|",
    ]
    for name, found in samples.items():
        if not name.startswith("peers: "):
            p95 = sorted(found)[min(int(len(found) * 0.95), len(found) - 1)]
            median = statistics.median(found)
            lines.append(f"| {name} | {len(found)} | {median:,.1f} | {p95:,.1f} | {TARGETS.get(name, '')} |")
    lines += [
        f"| longest hold of the main thread (processor time) | | | {said['held_cpu_ms']:,.0f} | 100 |",
        "",
        (
            f"Memory of the process, mapped pages apart: {said['opened_mb']:,.0f} MB with the case open, at most "
            f"{said['window_mb']:,.0f} MB in the window's flows (not over 900), {said['peak_mb']:,.0f} MB with every question "
            f"of these tables asked, whole orders of texts included. Mapped pages: {said['mapped_mb']:,.0f} MB."
        ),
    ]
    return lines


def _beside(ours: dict[str, object], peers: dict[str, dict[str, object]], rows: int, peer_rows: int) -> list[str]:
    mine: dict[str, list[float]] = ours["samples"]  # type: ignore[assignment]
    lines = [
        (
            f"The same questions in the same run: pandas in memory, SQLite (time, account and status indexed, FTS5) and DuckDB bare, "
            f"with {peer_rows:,} of the {rows:,} rows and six of their columns, ready made in the order of time. Texts are looked "
            "for in one column by the peers, in all columns by Casebound. Medians in milliseconds; in brackets how many times as "
            "long as Casebound."
        ),
        "",
        "| question | Casebound | " + " | ".join(peers) + " |",
        "|---|---:|" + "---:|" * len(peers),
    ]
    for name in ASKED:
        own = statistics.median(mine[f"peers: {name}"])
        cells = []
        for said in peers.values():
            theirs = statistics.median(said["samples"][name])  # type: ignore[index]
            cells.append(f"{theirs:,.1f} ({theirs / own:,.1f} ×)")
        lines.append(f"| {WHAT[name]} | {own:,.1f} | " + " | ".join(cells) + " |")
    ready = [f"{float(str(said['ready_s'])):,.0f}" for said in peers.values()]
    memory = [f"{float(str(said['peak_mb'])):,.0f}" for said in peers.values()]
    lines.append(
        f"| seconds until ready (kept stores: to open them) | {float(str(ours['median_open'])) / 1_000:,.1f} | "
        + " | ".join(ready)
        + " |"
    )
    lines.append(f"| peak memory, MB | {ours['peak_mb']:,.0f} | " + " | ".join(memory) + " |")
    return lines
