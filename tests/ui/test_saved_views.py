"""Saved views in the window: kept, shown again whole, renamed, updated, removed, and the way back from them."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from casebound.case import Actor
from casebound.document import Case
from casebound.events import Events
from casebound.importing import bring_in
from casebound_ui.desktop import theme
from casebound_ui.desktop.jobs import Board, Desk
from casebound_ui.desktop.session import CaseSession
from casebound_ui.desktop.timeline.saved import SavedViews
from casebound_ui.desktop.timeline.scale import DAY, View
from casebound_ui.desktop.timeline.screen import TimelineScreen

START = datetime(2026, 3, 1, tzinfo=UTC)
WAIT = 15_000
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support propagateSizeHints")


@pytest.fixture(autouse=True)
def look(qapp: QApplication) -> None:
    theme.load_fonts()
    theme.apply(theme.LIGHT)


def write_export(folder: Path) -> Path:
    path = folder / "requests.csv"
    with path.open("w", newline="", encoding="utf-8") as stream:
        out = csv.writer(stream)
        out.writerow(["request_id", "ts", "account_id", "status_code"])
        for n in range(900):
            out.writerow([f"r{n}", (START + timedelta(minutes=30 * n)).isoformat(), f"acc_{n % 3}", 200 + n % 2])
    return path


@pytest.fixture
def screen(qtbot: QtBot, tmp_path: Path) -> Iterator[TimelineScreen]:
    board = Board(Desk())
    case = Case.create(tmp_path / "demo.casebound", "C-1", "A demo", Actor("Mary Okafor"))
    bring_in(case, write_export(tmp_path))
    snapshot = case.snapshot()
    session = CaseSession(case, snapshot, Events.open(case.path, snapshot.sources), board)
    made = TimelineScreen(session)
    qtbot.addWidget(made)
    made.resize(1_244, 816)
    made.show()
    qtbot.waitExposed(made)
    settle(qtbot, made)
    yield made
    session.close()
    board.close()
    session.events.close()


def settle(qtbot: QtBot, screen: TimelineScreen) -> None:
    busy = screen.session.board.running
    qtbot.waitUntil(lambda: screen.browsing.idle and not busy and screen.browsing.ready, timeout=WAIT)


def saved(screen: TimelineScreen) -> SavedViews:
    return next(feature for feature in screen.features if isinstance(feature, SavedViews))


def keep(qtbot: QtBot, screen: TimelineScreen, title: str) -> None:
    """Ctrl+S, a name, Enter."""
    screen.canvas.setFocus()
    saved(screen).save()
    prompt = saved(screen).prompt
    assert prompt.isVisible()
    prompt.field.setText(title)
    qtbot.keyClick(prompt.field, Qt.Key.Key_Return)
    settle(qtbot, screen)


def look_at(qtbot: QtBot, screen: TimelineScreen, where: str, lanes: str, view: View) -> None:
    screen.browsing.by(lanes)
    screen.filter.put(where)
    settle(qtbot, screen)
    screen.canvas.move_to(view, settle=True)
    settle(qtbot, screen)


def now(screen: TimelineScreen) -> tuple[str, str, View]:
    return screen.browsing.where, screen.browsing.field, screen.canvas.view


WEEK = View(1_772_668_800_000_000, 1_772_668_800_000_000 + 3 * DAY)


def test_a_view_comes_back_whole_with_its_time(qtbot: QtBot, screen: TimelineScreen) -> None:
    look_at(qtbot, screen, "account_id:acc_1", "account_id", WEEK)
    screen.canvas.show_option("root", True)
    keep(qtbot, screen, "One account, three days")
    (view,) = screen.session.snapshot.views
    assert (view.number, view.title, view.by) == ("V-01", "One account, three days", "Mary Okafor")
    assert (view.where, view.lanes, view.from_us, view.to_us) == (
        "account_id:acc_1",
        "account_id",
        WEEK.start,
        WEEK.end,
    )
    kept = now(screen)
    look_at(qtbot, screen, "", "source", screen.canvas.bounds)
    screen.canvas.show_option("root", False)
    saved(screen).show(view)
    settle(qtbot, screen)
    assert now(screen) == kept
    assert screen.canvas.root


def test_columns_order_and_colour_come_back(qtbot: QtBot, screen: TimelineScreen) -> None:
    screen.parts["columns"].put({"shown": ["time", "account_id"], "pinned": 1, "widths": {}})
    screen.parts["order"].put({"by": "account_id", "descending": True})
    screen.parts["colour"].put("account_id")
    settle(qtbot, screen)
    kept = {name: screen.parts[name].take() for name in ("columns", "order", "colour")}
    keep(qtbot, screen, "Sorted")
    (view,) = screen.session.snapshot.views
    assert (view.sort, view.descending, view.colour) == ("account_id", True, "account_id")
    assert "account_id" in view.columns
    screen.session.case.save_view("By hand", where="", sort="status_code", colour="")
    qtbot.waitUntil(lambda: len(screen.session.snapshot.views) == 2, timeout=WAIT)
    saved(screen).show(screen.session.snapshot.views[1])
    settle(qtbot, screen)
    assert screen.parts["order"].take() == {"by": "status_code", "descending": False}
    assert screen.parts["colour"].take() == ""
    saved(screen).show(view)
    settle(qtbot, screen)
    assert {name: screen.parts[name].take() for name in kept} == kept


def test_alt_and_left_bring_back_where_one_was(qtbot: QtBot, screen: TimelineScreen) -> None:
    look_at(qtbot, screen, "account_id:acc_1", "account_id", WEEK)
    keep(qtbot, screen, "A")
    other = View(WEEK.start + 4 * DAY, WEEK.end + 5 * DAY)
    look_at(qtbot, screen, "status_code:201", "source", other)
    before = now(screen)
    saved(screen).show(screen.session.snapshot.views[0])
    settle(qtbot, screen)
    there = now(screen)
    assert there != before
    screen.canvas.setFocus()
    qtbot.keyClick(screen.canvas, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    settle(qtbot, screen)
    assert now(screen) == before
    qtbot.keyClick(screen.canvas, Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)
    settle(qtbot, screen)
    assert now(screen) == there
    # What was moved since is gone back through first, a step at a time.
    screen.canvas.move_to(View(WEEK.start, WEEK.start + DAY), settle=True)
    settle(qtbot, screen)
    screen.canvas.back()
    settle(qtbot, screen)
    assert now(screen) == there
    screen.canvas.back()
    settle(qtbot, screen)
    assert now(screen) == before


def test_a_view_of_the_same_time_is_gone_back_from_too(qtbot: QtBot, screen: TimelineScreen) -> None:
    keep(qtbot, screen, "Everything")
    screen.filter.put("account_id:acc_2")
    settle(qtbot, screen)
    saved(screen).show(screen.session.snapshot.views[0])
    settle(qtbot, screen)
    assert screen.browsing.where == ""
    screen.canvas.back()
    settle(qtbot, screen)
    assert screen.browsing.where == "account_id:acc_2"


def test_they_are_stepped_through_and_stand_in_the_palette(qtbot: QtBot, screen: TimelineScreen) -> None:
    for account in ("acc_0", "acc_1"):
        look_at(qtbot, screen, f"account_id:{account}", "source", WEEK)
        keep(qtbot, screen, f"Of {account}")
    screen.canvas.setFocus()
    qtbot.keyClicks(screen.canvas, "]")
    settle(qtbot, screen)
    assert screen.browsing.where == "account_id:acc_0"
    qtbot.keyClicks(screen.canvas, "[")
    settle(qtbot, screen)
    assert screen.browsing.where == "account_id:acc_1"
    (found,) = screen.commands.matching("View: Of acc_0")
    screen.commands.run(found.id)
    settle(qtbot, screen)
    assert screen.browsing.where == "account_id:acc_0"


def test_the_list_renames_updates_and_removes_and_the_ledger_says_so(qtbot: QtBot, screen: TimelineScreen) -> None:
    look_at(qtbot, screen, "account_id:acc_1", "source", WEEK)
    keep(qtbot, screen, "First")
    saved(screen).show_all()
    settle(qtbot, screen)
    sheet = saved(screen).sheet
    assert sheet is not None and screen.sheet.content is sheet
    view = sheet.table.record
    expected = screen.session.events.select("account_id:acc_1", WEEK.start, WEEK.end).count
    assert saved(screen).counts.said(view) == f"{expected:,} events"
    qtbot.keyClick(sheet.table, Qt.Key.Key_F2)
    saved(screen).prompt.field.setText("Second")
    qtbot.keyClick(saved(screen).prompt.field, Qt.Key.Key_Return)
    settle(qtbot, screen)
    assert screen.session.snapshot.views[0].title == "Second"
    assert sheet.table.record.title == "Second"
    screen.filter.put("account_id:acc_2")
    settle(qtbot, screen)
    sheet.update_button.click()
    settle(qtbot, screen)
    assert screen.session.snapshot.views[0].where == "account_id:acc_2"
    assert screen.session.snapshot.views[0].title == "Second"
    qtbot.keyClick(sheet.table, Qt.Key.Key_Delete)
    settle(qtbot, screen)
    assert not screen.session.snapshot.views
    assert not screen.commands.matching("View: Second")
    entries = screen.session.case.ledger(item=("view", "V-01"))
    assert [entry.action for entry in entries] == ["derived", "corrected", "corrected", "corrected"]
    assert not sheet.rename.isEnabled() and not sheet.show_button.isEnabled()


def test_a_view_whose_column_is_gone_says_so_and_the_rest_is_shown(qtbot: QtBot, screen: TimelineScreen) -> None:
    screen.session.case.save_view(
        "From elsewhere", where="nowhere:x", lanes="nowhere", from_us=WEEK.start, to_us=WEEK.end
    )
    settle(qtbot, screen)
    qtbot.waitUntil(lambda: bool(screen.session.snapshot.views), timeout=WAIT)
    (view,) = screen.session.snapshot.views
    saved(screen).show(view)
    settle(qtbot, screen)
    assert screen.filter.state.value == "invalid"
    assert screen.browsing.field == "source"
    assert screen.canvas.view == WEEK
    saved(screen).counts.ask((view,))
    settle(qtbot, screen)
    assert saved(screen).counts.said(view) == "cannot be counted"


def test_hostile_names_stay_text(qtbot: QtBot, screen: TimelineScreen) -> None:
    name = "<b>x</b>&y \u202egnp.exe"
    keep(qtbot, screen, name)
    assert screen.session.snapshot.views[0].title == name
    (found,) = [one for one in screen.commands if one.id == "saved-view-V-01"]
    assert "\u202e" not in found.title
    saved(screen).show_all()
    settle(qtbot, screen)
    sheet = saved(screen).sheet
    assert sheet is not None
    told = sheet.table.records.index(0, 1).data()
    assert "\u202e" not in told and "<b>x</b>&y" in told


def test_a_prompt_without_a_name_keeps_nothing(qtbot: QtBot, screen: TimelineScreen) -> None:
    saved(screen).save()
    prompt = saved(screen).prompt
    prompt.field.setText("   ")
    assert not prompt.keep.isEnabled()
    qtbot.keyClick(prompt.field, Qt.Key.Key_Return)
    assert prompt.isVisible()
    qtbot.keyClick(prompt.field, Qt.Key.Key_Escape)
    assert not prompt.isVisible()
    settle(qtbot, screen)
    assert not screen.session.snapshot.views
