"""Attachments: files kept byte for byte, each a link of a chain of its own inside the ledger."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from casebound.case import Attachment, EventId
from casebound.errors import NothingToDo
from casebound.store import models, reading
from casebound.store.change import Change, sentence
from casebound.store.evidence import Original
from casebound.store.marks import require_attachment, require_events
from casebound.store.records import attached_events
from casebound.store.stated import pack
from casebound_packaging.ledger import GENESIS

LOW_ENTROPY: Final = 4096
"""Bytes below which a file's hash tells what is in it to whoever can guess; it then stands in a disclosure only."""


def attach(
    change: Change,
    original: Original,
    *,
    title: str,
    origin: Mapping[str, object] | None,
    media_type: str,
    sensitive: bool,
    events: Sequence[EventId],
) -> Attachment:
    """Add a kept file to the chain: its ledger line names the hash of the line that attached the one before."""
    names = require_events(change.session, events)
    known = models.AttachmentRow
    before = change.session.scalar(select(known.number).where(known.sha256 == original.sha256).limit(1))
    if before is not None:
        raise NothingToDo(
            f"This file is attachment {before} already.",
            f"Link attachment {before} to the event instead." if names else "",
            meaning="Nothing was added.",
            where=original.name,
        )
    last = change.session.execute(select(known.number, known.line_hash).order_by(known.number.desc()).limit(1)).first()
    number, previous = (1, GENESIS) if last is None else (last[0] + 1, last[1])
    row = models.AttachmentRow(
        number=number,
        sha256=original.sha256,
        size=original.size,
        name=original.name,
        title=sentence(title, "The title", empty=True, longest=1000),
        media_type=media_type,
        sensitive=sensitive,
        origin=None if origin is None else pack(origin),
        by=change.by,
        at=change.at,
        line_seq=0,
        line_hash="",
        previous_hash=previous,
    )
    change.session.add(row)
    change.session.flush()
    _link(change.session, number, names)
    line = change.record(
        "attached",
        row,
        {"name": original.name, "title": row.title, "sha256": original.sha256},
        inputs=(original.sha256,) if original.size >= LOW_ENTROPY else (),
        attachment=number,
        attachment_prev=previous,
    )
    row.line_seq, row.line_hash = line.seq, line.hash
    return reading.attachment(row, tuple(map(EventId.parse, names)))


def link_attachment(change: Change, number: int, events: Sequence[EventId]) -> Attachment:
    """Put an attachment to further events."""
    row = require_attachment(change.session, number)
    there = attached_events(change.session, number)
    new = [name for name in require_events(change.session, events) if name not in there]
    if not new:
        raise NothingToDo(f"Attachment {number} is linked there already.", meaning="Nothing was changed.")
    _link(change.session, number, new)
    change.record("linked", row)
    return reading.attachment(row, tuple(map(EventId.parse, (*there, *new))))


def mark_sensitive(change: Change, number: int, sensitive: bool) -> Attachment:
    """Cover an attachment until somebody asks for it, or do so no longer."""
    row = require_attachment(change.session, number)
    if row.sensitive is sensitive:
        state = "covered" if sensitive else "uncovered"
        raise NothingToDo(f"Attachment {number} is {state} already.", meaning="Nothing was changed.")
    row.sensitive = sensitive
    change.record("corrected", row)
    return reading.attachment(row, tuple(map(EventId.parse, attached_events(change.session, number))))


def _link(session: Session, number: int, names: Sequence[str]) -> None:
    linked = models.AttachmentEventRow
    start = session.scalar(select(func.count()).select_from(linked).where(linked.attachment == number)) or 0
    session.add_all(
        linked(attachment=number, event=name, position=position) for position, name in enumerate(names, start)
    )
    session.flush()
