"""The facets as a list: arrows move, Enter keeps a value, Delete or minus leaves it out, letters search."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QAbstractItemView, QListView

from casebound_ui.desktop.timeline.facet_rows import ROW, FacetModel, FacetPainter, FacetRow, Kind


class FacetList(QListView):
    """Tells what a person wants of a line; it changes nothing by itself."""

    picked = Signal(object, bool)  # FacetRow, and whether it is to be left out
    more_wanted = Signal(str)
    fold_wanted = Signal(str)
    removed = Signal(str)
    typed = Signal(str)  # the first letter of a search
    menu_wanted = Signal(object, object)  # FacetRow, QPoint (global)

    def __init__(self) -> None:
        super().__init__()
        self.rows = FacetModel()
        self.setModel(self.rows)
        self.setItemDelegate(FacetPainter(self))
        self.setAccessibleName("Values and how often they occur")
        self.setAccessibleDescription("Enter keeps a value, Delete leaves it out, letters search in a column")
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setFrameShape(QListView.Shape.NoFrame)
        self.customContextMenuRequested.connect(self._menu)

    @property
    def row(self) -> FacetRow | None:
        """The line that is chosen."""
        index = self.currentIndex()
        found: FacetRow | None = index.data(ROW) if index.isValid() else None
        return found

    def show_rows(self, rows: list[FacetRow]) -> None:
        """Show these lines; the chosen one stays chosen where it is still there, else its heading is."""
        before, place = self.row, self.verticalScrollBar().value()
        self.rows.show(rows)
        if before is not None:
            same = [n for n, row in enumerate(rows) if (row.kind, row.field, row.value) == _name(before)]
            near = same or [n for n, row in enumerate(rows) if row.kind is Kind.HEAD and row.field == before.field]
            if near:
                self.setCurrentIndex(self.rows.index(near[0]))
        self.verticalScrollBar().setValue(place)

    def choose(self, field: str) -> None:
        """Go to the heading of a column."""
        for number, row in enumerate(self.rows.rows):
            if row.kind is Kind.HEAD and row.field == field:
                self.setCurrentIndex(self.rows.index(number))
                self.scrollTo(self.currentIndex(), QAbstractItemView.ScrollHint.PositionAtTop)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        row, key = self.row, event.key()
        if row is not None and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._act(row, exclude=bool(event.modifiers() & Qt.KeyboardModifier.AltModifier))
        elif row is not None and key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace, Qt.Key.Key_Minus):
            if row.kind is Kind.HEAD:
                self.removed.emit(row.field)
            elif row.kind in (Kind.VALUE, Kind.EMPTY):
                self.picked.emit(row, True)
        elif row is not None and key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            if (key == Qt.Key.Key_Left) != row.folded:
                self.choose(row.field)
                self.fold_wanted.emit(row.field)
        elif row is not None and key == Qt.Key.Key_Space:
            self.fold_wanted.emit(row.field)
        elif event.text().isprintable() and event.text().strip() and not _modified(event):
            self.typed.emit(event.text())
        else:
            super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        index: QModelIndex = self.indexAt(event.position().toPoint())
        if index.isValid() and event.button() == Qt.MouseButton.LeftButton:
            self._act(index.data(ROW), exclude=bool(event.modifiers() & Qt.KeyboardModifier.AltModifier))

    def _act(self, row: FacetRow, *, exclude: bool) -> None:
        if row.kind is Kind.HEAD:
            self.fold_wanted.emit(row.field)
        elif row.kind is Kind.MORE:
            self.more_wanted.emit(row.field)
        elif row.kind in (Kind.VALUE, Kind.EMPTY):
            self.picked.emit(row, exclude)

    def _menu(self, at: QPoint) -> None:
        index = self.indexAt(at)
        row = index.data(ROW) if index.isValid() else self.row
        if row is not None and row.kind is not Kind.WORDS:
            self.menu_wanted.emit(row, self.viewport().mapToGlobal(at))


def _name(row: FacetRow) -> tuple[Kind, str, str]:
    return row.kind, row.field, row.value


def _modified(event: QKeyEvent) -> bool:
    wanted = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
    return bool(event.modifiers() & wanted)
