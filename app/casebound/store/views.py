"""Saved views: what a person was looking at, kept so that it can be looked at again and shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy.orm import Session

from casebound.case import SavedView
from casebound.errors import BadRequest, NothingToDo
from casebound.store import models, reading
from casebound.store.change import Change, require_range, sentence
from casebound.store.records import named_number, view_number
from casebound.store.stated import pack, text

_TEXTS: Final = ("where", "lanes", "sort", "colour")
_FIELDS: Final = ("title", *_TEXTS, "from_us", "to_us", "columns", "descending", "look")


def save_view(change: Change, fields: Mapping[str, Any]) -> SavedView:
    """Keep a view; `fields` are those of `casebound.case.SavedView` that a person's screen fills in."""
    row = models.SavedViewRow(
        number=change.next(models.SavedViewRow),
        **dict.fromkeys(_TEXTS, ""),
        title="",
        from_us=None,
        to_us=None,
        columns="[]",
        descending=False,
        look="{}",
        by=change.by,
        at=change.at,
        changed_at=change.at,
        removed=False,
    )
    _fill(row, fields)
    change.session.add(row)
    change.record("derived", row, {"title": row.title})
    return reading.view(row)


def change_view(change: Change, number: str, fields: Mapping[str, Any]) -> SavedView:
    """Change some fields of a view. Raises `NothingToDo` where all of them say that already."""
    row = require_view(change.session, number)
    before = tuple(getattr(row, name) for name in _FIELDS)
    _fill(row, fields)
    if tuple(getattr(row, name) for name in _FIELDS) == before:
        raise NothingToDo(f"{number} says that already.", meaning="Nothing was changed.")
    row.changed_at = change.at
    change.record("corrected", row, {"title": row.title})
    return reading.view(row)


def remove_view(change: Change, number: str) -> None:
    """Take a view away. Its number is never given again, and the ledger keeps it."""
    row = require_view(change.session, number)
    row.removed = True
    change.record("corrected", row, {"title": row.title})


def require_view(session: Session, number: str) -> models.SavedViewRow:
    """The row of a view that was not removed. Raises `BadRequest`."""
    known = named_number(number, "V-")
    row = None if known is None else session.get(models.SavedViewRow, known)
    if row is None:
        raise BadRequest(
            f"There is no view {number} in this case.", "Views are named like V-01.", meaning="Nothing was changed."
        )
    if row.removed:
        raise BadRequest(f"View {view_number(row.number)} was removed.", "Save it again; it gets a new number.")
    return row


def _fill(row: models.SavedViewRow, fields: Mapping[str, Any]) -> None:
    unknown = fields.keys() - set(_FIELDS)
    if unknown:
        raise TypeError(f"a view has no {', '.join(sorted(unknown))}")
    for name, value in fields.items():
        setattr(row, name, _kept(name, value))
    if not row.title:
        raise BadRequest("The view has no title.", "Say in a few words what it shows.")
    require_range(row.from_us, row.to_us)


def _kept(name: str, value: object) -> object:
    if name == "title":
        return sentence(str(value), "The title", longest=300)
    if name in _TEXTS:
        return text(str(value))
    if name == "columns":
        assert isinstance(value, Sequence)
        return pack([str(each) for each in value])
    if name == "look":
        assert isinstance(value, Mapping)
        return pack(value)
    return bool(value) if name == "descending" else value
