"""A small panel over the timeline: it goes with Esc, or when the focus goes elsewhere."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QFrame, QWidget

EDGE = 8  # pixels that are kept free at the edges of the page


class OverPanel(QFrame):
    """Lies over `over`, inside its edges. Made for one time: it is let go when it closes."""

    def __init__(self, over: QWidget, back: QWidget) -> None:
        super().__init__(over)
        self._over, self._back = over, back
        self._open = False
        self.setProperty("kind", "dialog")
        self.setAutoFillBackground(True)
        self.hide()
        over.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """It stands beside something that is elsewhere once the page has another size."""
        if watched is self._over and event.type() == QEvent.Type.Resize:
            self._close()
        return False

    def open_beside(self, about: QRect, focus: QWidget, *, right: bool = False) -> None:
        """Open under `about` (in places of the screen), over it where there is more room; `right` aligns that side."""
        corner = self._over.mapFromGlobal(about.topLeft())
        rect = QRect(corner, about.size())
        width = min(self.width(), self._over.width() - 2 * EDGE)
        below, above = self._over.height() - rect.bottom() - 2 * EDGE, rect.top() - 2 * EDGE
        room = max(below, above)
        height = min(self.height(), max(room, self._over.height() // 2))
        y = rect.bottom() + 4 if height <= below or below >= above else rect.top() - 4 - height
        x = rect.right() - width if right else rect.left()
        x = min(max(x, EDGE), max(self._over.width() - width - EDGE, EDGE))
        y = min(max(y, EDGE), max(self._over.height() - height - EDGE, EDGE))
        self.setGeometry(QRect(QPoint(x, y), QPoint(x + width - 1, y + height - 1)))
        self.show()
        self.raise_()
        focus.setFocus()
        self._open = True
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._focus_changed)

    def leave(self) -> None:
        """Close, and go back to where one came from."""
        focused = QApplication.focusWidget()
        inside = focused is not None and self.isAncestorOf(focused)
        self._close()
        if inside:
            self._back.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
        else:
            super().keyPressEvent(event)

    def _focus_changed(self, before: QWidget | None, now: QWidget | None) -> None:
        if self._open and now is not None and not self.isAncestorOf(now):
            self._close()

    def _close(self) -> None:
        if self._open:
            self._open = False
            application = QApplication.instance()
            if isinstance(application, QApplication):
                application.focusChanged.disconnect(self._focus_changed)
            self.hide()
            self.deleteLater()
