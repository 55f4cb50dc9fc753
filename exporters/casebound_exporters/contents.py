"""What a package is made of, gathered before anything is recorded: exhibits, numbers, rows, books."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from casebound import quarantine
from casebound.case import Snapshot, Source
from casebound.comparison import Comparison, comparisons, zones_of
from casebound.document import Case
from casebound.events import Events
from casebound.quarantine import Group
from casebound.store.recipients import Included
from casebound.work import Progress
from casebound_exporters import case_uco, chronology, completeness, exhibits, queries, timeline, views
from casebound_exporters.audience import WIDE, zone_origin
from casebound_exporters.chronology import Chronology
from casebound_exporters.completeness import Book
from casebound_exporters.exhibits import Chosen
from casebound_exporters.pictures import picture
from casebound_exporters.queries import Question
from casebound_exporters.report.model import Picture
from casebound_exporters.set_aside import AsideTable, write_aside
from casebound_exporters.tables import Table, write_tables
from casebound_exporters.timeline import Entry
from casebound_exporters.views import Views
from casebound_packaging.identity import Identity
from casebound_packaging.member import Member


@dataclass(frozen=True, slots=True)
class Contents:
    """Everything chosen for one package, with the files that had to be written for it."""

    snapshot: Snapshot
    recipient_class: str
    chosen: tuple[Chosen, ...]
    questions: tuple[Question, ...]
    tables: tuple[Table, ...]
    books: tuple[Book, ...]
    entries: tuple[Entry, ...]
    pictures: Mapping[str, tuple[Picture | None, str]]
    aside: tuple[AsideTable, ...] = ()
    views: Views = views.NONE
    curated: Chronology | None = None  # the evidence timeline as people put it together

    @property
    def included(self) -> Included:
        """What of the case goes into this package; what stands in no finding is no view of it."""
        said = self.snapshot
        return Included(
            frozenset(one.exhibit.number for one in self.chosen),
            frozenset(finding.number for finding in said.findings),
            frozenset(one.measure.number for one in self.questions),
            frozenset(source.number for source in said.sources),
            frozenset(one.view.number for one in self.views.shown),
            frozenset(one.entry for one in self.curated.entries) if self.curated is not None else frozenset(),
        )

    @property
    def wide(self) -> bool:
        """Whether the recipient gets names and notes."""
        return self.recipient_class in WIDE

    @property
    def attachments(self) -> dict[str, int]:
        """How many attachments are held, enclosed and withheld, and the bytes enclosed."""
        enclosed = [one.attachment for one in self.chosen if one.attachment is not None]
        held = len(self.snapshot.attachments)
        octets = sum(attachment.size for attachment in enclosed)
        return {
            "held": held,
            "enclosed": len(enclosed),
            "bytes_enclosed": octets,
            "withheld": held - len(enclosed),
        }

    @property
    def complete(self) -> bool:
        """Whether nothing that the case holds was left out."""
        counts = self.attachments
        return completeness.complete(self.books, counts["held"], counts["enclosed"])


def gather(case: Case, recipient_class: str, folder: Path, progress: Progress) -> Contents:
    """Choose and write what goes into a package. `folder` takes the tables. Nothing of the case is changed."""
    snapshot = case.snapshot()
    with Events.open(snapshot.path, snapshot.sources) as events:
        progress(0, 0, "choosing exhibits")
        chosen = exhibits.choose(case, snapshot, events)
        questions = []
        for measure in snapshot.measures:
            progress(0, 0, f"counting {measure.number} again")
            questions.append(queries.question(snapshot, events, measure))
        shown = views.choose(snapshot, events, recipient_class, progress)
        tables = write_tables(events, questions, shown, folder, progress)
        set_aside: defaultdict[int, list[Group]] = defaultdict(list)
        for group in events.set_aside_groups():
            set_aside[group.source].append(group)
        repeated = {one.number: quarantine.repeated(*events.parts(one.number)) for one in snapshot.sources}
        aside = write_aside(snapshot, events, folder, progress) if recipient_class in WIDE else ()
        compared = {source.number: _compared(source, events, recipient_class) for source in snapshot.sources}
    chosen_events = [one.event for one in chosen if one.event is not None]
    books = completeness.books(
        snapshot,
        tables,
        questions,
        shown.shown,
        chosen_events,
        set_aside,
        compared,
        repeated,
        {one.source.number: one.path for one in aside},
    )
    pictures = {}
    for one in chosen:
        if one.attachment is not None and not one.attachment.sensitive:
            progress(0, 0, f"drawing {one.exhibit.number}")
            drawn = picture(case.attachment_path(one.attachment.number), one.attachment.media_type)
            pictures[one.exhibit.number] = drawn
    entries = tuple(exhibits.timeline(chosen, recipient_class))
    return Contents(
        snapshot,
        recipient_class,
        chosen,
        tuple(questions),
        tuple(tables),
        books,
        entries,
        pictures,
        aside,
        shown,
        chronology.curated(snapshot, chosen, entries),
    )


def _compared(source: Source, events: Events, recipient_class: str) -> tuple[Comparison, ...]:
    """What was stated of an export beside what came; who chose a zone is told only to those who are told of people."""
    zones: dict[tuple[str, str], int] = {}
    for (zone, origin), count in zones_of(events.time_ledger(source.number)).items():
        key = (zone, zone_origin(origin, recipient_class))
        zones[key] = zones.get(key, 0) + count
    return comparisons(source, events.source_times(source.number), zones)


def members(
    contents: Contents, case: Case, identity: Identity, ledger: Mapping[str, int], sealed_at: datetime
) -> list[Member]:
    """The payload but for the report, package.json and the custody record."""
    made: list[Member] = []
    for one in contents.chosen:
        made += exhibits.members(case, one, contents.snapshot, contents.recipient_class)
    for table in contents.tables:
        made += table.members()
    for aside in contents.aside:
        made += aside.members()
    paths = {table.name: table.path for table in contents.tables}
    made += queries.members(contents.questions, paths)
    loader = queries.loader({table.name: (table.path, table.columns) for table in contents.tables})
    made += [loader] if loader is not None else []
    made += views.members(contents.views.shown, paths)
    made += timeline.members(contents.entries)
    made += chronology.members(contents.curated)
    curated = contents.curated.counts if contents.curated is not None else None
    made.append(completeness.member(contents.books, contents.attachments, ledger, curated, contents.recipient_class))
    made.append(case_uco.member(contents.snapshot, contents.chosen, identity.name, identity.key_fingerprint, sealed_at))
    return made
