"""Correcting the clock of a source: which way it was off, how far, and how that is known."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from casebound.case import Source
from casebound.clockcorrection import duration_text, duration_us
from casebound.errors import BadRequest
from casebound.timewords import clock_words
from casebound_ui.desktop.controls import Button, column, label, labelled, row
from casebound_ui.desktop.overlay import Overlay
from casebound_ui.desktop.wording import from_us, inert

WAYS = ("The clock was ahead", "The clock was behind", "The clock was right")
AHEAD, BEHIND, RIGHT = range(3)

Correct = Callable[[int, int, str], object]
"""Gets the source's number, the microseconds to add to its times, and the reason."""


class ClockForm(Overlay):
    """Asks for a correction, and shows before it is made what it does to the first and the last time."""

    def __init__(self, window: QWidget, correct: Correct) -> None:
        super().__init__(window, 560, 0)
        self._correct = correct
        self._source: Source | None = None
        self._head = label("", "h2", wrap=True)
        self._now = label("", "body", "text2", wrap=True)
        self.way = QComboBox()
        self.way.addItems(list(WAYS))
        self.way.currentIndexChanged.connect(lambda index: self._judge())
        self.length = QLineEdit()
        self.length.setPlaceholderText("2m14s")
        self.length.textChanged.connect(lambda text: self._judge())
        self.reason = QLineEdit()
        self.reason.setPlaceholderText("How this is known")
        self.reason.setMaxLength(2000)
        self.reason.textChanged.connect(lambda text: self._judge())
        self.reason.returnPressed.connect(self.accept)
        self.outcome = label("", "small", "text2", wrap=True)
        self.problem = label("", "small", "bad", wrap=True)
        self.save = Button("Correct the clock", self.accept, kind="primary")
        self._cancel = Button("Cancel", self.leave)
        self.content.setContentsMargins(24, 20, 24, 20)
        self.content.addLayout(
            column(
                self._head,
                self._now,
                labelled("Which way it was off", self.way),
                labelled("How far", self.length, "Such as 2m14s, 134s, 1h30m, 250ms or 0:02:14.5"),
                labelled("Because", self.reason, "It stands in custody, and beside every time of this source."),
                self.outcome,
                self.problem,
                row(None, self._cancel, self.save),
                gap=12,
            )
        )

    def ask(self, source: Source) -> None:
        """Show the form for a source as it stands."""
        self._source = source
        self._head.setText(f"Clock of {source.label} {inert(source.name, 120)}")
        said = clock_words(source.clock_us, source.clock_reason)
        self._now.setText(f"Corrected now by {inert(said, 400)}." if said else "It is taken as right now.")
        self.way.setCurrentIndex(BEHIND if source.clock_us > 0 else AHEAD)
        self.length.setText(duration_text(source.clock_us) if source.clock_us else "")
        self.reason.clear()
        self._judge()
        self.appear()
        self.length.setFocus()

    @property
    def clock_us(self) -> int:
        """What would be added to every time. Raises `BadRequest` where the length is none."""
        if self.way.currentIndex() == RIGHT:
            return 0
        length = duration_us(self.length.text())
        return length if self.way.currentIndex() == BEHIND else -length

    def accept(self) -> None:
        """Make the correction."""
        source = self._source
        if source is not None and self.save.isEnabled():
            clock_us, reason = self.clock_us, self.reason.text()
            self.leave()
            self._correct(source.number, clock_us, reason)

    def _judge(self) -> None:
        source = self._source
        if source is None:
            return
        right = self.way.currentIndex() == RIGHT
        self.length.setEnabled(not right)
        problem = outcome = ""
        try:
            moved = self.clock_us - source.clock_us
            if moved:
                first, last = (None if us is None else us + moved for us in (source.first_us, source.last_us))
                outcome = f"Its times will run from {from_us(first)} to {from_us(last)} UTC."
            else:
                problem = "This is how its clock is taken already."
        except BadRequest as error:
            problem = error.title if self.length.text().strip() else ""
        except OverflowError:
            problem = "With this correction its times would lie outside the years 1 to 9999."
        self.outcome.setText(outcome)
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem))
        self.save.setEnabled(bool(outcome) and bool(self.reason.text().strip()))
