"""Notes, tags and bookmarks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from casebound.case import EventId, Mark, MarkKind
from casebound.errors import BadRequest, NothingToDo
from casebound.store import models
from casebound.store.change import Change, require_range, sentence
from casebound.store.records import KINDS, mark_record
from casebound.store.stated import text
from casebound_packaging.disclosure import disclose
from casebound_packaging.times import parse_stamp


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


@dataclass(frozen=True, slots=True)
class Target:
    """What a mark is put on: one of an event's name, an attachment, a range of time, an entity."""

    event: str | None = None
    attachment: int | None = None
    from_us: int | None = None
    to_us: int | None = None
    field: str = ""
    value: str = ""


def on_events(session: Session, events: Sequence[EventId]) -> list[Target]:
    """Targets for events of this case. Raises `BadRequest`."""
    targets = [Target(event=name) for name in require_events(session, events)]
    if not targets:
        raise BadRequest("No event was named.", "Select an event first.")
    return targets


def on_attachment(session: Session, number: int) -> list[Target]:
    """The target for an attachment of this case. Raises `BadRequest`."""
    require_attachment(session, number)
    return [Target(attachment=number)]


def on_range(from_us: int, to_us: int) -> list[Target]:
    """The target for a range of time, both ends in it. Raises `BadRequest`."""
    require_range(from_us, to_us, whole=True)
    return [Target(from_us=from_us, to_us=to_us)]


def on_entity(field: str, value: str) -> list[Target]:
    """The target for an entity: one value of a column. Raises `BadRequest`."""
    named = sentence(field, "The column of the entity", longest=300)
    if not value:
        raise BadRequest("The value of the entity is empty.", "Choose a value that says who or what it is.")
    if len(value) > 4000:
        raise BadRequest("The value is too long to be an entity.", "Mark the event instead.")
    return [Target(field=named, value=text(value))]


def annotate(
    change: Change, targets: Sequence[Target], note: str, tags: Sequence[str], bookmark: str | bool | None
) -> tuple[Mark, ...]:
    """Put a note, tags and a bookmark on everything given; a line in the ledger for each.

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
    again = any(kind is not MarkKind.NOTE for kind, _ in wanted)
    there = _there(change.session, targets) if again else set()
    number, at = change.next(models.MarkRow), parse_stamp(change.at)
    made: list[Mark] = []
    with change.gathering():
        for target in targets:
            for kind, words in wanted:
                if kind is not MarkKind.NOTE and (target, kind, words if kind is MarkKind.TAG else "") in there:
                    continue
                facts = asdict(target)
                record = mark_record(number=number, kind=kind.value, text=words, at=change.at, removed=False, **facts)
                change.note("annotated", ("mark", str(number)), {"text": words, "record": disclose("record", record)})
                event = None if target.event is None else EventId.parse(target.event)
                made.append(
                    Mark(number=number, kind=kind, text=words, by=change.by, at=at, **{**facts, "event": event})
                )
                number += 1
    if not made:
        raise NothingToDo("That tag or bookmark is there already.", meaning="Nothing was changed.")
    _insert(change.session, made, change.at)
    change.kinds.add("marks")
    return tuple(made)


def _there(session: Session, targets: Sequence[Target]) -> set[tuple[Target, MarkKind, str]]:
    """Which tags and bookmarks are on these already."""
    row, first = models.MarkRow, targets[0]
    columns = (row.kind, row.text, row.event, row.attachment, row.from_us, row.to_us, row.field, row.value)
    query = select(*columns).where(row.removed.is_(False))
    if first.attachment is not None:
        query = query.where(row.attachment == first.attachment)
    elif first.from_us is not None:
        query = query.where(row.from_us == first.from_us, row.to_us == first.to_us)
    elif first.field:
        query = query.where(row.field == first.field, row.value == first.value)
    elif len(targets) == 1:
        query = query.where(row.event == first.event)
    else:
        query = query.where(row.event.is_not(None))
    return {
        (
            Target(each.event, each.attachment, each.from_us, each.to_us, each.field, each.value),
            MarkKind(each.kind),
            each.text if each.kind == MarkKind.TAG else "",
        )
        for each in session.execute(query)
    }


def _insert(session: Session, made: Sequence[Mark], at: str) -> None:
    session.connection().exec_driver_sql(
        "INSERT INTO mark (number, kind, event, attachment, text, by, at, removed, from_us, to_us, field, value)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?, ?)",
        [
            (
                mark.number,
                mark.kind.value,
                None if mark.event is None else str(mark.event),
                mark.attachment,
                mark.text,
                mark.by,
                at,
                mark.from_us,
                mark.to_us,
                mark.field,
                mark.value,
            )
            for mark in made
        ],
    )


def remove_marks(change: Change, numbers: Sequence[int]) -> None:
    """Take marks away in one change. They stay in the ledger, as removed."""
    wanted, row = list(dict.fromkeys(numbers)), models.MarkRow
    rows: dict[int, models.MarkRow] = {}
    for start in range(0, len(wanted), 500):
        found = change.session.scalars(select(row).where(row.number.in_(wanted[start : start + 500])))
        rows |= {each.number: each for each in found}
    for number in wanted:
        if number not in rows:
            raise BadRequest(f"There is no mark {number} in this case.", meaning="Nothing was changed.")
        if rows[number].removed:
            raise NothingToDo(f"Mark {number} was removed already.", meaning="Nothing was changed.")
        rows[number].removed = True
    change.session.flush()
    before = change.last_records("mark", [str(number) for number in wanted])
    kind = next(each for each in KINDS if each.model is row)
    with change.gathering():
        for number in wanted:
            record = kind.record(rows[number], change.session)
            name = str(number)
            change.note("corrected", ("mark", name), {"record": record}, corrects=before.get(name))
    change.kinds.add(kind.changes)


def remove_mark(change: Change, number: int) -> None:
    """Take a mark away. It stays in the ledger, as removed."""
    remove_marks(change, [number])
