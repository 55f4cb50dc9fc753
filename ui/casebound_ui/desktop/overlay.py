"""What lies over the window for a moment. Esc closes it; the focus goes back to where it was."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from casebound_ui.desktop import theme
from casebound_ui.desktop.controls import frame


class Overlay(QWidget):
    """A veil over the window with a framed box on it. Tab stays inside; Esc closes. A height of 0 fits the content."""

    def __init__(self, window: QWidget, width: int, height: int) -> None:
        super().__init__(window)
        self._window = window
        self._before: QWidget | None = None
        self._size = (width, height)
        self.box = frame("dialog")
        self.box.setParent(self)
        self.content = QVBoxLayout(self.box)
        window.installEventFilter(self)
        self.hide()

    def goes_with(self, owner: QWidget) -> None:
        """Lies over the window, and still lives no longer than the part of it that asked for it."""
        owner.destroyed.connect(self.deleteLater)

    def appear(self) -> None:
        self._before = self._window.focusWidget()
        self._place()
        self.show()
        self.raise_()

    def leave(self) -> None:
        self.hide()
        if self._before is not None and self._before.isVisible():
            self._before.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return False

    def focusNextPrevChild(self, forward: bool) -> bool:
        inside = [
            w for w in self.box.findChildren(QWidget) if w.focusPolicy() & Qt.FocusPolicy.TabFocus and w.isVisible()
        ]
        if not inside:
            return True
        now = self.focusWidget()
        place = inside.index(now) if now in inside else -1
        inside[(place + (1 if forward else -1)) % len(inside)].setFocus(Qt.FocusReason.TabFocusReason)
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
            return
        super().keyPressEvent(event)

    def mousePressEvent(self, event: Any) -> None:
        if not self.box.geometry().contains(event.position().toPoint()):
            self.leave()

    def paintEvent(self, event: QPaintEvent) -> None:
        veil = theme.colour("text" if not theme.is_dark() else "canvas")
        veil.setAlphaF(0.35 if not theme.is_dark() else 0.65)
        QPainter(self).fillRect(self.rect(), veil)

    def _place(self) -> None:
        area = self._window.rect()
        self.setGeometry(area)
        width = min(round(self._size[0] * theme.scale()), area.width() - 48)
        wanted = round(self._size[1] * theme.scale()) or self.box.heightForWidth(width) or 0
        height = min(max(wanted, 0 if self._size[1] else self.box.sizeHint().height()), area.height() - 96)
        self.box.setGeometry((area.width() - width) // 2, 72, width, height)
