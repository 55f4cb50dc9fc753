"""The card with the table: exact counts over it, columns to choose, and words where it would be empty."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QFrame, QMenu, QSizePolicy, QStackedLayout, QWidget

from casebound_ui.desktop import theme
from casebound_ui.desktop.controls import Button, column, holder, label, row
from casebound_ui.desktop.timeline.rows import TIME, TITLES
from casebound_ui.desktop.timeline.table import EventTable
from casebound_ui.desktop.tips import plain_tip


class EventList(QFrame):
    """“Events in view  146,007 of 1,000,000 · from … to … · 6 d”, and the events."""

    def __init__(self, clear_filter: Callable[[], object]) -> None:
        super().__init__()
        self.setProperty("kind", "card")
        self.setMinimumHeight(150)
        self._said = ""
        self._tools: list[QWidget] = []
        self.table = EventTable()
        self.head = label("Events in view", "strong")
        self.counts = label("", "body", "text2")
        self.counts.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._columns = Button("Columns", self._menu, kind="quiet", icon="columns-3", tip="Which columns are shown")
        self.empty_text = label("", "title", "text2", wrap=True)
        self.empty_text.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.clear_button = Button("Clear filter", clear_filter)
        nothing = column(None, self.empty_text, self.clear_button, None, gap=10, margins=(24, 0, 24, 12))
        nothing.setAlignment(self.clear_button, Qt.AlignmentFlag.AlignHCenter)
        self._stack = QStackedLayout()
        self._beside = row(self.table, gap=0)
        self._beside.setStretch(0, 1)
        self._stack.addWidget(holder(self._beside))
        self._stack.addWidget(holder(nothing))
        self._top = row(self.head, self.counts, self._columns, gap=12, margins=(11, 6, 5, 0))
        self._top.setStretch(1, 1)
        self.setLayout(column(self._top, self._stack, gap=2, margins=(6, 1, 6, 1)))

    def add_tool(self, button: QWidget) -> None:
        """A further button over the table, before the columns."""
        self._tools.append(button)
        self._top.insertWidget(self._top.indexOf(self._columns), button)

    def add_side(self, panel: QWidget) -> None:
        """A panel at the left of the rows, which its owner shows and hides."""
        self._beside.insertWidget(0, panel)

    def say(self, head: str, counts: str) -> None:
        self.head.setText(head)
        self._said = counts
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Nothing of the counts is cut off silently: where room is short the tooltip has all of it."""
        tools = sum(tool.sizeHint().width() + 12 for tool in (self._columns, *self._tools) if not tool.isHidden())
        width = max(self.width() - self.head.sizeHint().width() - tools - 44, 60)
        metrics = QFontMetrics(theme.font("body"))
        self.counts.setText(metrics.elidedText(self._said, Qt.TextElideMode.ElideRight, width))
        self.counts.setToolTip(plain_tip(self._said))
        self.counts.setAccessibleName(self._said)

    def show_empty(self, text: str, *, clearable: bool) -> None:
        """Words instead of rows; "" shows the rows."""
        self.empty_text.setText(text)
        self.clear_button.setVisible(clearable)
        self._stack.setCurrentIndex(1 if text else 0)

    def _menu(self) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for at, title in enumerate(TITLES):
            action = menu.addAction(title)
            action.setCheckable(True)
            action.setChecked(self.table.column_shown(at))
            action.setEnabled(at != TIME)
            action.toggled.connect(lambda on, place=at: self.table.show_column(place, on))
        menu.popup(self._columns.mapToGlobal(QPoint(0, self._columns.height())))
