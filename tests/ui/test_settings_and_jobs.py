"""The overlays over the window: settings that take effect and are remembered, and the jobs of this session."""

from __future__ import annotations

import threading

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from casebound.case import Confidence, Likelihood
from casebound.errors import BadRequest
from casebound.work import Progress
from casebound_ui.desktop import theme
from casebound_ui.desktop.checklist import items
from casebound_ui.desktop.commands import spoken_key
from casebound_ui.desktop.jobs import Step
from casebound_ui.desktop.jobs_panel import counts
from casebound_ui.desktop.main import Program
from casebound_ui.desktop.preferences import Preferences


def again(program: Program) -> Preferences:
    """What the next run would remember."""
    return Preferences(program.preferences.path.parent)


def choose(box, value: object) -> None:
    """Choose an entry as a person does: the index changes, and the box says it was activated."""
    index = next(i for i in range(box.count()) if box.itemData(i) == value)
    box.setCurrentIndex(index)
    box.activated.emit(index)


@pytest.mark.parametrize(("identity", "key"), [("jobs", "Ctrl+J"), ("settings", "Ctrl+,")])
def test_both_are_in_palette_menu_and_key_sheet(program: Program, identity: str, key: str) -> None:
    command = program.commands[identity]
    assert command.key == key
    assert command in program.commands.matching(command.title)
    titles = {action.text() for part in program.window.top.menu().actions() for action in part.menu().actions()}
    assert command.title in titles
    program.commands.run("keys")
    shown = {record.id: record.key for record in program.window.key_sheet.table.records.records}
    assert spoken_key(shown[identity]) == spoken_key(key)
    program.window.key_sheet.leave()


def test_the_key_opens_settings_and_escape_closes(program: Program, qtbot) -> None:
    program.window.activateWindow()
    qtbot.waitUntil(program.window.isActiveWindow)
    QTest.keyClick(program.window, Qt.Key.Key_Comma, Qt.KeyboardModifier.ControlModifier)
    assert program.settings.isVisible()
    QTest.keyClick(program.settings, Qt.Key.Key_Escape)
    assert not program.settings.isVisible()


def test_look_and_text_size_take_effect_and_are_remembered(program: Program, qtbot) -> None:
    sheet = program.settings
    program.commands.run("settings")
    assert [sheet.text.itemText(i) for i in (0, sheet.text.count() - 1)] == ["90 %", "200 %"]
    choose(sheet.look, "dark")
    choose(sheet.text, 1.5)
    assert theme.tokens() is theme.DARK
    assert theme.scale() == 1.5
    remembered = again(program).remembered
    assert (remembered.theme, remembered.text_scale) == ("dark", 1.5)
    program.commands.run("text-larger")
    assert sheet.text.currentData() == 1.75, "a key changes what the open settings show"
    wrapped = [child for child in sheet.findChildren(QLabel) if child.wordWrap() and child.isVisibleTo(sheet)]
    assert wrapped
    qtbot.waitUntil(lambda: all(child.height() + 2 >= child.heightForWidth(child.width()) for child in wrapped))
    assert program.window.rect().contains(sheet.box.geometry())


def test_a_new_name_acts_from_then_on(empty_case: Program, settle) -> None:
    sheet = empty_case.settings
    empty_case.commands.run("settings")
    assert sheet.person.text() == "Mary Okafor"
    sheet.person.setText("  Jonas Pryce ")
    QTest.keyClick(sheet.person, Qt.Key.Key_Return)
    assert again(empty_case).remembered.name == "Jonas Pryce"
    sheet.person.setText(" ")
    QTest.keyClick(sheet, Qt.Key.Key_Escape)
    assert again(empty_case).remembered.name == "Jonas Pryce", "an empty name is no name"
    empty_case.session.change(lambda case: case.add_finding("One sentence."))
    chain = empty_case.case.custody.view
    settle(lambda: chain.chain.links and chain.chain.links[-1].item == ("finding", "F-01"))
    assert [link.person for link in chain.chain.links] == ["Mary Okafor", "Jonas Pryce"]


def test_single_letters_are_turned_off_everywhere_and_stay_off(small_case: Program, settle, qtbot) -> None:
    small_case.window.go("timeline")
    timeline = small_case.case.timeline
    qtbot.waitUntil(lambda: timeline.browsing.ready)
    small_case.commands.run("settings")
    assert small_case.settings.letters.isChecked()
    small_case.settings.letters.setChecked(False)
    small_case.settings.leave()
    assert again(small_case).remembered.letters is False
    for command in small_case.commands:
        keys = [sequence.toString() for sequence in small_case.commands.action(command.id).shortcuts()]
        assert all(len(key) > 1 for key in keys), command.id
    assert small_case.commands.action("palette").shortcut().toString() == "Ctrl+K"
    span = timeline.canvas.view.span
    timeline.canvas.setFocus()
    qtbot.keyClick(timeline.canvas, "w")
    assert timeline.canvas.view.span == span
    small_case.commands.run("close-case")
    settle()
    small_case.openings.open(small_case.preferences.path.parent.parent / "CASE-7.casebound")
    settle(lambda: small_case.case is not None)
    assert not small_case.commands.action("timeline-zoom-in").shortcuts(), "also for what opens later"
    small_case.commands.run("settings")
    small_case.settings.letters.setChecked(True)
    assert small_case.commands.action("timeline-zoom-in").shortcut().toString() == "W"
    assert again(small_case).remembered.letters is True


def test_settings_say_how_sensitive_pictures_are_covered(program: Program) -> None:
    program.commands.run("settings")
    assert program.settings.covered.isVisible()
    assert "covered when they are attached" in program.settings.covered.text()


def test_jobs_run_wait_stop_and_end_with_their_counts(program: Program, settle, qtbot) -> None:
    started, go_on = threading.Event(), threading.Event()
    endings: list[object] = []

    def long(progress: Progress) -> None:
        progress(1200, 4000, "Reading requests.csv")
        started.set()
        go_on.wait(30)
        while True:
            progress(1201, 4000, "Reading requests.csv")

    def short(progress: Progress) -> None:
        progress(3, 3, "Hashing")

    def fails(progress: Progress) -> None:
        raise BadRequest("The file is empty.", "Choose another.")

    board, panel = program.board, program.window.jobs_panel
    board.start(long, endings.append, title="Bringing in requests.csv")
    board.start(short, endings.append, title="Attaching door.png")
    board.start(fails, endings.append, title="Attaching nothing.txt")
    board.start(lambda progress: None, endings.append)
    qtbot.waitUntil(started.is_set)
    program.commands.run("jobs")
    qtbot.waitUntil(lambda: [line.state.text() for line in panel.lines] == ["Running", "Waiting", "Waiting"])
    qtbot.waitUntil(lambda: panel.lines[0].detail.text() == "Reading requests.csv, 1,200 of 4,000")
    assert panel.ended == ()
    panel.lines[0].stop.setFocus()
    QTest.keyClick(panel.lines[0].stop, Qt.Key.Key_Space)
    assert panel.lines[0].state.text() == "Stopping…"
    assert not panel.lines[0].stop.isEnabled()
    go_on.set()
    settle(lambda: len(endings) == 4)
    assert panel.lines == []
    told = [(past.title, past.word, counts(past.step), past.told) for past in panel.ended]
    assert (
        told
        == [
            ("Attaching nothing.txt", "Failed", "", "The file is empty."),
            ("Attaching door.png", "Done", "Hashing, 3 of 3", ""),
            ("Bringing in requests.csv", "Stopped", "Reading requests.csv, 1,201 of 4,000", ""),
        ]
        or told[2][2] == "Reading requests.csv, 1,200 of 4,000"
    )
    assert panel.isAncestorOf(program.window.focusWidget()), "the focus stays inside"


def test_counts_round_nothing_and_invent_nothing() -> None:
    assert counts(Step(0, 0, "")) == ""
    assert counts(Step(0, 0, "Writing")) == "Writing"
    assert counts(Step(1234567, 0, "rows of requests")) == "rows of requests, 1,234,567"
    assert counts(Step(5, 12345678, "")) == "5 of 12,345,678"


@pytest.mark.parametrize("look", [theme.LIGHT, theme.DARK], ids=lambda look: look.name)
def test_a_disabled_button_can_still_be_read_and_the_focus_is_seen(look: theme.Tokens) -> None:
    for ground in (look.line, look.surface):
        assert theme.contrast(look.text3, ground) >= 3.0
    for ground in (look.surface, look.canvas, look.nav, look.sunken):
        assert theme.contrast(look.accent, ground) >= 3.0


def test_the_checklist_names_exactly_what_a_finding_does_not_state(empty_case: Program, settle) -> None:
    session = empty_case.session

    def titles() -> list[str]:
        return [item.title for item in items(session.snapshot, None)]

    session.change(lambda case: case.add_finding("One.", confidence=Confidence.HIGH))
    settle(lambda: len(session.snapshot.findings) == 1)
    assert "F-01 does not state its likelihood" in titles()
    session.change(lambda case: case.change_finding("F-01", likelihood=Likelihood.LIKELY))
    session.change(lambda case: case.add_finding("Two."))
    settle(lambda: len(session.snapshot.findings) == 2)
    assert "F-02 does not state its likelihood or its confidence" in titles()
