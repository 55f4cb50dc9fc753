"""Notes, tags and bookmarks."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from casebound.case import EventId, Mark, MarkKind
from casebound.errors import BadRequest, NothingToDo
from casebound.store import models, reading
from casebound.store.change import Change, sentence


def require_events(session: Session, events: Sequence[EventId]) -> list[str]:
    """The events' names, each once, when it is sure that sources of this case have such rows. Raises `BadRequest`."""
    if not events:
        return []
    source = models.SourceRow
    rows = session.execute(select(source.sha256, source.member, source.table_name, source.read))
    read = {(sha256, member, table): count for sha256, member, table, count in rows}
    for event in events:
        if not 0 <= event.ordinal < read.get((event.sha256, event.member, event.table), 0):
            raise BadRequest(
                f"There is no event {event} in this case.",
                "Use the name that `casebound events --json` prints under “event”.",
                meaning="Nothing was changed.",
            )
    return [str(event) for event in dict.fromkeys(events)]


def require_attachment(session: Session, number: int) -> models.AttachmentRow:
    """The row of an attachment. Raises `BadRequest` where there is none."""
    row = session.get(models.AttachmentRow, number)
    if row is None:
        raise BadRequest(
            f"There is no attachment {number} in this case.", "Look at the attachments.", meaning="Nothing was changed."
        )
    return row


def annotate(
    change: Change,
    events: Sequence[EventId],
    attachment: int | None,
    note: str,
    tags: Sequence[str],
    bookmark: str | bool | None,
) -> tuple[Mark, ...]:
    """Put a note, tags and a bookmark on every event given, or on the attachment; a line in the ledger for each.

    A tag or bookmark that is there already is not made again. Raises `NothingToDo` where nothing is left to make.
    """
    wanted: list[tuple[MarkKind, str]] = []
    if note:
        wanted.append((MarkKind.NOTE, sentence(note, "The note")))
    wanted += [(MarkKind.TAG, sentence(tag, "The tag", longest=200)) for tag in dict.fromkeys(tags)]
    if bookmark is not None and bookmark is not False:
        words = "" if bookmark is True else bookmark
        wanted.append((MarkKind.BOOKMARK, sentence(words, "The bookmark", empty=True, longest=200)))
    if not wanted:
        raise BadRequest("There is no note, tag or bookmark to make.", "Write a note or name a tag.")
    if attachment is not None:
        require_attachment(change.session, attachment)
        targets: list[tuple[str | None, int | None]] = [(None, attachment)]
    else:
        targets = [(name, None) for name in require_events(change.session, events)]
        if not targets:
            raise BadRequest("No event was named.", "Select an event first.")
    again = any(kind is not MarkKind.NOTE for kind, _ in wanted)
    number = change.next(models.MarkRow)
    made: list[Mark] = []
    for event, attached in targets:
        there = _there(change.session, event, attached) if again else set()
        for kind, words in wanted:
            if kind is not MarkKind.NOTE and (kind, words if kind is MarkKind.TAG else "") in there:
                continue
            row = models.MarkRow(
                number=number,
                kind=kind.value,
                event=event,
                attachment=attached,
                text=words,
                by=change.by,
                at=change.at,
                removed=False,
            )
            change.session.add(row)
            change.record("annotated", row, {"text": words})
            made.append(reading.mark(row))
            number += 1
    if not made:
        raise NothingToDo("That tag or bookmark is there already.", meaning="Nothing was changed.")
    return tuple(made)


def _there(session: Session, event: str | None, attachment: int | None) -> set[tuple[MarkKind, str]]:
    row = models.MarkRow
    place = row.event == event if event is not None else row.attachment == attachment
    found = session.execute(select(row.kind, row.text).where(place, row.removed.is_(False)))
    return {(MarkKind(kind), text if kind == MarkKind.TAG else "") for kind, text in found}


def remove_mark(change: Change, number: int) -> None:
    """Take a mark away. It stays in the ledger, as removed."""
    row = change.session.get(models.MarkRow, number)
    if row is None:
        raise BadRequest(f"There is no mark {number} in this case.", meaning="Nothing was changed.")
    if row.removed:
        raise NothingToDo(f"Mark {number} was removed already.", meaning="Nothing was changed.")
    row.removed = True
    change.record("corrected", row)
