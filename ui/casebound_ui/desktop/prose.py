"""A field for a few sentences, as high as what is written in it."""

from __future__ import annotations

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QPlainTextEdit

MOST = 12  # lines; a longer text scrolls


class Prose(QPlainTextEdit):
    """Plain text in lines that wrap. Tab leaves the field, as in every other one."""

    def __init__(self, least: int) -> None:
        super().__init__()
        self._least = least
        self.setTabChangesFocus(True)
        self.textChanged.connect(self._fit)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._fit()

    def _fit(self) -> None:
        # The document of a QPlainTextEdit measures its height in lines.
        lines = min(MOST, max(self._least, round(self.document().size().height())))
        height = lines * self.fontMetrics().lineSpacing() + 26
        if height != self.height():
            self.setFixedHeight(height)
