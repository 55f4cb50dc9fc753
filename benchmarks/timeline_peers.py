"""The questions of a timeline, asked of pandas in memory, of SQLite with indexes and of DuckDB bare.

    .venv/bin/python benchmarks/timeline_peers.py pandas|sqlite|duckdb ROWS_DUCKDB FOLDER COUNT REPEATS

Prints one JSON object. Run by `benchmarks/timeline.py`, each peer in a process of its own. They get the rows ready made
and in the order of time, six columns of them; texts are looked for in one column, where Casebound looks in all.
"""

from __future__ import annotations

import json
import random
import sys
import time
from collections.abc import Callable
from pathlib import Path

BINS = 880
PAGE = 100
COLUMNS = ("us", "request_id", "account_id", "model_id", "status_code", "prompt_excerpt")
_SELECT = "_position, _time_us AS us, request_id, account_id, model_id, status_code, prompt_excerpt"
Work = Callable[[], object]


def own_memory() -> float:
    """The most memory this process had, in MB."""
    said = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return int(said["VmHWM"].split()[0]) / 1024


def sampled(works: dict[str, Work], repeats: int) -> dict[str, list[float]]:
    """Milliseconds by name; what takes long is asked less often."""
    samples: dict[str, list[float]] = {}
    for name, work in works.items():
        begun = time.perf_counter()
        for turn in range(repeats):
            if turn >= 2 and time.perf_counter() - begun > 20:
                break
            start = time.perf_counter()
            work()
            samples.setdefault(name, []).append((time.perf_counter() - start) * 1_000)
    return samples


def pandas_works(rows: Path, folder: Path, count: int) -> dict[str, Work]:
    """All in memory: repeated values as categories, which is the best that pandas has for them."""
    import duckdb

    with duckdb.connect(str(rows), read_only=True) as store:
        frame = store.execute(f"SELECT {_SELECT} FROM rows WHERE _position < {count} ORDER BY _position").fetch_df()
    for name in ("account_id", "model_id"):
        frame[name] = frame[name].astype("category")
    first, last, chance = int(frame["us"].iloc[0]), int(frame["us"].iloc[-1]), random.Random(5)
    step = (last - first) // BINS + 1

    def histogram(some: object) -> object:
        bins = (some["us"] - first) // step  # type: ignore[index]
        return some.groupby([bins, "model_id"], observed=True).size()  # type: ignore[attr-defined]

    def page() -> object:
        start = chance.randrange(max(len(frame) - PAGE, 1))
        return frame.iloc[start : start + PAGE].to_dict("records")

    def holds(text: str) -> object:
        return frame["prompt_excerpt"].str.contains(text, case=False, regex=False, na=False).sum()

    return {
        "histogram": lambda: histogram(frame),
        "page": page,
        "filter": lambda: histogram(frame[frame["status_code"] == 429]),
        "text, rare": lambda: frame["request_id"].str.contains("req_000000345678", regex=False).sum(),
        "text, common": lambda: holds("chemistry"),
        "sort": lambda: frame.sort_values("account_id", ascending=False, kind="stable").head(PAGE).to_dict("records"),
    }


def sqlite_works(rows: Path, folder: Path, count: int) -> dict[str, Work]:
    """A table in the order of time with an index of times, one of accounts, and FTS5 over the texts."""
    import sqlite3

    import duckdb

    path = folder / f"peer-{count}.sqlite"
    whole = path.with_suffix(".whole")
    if not whole.exists():
        path.unlink(missing_ok=True)
        with duckdb.connect(str(rows), read_only=True) as store, sqlite3.connect(path, isolation_level=None) as made:
            for setting in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -400000"):
                made.execute(f"PRAGMA {setting}")
            made.execute(
                "CREATE TABLE rows (position INTEGER PRIMARY KEY, us INTEGER, request_id TEXT, account_id TEXT, "
                "model_id TEXT, status_code INTEGER, prompt_excerpt TEXT)"
            )
            made.execute(
                "CREATE VIRTUAL TABLE texts USING fts5(request_id, prompt_excerpt, content='rows', content_rowid="
                "'position', detail=none, tokenize=\"unicode61 tokenchars '_'\")"
            )
            made.execute("BEGIN")
            found = store.execute(f"SELECT {_SELECT} FROM rows WHERE _position < {count} ORDER BY _position")
            while some := found.fetchmany(20_000):
                made.executemany("INSERT INTO rows VALUES (?, ?, ?, ?, ?, ?, ?)", some)
            made.execute("COMMIT")
            made.execute("CREATE INDEX by_time ON rows (us)")
            made.execute("CREATE INDEX by_account ON rows (account_id, us)")
            made.execute("CREATE INDEX by_status ON rows (status_code, us, model_id)")
            made.execute("INSERT INTO texts (texts) VALUES ('rebuild')")
        whole.touch()
    store = sqlite3.connect(path)
    first, last = store.execute("SELECT min(us), max(us) FROM rows").fetchone()
    step, chance = (last - first) // BINS + 1, random.Random(5)

    def ask(sql: str, *parameters: object) -> list[object]:
        return store.execute(sql, parameters).fetchall()

    bins = f"SELECT (us - {first}) / {step} AS bin, model_id, count(*) FROM rows"
    return {
        "histogram": lambda: ask(f"{bins} GROUP BY 1, 2"),
        "page": lambda: ask(
            "SELECT * FROM rows WHERE us >= ? ORDER BY us LIMIT ?", chance.randrange(first, last), PAGE
        ),
        "filter": lambda: ask(f"{bins} WHERE status_code = 429 GROUP BY 1, 2"),
        "text, rare": lambda: ask("SELECT count(*) FROM texts WHERE texts MATCH ?", '"req_000000345678"'),
        "text, common": lambda: ask("SELECT count(*) FROM texts WHERE texts MATCH ?", '"chemistry"'),
        "sort": lambda: ask("SELECT * FROM rows ORDER BY account_id DESC, us LIMIT ?", PAGE),
    }


def duckdb_works(rows: Path, folder: Path, count: int) -> dict[str, Work]:
    """A table in the order of time, default settings."""
    import duckdb

    path = folder / f"peer-{count}.duckdb"
    if not path.exists():
        half = path.with_suffix(".half")
        half.unlink(missing_ok=True)
        with duckdb.connect(str(half)) as made:
            made.execute(f"ATTACH '{rows}' AS source (READ_ONLY)")
            made.execute(
                f"CREATE TABLE rows AS SELECT {_SELECT.replace('_position', '_position AS position')} FROM source.rows "
                f"WHERE _position < {count} ORDER BY _position"
            )
        half.rename(path)
    store = duckdb.connect(str(path), read_only=True)
    first, last = store.execute("SELECT min(us), max(us) FROM rows").fetchall()[0]
    step, chance = (last - first) // BINS + 1, random.Random(5)

    def ask(sql: str) -> list[object]:
        return store.execute(sql).fetchall()

    def page() -> object:
        start = chance.randrange(max(count - PAGE, 1))
        return ask(f"SELECT * FROM rows WHERE position >= {start} AND position < {start + PAGE} ORDER BY position")

    bins = f"SELECT (us - {first}) // {step} AS bin, model_id, count(*) FROM rows"
    return {
        "histogram": lambda: ask(f"{bins} GROUP BY 1, 2"),
        "page": page,
        "filter": lambda: ask(f"{bins} WHERE status_code = 429 GROUP BY 1, 2"),
        "text, rare": lambda: ask("SELECT count(*) FROM rows WHERE contains(request_id, 'req_000000345678')"),
        "text, common": lambda: ask("SELECT count(*) FROM rows WHERE contains(lower(prompt_excerpt), 'chemistry')"),
        "sort": lambda: ask(f"SELECT * FROM rows ORDER BY account_id DESC, position LIMIT {PAGE}"),
    }


PEERS = {"pandas": pandas_works, "sqlite": sqlite_works, "duckdb": duckdb_works}


def main() -> None:
    peer, rows, folder, count, repeats = sys.argv[1:]
    begun = time.perf_counter()
    works = PEERS[peer](Path(rows), Path(folder), int(count))
    ready = time.perf_counter() - begun
    samples = sampled(works, int(repeats))
    print(json.dumps({"samples": samples, "ready_s": ready, "peak_mb": own_memory()}))


if __name__ == "__main__":
    main()
