"""The timeline screen on a real case: canvas, table, inspector, filter and custody move together."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QColor, QDragEnterEvent, QDropEvent, QGuiApplication, QImage
from PySide6.QtWidgets import QApplication, QDialog, QWidget
from pytestqt.qtbot import QtBot

from casebound.case import Actor, MarkKind
from casebound.document import Case
from casebound.events import Events
from casebound.importing import bring_in
from casebound.work import Stopped
from casebound_ui.desktop import cover, theme
from casebound_ui.desktop.jobs import Board, Desk
from casebound_ui.desktop.session import CaseSession
from casebound_ui.desktop.timeline.filter_field import State
from casebound_ui.desktop.timeline.rows import TIME
from casebound_ui.desktop.timeline.scale import DAY, HOUR, View
from casebound_ui.desktop.timeline.screen import TimelineScreen
from casebound_ui.desktop.timeline.value import Value

START = datetime(2026, 3, 1, tzinfo=UTC)
ROWS = 3_000
WAIT = 15_000

# The offscreen platform says so of every window that has a smallest size; it means nothing.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support propagateSizeHints")


@pytest.fixture(autouse=True)
def look(qapp: QApplication) -> Iterator[None]:
    theme.load_fonts()
    theme.apply(theme.LIGHT)
    yield
    theme.apply(theme.LIGHT)


def write_exports(folder: Path) -> list[Path]:
    requests, logins = folder / "requests.csv", folder / "logins.csv"
    with requests.open("w", newline="", encoding="utf-8") as stream:
        out = csv.writer(stream)
        out.writerow(["request_id", "ts", "account_id", "endpoint", "model_id", "status_code"])
        for n in range(ROWS):
            at = START + timedelta(minutes=7 * n)
            moment = at.isoformat() if n != 1_500 else "yesterday evening"
            out.writerow([f"req_{n}", moment, f"acc_{n % 7}", "/v1/messages", "opus", 429 if n % 10 == 3 else 200])
    with logins.open("w", newline="", encoding="utf-8") as stream:
        out = csv.writer(stream)
        out.writerow(["session_id", "started_at", "account_id", "ip"])
        for n in range(400):
            out.writerow(
                [f"ses_{n}", (START + timedelta(minutes=50 * n, seconds=30)).isoformat(), f"acc_{n % 7}", "192.0.2.7"]
            )
    return [requests, logins]


@pytest.fixture
def make(qtbot: QtBot, tmp_path: Path) -> Iterator[Callable[..., TimelineScreen]]:
    """Makes a screen on a new case with these files brought in."""
    board = Board(Desk())
    sessions: list[CaseSession] = []

    def build(*files: Path, size: tuple[int, int] = (1_244, 816)) -> TimelineScreen:
        case = Case.create(tmp_path / "demo.casebound", "C-1", "A demo", Actor("Mary Okafor"))
        for file in files:
            bring_in(case, file)
        snapshot = case.snapshot()
        session = CaseSession(case, snapshot, Events.open(case.path, snapshot.sources), board)
        sessions.append(session)
        screen = TimelineScreen(session)
        qtbot.addWidget(screen)
        screen.resize(*size)
        screen.show()
        qtbot.waitExposed(screen)
        settle(qtbot, screen)
        return screen

    yield build
    for session in sessions:
        session.close()
    board.close()
    for session in sessions:
        session.events.close()


@pytest.fixture
def screen(make: Callable[..., TimelineScreen], tmp_path: Path) -> TimelineScreen:
    return make(*write_exports(tmp_path))


def settle(qtbot: QtBot, screen: TimelineScreen) -> None:
    """Wait until everything asked for has been read and shown."""
    busy = screen.session.board.running
    qtbot.waitUntil(lambda: screen.browsing.idle and not busy and screen.browsing.ready, timeout=WAIT)


def press(qtbot: QtBot, screen: TimelineScreen, key: str, where: QWidget | None = None) -> None:
    """Press a key of the registry in a pane."""
    pane = where or screen.canvas
    pane.setFocus()
    qtbot.waitUntil(pane.hasFocus, timeout=WAIT)
    qtbot.keyClicks(pane, key)
    settle(qtbot, screen)


def choose_row(qtbot: QtBot, screen: TimelineScreen, row: int) -> None:
    table = screen.table
    table.scrollTo(table.rows.index(row, 0))
    settle(qtbot, screen)
    qtbot.waitUntil(lambda: bool(table.rows.data(table.rows.index(row, TIME))), timeout=WAIT)
    table.setFocus()
    table.selectionModel().setCurrentIndex(
        table.rows.index(row, 0),
        table.selectionModel().SelectionFlag.ClearAndSelect | table.selectionModel().SelectionFlag.Rows,
    )
    qtbot.waitUntil(lambda: screen.inspector.event_shown is not None, timeout=WAIT)
    settle(qtbot, screen)


def test_everything_is_counted_and_said(screen: TimelineScreen) -> None:
    timed = sum(source.timed for source in screen.session.snapshot.sources)
    assert timed == ROWS - 1 + 400
    assert screen.browsing.counts.startswith(f"{timed:,} of {timed:,}")
    assert "UTC" in screen.browsing.counts
    assert [lane.label for lane in screen.canvas.shown.lanes] == ["requests.csv", "logins.csv"]
    assert screen.table.rows.rowCount() == timed
    asides = screen.canvas.layers.asides
    assert len(asides) == 1
    assert asides[0].count == 1
    near = START + timedelta(minutes=7 * 1_499)
    assert asides[0].time == int(near.timestamp()) * 1_000_000


def test_custody_is_said_in_the_banner(screen: TimelineScreen, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: "Custody" in screen.banner.head, timeout=WAIT)
    assert str(screen.session.snapshot.ledger_size) in screen.banner.text


def test_rows_follow_the_view_and_the_counts_are_exact(screen: TimelineScreen, qtbot: QtBot) -> None:
    times = screen.session.events.times
    first = int(START.timestamp()) * 1_000_000
    for start, span in ((0, DAY), (3, 2 * DAY), (5, HOUR), (-4, 6 * DAY)):
        view = View(first + start * DAY + 17, first + start * DAY + span)
        screen.canvas.move_to(view, settle=True)
        settle(qtbot, screen)
        seen = screen.canvas.view
        inside = int(((times >= seen.start) & (times < seen.end)).sum())
        assert screen.table.rows.rowCount() == inside == screen.browsing.in_view
        assert screen.canvas.scene.frame.in_view == inside
        if inside:
            screen.table.scrollToTop()
            qtbot.waitUntil(lambda: screen.table.rows.event(0) is not None, timeout=WAIT)
            event = screen.table.rows.event(0)
            assert event is not None
            assert event.time_us == int(times[times >= seen.start][0])


def test_zoom_and_pan_keys(screen: TimelineScreen, qtbot: QtBot) -> None:
    whole = screen.canvas.view
    press(qtbot, screen, "w")
    near = screen.canvas.view
    assert near.span < whole.span
    press(qtbot, screen, "d")
    assert screen.canvas.view.start > near.start
    assert screen.canvas.view.span == near.span
    press(qtbot, screen, "a")
    assert screen.canvas.view == near
    press(qtbot, screen, "s")
    assert screen.canvas.view.span > near.span
    press(qtbot, screen, "+")
    press(qtbot, screen, "0")
    assert screen.canvas.view == screen.canvas.bounds == whole
    press(qtbot, screen, "w", screen.table)
    assert screen.canvas.view.span < whole.span


def test_a_row_is_chosen_on_the_canvas_and_in_the_inspector(screen: TimelineScreen, qtbot: QtBot) -> None:
    choose_row(qtbot, screen, 12)
    event, chosen = screen.inspector.event_shown, screen.canvas.chosen
    assert event is not None and chosen is not None
    assert chosen.time == event.time_us
    assert chosen.position == 12
    assert screen.session.events.position(event.id) == 12
    texts = " ".join(w.accessibleName() for w in screen.inspector.findChildren(QWidget))
    assert event.fields["account_id"] in texts
    assert event.time_raw in texts


def test_a_mark_is_written_shown_and_stepped_to(screen: TimelineScreen, qtbot: QtBot) -> None:
    before = screen.session.snapshot.ledger_size
    choose_row(qtbot, screen, 700)
    press(qtbot, screen, "m", screen.table)
    qtbot.waitUntil(lambda: len(screen.session.snapshot.marks) == 1, timeout=WAIT)
    settle(qtbot, screen)
    assert screen.session.snapshot.ledger_size == before + 1
    mark = screen.session.snapshot.marks[0]
    assert mark.kind is MarkKind.BOOKMARK
    assert len(screen.canvas.layers.points) == 1
    assert screen.table.rows.badges[mark.event].bookmarked
    screen.choice.choose_none()
    screen.canvas.move_to(View(screen.canvas.bounds.start, screen.canvas.bounds.start + HOUR), settle=True)
    press(qtbot, screen, "n")
    event = screen.inspector.event_shown
    assert event is not None and event.id == mark.event
    assert screen.canvas.chosen is not None and screen.canvas.view.contains(screen.canvas.chosen.time)
    row = screen.table.row
    assert row is not None
    shown = screen.table.rows.data(screen.table.rows.index(row, 0))
    qtbot.waitUntil(lambda: screen.table.rows.event(row) is not None, timeout=WAIT)
    found = screen.table.rows.event(row)
    assert found is not None and found.id == mark.event, shown
    press(qtbot, screen, "m")
    qtbot.waitUntil(lambda: not screen.canvas.layers.points, timeout=WAIT)


def test_a_note_appears_in_the_inspector_and_in_custody(screen: TimelineScreen, qtbot: QtBot) -> None:
    choose_row(qtbot, screen, 5)
    press(qtbot, screen, "e", screen.table)
    field = screen.inspector.composer.field
    assert field.hasFocus()
    qtbot.keyClicks(field, "First of many. See the login before it.")
    qtbot.keyClick(field, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: any(m.kind is MarkKind.NOTE for m in screen.session.snapshot.marks), timeout=WAIT)
    settle(qtbot, screen)
    names = [w.accessibleName() or getattr(w, "text", str)() for w in screen.inspector.findChildren(QWidget)]
    assert "First of many. See the login before it." in names
    assert "Mary Okafor" in names
    last = screen.session.case.ledger()[-1]
    assert last.action == "annotated"
    assert "First of many" in str(dict(last.disclosures))
    assert not screen.inspector.composer.isVisible()


def test_escape_leaves_a_note_unwritten(screen: TimelineScreen, qtbot: QtBot) -> None:
    choose_row(qtbot, screen, 5)
    press(qtbot, screen, "e", screen.table)
    qtbot.keyClicks(screen.inspector.composer.field, "not this")
    qtbot.keyClick(screen.inspector.composer.field, Qt.Key.Key_Escape)
    settle(qtbot, screen)
    assert screen.inspector.composer.isHidden()
    assert not screen.session.snapshot.marks


def test_tags_exhibit_and_finding(screen: TimelineScreen, qtbot: QtBot) -> None:
    choose_row(qtbot, screen, 40)
    press(qtbot, screen, "g", screen.table)
    qtbot.keyClicks(screen.inspector.composer.field, "pool-a, burst")
    qtbot.keyClick(screen.inspector.composer.field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(screen.session.snapshot.marks) == 2, timeout=WAIT)
    press(qtbot, screen, "x", screen.table)
    field = screen.inspector.composer.field
    field.selectAll()
    qtbot.keyClicks(field, "The first request of the burst")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(screen.session.snapshot.exhibits) == 1, timeout=WAIT)
    assert screen.session.snapshot.exhibits[0].caption == "The first request of the burst"
    press(qtbot, screen, "l", screen.table)
    qtbot.keyClicks(screen.inspector.chooser.field, "Accounts took turns")
    qtbot.keyClick(screen.inspector.chooser.field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(screen.session.snapshot.findings) == 1, timeout=WAIT)
    settle(qtbot, screen)
    finding = screen.session.snapshot.findings[0]
    assert (finding.sentence, finding.supports) == ("Accounts took turns", ("EX-0001",))
    assert len(screen.canvas.layers.spans) == 1
    event = screen.inspector.event_shown
    assert event is not None
    assert screen.table.rows.badges[event.id].findings == ("F-01",)
    choose_row(qtbot, screen, 44)
    press(qtbot, screen, "l", screen.table)
    qtbot.keyClicks(screen.inspector.chooser.field, "F-01")
    screen.inspector.chooser._against.click()
    qtbot.waitUntil(lambda: bool(screen.session.snapshot.findings[0].contradicts), timeout=WAIT)
    assert screen.session.snapshot.findings[0].contradicts == ("EX-0002",)


def drop(target: QWidget, at: QPoint, path: Path) -> bool:
    """Drop a file as the window system does; whether it was taken."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(target, QDragEnterEvent(at, Qt.DropAction.CopyAction, data, buttons, keys))
    event = QDropEvent(QPointF(at), Qt.DropAction.CopyAction, data, buttons, keys)
    QApplication.sendEvent(target, event)
    return event.isAccepted()


def picture(path: Path) -> Path:
    image = QImage(900, 600, QImage.Format.Format_RGB32)
    image.fill(QColor("#C02040"))
    for x in range(450):
        for y in range(0, 600, 3):
            image.setPixelColor(x, y, QColor("#20C040"))
    assert image.save(str(path))
    return path


def test_a_dropped_file_is_attached_covered_and_revealed_in_steps(
    screen: TimelineScreen, qtbot: QtBot, tmp_path: Path
) -> None:
    choose_row(qtbot, screen, 9)
    assert drop(screen.inspector, QPoint(100, 300), picture(tmp_path / "camera.png"))
    qtbot.waitUntil(lambda: len(screen.session.snapshot.attachments) == 1, timeout=WAIT)
    settle(qtbot, screen)
    assert len(screen.inspector.cards) == 1
    card = screen.inspector.cards[0]
    assert card.attachment.sensitive
    shown = card.cover
    assert shown is not None
    assert (shown.state, shown.words[0]) == (cover.COVERED, "Hidden: marked sensitive")
    size = screen.session.snapshot.ledger_size
    press(qtbot, screen, " ", screen.table)
    qtbot.waitUntil(lambda: shown.state == cover.BLURRED, timeout=WAIT)
    qtbot.waitUntil(lambda: screen.session.snapshot.ledger_size == size + 1, timeout=WAIT)
    settle(qtbot, screen)
    assert screen.inspector.cards == [card]
    press(qtbot, screen, " ", screen.table)
    qtbot.waitUntil(lambda: shown.state == cover.GREY, timeout=WAIT)
    opened = [entry.action for entry in screen.session.case.ledger()][size:]
    assert opened == ["opened"]
    press(qtbot, screen, " ", shown)
    assert shown.state == cover.COVERED
    press(qtbot, screen, " ", shown)
    qtbot.waitUntil(lambda: shown.state == cover.BLURRED, timeout=WAIT)
    screen.hide()
    assert shown.state == cover.COVERED


def test_a_file_dropped_on_a_row_or_a_mark_is_attached_there(
    screen: TimelineScreen, qtbot: QtBot, tmp_path: Path
) -> None:
    choose_row(qtbot, screen, 2)
    note = tmp_path / "note.txt"
    note.write_text("seen on paper", encoding="utf-8")
    viewport = screen.table.viewport()
    at = viewport.mapTo(screen, QPoint(60, screen.table.top_of(3) + 6))
    assert drop(screen, at, note)
    qtbot.waitUntil(lambda: len(screen.session.snapshot.attachments) == 1, timeout=WAIT)
    settle(qtbot, screen)
    third = screen.table.rows.event(3)
    assert third is not None
    assert screen.session.snapshot.attachments[0].events == (third.id,)
    other = tmp_path / "other.txt"
    other.write_text("a second file", encoding="utf-8")
    point = screen.canvas.layers.points[0]
    row = screen.canvas.scene.row(point.code)
    assert row is not None
    spot = QPoint(round(screen.canvas.scene.x(point.time)), round(screen.canvas.scene.layout.lane(row).top) + 12)
    assert drop(screen, screen.canvas.mapTo(screen, spot), other)
    qtbot.waitUntil(lambda: len(screen.session.snapshot.attachments) == 2, timeout=WAIT)
    assert screen.session.snapshot.attachments[1].events == (third.id,)
    assert not drop(screen, screen.banner.geometry().center(), other)


def test_the_same_file_dropped_on_another_event_is_linked(screen: TimelineScreen, qtbot: QtBot, tmp_path: Path) -> None:
    note = tmp_path / "note.txt"
    note.write_text("seen on paper", encoding="utf-8")
    for row in (2, 6):
        choose_row(qtbot, screen, row)
        assert drop(screen.inspector, QPoint(100, 300), note)
        settle(qtbot, screen)
    qtbot.waitUntil(lambda: len(screen.session.snapshot.attachments[0].events) == 2, timeout=WAIT)
    assert len(screen.session.snapshot.attachments) == 1


def test_filter_valid_invalid_and_cleared(screen: TimelineScreen, qtbot: QtBot) -> None:
    total = screen.canvas.shown.count
    screen.filter.put("status_code:429")
    settle(qtbot, screen)
    assert screen.filter.state is State.VALID
    assert screen.canvas.shown.count == ROWS // 10
    assert screen.table.rows.rowCount() == ROWS // 10
    screen.filter.put("status_code:429 OR (")
    settle(qtbot, screen)
    assert screen.filter.state is State.INVALID
    assert screen.filter.position is not None
    assert f"character {screen.filter.position + 1}" in screen.filter.said.text()
    assert screen.canvas.shown.count == ROWS // 10
    screen.filter.put("statuscode:429")
    settle(qtbot, screen)
    assert screen.filter.state is State.INVALID
    assert "status_code" in screen.filter.said.text()
    assert screen.canvas.shown.count == ROWS // 10
    screen.filter.put("account_id:nobody")
    settle(qtbot, screen)
    assert screen.canvas.shown.count == 0
    assert screen.list.empty_text.text() == f"No events match. {total:,} are hidden by this filter."
    assert screen.list.clear_button.isVisible()
    screen.list.clear_button.click()
    settle(qtbot, screen)
    assert screen.filter.state is State.NEUTRAL
    assert screen.canvas.shown.count == total


def test_other_lanes_do_not_drop_a_filter_that_is_still_being_read(screen: TimelineScreen, qtbot: QtBot) -> None:
    screen.filter.put("status_code:429")
    screen.browsing.by("model_id")
    settle(qtbot, screen)
    assert screen.browsing.where == "status_code:429"
    assert screen.filter.state is State.VALID
    assert screen.canvas.shown.count == ROWS // 10
    screen.filter.put("status_code:429 OR (")
    screen.browsing.by("status_code")
    settle(qtbot, screen)
    assert screen.filter.state is State.INVALID
    assert screen.browsing.where == "status_code:429"
    lanes = [lane.label for lane in screen.canvas.shown.lanes if lane.ranks.size]
    assert lanes == ["429"], "the lanes are the ones that were asked for all the same"
    screen.filter.put("")
    screen.browsing.colour_by("model_id")
    settle(qtbot, screen)
    assert screen.canvas.shown.count == screen.canvas.shown.of
    assert screen.canvas.shown.colours is not None


def test_a_range_set_after_everything_has_closed_is_no_fault(make: Callable[..., TimelineScreen], qtbot: QtBot) -> None:
    screen = make()
    failures: list[Exception] = []
    screen.session.failed = failures.append
    screen.session.close()
    screen.session.board.close()
    asked = screen.session.run(lambda progress: pytest.fail("nobody is left to do it"), failures.append)
    screen.session.ask(lambda: 1, failures.append)
    qtbot.waitUntil(lambda: asked.ending is not None, timeout=WAIT)
    assert asked.ending == Stopped()
    assert failures == []


def test_typing_asks_by_itself_after_a_pause(screen: TimelineScreen, qtbot: QtBot) -> None:
    screen.filter.edit.setFocus()
    qtbot.keyClicks(screen.filter.edit, "account_id:acc_3")
    qtbot.waitUntil(lambda: screen.filter.state is State.VALID, timeout=WAIT)
    settle(qtbot, screen)
    assert 0 < screen.canvas.shown.count < ROWS
    qtbot.keyClick(screen.filter.edit, Qt.Key.Key_Escape)
    settle(qtbot, screen)
    assert screen.filter.text == ""
    assert screen.canvas.shown.count == ROWS - 1 + 400


def test_filters_see_what_has_just_been_written(screen: TimelineScreen, qtbot: QtBot) -> None:
    choose_row(qtbot, screen, 4)
    event = screen.inspector.event_shown
    assert event is not None
    screen.acts.tag(event, "pool-a")
    qtbot.waitUntil(lambda: bool(screen.session.snapshot.marks), timeout=WAIT)
    settle(qtbot, screen)
    screen.filter.put("tag:pool-a")
    settle(qtbot, screen)
    assert screen.canvas.shown.count == 1
    screen.acts.remove_mark(screen.session.snapshot.marks[0].number)
    qtbot.waitUntil(lambda: not screen.session.snapshot.marks, timeout=WAIT)
    settle(qtbot, screen)
    assert screen.canvas.shown.count == 0


def test_lanes_by_actor_and_by_a_column(screen: TimelineScreen, qtbot: QtBot) -> None:
    assert screen.toolbar.lanes.findData("model_id") > 0
    screen.browsing.by("actor")
    settle(qtbot, screen)
    assert {lane.label for lane in screen.canvas.shown.lanes} == {f"acc_{n}" for n in range(7)}
    screen.browsing.by("status_code")
    settle(qtbot, screen)
    counts = {lane.label: int(lane.ranks.size) for lane in screen.canvas.shown.lanes}
    assert counts["429"] == ROWS // 10
    assert counts["Everything else"] == 400
    assert sum(counts.values()) == screen.canvas.shown.count


def test_stepping_in_a_lane_and_going_to_a_time(screen: TimelineScreen, qtbot: QtBot) -> None:
    choose_row(qtbot, screen, 20)
    lane = screen.canvas.active
    assert lane is not None
    ranks = screen.canvas.shown.lanes[lane].ranks.tolist()
    here = ranks.index(20)
    press(qtbot, screen, ".")
    assert screen.canvas.chosen is not None and screen.canvas.chosen.position == ranks[here + 1]
    press(qtbot, screen, ",")
    press(qtbot, screen, ",")
    assert screen.canvas.chosen is not None and screen.canvas.chosen.position == ranks[here - 1]
    press(qtbot, screen, "w")
    press(qtbot, screen, "w")
    press(qtbot, screen, "t")
    qtbot.keyClicks(screen.prompt.field, "not a time")
    qtbot.keyClick(screen.prompt.field, Qt.Key.Key_Return)
    assert screen.prompt.said.isVisible()
    screen.prompt.field.clear()
    qtbot.keyClicks(screen.prompt.field, "2026-03-07 12:30")
    qtbot.keyClick(screen.prompt.field, Qt.Key.Key_Return)
    view = screen.canvas.view
    middle = int(datetime(2026, 3, 7, 12, 30, tzinfo=UTC).timestamp()) * 1_000_000
    assert abs(view.start + view.span // 2 - middle) <= 1
    press(qtbot, screen, "f")
    assert screen.canvas.chosen is not None
    assert abs(screen.canvas.view.start + screen.canvas.view.span // 2 - screen.canvas.chosen.time) <= 1


def test_a_range_limits_the_table_and_esc_lets_go(screen: TimelineScreen, qtbot: QtBot) -> None:
    from casebound_ui.desktop.timeline.scene import Stretch

    total = screen.table.rows.rowCount()
    start = screen.canvas.bounds.start + 2 * DAY
    screen.canvas.show_range(Stretch(start, start + DAY))
    qtbot.waitUntil(lambda: screen.table.rows.rowCount() < total, timeout=WAIT)
    times = screen.session.events.times
    assert screen.table.rows.rowCount() == int(((times >= start) & (times < start + DAY)).sum())
    assert screen.list.head.text() == "Events in range"
    screen.canvas.setFocus()
    qtbot.keyClick(screen.canvas, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: screen.table.rows.rowCount() == total, timeout=WAIT)
    screen.canvas.show_range(Stretch(start, start + DAY))
    press(qtbot, screen, "r")
    assert screen.canvas.view == View(start, start + DAY)
    assert screen.canvas.stretch is None


def test_copy_gives_every_field_and_the_source(screen: TimelineScreen, qtbot: QtBot) -> None:
    choose_row(qtbot, screen, 33)
    event = screen.inspector.event_shown
    assert event is not None
    screen.copy(True)
    text = QGuiApplication.clipboard().text()
    assert all(f"{name}: {value}" in text for name, value in event.fields.items())
    assert event.id.sha256 in text and str(event.id) in text and f"line {event.line:,}" in text
    screen.copy(False)
    assert event.id.sha256 not in QGuiApplication.clipboard().text()


def test_select_all_is_one_range_and_leaves_the_chosen_event(screen: TimelineScreen, qtbot: QtBot) -> None:
    choose_row(qtbot, screen, 3)
    assert screen.table.picked_rows(10) == [3]
    qtbot.keyClick(screen.table, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert screen.table.picked.ranges == ((0, screen.table.rows.rowCount()),)
    assert screen.table.row == 3


def test_every_focusable_has_a_name(screen: TimelineScreen, qtbot: QtBot) -> None:
    choose_row(qtbot, screen, 3)
    nameless = [
        type(widget).__name__
        for widget in screen.findChildren(QWidget)
        if widget.focusPolicy() != Qt.FocusPolicy.NoFocus and widget.isVisibleTo(screen) and not widget.accessibleName()
    ]
    assert nameless == []


def test_an_empty_case_says_what_to_do(make: Callable[..., TimelineScreen], qtbot: QtBot) -> None:
    screen = make()
    assert screen.list.empty_text.text() == "Bring in the first export."
    assert "No events yet" in screen.canvas.empty_text
    for key in "wasd0fnpt.,rz":
        screen.canvas.setFocus()
        qtbot.keyClicks(screen.canvas, key)
    settle(qtbot, screen)
    assert not screen.grab().isNull()


@pytest.mark.parametrize(
    "rows", [["2026-03-01T10:00:00Z"], ["2026-03-01T10:00:00Z"] * 50, ["1426-03-01T10:00:00Z", "2026-03-01T10:00:00Z"]]
)
def test_odd_cases_are_browsed(
    make: Callable[..., TimelineScreen], qtbot: QtBot, tmp_path: Path, rows: list[str]
) -> None:
    file = tmp_path / "few.csv"
    lines = [f"{number},{text},someone" for number, text in enumerate(rows)]
    file.write_text("\n".join(["id,ts,actor", *lines]) + "\n", encoding="utf-8")
    screen = make(file)
    shown = screen.canvas.shown.count
    assert shown == screen.session.snapshot.sources[0].timed
    press(qtbot, screen, ".")
    if shown:
        assert screen.inspector.event_shown is not None
        press(qtbot, screen, "m")
        qtbot.waitUntil(lambda: len(screen.canvas.layers.points) == 1, timeout=WAIT)
    assert not screen.grab().isNull()


@pytest.mark.parametrize("size", [(984, 636), (1_244, 816)])
def test_nothing_is_wider_than_the_screen(
    make: Callable[..., TimelineScreen], qtbot: QtBot, tmp_path: Path, size: tuple[int, int]
) -> None:
    screen = make(*write_exports(tmp_path), size=size)
    assert screen.width() <= size[0] and screen.height() <= size[1]
    assert screen.table.row_height >= 24
    canvas = screen.canvas.scene.layout
    assert canvas.lane(len(screen.canvas.shown.lanes) - 1).bottom <= screen.canvas.height() + 1


def test_the_counts_can_be_read_as_a_table(screen: TimelineScreen, qtbot: QtBot) -> None:
    from casebound_ui.desktop.timeline.prompts import CountsTable

    screen.show_counts()
    dialog = screen.findChild(CountsTable)
    assert dialog is not None
    table = dialog.table
    heads = [table.horizontalHeaderItem(n).text() for n in range(table.columnCount())]
    assert heads == ["Time (UTC)", "requests.csv", "logins.csv", "All events"]
    totals = [int(table.item(n, 3).text().replace(",", "")) for n in range(table.rowCount())]
    assert sum(totals) == screen.canvas.shown.count
    dialog.close()


def test_events_that_come_later_join_without_losing_the_choice(
    make: Callable[..., TimelineScreen], qtbot: QtBot, tmp_path: Path
) -> None:
    requests, logins = write_exports(tmp_path)
    screen = make(requests)
    choose_row(qtbot, screen, 100)
    event = screen.inspector.event_shown
    assert event is not None
    case = screen.session.case
    screen.session.run(lambda progress: bring_in(case, logins, progress=progress), lambda ending: None)
    qtbot.waitUntil(lambda: len(screen.session.snapshot.sources) == 2, timeout=WAIT)
    settle(qtbot, screen)
    qtbot.waitUntil(lambda: len(screen.canvas.shown.lanes) == 2, timeout=WAIT)
    settle(qtbot, screen)
    chosen = screen.canvas.chosen
    assert chosen is not None
    assert chosen.position == screen.session.events.position(event.id) != 100
    assert screen.inspector.event_shown is not None and screen.inspector.event_shown.id == event.id
    assert screen.table.row == chosen.position
    assert screen.toolbar.lanes.findData("ip") > 0


def test_a_case_looked_at_only_offers_no_writing(screen: TimelineScreen, qtbot: QtBot) -> None:
    choose_row(qtbot, screen, 3)
    session = screen.session
    event = screen.inspector.event_shown
    from dataclasses import replace

    screen.inspector.show_event(event, session.snapshot.sources[0], replace(session.snapshot, read_only=True))
    screen.inspector.note()
    screen.inspector.bookmark()
    screen.inspector.link()
    settle(qtbot, screen)
    assert screen.inspector.composer.isHidden() and screen.inspector.chooser.isHidden()
    assert not session.snapshot.marks


def test_zoom_by_dragging_after_z(screen: TimelineScreen, qtbot: QtBot) -> None:
    press(qtbot, screen, "z")
    assert screen.canvas.gestures.zoom_next
    made = screen.canvas.scene.layout
    start, end = QPoint(round(made.left) + 100, 250), QPoint(round(made.left) + 300, 250)
    view = screen.canvas.view
    qtbot.mousePress(screen.canvas, Qt.MouseButton.LeftButton, pos=start)
    qtbot.mouseMove(screen.canvas, QPoint(round(made.left) + 200, 250))
    qtbot.mouseMove(screen.canvas, end)
    qtbot.mouseRelease(screen.canvas, Qt.MouseButton.LeftButton, pos=end)
    assert abs(screen.canvas.view.start - view.time(100, made.plot)) <= 1
    assert abs(screen.canvas.view.end - view.time(300, made.plot)) <= 1
    assert screen.canvas.stretch is None


def test_letters_can_be_turned_off(screen: TimelineScreen, qtbot: QtBot) -> None:
    screen.toolbar.let_letters_act(False)
    before = screen.canvas.view
    press(qtbot, screen, "w")
    assert screen.canvas.view == before
    screen.toolbar.let_letters_act(True)
    press(qtbot, screen, "w")
    assert screen.canvas.view.span < before.span


def test_enter_brings_the_inspector_back(screen: TimelineScreen, qtbot: QtBot) -> None:
    choose_row(qtbot, screen, 3)
    screen.toggle_inspector()
    assert screen.inspector.isHidden()
    screen.canvas.setFocus()
    qtbot.keyClick(screen.canvas, Qt.Key.Key_Return)
    assert not screen.inspector.isHidden()


def test_a_case_let_go_in_the_middle_of_reading_is_no_fault(screen: TimelineScreen, qtbot: QtBot) -> None:
    faults: list[Exception] = []
    screen.session.failed = faults.append
    screen.filter.put("account_id:acc_1 lumen")
    screen.browsing.by("model_id")
    screen.session.close()
    qtbot.waitUntil(lambda: screen.browsing.idle and not screen.session.board.running, timeout=WAIT)
    assert faults == []


def test_every_command_runs_on_a_case_without_events(make: Callable[..., TimelineScreen], qtbot: QtBot) -> None:
    screen = make()
    commands = list(screen.commands)
    assert len(commands) > 25
    assert len({command.key for command in commands if command.key}) == len([c for c in commands if c.key])
    for command in commands:
        screen.commands.run(command.id)
        settle(qtbot, screen)
    for dialog in screen.findChildren(QDialog):
        dialog.close()


def test_every_command_runs_with_an_event_chosen(screen: TimelineScreen, qtbot: QtBot) -> None:
    choose_row(qtbot, screen, 8)
    ran = 0
    for command in screen.commands:
        screen.table.go_to(8, 2)  # columns can be moved, hidden and kept in sight, but for that of the time
        if command.id != "timeline-attach":  # opens the system's own file dialog
            possible = command.enabled()
            assert screen.commands.run(command.id) is possible
            ran += possible
            settle(qtbot, screen)
    assert ran > 35
    for dialog in screen.findChildren(QDialog):
        dialog.close()
    assert len(screen.session.snapshot.marks) == 1


def test_space_presses_the_button_that_has_the_focus(screen: TimelineScreen, qtbot: QtBot) -> None:
    choose_row(qtbot, screen, 8)
    button = screen.inspector._note
    button.setFocus()
    qtbot.waitUntil(button.hasFocus, timeout=WAIT)
    qtbot.keyClick(button, Qt.Key.Key_Space)
    assert screen.inspector.composer.isVisible()
    assert screen.inspector.composer.field.hasFocus()


def test_another_screen_shows_an_event_by_its_name(screen: TimelineScreen, qtbot: QtBot) -> None:
    event = screen.session.events.page(1_234, 1_235)[0]
    screen.inspector.hide()
    screen.show_event(event.id)
    qtbot.waitUntil(lambda: screen.inspector.event_shown == event, timeout=WAIT)
    assert screen.inspector.isVisible()
    assert screen.canvas.view.contains(event.time_us)


def test_a_finding_on_the_canvas_is_gone_to_by_a_click(screen: TimelineScreen, qtbot: QtBot) -> None:
    events = screen.session.events
    for position in (100, 160):
        screen.acts.new_finding(events.page(position, position + 1)[0], f"Finding at {position}", True)
    qtbot.waitUntil(lambda: len(screen.session.snapshot.findings) == 2, timeout=WAIT)
    settle(qtbot, screen)
    assert len(screen.canvas.layers.spans) == 2
    made = screen.canvas.scene
    spot = QPoint(round(made.x(screen.canvas.layers.spans[0].start)) + 6, round(made.layout.findings.top) + 14)
    qtbot.mouseMove(screen.canvas, spot)
    qtbot.waitUntil(lambda: "Finding at 100" in screen.canvas.toolTip(), timeout=WAIT)
    qtbot.mouseClick(screen.canvas, Qt.MouseButton.LeftButton, pos=spot)
    assert screen.canvas.view.contains(int(events.times[100]))
    assert screen.canvas.view.span < HOUR


# The record in the original


def test_the_record_in_the_original_is_two_clicks_away(screen: TimelineScreen, qtbot: QtBot, tmp_path: Path) -> None:
    """Choosing an event is one, “Show” the other; the next event covers it again."""
    settle(qtbot, screen)
    press(qtbot, screen, ".")
    qtbot.waitUntil(lambda: screen.inspector.event_shown is not None, timeout=WAIT)
    original, event = screen.inspector.original, screen.inspector.event_shown
    assert event is not None
    assert original.record is None
    qtbot.mouseClick(original.show_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: original.record is not None, timeout=WAIT)
    record = original.record
    assert record is not None
    name = screen.session.snapshot.sources[event.source - 1].name
    lines = (tmp_path / name).read_bytes().splitlines()
    assert record.text == lines[event.line - 1].decode()
    assert record.words.startswith(f"line {event.line:,}, byte ")
    assert record.words.endswith(f"of “{name}”")
    shown = [value.text for value in original.findChildren(Value)]
    assert shown == [record.words, record.text]
    press(qtbot, screen, ".")
    qtbot.waitUntil(lambda: screen.inspector.event_shown != event, timeout=WAIT)
    assert original.record is None
    assert original.show_button.isEnabled()
