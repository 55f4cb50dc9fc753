"""How a file is cut into a table: encoding, delimiter and header, each changeable, with the evidence beside them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import Qt
from PySide6.QtGui import QIntValidator, QKeyEvent
from PySide6.QtWidgets import QBoxLayout, QComboBox, QFrame, QLineEdit, QVBoxLayout

from casebound.case import Preview
from casebound.importers.charsets import WORDS
from casebound.importers.delimiters import OFFERED
from casebound.importers.encodings import KNOWN
from casebound_ui.desktop import theme
from casebound_ui.desktop.controls import Button, Picture, column, emptied, holder, label, labelled, retone, row
from casebound_ui.desktop.looking import day_month
from casebound_ui.desktop.wording import inert

ENCODED = ("csv", "jsonl", "log")
DELIMITED = ("csv",)
HEADED = ("csv", "xlsx", "xls", "ods")
Change = Callable[[Mapping[str, object]], object]


class WholeNumber(QLineEdit):
    """A small number that is typed, or moved by the arrow keys; `changed` hears each new one."""

    def __init__(self, least: int, most: int, changed: Callable[[int], object]) -> None:
        super().__init__()
        self._range, self._changed, self._value = (least, most), changed, least
        self.setValidator(QIntValidator(least, most, self))
        self.editingFinished.connect(lambda: self._take(int(self.text() or self._value)))

    def value(self) -> int:
        """The number that holds."""
        return self._value

    def setValue(self, value: int) -> None:
        """Take a number as if a person had typed it."""
        self._take(value)

    def show_value(self, value: int) -> None:
        """Show a number without telling of it."""
        self._value = value
        self.setText(str(value))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1}.get(Qt.Key(event.key()), 0)
        if step:
            self._take(self._value + step)
            return
        super().keyPressEvent(event)

    def _take(self, value: int) -> None:
        value = min(max(value, self._range[0]), self._range[1])
        if value != self._value:
            self.show_value(value)
            self._changed(value)


class LayoutCard(QFrame):
    """`changed` hears one choice at a time: encoding, delimiter, header_line or header_rows; nothing for “as found”."""

    def __init__(self, changed: Change) -> None:
        super().__init__()
        self.setProperty("kind", "card")
        self._changed = changed
        self._filling = False
        self.encoding = QComboBox()
        for name in KNOWN:
            self.encoding.addItem(f"{name}, {WORDS[name]}" if name in WORDS else name, name)
        self.encoding.activated.connect(lambda place: self._chose("encoding", self.encoding.itemData(place)))
        self.delimiter = QComboBox()
        for sign, name in OFFERED.items():
            self.delimiter.addItem(name, sign)
        self.delimiter.activated.connect(lambda place: self._chose("delimiter", self.delimiter.itemData(place)))
        self.header = WholeNumber(0, 1_000_000, lambda value: self._chose("header_line", value))
        self.rows = WholeNumber(1, 10, lambda value: self._chose("header_rows", value))
        self.reset = Button("As recognised", lambda: changed({}), kind="link", name="Undo the choices of layout")
        self._encoding = holder(labelled("Encoding", self.encoding))
        self._delimiter = holder(labelled("Delimiter", self.delimiter))
        self._header = holder(labelled("Line with the names (0: none)", self.header))
        self._rows = holder(labelled("Lines of names", self.rows))
        for box, letters in ((self.encoding, 14), (self.delimiter, 6)):
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            box.setMinimumContentsLength(letters)
        left, right = row(self._encoding, self._delimiter, gap=12), row(self._header, self._rows, gap=12)
        for side, first, second in ((left, 5, 2), (right, 1, 1)):
            side.setStretch(0, first)
            side.setStretch(1, second)
        self._sides = row(left, right, gap=12)
        self._sides.setStretch(0, 3)
        self._sides.setStretch(1, 2)
        self._choices = holder(self._sides)
        self._why = QVBoxLayout()
        self._why.setSpacing(4)
        head = row(label("How this was recognised", "title"), None, self.reset)
        self.setLayout(column(head, self._choices, self._why, None, gap=10, margins=(19, 15, 19, 15)))

    def show_preview(self, one: Preview, chosen: Mapping[str, object]) -> None:
        """Show the layout of a table, what was `chosen` by a person, and why the rest was so judged."""
        self._filling = True
        mapping = one.mapping
        self._encoding.setVisible(one.format in ENCODED)
        self._delimiter.setVisible(one.format in DELIMITED)
        self._header.setVisible(one.format in HEADED)
        self._rows.setVisible(one.format in HEADED and mapping.header_line > 0)
        self._choices.setVisible(one.format in ENCODED or one.format in HEADED)
        _show(self.encoding, mapping.encoding, mapping.encoding)
        self.encoding.setToolTip(self.encoding.currentText())
        _show(self.delimiter, mapping.delimiter, inert(mapping.delimiter) or "none")
        self.header.show_value(mapping.header_line)
        self.rows.show_value(mapping.header_rows)
        self.reset.setVisible(bool(chosen))
        emptied(self._why)
        for sentence in one.evidence:
            if sentence == day_month(one):
                continue  # the times ask about it
            mark = column(Picture("check", "text3", 14), None)
            line = row(mark, label(inert(sentence, 400), "small", "text2", wrap=True), gap=8)
            line.setStretch(1, 1)
            self._why.addWidget(holder(line))
        retone(self, kind="card")
        self._filling = False

    def give_room(self, width: int) -> None:
        """Set the choices side by side where `width` pixels are enough for that. The page says how many there are: the
        card's own width would follow from what it holds.
        """
        wide = width >= round(700 * theme.scale())
        self._sides.setDirection(QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom)

    def _chose(self, key: str, value: object) -> None:
        if not self._filling:
            self._changed({key: value})


def _show(box: QComboBox, value: str, text: str) -> None:
    place = box.findData(value)
    if place < 0:
        box.addItem(text, value)
        place = box.count() - 1
    box.setCurrentIndex(place)
