"""The rows of case.db against the ledger inside it: every finding, named by the item that was changed."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from casebound.store import models
from casebound.store.auditlines import Item, Lines
from casebound.store.custodymodels import HoldRow
from casebound.store.recordparts import preload
from casebound.store.records import CASE_ITEM, KINDS, case_record
from casebound_packaging.canonical import canonical
from casebound_packaging.finding import Finding
from casebound_packaging.ledger import GENESIS

_TOGETHER = 2000  # rows that are read at once


def records(session: Session, lines: Lines, found: list[Finding]) -> int:
    """Every row against the record in the last line about it. Returns how many rows there are."""
    known: set[Item] = {(CASE_ITEM, CASE_ITEM)}
    case = session.get(models.CaseRow, 1)
    if case is not None:
        _compare(lines, (CASE_ITEM, CASE_ITEM), case_record(case, session), None, found)
    preload(session)
    count = 0
    for kind in KINDS:
        # Plain rows and not the unit of work: there may be a hundred thousand, and nobody changes one.
        table: Any = kind.model.__table__
        for row in session.execute(select(table).execution_options(yield_per=_TOGETHER)):
            count += 1
            item = (kind.item_type, kind.item_id(row))  # type: ignore[arg-type]
            known.add(item)
            try:
                record = kind.record(row, session)
            except (ValueError, TypeError, OverflowError, AttributeError) as error:
                problem = f"The case's database holds something that this program never writes: {error}."
                found.append(Finding("custody", item_name(item), problem))
                continue
            _compare(lines, item, record, getattr(row, kind.by) if kind.by else None, found)
            if kind.model in (models.AttachmentRow, models.ExhibitRow):
                _link(lines, item, row, found)
            if kind.model is HoldRow and row.released_at is not None:
                _released_by(lines, item, row, found)
    for mend in session.scalars(select(models.MendRow).order_by(models.MendRow.number)):
        _mended_by(lines, mend, found)
    for item in lines.records.keys() - known:
        problem = "The custody record tells of it, and the case does not have it: it was deleted."
        found.append(Finding("custody", item_name(item), problem))
    return count


def _compare(lines: Lines, item: Item, record: dict[str, object], by: str | None, found: list[Finding]) -> None:
    seqs = lines.records.get(item)
    if not seqs:
        problem = "The custody record does not tell of it: it was put in from outside, or its entry was removed."
        found.append(Finding("custody", item_name(item), problem))
        return
    if _canonical(record) != lines.told("record", seqs[-1]):
        _differences(lines, item, record, seqs[-1], found)
    name = lines.author(seqs[0]) if by is not None else None
    if by != name:
        problem = "Another person stands as its author than in the custody record."
        found.append(Finding("custody", item_name(item), problem, str(name), str(by)))


def _differences(lines: Lines, item: Item, record: dict[str, object], seq: int, found: list[Finding]) -> None:
    told = lines.record(seq)
    if not isinstance(told, dict):
        found.append(Finding("custody", item_name(item), f"Entry {seq} does not say what it is."))
        return
    differing = sorted(
        key
        for key in record.keys() | told.keys()
        if key not in record or key not in told or _unlike(record[key], told[key])
    )
    if differing:
        problem = f"It was changed outside of this program since entry {seq}: {', '.join(differing)}."
        first = differing[0]
        found.append(Finding("custody", item_name(item), problem, _shown(told.get(first)), _shown(record.get(first))))


def _released_by(lines: Lines, item: Item, hold: Any, found: list[Finding]) -> None:
    """Who stands as having released a hold, against the line that first tells of the release."""
    for seq in lines.records.get(item, ()):
        record = lines.record(seq)
        if isinstance(record, dict) and record.get("released_at") is not None:
            name = lines.author(seq)
            if hold.released_by != name:
                problem = "Another person stands as having released it than in the custody record."
                found.append(Finding("custody", item_name(item), problem, name, str(hold.released_by)))
            return


def _mended_by(lines: Lines, mend: models.MendRow, found: list[Finding]) -> None:
    """Who stands as the author of a mend, against the line that first tells of it."""
    for seq in lines.records.get(("source", str(mend.source)), ()):
        record = lines.record(seq)
        told = record.get("mends") if isinstance(record, dict) else None
        numbers = [one.get("mend") for one in told if isinstance(one, dict)] if isinstance(told, list) else []
        if mend.number in numbers:
            name = lines.author(seq)
            if mend.by != name:
                problem = "Another person stands as its author than in the custody record."
                found.append(Finding("custody", f"mend {mend.number}", problem, str(name), str(mend.by)))
            return


def _canonical(record: object) -> bytes:
    try:
        return canonical(record)
    except ValueError:
        return b""  # no record says it


def _unlike(one: object, other: object) -> bool:
    try:
        return canonical(one) != canonical(other)
    except ValueError:
        return True


def _shown(value: object) -> str:
    try:
        words = value if isinstance(value, str) else canonical(value).decode("utf-8") if value is not None else ""
    except ValueError:
        words = repr(value)
    return words if len(words) <= 200 else words[:199] + "…"


def _link(lines: Lines, item: Item, row: Any, found: list[Finding]) -> None:
    """The line that the row says made it did."""
    line = lines.entries.get(row.line_seq)
    about = f'"item":{{"id":"{item[1]}","type":"{item[0]}"}}'.encode()
    if line is None or about not in lines.stored[lines.places[row.line_seq]] or line.hash != row.line_hash:
        problem = "It names another entry of the custody record than the one that made it."
        found.append(Finding("custody", item_name(item), problem, "", f"entry {row.line_seq}, {row.line_hash}"))
    elif item[0] == "attachment":
        if (line.attachment, line.attachment_prev) != (row.number, row.previous_hash or GENESIS):
            problem = "Its place in the chain of attachments is not the one in the custody record."
            link = f"({line.attachment}, {line.attachment_prev!r})"
            found.append(Finding("custody", item_name(item), problem, link, f"{row.number}, {row.previous_hash}"))
    elif row.line_seq not in lines.texts["record"]:
        found.append(Finding("custody", item_name(item), "The entry that made it does not say what it is any more."))


def item_name(item: Item) -> str:
    """How a finding calls an item."""
    kind, identity = item
    if kind == CASE_ITEM:
        return "case"
    if kind == "source" and identity.isdigit():
        identity = f"S-{int(identity):02d}"
    return f"{kind} {identity}"
