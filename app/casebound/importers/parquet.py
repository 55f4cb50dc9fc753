"""Parquet, read by DuckDB, which loads nothing from anywhere. Every column becomes text by stated rules.

Timestamps are ISO 8601 with all digits of their unit, those kept in UTC with +00:00; decimals have all their digits;
nested values are JSON, bytes are lower-case hexadecimal digits, NULL is nothing. The line of a record is its number in
the file, from 1; there is no byte offset.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from casebound.case import TableMapping
from casebound.duck import ask, connect
from casebound.errors import BadSource
from casebound.importers.batch import FULL_BYTES, LONGEST_RECORD, MOST_COLUMNS, Batch, Refused, beat, distinct_names
from casebound.importers.batch import shortened as in_short
from casebound.importers.layout import Choices, Layout
from casebound.importers.storable import unstorable
from casebound.sqltext import path_sql

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_SHOWN = 200
_BEAT = 0.05  # seconds between two looks at whether a person stopped
_FEWEST, _MOST = 128, 8192  # rows taken at a time, by how large they are
_UNIT_DIGITS = {"MILLIS": "%g", "MICROS": "%f", "NANOS": "%n"}
_NESTED = ("STRUCT", "MAP", "UNION", "VARIANT")
_RULES = (
    "Timestamps are written as ISO 8601 with all digits of their unit, those kept in UTC with +00:00; decimals with "
    "all digits, nested values as JSON, bytes as hexadecimal digits."
)

Record = tuple[str | None, ...]


class ParquetFile:
    """One table for the whole file."""

    kind = "parquet"
    format = "parquet"
    version = "parquet 1"

    def layouts(self, path: Path, name: str, choices: Choices) -> tuple[Layout, ...]:
        with _opened(path, name) as (connection, about):
            rows = ask(connection, f"{about.select(path)} LIMIT {_SHOWN}")
        names = distinct_names([column.name for column in about.columns])
        types = ", ".join(f"“{name}” {column.type}" for name, column in zip(names, about.columns, strict=True))
        shown = types if len(types) < 2_000 else types[:2_000] + "…"
        evidence = (
            f"The file states {_rows(about.rows)}, written by {about.writer or 'a program that is not named'}.",
            f"The file itself names the columns and their types: {shown}.",
            _RULES,
        )
        kept = tuple(row[1:] for row in rows if not _fault(row[1:]))
        return (Layout(Path(name).stem, names, kept, evidence),)

    def batches(self, path: Path, member: str, mapping: TableMapping) -> Iterator[Batch]:
        columns = tuple(column.name for column in mapping.columns)
        taken = 0
        yield beat(columns)
        with _opened(path, path.name) as (connection, about), ThreadPoolExecutor(1, "casebound-parquet") as reader:
            if len(about.columns) != len(columns):
                raise _bad(path.name, "its columns are not those that were looked at")
            reader.submit(connection.execute, about.select(path)).result()
            many = _FEWEST
            try:
                while True:
                    coming = reader.submit(connection.fetchmany, many)
                    while not wait([coming], _BEAT).done:
                        yield beat(columns)
                    rows = coming.result()
                    if not rows:
                        break
                    batch, size = _batch(columns, rows, taken, path.name)
                    taken += len(rows)
                    many = max(_FEWEST, many // 2) if size > FULL_BYTES else min(_MOST, many * 2)
                    yield batch
            finally:
                connection.interrupt()  # a thread that still reads is waited for
        if taken != about.rows:
            raise _bad(path.name, f"its footer states {_rows(about.rows)}, and {taken:,} came")

    def size(self, path: Path, member: str) -> int:
        """Rows, as the footer states them."""
        with _opened(path, path.name) as (_, about):
            return about.rows


@dataclass(frozen=True, slots=True)
class _Column:
    name: str
    type: str  # as DuckDB names it
    unit: str  # of a time: "MILLIS", "MICROS" or "NANOS"


@dataclass(frozen=True, slots=True)
class _About:
    """What a file says of itself."""

    columns: tuple[_Column, ...]
    rows: int
    writer: str
    numbered: bool  # False where a column of the file has the name under which DuckDB numbers the rows

    def select(self, path: Path) -> str:
        """All rows in their order, each with its number from 0 and every column as text."""
        cells = ", ".join(_as_text(f"c{index}", column) for index, column in enumerate(self.columns))
        names = ", ".join(f"c{index}" for index in range(len(self.columns)))
        number, names = ("n", f"{names}, n") if self.numbered else ("NULL", names)
        return f"SELECT {number}, {cells} FROM {_source(path, numbered=self.numbered)} AS t({names})"  # noqa: S608


def _source(path: Path, *, numbered: bool) -> str:
    options = "hive_partitioning = false, union_by_name = false, binary_as_string = false"
    return f"read_parquet({path_sql(path)}, {options}{', file_row_number = true' if numbered else ''})"


def _as_text(cell: str, column: _Column) -> str:
    """SQL that writes a column as text; `cell` is a name of ours."""
    base = column.type.upper()
    if base.startswith("TIMESTAMP"):
        nanos = "_NS" in base
        naive = cell
        zoned = "TZ" in base or "TIME ZONE" in base
        if zoned:
            naive = f"make_timestamp_ns(epoch_ns({cell}))" if nanos else f"make_timestamp(epoch_us({cell}))"
        digits = "%n" if nanos else _UNIT_DIGITS.get(column.unit, "%f")
        written = f"strftime({naive}, '%Y-%m-%d %H:%M:%S.{digits}')" + (" || '+00:00'" if zoned else "")
        year = f"year({naive}) BETWEEN 1 AND 9999"
        finite = f"isfinite({naive if nanos else cell})"
        return f"CASE WHEN {finite} AND {year} THEN {written} ELSE CAST({cell} AS VARCHAR) END"
    if base == "BLOB":
        return f"lower(hex({cell}))"
    if base.endswith("]") or base.startswith(_NESTED):
        return f"CAST(to_json({cell}) AS VARCHAR)"
    return f"CAST({cell} AS VARCHAR)"


@contextmanager
def _opened(path: Path, name: str) -> Iterator[tuple[DuckDBPyConnection, _About]]:
    """A connection and what the file says of itself. Whatever DuckDB cannot read is a `BadSource`."""
    import duckdb

    connection = connect(None, None)
    try:
        ask(connection, "SET TimeZone = 'UTC'")  # for times inside nested values
        yield connection, _about(connection, path, name)
    except duckdb.OutOfMemoryException as error:
        raise _bad(name, "one group of its rows is larger than the memory it is given") from error
    except duckdb.Error as error:
        raise _bad(name, _words(str(error), path)) from error
    finally:
        connection.close()


def _about(connection: DuckDBPyConnection, path: Path, name: str) -> _About:
    source = _source(path, numbered=False)
    found = ask(connection, f"DESCRIBE SELECT * FROM {source}")  # noqa: S608 - quoted by casebound.sqltext
    if len(found) > MOST_COLUMNS:
        raise _bad(name, f"it has {len(found):,} columns, and {MOST_COLUMNS:,} can be read")
    file = path_sql(path)
    footer = "SELECT num_rows, created_by, encryption_algorithm"
    rows, writer, locked = ask(connection, f"{footer} FROM parquet_file_metadata({file})")[0]
    if locked:
        raise _bad(name, "it is encrypted")
    schema = "SELECT name, logical_type, converted_type, num_children"
    units = _units(ask(connection, f"{schema} FROM parquet_schema({file})"))
    columns = tuple(_Column(row[0], row[1], units.get(row[0], "")) for row in found)
    numbered = not any(column.name.lower() == "file_row_number" for column in columns)
    return _About(columns, int(rows), str(writer or "")[:200], numbered)


def _units(schema: list[tuple[Any, ...]]) -> dict[str, str]:
    """The unit of each time among the columns, of a schema written out depth first."""
    units: dict[str, str] = {}
    inside = 0  # elements of nested columns that are still to come
    for name, logical, converted, children in schema[1:]:
        if inside:
            inside += (children or 0) - 1
            continue
        inside = children or 0
        for unit, mark in (("NANOS", "NanoSeconds()"), ("MICROS", "MicroSeconds()"), ("MILLIS", "MilliSeconds()")):
            if mark in (logical or "") or str(converted or "").endswith(unit):
                units[name] = unit
    return units


def _batch(columns: tuple[str, ...], rows: list[Record], taken: int, name: str) -> tuple[Batch, int]:
    """The rows from number `taken` on as a batch, and how many characters they are."""
    numbers = np.arange(taken, taken + len(rows), dtype=np.int64)
    if rows[0][0] is not None and not np.array_equal(numbers, np.array([row[0] for row in rows], dtype=np.int64)):
        raise _bad(name, "its rows did not come in their order")
    values = [list(column) for column in list(zip(*rows, strict=True))[1:]]
    size, suspect = 0, False
    for column in values:
        joined = "".join([value for value in column if value])
        size += len(joined)
        suspect = suspect or "\0" in joined
    none = np.full(len(rows), -1, dtype=np.int64)
    refused: list[Refused] = []
    if suspect or size > LONGEST_RECORD:
        kept = []
        for number, row in enumerate(rows, taken):
            found = _fault(row[1:])
            kept.append(found is None)
            if found:
                raw = "\t".join((value or "").replace("\0", "\\x00") for value in row[1:])
                refused.append(Refused(number, number + 1, -1, 0, *found, in_short(raw)))
        if refused:
            numbers, none = numbers[kept], none[kept]
            values = [[value for value, keep in zip(one, kept, strict=True) if keep] for one in values]
    batch = Batch(columns, numbers, numbers + 1, none, np.zeros_like(none), values=values, refused=refused)
    return batch, size


def _fault(row: Record) -> tuple[str, str] | None:
    """Code and reason where a row cannot be kept."""
    size = sum(len(value) for value in row if value)
    if size > LONGEST_RECORD:
        return "too-long", f"The record is {size:,} characters long; the longest read is {LONGEST_RECORD:,}."
    return unstorable(row)


def _rows(number: int) -> str:
    return f"{number:,} {'row' if number == 1 else 'rows'}"


def _words(said: str, path: Path) -> str:
    """The first sentence of what DuckDB says, without its own address of the file."""
    first = said.splitlines()[0].replace(str(path), path.name) if said else "it is damaged"
    return first.rstrip(".")[:300]


def _bad(name: str, why: str) -> BadSource:
    return BadSource(
        f"“{name}” cannot be read as Parquet: {why}.",
        "Ask for the export again, as Parquet or CSV.",
        where=name,
    )
