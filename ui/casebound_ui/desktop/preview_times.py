"""How the first times of a table would read, the zone for those that carry none, and day first or month first."""

from __future__ import annotations

from collections.abc import Callable
from zoneinfo import available_timezones

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QFrame, QGridLayout, QLineEdit

from casebound.case import ColumnRole, Preview
from casebound.moments import relative
from casebound_ui.desktop import theme
from casebound_ui.desktop.controls import Button, column, emptied, frame, holder, label, labelled, row
from casebound_ui.desktop.looking import day_month, samples
from casebound_ui.desktop.tips import plain_tip
from casebound_ui.desktop.wording import inert, readable_times

FIRST_ZONES = ("UTC", "Europe/London", "Europe/Berlin", "America/New_York", "America/Los_Angeles", "Asia/Tokyo")
AS_FOUND = "As in the values; UTC where there is none"


class TimesCard(QFrame):
    """`zoned` hears a zone, `based` a time base, `decided` “dmy” or “mdy” for the column of times."""

    def __init__(
        self, zoned: Callable[[str], object], based: Callable[[str], object], decided: Callable[[str], object]
    ) -> None:
        super().__init__()
        self.setProperty("kind", "card")
        self._filling = False
        self._zoned, self._based = zoned, based
        self.zone = QComboBox()
        self.zone.setEditable(True)
        self.zone.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.zone.setMinimumContentsLength(14)
        self.zone.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.zone.addItem(AS_FOUND, "")
        for name in (*FIRST_ZONES, *sorted(available_timezones() - set(FIRST_ZONES))):
            self.zone.addItem(name, name)
        self.zone.activated.connect(lambda place: self._chose_zone())
        line = self.zone.lineEdit()
        if line is not None:
            line.returnPressed.connect(self._chose_zone)
        self.base = QLineEdit()
        self.base.setPlaceholderText("2026-03-01T10:00:00Z")
        self.base.editingFinished.connect(self._chose_base)
        self._base = holder(labelled("Time base: what these times are counted from", self.base))
        self._origin = label("", "small", "text3", wrap=True)
        self._question = label("", "body", "warn", wrap=True)
        self.day_first = Button("Day first", lambda: decided("dmy"), name="Read these dates day first")
        self.month_first = Button("Month first", lambda: decided("mdy"), name="Read these dates month first")
        self._decision = frame("warn")
        answers = row(self.day_first, self.month_first, None, gap=8)
        self._decision.setLayout(column(self._question, answers, gap=8, margins=(12, 10, 12, 10)))
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(4)
        zone = column(labelled("Zone for times that carry none", self.zone), self._origin, gap=4)
        title = label("Times", "title")
        self.setLayout(
            column(title, zone, self._base, self._decision, self._grid, None, gap=10, margins=(19, 15, 19, 15))
        )

    def show_preview(self, one: Preview) -> None:
        """Show how the times of this table would read."""
        self._filling = True
        mapping = one.mapping
        place = self.zone.findData(mapping.zone)
        if place < 0:
            self.zone.addItem(mapping.zone, mapping.zone)
            place = self.zone.count() - 1
        self.zone.setCurrentIndex(place)
        origin = {"chosen": "chosen here", "assumed": "nobody stated it"}.get(mapping.zone_origin, mapping.zone_origin)
        self._origin.setText(f"{mapping.zone or 'UTC'}: {inert(origin, 80)}.")
        time = next((each for each in mapping.columns if each.role is ColumnRole.TIME), None)
        self._base.setVisible(time is not None and relative(time.time_format))
        self.base.setText(mapping.time_base)
        question = day_month(one)
        self._question.setText(f"{inert(question, 400)} A guess would move events to other days." if question else "")
        self._decision.setVisible(bool(question))
        self._fill(one)
        self._filling = False

    def _fill(self, one: Preview) -> None:
        emptied(self._grid)
        shown = samples(one)
        if not shown:
            none = "No column holds times. The rows are kept as a table and do not stand on the timeline."
            self._grid.addWidget(label(none, "body", "text2", wrap=True), 0, 0)
            return
        for place, title in enumerate(("As written", "UTC, by which rule and zone")):
            self._grid.addWidget(label(title, "caption", "text3"), 0, place)
        wide = round(170 * min(theme.scale(), 1.4))
        for line, sample in enumerate(shown, 1):
            raw = label(theme.elided(inert(sample.raw, 80), "mono", wide), "mono", "text2")
            raw.setToolTip(plain_tip(inert(sample.raw, 400)))
            told = readable_times(sample.reads).removesuffix(": day first or month first?").replace(" UTC", "")
            reads = label(inert(told, 200), "small", "text" if sample.settled else "warn", wrap=True)
            how = ", ".join(part for part in (sample.rule, inert(sample.zone, 60)) if part)
            beside = column(reads, gap=0)
            if how:
                beside.addWidget(label(how, "small", "text3", wrap=True))
            self._grid.addWidget(raw, line, 0, Qt.AlignmentFlag.AlignTop)
            self._grid.addLayout(beside, line, 1)
        self._grid.setColumnStretch(1, 1)

    def _chose_zone(self) -> None:
        if self._filling:
            return
        typed = self.zone.currentText().strip()
        listed = typed == self.zone.itemText(self.zone.currentIndex())
        self._zoned(str(self.zone.currentData() or "") if listed else typed)

    def _chose_base(self) -> None:
        if not self._filling and self.base.isModified():
            self.base.setModified(False)
            self._based(self.base.text().strip())
