"""What the ledger is told of an item after each change: its record, as JSON.

A record holds every fact of the row but who did it: that name is a disclosure of its own (`actor_name`), so that it can
be withheld from a recipient who gets the record. `casebound.check` compares every row with the record in its last line.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy.orm import Session

from casebound.store import custodymodels, custodyrecords, models
from casebound.store.recordparts import attached_events, commitments, mends_of
from casebound.store.stated import moment, unpack
from casebound_packaging.disclosure import digest

Record = dict[str, object]
_DIGITS: Final = 18  # of a number that SQLite can hold


def exhibit_number(number: int) -> str:
    """1 is EX-0001."""
    return f"EX-{number:04d}"


def finding_number(number: int) -> str:
    """1 is F-01."""
    return f"F-{number:02d}"


def measure_number(number: int) -> str:
    """1 is Q-0001."""
    return f"Q-{number:04d}"


def view_number(number: int) -> str:
    """1 is V-01."""
    return f"V-{number:02d}"


def entry_number(number: int) -> str:
    """1 is C-0001."""
    return f"C-{number:04d}"


def named_number(name: str, prefix: str) -> int | None:
    """The number in a name that a person typed: EX-0001 and 1 are 1. None where it is no number a row can have."""
    digits = name.removeprefix(prefix)
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= _DIGITS else None


def _case(row: models.CaseRow, session: Session) -> Record:
    return {"number": row.number, "title": row.title, "created_at": row.created_at, "log_id": row.log_id}


def _mend(row: models.MendRow) -> Record:
    return {
        "mend": row.number,
        "source": row.source,
        "recipe": unpack(row.recipe),
        "read": row.read,
        "kept": row.kept,
        "quarantined": row.quarantined,
        "duplicates": row.duplicates,
        "timed": row.timed,
        "first": moment(row.first_us),
        "last": moment(row.last_us),
        "generation": row.generation,
        "generation_digest": row.generation_digest,
        "rows_digest": row.rows_digest,
        "importer": row.importer,
        "at": row.at,
    }


def _source(row: models.SourceRow, session: Session) -> Record:
    mended = [_mend(mend) for mend in mends_of(session, row.number)]
    return {
        "source": row.number,
        "name": row.name,
        "sha256": row.sha256,
        "size": row.size,
        "member": row.member,
        "table": row.table_name,
        "format": row.format,
        "mapping": unpack(row.mapping),
        "read": row.read,
        "kept": row.kept,
        "quarantined": row.quarantined,
        "duplicates": row.duplicates,
        "timed": row.timed,
        "first": moment(row.first_us),
        "last": moment(row.last_us),
        "expected": row.expected,
        "expected_from": row.expected_from,
        "origin": None if row.origin is None else unpack(row.origin),
        "generation": row.generation,
        "generation_digest": row.generation_digest,
        "rows_digest": row.rows_digest,
        "importer": row.importer,
        "imported_at": row.imported_at,
        "warnings": unpack(row.warnings),
        # Only where a person said so: the records of earlier versions know neither.
        **({"mends": mended} if mended else {}),
        **({"clock_us": row.clock_us, "clock_reason": row.clock_reason} if row.clock_us or row.clock_reason else {}),
    }


def _attachment(row: models.AttachmentRow, session: Session) -> Record:
    return attachment_record(
        number=row.number,
        sha256=row.sha256,
        size=row.size,
        name=row.name,
        title=row.title,
        media_type=row.media_type,
        sensitive=row.sensitive,
        origin=None if row.origin is None else unpack(row.origin),
        events=attached_events(session, row.number),
        at=row.at,
    )


def attachment_record(*, number: int, events: Sequence[str], **facts: object) -> Record:
    """The record of an attachment: its facts as they are kept, and the events it is put to."""
    # Not its own line's number and hash: the record is inside that line. The chain has them.
    return {"attachment": number, **facts, "events": list(events)}


def _mark(row: models.MarkRow, session: Session) -> Record:
    return mark_record(
        number=row.number,
        kind=row.kind,
        event=row.event,
        attachment=row.attachment,
        text=row.text,
        at=row.at,
        removed=row.removed,
        from_us=row.from_us,
        to_us=row.to_us,
        field=row.field,
        value=row.value,
    )


def mark_record(
    *,
    number: int,
    from_us: int | None = None,
    to_us: int | None = None,
    field: str = "",
    value: str = "",
    **facts: object,
) -> Record:
    """The record of a mark: its facts as they are kept. Only a range and an entity say where they are besides."""
    return {
        "mark": number,
        **facts,
        **({} if from_us is None and to_us is None else {"from": moment(from_us), "to": moment(to_us)}),
        **({"field": field, "value": value} if field or value else {}),
    }


def _exhibit(row: models.ExhibitRow, session: Session) -> Record:
    record: Record = {
        "exhibit": exhibit_number(row.number),
        "event": row.event,
        "attachment": row.attachment,
        "caption": row.caption,
        "at": row.at,
        "removed": row.removed,
    }
    if row.event is not None:
        record["_sd"] = sorted(digest(encoded) for encoded in commitments(session, row.number))
    return record


def _finding(row: models.FindingRow, session: Session) -> Record:
    return {
        "finding": finding_number(row.number),
        "sentence": row.sentence,
        "reasoning": row.reasoning,
        "supports": unpack(row.supports),
        "contradicts": unpack(row.contradicts),
        "measures": unpack(row.measures),
        "clause": row.clause,
        "likelihood": row.likelihood,
        "confidence": row.confidence,
        "confidence_basis": row.confidence_basis,
        "ask": row.ask,
        "limits": row.limits,
        "state": row.state,
        "at": row.at,
        "changed_at": row.changed_at,
        # Only where it is so: the records of earlier versions know neither.
        **({"views": unpack(row.views)} if row.views != "[]" else {}),
        **({"removed": row.removed} if row.removed is not False else {}),
    }


def _measure(row: models.MeasureRow, session: Session) -> Record:
    return {
        "measure": measure_number(row.number),
        "question": row.question,
        "table": row.table_name,
        "where": row.where,
        "unit": row.unit,
        "distinct": row.distinct,
        "from": moment(row.from_us),
        "to": moment(row.to_us),
        "result": row.result,
        "of_where": row.of_where,
        "denominator": row.denominator,
        "denominator_of": row.denominator_of,
        "at": row.at,
        **({"removed": row.removed} if row.removed is not False else {}),
    }


def _view(row: models.SavedViewRow, session: Session) -> Record:
    return {
        "view": view_number(row.number),
        "title": row.title,
        "where": row.where,
        "from": moment(row.from_us),
        "to": moment(row.to_us),
        "lanes": row.lanes,
        "columns": unpack(row.columns),
        "sort": row.sort,
        "descending": row.descending,
        "colour": row.colour,
        "look": unpack(row.look),
        "at": row.at,
        "changed_at": row.changed_at,
        "removed": row.removed,
    }


def _entry(row: models.ChronologyRow, session: Session) -> Record:
    return {
        "entry": entry_number(row.number),
        "place": row.place,
        "exhibit": None if row.exhibit is None else exhibit_number(row.exhibit),
        "from": moment(row.from_us),
        "to": moment(row.to_us),
        "caption": row.caption,
        "at": row.at,
        "removed": row.removed,
    }


def _package(row: models.PackageRow, session: Session) -> Record:
    return {
        "version": row.version,
        "package_id": row.package_id,
        "name": row.name,
        "sha256": row.sha256,
        "size": row.size,
        "recipient_class": row.recipient_class,
        "purpose": row.purpose,
        "legal_basis": row.legal_basis,
        "prepared_at": row.prepared_at,
        "exported": row.exported,
        "evidence_root": row.evidence_root,
        "checkpoint_size": row.checkpoint_size,
        "checkpoint_root": row.checkpoint_root,
    }


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of item: where its rows are, how one is called, what its record says, and what changes with it."""

    item_type: str
    model: type[models.Base]
    key: str
    name: Callable[[int], str]
    record: Callable[[Any, Session], Record]
    changes: str
    by: str = "by"

    def item_id(self, row: models.Base) -> str:
        """How the ledger calls this row."""
        return self.name(getattr(row, self.key))


KINDS: Final = (
    Kind("source", models.SourceRow, "number", str, _source, "sources", "imported_by"),
    Kind("attachment", models.AttachmentRow, "number", str, _attachment, "attachments"),
    Kind("mark", models.MarkRow, "number", str, _mark, "marks"),
    Kind("exhibit", models.ExhibitRow, "number", exhibit_number, _exhibit, "exhibits"),
    Kind("finding", models.FindingRow, "number", finding_number, _finding, "findings"),
    Kind("measure", models.MeasureRow, "number", measure_number, _measure, "measures"),
    Kind("view", models.SavedViewRow, "number", view_number, _view, "views"),
    Kind("chronology", models.ChronologyRow, "number", entry_number, _entry, "chronology"),
    Kind("package", models.PackageRow, "version", str, _package, "packages", ""),
    Kind("hold", custodymodels.HoldRow, "number", custodyrecords.hold_number, custodyrecords.hold_record, "holds"),
    Kind(
        "transfer",
        custodymodels.TransferRow,
        "number",
        custodyrecords.transfer_number,
        custodyrecords.transfer_record,
        "transfers",
    ),
    Kind(
        "receipt",
        custodymodels.ReceiptRow,
        "number",
        custodyrecords.receipt_number,
        custodyrecords.receipt_record,
        "receipts",
    ),
    Kind("checkpoint", custodymodels.CheckpointRow, "size", str, custodyrecords.checkpoint_record, "checkpoints"),
)
CASE_ITEM: Final = "case"
"""The case itself has no number; its id in the ledger is this word."""

case_record = _case
_BY_MODEL: Final = {kind.model: kind for kind in KINDS}


def kind_of(row: models.Base) -> Kind:
    """The kind of a row of people's work."""
    return _BY_MODEL[type(row)]
