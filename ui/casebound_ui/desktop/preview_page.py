"""What bringing a file in would do, before anything is kept: columns and their roles, zone, how times read, and why."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from zoneinfo import available_timezones

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QFrame, QGridLayout, QScrollArea, QVBoxLayout, QWidget

from casebound.case import Column, ColumnRole, Preview
from casebound_ui.desktop import theme
from casebound_ui.desktop.controls import (
    Button,
    Chip,
    Elided,
    Picture,
    column,
    emptied,
    frame,
    holder,
    label,
    labelled,
    row,
)
from casebound_ui.desktop.records import Cell, Field, RecordTable
from casebound_ui.desktop.wording import counted, inert, readable_times

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
FORMATS = {
    "auto": "as recognised",
    "dmy": "day first",
    "mdy": "month first",
    "epoch-s": "seconds since 1970",
    "epoch-ms": "milliseconds since 1970",
    "epoch-us": "microseconds since 1970",
    "epoch-ns": "nanoseconds since 1970",
    "excel": "Excel day number",
}
FIRST_ZONES = ("UTC", "Europe/London", "Europe/Berlin", "America/New_York", "America/Los_Angeles", "Asia/Tokyo")
AS_FOUND = "As in the values; UTC where there is none"
Choice = Mapping[str, object]


class PreviewPage(QWidget):
    """`start` brings in what is shown; `again` asks for a new preview with a mapping that a person changed."""

    def __init__(
        self, start: Callable[[], object], cancel: Callable[[], object], again: Callable[[Preview, Choice], object]
    ) -> None:
        super().__init__()
        self.setObjectName("page")
        self._again = again
        self._preview: Preview | None = None
        self._filling = False
        self.previews: tuple[Preview, ...] = ()
        self._title = label("", "h2")
        self._text = label("", "body", "text2", wrap=True)
        self.start = Button("Start", start, kind="primary", icon="folder-input")
        self.cancel = Button("Cancel", cancel)
        self.tables = RecordTable(
            (
                Field(
                    "Table",
                    0,
                    lambda p: Cell(inert(p.mapping.table, 80), kind="strong", icon="table-2", second=_file(p)),
                ),
                Field(
                    "Recognised as", 200, lambda p: Cell(p.mapping.recognised_as or "columns by their content", "text2")
                ),
                Field("Columns", 90, lambda p: Cell(str(len(p.mapping.columns)), "text2"), right=True),
            ),
            "Tables to bring in",
            height=44,
        )
        self.tables.chosen.connect(self._choose)
        self._tables_card = _card(self.tables)
        self.zone = QComboBox()
        self.zone.setEditable(True)
        self.zone.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.zone.addItem(AS_FOUND, "")
        for name in (*FIRST_ZONES, *sorted(available_timezones() - set(FIRST_ZONES))):
            self.zone.addItem(name, name)
        self.zone.activated.connect(lambda index: self._changed())
        self._samples = QVBoxLayout()
        self._why = QVBoxLayout()
        self._why.setSpacing(4)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(6)
        self._chips = row(gap=6)
        self.setLayout(column(self._lay_out()))

    def _lay_out(self) -> QScrollArea:
        head = row(column(self._title, self._text, self._chips, gap=5), self.cancel, self.start, gap=10)
        head.setStretch(0, 1)
        head.setAlignment(self.cancel, Qt.AlignmentFlag.AlignTop)
        head.setAlignment(self.start, Qt.AlignmentFlag.AlignTop)
        times = _card(
            column(
                label("Times", "title"),
                labelled("Zone for times that carry none", self.zone),
                self._samples,
                gap=10,
                margins=(18, 14, 18, 14),
            )
        )
        why = _card(
            column(label("How this was recognised", "title"), self._why, None, gap=10, margins=(18, 14, 18, 14))
        )
        columns = _card(
            column(
                label("Columns", "title"),
                label("Change what a column is for; the rows themselves are never changed.", "body", "text2"),
                self._grid,
                gap=10,
                margins=(18, 14, 18, 14),
            )
        )
        two = row(times, why, gap=12)
        two.setStretch(0, 1)
        two.setStretch(1, 1)
        body = holder(column(head, self._tables_card, two, columns, None, gap=12, margins=(24, 18, 24, 18)))
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(body)
        return area

    def show_previews(self, previews: Sequence[Preview]) -> None:
        """Show what was recognised; one table is chosen."""
        before = self.tables.currentIndex().row()
        self.previews = tuple(previews)
        files = {preview.path for preview in previews}
        first = previews[0]
        name = first.path.name if len(files) == 1 else counted(len(files), "file")
        self._title.setText(f"Bring in {name}?")
        told = (
            "This is how it would be read."
            if len(previews) == 1
            else f"{counted(len(previews), 'table')} would be read."
        )
        self._text.setText(f"{told} The original is kept byte for byte and fingerprinted first.")
        self._tables_card.setVisible(len(previews) > 1)
        self._tables_card.setFixedHeight(min(240, 40 + 46 * len(previews)))
        self.start.show_text("Bring it in" if len(previews) == 1 else f"Bring in {counted(len(previews), 'table')}")
        self.tables.show_records(previews)
        self.tables.selectRow(before if 0 <= before < len(previews) else 0)

    def _choose(self, preview: Preview | None) -> None:
        if preview is None:
            return
        self._preview, self._filling = preview, True
        mapping = preview.mapping
        emptied(self._chips)
        for text in (
            preview.format.upper(),
            mapping.recognised_as,
            mapping.encoding if preview.format == "csv" else "",
        ):
            if text:
                self._chips.addWidget(Chip(text, "neutral"))
        self._chips.addStretch(1)
        place = self.zone.findData(mapping.zone)
        if place < 0:
            self.zone.addItem(mapping.zone, mapping.zone)
            place = self.zone.count() - 1
        self.zone.setCurrentIndex(place)
        emptied(self._samples)
        for raw, reading in preview.time_samples:
            bad = "set aside" in reading or "?" in reading
            left = label(theme.elided(inert(raw, 80), "mono", 190), "mono", "text2")
            left.setFixedWidth(round(196 * theme.scale()))
            right = label(readable_times(reading), "small", "warn" if bad else "text", wrap=True)
            line = row(left, Picture("arrow-right", "text3", 14), right, gap=8)
            line.setStretch(2, 1)
            self._samples.addWidget(holder(line))
        if not preview.time_samples:
            none = "No column holds times. The rows are kept as a table and do not stand on the timeline."
            self._samples.addWidget(label(none, "body", "text2", wrap=True))
        self._samples.addStretch(1)
        emptied(self._why)
        for sentence in preview.evidence:
            line = row(Picture("check", "text3", 14), label(inert(sentence, 400), "small", "text2", wrap=True), gap=8)
            line.setStretch(1, 1)
            self._why.addWidget(holder(line))
        self._fill_grid(preview)
        self._filling = False

    def _fill_grid(self, preview: Preview) -> None:
        emptied(self._grid)
        for place, title in enumerate(("Column", "What it is for", "Read as", "First values")):
            self._grid.addWidget(label(title, "caption", "text3"), 0, place)
        for index, one in enumerate(preview.mapping.columns):
            name = label(theme.elided(inert(one.name, 60), "strong", 190), "strong")
            name.setToolTip(one.name)
            role = QComboBox()
            role.setAccessibleName(f"What the column {one.name} is for")
            for value, text in ROLES.items():
                role.addItem(text, value)
            role.setCurrentIndex(list(ROLES).index(one.role))
            role.setFixedWidth(round(170 * theme.scale()))
            role.activated.connect(self._role_changer(one, role))
            values = [values[index] for values in preview.rows[:3] if index < len(values)]
            shown = "   ".join(inert("empty" if value is None else value, 60) for value in values)
            words = Elided(shown, "mono", "text2")
            self._grid.addWidget(name, index + 1, 0)
            self._grid.addWidget(role, index + 1, 1)
            if one.role is ColumnRole.TIME:
                self._grid.addWidget(self._format_choice(one), index + 1, 2)
            self._grid.addWidget(words, index + 1, 3)
        self._grid.setColumnStretch(3, 1)

    def _format_choice(self, one: Column) -> QComboBox:
        made = QComboBox()
        made.setAccessibleName(f"How the times in {one.name} are read")
        for value, text in FORMATS.items():
            made.addItem(text, value)
        if one.time_format not in FORMATS:
            made.addItem(one.time_format, one.time_format)
        made.setCurrentIndex(made.findData(one.time_format))
        made.setFixedWidth(round(180 * theme.scale()))
        made.activated.connect(lambda i: self._change(one.name, "time", str(made.itemData(i))))
        return made

    def _role_changer(self, one: Column, role: QComboBox) -> Callable[[int], None]:
        return lambda index: self._change(one.name, str(role.itemData(index)), "")

    def _changed(self) -> None:
        if not self._filling:
            self._change("", "", "")

    def _change(self, name: str, role: str, time_format: str) -> None:
        """Ask for a new preview of this file with one thing changed."""
        if self._preview is None:
            return
        columns: dict[str, object] = {
            one.name: {"role": str(one.role), "time_format": one.time_format} for one in self._preview.mapping.columns
        }
        if name:
            single = role in ("time", "actor", "action", "object", "id")
            for other, value in columns.items():
                if single and other != name and isinstance(value, dict) and value["role"] == role:
                    columns[other] = {"role": "text", "time_format": "auto"}
            columns[name] = {"role": role, "time_format": time_format or "auto"}
        typed = self.zone.currentText().strip()
        zone = str(self.zone.currentData() or "") if typed == self.zone.itemText(self.zone.currentIndex()) else typed
        said: dict[str, object] = {"columns": columns}
        if zone:
            said["zone"] = zone
        self._again(self._preview, said)


def _card(content: QWidget | QVBoxLayout) -> QFrame:
    made = frame("card")
    made.setLayout(column(content, margins=(1, 1, 1, 1)))
    return made


def _file(preview: Preview) -> str:
    return f"{preview.path.name}, sheet {preview.member}" if preview.member else preview.path.name
