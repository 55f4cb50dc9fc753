"""For the people who look: what is uncovered is covered again, and how much of it there was, if they want to know.

The count is theirs alone: it stands in their own preferences for one day, and nowhere else. No claim is made that grey,
a blur or a break protects anybody; they only leave the choice to the person who looks.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

from casebound_ui.desktop.preferences import Preferences

REHIDE = 60.0  # seconds after which what is uncovered is covered again
TICK = 500  # milliseconds between two looks at the clock
BREAK = 20  # uncovered items between two reminders
NOTE = "{count:,} covered items uncovered today. A short break may do you good."

clock: Callable[[], float] = time.monotonic  # seconds; a test has its own


class Countdown(QObject):
    """Calls `over` once `REHIDE` seconds have passed since the last `start`, by `clock`."""

    def __init__(self, parent: QObject, over: Callable[[], object]) -> None:
        super().__init__(parent)
        self._over = over
        self._until = 0.0
        self._ticks = QTimer(self)
        self._ticks.setInterval(TICK)
        self._ticks.timeout.connect(self._look)

    @property
    def running(self) -> bool:
        return self._ticks.isActive()

    def start(self) -> None:
        self._until = clock() + REHIDE
        self._ticks.start()

    def stop(self) -> None:
        self._ticks.stop()

    def _look(self) -> None:
        if clock() >= self._until:
            self._ticks.stop()
            self._over()


class Wellbeing:
    """Counts what this person uncovers, where they asked for that; `note` puts a word into the status bar."""

    def __init__(self, preferences: Preferences, note: Callable[[str], object]) -> None:
        self._preferences, self._note = preferences, note

    def revealed(self) -> None:
        """Something covered was shown."""
        remembered = self._preferences.remembered
        if not (remembered.count_reveals or remembered.break_note):
            return
        count = self._preferences.revealed()
        if remembered.break_note and count % BREAK == 0:
            self._note(NOTE.format(count=count))
