"""What one exhibit needs to be given alone, and the entry that says that it was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from casebound.errors import BadCase
from casebound.media import SUFFIXES
from casebound.store import models
from casebound.store.change import Change
from casebound.store.exhibits import exhibit_commitments, require_exhibit
from casebound.store.marks import require_attachment
from casebound.store.records import exhibit_number
from casebound_packaging.disclosure import Disclosure, parse


@dataclass(frozen=True, slots=True)
class ExhibitEntry:
    """An exhibit with its ledger line. `sha256` and `original` (its name in the folder) are of an attachment.

    `texts` are the disclosures of the line, `fields` those of an event's row.
    """

    exhibit: str
    seq: int
    entry: bytes
    texts: tuple[Disclosure, ...]
    fields: tuple[Disclosure, ...] = ()
    sha256: str | None = None
    original: str = ""


def exhibit_entry(session: Session, exhibit: str) -> ExhibitEntry:
    """The line that attached an exhibit's file, or that made it an exhibit of an event. Raises `BadRequest`."""
    row = require_exhibit(session, exhibit)
    name = exhibit_number(row.number)
    if row.attachment is None:
        seq = row.line_seq
        return ExhibitEntry(name, seq, _line(session, seq), _texts(session, seq), exhibit_commitments(session, name))
    attachment = require_attachment(session, row.attachment)
    seq = attachment.line_seq
    original = f"original.{SUFFIXES.get(attachment.media_type, 'bin')}"
    return ExhibitEntry(
        name, seq, _line(session, seq), _texts(session, seq), sha256=attachment.sha256, original=original
    )


def record_disclosed(change: Change, exhibit: str, texts: Sequence[str]) -> None:
    """Write down that the exhibit was given alone, with these texts. Who got it stands with the checkpoint."""
    told = ", ".join(name for name in texts if name not in ("record", "sha256"))
    change.note("exported", ("exhibit", exhibit), {"text": f"Given alone{f', with {told}' if told else ''}"})


def _line(session: Session, seq: int) -> bytes:
    line = session.scalar(select(models.LedgerRow.line).where(models.LedgerRow.seq == seq))
    if line is None:
        raise BadCase(
            f"Entry {seq} of the custody record, which the exhibit rests on, is not there.",
            "Run a check of the case; it names what is missing.",
            meaning="Nothing was written.",
        )
    return models.stored(line)


def _texts(session: Session, seq: int) -> tuple[Disclosure, ...]:
    row = models.DisclosureRow
    return tuple(map(parse, session.scalars(select(row.encoded).where(row.seq == seq).order_by(row.name))))
