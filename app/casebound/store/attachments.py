"""Attachments: files kept byte for byte, each a link of a chain of its own inside the ledger."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from casebound.case import Attachment, EventId, Exhibit
from casebound.errors import NothingToDo
from casebound.media import is_picture
from casebound.store import models, reading
from casebound.store.change import Change, sentence
from casebound.store.exhibits import make_exhibit
from casebound.store.manyfiles import Copied
from casebound.store.marks import require_attachment, require_events
from casebound.store.recordparts import attached_events
from casebound.store.records import attachment_record
from casebound.store.stated import pack, unpack
from casebound.store.stated import stated as read_stated
from casebound.work import Progress
from casebound_packaging.disclosure import disclose
from casebound_packaging.ledger import GENESIS
from casebound_packaging.times import parse_stamp, stamp

_NUMBERS: Final = select(models.AttachmentRow.sha256, models.AttachmentRow.number)
_LAST: Final = (
    select(models.AttachmentRow.number, models.AttachmentRow.line_hash)
    .order_by(models.AttachmentRow.number.desc())
    .limit(1)
)
LOW_ENTROPY: Final = 4096
"""Bytes below which a file's hash tells what is in it to whoever can guess; it then stands in a disclosure only."""


@dataclass(frozen=True, slots=True)
class Stating:
    """What is stated of files that are attached. `titles` says what single ones are; `title` is for the rest.

    `origin` is where they came from; images and video are `sensitive` unless it is said otherwise; `events` are those
    that they are put to.
    """

    title: str = ""
    origin: Mapping[str, object] | None = None
    sensitive: bool | None = None
    events: tuple[EventId, ...] = ()
    titles: Mapping[Path, str] = field(default_factory=dict)
    exhibits: bool = False  # each becomes an exhibit as well, captioned with its title


UNSTATED: Final = Stating()


@dataclass(frozen=True, slots=True)
class Attached:
    """What came of attaching many files: what was made, and which files are attachments already, with their numbers."""

    made: tuple[Attachment, ...]
    repeated: tuple[tuple[Path, int], ...]
    exhibits: tuple[Exhibit, ...] = ()


def attach_many(change: Change, copied: Sequence[Copied], stated: Stating, progress: Progress) -> Attached:
    """Add kept files to the chain in their order: the ledger line of each names the hash of the line before it.

    What is attached already is told and not added. Raises `NothingToDo` where nothing is left to add.
    """
    names = tuple(require_events(change.session, stated.events))
    linked = tuple(map(EventId.parse, names))
    known: dict[str, int] = {row.sha256: row.number for row in change.session.execute(_NUMBERS)}
    number, previous = change.session.execute(_LAST).first() or (0, GENESIS)
    packed = None if stated.origin is None else pack(stated.origin)
    origin, stamped = read_stated(packed), change.at
    at = parse_stamp(stamped)
    made: list[Attachment] = []
    repeated: list[tuple[Path, int]] = []
    with change.gathering():
        for step, file in enumerate(copied):
            if file.sha256 in known:
                repeated.append((file.source, known[file.sha256]))
                continue
            number += 1
            known[file.sha256] = number
            covered = is_picture(file.media_type) if stated.sensitive is None else stated.sensitive
            words = sentence(stated.titles.get(file.source, stated.title), "The title", empty=True, longest=1000)
            record = attachment_record(
                number=number,
                sha256=file.sha256,
                size=file.size,
                name=file.name,
                title=words,
                media_type=file.media_type,
                sensitive=covered,
                origin=None if packed is None else unpack(packed),
                events=names,
                at=stamped,
            )
            line = change.note(
                "attached",
                ("attachment", str(number)),
                {**file.said, "title": words, "record": disclose("record", record)},
                inputs=(file.sha256,) if file.size >= LOW_ENTROPY else (),
                attachment=number,
                attachment_prev=previous,
            )
            made.append(
                Attachment(
                    number=number,
                    sha256=file.sha256,
                    size=file.size,
                    name=file.name,
                    title=words,
                    media_type=file.media_type,
                    sensitive=covered,
                    origin=origin,
                    events=linked,
                    by=change.by,
                    at=at,
                    line_seq=line.seq,
                    line_hash=line.hash,
                    previous_hash=previous,
                )
            )
            previous = line.hash
            if step % 256 == 0:
                progress(step, len(copied), "Writing the custody record")
    if not made:
        raise _nothing_new(repeated, bool(names))
    _insert(change.session, made, packed, names)
    change.kinds.add("attachments")
    chosen = []
    if stated.exhibits:
        for step, each in enumerate(made):
            chosen.append(make_exhibit(change, None, each.number, each.title))
            if step % 64 == 0:
                progress(step, len(made), "Making exhibits")
    return Attached(tuple(made), tuple(repeated), tuple(chosen))


def _nothing_new(repeated: Sequence[tuple[Path, int]], linking: bool) -> NothingToDo:
    (path, number), *others = repeated
    return NothingToDo(
        f"Every one of these {len(repeated):,} files is attached already."
        if others
        else f"This file is attachment {number} already.",
        f"Link attachment {number} to the event instead." if linking and not others else "",
        meaning="Nothing was added.",
        where="" if others else path.name,
    )


def _insert(session: Session, made: Sequence[Attachment], origin: str | None, events: Sequence[str]) -> None:
    at = stamp(made[0].at)
    connection = session.connection()
    connection.exec_driver_sql(
        "INSERT INTO attachment (number, sha256, size, name, title, media_type, sensitive, origin, by, at, line_seq,"
        " line_hash, previous_hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                each.number,
                each.sha256,
                each.size,
                each.name,
                each.title,
                each.media_type,
                int(each.sensitive),
                origin,
                each.by,
                at,
                each.line_seq,
                each.line_hash,
                each.previous_hash,
            )
            for each in made
        ],
    )
    if events:
        connection.exec_driver_sql(
            "INSERT INTO attachment_event (attachment, event, position) VALUES (?, ?, ?)",
            [(each.number, event, position) for each in made for position, event in enumerate(events)],
        )


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
