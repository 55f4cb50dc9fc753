"""A view of the timeline drawn on paper: vector graphics from exact counts, readable in black and white."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from reportlab.lib.colors import HexColor  # noqa: TID253 - see the package: imported only when a report is made
from reportlab.platypus import Flowable  # noqa: TID253

from casebound.density import SHADES, ceiling, shade
from casebound.timeaxis import axis
from casebound.timescale import View
from casebound.timetext import date_text
from casebound_exporters.report import style
from casebound_exporters.report.fonts import BODY, MEDIUM
from casebound_exporters.report.lettering import Lettering

if TYPE_CHECKING:
    from casebound_exporters.report.text import Typesetter
    from casebound_exporters.report.viewmodel import LaneRow, SpanBar, ViewEntry

GUTTER: Final = 124.0
OVERVIEW: Final = 26.0
AXIS: Final = 25.0
FINDING: Final = 12.0
MOST_FINDING_ROWS: Final = 4
HISTOGRAM: Final = 66.0
LANE: Final = 15.0
LEGEND: Final = 25.0
_TICK_ROOM: Final = 50.0
_CROWD: Final = 5.0  # points within which diamonds are one to the eye and get a count
_LOW, _HIGH, _BARS, _MARK, _VIOLET = "#E6ECF4", "#17406F", "#6F93C4", "#F0A020", "#6B45C6"
_RAMP: Final = tuple(
    "#"
    + "".join(
        f"{round(int(_LOW[at : at + 2], 16) + (int(_HIGH[at : at + 2], 16) - int(_LOW[at : at + 2], 16)) * part):02X}"
        for at in (1, 3, 5)
    )
    for part in (level / SHADES for level in range(SHADES + 1))
)


def usual(counts: list[int]) -> float:
    """What is usual for a lane: of its bins that are not empty, 78 in 100 hold at most this many events."""
    ordered = sorted(counts)
    return float(ordered[-(-78 * len(ordered) // 100) - 1]) if ordered else 1.0


def finding_rows(spans: tuple[SpanBar, ...], view: View, plot: float) -> tuple[list[list[SpanBar]], int]:
    """Findings in view in rows that do not overlap, and how many found no row."""
    rows: list[list[SpanBar]] = []
    ends: list[float] = []
    left = 0
    seen = (span for span in spans if span.end_us >= view.start and span.start_us < view.end)
    for span in sorted(seen, key=lambda span: (span.start_us, span.number)):
        x0 = max(view.x(span.start_us, plot), 0.0)
        x1 = max(min(view.x(span.end_us, plot), plot), x0) + 30.0  # its number stands behind it
        place = next((row for row, end in enumerate(ends) if end <= x0), len(rows))
        if place == MOST_FINDING_ROWS:
            left += 1
        elif place == len(rows):
            rows.append([span])
            ends.append(x1)
        else:
            rows[place].append(span)
            ends[place] = x1
    return rows, left


class TimelinePicture(Flowable):  # type: ignore[misc]
    """Overview, axis, findings, histogram, lanes and legend, as wide as the text."""

    def __init__(self, entry: ViewEntry, setter: Typesetter) -> None:
        super().__init__()
        self.entry = entry
        self.view = View(entry.start_us, entry.end_us)
        self.letters = Lettering(setter)
        self.plot = style.WIDTH - GUTTER
        self.rows, self.unplaced = finding_rows(entry.spans, self.view, self.plot)
        self.spaceBefore, self.spaceAfter = 4, 8

    def wrap(self, _width: float, _height: float) -> tuple[float, float]:
        findings = FINDING * len(self.rows) + (4 if self.rows else 0)
        self.width = style.WIDTH
        self.height = OVERVIEW + AXIS + findings + HISTOGRAM + LANE * len(self.entry.lanes) + LEGEND + 6
        return self.width, self.height

    def draw(self) -> None:
        self._overview(self.height)
        top = self.height - OVERVIEW
        bottom = LEGEND + 6
        self._axis(top, bottom)
        top -= AXIS
        for row in self.rows:
            self._findings(row, top)
            top -= FINDING
        if self.rows:
            said = f"Findings{f', {self.unplaced} more not drawn' if self.unplaced else ''}"
            self._say(said, 0, top + FINDING * len(self.rows) - 8.5, GUTTER - 8, MEDIUM)
            top -= 4
        self._histogram(top)
        top -= HISTOGRAM
        for lane in self.entry.lanes:
            self._lane(lane, top)
            top -= LANE
        self._legend(bottom)

    # Parts, from top to bottom; `top` is the upper edge

    def _overview(self, top: float) -> None:
        """Where the window lies in the whole case."""
        canvas, (start, end) = self.canv, self.entry.whole_us
        whole = View(min(start, self.view.start), max(end, self.view.end))
        self._say("Whole case", 0, top - 8, GUTTER - 8)
        canvas.setStrokeColor(HexColor(style.FAINT))
        canvas.setFillColor(HexColor(style.WASH))
        canvas.setLineWidth(0.5)
        canvas.rect(GUTTER, top - 10, self.plot, 8, stroke=1, fill=1)
        x0, x1 = whole.x(self.view.start, self.plot), whole.x(self.view.end, self.plot)
        canvas.setFillColor(HexColor(_BARS))
        canvas.rect(GUTTER + x0, top - 10, max(x1 - x0, 1.5), 8, stroke=1, fill=1)
        self._say(date_text(whole.start), GUTTER, top - 18, self.plot / 2, ink=style.FAINT)
        self._say(date_text(whole.end - 1), style.WIDTH, top - 18, self.plot / 2, ink=style.FAINT, right=True)

    def _axis(self, top: float, bottom: float) -> None:
        canvas = self.canv
        self._say("Time (UTC)", 0, top - 18, GUTTER - 8)
        marks = axis(self.view, self.plot, _TICK_ROOM)
        canvas.setLineWidth(0.4)
        canvas.setStrokeColor(HexColor(style.HAIR))
        for tick in marks.ticks:
            x = GUTTER + self.view.x(tick.time, self.plot)
            canvas.line(x, top - AXIS + 3, x, bottom)
            room = min(_TICK_ROOM, 2 * (style.WIDTH - x) + 10)
            if self.canv.stringWidth(tick.label, BODY, 6.6) <= room:
                self._say(tick.label, x, top - 18, room, ink=style.SOFT, centred=True)
        free = GUTTER
        for context in marks.contexts:
            x = max(GUTTER + self.view.x(context.time, self.plot), GUTTER)
            if x >= free and style.WIDTH - x > 24:
                free = x + self._say(context.label, x, top - 9, style.WIDTH - x, MEDIUM) + 8

    def _findings(self, row: list[SpanBar], top: float) -> None:
        canvas = self.canv
        for span in row:
            x0 = GUTTER + max(self.view.x(span.start_us, self.plot), 0.0)
            x1 = GUTTER + min(self.view.x(span.end_us, self.plot), self.plot)
            canvas.setFillColor(HexColor(_VIOLET))
            canvas.rect(x0, top - 9.5, max(x1 - x0, 2.0), 3.2, stroke=0, fill=1)
            after = x1 + 3 + 26 <= style.WIDTH
            if after:
                self._say(span.number, x1 + 3, top - 10, 28, MEDIUM)
            else:
                self._say(span.number, style.WIDTH, top - 5.6, 28, MEDIUM, right=True, size=5.6)

    def _histogram(self, top: float) -> None:
        canvas, entry = self.canv, self.entry
        ground, tall = top - HISTOGRAM + 6, HISTOGRAM - 16
        highest = ceiling(max(entry.totals, default=0))
        self._say("Events in view", 0, top - 14, GUTTER - 40, MEDIUM, size=7.2)
        self._say(entry.unit, 0, top - 24, GUTTER - 40)
        self._say("Linear scale", 0, top - 33, GUTTER - 40, ink=style.FAINT)
        canvas.setLineWidth(0.4)
        for value in (highest, highest // 2):
            y = ground + tall * value / highest
            canvas.setStrokeColor(HexColor(style.LINE))
            canvas.line(GUTTER, y, style.WIDTH, y)
            self._say(f"{value:,}", GUTTER - 5, y - 2.2, 60, ink=style.SOFT, right=True)
        self._say("0", GUTTER - 5, ground - 2.2, 20, ink=style.SOFT, right=True)
        canvas.setFillColor(HexColor(_BARS))
        for (left, right), count in zip(pairwise(entry.edges), entry.totals, strict=True):
            x0, x1 = self._between(left, right)
            if count and x1 > x0:
                height = max(tall * count / highest, 0.6)
                canvas.rect(x0, ground, max(x1 - x0 - 0.5, 0.6), height, stroke=0, fill=1)
        canvas.setStrokeColor(HexColor(style.INK))
        canvas.setLineWidth(0.6)
        canvas.line(GUTTER, ground, style.WIDTH, ground)

    def _lane(self, lane: LaneRow, top: float) -> None:
        canvas = self.canv
        canvas.setStrokeColor(HexColor(style.HAIR))
        canvas.setLineWidth(0.4)
        canvas.line(0, top, style.WIDTH, top)
        number = self._say(f"{lane.total:,}", GUTTER - 5, top - 10, 60, right=True)
        self._say(lane.label, 0, top - 10, GUTTER - number - 14)
        for start, end, _ in lane.gaps:
            self._hatch(*self._between(start, end), top)
        ends = dict(pairwise(self.entry.edges))
        norm = usual([count for _, count in lane.cells])
        levels = shade(_array([count for _, count in lane.cells]), norm).tolist()
        for (at, _), level in zip(lane.cells, levels, strict=True):
            x0, x1 = self._between(at, ends[at])
            canvas.setFillColor(HexColor(_RAMP[level]))
            canvas.rect(x0, top - LANE + 3, max(x1 - x0 - 0.5, 0.6), LANE - 6, stroke=0, fill=1)
        self._diamonds(lane, top - LANE / 2)

    def _hatch(self, x0: float, x1: float, top: float) -> None:
        """Nothing is there, which is not “nothing happened”."""
        if x1 - x0 < 0.8:
            return
        canvas, low, tall = self.canv, top - LANE + 2, LANE - 4
        canvas.saveState()
        outline = canvas.beginPath()
        outline.rect(x0, low, x1 - x0, tall)
        canvas.clipPath(outline, stroke=0, fill=0)
        canvas.setStrokeColor(HexColor(style.FAINT))
        canvas.setLineWidth(0.35)
        x = x0 - tall
        while x < x1:
            canvas.line(x, low, x + tall, low + tall)
            x += 3.2
        canvas.restoreState()

    def _diamonds(self, lane: LaneRow, middle: float) -> None:
        places = sorted(GUTTER + self.view.x(time, self.plot) for time in lane.marks)
        groups: list[list[float]] = []
        for x in places:
            if groups and x - groups[-1][-1] < _CROWD:
                groups[-1].append(x)
            else:
                groups.append([x])
        for group in groups:
            for x in group:
                self._diamond(x, middle)
            if len(group) > 1:
                x = group[-1] + 4.5
                right = x + 10 > style.WIDTH
                at = group[0] - 4.5 if right else x
                self._say(f"{len(group)}", at, middle - 2.1, 16, MEDIUM, size=5.6, right=right, halo=True)

    def _diamond(self, x: float, middle: float) -> None:
        canvas, half = self.canv, 3.1
        canvas.setFillColor(HexColor(_MARK))
        canvas.setStrokeColor(HexColor(style.INK))
        canvas.setLineWidth(0.6)
        shape = canvas.beginPath()
        shape.moveTo(x - half, middle)
        shape.lineTo(x, middle + half)
        shape.lineTo(x + half, middle)
        shape.lineTo(x, middle - half)
        shape.close()
        canvas.drawPath(shape, stroke=1, fill=1)

    def _legend(self, top: float) -> None:
        canvas, y = self.canv, top - 11
        canvas.setStrokeColor(HexColor(style.LINE))
        canvas.setLineWidth(0.6)
        canvas.line(0, top, style.WIDTH, top)
        x = 0.0
        for level in (1, 7, 13, 19, SHADES):
            canvas.setFillColor(HexColor(_RAMP[level]))
            canvas.rect(x, y - 1, 7, 6.5, stroke=0, fill=1)
            x += 7.5
        by = "source" if self.entry.lanes_by == "source" else "lane"
        x += 4
        x += self._say(f"darker = busier than usual for this {by} in this window", x, y, style.WIDTH - x) + 14
        self._diamond(x + 3, y + 2.2)
        self._say(f"{self.entry.marks_are}", x + 10, y, style.WIDTH - x - 10)
        y -= 10.5
        self._hatch(0, 14, y + LANE - 4.6)
        x = 18 + self._say("hatched = no rows there, for the reason named below", 18, y, style.WIDTH) + 14
        if self.rows:
            canvas.setFillColor(HexColor(_VIOLET))
            canvas.rect(x, y + 0.8, 12, 3.2, stroke=0, fill=1)
            self._say("a finding, from its first exhibit to its last", x + 16, y, style.WIDTH - x - 16)

    # Places and letters

    def _between(self, start: int, end: int) -> tuple[float, float]:
        """The x of a stretch, cut to the window."""
        x0 = self.view.x(max(start, self.view.start), self.plot)
        x1 = self.view.x(min(end, self.view.end), self.plot)
        return GUTTER + min(max(x0, 0.0), self.plot), GUTTER + min(max(x1, 0.0), self.plot)

    def _say(self, text: str, x: float, y: float, room: float, font: str = BODY, **how: Any) -> float:
        return self.letters.line(self.canv, text, x, y, room, font, **how)


def _array(counts: list[int]) -> Any:
    import numpy as np

    return np.array(counts, dtype=np.int64)
