"""The table on a real case: sorting behind the window, selecting, copying, columns, going to a row, listening."""

from __future__ import annotations

import csv
import json
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QAccessible, QContextMenuEvent, QGuiApplication, QMouseEvent
from PySide6.QtWidgets import QApplication, QMenu, QWidget
from pytestqt.qtbot import QtBot

from casebound.case import Actor
from casebound.document import Case
from casebound.events import Events
from casebound.importing import bring_in
from casebound_ui.desktop import theme
from casebound_ui.desktop.jobs import Board, Desk
from casebound_ui.desktop.session import CaseSession
from casebound_ui.desktop.timeline import columns, state
from casebound_ui.desktop.timeline.columnmenu import ColumnMenu
from casebound_ui.desktop.timeline.columns import Columns
from casebound_ui.desktop.timeline.order import ColumnOrder
from casebound_ui.desktop.timeline.rowprompt import Place
from casebound_ui.desktop.timeline.scale import DAY, View
from casebound_ui.desktop.timeline.screen import MOST_SELECTED, TimelineScreen
from casebound_ui.desktop.timeline.splits import Splits
from casebound_ui.desktop.timeline.table import EventTable
from casebound_ui.desktop.timeline.tableaccess import TableInterface
from casebound_ui.desktop.timeline.wholevalue import WholeValue

START = datetime(2026, 3, 1, tzinfo=UTC)
ROWS = 12_000  # more than come in one go when they are sorted
WAIT = 30_000

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture(autouse=True)
def look(qapp: QApplication) -> Iterator[None]:
    theme.load_fonts()
    theme.apply(theme.LIGHT)
    yield
    theme.apply(theme.LIGHT)


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve thousand requests, two of them without a readable time, with numbers, gaps and long texts in them."""
    path = tmp_path_factory.mktemp("exports") / "requests.csv"
    with path.open("w", newline="", encoding="utf-8") as stream:
        out = csv.writer(stream)
        out.writerow(["request_id", "ts", "account_id", "endpoint", "tokens", "prompt"])
        for n in range(ROWS):
            moment = (START + timedelta(minutes=n)).isoformat() if n not in (50, 60) else "yesterday"
            tokens = "" if n % 100 == 7 else str(n * 7_919 % 10_007)
            out.writerow([f"req_{n}", moment, f"acc_{n % 7}", "/v1/messages", tokens, f"=1+{n} tell me about moths"])
    return path


@pytest.fixture
def make(qtbot: QtBot, tmp_path: Path) -> Iterator[Callable[..., TimelineScreen]]:
    board = Board(Desk())
    sessions: list[CaseSession] = []

    def build(*files: Path, size: tuple[int, int] = (1_244, 816)) -> TimelineScreen:
        case = Case.create(tmp_path / "demo.casebound", "C-1", "A demo", Actor("Mary Okafor"))
        for file in files:
            bring_in(case, file)
        snapshot = case.snapshot()
        session = CaseSession(case, snapshot, Events.open(case.path, snapshot.sources), board)
        sessions.append(session)
        made = TimelineScreen(session)
        qtbot.addWidget(made)
        made.resize(*size)
        made.show()
        qtbot.waitExposed(made)
        settle(qtbot, made)
        return made

    yield build
    for session in sessions:
        session.close()
    board.close()
    for session in sessions:
        session.events.close()


@pytest.fixture
def screen(make: Callable[..., TimelineScreen], many: Path) -> TimelineScreen:
    return make(many)


def settle(qtbot: QtBot, screen: TimelineScreen) -> None:
    busy = screen.session.board.running
    qtbot.waitUntil(lambda: screen.browsing.idle and not busy and screen.browsing.ready, timeout=WAIT)


def choose(qtbot: QtBot, screen: TimelineScreen, row: int, column: int | None = None) -> None:
    screen.table.go_to(row, column)
    screen.table.setFocus()
    qtbot.waitUntil(lambda: screen.table.rows.event(row) is not None and screen.choice.event is not None, timeout=WAIT)
    settle(qtbot, screen)


def tokens(screen: TimelineScreen) -> list[int | None]:
    """The numbers of all events by position."""
    found = screen.session.events.page(0, screen.session.events.count)
    return [int(event.fields["tokens"]) if event.fields["tokens"] else None for event in found]


def listed(screen: TimelineScreen) -> list[int]:
    order = screen.browsing.list.order
    found = order.positions(0, order.count)
    assert found is not None
    return found.tolist()


# Order


def test_any_column_sorts_with_its_first_rows_at_once(screen: TimelineScreen, qtbot: QtBot) -> None:
    numbers = tokens(screen)
    choose(qtbot, screen, 40)
    chosen = screen.canvas.chosen
    steps: list[tuple[bool, str]] = []
    told = screen.browsing.list._told
    screen.browsing.list._told = lambda: (steps.append((order_known(screen), screen.browsing.list.words)), told())
    screen.table_work.sort("tokens", False)
    settle(qtbot, screen)
    assert (False, f"Sorted by tokens, upwards; still ordering {len(numbers):,}") in steps
    assert steps[-1] == (True, "Sorted by tokens, upwards")
    valued = [at for at, number in enumerate(numbers) if number is not None]
    empty = [at for at, number in enumerate(numbers) if number is None]
    assert listed(screen) == sorted(valued, key=lambda at: numbers[at] or 0) + empty
    assert screen.canvas.chosen == chosen and chosen is not None
    assert screen.table.row == listed(screen).index(chosen.position)
    assert screen.table.first_row == 0  # one sorts to see what comes first
    screen.table_work.sort_by("tokens")
    settle(qtbot, screen)
    known = [numbers[at] for at in listed(screen)[: len(valued)]]
    assert known == sorted(known, key=lambda number: -(number or 0))
    screen.table_work.sort_by("tokens")
    settle(qtbot, screen)
    assert listed(screen) == list(range(len(numbers))) and screen.browsing.list.words == ""
    assert screen.table.row == chosen.position


def order_known(screen: TimelineScreen) -> bool:
    order = screen.browsing.list.order
    return isinstance(order, ColumnOrder) and order.complete


def test_a_sorted_table_follows_the_filter_and_the_view(screen: TimelineScreen, qtbot: QtBot) -> None:
    numbers = tokens(screen)
    screen.table_work.sort("tokens", True)
    screen.filter.put("account_id:acc_3")
    settle(qtbot, screen)
    view = View(int(START.timestamp()) * 1_000_000 + DAY, int(START.timestamp()) * 1_000_000 + 3 * DAY)
    screen.canvas.move_to(view, settle=True)
    settle(qtbot, screen)
    events = screen.session.events
    inside = {
        at
        for at in events.select("account_id:acc_3").positions.tolist()
        if view.start <= int(events.times[at]) < view.end
    }
    found = listed(screen)
    assert set(found) == inside and len(found) == len(inside) == screen.table.rows.rowCount()
    known = [numbers[at] for at in found if numbers[at] is not None]
    assert known == sorted(known, reverse=True)
    screen.table_work.sort("", True)
    settle(qtbot, screen)
    assert listed(screen) == sorted(inside, reverse=True)


def test_an_order_that_is_overtaken_is_let_go(screen: TimelineScreen, qtbot: QtBot) -> None:
    for name in ("tokens", "prompt", "account_id", "request_id"):
        screen.table_work.sort(name, False)
    settle(qtbot, screen)
    found = screen.session.events.at(np.array(listed(screen), dtype=np.int64))
    names = [event.fields["request_id"] for event in found]
    assert names == sorted(str(name) for name in names)


def test_a_column_that_no_source_has_is_said_and_time_stays(screen: TimelineScreen, qtbot: QtBot) -> None:
    screen.table_work.put(Columns(("time", "ghost"), 1, {}, "ghost", True))
    settle(qtbot, screen)
    qtbot.waitUntil(lambda: screen.table_work.columns.sort == "", timeout=WAIT)
    settle(qtbot, screen)
    assert listed(screen) == list(range(screen.session.events.count))
    assert not screen.grab().isNull()


def test_next_mark_and_the_lane_stay_in_the_order_of_time(screen: TimelineScreen, qtbot: QtBot) -> None:
    screen.table_work.sort("tokens", False)
    settle(qtbot, screen)
    choose(qtbot, screen, 5)
    before = screen.canvas.chosen
    assert before is not None
    screen.choice.step(1, lane=True)
    settle(qtbot, screen)
    after = screen.canvas.chosen
    assert after is not None and after.position == before.position + 1
    assert screen.table.row == listed(screen).index(after.position)


def test_marked_rows_come_first(screen: TimelineScreen, qtbot: QtBot) -> None:
    choose(qtbot, screen, 700)
    event = screen.choice.event
    assert event is not None
    screen.acts.bookmark(event)
    qtbot.waitUntil(lambda: len(screen.canvas.layers.points) == 1, timeout=WAIT)
    screen.table_work.sort(columns.MARKS, False)
    settle(qtbot, screen)
    assert listed(screen)[:2] == [700, 0]


# Selecting


def test_rows_are_selected_by_shift_control_and_drag(screen: TimelineScreen, qtbot: QtBot) -> None:
    table = screen.table
    choose(qtbot, screen, 2)
    key, shift = Qt.Key, Qt.KeyboardModifier.ShiftModifier
    for _ in range(3):
        qtbot.keyClick(table, key.Key_Down, shift)
    assert table.picked.ranges == ((2, 6),) and table.row == 5
    qtbot.keyClick(table, key.Key_Up, shift)
    assert table.picked.ranges == ((2, 5),)
    settle(qtbot, screen)
    assert list(screen.selected().positions) == [2, 3, 4] and screen.selected_count == 3
    click(table, 0, Qt.KeyboardModifier.ControlModifier)
    assert table.picked.ranges == ((0, 1), (2, 5))
    click(table, 3, Qt.KeyboardModifier.ControlModifier)
    settle(qtbot, screen)
    assert table.picked.ranges == ((0, 1), (2, 3), (4, 5))
    click(table, 6, shift)
    assert table.picked.ranges == ((3, 7),)
    settle(qtbot, screen)
    qtbot.keyClick(table, key.Key_Escape)
    assert table.picked.ranges == ((6, 7),)
    press(table, 1)
    move(table, 4)
    assert table.picked.ranges == ((1, 5),)
    settle(qtbot, screen)
    assert (
        "4 selected" in screen.list.counts.accessibleName() or "4 rows selected" in screen.list.counts.accessibleName()
    )


def mouse(table: QWidget, kind: QMouseEvent.Type, row: int, modifier: Qt.KeyboardModifier, held: bool) -> None:
    at = QPointF(60, table.top_of(row) + 8)  # type: ignore[attr-defined]
    left = Qt.MouseButton.LeftButton
    globally = QPointF(table.viewport().mapToGlobal(at.toPoint()))  # type: ignore[attr-defined]
    event = QMouseEvent(kind, at, globally, left, left if held else Qt.MouseButton.NoButton, modifier)
    QApplication.sendEvent(table.viewport(), event)  # type: ignore[attr-defined]


def press(table: QWidget, row: int, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    mouse(table, QMouseEvent.Type.MouseButtonPress, row, modifier, True)


def move(table: QWidget, row: int) -> None:
    mouse(table, QMouseEvent.Type.MouseMove, row, Qt.KeyboardModifier.NoModifier, True)


def click(table: QWidget, row: int, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    press(table, row, modifier)
    mouse(table, QMouseEvent.Type.MouseButtonRelease, row, modifier, False)


def test_every_row_is_selected_at_once_and_counted(screen: TimelineScreen, qtbot: QtBot) -> None:
    choose(qtbot, screen, 3)
    count = screen.session.events.count
    qtbot.keyClick(screen.table, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert screen.selected_count == count and screen.table.row == 3
    assert len(screen.selected()) == MOST_SELECTED + 1  # so that “more than that” can be told
    assert f"{count:,} rows selected" in screen.list.counts.accessibleName()
    screen.canvas.move_to(screen.canvas.view.centred(screen.canvas.view.start), settle=True)
    settle(qtbot, screen)
    assert screen.selected_count == screen.browsing.in_view  # those of them that are still listed


def test_selected_rows_stay_selected_in_another_list(screen: TimelineScreen, qtbot: QtBot) -> None:
    choose(qtbot, screen, 100)
    screen.table.go_to(110, extend=True)
    settle(qtbot, screen)
    events = set(screen.selected().positions)
    screen.table_work.sort("tokens", False)
    settle(qtbot, screen)
    assert set(screen.selected().positions) == events and screen.selected_count == 11
    screen.filter.put("-account_id:acc_3")
    settle(qtbot, screen)
    shown = set(screen.session.events.select("-account_id:acc_3").positions.tolist())
    assert set(screen.selected().positions) == events & shown and len(events - shown) == 1


# Copying and whole values


def test_selected_rows_are_copied_with_where_they_stand(screen: TimelineScreen, qtbot: QtBot) -> None:
    screen.table_work.put(Columns(("time", "account_id", "prompt"), 1))
    choose(qtbot, screen, 10)
    screen.table.go_to(12, extend=True)
    settle(qtbot, screen)
    QGuiApplication.clipboard().clear()  # another test has copied events too
    screen.copy(True)
    qtbot.waitUntil(lambda: "SHA-256" in QGuiApplication.clipboard().text(), timeout=WAIT)
    head, *rows = QGuiApplication.clipboard().text().rstrip("\n").split("\n")
    assert head.split("\t") == [
        "Time (UTC)", "account_id", "prompt", "Source", "File", "Record", "SHA-256 of the original", "Event",
    ]  # fmt: skip
    assert [row.split("\t")[1] for row in rows] == ["acc_3", "acc_4", "acc_5"]
    assert all(row.split("\t")[2].startswith("'=1+") for row in rows)  # no spreadsheet runs it
    event = screen.session.events.page(10, 11)[0]
    assert rows[0].split("\t")[3:] == ["S-01", "requests.csv", str(event.line), event.id.sha256, str(event.id)]


def test_more_rows_than_a_clipboard_takes_are_said(screen: TimelineScreen, qtbot: QtBot) -> None:
    said: list[str] = []
    screen.table_work._note = said.append
    choose(qtbot, screen, 0)
    screen.table.selectAll()
    screen.copy(True)
    qtbot.waitUntil(lambda: any("Only the first 10,000" in words for words in said), timeout=WAIT)
    assert QGuiApplication.clipboard().text().count("\n") == 10_001
    assert f"of {screen.session.events.count:,}" in said[-1]


def test_the_whole_value_opens_over_the_table(screen: TimelineScreen, qtbot: QtBot) -> None:
    screen.table_work.put(Columns(("time", "prompt"), 1))
    choose(qtbot, screen, 4, 1)
    qtbot.keyClick(screen.table, Qt.Key.Key_F2)
    shown = screen.findChild(WholeValue)
    assert shown is not None and shown.text.toPlainText() == "=1+4 tell me about moths" and shown.text.isReadOnly()
    assert screen.rect().contains(shown.geometry())
    qtbot.keyClick(shown.text, Qt.Key.Key_Escape)
    assert not shown.isVisible() and screen.table.hasFocus()


# Columns


def test_any_column_of_any_source_is_shown_and_remembered(
    make: Callable[..., TimelineScreen], many: Path, qtbot: QtBot, tmp_path: Path
) -> None:
    screen = make(many)
    screen.table_work._splits = Splits(tmp_path / "home")
    screen.table_work.choose_columns()
    menu = screen.findChild(ColumnMenu)
    assert menu is not None and menu.isVisible()
    menu.search.setText("tok")
    left = [item for item in menu._items() if not item.isHidden()]
    assert [item.text() for item in left] == ["tokens   in 1 of 1 source"]
    qtbot.keyClick(menu.search, Qt.Key.Key_Return)
    assert screen.table_work.columns.shown[-2:] == ("tokens", "marks")
    assert "tokens" in screen.table.rows.shown and "tokens" in screen.table.rows.numbers
    choose(qtbot, screen, 3)
    assert screen.table.rows.data(screen.table.rows.index(3, screen.table.rows.place("tokens"))) == str(
        3 * 7_919 % 10_007
    )
    kept = Splits(tmp_path / "home").columns(screen.session.snapshot.log_origin)
    assert Columns.from_plain(kept) == screen.table_work.columns
    screen.table_work.choose_columns()
    menu = next(one for one in screen.findChildren(ColumnMenu) if one.isVisible())
    menu._reset()
    assert screen.table_work.columns == Columns()
    assert Splits(tmp_path / "home").columns(screen.session.snapshot.log_origin) is None
    qtbot.keyClick(menu.search, Qt.Key.Key_Escape)
    assert not menu.isVisible()


def test_columns_move_and_are_pinned_from_the_keyboard(screen: TimelineScreen, qtbot: QtBot) -> None:
    choose(qtbot, screen, 3, 2)
    both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    qtbot.keyClick(screen.table, Qt.Key.Key_Right, both)
    assert screen.table_work.columns.shown[2:4] == ("actor", "action")
    assert screen.table.rows.shown[screen.table.column] == "action"
    assert screen.commands.run("table-pin")
    assert screen.table_work.columns.shown[:2] == ("time", "action") and screen.table_work.columns.pinned == 2
    assert screen.commands.run("table-hide")
    assert "action" not in screen.table.rows.shown
    assert screen.commands.run("table-reset")
    assert screen.table_work.columns == Columns()


def test_titles_sort_pull_and_move(screen: TimelineScreen, qtbot: QtBot) -> None:
    head, table = screen.table.head, screen.table
    left = Qt.MouseButton.LeftButton
    qtbot.mouseClick(head, left, pos=head.rect_of(3).center())
    settle(qtbot, screen)
    assert screen.table_work.columns.sort == "actor"
    edge = QPoint(head.rect_of(1).right(), 10)
    qtbot.mousePress(head, left, pos=edge)
    qtbot.mouseMove(head, edge + QPoint(40, 0))
    qtbot.mouseRelease(head, left, pos=edge + QPoint(40, 0))
    assert screen.table_work.columns.widths["source"] == pytest.approx(190, abs=3)
    qtbot.mousePress(head, left, pos=head.rect_of(1).center())
    qtbot.mouseMove(head, head.rect_of(2).center())
    qtbot.mouseRelease(head, left, pos=head.rect_of(2).center())
    assert screen.table_work.columns.shown[1:3] == ("action", "source")
    assert screen.table_work.columns.sort == "actor"
    before = table.placing.widths[2]
    table.fit_column("source")
    assert table.placing.widths[2] != before


def test_pinned_columns_stay_in_sight(screen: TimelineScreen, qtbot: QtBot) -> None:
    names = ("time", "account_id", "tokens", "prompt", "endpoint", "request_id", "action", "actor", "object", "marks")
    screen.table_work.put(Columns(names, 2, {"prompt": 600}))
    choose(qtbot, screen, 0, 9)
    table = screen.table
    assert table.scrolled > 0
    assert table.cell_rect(0, 0).left() == 0 and table.cell_rect(0, 1).left() == table.placing.widths[0]
    assert table.cell_rect(0, 9).right() <= table.viewport().width()
    assert table.columnAt(5) == 0 and table.columnAt(table.placing.fixed + 2) > 1
    for _ in range(7):
        qtbot.keyClick(table, Qt.Key.Key_Left)
    assert table.column == 2 and table.cell_rect(0, 2).left() >= table.placing.fixed


def test_columns_and_order_are_part_of_the_state(screen: TimelineScreen, qtbot: QtBot) -> None:
    chosen = Columns(("time", "tokens", "actor"), 2, {"tokens": 70}, "tokens", True)
    screen.table_work.put(chosen)
    settle(qtbot, screen)
    kept = json.loads(json.dumps(state.capture(screen, view_only=True)))
    assert kept["columns"]["shown"] == ["time", "tokens", "actor"]
    assert kept["order"] == {"by": "tokens", "descending": True}
    screen.table_work.put(Columns())
    settle(qtbot, screen)
    state.apply(screen, kept)
    settle(qtbot, screen)
    assert screen.table_work.columns == chosen and order_known(screen)


# Going to a row


def test_a_row_is_gone_to_by_number_share_and_time(screen: TimelineScreen, qtbot: QtBot) -> None:
    count = screen.session.events.count
    screen.table_work.ask_row()
    prompt = screen.table_work.prompt
    assert prompt.isVisible() and prompt.field.hasFocus()
    qtbot.keyClicks(prompt.field, "99999")
    qtbot.keyClick(prompt.field, Qt.Key.Key_Return)
    assert prompt.said.isVisible() and f"{count:,} rows" in prompt.said.text()
    prompt.field.clear()
    qtbot.keyClicks(prompt.field, "7,001")
    qtbot.keyClick(prompt.field, Qt.Key.Key_Return)
    settle(qtbot, screen)
    assert not prompt.isVisible() and screen.table.row == 7_000
    assert screen.table.first_row <= 7_000 <= screen.table.last_row
    screen.table_work.go_to(Place(time_us=int((START + timedelta(days=2)).timestamp()) * 1_000_000))
    settle(qtbot, screen)
    assert screen.table.row == 2 * 1_440 - 2  # two rows before it have no time
    qtbot.keyClick(screen.table, Qt.Key.Key_End)
    assert screen.table.row == count - 1
    qtbot.keyClick(screen.table, Qt.Key.Key_PageUp)
    assert screen.table.row == count - 1 - screen.table.full_rows
    qtbot.keyClick(screen.table, Qt.Key.Key_Home)
    assert screen.table.row == 0
    settle(qtbot, screen)


def test_the_bubble_says_where_the_bar_is_dragged_to(screen: TimelineScreen, qtbot: QtBot) -> None:
    bar = screen.table.verticalScrollBar()
    bar.setSliderDown(True)
    bar.setSliderPosition(6_000)
    words = screen.table.bubble.words
    assert words.isVisible() and "row 6,001 of" in words.text() and "50%" in words.text()
    assert "05 Mar 2026" in words.text()
    bar.setSliderDown(False)
    assert not words.isVisible()


# Values, counts, listening


def test_a_value_is_let_through_or_left_out_from_its_menu(screen: TimelineScreen, qtbot: QtBot) -> None:
    choose(qtbot, screen, 3, screen.table.rows.place("actor"))
    qtbot.keyClick(screen.table, Qt.Key.Key_Menu)
    menu = next(menu for menu in screen.findChildren(QMenu) if menu.isVisible())
    actions = {action.text(): action for action in menu.actions()}
    assert screen.pointed == ("actor", "acc_3")
    actions["Not this value"].trigger()
    menu.close()
    settle(qtbot, screen)
    assert screen.filter.text == "-actor:acc_3"
    count, shown = screen.session.events.count, screen.canvas.shown.count
    assert shown == screen.session.events.select("-account_id:acc_3").count
    assert (
        f"{count - shown:,} hidden by the filter" in screen.browsing.counts and "2 set aside" in screen.browsing.counts
    )
    screen.filter.put("")
    settle(qtbot, screen)
    screen.table.bring(3)
    qtbot.waitUntil(lambda: screen.table.rows.event(3) is not None, timeout=WAIT)
    place = screen.table.cell_rect(3, screen.table.rows.place("actor")).center()
    reason = QContextMenuEvent.Reason.Mouse
    QApplication.sendEvent(
        screen.table.viewport(), QContextMenuEvent(reason, place, screen.table.viewport().mapToGlobal(place))
    )
    menu = next(menu for menu in screen.findChildren(QMenu) if menu.isVisible())
    next(action for action in menu.actions() if action.text() == "Only this value").trigger()
    menu.close()
    settle(qtbot, screen)
    assert screen.filter.text == "actor:acc_3"


def test_counts_add_up_for_any_stretch_and_filter(screen: TimelineScreen, qtbot: QtBot) -> None:
    times = screen.session.events.times
    for where in ("", "account_id:acc_2", "tokens:>5000"):
        screen.filter.put(where)
        settle(qtbot, screen)
        for first, span in ((0, 1), (2, 3), (-5, 2), (7, 40)):
            start = int(START.timestamp()) * 1_000_000 + first * DAY
            screen.canvas.move_to(View(start, start + span * DAY), settle=True)
            settle(qtbot, screen)
            counts, view = screen.browsing.counted, screen.browsing.span
            inside = (times >= view.start) & (times < view.end)
            match = np.zeros(len(times), dtype=bool)
            match[screen.session.events.select(where).positions] = True
            assert counts.listed == int((inside & match).sum()) == screen.table.rows.rowCount()
            assert counts.hidden == int((inside & ~match).sum())
            assert counts.elsewhere == int((~inside & match).sum())
            assert counts.elsewhere_hidden == int((~inside & ~match).sum())
            assert counts.aside == 2


def test_those_who_listen_get_titles_and_the_rows_in_sight(screen: TimelineScreen, qtbot: QtBot) -> None:
    choose(qtbot, screen, 5, 3)
    screen.table_work.sort("actor", True)
    settle(qtbot, screen)
    table = screen.table
    qtbot.waitUntil(lambda: table.rows.event(0) is not None, timeout=WAIT)
    found = QAccessible.queryAccessibleInterface(table)
    assert isinstance(found, TableInterface) and found.role() == QAccessible.Role.Table
    assert found.childCount() == 1 + table.last_row - table.first_row + 1 < 40
    name = QAccessible.Text.Name
    head, first = found.child(0), found.child(1)
    assert head is not None and first is not None
    titles = [head.child(at).text(name) for at in range(head.childCount())]
    assert titles[3] == "Actor, sorted downwards" and titles[0] == "Time (UTC)"
    assert head.child(3).role() == QAccessible.Role.ColumnHeader
    assert "Actor acc_6" in first.text(name) and first.childCount() == len(table.rows.shown)
    cell = first.child(3)
    assert cell.text(name) == "acc_6" and cell.parent() is first and first.indexOfChild(cell) == 3
    middle = cell.rect().center()
    assert found.childAt(middle.x(), middle.y()) is first and first.childAt(middle.x(), middle.y()) is cell


def test_the_inspector_lies_over_a_narrow_page(screen: TimelineScreen, qtbot: QtBot) -> None:
    assert not screen.inspector_side.over and not screen.inspector.isHidden()
    screen.resize(900, 640)
    assert screen.inspector_side.over and screen.inspector.isHidden()
    choose(qtbot, screen, 3)
    assert screen.inspector.isHidden()  # walking through rows does not cover them
    qtbot.keyClick(screen.table, Qt.Key.Key_Return)
    assert not screen.inspector.isHidden() and screen.inspector.geometry().right() == screen.rect().right()
    assert screen.splitter.width() > 800  # nothing gave way
    screen.inspector.setFocus()
    qtbot.keyClick(screen.inspector, Qt.Key.Key_Escape)
    assert screen.inspector.isHidden() and screen.table.hasFocus()
    screen.resize(1_244, 816)
    assert not screen.inspector_side.over and not screen.inspector.isHidden()


@pytest.mark.parametrize(
    "rows",
    [[], ["2026-03-01T10:00:00Z"], ["2026-03-01T10:00:00Z"] * 40, ["1426-03-01T10:00:00Z", "2026-03-01T10:00:00Z"]],
)
def test_few_and_odd_rows_are_sorted_selected_and_gone_to(
    make: Callable[..., TimelineScreen], qtbot: QtBot, tmp_path: Path, rows: list[str]
) -> None:
    file = tmp_path / "few.csv"
    lines = [f"{number:03d},{text},someone" for number, text in enumerate(rows)]
    file.write_text("\n".join(["id,ts,actor", *lines]) + "\n", encoding="utf-8")
    screen = make(file) if rows else make()
    count = screen.session.events.count
    assert count == len(rows) or not rows
    for key in (Qt.Key.Key_Down, Qt.Key.Key_End, Qt.Key.Key_PageUp, Qt.Key.Key_Right, Qt.Key.Key_F2, Qt.Key.Key_Menu):
        screen.table.setFocus()
        qtbot.keyClick(screen.table, key)
        settle(qtbot, screen)
    for menu in screen.findChildren(QMenu):
        menu.close()
    screen.table.selectAll()
    assert screen.selected_count == count
    if count:
        screen.table_work.sort("id", True)
        settle(qtbot, screen)
        assert listed(screen) == list(range(count))[::-1]
        screen.table_work.go_to(Place(row=0))
        settle(qtbot, screen)
        assert screen.table.row == 0 and screen.canvas.chosen is not None
        assert screen.canvas.chosen.position == count - 1
    assert not screen.grab().isNull()


@pytest.mark.parametrize("size", [1.0, 2.0])
def test_sixteen_million_rows_are_jumped_in_exactly(qtbot: QtBot, size: float) -> None:
    """Rows are counted, not pixels: nothing overflows, and what a jump costs does not grow with the list."""
    theme.apply(theme.LIGHT, size)
    count = 16_000_000
    table = EventTable()
    qtbot.addWidget(table)
    table.resize(900, 320)
    table.show()
    qtbot.waitExposed(table)
    asked: list[tuple[int, int]] = []
    table.rows.show(count, lambda first, stop, deliver: asked.append((first, stop)), lambda row: row * 1_000_000)
    bar = table.verticalScrollBar()
    assert bar.maximum() == count - table.full_rows
    spent = []
    for row in (0, 1, 8_000_000, 15_999_998, count - 1, 3):
        before = time.process_time()
        table.go_to(row)
        table.grab()
        spent.append(time.process_time() - before)
        assert table.row == row and table.first_row <= row <= table.last_row
        assert table.rowAt(table.top_of(row)) == row == table.rowAt(table.top_of(row) + table.row_height - 1)
        assert table.visualRect(table.rows.index(row, 0)).bottom() <= table.viewport().height() + table.row_height
    assert sorted(spent)[len(spent) // 2] < 0.1  # seconds of this thread; a few thousandths alone on a machine
    assert len(asked) <= 12 and asked[0] == (0, 128)  # the pages in sight, and no other
    before = time.process_time()
    table.selectAll()
    table.grab()
    assert time.process_time() - before < 0.1 and table.picked_count == count
    for share in (0.0, 0.25, 0.5, 1.0):
        bar.setValue(round(bar.maximum() * share))
        assert table.first_row == round(bar.maximum() * share)
