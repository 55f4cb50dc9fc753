"""SQLite databases: every ordinary table is a table. Views, triggers and virtual tables are told and never run.

The file is opened read-only and immutable, so that nothing is written beside it and no log beside it is played back;
nothing of the schema is trusted. Values are text by what is stored, whatever the column was declared as: integers and
texts as they are, reals in the shortest digits that give back the number, blobs as lower-case hexadecimal digits.
The line of a record is its rowid; in a table without rowids its number, from 1. There is no byte offset.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from sys import getsizeof
from typing import Any

from casebound.case import TableMapping
from casebound.errors import BadSource
from casebound.importers.batch import FULL_BYTES, LONGEST_RECORD, Batch, beat, distinct_names
from casebound.importers.gathering import Gathering
from casebound.importers.layout import Choices, Layout
from casebound.importers.sqliteschema import FAULTS, Table, open_database, schema_of
from casebound.importers.storable import unstorable
from casebound.sqltext import name_sql

_SHOWN = 200
_TOGETHER = 32  # rows fetched at once
_MANY = 2_000  # rows handed on at once
_COUNTED = 256 * 1024 * 1024  # bytes of a file up to which its rows are counted for progress
_KINDS = {int: "integer", float: "real", str: "text", bytes: "blob"}

Row = tuple[Any, ...]


class SqliteDatabase:
    """The ordinary tables of an SQLite file; `member` is the name of the table."""

    kind = "sqlite"
    format = "sqlite"
    version = "sqlite 1"

    def layouts(self, path: Path, name: str, choices: Choices) -> tuple[Layout, ...]:
        with closing(open_database(path, name)) as connection:
            schema = schema_of(connection, path, name)
            words = list(schema.words())
            found, damaged = [], []
            for table in schema.tables:
                try:
                    found.append((table, _head(connection, table, name)))
                except BadSource as error:
                    damaged.append(error.title)
        if not found:
            why = damaged[0] if damaged else "It holds no table."
            raise BadSource(f"“{name}” cannot be read. {why}", "Ask for the export again.", where=name)
        return tuple(
            Layout(
                table.name,
                distinct_names(list(table.columns)),
                tuple(tuple(_text(value) for value in row[1:]) for row in rows if _fault(_texts(row)) is None),
                (*table.words(), *words, *damaged),
                member=table.name,
            )
            for table, rows in found
        )

    def batches(self, path: Path, member: str, mapping: TableMapping) -> Iterator[Batch]:
        columns = tuple(column.name for column in mapping.columns)
        with closing(open_database(path, path.name)) as connection:
            schema = schema_of(connection, path, path.name)
            table = next((one for one in schema.tables if one.name == member), None)
            if table is None or len(table.columns) != len(columns):
                raise BadSource(
                    f"“{path.name}” has no table “{member}” as it was looked at.",
                    "Look at the file again.",
                    where=path.name,
                )
            reading = _Reading(columns)
            yield from reading.batches(_rows(connection, table, path.name))
            end = beat(columns)
            end.told = (*table.words(), *schema.words(), *reading.words())
            yield end

    def size(self, path: Path, member: str) -> int:
        """Rows; 0 where counting them would take long."""
        if path.stat().st_size > _COUNTED:
            return 0
        with closing(open_database(path, path.name)) as connection:
            try:
                counted = connection.execute(f"SELECT count(*) FROM main.{name_sql(member)} NOT INDEXED")  # noqa: S608
                return int(counted.fetchone()[0])
            except FAULTS:
                return 0  # reading it says what is wrong


def _head(connection: sqlite3.Connection, table: Table, name: str) -> list[Row]:
    """The first rows that can be read."""
    rows: list[Row] = []
    for block in _rows(connection, table, name):
        rows += block if isinstance(block, list) else ()
        if len(rows) >= _SHOWN:
            break
    return rows[:_SHOWN]


def _select(table: Table, after: int | None = None, *, only: bool = False) -> str:
    """All stored values of a table in its own order, the rowid first where there is one; of `only` one row."""
    cells = ", ".join(name_sql(column) for column in table.columns)
    where = f" WHERE {table.rowid} {'=' if only else '>'} {after}" if after is not None and table.rowid else ""
    order = f" ORDER BY {table.rowid}" if table.rowid else ""
    return (
        f"SELECT {table.rowid or 'NULL'}, {cells} FROM main.{name_sql(table.name)} NOT INDEXED"  # noqa: S608
        f"{where}{order}"
    )


@dataclass(frozen=True, slots=True)
class _Overlong:
    """A row with a value larger than is read."""

    rowid: int


def _rows(connection: sqlite3.Connection, table: Table, name: str) -> Iterator[list[Row] | _Overlong]:
    """The rows of a table, some at a time. A table that cannot be read to its end is refused by its name."""
    came, last, cursor = 0, None, None
    while True:
        rows: list[Row] = []
        try:
            cursor = cursor or connection.execute(_select(table, last))
            for row in cursor:
                rows.append(row)
                if len(rows) == _TOGETHER:
                    break
            else:
                yield rows
                return
        except sqlite3.DataError as error:  # a value is too long
            yield rows
            last = rows[-1][0] if rows else last
            came += len(rows) + 1
            passed = _passed_over(connection, table, last)
            if passed is None:
                raise _damaged(table, name, came, str(error)) from error
            try:
                # The row ahead of it was at hand when this one failed, and is read again by itself.
                again = _one(connection, table, passed)
            except FAULTS as fault:
                raise _damaged(table, name, came, str(fault)) from fault
            yield again
            last, cursor = passed, None
            continue
        except FAULTS as error:
            raise _damaged(table, name, came + len(rows), str(error)) from error
        came += len(rows)
        last = rows[-1][0]
        yield rows


def _one(connection: sqlite3.Connection, table: Table, rowid: int) -> list[Row] | _Overlong:
    try:
        return connection.execute(_select(table, rowid, only=True)).fetchall()
    except sqlite3.DataError:
        return _Overlong(rowid)


def _passed_over(connection: sqlite3.Connection, table: Table, last: int | None) -> int | None:
    """The rowid of the row behind `last`, without its values; None in a table without rowids."""
    if not table.rowid:
        return None
    where = f" WHERE {table.rowid} > {last}" if last is not None else ""
    try:
        found = connection.execute(
            f"SELECT {table.rowid} FROM main.{name_sql(table.name)} NOT INDEXED{where} "  # noqa: S608 - quoted above
            f"ORDER BY {table.rowid} LIMIT 1"
        ).fetchone()
    except FAULTS:
        return None
    return int(found[0]) if found else None


class _Reading:
    """Rows on their way into batches, and what kinds of values were met."""

    def __init__(self, columns: tuple[str, ...]) -> None:
        self._columns = columns
        self._met: list[dict[type, int]] = [{} for _ in columns]
        self._gathering = Gathering()
        self._number = 0

    def batches(self, blocks: Iterator[list[Row] | _Overlong]) -> Iterator[Batch]:
        pending: list[Row] = []
        size = 0
        for block in blocks:
            if isinstance(block, _Overlong):
                self._take(pending)
                yield self._gathering.rest(self._columns)
                pending, size = [], 0
                self._number += 1
                where = self._gathering.place(block.rowid, -1, 0)
                reason = f"The record holds a value longer than {2 * LONGEST_RECORD:,} bytes, more than is read."
                self._gathering.refuse(where, "too-long", reason, f"rowid {block.rowid}")
                continue
            pending += block
            size += sum(map(getsizeof, chain.from_iterable(block)))
            if len(pending) >= _MANY or size > FULL_BYTES:
                self._take(pending)
                yield self._gathering.rest(self._columns)
                pending, size = [], 0
        self._take(pending)
        yield self._gathering.rest(self._columns)

    def _take(self, rows: list[Row]) -> None:
        for index, column in enumerate(list(zip(*rows, strict=True))[1:]):
            met = self._met[index]
            for kind in set(map(type, column)):
                met[kind] = met.get(kind, 0) + sum(type(value) is kind for value in column)
        for row in rows:
            self._number += 1
            texts = _texts(row)
            where = self._gathering.place(self._number if row[0] is None else row[0], -1, 0)
            fault = _fault(texts)
            if fault:
                raw = "\t".join(text or "" for text in texts).replace("\0", "\\x00")
                self._gathering.refuse(where, *fault, raw.encode("utf-8", "surrogateescape"))
            else:
                self._gathering.keep(where, texts)

    def words(self) -> list[str]:
        """A sentence for each column whose values are of several kinds, or blobs."""
        words = []
        for name, met in zip(self._columns, self._met, strict=True):
            kinds = {kind: met[kind] for kind in _KINDS if kind in met}
            if len(kinds) > 1 or bytes in kinds:
                told = ", ".join(f"{number:,} {_KINDS[kind]}" for kind, number in kinds.items())
                blobs = "; blobs are written as hexadecimal digits" if bytes in kinds else ""
                words.append(f"The values of “{name}” are stored as different kinds: {told}{blobs}.")
        return words


def _texts(row: Row) -> list[str | None]:
    return [_text(value) for value in row[1:]]


def _text(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, float):
        return repr(value)
    return value.hex() if isinstance(value, bytes) else str(value)


def _fault(texts: list[str | None]) -> tuple[str, str] | None:
    size = sum(len(text) for text in texts if text)
    if size > LONGEST_RECORD:
        return "too-long", f"The record is {size:,} characters long; the longest read is {LONGEST_RECORD:,}."
    return unstorable(texts)


def _damaged(table: Table, name: str, came: int, why: str) -> BadSource:
    return BadSource(
        f"The table “{table.name}” of “{name}” cannot be read to its end: {why}, behind {came:,} rows.",
        "Ask for the export again, or leave this table out.",
        meaning="How many rows follow cannot be told, so none of the table was brought in.",
        where=name,
    )
