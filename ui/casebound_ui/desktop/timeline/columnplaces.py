"""Where columns stand: the pinned ones always in sight at the left, the others in what is left of the room, scrolled.

Free of Qt. Everything in pixels.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import accumulate

from casebound_ui.desktop.timeline import columns
from casebound_ui.desktop.timeline.columns import Columns

NARROW = 800  # room below which the actor hides and the source is only its icon
MOST_PINNED = 0.6  # of the room: more than that would leave nothing to scroll
_USUAL = {
    columns.LOCAL: 250,
    columns.SOURCE: 150,
    columns.ACTION: 140,
    columns.ACTOR: 150,
    columns.OBJECT: 100,
    columns.MARKS: 96,
}
_LEAST, _MOST = 90, 260  # of a column of an export, by its title


@dataclass(frozen=True, slots=True)
class Placing:
    """Columns side by side. `pinned` of them do not move; `room` is how wide they may be together."""

    names: tuple[str, ...] = ()
    widths: tuple[int, ...] = ()
    pinned: int = 0
    room: int = 0

    @property
    def edges(self) -> tuple[int, ...]:
        """Where each begins without scrolling, and where the last one ends."""
        return (0, *accumulate(self.widths))

    @property
    def fixed(self) -> int:
        """How wide the pinned columns are together."""
        return self.edges[self.pinned]

    @property
    def most(self) -> int:
        """How far the others can be scrolled."""
        return max(self.edges[-1] - self.room, 0)

    def left(self, place: int, offset: int) -> int:
        """Where a column begins when the others are scrolled by `offset`."""
        return self.edges[place] - (offset if place >= self.pinned else 0)

    def at(self, x: int, offset: int) -> int:
        """The column at `x`; -1 beside them."""
        inside = x if x < self.fixed else x + offset
        edges = self.edges
        if x < 0 or inside >= edges[-1]:
            return -1
        return next(place for place in range(len(self.names)) if inside < edges[place + 1])

    def showing(self, place: int, offset: int) -> int:
        """The scroll that brings a column into sight, as near to `offset` as can be."""
        if place < self.pinned:
            return offset
        edges = self.edges
        if edges[place] - offset < self.fixed:
            return max(edges[place] - self.fixed, 0)
        if edges[place + 1] - offset > self.room:
            return min(edges[place + 1] - self.room, edges[place] - self.fixed)
        return offset


def fitting(chosen: Columns, room: int, scale: float) -> tuple[tuple[str, ...], bool]:
    """The columns there is room for, and whether sources are only their icons."""
    narrow = room < NARROW * scale
    if narrow and chosen.usual:
        return tuple(name for name in chosen.shown if name != columns.ACTOR), narrow
    return chosen.shown, narrow


def placed(
    chosen: Columns,
    names: tuple[str, ...],
    room: int,
    scale: float,
    *,
    time: int,
    icons_only: bool,
    title_width: Callable[[str], int],
) -> Placing:
    """Columns as wide as a person pulled them, or as their kind needs; what is left over goes to one of them."""
    small: Mapping[str, int] = {columns.SOURCE: 44, columns.ACTION: 112} if icons_only else {}
    widths: list[int] = []
    for name in names:
        if name in chosen.widths:
            widths.append(round(chosen.widths[name] * scale))
        elif name == columns.TIME:
            widths.append(time)
        elif name in columns.STANDARD:
            widths.append(round(small.get(name, _USUAL[name]) * scale))
        else:
            widths.append(min(max(title_width(name), round(_LEAST * scale)), round(_MOST * scale)))
    spare = room - sum(widths)
    if spare > 0:
        widths[_widest(chosen, names)] += spare
    pinned = min(chosen.pinned, len(names))
    while pinned > 1 and sum(widths[:pinned]) > room * MOST_PINNED:
        pinned -= 1
    if widths and sum(widths) > room and widths[0] > room * MOST_PINNED:
        pinned = 0  # not even the time leaves room for anything else
    return Placing(names, tuple(widths), pinned, room)


def _widest(chosen: Columns, names: tuple[str, ...]) -> int:
    """The column that takes the room left over: the object, else the last that nobody pulled."""
    free = [name for name in names if name not in chosen.widths]
    for name in (columns.OBJECT, *reversed([n for n in free if n not in (columns.TIME, columns.MARKS)])):
        if name in free:
            return names.index(name)
    return len(names) - 1
