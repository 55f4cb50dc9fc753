"""The sheet of keys, made from the registry of commands: grouped by where a key acts, and searched by typing."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from casebound_ui.desktop.commands import MENUS, Command, Commands, spoken_key
from casebound_ui.desktop.controls import Button, column, label, row
from casebound_ui.desktop.overlay import Overlay
from casebound_ui.desktop.records import Cell, Field, RecordTable
from casebound_ui.desktop.wording import counted
from casebound_ui.desktop.wordmatch import score, typed_words

EVERYWHERE = "Everywhere"


class KeySheet(Overlay):
    """Every key: those of the window first, by menu, then those of each screen."""

    def __init__(self, window: QWidget, commands: Commands) -> None:
        super().__init__(window, 660, 640)
        self._commands = commands
        self._close = Button("Close", self.leave)
        self._letters = label("", "small", "text2", wrap=True)
        self._count = label("", "small", "text3")
        self.field = QLineEdit()
        self.field.setPlaceholderText("Search keys, for example  zoom  or  Ctrl B")
        self.field.setAccessibleName("Search keys")
        self.field.setClearButtonEnabled(True)
        self.field.textChanged.connect(lambda text: self._show())
        self.field.installEventFilter(self)
        self.table = RecordTable(
            (
                Field("Key", 150, lambda c: Cell(spoken_key(c.key), kind="strong")),
                Field("What it does", 0, lambda c: Cell(c.title, second=c.help)),
                Field("Where", 150, lambda c: Cell(group_of(c), "text3", "small")),
            ),
            "Keys",
            height=44,
        )
        self.content.setContentsMargins(20, 16, 20, 16)
        self.content.addLayout(
            column(
                label("Keys", "h2"),
                self._letters,
                self.field,
                self.table,
                row(self._count, None, self._close),
                gap=10,
            )
        )

    def appear(self) -> None:
        on = "Single letters act only where they are named, while that part has the focus."
        self._letters.setText(on if self._commands.letters_act else "Single letters are turned off in the settings.")
        self.field.clear()
        self._show()
        super().appear()
        self.field.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        rows = (Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_PageDown, Qt.Key.Key_PageUp)
        pressed = watched is self.field and event.type() == QEvent.Type.KeyPress
        if pressed and isinstance(event, QKeyEvent) and event.key() in rows:
            self.table.keyPressEvent(event)
            return True
        return super().eventFilter(watched, event)

    def _show(self) -> None:
        words = typed_words(self.field.text())

        def meant(command: Command) -> bool:
            keys = f"{command.key} {spoken_key(command.key)}"
            return not words or bool(score(words, f"{keys} {command.title} {command.help} {group_of(command)}"))

        keyed = [command for command in self._commands if command.key]
        shown = sorted((command for command in keyed if meant(command)), key=_order)
        self.table.show_records(shown, key=lambda command: command.id)
        self._count.setText(f"{len(shown):,} of {counted(len(keyed), 'key')}")
        if shown and self.table.record is None:
            self.table.selectRow(0)


def group_of(command: Command) -> str:
    """Where a key acts: everywhere, by menu, or in one part of the window."""
    return f"{EVERYWHERE}, {command.menu}" if command.scope == "window" else command.scope.capitalize()


def _order(command: Command) -> tuple[Any, ...]:
    return command.scope != "window", command.scope, MENUS.index(command.menu)
