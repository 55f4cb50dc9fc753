"""The sources: each export that was brought in, what came of its rows, and the way to bring in the next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from PySide6.QtWidgets import QStackedWidget

from casebound.case import Preview, Source
from casebound.clockcorrection import correction_text
from casebound.errors import CaseboundError
from casebound.mappingfiles import mapping_file, read_mapping_file
from casebound.measures import touched_by_clock
from casebound.quarantine import Group
from casebound.relations import Relation, relations
from casebound.work import Done, Failed, Stopped
from casebound_ui.desktop import choosing, looking, source_panel
from casebound_ui.desktop.arrivals import Arrivals, Waiting
from casebound_ui.desktop.clock_form import ClockForm
from casebound_ui.desktop.controls import Button
from casebound_ui.desktop.coverage import CoverageCard, Measured, measured
from casebound_ui.desktop.facts import FactPanel
from casebound_ui.desktop.listing import Listing, nothing
from casebound_ui.desktop.looking import LookedAt
from casebound_ui.desktop.mend_page import MendPage
from casebound_ui.desktop.origin_page import OriginPage
from casebound_ui.desktop.preview_page import MAPPINGS, PreviewPage
from casebound_ui.desktop.records import Cell, Field
from casebound_ui.desktop.saving import whole
from casebound_ui.desktop.session import CaseSession
from casebound_ui.desktop.set_aside import SetAsideCard
from casebound_ui.desktop.surroundings import Surroundings
from casebound_ui.desktop.wording import count, counted, inert, span

KINDS = "All files (*)"
RELATED = 200_000
"""Kept rows up to which relations between tables are looked for without being asked."""


class Sources(QStackedWidget):
    """The list, the preview of what is about to be brought in, or the form that states how an export was made."""

    def __init__(self, session: CaseSession, around: Surroundings) -> None:
        super().__init__()
        self._session, self._around = session, around
        self._asked = 0  # the latest new look at a table that is being shown; earlier ones are out of date
        self._measured: dict[int, tuple[Source, Measured]] = {}
        self._relations: tuple[Relation, ...] | None = None
        self.arrivals = Arrivals(session, around, self.show_source)
        self.card = self.arrivals.card
        self.aside = SetAsideCard(session, around, self.read_again)
        self.aside.hide()
        self.coverage = CoverageCard()
        add = Button("Bring in an export…", self.choose, icon="folder-input")
        first = Button("Bring in the first export…", self.choose, kind="primary", icon="folder-input")
        for button in (add, first):
            button.setEnabled(not session.read_only)
        self.listing = Listing(
            "Sources",
            _fields(),
            FactPanel("Source", "Nothing chosen", "Choose a source to see where it came from."),
            self._describe,
            empty=nothing(
                "Bring in the first export",
                "Drop a file, a folder or a ZIP here. The originals are kept byte for byte.",
                first,
            ),
            actions=(add,),
            above=(self.card,),
            below=(self.coverage, self.aside),
            height=46,
            key=lambda s: s.number,
        )
        self.clock_form: ClockForm | None = None
        self.preview_page = PreviewPage(
            self.start, self._cancel, self._look_again, self.load_mapping, self.save_mapping
        )
        self.origin_page = OriginPage(self._state, self._cancel)
        self.mend_page = MendPage(session, around, self._cancel)
        for page in (self.listing, self.preview_page, self.origin_page, self.mend_page):
            self.addWidget(page)
        session.changed.add(self._changed)
        self.refresh()

    def _changed(self, kinds: frozenset[str]) -> None:
        if "sources" in kinds:
            self._measured.clear()
            self._relations = None
        self.refresh()

    def refresh(self) -> None:
        sources = self._session.snapshot.sources
        kept = sum(source.kept for source in sources)
        text = f"{counted(len(sources), 'table')}, {counted(kept, 'row')} kept" if sources else ""
        self.listing.show_records(sources, text)
        if not sources:
            self.aside.show_source(None)
            self.coverage.hide()

    def show_source(self, number: int) -> None:
        """Choose a source by its number."""
        for place, source in enumerate(self._session.snapshot.sources):
            if source.number == number:
                self.listing.table.selectRow(place)

    # Bringing in

    def choose(self) -> None:
        choosing.files(self, "Bring in exports", KINDS, self.look)

    def take_files(self, paths: list[Path]) -> bool:
        if self._session.read_only:
            return False
        self.look(paths)
        return True

    def look(self, paths: Sequence[Path]) -> None:
        """Recognise files, folders and archives, and show what would be done with them."""
        wanted = list(paths)

        def ended(ending: Done[LookedAt] | Stopped | Failed) -> None:
            match ending:
                case Done(looked) if looked.previews:
                    self.preview_page.show_looked(looked)
                    self.setCurrentWidget(self.preview_page)
                    self.preview_page.begin()
                case Done(looked):
                    self._around.tell(looking.nothing_found(looked))
                case Failed(error):
                    self._around.tell(error)

        title = "Looking at the files" if len(wanted) > 1 or any(path.is_dir() for path in wanted) else ""
        self._session.run(lambda progress: looking.look(wanted, progress), ended, title=title, on_case=False)

    def start(self) -> None:
        """Bring in what is ticked, with what was stated of how it was made."""
        page = self.preview_page
        if not page.origin_makes_sense():
            return
        stated = {key: value for key, value in page.origin.values.items() if value != ""}
        files: dict[Path, list[Preview]] = {}
        for one in page.taken:
            files.setdefault(one.path, []).append(one)
        self.setCurrentWidget(self.listing)
        waiting = [Waiting(path, tuple(found), page.left_out(path), stated) for path, found in files.items()]
        self.arrivals.add(waiting, page.rest)

    def _look_again(self, one: Preview, said: Mapping[str, object], loaded: bool = False) -> None:
        """A person changed something: recognise that table anew with it. Where it does not fit, all stays as shown."""
        self._asked += 1
        mine = self._asked

        def ended(ending: Done[Preview] | Stopped | Failed) -> None:
            if mine != self._asked:
                return
            match ending:
                case Done(fresh):
                    if loaded:
                        self.preview_page.took_mapping(fresh, said)
                    self.preview_page.replace(fresh)
                case Failed(error):
                    self.preview_page.restore(one)
                    self._around.tell(error)

        self._session.run(lambda progress: looking.again(one, said), ended, on_case=False)

    def load_mapping(self, one: Preview, path: Path) -> None:
        """Read a table as a mapping file says."""
        try:
            said = read_mapping_file(path)
        except CaseboundError as error:
            self._around.tell(error)
            return
        self._look_again(one, said, loaded=True)

    def save_mapping(self, one: Preview | Source, path: Path) -> None:
        """Write how a table is read to a file that can be shared and loaded again."""
        content, around = mapping_file(one.mapping), self._around
        self._session.change(lambda case: whole(path, content), lambda done: around.note(f"Written to {path.name}."))

    def _cancel(self) -> None:
        self.setCurrentWidget(self.listing)

    # One source

    def _describe(self, panel: FactPanel, source: Source) -> None:
        known = self._measured.get(source.number)
        seen = known[1] if known is not None and known[0] == source else None
        told = None
        if self._relations is not None:
            told = [one.words for one in self._relations if source.table in (one.table, one.key_table)]
        save = Button("Save mapping…", lambda: self._choose_target(source), kind="link", icon="save")
        source_panel.describe(panel, source, seen, told, save)
        buttons = [
            Button("State how it was made…", lambda: self.state_origin(source), icon="pen-line"),
            Button("Correct the clock…", lambda: self.correct_clock(source), kind="quiet", icon="clock"),
        ]
        buttons[0].setEnabled(not self._session.read_only)
        buttons[1].setEnabled(not self._session.read_only and source.first_us is not None)
        panel.finish(*buttons)
        if seen is None:
            self.coverage.hide()
            self._measure(source)
        else:
            self.coverage.show_measured(source, seen)
        self.aside.show_source(source)

    def _measure(self, source: Source) -> None:
        """Read the times of a source behind the window; the panel and the strip follow."""
        events = self._session.events

        def done(found: Measured) -> None:
            if events is self._session.events:
                self._measured[source.number] = (source, found)
                if self.listing.table.record == source:
                    self.listing.describe_again()
                self._relate()

        self._session.ask(lambda: measured(events, source), done)

    def _relate(self) -> None:
        """Look for relations between tables, where there are several and they are not large."""
        sources, events = self._session.snapshot.sources, self._session.events
        if self._relations is not None or len(sources) < 2 or sum(one.kept for one in sources) > RELATED:
            return

        def done(found: tuple[Relation, ...]) -> None:
            if events is self._session.events:
                self._relations = found
                self.listing.describe_again()

        self._session.ask(lambda: relations(events), done)

    def read_again(self, source: Source, group: Group) -> None:
        """Ask how rows that are set aside are to be read again."""
        self.setCurrentWidget(self.mend_page)
        self.mend_page.show_group(source, group)

    def state_origin(self, source: Source) -> None:
        """Ask how the export of a source was made."""
        self.setCurrentWidget(self.origin_page)
        self.origin_page.show_source(source)

    def _state(self, number: int, facts: dict[str, object]) -> None:
        around = self._around

        def done(source: Source) -> None:
            self._cancel()
            self.listing.table.setFocus()
            around.note(f"What is stated of {source.label} is in custody.")

        if facts:
            self._session.change(lambda case: case.state_origin(number, facts), done)
        else:
            self._cancel()

    def correct_clock(self, source: Source) -> None:
        """Ask how far the clock of a source was off."""
        if self.clock_form is None:
            self.clock_form = ClockForm(self.window(), self._correct)
        self.clock_form.ask(source)

    def _correct(self, number: int, clock_us: int, reason: str) -> None:
        def done(source: Source) -> None:
            numbers = touched_by_clock(source, self._session.snapshot.measures)
            more = f" Measure again: {', '.join(numbers)}." if numbers else ""
            self._around.note(f"The clock of {source.label}: {correction_text(source.clock_us)}. In custody.{more}")

        self._session.change(lambda case: case.correct_clock(number, clock_us, reason), done)

    def _choose_target(self, source: Source) -> None:
        name = f"{source.table}-mapping.json"
        choosing.target(self, "Save the mapping", name, MAPPINGS, lambda path: self.save_mapping(source, path))


def _fields() -> tuple[Field, ...]:
    return (
        Field("No.", 58, lambda s: Cell(s.label, "text2", "strong")),
        Field("Export", 0, lambda s: Cell(inert(s.name, 200), icon="database", second=_second(s))),
        Field("Rows in", 84, lambda s: Cell(count(s.read)), right=True, spare=1),
        Field("Kept", 84, lambda s: Cell(count(s.kept)), right=True, spare=2),
        Field("Set aside", 84, lambda s: Cell(count(s.quarantined), "warn" if s.quarantined else "text2"), right=True),
        Field("Duplicates", 88, lambda s: Cell(count(s.duplicates), "text2"), right=True, spare=3),
        Field("Covers (UTC)", 210, lambda s: Cell(span(s.first_us, s.last_us), "text2"), spare=4),
    )


def _second(source: Source) -> str:
    inside = f", {inert(source.member, 120)}" if source.member else ""
    known = source.mapping.recognised_as or source.table
    return inside.removeprefix(", ") if known == source.member else f"{known}{inside}"
