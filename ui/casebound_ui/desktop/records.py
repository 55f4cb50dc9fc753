"""Lists of records: a table whose rows are plain values and whose cells are drawn alike on every screen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from casebound_ui.desktop import theme
from casebound_ui.desktop.controls import paint_chip
from casebound_ui.desktop.tips import plain_tip

Index = QModelIndex | QPersistentModelIndex
RECORD = Qt.ItemDataRole.UserRole
CELL = Qt.ItemDataRole.UserRole + 1

ENOUGH = 240  # pixels that the column with the words needs


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in one cell. `second` is a smaller line below; `chip` draws the text as a state.

    A text that is too long loses its middle, as paths should; `prose` loses its end.
    """

    text: str
    tone: str = "text"
    kind: str = "body"
    icon: str = ""
    second: str = ""
    chip: bool = False
    prose: bool = False


@dataclass(frozen=True, slots=True)
class Field:
    """One column: its title, its width in pixels (0 takes what is left), and the cell of a record.

    Where there is little room, columns with a `spare` above 0 are left out, the highest first; the panel beside the
    list says the same.
    """

    title: str
    width: int
    cell: Callable[[Any], Cell]
    right: bool = False
    spare: int = 0


class Records(QAbstractTableModel):
    """Rows of plain values under fields."""

    def __init__(self, fields: Sequence[Field]) -> None:
        super().__init__()
        self.fields = tuple(fields)
        self.records: tuple[Any, ...] = ()

    def show(self, records: Sequence[Any]) -> None:
        self.beginResetModel()
        self.records = tuple(records)
        self.endResetModel()

    def grow(self, records: Sequence[Any], count: int) -> None:
        """Show these records, of which the first `count` are new and the others those shown before."""
        self.beginInsertRows(QModelIndex(), 0, count - 1)
        self.records = tuple(records)
        self.endInsertRows()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self.records)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.fields)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        record = self.records[index.row()]
        if role == RECORD:
            return record
        if role in (CELL, Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            cell = self.fields[index.column()].cell(record)
            if role == CELL:
                return cell
            if role == Qt.ItemDataRole.DisplayRole:
                return cell.text
            told = f"{cell.text}. {cell.second}" if cell.second else cell.text
            return plain_tip(told) if role == Qt.ItemDataRole.ToolTipRole else told
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Horizontal:
            if role == Qt.ItemDataRole.DisplayRole:
                return self.fields[section].title
            if role == Qt.ItemDataRole.TextAlignmentRole:
                side = Qt.AlignmentFlag.AlignRight if self.fields[section].right else Qt.AlignmentFlag.AlignLeft
                return int(side | Qt.AlignmentFlag.AlignVCenter)
        return None


class CellPainter(QStyledItemDelegate):
    """Draws cells with the type and the colours of the theme; lines separate rows, a bar marks the chosen one."""

    def __init__(self, view: QTableView, height: int) -> None:
        super().__init__(view)
        self._height = height

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(40, round(self._height * theme.scale()))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        t = theme.tokens()
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        cell: Cell = index.data(CELL)
        field = index.model().fields[index.column()]  # type: ignore[attr-defined]
        painter.save()
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, QColor(t.accent_soft))
            if index.column() == 0:
                painter.fillRect(QRect(rect.left(), rect.top(), 3, rect.height()), QColor(t.accent))
        painter.setPen(QColor(t.line))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        inner = rect.adjusted(10, 0, -8, -1)
        if cell.icon:
            drawn = theme.pixmap(cell.icon, cell.tone if cell.tone != "text" else "text2")
            painter.drawPixmap(inner.left(), inner.center().y() - 7, drawn)
            inner.setLeft(inner.left() + 24)
        self._words(painter, inner, cell, field.right)
        painter.restore()

    def _words(self, painter: QPainter, inner: QRect, cell: Cell, right: bool) -> None:
        t = theme.tokens()
        side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
        if cell.chip:
            if cell.text:
                metrics = QFontMetrics(theme.font("caption"))
                width = min(inner.width(), metrics.horizontalAdvance(cell.text) + 22)
                left = inner.right() - width if right else inner.left()
                height = metrics.height() + 5
                paint_chip(painter, QRect(left, inner.center().y() - height // 2, width, height), cell.text, cell.tone)
            return
        font = theme.font(cell.kind)
        painter.setFont(font)
        painter.setPen(QColor(t.colour(cell.tone)))
        mode = Qt.TextElideMode.ElideRight if cell.prose else Qt.TextElideMode.ElideMiddle
        text = QFontMetrics(font).elidedText(cell.text, mode, inner.width())
        if not cell.second:
            painter.drawText(inner, side | Qt.AlignmentFlag.AlignVCenter, text)
            return
        small = theme.font("small")
        above, below = QFontMetrics(font).height(), QFontMetrics(small).height()
        top = inner.top() + (inner.height() - above - below) // 2
        painter.drawText(QRect(inner.left(), top, inner.width(), above), side | Qt.AlignmentFlag.AlignVCenter, text)
        painter.setFont(small)
        painter.setPen(QColor(t.text2))
        second = QFontMetrics(small).elidedText(cell.second, Qt.TextElideMode.ElideRight, inner.width())
        lower = QRect(inner.left(), top + above, inner.width(), below)
        painter.drawText(lower, side | Qt.AlignmentFlag.AlignVCenter, second)


class RecordTable(QTableView):
    """A table of records. One row is chosen at a time; Ctrl+A chooses nothing, because a million rows are no choice."""

    chosen = Signal(object)  # the record, or None
    opened = Signal(object)  # Enter or double click

    def __init__(self, fields: Sequence[Field], name: str, *, height: int = 32) -> None:
        super().__init__()
        self.records = Records(fields)
        self.setModel(self.records)
        self.setAccessibleName(name)
        self._painter = CellPainter(self, height)
        self.setItemDelegate(self._painter)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self._height = height
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsClickable(False)
        header.setMinimumSectionSize(40)
        self._measure()
        self.selectionModel().currentRowChanged.connect(lambda now, before: self.chosen.emit(self.record))
        self.doubleClicked.connect(lambda index: self.opened.emit(index.data(RECORD)))

    def show_records(self, records: Sequence[Any], key: Callable[[Any], object] | None = None) -> None:
        """Show these records; the chosen one stays chosen where `key` finds it again."""
        before = key(self.record) if key is not None and self.record is not None else None
        self.records.show(records)
        if before is not None and key is not None:
            for place, record in enumerate(records):
                if key(record) == before:
                    self.selectRow(place)
                    return
        self.chosen.emit(self.record)

    @property
    def record(self) -> Any:
        index = self.currentIndex()
        return index.data(RECORD) if index.isValid() else None

    def selectAll(self) -> None:
        """Nothing: one record at a time."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.record is not None:
            self.opened.emit(self.record)
            return
        super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and hasattr(self, "_height"):
            self._measure()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._spare()

    def _spare(self) -> None:
        """Leave out columns until the one that takes what is left has enough room to be read."""
        scale, fields = theme.scale(), self.records.fields
        left = self.viewport().width() - sum(round(field.width * scale) for field in fields)
        hidden: set[int] = set()
        while left < round(ENOUGH * scale):
            spare = [i for i, field in enumerate(fields) if field.spare and i not in hidden]
            if not spare:
                break
            place = max(spare, key=lambda i: fields[i].spare)
            hidden.add(place)
            left += round(fields[place].width * scale)
        for place in range(len(fields)):
            if self.isColumnHidden(place) != (place in hidden):
                self.setColumnHidden(place, place in hidden)

    def _measure(self) -> None:
        scale = theme.scale()
        self.verticalHeader().setDefaultSectionSize(round(self._height * scale))
        header = self.horizontalHeader()
        for place, field in enumerate(self.records.fields):
            mode = QHeaderView.ResizeMode.Interactive if field.width else QHeaderView.ResizeMode.Stretch
            header.setSectionResizeMode(place, mode)
            if field.width:
                self.setColumnWidth(place, round(field.width * scale))
        self._spare()
