"""What is covered is named nowhere but in the inspector: not in lanes, values, completion, palette, sheets, copies."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from casebound.pointing import Kind, Pointed, PointedOut, Rules
from casebound_ui.desktop.program import Program
from casebound_ui.desktop.timeline import columns, words
from casebound_ui.desktop.timeline.around import Around
from casebound_ui.desktop.timeline.comparison import Compare, text
from casebound_ui.desktop.timeline.completion import FilterCompletion
from casebound_ui.desktop.timeline.covering import Covering
from casebound_ui.desktop.timeline.facets import Facets
from casebound_ui.desktop.timeline.following import Follow
from casebound_ui.desktop.timeline.pointed import quiet
from casebound_ui.desktop.timeline.screen import TimelineScreen
from casebound_ui.desktop.timeline.wholevalue import WholeValue

WAIT = 30_000
HIDDEN = ("acc_1", "acc_2", "acc_3", "model-a", "model-b", "log-in")


class Room:
    """The timeline of the small case with its one source covered."""

    def __init__(self, qtbot: QtBot, program: Program, screen: TimelineScreen) -> None:
        self.qtbot, self.program, self.screen = qtbot, program, screen

    def feature(self, kind: type) -> object:
        return next(one for one in self.screen.features if isinstance(one, kind))

    def rest(self) -> None:
        screen, board = self.screen, self.program.board

        def quiet() -> bool:
            idle = all(getattr(one, "idle", True) for one in screen.features)
            return screen.browsing.ready and screen.browsing.idle and idle and not board.running

        self.qtbot.waitUntil(quiet, timeout=WAIT)


@pytest.fixture
def room(small_case: Program, qtbot: QtBot) -> Iterator[Room]:
    assert small_case.case is not None
    small_case.window.go("timeline")
    screen = small_case.case.timeline
    made = Room(qtbot, small_case, screen)
    made.rest()
    screen.choice.choose(1)
    made.rest()
    made.feature(Covering).cover_source(1, True)  # type: ignore[attr-defined]
    made.rest()
    yield made


def nothing_of_it(said: str) -> bool:
    return not any(hidden in said for hidden in HIDDEN)


def test_lanes_and_colours_have_no_covered_names(room: Room) -> None:
    screen = room.screen
    for field in ("actor", "account", "target"):
        screen.browsing.by(field)
        screen.browsing.colour_by(field)
        room.rest()
        labels = [lane.label for lane in screen.canvas.shown.lanes]
        assert nothing_of_it(" ".join(labels)) and "Covered" in labels
        assert nothing_of_it(str(words.table_of_counts(screen.canvas.scene)))
        colours = screen.canvas.shown.colours
        assert colours is not None and nothing_of_it(" ".join(lane.label for lane in colours.values))
    room.feature(Covering).cover_source(1, False)  # type: ignore[attr-defined]
    room.rest()
    assert not nothing_of_it(" ".join(lane.label for lane in screen.canvas.shown.lanes)), "it was only covered"


def test_values_beside_the_table_are_counted_and_not_named(room: Room) -> None:
    facets = room.feature(Facets)
    assert isinstance(facets, Facets)
    facets.toggle()
    room.rest()
    facets._search("account", "acc")
    room.rest()
    rows = facets.panel.list.model().rows  # type: ignore[attr-defined]
    assert rows and nothing_of_it(" ".join(f"{row.text} {row.value} {row.second}" for row in rows))
    assert any(row.text == "Covered: 3 values" and row.count == "4" for row in rows)


def test_completion_names_nothing_covered(room: Room, qtbot: QtBot) -> None:
    completion = room.feature(FilterCompletion)
    assert isinstance(completion, FilterCompletion)
    edit = room.screen.filter.edit

    def offered() -> str:
        completion.hide()
        edit.setText("account:")
        edit.setCursorPosition(len("account:"))
        completion.offer()
        qtbot.waitUntil(lambda: completion.idle, timeout=WAIT)
        return " ".join(offer.shown for offer in completion.list.offers) if completion.list.isVisible() else ""

    assert nothing_of_it(offered())
    room.feature(Covering).cover_source(1, False)  # type: ignore[attr-defined]
    room.rest()
    assert "acc_1" in offered()
    completion.hide()


def test_groups_that_are_pointed_out_keep_their_numbers_and_not_their_names() -> None:
    group = Pointed(
        Kind.BEGIN, None, 0, 9, 2, "2 of 9 values have their first row here. acc_1, acc_2.", ("acc_1", "acc_2")
    )
    told = PointedOut(Rules(), "", (group,))
    (covered,) = quiet(told, frozenset({"acc_2"})).found
    assert covered.words == "2 of 9 values have their first row here. Their names are covered."
    assert quiet(told, frozenset({"acc_3"})) == told


def test_the_palette_names_nothing_covered(room: Room, qtbot: QtBot) -> None:
    case = room.program.case
    assert case is not None
    answers: list[list[object]] = []
    case.things.ask("acc_1", answers.append)  # type: ignore[arg-type]
    qtbot.waitUntil(lambda: bool(answers), timeout=WAIT)
    told = [thing for thing in answers[-1] if thing.kind != "Events"]  # type: ignore[attr-defined]
    assert [thing.kind for thing in told] == ["Event", "Event"]  # type: ignore[attr-defined]
    assert nothing_of_it(" ".join(f"{thing.title} {thing.second}" for thing in told))  # type: ignore[attr-defined]


def test_whole_values_menus_and_copies_name_nothing_covered(room: Room, qtbot: QtBot) -> None:
    screen = room.screen
    qtbot.waitUntil(lambda: screen.table.rows.event(1) is not None, timeout=WAIT)
    screen.table_work.show_value(1, columns.ACTOR)
    shown = screen.findChild(WholeValue)
    assert shown is not None and nothing_of_it(shown.text.toPlainText())
    shown.leave()
    cell = screen.table.cell_rect(1, screen.table.rows.place(columns.ACTOR)).center()
    assert screen.table.value_at(QPoint(cell)) is None, "what covers a value is no value to filter by"
    screen.table.go_to(0)
    screen.table.go_to(3, extend=True)
    screen.table_work.copy_rows()
    room.rest()
    copied = QGuiApplication.clipboard().text()
    assert copied.count("\n") == 5 and nothing_of_it(copied)


def test_the_sheets_name_nothing_covered(room: Room, qtbot: QtBot) -> None:
    screen, around, compare = room.screen, room.feature(Around), room.feature(Compare)
    assert isinstance(around, Around) and isinstance(compare, Compare)
    screen.choice.choose(1)
    room.rest()
    around.open()
    room.rest()
    assert around.sheet is not None
    table = around.sheet.table
    qtbot.waitUntil(lambda: table.record is not None, timeout=WAIT)
    assert table.record is not None and nothing_of_it(repr(table.record.event.fields) + table.record.event.actor)
    compare.open()
    room.rest()
    assert compare.found is not None and nothing_of_it(text(compare.found))
    follow = room.feature(Follow)
    assert isinstance(follow, Follow)
    follow.open()
    assert follow.sheet is not None and follow.sheet.value.text() == ""
