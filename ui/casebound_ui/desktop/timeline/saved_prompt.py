"""Asks for a short text over the timeline. Enter keeps it, Esc leaves."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QWidget

from casebound_ui.desktop.controls import Button, column, label, row

LONGEST = 300  # characters, as the case keeps them
WIDTH = 420


class TitlePrompt(QFrame):
    """One line to type into, with its purpose over it."""

    def __init__(self, over: QWidget, back: QWidget) -> None:
        super().__init__(over)
        self._over, self._back = over, back
        self._then: Callable[[str], object] | None = None
        self.setProperty("kind", "dialog")
        self.head = label("", "strong")
        self.field = QLineEdit()
        self.field.setMaxLength(LONGEST)
        self.field.setPlaceholderText("What it shows, in a few words")
        self.field.setMinimumWidth(WIDTH)
        self.field.installEventFilter(self)
        self.field.textChanged.connect(lambda text: self._judge())
        self.keep = Button("Save", self._keep, kind="primary")
        buttons = row(None, Button("Cancel", self.leave), self.keep, gap=8)
        self.setLayout(column(self.head, self.field, buttons, gap=10, margins=(16, 14, 16, 14)))
        self.hide()

    def ask(self, purpose: str, text: str, then: Callable[[str], object]) -> None:
        """Ask for a text; `then` gets it without the spaces around it."""
        self._then = then
        self.head.setText(purpose)
        self.field.setAccessibleName(purpose)
        self.field.setText(text)
        self.field.selectAll()
        self._judge()
        self.adjustSize()
        back = self._back.rect()
        middle, top = self._back.mapTo(self._over, back.center()).x(), self._back.mapTo(self._over, back.topLeft()).y()
        x = max(min(middle - self.width() // 2, self._over.width() - self.width() - 8), 8)
        self.move(x, max(min(top + 8, self._over.height() - self.height() - 8), 8))
        self.show()
        self.raise_()
        self.field.setFocus()

    def leave(self) -> None:
        self._then = None
        self.hide()
        self._back.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() in (QEvent.Type.KeyPress, QEvent.Type.ShortcutOverride):
            if event.key() not in (Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter):
                return False
            event.accept()
            if event.type() == QEvent.Type.KeyPress:
                self.leave() if event.key() == Qt.Key.Key_Escape else self._keep()
            return True
        return super().eventFilter(watched, event)

    def _judge(self) -> None:
        self.keep.setEnabled(bool(self.field.text().strip()))

    def _keep(self) -> None:
        text, then = self.field.text().strip(), self._then
        if text and then is not None:
            self.leave()
            then(text)
