"""The ledger as it is read: each line with the texts that the case still holds for it."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from casebound.case import LedgerEntry
from casebound.errors import BadCase
from casebound.store import models
from casebound.store.custodymodels import HoldRow, TransferRow
from casebound.store.custodyrecords import hold_number, transfer_number
from casebound.store.custodyrecords import items as read_items
from casebound.store.records import exhibit_number
from casebound.store.saidtexts import Said
from casebound_packaging.disclosure import parse
from casebound_packaging.ledgerform import entry as known_form
from casebound_packaging.times import parse_stamp

# Plain rows and not the unit of work: there may be a hundred thousand.
_COLUMNS: Final = (models.LedgerRow.seq, models.LedgerRow.line, models.LedgerRow.hash)


def entries(session: Session, item: tuple[str, str] | None, start: int, limit: int | None) -> list[LedgerEntry]:
    """Ledger entries from number `start`, at most `limit`; of one `item` and what was put to it, or of all.

    An event is named by its identity: what is marked on it, the exhibit made of it and its openings are its entries.
    Raises `BadCase` where a line no longer is one.
    """
    row = models.LedgerRow
    query = select(*_COLUMNS).where(row.seq >= start).order_by(row.seq)
    if item is not None:
        query = query.where(about(session, *item))
    if limit is not None:
        query = query.limit(limit)
    return _read(session, session.execute(query).all())


def numbered(session: Session, seqs: Sequence[int]) -> list[LedgerEntry]:
    """The entries with these numbers, in their order. Raises `BadCase` where a line no longer is one."""
    found: list[LedgerEntry] = []
    for start in range(0, len(seqs), 500):
        wanted = select(*_COLUMNS).where(models.LedgerRow.seq.in_(seqs[start : start + 500]))
        found += _read(session, session.execute(wanted.order_by(models.LedgerRow.seq)).all())
    return found


def _read(session: Session, rows: Sequence[Any]) -> list[LedgerEntry]:
    said: defaultdict[int, list[str]] = defaultdict(list)
    if rows:
        text = models.DisclosureRow
        whole = rows[-1].seq - rows[0].seq + 1 == len(rows)
        wanted = text.seq.between(rows[0].seq, rows[-1].seq) if whole else text.seq.in_([row.seq for row in rows])
        for seq, encoded in session.execute(select(text.seq, text.encoded).where(wanted).order_by(text.seq, text.name)):
            said[seq].append(encoded)
    try:
        return [_entry(each, tuple(said[each.seq])) for each in rows]
    except (ValueError, TypeError, AttributeError) as error:
        raise BadCase(
            f"An entry of the custody record cannot be read any more: {error}.",
            "Run a check of the case; it names the entry.",
            meaning="Somebody or something changed the case's database outside of this program.",
        ) from error


def lines(session: Session) -> list[bytes]:
    """Every line as stored, in order."""
    return [
        models.stored(line) for line in session.scalars(select(models.LedgerRow.line).order_by(models.LedgerRow.seq))
    ]


def texts(session: Session) -> list[tuple[int, str]]:
    """Every text that is still held, as (seq, encoded disclosure), sorted by seq."""
    kept = models.DisclosureRow
    rows = session.execute(select(kept.seq, kept.encoded).order_by(kept.seq, kept.name))
    return [(seq, str(encoded)) for seq, encoded in rows]


def _entry(row: Any, disclosed: tuple[str, ...]) -> LedgerEntry:
    data = models.stored(row.line)
    known_form(data)
    line = json.loads(data)
    about = line["item"]
    return LedgerEntry(
        seq=row.seq,
        line=data,
        hash=row.hash,
        prev=str(line["prev"]),
        time=parse_stamp(str(line["time"])),
        actor=str(line["actor"]),
        action=str(line["action"]),
        item_type=str(about["type"]),
        item_id=str(about["id"]),
        disclosures=Said(disclosed),
        disclosed=disclosed,
    )


def about(session: Session, item_type: str, item_id: str) -> ColumnElement[bool]:
    """Which lines are about an item: its own, and those of the marks and exhibits on it."""
    row = models.LedgerRow
    found: list[ColumnElement[bool]] = [(row.item_type == item_type) & (row.item_id == item_id)]
    around = {(item_type, item_id)}
    if item_type == "event":
        mark, exhibit = models.MarkRow.event == item_id, models.ExhibitRow.event == item_id
        opened = select(row.seq, models.DisclosureRow.encoded).join(
            models.DisclosureRow, models.DisclosureRow.seq == row.seq
        )
        opened = opened.where(row.item_type == "event", models.DisclosureRow.name == "name")
        seqs = [seq for seq, encoded in session.execute(opened) if parse(encoded).value == item_id]
        found.append(row.seq.in_(seqs))
        linked = select(models.AttachmentEventRow.attachment).where(models.AttachmentEventRow.event == item_id)
        found.append((row.item_type == "attachment") & row.item_id.in_([str(each) for each in session.scalars(linked)]))
    elif item_type == "attachment" and item_id.isdigit():
        mark, exhibit = models.MarkRow.attachment == int(item_id), models.ExhibitRow.attachment == int(item_id)
    else:
        return or_(*found, *_held_or_moved(session, around))
    marks = [str(number) for number in session.scalars(select(models.MarkRow.number).where(mark))]
    exhibits = [exhibit_number(number) for number in session.scalars(select(models.ExhibitRow.number).where(exhibit))]
    found.append((row.item_type == "mark") & row.item_id.in_(marks))
    found.append((row.item_type == "exhibit") & row.item_id.in_(exhibits))
    around |= {("exhibit", number) for number in exhibits}
    return or_(*found, *_held_or_moved(session, around))


def _held_or_moved(session: Session, around: set[tuple[str, str]]) -> Iterator[ColumnElement[bool]]:
    """Which lines are about holds and transfers that name one of these items."""
    row = models.LedgerRow
    for model, kind, name in ((HoldRow, "hold", hold_number), (TransferRow, "transfer", transfer_number)):
        named = session.execute(select(model.number, model.items).where(model.items != "[]"))
        numbers = [name(number) for number, packed in named if around.intersection(read_items(packed))]
        if numbers:
            yield (row.item_type == kind) & row.item_id.in_(numbers)
