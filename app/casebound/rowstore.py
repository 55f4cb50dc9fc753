"""One generation of rows: written once from a staging, then never changed. Its files, all in one folder:

rows.duckdb
    rows: `_position` (dense from 0, by time, then ordinal), `_ordinal`, `_line`, `_offset`, `_length` (place in the
    original), `_time_us`
    (int64 microseconds UTC, NULL in a table without times), `_time_raw`, `_zone`, `_zone_origin`, `_note`, then every
    column of the
    original under its own name, BIGINT where that keeps every value letter for letter, else VARCHAR.
    quarantine: records set aside. duplicates: records left out as repetitions, with the first occurrence. columns:
    name, role, type,
    distinct values (approximate). meta: the recipe (importer, mapping as JSON, counts).
times.npy
    the times of the rows by position, int64, sorted; empty in a table without times.
"""

# ruff: noqa: S608 - names are quoted by casebound.sqltext, values are parameters or quoted literals

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from casebound.case import Column, ColumnRole
from casebound.duck import ask, connect, number, watched
from casebound.importers.batch import Refused
from casebound.mappings import mapping_json
from casebound.sqltext import name_sql, text_sql
from casebound.staging import MOMENT, PLACE, Staging
from casebound.work import Progress, silent

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

ROWS, TIMES = "rows.duckdb", "times.npy"
FORMAT = 1
_WHOLE = r"0|-?[1-9][0-9]{0,17}"
_BLOCK = 20_000  # rows hashed together; part of what the digest means


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
    """Sort and write what was staged; everything is on disk when this returns."""
    staging.gather()
    _tell_repetitions_apart(staging, progress)
    types, distinct = _types(staging, progress)
    folder = staging.folder
    store = folder / ROWS
    connection = staging.connection
    ask(connection, f"ATTACH {text_sql(str(store))} AS store")
    order = "_time_us, _ordinal" if staging.times else "_ordinal"
    cells = "".join(
        f", CAST(c{index} AS {types[index]}) AS {name_sql(name)}" for index, name in enumerate(staging.columns)
    )
    watched(
        connection,
        f"""CREATE TABLE store.rows AS SELECT row_number() OVER () - 1 AS _position, * FROM (
            SELECT {", ".join((*PLACE, *MOMENT))}{cells} FROM staged ORDER BY {order})""",
        progress,
        "Sorting by time",
    )
    ask(connection, "CREATE TABLE store.quarantine AS SELECT * FROM quarantine ORDER BY _ordinal")
    ask(connection, "CREATE TABLE store.duplicates AS SELECT * FROM duplicates ORDER BY _ordinal")
    kept, quarantined, duplicates = (
        number(connection, f"SELECT count(*) FROM store.{table}") for table in ("rows", "quarantine", "duplicates")
    )
    if kept + quarantined + duplicates != staging.read:
        raise AssertionError(f"{staging.read} records read, {kept} + {quarantined} + {duplicates} accounted for")
    alike = 0 if staging.mapping.named(ColumnRole.ID) else _alike(staging, kept, progress)
    assumed = number(connection, "SELECT count(*) FROM staged WHERE _zone_origin = 'assumed'")
    notes = ask(
        connection, "SELECT _note, count(*) FROM staged WHERE _note <> '' GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 20"
    )
    _describe(staging, importer, types, distinct, (staging.read, kept, quarantined, duplicates))
    times = _times(connection, bool(staging.times), kept)
    np.save(folder / TIMES, times)
    watched(connection, "CHECKPOINT store", progress, "Writing")
    digest = _digest(connection, "store.rows", progress)
    ask(connection, "DETACH store")
    for path in (store, folder / TIMES):
        _to_disk(path)
    staging.close()
    _to_disk(folder)
    return Written(
        staging.columns,
        kept,
        quarantined,
        duplicates,
        len(times),
        int(times[0]) if len(times) else None,
        int(times[-1]) if len(times) else None,
        digest,
        alike,
        assumed,
        tuple((str(note), int(count)) for note, count in notes),
    )


def rows_digest(folder: Path, progress: Progress = silent) -> str:
    """SHA-256 over every row of a generation, its place, its time and its values, in the order of `_position`.

    Each value enters as `length:text`, NULL as `~`. Blocks of rows are hashed by DuckDB and the block hashes together
    here, so that the digest depends on nothing but the rows.
    """
    connection = connect(folder / ROWS, None, read_only=True)
    try:
        return _digest(connection, "rows", progress)
    finally:
        connection.close()


def _digest(connection: DuckDBPyConnection, table: str, progress: Progress) -> str:
    names = [row[0] for row in ask(connection, f"SELECT column_name FROM (DESCRIBE {table})")]
    parts = []
    for name in names:
        text = f"CAST({name_sql(name)} AS VARCHAR)"
        parts.append(f"COALESCE(strlen({text}) || ':' || {text}, '~')")
    total = hashlib.sha256(json.dumps(names, ensure_ascii=False).encode())
    count = number(connection, f"SELECT count(*) FROM {table}")
    for start in range(0, count, _BLOCK):
        progress(start, count, "Taking the digest of the rows")
        found = ask(
            connection,
            f"""SELECT sha256(string_agg(row, '' ORDER BY _position)) FROM (
                SELECT _position, concat({", ".join(parts)}) AS row
                FROM {table} WHERE _position >= ? AND _position < ?)""",
            [start, start + _BLOCK],
        )
        total.update(str(found[0][0]).encode())
    return total.hexdigest()


def _tell_repetitions_apart(staging: Staging, progress: Progress) -> None:
    """With a declared key: the same record again is a duplicate; another record under the same key is set aside."""
    connection = staging.connection
    ask(
        connection,
        "CREATE TABLE duplicates (_ordinal BIGINT, _line BIGINT, _offset BIGINT, _first_ordinal BIGINT, "
        "_first_line BIGINT, _first_source BIGINT)",
    )
    if ask(connection, "SELECT 1 FROM duckdb_tables() WHERE table_name = 'standing'"):
        ask(connection, "INSERT INTO duplicates SELECT * FROM standing")  # `casebound.overlaps` left these out
    key = staging.mapping.named(ColumnRole.ID)
    if not key:
        return
    column = f"c{staging.columns.index(key)}"
    cells = [f"c{index}" for index in range(len(staging.columns))]
    same = " AND ".join(f"s.{cell} IS NOT DISTINCT FROM f.{cell}" for cell in cells)
    watched(
        connection,
        f"""CREATE TEMP TABLE repeated AS
        WITH keys AS (
            SELECT {column} AS key, min(_ordinal) AS first FROM staged
            WHERE {column} <> '' GROUP BY 1 HAVING count(*) > 1)
        SELECT s._ordinal, f._ordinal AS first, f._line AS first_line, ({same}) AS same
        FROM staged s JOIN keys ON s.{column} = keys.key JOIN staged f ON f._ordinal = keys.first
        WHERE s._ordinal <> keys.first""",
        progress,
        "Looking for repeated records",
    )
    ask(
        connection,
        """INSERT INTO duplicates SELECT s._ordinal, s._line, s._offset, r.first, r.first_line, NULL
        FROM staged s JOIN repeated r ON s._ordinal = r._ordinal WHERE r.same""",
    )
    rows = ask(
        connection,
        f"""SELECT s._ordinal, s._line, s._offset, s._length, r.first_line, s.{column},
            {", ".join(f"s.{cell}" for cell in cells)}
        FROM staged s JOIN repeated r ON s._ordinal = r._ordinal WHERE NOT r.same ORDER BY s._ordinal""",
    )
    for start in range(0, len(rows), 2_000):
        progress(start, len(rows), "Looking for repeated records")
        staging.set_aside(
            [
                Refused(
                    ordinal,
                    line,
                    offset,
                    length,
                    "duplicate-key",
                    f"{key} {_short(value)} stands already in line {first_line}, with other content.",
                    staging.raw_of(offset, length, values),
                )
                for ordinal, line, offset, length, first_line, value, *values in rows[start : start + 2_000]
            ]
        )
    if number(connection, "SELECT count(*) FROM repeated"):
        ask(connection, "ALTER VIEW staged RENAME TO everything")
        ask(connection, "CREATE VIEW staged AS SELECT * FROM everything ANTI JOIN repeated USING (_ordinal)")


def _types(staging: Staging, progress: Progress) -> tuple[list[str], list[int]]:
    """BIGINT for the columns of numbers whose every value it writes back letter for letter; and how many values
    differ, about.
    """
    roles = {column.name: column.role for column in staging.mapping.columns}
    types, distinct = [], []
    for start in range(0, len(staging.columns), 50):
        part = range(start, min(start + 50, len(staging.columns)))
        asked = ", ".join(
            f"count(c{i}), count(*) FILTER (WHERE c{i} IS NOT NULL AND NOT regexp_full_match(c{i}, '{_WHOLE}')), "
            f"approx_count_distinct(c{i})"
            for i in part
        )
        watched(
            staging.connection,
            f"CREATE OR REPLACE TEMP TABLE looked AS SELECT [{asked}] AS found FROM staged",
            progress,
            "Looking at the columns",
        )
        found = ask(staging.connection, "SELECT found FROM looked")[0][0]
        for position, index in enumerate(part):
            filled, other, values = found[3 * position : 3 * position + 3]
            number = roles.get(staging.columns[index], ColumnRole.TEXT) in (ColumnRole.NUMBER, ColumnRole.TEXT)
            types.append("BIGINT" if filled and not other and number else "VARCHAR")
            distinct.append(int(values))
    return types, distinct


def _alike(staging: Staging, kept: int, progress: Progress) -> int:
    """Rows that repeat another one in every value."""
    if not staging.columns or kept < 2:
        return 0
    cells = ", ".join(f"c{index}" for index in range(len(staging.columns)))
    watched(
        staging.connection,
        f"CREATE TEMP TABLE alike AS SELECT count(*) - count(DISTINCT hash({cells})) AS n FROM staged",
        progress,
        "Looking for repeated records",
    )
    return number(staging.connection, "SELECT n FROM alike")


def _describe(
    staging: Staging, importer: str, types: list[str], distinct: list[int], counts: tuple[int, int, int, int]
) -> None:
    connection = staging.connection
    ask(
        connection,
        "CREATE TABLE store.columns (number BIGINT, name VARCHAR, role VARCHAR, type VARCHAR, distinct_values BIGINT)",
    )
    roles = {column.name: column.role for column in staging.mapping.columns}
    for index, name in enumerate(staging.columns):
        role = roles.get(name, ColumnRole.TEXT).value
        ask(
            connection,
            "INSERT INTO store.columns VALUES (?, ?, ?, ?, ?)",
            [index, name, role, types[index], distinct[index]],
        )
    ask(connection, "CREATE TABLE store.meta (key VARCHAR, value VARCHAR)")
    facts = {
        "format": str(FORMAT),
        "importer": importer,
        "mapping": mapping_json(staging.mapping),
        "counts": json.dumps(dict(zip(("read", "kept", "quarantined", "duplicates"), counts, strict=True))),
    }
    for key, value in facts.items():
        ask(connection, "INSERT INTO store.meta VALUES (?, ?)", [key, value])


def _times(connection: DuckDBPyConnection, timed: bool, kept: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    if not timed:
        return np.empty(0, dtype=np.int64)
    found = connection.execute("SELECT _position, _time_us FROM store.rows ORDER BY _position").fetchnumpy()
    times = np.ascontiguousarray(found["_time_us"], dtype=np.int64)
    dense = len(times) == kept and np.array_equal(found["_position"], np.arange(kept))
    if not dense or np.any(np.diff(times) < 0):
        raise AssertionError("rows were not written in the order of their times")
    return times


def extended(columns: tuple[Column, ...], names: tuple[str, ...]) -> tuple[Column, ...]:
    """The mapped columns and those that appeared while reading."""
    return columns + tuple(Column(name) for name in names[len(columns) :])


def _short(value: str) -> str:
    return value if len(value) <= 60 else value[:57] + "…"


def _to_disk(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
