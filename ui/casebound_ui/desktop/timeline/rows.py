"""The events in view as rows: what each cell says, and how the last one shows people's work."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPoint, QRect, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem

from casebound.case import Event, EventId
from casebound_ui.desktop import theme
from casebound_ui.desktop.controls import paint_chip
from casebound_ui.desktop.records import CELL, RECORD, Cell, CellPainter, Field, Index
from casebound_ui.desktop.timeline.badges import Badges
from casebound_ui.desktop.timeline.dates import table_text
from casebound_ui.desktop.timeline.pages import Pages
from casebound_ui.desktop.tips import plain_tip
from casebound_ui.desktop.wording import inert

LONG = 400  # characters of a cell that are looked at
TIME, SOURCE, ACTION, ACTOR, OBJECT, MARKS = range(6)
TITLES = ("Time (UTC)", "Source", "Action", "Actor", "Object", "Marks")


@dataclass(frozen=True, slots=True)
class SourceName:
    """How a source is shown in a row."""

    name: str
    icon: str


class EventRows(QAbstractTableModel):
    """Events by their place in view. What is not read yet is an empty row that fills itself."""

    def __init__(self) -> None:
        super().__init__()
        self.fields = tuple(Field(title, 0, partial(self._cell, column=column)) for column, title in enumerate(TITLES))
        self.sources: Mapping[int, SourceName] = {}
        self.badges: Mapping[EventId, Badges] = {}
        self.icons_only = False
        self.digits = 0  # decimals of a second that some rows need
        self._count = 0
        self._pages: Pages[Event] = Pages(lambda first, stop, deliver: None, self._arrived)

    def show(self, count: int, fetch: Callable[[int, int, Callable[[Sequence[Event]], None]], None]) -> None:
        """Show `count` events; `fetch` reads some of them, numbered from the first in view."""
        self.beginResetModel()
        self._count = count
        self._pages.clear()
        self._pages = Pages(fetch, self._arrived)
        self.endResetModel()

    def show_badges(self, badges: Mapping[EventId, Badges]) -> None:
        self.badges = badges
        if self._count:
            self.dataChanged.emit(self.index(0, MARKS), self.index(self._count - 1, MARKS))

    def event(self, row: int) -> Event | None:  # type: ignore[override]
        """The event in a row, if it has been read."""
        return self._pages.peek(row)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else self._count

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(TITLES)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        known = role in (
            RECORD,
            CELL,
            Qt.ItemDataRole.DisplayRole,
            Qt.ItemDataRole.ToolTipRole,
            Qt.ItemDataRole.AccessibleTextRole,
        )
        if not known:
            return None
        event = self._pages.get(index.row())
        if role == RECORD:
            return event
        if event is None:
            return Cell("…" if index.column() == TIME else "", "text3") if role == CELL else ""
        cell = self._cell(event, index.column())
        if role == CELL:
            return cell
        named = index.column() == SOURCE
        text = self.sources.get(event.source, SourceName("", "")).name if named else cell.text
        return plain_tip(text) if role == Qt.ItemDataRole.ToolTipRole else text

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Horizontal:
            if role == Qt.ItemDataRole.DisplayRole:
                return "" if section == SOURCE and self.icons_only else TITLES[section]
            if role == Qt.ItemDataRole.TextAlignmentRole:
                return int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        return None

    def value(self, event: Event, column: int) -> tuple[str, str] | None:
        """Field and value of a cell, as a filter names them; None for the time and the marks."""
        if column == SOURCE:
            return "source", f"S-{event.source:02d}"
        if column in (ACTION, ACTOR, OBJECT):
            at = column - ACTION
            return ("action", "actor", "object")[at], (event.action, event.actor, event.object)[at]
        return None

    def _cell(self, event: Event, column: int) -> Cell:
        if column == TIME:
            return Cell(table_text(event.time_us), "text2")
        if column == SOURCE:
            name = self.sources.get(event.source, SourceName(f"S-{event.source:02d}", "file-text"))
            return Cell("" if self.icons_only else name.name, "text2", icon=name.icon)
        if column == MARKS:
            badges = self.badges.get(event.id)
            return Cell(badges.words if badges else "")
        text = (event.action, event.actor, event.object)[column - ACTION]
        return Cell(inert(text[:LONG]), "text2" if column == ACTOR else "text")

    def _arrived(self, first: int, stop: int) -> None:
        last = min(stop, self._count) - 1
        if first <= last:
            self.dataChanged.emit(self.index(first, 0), self.index(last, len(TITLES) - 1))


class RowPainter(CellPainter):
    """Rows as on every screen; the last column shows marks as an amber diamond and findings as chips."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        event: Event | None = index.data(RECORD) if index.column() == MARKS else None
        model = index.model()
        badges = model.badges.get(event.id) if isinstance(model, EventRows) and event is not None else None
        if badges is None:
            super().paint(painter, option, index)
            return
        t = theme.tokens()
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        painter.save()
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, QColor(t.accent_soft))
        painter.setPen(QColor(t.line))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        middle, x = rect.center().y(), rect.left() + 16
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(t.mark))
        painter.setBrush(QColor(t.mark_fill))
        painter.drawPolygon(
            [QPoint(x, middle - 5), QPoint(x + 5, middle), QPoint(x, middle + 5), QPoint(x - 5, middle)]
        )
        x += 11
        metrics = QFontMetrics(theme.font("caption"))
        labels = [(number, "finding") for number in badges.findings] or (
            [(badges.exhibit, "warn")] if badges.exhibit else []
        )
        for text, tone in labels:
            width = metrics.horizontalAdvance(text) + 14
            if x + width > rect.right() - 2:
                break
            paint_chip(painter, QRect(x, middle - 9, width, 19), text, tone)
            x += width + 4
        painter.restore()
