"""What a person names or states when something is held or changes hands: items of the case, and moments."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from casebound.custodyacts import Item
from casebound.errors import BadRequest
from casebound.store import models
from casebound.store.attachments import LOW_ENTROPY
from casebound.store.change import Change
from casebound.store.records import KINDS, named_number
from casebound_packaging.times import parse_stamp, stamp

NAMEABLE: Final = ("source", "attachment", "exhibit", "package")
"""Kinds of items that can be held or can change hands."""
_KINDS: Final = {kind.item_type: kind for kind in KINDS if kind.item_type in NAMEABLE}
_PREFIXES: Final = {"exhibit": "EX-"}


def known_items(session: Session, items: Sequence[Item]) -> list[Item]:
    """The items as the ledger calls them, each once. Raises `BadRequest` for one that the case does not have."""
    found: dict[Item, None] = {}
    for kind, identity in items:
        row = _row(session, kind, identity)
        if row is None or getattr(row, "removed", False):
            raise BadRequest(
                f"There is no {kind} {identity} in this case.",
                f"Name what the case holds: {', '.join(NAMEABLE)}.",
                meaning="Nothing was changed.",
            )
        found[kind, _KINDS[kind].item_id(row)] = None
    return list(found)


def digests(session: Session, items: Sequence[Item]) -> tuple[str, ...]:
    """The SHA-256 of the files behind these items, each once; without those of small files, which tell their content to
    whoever can guess it.
    """
    found: dict[str, None] = {}
    for kind, identity in items:
        row = _row(session, kind, identity)
        if isinstance(row, models.ExhibitRow):
            row = None if row.attachment is None else session.get(models.AttachmentRow, row.attachment)
        if not isinstance(row, models.SourceRow | models.AttachmentRow | models.PackageRow):
            continue
        if row.sha256 and row.size >= LOW_ENTROPY:
            found[row.sha256] = None
    return tuple(found)


def _row(session: Session, kind: str, identity: str) -> models.Base | None:
    known = _KINDS.get(kind)
    number = named_number(identity.strip().upper(), _PREFIXES.get(kind, "")) if known is not None else None
    model: Any = known.model if known is not None else None
    return None if number is None else session.get(model, number)


def stated_moment(change: Change, stated: datetime | None, what: str, after: str = "") -> str:
    """The moment at which something happened, as a person states it; the moment of the change where nobody does.

    Raises `BadRequest` where it lies in the future, before `after`, or has no zone.
    """
    if stated is None:
        return max(change.at, after)
    if stated.utcoffset() is None:
        raise BadRequest(f"{what}: the time has no zone.", "Write it with one, such as 2026-03-01T09:30Z.")
    if stated > change.now:
        raise BadRequest(
            f"{what} lies in the future.", "Write down what has happened; check the computer's clock.",
            meaning="Nothing was changed.",
        )  # fmt: skip
    written = stamp(stated)
    if after and written < after:
        raise BadRequest(
            f"{what} lies before what it belongs to ({parse_stamp(after):%Y-%m-%d %H:%M:%S} UTC).",
            "Check the time.",
            meaning="Nothing was changed.",
        )
    return written
