"""One form for every act on the custody record: a hold, its release, a transfer, its acknowledgement, a correction."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtWidgets import QComboBox, QFrame, QLineEdit, QScrollArea, QWidget

from casebound.custodyacts import Item
from casebound.errors import BadRequest
from casebound_ui.desktop.controls import Button, column, emptied, holder, label, labelled, row
from casebound_ui.desktop.overlay import Overlay
from casebound_ui.items import item_of

Answers = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Asked:
    """One thing that a form asks for. `choices` makes it a list; what is `needed` must not be empty."""

    name: str
    title: str
    hint: str = ""
    needed: bool = False
    value: str = ""
    choices: tuple[tuple[str, str], ...] = ()  # (value, words)


@dataclass(frozen=True, slots=True)
class Act:
    """What a form is for: its words, what it asks, and what is done with the answers."""

    title: str
    text: str
    button: str
    asked: tuple[Asked, ...]
    do: Callable[[Answers], object]


class Fields(QScrollArea):
    """As tall as the fields in it where there is room; they are scrolled where there is none."""

    def __init__(self, inside: QWidget) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidget(inside)

    def sizeHint(self) -> QSize:
        inside = self.widget()
        return inside.sizeHint() if inside is not None else super().sizeHint()

    def minimumSizeHint(self) -> QSize:
        return QSize(0, 0)


class CustodyForm(Overlay):
    """Asks, judges what was typed, and hands it over. Nothing is written before."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window, 600, 0)
        self.act: Act | None = None
        self.fields: dict[str, QLineEdit | QComboBox] = {}
        self._head = label("", "h2", wrap=True)
        self._text = label("", "body", "text2", wrap=True)
        self._room = column(gap=12, margins=(0, 0, 8, 0))
        self._fields = Fields(holder(self._room))
        self.problem = label("", "small", "bad", wrap=True)
        self.save = Button("Write it down", self.accept, kind="primary")
        self.content.setContentsMargins(24, 20, 24, 20)
        self.content.addLayout(
            column(
                self._head,
                self._text,
                self._fields,
                self.problem,
                row(None, Button("Cancel", self.leave), self.save),
                gap=12,
            )
        )

    def ask(self, act: Act) -> None:
        """Show the form for one act."""
        self.act = act
        self._head.setText(act.title)
        self._text.setText(act.text)
        self.save.show_text(act.button)
        emptied(self._room)
        self.fields = {}
        for asked in act.asked:
            self.fields[asked.name] = field = self._field(asked)
            self._room.addWidget(holder(labelled(asked.title, field)))
            field.setAccessibleDescription(asked.hint)
            field.installEventFilter(self)
        self._fields.updateGeometry()
        self._judge()
        self.appear()
        next(iter(self.fields.values())).setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # What is reached by Tab is brought into sight.
        if event.type() == QEvent.Type.FocusIn and isinstance(watched, QWidget) and self._fields.isAncestorOf(watched):
            self._fields.ensureWidgetVisible(watched)
        return super().eventFilter(watched, event)

    def answers(self) -> dict[str, str]:
        """What was typed and chosen, by name."""
        return {
            name: str(field.currentData()) if isinstance(field, QComboBox) else field.text().strip()
            for name, field in self.fields.items()
        }

    def accept(self) -> None:
        """Hand the answers over, where nothing is missing."""
        if self.act is not None and self.save.isEnabled():
            act, answers = self.act, self.answers()
            self.leave()
            act.do(answers)

    def _field(self, asked: Asked) -> QLineEdit | QComboBox:
        if asked.choices:
            choice = QComboBox()
            for value, words in asked.choices:
                choice.addItem(words, value)
            choice.setCurrentIndex(max(choice.findData(asked.value), 0))
            return choice
        line = QLineEdit(asked.value)
        line.setMaxLength(2000)
        line.setPlaceholderText(asked.hint)
        line.textChanged.connect(lambda text: self._judge())
        line.returnPressed.connect(self.accept)
        return line

    def _judge(self) -> None:
        if self.act is None or len(self.fields) < len(self.act.asked):
            return
        answers, problem = self.answers(), ""
        missing = any(asked.needed and not answers[asked.name] for asked in self.act.asked)
        try:
            moment_of(answers.get("at", ""))
            items_of(answers.get("items", ""))
        except BadRequest as error:
            problem = error.title
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem))
        self.save.setEnabled(not missing and not problem)


def moment_of(text: str) -> datetime | None:
    """A time as typed, UTC where it has no zone; None where nothing was. Raises `BadRequest`."""
    if not text.strip():
        return None
    try:
        given = datetime.fromisoformat(text.strip())
    except ValueError:
        raise BadRequest(f"“{text.strip()}” is not a time.", "Write it as 2026-09-30T14:05Z.") from None
    return given if given.tzinfo else given.replace(tzinfo=UTC)


def items_of(text: str) -> list[Item]:
    """Items as typed, with commas between them. Raises `BadRequest`."""
    return [item_of(each) for each in text.split(",") if each.strip()]


def typed(items: Sequence[Item]) -> str:
    """Items as a person types them; the other direction of `items_of`."""
    return ", ".join(
        f"S-{int(each):02d}" if kind == "source" and each.isdigit() else each if kind == "exhibit" else f"{kind}:{each}"
        for kind, each in items
    )
