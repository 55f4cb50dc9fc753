"""A view of rows of one height under a line of titles, of which only those in sight cost anything.

The scroll bar counts rows, not pixels, so that no number grows with the height of the list; columns at the left can
stay while the others scroll.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPoint, QRect, Qt
from PySide6.QtGui import QRegion
from PySide6.QtWidgets import QAbstractItemView, QWidget

from casebound_ui.desktop.records import Index
from casebound_ui.desktop.timeline.columnplaces import Placing
from casebound_ui.desktop.timeline.rows import EventRows

Hint = QAbstractItemView.ScrollHint


class RowView(QAbstractItemView):
    """Places of rows and cells, and what Qt asks of every view. `head` is the line of titles, set by who makes it."""

    head: QWidget

    def __init__(self) -> None:
        super().__init__()
        self.rows = EventRows()
        self.placing = Placing()
        self.row_height = 28  # pixels
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setAutoScroll(False)
        self.verticalScrollBar().setSingleStep(1)
        self.horizontalScrollBar().setSingleStep(24)

    # Places

    @property
    def first_row(self) -> int:
        """The first row in sight."""
        return self.verticalScrollBar().value()

    @property
    def full_rows(self) -> int:
        """How many rows there is room for, wholly."""
        return max(self.viewport().height() // self.row_height, 1)

    @property
    def last_row(self) -> int:
        """The last row of which something is in sight; -1 where there is none."""
        room = -(-self.viewport().height() // self.row_height)
        return min(self.first_row + room, self.rows.rowCount()) - 1

    @property
    def scrolled(self) -> int:
        """How far the columns that move are scrolled, in pixels."""
        return self.horizontalScrollBar().value()

    def top_of(self, row: int) -> int:
        """Where a row begins in the viewport."""
        return (row - self.first_row) * self.row_height

    def rowAt(self, y: int) -> int:
        """The row at a height of the viewport; -1 below the last."""
        row = self.first_row + y // self.row_height
        return row if y >= 0 and row < self.rows.rowCount() else -1

    def columnAt(self, x: int) -> int:
        """The column at a place of the viewport; -1 beside them."""
        return self.placing.at(x, self.scrolled)

    def cell_rect(self, row: int | None, place: int) -> QRect:
        """Where a cell stands in the viewport; empty where it cannot be seen."""
        if row is None or not self.first_row <= row <= self.last_row or not 0 <= place < len(self.placing.names):
            return QRect()
        left = self.placing.left(place, self.scrolled)
        return QRect(left, self.top_of(row), self.placing.widths[place], self.row_height)

    def bring(self, row: int, *, centre: bool = False) -> None:
        """Scroll as little as brings a row into sight, or so that it stands in the middle."""
        bar = self.verticalScrollBar()
        if centre:
            bar.setValue(row - self.full_rows // 2)
        elif row < bar.value():
            bar.setValue(row)
        elif row >= bar.value() + self.full_rows:
            bar.setValue(row - self.full_rows + 1)

    def bring_column(self, place: int) -> None:
        self.horizontalScrollBar().setValue(self.placing.showing(place, self.scrolled))

    def centre(self, row: int) -> None:
        """Put a row in the middle."""
        self.bring(row, centre=True)

    # What Qt asks of a view

    def indexAt(self, at: QPoint) -> QModelIndex:
        row, place = self.rowAt(at.y()), self.columnAt(at.x())
        return self.rows.index(row, place) if row >= 0 and place >= 0 else QModelIndex()

    def visualRect(self, index: Index) -> QRect:
        return self.cell_rect(index.row(), index.column()) if index.isValid() else QRect()

    def scrollTo(self, index: Index, hint: Hint = Hint.EnsureVisible) -> None:
        if index.isValid():
            self.bring(index.row(), centre=hint == Hint.PositionAtCenter)

    def horizontalOffset(self) -> int:
        return self.scrolled

    def verticalOffset(self) -> int:
        return 0  # rows are counted, not pixels

    def moveCursor(self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier) -> QModelIndex:
        return self.currentIndex()  # keys are answered by `hands`

    def isIndexHidden(self, index: Index) -> bool:
        return False

    def setSelection(self, rect: QRect, command: object) -> None:
        """The selection is `picked`, not Qt's."""

    def visualRegionForSelection(self, selection: object) -> QRegion:
        return QRegion(self.viewport().rect())

    def dataChanged(self, first: Index, last: Index, roles: Sequence[int] = ()) -> None:
        if last.row() >= self.first_row and first.row() <= self.last_row:
            self.viewport().update()

    def updateGeometries(self) -> None:
        """Scroll bars for this many rows and this much room."""
        head = self.head.sizeHint().height()
        if self.viewportMargins().top() != head:
            self.setViewportMargins(0, head, 0, 0)
        view = self.viewport().geometry()
        self.head.setGeometry(view.left(), view.top() - head, view.width(), head)
        vertical, horizontal = self.verticalScrollBar(), self.horizontalScrollBar()
        vertical.setPageStep(self.full_rows)
        vertical.setRange(0, max(self.rows.rowCount() - self.full_rows, 0))
        horizontal.setPageStep(max(self.placing.room - self.placing.fixed, 1))
        horizontal.setRange(0, self.placing.most)

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        self.viewport().update()
        self.head.update()
