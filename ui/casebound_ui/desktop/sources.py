"""The sources: each export that was brought in, what came of its rows, and the way to bring in the next."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from PySide6.QtWidgets import QStackedWidget

from casebound.case import Preview, Source
from casebound.importing import bring_in, preview
from casebound.work import Done, Failed, Progress, Stopped
from casebound_ui.desktop import choosing
from casebound_ui.desktop.bringing import BringingCard, result_words
from casebound_ui.desktop.controls import Button, Chip, label, row
from casebound_ui.desktop.facts import FactPanel, fingerprint
from casebound_ui.desktop.jobs import Running
from casebound_ui.desktop.listing import Listing, nothing
from casebound_ui.desktop.preview_page import PreviewPage
from casebound_ui.desktop.records import Cell, Field
from casebound_ui.desktop.session import CaseSession
from casebound_ui.desktop.set_aside import SetAsideCard
from casebound_ui.desktop.surroundings import Surroundings
from casebound_ui.desktop.wording import count, counted, from_us, inert, moment, size, span

KINDS = "Exports (*.csv *.tsv *.txt *.log *.json *.jsonl *.ndjson *.xlsx *.xlsm);;All files (*)"


class Sources(QStackedWidget):
    """The list, or the preview of what is about to be brought in."""

    def __init__(self, session: CaseSession, around: Surroundings) -> None:
        super().__init__()
        self._session, self._around = session, around
        self._running: Running[tuple[Source, ...]] | None = None
        self._waiting: list[tuple[Path, tuple[Preview, ...]]] = []
        self._chosen: dict[Path, Mapping[str, object]] = {}
        self.card = BringingCard(self._stop)
        self.aside = SetAsideCard(session, around)
        self.aside.hide()
        add = Button("Bring in an export…", self.choose, icon="folder-input")
        first = Button("Bring in the first export…", self.choose, kind="primary", icon="folder-input")
        for button in (add, first):
            button.setEnabled(not session.read_only)
        self.listing = Listing(
            "Sources",
            (
                Field("No.", 58, lambda s: Cell(s.label, "text2", "strong")),
                Field("Export", 0, lambda s: Cell(inert(s.name, 200), icon="database", second=_second(s))),
                Field("Rows in", 84, lambda s: Cell(count(s.read)), right=True, spare=1),
                Field("Kept", 84, lambda s: Cell(count(s.kept)), right=True, spare=2),
                Field(
                    "Set aside",
                    84,
                    lambda s: Cell(count(s.quarantined), "warn" if s.quarantined else "text2"),
                    right=True,
                ),
                Field("Duplicates", 88, lambda s: Cell(count(s.duplicates), "text2"), right=True, spare=3),
                Field("Covers (UTC)", 210, lambda s: Cell(span(s.first_us, s.last_us), "text2"), spare=4),
            ),
            FactPanel("Source", "Nothing chosen", "Choose a source to see where it came from."),
            self._describe,
            empty=nothing(
                "Bring in the first export",
                "Drop a CSV, JSON or Excel file here. The original is kept byte for byte.",
                first,
            ),
            actions=(add,),
            above=(self.card,),
            below=(self.aside,),
            height=46,
            key=lambda s: s.number,
        )
        self.preview_page = PreviewPage(self.start, self._cancel, self._look_again)
        self.addWidget(self.listing)
        self.addWidget(self.preview_page)
        session.changed.add(lambda kinds: self.refresh())
        self.refresh()

    def refresh(self) -> None:
        sources = self._session.snapshot.sources
        kept = sum(source.kept for source in sources)
        text = f"{counted(len(sources), 'table')}, {counted(kept, 'row')} kept" if sources else ""
        self.listing.show_records(sources, text)
        if not sources:
            self.aside.show_source(None)

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
        """Recognise files, and show what would be done with them."""
        self._chosen = {}
        self._look(list(paths), lambda previews: self._show_previews(previews))

    def start(self) -> None:
        """Bring in what is shown."""
        files: dict[Path, list[Preview]] = {}
        for one in self.preview_page.previews:
            files.setdefault(one.path, []).append(one)
        self._waiting += [(path, tuple(found)) for path, found in files.items()]
        self.setCurrentWidget(self.listing)
        if self._running is None:
            self._next()

    def _look(self, paths: list[Path], then: Callable[[tuple[Preview, ...]], object]) -> None:
        chosen = dict(self._chosen)

        def job(progress: Progress) -> tuple[Preview, ...]:
            found: list[Preview] = []
            for place, path in enumerate(paths):
                progress(place, len(paths), path.name)
                found += preview(path, mapping=chosen.get(path))
            return tuple(found)

        def ended(ending: Done[tuple[Preview, ...]] | Stopped | Failed) -> None:
            match ending:
                case Done(previews):
                    then(previews)
                case Failed(error):
                    self._around.tell(error)

        self._session.run(job, ended, on_case=False)

    def _look_again(self, one: Preview, said: Mapping[str, object]) -> None:
        """A person changed a role, a format or the zone: recognise that file anew with it."""
        self._chosen[one.path] = said
        others = self.preview_page.previews

        def then(previews: tuple[Preview, ...]) -> None:
            fresh = {(p.path, p.member, p.mapping.table): p for p in previews}
            self._show_previews(tuple(fresh.get((p.path, p.member, p.mapping.table), p) for p in others))

        self._look([one.path], then)

    def _show_previews(self, previews: tuple[Preview, ...]) -> None:
        if previews:
            self.preview_page.show_previews(previews)
            self.setCurrentWidget(self.preview_page)
            self.preview_page.start.setFocus()

    def _cancel(self) -> None:
        self.setCurrentWidget(self.listing)

    def _next(self) -> None:
        if not self._waiting:
            return
        path, previews = self._waiting.pop(0)

        def job(progress: Progress) -> tuple[Source, ...]:
            return bring_in(self._session.case, path, previews=previews, progress=progress)

        def ended(ending: Done[tuple[Source, ...]] | Stopped | Failed) -> None:
            self._running = None
            match ending:
                case Done(sources):
                    read, kept = sum(s.read for s in sources), sum(s.kept for s in sources)
                    aside, twice = sum(s.quarantined for s in sources), sum(s.duplicates for s in sources)
                    self.card.ended(f"{path.name} is in", result_words(read, kept, aside, twice), well=True)
                    if sources:
                        self.show_source(sources[-1].number)
                case Stopped():
                    self._waiting.clear()
                    self.card.ended(
                        f"{path.name} was stopped",
                        "Nothing was added. The case is as it was; the stop is in custody.",
                        well=False,
                    )
                case Failed(error):
                    self.card.hide()
                    self._around.tell(error)
            self._next()

        self.card.begin(path.name)
        self._running = self._session.run(job, ended, self.card.moved, title=f"Bringing in {path.name}")

    def _stop(self) -> None:
        if self._running is not None:
            self._running.stop()
            self.card.stopping()

    # One source

    def _describe(self, panel: FactPanel, source: Source) -> None:
        panel.add(label(source.label, "body", "text2"), label(inert(source.name, 200), "title", wrap=True))
        chips = row(Chip(source.format.upper(), "neutral"), gap=6)
        if source.quarantined:
            chips.addWidget(Chip(f"{count(source.quarantined)} set aside", "warn"))
        if source.expected is not None:
            right = source.expected == source.read
            chips.addWidget(
                Chip(
                    "As many rows as stated" if right else "Not as many rows as stated", "neutral" if right else "warn"
                )
            )
        chips.addStretch(1)
        panel.add(chips)
        panel.heading("Rows")
        panel.facts(
            [("Read", count(source.read)), ("Kept", count(source.kept)), ("Set aside", count(source.quarantined))]
        )
        panel.facts([("Duplicates", count(source.duplicates)), ("With time", count(source.timed))])
        if source.expected is not None:
            panel.facts([("Stated", f"{count(source.expected)}, by {source.expected_from}")])
        panel.heading("Time")
        zone = source.mapping.zone or "UTC"
        panel.facts([("Zone", f"{zone} ({source.mapping.zone_origin})"), ("First", from_us(source.first_us))])
        panel.facts([("Last", from_us(source.last_us))])
        panel.heading("Original")
        panel.add(fingerprint("SHA-256", source.sha256, "the fingerprint of the original"))
        sheet = [("Sheet", source.member)] if source.member else []
        layout = source.mapping.recognised_as or "columns by their content"
        panel.facts(
            [("Size", size(source.size)), *sheet, ("Layout", layout), ("Columns", str(len(source.mapping.columns)))]
        )
        panel.facts(
            [("Brought in", f"{moment(source.imported_at)} UTC, {source.imported_by}"), ("Read by", source.importer)]
        )
        panel.heading("How the export was made")
        if source.origin:
            panel.facts([(inert(str(k), 18), inert(str(v), 240)) for k, v in list(source.origin.items())[:14]])
        else:
            panel.add(label("Not stated.", "body", "text2"))
        if source.warnings:
            panel.heading("Worth knowing")
            for warning in source.warnings:
                panel.add(label(inert(warning, 400), "small", "text2", wrap=True))
        panel.finish()
        self.aside.show_source(source)


def _second(source: Source) -> str:
    sheet = f", sheet {source.member}" if source.member else ""
    return f"{source.mapping.recognised_as or source.table}{sheet}"
