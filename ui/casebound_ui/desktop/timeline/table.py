"""The table under the canvas: the events in view, one row each, however many they are."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QItemSelectionModel, QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from casebound_ui.desktop import theme
from casebound_ui.desktop.timeline.dates import table_text
from casebound_ui.desktop.timeline.rows import (
    ACTION,
    ACTOR,
    MARKS,
    OBJECT,
    SOURCE,
    TIME,
    TITLES,
    EventRows,
    RowPainter,
)

NARROW = 800  # width below which the actor hides and the source is only its icon
MONTH = 31 * 86_400_000_000  # microseconds; their names are not equally wide
_WIDTHS = {SOURCE: 150, ACTION: 140, ACTOR: 150, MARKS: 96}


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
        self._hint = ""
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

    @property
    def picked_count(self) -> int:
        """How many rows are selected."""
        return 0 if self.row is None else 1

    def picked_rows(self, most: int) -> list[int]:
        """The selected rows, the first `most` of them."""
        return [] if self.row is None else [self.row][:most]

    def value_at(self, at: QPoint) -> tuple[str, str] | None:
        """The field and the value of the cell at a point of the viewport, as a filter names them.

        None where there is no row, where it has not been read yet, and on a column that is no field (time, marks).
        """
        event, column = self.rows.event(self.rowAt(at.y())), self.columnAt(at.x())
        return None if event is None else self.rows.value(event, column)

    def selectAll(self) -> None:
        """Nothing, at once: selecting every row would freeze the window for minutes."""

    def show_column(self, column: int, on: bool) -> None:
        """Show or hide a column. The time stays."""
        if column != TIME:
            (self._hidden.discard if on else self._hidden.add)(column)
            self._measure()

    def column_shown(self, column: int) -> bool:
        return column not in self._hidden

    def show_hint(self, text: str) -> None:
        """Words in the middle of a table without rows."""
        if text != self._hint:
            self._hint = text
            self.viewport().update()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._hint and not self.rows.rowCount():
            painter = QPainter(self.viewport())
            painter.setPen(theme.colour("text2"))
            painter.drawText(self.viewport().rect(), Qt.AlignmentFlag.AlignCenter, self._hint)
            painter.end()

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
        if self.row is not None and self.selectionModel().hasSelection():
            self.scrollTo(self.currentIndex(), QAbstractItemView.ScrollHint.EnsureVisible)

    def show_digits(self, digits: int) -> None:
        """How many decimals of a second some rows need, for the width of the column: none, 3 or 6."""
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
        metrics = QFontMetrics(theme.font("body"))
        widest = max(metrics.horizontalAdvance(table_text(at * MONTH, self.rows.digits)) for at in range(12)) + 22
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
