"""The filter field.

It judges itself, says where it stumbles and what was probably meant, and keeps the last good result.
"""

from __future__ import annotations

from enum import Enum

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from casebound.errors import CaseboundError
from casebound_ui.desktop import theme
from casebound_ui.desktop.controls import column, label, retone

PAUSE = 180  # milliseconds without a key before the filter is tried
EXAMPLE = "Filter, for example  actor:acc_10423  -status_code:200  after:2026-09-01"


class State(Enum):
    NEUTRAL = "neutral"
    VALID = "valid"
    INVALID = "invalid"


class FilterEdit(QLineEdit):
    """One line. Esc clears it, and in an empty one goes back to the timeline."""

    left = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            if self.text():
                self.clear()
                self.returnPressed.emit()
            else:
                self.left.emit()
            return
        super().keyPressEvent(event)


class FilterField(QWidget):
    """Asks for a result by `asked`; the screen answers with `accept` or `refuse`."""

    asked = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.state = State.NEUTRAL
        self.position: int | None = None
        self.edit = FilterEdit()
        self.edit.setPlaceholderText(EXAMPLE)
        self.edit.setAccessibleName("Filter events")
        self.edit.setClearButtonEnabled(True)
        self._icon = QAction(self.edit)
        self.edit.addAction(self._icon, QLineEdit.ActionPosition.LeadingPosition)
        self.said = label("", "small", "bad", wrap=True)
        self.said.hide()
        self.setLayout(column(self.edit, self.said, gap=2))
        self._wait = QTimer(self)
        self._wait.setSingleShot(True)
        self._wait.setInterval(PAUSE)
        self._wait.timeout.connect(self._ask)
        self._asked = ""
        self.edit.textChanged.connect(lambda text: self._wait.start())
        self.edit.returnPressed.connect(self._ask)
        self._show(State.NEUTRAL)

    @property
    def text(self) -> str:
        return self.edit.text().strip()

    def put(self, text: str) -> None:
        """Write a filter into the field and ask for it at once."""
        self.edit.setText(text)
        self._ask()

    def accept(self, text: str) -> None:
        """The answer to `text` is shown. An answer to what has been overtaken changes nothing."""
        if text == self.text:
            self.position = None
            self._show(State.VALID if text else State.NEUTRAL)

    def refuse(self, text: str, error: CaseboundError) -> None:
        """`text` cannot be read: say where and what was probably meant."""
        if text != self.text:
            return
        position = getattr(error, "position", None)
        self.position = position if isinstance(position, int) else None
        where = f"At character {self.position + 1}:" if self.position is not None else ""
        suggestion = str(getattr(error, "suggestion", "") or error.hint)
        parts = (where, error.title, suggestion, "The last result stays.")
        self.said.setText(" ".join(part for part in parts if part))
        self._show(State.INVALID)

    def _ask(self) -> None:
        self._wait.stop()
        if self.text != self._asked:
            self._asked = self.text
            self.asked.emit(self.text)

    def _show(self, state: State) -> None:
        self.state = state
        self.said.setVisible(state is State.INVALID)
        retone(self.edit, invalid="true" if state is State.INVALID else "false")
        icon, tone = {
            State.NEUTRAL: ("list-filter", "text2"),
            State.VALID: ("check", "accent"),
            State.INVALID: ("circle-alert", "bad"),
        }[state]
        self._icon.setIcon(theme.icon(icon, tone))
        words = {State.NEUTRAL: "No filter", State.VALID: "Filter applied", State.INVALID: self.said.text()}[state]
        self.edit.setAccessibleDescription(words)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and hasattr(self, "_icon"):
            self._show(self.state)

    def sizeHint(self) -> QSize:
        return QSize(420, super().sizeHint().height())
