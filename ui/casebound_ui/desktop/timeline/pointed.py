"""Bursts, silences and groups that begin or end together, pointed out on demand with the rule that found them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtGui import QGuiApplication

from casebound.comparing import comparable
from casebound.errors import CaseboundError
from casebound.filtering import term
from casebound.moments import utc_text
from casebound.placedmarks import PlacedMarks
from casebound.pointing import NAMED, Pointed, PointedOut, Rules, point_out
from casebound_exporters.cells import guarded
from casebound_ui.desktop.commands import Command
from casebound_ui.desktop.timeline import keys
from casebound_ui.desktop.timeline.asking import Asking
from casebound_ui.desktop.timeline.pointed_sheet import PointedSheet, summary
from casebound_ui.desktop.timeline.pointed_ticks import PointedTicks
from casebound_ui.desktop.timeline.scale import SHORTEST, fitted
from casebound_ui.desktop.timeline.scene import Stretch
from casebound_ui.desktop.wording import counted, inert

if TYPE_CHECKING:
    from casebound_ui.desktop.timeline.screen import TimelineScreen

NAMES_COVERED = "Their names are covered"
MOST_VALUES = 200  # of a group that a filter names one by one


class PointOut:
    """The command, and the sheet while it is open. The rules stay as they were chosen."""

    def __init__(self, screen: TimelineScreen) -> None:
        self._screen, self._session = screen, screen.session
        self._asking = Asking(screen.session)
        self._rules = Rules()
        self.sheet: PointedSheet | None = None
        self.told: PointedOut | None = None
        self.ticks = PointedTicks(screen.canvas)
        screen.below.currentChanged.connect(lambda at: self._show_ticks())
        keys.bind(
            screen,
            screen.commands,
            Command(
                "timeline-point-out",
                "Point out bursts and silences",
                "By a rule that is stated, without a verdict",
                self.open,
                key="U",
                menu="View",
                scope=keys.SCOPE,
                icon="activity",
                enabled=lambda: screen.isVisible() and bool(screen.canvas.shown.of),
            ),
        )

    def close(self) -> None:
        self._asking.close()

    @property
    def idle(self) -> bool:
        return self._asking.idle

    def open(self) -> None:
        """Look at every source, or at what the filter shows."""
        screen, snapshot = self._screen, self._session.snapshot
        names = {source.number: f"{source.label} {inert(source.name, 120)}" for source in snapshot.sources}
        columns = dict.fromkeys(("actor", *(n for n in comparable(self._session.events.fields()) if n != "source")))
        self.sheet = PointedSheet(
            lambda number: names.get(number, f"S-{number:02d}"),
            list(columns),
            bool(screen.browsing.where),
            stop=self._asking.stop,
            only=self.show_only,
            note=self.keep_note,
            copy=self.copy,
            writable=not self._session.read_only,
        )
        self.sheet.put(self._rules)
        self.sheet.asked.connect(self._ask)
        self.sheet.opened.connect(self.go)
        screen.show_sheet("Pointed out", "", self.sheet)
        self._ask()
        self.sheet.table.setFocus()

    def _show_ticks(self) -> None:
        """Ticks on the canvas, as long as the list is what is looked at."""
        screen = self._screen
        front = screen.below.currentWidget() is screen.sheet and screen.sheet.content is self.sheet
        self.ticks.show_found(self.told.found if front and self.told is not None else ())

    def _ask(self) -> None:
        sheet, events, marks = self.sheet, self._session.events, PlacedMarks(self._session.snapshot)
        if sheet is None:
            return
        covered = self._screen.browsing.covered
        self._rules = rules = sheet.chosen_rules
        where = self._screen.browsing.where if sheet.over_filter else ""

        def done(told: PointedOut) -> None:
            self.told = told
            sheet.working.show_end(" ".join(told.notes))
            sheet.show_found(told)
            self._screen.sheet.say("Pointed out", summary(told))
            self._show_ticks()

        def failed(error: CaseboundError) -> None:
            sheet.working.show_end(f"{error.title} {error.hint}")

        self.told = None
        sheet.show_found(None)
        sheet.working.show_words("Looking at the times…")
        self._asking.ask(
            lambda progress: quiet(
                point_out(events, rules, where, marks=marks, progress=progress), covered.of(events, rules.column)
            ),
            done,
            progressed=sheet.working.show_step,
            heard_by=sheet,
            failed=failed,
            stopped=lambda: sheet.working.show_end("Stopped. Nothing was counted."),
        )

    # What a person does with it

    def go(self, found: Pointed) -> None:
        """Show it on the timeline, as the dragged range. The list stays."""
        canvas = self._screen.canvas
        end = max(found.end_us, found.start_us + SHORTEST)
        canvas.move_to(fitted(found.start_us, end), settle=True)
        canvas.show_range(Stretch(found.start_us, end))

    def show_only(self) -> None:
        """Filter for the values of a group."""
        found = self.sheet.record if self.sheet is not None else None
        if found is None or not found.values or self.told is None:
            return
        if NAMES_COVERED in found.words:
            self._screen.sheet.say("Pointed out", f"{NAMES_COVERED}, and would stand in the filter.")
            return
        if len(found.values) > MOST_VALUES:
            words = f"{counted(len(found.values), 'value')} are too many for a filter; it takes {MOST_VALUES}."
            self._screen.sheet.say("Pointed out", words)
            return
        where = " OR ".join(term(self.told.rules.column, value) for value in dict.fromkeys(found.values))
        self._screen.filter.put(where)
        self._screen.close_sheet()

    def keep_note(self) -> None:
        """Write the numbers as a note on this stretch of time: an act, and in custody."""
        found = self.sheet.record if self.sheet is not None else None
        if found is None or self._session.read_only:
            return
        end, text = max(found.end_us - 1, found.start_us), f"Pointed out: {found.kind.value}. {found.words}"
        self._session.change(
            lambda case: case.annotate_range(found.start_us, end, note=text),
            lambda _: self._screen.sheet.say("Pointed out", "The note is on this stretch of time."),
        )

    def copy(self) -> None:
        if self.told is not None:
            QGuiApplication.clipboard().setText(text(self.told))


def quiet(told: PointedOut, hidden: frozenset[str]) -> PointedOut:
    """The same without the names of groups that hold a value which is covered; their numbers stay."""
    return replace(told, found=tuple(_unnamed(one) if hidden & set(one.values) else one for one in told.found))


def _unnamed(one: Pointed) -> Pointed:
    names = (", ".join(one.values[at : at + NAMED]) for at in range(len(one.values)))
    named = next((name for name in names if name in one.words), "")
    return replace(one, words=one.words.replace(named, NAMES_COVERED) if named else NAMES_COVERED)


def text(told: PointedOut) -> str:
    """The list for a letter or a sheet, with the rules and what was looked at."""
    lines = [*told.rules.words, f"Filter: {told.where or 'none'}; {counted(told.looked_at, 'event')} looked at", ""]
    lines.append("\t".join(("Kind", "From (UTC)", "To before (UTC)", "Source", "Events or values", "Numbers")))
    for one in told.found:
        ends = utc_text(one.start_us), utc_text(one.end_us)
        source = f"S-{one.source:02d}" if one.source is not None else ""
        cells = (one.kind.value, *ends, source, f"{one.count}", guarded(inert(one.words)))
        lines.append("\t".join(cells))
    return "\n".join(lines)
