"""The ledger as a whole: a hash chain, and everything that can be wrong with one, found and named.

Lines are bytes without LF, in file order. `examine` answers with every finding; a hostile ledger never makes it
raise. What no chain can show by itself is whether its end was cut off or all of it was written anew: give `head`,
`size` or `root` from a signed checkpoint, from outside, for that.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from casebound_packaging import merkle
from casebound_packaging.attachmentchain import Attached, examine_attachments
from casebound_packaging.disclosure import digest, parse
from casebound_packaging.finding import Finding
from casebound_packaging.ledgerline import (
    ACTIONS,
    GENESIS,
    ITEM_TYPES,
    UNAUTHENTICATED,
    Line,
    compose,
    compose_attached,
    line_hash,
    omitted,
    read,
)

__all__ = [
    "ACTIONS",
    "GENESIS",
    "ITEM_TYPES",
    "UNAUTHENTICATED",
    "Line",
    "compose",
    "compose_attached",
    "examine",
    "leaves",
    "line_hash",
    "omitted",
    "read",
]


@dataclass(frozen=True, slots=True)
class _Entry:
    seq: int
    hash: str
    record: dict[str, object] | None  # None where the line could not be read
    is_omitted: bool


def leaves(lines: Sequence[bytes]) -> list[bytes]:
    """The RFC 6962 leaf hashes of the lines; an omitted line's leaf is the hash it states."""
    found = []
    for data in lines:
        try:
            found.append(bytes.fromhex(line_hash(data)))
        except ValueError:
            found.append(merkle.leaf_hash(data))
    return found


def examine(
    lines: Sequence[bytes],
    disclosures: Sequence[tuple[int, str]],
    head: str | None = None,
    *,
    size: int | None = None,
    root: str | None = None,
) -> list[Finding]:
    """Everything wrong with a ledger and its disclosures; an empty list means that they hold.

    `disclosures` are (seq, encoded) pairs. `head` is the hash of the last line, `size` the number of lines and `root`
    the RFC 6962 root, hex, where they are known from outside.
    """
    found: list[Finding] = []
    entries = _entries(lines, found)
    found += _order(entries)
    found += _chain(entries)
    found += _extent(entries, head, size, root)
    attached = [
        Attached(entry.seq, entry.hash, number, str(entry.record["attachment_prev"]))
        for entry in entries
        if entry.record is not None and isinstance(number := entry.record.get("attachment"), int)
    ]
    withheld = {entry.hash: entry.seq for entry in entries if entry.is_omitted}
    found += examine_attachments(attached, withheld)
    found += _disclosures(entries, disclosures)
    return found


def _custody(item: str, problem: str, expected: str = "", seen: str = "") -> Finding:
    return Finding("custody", item, problem, expected, seen)


def _entries(lines: Sequence[bytes], found: list[Finding]) -> list[_Entry]:
    entries: list[_Entry] = []
    for position, data in enumerate(lines):
        try:
            record = read(data)
        except ValueError as fault:
            # Where the line belongs can only be guessed from the one before it.
            seq = entries[-1].seq + 1 if entries else 0
            item = f"ledger line {position + 1}"
            found.append(_custody(item, f"This is not a well-formed line of a ledger: {fault}."))
            entries.append(_Entry(seq, merkle.leaf_hash(data).hex(), None, False))
            continue
        seq = int(str(record["seq"]))
        if "omitted" in record:
            entries.append(_Entry(seq, str(record["omitted"]), None, True))
        else:
            entries.append(_Entry(seq, merkle.leaf_hash(data).hex(), record, False))
            if (record["action"] == "created") != (seq == 0):
                problem = "A ledger begins with “created”, and has it nowhere else."
                found.append(_custody(_name(seq), problem, "", str(record["action"])))
    return entries


def _order(entries: Sequence[_Entry]) -> Iterable[Finding]:
    times = Counter(entry.seq for entry in entries)
    for seq in sorted(times):
        if times[seq] > 1:
            yield _custody(
                _name(seq), f"This entry's number stands {times[seq]} times in the ledger.", "1", str(times[seq])
            )
    in_order = sorted(entry.seq for entry in entries)
    for entry, seq in zip(entries, in_order, strict=True):
        if entry.seq != seq:
            problem = f"The ledger was reordered: entry {entry.seq} stands where entry {seq} belongs."
            yield _custody(_name(entry.seq), problem, str(seq), str(entry.seq))
    after = 0
    for seq in sorted(times):
        if seq > after:
            yield _custody(
                _range(after, seq - 1), f"Missing from the ledger: {_count(seq - after)} deleted before entry {seq}."
            )
        after = seq + 1


def _chain(entries: Sequence[_Entry]) -> Iterable[Finding]:
    """Does every entry name the hash of the entry numbered before it?"""
    hashes: dict[int, set[str]] = {}
    for entry in entries:
        hashes.setdefault(entry.seq, set()).add(entry.hash)
    broken: list[int] = []
    for entry in entries:
        if entry.record is None:
            continue
        prev = str(entry.record["prev"])
        before = {GENESIS} if entry.seq == 0 else hashes.get(entry.seq - 1, set())
        if prev in before:
            continue
        broken.append(entry.seq)
        if entry.seq == 0:
            problem = "The first entry names an entry before it: the beginning of the ledger was cut off."
        elif before:
            problem = (
                f"The chain is broken between entries {entry.seq - 1} and {entry.seq}: entry {entry.seq} names another "
                "entry before it than the one that stands there. One of the two was altered or replaced."
            )
        else:
            problem = f"The chain is broken: entry {entry.seq - 1}, which entry {entry.seq} names, is not there."
        yield _custody(_name(entry.seq), problem, prev, ", ".join(sorted(before)))
    if broken:
        first, last = min(broken), max(entry.seq for entry in entries)
        problem = f"The chain is broken at entry {first}: this and every later entry are not proved."
        yield _custody(_range(first, last), problem)


def _extent(entries: Sequence[_Entry], head: str | None, size: int | None, root: str | None) -> Iterable[Finding]:
    """Does the ledger end where it is known to end?"""
    if not entries:
        yield _custody("ledger", "The ledger is empty.")
    length, end = len(entries), max((entry.seq for entry in entries), default=-1)
    if size is not None and end + 1 < size:
        problem = f"The ledger was truncated: {_count(size - end - 1)} missing at its end."
        yield _custody(_range(end + 1, size - 1), problem, str(size), str(length))
    elif size is not None and end + 1 > size:
        problem = f"The ledger has {_count(end + 1 - size)} more than are signed for."
        yield _custody(_range(size, end), problem, str(size), str(length))
    if head is not None and (not entries or entries[-1].hash != head):
        later = next((entry.seq for entry in reversed(entries) if entry.hash == head), None)
        if later is None:
            problem = (
                "The last entry is not the one it is known to be: the ledger was truncated, or its end was altered."
            )
        else:
            problem = f"The last entry is known to be entry {later}: what follows it was added or reordered."
        yield _custody("ledger's end", problem, head, entries[-1].hash if entries else "")
    if root is not None:
        leaf_hashes = [bytes.fromhex(entry.hash) for entry in entries]
        computed = merkle.root(leaf_hashes).hex()
        if computed != root:
            yield _custody("ledger", "The ledger is not the one that its checkpoint signs.", root, computed)


def _disclosures(entries: Sequence[_Entry], disclosures: Sequence[tuple[int, str]]) -> Iterable[Finding]:
    """Is every text committed to by the entry that it is given for, and none given twice?"""
    commitments: dict[int, set[str]] = {}
    withheld = {entry.seq for entry in entries if entry.is_omitted}
    for entry in entries:
        digests = entry.record["_sd"] if entry.record is not None else ()
        assert isinstance(digests, list | tuple)
        commitments.setdefault(entry.seq, set()).update(digests)
    given: set[str] = set()
    named: set[tuple[int, str]] = set()
    for seq, encoded in disclosures:
        try:
            disclosure = parse(encoded)
        except ValueError as fault:
            yield _custody(f"disclosure for entry {seq}", f"This is not a well-formed disclosure: {fault}.")
            continue
        item = f"disclosure “{disclosure.name[:40]}” for entry {seq}"
        computed = digest(encoded)
        if computed in given:
            yield _custody(item, "The same disclosure is given twice.", "", computed)
            continue
        given.add(computed)
        if seq in withheld:
            yield _custody(item, "The entry is omitted, so nothing shows that it ever said this.", "", computed)
        elif computed not in commitments.get(seq, ()):
            problem = "The entry is not committed to this text: the text was altered, or belongs to another entry."
            yield _custody(item, problem, "", computed)
        elif (seq, disclosure.name) in named:
            yield _custody(item, "The entry is given two texts under this name.", "", computed)
        named.add((seq, disclosure.name))


def _name(seq: int) -> str:
    return f"ledger entry {seq}"


def _range(first: int, last: int) -> str:
    return _name(first) if first >= last else f"ledger entries {first} to {last}"


def _count(number: int) -> str:
    return "1 entry" if number == 1 else f"{number} entries"
