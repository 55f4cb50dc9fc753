"""Colour by a column and the clock beside UTC, chosen by a person, kept with the view, on a whole screen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from casebound.case import Actor
from casebound.document import Case
from casebound.events import Events
from casebound.importing import bring_in
from casebound_ui.desktop import theme
from casebound_ui.desktop.jobs import Board, Desk
from casebound_ui.desktop.session import CaseSession
from casebound_ui.desktop.timeline import state
from casebound_ui.desktop.timeline.appearance import Appearance
from casebound_ui.desktop.timeline.marks import Layers, RangeMark, Span
from casebound_ui.desktop.timeline.scale import DAY, View, fitted, limited
from casebound_ui.desktop.timeline.screen import TimelineScreen

WAIT = 15_000


@pytest.fixture
def screen(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> Iterator[TimelineScreen]:
    theme.load_fonts()
    theme.apply(theme.LIGHT)
    lines = "".join(
        f"2026-03-{n % 27 + 1:02d}T{n % 24:02d}:15:00Z,acc_{n % 5},log-in,{(200, 200, 403, 404)[n % 4]}\n"
        for n in range(400)
    )
    days = "".join(f"2026-03-{n % 27 + 1:02d},acc_{n % 5},ban\n" for n in range(40))
    files = {"requests.csv": f"time,account_id,action,status\n{lines}", "bans.csv": f"day,account_id,action\n{days}"}
    board, case = Board(Desk()), Case.create(tmp_path / "a.casebound", "C-1", "A", Actor("Mary Okafor"))
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
        bring_in(case, tmp_path / name)
    snapshot = case.snapshot()
    session = CaseSession(case, snapshot, Events.open(case.path, snapshot.sources), board)
    made = TimelineScreen(session)
    qtbot.addWidget(made)
    made.resize(1_244, 816)
    made.show()
    qtbot.waitExposed(made)
    settle(qtbot, made)
    yield made
    made.canvas.show_range(None)
    qtbot.waitUntil(lambda: made.browsing.idle and not board.running, timeout=WAIT)
    made.hide()
    session.close()
    board.close()
    session.events.close()


def settle(qtbot: QtBot, screen: TimelineScreen) -> None:
    qtbot.waitUntil(lambda: screen.browsing.idle and screen.browsing.ready, timeout=WAIT)


def actions(fill: Callable[[QMenu], object]) -> dict[str, QAction]:
    menu = QMenu()
    fill(menu)
    found = {action.text(): action for action in menu.actions() if action.text()}
    _kept.append(menu)
    return found


_kept: list[QMenu] = []  # actions go with the menu they are in


def appearance(screen: TimelineScreen) -> Appearance:
    return next(feature for feature in screen.features if isinstance(feature, Appearance))


def test_a_column_gives_its_colours_and_takes_them_away(screen: TimelineScreen, qtbot: QtBot) -> None:
    fill = appearance(screen)._fill_colours
    assert actions(fill)["No colours"].isChecked()
    actions(fill)["status"].trigger()
    settle(qtbot, screen)
    stack = screen.canvas.scene.stack
    assert stack is not None
    assert dict(zip(stack.labels, stack.in_view, strict=True)) == {
        "200": 200,
        "403": 100,
        "404": 100,
        "Everything else": 40,
    }
    assert actions(fill)["status"].isChecked()
    screen.filter.put("status:403")
    settle(qtbot, screen)
    qtbot.waitUntil(lambda: screen.canvas.shown.count == 100, timeout=WAIT)
    stack = screen.canvas.scene.stack
    assert stack is not None and sum(stack.in_view) == 100
    actions(fill)["No colours"].trigger()
    settle(qtbot, screen)
    assert screen.canvas.scene.stack is None


def test_the_zones_offered_are_shown_beside_utc(screen: TimelineScreen, qtbot: QtBot) -> None:
    made = appearance(screen)
    assert actions(made._fill_zones)["UTC alone"].isChecked()
    made.prompt.ask(screen.canvas.show_zone)
    made.prompt.field.setText("Mars/Base")
    made.prompt._take()
    assert "is not a time zone" in made.prompt.said.text()
    assert screen.canvas.zone is None
    made.prompt.field.setText("Asia/Kathmandu")
    made.prompt._take()
    assert made.prompt.isHidden()
    assert made.zone == "Asia/Kathmandu"
    assert screen.canvas.accessibleName() == "Timeline, all times UTC, beside it Asia/Kathmandu"
    assert screen.canvas.scene.layout.axis_lines == 3
    assert actions(made._fill_zones)["Asia/Kathmandu"].isChecked()
    actions(made._fill_zones)["UTC alone"].trigger()
    assert screen.canvas.zone is None and screen.canvas.scene.layout.axis_lines == 2


def test_both_are_kept_with_the_view_and_survive_a_hostile_file(screen: TimelineScreen, qtbot: QtBot) -> None:
    screen.browsing.colour_by("status")
    screen.canvas.show_zone("Europe/Berlin")
    settle(qtbot, screen)
    kept = state.capture(screen)
    assert (kept["colour"], kept["zone"]) == ("status", "Europe/Berlin")
    screen.browsing.colour_by("")
    screen.canvas.show_zone("")
    for colour, zone in ((7, ["x"]), ("no such column", "../../etc"), (None, "\n" * 99)):
        state.apply(screen, {"colour": colour, "zone": zone})
        settle(qtbot, screen)
        assert screen.browsing.colour == "" and screen.canvas.zone is None
    state.apply(screen, kept)
    settle(qtbot, screen)
    qtbot.waitUntil(lambda: screen.canvas.scene.stack is not None, timeout=WAIT)
    assert appearance(screen).zone == "Europe/Berlin"


def test_days_are_uncertain_and_a_marked_range_is_on_its_line(screen: TimelineScreen, qtbot: QtBot) -> None:
    uncertain = screen.canvas.shown.uncertain
    assert uncertain is not None
    assert int((uncertain.codes > 0).sum()) == 40
    first, last = screen.canvas.shown.times[[10, 300]].tolist()
    screen.session.change(lambda case: case.annotate_range(first, last, note="The first weeks"), lambda done: None)
    qtbot.waitUntil(lambda: bool(screen.canvas.layers.ranges), timeout=WAIT)
    (marked,) = screen.canvas.layers.ranges
    assert (marked.start, marked.end, marked.kind, marked.text) == (first, last, "note", "The first weeks")
    assert screen.canvas.scene.layout.marks.height > 0


def test_a_range_is_made_from_the_palette_and_by_the_same_keys(screen: TimelineScreen, qtbot: QtBot) -> None:
    canvas, commands = screen.canvas, screen.commands
    canvas.move_to(View(canvas.bounds.start + 5 * DAY, canvas.bounds.start + 9 * DAY), settle=True)
    canvas.setFocus()
    qtbot.waitUntil(canvas.hasFocus, timeout=WAIT)
    assert not commands["timeline-range-start"].enabled()
    qtbot.keyClick(canvas, Qt.Key.Key_Home)  # without a range Home goes to the beginning of the case
    assert canvas.view.start == canvas.bounds.start
    assert commands.run("timeline-range-later")
    first = canvas.stretch
    assert first is not None and canvas.held == "end"
    qtbot.keyClick(canvas, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert canvas.stretch is not None and canvas.stretch.end > first.end
    assert commands.run("timeline-range-start") and canvas.held == "start"
    assert commands.run("timeline-range-earlier")
    assert canvas.stretch.start < first.start
    settle(qtbot, screen)
    qtbot.waitUntil(lambda: screen.browsing.in_view == canvas.scene.count(*edges(screen)), timeout=WAIT)
    assert commands.run("timeline-range-drop")
    assert canvas.stretch is None


def edges(screen: TimelineScreen) -> tuple[int, int]:
    stretch = screen.canvas.stretch
    assert stretch is not None
    return stretch.start, stretch.end


def test_findings_and_marked_ranges_are_gone_to_by_keys(screen: TimelineScreen, qtbot: QtBot) -> None:
    canvas, commands = screen.canvas, screen.commands
    assert not commands["timeline-next-finding"].enabled() and not commands["timeline-next-range"].enabled()
    start = canvas.bounds.start
    spans = tuple(Span(start + n * DAY, start + (n + 2) * DAY, f"F-0{n}", "One operator") for n in (1, 5, 9))
    ranges = tuple(RangeMark(start + n * DAY, start + n * DAY + 99, "note", "here", n) for n in (3, 12))
    canvas.show_layers(Layers(spans=spans, ranges=ranges))
    canvas.setFocus()
    qtbot.waitUntil(canvas.hasFocus, timeout=WAIT)
    for expected in (1, 5, 9, 1):
        qtbot.keyClick(canvas, Qt.Key.Key_PageDown, Qt.KeyboardModifier.AltModifier)
        assert canvas.view == limited(fitted(start + expected * DAY, start + (expected + 2) * DAY), canvas.bounds)
    qtbot.keyClick(canvas, Qt.Key.Key_PageUp, Qt.KeyboardModifier.AltModifier)
    assert canvas.view.contains(start + 10 * DAY)
    canvas.move_to(View(start + 4 * DAY, start + 5 * DAY), settle=True)
    assert commands.run("timeline-previous-range")
    assert edges(screen) == (start + 3 * DAY, start + 3 * DAY + 100)
    assert commands.run("timeline-next-range")
    assert edges(screen) == (start + 12 * DAY, start + 12 * DAY + 100)
    assert canvas.view.contains(start + 12 * DAY)
