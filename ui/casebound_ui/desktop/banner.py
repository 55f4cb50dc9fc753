"""One line over a screen that says how things stand, in words, with an icon of another shape for each state."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QWidget

from casebound_ui.desktop import theme
from casebound_ui.desktop.controls import Elided, Picture, label, retone, row

ICONS = {
    "ok": "shield-check",
    "warn": "triangle-alert",
    "bad": "unlink",
    "unk": "shield-question-mark",
    "neutral": "info",
}


MOST = 0.6  # of the plain words; the tip has all of them


class Banner(QFrame):
    """Bold words, then plain ones, then what can be done. Reached by Tab, so that it is read aloud."""

    def __init__(self, *actions: QWidget) -> None:
        super().__init__()
        self._icon = Picture("info", "text2", 18)
        self._head = label("", "strong")
        self._text = Elided("", "body", "text2")
        self._actions = actions
        words, acts = row(self._icon, self._head, self._text, gap=10), row(None, *actions, gap=10)
        self._parts = row(words, acts, gap=10, margins=(14, 4, 10, 4))
        self._parts.setStretch(0, 1)
        self.setLayout(self._parts)
        self._measure()
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.say("neutral", "", "")

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and hasattr(self, "_text"):
            self._measure()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._measure()

    def _measure(self) -> None:
        """Large words take the whole line, unless most of them fit beside what can be done."""
        taken = sum(one.sizeHint().width() + 10 for one in (self._icon, self._head, *self._actions)) + 24
        short = self.width() < taken + self._text.sizeHint().width() * MOST
        below = bool(self._actions) and theme.scale() >= 1.4 and short
        self._parts.setDirection(QBoxLayout.Direction.TopToBottom if below else QBoxLayout.Direction.LeftToRight)
        self.setFixedHeight(round((64 if below else 42) * max(1.0, theme.scale())))

    def say(self, tone: str, head: str, text: str, icon: str = "") -> None:
        """`tone` is "ok", "warn", "bad", "unk" or "neutral"; colours are for integrity only."""
        self._icon.show_icon(icon or ICONS[tone], "text2" if tone == "neutral" else tone)
        self._head.setText(head)
        self._text.setText(text)
        self._measure()
        retone(self._head, tone="text" if tone == "neutral" else tone)
        retone(self, kind=tone)
        self.setAccessibleName(f"{head} {text}".strip() or "State")

    @property
    def head(self) -> str:
        return self._head.text()

    @property
    def text(self) -> str:
        return self._text.text()
