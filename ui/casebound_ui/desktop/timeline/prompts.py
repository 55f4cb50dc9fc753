"""Two small windows of the timeline: going to a time, and the picture as a table of counts."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QDialog, QFrame, QLineEdit, QTableWidget, QTableWidgetItem, QWidget

from casebound_ui.desktop.controls import Button, column, label, row
from casebound_ui.desktop.timeline.dates import read_moment
from casebound_ui.desktop.timeline.scene import Scene
from casebound_ui.desktop.timeline.words import summary, table_of_counts


class TimePrompt(QFrame):
    """Type a time, Enter goes there. Esc leaves."""

    def __init__(self, parent: QWidget, back: QWidget) -> None:
        super().__init__(parent)
        self._back, self._over = back, parent
        self._then: Callable[[int], None] | None = None
        self._near = 0
        self.setProperty("kind", "dialog")
        self.field = QLineEdit()
        self.field.setAccessibleName("Go to a time, UTC")
        self.field.setPlaceholderText("2026-03-12 21:14")
        self.field.setMinimumWidth(240)
        self.field.installEventFilter(self)
        self.said = label("", "small", "bad")
        hint = label("Year-month-day, with or without a time; or a time alone.", "small", "text2")
        self.setLayout(
            column(label("Go to a time (UTC)", "strong"), self.field, self.said, hint, gap=6, margins=(14, 12, 14, 12))
        )
        self.said.hide()
        self.hide()

    def ask(self, near: int, then: Callable[[int], None]) -> None:
        """`near` gives the day to a time that has none."""
        self._near, self._then = near, then
        self.said.hide()
        self.field.clear()
        self.adjustSize()
        self.move((self._over.width() - self.width()) // 2, 96)
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
        time = read_moment(self.field.text(), self._near)
        if time is None:
            self.said.setText("This is not a time. Write it like 2026-03-12 21:14.")
            self.said.show()
            self.adjustSize()
        elif self._then is not None:
            self._leave()
            self._then(time)

    def _leave(self) -> None:
        self.hide()
        self._back.setFocus()


class CountsTable(QDialog):
    """The counts of every bin and lane, as text: for those who listen, and for copying into a letter."""

    def __init__(self, parent: QWidget, scene: Scene) -> None:
        super().__init__(parent)
        self.setWindowTitle("Counts in view")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(860, 520)
        header, rows = table_of_counts(scene)
        self._text = "\n".join("\t".join(line) for line in (header, *rows))
        self.table = QTableWidget(len(rows), len(header))
        self.table.setAccessibleName(f"Counts: {summary(scene)}")
        self.table.setHorizontalHeaderLabels(header)
        self.table.verticalHeader().hide()
        self.table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        for at, line in enumerate(rows):
            for place, text in enumerate(line):
                item = QTableWidgetItem(text)
                if place:
                    item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                self.table.setItem(at, place, item)
        self.table.resizeColumnsToContents()
        copy = Button("Copy as text", lambda: QGuiApplication.clipboard().setText(self._text), icon="copy")
        close = Button("Close", self.close)
        said = label(summary(scene), "small", "text2")
        self.setLayout(
            column(
                label("Counts in view", "title"),
                said,
                self.table,
                row(copy, None, close),
                gap=10,
                margins=(16, 16, 16, 16),
            )
        )
        self.table.setFocus()
