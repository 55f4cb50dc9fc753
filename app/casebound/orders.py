"""Events in the order of a column: numbers by their value where the column is numeric, then texts by their characters;
what is empty last, in either direction; equal ones by time.
"""

# ruff: noqa: S608 - names are quoted by casebound.sqltext, values are parameters or quoted literals

from __future__ import annotations

import shutil
import tempfile
import threading
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from casebound.codedcolumns import CodedColumns
from casebound.columncodes import WORDS, ColumnCodes, known, number_expression, numeric
from casebound.duck import ask, connect, watched
from casebound.facets import Among, Facets, origin
from casebound.generations import Generation
from casebound.rowstore import ROWS
from casebound.selections import Int64s
from casebound.sqltext import name_sql, text_sql
from casebound.work import Progress

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_FIRST = 100_000  # places that are found as the first of an order; beyond them the whole order is made
_STEP = 1_000_000  # keys that are counted together
_NARROW = 65_535  # values that two bytes tell apart


class Orders:
    """The orders of the events of some sources. Whole orders of columns without codes are kept, the last two."""

    def __init__(self, case_path: Path, rows: Sequence[Generation], coded: CodedColumns, facets: Facets) -> None:
        self._path, self._rows, self._coded, self._facets = case_path, rows, coded, facets
        self._turn = threading.Lock()
        self._ranks: dict[str, tuple[NDArray[Any], int]] = {}

    def ordered(
        self, by: str, descending: bool, among: Among, start: int, stop: int | None, progress: Progress
    ) -> Int64s:
        """Places `start` to `stop` (None is the end) of these events in the order of a column."""
        progress(0, among.count)
        last = among.count if stop is None else min(stop, among.count)
        start = max(0, start)
        if start >= last:
            return np.empty(0, dtype=np.int64)
        ranked = self._ranked(by, among)
        if ranked is None:
            if last <= _FIRST:
                return self._first(by, descending, among, last)[start:]
            self._rank_all(by, among, progress)
            ranked = self._ranked(by, among)
            if ranked is None:
                raise AssertionError(f"“{by}” has no order")
        keys, values = ranked
        if descending:
            # What is empty has the highest rank and keeps it.
            keys = np.where(keys == values, keys, keys.dtype.type(max(values - 1, 0)) - keys)
        progress(among.count // 2, among.count)
        return among.at(_places(keys, values, last)[start:last])

    def _numeric(self, field: str) -> bool:
        """Whether any source says that a field holds numbers."""
        for one in self._rows:
            if column := one.column(field):
                role = next(role for name, role, _ in one.described if name == column)
                if numeric("BIGINT" if column in one.scope.numbers else "VARCHAR", role):
                    return True
        return False

    # Columns with codes, and those that were put in order before

    def _ranked(self, field: str, among: Among) -> tuple[NDArray[Any], int] | None:
        """The rank of each event, and how many ranks there are; what is empty has the next one. None where no codes
        tell.
        """
        with self._turn:
            whole = self._ranks.get(field.lower())
        if whole is not None:
            ranks, values = whole
            return (ranks[among.low : among.high] if among.positions is None else ranks[among.positions]), values
        columns: dict[int, ColumnCodes] = {}
        for index, one in enumerate(self._rows):
            column = one.column(field)
            if self._facets.own(field):
                columns[index] = ColumnCodes((origin(one, field),), np.zeros(len(one.times), dtype=np.uint8))
            elif column and one.timed:
                found = self._coded.of(index, column)
                if found is None:
                    return None
                columns[index] = found
        places = self._places_of(field, columns.values())
        values = len(places)
        keys: NDArray[Any] = np.full(among.count, values, dtype=np.uint16 if values < _NARROW else np.uint32)
        for index, own, local in among.parts():
            if index in columns:
                table = [places[value] if value else values for value in columns[index].values]
                keys[own] = np.array(table, dtype=keys.dtype)[columns[index].codes[local]]
        return keys, values

    def _places_of(self, field: str, columns: Any) -> dict[str, int]:
        """The place of each different value in the order."""
        different = {value for column in columns for value in column.values if value}
        with closing(self._rows[0].cursor()) as cursor:
            known(cursor, list(different))
            key = f"{number_expression('v')} NULLS LAST, " if self._numeric(field) else ""
            listed = ask(cursor, f"SELECT v FROM {WORDS} ORDER BY {key}v")
        return {value: place for place, (value,) in enumerate(listed)}

    # Columns of texts

    def _first(self, by: str, descending: bool, among: Among, stop: int) -> Int64s:
        """The first of an order, without making the whole of it."""
        with closing(self._rows[0].cursor()) as cursor:
            parts = self._selects(cursor, by, among)
            way, edge = ("DESC", "FIRST") if descending else ("ASC", "LAST")
            sql = (
                f"SELECT g, p FROM ({' UNION ALL '.join(parts)}) "
                f"ORDER BY v = '', n {way} NULLS {edge}, v {way}, t, g, p LIMIT {int(stop)}"
            )
            found = _arrays(cursor.execute(sql))
        return self._global(among, found["g"], found["p"])

    def _global(self, among: Among, generation: NDArray[Any], local: NDArray[Any]) -> Int64s:
        positions = np.empty(len(local), dtype=np.int64)
        for index in np.unique(generation).tolist():
            own = generation == index
            positions[own] = among.order.places(index, np.asarray(local[own], dtype=np.int64))
        return positions

    def _selects(self, connection: DuckDBPyConnection, by: str, among: Among) -> list[str]:
        """Each event with what it is put in order by: v, and n where it is a number; g, t and p say which it is."""
        by_number = self._numeric(by)
        parts = []
        for index, _, local in among.parts():
            one = self._rows[index]
            column = one.column(by)
            text = f"COALESCE(CAST({name_sql(column)} AS VARCHAR), '')" if column else "''"
            if isinstance(local, slice):
                where = f"_position >= {local.start} AND _position < {local.stop}"
            else:
                connection.register(f"chosen_{index}", {"p": local.astype(np.int64)})
                where = f"_position IN (SELECT p FROM chosen_{index})"
            number = number_expression(text) if by_number else "NULL::INTEGER"
            parts.append(
                f"SELECT {index}::SMALLINT AS g, _position AS p, _time_us + {one.shift_us} AS t, {text} AS v, "
                f"{number} AS n FROM {one.store}.rows WHERE {where}"
            )
        return parts

    def _rank_all(self, by: str, among: Among, progress: Progress) -> None:
        """Put all events in the order of a column, on the disk where memory does not do, and keep their ranks."""
        order = among.order
        # Texts of the evidence: a folder for the owner alone, gone at the end.
        scratch = Path(tempfile.mkdtemp(prefix="casebound-"))
        try:
            with closing(connect(None, scratch)) as apart:
                ask(apart, "SET memory_limit = '400MB'")
                for one in self._rows:
                    if one.timed:
                        path = self._path / "rows" / one.name / ROWS
                        ask(apart, f"ATTACH {text_sql(str(path))} AS {one.store} (READ_ONLY)")
                parts = self._selects(apart, by, Among(order, None, 0, order.count))
                sql = (
                    "CREATE TEMP TABLE sorted AS SELECT g, p, v = '' AS empty, "
                    "v IS DISTINCT FROM lag(v) OVER () AS new "
                    f"FROM (SELECT * FROM ({' UNION ALL '.join(parts)}) ORDER BY v = '', n NULLS LAST, v)"
                )
                watched(apart, sql, progress, f"Sorting by {by}")
                found = _arrays(apart.execute("SELECT g, p, empty, new FROM sorted"))
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
        positions = self._global(among, found["g"], found["p"])
        ranks: NDArray[Any] = np.empty(order.count, dtype=np.uint32)
        numbers = np.cumsum(found["new"], dtype=np.uint32) - np.uint32(1)
        full = int(np.count_nonzero(~found["empty"]))
        values = int(numbers[full - 1]) + 1 if full else 0
        numbers[full:] = values
        ranks[positions] = numbers
        with self._turn:
            self._ranks[by.lower()] = (ranks, values)
            while len(self._ranks) > 2:
                self._ranks.pop(next(iter(self._ranks)))


def _arrays(answer: DuckDBPyConnection) -> dict[str, NDArray[Any]]:
    return {name: np.asarray(column) for name, column in answer.fetchnumpy().items()}


def _places(keys: NDArray[Any], values: int, stop: int) -> Int64s:
    """At least the first `stop` places of a stable sort by keys of 0 to `values`."""
    if stop * 4 < len(keys):
        counts = np.zeros(values + 1, dtype=np.int64)
        for start in range(0, len(keys), _STEP):
            counts += np.bincount(keys[start : start + _STEP], minlength=values + 1)
        enough = int(np.searchsorted(np.cumsum(counts), stop))
        few = np.flatnonzero(keys <= keys.dtype.type(enough))
        return few[np.argsort(keys[few], kind="stable")]
    if keys.dtype.itemsize <= 2:
        return np.argsort(keys, kind="stable")  # by counting: linear
    # In two halves, each by counting: five times as fast as comparing.
    low = np.argsort(keys.astype(np.uint16), kind="stable")
    high = (keys[low] >> np.uint32(16)).astype(np.uint16)
    return low[np.argsort(high, kind="stable")]
