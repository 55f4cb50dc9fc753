"""A case that is closed leaves nothing behind: no screen, no thread, no listener, however often it is opened."""

from __future__ import annotations

import threading

from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from casebound_ui.desktop.program import Program
from casebound_ui.desktop.timeline.screen import TimelineScreen

TIMES = 8
WAIT = 30_000
THREADS = ("timeline", "timeline-long", "seeing")


def test_a_case_opened_and_closed_again_and_again_leaves_nothing_behind(
    small_case: Program, settle, qtbot: QtBot
) -> None:
    assert small_case.session is not None
    path, screens = small_case.session.case.path, list[TimelineScreen]()
    left: tuple[int, int] | None = None  # widgets and commands without a case
    for _ in range(TIMES):
        small_case.commands.run("close-case")
        settle(lambda: small_case.case is None)
        qtbot.waitUntil(lambda: not any(isValid(screen) for screen in screens), timeout=WAIT)
        if left is None:
            left = len(QApplication.allWidgets()), len(list(small_case.commands))
        most, commands = left
        qtbot.waitUntil(lambda most=most: len(QApplication.allWidgets()) <= most, timeout=WAIT)
        assert len(list(small_case.commands)) == commands
        small_case.open(path)
        settle(lambda: small_case.case is not None)
        assert small_case.case is not None
        small_case.window.go("timeline")
        screen = small_case.case.timeline
        settle(lambda screen=screen: screen.browsing.ready and screen.browsing.idle)
        screens.append(screen)
        small_case.window.go("custody")
        small_case.case.custody.show_acts()  # a sheet over the window goes with the case, open or not
    small_case.commands.run("close-case")
    settle(lambda: small_case.case is None)
    qtbot.waitUntil(lambda: not [one for one in threading.enumerate() if one.name.startswith(THREADS)], timeout=WAIT)
