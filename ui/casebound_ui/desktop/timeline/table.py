"""The table under the canvas: the events in view, one row each, however many they are."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QEvent, QItemSelectionModel, QModelIndex, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QStyle, QStyleOptionViewItem, QTableView

from casebound.case import Event, EventId
from casebound_ui.desktop import theme
from casebound_ui.desktop.controls import paint_chip
from casebound_ui.desktop.records import CELL, RECORD, Cell, CellPainter, Field, Index
from casebound_ui.desktop.timeline.dates import table_text
from casebound_ui.desktop.timeline.pages import Pages
from casebound_ui.desktop.wording import counted, inert

LONG = 400  # characters of a cell that are looked at
TIME, SOURCE, ACTION, ACTOR, OBJECT, MARKS = range(6)
TITLES = ("Time (UTC)", "Source", "Action", "Actor", "Object", "Marks")
NARROW = 800  # width below which the actor hides and the source is only its icon
_WIDTHS = {SOURCE: 150, ACTION: 140, ACTOR: 150, MARKS: 96}


@dataclass(frozen=True, slots=True)
class Badges:
    """What people put on one event, for the last column."""

    notes: int = 0
    tags: int = 0
    bookmarked: bool = False
    attachments: int = 0
    exhibit: str = ""
    findings: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        parts = [self.exhibit] if self.exhibit else []
        parts += [counted(n, word) for n, word in ((self.notes, "note"), (self.tags, "tag")) if n]
        parts += ["bookmark"] if self.bookmarked else []
        parts += [counted(self.attachments, "attachment")] if self.attachments else []
        return ", ".join((*parts, *self.findings))


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
        self.digits = 0  # decimals of a second that all rows show
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
        if index.column() == SOURCE:
            return self.sources.get(event.source, SourceName("", "")).name
        return cell.text

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Horizontal:
            if role == Qt.ItemDataRole.DisplayRole:
                return "" if section == SOURCE and self.icons_only else TITLES[section]
            if role == Qt.ItemDataRole.TextAlignmentRole:
                return int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        return None

    def _cell(self, event: Event, column: int) -> Cell:
        if column == TIME:
            digits = self.digits if event.time_us % 10 ** (6 - self.digits) == 0 else None
            return Cell(table_text(event.time_us, digits), "text2")
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


class EventTable(QTableView):
    """One event is chosen at a time. Ctrl+A chooses nothing: sixteen million rows are no choice, a range of time is."""

    chosen = Signal(int)  # row, by a person's hand
    opened = Signal(int)
    menu_wanted = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.rows = EventRows()
        self.setModel(self.rows)
        self.setAccessibleName("Events in view")
        self._painter = RowPainter(self, 28)
        self.setItemDelegate(self._painter)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setCornerButtonEnabled(False)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerItem)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._menu)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsClickable(False)
        header.setMinimumSectionSize(40)
        header.setStyleSheet("QHeaderView::section { padding: 0 10px; }")
        self._following = False
        self._hidden: set[int] = set()
        self._measured: tuple[object, ...] = ()
        self.selectionModel().currentRowChanged.connect(self._current)
        self.doubleClicked.connect(lambda index: self.opened.emit(index.row()))
        self._measure()

    def choose(self, row: int | None) -> None:
        """Follow a choice made elsewhere: select and show the row, or none. Tells nobody."""
        self._following = True
        if row is None or not 0 <= row < self.rows.rowCount():
            self.selectionModel().clear()
        else:
            index = self.rows.index(row, 0)
            flags = QItemSelectionModel.SelectionFlag
            self.selectionModel().setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)
            self.scrollTo(index, QAbstractItemView.ScrollHint.EnsureVisible)
        self._following = False

    def centre(self, row: int) -> None:
        self.scrollTo(self.rows.index(row, 0), QAbstractItemView.ScrollHint.PositionAtCenter)

    @property
    def row(self) -> int | None:
        index = self.currentIndex()
        return index.row() if index.isValid() else None

    def selectAll(self) -> None:
        """Nothing, at once: selecting every row would freeze the window for minutes."""

    def show_column(self, column: int, on: bool) -> None:
        """Show or hide a column. The time stays."""
        if column != TIME:
            (self._hidden.discard if on else self._hidden.add)(column)
            self._measure()

    def column_shown(self, column: int) -> bool:
        return column not in self._hidden

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.row is not None:
            self.opened.emit(self.row)
            return
        if event.text() and event.text().isprintable() and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            event.ignore()  # no search by typing: it would read every row, and letters are commands here
            return
        super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and hasattr(self, "_hidden"):
            self._measure()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._measure()

    def show_digits(self, digits: int) -> None:
        """How many decimals of a second the rows show: none, 3 or 6."""
        if digits != self.rows.digits:
            self.rows.digits = digits
            self._measure()

    def _measure(self) -> None:
        """Widths for this size of window and text. What a person pulled wider stays so until either changes."""
        scale = theme.scale()
        narrow = self.width() < NARROW * scale
        height = round((24 if self.height() < 190 else 28) * scale)
        if self.verticalHeader().defaultSectionSize() != height:
            self.verticalHeader().setDefaultSectionSize(height)
        state = (narrow, scale, self.rows.digits, frozenset(self._hidden))
        if state == self._measured:
            return
        self._measured = state
        self.rows.icons_only = narrow
        stretch = next((column for column in (OBJECT, ACTION, TIME) if column not in self._hidden), TIME)
        widest = QFontMetrics(theme.font("body")).horizontalAdvance(table_text(0, self.rows.digits)) + 22
        widths = {**{at: round(width * scale) for at, width in _WIDTHS.items()}, TIME: widest}
        if narrow:
            widths |= {SOURCE: 44, ACTION: round(112 * scale)}
        for column in range(len(TITLES)):
            self.setColumnHidden(column, column in self._hidden or (narrow and column == ACTOR))
            mode = QHeaderView.ResizeMode.Stretch if column == stretch else QHeaderView.ResizeMode.Interactive
            self.horizontalHeader().setSectionResizeMode(column, mode)
            if column != stretch and column in widths:
                self.setColumnWidth(column, widths[column])

    def _current(self, now: QModelIndex, before: QModelIndex) -> None:
        if not self._following and now.isValid():
            self.chosen.emit(now.row())

    def _menu(self, at: QPoint) -> None:
        self.menu_wanted.emit(self.viewport().mapToGlobal(at))
