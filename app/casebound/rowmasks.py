"""Which rows of a generation match a filter, as one truth value for each row by position.

Conditions on columns with codes are asked of their different values, with the very SQL that would be asked of the rows;
all others are asked of the rows. The answer is the same with codes and without. Counts that go into findings and
packages are made without any of this (`casebound.measuring`).
"""

# ruff: noqa: S608 - names are quoted by casebound.sqltext, values are parameters or quoted literals

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing

import numpy as np
from numpy.typing import NDArray

from casebound.codedcolumns import CodedColumns
from casebound.filter_sql import MarkLookup, condition, spread, word_columns, word_in
from casebound.filter_tree import Either, Equal, Every, Filter, Instant, Like, Marked, Node, Not, Number, Pattern, Word
from casebound.generations import Generation, Int64s
from casebound.questions import still_asked
from casebound.textsearch import Texts
from casebound.timeorder import TimeOrder

Mask = NDArray[np.bool_]
_FEW = 8  # where at most every eighth row is left, only those rows are asked
_INT64 = np.iinfo(np.int64)
_PIECES = (50_000, 4)  # the first stretch that is looked at for the first rows, and how much longer each next one is


def at_least(times: Int64s, time_us: int) -> int:
    """The first place in sorted times that is not before a time, which may be any number."""
    if time_us > _INT64.max:
        return len(times)
    # A key of another type would make numpy convert all of the times.
    return int(np.searchsorted(times, np.int64(max(time_us, _INT64.min))))


class RowMasks:
    """One filter over all events of a case."""

    def __init__(
        self,
        rows: Sequence[Generation],
        order: TimeOrder,
        coded: CodedColumns,
        found: Filter,
        marks: MarkLookup | None,
    ) -> None:
        self._order = order
        self._masks = {index: RowMask(index, one, coded, found, marks) for index, one in enumerate(rows) if one.timed}

    def positions(self, low: int, high: int) -> Int64s:
        """The positions of `low` to `high` (exclusive) that match, sorted."""
        ranges = list(self._order.ranges(low, high))
        if self._order.alone:
            return np.concatenate(
                [np.flatnonzero(self._masks[index].of(begin, end)) + begin for index, begin, end in ranges]
                or [np.empty(0, dtype=np.int64)]
            )
        matching = np.zeros(max(0, high - low), dtype=np.bool_)
        for index, begin, end in ranges:
            places = self._order.whole(index)[begin:end]
            matching[places[self._masks[index].of(begin, end)] - places.dtype.type(low)] = True
        return np.flatnonzero(matching) + low

    def first(self, limit: int, low: int, high: int) -> list[int]:
        """The first of them, stretch by stretch."""
        found: list[int] = []
        length, growth = _PIECES
        while low < high and len(found) < limit:
            still_asked()
            found += self.positions(low, min(low + length, high))[: limit - len(found)].tolist()
            low, length = low + length, length * growth
            if not found:  # not frequent: the index knows where it stands, for all the rest at once
                length = high - low
        return found


class RowMask:
    """One filter over the rows of one generation that stand on the timeline, whole or stretch by stretch."""

    def __init__(
        self, index: int, one: Generation, coded: CodedColumns, found: Filter, marks: MarkLookup | None
    ) -> None:
        self._index, self._one, self._coded, self._marks = index, one, coded, marks
        self._root = None if found.root is None else spread(found.root, marks)
        self._texts = Texts(one)
        self._values: dict[tuple[int, str], Mask] = {}

    def of(self, low: int, high: int) -> Mask:
        """For the rows at `low` to `high` (exclusive), whether each matches."""
        if self._root is None:
            return np.ones(high - low, dtype=np.bool_)
        return self._mask(self._root, low, high, None)

    def _mask(self, node: Node, low: int, high: int, within: Mask | None) -> Mask:
        """As `of`. What is said of rows outside of `within` does not matter."""
        still_asked()
        if isinstance(node, Not):
            return ~self._mask(node.part, low, high, within)
        if isinstance(node, Every):
            return self._every(node.parts, low, high, within)
        if isinstance(node, Either):
            listed = self._listed(node, low, high)
            if listed is not None:
                return listed
            plain = [self._plain(part) for part in node.parts]
            asked = [part for part, is_plain in zip(node.parts, plain, strict=True) if is_plain]
            others = [part for part, is_plain in zip(node.parts, plain, strict=True) if not is_plain]
            masks = [self._mask(part, low, high, within) for part in others]
            if asked:
                masks.append(self._asked(Either(tuple(asked)), low, high, within))
            return np.asarray(np.logical_or.reduce(masks))
        if isinstance(node, Instant):
            return self._instant(node, low, high)
        if isinstance(node, Word) or (isinstance(node, Pattern) and not node.field):
            return self._anywhere(node, low, high, within)
        if isinstance(node, Equal | Like | Pattern | Number):
            column = self._one.column(node.field)
            table = self._table(node, column) if column else None
            codes = self._coded.at_hand(self._index, column) if column else None
            if table is not None and codes is not None:
                found: Mask = table[codes.codes[low:high]]
                return found
        return self._asked(node, low, high, within)

    def _listed(self, node: Either, low: int, high: int) -> Mask | None:
        """Many values of one column are asked for once, where the column has codes; None where they are not these."""
        fields = {part.field.lower() if isinstance(part, Equal) else "" for part in node.parts}
        column = self._one.column(fields.pop()) if len(fields) == 1 and "" not in fields else ""
        codes = self._coded.at_hand(self._index, column) if column else None
        table = self._table(node, column) if column and codes is not None else None
        if codes is None or table is None:
            return None
        found: Mask = table[codes.codes[low:high]]
        return found

    def _every(self, parts: Sequence[Node], low: int, high: int, within: Mask | None) -> Mask:
        """What is known without looking at rows first: then only the rows that are left are looked at."""
        left = within
        found: Mask | None = None
        for part in sorted((part for part in parts if not self._plain(part)), key=self._effort):
            mask = self._mask(part, low, high, left)
            found = mask if found is None else found & mask
            left = found if within is None else found & within
        asked = tuple(part for part in parts if self._plain(part))
        if asked:
            mask = self._asked(Every(asked), low, high, left)
            found = mask if found is None else found & mask
        return found if found is not None else np.ones(high - low, dtype=np.bool_)

    def _effort(self, node: Node) -> int:
        """Texts come last: looking for them takes longest."""
        return int(isinstance(node, Word | Pattern | Not | Every | Either))

    def _plain(self, node: Node) -> bool:
        """Whether a condition is one that the rows must be asked for."""
        if isinstance(node, Not):
            return self._plain(node.part)
        if isinstance(node, Marked):
            return True
        if isinstance(node, Equal | Like | Pattern | Number) and node.field:
            column = self._one.column(node.field)
            return not column or self._coded.at_hand(self._index, column) is None
        return False

    def _table(self, node: Node, column: str) -> Mask | None:
        """Which values of a column meet a condition."""
        key = (id(node), column)
        if key not in self._values:
            if isinstance(node, Word):
                sql = word_in(node, self._one.scope, [column])
            elif isinstance(node, Pattern) and not node.field:
                sql = condition(Filter("", Pattern(column, node.pattern, node.position)), self._one.scope)
            else:
                sql = condition(Filter("", node), self._one.scope)
            found = self._coded.holding(self._index, column, sql)
            if found is None:
                return None
            self._values[key] = found
        return self._values[key]

    def _instant(self, node: Instant, low: int, high: int) -> Mask:
        at = min(max(at_least(self._one.times, node.time_us) - low, 0), high - low)
        mask = np.zeros(high - low, dtype=np.bool_)
        mask[slice(at, None) if node.after else slice(0, at)] = True
        return mask

    def _anywhere(self, node: Word | Pattern, low: int, high: int, within: Mask | None) -> Mask:
        """A text or a pattern in any column: the different values of those with codes, the texts of the others."""
        one = self._one
        columns = word_columns(node, one.scope) if isinstance(node, Word) else list(one.scope.columns)
        found = np.zeros(high - low, dtype=np.bool_)
        others = []
        for column in columns:
            codes = self._coded.at_hand(self._index, column)
            table = self._table(node, column) if codes is not None else None
            if codes is None or table is None:
                others.append(column)
            elif table.all():
                return np.ones(high - low, dtype=np.bool_)
            elif table.any():
                found |= table[codes.codes[low:high]]
        if not others:
            return found
        left = ~found if within is None else within & ~found
        if isinstance(node, Word):
            held, others = self._texts.holding(node, others, low, high)
            found[held - low] = True
            sql = self._texts.condition(node, others)
        else:
            parts = [Pattern(column, node.pattern, node.position) for column in others]
            sql = " OR ".join(condition(Filter("", part), one.scope) for part in parts)
        if others:
            found[self._rows(f"({sql})", low, high, left) - low] = True
        return found

    def _asked(self, node: Node, low: int, high: int, within: Mask | None) -> Mask:
        """What the rows themselves say of a condition."""
        mask = np.zeros(high - low, dtype=np.bool_)
        mask[self._rows(condition(Filter("", node), self._one.scope, self._marks), low, high, within) - low] = True
        return mask

    def _rows(self, sql: str, low: int, high: int, within: Mask | None) -> Int64s:
        """Positions of `low` to `high` that meet an SQL condition, in no order; perhaps not all outside of `within`."""
        if sql in ("true", "(true)"):
            return np.arange(low, high, dtype=np.int64)
        if sql in ("false", "(false)") or low >= high:
            return np.empty(0, dtype=np.int64)
        chosen: dict[str, Int64s] = {}
        if within is not None:
            left = np.flatnonzero(within)
            if not len(left):
                return np.empty(0, dtype=np.int64)
            if len(left) * _FEW <= high - low:
                chosen = {"left_over": left + low}
        if chosen:
            sql = f"_position IN (SELECT p FROM left_over) AND {sql}"
        elif low > 0 or high < len(self._one.times):
            sql = f"_position >= {low} AND _position < {high} AND {sql}"
        with closing(self._one.cursor()) as cursor:
            for name, positions in chosen.items():
                cursor.register(name, {"p": positions})
            found = cursor.execute(f"SELECT _position FROM {self._one.store}.rows WHERE {sql}").fetchnumpy()
        return np.asarray(found["_position"], dtype=np.int64)
