"""Sources: tables brought in. Their rows lie in immutable generations; here is what the case says of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from sqlalchemy import select

from casebound.case import Source
from casebound.errors import BadRequest, NothingToDo
from casebound.generation import SourceDraft
from casebound.store import models, reading
from casebound.store.attachments import LOW_ENTROPY
from casebound.store.change import Change
from casebound.store.evidence import Original
from casebound.store.stated import pack, text


def commit_sources(
    change: Change, original: Original, drafts: Sequence[SourceDraft], digests: Mapping[Path, str]
) -> tuple[Source, ...]:
    """Name the generations and write the ledger: one line that the original came, one for each table of it.

    `digests` are the digests over the files of each generation. Raises `NothingToDo` where a table of this original
    is in the case already.
    """
    if not drafts:
        raise BadRequest(f"There is no table in {original.name}.", "Attach it as a file instead.")
    for draft in drafts:
        _require_balance(draft)
        known = models.SourceRow
        before = change.session.scalar(
            select(known.number).where(
                known.sha256 == original.sha256, known.member == draft.member, known.table_name == draft.table
            )
        )
        if before is not None:
            raise NothingToDo(
                f"{original.name} was brought in already, as source S-{before:02d}.",
                "To read it in another way, start another case from the same file.",
                meaning="Nothing was added.",
                where=original.name,
            )
    inputs = (original.sha256,) if original.size >= LOW_ENTROPY else ()
    number = change.next(models.SourceRow)
    change.note(
        "received",
        ("source", str(number)),
        {"name": original.name, "sha256": original.sha256, "counts": {"bytes": original.size}},
        inputs=inputs,
    )
    made = []
    for draft in drafts:
        row = _row(change, original, draft, number, digests[draft.generation])
        change.session.add(row)
        counts = {
            "read": draft.read,
            "kept": draft.kept,
            "quarantined": draft.quarantined,
            "duplicates": draft.duplicates,
        }
        change.record(
            "imported",
            row,
            {"name": row.name, "counts": counts},
            inputs=inputs,
            outputs=(row.generation_digest,),
        )
        made.append(reading.source(row))
        number += 1
    return tuple(made)


def _row(
    change: Change, original: Original, draft: SourceDraft, number: int, generation_digest: str
) -> models.SourceRow:
    return models.SourceRow(
        number=number,
        name=text(draft.name or original.name),
        sha256=original.sha256,
        size=original.size,
        member=text(draft.member),
        table_name=text(draft.table),
        format=draft.format,
        mapping=reading.write_mapping(draft.mapping),
        read=draft.read,
        kept=draft.kept,
        quarantined=draft.quarantined,
        duplicates=draft.duplicates,
        timed=draft.timed,
        first_us=draft.first_us,
        last_us=draft.last_us,
        expected=draft.expected,
        expected_from=text(draft.expected_from),
        origin=None if draft.origin is None else pack(draft.origin),
        generation=draft.generation.name,
        generation_digest=generation_digest,
        rows_digest=draft.rows_digest,
        importer=draft.importer,
        imported_at=change.at,
        imported_by=change.by,
        warnings=pack(list(draft.warnings)),
        clock_us=0,
        clock_reason="",
    )


def _require_balance(draft: SourceDraft) -> None:
    # A bug of an importer, not a fault of the world: it must not get into a case.
    if draft.read != draft.kept + draft.quarantined + draft.duplicates or draft.timed not in (0, draft.kept):
        raise ValueError(f"the counts of {draft.table!r} do not balance: {draft}")
    if "/" in draft.table:
        raise ValueError(f"a table's name is part of every event's name and cannot hold a slash: {draft.table!r}")
