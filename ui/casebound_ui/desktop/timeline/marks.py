"""What people put on the timeline: marks, findings, gaps and the places of rows set aside. Free of Qt.

These never go through bins: each keeps its own pixel at every zoom and under every filter.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from casebound.case import EventId
from casebound_ui.desktop.timeline.scale import View

LETTER = 6.6  # pixels of a letter in a finding's label, generously


@dataclass(frozen=True, slots=True, order=True)
class Point:
    """An event that a person marked: its time, its place among all events, and its lane's code."""

    time: int
    position: int
    code: int = field(compare=False)
    event: EventId = field(compare=False)
    notes: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Span:
    """A finding, from the first event it rests on to the last."""

    start: int
    end: int
    number: str
    sentence: str


@dataclass(frozen=True, slots=True)
class RangeMark:
    """A stretch of time that a person wrote a note, a tag or a bookmark on; `start` and `end` are both in it."""

    start: int
    end: int
    kind: str  # "note", "tag" or "bookmark"
    text: str
    number: int  # of the mark


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch for which a lane's source has no data, and why."""

    code: int
    start: int
    end: int
    reason: str


@dataclass(frozen=True, slots=True)
class Aside:
    """Rows set aside, at the time of the nearest row before them that could be read."""

    code: int
    time: int
    count: int
    reason: str


@dataclass(frozen=True, slots=True)
class Layers:
    """Everything that lies over the counts. `points` are sorted by time and position."""

    points: tuple[Point, ...] = ()
    spans: tuple[Span, ...] = ()
    gaps: tuple[Gap, ...] = ()
    asides: tuple[Aside, ...] = ()
    ranges: tuple[RangeMark, ...] = ()

    def within(self, view: View) -> tuple[Point, ...]:
        low = bisect_left(self.points, view.start, key=lambda point: point.time)
        high = bisect_left(self.points, view.end, key=lambda point: point.time)
        return self.points[low:high]

    def ranges_within(self, view: View) -> tuple[RangeMark, ...]:
        return tuple(one for one in self.ranges if one.end >= view.start and one.start < view.end)

    def after(self, time: int, position: int) -> Point | None:
        """The mark that follows the event at `position`."""
        at = bisect_right(self.points, (time, position), key=lambda point: (point.time, point.position))
        return self.points[at] if at < len(self.points) else None

    def before(self, time: int, position: int) -> Point | None:
        at = bisect_left(self.points, (time, position), key=lambda point: (point.time, point.position))
        return self.points[at - 1] if at else None


@dataclass(frozen=True, slots=True)
class Chip:
    """A finding's label in its lane: from `x0` to `x1`; `more` others begin under it."""

    span: Span
    x0: float
    x1: float
    more: int
    others: tuple[Span, ...] = ()


def chips(spans: Sequence[Span], view: View, width: float, letter: float = LETTER) -> list[Chip]:
    """Findings in view as labels that never overlap; one that would is counted on the one before it (“+n”).

    A label is as wide as its finding is long, and as its words need where there is room.
    """
    seen = sorted(
        (span for span in spans if span.end >= view.start and span.start < view.end),
        key=lambda span: (span.start, span.number),
    )
    placed: list[Chip] = []
    for span in seen:
        x0 = max(view.x(span.start, width), 0.0)
        short = _short(span, 0, letter)
        if x0 + short > width:
            x0 = max(width - short, 0.0)
        if placed and x0 < placed[-1].x0 + _short(placed[-1].span, placed[-1].more + 1, letter) + 3:
            last = placed[-1]
            placed[-1] = Chip(last.span, last.x0, last.x1, last.more + 1, (*last.others, span))
            continue
        words = short + letter * (len(span.sentence) + 3)
        placed.append(Chip(span, x0, max(view.x(span.end, width), x0 + words), 0))
    bounds = [*(chip.x0 - 3 for chip in placed[1:]), width][: len(placed)]
    return [
        replace(chip, x1=max(min(chip.x1, bound), min(chip.x0 + _short(chip.span, chip.more, letter), width)))
        for chip, bound in zip(placed, bounds, strict=True)
    ]


def _short(span: Span, more: int, letter: float) -> float:
    """Pixels that a finding's number needs, with “+n”."""
    return 18 + letter * (len(span.number) + (len(f" +{more}") if more else 0))
