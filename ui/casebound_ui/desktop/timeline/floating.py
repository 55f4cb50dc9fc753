"""A frame that floats under a field, over the rest of the page: nothing moves where it comes and goes."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QRect
from PySide6.QtWidgets import QFrame, QWidget

EDGE = 12  # to the edge of the page


class Floating(QFrame):
    """Takes its place anew where the field or the page change their size. Those who come after say how tall it is."""

    def __init__(self, beside: QWidget, kind: str) -> None:
        super().__init__(beside)
        self._beside = beside
        self._page: QWidget | None = None
        self.setProperty("kind", kind)
        self.hide()
        beside.installEventFilter(self)

    def appear(self) -> None:
        """Show it over everything else on the page."""
        page = page_of(self._beside)
        if page is not self._page:
            self._page = page
            self.setParent(page)
            page.installEventFilter(self)
        self._place()
        self.show()
        self.raise_()

    def tall(self, width: int) -> int:
        """The height that it needs at this width."""
        return self.sizeHint().height()

    def narrowest(self) -> int:
        """The least width that it takes, where the page has it."""
        return 380

    def _place(self) -> None:
        if self._page is None:
            return
        at = self._beside.mapTo(self._page, QPoint(0, self._beside.height() + 4))
        room = self._page.rect().marginsRemoved(self._page.contentsMargins())
        width = min(max(self._beside.width(), self.narrowest()), room.width() - at.x() - EDGE)
        self.setGeometry(QRect(at.x(), at.y(), width, min(self.tall(width), room.height() - at.y() - EDGE)))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Move) and not self.isHidden():
            self._place()
        return False


def page_of(widget: QWidget) -> QWidget:
    """The page that a widget is on; its window where it is on none."""
    at: QWidget | None = widget
    while at is not None:
        if at.objectName() == "page" and at is not widget:
            return at
        at = at.parentWidget()
    return widget.window()
