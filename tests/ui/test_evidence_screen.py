"""The evidence timeline in the window: gathered, worded, ordered by hand and by key, and led to the events."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from casebound.case import Snapshot
from casebound_ui.desktop.evidence import Evidence
from casebound_ui.desktop.evidence_lines import by_time, lines
from casebound_ui.desktop.main import Program
from casebound_ui.desktop.timeline.curating import MOST, tell
from casebound_ui.desktop.timeline.subjects import Rows

Settle = Callable[..., None]


@pytest.fixture
def screen(small_case: Program, settle: Settle) -> Evidence:
    """The screen of a case with four events, of which three are exhibits, made in another order than that of time."""
    assert small_case.case is not None and small_case.session is not None
    session = small_case.session
    events = session.events.page(0, 4)
    for place in (2, 0, 1):
        session.change(lambda case, event=events[place]: case.make_exhibit(event=event, caption=f"Row {event.line}"))
    settle(lambda: len(session.snapshot.exhibits) == 3)
    small_case.window.go("evidence")
    evidence = small_case.case.evidence
    settle(lambda: evidence.ready)
    return evidence


def snapshot(program: Program) -> Snapshot:
    assert program.session is not None
    return program.session.snapshot


def order(program: Program) -> list[str]:
    return [entry.exhibit for entry in snapshot(program).chronology]


def gathered(program: Program, screen: Evidence, settle: Settle) -> None:
    screen.begin_button.click()
    settle(lambda: len(screen.lines) == 3)


def test_all_exhibits_by_time_is_one_click(small_case: Program, screen: Evidence, settle: Settle) -> None:
    assert screen.begin_button.isVisible() and not screen.table.isVisible()
    gathered(small_case, screen, settle)
    assert order(small_case) == ["EX-0002", "EX-0003", "EX-0001"]
    assert [line.caption for line in screen.lines] == ["Row 2", "Row 3", "Row 4"]
    assert not screen.all_button.isEnabled() and not screen.sort_button.isEnabled()
    assert screen.lines[0].when == "01 Mar 2026  10:00:00"
    assert screen.lines[0].source.endswith("requests.csv, line 2")


def test_alt_and_the_arrows_move_and_the_hint_follows(
    qtbot: QtBot, small_case: Program, screen: Evidence, settle: Settle
) -> None:
    gathered(small_case, screen, settle)
    screen.table.selectRow(2)
    qtbot.keyClick(screen.table, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    settle(lambda: [line.exhibit for line in screen.lines] == ["EX-0002", "EX-0001", "EX-0003"])
    assert screen.table.record.exhibit == "EX-0001"
    assert [line.early for line in screen.lines] == [False, False, True]
    qtbot.keyClick(screen.table, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    settle(lambda: [line.exhibit for line in screen.lines] == ["EX-0001", "EX-0002", "EX-0003"])
    qtbot.keyClick(screen.table, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)  # it stands first
    qtbot.keyClick(screen.table, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    settle(lambda: [line.exhibit for line in screen.lines] == ["EX-0002", "EX-0001", "EX-0003"])
    assert screen.sort_button.isEnabled()
    assert by_time(screen.lines) == ["C-0001", "C-0002", "C-0003"]


def test_an_entry_is_dragged(small_case: Program, screen: Evidence, settle: Settle) -> None:
    gathered(small_case, screen, settle)
    table = screen.table
    first, last = (table.visualRect(table.model().index(row, 2)) for row in (0, 2))
    start, end = first.center(), QPoint(last.center().x(), last.bottom() - 3)
    QTest.mousePress(table.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, start)
    QTest.mouseMove(table.viewport(), QPoint(start.x(), start.y() + 30))
    QTest.mouseMove(table.viewport(), end)
    QTest.mouseRelease(table.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, end)
    settle(lambda: [line.exhibit for line in screen.lines] == ["EX-0003", "EX-0001", "EX-0002"])
    assert table.record.exhibit == "EX-0002"


def test_a_caption_is_written_in_place_and_taken_back(
    qtbot: QtBot, small_case: Program, screen: Evidence, settle: Settle
) -> None:
    gathered(small_case, screen, settle)
    screen.table.selectRow(0)
    qtbot.keyClick(screen.table, Qt.Key.Key_F2)
    assert screen.table.editor.isVisible() and screen.table.editor.text() == ""
    screen.table.editor.setText("The first log-in \u202ex")
    qtbot.keyClick(screen.table.editor, Qt.Key.Key_Return)
    settle(lambda: screen.lines[0].own == "The first log-in \u202ex")
    assert "\u202e" not in screen.table.model().index(0, 2).data()
    qtbot.keyClick(screen.table, Qt.Key.Key_Return)
    screen.table.editor.setText("no")
    qtbot.keyClick(screen.table.editor, Qt.Key.Key_Escape)
    assert not screen.table.editor.isVisible()
    screen.table.write()
    screen.table.editor.setText("")
    qtbot.keyClick(screen.table.editor, Qt.Key.Key_Return)
    settle(lambda: screen.lines[0].caption == "Row 2")
    assert [exhibit.caption for exhibit in snapshot(small_case).exhibits] == ["Row 4", "Row 2", "Row 3"]


def test_sorting_asks_first_and_is_undone_at_once(small_case: Program, screen: Evidence, settle: Settle) -> None:
    gathered(small_case, screen, settle)
    screen.table.put(2, 0)
    settle(lambda: screen.lines[0].exhibit == "EX-0001")
    screen.sort_button.click()
    assert small_case.window.message.isVisible()
    assert order(small_case)[0] == "EX-0001"
    small_case.window.message.leave()
    session = small_case.session
    assert session is not None
    wanted = by_time(screen.lines)
    session.change(lambda case: case.order_entries(wanted))
    settle(lambda: order(small_case) == ["EX-0002", "EX-0003", "EX-0001"])
    session.change(lambda case: case.undo())
    settle(lambda: order(small_case) == ["EX-0001", "EX-0002", "EX-0003"])


def test_a_stated_time_needs_words_and_a_time(small_case: Program, screen: Evidence, settle: Settle) -> None:
    gathered(small_case, screen, settle)
    screen.table.selectRow(0)
    form = screen.form
    form.ask()
    for start, end, caption, said in (
        ("", "", "x", "“From” is no time"),
        ("2026-03-01 11:00", "soon", "x", "“To” is no time"),
        ("2026-03-01 11:00", "2026-03-01 10:00", "x", "ends before it begins"),
        ("2026-03-01 11:00", "", " ", "Say what happened"),
    ):
        form.start.setText(start)
        form.end.setText(end)
        form.caption.setText(caption)
        form.add.click()
        assert said in form.said.text() and form.isVisible()
    form.caption.setText("Call with the provider")
    form.end.setText("2026-03-01 11:20")
    form.add.click()
    settle(lambda: len(screen.lines) == 4)
    made = screen.lines[1]
    assert (made.caption, made.when, made.until) == (
        "Call with the provider",
        "01 Mar 2026  11:00:00",
        "to 01 Mar 2026  11:20:00",
    )
    assert screen.table.record.number == made.number
    assert made.source == "Stated by a person"


def test_del_takes_off_and_the_exhibit_stays(
    qtbot: QtBot, small_case: Program, screen: Evidence, settle: Settle
) -> None:
    gathered(small_case, screen, settle)
    screen.table.selectRow(0)
    qtbot.keyClick(screen.table, Qt.Key.Key_Delete)
    settle(lambda: len(screen.lines) == 2)
    assert len(snapshot(small_case).exhibits) == 3
    assert screen.table.record.exhibit == "EX-0003"
    assert screen.all_button.isEnabled()


def test_an_exhibit_that_is_none_any_more_is_not_told(small_case: Program, screen: Evidence, settle: Settle) -> None:
    gathered(small_case, screen, settle)
    assert small_case.session is not None
    small_case.session.change(lambda case: case.remove_exhibit("EX-0003"))
    settle(lambda: [line.exhibit for line in screen.lines] == ["EX-0002", "EX-0001"])


def test_the_panel_leads_to_the_event(small_case: Program, screen: Evidence, settle: Settle) -> None:
    from casebound_ui.desktop.controls import Button

    gathered(small_case, screen, settle)
    screen.table.selectRow(1)
    (go,) = [button for button in screen.panel.findChildren(Button) if button.accessibleName() == "Go to the event"]
    go.click()
    case = small_case.case
    assert case is not None
    settle(lambda: case.timeline.choice.event is not None)
    assert case.timeline.isVisible() and case.timeline.choice.event.line == 3


def test_events_are_told_from_the_timeline(small_case: Program, screen: Evidence, settle: Settle) -> None:
    session, case = small_case.session, small_case.case
    assert session is not None and case is not None
    small_case.window.go("timeline")
    case.timeline.show_event(session.events.page(3, 4)[0].id)
    settle(lambda: case.timeline.choice.event is not None)
    assert small_case.commands.run("timeline-tell")
    settle(lambda: len(session.snapshot.chronology) == 1)
    assert len(session.snapshot.exhibits) == 4
    assert order(small_case) == ["EX-0004"]


def test_too_many_events_are_not_told(small_case: Program, screen: Evidence) -> None:
    from casebound.errors import BadRequest

    assert small_case.session is not None
    with pytest.raises(BadRequest, match="More than 1,000 events"):
        tell(small_case.session.case, Rows(small_case.session.events, tuple(range(MOST + 1))))
    assert not snapshot(small_case).chronology


def test_who_may_only_look_changes_nothing(small_case: Program, screen: Evidence, settle: Settle) -> None:
    gathered(small_case, screen, settle)
    assert small_case.session is not None
    screen.table.writable = False
    screen.table.selectRow(1)
    screen.table.write()
    screen.table.move_chosen(-1)
    assert not screen.table.editor.isVisible()
    assert order(small_case) == ["EX-0002", "EX-0003", "EX-0001"]


def test_an_attachment_stands_at_its_stated_date(
    small_case: Program, screen: Evidence, settle: Settle, tmp_path
) -> None:
    session = small_case.session
    assert session is not None
    (tmp_path / "a.txt").write_text("x")
    origin = {"captured_at": "2026-03-01T12:00:02+02:00"}
    session.change(lambda case: case.attach(tmp_path / "a.txt", title="Page", origin=origin))
    settle(lambda: len(session.snapshot.attachments) == 1)
    session.change(lambda case: case.make_exhibit(attachment=1))
    settle(lambda: len(session.snapshot.exhibits) == 4)
    screen.begin_button.click()
    settle(lambda: len(screen.lines) == 4)
    assert order(small_case) == ["EX-0002", "EX-0004", "EX-0003", "EX-0001"]
    found = lines(session.events, session.snapshot)[1]
    assert (found.caption, found.source) == ("Page", "Attachment 1, a.txt")
