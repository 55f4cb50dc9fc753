"""Where everything stands on the canvas. Free of Qt: rectangles are plain numbers, hits are plain values."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum

GUTTER = 196  # labels and counts to the left of the plot
RIGHT = 16
OVERVIEW_TOP = 2
OVERVIEW_HEIGHT = 24


class Zone(Enum):
    """What lies under the pointer."""

    OVERVIEW = "overview"
    AXIS = "axis"
    FINDINGS = "findings"
    HISTOGRAM = "histogram"
    LANES = "lanes"
    LABELS = "labels"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Band:
    """A stretch of canvas from `top` down, `height` pixels."""

    top: float
    height: float

    @property
    def bottom(self) -> float:
        return self.top + self.height

    def holds(self, y: float) -> bool:
        return self.top <= y < self.bottom


@dataclass(frozen=True, slots=True)
class Layout:
    """The canvas cut into bands. `left` to `left + plot` is where time is drawn."""

    width: float
    height: float
    lanes: int
    scroll: float
    overview: Band
    axis: Band
    findings: Band
    histogram: Band
    lane_height: float
    lanes_top: float
    left: float

    @property
    def plot(self) -> float:
        return max(self.width - self.left - RIGHT, 50.0)

    @property
    def right(self) -> float:
        return self.left + self.plot

    @property
    def lanes_area(self) -> Band:
        return Band(self.lanes_top, max(min(self.height - self.lanes_top, self.lanes * self.lane_height), 0.0))

    @property
    def most_scroll(self) -> float:
        return max(self.lanes * self.lane_height - (self.height - self.lanes_top), 0.0)

    def lane(self, row: int) -> Band:
        return Band(self.lanes_top + row * self.lane_height - self.scroll, self.lane_height)

    def lane_at(self, y: float) -> int | None:
        if not self.lanes_area.holds(y):
            return None
        row = int((y - self.lanes_top + self.scroll) // self.lane_height)
        return row if 0 <= row < self.lanes else None

    def zone(self, x: float, y: float) -> Zone:
        if self.overview.holds(y):
            return Zone.OVERVIEW if self.left <= x < self.right else Zone.LABELS
        if x < self.left:
            return Zone.LABELS
        if self.axis.holds(y):
            return Zone.AXIS
        if self.findings.holds(y):
            return Zone.FINDINGS
        if self.histogram.holds(y):
            return Zone.HISTOGRAM
        return Zone.LANES if self.lanes_area.holds(y) else Zone.NOTHING


def laid_out(width: float, height: float, lanes: int, scroll: float = 0.0, scale: float = 1.0) -> Layout:
    """The bands for a canvas of this size, at a text size of `scale`.

    Lanes are 30 high, 23 where that is too much; what still does not fit scrolls. The histogram takes what is left.
    """
    overview = Band(OVERVIEW_TOP, OVERVIEW_HEIGHT)
    compact = height - overview.bottom - (34 + 30 + 76 + 30 * lanes) * scale < 0
    axis = Band(overview.bottom, (30 if compact else 34) * scale)
    findings = Band(axis.bottom, (26 if compact else 30) * scale)
    lane_height = float(round((23 if compact else 30) * scale))
    room = height - findings.bottom
    graph = min(max(room - lanes * lane_height, (58 if compact else 76) * scale), max(132 * scale, height * 0.45))
    histogram = Band(findings.bottom, graph)
    left = min(GUTTER * scale, width * 0.4)
    made = Layout(width, height, lanes, 0.0, overview, axis, findings, histogram, lane_height, histogram.bottom, left)
    return replace(made, scroll=min(max(scroll, 0.0), made.most_scroll))
