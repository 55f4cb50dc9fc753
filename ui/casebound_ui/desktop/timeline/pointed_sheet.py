"""The list of what was pointed out, the rules that found it, and what they can be changed to."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QScrollArea, QStackedLayout, QWidget

from casebound.bursts import WIDTHS, Rule
from casebound.gaps import duration
from casebound.pointing import Kind, Pointed, PointedOut, Rules
from casebound_ui.desktop.controls import Button, column, holder, label, row, rule
from casebound_ui.desktop.records import Cell, Field, RecordTable
from casebound_ui.desktop.timeline.dates import clock_text, date_text
from casebound_ui.desktop.timeline.facet_rows import title
from casebound_ui.desktop.timeline.working import Working
from casebound_ui.desktop.wording import counted, inert

FACTORS = (2, 3, 5, 10)
FEWEST = (5, 20, 100, 1_000)
TONES = {
    Kind.BURST: "accent",
    Kind.SILENCE: "neutral",
    Kind.BEGIN: "unk",
    Kind.END: "unk",
    Kind.TAKEOVER: "warn",
}
PLURALS = {
    Kind.BURST: ("burst", "bursts"),
    Kind.SILENCE: ("silence", "silences"),
    Kind.BEGIN: ("group beginning", "groups beginning"),
    Kind.END: ("group ending", "groups ending"),
    Kind.TAKEOVER: ("takeover", "takeovers"),
}


class PointedSheet(QWidget):
    """Tells by `asked` that the rules are others, and by `opened` which row a person wants to see."""

    asked = Signal()
    opened = Signal(object)  # Pointed

    def __init__(
        self,
        names: Callable[[int], str],
        columns: Sequence[str],
        filtered: bool,
        *,
        stop: Callable[[], object],
        only: Callable[[], object],
        note: Callable[[], object],
        copy: Callable[[], object],
        writable: bool,
    ) -> None:
        super().__init__()
        self._names = names
        self._found: tuple[Pointed, ...] = ()
        self._writable = writable
        self.over = self._combo("What is looked at", [("Each source by itself", ""), ("What the filter shows", "f")])
        self.over.setVisible(filtered)
        self.over.setCurrentIndex(1 if filtered else 0)
        self.width_ = self._combo("Length of an interval", [(f"Intervals of {duration(w)}", w) for w in WIDTHS])
        self.factor = self._combo("Times what is usual", [(f"More than {n} × usual", n) for n in FACTORS])
        self.fewest = self._combo("Fewest rows", [(f"{n:,} rows or more", n) for n in FEWEST])
        groups = [(f"Groups by {title(name)}", name) for name in columns]
        self.column = self._combo("Column of the groups", [*groups, ("No groups", "")])
        self.kind = self._combo("Kinds listed", [("All kinds", None), *((PLURALS[kind][1], kind) for kind in Kind)])
        self.kind.activated.disconnect()
        self.kind.activated.connect(lambda at: self._list())
        self.put(Rules())
        self.rule = Button("Rules", self._show_rules, icon="scale", tip="By which rules these were found")
        self.rule.setCheckable(True)
        self.go = Button("Go there", self._go, kind="icon", icon="crosshair", tip="Show it on the timeline (Enter)")
        self.only = Button(
            "Show only these", only, kind="icon", icon="list-filter", tip="Filter for the values of this group"
        )
        self.note = Button(
            "Keep as a note", note, kind="icon", icon="message-square-plus", tip="A note on this stretch of time"
        )
        self.copy = Button("Copy", copy, kind="icon", icon="copy", tip="Copy as a table, with the rules")
        self.working = Working(stop)
        self.rules = label("", "small", "text2", wrap=True, select=True)
        self.detail = label("", "small", "text", wrap=True, select=True)
        self.table = RecordTable(self._fields(), "Pointed out", height=26)
        self.table.chosen.connect(self._describe)
        self.table.opened.connect(lambda found: self.opened.emit(found))
        tools = row(
            self.kind,
            self.over,
            self.rule,
            None,
            self.go,
            self.only,
            self.note,
            self.copy,
            gap=6,
            margins=(11, 2, 8, 2),
        )
        listed = column(self.table, rule(), column(self.detail, margins=(12, 5, 12, 8)), gap=0)
        listed.setStretch(0, 1)
        self._pages = QStackedLayout()
        self._pages.addWidget(holder(listed))
        self._pages.addWidget(self._rule_page())
        layout = column(tools, self.working, self._pages, gap=2)
        layout.setStretch(2, 1)
        self.setLayout(layout)
        self._describe(None)

    def put(self, rules: Rules) -> None:
        """Choose these rules."""
        for combo, value in (
            (self.width_, rules.burst.width_us),
            (self.factor, rules.burst.factor),
            (self.fewest, rules.burst.fewest),
            (self.column, rules.column),
        ):
            combo.setCurrentIndex(max(combo.findData(value), 0))

    @property
    def chosen_rules(self) -> Rules:
        """The rules as they are chosen now."""
        burst = Rule(int(self.width_.currentData()), int(self.factor.currentData()), int(self.fewest.currentData()))
        return Rules(burst=burst, column=str(self.column.currentData() or ""))

    @property
    def over_filter(self) -> bool:
        return bool(self.over.currentData())

    @property
    def record(self) -> Pointed | None:
        found: Pointed | None = self.table.record
        return found

    def show_found(self, told: PointedOut | None) -> None:
        self._found = told.found if told is not None else ()
        self.copy.setEnabled(told is not None)
        said = [] if told is None else [*told.rules.words, *(f"Not listed: {one}." for one in told.unlisted)]
        self.rules.setText("\n".join(inert(line) for line in said))
        self._list()

    def _list(self) -> None:
        kind = self.kind.currentData()
        self.table.show_records([one for one in self._found if kind is None or one.kind is kind])
        if self.table.records.records:
            self.table.selectRow(0)
        else:
            self._describe(None)

    def _describe(self, found: Pointed | None) -> None:
        self.detail.setText(inert(found.words) if found is not None else "")
        self.go.setEnabled(found is not None)
        self.only.setEnabled(found is not None and bool(found.values))
        self.note.setEnabled(found is not None and self._writable)

    def _go(self) -> None:
        if self.record is not None:
            self.opened.emit(self.record)

    def _rule_page(self) -> QWidget:
        """What the rules are, in words, and what they can be changed to."""
        above = row(self.width_, self.factor, None, gap=6)
        below = row(self.fewest, self.column, None, gap=6)
        inside = holder(column(above, below, self.rules, None, gap=6, margins=(11, 2, 8, 6)))
        page = QScrollArea()
        page.setWidgetResizable(True)
        page.setFrameShape(QScrollArea.Shape.NoFrame)
        page.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        page.setAccessibleName("Rules")
        page.setWidget(inside)
        return page

    def _show_rules(self) -> None:
        self._pages.setCurrentIndex(1 if self.rule.isChecked() else 0)

    def _combo(self, name: str, choices: Sequence[tuple[str, object]]) -> QComboBox:
        made = QComboBox()
        made.setAccessibleName(name)
        made.setToolTip(name)
        for words, value in choices:
            made.addItem(words, value)
        made.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        made.setMinimumContentsLength(min(max(len(words) for words, _ in choices), 24))
        made.activated.connect(lambda at: self.asked.emit())
        return made

    def _fields(self) -> tuple[Field, ...]:
        def source(found: Pointed) -> Cell:
            if found.source is not None:
                return Cell(self._names(found.source), "text2")
            return Cell("" if found.values else "the filter", "text2")

        return (
            Field("Kind", 122, lambda found: Cell(found.kind.value, TONES[found.kind], chip=True)),
            Field("From (UTC)", 164, lambda found: Cell(_when(found.start_us))),
            Field("Lasts", 92, lambda found: Cell(duration(_length(found)), "text2"), right=True),
            Field("Source", 130, source, spare=1),
            Field("Numbers", 0, lambda found: Cell(inert(found.words, 600), "text2", prose=True)),
        )


def summary(told: PointedOut) -> str:
    """“7 in 43,618 events: 2 bursts, 5 silences”."""
    if not told.found:
        return f"Nothing stands out by these rules among {counted(told.looked_at, 'event')}."
    kinds = [(kind, sum(one.kind is kind for one in told.found)) for kind in Kind]
    parts = ", ".join(counted(count, *PLURALS[kind]) for kind, count in kinds if count)
    more = f" Not listed: {'; '.join(told.unlisted)}." if told.unlisted else ""
    return f"{len(told.found):,} in {counted(told.looked_at, 'event')}: {parts}. No verdict.{more}"


def _length(found: Pointed) -> int:
    """Of a group, from its first row to its last one; `end_us` lies just behind that."""
    return found.end_us - found.start_us - (1 if found.values else 0)


def _when(time_us: int) -> str:
    return f"{date_text(time_us)} {clock_text(time_us, 0)}"
