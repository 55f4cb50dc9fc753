"""The panel beside the rows: which values occur in view, how often, and a line to search in one column."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QSizePolicy, QWidget

from casebound_ui.desktop import theme
from casebound_ui.desktop.controls import Button, Elided, column, row, rule
from casebound_ui.desktop.timeline.facet_list import FacetList
from casebound_ui.desktop.timeline.facet_rows import title

LEAST, USUAL, MOST = 170, 240, 460  # pixels at normal text size


class Edge(QWidget):
    """The right border of the panel: dragged, or moved with the arrow keys, it makes the panel wider."""

    moved = Signal(int)  # by so many pixels
    ended = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setFixedWidth(7)
        self.setCursor(Qt.CursorShape.SplitHCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName("Width of the values")
        self.setAccessibleDescription("Left and right arrows change it")
        self.setToolTip("Drag to make the values wider")
        line = rule(upright=True)
        layout = row(None, line, 2, gap=0)
        self.setLayout(layout)
        self._from: QPoint | None = None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._from = event.globalPosition().toPoint()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._from is not None:
            at = event.globalPosition().toPoint()
            self.moved.emit(at.x() - self._from.x())
            self._from = at

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._from = None
        self.ended.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        by = {Qt.Key.Key_Left: -16, Qt.Key.Key_Right: 16}.get(Qt.Key(event.key()))
        if by is None:
            super().keyPressEvent(event)
        else:
            self.moved.emit(by)
            self.ended.emit()


class FacetPanel(QFrame):
    """Heading, search line and list. What a person wants is told by the list and by `searched`."""

    searched = Signal(str, str)  # a field, and what its values begin with
    columns_wanted = Signal(object)  # QPoint, global: where the choice of columns comes up
    seen_wanted = Signal(bool)
    closed = Signal()
    resized = Signal(int)  # the width at normal text size that a person chose

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Values in view")
        self.list = FacetList()
        self._width = USUAL
        self._field = ""
        self.head = Elided("Values", "strong")
        self.add_button = Button("Add a column", self._ask_columns, kind="icon", icon="plus")
        self.seen_button = Button(
            "First and last time of each value",
            lambda: self.seen_wanted.emit(self.seen_button.isChecked()),
            kind="icon",
            icon="clock",
            tip="First and last time of each value, in the whole case",
        )
        self.seen_button.setCheckable(True)
        self.close_button = Button("Hide the values", self.closed.emit, kind="icon", icon="x")
        self.search = QLineEdit()
        self.search.setClearButtonEnabled(True)
        self.search.hide()
        self.search.installEventFilter(self)
        self.search.textChanged.connect(lambda text: self.searched.emit(self._field, text))
        self.list.typed.connect(self._begin)
        self.edge = Edge()
        self.edge.moved.connect(lambda by: self.widen(self._width + round(by / theme.scale())))
        self.edge.ended.connect(lambda: self.resized.emit(self._width))
        tools = row(self.head, self.seen_button, self.add_button, self.close_button, gap=0, margins=(12, 0, 2, 0))
        tools.setStretch(0, 1)
        inside = column(tools, self.search, self.list, gap=2, margins=(0, 0, 0, 0))
        inside.setStretch(2, 1)
        layout = row(inside, self.edge, gap=0)
        layout.setStretch(0, 1)
        self.setLayout(layout)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self.widen(USUAL)

    def widen(self, width: int) -> None:
        """Make it so wide, at normal text size, within reason."""
        self._width = min(max(width, LEAST), MOST)
        self.setFixedWidth(round(self._width * theme.scale()))

    def say(self, head: str) -> None:
        self.head.setText(head)

    def search_in(self, field: str, begun: str = "") -> None:
        """Type what the values of a column begin with."""
        self._field = field
        self.search.setPlaceholderText(f"{title(field)} begins with…")
        self.search.setAccessibleName(f"{title(field)} begins with")
        self.search.show()
        self.search.setText(begun)
        self.search.setFocus()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and hasattr(self, "edge"):
            self.widen(self._width)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Esc ends the search; down and Enter go to the values found."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() == Qt.Key.Key_Escape:
                self._end()
                return True
            if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.list.choose(self._field)
                self.list.setFocus()
                return True
        return super().eventFilter(watched, event)

    def _begin(self, letter: str) -> None:
        chosen = self.list.row
        if chosen is not None:
            self.search_in(chosen.field, letter)

    def _end(self) -> None:
        self.search.clear()
        self.search.hide()
        self.list.setFocus()

    def _ask_columns(self) -> None:
        self.columns_wanted.emit(self.add_button.mapToGlobal(QPoint(0, self.add_button.height())))
