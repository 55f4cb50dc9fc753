"""One registry of commands: the palette, the menu, the key sheet and the keys cannot disagree."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from casebound_ui.desktop.commands import MENUS, Command, Commands, spoken_key
from casebound_ui.desktop.main import Program

ENDS = {"quit", "close-case", "sample"}  # these change what is open; each has a test of its own


def test_every_command_has_a_name_a_help_line_and_a_place(small_case: Program) -> None:
    commands = list(small_case.commands)
    assert len(commands) > 30
    for command in commands:
        assert command.title and command.help and command.menu in MENUS
        assert not command.title.endswith(".")


def test_no_key_is_taken_twice(small_case: Program) -> None:
    taken: dict[tuple[str, str], str] = {}
    for command in small_case.commands:
        if command.key:
            assert (command.key, command.scope) not in taken, (command.id, taken.get((command.key, command.scope)))
            taken[command.key, command.scope] = command.id
    for (key, scope), identity in taken.items():
        assert scope == "window" or (key, "window") not in taken, identity


def test_a_double_key_is_refused(qtbot) -> None:
    commands, widget = Commands(), QWidget()
    qtbot.addWidget(widget)
    commands.add(Command("a", "A", "a", lambda: None, key="Ctrl+A"), widget)
    with pytest.raises(ValueError, match="taken"):
        commands.add(Command("b", "B", "b", lambda: None, key="Ctrl+A", scope="timeline"), widget)
    with pytest.raises(ValueError, match="called"):
        commands.add(Command("a", "A", "a", lambda: None), widget)
    with pytest.raises(ValueError, match="lacks"):
        commands.add(Command("c", "C", "", lambda: None), widget)


def test_the_palette_runs_every_command_on_an_empty_case(empty_case: Program, settle) -> None:
    ran = []
    for command in empty_case.commands.available():
        if command.id in ENDS:
            continue
        empty_case.commands.run(command.id)
        QApplication.processEvents()
        for dialog in empty_case.window.findChildren(QDialog):
            dialog.reject()
        for sheet in (empty_case.window.palette_sheet, empty_case.window.key_sheet, empty_case.form):
            sheet.leave()
        ran.append(command.id)
        assert not empty_case.window.message.isVisible(), (command.id, empty_case.window.message.title)
    settle()
    assert len(ran) > 25
    assert empty_case.case is not None


def test_the_palette_finds_and_runs_by_typing(empty_case: Program) -> None:
    palette = empty_case.window.palette_sheet
    empty_case.commands.run("palette")
    assert palette.isVisible()
    QTest.keyClicks(palette.field, "go to custody")
    assert palette.table.record.id == "go-custody"
    QTest.keyClick(palette.field, Qt.Key.Key_Return)
    assert not palette.isVisible()
    assert empty_case.window.place == "custody"


def test_the_menu_has_the_commands_that_can_run(program: Program, empty_case: Program) -> None:
    menu = empty_case.window.top.menu()
    titles = {action.text() for part in menu.actions() for action in part.menu().actions()}
    assert {command.title for command in empty_case.commands.available()} == titles


def test_escape_closes_and_gives_the_focus_back(empty_case: Program, qtbot) -> None:
    empty_case.window.activateWindow()
    empty_case.window.top.search.setFocus()
    empty_case.commands.run("keys")
    sheet = empty_case.window.key_sheet
    assert sheet.isVisible()
    shown = [record.id for record in sheet.table.records.records]
    assert shown and all(empty_case.commands[identity].key for identity in shown)
    QTest.keyClick(sheet, Qt.Key.Key_Escape)
    assert not sheet.isVisible()


def test_the_history_of_screens_goes_back_and_forward(empty_case: Program) -> None:
    for place in ("overview", "custody", "findings"):
        empty_case.window.go(place)
    empty_case.commands.run("back")
    assert empty_case.window.place == "custody"
    empty_case.commands.run("back")
    assert empty_case.window.place == "overview"
    empty_case.commands.run("forward")
    assert empty_case.window.place == "custody"


def test_closing_the_case_forgets_its_commands(empty_case: Program, settle) -> None:
    assert any(command.scope == "attachments" for command in empty_case.commands)
    empty_case.commands.run("close-case")
    settle()
    assert empty_case.window.place == "welcome"
    assert not any(command.scope == "attachments" for command in empty_case.commands)
    assert not empty_case.commands.run("build-package")


def test_keys_are_written_as_people_say_them() -> None:
    assert spoken_key("Ctrl+Shift+O") == "Ctrl Shift O"
    assert spoken_key("") == ""
