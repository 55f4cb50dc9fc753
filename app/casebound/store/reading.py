"""Rows as the frozen values that leave the store."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from casebound.case import (
    Attachment,
    ChronologyEntry,
    Column,
    ColumnRole,
    Confidence,
    EventId,
    Exhibit,
    Finding,
    Likelihood,
    Mark,
    MarkKind,
    Measure,
    Mend,
    SavedView,
    SealedPackage,
    Snapshot,
    Source,
    TableMapping,
)
from casebound.errors import BadCase, CaseboundError
from casebound.store import custodyrecords, models
from casebound.store.records import entry_number, exhibit_number, finding_number, measure_number, view_number
from casebound.store.stated import pack, stated, texts, unpack
from casebound_packaging.times import parse_stamp

_Kept = TypeVar("_Kept", models.MarkRow, models.ExhibitRow, models.FindingRow, models.MeasureRow, models.SavedViewRow)


def snapshot(session: Session, path: Path, read_only: bool, log_origin: str) -> Snapshot:
    """The whole case at one moment. Raises `BadCase` where a row says something impossible."""
    case = session.get(models.CaseRow, 1)
    if case is None:
        raise BadCase("The case's database does not say which case it is.", "Use the last copy of it.", where=str(path))
    try:
        return Snapshot(
            path=path,
            number=case.number,
            title=case.title,
            created_at=parse_stamp(case.created_at),
            log_origin=log_origin,
            read_only=read_only,
            sources=sources(session),
            attachments=attachments(session),
            marks=tuple(map(mark, session.scalars(_kept(models.MarkRow)))),
            exhibits=tuple(map(exhibit, session.scalars(_kept(models.ExhibitRow)))),
            findings=tuple(map(finding, session.scalars(_kept(models.FindingRow)))),
            measures=tuple(map(measure, session.scalars(_kept(models.MeasureRow)))),
            packages=tuple(
                map(package, session.scalars(select(models.PackageRow).order_by(models.PackageRow.version)))
            ),
            ledger_size=case.ledger_size,
            ledger_head=case.ledger_head,
            views=tuple(map(view, session.scalars(_kept(models.SavedViewRow)))),
            chronology=tuple(map(entry, session.scalars(curated()))),
            **custodyrecords.kept(session),
        )
    except (ValueError, TypeError, KeyError, AttributeError, CaseboundError) as error:
        raise BadCase(
            f"The case's database holds something that this program never writes: {error}.",
            "Run “casebound check” on the case; it names what was changed.",
            meaning="Somebody or something changed it outside of this program.",
            where=str(path),
        ) from error


def _kept(model: type[_Kept]) -> Select[_Kept]:
    return select(model).where(model.removed.is_(False)).order_by(model.number)


def curated() -> Select[models.ChronologyRow]:
    """The entries of the evidence timeline that were not removed, in their order."""
    row = models.ChronologyRow
    return select(row).where(row.removed.is_(False)).order_by(row.place, row.number)


def sources(session: Session) -> tuple[Source, ...]:
    """Every source with its mends, in the order of their numbers."""
    mends: dict[int, list[Mend]] = {}
    for row in session.scalars(select(models.MendRow).order_by(models.MendRow.number)):
        mends.setdefault(row.source, []).append(mend(row))
    rows = session.scalars(select(models.SourceRow).order_by(models.SourceRow.number))
    return tuple(source(row, tuple(mends.get(row.number, ()))) for row in rows)


def mend(row: models.MendRow) -> Mend:
    """A mend as a value."""
    recipe = unpack(row.recipe)
    if not isinstance(recipe, dict):
        raise ValueError("a recipe that is none")
    return Mend(
        number=row.number,
        source=row.source,
        recipe=recipe,
        read=row.read,
        kept=row.kept,
        quarantined=row.quarantined,
        duplicates=row.duplicates,
        timed=row.timed,
        first_us=row.first_us,
        last_us=row.last_us,
        generation=row.generation,
        rows_digest=row.rows_digest,
        importer=row.importer,
        by=row.by,
        at=parse_stamp(row.at),
    )


def source(row: models.SourceRow, mends: tuple[Mend, ...] = ()) -> Source:
    """A source as a value."""
    return Source(
        number=row.number,
        name=row.name,
        sha256=row.sha256,
        size=row.size,
        member=row.member,
        table=row.table_name,
        format=row.format,
        mapping=read_mapping(row.mapping),
        read=row.read,
        kept=row.kept,
        quarantined=row.quarantined,
        duplicates=row.duplicates,
        timed=row.timed,
        # As people see them: the record and the rows keep what the source's own clock said.
        first_us=None if row.first_us is None else row.first_us + row.clock_us,
        last_us=None if row.last_us is None else row.last_us + row.clock_us,
        expected=row.expected,
        expected_from=row.expected_from,
        origin=stated(row.origin),
        generation=row.generation,
        rows_digest=row.rows_digest,
        importer=row.importer,
        imported_at=parse_stamp(row.imported_at),
        imported_by=row.imported_by,
        warnings=texts(row.warnings),
        mends=mends,
        clock_us=row.clock_us,
        clock_reason=row.clock_reason,
    )


def write_mapping(mapping: TableMapping) -> str:
    """A mapping as it is kept in a column."""
    return pack(
        {
            "table": mapping.table,
            "columns": [
                {"name": column.name, "role": column.role.value, "time_format": column.time_format}
                for column in mapping.columns
            ],
            "zone": mapping.zone,
            "zone_origin": mapping.zone_origin,
            "encoding": mapping.encoding,
            "delimiter": mapping.delimiter,
            "header_line": mapping.header_line,
            "recognised_as": mapping.recognised_as,
            **_beyond_the_usual(mapping),
        }
    )


def _beyond_the_usual(mapping: TableMapping) -> dict[str, object]:
    """What only some mappings say; left out elsewhere, so that the records of earlier versions stay as they are."""
    said: dict[str, object] = {}
    if mapping.header_rows != 1:
        said["header_rows"] = mapping.header_rows
    if mapping.time_base:
        said |= {"time_base": mapping.time_base, "time_base_origin": mapping.time_base_origin}
    return said


def read_mapping(packed: str) -> TableMapping:
    """Read a mapping back. Raises `ValueError`, `KeyError` or `TypeError` where it is none."""
    found = unpack(packed)
    if not isinstance(found, dict):
        raise ValueError("a mapping that is none")
    columns = tuple(
        Column(column["name"], ColumnRole(column["role"]), column["time_format"]) for column in found.pop("columns")
    )
    return TableMapping(columns=columns, **found)


def attachments(session: Session) -> tuple[Attachment, ...]:
    """Every attachment with its events, in the order of the chain."""
    linked = models.AttachmentEventRow
    events: dict[int, list[EventId]] = {}
    for row in session.scalars(select(linked).order_by(linked.attachment, linked.position)):
        events.setdefault(row.attachment, []).append(EventId.parse(row.event))
    rows = session.scalars(select(models.AttachmentRow).order_by(models.AttachmentRow.number))
    return tuple(attachment(row, tuple(events.get(row.number, ()))) for row in rows)


def attachment(row: models.AttachmentRow, events: tuple[EventId, ...]) -> Attachment:
    """An attachment as a value."""
    return Attachment(
        number=row.number,
        sha256=row.sha256,
        size=row.size,
        name=row.name,
        title=row.title,
        media_type=row.media_type,
        sensitive=row.sensitive,
        origin=stated(row.origin),
        events=events,
        by=row.by,
        at=parse_stamp(row.at),
        line_seq=row.line_seq,
        line_hash=row.line_hash,
        previous_hash=row.previous_hash,
    )


def mark(row: models.MarkRow) -> Mark:
    """A mark as a value."""
    return Mark(
        number=row.number,
        kind=MarkKind(row.kind),
        event=_event(row.event),
        attachment=row.attachment,
        text=row.text,
        by=row.by,
        at=parse_stamp(row.at),
        removed=row.removed,
        from_us=row.from_us,
        to_us=row.to_us,
        field=row.field,
        value=row.value,
    )


def exhibit(row: models.ExhibitRow) -> Exhibit:
    """An exhibit as a value."""
    return Exhibit(
        number=exhibit_number(row.number),
        event=_event(row.event),
        attachment=row.attachment,
        caption=row.caption,
        by=row.by,
        at=parse_stamp(row.at),
        removed=row.removed,
    )


def finding(row: models.FindingRow) -> Finding:
    """A finding as a value."""
    return Finding(
        number=finding_number(row.number),
        sentence=row.sentence,
        reasoning=row.reasoning,
        supports=texts(row.supports),
        contradicts=texts(row.contradicts),
        measures=texts(row.measures),
        clause=row.clause,
        likelihood=Likelihood(row.likelihood),
        confidence=Confidence(row.confidence),
        confidence_basis=row.confidence_basis,
        ask=row.ask,
        limits=row.limits,
        state=row.state,
        by=row.by,
        at=parse_stamp(row.at),
        changed_at=parse_stamp(row.changed_at),
        views=texts(row.views),
    )


def measure(row: models.MeasureRow) -> Measure:
    """A measure as a value."""
    return Measure(
        number=measure_number(row.number),
        question=row.question,
        table=row.table_name,
        where=row.where,
        unit=row.unit,
        distinct=row.distinct,
        from_us=row.from_us,
        to_us=row.to_us,
        result=row.result,
        of_where=row.of_where,
        denominator=row.denominator,
        denominator_of=row.denominator_of,
        by=row.by,
        at=parse_stamp(row.at),
    )


def view(row: models.SavedViewRow) -> SavedView:
    """A saved view as a value."""
    look = stated(row.look)
    assert look is not None
    return SavedView(
        number=view_number(row.number),
        title=row.title,
        where=row.where,
        from_us=row.from_us,
        to_us=row.to_us,
        lanes=row.lanes,
        columns=texts(row.columns),
        sort=row.sort,
        descending=row.descending,
        colour=row.colour,
        look=look,
        by=row.by,
        at=parse_stamp(row.at),
        changed_at=parse_stamp(row.changed_at),
        removed=row.removed,
    )


def entry(row: models.ChronologyRow) -> ChronologyEntry:
    """An entry of the evidence timeline as a value."""
    return ChronologyEntry(
        number=entry_number(row.number),
        exhibit="" if row.exhibit is None else exhibit_number(row.exhibit),
        from_us=row.from_us,
        to_us=row.to_us,
        caption=row.caption,
        by=row.by,
        at=parse_stamp(row.at),
        removed=row.removed,
    )


def package(row: models.PackageRow) -> SealedPackage:
    """A package as a value."""
    return SealedPackage(
        version=row.version,
        package_id=row.package_id,
        name=row.name,
        path=row.path,
        sha256=row.sha256,
        size=row.size,
        recipient_class=row.recipient_class,
        purpose=row.purpose,
        legal_basis=row.legal_basis,
        prepared_at=parse_stamp(row.prepared_at),
        exported=row.exported,
        checkpoint_size=row.checkpoint_size,
        checkpoint_root=row.checkpoint_root,
    )


def _event(text: str | None) -> EventId | None:
    return None if text is None else EventId.parse(text)
