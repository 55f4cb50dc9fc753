"""The columns of a table before it comes in: what each is for, how its times are read, and its first values."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QFrame, QGridLayout

from casebound.case import Column, ColumnRole, Preview
from casebound.moments import FORMATS
from casebound_ui.desktop import theme
from casebound_ui.desktop.controls import Button, Elided, column, emptied, label, name_inside, row
from casebound_ui.desktop.tips import plain_tip
from casebound_ui.desktop.wording import counted, inert

ROLES = {
    ColumnRole.TIME: "Time",
    ColumnRole.ACTOR: "Who did it",
    ColumnRole.ACTION: "What was done",
    ColumnRole.OBJECT: "To what",
    ColumnRole.ID: "The row's own key",
    ColumnRole.ENTITY: "Something to follow",
    ColumnRole.NUMBER: "Number",
    ColumnRole.TEXT: "Text",
}
FORMAT_WORDS = {
    "auto": "as recognised",
    "dmy": "day first",
    "mdy": "month first",
    "epoch-s": "seconds since 1970",
    "epoch-ms": "milliseconds since 1970",
    "epoch-us": "microseconds since 1970",
    "epoch-ns": "nanoseconds since 1970",
    "filetime": "Windows FILETIME (100 ns since 1601)",
    "webkit-us": "microseconds since 1601 (Chrome, WebKit)",
    "excel": "Excel day number",
    "excel-1904": "Excel day number from 1904",
    "relative-s": "seconds from a time base",
    "relative-ms": "milliseconds from a time base",
    "relative-us": "microseconds from a time base",
    "relative-ns": "nanoseconds from a time base",
}
STEP = 40
"""Columns shown at a time: each has controls of its own."""


class ColumnsCard(QFrame):
    """`changed` hears (column, role, format of time)."""

    def __init__(self, changed: Callable[[str, str, str], object]) -> None:
        super().__init__()
        self.setProperty("kind", "card")
        self._changed = changed
        self._shown = STEP
        self._preview: Preview | None = None
        self._count = label("", "body", "text2")
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(6)
        self.more = Button("", self._show_more, kind="link")
        head = row(label("Columns", "title"), self._count, None, gap=10)
        hint = label("Change what a column is for; the rows themselves are never changed.", "body", "text2", wrap=True)
        self.setLayout(column(head, hint, self._grid, row(self.more, None), gap=10, margins=(19, 15, 19, 15)))

    def show_preview(self, one: Preview) -> None:
        """Show the columns of this table; of very many, the first ones."""
        if self._preview is None or (one.path, one.member) != (self._preview.path, self._preview.member):
            self._shown = STEP
        self._preview = one
        columns = one.mapping.columns
        self._count.setText(f"{len(columns):,} in the table")
        emptied(self._grid)
        for place, title in enumerate(("Column", "What it is for", "Times read as", "First values")):
            self._grid.addWidget(label(title, "caption", "text3"), 0, place)
        for index, each in enumerate(columns[: self._shown]):
            self._add(index, each, one)
        self._grid.setColumnStretch(3, 1)
        left = len(columns) - self._shown
        self.more.setVisible(left > 0)
        if left > 0:
            self.more.show_text(f"Show {counted(min(left, STEP), 'more column', 'more columns')} of {left:,}")

    def _add(self, index: int, each: Column, one: Preview) -> None:
        wide = round(190 * min(theme.scale(), 1.2))
        name = label(theme.elided(inert(each.name, 60), "strong", wide), "strong")
        name.setToolTip(plain_tip(inert(each.name, 400)))
        role = QComboBox()
        spoken = inert(each.name, 80)
        role.setAccessibleName(f"What the column {spoken} is for")
        for value, text in ROLES.items():
            role.addItem(text, value)
        role.setCurrentIndex(list(ROLES).index(each.role))
        role.setFixedWidth(round(170 * min(theme.scale(), 1.4)))
        role.activated.connect(lambda place: self._changed(each.name, str(role.itemData(place)), ""))
        values = [row_[index] for row_ in one.rows[:3] if index < len(row_)]
        shown = "   ".join(inert("empty" if value is None else value, 60) for value in values)
        line = index + 1
        self._grid.addWidget(name, line, 0)
        self._grid.addWidget(role, line, 1)
        if each.role is ColumnRole.TIME:
            self._grid.addWidget(self._format(each, spoken), line, 2)
        self._grid.addWidget(Elided(shown, "mono", "text2"), line, 3)

    def _format(self, each: Column, spoken: str) -> QComboBox:
        """Formats by their words; a pattern such as %d/%m/%y %H:%M can be typed."""
        made = QComboBox()
        made.setEditable(True)
        made.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        made.setAccessibleName(f"How the times in {spoken} are read")
        made.setToolTip("Choose, or type a pattern such as %d/%m/%y %H:%M and press Enter")
        for value in FORMATS:
            made.addItem(FORMAT_WORDS.get(value, value), value)
        if made.findData(each.time_format) < 0:
            made.addItem(each.time_format, each.time_format)
        made.setCurrentIndex(made.findData(each.time_format))
        made.setFixedWidth(round(190 * min(theme.scale(), 1.2)))
        made.activated.connect(lambda place: self._changed(each.name, "time", str(made.itemData(place))))
        name_inside(made, made.accessibleName())
        line = made.lineEdit()
        if line is not None:
            line.setCursorPosition(0)

            def typed() -> None:
                text = made.currentText().strip()
                if made.findText(text, Qt.MatchFlag.MatchFixedString) < 0 and text:
                    self._changed(each.name, "time", text)

            line.returnPressed.connect(typed)
        return made

    def _show_more(self) -> None:
        self._shown += STEP
        if self._preview is not None:
            self.show_preview(self._preview)
