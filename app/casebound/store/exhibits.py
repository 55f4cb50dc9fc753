"""Exhibits: events and attachments chosen as evidence, numbered for ever."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from casebound.case import Event, Exhibit
from casebound.errors import BadRequest, NothingToDo
from casebound.store import models, reading
from casebound.store.change import Change, sentence
from casebound.store.marks import require_attachment, require_events
from casebound.store.recordparts import commitments
from casebound.store.records import exhibit_number, named_number
from casebound.store.stated import text
from casebound_packaging.disclosure import Disclosure, disclose, parse


def make_exhibit(change: Change, event: Event | None, attachment: int | None, caption: str) -> Exhibit:
    """Choose an event or an attachment as evidence.

    Every column of an event's row is committed to with a salt of its own. The commitments stand in the record of the
    ledger line, so that a field given or withheld later proves against the line made today.
    """
    if (event is None) == (attachment is None):
        raise BadRequest("An exhibit is either an event or an attachment.", "Choose one of them.")
    caption = sentence(caption, "The caption", empty=True, longest=4000)
    name = None if event is None else require_events(change.session, [event.id])[0]
    if attachment is not None:
        require_attachment(change.session, attachment)
    known = models.ExhibitRow
    place = known.event == name if name is not None else known.attachment == attachment
    before = change.session.scalar(select(known.number).where(place, known.removed.is_(False)))
    if before is not None:
        raise NothingToDo(f"This is exhibit {exhibit_number(before)} already.", meaning="Nothing was changed.")
    return _make(change, name, event, attachment, caption)


def make_exhibits(change: Change, events: Sequence[Event], caption: str) -> tuple[Exhibit, ...]:
    """Choose events as evidence, all with this caption. Those that are exhibits already are left as they are.

    Raises `NothingToDo` where all of them are.
    """
    caption = sentence(caption, "The caption", empty=True, longest=4000)
    by_name = {str(event.id): event for event in events}
    require_events(change.session, [event.id for event in by_name.values()])
    known = models.ExhibitRow
    there = set(change.session.scalars(select(known.event).where(known.event.is_not(None), known.removed.is_(False))))
    new = {name: event for name, event in by_name.items() if name not in there}
    if not new:
        raise NothingToDo("They are exhibits already.", meaning="Nothing was changed.")
    return tuple(_make(change, name, event, None, caption) for name, event in new.items())


def _make(change: Change, name: str | None, event: Event | None, attachment: int | None, caption: str) -> Exhibit:
    row = models.ExhibitRow(
        number=change.next(models.ExhibitRow),
        event=name,
        attachment=attachment,
        caption=caption,
        by=change.by,
        at=change.at,
        removed=False,
        line_seq=0,
        line_hash="",
    )
    change.session.add(row)
    change.session.flush()
    if event is not None:
        for position, (column, value) in enumerate(event.fields.items()):
            committed = disclose(text(column), None if value is None else text(value))
            change.session.add(models.CommitmentRow(exhibit=row.number, position=position, encoded=committed.encoded))
    line = change.record("derived", row, {"text": caption})
    row.line_seq, row.line_hash = line.seq, line.hash
    return reading.exhibit(row)


def caption_exhibit(change: Change, number: str, caption: str) -> Exhibit:
    """Say something else about an exhibit."""
    row = require_exhibit(change.session, number)
    caption = sentence(caption, "The caption", empty=True, longest=4000)
    if caption == row.caption:
        raise NothingToDo("The caption says that already.", meaning="Nothing was changed.")
    row.caption = caption
    change.record("corrected", row, {"text": caption})
    return reading.exhibit(row)


def remove_exhibit(change: Change, number: str) -> int:
    """Take an exhibit out of the evidence. Its number, which is returned, is never given again; the ledger keeps it."""
    row = require_exhibit(change.session, number)
    row.removed = True
    change.record("corrected", row)
    return row.number


def require_exhibit(session: Session, number: str) -> models.ExhibitRow:
    """The row of an exhibit that was not removed. Raises `BadRequest`."""
    row = _row(session, number)
    if row.removed:
        raise BadRequest(f"Exhibit {number} was removed.", "Choose it again; it gets a new number.")
    return row


def exhibit_commitments(session: Session, number: str) -> tuple[Disclosure, ...]:
    """The commitments to an event exhibit's fields, in the order of its columns."""
    return tuple(parse(encoded) for encoded in commitments(session, _row(session, number).number))


def exhibit_line(session: Session, number: str) -> tuple[int, str]:
    """The number and hash of the ledger line that made an exhibit of it."""
    row = _row(session, number)
    return row.line_seq, row.line_hash


def _row(session: Session, number: str) -> models.ExhibitRow:
    known = named_number(number, "EX-")
    row = None if known is None else session.get(models.ExhibitRow, known)
    if row is None:
        raise BadRequest(
            f"There is no exhibit {number} in this case.",
            "Exhibits are named like EX-0001.",
            meaning="Nothing was changed.",
        )
    return row
