"""The verdict of a check, large: a shape, a headline, one sentence, and below it each limit on a line of its own."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QWidget

from casebound_ui.desktop import theme
from casebound_ui.desktop.controls import column, emptied, label, retone, row


class Seal(QWidget):
    """The state as a shape in a disc; beside it stand the same in words."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(56, 56)
        self.tone, self.icon = "neutral", "package"

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        neutral = self.tone == "neutral"
        painter.setBrush(theme.colour("sunken" if neutral else self.tone))
        painter.drawEllipse(self.rect())
        ink = "text2" if neutral else ("surface" if not theme.is_dark() else "canvas")
        painter.drawPixmap(QPoint(14, 14), theme.pixmap(self.icon, ink, 28))


class VerdictCard(QFrame):
    """Reached by Tab first, so that the verdict is the first thing read aloud."""

    def __init__(self) -> None:
        super().__init__()
        self._seal = Seal()
        self._head = label("", "h1")
        self._text = label("", "verdict", "text", wrap=True)
        self._limits = QGridLayout()
        self._limits.setHorizontalSpacing(14)
        self._limits.setVerticalSpacing(3)
        self._limits.setColumnStretch(1, 1)
        words = column(self._head, self._text, self._limits, None, gap=4)
        layout = row(column(self._seal, None), words, gap=20, margins=(24, 20, 24, 16))
        layout.setStretch(1, 1)
        self.setLayout(layout)
        self.setMinimumHeight(112)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setProperty("large", "true")
        self.say("neutral", "package", "", "")

    def say(self, tone: str, icon: str, head: str, text: str, limits: Sequence[tuple[str, str]] = ()) -> None:
        """`tone` "ok" is green: for VERIFIED and nothing else. `limits` are words with their meanings."""
        self._seal.tone, self._seal.icon = tone, icon
        self._seal.update()
        self._head.setText(head)
        self._text.setText(text)
        retone(self._head, tone="text" if tone == "neutral" else tone)
        retone(self, kind=tone)
        emptied(self._limits)
        for place, (word, meaning) in enumerate(limits):
            left = label(word, "caption", tone if tone != "neutral" else "text2")
            left.setContentsMargins(0, 2, 0, 0)
            self._limits.addWidget(left, place, 0, Qt.AlignmentFlag.AlignTop)
            self._limits.addWidget(label(meaning, "body", "text2", wrap=True), place, 1)
        self._limits.setContentsMargins(0, 8 if limits else 0, 0, 0)
        told = "".join(f" {word}: {meaning}" for word, meaning in limits)
        self.setAccessibleName(f"{head}. {text}{told}")

    @property
    def headline(self) -> str:
        return self._head.text()

    @property
    def sentence(self) -> str:
        return self._text.text()

    @property
    def tone(self) -> str:
        return self._seal.tone
