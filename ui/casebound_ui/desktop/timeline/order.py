"""Which event stands in which row: the one mapping between rows and positions, in any order. Free of Qt.

Positions are places among all events, in the order of time; rows count from 0 in the list at hand, which holds the
events of ranks `low` to `high` among those that the filter shows.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from casebound_ui.desktop.timeline.bins import NOTHING, Shown

Int64s = NDArray[np.int64]
CHUNK = 1_000_000  # rows put in their places at a time: other threads have their turn in between


class TimeOrder:
    """Rows in the order of time, or against it: nothing to work out, nothing to hold."""

    complete = True

    def __init__(self, shown: Shown = NOTHING, low: int = 0, high: int = 0, *, descending: bool = False) -> None:
        self.shown, self.low, self.high = shown, low, high
        self.descending = descending

    @property
    def count(self) -> int:
        return self.high - self.low

    def position(self, row: int) -> int | None:
        """The position of the event in a row; None where there is none, or it is not known yet."""
        if not 0 <= row < self.count:
            return None
        return self.shown.position(self.high - 1 - row if self.descending else self.low + row)

    def row(self, position: int) -> int | None:
        """The row of the event at a position, if it is listed (and known already)."""
        rank = self.shown.rank(position)
        if rank is None or not self.low <= rank < self.high:
            return None
        return self.high - 1 - rank if self.descending else rank - self.low

    def positions(self, start: int, stop: int) -> Int64s | None:
        """The positions of rows `start` to `stop`, as far as there are so many; None where they are not known yet."""
        start, stop = max(start, 0), min(stop, self.count)
        if self.descending:
            first, last = self.high - stop, self.high - start
        else:
            first, last = self.low + start, self.low + stop
        held = self.shown.positions
        found = np.arange(first, max(first, last), dtype=np.int64) if held is None else held[first:last]
        return np.ascontiguousarray(found[::-1]) if self.descending else found

    def rows(self, positions: Int64s) -> Int64s:
        """The rows of these positions; -1 for those that are not listed."""
        ranks = ranked(self.shown, positions)
        inside = (ranks >= self.low) & (ranks < self.high)
        rows = self.high - 1 - ranks if self.descending else ranks - self.low
        return np.where(inside, rows, np.int64(-1))


class ColumnOrder:
    """Rows in the order of a column: the first of them known at once, all of them once `complete`."""

    def __init__(
        self, shown: Shown, low: int, high: int, ordered: NDArray[Any], places: NDArray[Any] | None = None
    ) -> None:
        """`ordered` are positions by row, the first rows only where `places` (rows by rank - low) is None."""
        self.shown, self.low, self.high = shown, low, high
        self._ordered, self._places = ordered, places
        self.descending = False  # said by `ordered` itself

    @property
    def count(self) -> int:
        return self.high - self.low

    @property
    def complete(self) -> bool:
        return self._places is not None or len(self._ordered) >= self.count

    def position(self, row: int) -> int | None:
        return int(self._ordered[row]) if 0 <= row < len(self._ordered) else None

    def row(self, position: int) -> int | None:
        if self._places is None:
            found = np.flatnonzero(self._ordered == position)
            return int(found[0]) if len(found) else None
        rank = self.shown.rank(position)
        return None if rank is None or not self.low <= rank < self.high else int(self._places[rank - self.low])

    def positions(self, start: int, stop: int) -> Int64s | None:
        start, stop = max(start, 0), min(stop, self.count)
        if stop > len(self._ordered):
            return None
        return self._ordered[start:stop].astype(np.int64)

    def rows(self, positions: Int64s) -> Int64s:
        if self._places is None:
            found = [self.row(position) for position in positions.tolist()]
            return np.array([-1 if row is None else row for row in found], dtype=np.int64)
        ranks = ranked(self.shown, positions)
        inside = (ranks >= self.low) & (ranks < self.high)
        rows = np.full(len(positions), -1, dtype=np.int64)
        rows[inside] = self._places[ranks[inside] - self.low]
        return rows


Order = TimeOrder | ColumnOrder


def ranked(shown: Shown, positions: Int64s) -> Int64s:
    """The ranks of positions among the events shown; -1 for those that the filter hides."""
    if shown.positions is None:
        return np.where((positions >= 0) & (positions < shown.count), positions, np.int64(-1))
    if not shown.count:
        return np.full(len(positions), -1, dtype=np.int64)
    at = np.minimum(np.searchsorted(shown.positions, positions), shown.count - 1)
    return np.where(shown.positions[at] == positions, at, -1).astype(np.int64)


def placed(shown: Shown, low: int, high: int, ordered: Int64s) -> ColumnOrder:
    """A whole order with the way back: half the memory where positions fit into 32 bits."""
    small = np.int32 if shown.of < 2**31 else np.int64
    held = np.empty(len(ordered), dtype=small)
    places = np.empty(len(ordered), dtype=small)
    for start in range(0, len(ordered), CHUNK):
        some = ordered[start : start + CHUNK]
        held[start : start + len(some)] = some
        ranks = some if shown.positions is None else np.searchsorted(shown.positions, some)
        places[ranks - low] = np.arange(start, start + len(some), dtype=small)
    return ColumnOrder(shown, low, high, held, places)
