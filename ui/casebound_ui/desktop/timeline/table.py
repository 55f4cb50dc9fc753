"""The table under the canvas: the events in view, one row each, however many they are.

What it costs depends on the rows in sight, never on how many there are; the selection is a few ranges of rows.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)

from casebound_ui.desktop import theme
from casebound_ui.desktop.records import Index
from casebound_ui.desktop.timeline import columnplaces, columns
from casebound_ui.desktop.timeline.columns import Columns
from casebound_ui.desktop.timeline.dates import table_text
from casebound_ui.desktop.timeline.head import Head, shown_title
from casebound_ui.desktop.timeline.picked import NOTHING_PICKED, Picked
from casebound_ui.desktop.timeline.rows import TIME
from casebound_ui.desktop.timeline.rowview import RowView
from casebound_ui.desktop.timeline.tablebubble import Bubble
from casebound_ui.desktop.timeline.tablehands import TableHands
from casebound_ui.desktop.timeline.tablepaint import TablePaint

MONTH = 31 * 86_400_000_000  # microseconds; their names are not equally wide


class EventTable(RowView):
    """One event is the chosen one; any number of rows are selected around it. Both are rows of the list at hand."""

    chosen = Signal(int)  # row, by a person's hand
    opened = Signal(int)
    value_wanted = Signal(int, str)  # row and column whose whole value is asked for
    menu_wanted = Signal(object)
    column_menu_wanted = Signal(str, object)
    sort_wanted = Signal(str)
    picked_changed = Signal()
    columns_changed = Signal(object)  # Columns, by a person's hand
    head: Head

    def __init__(self) -> None:
        super().__init__()
        self.paint = TablePaint(self)
        self.picked: Picked = NOTHING_PICKED
        self.anchor = 0  # the row that a selection of several begins with
        self.words: tuple[str, ...] = ()  # of the filter, in lower case, to be shown where they stand
        self.sight = (0, 0)  # first row in sight and the first below: plain numbers, which any thread may read
        self.still = False  # whether `choose` leaves the rows where they are
        self._following = self._picking = False
        self._new = True  # the list has changed since a row was last brought into sight
        self._hint = ""
        self._pulling: Columns | None = None
        self.head = Head(self)
        self.hands = TableHands(self)
        self.bubble = Bubble(self)
        self.setModel(self.rows)
        self.setAccessibleName("Events in view")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.head.sort_wanted.connect(self.sort_wanted)
        self.head.menu_wanted.connect(self.column_menu_wanted)
        self.rows.modelReset.connect(self._reset)
        self.rows.layoutChanged.connect(self._lay_out)
        self._measure()

    # Choosing and selecting

    @property
    def row(self) -> int | None:
        """The row of the chosen event, if it is listed."""
        index = self.currentIndex()
        return index.row() if index.isValid() else None

    @property
    def column(self) -> int:
        """Where the keyboard stands in the row."""
        index = self.currentIndex()
        return index.column() if index.isValid() else TIME

    def choose(self, row: int | None) -> None:
        """Follow a choice made elsewhere: select and show the row, or none. Tells nobody.

        A selection of several rows stays where the row is one of them.
        """
        self._following = True
        if row is None or not 0 <= row < self.rows.rowCount():
            self.setCurrentIndex(QModelIndex())
            self.pick(NOTHING_PICKED)
        else:
            same = row == self.row and self.picked.count > 0
            if not same:
                self._stand(row, self.column, self.picked if row in self.picked else Picked.of((row,)))
                self.anchor = row
            if not self.still and (not same or self._new):
                self.bring(row)
            self._new = False
        self._following = False

    def go_to(self, row: int, column: int | None = None, *, extend: bool = False, toggle: bool = False) -> None:
        """Choose a row by a person's hand, held inside the list. `extend` selects all from where the selection began,
        `toggle` takes the row into the selection or out of it."""
        count = self.rows.rowCount()
        if not count:
            return
        row = min(max(row, 0), count - 1)
        place = self.column if column is None else min(max(column, 0), len(self.rows.shown) - 1)
        if extend:
            picked = Picked.between(min(self.anchor, count - 1), row)
        else:
            picked = self.picked.toggled(row) if toggle else Picked.of((row,))
            self.anchor = row
        self._stand(row, place, picked)
        self.bring(row)
        self.bring_column(place)

    def stand_in(self, row: int, column: int | None) -> None:
        """Make a row of the selection the chosen one; all of it stays selected."""
        self._stand(row, self.column if column is None else column, self.picked)

    def pick(self, picked: Picked) -> None:
        """Select these rows; the chosen event stays."""
        if picked != self.picked:
            self.picked = picked
            self.viewport().update()
            self.picked_changed.emit()

    def selectAll(self) -> None:
        """Every row, as one range: nothing is done to any of them."""
        count = self.rows.rowCount()
        if count:
            self.anchor = 0
            self.pick(Picked(((0, count),)))

    @property
    def picked_count(self) -> int:
        """How many rows are selected."""
        return self.picked.count

    def picked_rows(self, most: int) -> list[int]:
        """The selected rows, the first `most` of them."""
        return self.picked.rows(most)

    def value_at(self, at: QPoint) -> tuple[str, str] | None:
        """The field and the value of the cell at a point of the viewport, as a filter names them.

        None where there is no row, where it is not read yet or covered, and on a column that is no field (time, marks).
        """
        row = self.rowAt(at.y())
        event = self.rows.event(row)
        if event is None or self.rows.covered(row):
            return None
        return self.rows.value(event, self.columnAt(at.x()))

    def _stand(self, row: int, column: int, picked: Picked) -> None:
        before = self.row
        self._picking = True
        self.pick(picked)
        self.setCurrentIndex(self.rows.index(row, column))
        self._picking = False
        if before == row and not self._following:
            self.viewport().update()

    def currentChanged(self, now: Index, before: Index) -> None:
        """Qt tells that the current cell is another, by whichever way."""
        self.viewport().update()
        if not now.isValid():
            return
        if not self._picking:
            self.anchor = now.row()
            self.pick(Picked.of((now.row(),)))
        moved = not before.isValid() or before.row() != now.row()
        if moved and not self._following:
            self.chosen.emit(now.row())

    # Columns

    def show_columns(self, chosen: Columns) -> None:
        """Show these columns. Tells nobody."""
        self.rows.columns = chosen
        self._place()

    def change_columns(self, chosen: Columns) -> None:
        """Show these columns because a person said so."""
        if chosen != self.rows.columns:
            self.show_columns(chosen)
            self.columns_changed.emit(chosen)

    def move_column(self, name: str, to: str) -> None:
        """Put a column where another one stands."""
        chosen = self.rows.columns
        if name in chosen.shown and to in chosen.shown:
            self.change_columns(chosen.moved(name, chosen.shown.index(to)))

    def pull(self, name: str, width: int) -> None:
        """A person pulls the edge of a column; `pulled` ends it."""
        self._pulling = (self._pulling or self.rows.columns).with_width(name, round(width / theme.scale()))
        self.show_columns(self._pulling)

    def pulled(self) -> None:
        pulling, self._pulling = self._pulling, None
        if pulling is not None:
            self.columns_changed.emit(pulling)

    def fit_column(self, name: str) -> None:
        """As wide as the title and what is in sight need."""
        place = self.rows.place(name)
        if place < 0:
            return
        metrics = self.paint.metrics("body")
        texts = [self.rows.cell(row, name) for row in range(self.first_row, self.last_row + 1)]
        widest = max((metrics.horizontalAdvance(cell.text) + (24 if cell.icon else 0) for cell in texts), default=0)
        self.pull(name, max(widest + 20, self._title_width(name)))
        self.pulled()

    def isColumnHidden(self, column: int) -> bool:
        """Whether one of the columns of a new case is not shown."""
        return columns.DEFAULT[column] not in self.rows.shown

    def _title_width(self, name: str) -> int:
        return self.paint.metrics("caption").horizontalAdvance(shown_title(self, name)) + 42

    def _place(self) -> None:
        room, scale = self.viewport().width(), theme.scale()
        names, narrow = columnplaces.fitting(self.rows.columns, room, scale)
        self.rows.cells.icons_only = narrow and columns.SOURCE in names
        digits = self.rows.cells.digits
        metrics = self.paint.metrics("body")
        time = max(metrics.horizontalAdvance(table_text(at * MONTH, digits)) for at in range(12)) + 22
        column = self.rows.shown[self.column] if self.row is not None else ""
        self.rows.show_columns(self.rows.columns, names)
        self.placing = columnplaces.placed(
            self.rows.columns,
            names,
            room,
            scale,
            time=time,
            icons_only=self.rows.cells.icons_only,
            title_width=self._title_width,
        )
        if self.row is not None and column != self.rows.shown[min(self.column, len(names) - 1)]:
            self._following = self._picking = True
            self.setCurrentIndex(self.rows.index(self.row, max(self.rows.place(column), 0)))
            self._following = self._picking = False
        self.updateGeometries()
        self.head.update()
        self.viewport().update()

    # Events

    def paintEvent(self, event: QPaintEvent) -> None:
        self.sight = (self.first_row, self.last_row + 1)
        painter = QPainter(self.viewport())
        self.paint.paint(painter, event.rect())
        if self._hint and not self.rows.rowCount():
            painter.setPen(theme.colour("text2"))
            painter.setFont(theme.font("body"))
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(self.viewport().rect().adjusted(16, 0, -16, 0), flags, self._hint)
        painter.end()

    def show_hint(self, text: str) -> None:
        """Words in the middle of a table without rows."""
        if text != self._hint:
            self._hint = text
            self.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self.hands.key(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.hands.press(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.hands.move(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.hands.release(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.hands.double(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.hands.menu(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.viewport().update()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and hasattr(self, "hands"):
            self.paint.forget()
            self._measure()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if hasattr(self, "hands"):
            self._measure()
            if self.row is not None:
                self.bring(self.row)

    def show_digits(self, digits: int) -> None:
        """How many decimals of a second some rows need, for the width of the column: none, 3 or 6."""
        if digits != self.rows.cells.digits:
            self.rows.cells.digits = digits
            self._measure()

    def show_words(self, words: tuple[str, ...]) -> None:
        """Words of the filter, to be shown where they stand."""
        if words != self.words:
            self.words = words
            self.viewport().update()

    def _measure(self) -> None:
        """Heights and widths for this size of window and text."""
        self.row_height = round((24 if self.height() < 190 * min(theme.scale(), 1.4) else 28) * theme.scale())
        self._place()

    def _reset(self) -> None:
        self._new = True
        self.pick(NOTHING_PICKED)
        self.updateGeometries()
        self.viewport().update()

    def _lay_out(self) -> None:
        self.viewport().update()
