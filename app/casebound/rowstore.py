"""One generation of rows: written once from a staging, then never changed. Its files, all in one folder:

rows.duckdb
    rows: `_position` (dense from 0, by time, then ordinal), `_ordinal`, `_line`, `_offset`, `_length` (place in the
    original), `_time_us` (int64 microseconds UTC) and `_reading` (a line of `readings`), both NULL in a table without
    times, then every column of the original under its own name, BIGINT where that keeps every value letter for letter,
    else VARCHAR.
    readings: the time ledger, one line for each way in which times were read. quarantine: records set aside.
    duplicates: records left out as repetitions, with the first occurrence. columns: name, role, type, distinct values
    (approximate). meta: the recipe (importer, mapping as JSON, counts).
times.npy
    the times of the rows by position, int64, sorted; empty in a table without times.
"""

# ruff: noqa: S608 - names are quoted by casebound.sqltext, values are parameters or quoted literals

from __future__ import annotations

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from casebound.arranging import Arrangement
from casebound.case import Column, ColumnRole
from casebound.duck import ask, watched
from casebound.filling import fill
from casebound.mappings import mapping_json
from casebound.repetitions import leave_out, tell_apart
from casebound.sqltext import name_sql, text_sql
from casebound.staging import Duplicate, Staging, texts
from casebound.timecolumn import TimeReading
from casebound.work import Progress

ROWS, TIMES = "rows.duckdb", "times.npy"
FORMAT = 2
_BEAT = 0.05  # seconds between two looks at progress
_HASHED = 200_000  # rows looked at together for repetitions
_LOOKS, _LOOK = 16, 125_000  # stretches of a long table that are looked at, and rows in each


@dataclass(frozen=True, slots=True)
class Written:
    """What a generation holds."""

    columns: tuple[str, ...]
    kept: int
    quarantined: int
    duplicates: int
    timed: int
    first_us: int | None
    last_us: int | None
    digest: str
    alike: int  # rows kept that repeat another in every value, in a table without a key to tell whether that matters
    assumed: int  # times read in a zone that nobody stated
    notes: tuple[tuple[str, int], ...]  # what is uncertain about times, and of how many


def write(staging: Staging, importer: str, progress: Progress) -> Written:
    """Sort and write what was staged. Whoever commits the generation forces its files to the disk."""
    staging.finish()
    stays = np.ones(staging.count, dtype=bool)
    with ThreadPoolExecutor(1, "casebound-order") as beside:
        by_time = beside.submit(_by_time, staging)
        leave_out(staging, stays, [*staging.clashing, *(one.ordinal for one in staging.standing)])
        duplicates = [*staging.standing, *tell_apart(staging, stays, progress)]
        while not wait((by_time,), _BEAT).done:
            progress(0, 0, "Sorting by time")
        order, times = by_time.result()
    if not stays.all():
        kept_rows = stays[order]
        order, times = order[kept_rows], times[kept_rows] if len(times) else times
    kept, read = len(order), staging.read
    if kept + staging.aside + len(duplicates) != read:
        counts = f"{kept} + {staging.aside} + {len(duplicates)}"
        raise AssertionError(f"{read} records read, {counts} accounted for")
    store, connection = staging.folder / ROWS, staging.connection
    ask(connection, f"ATTACH {text_sql(str(store))} AS store")
    types = ["BIGINT" if index in staging.typed else "VARCHAR" for index in range(len(staging.columns))]
    # Half the memory for all but the longest tables.
    position = np.full(staging.count, -1, dtype=np.int32 if staging.count < 2**31 else np.int64)
    position[order] = np.arange(kept, dtype=position.dtype)
    del order
    digest = fill(staging, Arrangement(staging, position, progress), position, types, progress)
    _tables(staging, duplicates)
    readings = _readings(staging, position)
    distinct = _distinct(staging, kept, progress)
    alike = 0 if staging.key >= 0 else _alike(staging, kept, progress)
    _describe(staging, importer, types, distinct, (read, kept, staging.aside, len(duplicates)))
    with (staging.folder / TIMES).open("wb") as stream:
        # To a plain file numpy would write as much as the disk takes, and name no reason for the rest.
        np.save(SimpleNamespace(write=stream.write), times)
    watched(connection, "CHECKPOINT store", progress, "Writing")
    ask(connection, "DETACH store")
    staging.close()
    notes: dict[str, int] = {}
    for note, count in ((line.note, count) for line, count in readings if line.note and count):
        notes[note] = notes.get(note, 0) + count
    return Written(
        staging.columns,
        kept,
        staging.aside,
        len(duplicates),
        len(times),
        int(times[0]) if len(times) else None,
        int(times[-1]) if len(times) else None,
        digest,
        alike,
        sum(count for line, count in readings if line.zone_origin == "assumed"),
        tuple(sorted(notes.items(), key=lambda item: (-item[1], item[0]))[:20]),
    )


def _by_time(staging: Staging) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Staged rows by time, then as they stand in the original; and their times (none without a column)."""
    if not staging.has_times:
        return np.arange(staging.count), np.empty(0, dtype=np.int64)
    times: NDArray[np.int64] = staging.places["time"].whole()
    if np.all(times[1:] >= times[:-1]):
        return np.arange(len(times)), times
    by_time = np.argsort(times, kind="stable")
    return by_time, times[by_time]


def _tables(staging: Staging, duplicates: Sequence[Duplicate]) -> None:
    connection = staging.connection
    ask(connection, "CREATE TABLE store.quarantine AS SELECT * FROM aside ORDER BY _ordinal")
    ask(
        connection,
        "CREATE TABLE store.duplicates (_ordinal BIGINT, _line BIGINT, _offset BIGINT, _first_ordinal BIGINT, "
        "_first_line BIGINT, _first_source BIGINT)",
    )
    if not duplicates:
        return
    table = np.array(
        [
            (one.ordinal, one.line, one.offset, one.first_ordinal, one.first_line, one.first_source or 0)
            for one in sorted(duplicates, key=lambda one: one.ordinal)
        ],
        dtype=np.int64,
    )
    connection.register("incoming", {f"n{index}": np.ascontiguousarray(table[:, index]) for index in range(6)})
    ask(connection, "INSERT INTO store.duplicates SELECT n0, n1, n2, n3, n4, nullif(n5, 0) FROM incoming")
    connection.unregister("incoming")


def _readings(staging: Staging, position: NDArray[Any]) -> list[tuple[TimeReading, int]]:
    """The time ledger, with how many of the rows kept were read in each way."""
    connection = staging.connection
    ask(
        connection,
        "CREATE TABLE store.readings (code USMALLINT, rule VARCHAR, zone VARCHAR, zone_origin VARCHAR, note VARCHAR, "
        "precision_us BIGINT, uncertain_us BIGINT, count BIGINT)",
    )
    if staging.times is None or not staging.has_times:
        return []
    lines = staging.times.ledger.lines
    counts = np.bincount(staging.places["reading"].whole()[position >= 0], minlength=len(lines)).tolist()
    connection.register(
        "incoming",
        {
            "code": np.arange(len(lines), dtype=np.uint16),
            "rule": texts([line.rule for line in lines]),
            "zone": texts([line.zone for line in lines]),
            "origin": texts([line.zone_origin for line in lines]),
            "note": texts([line.note for line in lines]),
            "precise": np.array([line.precision_us for line in lines], dtype=np.int64),
            "uncertain": np.array([line.uncertain_us for line in lines], dtype=np.int64),
            "n": np.array(counts, dtype=np.int64),
        },
    )
    ask(connection, "INSERT INTO store.readings SELECT * FROM incoming ORDER BY code")
    connection.unregister("incoming")
    return list(zip(lines, counts, strict=True))


def _distinct(staging: Staging, kept: int, progress: Progress) -> list[int]:
    """About how many values each column has; in a long table by a look at some stretches of it."""
    if not kept:
        return [0] * len(staging.columns)
    starts = range(0, kept, max(kept // _LOOKS, 1)) if kept > _LOOKS * _LOOK else ()
    where = " OR ".join(f"_position BETWEEN {start} AND {start + _LOOK - 1}" for start in starts) or "true"
    found: list[int] = []
    for start in range(0, len(staging.columns), 50):
        names = staging.columns[start : start + 50]
        asked = ", ".join(f"approx_count_distinct({name_sql(name)})" for name in names)
        watched(
            staging.connection,
            f"CREATE OR REPLACE TEMP TABLE looked AS SELECT [{asked}] AS found FROM store.rows WHERE {where}",
            progress,
            "Looking at the columns",
        )
        found += [int(value) for value in ask(staging.connection, "SELECT found FROM looked")[0][0]]
    if staging.key >= 0:
        found[staging.key] = kept
    return found


def _alike(staging: Staging, kept: int, progress: Progress) -> int:
    """Rows that repeat another one in every value."""
    if not staging.columns or kept < 2:
        return 0
    cells = ", ".join(name_sql(name) for name in staging.columns)
    hashes = []
    for start in range(0, kept, _HASHED):
        progress(start, kept, "Looking for repeated records")
        found = staging.connection.execute(
            f"SELECT hash({cells}) AS h FROM store.rows WHERE _position >= {start} AND _position < {start + _HASHED}"
        ).fetchnumpy()
        hashes.append(np.asarray(found["h"], dtype=np.uint64))
    whole = np.sort(np.concatenate(hashes))
    return int((whole[1:] == whole[:-1]).sum())


def _describe(
    staging: Staging, importer: str, types: list[str], distinct: list[int], counts: tuple[int, int, int, int]
) -> None:
    connection = staging.connection
    ask(
        connection,
        "CREATE TABLE store.columns (number BIGINT, name VARCHAR, role VARCHAR, type VARCHAR, distinct_values BIGINT)",
    )
    roles = {column.name: column.role for column in staging.mapping.columns}
    described = [
        [index, name, roles.get(name, ColumnRole.TEXT).value, types[index], distinct[index]]
        for index, name in enumerate(staging.columns)
    ]
    if described:
        connection.executemany("INSERT INTO store.columns VALUES (?, ?, ?, ?, ?)", described)
    ask(connection, "CREATE TABLE store.meta (key VARCHAR, value VARCHAR)")
    facts = {
        "format": str(FORMAT),
        "importer": importer,
        "mapping": mapping_json(staging.mapping),
        "counts": json.dumps(dict(zip(("read", "kept", "quarantined", "duplicates"), counts, strict=True))),
    }
    for key, value in facts.items():
        ask(connection, "INSERT INTO store.meta VALUES (?, ?)", [key, value])


def extended(columns: tuple[Column, ...], names: tuple[str, ...]) -> tuple[Column, ...]:
    """The mapped columns and those that appeared while reading."""
    return columns + tuple(Column(name) for name in names[len(columns) :])
