"""Going to a row: by its number, by how far down it is, or by a time."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QWidget

from casebound_ui.desktop.controls import column, label
from casebound_ui.desktop.timeline.dates import read_moment
from casebound_ui.desktop.wording import counted

_NUMBER = re.compile(r"\d[\d,_ ]{0,30}", re.ASCII)
_SHARE = re.compile(r"(\d{1,3}(?:\.\d{1,6})?) ?%", re.ASCII)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a person wants to go: a row from 0, or a time in microseconds."""

    row: int | None = None
    time_us: int | None = None


def read_place(text: str, count: int, near: int) -> Place | None:
    """A row number from 1, a percentage of `count` rows, or a time (near `near` where it has no day); None: neither."""
    words = text.strip()
    if found := _SHARE.fullmatch(words):
        share = float(found[1])
        return Place(row=round((count - 1) * share / 100)) if share <= 100 and count else None
    if _NUMBER.fullmatch(words):
        number = int(re.sub(r"[,_ ]", "", words))
        return Place(row=number - 1) if 1 <= number <= count else None
    time = read_moment(words, near)
    return None if time is None else Place(time_us=time)


class RowPrompt(QFrame):
    """Type where to; Enter goes there, Esc leaves."""

    def __init__(self, parent: QWidget, back: QWidget) -> None:
        super().__init__(parent)
        self._over, self._back = parent, back
        self._count = self._near = 0
        self._then: Callable[[Place], object] | None = None
        self.setProperty("kind", "dialog")
        self.field = QLineEdit()
        self.field.setAccessibleName("Go to a row")
        self.field.setMinimumWidth(260)
        self.field.installEventFilter(self)
        self.said = label("", "small", "bad", wrap=True)
        self._hint = label("", "small", "text2", wrap=True)
        self.setLayout(
            column(label("Go to a row", "strong"), self.field, self.said, self._hint, gap=6, margins=(14, 12, 14, 12))
        )
        self.hide()

    def ask(self, count: int, near: int, then: Callable[[Place], object]) -> None:
        """Ask for one of `count` rows."""
        self._count, self._near, self._then = count, near, then
        self._hint.setText(f"A number up to {count:,}, a percentage like 50%, or a time like 2026-03-12 21:14 (UTC).")
        self.field.setPlaceholderText(f"1 to {count:,}, 50%, or a time")
        self.field.setAccessibleDescription(self._hint.text())
        self.said.hide()
        self.field.clear()
        self.adjustSize()
        corner = self._back.mapTo(self._over, QPoint(0, 0))
        y = min(max(corner.y(), 8), self._over.height() - self.height() - 8)
        self.move(max(corner.x() + (self._back.width() - self.width()) // 2, 8), max(y, 8))
        self.show()
        self.raise_()
        self.field.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() in (QEvent.Type.KeyPress, QEvent.Type.ShortcutOverride):
            if event.key() not in (Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter):
                return False
            event.accept()
            if event.type() == QEvent.Type.KeyPress:
                self._leave() if event.key() == Qt.Key.Key_Escape else self._go()
            return True
        if event.type() == QEvent.Type.FocusOut:
            self.hide()
        return super().eventFilter(watched, event)

    def _go(self) -> None:
        place = read_place(self.field.text(), self._count, self._near)
        if place is None:
            self.said.setText(f"There is no such row: the list has {counted(self._count, 'row')}.")
            self.said.show()
            self.adjustSize()
        elif self._then is not None:
            self._leave()
            self._then(place)

    def _leave(self) -> None:
        self.hide()
        self._back.setFocus()
