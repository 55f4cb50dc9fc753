"""Sources: tables brought in. Their rows lie in immutable generations; here is what the case says of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from sqlalchemy import select

from casebound.assurance import with_statement
from casebound.case import Source
from casebound.errors import BadRequest, NothingToDo
from casebound.generation import MendDraft, SourceDraft
from casebound.store import models, reading
from casebound.store.attachments import LOW_ENTROPY
from casebound.store.change import Change
from casebound.store.evidence import Original
from casebound.store.stated import pack, text

STATED = "How the export was made was stated."
MENDED = "Set-aside rows were read again."
"""Why a source was corrected, as its line of the ledger says it."""


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


def commit_mend(change: Change, draft: MendDraft, digest: str) -> Source:
    """Name the generation of rows that were read again, and tell the ledger: the source's record, with all its mends.

    The counts of the source follow: what the mend kept or found to be repeated is set aside no longer. Raises
    `BadRequest` where the source was mended by somebody else since its rows were looked at.
    """
    row = change.session.get(models.SourceRow, draft.source)
    if row is None:
        raise BadRequest(f"The case has no source S-{draft.source:02d}.", "Look at the list of sources.")
    mend, left = models.MendRow, draft.kept + draft.duplicates
    known = list(change.session.scalars(select(mend).where(mend.source == row.number).order_by(mend.number)))
    if len(known) != draft.before:
        raise BadRequest(
            f"Rows of S-{row.number:02d} were mended since they were looked at.",
            "Look at what is set aside now, then read it again.",
            meaning="Nothing was changed.",
            where=row.name,
        )
    unlike = bool(draft.kept and row.kept) and bool(draft.timed) != bool(row.timed)
    if draft.timed not in (0, draft.kept) or unlike or draft.read != left + draft.quarantined:
        raise ValueError(f"the counts of a mend of {row.name!r} do not balance: {draft}")
    if not 0 < left <= row.quarantined:
        raise ValueError(f"the counts of a mend of {row.name!r} do not balance: {draft}")
    change.session.add(
        mend(
            number=change.next(mend),
            source=row.number,
            recipe=pack(draft.recipe),
            read=draft.read,
            kept=draft.kept,
            quarantined=draft.quarantined,
            duplicates=draft.duplicates,
            timed=draft.timed,
            first_us=draft.first_us,
            last_us=draft.last_us,
            generation=draft.generation.name,
            generation_digest=digest,
            rows_digest=draft.rows_digest,
            importer=draft.importer,
            by=change.by,
            at=change.at,
        )
    )
    row.quarantined -= left
    row.kept += draft.kept
    row.duplicates += draft.duplicates
    row.timed += draft.timed
    row.first_us = min((us for us in (row.first_us, draft.first_us) if us is not None), default=None)
    row.last_us = max((us for us in (row.last_us, draft.last_us) if us is not None), default=None)
    counts = {
        "read": draft.read,
        "kept": draft.kept,
        "quarantined": draft.quarantined,
        "duplicates": draft.duplicates,
    }
    texts = {"name": row.name, "counts": counts, "reason": MENDED}
    change.record("corrected", row, texts, outputs=(digest,))
    mends = change.session.scalars(select(mend).where(mend.source == row.number).order_by(mend.number))
    return reading.source(row, tuple(map(reading.mend, mends)))


def state_origin(change: Change, number: int, said: Mapping[str, object]) -> Source:
    """Keep what a person states about how an export was made, and who did so when; the ledger gets the new record.

    Raises `BadRequest` where a fact cannot be what it says, `NothingToDo` where nothing new is stated.
    """
    row = change.session.get(models.SourceRow, number)
    if row is None:
        raise BadRequest(f"The case has no source S-{number:02d}.", "Look at the list of sources.")
    mend = models.MendRow
    known = change.session.scalars(select(mend).where(mend.source == number).order_by(mend.number))
    before = reading.source(row, tuple(map(reading.mend, known)))
    after = with_statement(before, said, change.by, change.now)
    if after == before:
        raise NothingToDo(f"All of it is stated of {before.label} already.", "Nothing was changed.")
    row.origin = None if after.origin is None else pack(after.origin)
    row.expected, row.expected_from = after.expected, text(after.expected_from)
    row.warnings = pack(list(after.warnings))
    change.record("corrected", row, {"name": row.name, "reason": STATED})
    return reading.source(row, before.mends)


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
