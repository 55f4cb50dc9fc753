"""An export being brought in: stages, real counts, and Stop. When it is over, the result stands in its place."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtWidgets import QFrame, QProgressBar, QVBoxLayout

from casebound_ui.desktop import theme
from casebound_ui.desktop.controls import Button, Elided, Picture, column, emptied, holder, label, row
from casebound_ui.desktop.jobs import Step
from casebound_ui.desktop.wording import count, counted, inert, remaining, size

LISTED = 7
"""Stages that are listed; of a folder with many tables the last ones."""


class BringingCard(QFrame):
    """One line for each stage: done, running. The stages are those that the work itself names."""

    def __init__(self, stop: Callable[[], object]) -> None:
        super().__init__()
        self.setProperty("kind", "card")
        self._began = 0.0
        self._stages: dict[str, int] = {}  # each stage that is over, with the sum of what it went through
        self._now = Step(0, 0, "")
        self._in_bytes: tuple[str, ...] = ()
        self._title = label("", "h2")
        self._text = label("", "body", "text2", wrap=True)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName("Progress of bringing in")
        self.stop = Button("Stop", stop, icon="x", name="Stop bringing in")
        self.dismiss = Button("Close", self.hide, icon="check", name="Close the result")
        self.rest = Button("Attach the rest", self._take_rest, icon="paperclip")
        self._rest: Callable[[], object] | None = None
        self._list = QVBoxLayout()
        self._list.setSpacing(8)
        info = label(
            "If you stop, the rows already read are discarded and the case is as it was. The stop is in custody.",
            "small",
            "text3",
            wrap=True,
        )
        about = row(Picture("info", "text3"), info, gap=8)
        about.setStretch(1, 1)
        self._info = holder(about)
        head = row(column(self._title, self._text, gap=3), self.rest, self.stop, self.dismiss, gap=8)
        head.setStretch(0, 1)
        self.setLayout(column(head, self._bar, self._list, self._info, gap=12, margins=(24, 18, 24, 18)))
        self.hide()

    def begin(self, name: str, *, by_rows: bool = False) -> None:
        """Something begins to come in; `by_rows` says that its reading counts rows, not bytes."""
        self._in_bytes = ("Keeping ",) if by_rows else ("Keeping ", "Reading ")
        self._began = time.monotonic()
        self._stages, self._now = {}, Step(0, 0, "")
        self._title.setText(f"Bringing in {inert(name, 120)}")
        self._text.setText("The original is kept and fingerprinted first. You can keep working.")
        self._bar.setRange(0, 0)
        self._bar.show()
        self._info.show()
        self.stop.show()
        self.stop.setEnabled(True)
        self.dismiss.hide()
        self.rest.hide()
        emptied(self._list)
        self.show()

    def moved(self, step: Step) -> None:
        if step.note != self._now.note:
            self._over()
            self._began = time.monotonic()
        self._now = step
        share = step.share
        self._bar.setRange(0, 1000 if share is not None else 0)
        if share is not None:
            self._bar.setValue(round(share * 1000))
        left = remaining(step.done, step.total, time.monotonic() - self._began)
        self._text.setText(". ".join(part for part in (left.capitalize(), "You can keep working") if part) + ".")
        self._draw(True)

    def stopping(self) -> None:
        self.stop.setEnabled(False)
        self._text.setText("Stopping. What was read is being discarded.")

    def ended(self, title: str, text: str, *, well: bool) -> None:
        """Show how it ended; the card stays until it is closed."""
        self._title.setText(inert(title, 160))
        self._text.setText(text)
        self._bar.hide()
        self._info.hide()
        self.stop.hide()
        self.dismiss.show()
        if well:
            self._over()
        self.rest.hide()
        self._draw(False)
        self.show()

    def offer_rest(self, files: int, attach: Callable[[], object]) -> None:
        """Ask whether what came with the tables and is none is to be attached."""
        self._rest = attach
        self.rest.show_text(f"Attach {counted(files, 'other file')}")
        self.rest.show()

    def _take_rest(self) -> None:
        self.rest.hide()
        if self._rest is not None:
            self._rest()

    @property
    def words(self) -> tuple[str, str]:
        return self._title.text(), self._text.text()

    def _over(self) -> None:
        """A stage is over. Several tables go through the same stages: each is listed once."""
        if self._now.note:
            self._stages[self._now.note] = self._stages.get(self._now.note, 0) + self._now.total

    def _draw(self, running: bool) -> None:
        emptied(self._list)
        stages = list(self._stages.items())
        listed = LISTED if theme.scale() < 1.4 else 0  # large words leave room for what goes on
        if len(stages) > listed > 0:
            before = counted(len(stages) - listed, "stage")
            self._list.addWidget(holder(row(Picture("circle-check", "ok"), label(f"{before} before these"), None)))
        for note, total in stages[-listed:] if listed else ():
            told = label(self._amount(note, total) if total else "", "small", "text2")
            self._list.addWidget(holder(row(Picture("circle-check", "ok"), Elided(note), told)))
        if running and self._now.note:
            now = self._now
            done, whole = self._amount(now.note, now.done), self._amount(now.note, now.total)
            told = label(f"{done} of {whole}" if now.total else "", "small", "text2")
            words = Elided(now.note, "strong")
            self._list.addWidget(holder(row(Picture("loader-circle", "accent"), words, told)))

    def _amount(self, note: str, number: int) -> str:
        """Bytes as a size; every other stage counts rows."""
        return size(number) if note.startswith(self._in_bytes) else count(number)


def result_words(read: int, kept: int, aside: int, duplicates: int) -> str:
    """The balance of what was read, in one sentence."""
    parts = [f"{counted(kept, 'row')} kept", f"{count(aside)} set aside"]
    if duplicates:
        parts.append(f"{counted(duplicates, 'duplicate')} left out")
    return f"{counted(read, 'row')} read: {', '.join(parts)}."
