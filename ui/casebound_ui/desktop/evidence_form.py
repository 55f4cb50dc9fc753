"""Putting a moment or a range on the evidence timeline that no row tells of: from, to, and what happened."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QLineEdit

from casebound_ui.desktop.controls import Button, column, label, labelled, row
from casebound_ui.desktop.timeline.dates import read_moment

LONGEST = 4_000
EARLIEST_US, LATEST_US = -62_135_596_800_000_000, 253_402_300_799_999_999


class StatedTime(QFrame):
    """`then` gets (from_us, to_us, caption); both times are the same for a moment."""

    def __init__(self, then: Callable[[int, int, str], object], left: Callable[[], object]) -> None:
        super().__init__()
        self.setProperty("kind", "sunken")
        self._then, self._left = then, left
        self.start, self.end, self.caption = QLineEdit(), QLineEdit(), QLineEdit()
        self.start.setPlaceholderText("2026-03-12 21:14")
        self.end.setPlaceholderText("empty for a moment")
        self.caption.setPlaceholderText("What happened, and who says so")
        self.caption.setMaxLength(LONGEST)
        self.said = label("", "small", "bad", wrap=True)
        self.said.hide()
        self.add = Button("Add", self._add, kind="primary")
        for field in (self.start, self.end, self.caption):
            field.installEventFilter(self)
        fields = row(
            labelled("From (UTC)", self.start),
            labelled("To (UTC)", self.end),
            labelled("Caption", self.caption),
            gap=12,
        )
        fields.setStretch(2, 1)
        for field in (self.start, self.end):
            field.setFixedWidth(170)
        buttons = row(self.said, None, Button("Cancel", self.leave), self.add, gap=8)
        buttons.setStretch(0, 1)
        self.setLayout(column(fields, buttons, gap=8, margins=(16, 10, 16, 10)))
        self.hide()

    def ask(self) -> None:
        for field in (self.start, self.end, self.caption):
            field.clear()
        self.said.hide()
        self.show()
        self.start.setFocus()

    def leave(self) -> None:
        self.hide()
        self._left()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() in (QEvent.Type.KeyPress, QEvent.Type.ShortcutOverride):
            if event.key() not in (Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter):
                return False
            event.accept()
            if event.type() == QEvent.Type.KeyPress:
                self.leave() if event.key() == Qt.Key.Key_Escape else self._add()
            return True
        return super().eventFilter(watched, event)

    def _add(self) -> None:
        start = _read(self.start.text(), 0)
        end = start if not self.end.text().strip() else _read(self.end.text(), start or 0)
        problem = ""
        if start is None:
            problem = "“From” is no time: write it as 2026-03-12 21:14."
        elif end is None:
            problem = "“To” is no time: write it as 2026-03-12 21:14, or leave it empty."
        elif end < start:
            problem = "The range ends before it begins."
        elif not self.caption.text().strip():
            problem = "Say what happened: no row says it for you."
        self.said.setText(problem)
        self.said.setVisible(bool(problem))
        if not problem and start is not None and end is not None:
            self.leave()
            self._then(start, end, self.caption.text().strip())


def _read(text: str, near: int) -> int | None:
    """A time that a case can keep."""
    found = read_moment(text, near) if text.strip() else None
    return found if found is not None and EARLIEST_US <= found <= LATEST_US else None
