"""Room for a sheet: while one stands in place of the table it has half of the height, and gives it back after."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from casebound_ui.desktop.timeline.screen import TimelineScreen

SHARE = 0.54  # of the height of timeline and sheet together


class SheetRoom:
    """A feature of the timeline. Where a person drags the edge meanwhile, it stays where they put it."""

    def __init__(self, screen: TimelineScreen) -> None:
        self._below, self._sheet, self._splitter = screen.below, screen.sheet, screen.splitter
        self._before: list[int] | None = None  # the sizes that come back
        self._below.currentChanged.connect(lambda at: self._changed())
        self._splitter.splitterMoved.connect(lambda at, index: self._keep())

    def close(self) -> None:
        self._before = None

    def _changed(self) -> None:
        sizes = self._splitter.sizes()
        if self._below.currentWidget() is self._sheet:
            wanted = round(sum(sizes) * SHARE)
            if self._before is None and 0 < sizes[1] < wanted:
                self._before = sizes
                self._splitter.setSizes([sum(sizes) - wanted, wanted])
        elif self._before is not None:
            self._splitter.setSizes(self._before)
            self._before = None

    def _keep(self) -> None:
        self._before = None
