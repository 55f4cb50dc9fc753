"""Which ledger lines, and which of the texts behind them, a recipient gets.

Lines are about items. A line that a recipient does not get is replaced by its hash, so that the chain still holds.
Legal and reviewers get every line, and every text but what is said about things that are not in their package.
Partners and governments get the lines about what is in their package, without the names of people.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from casebound.errors import CaseboundError
from casebound.store import models
from casebound.store.custodymodels import CheckpointRow, HoldRow, ReceiptRow, TransferRow
from casebound.store.custodyrecords import hold_number, receipt_number, transfer_number
from casebound.store.custodyrecords import items as read_items
from casebound.store.records import (
    CASE_ITEM,
    entry_number,
    exhibit_number,
    finding_number,
    measure_number,
    view_number,
)
from casebound_packaging.canonical import canonical
from casebound_packaging.disclosure import parse
from casebound_packaging.ledger import omitted

CLASSES: Final = ("legal", "reviewer", "partner", "government")
WIDE: Final = frozenset({"legal", "reviewer"})
"""Recipient classes that get the whole custody record."""

_PEOPLE: Final = frozenset({"actor_name", "system_account", "host"})
_ALWAYS: Final = _PEOPLE | {"counts"}

Item = tuple[str, str]
_Removable = TypeVar(
    "_Removable",
    models.ExhibitRow,
    models.FindingRow,
    models.MeasureRow,
    models.SavedViewRow,
    models.ChronologyRow,
)


@dataclass(frozen=True, slots=True)
class Included:
    """What goes into a package, by number as shown: EX-0001, F-01, Q-0001, V-01, C-0001; sources by their number."""

    exhibits: frozenset[str]
    findings: frozenset[str]
    measures: frozenset[str]
    sources: frozenset[int]
    views: frozenset[str] = frozenset()
    chronology: frozenset[str] = frozenset()


def everything(session: Session) -> Included:
    """All that the case holds today, without what was removed."""

    def there(model: type[_Removable], name: Callable[[int], str]) -> frozenset[str]:
        return frozenset(map(name, session.scalars(select(model.number).where(model.removed.is_(False)))))

    return Included(
        there(models.ExhibitRow, exhibit_number),
        there(models.FindingRow, finding_number),
        there(models.MeasureRow, measure_number),
        frozenset(session.scalars(select(models.SourceRow.number))),
        there(models.SavedViewRow, view_number),
        there(models.ChronologyRow, entry_number),
    )


def items(session: Session, included: Included, version: int, recipient_class: str) -> frozenset[Item]:
    """The items of the ledger that are in the package: what is included, and what that rests on."""
    found: set[Item] = {(CASE_ITEM, CASE_ITEM), ("package", str(version))}
    found |= {("exhibit", number) for number in included.exhibits}
    found |= {("finding", number) for number in included.findings}
    found |= {("measure", number) for number in included.measures}
    found |= {("source", str(number)) for number in included.sources}
    found |= {("view", number) for number in included.views}
    found |= {("chronology", number) for number in included.chronology}
    events: set[str] = set()
    for row in session.scalars(select(models.ExhibitRow)):
        if exhibit_number(row.number) in included.exhibits:
            if row.attachment is not None:
                found.add(("attachment", str(row.attachment)))
            if row.event is not None:
                events.add(row.event)
    if recipient_class in WIDE:  # what people noted while working does not go to others, nor who received what
        found |= {("receipt", receipt_number(number)) for number in session.scalars(select(ReceiptRow.number))}
        found |= {("checkpoint", str(size)) for size in session.scalars(select(CheckpointRow.size))}
        found |= set(_held_or_moved(session, found))
        ranges = {
            (row.from_us, row.to_us)
            for row in session.scalars(select(models.ChronologyRow).where(models.ChronologyRow.from_us.is_not(None)))
            if entry_number(row.number) in included.chronology
        }
        for mark in session.scalars(select(models.MarkRow).where(models.MarkRow.removed.is_(False))):
            about = mark.event in events or (mark.from_us, mark.to_us) in ranges
            if about or ("attachment", str(mark.attachment)) in found:
                found.add(("mark", str(mark.number)))
    return frozenset(found)


def _held_or_moved(session: Session, inside: set[Item]) -> Iterator[Item]:
    """Holds and transfers of the case as a whole, and of what is in the package."""
    for model, kind, name in ((HoldRow, "hold", hold_number), (TransferRow, "transfer", transfer_number)):
        for number, named in session.execute(select(model.number, model.items)):
            about = read_items(named)
            if not about or inside.intersection(about):
                yield kind, name(number)


def select_lines(
    session: Session, recipient_class: str, given: frozenset[Item]
) -> tuple[list[bytes], list[tuple[int, str]]]:
    """The ledger as this recipient gets it: lines in order, and (seq, disclosure) sorted by seq then digest."""
    said: Mapping[int, list[str]] = _disclosures(session)
    lines: list[bytes] = []
    disclosures: list[tuple[int, str]] = []
    wide = recipient_class in WIDE
    people = frozenset() if wide else _people(said)
    for row in session.execute(
        select(
            models.LedgerRow.seq,
            models.LedgerRow.line,
            models.LedgerRow.hash,
            models.LedgerRow.item_type,
            models.LedgerRow.item_id,
        ).order_by(models.LedgerRow.seq)
    ):
        about = (row.item_type, row.item_id) in given
        if not (about or wide):
            lines.append(omitted(row.seq, row.hash))
            continue
        lines.append(models.stored(row.line))
        chosen = [
            disclosure
            for disclosure in map(parse, said.get(row.seq, ()))
            if (about or disclosure.name in _ALWAYS)
            and (wide or disclosure.name not in _PEOPLE)
            and (wide or row.item_type == "exhibit" or not _names_somebody(disclosure.value, people))
            and (wide or row.item_type != "view" or not _asks_for_notes(disclosure.value))
        ]
        disclosures += [(row.seq, each.encoded) for each in sorted(chosen, key=lambda each: each.digest)]
    return lines, disclosures


def _asks_for_notes(record: object) -> bool:
    """Whether a record of a view, today's or an earlier one, names people's notes or tags in its filter."""
    from casebound.viewcounts import asks_for_notes  # heavy, and needed by those alone who seal

    if not isinstance(record, Mapping):
        return False
    try:
        return asks_for_notes(str(record.get("where", "")))
    except CaseboundError:
        return True  # a filter that is none may say anything


def _disclosures(session: Session) -> Mapping[int, list[str]]:
    said: defaultdict[int, list[str]] = defaultdict(list)
    for seq, encoded in session.execute(select(models.DisclosureRow.seq, models.DisclosureRow.encoded)):
        said[seq].append(encoded)
    return said


def _people(said: Mapping[int, Sequence[str]]) -> frozenset[bytes]:
    """Names of people and machines as they would stand inside JSON."""
    values = {
        disclosure.value for all_of in said.values() for disclosure in map(parse, all_of) if disclosure.name in _PEOPLE
    }
    return frozenset(canonical(value)[1:-1] for value in values if isinstance(value, str) and len(value) > 2)


def _names_somebody(value: object, people: frozenset[bytes]) -> bool:
    """Whether a text tells who worked on the case, for example a zone “chosen by” somebody."""
    data = canonical(value)
    return any(name in data for name in people)
