"""What lies over the window for a moment: the command palette and the sheet of keys. Esc closes; focus goes back."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from casebound_ui.desktop import theme
from casebound_ui.desktop.commands import MENUS, Command, Commands, spoken_key
from casebound_ui.desktop.controls import Button, column, frame, label, row
from casebound_ui.desktop.records import Cell, Field, RecordTable


class Overlay(QWidget):
    """A veil over the window with a framed box on it. Tab stays inside; Esc closes. A height of 0 fits the content."""

    def __init__(self, window: QWidget, width: int, height: int) -> None:
        super().__init__(window)
        self._window = window
        self._before: QWidget | None = None
        self._size = (width, height)
        self.box = frame("dialog")
        self.box.setParent(self)
        self.content = QVBoxLayout(self.box)
        window.installEventFilter(self)
        self.hide()

    def appear(self) -> None:
        self._before = self._window.focusWidget()
        self._place()
        self.show()
        self.raise_()

    def leave(self) -> None:
        self.hide()
        if self._before is not None and self._before.isVisible():
            self._before.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return False

    def focusNextPrevChild(self, forward: bool) -> bool:
        inside = [
            w for w in self.box.findChildren(QWidget) if w.focusPolicy() & Qt.FocusPolicy.TabFocus and w.isVisible()
        ]
        if not inside:
            return True
        now = self.focusWidget()
        place = inside.index(now) if now in inside else -1
        inside[(place + (1 if forward else -1)) % len(inside)].setFocus(Qt.FocusReason.TabFocusReason)
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
            return
        super().keyPressEvent(event)

    def mousePressEvent(self, event: Any) -> None:
        if not self.box.geometry().contains(event.position().toPoint()):
            self.leave()

    def paintEvent(self, event: QPaintEvent) -> None:
        veil = theme.colour("text" if theme.tokens().name == "light" else "canvas")
        veil.setAlphaF(0.35 if theme.tokens().name == "light" else 0.65)
        QPainter(self).fillRect(self.rect(), veil)

    def _place(self) -> None:
        area = self._window.rect()
        self.setGeometry(area)
        width = min(round(self._size[0] * theme.scale()), area.width() - 48)
        wanted = round(self._size[1] * theme.scale()) or self.box.heightForWidth(width) or 0
        height = min(max(wanted, 0 if self._size[1] else self.box.sizeHint().height()), area.height() - 96)
        self.box.setGeometry((area.width() - width) // 2, 72, width, height)


class Palette(Overlay):
    """Type a few letters, Enter runs the first command; each shows its key."""

    def __init__(self, window: QWidget, commands: Commands) -> None:
        super().__init__(window, 600, 420)
        self._commands = commands
        self.field = QLineEdit()
        self.field.setProperty("kind", "palette")
        self.field.setPlaceholderText("What do you want to do?")
        self.field.setAccessibleName("Search commands")
        self.table = RecordTable(
            (
                Field("Command", 0, lambda c: Cell(c.title, kind="strong", icon=c.icon or "command", second=c.help)),
                Field("Menu", 80, lambda c: Cell(c.menu, "text3", "small")),
                Field("Key", 110, lambda c: Cell(spoken_key(c.key), "text3", "small"), right=True),
            ),
            "Commands",
            height=46,
        )
        self.table.horizontalHeader().hide()
        self.table.opened.connect(self._run)
        self.table.clicked.connect(lambda index: self._run(self.table.record))
        self.content.setContentsMargins(12, 8, 12, 12)
        self.content.addWidget(self.field)
        self.content.addWidget(frame("rule"))
        self.content.addWidget(self.table)
        self.field.textChanged.connect(self._look)
        self.field.installEventFilter(self)

    def appear(self) -> None:
        self.field.clear()
        self._look("")
        super().appear()
        self.field.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.field and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up):
                self.table.keyPressEvent(event)
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._run(self.table.record)
                return True
        return super().eventFilter(watched, event)

    def _look(self, text: str) -> None:
        found = [command for command in self._commands.matching(text) if command.id != "palette"]
        self.table.show_records(found)
        if found:
            self.table.selectRow(0)

    def _run(self, command: Command | None) -> None:
        if command is not None:
            self.leave()
            self._commands.run(command.id)


class KeySheet(Overlay):
    """Every key, by menu."""

    def __init__(self, window: QWidget, commands: Commands) -> None:
        super().__init__(window, 620, 620)
        self._commands = commands
        self._close = Button("Close", self.leave)
        self._letters = label("", "small", "text2")
        self.table = RecordTable(
            (
                Field("Key", 150, lambda c: Cell(spoken_key(c.key), kind="strong")),
                Field("What it does", 0, lambda c: Cell(c.title, second=c.help)),
                Field("Where", 110, lambda c: Cell("everywhere" if c.scope == "window" else c.scope, "text3", "small")),
            ),
            "Keys",
            height=44,
        )
        self.content.setContentsMargins(20, 16, 20, 16)
        self.content.addLayout(
            column(
                label("Keys", "h2"),
                self._letters,
                self.table,
                row(None, self._close),
                gap=10,
            )
        )

    def appear(self) -> None:
        on = "Single letters act only where they are named, while that part has the focus."
        self._letters.setText(on if self._commands.letters_act else "Single letters are turned off in the settings.")
        keyed = [command for command in self._commands if command.key]
        self.table.show_records(sorted(keyed, key=lambda c: (c.scope != "window", c.scope, MENUS.index(c.menu))))
        super().appear()
        self.table.setFocus()
