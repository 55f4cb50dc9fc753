"""The report's model out of what was gathered: everything that is printed, in the words in which it is printed."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Final

from casebound import recipes
from casebound.assurance import stated_facts
from casebound.case import Finding, MarkKind, Mend, Source
from casebound.comparison import Comparison
from casebound.timewords import clock_words, doubts, precision_text
from casebound_exporters.audience import zone_origin
from casebound_exporters.composed_custody import chain, custody
from casebound_exporters.contents import Contents
from casebound_exporters.declared import declared_limits
from casebound_exporters.queries import Question
from casebound_exporters.report.model import (
    Cover,
    Excerpt,
    ExhibitEntry,
    Judgement,
    Moment,
    Number,
    Reason,
    ReportModel,
    SourceEntry,
    Totals,
    excerpt,
)
from casebound_exporters.report.written import instant, moment, window
from casebound_exporters.timeline import Entry, stated_date
from casebound_packaging import __version__
from casebound_packaging.identity import spoken
from casebound_packaging.package import Facts, build_hash
from casebound_packaging.times import parse_stamp

if TYPE_CHECKING:
    from casebound.case import Attachment, Event
    from casebound.store.packages import Prepared
    from casebound_exporters.archive import SealedPackageExporter
    from casebound_exporters.completeness import Book
    from casebound_exporters.exhibits import Chosen

MOST_MOMENTS: Final = 400
MOST_EXHIBITS: Final = 200
MOST_FIELDS: Final = 40
_TOOLS: Final = ("duckdb", "reportlab", "pikepdf", "pyhanko", "cryptography", "rfc8785")


def compose(exporter: SealedPackageExporter, contents: Contents, prepared: Prepared, facts: Facts) -> ReportModel:
    """The whole report."""
    snapshot = contents.snapshot
    numbers = {one.measure.number: _number(one) for one in contents.questions}
    captions = {one.exhibit.number: _named(one) for one in contents.chosen}
    exhibits = tuple(_exhibit(one, contents) for one in contents.chosen[:MOST_EXHIBITS])
    counts = contents.attachments
    lines = custody(prepared, contents.snapshot.sources)
    limits = declared_limits(contents.complete, prepared)
    return ReportModel(
        cover=_cover(exporter, contents, prepared, facts, limits),
        judgements=tuple(_judgement(finding, captions, numbers) for finding in snapshot.findings),
        numbers=tuple(numbers.values()),
        sources=tuple(_source(book, contents) for book in contents.books),
        timeline=excerpt([_moment(entry, contents) for entry in contents.entries], MOST_MOMENTS, "data/timeline.csv"),
        exhibits=Excerpt(exhibits, len(contents.chosen), "data/exhibits/"),
        custody=lines,
        chain=chain(contents),
        totals=Totals(
            complete=contents.complete,
            rows_kept=sum(book.source.kept for book in contents.books),
            rows_enclosed=sum(book.cited for book in contents.books),
            attachments_held=counts["held"],
            attachments_enclosed=counts["enclosed"],
            attachments_withheld=counts["withheld"],
            ledger_lines=len(prepared.lines),
            ledger_omitted=sum(line.startswith(b'{"omitted":') for line in prepared.lines),
        ),
        seals=("01-examiner",),
        stamp_asked=bool(exporter.tsa_url),
        verifier_enclosed=exporter.include_verifier,
        tools=_tools(),
    )


def _cover(
    exporter: SealedPackageExporter, contents: Contents, prepared: Prepared, facts: Facts, limits: tuple[str, ...]
) -> Cover:
    return Cover(
        case_number=contents.snapshot.number,
        case_title=contents.snapshot.title,
        organisation=exporter.organisation,
        recipient_class=exporter.recipient_class,
        purpose=exporter.purpose,
        legal_basis=exporter.legal_basis,
        package_id=facts.package_id,
        version=prepared.version,
        supersedes=prepared.supersedes["package_id"] if prepared.supersedes else "",
        evidence_root=facts.evidence_root,
        signer=facts.signer_name,
        fingerprint=facts.fingerprint,
        key_fingerprint=facts.key_fingerprint,
        spoken=spoken(facts.fingerprint),
        self_issued=facts.self_issued,
        log_origin=facts.checkpoint.origin,
        log_size=facts.checkpoint.size,
        log_root=facts.checkpoint.root,
        sealed_at=facts.sealed_at,
        limits=limits,
    )


def _number(one: Question) -> Number:
    measure = one.measure
    return Number(
        query=measure.number,
        question=measure.question,
        result=measure.result,
        unit=measure.unit,
        window=window(measure.from_us, measure.to_us),
        denominator=measure.denominator,
        denominator_of=measure.denominator_of,
        condition=measure.where,
        table=measure.table,
    )


def _named(one: Chosen) -> str:
    title = one.exhibit.caption or (one.attachment.title if one.attachment else "") or "no caption"
    return f"{one.exhibit.number}, {title}"


def _judgement(finding: Finding, captions: dict[str, str], numbers: dict[str, Number]) -> Judgement:
    def cited(exhibits: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(captions.get(number, f"{number}, not in this package") for number in exhibits)

    return Judgement(
        number=finding.number,
        sentence=finding.sentence,
        reasoning=finding.reasoning,
        ask=finding.ask,
        likelihood=str(finding.likelihood),
        confidence=str(finding.confidence),
        confidence_basis=finding.confidence_basis,
        clause=finding.clause,
        supports=cited(finding.supports),
        contradicts=cited(finding.contradicts),
        numbers=tuple(numbers[number] for number in finding.measures if number in numbers),
        limits=finding.limits,
        state=finding.state,
    )


def _source(book: Book, contents: Contents) -> SourceEntry:
    source = book.source
    by = f" by {source.imported_by}" if contents.wide and source.imported_by else ""
    return SourceEntry(
        label=source.label,
        file=source.name,
        table=f"{source.table}, sheet {source.member}" if source.member else source.table,
        format=source.format,
        sha256=source.sha256,
        size=source.size,
        read=source.read,
        kept=source.kept,
        quarantined=source.quarantined,
        duplicates=source.duplicates,
        enclosed=book.cited,
        filtered=book.filtered,
        not_selected=book.not_selected,
        expected=source.expected,
        expected_from=source.expected_from,
        first=instant(source.first_us),
        last=instant(source.last_us),
        zone=source.mapping.zone,
        zone_origin=zone_origin(source.mapping.zone_origin, contents.recipient_class),
        origin=_stated(source, contents.wide),
        imported=f"{moment(source.imported_at)}{by}",
        importer=source.importer,
        reasons=tuple(
            Reason(one.reason, one.count, one.first_line, one.first_raw, one.first_offset) for one in book.reasons
        ),
        warnings=source.warnings,
        compared=tuple((one.title, _beside(one)) for one in book.compared),
        mends=tuple(_mended(one, contents.wide) for one in source.mends),
        repeated=_repeated(book),
        aside_file=book.enclosed_aside,
        clock=clock_words(source.clock_us, source.clock_reason if contents.wide else ""),
    )


def _mended(one: Mend, names: bool) -> str:
    by = f" by {one.by}" if names else ""
    rest = [f"{one.kept:,} kept"]
    rest += [f"{one.quarantined:,} stayed set aside"] if one.quarantined else []
    rest += [f"{one.duplicates:,} repeated"] if one.duplicates else []
    rows = "row" if one.read == 1 else "rows"
    return f"{one.read:,} {rows} read again on {moment(one.at)}{by} ({recipes.spoken(one.recipe)}): {', '.join(rest)}"


def _repeated(book: Book) -> str:
    """ "41, of which 40 stand first in S-01"."""
    if not book.source.duplicates:
        return ""
    others = [
        f"{count:,} stand first in S-{number:02d}"
        for number, count in book.repeated.items()
        if number != book.source.number
    ]
    return f"{book.source.duplicates:,}" + (f", of which {' and '.join(others)}" if others else "")


def _stated(source: Source, names: bool) -> tuple[tuple[str, str], ...] | None:
    """How the export was made; what a person stated names that person, or says that it was the examiner."""
    told = stated_facts(source, names=names)
    if not told:
        return None
    return tuple(
        (fact.key, f"{fact.value} ({fact.origin})" if fact.origin.startswith("stated by ") else fact.value)
        for fact in told
    )


def _beside(one: Comparison) -> str:
    verdict = {True: "as stated", False: "NOT as stated", None: "cannot be told"}[one.agrees]
    return f"{verdict}: {one.stated} stated; {one.came}"


def _facts(origin: object) -> tuple[tuple[str, str], ...] | None:
    if not hasattr(origin, "items"):
        return None
    return tuple((str(key), value if isinstance(value, str) else str(value)) for key, value in origin.items())


def _moment(entry: Entry, contents: Contents) -> Moment:
    event = next((one.event for one in contents.chosen if one.exhibit.number == entry.exhibit), None)
    detail = " · ".join(part for part in (event.actor, event.action, event.object) if part) if event else ""
    return Moment(
        utc=moment(parse_stamp(entry.utc)),
        raw=entry.raw,
        zone=entry.zone,
        zone_origin=entry.zone_origin,
        source=entry.source,
        line=entry.line,
        caption=entry.caption,
        detail=detail,
        exhibit=entry.exhibit,
    )


def _exhibit(one: Chosen, contents: Contents) -> ExhibitEntry:
    return _of_attachment(one, one.attachment, contents) if one.attachment else _of_event(one, one.event, contents)


def _notes(one: Chosen, contents: Contents) -> tuple[str, ...]:
    """What people wrote about it; names and notes go only to those who get the whole custody record."""
    if not contents.wide:
        return ()
    return tuple(
        f"{mark.text} ({mark.by}, {moment(mark.at)})"
        for mark in contents.snapshot.marks
        if mark.kind is MarkKind.NOTE
        and (
            (one.event is not None and mark.event == one.event.id)
            or (one.attachment is not None and mark.attachment == one.attachment.number)
        )
    )


def _of_attachment(one: Chosen, attachment: Attachment, contents: Contents) -> ExhibitEntry:
    dated = stated_date(attachment.origin)
    drawn, note = contents.pictures.get(one.exhibit.number, (None, ""))
    if attachment.sensitive:
        note = "Not drawn: it is marked sensitive. The file is enclosed."
    return ExhibitEntry(
        number=one.exhibit.number,
        caption=one.exhibit.caption,
        kind="attachment",
        sensitive=attachment.sensitive,
        title=attachment.title,
        file=one.file,
        original_name=attachment.name,
        media_type=attachment.media_type,
        size=attachment.size,
        sha256=attachment.sha256,
        origin=_facts(attachment.origin),
        attachment=attachment.number,
        line_seq=attachment.line_seq,
        line_hash=attachment.line_hash,
        previous_hash=attachment.previous_hash,
        source="",
        source_line=None,
        event="",
        utc=moment(parse_stamp(dated[0])) if dated else "",
        raw=dated[1] if dated else "",
        zone="",
        time_note="",
        fields=Excerpt((), 0, ""),
        withheld_fields=0,
        notes=_notes(one, contents),
        picture=drawn,
        picture_note=note,
    )


def _about_time(event: Event) -> str:
    """How the time was read, and what is uncertain of it or was corrected."""
    parts = (
        f"read as {event.time_rule}, to {precision_text(event.time_precision_us)}" if event.time_rule else "",
        doubts(event),
        f"the source's clock was corrected: {clock_words(event.clock_us)}" if event.clock_us else "",
    )
    return "; ".join(part for part in parts if part)


def _of_event(one: Chosen, event: Event | None, contents: Contents) -> ExhibitEntry:
    assert event is not None
    fields = [(name, "(no value)" if value is None else value) for name, value in event.fields.items()]
    origin = zone_origin(event.zone_origin, contents.recipient_class)
    return ExhibitEntry(
        number=one.exhibit.number,
        caption=one.exhibit.caption,
        kind="event",
        sensitive=False,
        title="",
        file=one.file,
        original_name="",
        media_type="",
        size=0,
        sha256=event.id.sha256,
        origin=None,
        attachment=None,
        line_seq=one.line_seq,
        line_hash=one.line_hash,
        previous_hash="",
        source=one.source,
        source_line=event.line,
        event=str(event.id),
        utc=instant(event.time_us),
        raw=event.time_raw,
        zone=f"{event.zone} ({origin})",
        time_note=_about_time(event),
        fields=excerpt(fields, MOST_FIELDS, one.file),
        withheld_fields=0,
        notes=_notes(one, contents),
        picture=None,
        picture_note="",
    )


def _tools() -> tuple[tuple[str, str], ...]:
    made = [
        ("Casebound", __version__),
        ("Casebound, build", build_hash()),
        ("Python", platform.python_version()),
    ]
    for name in _TOOLS:
        try:
            made.append((name, version(name)))
        except PackageNotFoundError:
            made.append((name, "version not known"))
    return tuple(made)
