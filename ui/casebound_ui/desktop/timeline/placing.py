"""Where people's marks stand in a picture: each in its lane, or on a line of their own. Free of Qt.

A mark is never left out. It stands in the lane of its event; where that lane is scrolled out of sight, or where no lane
is its event's (the filter or the choice of lanes took it away), it stands on the line of marks, which is always in
sight. Marks on one pixel share a diamond and are counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from casebound_ui.desktop.timeline.bins import Shown
from casebound_ui.desktop.timeline.layout import Layout
from casebound_ui.desktop.timeline.marks import Gap, Layers, Point, RangeMark
from casebound_ui.desktop.timeline.scale import View

TOUCH = 9.0  # pixels within which diamonds are one to the eye and get a count
NARROWEST = 1.5  # pixels of a gap that is hatched
LINE = -1  # the “row” of the line of marks


@dataclass(frozen=True, slots=True)
class Diamond:
    """One diamond to draw, `x` pixels from the plot's left edge, for `count` marks that share its place."""

    x: float
    count: int
    hidden: bool  # the filter hides every event it stands for
    members: NDArray[np.int64]  # which of the layer's marks these are
    layers: Layers

    @property
    def points(self) -> tuple[Point, ...]:
        """The marks that share its place."""
        return tuple(self.layers.points[at] for at in self.members.tolist())


@dataclass(frozen=True, slots=True)
class Standing:
    """The marks of a picture by row; those of `LINE` stand on the line of marks."""

    rows: dict[int, list[Diamond]]

    def all(self) -> list[tuple[int, Diamond]]:
        return [(row, diamond) for row, diamonds in self.rows.items() for diamond in diamonds]


class Placing:
    """The marks of a case over the events shown, as arrays: made once for each, asked at every frame."""

    def __init__(self, layers: Layers, shown: Shown) -> None:
        self.layers, self.shown = layers, shown
        points = layers.points
        self._times = np.array([point.time for point in points], dtype=np.int64)
        codes = np.array([point.code for point in points], dtype=np.int64)
        self._rows = np.full(len(points), LINE, dtype=np.int64)
        for row, lane in enumerate(shown.lanes):
            self._rows[codes == lane.code] = row
        hidden = _hidden(np.array([point.position for point in points], dtype=np.int64), shown)
        self._hidden = hidden.astype(np.int64)  # 1 where the filter hides the event

        self._gaps = np.array([(gap.start, gap.end) for gap in layers.gaps], dtype=np.int64).reshape(-1, 2)

    def gaps(self, view: View, width: float) -> list[Gap]:
        """The gaps that are wide enough in a view to be seen. There may be thousands in all."""
        low, high = np.maximum(self._gaps[:, 0], view.start), np.minimum(self._gaps[:, 1], view.end)
        wide = (high - low) * (width / view.span) >= NARROWEST
        return [self.layers.gaps[at] for at in np.flatnonzero(wide).tolist()]

    @property
    def homeless(self) -> bool:
        """Whether a mark has no lane at all."""
        return bool((self._rows == LINE).any())

    def standing(self, view: View, made: Layout) -> Standing:
        """The marks in view, each with its row."""
        low, high = np.searchsorted(self._times, np.array([view.start, view.end], dtype=np.int64)).tolist()
        rows = self._rows[low:high].copy()
        for row in np.unique(rows).tolist():
            if row != LINE and not made.in_sight(row):
                rows[rows == row] = LINE
        xs = (self._times[low:high] - view.start) * (made.plot / view.span)
        pixels = np.floor(xs)
        found: dict[int, list[Diamond]] = {}
        for row in np.unique(rows).tolist():
            mine = np.flatnonzero(rows == row)
            firsts = np.flatnonzero(np.concatenate(([True], np.diff(pixels[mine]) > 0)))
            ends = np.append(firsts[1:], len(mine))
            hidden = np.add.reduceat(self._hidden[low + mine], firsts) == ends - firsts
            found[row] = [
                Diamond(x, end - first, all_hidden, low + mine[first:end], self.layers)
                for x, first, end, all_hidden in zip(
                    xs[mine[firsts]].tolist(), firsts.tolist(), ends.tolist(), hidden.tolist(), strict=True
                )
            ]
        return Standing(found)

    def is_hidden(self, point: Point) -> bool:
        """Whether the filter hides the event of a mark."""
        return self.shown.rank(point.position) is None


def _hidden(positions: NDArray[np.int64], shown: Shown) -> NDArray[np.bool_]:
    if shown.positions is None or not positions.size:
        return np.zeros(positions.size, dtype=np.bool_)
    if not shown.positions.size:
        return np.ones(positions.size, dtype=np.bool_)
    at = np.minimum(np.searchsorted(shown.positions, positions), shown.positions.size - 1)
    return np.asarray(shown.positions[at] != positions)


def crowds(drawn: Sequence[Diamond]) -> list[tuple[float, int]]:
    """Where diamonds overlap: (x of the last of them, how many marks they stand for)."""
    found: list[tuple[float, int]] = []
    at = 0
    while at < len(drawn):
        end = at
        while end + 1 < len(drawn) and drawn[end + 1].x - drawn[end].x < TOUCH:
            end += 1
        count = sum(diamond.count for diamond in drawn[at : end + 1])
        if count > 1:
            found.append((drawn[end].x, count))
        at = end + 1
    return found


@dataclass(frozen=True, slots=True)
class Bracket:
    """A range that people marked, on the line of marks: `x0` to `x1` from the plot's left edge, with those under it."""

    x0: float
    x1: float
    ranges: tuple[RangeMark, ...]


def brackets(ranges: Sequence[RangeMark], view: View, width: float) -> list[Bracket]:
    """The marked ranges in view, left to right. Those that begin and end on the same pixels share a bracket."""
    made: dict[tuple[int, int], list[RangeMark]] = {}
    for one in ranges:
        if one.end >= view.start and one.start < view.end:
            x0, x1 = max(view.x(one.start, width), 0.0), min(view.x(one.end, width), width)
            made.setdefault((round(x0), round(max(x1, x0 + 3))), []).append(one)
    return [Bracket(float(x0), float(x1), tuple(group)) for (x0, x1), group in sorted(made.items())]
