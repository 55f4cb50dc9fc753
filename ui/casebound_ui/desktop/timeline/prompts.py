"""Small windows of the timeline: going to a time, choosing a zone, and the picture as a table of counts."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QCompleter, QDialog, QFrame, QLineEdit, QTableWidget, QTableWidgetItem, QWidget

from casebound.errors import BadRequest
from casebound.zones import find_zone, zone_names
from casebound_ui.desktop.controls import Button, column, label, row
from casebound_ui.desktop.timeline.dates import read_moment
from casebound_ui.desktop.timeline.scene import Scene
from casebound_ui.desktop.timeline.words import summary, table_of_counts


class LinePrompt(QFrame):
    """One line to type over the canvas: Enter takes it, Esc leaves. `judge` says what is wrong with it, or ""."""

    def __init__(self, parent: QWidget, back: QWidget, title: str, example: str, hint: str) -> None:
        super().__init__(parent)
        self._back, self._over = back, parent
        self._judge: Callable[[str], str] = lambda text: ""
        self.setProperty("kind", "dialog")
        self.field = QLineEdit()
        self.field.setAccessibleName(title)
        self.field.setPlaceholderText(example)
        self.field.setMinimumWidth(240)
        self.field.installEventFilter(self)
        self.said = label("", "small", "bad")
        below = label(hint, "small", "text2")
        self.setLayout(column(label(title, "strong"), self.field, self.said, below, gap=6, margins=(14, 12, 14, 12)))
        self.said.hide()
        self.hide()

    def appear(self, judge: Callable[[str], str]) -> None:
        """Ask. `judge` acts on what was typed, and returns "" or what is wrong with it."""
        self._judge = judge
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
                self._leave() if event.key() == Qt.Key.Key_Escape else self._take()
            return True
        completer = self.field.completer()
        popup = completer.popup() if completer is not None else None
        if event.type() == QEvent.Type.FocusOut and not (popup is not None and popup.isVisible()):
            self.hide()
        return super().eventFilter(watched, event)

    def _take(self) -> None:
        wrong = self._judge(self.field.text())
        if wrong:
            self.said.setText(wrong)
            self.said.show()
            self.adjustSize()
        else:
            self._leave()

    def _leave(self) -> None:
        self.hide()
        self._back.setFocus()


class TimePrompt(LinePrompt):
    """Type a time, Enter goes there."""

    def __init__(self, parent: QWidget, back: QWidget) -> None:
        hint = "Year-month-day, with or without a time; or a time alone."
        super().__init__(parent, back, "Go to a time (UTC)", "2026-03-12 21:14", hint)
        self.field.setAccessibleName("Go to a time, UTC")

    def ask(self, near: int, then: Callable[[int], None]) -> None:
        """`near` gives the day to a time that has none."""

        def judge(text: str) -> str:
            time = read_moment(text, near)
            if time is None:
                return "This is not a time. Write it like 2026-03-12 21:14."
            then(time)
            return ""

        self.appear(judge)


class ZonePrompt(LinePrompt):
    """Type the name of a time zone, with the names that fit offered below."""

    def __init__(self, parent: QWidget, back: QWidget) -> None:
        hint = "A name such as Europe/Berlin, or an offset such as +02:00."
        super().__init__(parent, back, "Local time beside UTC", "Europe/Berlin", hint)

    def ask(self, then: Callable[[str], None]) -> None:
        """`then` gets the name of a zone that there is."""
        if self.field.completer() is None:  # the names are looked up on the disk: only when they are needed
            completer = QCompleter(sorted(zone_names()), self)
            completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
            completer.setFilterMode(Qt.MatchFlag.MatchContains)
            self.field.setCompleter(completer)

        def judge(text: str) -> str:
            try:
                zone = find_zone(text)
            except BadRequest as error:
                return f"{error.title} {error.hint}"
            then(zone.name)
            return ""

        self.appear(judge)


WHOLE_BINS = "Every row is a whole bin: the first and the last may reach beyond the view."


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
        said = label(f"{summary(scene)}. {WHOLE_BINS}", "small", "text2", wrap=True)
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
