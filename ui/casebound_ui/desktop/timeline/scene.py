"""Everything one picture of the timeline is painted from. Free of Qt."""

from __future__ import annotations

from dataclasses import dataclass

from casebound_ui.desktop.timeline.bins import Frame, Shown
from casebound_ui.desktop.timeline.colours import Stack
from casebound_ui.desktop.timeline.layout import Layout, Zone
from casebound_ui.desktop.timeline.localtime import LocalZone
from casebound_ui.desktop.timeline.marks import Layers
from casebound_ui.desktop.timeline.placing import LINE, Placing, Standing
from casebound_ui.desktop.timeline.scale import View


@dataclass(frozen=True, slots=True)
class Chosen:
    """The event that the table, the inspector and the canvas agree on.

    Its time, place among all events and lane code.
    """

    time: int
    position: int
    code: int


@dataclass(frozen=True, slots=True)
class Stretch:
    """A range of time a person dragged, `start < end`."""

    start: int
    end: int

    @property
    def view(self) -> View:
        return View(self.start, self.end)


@dataclass(frozen=True, slots=True)
class Hover:
    """Where the pointer rests."""

    x: float
    y: float
    zone: Zone
    row: int | None


@dataclass(frozen=True, slots=True)
class Scene:
    """The counts, the layers over them, and where they stand. `icons` has one icon name per lane of `shown`."""

    shown: Shown
    frame: Frame
    layers: Layers
    placing: Placing
    standing: Standing  # the marks in view, each with its row
    layout: Layout
    whole: View
    icons: tuple[str, ...]
    active: int | None
    same_scale: bool
    root: bool  # the histogram's height is the square root of its counts
    gutter_title: str
    stack: Stack | None = None  # what colour by a column adds
    zone: LocalZone | None = None  # whose clock stands beside UTC

    @property
    def view(self) -> View:
        return self.frame.view

    def x(self, time: int) -> float:
        return self.layout.left + self.view.x(time, self.layout.plot)

    def row(self, code: int) -> int | None:
        """The row of the lane with this code, if there is one."""
        return next((row for row, lane in enumerate(self.shown.lanes) if lane.code == code), None)

    def count(self, start: int, end: int) -> int:
        """How many of the events shown lie in a stretch, its end not in it."""
        low, high = self.shown.ranks(View(start, end))
        return max(high - low, 0)

    def mark_y(self, row: int) -> float:
        """The height at which the marks of a row stand."""
        return self.layout.marks.middle if row == LINE else self.layout.lane(row).middle
