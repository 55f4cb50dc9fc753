"""The line of titles over the table: click sorts, drag moves a column or its edge, the pinned ones stay."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QContextMenuEvent, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QToolTip, QWidget

from casebound_ui.desktop import theme
from casebound_ui.desktop.timeline import columns
from casebound_ui.desktop.tips import plain_tip
from casebound_ui.desktop.wording import inert

if TYPE_CHECKING:
    from casebound_ui.desktop.timeline.table import EventTable

GRIP = 5  # pixels at either side of an edge that hold it
MOVED = 6  # pixels that a press travels before it is a drag


class Head(QWidget):
    """Drawn and heard by itself; what a person does to columns goes to the table."""

    sort_wanted = Signal(str)
    menu_wanted = Signal(str, object)

    def __init__(self, table: EventTable) -> None:
        super().__init__(table)
        self._table = table
        self._pressed: QPoint | None = None
        self._edge = self._held = -1  # the column whose edge, or which itself, is being dragged
        self._dragging = False
        self._to = -1
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName("Columns")

    def sizeHint(self) -> QSize:
        return QSize(100, round(30 * theme.scale()))

    def paintEvent(self, event: QPaintEvent) -> None:
        t, placing, table = theme.tokens(), self._table.placing, self._table
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(t.surface))
        painter.setPen(QColor(t.line))
        painter.drawLine(0, self.height() - 1, self.width(), self.height() - 1)
        painter.setClipRect(QRect(placing.fixed, 0, self.width(), self.height()))
        for place in range(placing.pinned, len(placing.names)):
            self._title(painter, place)
        painter.setClipping(False)
        for place in range(placing.pinned):
            self._title(painter, place)
        if table.scrolled and placing.pinned:
            painter.setPen(QColor(t.line_strong))
            painter.drawLine(placing.fixed - 1, 0, placing.fixed - 1, self.height())
        if self._dragging and self._to >= 0:
            edge = placing.left(self._to, table.scrolled)
            if self._to > self._held:
                edge += placing.widths[self._to]
            painter.fillRect(QRect(max(edge - 1, 0), 0, 3, self.height()), QColor(t.accent))
        painter.end()

    def _title(self, painter: QPainter, place: int) -> None:
        t, table = theme.tokens(), self._table
        name = table.placing.names[place]
        rect = self.rect_of(place)
        inner = rect.adjusted(10, 0, -8, -1)
        sign = sign_of(table, name)
        if sign:
            inner.setRight(inner.right() - 18)
        metrics = table.paint.metrics("caption")
        painter.setFont(theme.font("caption"))
        painter.setPen(QColor(t.text if sign else t.text2))
        text = metrics.elidedText(shown_title(table, name), Qt.TextElideMode.ElideRight, max(inner.width(), 0))
        right = name in table.rows.numbers
        side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
        painter.drawText(inner, side | Qt.AlignmentFlag.AlignVCenter, text)
        if sign:
            x = inner.right() + 3 if right else inner.left() + metrics.horizontalAdvance(text) + 3
            painter.drawPixmap(x, rect.center().y() - 6, theme.pixmap(sign, "accent", 13))

    def rect_of(self, place: int) -> QRect:
        """Where a title stands."""
        placing = self._table.placing
        return QRect(placing.left(place, self._table.scrolled), 0, placing.widths[place], self.height())

    def _edge_at(self, x: int) -> int:
        """The column whose right edge is held at `x`; -1 for none."""
        placing, offset = self._table.placing, self._table.scrolled
        for place in range(len(placing.names)):
            right = placing.left(place, offset) + placing.widths[place]
            if abs(x - right) <= GRIP and (place < placing.pinned or right > placing.fixed + GRIP):
                return place
        return -1

    # Hands

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        at = event.position().toPoint()
        self._pressed = at
        self._edge = self._edge_at(at.x())
        self._held = -1 if self._edge >= 0 else self._table.placing.at(at.x(), self._table.scrolled)
        self._dragging, self._to = False, -1

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at, placing, table = event.position().toPoint(), self._table.placing, self._table
        if self._pressed is None:
            over = self._edge_at(at.x()) >= 0
            self.setCursor(Qt.CursorShape.SplitHCursor if over else Qt.CursorShape.ArrowCursor)
        elif self._edge >= 0:
            width = at.x() - placing.left(self._edge, table.scrolled)
            table.pull(placing.names[self._edge], width)
        elif self._held >= 0 and (self._dragging or abs(at.x() - self._pressed.x()) > MOVED):
            self._dragging = True
            to = placing.at(at.x(), table.scrolled)
            self._to = len(placing.names) - 1 if to < 0 else to
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        held, edge, to, dragging = self._held, self._edge, self._to, self._dragging
        pressed = self._pressed
        self._pressed, self._held, self._edge, self._to, self._dragging = None, -1, -1, -1, False
        if pressed is None or event.button() != Qt.MouseButton.LeftButton:
            return
        names = self._table.placing.names
        if edge >= 0:
            self._table.pulled()
        elif dragging and 0 <= held < len(names) and 0 <= to < len(names):
            self._table.move_column(names[held], names[to])
        elif 0 <= held < len(names):
            self.sort_wanted.emit(names[held])
        self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """On an edge: as wide as what is in sight needs. Else a second click."""
        edge = self._edge_at(event.position().toPoint().x())
        if edge >= 0:
            self._table.fit_column(self._table.placing.names[edge])
        else:
            self.mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        event.ignore()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        place = self._table.placing.at(event.pos().x(), self._table.scrolled)
        names = self._table.placing.names
        self.menu_wanted.emit(names[place] if place >= 0 else columns.TIME, event.globalPos())

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            place = self._table.placing.at(event.pos().x(), self._table.scrolled)
            names = self._table.placing.names
            words = plain_tip(said(self._table, names[place])) if place >= 0 else ""
            QToolTip.showText(event.globalPos(), words, self)
            return True
        return super().event(event)


def shown_title(table: EventTable, name: str) -> str:
    """The title as there is room for it."""
    return "" if name == columns.SOURCE and table.rows.cells.icons_only else inert(columns.title(name), 120)


def sign_of(table: EventTable, name: str) -> str:
    """The icon of the order beside a title: the rows are sorted by this column; "" where they are not."""
    chosen = table.rows.columns
    by = chosen.sort or columns.TIME
    if name != by or (by == columns.TIME and not chosen.descending):
        return ""
    return "arrow-down" if chosen.descending else "arrow-up"


def order_words(table: EventTable, name: str) -> str:
    """How the rows are sorted by a column, in words; "" where they are not."""
    chosen = table.rows.columns
    if name != (chosen.sort or columns.TIME):
        return ""
    if name == columns.TIME:
        return "sorted, the latest first" if chosen.descending else "sorted, the earliest first"
    return "sorted downwards" if chosen.descending else "sorted upwards"


def said(table: EventTable, name: str) -> str:
    """A title with its order, and what a click does."""
    order = order_words(table, name)
    title = inert(columns.title(name), 300)
    if name == columns.LOCAL:
        return f"{title}, on the clocks of the zone that was applied"
    return f"{title}, {order}" if order else f"{title}. Click to sort by it"
