"""A trial of a built program: the window comes up with what was named, is drawn once in full, and ends."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QWidget

_LOOK_MS = 20
_LONGEST_MS = 120_000


def leave_when_shown(window: QWidget, ready: Callable[[], bool]) -> None:
    """Close `window` as soon as it is visible and `ready`; after two minutes the program ends with 1 instead."""
    looking = QTimer(window)
    looking.setInterval(_LOOK_MS)

    def look() -> None:
        if window.isVisible() and ready():
            window.grab()
            if window.close():  # refused while work is under way that a person would be asked about
                looking.stop()

    looking.timeout.connect(look)
    looking.start()
    QTimer.singleShot(_LONGEST_MS, window, lambda: QApplication.exit(1))
