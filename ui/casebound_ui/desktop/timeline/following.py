"""Following a value everywhere: each column of each source that holds it, when first and last, and its silences."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLineEdit, QWidget

from casebound.case import Source
from casebound.errors import CaseboundError
from casebound.events import Events
from casebound.filtering import term
from casebound.following import Followed, Place, follow
from casebound_ui.desktop.commands import Command
from casebound_ui.desktop.controls import Button, column, label, row
from casebound_ui.desktop.records import Cell, Field, RecordTable
from casebound_ui.desktop.timeline import entity, keys
from casebound_ui.desktop.timeline.asking import Asking
from casebound_ui.desktop.timeline.dates import clock_text, date_text
from casebound_ui.desktop.timeline.scale import duration
from casebound_ui.desktop.timeline.working import Working
from casebound_ui.desktop.wording import counted, inert

if TYPE_CHECKING:
    from casebound_ui.desktop.timeline.screen import TimelineScreen


class FollowSheet(QWidget):
    """A line for the value, the places where it stands, and what can be done with it."""

    def __init__(self, feature: Follow, sources: Callable[[int], Source | None]) -> None:
        super().__init__()
        self._sources = sources
        self.value = QLineEdit()
        self.value.setPlaceholderText("A value, exactly as it stands")
        self.value.setAccessibleName("Value to follow")
        self.value.setMaxLength(4_000)
        self.value.returnPressed.connect(lambda: feature.follow(self.value.text()))
        self.only = Button("Show only these", feature.show_only, icon="list-filter")
        self.first = Button("Go to its first event", lambda: feature.go(last=False), kind="icon", icon="arrow-up")
        self.last = Button("Go to its last event", lambda: feature.go(last=True), kind="icon", icon="arrow-down")
        self.compare = Button("Compare with…", feature.compare, kind="icon", icon="columns-2")
        self.copy = Button("Copy", feature.copy, kind="icon", icon="copy", tip="Copy as a table")
        self.working = Working(feature.stop)
        self.found = label("", "small", "text2", wrap=True)
        self.found.setContentsMargins(12, 0, 8, 2)
        self.table = RecordTable(self._fields(), "Where it stands", height=28)
        self.table.opened.connect(feature.go_to_place)
        tools = row(self.value, self.only, self.first, self.last, self.compare, self.copy, gap=6, margins=(11, 2, 8, 2))
        tools.setStretch(0, 1)
        layout = column(tools, self.working, self.found, self.table, gap=2)
        layout.setStretch(3, 1)
        self.setLayout(layout)
        self.show_found(None)

    def show_found(self, found: Followed | None) -> None:
        events = found is not None and found.count > 0
        for button in (self.only, self.first, self.last):
            button.setEnabled(events)
        self.compare.setEnabled(found is not None)
        self.copy.setEnabled(found is not None)
        self.found.setText("\n".join(words(found)) if found is not None else "")
        self.found.setVisible(found is not None)
        self.table.show_records(found.places if found is not None else ())

    def _name(self, number: int) -> str:
        source = self._sources(number)
        return f"S-{number:02d} {inert(source.name, 120)}" if source is not None else f"S-{number:02d}"

    def _fields(self) -> tuple[Field, ...]:
        return (
            Field("Source", 190, lambda place: Cell(self._name(place.source))),
            Field("Column", 0, lambda place: Cell(inert(place.column, 200))),
            Field("Rows", 72, lambda place: Cell(f"{place.rows:,}"), right=True),
            Field("First", 176, lambda place: Cell(_when(place.first_us, place.line), "text2")),
            Field("Last", 176, lambda place: Cell(_when(place.last_us, None), "text2"), spare=1),
        )


def _when(time_us: int | None, line: int | None) -> str:
    if time_us is not None:
        return f"{date_text(time_us)} {clock_text(time_us, 0)}"
    return f"no time; line {line:,}" if line is not None else ""


def words(found: Followed) -> list[str]:
    """What is known of a value, in sentences; every number is exact."""
    if not found.places:
        return ["No row of any source holds exactly this value."]
    told = []
    if found.first is not None and found.last is not None:
        first, last = found.first.time_us, found.last.time_us
        told.append(
            f"{found.count:,} of {counted(found.of, 'event')}, in {counted(len(found.sources), 'source')}. "
            f"First {date_text(first)} {clock_text(first)}, last {date_text(last)} {clock_text(last)} UTC: "
            f"{duration(last - first)}."
        )
    if found.untimed:
        told.append(
            f"{counted(found.untimed, 'more row')} of tables without times: on no timeline, and not in the numbers "
            "of events."
        )
    if found.longest is not None and found.longest[1] > found.longest[0]:
        start, end = found.longest
        silent = (
            f" {counted(len(found.silences), 'silence')} by the rule of silent stretches." if found.silences else ""
        )
        told.append(
            f"Longest time between two of them: {duration(end - start)}, from {date_text(start)} "
            f"{clock_text(start, 0)} to {date_text(end)} {clock_text(end, 0)}.{silent}"
        )
    return told


class Follow:
    """The command, the entry in the menus, and the sheet."""

    def __init__(self, screen: TimelineScreen) -> None:
        self._screen, self._session = screen, screen.session
        self._asking = Asking(screen.session)
        self.sheet: FollowSheet | None = None
        self.found: Followed | None = None
        screen.menu_about.append(entity.about(screen))
        screen.value_acts.append(("Follow everywhere", lambda field, value: self.follow(value)))
        screen.value_acts.append(("Go to its first event", lambda f, v: entity.go_to_end(screen, f, v, last=False)))
        screen.value_acts.append(("Go to its last event", lambda f, v: entity.go_to_end(screen, f, v, last=True)))
        screen.menu.append(("timeline-follow",))
        keys.bind(
            screen,
            screen.commands,
            Command(
                "timeline-follow",
                "Follow everywhere",
                "A value in every column of every source",
                self.open,
                key="J",
                menu="View",
                scope=keys.SCOPE,
                icon="users",
                enabled=screen.isVisible,
            ),
        )

    def close(self) -> None:
        self._asking.close()

    @property
    def idle(self) -> bool:
        return self._asking.idle

    def open(self) -> None:
        """Follow who acts in the chosen event; without one, ask for a value."""
        event, veil = self._screen.choice.event, self._screen.choice.veil
        if event is not None and veil(event).actor:
            self.follow(event.actor)
        else:
            self._appear("", "Type a value, or choose an event first.")

    def follow(self, value: str) -> None:
        """Look for a value in every column of every source."""
        if not value:
            return
        sheet = self._appear(value, "Looking through every column…")
        events = self._session.events
        sheet.working.show_words("Looking through every column…")
        self._asking.ask(
            lambda progress: follow(events, value, progress),
            lambda found: self._show(sheet, found),
            progressed=sheet.working.show_step,
            heard_by=sheet,
            failed=lambda error: self._failed(sheet, error),
            stopped=lambda: sheet.working.show_end("Stopped. Nothing was counted."),
        )

    def stop(self) -> None:
        self._asking.stop()

    def _appear(self, value: str, said: str) -> FollowSheet:
        screen = self._screen
        if self.sheet is None or screen.sheet.content is not self.sheet:
            numbers = {source.number: source for source in self._session.snapshot.sources}
            self.sheet = FollowSheet(self, numbers.get)
        self.found = None
        self.sheet.show_found(None)
        self.sheet.value.setText(value)
        screen.show_sheet("Follow everywhere", said, self.sheet)
        (self.sheet.value if not value else self.sheet.table).setFocus()
        return self.sheet

    def _show(self, sheet: FollowSheet, found: Followed) -> None:
        if sheet is not self.sheet:
            return
        self.found = found
        sheet.working.show_end("")
        sheet.show_found(found)
        self._screen.sheet.say("Follow everywhere", inert(found.value, 200))
        if found.places:
            sheet.table.selectRow(0)

    def _failed(self, sheet: FollowSheet, error: CaseboundError) -> None:
        sheet.working.show_end(f"{error.title} {error.hint}")

    # What a person does with it

    def show_only(self) -> None:
        """Put the exact filter for these events into the field; the table comes back."""
        if self.found is not None and self.found.where:
            self._screen.filter.put(self.found.where)
            self._screen.close_sheet()

    def go(self, *, last: bool) -> None:
        found = self.found
        event = None if found is None else found.last if last else found.first
        if event is not None:
            self._screen.choice.go_to(event.id)

    def go_to_place(self, place: Place) -> None:
        """The first event of one place; a row without a time has none, and its line is said."""
        found, events = self.found, self._session.events
        if found is None or place.first_us is None:
            return
        value, first = found.value, place.first_us

        def find() -> int | None:
            return _first(events, place, value, first)

        def done(position: int | None) -> None:
            if position is not None:
                self._screen.choice.choose(position, events)

        self._screen.browsing.read(find, done)

    def compare(self) -> None:
        """Compare this value with another, by the feature that compares."""
        for words_, act in self._screen.value_acts:
            if self.found is not None and words_.startswith("Compare"):
                act(self.found.places[0].column if self.found.places else "", self.found.value)

    def copy(self) -> None:
        if self.found is not None and self.sheet is not None:
            lines = [*words(self.found), "", "\t".join(("Source", "Column", "Rows", "First (UTC)", "Last (UTC)"))]
            fields = self.sheet.table.records.fields
            lines += ["\t".join(field.cell(place).text for field in fields) for place in self.found.places]
            QGuiApplication.clipboard().setText("\n".join((f"Value\t{self.found.value}", *lines)))


def _first(events: Events, place: Place, value: str, first_us: int) -> int | None:
    """The first event of a source that holds the value in a column."""
    chosen = events.select(term(place.column.lower(), value), first_us, first_us + 1)
    held = zip(chosen.positions.tolist(), events.at(chosen.positions), strict=True)
    return next((int(position) for position, event in held if event.source == place.source), None)
