"""What a sheet shows while its answer is on the way: how far it is, and a way to stop."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from casebound_ui.desktop.controls import Button, Elided, row
from casebound_ui.desktop.jobs import Step
from casebound_ui.desktop.wording import inert


class Working(QWidget):
    """One line: the stage, and Stop. Nothing while there is nothing to wait for."""

    def __init__(self, stop: Callable[[], object]) -> None:
        super().__init__()
        self.said = Elided("", "body", "text2")
        self.stop_button = Button("Stop", stop, icon="square", tip="Stop counting")
        layout = row(self.said, self.stop_button, gap=12, margins=(12, 2, 8, 4))
        layout.setStretch(0, 1)
        self.setLayout(layout)
        self.hide()

    def show_step(self, step: Step) -> None:
        share = f"  ·  {step.done:,} of {step.total:,}" if step.total else ""
        self.show_words(f"{inert(step.note, 120)}…{share}")

    def show_words(self, words: str) -> None:
        """A stage, with Stop beside it."""
        self.said.setText(words)
        self.stop_button.show()
        self.show()

    def show_end(self, words: str) -> None:
        """Why there is no answer: it was stopped, or could not be had."""
        self.said.setText(words)
        self.stop_button.hide()
        self.setVisible(bool(words))
