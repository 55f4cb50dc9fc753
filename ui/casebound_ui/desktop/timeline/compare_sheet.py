"""Two sides in a table: what stands in both, only in one, and every number with what it is a part of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from casebound.comparing import Comparison, Counted, Line, lines
from casebound_ui.desktop.controls import Button, Elided, column, holder, label, row
from casebound_ui.desktop.records import Cell, Field, RecordTable
from casebound_ui.desktop.timeline.dates import edge_text
from casebound_ui.desktop.timeline.facet_rows import title
from casebound_ui.desktop.timeline.scale import duration
from casebound_ui.desktop.timeline.working import Working
from casebound_ui.desktop.wording import counted, inert

TONES = {"in both": "accent", "only in A": "neutral", "only in B": "neutral", "empty": "neutral"}


@dataclass(frozen=True, slots=True)
class Shown:
    """One row: a heading of a field, a number of each side, or words about what is not listed."""

    line: Line | None
    words: str = ""
    second: str = ""
    of: tuple[int, int] = (0, 0)  # what the numbers of A and of B are a part of


class Asker(Protocol):
    """Who asks for comparisons."""

    def other(self, at: int) -> None: ...
    def values(self, a: str, b: str) -> None: ...
    def keep(self) -> None: ...
    def copy(self) -> None: ...
    def stop(self) -> None: ...


class CompareSheet(QWidget):
    """What is compared at the top, the totals, and the table."""

    menu_wanted = Signal(object, object)  # Line, QPoint (global)
    opened = Signal(object)  # Line

    def __init__(self, asker: Asker) -> None:
        super().__init__()
        self.first = Elided("", "body", "text")
        self.second = QComboBox()
        self.second.setAccessibleName("B, what it is compared with")
        self.second.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.second.setMinimumContentsLength(24)
        self.second.setMinimumWidth(self.second.fontMetrics().averageCharWidth() * 24 + 40)
        self.second.activated.connect(asker.other)
        self.keep = Button(
            "Keep A", asker.keep, kind="quiet", icon="bookmark", tip="Keep this range, to compare another with it"
        )
        self._ranges = holder(row(label("A", "strong"), self.first, label("B", "strong"), self.second, self.keep))
        self.one, self.two = QLineEdit(), QLineEdit()
        self.field = label("", "small", "text2")
        for edit, name in ((self.one, "A"), (self.two, "B")):
            edit.setAccessibleName(f"{name}, a value to compare")
            edit.setPlaceholderText("A value, exactly as it stands")
            edit.setMaxLength(4_000)
            edit.returnPressed.connect(lambda: asker.values(self.one.text(), self.two.text()))
        self._values = holder(row(self.field, label("A", "strong"), self.one, label("B", "strong"), self.two))
        self.copy = Button("Copy", asker.copy, kind="quiet", icon="copy", tip="Copy as a table, with every query")
        self.working = Working(asker.stop)
        self.said = label("", "small", "text2", wrap=True)
        self.said.setContentsMargins(12, 0, 8, 2)
        self.table = RecordTable(_fields(), "Both sides", height=26)
        self.table.opened.connect(lambda shown: self.opened.emit(shown.line) if _valued(shown) else None)
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.table.customContextMenuRequested.connect(self._menu)
        tools = row(self._ranges, self._values, self.copy, gap=6, margins=(11, 2, 8, 2))
        tools.setStretch(0, 1)
        tools.setStretch(1, 1)
        layout = column(tools, self.working, self.said, self.table, gap=2)
        layout.setStretch(3, 1)
        self.setLayout(layout)
        self.show_nothing()

    def ask_ranges(self, first: str, others: list[str], at: int) -> None:
        """A stretch of time, and what it can be compared with."""
        self._values.hide()
        self._ranges.show()
        self.first.setText(first)
        self.second.clear()
        self.second.addItems(others)
        self.second.setCurrentIndex(at)

    def ask_values(self, field: str, a: str, b: str) -> None:
        """Two values of a field."""
        self._ranges.hide()
        self._values.show()
        self.field.setText(title(field))
        self.one.setText(a)
        self.two.setText(b)

    def show_nothing(self) -> None:
        self.said.hide()
        self.copy.setEnabled(False)
        self.table.show_records(())

    def show_found(self, found: Comparison) -> None:
        self.said.setText("\n".join(words(found)))
        self.said.show()
        self.copy.setEnabled(True)
        self.table.show_records(tuple(shown(found)))

    def _menu(self, at: QPoint) -> None:
        index = self.table.indexAt(at)
        record = self.table.records.records[index.row()] if index.isValid() else self.table.record
        if record is not None and _valued(record):
            self.menu_wanted.emit(record.line, self.table.viewport().mapToGlobal(at))


def words(found: Comparison) -> list[str]:
    """The totals, windows and times in common, in sentences. Nothing is concluded from them."""
    a, b = found.a.side.length_us, found.b.side.length_us
    told = [f"A: {_side(found.a, found.of)}", f"B: {_side(found.b, found.of)}"]
    if a is not None and b is not None and a != b:
        told.append(f"The two are not equally long: {duration(a)} and {duration(b)}. Counts are not made equal.")
    elif (a is None) != (b is None):
        told.append("One of the two has no fixed length. Counts are not made equal.")
    common = "No time in common."
    if found.overlap is not None:
        start, end = found.overlap
        common = f"Both from {_edge(start)} to {_edge(end)} ({duration(end - start)})."
    told.append(
        f"{common} Minutes with events: A {found.a.minutes:,}, B {found.b.minutes:,}, both {found.minutes_both:,}. "
        f"Events on both sides: {found.shared:,}."
    )
    return told


def _side(one: Counted, of: int) -> str:
    side = one.side
    window = "the whole case"
    if side.from_us is not None and side.to_us is not None:
        window = f"{_edge(side.from_us)} to {_edge(side.to_us)}, {duration(side.to_us - side.from_us)}"
    query = f"filter {inert(side.where, 160)}" if side.where else "no filter"
    return f"{one.count:,} of {counted(of, 'event')}; {window}; {query}."


def _edge(time_us: int) -> str:
    return edge_text(time_us, 0).removesuffix(".000")


def shown(found: Comparison) -> Iterator[Shown]:
    """The rows of the table: of each field first what stands on both sides."""
    rows, of = list(lines(found)), (found.a.count, found.b.count)
    yield Shown(rows[0], "All events", "", of)
    for one in found.fields:
        numbers = f"{one.both:,} in both, {one.only_a:,} only in A, {one.only_b:,} only in B"
        yield Shown(None, title(one.field), numbers)
        for line in rows:
            if line.field == one.field and line.where != "total":
                yield Shown(line, inert(line.value, 300) if line.value else "empty", "", of)
        if one.unlisted:
            yield Shown(None, "", f"and {counted(one.unlisted, 'other value')}, counted and not listed")


def _valued(record: Shown | None) -> bool:
    return record is not None and record.line is not None and bool(record.line.value)


def _fields() -> tuple[Field, ...]:
    def value(record: Shown) -> Cell:
        if record.line is None:
            said = f"{record.words}   {record.second}".strip() if record.words else record.second
            return Cell(said, "text" if record.words else "text2", "strong" if record.words else "small", prose=True)
        return Cell(record.words, "text", "strong" if record.line.where == "total" else "body")

    def number(record: Shown, at: int) -> Cell:
        return Cell("" if record.line is None else f"{(record.line.a, record.line.b)[at]:,}")

    def share(record: Shown, at: int) -> Cell:
        part, of = (0, 0) if record.line is None else ((record.line.a, record.line.b)[at], record.of[at])
        return Cell(f"{100 * part / of:.1f} %" if part and part != of else "", "text2", "small")

    def where(record: Shown) -> Cell:
        known = record.line is not None and record.line.where in TONES
        return Cell(record.line.where, TONES[record.line.where], chip=True) if known and record.line else Cell("")

    return (
        Field("Value", 0, value),
        Field("A", 84, lambda record: number(record, 0), right=True),
        Field("of A", 64, lambda record: share(record, 0), right=True, spare=1),
        Field("B", 84, lambda record: number(record, 1), right=True),
        Field("of B", 64, lambda record: share(record, 1), right=True, spare=1),
        Field("Where", 100, where),
    )
