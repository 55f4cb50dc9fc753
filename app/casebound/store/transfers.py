"""Transfers from and to custodians: written down with their purpose, acknowledged, corrected. See `holds`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from casebound.custodyacts import Direction, Item, Transfer
from casebound.errors import BadRequest, NothingToDo
from casebound.store.change import Change, sentence
from casebound.store.custodymodels import TransferRow
from casebound.store.custodyrecords import items as read_items
from casebound.store.custodyrecords import transfer, transfer_number
from casebound.store.named import digests, known_items, stated_moment
from casebound.store.records import named_number
from casebound.store.stated import pack

LONGEST = 2000
FIELDS = ("custodian", "what", "items", "purpose", "means", "at")
"""What of a transfer can be corrected."""


def record_transfer(
    change: Change,
    direction: Direction,
    custodian: str,
    purpose: str,
    *,
    what: str = "",
    items: Sequence[Item] = (),
    means: str = "",
    at: datetime | None = None,
) -> Transfer:
    """Write down that something came from a custodian, or went to one. It must be said what."""
    named = known_items(change.session, items)
    row = TransferRow(
        number=change.next(TransferRow),
        direction=Direction(direction).value,
        custodian=sentence(custodian, "The name of the other custodian", longest=LONGEST),
        what=sentence(what, "What changed hands", empty=bool(named), longest=LONGEST),
        items=pack(named),
        purpose=sentence(purpose, "The purpose", longest=LONGEST),
        means=sentence(means, "The means", empty=True, longest=LONGEST),
        at=stated_moment(change, at, "The transfer"),
        recorded_at=change.at,
        by=change.by,
        acknowledged_at=None,
        acknowledgement="",
        removed=False,
    )
    change.session.add(row)
    hashes, came = digests(change.session, named), row.direction == Direction.FROM.value
    change.record(
        "received" if came else "transferred",
        row,
        {"name": row.custodian, "text": row.what, "purpose": row.purpose},
        inputs=hashes if came else (),
        outputs=() if came else hashes,
    )
    return transfer(row)


def acknowledge_transfer(
    change: Change, number: str, acknowledgement: str, *, acknowledged_at: datetime | None = None
) -> Transfer:
    """Write down who acknowledged a transfer, and how: a signed form, an answer, a receipt."""
    row = _required(change.session, number)
    if row.acknowledged_at is not None:
        raise NothingToDo(
            f"Transfer {transfer_number(row.number)} was acknowledged already.",
            "Correct it where what was written down is wrong.",
            meaning="Nothing was changed.",
        )
    row.acknowledgement = sentence(acknowledgement, "The acknowledgement", longest=LONGEST)
    row.acknowledged_at = stated_moment(change, acknowledged_at, "The acknowledgement", row.at)
    hashes = digests(change.session, read_items(row.items))
    change.record("acknowledged", row, {"text": row.acknowledgement}, inputs=hashes)
    return transfer(row)


def correct_transfer(change: Change, number: str, why: str, **fields: Any) -> Transfer:
    """State anew what was written down wrongly (`FIELDS`); the entry with the old words stays in the record."""
    row = _required(change.session, number)
    for name, value in fields.items():
        match name, value:
            case _, None:
                pass
            case "custodian" | "purpose", text:
                setattr(row, name, sentence(text, f"The {name}", longest=LONGEST))
            case "what" | "means", text:
                setattr(row, name, sentence(text, "The text", empty=True, longest=LONGEST))
            case "items", items:
                row.items = pack(known_items(change.session, items))
            case "at", moment:
                row.at = stated_moment(change, moment, "The transfer")
            case _:
                raise BadRequest(f"“{name}” of a transfer cannot be corrected.", f"Correct one of {', '.join(FIELDS)}.")
    if not change.session.is_modified(row):
        raise NothingToDo(
            f"Transfer {transfer_number(row.number)} says this already.",
            "Give what is right instead; the reason of a correction only says why it is made.",
            meaning="Nothing was changed.",
        )
    if not row.what and not read_items(row.items):
        raise BadRequest(
            "Nothing would be left that changed hands.", "Say what it was.", meaning="Nothing was changed."
        )
    if row.acknowledged_at is not None and row.acknowledged_at < row.at:
        raise BadRequest(
            f"Transfer {transfer_number(row.number)} would lie after its acknowledgement.",
            "Check the time.",
            meaning="Nothing was changed.",
        )
    change.record("corrected", row, {"reason": sentence(why, "The reason for the correction", longest=LONGEST)})
    return transfer(row)


def withdraw_transfer(change: Change, number: str, why: str) -> None:
    """A transfer was entered by mistake: it is shown no more, and the record keeps both entries."""
    row = _required(change.session, number)
    row.removed = True
    change.record("corrected", row, {"reason": sentence(why, "The reason for the correction", longest=LONGEST)})


def _required(session: Session, number: str) -> TransferRow:
    digits = named_number(number.strip().upper(), "T-")
    row = None if digits is None else session.get(TransferRow, digits)
    if row is None or row.removed:
        raise BadRequest(
            f"There is no transfer {number} in this case.",
            "Look at the list of transfers.",
            meaning="Nothing was changed.",
        )
    return row
