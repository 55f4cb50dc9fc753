"""case.db against the ledger inside it: every finding, named by the item that was changed."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from casebound.store import models
from casebound.store.custodymodels import ReceiptRow
from casebound.store.custodyrecords import receipt_number
from casebound.store.packages import log_origin
from casebound.store.records import CASE_ITEM, KINDS, case_record
from casebound_packaging import checkpoint, merkle
from casebound_packaging.canonical import canonical
from casebound_packaging.disclosure import digest, parse
from casebound_packaging.finding import Finding
from casebound_packaging.ledger import GENESIS, examine, leaves, line_hash, read

Item = tuple[str, str]


@dataclass(slots=True)
class Lines:
    """The ledger as read: what it says of each item."""

    stored: list[bytes] = field(default_factory=list)
    lines: dict[int, dict[str, object]] = field(default_factory=dict)  # by seq, those that can be read
    texts: dict[int, dict[str, object]] = field(default_factory=dict)  # by seq: what is still disclosed
    records: dict[Item, list[int]] = field(default_factory=dict)  # item → lines that disclose its record, in order


@dataclass(frozen=True, slots=True)
class Files:
    """What case.db says is on the disk."""

    originals: dict[str, tuple[int, str]]  # digest → size and whose it is
    generations: dict[str, tuple[str, str]]  # name → digest and whose it is
    packages: dict[str, tuple[str, str]]  # file name → digest and which version; it may lie elsewhere


def ledger(session: Session, found: list[Finding]) -> Lines:
    """The chain, its end, the texts behind its commitments, and the columns that repeat a line."""
    for damage in session.scalars(text("PRAGMA integrity_check(20)")):
        if damage != "ok":
            found.append(Finding("contents", "case.db", f"The database is damaged: {damage}."))
    for table, _, parent, _ in session.execute(text("PRAGMA foreign_key_check")):
        found.append(Finding("custody", f"case.db, table {table}", f"A row belongs to a {parent} that is not there."))
    for kind, name in session.execute(
        text("SELECT type, name FROM sqlite_master WHERE type IN ('trigger', 'view') ORDER BY name")
    ):
        found.append(Finding("custody", f"case.db, {kind} {name}", f"Somebody put a {kind} into the database."))
    lines, case = Lines(), session.get(models.CaseRow, 1)
    said: defaultdict[int, list[str]] = defaultdict(list)
    for kept in session.scalars(select(models.DisclosureRow).order_by(models.DisclosureRow.seq)):
        encoded = str(kept.encoded)
        said[kept.seq].append(encoded)
        if _parsed_name(encoded) not in (kept.name, None):
            problem = f"A text is kept under another name, {kept.name}."
            found.append(Finding("custody", f"ledger entry {kept.seq}", problem))
    rows = list(session.scalars(select(models.LedgerRow).order_by(models.LedgerRow.seq)))
    lines.stored = [models.stored(row.line) for row in rows]
    disclosed = [(seq, encoded) for seq in sorted(said) for encoded in said[seq]]
    if case is None:
        found.append(Finding("custody", "case", "The row that says which case this is is missing."))
        found += examine(lines.stored, disclosed)
    else:
        size: object = case.ledger_size  # SQLite keeps whatever somebody put there
        if not isinstance(size, int):
            found.append(Finding("custody", "case", "The length of the custody record is no number."))
        found += examine(
            lines.stored, disclosed, str(case.ledger_head), size=size if isinstance(size, int) else len(lines.stored)
        )
    for row in rows:
        _line(row, said[row.seq], lines, found)
    return lines


def _line(row: models.LedgerRow, said: list[str], lines: Lines, found: list[Finding]) -> None:
    item = f"ledger entry {row.seq}"
    try:
        line = read(models.stored(row.line))
        about = line["item"]
        assert isinstance(about, dict)
        repeated = (line["seq"], line_hash(models.stored(row.line)), about["type"], about["id"])
    except (ValueError, KeyError):
        return  # told by `examine`
    if repeated != (row.seq, row.hash, row.item_type, row.item_id):
        found.append(Finding("custody", item, "The entry is filed as something else than it is."))
    commitments = line["_sd"]
    assert isinstance(commitments, list)
    missing = set(commitments) - {digest(encoded) for encoded in said}
    if missing:
        problem = "A text that the entry commits to is not held any more."
        found.append(Finding("custody", item, problem, str(len(commitments)), str(len(commitments) - len(missing))))
    texts = {}
    for encoded in said:
        if digest(encoded) in commitments:
            disclosure = parse(encoded)
            texts[disclosure.name] = disclosure.value
    lines.lines[row.seq], lines.texts[row.seq] = line, texts
    if "record" in texts:
        lines.records.setdefault((str(about["type"]), str(about["id"])), []).append(row.seq)


def _parsed_name(encoded: str) -> str | None:
    try:
        return parse(encoded).name
    except ValueError:
        return None  # told by `examine`


def records(session: Session, lines: Lines, found: list[Finding]) -> int:
    """Every row against the record in the last line about it. Returns how many rows there are."""
    known: set[Item] = {(CASE_ITEM, CASE_ITEM)}
    case = session.get(models.CaseRow, 1)
    if case is not None:
        _compare(lines, (CASE_ITEM, CASE_ITEM), case_record(case, session), None, found)
    count = 0
    for kind in KINDS:
        for row in session.scalars(select(kind.model)):
            count += 1
            item = (kind.item_type, kind.item_id(row))
            known.add(item)
            try:
                record = kind.record(row, session)
            except (ValueError, TypeError, OverflowError, AttributeError) as error:
                problem = f"The case's database holds something that this program never writes: {error}."
                found.append(Finding("custody", _name(item), problem))
                continue
            _compare(lines, item, record, getattr(row, kind.by) if kind.by else None, found)
            if isinstance(row, models.AttachmentRow | models.ExhibitRow):
                _link(lines, item, row, found)
    for mend in session.scalars(select(models.MendRow).order_by(models.MendRow.number)):
        _mended_by(lines, mend, found)
    for item in lines.records.keys() - known:
        problem = "The custody record tells of it, and the case does not have it: it was deleted."
        found.append(Finding("custody", _name(item), problem))
    return count


def _compare(lines: Lines, item: Item, record: dict[str, object], by: str | None, found: list[Finding]) -> None:
    seqs = lines.records.get(item)
    if not seqs:
        problem = "The custody record does not tell of it: it was put in from outside, or its entry was removed."
        found.append(Finding("custody", _name(item), problem))
        return
    told = lines.texts[seqs[-1]]["record"]
    if not isinstance(told, dict):
        found.append(Finding("custody", _name(item), f"Entry {seqs[-1]} does not say what it is."))
        return
    differing = sorted(
        key
        for key in record.keys() | told.keys()
        if key not in record or key not in told or _unlike(record[key], told[key])
    )
    if differing:
        problem = f"It was changed outside of this program since entry {seqs[-1]}: {', '.join(differing)}."
        first = differing[0]
        found.append(Finding("custody", _name(item), problem, _shown(told.get(first)), _shown(record.get(first))))
    name = lines.texts[seqs[0]].get("actor_name", "")
    if by is not None and by != name:
        problem = "Another person stands as its author than in the custody record."
        found.append(Finding("custody", _name(item), problem, str(name), by))


def _mended_by(lines: Lines, mend: models.MendRow, found: list[Finding]) -> None:
    """Who stands as the author of a mend, against the line that first tells of it."""
    for seq in lines.records.get(("source", str(mend.source)), ()):
        record = lines.texts[seq]["record"]
        told = record.get("mends") if isinstance(record, dict) else None
        numbers = [one.get("mend") for one in told if isinstance(one, dict)] if isinstance(told, list) else []
        if mend.number in numbers:
            name = lines.texts[seq].get("actor_name", "")
            if mend.by != name:
                problem = "Another person stands as its author than in the custody record."
                found.append(Finding("custody", f"mend {mend.number}", problem, str(name), str(mend.by)))
            return


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


def _link(lines: Lines, item: Item, row: models.AttachmentRow | models.ExhibitRow, found: list[Finding]) -> None:
    """The line that the row says made it did."""
    line = lines.lines.get(row.line_seq)
    about = line["item"] if line is not None else None
    if line is None or about != {"type": item[0], "id": item[1]} or line_hash(canonical(line)) != row.line_hash:
        problem = "It names another entry of the custody record than the one that made it."
        found.append(Finding("custody", _name(item), problem, "", f"entry {row.line_seq}, {row.line_hash}"))
    elif isinstance(row, models.AttachmentRow):
        link = (line.get("attachment"), line.get("attachment_prev"))
        if link != (row.number, row.previous_hash or GENESIS):
            problem = "Its place in the chain of attachments is not the one in the custody record."
            found.append(Finding("custody", _name(item), problem, str(link), f"{row.number}, {row.previous_hash}"))
    elif lines.texts[row.line_seq].get("record") is None:
        found.append(Finding("custody", _name(item), "The entry that made it does not say what it is any more."))


def packages(session: Session, lines: Lines, found: list[Finding]) -> None:
    """The ledger against every state of it that was signed and has left the case."""
    hashes = leaves(lines.stored)
    for row in session.scalars(select(models.PackageRow).where(models.PackageRow.exported.is_(True))):
        item = _name(("package", str(row.version)))
        try:
            signed = checkpoint.parse(str(row.checkpoint))[0]
        except ValueError as error:
            found.append(Finding("custody", item, f"The signed state of the custody record cannot be read: {error}."))
            continue
        if (signed.size, signed.root) != (row.checkpoint_size, row.checkpoint_root):
            found.append(
                Finding("custody", item, "The signed state is not the one recorded.", row.checkpoint_root, signed.root)
            )
        if signed.size > len(hashes):
            problem = "The custody record is shorter than it was when this package was sealed."
            found.append(Finding("custody", item, problem, str(signed.size), str(len(hashes))))
            continue
        root = merkle.root(hashes[: signed.size]).hex()
        if root != signed.root:
            problem = "The custody record is not the one that was sealed in this package: it was written anew."
            found.append(Finding("custody", item, problem, signed.root, root))


def files(session: Session) -> Files:
    """What must lie in evidence/ and rows/."""
    originals: dict[str, tuple[int, str]] = {}
    for row in _rows_with_originals(session):
        name = f"source S-{row.number:02d}" if isinstance(row, models.SourceRow) else f"attachment {row.number}"
        if re.fullmatch(r"[0-9a-f]{64}", str(row.sha256)):  # else its row is told already
            size = row.size if isinstance(row.size, int) else -1
            originals.setdefault(str(row.sha256), (size, f"{name} ({row.name})"))
    for kept in session.scalars(select(ReceiptRow).order_by(ReceiptRow.number)):
        if re.fullmatch(r"[0-9a-f]{64}", str(kept.sha256)):
            size = kept.size if isinstance(kept.size, int) else -1
            originals.setdefault(str(kept.sha256), (size, f"receipt {receipt_number(kept.number)}"))
    generations = {
        str(row.generation): (str(row.generation_digest), f"source S-{row.number:02d} ({row.name})")
        for row in session.scalars(select(models.SourceRow).order_by(models.SourceRow.number))
    }
    for mend in session.scalars(select(models.MendRow).order_by(models.MendRow.number)):
        whose = f"mend {mend.number} of source S-{mend.source:02d}"
        generations[str(mend.generation)] = (str(mend.generation_digest), whose)
    sealed = {
        row.name: (row.sha256, f"package version {row.version} ({row.name})")
        for row in session.scalars(select(models.PackageRow).where(models.PackageRow.exported.is_(True)))
    }
    return Files(originals, generations, sealed)


def origin(session: Session) -> str:
    """The custody record's name, as packages of this case give it; empty where the case has no row."""
    case = session.get(models.CaseRow, 1)
    return log_origin(str(case.number), str(case.log_id)) if case is not None else ""


def _rows_with_originals(session: Session) -> Iterator[models.SourceRow | models.AttachmentRow]:
    yield from session.scalars(select(models.SourceRow).order_by(models.SourceRow.number))
    yield from session.scalars(select(models.AttachmentRow).order_by(models.AttachmentRow.number))


def _name(item: Item) -> str:
    kind, identity = item
    if kind == CASE_ITEM:
        return "case"
    if kind == "source" and identity.isdigit():
        identity = f"S-{int(identity):02d}"
    return f"{kind} {identity}"
