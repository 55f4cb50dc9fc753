"""The range by commands, so that the palette and the key sheet have what the canvas does by keys of its own."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from casebound_ui.desktop.commands import Command
from casebound_ui.desktop.timeline.keys import SCOPE

if TYPE_CHECKING:
    from casebound_ui.desktop.timeline.screen import TimelineScreen


class RangeCommands:
    """Makes, moves and leaves a range. The keys act on the canvas only: in the table they choose rows."""

    def __init__(self, screen: TimelineScreen) -> None:
        self._screen = screen
        keyboard, canvas = screen.canvas.keyboard, screen.canvas
        self._add(
            "range-later",
            "Range: later",
            "Makes one, or moves its held edge by a bin; with Ctrl by a pixel",
            partial(keyboard.extend, 1),
            "Shift+Right",
            self._any,
        )
        self._add(
            "range-earlier", "Range: earlier", "The other way", partial(keyboard.extend, -1), "Shift+Left", self._any
        )
        self._add(
            "range-start",
            "Range: hold its beginning",
            "Shift and an arrow then move it",
            partial(keyboard.hold, -1),
            "Home",
            self._ranged,
        )
        self._add(
            "range-end",
            "Range: hold its end",
            "Shift and an arrow then move it",
            partial(keyboard.hold, 1),
            "End",
            self._ranged,
        )
        self._add(
            "range-drop", "Range: drop it", "Or Esc on the timeline", partial(canvas.show_range, None), "", self._ranged
        )

    def close(self) -> None:
        """Nothing is held that the screen does not hold."""

    def _any(self) -> bool:
        return self._screen.isVisible()

    def _ranged(self) -> bool:
        return self._screen.isVisible() and self._screen.canvas.stretch is not None

    def _add(
        self, name: str, title: str, said: str, run: Callable[[], object], key: str, enabled: Callable[[], bool]
    ) -> None:
        made = Command(
            f"timeline-{name}", title, said, run, key=key, scope=SCOPE, icon="move-horizontal", enabled=enabled
        )
        self._screen.commands.add(made, self._screen.canvas)
