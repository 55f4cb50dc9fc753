"""What went wrong, or a question before something is given up: in words, with what it means and what to do."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from casebound.errors import CaseboundError
from casebound_ui.desktop.controls import Button, Picture, column, emptied, label, retone, row
from casebound_ui.desktop.overlay import Overlay
from casebound_ui.desktop.wording import inert


class Message(Overlay):
    """One message at a time, over the window. Esc is "Close" or "Keep working"."""

    def __init__(self, window: QWidget, log: Callable[[Exception], str]) -> None:
        super().__init__(window, 520, 0)
        self._log = log
        self.content.setContentsMargins(24, 20, 24, 20)

    def fault(self, error: Exception, *actions: tuple[str, Callable[[], object]]) -> None:
        """Tell of a failure. A fault of the world is told as it is; anything else is a bug of ours, and logged."""
        if isinstance(error, CaseboundError):
            title, meaning, hint = error.title, error.meaning, error.hint
            details = "\n".join(part for part in (error.title, error.where, error.meaning, error.hint) if part)
        else:
            where = self._log(error)
            title = "Something went wrong inside the program."
            meaning = "This is our mistake. What you had finished is safe: every change is written when it is made."
            hint = f"Try again. If it happens again, send us the report at {where}; it names no case content."
            details = f"{title}\n{type(error).__name__}\n{where}"
        self._show("circle-alert", "bad", title, meaning, hint, details, "Close", actions)

    def ask(self, title: str, meaning: str, keep: str, *actions: tuple[str, Callable[[], object]]) -> None:
        """Ask before something is given up. `keep` is the harmless answer and has the focus."""
        self._show("circle-question-mark", "text2", title, meaning, "", "", keep, actions)

    @property
    def title(self) -> str:
        return self._title if self.isVisible() else ""

    def _show(
        self,
        icon: str,
        tone: str,
        title: str,
        meaning: str,
        hint: str,
        details: str,
        close: str,
        actions: tuple[tuple[str, Callable[[], object]], ...],
    ) -> None:
        emptied(self.content)
        title, meaning, hint = (_lines(words) for words in (title, meaning, hint))
        self._title = title
        texts = [label(title, "title", wrap=True, select=True)]
        if meaning:
            texts.append(label(meaning, "body", "text2", wrap=True, select=True))
        if hint:
            texts.append(label(hint, "body", "text", wrap=True, select=True))
        words = column(*texts, None, gap=8)
        buttons = row(gap=8)
        if details:
            copy = Button(
                "Copy details", lambda: QGuiApplication.clipboard().setText(details), kind="quiet", icon="copy"
            )
            buttons.addWidget(copy)
        buttons.addStretch(1)
        stay = Button(close, self.leave)
        buttons.addWidget(stay)
        for text, run in actions:
            buttons.addWidget(Button(text, self._then(run), kind="primary"))
        mark = column(2, Picture(icon, tone, 20), None, gap=0)
        head = row(mark, words, gap=14)
        head.setStretch(1, 1)
        self.content.addLayout(head)
        self.content.addSpacing(8)
        self.content.addLayout(buttons)
        self.box.setAccessibleName(f"{title} {meaning} {hint}".strip())
        retone(self.box, kind="dialog")
        self.appear()
        stay.setFocus()

    def _then(self, run: Callable[[], object]) -> Callable[[], None]:
        def act() -> None:
            self.leave()
            run()

        return act


def _lines(text: str) -> str:
    """Words that may name files and values from evidence, line by line."""
    return "\n".join(inert(line, 2_000) for line in text.split("\n"))
