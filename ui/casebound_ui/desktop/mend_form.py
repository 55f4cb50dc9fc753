"""The ways in which set-aside rows can be read otherwise: time format, zone, encoding, columns, delimiter, quotes."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QGridLayout, QWidget

from casebound.case import ColumnRole, Source
from casebound.importers.delimiters import words_of
from casebound.mending import Recipe, Shift
from casebound.moments import FORMATS
from casebound.quarantine import Group
from casebound_ui.desktop.controls import column, holder, label, labelled, row
from casebound_ui.desktop.preview_columns import FORMAT_WORDS
from casebound_ui.desktop.preview_layout import WholeNumber
from casebound_ui.desktop.preview_times import FIRST_ZONES
from casebound_ui.desktop.wording import inert

PATTERNS = ("%d.%m.%Y %H:%M:%S", "%d/%m/%y %H:%M", "%m/%d/%y %H:%M", "%Y%m%d%H%M%S")
ENCODINGS = ("utf-8", "cp1252", "latin-1", "mac-roman", "shift_jis", "gbk", "big5", "utf-16-le", "utf-16-be")
SHIFTS = (
    ("Leave the columns as they are", ""),
    ("Leave out one value", "drop"),
    ("Put an empty value in", "insert"),
    ("Make two values one", "join"),
)
DELIMITERS = (("comma", ","), ("semicolon", ";"), ("tab", "\t"), ("pipe", "|"))
# What of the form fits a reason best: shown first, and given the keyboard.
FITTING = {"time": "time", "columns": "columns", "quotes": "columns", "encoding": "text", "duplicate-key": "columns"}


class MendForm(QWidget):
    """`changed` hears of every change of the recipe."""

    def __init__(self, changed: Callable[[], object]) -> None:
        super().__init__()
        self._changed, self._filling = changed, True
        self.time = self._combo(editable=True)
        self.zone = self._combo(editable=True)
        self.encoding = self._combo(editable=True)
        self.shift = self._combo()
        self.at = WholeNumber(1, 2_000, lambda value: self._hear())
        self.at.show_value(1)
        self.delimiter = self._combo()
        self.quotes = QCheckBox("Quotation marks are characters like any other")
        self.quotes.setAccessibleName("Read quotation marks as characters like any other")
        self.quotes.toggled.connect(lambda on: self._hear())
        for text, value in SHIFTS:
            self.shift.addItem(text, value)
        hints = [
            label(words, "small", "text3", wrap=True)
            for words in (
                "Choose a format, or type a pattern such as %d.%m.%Y %H:%M.",
                "The bytes stay as they are; only how they are read as text changes.",
            )
        ]
        pair = row(labelled("Time format", self.time), labelled("Zone for times without one", self.zone), gap=16)
        times = column(pair, hints[0], gap=4)
        texts = column(labelled("Encoding of the text", self.encoding), hints[1], gap=4)
        shifts = row(labelled("Columns", self.shift), labelled("Value number", self.at), gap=16)
        cuts = column(shifts, labelled("Cut at", self.delimiter), self.quotes, gap=10)
        self._sheet = label(
            "Rows of a sheet or of a database have no text of their own; their times can be read otherwise.",
            "small",
            "text3",
            wrap=True,
        )
        self._parts = {"time": holder(times), "columns": holder(cuts), "text": holder(texts)}
        self._grid = QGridLayout()
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setVerticalSpacing(14)
        self._grid.addWidget(self._sheet, 9, 0)
        self.setLayout(self._grid)
        self._place("time")

    def show_group(self, source: Source, group: Group) -> None:
        """Begin anew: everything as the source was read."""
        self._filling = True
        mapping = source.mapping
        name = mapping.named(ColumnRole.TIME)
        time = next((each.time_format for each in mapping.columns if each.name == name), "auto")
        as_it_is = f"As the source: {FORMAT_WORDS.get(time, time)}"
        self._fill(self.time, as_it_is, [(FORMAT_WORDS.get(each, each), each) for each in FORMATS if each != time])
        for pattern in PATTERNS:
            self.time.addItem(pattern, pattern)
        zone = inert(mapping.zone or "UTC", 60)
        self._fill(self.zone, f"As the source: {zone}", [(each, each) for each in FIRST_ZONES])
        others = [(each, each) for each in ENCODINGS if each != mapping.encoding]
        self._fill(self.encoding, f"As the source: {mapping.encoding}", others)
        signs = [pair for pair in DELIMITERS if pair[1] != mapping.delimiter[:1]]
        used = words_of(mapping.delimiter or ",")
        self._fill(self.delimiter, f"As the source: {used}", signs)
        self.shift.setCurrentIndex(0)
        self.at.show_value(len(mapping.columns))
        self.quotes.setChecked(False)
        in_bytes, cut = group.first.offset >= 0, source.format == "csv"
        self._parts["time"].setVisible(bool(name))
        self._parts["columns"].setVisible(in_bytes and cut)
        self._parts["text"].setVisible(in_bytes)
        self._sheet.setVisible(not in_bytes)
        first = FITTING.get(group.code, "time" if name else "text")
        self._place(first)
        self._filling = False
        {"time": self.time, "columns": self.shift, "text": self.encoding}[first].setFocus(
            Qt.FocusReason.OtherFocusReason
        )

    def recipe(self) -> Recipe:
        """What is chosen. Raises `BadRequest` for what is no shift."""
        kind = str(self.shift.currentData() or "")
        return Recipe(
            time_format=_value(self.time),
            zone=_value(self.zone),
            encoding=_value(self.encoding),
            delimiter=_value(self.delimiter),
            shifts=(Shift(kind, self.at.value()),) if kind else (),
            plain_quotes=self.quotes.isChecked(),
        )

    def _place(self, first: str) -> None:
        ordered = (first, *(name for name in self._parts if name != first))
        for line, name in enumerate(ordered):
            self._grid.addWidget(self._parts[name], line, 0)
        before: QWidget | None = None
        for name in ordered:
            for each in {"time": (self.time, self.zone), "text": (self.encoding,)}.get(
                name, (self.shift, self.at, self.delimiter, self.quotes)
            ):
                if before is not None:
                    QWidget.setTabOrder(before, each)
                before = each

    def _combo(self, *, editable: bool = False) -> QComboBox:
        made = QComboBox()
        made.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        made.setMinimumContentsLength(18)
        made.setEditable(editable)
        made.currentIndexChanged.connect(lambda place: self._hear())
        line = made.lineEdit()
        if line is not None:
            made.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
            line.textEdited.connect(lambda text: self._hear())
        return made

    def _fill(self, combo: QComboBox, first: str, items: list[tuple[str, str]]) -> None:
        combo.clear()
        combo.addItem(first, "")
        for text, value in items:
            combo.addItem(text, value)
        combo.setCurrentIndex(0)
        line = combo.lineEdit()
        if line is not None:
            line.setCursorPosition(0)

    def _hear(self) -> None:
        self.at.setEnabled(bool(self.shift.currentData()))
        if not self._filling:
            self._changed()


def _value(combo: QComboBox) -> str:
    """What is chosen, or what was typed."""
    typed = combo.currentText().strip()
    if typed == combo.itemText(combo.currentIndex()).strip():
        return str(combo.currentData() or "")
    return typed
