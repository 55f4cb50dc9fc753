"""Legal holds: placed, corrected, released. Each is an entry of the custody record."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from casebound.custodyacts import Hold, Item
from casebound.errors import BadRequest, NothingToDo
from casebound.store.change import Change, sentence
from casebound.store.custodymodels import HoldRow
from casebound.store.custodyrecords import hold, hold_number
from casebound.store.named import digests, known_items, stated_moment
from casebound.store.records import named_number
from casebound.store.stated import pack

LONGEST = 2000
FIELDS = ("what", "items", "reason", "authority", "placed_at")
"""What of a hold can be corrected."""


def place_hold(
    change: Change,
    reason: str,
    *,
    authority: str = "",
    what: str = "",
    items: Sequence[Item] = (),
    placed_at: datetime | None = None,
) -> Hold:
    """Write down that something must be kept; without `what` and `items` it is the whole case."""
    named = known_items(change.session, items)
    row = HoldRow(
        number=change.next(HoldRow),
        what=sentence(what, "What is held", empty=True, longest=LONGEST),
        items=pack(named),
        reason=sentence(reason, "The reason for the hold", longest=LONGEST),
        authority=sentence(authority, "Who ordered the hold", empty=True, longest=LONGEST),
        placed_at=stated_moment(change, placed_at, "The hold"),
        recorded_at=change.at,
        by=change.by,
        released_at=None,
        released_by="",
        release_reason="",
        removed=False,
    )
    change.session.add(row)
    change.record("hold-placed", row, {"reason": row.reason, "text": row.what}, inputs=digests(change.session, named))
    return hold(row)


def release_hold(change: Change, number: str, reason: str, *, released_at: datetime | None = None) -> Hold:
    """Write down that a hold has ended, and why."""
    row = _required(change.session, number)
    if row.released_at is not None:
        raise NothingToDo(
            f"Hold {hold_number(row.number)} was released already.",
            "Place a new hold where one is needed again.",
            meaning="Nothing was changed.",
        )
    row.release_reason = sentence(reason, "The reason for the release", longest=LONGEST)
    row.released_at = stated_moment(change, released_at, "The release", row.placed_at)
    row.released_by = change.by
    change.record("hold-released", row, {"reason": row.release_reason})
    return hold(row)


def correct_hold(change: Change, number: str, why: str, **fields: Any) -> Hold:
    """State anew what was written down wrongly (`FIELDS`); the entry with the old words stays in the record."""
    row = _required(change.session, number)
    given = {name: value for name, value in fields.items() if value is not None}
    for name, value in given.items():
        match name:
            case "what" | "authority":
                setattr(row, name, sentence(value, "The text", empty=True, longest=LONGEST))
            case "reason":
                row.reason = sentence(value, "The reason for the hold", longest=LONGEST)
            case "items":
                row.items = pack(known_items(change.session, value))
            case "placed_at":
                row.placed_at = stated_moment(change, value, "The hold")
            case _:
                raise BadRequest(f"“{name}” of a hold cannot be corrected.", f"Correct one of {', '.join(FIELDS)}.")
    if not change.session.is_modified(row):
        raise NothingToDo(
            f"Hold {hold_number(row.number)} says this already.",
            "Give what is right instead; the reason of a correction only says why it is made.",
            meaning="Nothing was changed.",
        )
    if row.released_at is not None and row.released_at < row.placed_at:
        raise BadRequest(
            f"Hold {hold_number(row.number)} would begin after it was released.",
            "Check the time.",
            meaning="Nothing was changed.",
        )
    change.record("corrected", row, {"reason": sentence(why, "The reason for the correction", longest=LONGEST)})
    return hold(row)


def withdraw_hold(change: Change, number: str, why: str) -> None:
    """A hold was entered by mistake: it is shown no more, and the record keeps both entries."""
    row = _required(change.session, number)
    row.removed = True
    change.record("corrected", row, {"reason": sentence(why, "The reason for the correction", longest=LONGEST)})


def _required(session: Session, number: str) -> HoldRow:
    digits = named_number(number.strip().upper(), "H-")
    row = None if digits is None else session.get(HoldRow, digits)
    if row is None or row.removed:
        raise BadRequest(
            f"There is no hold {number} in this case.", "Look at the list of holds.", meaning="Nothing was changed."
        )
    return row
