"""The values of one field among events: which, how often, when first and last, and the events in their order."""

# ruff: noqa: S608 - names are quoted by casebound.sqltext, values are parameters or quoted literals

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing
from decimal import Decimal

import numpy as np

from casebound.case import ColumnRole, Event
from casebound.duck import ask
from casebound.errors import BadRequest
from casebound.generations import Generation
from casebound.selections import Facet, Int64s, Lanes, Seen
from casebound.sqltext import name_sql
from casebound.timeorder import TimeOrder
from casebound.work import Progress

ROLES = ("actor", "action", "object")
ORIGINS = ("source", "table")


class Facets:
    """The fields of some sources, over their events in the order of time."""

    def __init__(self, rows: Sequence[Generation], order: TimeOrder) -> None:
        self._rows, self._order = rows, order

    def lanes(self, field: str, limit: int) -> Lanes:
        """Events by the most frequent values of a field."""
        codes = np.full(self._order.count, -1, dtype=np.int16)
        timed = [(index, one) for index, one in enumerate(self._rows) if one.timed]
        if field.lower() in ORIGINS:
            totals: dict[str, int] = {}
            for index, one in timed:
                name = origin(one, field)
                totals[name] = totals.get(name, 0) + self._order.size(index)
            labels = tuple(sorted(totals, key=lambda name: (-totals[name], name))[:limit])
            for index, one in timed:
                if (name := origin(one, field)) in labels:
                    local = np.arange(self._order.size(index), dtype=np.int64)
                    codes[self._order.places(index, local)] = labels.index(name)
            return Lanes(labels, codes, tuple(totals[name] for name in labels))
        labels_counts = self.values(field, "", limit)
        labels = tuple(value for value, _ in labels_counts)
        for index, one in timed:
            if column := one.column(field):
                local = np.arange(self._order.size(index), dtype=np.int64)
                codes[self._order.places(index, local)] = one.codes(column, labels)
        return Lanes(labels, codes, tuple(count for _, count in labels_counts))

    def values(self, field: str, prefix: str, limit: int) -> list[tuple[str, int]]:
        """The most frequent values that begin with `prefix`, in either case, with their counts."""
        totals: dict[str, int] = {}
        known = field.lower() in ROLES
        for one in self._rows:
            if column := one.column(field):
                known = True
                for value, count in one.values(column, prefix) if one.timed else ():
                    totals[value] = totals.get(value, 0) + count
        if not known:
            raise unknown(field)
        return sorted(totals.items(), key=lambda item: (-item[1], item[0]))[:limit]

    def facet(self, field: str, positions: Int64s, limit: int) -> Facet:
        """The most frequent values among these events."""
        counts = Counter(value for value in self._texts(field, positions) if value)
        listed = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:limit]
        valued, of = sum(counts.values()), len(positions)
        other = valued - sum(count for _, count in listed)
        return Facet(field, tuple(listed), len(counts), of - valued, other, of)

    def seen(self, field: str, value: str, at: Callable[[Int64s], list[Event]]) -> Seen:
        """The events that hold exactly this value."""
        every = np.arange(self._order.count, dtype=np.int64)
        texts = self._texts(field, every)
        held = np.array([place for place, text in enumerate(texts) if value and text == value], dtype=np.int64)
        if not len(held):
            return Seen(0, None, None, ())
        first, last = at(held[[0, -1]])
        sources = Counter(self._rows[index].source.number for index in self._order.split(held)[0].tolist())
        return Seen(len(held), first, last, tuple(sorted(sources.items())))

    def ordered(self, by: str, descending: bool, positions: Int64s, progress: Progress) -> Int64s:
        """These events in the order of a column."""
        progress(0, len(positions))
        keys = sort_keys(self._texts(by, positions), self._numeric(by))
        valued = [place for place, key in enumerate(keys) if key is not None]
        empty = [place for place, key in enumerate(keys) if key is None]
        valued.sort(key=lambda place: keys[place] or (0, Decimal(0), ""), reverse=descending)
        progress(len(positions), len(positions))
        return positions[np.array(valued + empty, dtype=np.int64)]

    def _numeric(self, field: str) -> bool:
        for one in self._rows:
            column = one.column(field)
            roles = {name: role for name, role, _ in one.described}
            if column and (column in one.scope.numbers or roles[column] is ColumnRole.NUMBER):
                return True
        return False

    def _texts(self, field: str, positions: Int64s) -> list[str | None]:
        """The value of each of these events."""
        if field.lower() not in (*ORIGINS, *ROLES) and not any(one.column(field) for one in self._rows):
            raise unknown(field)
        found: list[str | None] = [None] * len(positions)
        generation, local = self._order.split(positions)
        for index in np.unique(generation).tolist():
            one = self._rows[index]
            places = np.flatnonzero(generation == index)
            column = one.column(field)
            if column:
                with closing(one.cursor()) as cursor:
                    cursor.register("chosen", {"p": np.ascontiguousarray(local[places]), "at": places})
                    sql = (
                        f"SELECT chosen.at, CAST({name_sql(column)} AS VARCHAR) FROM chosen "
                        f"JOIN {one.store}.rows ON _position = p"
                    )
                    for place, value in ask(cursor, sql):
                        found[place] = value
            elif field.lower() in ORIGINS:
                for place in places.tolist():
                    found[place] = origin(one, field)
        return found


def origin(one: Generation, field: str) -> str:
    """What "source" or "table" is for the rows of a generation."""
    return f"{one.source.label} {one.source.name}" if field.lower() == "source" else one.source.table


def unknown(field: str) -> BadRequest:
    """No source has this field."""
    return BadRequest(f"No source has a field “{field}”.", "Choose one of the fields that `casebound sources` names.")


def sort_keys(texts: Sequence[str | None], numeric: bool) -> list[tuple[int, Decimal, str] | None]:
    """What texts are put in order by: numbers by their value, then what is no number; None for what is empty."""
    return [None if not text else _key(text, numeric) for text in texts]


def _key(text: str, numeric: bool) -> tuple[int, Decimal, str]:
    if numeric:
        try:
            number = Decimal(text)
        except ArithmeticError:
            number = Decimal("NaN")
        if number.is_finite():
            return (0, number, text)
    return (1, Decimal(0), text)
