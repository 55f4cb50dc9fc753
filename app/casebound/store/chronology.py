"""The evidence timeline: exhibits and ranges in the order that people gave them, with captions of their own.

The order is kept as a `place`: digits read as what follows the point of a decimal number, at least eight of them, so
that one entry moves without any other changing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from casebound.case import ChronologyEntry
from casebound.errors import BadCase, BadRequest, NothingToDo
from casebound.store import models, reading
from casebound.store.change import Change, require_range, sentence
from casebound.store.exhibits import require_exhibit
from casebound.store.records import entry_number, exhibit_number, named_number

_DIGITS: Final = 8
_MIDDLE: Final = 5 * 10 ** (_DIGITS - 1)
_ROW: Final = models.ChronologyRow


def add_entries(change: Change, exhibits: Sequence[str]) -> tuple[ChronologyEntry, ...]:
    """Put exhibits at the end, in this order. Those that are there already stay where they are.

    Raises `NothingToDo` where all of them are there.
    """
    there = set(change.session.scalars(select(_ROW.exhibit).where(_ROW.removed.is_(False))))
    rows = [require_exhibit(change.session, number) for number in dict.fromkeys(exhibits)]
    new = [row for row in rows if row.number not in there]
    if not new:
        raise NothingToDo("They are on the evidence timeline already.", meaning="Nothing was changed.")
    return tuple(_add(change, row.number, None, None, "", _at_end(change.session)) for row in new)


def add_entry(
    change: Change, exhibit: str, from_us: int | None, to_us: int | None, caption: str, after: str | None
) -> ChronologyEntry:
    """Put an exhibit or a range behind another entry, or at the end."""
    ranged = from_us is not None and to_us is not None
    if bool(exhibit) == ranged or (from_us is None) != (to_us is None):
        raise BadRequest("An entry is either an exhibit or a range of time.", "Choose one of them.")
    require_range(from_us, to_us)
    number = require_exhibit(change.session, exhibit).number if exhibit else None
    known = select(_ROW.number).where(_ROW.removed.is_(False))
    same = known.where(_ROW.exhibit == number) if exhibit else known.where(_ROW.from_us == from_us, _ROW.to_us == to_us)
    before = change.session.scalar(same)
    if before is not None:
        raise NothingToDo(
            f"This is on the evidence timeline already, as {entry_number(before)}.", meaning="Nothing was changed."
        )
    place = _at_end(change.session) if after is None else _behind(change.session, require_entry(change.session, after))
    return _add(change, number, from_us, to_us, caption, place)


def change_entry(change: Change, number: str, caption: str) -> ChronologyEntry:
    """Say something else about an entry; an empty caption says what the exhibit's says."""
    row = require_entry(change.session, number)
    caption = sentence(caption, "The caption", empty=True, longest=4000)
    if caption == row.caption:
        raise NothingToDo("The caption says that already.", meaning="Nothing was changed.")
    row.caption = caption
    change.record("corrected", row, {"text": caption})
    return reading.entry(row)


def move_entry(change: Change, number: str, after: str | None) -> ChronologyEntry:
    """Put an entry behind another, or (None) before all. Raises `NothingToDo` where it stands there."""
    row = require_entry(change.session, number)
    order = list(change.session.scalars(reading.curated()))
    at = order.index(row)
    before = order[at - 1] if at else None
    target = None if after is None else require_entry(change.session, after)
    if target is row or target is before:
        raise NothingToDo(f"{entry_number(row.number)} stands there already.", meaning="Nothing was changed.")
    row.place = _at_start(change.session) if target is None else _behind(change.session, target)
    change.record("corrected", row)
    return reading.entry(row)


def order_entries(change: Change, numbers: Sequence[str]) -> tuple[ChronologyEntry, ...]:
    """Give all entries an order at once. Raises `BadRequest` where `numbers` are not all of them, each once, and
    `NothingToDo` where they stand so already.
    """
    now = list(change.session.scalars(reading.curated()))
    rows = [require_entry(change.session, number) for number in numbers]
    if len(rows) != len(now) or {row.number for row in rows} != {row.number for row in now}:
        raise BadRequest(
            "The evidence timeline has changed since.",
            "Look at it again, then order it.",
            meaning="Nothing was changed.",
        )
    if rows == now:
        raise NothingToDo("The entries stand in this order already.", meaning="Nothing was changed.")
    last = change.session.scalar(select(func.max(_ROW.place)))
    first = _MIDDLE if last is None else _whole(last) + 1  # behind all: what was removed keeps a place of its own
    for place, row in enumerate(rows, first):
        row.place = _written(place)
        change.record("corrected", row)
    return tuple(reading.entry(row) for row in rows)


def remove_entry(change: Change, number: str) -> None:
    """Take an entry off the evidence timeline; what it shows stays. Its number is never given again."""
    row = require_entry(change.session, number)
    row.removed = True
    change.record("corrected", row)


def remove_of_exhibit(change: Change, exhibit: int) -> None:
    """An exhibit that is no evidence any more is not on the evidence timeline either."""
    for row in change.session.scalars(select(_ROW).where(_ROW.exhibit == exhibit, _ROW.removed.is_(False))):
        row.removed = True
        change.record("corrected", row)


def require_entry(session: Session, number: str) -> models.ChronologyRow:
    """The row of an entry that was not removed. Raises `BadRequest`."""
    known = named_number(number, "C-")
    row = None if known is None else session.get(_ROW, known)
    if row is None:
        raise BadRequest(
            f"There is no entry {number} on the evidence timeline.",
            "Entries are named like C-0001.",
            meaning="Nothing was changed.",
        )
    if row.removed:
        raise BadRequest(f"{number} was removed from the evidence timeline.", "Add it again; it gets a new number.")
    return row


def _add(
    change: Change, exhibit: int | None, from_us: int | None, to_us: int | None, caption: str, place: str
) -> ChronologyEntry:
    row = _ROW(
        number=change.next(_ROW),
        place=place,
        exhibit=exhibit,
        from_us=from_us,
        to_us=to_us,
        caption=sentence(caption, "The caption", empty=True, longest=4000),
        by=change.by,
        at=change.at,
        removed=False,
    )
    change.session.add(row)
    name = None if exhibit is None else exhibit_number(exhibit)
    change.record("derived", row, {"text": row.caption or name})
    return reading.entry(row)


def _at_end(session: Session) -> str:
    last = session.scalar(select(func.max(_ROW.place)))
    return _written(_MIDDLE if last is None else _whole(last) + 1)


def _at_start(session: Session) -> str:
    first = session.scalar(select(func.min(_ROW.place)))
    return _written(_MIDDLE if first is None else _whole(first) - 1)


def _behind(session: Session, row: models.ChronologyRow) -> str:
    # Also what was removed has a place, which an undo gives back to it.
    following = session.scalar(select(func.min(_ROW.place)).where(_ROW.place > row.place))
    return _at_end(session) if following is None else between(row.place, following)


def _written(whole: int) -> str:
    return f"{whole:0{_DIGITS}d}"


def _whole(place: str) -> int:
    """The first digits of a place. Raises `BadCase`."""
    if not (isinstance(place, str) and place.isascii() and place.isdigit() and len(place) >= _DIGITS):
        raise _strange()
    return int(place[:_DIGITS])


def _strange() -> BadCase:
    return BadCase(
        "An entry of the evidence timeline has a place that this program never gives.",
        "Run “casebound check” on the case; it names what was changed.",
        meaning="Nothing was changed.",
    )


def between(low: str, high: str) -> str:
    """A place between two others, as short as it can be. Raises `BadCase` where there is none."""
    _whole(low), _whole(high)
    length = max(len(low), len(high), _DIGITS)
    if low.ljust(length, "0") >= high.ljust(length, "0"):
        raise _strange()
    while True:
        first, last = int(low.ljust(length, "0")), int(high.ljust(length, "0"))
        if last - first > 1:
            middle = f"{(first + last) // 2:0{length}d}"
            return middle[:_DIGITS] + middle[_DIGITS:].rstrip("0")
        length += 1
