"""The jobs panel: what runs, what waits, and what ended since the program was started, with real counts and Stop."""

from __future__ import annotations

import time

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QProgressBar, QScrollArea, QVBoxLayout, QWidget

from casebound_ui.desktop.controls import Button, Elided, Picture, column, emptied, holder, label, row, rule
from casebound_ui.desktop.jobs import Board, Past, Running, Step
from casebound_ui.desktop.overlay import Overlay
from casebound_ui.desktop.wording import count, remaining

_ENDS = {"Done": ("circle-check", "ok"), "Stopped": ("circle-minus", "text3"), "Failed": ("circle-x", "bad")}


def counts(step: Step) -> str:
    """ "Reading requests.csv, 4,000 of 29,000": the stage and its own numbers, nothing rounded."""
    numbers = f"{count(step.done)} of {count(step.total)}" if step.total else count(step.done) if step.done else ""
    return ", ".join(part for part in (step.note, numbers) if part)


class JobLine(QWidget):
    """One job that runs or waits. It is kept while the job is, so that its Stop keeps the focus."""

    def __init__(self, running: Running[object]) -> None:
        super().__init__()
        self.running = running
        self._icon = Picture("loader-circle", "accent")
        self.state = label("", "small", "text2")
        self.detail = Elided("", "small", "text2")
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(f"How far it is: {running.title}")
        self.stop = Button("Stop", self._stop, icon="x", name=f"Stop: {running.title}")
        words = column(row(Elided(running.title, "strong"), self.state, gap=8), self._bar, self.detail, gap=5)
        layout = row(self._icon, words, self.stop, gap=12, margins=(4, 8, 4, 8))
        layout.setStretch(1, 1)
        self.setLayout(layout)
        self.refresh()

    def refresh(self) -> None:
        running, step = self.running, self.running.step
        self._bar.setVisible(running.begun)
        self._bar.setRange(0, 1000 if step.share is not None else 0)
        if step.share is not None:
            self._bar.setValue(round(step.share * 1000))
        left = remaining(step.done, step.total, time.monotonic() - running.started)
        word = "Stopping…" if running.stopping else "Running" if running.begun else "Waiting"
        self._icon.show_icon("loader-circle" if running.begun else "clock", "accent" if running.begun else "text3")
        self.state.setText(f"{word}, {left}" if left and not running.stopping else word)
        self.detail.setText(counts(step) if running.begun else "Begins when the work before it has ended")
        self.stop.setEnabled(not running.stopping)

    def _stop(self) -> None:
        self.running.stop()
        self.refresh()


class JobsPanel(Overlay):
    """Follows the board while it is shown."""

    def __init__(self, window: QWidget, board: Board) -> None:
        super().__init__(window, 620, 520)
        self._board = board
        self._past: tuple[Past, ...] | None = None
        self.lines: list[JobLine] = []
        self._now, self._then = QVBoxLayout(), QVBoxLayout()
        self._now.setSpacing(0)
        self._then.setSpacing(0)
        self._idle = label("Nothing is under way.", "body", "text2")
        self._none = label("Nothing has ended since the program was started.", "body", "text2")
        body = holder(
            column(
                label("Now", "caption", "text2"),
                self._idle,
                self._now,
                12,
                label("Ended since the program was started", "caption", "text2"),
                self._none,
                self._then,
                None,
                gap=4,
                margins=(0, 0, 8, 0),
            )
        )
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setAccessibleName("Jobs")
        area.setWidget(body)
        self._close = Button("Close", self.leave)
        note = label("You can keep working. Stop leaves the case as it was before.", "small", "text2", wrap=True)
        foot = row(note, self._close, gap=12)
        foot.setStretch(0, 1)
        self.content.setContentsMargins(20, 16, 20, 16)
        self.content.addLayout(column(label("Jobs", "h2"), area, rule(), foot, gap=10))
        board.watch(self.refresh)

    def appear(self) -> None:
        self.refresh(shown=True)
        super().appear()
        self._close.setFocus()

    @property
    def ended(self) -> tuple[Past, ...]:
        """What is listed as ended, newest first."""
        return self._past or ()

    def refresh(self, *, shown: bool = False) -> None:
        """Show the board as it is now; nothing is drawn while the panel is hidden."""
        if not shown and not self.isVisible():
            return
        under_way = self._board.shown
        if [line.running for line in self.lines] != under_way:
            held = self.focusWidget()
            emptied(self._now)
            self.lines = [JobLine(running) for running in under_way]
            for line in self.lines:
                self._now.addWidget(line)
            if isinstance(held, Button) and held is not self._close:
                self._close.setFocus()  # the button that had the focus has gone with its job
        for line in self.lines:
            line.refresh()
        past = tuple(self._board.past)
        if past != self._past:
            self._past = past
            emptied(self._then)
            for one in past:
                self._then.addWidget(_ended(one))
        self._idle.setVisible(not self.lines)
        self._none.setVisible(not past)


def _ended(past: Past) -> QWidget:
    icon, tone = _ENDS[past.word]
    took = f"{past.word}, {past.seconds:.1f} s"
    words = column(row(Elided(past.title, "strong"), label(took, "small", "text2"), gap=8), gap=2)
    if past.told:
        words.addWidget(label(past.told, "small", "text2", wrap=True))
    elif past.word != "Done":  # of what is done, the last stage says nothing
        words.addWidget(Elided(counts(past.step), "small", "text2"))
    layout = row(Picture(icon, tone), words, gap=12, margins=(4, 6, 4, 6))
    layout.setStretch(1, 1)
    return holder(layout)
