"""Keys and mouse on the rows of the table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent

from casebound_ui.desktop.timeline import columns

if TYPE_CHECKING:
    from casebound_ui.desktop.timeline.table import EventTable

Key, Modifier = Qt.Key, Qt.KeyboardModifier


class TableHands:
    """What a person does to rows and cells, by either hand."""

    def __init__(self, table: EventTable) -> None:
        self._table = table
        self._dragging = False

    def key(self, event: QKeyEvent) -> None:
        """Arrows, pages, first and last, with Shift for several rows; Enter, F2 and the menu key for the cell."""
        table, key = self._table, Key(event.key())
        shift = bool(event.modifiers() & Modifier.ShiftModifier)
        control = bool(event.modifiers() & Modifier.ControlModifier)
        row = table.row
        steps = {Key.Key_Up: -1, Key.Key_Down: 1, Key.Key_PageUp: -table.full_rows, Key.Key_PageDown: table.full_rows}
        if key in steps and not control:
            table.go_to(table.first_row if row is None else row + steps[key], extend=shift)
        elif key in (Key.Key_Home, Key.Key_End):
            table.go_to(0 if key == Key.Key_Home else table.rows.rowCount() - 1, extend=shift)
        elif key in (Key.Key_Left, Key.Key_Right) and event.modifiers() in (
            Modifier.NoModifier,
            Modifier.KeypadModifier,
        ):
            table.go_to(table.first_row if row is None else row, table.column + (-1 if key == Key.Key_Left else 1))
        elif key in (Key.Key_Left, Key.Key_Right) and shift and control:
            self._move_column(-1 if key == Key.Key_Left else 1)
        elif key == Key.Key_A and control:
            table.selectAll()
        elif key == Key.Key_Escape and table.picked_count > 1 and row is not None:
            table.go_to(row)
        elif key in (Key.Key_Return, Key.Key_Enter) and row is not None:
            table.opened.emit(row)
        elif key == Key.Key_F2 and row is not None:
            table.value_wanted.emit(row, table.rows.shown[table.column])
        elif key == Key.Key_Menu or (key == Key.Key_F10 and shift):
            self._menu_of_cell()
        else:
            event.ignore()  # letters are commands, and what is left belongs to the screen
            return
        event.accept()

    def _move_column(self, by: int) -> None:
        names = self._table.rows.columns.shown
        name = self._table.rows.shown[self._table.column]
        at = names.index(name) + by
        if 0 <= at < len(names):
            self._table.move_column(name, names[at])
            self._table.bring_column(self._table.column)

    def press(self, event: QMouseEvent) -> None:
        table, at = self._table, event.position().toPoint()
        row, place = table.rowAt(at.y()), table.columnAt(at.x())
        if row < 0:
            return
        shift = bool(event.modifiers() & Modifier.ShiftModifier)
        control = bool(event.modifiers() & Modifier.ControlModifier)
        column = place if place >= 0 else None
        if event.button() == Qt.MouseButton.LeftButton:
            table.go_to(row, column, extend=shift, toggle=control and not shift)
            self._dragging = not control
        elif event.button() == Qt.MouseButton.RightButton:
            if row in table.picked and table.picked_count > 1:
                table.stand_in(row, column)
            else:
                table.go_to(row, column)

    def move(self, event: QMouseEvent) -> None:
        """Dragging over rows selects them."""
        if not self._dragging or not event.buttons() & Qt.MouseButton.LeftButton:
            return
        table, y = self._table, event.position().toPoint().y()
        row = table.first_row + y // table.row_height
        row = min(max(row, table.first_row - 1), table.first_row + table.full_rows)
        if row != table.row:
            table.go_to(row, extend=True)

    def release(self, event: QMouseEvent) -> None:
        self._dragging = False

    def double(self, event: QMouseEvent) -> None:
        """The whole value of a cell; on a time or the marks the event in the inspector."""
        table, at = self._table, event.position().toPoint()
        row, place = table.rowAt(at.y()), table.columnAt(at.x())
        if row < 0 or event.button() != Qt.MouseButton.LeftButton:
            return
        name = table.rows.shown[place] if place >= 0 else columns.TIME
        if name in (columns.TIME, columns.LOCAL, columns.MARKS):
            table.opened.emit(row)
        else:
            table.value_wanted.emit(row, name)

    def menu(self, event: QContextMenuEvent) -> None:
        """The menu of the row under the pointer; by the keyboard that of the current cell."""
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            self._menu_of_cell()
        else:
            self._table.menu_wanted.emit(event.globalPos())
        event.accept()

    def _menu_of_cell(self) -> None:
        table = self._table
        if table.row is None:
            return
        table.bring(table.row)
        table.bring_column(table.column)
        rect = table.cell_rect(table.row, table.column)
        table.menu_wanted.emit(table.viewport().mapToGlobal(QPoint(rect.left() + 16, rect.center().y() + 4)))
