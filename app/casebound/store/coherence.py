"""What must hold of a case after a change was taken back: nothing stands twice, and nothing rests on what is gone.

Whoever makes an item is held to this by the function that makes it; an undo brings an earlier record back although
other people went on working.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from casebound.case import MarkKind
from casebound.store import models
from casebound.store.records import entry_number, exhibit_number, finding_number, measure_number, view_number
from casebound.store.stated import texts

CITABLE: Final = frozenset({"exhibit", "measure", "view"})
"""Kinds of items that findings rest on."""
_CITED: Final = ("supports", "contradicts", "measures", "views")


def clashes(session: Session, rows: Sequence[models.Base], gone: Iterable[models.Base]) -> Iterator[str]:
    """Why these rows, as they are now, cannot stand beside the rest of the case, in words; nothing where they can.

    `gone` are those of them whose making was taken back.
    """
    yield from _marks(session, [row for row in rows if isinstance(row, models.MarkRow) and not row.removed])
    for row in rows:
        if isinstance(row, models.ExhibitRow):
            yield from _exhibit(session, row)
        elif isinstance(row, models.ChronologyRow) and not row.removed:
            yield from _entry(session, row)
    yield from _cited(session, gone)


def _marks(session: Session, rows: Sequence[models.MarkRow]) -> Iterator[str]:
    """A tag or a bookmark stands once on one thing."""
    mark = models.MarkRow
    said = (mark.kind, mark.event, mark.attachment, mark.from_us, mark.to_us, mark.field, mark.value)
    wanted = {_said(row) for row in rows if row.kind != MarkKind.NOTE}
    if not wanted:
        return
    words = func.iif(mark.kind == MarkKind.TAG.value, mark.text, "")
    twice = select(*said, words).where(mark.removed.is_(False), mark.kind != MarkKind.NOTE.value)
    for each in session.execute(twice.group_by(*said, words).having(func.count() > 1)):
        if tuple(each) in wanted:
            yield f"The same {each.kind} was put there again since"
            return


def _said(row: models.MarkRow) -> tuple[object, ...]:
    words = row.text if row.kind == MarkKind.TAG else ""
    return row.kind, row.event, row.attachment, row.from_us, row.to_us, row.field, row.value, words


def _exhibit(session: Session, row: models.ExhibitRow) -> Iterator[str]:
    known, entry = models.ExhibitRow, models.ChronologyRow
    if row.removed:
        number = session.scalar(select(entry.number).where(entry.exhibit == row.number, entry.removed.is_(False)))
        if number is not None:
            yield f"{exhibit_number(row.number)} is on the evidence timeline since, as {entry_number(number)}"
        return
    same = known.event == row.event if row.event is not None else known.attachment == row.attachment
    other = session.scalar(
        select(known.number).where(same, known.removed.is_(False), known.number != row.number).limit(1)
    )
    if other is not None:
        yield f"What {exhibit_number(row.number)} shows is exhibit {exhibit_number(other)} since"


def _entry(session: Session, row: models.ChronologyRow) -> Iterator[str]:
    known, name = models.ChronologyRow, entry_number(row.number)
    others = select(known.number).where(known.removed.is_(False), known.number != row.number)
    if row.exhibit is not None:
        exhibit = session.get(models.ExhibitRow, row.exhibit)
        if exhibit is None or exhibit.removed:
            yield f"{name} shows {exhibit_number(row.exhibit)}, which is no exhibit any more"
        same = known.exhibit == row.exhibit
    else:
        same = known.from_us.is_not_distinct_from(row.from_us) & known.to_us.is_not_distinct_from(row.to_us)
        same &= known.exhibit.is_(None)
    other = session.scalar(others.where(same).limit(1))
    if other is not None:
        yield f"What {name} shows is on the evidence timeline since, as {entry_number(other)}"
    other = session.scalar(others.where(known.place == row.place).limit(1))
    if other is not None:
        yield f"{entry_number(other)} was put where {name} stood"


def _cited(session: Session, gone: Iterable[models.Base]) -> Iterator[str]:
    """What a finding rests on does not vanish because its maker thinks again."""
    names = {name for row in gone for name in _name(row)}
    if not names:
        return
    finding: Any = models.FindingRow
    for row in session.scalars(select(finding).where(finding.removed.is_(False)).order_by(finding.number)):
        for name in sorted(names & {number for side in _CITED for number in texts(getattr(row, side))}):
            yield f"{finding_number(row.number)} rests on {name} since"


def _name(row: models.Base) -> Iterator[str]:
    if isinstance(row, models.ExhibitRow):
        yield exhibit_number(row.number)
    elif isinstance(row, models.MeasureRow):
        yield measure_number(row.number)
    elif isinstance(row, models.SavedViewRow):
        yield view_number(row.number)
