"""The values of one field among events: which of them, how often, when first and when last, and lanes by them."""

# ruff: noqa: S608 - names are quoted by casebound.sqltext, values are parameters or quoted literals

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from casebound.case import Event
from casebound.codedcolumns import CodedColumns
from casebound.columncodes import ColumnCodes
from casebound.duck import ask
from casebound.errors import BadRequest
from casebound.filter_fields import OWN, ROLES
from casebound.filter_tree import Equal, Filter
from casebound.generations import Generation
from casebound.questions import still_asked
from casebound.rowmasks import RowMasks
from casebound.selections import Facet, Int64s, Lanes, Seen, Selection
from casebound.sqltext import name_sql, text_sql
from casebound.timeorder import TimeOrder

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Places = NDArray[Any] | slice
_STEP = 1_000_000  # rows that are counted together
MOST_LISTED = 1_000
"""Values that are looked up one by one of a column with too many to have codes; for more, all are told apart."""
MOST_TOLD_APART = 1_000_000
"""Different values that are all held at once; of a column with more, `MOST_LISTED` are listed."""


@dataclass(frozen=True, slots=True)
class Among:
    """The events of ranks `low` to `high` (exclusive) of a selection, or of all where `positions` is None."""

    order: TimeOrder
    positions: Int64s | None
    low: int
    high: int

    @classmethod
    def of(cls, order: TimeOrder, selection: Selection | None, low: int, high: int | None) -> Among:
        """Ranks that there are not are left out."""
        count = order.count if selection is None else selection.count
        low = min(max(0, low), count)
        high = count if high is None else min(max(low, high), count)
        return cls(order, None if selection is None else selection.positions[low:high], low, high)

    @property
    def count(self) -> int:
        return self.high - self.low

    def parts(self) -> Iterator[tuple[int, Places, Places]]:
        """Each generation with some of them: its index, which of them are its own, and their positions in it."""
        if self.positions is not None:
            for index, own, local in self.order.parts(self.positions):
                yield index, np.arange(self.count) if isinstance(own, slice) else own, local
            return
        for index, begin, end in self.order.ranges(self.low, self.high):
            if self.order.alone:
                yield index, slice(0, self.count), slice(begin, end)
            else:
                places = self.order.whole(index)[begin:end]
                yield index, places - places.dtype.type(self.low), slice(begin, end)

    def at(self, ranks: NDArray[Any]) -> Int64s:
        """The positions of these of them."""
        if self.positions is None:
            return ranks.astype(np.int64) + self.low
        positions: Int64s = self.positions[ranks]
        return positions


class Facets:
    """The fields of some sources, over their events in the order of time."""

    def __init__(self, rows: Sequence[Generation], order: TimeOrder, coded: CodedColumns) -> None:
        self._rows, self._order, self._coded = rows, order, coded
        self._salt = secrets.token_hex(8)  # nobody can make two values that look like one

    def lanes(self, field: str, limit: int) -> Lanes:
        """Events by the most frequent values of a field."""
        if field.lower() in OWN:
            counts = self._origins(field)[:limit]
        else:
            counts = list(self.facet(field, Among.of(self._order, None, 0, None), limit).values)
        labels = tuple(value for value, _ in counts)
        places = {label: code for code, label in enumerate(labels)}
        codes = np.full(self._order.count, -1, dtype=np.int16)
        for index, one in enumerate(self._rows):
            if not one.timed:
                continue
            own: Any = -1
            column = one.column(field)
            found = self._coded.of(index, column) if column else None
            if found is not None:
                table = np.array([places.get(value, -1) if value else -1 for value in found.values], dtype=np.int16)
                own = table[found.codes]
            elif column:
                own = one.codes(column, labels)
            elif field.lower() in OWN:
                own = places.get(origin(one, field), -1)
            codes[slice(None) if self._order.alone else self._order.whole(index)] = own
        return Lanes(labels, codes, tuple(count for _, count in counts))

    def values(self, field: str, prefix: str, limit: int) -> list[tuple[str, int]]:
        """The most frequent values that begin with `prefix`, in either case, with their counts; of a column with too
        many to have codes, the most frequent among the first rows that have such values.
        """
        self._require(field, *ROLES)
        totals: dict[str, int] = {}
        held = [(index, one, one.column(field)) for index, one in enumerate(self._rows) if one.timed]
        uncoded = [(one, column) for index, one, column in held if column and self._coded.of(index, column) is None]
        # What comes first of very many values is as good an offer as what is most frequent; its counts are exact.
        offered = {value for one, column in uncoded for value in one.values(column, prefix, limit)}
        for index, _, column in held:
            found = self._coded.of(index, column) if column else None
            if found is None:
                continue
            text = f"CAST({name_sql(column)} AS VARCHAR)"
            begins = f"starts_with(lower({text}), lower({text_sql(prefix)}))"
            table = self._coded.holding(index, column, begins) if prefix else None
            add(totals, found, found.codes, table)
        if uncoded:
            most = sorted(totals, key=lambda value: (-totals[value], value))[:limit]
            for one, column in uncoded:
                for value, count in one.counts(column, [*offered, *most]):
                    totals[value] = totals.get(value, 0) + count
        return sorted(totals.items(), key=lambda item: (-item[1], item[0]))[:limit]

    def facet(self, field: str, among: Among, limit: int) -> Facet:
        """The most frequent values among these events: equally frequent ones by their text, or in a column with too
        many values to have codes in no order; of one with more than `MOST_TOLD_APART`, `MOST_LISTED` are listed.
        """
        self._require(field, *ROLES, *OWN)
        totals: dict[str, int] = {}
        parts = [(index, self._rows[index].column(field), which, local) for index, which, local in among.parts()]
        if self.own(field):
            for index, _, which, _ in parts:
                name = origin(self._rows[index], field)
                totals[name] = totals.get(name, 0) + (among.count if isinstance(which, slice) else len(which))
            return _facet(field, totals, among.count, limit)
        held = [(index, column, local) for index, column, _, local in parts if column]
        for index, column, local in held:
            still_asked()
            found = self._coded.of(index, column)
            if found is None:
                many = self._many if limit <= MOST_LISTED else self._all_of_many
                return many(field, held, among.count, limit)
            add(totals, found, found.codes[local])
        return _facet(field, totals, among.count, limit)

    def every(self, field: str, among: Among, most: int) -> Facet:
        """As `facet`, with every value, however many. Raises `BadRequest` where they are more than `most`."""
        found = self.facet(field, among, max(most, MOST_LISTED + 1))
        if found.distinct > min(most, MOST_TOLD_APART):
            raise BadRequest(
                f"“{field}” has more than {most:,} values here: each names a row, not somebody who acts.",
                "Choose a column such as the account or the address.",
            )
        return found

    def _all_of_many(self, field: str, held: Sequence[tuple[int, str, Places]], of: int, limit: int) -> Facet:
        """As `_many`, with all values that are asked for, up to `MOST_TOLD_APART` of them."""
        few = self._many(field, held, of, MOST_LISTED)
        if few.distinct > MOST_TOLD_APART:
            return few
        totals: dict[str, int] = {}
        for index, column, local in held:
            still_asked()
            for value, count in self._tally(index, column, local):
                totals[value] = totals.get(value, 0) + count
        return _facet(field, totals, of, limit)

    def seen(self, field: str, value: str, at: Callable[[Int64s], list[Event]]) -> Seen:
        """The events that hold exactly this value."""
        self._require(field, *ROLES, *OWN)
        if not value:
            return Seen(0, None, None, ())
        if self.own(field):
            held = np.zeros(self._order.count, dtype=np.bool_)
            for index, one in enumerate(self._rows):
                if one.timed and origin(one, field) == value:
                    held[slice(None) if self._order.alone else self._order.whole(index)] = True
            positions = np.flatnonzero(held)
        else:
            asked = Filter("", Equal(field, value, 0))
            positions = RowMasks(self._rows, self._order, self._coded, asked, None).positions(0, self._order.count)
        if not len(positions):
            return Seen(0, None, None, ())
        first, last = at(positions[[0, -1]])
        sources: dict[int, int] = {}
        for index, own, _ in self._order.parts(positions):
            number = self._rows[index].source.number
            sources[number] = sources.get(number, 0) + (len(positions) if isinstance(own, slice) else len(own))
        return Seen(len(positions), first, last, tuple(sorted(sources.items())))

    def _origins(self, field: str) -> list[tuple[str, int]]:
        totals: dict[str, int] = {}
        for index, one in enumerate(self._rows):
            if one.timed:
                name = origin(one, field)
                totals[name] = totals.get(name, 0) + self._order.size(index)
        return sorted(totals.items(), key=lambda item: (-item[1], item[0]))

    def own(self, field: str) -> bool:
        """Whether a field is where a row came from, and no column."""
        return field.lower() in OWN and not any(one.column(field) for one in self._rows)

    def _many(self, field: str, held: Sequence[tuple[int, str, Places]], of: int, limit: int) -> Facet:
        """A facet of a field with very many values: they are told apart by a salted hash of 64 bits."""
        found = [self._hashes(index, column, local) for index, column, local in held]
        joined: NDArray[np.uint64] = np.concatenate([hashes for hashes, _ in found])
        in_order = np.sort(joined)
        edges = np.flatnonzero(in_order[1:] != in_order[:-1]) + 1
        begins = np.concatenate(([0], edges)) if len(joined) else edges
        counts = np.diff(np.append(begins, len(joined)))
        listed: list[tuple[str, int]] = []
        if len(counts):
            limit = min(limit, MOST_LISTED)
            least = np.sort(counts)[-min(limit, len(counts))]
            often = np.flatnonzero(counts > least)
            some = np.concatenate((often, np.flatnonzero(counts == least)[: limit - len(often)]))
            for place in some[np.argsort(-counts[some], kind="stable")].tolist():
                listed.append((self._value(field, held, found, in_order[begins[place]]), int(counts[place])))
        listed.sort(key=lambda item: (-item[1], item[0]))
        other = len(joined) - sum(count for _, count in listed)
        return Facet(field, tuple(listed), len(counts), of - len(joined), other, of)

    def _tally(self, index: int, column: str, local: Places) -> list[tuple[str, int]]:
        """How often each value stands in some rows of a generation."""
        one, text = self._rows[index], f"CAST({name_sql(column)} AS VARCHAR)"
        with closing(one.cursor()) as cursor:
            where = _among(cursor, local)
            sql = f"SELECT {text}, count(*) FROM {one.store}.rows WHERE {text} <> '' AND {where} GROUP BY 1"
            return [(str(value), int(count)) for value, count in ask(cursor, sql)]

    def _hashes(self, index: int, column: str, local: Places) -> tuple[NDArray[np.uint64], Int64s]:
        """The hash of each value, and the position of its row."""
        one = self._rows[index]
        text = f"CAST({name_sql(column)} AS VARCHAR)"
        with closing(one.cursor()) as cursor:
            where = _among(cursor, local)
            salted = f"hash({text_sql(self._salt)} || {text}) AS h"
            sql = f"SELECT {salted}, _position FROM {one.store}.rows WHERE {text} <> '' AND {where}"
            found = cursor.execute(sql).fetchnumpy()
        return np.asarray(found["h"], dtype=np.uint64), np.asarray(found["_position"], dtype=np.int64)

    def _value(
        self,
        field: str,
        held: Sequence[tuple[int, str, Places]],
        found: Sequence[tuple[NDArray[np.uint64], Int64s]],
        key: np.uint64,
    ) -> str:
        """The value behind a hash."""
        for (index, column, _), (hashes, positions) in zip(held, found, strict=True):
            at = np.flatnonzero(hashes == key)[:1]
            if len(at):
                one = self._rows[index]
                with closing(one.cursor()) as cursor:
                    sql = f"SELECT CAST({name_sql(column)} AS VARCHAR) FROM {one.store}.rows WHERE _position = ?"
                    return str(ask(cursor, sql, [int(positions[at[0]])])[0][0])
        raise AssertionError(f"no row of “{field}” has the hash that was counted")

    def _require(self, field: str, *known: str) -> None:
        if field.lower() not in known and not any(one.column(field) for one in self._rows):
            raise BadRequest(
                f"No source has a field “{field}”.", "Choose one of the fields that `casebound sources` names."
            )


def _among(cursor: DuckDBPyConnection, local: Places) -> str:
    """The condition that a row stands at one of these positions."""
    if isinstance(local, slice):
        return f"_position >= {local.start} AND _position < {local.stop}"
    cursor.register("chosen", {"p": local.astype(np.int64)})
    return "_position IN (SELECT p FROM chosen)"


def add(
    totals: dict[str, int], column: ColumnCodes, codes: NDArray[Any], wanted: NDArray[np.bool_] | None = None
) -> None:
    """Count the values that some rows have, those without one left out; only those `wanted`, where that is said."""
    counts = np.zeros(len(column.values), dtype=np.int64)
    for start in range(0, len(codes), _STEP):  # all at once would be converted to eight bytes each
        counts += np.bincount(codes[start : start + _STEP], minlength=len(column.values))
    for place in np.flatnonzero(counts if wanted is None else counts * wanted).tolist():
        value = column.values[place]
        if value:
            totals[value] = totals.get(value, 0) + int(counts[place])


def origin(one: Generation, field: str) -> str:
    """What "source" or "table" is for the rows of a generation."""
    return f"{one.source.label} {one.source.name}" if field.lower() == "source" else one.source.table


def _facet(field: str, totals: dict[str, int], of: int, limit: int) -> Facet:
    listed = sorted(totals.items(), key=lambda item: (-item[1], item[0]))[:limit]
    valued = sum(totals.values())
    return Facet(field, tuple(listed), len(totals), of - valued, valued - sum(count for _, count in listed), of)
