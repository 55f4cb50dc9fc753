"""The filter field.

It judges itself, says where it stumbles and what was probably meant, and keeps the last good result.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum

from PySide6.QtCore import QCoreApplication, QEvent, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QAction,
    QFocusEvent,
    QHideEvent,
    QInputMethodEvent,
    QKeyEvent,
    QShowEvent,
    QTextCharFormat,
)
from PySide6.QtWidgets import QLineEdit, QWidget

from casebound.errors import CaseboundError
from casebound.filtering import FilterError
from casebound_ui.desktop import theme
from casebound_ui.desktop.controls import column, retone
from casebound_ui.desktop.timeline.announcing import announce
from casebound_ui.desktop.timeline.filter_message import FilterMessage
from casebound_ui.desktop.timeline.typing_place import unfinished
from casebound_ui.desktop.wording import inert

PAUSE = 180  # milliseconds without a key before the filter is tried
PATIENCE = 1_000  # milliseconds without a key before half a term counts as a mistake
LONGEST = 1_000_000  # characters; Qt's own 32,767 would cut a longer filter off without a word
KEPT = 50  # filters that are remembered
EXAMPLE = "Filter, for example  actor:acc_10423  -status_code:200  after:2026-09-01"


class State(Enum):
    NEUTRAL = "neutral"
    VALID = "valid"
    INVALID = "invalid"


class FilterEdit(QLineEdit):
    """One line. Esc clears it, and in an empty one goes back to the timeline. `guides` see each key first."""

    left = Signal()
    unfocused = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setMaxLength(LONGEST)
        self.guides: list[Callable[[QKeyEvent], bool]] = []
        self.written = False  # while a program writes, not a person
        self._composing = self._underlined = False

    def write(self, text: str) -> None:
        """Put a text in place of the whole; Ctrl+Z takes it back."""
        self.written = True
        self.selectAll()
        self.insert(text)
        self.written = False

    def event(self, event: QEvent) -> bool:
        # Tab would leave the field before `keyPressEvent` hears of it.
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            key = event
            if any(guide(key) for guide in self.guides):
                key.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            if self.text():
                self.clear()
                self.returnPressed.emit()
            else:
                self.left.emit()
            return
        super().keyPressEvent(event)

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        self._composing = bool(event.preeditString())
        super().inputMethodEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.unfocused.emit()

    def underline(self, start: int, end: int) -> None:
        """A wavy line under these characters (of Python's counting); none where both are the same."""
        if self._composing or (start == end and not self._underlined):
            return  # a sign that is made of several keys would be lost, and there is nothing to take away
        self._underlined = start < end
        text = self.text()
        low, high = units(text[:start]), units(text[:end])
        attributes = []
        if high > low:
            shape = QTextCharFormat()
            shape.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
            shape.setUnderlineColor(theme.colour("bad"))
            kind = QInputMethodEvent.AttributeType.TextFormat
            attributes = [QInputMethodEvent.Attribute(kind, low - self.cursorPosition(), high - low, shape)]
        # The one door that a QLineEdit has to the formats of its text; nothing is typed by it.
        QCoreApplication.sendEvent(self, QInputMethodEvent("", attributes))


class FilterField(QWidget):
    """Asks for a result by `asked`; the screen answers with `accept` or `refuse`."""

    asked = Signal(str)
    judged = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.state = State.NEUTRAL
        self.position: int | None = None
        self.error: CaseboundError | None = None
        self.history: list[str] = []  # the last first
        self.accepted = ""  # whose result is shown
        self.edit = FilterEdit()
        self.edit.setPlaceholderText(EXAMPLE)
        self.edit.setAccessibleName("Filter events")
        self.edit.setClearButtonEnabled(True)
        self._icon = QAction(self.edit)
        self.edit.addAction(self._icon, QLineEdit.ActionPosition.LeadingPosition)
        self.message = FilterMessage(self.edit, self.use_suggestion, self.show_place)
        self.said = self.message.said
        self.setLayout(column(self.edit, gap=0))
        self._wait = QTimer(self)
        self._wait.setSingleShot(True)
        self._wait.setInterval(PAUSE)
        self._wait.timeout.connect(self._ask)
        self._late = QTimer(self)
        self._late.setSingleShot(True)
        self._late.setInterval(PATIENCE)
        self._late.timeout.connect(self._say_late)
        self._typing = False  # the last change was a person's key, and nothing was asked for by Enter
        self._asked = self._kept = ""
        self._held: int | None = None
        self._spoken = State.NEUTRAL
        self.edit.textChanged.connect(lambda text: self._typed())
        self.edit.textEdited.connect(lambda text: self._by_hand())
        self.edit.unfocused.connect(self._say_late)
        self.edit.returnPressed.connect(self.ask_now)
        self.edit.editingFinished.connect(self._remember)
        self.edit.guides.append(self._own_key)
        self._show(State.NEUTRAL)

    @property
    def text(self) -> str:
        return self.edit.text().strip()

    def put(self, text: str) -> None:
        """Write a filter into the field and ask for it at once."""
        if text != self.edit.text():
            self.edit.write(text)
        self.ask_now()

    def ask_now(self) -> None:
        """Ask for what stands in the field, without waiting for another key."""
        self._typing = False
        self._ask()
        self._say_late()
        self._remember()

    def accept(self, text: str) -> None:
        """The answer to `text` is shown. An answer to what has been overtaken changes nothing."""
        self.accepted = text
        if text == self._kept:
            self._keep(text)
        if text == self.text:
            self.position, self.error = None, None
            self._show(State.VALID if text else State.NEUTRAL)

    def refuse(self, text: str, error: CaseboundError) -> None:
        """`text` cannot be read: say where and what was probably meant."""
        if text != self.text:
            return
        position = getattr(error, "position", None)
        self.position, self.error = position if isinstance(position, int) else None, error
        where = f"At character {self.position + 1}:" if self.position is not None else ""
        suggestion = str(getattr(error, "suggestion", "") or error.hint)
        parts = (where, error.title, suggestion, "The last result stays.")
        self.said.setText(inert(" ".join(part for part in parts if part)))
        if self._waits:
            self._show(State.NEUTRAL)
            self._late.start()
        elif self._held is None or self.position is None or self._part(error)[0] < self._held:
            self._show(State.INVALID)

    def hold(self, start: int | None) -> None:
        """What stands from here on is being completed: that it is unfinished is no mistake yet. None: it is typed."""
        self._held = start
        if start is None and self.error is not None and self.state is not State.INVALID and not self._waits:
            self._show(State.INVALID)
        self._show_message()

    @property
    def _waits(self) -> bool:
        """Whether what cannot be read is a term that somebody is in the middle of."""
        at_end = self.edit.cursorPosition() == units(self.edit.text())
        about = self.error
        if not (self._typing and at_end and self.edit.hasFocus() and isinstance(about, FilterError)):
            return False
        return unfinished(self.text, about.position)

    def _by_hand(self) -> None:
        self._typing = not self.edit.written

    def _say_late(self) -> None:
        """Nothing more was typed: now it is said."""
        self._late.stop()
        self._typing = False
        if self.error is not None and self.state is not State.INVALID and self._held is None:
            self._show(State.INVALID)

    # Where it stumbles

    @property
    def suggestion(self) -> str | None:
        """The whole filter with the suggestion put in; None where there is none to put in."""
        return self.error.mended(self.text) if isinstance(self.error, FilterError) else None

    def use_suggestion(self) -> None:
        """Write what is suggested."""
        mended = self.suggestion
        if mended is not None:
            self.put(mended)
            self.edit.setFocus()

    def show_place(self) -> None:
        """Select the part of the text at which it stumbles."""
        if isinstance(self.error, FilterError):
            start, end = self._part(self.error)
            text = self.edit.text()
            self.edit.setFocus()
            self.edit.setSelection(units(text[:start]), units(text[start:end]))
            if start == end:
                self.edit.setCursorPosition(units(text[:start]))

    def _part(self, error: CaseboundError) -> tuple[int, int]:
        """What the error means in the text as it stands in the field, with the blanks before it."""
        text = self.edit.text()
        if not isinstance(error, FilterError):
            return 0, len(text)
        blanks = len(text) - len(text.lstrip())
        return min(error.position + blanks, len(text)), min(error.end + blanks, len(text))

    # Typing

    def _own_key(self, event: QKeyEvent) -> bool:
        if event.key() == Qt.Key.Key_F2 and self.error is not None:
            self.show_place()
            return True
        control = event.modifiers() == Qt.KeyboardModifier.ControlModifier
        if control and event.key() == Qt.Key.Key_Period and self.suggestion is not None:
            self.use_suggestion()
            return True
        return False

    def _typed(self) -> None:
        self.error = None  # it was about another text
        self._late.stop()
        self.edit.underline(0, 0)
        self._wait.start()

    def _ask(self) -> None:
        self._wait.stop()
        if self.text != self._asked:
            self._asked = self.text
            self.asked.emit(self.text)

    def _remember(self) -> None:
        """Keep what a person has come to, once it was understood: it can be asked again."""
        self._kept = self.text
        if self._kept == self.accepted:
            self._keep(self._kept)

    def _keep(self, text: str) -> None:
        if text:
            self.history = [text, *(one for one in self.history if one != text)][:KEPT]

    # Looks

    def _show(self, state: State) -> None:
        self.state = state
        retone(self.edit, invalid="true" if state is State.INVALID else "false")
        icon, tone = {
            State.NEUTRAL: ("list-filter", "text2"),
            State.VALID: ("check", "accent"),
            State.INVALID: ("circle-alert", "bad"),
        }[state]
        self._icon.setIcon(theme.icon(icon, tone))
        for action in self.edit.actions():
            if action.objectName() == "_q_qlineeditclearaction":
                action.setIcon(theme.icon("x", "text2"))
        words = {State.NEUTRAL: "No filter", State.VALID: "Filter applied", State.INVALID: self.said.text()}[state]
        self._icon.setToolTip({State.INVALID: "The filter cannot be read"}.get(state, words))
        self.edit.setAccessibleDescription(words)
        start, end = self._part(self.error) if self.error is not None and state is State.INVALID else (0, 0)
        self.edit.underline(start, end)
        self._show_message()
        if state is not self._spoken:
            self._spoken = state
            announce(self.edit, words)
        self.judged.emit()

    def _show_message(self) -> None:
        if self.state is State.INVALID and self._held is None and self.isVisible():  # the list lies in its place
            self.message.tell(self.said.text(), self.suggestion)
        else:
            self.message.hide()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._show_message()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.message.hide()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and hasattr(self, "_spoken"):
            self._show(self.state)

    def sizeHint(self) -> QSize:
        return QSize(420, super().sizeHint().height())


def units(text: str) -> int:
    """How long a text is as Qt counts it: a character beyond U+FFFF is two."""
    return len(text) + sum(sign > "\uffff" for sign in text)


def characters(text: str, at: int) -> int:
    """How many characters of Python's counting stand before a place of Qt's."""
    counted = 0
    for number, sign in enumerate(text):
        if counted >= at:
            return number
        counted += 2 if sign > "\uffff" else 1
    return len(text)
