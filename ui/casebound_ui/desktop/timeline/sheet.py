"""What comes up in place of the table for a while: a heading, what it says, and a way back to the table."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QSizePolicy, QVBoxLayout, QWidget

from casebound_ui.desktop.controls import Button, Elided, column, label, row
from casebound_ui.desktop.wording import inert


class Sheet(QFrame):
    """Esc or the cross at its head closes it. Whoever filled it hears of that by `closed`."""

    closed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "card")
        self.setMinimumHeight(150)
        self._head = label("", "strong")
        self._said = Elided("", "body", "text2")
        self._said.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._close = Button(
            "Back to the table", self.closed.emit, kind="icon", icon="x", tip="Back to the table (Esc)"
        )
        self._body = QVBoxLayout()
        self._body.setContentsMargins(0, 0, 0, 0)
        head = row(self._head, self._said, self._close, gap=12, margins=(11, 6, 5, 0))
        head.setStretch(1, 1)
        self.setLayout(column(head, self._body, gap=2, margins=(6, 1, 6, 1)))

    @property
    def content(self) -> QWidget | None:
        """What fills it now."""
        item = self._body.itemAt(0)
        return item.widget() if item is not None else None

    def fill(self, title: str, said: str, content: QWidget) -> None:
        """Show `content` under a heading. What was there before is let go, unless it is the same."""
        self.say(title, said)
        before = self.content
        if before is not content:
            self.clear()
            self._body.addWidget(content)
        content.show()

    def say(self, title: str, said: str) -> None:
        self._head.setText(inert(title, 200))
        self._said.setText(inert(said, 400))
        self.setAccessibleName(inert(title, 200))
        self.setAccessibleDescription(inert(said, 400))

    def clear(self) -> None:
        while (item := self._body.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)
