"""The ledger in case.db, examined, and what it says of each item: the first part of a check of a case.

A record of a hundred thousand entries has half a million texts behind it, so a line or a text is parsed only where
somebody asks for it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from casebound.store import models
from casebound_packaging.canonical import load
from casebound_packaging.disclosure import value_of
from casebound_packaging.finding import Finding
from casebound_packaging.ledger import examine, read
from casebound_packaging.ledgerform import Entry, commitments, entry
from casebound_packaging.lineage import copies

Item = tuple[str, str]
_KEPT = frozenset({"record", "actor_name", "prior"})
"""Names of texts that a check compares rows with."""


@dataclass(slots=True)
class Lines:
    """The ledger as read: its lines, and what it says of each item. Only texts that a line commits to are here."""

    stored: list[bytes] = field(default_factory=list)
    entries: dict[int, Entry] = field(default_factory=dict)  # by seq, of lines that can be read
    places: dict[int, int] = field(default_factory=dict)  # of these lines in `stored`
    texts: dict[str, dict[int, str]] = field(default_factory=lambda: {name: {} for name in _KEPT})  # encoded, by seq
    records: dict[Item, list[int]] = field(default_factory=dict)  # item → lines that disclose its record, in order

    def line(self, seq: int) -> dict[str, object] | None:
        """The object of a line, or None where there is none that can be read."""
        return read(self.stored[self.places[seq]]) if seq in self.places else None

    def told(self, name: str, seq: int) -> bytes:
        """The JSON of a text behind a line; empty where it is not held."""
        encoded = self.texts[name].get(seq)
        return b"" if encoded is None else value_of(encoded)

    def record(self, seq: int) -> object:
        """The record in a line that discloses one."""
        return load(self.told("record", seq))

    def author(self, seq: int) -> str:
        """The name of who wrote a line; "" where it is not told."""
        said = self.told("actor_name", seq)
        return str(load(said)) if said else ""

    def earlier_names(self) -> dict[str, int]:
        """The log origins that the record had before, each with the number of entries that it had then."""
        found: dict[str, int] = {}
        for seq in copies(self.stored):
            prior = load(self.told("prior", seq) or b"null")
            if isinstance(prior, dict) and prior.get("size") == seq:
                found[str(prior.get("log_origin"))] = seq
        return found


def ledger(session: Session, found: list[Finding]) -> Lines:
    """The chain, its end, the texts behind its commitments, and the columns that repeat a line."""
    _database(session, found)
    lines, case = Lines(), session.get(models.CaseRow, 1)
    row = models.LedgerRow
    rows = session.execute(select(row.seq, row.line, row.hash, row.item_type, row.item_id).order_by(row.seq)).all()
    lines.stored = [models.stored(each.line) for each in rows]
    said = models.DisclosureRow
    names: list[str] = []
    disclosed: list[tuple[int, str]] = []
    for seq, name, encoded in session.execute(select(said.seq, said.name, said.encoded).order_by(said.seq)):
        names.append(name)
        disclosed.append((seq, str(encoded)))
    held: Counter[int] = Counter()

    def heard(place: int, name: str) -> None:
        seq, encoded = disclosed[place]
        held[seq] += 1
        if name != names[place]:
            problem = f"A text is kept under another name, {names[place]}."
            found.append(Finding("custody", f"ledger entry {seq}", problem))
        if name in _KEPT:
            lines.texts[name][seq] = encoded

    head, size = None, None
    if case is None:
        found.append(Finding("custody", "case", "The row that says which case this is is missing."))
    else:
        head = str(case.ledger_head)
        stated: object = case.ledger_size  # SQLite keeps whatever somebody put there
        size = stated if isinstance(stated, int) else len(lines.stored)
        if not isinstance(stated, int):
            found.append(Finding("custody", "case", "The length of the custody record is no number."))
    found += examine(lines.stored, disclosed, head, size=size, heard=heard)
    for place, each in enumerate(rows):
        try:
            one = entry(lines.stored[place])
        except ValueError:
            continue  # told by `examine`
        lines.entries[each.seq], lines.places[each.seq] = one, place
        filed = f'"item":{{"id":"{each.item_id}","type":"{each.item_type}"}}'.encode("utf-8", "backslashreplace")
        if (one.seq, one.hash) != (each.seq, each.hash) or filed not in lines.stored[place]:
            item = f"ledger entry {each.seq}"
            found.append(Finding("custody", item, "The entry is filed as something else than it is."))
        count = commitments(one)
        if held[each.seq] < count:
            problem = "A text that the entry commits to is not held any more."
            found.append(Finding("custody", f"ledger entry {each.seq}", problem, str(count), str(held[each.seq])))
        if each.seq in lines.texts["record"]:
            lines.records.setdefault(_item(lines, each.seq, (each.item_type, each.item_id), filed), []).append(each.seq)
    return lines


def _item(lines: Lines, seq: int, filed_as: Item, filed: bytes) -> Item:
    """What a line is about, by what it says itself."""
    if filed in lines.stored[lines.places[seq]]:
        return filed_as
    line = lines.line(seq)
    about = line["item"] if line is not None else None
    return (str(about["type"]), str(about["id"])) if isinstance(about, dict) else filed_as


def _database(session: Session, found: list[Finding]) -> None:
    for damage in session.scalars(text("PRAGMA integrity_check(20)")):
        if damage != "ok":
            found.append(Finding("contents", "case.db", f"The database is damaged: {damage}."))
    for table, _, parent, _ in session.execute(text("PRAGMA foreign_key_check")):
        found.append(Finding("custody", f"case.db, table {table}", f"A row belongs to a {parent} that is not there."))
    for kind, name in session.execute(
        text("SELECT type, name FROM sqlite_master WHERE type IN ('trigger', 'view') ORDER BY name")
    ):
        found.append(Finding("custody", f"case.db, {kind} {name}", f"Somebody put a {kind} into the database."))
