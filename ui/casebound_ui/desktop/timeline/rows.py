"""The events in view as rows: pages of them, read when they come into sight, under the columns a person chose."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, Qt

from casebound.case import Event, EventId
from casebound_ui.desktop.records import CELL, RECORD, Cell, Index
from casebound_ui.desktop.timeline import cells, columns
from casebound_ui.desktop.timeline.badges import Badges
from casebound_ui.desktop.timeline.cells import LONG, Cells, SourceName
from casebound_ui.desktop.timeline.columns import Columns
from casebound_ui.desktop.timeline.dates import table_text
from casebound_ui.desktop.timeline.pages import Pages
from casebound_ui.desktop.tips import plain_tip
from casebound_ui.desktop.wording import inert

__all__ = ["LONG", "TIME", "EventRows", "SourceName"]

TIME = 0  # the place of the column that is always there
Fetch = Callable[[int, int, Callable[[Sequence[Event] | None], None]], None]
_ROLES = (
    RECORD,
    CELL,
    Qt.ItemDataRole.DisplayRole,
    Qt.ItemDataRole.ToolTipRole,
    Qt.ItemDataRole.AccessibleTextRole,
)


def _unknown(row: int) -> int | None:
    """Nobody has told the times yet."""
    return None


def _bare(event: Event) -> Event:
    """Everything of it is shown."""
    return event


class EventRows(QAbstractTableModel):
    """Events by their place in view. What is not read yet is a row with nothing but its time, which fills itself."""

    def __init__(self) -> None:
        super().__init__()
        self.columns = Columns()
        self.shown: tuple[str, ...] = self.columns.shown  # without those for which there is no room
        self.numbers: frozenset[str] = frozenset()  # columns of numbers: they stand at the right
        self.cells = Cells({}, {})
        self.veil: Callable[[Event], Event] = _bare  # what may be shown of an event
        self.time_at: Callable[[int], int | None] = _unknown  # of a row, in microseconds, before it has been read
        self._count = 0
        self._pages: Pages[Event] = Pages(lambda first, stop, deliver: None, self._arrived)

    @property
    def sources(self) -> Mapping[int, SourceName]:
        return self.cells.sources

    @sources.setter
    def sources(self, sources: Mapping[int, SourceName]) -> None:
        self.cells.sources = sources

    @property
    def badges(self) -> Mapping[EventId, Badges]:
        return self.cells.badges

    def show(
        self, count: int, fetch: Fetch, time_at: Callable[[int], int | None] = _unknown, *, keep: bool = False
    ) -> None:
        """Show `count` events; `fetch` reads some of them, numbered from the first in view.

        With `keep`, rows that have been read are the same in the list that comes, and stay.
        """
        if keep and count == self._count:
            self.time_at = time_at
            self._pages.turn_to(fetch)
            self._arrived(0, count)
            return
        self.beginResetModel()
        self._count = count
        self.time_at = time_at
        self._pages.clear()
        self._pages = Pages(fetch, self._arrived)
        self.endResetModel()

    def show_columns(self, chosen: Columns, shown: tuple[str, ...]) -> None:
        """Show these columns, of them only `shown` for want of room. Rows and the chosen one stay."""
        self.columns = chosen
        if shown != self.shown:
            self.layoutAboutToBeChanged.emit()
            self.shown = shown
            self.layoutChanged.emit()

    def show_badges(self, badges: Mapping[EventId, Badges]) -> None:
        self.cells.badges = badges
        self._arrived(0, self._count)

    def event(self, row: int) -> Event | None:  # type: ignore[override]
        """The event in a row, if it has been read."""
        found = self._pages.peek(row)
        return None if found is None else self.veil(found)

    def covered(self, row: int) -> bool:
        """Whether the texts of a row are covered: what stands there is no value of it."""
        found = self._pages.peek(row)
        return found is not None and self.veil(found) is not found

    def show_anew(self) -> None:
        """What may be shown of the events is another matter now."""
        self._arrived(0, self._count)

    def cell(self, row: int, column: str) -> Cell:
        """What is drawn in a row that comes into sight: its page is asked for where it has not been read."""
        event = self._pages.get(row)
        if event is not None:
            return self.cells.cell(self.veil(event), column)
        if column != columns.TIME:
            return Cell("")
        time = self.time_at(row)
        return Cell("…" if time is None else table_text(time, self.cells.digits or None), "text3")

    def value(self, event: Event, column: int) -> tuple[str, str] | None:
        """Field and value of a cell, as a filter names them; None for time and marks, and where there is no field."""
        return cells.pointed(event, self.shown[column]) if 0 <= column < len(self.shown) else None

    def place(self, column: str) -> int:
        """Where a column stands among those shown; -1 where it is not."""
        return self.shown.index(column) if column in self.shown else -1

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else self._count

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.shown)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or role not in _ROLES:
            return None
        name = self.shown[index.column()]
        found = self._pages.get(index.row())
        event = None if found is None else self.veil(found)
        if role == RECORD:
            return event
        if role == CELL:
            return self.cell(index.row(), name)
        if event is None:
            return ""
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip(self.cells.words(event, name))
        if name == columns.SOURCE:
            return self.sources.get(event.source, SourceName("", "")).name
        return self.cells.cell(event, name).text

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            name = self.shown[section]
            return "" if name == columns.SOURCE and self.cells.icons_only else inert(columns.title(name), 120)
        return None

    def _arrived(self, first: int, stop: int) -> None:
        last = min(stop, self._count) - 1
        if first <= last:
            self.dataChanged.emit(self.index(first, 0), self.index(last, len(self.shown) - 1))
