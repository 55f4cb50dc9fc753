"""The inspector beside the timeline, or over its right edge where the page is narrow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from casebound_ui.desktop import theme
from casebound_ui.desktop.controls import retone

if TYPE_CHECKING:
    from casebound_ui.desktop.timeline.inspector import Inspector

NARROW = 980  # width of the page below which the inspector lies over it
MOST = 1.65  # with larger text the limit grows up to this, as the inspector does


class Panes(QObject):
    """Keeps the inspector where there is room for it. As an overlay it is away until it is asked for, and Esc puts it
    away again."""

    def __init__(self, page: QWidget, layout: QHBoxLayout, inspector: Inspector, back: QWidget) -> None:
        super().__init__(page)
        self._page, self._layout, self._inspector, self._back = page, layout, inspector, back
        self.over = False
        self._beside = True  # whether it was shown when it last stood beside
        page.installEventFilter(self)
        inspector.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._page:
            if event.type() == QEvent.Type.Resize:
                self._fit()
        elif event.type() == QEvent.Type.StyleChange:
            self._fit()
        elif self.over and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() != Qt.Key.Key_Escape:
                return False
            self.put_away()
            return True
        return False

    def put_away(self) -> None:
        """Hide the overlay and go back to the rows."""
        self._inspector.hide()
        self._back.setFocus()

    def _fit(self) -> None:
        narrow = self._page.width() < round(NARROW * min(theme.scale(), MOST))
        if narrow != self.over:
            self.over = narrow
            if narrow:
                self._beside = not self._inspector.isHidden()
                self._layout.removeWidget(self._inspector)
                self._inspector.hide()
            else:
                self._layout.addWidget(self._inspector)
                self._inspector.setVisible(self._beside)
            retone(self._inspector, over="true" if narrow else "false")
        if self.over:
            width = min(self._inspector.width(), self._page.width())
            self._inspector.setGeometry(self._page.width() - width, 0, width, self._page.height())
            self._inspector.raise_()
