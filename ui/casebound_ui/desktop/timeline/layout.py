"""Where everything stands on the canvas. Free of Qt: rectangles are plain numbers, hits are plain values."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum

GUTTER = 196  # labels and counts to the left of the plot
RIGHT = 16
OVERVIEW_TOP = 2
OVERVIEW_HEIGHT = 24
FEWEST_LANES = 1  # in sight however little room there is
LEGEND_LEAVES = 3  # lanes that a legend of several lines leaves in sight


class Zone(Enum):
    """What lies under the pointer."""

    OVERVIEW = "overview"
    AXIS = "axis"
    FINDINGS = "findings"
    MARKS = "marks"
    HISTOGRAM = "histogram"
    LEGEND = "legend"
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

    @property
    def middle(self) -> float:
        return self.top + self.height / 2

    def holds(self, y: float) -> bool:
        return self.top <= y < self.bottom


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a picture needs beside its lanes."""

    local: bool = False  # a second line of the axis
    marks: bool = False  # a line of marks, always
    marks_if_scrolled: bool = False  # the same, only where not all lanes fit
    legend_lines: int = 1


@dataclass(frozen=True, slots=True)
class Layout:
    """The canvas cut into bands. `left` to `left + plot` is where time is drawn.

    `marks` is the line of marks that have no lane in sight and of ranges; 0 high where there is none. `legend` lies
    under the histogram.
    """

    width: float
    height: float
    lanes: int
    scroll: float
    overview: Band
    axis: Band
    axis_lines: int
    findings: Band
    marks: Band
    histogram: Band
    legend: Band
    legend_lines: int
    lane_height: float
    left: float

    @property
    def plot(self) -> float:
        return max(self.width - self.left - RIGHT, 50.0)

    @property
    def right(self) -> float:
        return self.left + self.plot

    @property
    def lanes_top(self) -> float:
        return self.legend.bottom

    @property
    def lanes_area(self) -> Band:
        return Band(self.lanes_top, max(min(self.height - self.lanes_top, self.lanes * self.lane_height), 0.0))

    @property
    def most_scroll(self) -> float:
        return max(self.lanes * self.lane_height - max(self.height - self.lanes_top, 0.0), 0.0)

    def lane(self, row: int) -> Band:
        return Band(self.lanes_top + row * self.lane_height - self.scroll, self.lane_height)

    def lane_at(self, y: float) -> int | None:
        if not self.lanes_area.holds(y):
            return None
        row = int((y - self.lanes_top + self.scroll) // self.lane_height)
        return row if 0 <= row < self.lanes else None

    def in_sight(self, row: int) -> bool:
        """Whether the middle of a lane, where its marks stand, can be seen."""
        area, y = self.lanes_area, self.lane(row).middle
        return area.top + 4 <= y <= area.bottom - 4

    def zone(self, x: float, y: float) -> Zone:
        if self.overview.holds(y):
            return Zone.OVERVIEW if self.left <= x < self.right else Zone.LABELS
        if self.legend.holds(y):
            return Zone.LEGEND
        if x < self.left:
            return Zone.LABELS
        for band, zone in (
            (self.axis, Zone.AXIS),
            (self.findings, Zone.FINDINGS),
            (self.marks, Zone.MARKS),
            (self.histogram, Zone.HISTOGRAM),
        ):
            if band.holds(y):
                return zone
        return Zone.LANES if self.lanes_area.holds(y) else Zone.NOTHING


_PLAIN = Wanted()


def laid_out(
    width: float, height: float, lanes: int, scroll: float = 0.0, scale: float = 1.0, wanted: Wanted = _PLAIN
) -> Layout:
    """The bands for a canvas of this size, at a text size of `scale`.

    Lanes are 30 high, 23 where that is too much; what still does not fit scrolls. The histogram takes what is left.
    """
    made = _cut(width, height, lanes, scale, wanted, marks=wanted.marks)
    if wanted.marks_if_scrolled and not wanted.marks and made.most_scroll:
        made = _cut(width, height, lanes, scale, wanted, marks=True)
    return replace(made, scroll=min(max(scroll, 0.0), made.most_scroll))


def gutter(width: float, scale: float) -> float:
    """Pixels left of the plot."""
    return min(GUTTER * scale, width * 0.4)


def _cut(width: float, height: float, lanes: int, scale: float, wanted: Wanted, *, marks: bool) -> Layout:
    overview = Band(OVERVIEW_TOP, OVERVIEW_HEIGHT)
    left = gutter(width, scale)
    legend_lines = wanted.legend_lines
    extra = (16 if wanted.local else 0) + (24 if marks else 0) + 17 * legend_lines
    compact = height - overview.bottom - (34 + 30 + 64 + extra + 30 * lanes) * scale < 0
    lines = 3 if wanted.local else 2
    axis = Band(overview.bottom, ((30 if compact else 34) + (15 if compact else 16) * (lines - 2)) * scale)
    findings = Band(axis.bottom, (26 if compact else 30) * scale)
    line = Band(findings.bottom, (22 if compact else 24) * scale if marks else 0.0)
    lane_height = float(round((23 if compact else 30) * scale))
    legend_line = (16 if compact else 17) * scale
    # The legend gives way before a lane does; what it leaves out is counted on it and said beside the pointer.
    legend_room = height - line.bottom - 46 * scale - min(lanes, LEGEND_LEAVES) * lane_height
    legend_lines = min(legend_lines, max(int(legend_room // legend_line), 1))
    legend = legend_line * legend_lines
    room = height - line.bottom - legend
    graph = min(max(room - lanes * lane_height, (46 if compact else 64) * scale), max(118 * scale, height * 0.45))
    # However little room there is, one lane is left of it: the histogram gives way, down to a sliver.
    graph = max(min(graph, room - min(lanes, FEWEST_LANES) * lane_height), 24.0)
    histogram = Band(line.bottom, graph)
    return Layout(
        width,
        height,
        lanes,
        0.0,
        overview,
        axis,
        lines,
        findings,
        line,
        histogram,
        Band(histogram.bottom, legend),
        legend_lines,
        lane_height,
        left,
    )
