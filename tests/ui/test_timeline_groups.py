"""Marks on several rows, on a range and on a value, each from the keyboard and in one change; undo; history."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QMenu
from pytestqt.qtbot import QtBot

from casebound.case import Actor, MarkKind
from casebound.document import Case
from casebound.events import Events
from casebound.importing import bring_in
from casebound_ui.desktop import theme
from casebound_ui.desktop.jobs import Board, Desk
from casebound_ui.desktop.session import CaseSession
from casebound_ui.desktop.timeline.picked import Picked
from casebound_ui.desktop.timeline.scene import Stretch
from casebound_ui.desktop.timeline.screen import TimelineScreen
from casebound_ui.desktop.timeline.subjects import Entity, Many, Range, Rows
from casebound_ui.desktop.timeline.value import Value

START = datetime(2026, 3, 1, tzinfo=UTC)
START_US = 1_772_323_200_000_000
MINUTE = 60_000_000
ROWS = 1_200
WAIT = 15_000

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support propagateSizeHints")


@pytest.fixture(autouse=True)
def look(qapp: QApplication) -> Iterator[None]:
    theme.load_fonts()
    theme.apply(theme.LIGHT)
    yield


class Room:
    """A screen on a case of logins, one a minute, of four accounts in turn."""

    def __init__(self, qtbot: QtBot, screen: TimelineScreen, said: list[str]) -> None:
        self.qtbot, self.screen, self.said = qtbot, screen, said

    @property
    def group(self) -> object:
        return self.screen.inspector.group

    def settle(self) -> None:
        busy, browsing = self.screen.session.board.running, self.screen.browsing
        self.qtbot.waitUntil(lambda: browsing.idle and not busy and browsing.ready, timeout=WAIT)

    def press(self, keys: str) -> None:
        self.screen.canvas.setFocus()
        self.qtbot.waitUntil(self.screen.canvas.hasFocus, timeout=WAIT)
        self.qtbot.keyClicks(self.screen.canvas, keys)
        self.settle()

    def write(self, text: str) -> None:
        composer = self.screen.inspector.group.composer
        composer.field.setPlainText(text)
        composer.save()
        self.settle()

    def drag(self, first: int, last: int) -> None:
        """Drag a range over these minutes."""
        stretch = Stretch(START_US + first * MINUTE, START_US + last * MINUTE)
        self.screen.canvas.show_range(stretch)
        self.screen.canvas.rest()
        self.qtbot.waitUntil(lambda: isinstance(self.screen.inspector.group.subject, Range), timeout=WAIT)
        self.settle()

    def pick(self, first: int, last: int) -> None:
        """Choose a row, and select on to another, as Shift and a click do."""
        self.screen.choice.choose(first)
        self.settle()
        self.screen.table.pick(Picked.between(first, last))
        self.settle()

    def shows(self, *texts: str) -> None:
        """Wait until the inspector shows these words."""
        self.qtbot.waitUntil(lambda: set(texts) <= set(self.words()), timeout=WAIT)

    def words(self) -> list[str]:
        labels = [one.text() for one in self.screen.inspector.findChildren(QLabel) if one.isVisible()]
        return labels + [one.text for one in self.screen.inspector.findChildren(Value) if one.isVisible()]


@pytest.fixture
def room(qtbot: QtBot, tmp_path: Path) -> Iterator[Room]:
    board, said = Board(Desk()), []
    rows = [f"{(START + timedelta(minutes=n)).isoformat()},acc_{n % 4},login,key_{n}\n" for n in range(ROWS)]
    (tmp_path / "logins.csv").write_text("at,account_id,action,key\n" + "".join(rows))
    case = Case.create(tmp_path / "demo.casebound", "C-1", "A demo", Actor("Mary Okafor"))
    bring_in(case, tmp_path / "logins.csv")
    snapshot = case.snapshot()
    session = CaseSession(case, snapshot, Events.open(case.path, snapshot.sources), board)
    screen = TimelineScreen(session)
    screen.inspector.group.acts.say = said.append
    qtbot.addWidget(screen)
    screen.resize(1_244, 816)
    screen.show()
    qtbot.waitExposed(screen)
    made = Room(qtbot, screen, said)
    made.settle()
    yield made
    session.close()
    board.close()
    session.events.close()


def test_a_thousand_rows_are_tagged_in_one_change(room: Room) -> None:
    screen = room.screen
    room.pick(0, 999)
    assert isinstance(screen.inspector.group.subject, Many)
    room.shows("1,000 events selected")
    lines = screen.session.snapshot.ledger_size
    room.press("g")
    room.write("pool, seen")
    assert screen.session.snapshot.ledger_size == lines + 2_000
    assert room.said[-1] == "Tagged: 1,000 events."
    room.pick(990, 1_009)
    room.press("g")
    room.write("pool")
    assert room.said[-1] == "Tagged: 10 events. 10 had it already."
    room.press("g")
    room.write("pool")
    assert "already" in room.said[-1]


def test_one_key_bookmarks_all_rows_and_takes_it_off_again(room: Room) -> None:
    room.pick(3, 12)
    room.press("m")
    assert room.said[-1] == "Bookmarked: 10 events."
    room.press("m")
    assert room.said[-1].startswith("10 bookmarks taken off.")
    assert room.screen.session.snapshot.marks == ()
    room.screen.session.change(lambda case: case.undo())
    room.settle()
    assert len(room.screen.session.snapshot.marks) == 10


def test_rows_become_exhibits_and_speak_for_a_finding_in_one_change(room: Room) -> None:
    room.pick(0, 2)
    room.press("l")
    chooser = room.screen.inspector.group.chooser
    chooser.field.setPlainText("One person used three accounts.")
    room.qtbot.keyClick(chooser.field, Qt.Key.Key_Return)
    room.settle()
    snapshot = room.screen.session.snapshot
    assert snapshot.findings[0].supports == ("EX-0001", "EX-0002", "EX-0003")
    room.screen.session.change(lambda case: case.undo())
    room.settle()
    assert room.screen.session.snapshot.findings == () and room.screen.session.snapshot.exhibits == ()


def test_files_are_put_to_every_selected_row(room: Room, tmp_path: Path) -> None:
    screen = room.screen
    letter, note = tmp_path / "letter.txt", tmp_path / "note.txt"
    letter.write_text("a letter")
    note.write_text("a note")
    acts = screen.inspector.group.acts
    acts.attach(Rows(screen.session.events, (0, 1, 2)), [letter])
    room.settle()
    room.qtbot.waitUntil(lambda: len(screen.session.snapshot.attachments) == 1, timeout=WAIT)
    assert len(screen.session.snapshot.attachments[0].events) == 3
    acts.attach(Rows(screen.session.events, (3, 4)), [letter, note])
    room.settle()
    room.qtbot.waitUntil(lambda: room.said[-1] == "2 files attached to 2 events.", timeout=WAIT)
    assert [len(one.events) for one in screen.session.case.snapshot().attachments] == [5, 2]
    acts.attach(Rows(screen.session.events, (5,)), [letter])
    room.settle()
    room.qtbot.waitUntil(lambda: room.said[-1] == "1 file attached to 1 event.", timeout=WAIT)
    room.pick(0, 2)
    assert screen.inspector.attachable
    room.drag(0, 10)
    assert not screen.inspector.attachable, "a file is put to events, not to a range"


def test_a_range_says_what_it_is_and_takes_marks(room: Room) -> None:
    screen = room.screen
    room.drag(10, 70)
    room.shows("Range of 1 h", "60")
    room.press("e")
    room.write("Here it began.")
    room.press("m")
    marks = screen.session.snapshot.marks
    assert [(mark.kind, mark.from_us, mark.to_us) for mark in marks] == [
        (MarkKind.NOTE, START_US + 10 * MINUTE, START_US + 70 * MINUTE - 1),
        (MarkKind.BOOKMARK, START_US + 10 * MINUTE, START_US + 70 * MINUTE - 1),
    ]
    room.shows("Here it began.")
    room.qtbot.waitUntil(lambda: len(screen.inspector.group.history.entries) == 2, timeout=WAIT)
    screen.choice.choose(20)
    room.settle()
    screen.inspector.group.closed.emit()
    room.settle()
    assert screen.canvas.stretch is None and screen.inspector.event_shown is not None
    room.shows("Here it began.", "On its values and its time")


def test_the_ring_of_the_focus_covers_no_range(room: Room) -> None:
    canvas = room.screen.canvas
    room.drag(10, 700)
    canvas.setFocus()
    room.qtbot.waitUntil(canvas.hasFocus, timeout=WAIT)
    image = canvas.grab().toImage()
    colours = {image.pixel(x, y) for x in range(10, image.width() - 10, 7) for y in range(10, image.height() - 10, 7)}
    assert len(colours) > 10


def test_a_range_is_shown_in_a_finding_and_on_the_evidence_timeline(room: Room) -> None:
    screen = room.screen
    screen.filter.put("account_id:acc_1")
    room.settle()
    room.drag(10, 70)
    room.press("l")
    chooser = screen.inspector.group.chooser
    chooser.field.setPlainText("It was acc_1.")
    room.qtbot.keyClick(chooser.field, Qt.Key.Key_Return)
    room.settle()
    (view,) = screen.session.snapshot.views
    assert (view.where, view.from_us) == ("account_id:acc_1", START_US + 10 * MINUTE)
    assert screen.session.snapshot.findings[0].views == ("V-01",)
    screen.inspector.group.put_on_timeline()
    room.write("The first hour")
    assert [entry.caption for entry in screen.session.snapshot.chronology] == ["The first hour"]


def test_many_exhibits_are_asked_for_and_too_many_are_refused(room: Room) -> None:
    group = room.screen.inspector.group
    asked: list[tuple[str, str]] = []

    def ask(title: str, meaning: str, act: str, run: Callable[[], object]) -> None:
        asked.append((title, act))
        run()

    group.ask = ask
    room.drag(0, 60)
    room.press("x")
    room.write("The first hour")
    assert asked == [("Make 60 events exhibits?", "Make exhibits")]
    assert len(room.screen.session.snapshot.exhibits) == 60
    room.drag(0, 30)
    room.press("x")
    room.write("Again")
    assert len(asked) == 1 and "already" in room.said[-1]
    room.drag(0, ROWS)
    room.press("x")
    assert "At most 1,000 events" in room.said[-1] and group.composer.isHidden()


def test_a_value_is_marked_wherever_it_stands(room: Room) -> None:
    screen = room.screen
    screen.choice.choose(5)
    room.settle()
    menu = QMenu()
    value = next(one for one in screen.inspector.findChildren(Value) if one.text == "acc_1" and one.menu_about)
    assert value.menu_about is not None
    value.menu_about(menu)
    acts = {action.text(): action for action in menu.actions()}
    acts["Mark this value everywhere…"].trigger()
    room.settle()
    subject = screen.inspector.group.subject
    assert isinstance(subject, Entity) and subject.value == "acc_1"
    room.press("e")
    room.write("The person of interest")
    assert [(mark.value, mark.text) for mark in screen.session.snapshot.marks] == [("acc_1", "The person of interest")]
    screen.choice.choose(9)
    screen.inspector.group.closed.emit()
    room.settle()
    room.shows("The person of interest")
    screen.choice.choose(8)
    room.settle()
    assert "The person of interest" not in room.words()


def test_the_history_of_an_event_is_in_its_inspector(room: Room) -> None:
    screen = room.screen
    screen.choice.choose(5)
    room.settle()
    assert screen.inspector.history.isHidden(), "nothing was done yet"
    room.press("m")
    room.press("m")
    screen.session.change(lambda case: case.undo())
    room.settle()
    room.qtbot.waitUntil(lambda: len(screen.inspector.history.entries) == 3, timeout=WAIT)
    room.shows("History", "Removal of a bookmark taken back", "Mark removed", "Bookmark set")
    assert room.words().count("Mary Okafor") >= 3


def test_the_last_thing_done_wins_the_inspector(room: Room) -> None:
    screen = room.screen
    room.pick(0, 4)
    room.drag(0, 30)
    assert isinstance(screen.inspector.group.subject, Range)
    screen.canvas.show_range(None)
    room.settle()
    assert isinstance(screen.inspector.group.subject, Many), "the rows are still selected"
    screen.table.chosen.emit(2)
    assert isinstance(screen.inspector.group.subject, Many)
    screen.table.pick(Picked.of((2,)))
    room.settle()
    assert screen.inspector.group.subject is None
