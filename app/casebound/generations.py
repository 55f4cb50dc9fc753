"""The generations of a case opened for reading: one connection, every store attached read only, nothing else
reachable from it.
"""

# ruff: noqa: S608 - names are quoted by casebound.sqltext, values are parameters or quoted literals

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from casebound.case import ColumnRole, Event, EventId, Source
from casebound.duck import ask, connect
from casebound.errors import BadCase
from casebound.filter_sql import Scope
from casebound.questions import reading
from casebound.rowstore import ROWS, TIMES
from casebound.sqltext import name_sql, text_sql
from casebound.textindex import index_path
from casebound.timecolumn import TimeReading

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Int64s = NDArray[np.int64]
_FIXED = ("_position", "_ordinal", "_line", "_time_us")
# Stores of the first version kept with every row how its time was read.
_FIRST_VERSION = ("_time_raw", "_zone", "_zone_origin", "_note")
_NONE: Mapping[str, Int64s] = {}
_MEMORY = "256MB"
_LOOKED_AT = 50_000  # rows whose values are offered, in a column of very many
_SOME = 500  # rows that are handed over together
_NOT_READ = TimeReading("", "", "", "", 1, 0)


@dataclass(frozen=True, slots=True)
class Row:
    """An event and its position in its generation; -1 where the table has no times."""

    local: int
    event: Event


class Generations(Sequence["Generation"]):
    """The stores of `sources`, in their order; those of rows that were read again follow the first of their source."""

    def __init__(self, case_path: Path, sources: Sequence[Source]) -> None:
        import duckdb

        self._connection: DuckDBPyConnection | None = connect(None, None)
        self._all: list[Generation] = []
        parts = [part for source in sources for part in _parts(source)]
        try:
            for index, (source, name, timed) in enumerate(parts):
                folder = case_path / "rows" / name
                ask(self._open, f"ATTACH {text_sql(str(folder / ROWS))} AS g{index} (READ_ONLY)")
                times = np.load(folder / TIMES, mmap_mode="r" if timed else None, allow_pickle=False)
                self._all.append(Generation(self, index, source, times, name, index_path(case_path, name)))
            # Mostly what DuckDB keeps of blocks it has read: nothing that is asked here needs more.
            ask(self._open, f"SET memory_limit = '{_MEMORY}'")
            ask(self._open, "SET enable_external_access = false")
            ask(self._open, "SET lock_configuration = true")
        except (duckdb.Error, OSError, ValueError) as error:
            self.close()
            name = parts[len(self._all)][0].name if len(self._all) < len(parts) else ""
            raise BadCase(
                f"The rows of “{name}” in this case cannot be read.",
                "Run `casebound check` on the case; the rows can be made again from the original it keeps.",
                meaning="The originals and people's work are not affected.",
                where=name,
            ) from error

    def __len__(self) -> int:
        return len(self._all)

    def __getitem__(self, index: Any) -> Any:
        return self._all[index]

    def __iter__(self) -> Iterator[Generation]:
        return iter(self._all)

    def cursor(self) -> DuckDBPyConnection:
        """A connection of its own to the same stores, for one thread. Close it.

        It is interrupted where the question under way on this thread is given up (`casebound.questions`).
        """
        return reading(self._open.cursor())

    def close(self) -> None:
        """Let go of the files. What still refers to these rows then holds nothing of DuckDB, whose module would
        otherwise outlive the interpreter and say so on standard error."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    @property
    def _open(self) -> DuckDBPyConnection:
        connection = self._connection
        if connection is None:
            raise ValueError("these rows were let go")
        return connection


class Generation:
    """The rows of one source that were read together: when it was brought in, or again in a mend."""

    def __init__(
        self, stores: Generations, index: int, source: Source, times: Int64s, name: str, text_index: Path
    ) -> None:
        self._stores, self._index, self.source = stores, index, source
        self.name, self.text_index = name, text_index  # where its text index lies, if it has one
        self.shift_us = source.clock_us if len(times) else 0  # the clock's correction: in `times` and every event
        self.times = times + self.shift_us if self.shift_us else times
        with closing(stores.cursor()) as cursor:
            sql = f"SELECT name, role, type, distinct_values FROM g{index}.columns ORDER BY number"
            described = ask(cursor, sql)
            self._readings = self._ledger(cursor)
        self.described = tuple((name, ColumnRole(role), int(distinct)) for name, role, _, distinct in described)
        self._names = tuple(name for name, *_ in described)
        roles = {
            role.value: source.mapping.named(role) for role in (ColumnRole.ACTOR, ColumnRole.ACTION, ColumnRole.OBJECT)
        }
        key = source.mapping.named(ColumnRole.ID)
        # A table of accounts is about them: its key is who the row is about.
        if not roles["actor"] and key.lower() in ("account_id", "user_id", "organization_id"):
            roles["actor"] = key
        self.roles = {role: name for role, name in roles.items() if name}
        self._identity = str(EventId(source.sha256, source.member, source.table, 0))[:-1]
        numbers = frozenset(name for name, _, kind, _ in described if kind == "BIGINT")
        origin = ((source.label, source.name, source.table, self._identity),)
        self.scope = Scope(self._names, self.roles, origin, numbers, by_ordinal=True, shift_us=self.shift_us)

    def _ledger(self, cursor: DuckDBPyConnection) -> dict[int, TimeReading] | None:
        """The time ledger by code; None in stores of the first version."""
        there = "SELECT 1 FROM duckdb_tables() WHERE database_name = ? AND table_name = 'readings'"
        if not ask(cursor, there, [self.store]):
            return None
        said = "code, rule, zone, zone_origin, note, precision_us, uncertain_us, count"
        lines = ask(cursor, f"SELECT {said} FROM {self.store}.readings")
        return {int(code): TimeReading(*said) for code, *said in lines}

    @property
    def first_version(self) -> bool:
        """Whether an earlier version wrote the store: it kept zone and note with each row, and no ledger of times."""
        return self._readings is None

    @property
    def timed(self) -> bool:
        return len(self.times) > 0

    @property
    def store(self) -> str:
        """The schema of this generation, as SQL names it."""
        return f"g{self._index}"

    @property
    def identity(self) -> str:
        """What the identity of every row begins with, up to its ordinal."""
        return self._identity

    def column(self, field: str) -> str:
        """The column behind a field or a role, or ""."""
        lower = field.lower()
        return next((name for name in self._names if name.lower() == lower), "") or self.roles.get(lower, "")

    def number_of(self, column: str) -> int:
        """The number of a column in the store."""
        return self._names.index(column)

    def events(self, local: Int64s) -> list[Event]:
        """The events at these positions of the generation, in this order."""
        where, chosen = _places(local)
        found = {row.local: row.event for row in self._fetch(where, chosen)}
        return [found[position] for position in local.tolist()]

    def by_ordinal(self, ordinal: int) -> Row | None:
        """The row with this ordinal in the original, if it was kept."""
        rows = self._fetch(f"_ordinal = {int(ordinal)}")
        if not rows:
            return None
        return rows[0] if self.timed else Row(-1, rows[0].event)

    def cursor(self) -> DuckDBPyConnection:
        """A connection of its own to the stores. Close it."""
        return self._stores.cursor()

    def rows(self, local: Int64s, names: Sequence[str]) -> Iterator[tuple[EventId, int | None, dict[str, str | None]]]:
        """The rows at these sorted positions as they are exported, `names` for the columns."""
        where, chosen = _places(local)
        cells = "".join(f", CAST({name_sql(name)} AS VARCHAR)" for name in self._names)
        said = (self.source.sha256, self.source.member, self.source.table)
        with closing(self._stores.cursor()) as cursor:
            _register(cursor, chosen)
            sql = f"SELECT _ordinal, _time_us{cells} FROM {self.store}.rows WHERE {where} ORDER BY _position"
            cursor.execute(sql)
            while some := cursor.fetchmany(_SOME):
                for ordinal, time_us, *values in some:
                    when = time_us + self.shift_us if self.timed else None
                    yield EventId(*said, ordinal), when, dict(zip(names, values, strict=True))

    def positions(self, where: str, chosen: Mapping[str, Int64s] = _NONE) -> Int64s:
        """Positions of the rows that match an SQL condition, sorted. It may ask for `p` of the tables `chosen`."""
        with closing(self._stores.cursor()) as cursor:
            _register(cursor, chosen)
            found = cursor.execute(f"SELECT _position FROM {self.store}.rows WHERE {where}").fetchnumpy()
        return np.sort(np.asarray(found["_position"], dtype=np.int64))

    def values(self, column: str, prefix: str, limit: int) -> list[str]:
        """The most frequent values of a column that begin so, among the first rows that have some."""
        text = f"CAST({name_sql(column)} AS VARCHAR)"
        where = f"{text} <> ''" + (f" AND starts_with(lower({text}), lower({text_sql(prefix)}))" if prefix else "")
        sql = (
            f"SELECT v FROM (SELECT {text} AS v FROM {self.store}.rows WHERE {where} LIMIT {_LOOKED_AT}) "
            f"GROUP BY v ORDER BY count(*) DESC, v LIMIT {int(limit)}"
        )
        with closing(self._stores.cursor()) as cursor:
            return [str(value) for (value,) in ask(cursor, sql)]

    def counts(self, column: str, values: Sequence[str]) -> list[tuple[str, int]]:
        """In how many rows each of these values stands; those that stand nowhere are left out."""
        text = f"CAST({name_sql(column)} AS VARCHAR)"
        listed = ", ".join(text_sql(value) for value in values) or "NULL"
        sql = f"SELECT {text}, count(*) FROM {self.store}.rows WHERE {text} IN ({listed}) GROUP BY 1"
        with closing(self._stores.cursor()) as cursor:
            return [(str(value), int(count)) for value, count in ask(cursor, sql)]

    def codes(self, column: str, labels: tuple[str, ...]) -> NDArray[np.int16]:
        """For each row by position, which label its value is; -1 for others."""
        listed = ", ".join(text_sql(label) for label in labels)
        code = f"COALESCE(list_position([{listed}]::VARCHAR[], CAST({name_sql(column)} AS VARCHAR)), 0) - 1"
        with closing(self._stores.cursor()) as cursor:
            found = cursor.execute(f"SELECT _position, ({code})::SMALLINT AS code FROM {self.store}.rows").fetchnumpy()
        codes = np.full(len(self.times), -1, dtype=np.int16)
        codes[found["_position"]] = found["code"]
        return codes

    def repetitions(self) -> list[tuple[int, int, int, int, int | None]]:
        """Ordinal and line, ordinal and line of the first occurrence, and its source where that is another one."""
        with closing(self._stores.cursor()) as cursor:
            names = {name for name, *_ in ask(cursor, f"DESCRIBE {self.store}.duplicates")}
            source = "_first_source" if "_first_source" in names else "NULL"  # stores of the first version lack it
            return [
                (int(a), int(b), int(c), int(d), None if other is None else int(other))
                for a, b, c, d, other in ask(
                    cursor,
                    f"SELECT _ordinal, _line, _first_ordinal, _first_line, {source} FROM {self.store}.duplicates "
                    "ORDER BY _ordinal",
                )
            ]

    def place(self, ordinal: int) -> tuple[int, int, int] | None:
        """Line, first byte and length of a row in the original."""
        with closing(self._stores.cursor()) as cursor:
            rows = ask(cursor, f"SELECT _line, _offset, _length FROM {self.store}.rows WHERE _ordinal = ?", [ordinal])
        return (int(rows[0][0]), int(rows[0][1]), int(rows[0][2])) if rows else None

    def broken_before(self, ordinal: int) -> bool:
        """Whether a record before this one was not whole, so that records are counted only as they were read."""
        with closing(self._stores.cursor()) as cursor:
            sql = f"SELECT count(*) FROM {self.store}.quarantine WHERE _code = 'json' AND _ordinal < ?"
            return bool(ask(cursor, sql, [ordinal])[0][0])

    def _fetch(self, where: str, chosen: Mapping[str, Int64s] = _NONE) -> list[Row]:
        cells = "".join(f", CAST({name_sql(name)} AS VARCHAR)" for name in self._names)
        with closing(self._stores.cursor()) as cursor:
            moment = ("_reading",) if self._readings is not None else _FIRST_VERSION
            fixed = ", ".join((*_FIXED, *moment))
            _register(cursor, chosen)
            rows = ask(cursor, f"SELECT {fixed}{cells} FROM {self.store}.rows WHERE {where}")
        return [self._row(row) for row in rows]

    def _row(self, row: tuple[Any, ...]) -> Row:
        position, ordinal, line, time_us = row[: len(_FIXED)]
        source = self.source
        fields: dict[str, str | None] = dict(zip(self._names, row[len(row) - len(self._names) :], strict=True))
        if self._readings is not None:
            reading = self._readings.get(row[len(_FIXED)], _NOT_READ)
            raw = fields.get(source.mapping.named(ColumnRole.TIME)) if time_us is not None else ""
        else:
            raw, zone, zone_origin, said = row[len(_FIXED) : len(_FIXED) + len(_FIRST_VERSION)]
            reading = TimeReading("", zone or "", zone_origin or "", said or "", 1, 0)
        event = Event(
            id=EventId(source.sha256, source.member, source.table, ordinal),
            source=source.number,
            time_us=time_us + self.shift_us if time_us is not None else 0,
            clock_us=self.shift_us,
            time_raw=raw or "",
            zone=reading.zone,
            zone_origin=reading.zone_origin,
            line=line,
            actor=fields.get(self.roles.get("actor", "")) or "",
            action=fields.get(self.roles.get("action", "")) or "",
            object=fields.get(self.roles.get("object", "")) or "",
            fields=fields,
            time_note=reading.note,
            time_rule=reading.rule,
            time_precision_us=reading.precision_us,
            time_uncertain_us=reading.uncertain_us,
        )
        return Row(int(position), event)


def _parts(source: Source) -> list[tuple[Source, str, bool]]:
    """The generations of a source in the order in which they came: its name, and whether any row of it has a time."""
    first = bool(source.timed - sum(mend.timed for mend in source.mends))
    return [(source, source.generation, first), *((source, one.generation, bool(one.timed)) for one in source.mends)]


def _register(cursor: DuckDBPyConnection, chosen: Mapping[str, Int64s]) -> None:
    """Make positions known to a connection, each as a table with the column `p`."""
    for name, positions in chosen.items():
        cursor.register(name, {"p": np.ascontiguousarray(positions, dtype=np.int64)})


def _places(local: Int64s) -> tuple[str, Mapping[str, Int64s]]:
    """Positions as a condition and the table it asks for: a range where they are one.

    A join is three times faster than a list of 200 numbers, twenty times than as many questions (1 M rows), and any
    number of positions can stand in it.
    """
    if not len(local):
        return "false", _NONE
    low, high = int(local.min()), int(local.max())
    if high - low + 1 == len(local):
        return f"_position BETWEEN {low} AND {high}", _NONE
    return "_position IN (SELECT p FROM chosen)", {"chosen": local}
