"""A timeline screen on a small case, and how to wait until everything that was asked has been answered."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pytestqt.qtbot import QtBot

sys.path.insert(0, str(Path(__file__).parents[1] / "app"))  # importlib mode has no other way to share `seen_case`

from seen_case import Row, make_case

from casebound.events import Events
from casebound_ui.desktop import theme
from casebound_ui.desktop.jobs import Board, Desk
from casebound_ui.desktop.session import CaseSession
from casebound_ui.desktop.timeline.screen import TimelineScreen

WAIT = 30_000


@contextmanager
def opened(qtbot: QtBot, folder: Path, tables: dict[str, list[Row]]) -> Iterator[TimelineScreen]:
    """The screen on a new case of these tables."""
    theme.load_fonts()
    theme.apply(theme.LIGHT)
    board = Board(Desk())
    case = make_case(folder, tables)
    snapshot = case.snapshot()
    session = CaseSession(case, snapshot, Events.open(case.path, snapshot.sources), board)
    failures: list[Exception] = []
    session.failed = failures.append
    screen = TimelineScreen(session)
    qtbot.addWidget(screen)
    screen.resize(1_244, 816)
    screen.show()
    qtbot.waitExposed(screen)
    settle(qtbot, screen)
    yield screen
    session.close()
    board.close()
    session.events.close()
    assert failures == []


def feature(screen: TimelineScreen, kind: type) -> Any:
    """The feature of this kind that the screen has."""
    return next(one for one in screen.features if isinstance(one, kind))


def settle(qtbot: QtBot, screen: TimelineScreen, until: Callable[[], object] = lambda: True) -> None:
    """Wait until everything asked for has been answered and shown, and a condition holds."""

    def quiet() -> bool:
        idle = all(getattr(one, "idle", True) for one in screen.features)
        reading = not screen.browsing.idle or bool(screen.session.board.running)
        return screen.browsing.ready and idle and not reading and bool(until())

    qtbot.waitUntil(quiet, timeout=WAIT)
