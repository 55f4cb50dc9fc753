"""The verdict of a check, large: a shape, a headline, one sentence."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QWidget

from casebound_ui.desktop import theme
from casebound_ui.desktop.controls import column, label, retone, row


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
        ink = "text2" if neutral else ("surface" if theme.tokens().name == "light" else "canvas")
        painter.drawPixmap(QPoint(14, 14), theme.pixmap(self.icon, ink, 28))


class VerdictCard(QFrame):
    """Reached by Tab first, so that the verdict is the first thing read aloud."""

    def __init__(self) -> None:
        super().__init__()
        self._seal = Seal()
        self._head = label("", "h1")
        self._text = label("", "verdict", "text", wrap=True)
        words = column(self._head, self._text, None, gap=4)
        layout = row(column(self._seal, None), words, gap=20, margins=(24, 20, 24, 16))
        layout.setStretch(1, 1)
        self.setLayout(layout)
        self.setMinimumHeight(112)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setProperty("large", "true")
        self.say("neutral", "package", "", "")

    def say(self, tone: str, icon: str, head: str, text: str) -> None:
        """`tone` "ok" is green: for VERIFIED and nothing else."""
        self._seal.tone, self._seal.icon = tone, icon
        self._seal.update()
        self._head.setText(head)
        self._text.setText(text)
        retone(self._head, tone="text" if tone == "neutral" else tone)
        retone(self, kind=tone)
        self.setAccessibleName(f"{head}. {text}")

    @property
    def headline(self) -> str:
        return self._head.text()

    @property
    def sentence(self) -> str:
        return self._text.text()

    @property
    def tone(self) -> str:
        return self._seal.tone
