"""Everything one picture of the timeline is painted from. Free of Qt."""

from __future__ import annotations

from dataclasses import dataclass

from casebound_ui.desktop.timeline.bins import Frame, Shown
from casebound_ui.desktop.timeline.layout import Layout, Zone
from casebound_ui.desktop.timeline.marks import Layers
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
    layout: Layout
    whole: View
    icons: tuple[str, ...]
    active: int | None
    same_scale: bool
    root: bool  # the histogram's height is the square root of its counts
    gutter_title: str

    @property
    def view(self) -> View:
        return self.frame.view

    def x(self, time: int) -> float:
        return self.layout.left + self.view.x(time, self.layout.plot)

    def row(self, code: int) -> int | None:
        """The row of the lane with this code, if there is one."""
        return next((row for row, lane in enumerate(self.shown.lanes) if lane.code == code), None)
