"""The card with the table: exact counts over it, columns to choose, and words where it would be empty."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QFrame, QSizePolicy, QStackedLayout, QWidget

from casebound_ui.desktop import theme
from casebound_ui.desktop.controls import Button, column, holder, label, row
from casebound_ui.desktop.timeline.counting import Counts
from casebound_ui.desktop.timeline.table import EventTable
from casebound_ui.desktop.tips import plain_tip

LOWEST = 150  # pixels


class EventList(QFrame):
    """“Events in view  146,007 of 1,000,000 · 20,004 hidden by the filter · from … to … · 6 d”, and the events."""

    def __init__(self, clear_filter: Callable[[], object]) -> None:
        super().__init__()
        self.setProperty("kind", "card")
        self._measure()
        self.columns_wanted: Callable[[], object] = lambda: None
        self._lines: tuple[str, ...] = ("",)
        self._tools: list[QWidget] = []
        self.table = EventTable()
        self.head = label("Events in view", "strong")
        self.counts = label("", "body", "text2")
        self.counts.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.columns_button = Button(
            "Columns",
            lambda: self.columns_wanted(),
            kind="quiet",
            icon="columns-3",
            tip="Which columns are shown, in which order",
        )
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
        self._top = row(self.head, self.counts, self.columns_button, gap=12, margins=(11, 6, 5, 0))
        self._top.setStretch(1, 1)
        self.setLayout(column(self._top, self._stack, gap=2, margins=(6, 1, 6, 1)))

    def add_tool(self, button: QWidget) -> None:
        """A further button over the table, before the columns."""
        self._tools.append(button)
        self._top.insertWidget(self._top.indexOf(self.columns_button), button)

    def add_side(self, panel: QWidget) -> None:
        """A panel at the left of the rows, which its owner shows and hides."""
        self._beside.insertWidget(0, panel)

    def say(self, head: str, counts: Counts | str) -> None:
        """The line over the table: a heading, and counts, of which as many are shown as there is room for."""
        self.head.setText(head)
        told = counts if isinstance(counts, str) else counts.told
        self._lines = (counts,) if isinstance(counts, str) else counts.lines
        self.counts.setToolTip(plain_tip(told))
        self.counts.setAccessibleName(told)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and hasattr(self, "table"):
            self._measure()
            self._fit()

    def _measure(self) -> None:
        """With larger text there is still room for some rows."""
        self.setMinimumHeight(round(LOWEST * min(theme.scale(), 1.4)))

    def _fit(self) -> None:
        """Nothing of the counts is left out silently: an ellipsis says so, and the tip has all of it."""
        tools = (self.columns_button, *self._tools)
        used = sum(tool.sizeHint().width() + 12 for tool in tools if not tool.isHidden())
        width = max(self.width() - self.head.sizeHint().width() - used - 44, 60)
        metrics = QFontMetrics(theme.font("body"))
        for place, line in enumerate(self._lines):
            said = line if not place else f"{line}  …"
            if metrics.horizontalAdvance(said) <= width:
                self.counts.setText(said)
                return
        self.counts.setText(metrics.elidedText(self._lines[-1], Qt.TextElideMode.ElideRight, width))

    def show_empty(self, text: str, *, clearable: bool) -> None:
        """Words instead of rows; "" shows the rows."""
        self.empty_text.setText(text)
        self.clear_button.setVisible(clearable)
        self._stack.setCurrentIndex(1 if text else 0)
