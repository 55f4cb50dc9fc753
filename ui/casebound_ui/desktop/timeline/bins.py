"""Exact counts for any view, from sorted times by binary search. Free of Qt.

Everything here costs a few thousand probes into sorted arrays, whatever the number of events: 16 million need no
pyramid, no tiles and no rounding. Keys are always of the array's own type; any other key would make numpy convert the
whole array.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from casebound.density import SHADES, Times, ceiling, grid, nexts, shade, starts
from casebound.timescale import View, step_for
from casebound.uncertaintimes import Uncertain
from casebound_ui.desktop.wording import inert

__all__ = [
    "SHADES",
    "Colours",
    "Frame",
    "Lane",
    "Shown",
    "Times",
    "Usual",
    "ceiling",
    "frame",
    "grid",
    "shade",
    "split",
]

Ranks = NDArray[np.int32]

DOTS = 1.3  # dots instead of cells when a view holds at most this many events per pixel
_SAMPLES = 128
_STRETCH = 131_072  # events that are told apart together
_FEW = 4  # lanes in a stretch


@dataclass(frozen=True, slots=True)
class Lane:
    """One row of the timeline: a label and the ranks of its events among those shown, ascending."""

    label: str
    ranks: Ranks
    code: int


@dataclass(frozen=True, slots=True)
class Colours:
    """The events shown told apart by a column, for colour: `values` as lanes are, and by rank which of them each is."""

    field: str
    values: tuple[Lane, ...]  # the most frequent first; the last one of code -1 is every other value, and none
    codes: NDArray[np.int16]  # one for each event shown


@dataclass(frozen=True, slots=True)
class Shown:
    """The events on the timeline: `times` sorted ascending, split into lanes.

    `positions` are their places among all events; None where everything is shown. Ranks count from 0 within `times`.
    `uncertain` is by rank as well; None where every time is exact.
    """

    times: Times
    lanes: tuple[Lane, ...]
    of: int
    positions: NDArray[np.int64] | None = None
    colours: Colours | None = None
    uncertain: Uncertain | None = None

    @property
    def count(self) -> int:
        return int(self.times.size)

    @property
    def span(self) -> tuple[int, int] | None:
        return (int(self.times[0]), int(self.times[-1])) if self.times.size else None

    def position(self, rank: int) -> int:
        """The place among all events of the event at `rank` of those shown."""
        return rank if self.positions is None else int(self.positions[rank])

    def rank(self, position: int) -> int | None:
        """The rank of the event at `position` of all, or None where it is filtered out."""
        if self.positions is None:
            return position if 0 <= position < self.count else None
        at = int(np.searchsorted(self.positions, np.int64(position)))
        return at if at < self.count and int(self.positions[at]) == position else None

    def code(self, rank: int) -> int:
        """The lane code of the event at `rank`."""
        key = np.int32(rank)
        for lane in self.lanes:
            at = int(np.searchsorted(lane.ranks, key))
            if at < lane.ranks.size and lane.ranks[at] == key:
                return lane.code
        return -1

    def ranks(self, view: View) -> tuple[int, int]:
        """First rank in `view` and the first after it."""
        low, high = np.searchsorted(self.times, np.array([view.start, view.end], dtype=np.int64))
        return int(low), int(high)


NOTHING = Shown(np.empty(0, dtype=np.int64), (), 0)


def counted(codes: NDArray[np.int16], kinds: int) -> NDArray[np.int64]:
    """How often each code from -1 stands there, `kinds` of them; what is coded beyond them is left out."""
    counts = np.zeros(kinds, dtype=np.int64)
    for start in range(0, codes.size, _STRETCH):
        counts += np.bincount(codes[start : start + _STRETCH] + np.int16(1), minlength=kinds)[:kinds]
    return counts


def split(codes: NDArray[np.int16], labels: Sequence[str], other: str = "Everything else") -> tuple[Lane, ...]:
    """One lane for each label, from one code per event.

    Events coded -1 go to a last lane named `other`, if there are any.
    """
    kinds = len(labels) + 1
    ends = np.concatenate(([0], np.cumsum(counted(codes, kinds))))
    ranks = np.empty(codes.size, dtype=np.int32)
    filled = ends[:-1].tolist()
    # Stretch by stretch, each sorted by counting: what is worked on stays in the processor, and nothing is held twice.
    for start in range(0, codes.size, _STRETCH):
        some = codes[start : start + _STRETCH]
        counts = counted(some, kinds)
        # A few lanes are quickest looked for one by one, as lanes by source usually are.
        order = np.argsort(some, kind="stable") if np.count_nonzero(counts) > _FEW else None
        at = 0
        for kind, count in enumerate(counts.tolist()):
            if count:
                own = order[at : at + count] if order is not None else np.flatnonzero(some == np.int16(kind - 1))
                np.add(own, start, out=ranks[filled[kind] : filled[kind] + count], casting="unsafe")
                filled[kind], at = filled[kind] + count, at + count
    lanes = [Lane(inert(label, 200), ranks[ends[code + 1] : ends[code + 2]], code) for code, label in enumerate(labels)]
    if ends[1]:
        lanes.append(Lane(other, ranks[: ends[1]], -1))
    return tuple(lanes)


@dataclass(frozen=True, slots=True)
class Frame:
    """What one picture of the timeline shows. `totals` has one number per bin, `cells` one row per lane."""

    view: View
    step: int
    edges: Times
    totals: NDArray[np.int64]
    cells: NDArray[np.int64]
    shades: NDArray[np.uint8]  # 0 is empty, 1 … SHADES darker
    in_view: int
    in_lanes: tuple[int, ...]
    dots: tuple[Times, ...] | None  # the times in view of each lane, when few enough to draw one by one

    def bin_at(self, time: int) -> int | None:
        index = int(np.searchsorted(self.edges, np.int64(time), side="right")) - 1
        return index if 0 <= index < self.totals.size else None


class Usual:
    """What is usual for a lane: the 78th percentile of the counts of its bins that are not empty, for a width of bin.

    It is taken over the whole case, so that panning never changes a shade. A hundred or so events spread evenly over
    the lane are looked at; a bin of n events is found n times as often as a bin of one, hence the weight of 1/n. Only
    shades depend on it, never a count.
    """

    def __init__(self) -> None:
        self._known: dict[tuple[int, int], float] = {}
        self._shown: Shown | None = None

    def of(self, shown: Shown, lane: int, step: int) -> float:
        if self._shown is not shown:
            self._known.clear()
            self._shown = shown
        key = (lane, step)
        if key not in self._known:
            self._known[key] = _usual(shown.times, shown.lanes[lane].ranks, step)
        return self._known[key]


def _usual(times: Times, ranks: Ranks, step: int) -> float:
    if not ranks.size:
        return 1.0
    picks = np.unique(np.linspace(0, ranks.size - 1, min(_SAMPLES, ranks.size)).astype(np.int64))
    begun = starts(times[ranks[picks]], step)
    low = np.searchsorted(ranks, np.searchsorted(times, begun).astype(np.int32))
    high = np.searchsorted(ranks, np.searchsorted(times, nexts(begun, step)).astype(np.int32))
    counts = np.sort(high - low)
    weights = np.cumsum(1.0 / counts)
    return float(counts[np.searchsorted(weights, 0.78 * weights[-1])])


def frame(shown: Shown, view: View, width: float, usual: Usual, *, same_scale: bool = False) -> Frame:
    """Count everything that a picture of `view`, `width` pixels wide, needs."""
    step = step_for(view.span, width)
    edges = grid(view, step)
    at = np.searchsorted(shown.times, edges)
    totals = np.diff(at)
    first, last = shown.ranks(view)
    keys = at.astype(np.int32)
    ends = np.array([first, last], dtype=np.int32)
    cells = np.zeros((len(shown.lanes), totals.size), dtype=np.int64)
    shades = np.zeros(cells.shape, dtype=np.uint8)
    reach: list[tuple[int, int]] = []
    norms = np.ones((len(shown.lanes), 1))
    for row, lane in enumerate(shown.lanes):
        cells[row] = np.diff(np.searchsorted(lane.ranks, keys))
        low, high = np.searchsorted(lane.ranks, ends)
        reach.append((int(low), int(high)))
        norms[row] = usual.of(shown, row, step)
    if cells.size:
        shades = shade(cells, norms.max() if same_scale else norms)
    dots = None
    if last - first <= DOTS * width:
        dots = tuple(shown.times[lane.ranks[low:high]] for lane, (low, high) in zip(shown.lanes, reach, strict=True))
    lanes = tuple(high - low for low, high in reach)
    return Frame(view, step, edges, totals, cells, shades, last - first, lanes, dots)
