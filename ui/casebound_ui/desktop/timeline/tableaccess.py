"""The table for those who listen: the titles with their order, and the rows in sight, never sixteen million of them."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPoint, QRect
from PySide6.QtGui import (
    QAccessible,
    QAccessibleInterface,
    QWindow,
)
from PySide6.QtWidgets import QAccessibleWidget, QWidget

from casebound_ui.desktop.timeline import columns, interfaces
from casebound_ui.desktop.timeline.head import order_words
from casebound_ui.desktop.timeline.table import EventTable
from casebound_ui.desktop.wording import inert

HEAD = -1  # the row of the titles


class Part(QAccessibleInterface):
    """Something of the table that is drawn and is no widget: a row, or a cell of one."""

    def __init__(self, table: EventTable, row: int, column: str = "") -> None:
        super().__init__()
        self._table, self._row, self._column = table, row, column
        self._cells: dict[str, Part] = {}

    def isValid(self) -> bool:
        return self._row == HEAD or self._table.first_row <= self._row <= self._table.last_row

    def object(self) -> QObject | None:  # type: ignore[override]
        return None

    def window(self) -> QWindow | None:  # type: ignore[override]
        return self._table.window().windowHandle()

    def parent(self) -> QAccessibleInterface | None:  # type: ignore[override]
        whole = QAccessible.queryAccessibleInterface(self._table)
        if not self._column or not isinstance(whole, TableInterface):
            return whole
        return whole.part(self._row)

    def _names(self) -> tuple[str, ...]:
        return () if self._column else self._table.rows.shown

    def childCount(self) -> int:
        return len(self._names())

    def child(self, index: int) -> QAccessibleInterface | None:  # type: ignore[override]
        names = self._names()
        if not 0 <= index < len(names):
            return None
        return self._cells.setdefault(names[index], Part(self._table, self._row, names[index]))

    def indexOfChild(self, child: QAccessibleInterface) -> int:
        return next((at for at, name in enumerate(self._names()) if self._cells.get(name) is child), -1)

    def childAt(self, x: int, y: int) -> QAccessibleInterface | None:  # type: ignore[override]
        found = (self.child(at) for at in range(self.childCount()))
        return next((one for one in found if one is not None and one.rect().contains(x, y)), None)

    def rect(self) -> QRect:
        table = self._table
        over: QWidget = table.head if self._row == HEAD else table.viewport()
        if not self._column:
            top, height = (0, over.height()) if self._row == HEAD else (table.top_of(self._row), table.row_height)
            inside = QRect(0, top, over.width(), height)
        else:
            place = table.rows.place(self._column)
            inside = table.head.rect_of(place) if self._row == HEAD else table.cell_rect(self._row, place)
        return inside.translated(over.mapToGlobal(QPoint(0, 0)))

    def role(self) -> QAccessible.Role:
        role = QAccessible.Role
        if not self._column:
            return role.Row
        return role.ColumnHeader if self._row == HEAD else role.Cell

    def state(self) -> QAccessible.State:
        state = QAccessible.State()
        if self._row != HEAD:
            state.selectable = True
            state.selected = self._row in self._table.picked
            state.focusable = True
            state.focused = self._row == self._table.row and self._table.hasFocus()
        return state

    def text(self, which: QAccessible.Text) -> str:
        return self._name() if which == QAccessible.Text.Name else ""

    def setText(self, which: QAccessible.Text, text: str) -> None:
        """Evidence is not changed from outside."""

    def _name(self) -> str:
        table = self._table
        if self._row == HEAD:
            return title_words(table, self._column) if self._column else "Titles"
        event = table.rows.event(self._row)
        if event is None:
            return "Not read yet"
        if self._column:
            return table.rows.cells.words(event, self._column)
        return row_words(table, self._row)


class TableInterface(QAccessibleWidget):
    """The table: the line of titles, then the rows in sight."""

    def __init__(self, table: EventTable) -> None:
        super().__init__(table, QAccessible.Role.Table, table.accessibleName())
        self._table = table
        self._parts: dict[int, Part] = {}

    def part(self, row: int) -> Part:
        """The line of titles (`HEAD`) or a row."""
        if len(self._parts) > 500:
            self._parts.clear()
        return self._parts.setdefault(row, Part(self._table, row))

    def childCount(self) -> int:
        return 2 + self._table.last_row - self._table.first_row

    def child(self, index: int) -> QAccessibleInterface | None:  # type: ignore[override]
        if not 0 <= index < self.childCount():
            return None
        return self.part(HEAD if index == 0 else self._table.first_row + index - 1)

    def indexOfChild(self, child: QAccessibleInterface) -> int:
        return next((at for at in range(self.childCount()) if self.child(at) is child), -1)

    def childAt(self, x: int, y: int) -> QAccessibleInterface | None:  # type: ignore[override]
        found = (self.child(at) for at in range(self.childCount()))
        return next((one for one in found if one is not None and one.rect().contains(x, y)), None)

    def focusChild(self) -> QAccessibleInterface | None:  # type: ignore[override]
        table = self._table
        if table.row is None or not table.hasFocus() or not table.first_row <= table.row <= table.last_row:
            return None
        return self.part(table.row).child(table.column)


def title_words(table: EventTable, name: str) -> str:
    """“tokens, sorted downwards”."""
    order = order_words(table, name)
    title = inert(columns.title(name), 200)
    return f"{title}, {order}" if order else title


def row_words(table: EventTable, row: int) -> str:
    """A row as one sentence: every value under its title."""
    event = table.rows.event(row)
    if event is None:
        return "Not read yet"
    said = ((name, table.rows.cells.words(event, name).split("\n")[0]) for name in table.rows.shown)
    return ", ".join(f"{inert(columns.title(name), 60)} {text}" for name, text in said if text)


def install() -> None:
    """Let Qt ask for the table's interface. Once for a program; further calls do nothing."""
    interfaces.install(EventTable, TableInterface)
