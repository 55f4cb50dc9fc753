"""Writing an item's earlier record back into its row: the other direction of `casebound.store.records`.

Only what people can change after an item was made is written; what never changes stays as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import delete
from sqlalchemy.orm import Session

from casebound.store import models
from casebound.store.records import kind_of
from casebound.store.stated import pack
from casebound_packaging.times import parse_stamp

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

Record = Mapping[str, Any]


def write_back(session: Session, row: models.Base, record: Record) -> None:
    """Make the row say what `record` says of it."""
    _WRITERS[kind_of(row).item_type](session, row, record)


def micros(written: str | None) -> int | None:
    """Microseconds since 1970 of a time in a record; the other direction of `stated.moment`."""
    return None if written is None else (parse_stamp(written) - _EPOCH) // timedelta(microseconds=1)


def _mark(session: Session, row: models.MarkRow, record: Record) -> None:
    row.removed = record["removed"]


def _exhibit(session: Session, row: models.ExhibitRow, record: Record) -> None:
    row.caption, row.removed = record["caption"], record["removed"]


def _finding(session: Session, row: models.FindingRow, record: Record) -> None:
    for name in ("sentence", "reasoning", "clause", "likelihood", "confidence", "confidence_basis", "ask", "limits"):
        setattr(row, name, record[name])
    for name in ("supports", "contradicts", "measures", "views"):
        setattr(row, name, pack(record.get(name, [])))
    row.state, row.changed_at = record["state"], record["changed_at"]
    row.removed = record.get("removed", False)


def _measure(session: Session, row: models.MeasureRow, record: Record) -> None:
    row.removed = record.get("removed", False)


def _view(session: Session, row: models.SavedViewRow, record: Record) -> None:
    for name in ("title", "where", "lanes", "sort", "descending", "colour", "changed_at", "removed"):
        setattr(row, name, record[name])
    row.from_us, row.to_us = micros(record["from"]), micros(record["to"])
    row.columns, row.look = pack(record["columns"]), pack(record["look"])


def _entry(session: Session, row: models.ChronologyRow, record: Record) -> None:
    row.place, row.caption, row.removed = record["place"], record["caption"], record["removed"]


def _attachment(session: Session, row: models.AttachmentRow, record: Record) -> None:
    row.sensitive = record["sensitive"]
    linked = models.AttachmentEventRow
    session.execute(delete(linked).where(linked.attachment == row.number))
    session.add_all(
        linked(attachment=row.number, event=event, position=position) for position, event in enumerate(record["events"])
    )


_WRITERS: Final[dict[str, Callable[[Session, Any, Record], None]]] = {
    "mark": _mark,
    "exhibit": _exhibit,
    "finding": _finding,
    "measure": _measure,
    "view": _view,
    "chronology": _entry,
    "attachment": _attachment,
}
