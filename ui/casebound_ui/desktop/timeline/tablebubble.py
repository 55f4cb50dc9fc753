"""While the scroll bar is dragged: where in the list one is, beside the handle."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QLabel, QStyle, QStyleOptionSlider

from casebound_ui.desktop.controls import label
from casebound_ui.desktop.timeline.dates import table_text

if TYPE_CHECKING:
    from casebound_ui.desktop.timeline.table import EventTable


class Bubble:
    """“12 Mar 2026  21:14:07 · row 8,000,000 · 50 %”."""

    def __init__(self, table: EventTable) -> None:
        self._table = table
        self.words: QLabel = label("", "strong")
        self.words.setParent(table)
        self.words.setProperty("kind", "dialog")
        self.words.setContentsMargins(10, 5, 10, 5)
        self.words.hide()
        bar = table.verticalScrollBar()
        bar.sliderPressed.connect(self._show)
        bar.sliderMoved.connect(lambda value: self._show())
        bar.sliderReleased.connect(self.words.hide)

    def _show(self) -> None:
        """The row at the top of the table, as far as it is known without reading."""
        table = self._table
        bar, count = table.verticalScrollBar(), table.rows.rowCount()
        row = bar.sliderPosition()
        time = table.rows.time_at(row)
        share = row / bar.maximum() if bar.maximum() else 0.0
        parts = [] if time is None else [f"{table_text(time)} UTC"]
        self.words.setText("  ·  ".join((*parts, f"row {min(row, count - 1) + 1:,} of {count:,}", f"{share:.0%}")))
        self.words.adjustSize()
        option = QStyleOptionSlider()
        bar.initStyleOption(option)
        handle = bar.style().subControlRect(
            QStyle.ComplexControl.CC_ScrollBar, option, QStyle.SubControl.SC_ScrollBarSlider, bar
        )
        middle = bar.mapTo(table, handle.center()).y()
        top = min(max(middle - self.words.height() // 2, 0), table.height() - self.words.height())
        self.words.move(bar.mapTo(table, handle.topLeft()).x() - self.words.width() - 8, top)
        self.words.show()
        self.words.raise_()
