"""Ctrl+Z in the whole window takes back what was changed last, and in a field in which somebody types only the text."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from casebound_ui.desktop.program import Program

Settle = Callable[..., None]
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def test_undo_and_redo_reach_every_screen(small_case: Program, qtbot: QtBot, settle: Settle) -> None:
    program, session = small_case, small_case.session
    assert session is not None and program.case is not None
    commands = program.commands
    assert not commands["undo"].enabled() and not commands["redo"].enabled()
    session.change(lambda case: case.add_finding("One person."))
    settle(lambda: len(session.snapshot.findings) == 1)
    assert commands["undo"].enabled()
    for screen in ("overview", "timeline", "custody"):
        program.window.go(screen)
        program.window.activateWindow()
        qtbot.waitUntil(program.window.isActiveWindow)
        QTest.keyClick(program.window, Qt.Key.Key_Z, CTRL)
        settle(lambda: not session.snapshot.findings)
        assert commands["redo"].enabled()
        QTest.keyClick(program.window, Qt.Key.Key_Z, CTRL | SHIFT)
        settle(lambda: len(session.snapshot.findings) == 1)
    lines = [entry.action for entry in session.case.ledger()[-6:]]
    assert lines == ["corrected"] * 6, "custody keeps every one of them"


def test_while_somebody_types_the_keys_belong_to_the_text(small_case: Program, qtbot: QtBot, settle: Settle) -> None:
    program, session = small_case, small_case.session
    assert session is not None and program.case is not None
    session.change(lambda case: case.add_finding("One person."))
    settle(lambda: len(session.snapshot.findings) == 1)
    program.window.go("timeline")
    program.window.activateWindow()
    qtbot.waitUntil(program.window.isActiveWindow)
    field = program.case.timeline.filter.edit
    field.setFocus()
    qtbot.waitUntil(field.hasFocus)
    QTest.keyClicks(field, "xyz")
    QTest.keyClick(field, Qt.Key.Key_Z, CTRL)
    settle()
    assert len(session.snapshot.findings) == 1


def test_the_palette_knows_both(small_case: Program, settle: Settle) -> None:
    program, session = small_case, small_case.session
    assert session is not None
    session.change(lambda case: case.save_view("All of it"))
    settle(lambda: len(session.snapshot.views) == 1)
    assert "undo" in [command.id for command in program.commands.matching("undo")]
    program.commands.run("undo")
    settle(lambda: not session.snapshot.views)
    assert "redo" in [command.id for command in program.commands.matching("redo")]
