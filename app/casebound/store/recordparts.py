"""What the record of an item takes from other tables: read row by row to write one, or all at once for a check."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from casebound.store import models

_ATTACHED, _COMMITTED, _MENDED = "attached events", "commitments", "mends"


def preload(session: Session) -> None:
    """Read at once what the records of many rows need from other tables; for a session that only looks."""
    linked, kept = models.AttachmentEventRow, models.CommitmentRow
    events: defaultdict[int, list[str]] = defaultdict(list)
    for number, event in session.execute(
        select(linked.attachment, linked.event).order_by(linked.attachment, linked.position)
    ):
        events[number].append(event)
    fields: defaultdict[int, list[str]] = defaultdict(list)
    for number, encoded in session.execute(select(kept.exhibit, kept.encoded).order_by(kept.exhibit, kept.position)):
        fields[number].append(encoded)
    mends: defaultdict[int, list[models.MendRow]] = defaultdict(list)
    for row in session.scalars(select(models.MendRow).order_by(models.MendRow.number)):
        mends[row.source].append(row)
    session.info.update({_ATTACHED: events, _COMMITTED: fields, _MENDED: mends})


def attached_events(session: Session, number: int) -> tuple[str, ...]:
    """The events an attachment was put to, in the order in which that was done."""
    if _ATTACHED in session.info:
        return tuple(session.info[_ATTACHED].get(number, ()))
    linked = models.AttachmentEventRow
    return tuple(session.scalars(select(linked.event).where(linked.attachment == number).order_by(linked.position)))


def commitments(session: Session, number: int) -> tuple[str, ...]:
    """The encoded disclosures of an event exhibit's fields, in the order of the row's columns."""
    if _COMMITTED in session.info:
        return tuple(session.info[_COMMITTED].get(number, ()))
    kept = models.CommitmentRow
    return tuple(session.scalars(select(kept.encoded).where(kept.exhibit == number).order_by(kept.position)))


def mends_of(session: Session, source: int) -> Iterable[models.MendRow]:
    """The mends of a source, in their order."""
    if _MENDED in session.info:
        return tuple(session.info[_MENDED].get(source, ()))
    return session.scalars(
        select(models.MendRow).where(models.MendRow.source == source).order_by(models.MendRow.number)
    )
