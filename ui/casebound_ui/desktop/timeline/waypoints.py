"""From finding to finding and from marked range to marked range, by keys, as a click on their labels does."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from casebound_ui.desktop.commands import Command
from casebound_ui.desktop.timeline.keys import SCOPE, bind
from casebound_ui.desktop.timeline.scale import View, fitted
from casebound_ui.desktop.timeline.scene import Stretch

if TYPE_CHECKING:
    from casebound_ui.desktop.timeline.screen import TimelineScreen


class Waypoints:
    """Goes to findings and marked ranges in the order of their beginnings."""

    def __init__(self, screen: TimelineScreen) -> None:
        self._screen, self._canvas = screen, screen.canvas
        self._last: dict[str, tuple[View, int]] = {}  # the view that was gone to, and which one it showed
        for name, title, said, run, key, enabled in (
            (
                "next-finding",
                "Next finding",
                "The stretch it rests on",
                partial(self.finding, 1),
                "Alt+PgDown",
                self._found,
            ),
            ("previous-finding", "Finding before", "Back", partial(self.finding, -1), "Alt+PgUp", self._found),
            ("next-range", "Next marked range", "As a range", partial(self.marked, 1), "Ctrl+PgDown", self._marked),
            (
                "previous-range",
                "Marked range before",
                "The other way",
                partial(self.marked, -1),
                "Ctrl+PgUp",
                self._marked,
            ),
        ):
            icon = "flag" if "finding" in name else "move-horizontal"
            command = Command(f"timeline-{name}", title, said, run, key=key, scope=SCOPE, icon=icon, enabled=enabled)
            bind(screen, screen.commands, command)

    def close(self) -> None:
        """Nothing is held that the screen does not hold."""

    def _found(self) -> bool:
        return self._screen.isVisible() and bool(self._canvas.layers.spans)

    def _marked(self) -> bool:
        return self._screen.isVisible() and bool(self._canvas.layers.ranges)

    def finding(self, by: int) -> None:
        """Show the finding that begins after (1) or before (-1) the one shown last, or else the view's beginning."""
        spans = sorted(self._canvas.layers.spans, key=lambda span: (span.start, span.number))
        at = self._next("finding", [span.start for span in spans], by)
        self._go("finding", at, spans[at].start, spans[at].end)

    def marked(self, by: int) -> None:
        """The same with marked ranges: the range becomes the one whose events are listed."""
        ranges = self._canvas.layers.ranges
        at = self._next("range", [one.start for one in ranges], by)
        self._go("range", at, ranges[at].start, ranges[at].end)
        self._canvas.show_range(Stretch(ranges[at].start, ranges[at].end + 1))

    def _next(self, kind: str, starts: list[int], by: int) -> int:
        """Which one comes next; after the last one the first."""
        view = self._canvas.view
        last = self._last.get(kind)
        if last is not None and last[0] == view and last[1] < len(starts):
            return (last[1] + by) % len(starts)
        if by > 0:
            return next((at for at, start in enumerate(starts) if start >= view.start), 0)
        return next((at for at in range(len(starts) - 1, -1, -1) if starts[at] < view.start), len(starts) - 1)

    def _go(self, kind: str, at: int, start: int, end: int) -> None:
        self._canvas.move_to(fitted(start, end), settle=True)
        self._last[kind] = (self._canvas.view, at)
