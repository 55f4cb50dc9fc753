"""What people did to one thing, from the ledger: with everything that was put on it, and taken off it again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from casebound.case import EventId, LedgerEntry
from casebound.store import entries, models
from casebound.store.records import (
    entry_number,
    exhibit_number,
    finding_number,
    measure_number,
    named_number,
    view_number,
)
from casebound_packaging.disclosure import parse

Item = EventId | tuple[int, int] | tuple[str, str] | str
"""An event; a range, as its first and last microsecond; an entity, as a column and its value; EX-0001, V-01, C-0001."""

_CITED = ("supports", "contradicts")
_NUMBERED: Mapping[str, tuple[str, Callable[[int], str]]] = {
    "EX": ("exhibit", exhibit_number),
    "V": ("view", view_number),
    "C": ("chronology", entry_number),
    "F": ("finding", finding_number),
    "Q": ("measure", measure_number),
}


def history(session: Session, item: Item) -> list[LedgerEntry]:
    """The ledger entries about it in their order: marks, exhibits, their captions, links to findings and attachments.

    Raises `BadCase` where a line no longer is one.
    """
    line = models.LedgerRow
    seqs = {seq for place in _places(session, item) for seq in session.scalars(select(line.seq).where(place))}
    exhibits = _exhibits(session, item)
    if exhibits:
        seqs |= set(_citing(session, exhibits))
    if isinstance(item, EventId):
        seqs |= set(_linking(session, str(item)))
        seqs |= set(session.scalars(select(line.seq).where(entries.about(session, "event", str(item)))))
    return entries.numbered(session, sorted(seqs))


def _places(session: Session, item: Item) -> Iterator[ColumnElement[bool]]:
    mark, entry = models.MarkRow, models.ChronologyRow
    if isinstance(item, str):
        kind, name = _NUMBERED.get(item.partition("-")[0], ("", str))
        number = named_number(item.partition("-")[2], "")
        yield _named(kind, [] if number is None else [name(number)])
    elif isinstance(item, tuple):
        first, second = item
        if isinstance(first, int):
            put = (mark.from_us == first) & (mark.to_us == second)
            shown = (entry.from_us == first) & (entry.to_us == second)
            numbers = session.scalars(select(entry.number).where(shown))
            yield _named("chronology", map(entry_number, numbers))
        else:
            put = (mark.field == first) & (mark.value == second)
        yield _named("mark", map(str, session.scalars(select(mark.number).where(put))))
    exhibits = _exhibits(session, item)
    if exhibits:
        chosen = [named_number(each, "EX-") for each in exhibits]
        numbers = session.scalars(select(entry.number).where(entry.exhibit.in_(chosen)))
        yield _named("chronology", map(entry_number, numbers))


def _named(item_type: str, names: Iterable[str]) -> ColumnElement[bool]:
    line = models.LedgerRow
    return (line.item_type == item_type) & line.item_id.in_(list(names))


def _exhibits(session: Session, item: Item) -> list[str]:
    """The exhibits that it is or was."""
    if isinstance(item, str):
        number = named_number(item, "EX-") if item.startswith("EX-") else None
        return [] if number is None else [exhibit_number(number)]
    if isinstance(item, tuple):
        return []
    row = models.ExhibitRow
    return [exhibit_number(number) for number in session.scalars(select(row.number).where(row.event == str(item)))]


def _citing(session: Session, exhibits: list[str]) -> Iterator[int]:
    """Lines of findings in which one of the exhibits came to be cited, changed sides, or was let go."""
    before: dict[str, tuple[bool, ...]] = {}
    for seq, item_id, record in _records(session, "finding"):
        now = tuple(number in _listed(record, side) for number in exhibits for side in _CITED)
        if now != before.get(item_id, (False,) * len(now)):
            yield seq
        before[item_id] = now


def _linking(session: Session, event: str) -> Iterator[int]:
    """Lines of attachments in which one was put to the event, or taken off it again."""
    line = models.LedgerRow
    marker = func.instr(line.line, b'"action":"attached"') == 0
    changed = select(line.item_id).where(line.item_type == "attachment", marker).distinct()
    linked = select(models.AttachmentEventRow.attachment).where(models.AttachmentEventRow.event == event)
    among = line.item_id.in_(changed) | line.item_id.in_([str(each) for each in session.scalars(linked)])
    before: dict[str, bool] = {}
    for seq, item_id, record in _records(session, "attachment", among):
        now = event in _listed(record, "events")
        if now != before.get(item_id, False):
            yield seq
        before[item_id] = now


def _records(
    session: Session, item_type: str, among: ColumnElement[bool] | None = None
) -> Iterator[tuple[int, str, Mapping[str, object]]]:
    line, said = models.LedgerRow, models.DisclosureRow
    query = select(line.seq, line.item_id, said.encoded).join(said, said.seq == line.seq)
    query = query.where(line.item_type == item_type, said.name == "record").order_by(line.seq)
    if among is not None:
        query = query.where(among)
    for seq, item_id, encoded in session.execute(query):
        record = parse(encoded).value
        if isinstance(record, dict):
            yield seq, item_id, record


def _listed(record: Mapping[str, object], key: str) -> list[object]:
    listed = record.get(key)
    return listed if isinstance(listed, list) else []
