"""The ledger as a whole: a hash chain, and everything that can be wrong with one, found and named.

Lines are bytes without LF, in file order. `examine` answers with every finding; a hostile ledger never makes it
raise. What no chain can show by itself is whether its end was cut off or all of it was written anew: give `head`,
`size` or `root` from a signed checkpoint, from outside, for that.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from itertools import islice, pairwise
from operator import itemgetter
from typing import Final

from casebound_packaging import merkle
from casebound_packaging.attachmentchain import Attached, examine_attachments
from casebound_packaging.disclosure import told
from casebound_packaging.finding import Finding
from casebound_packaging.ledgerform import Entry, entry
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


MOST_FINDINGS: Final = 1000
"""Of one kind: a ledger made of nothing but faults must not fill the memory with what is said of it."""


def leaves(lines: Sequence[bytes]) -> list[bytes]:
    """The RFC 6962 leaf hashes of the lines; an omitted line's leaf is the hash it states."""
    return [_stated_leaf(data) if data.startswith(b'{"omitted":"') else merkle.leaf_hash(data) for data in lines]


def _stated_leaf(data: bytes) -> bytes:
    try:
        return bytes.fromhex(entry(data).hash)
    except ValueError:
        return merkle.leaf_hash(data)


def examine(
    lines: Sequence[bytes],
    disclosures: Sequence[tuple[int, str]],
    head: str | None = None,
    *,
    size: int | None = None,
    root: str | None = None,
    heard: Callable[[int, str], None] | None = None,
) -> list[Finding]:
    """Everything wrong with a ledger and its disclosures; an empty list means that they hold.

    `disclosures` are (seq, encoded) pairs. `head` is the hash of the last line, `size` the number of lines and `root`
    the RFC 6962 root, hex, where they are known from outside. `heard` is called with the place and the name of every
    disclosure that its entry commits to; for that, they must be given sorted by seq.
    """
    found: list[Finding] = []
    entries = _entries(lines, found)
    found += islice(_order(entries), MOST_FINDINGS)
    found += islice(_chain(entries), MOST_FINDINGS)
    found += _extent(entries, head, size, root)
    attached = [Attached(one.seq, one.hash, one.attachment, one.attachment_prev) for one in entries if one.attachment]
    withheld = {one.hash: one.seq for one in entries if one.omitted}
    found += islice(examine_attachments(attached, withheld), MOST_FINDINGS)
    found += islice(_disclosures(lines, entries, disclosures, heard), MOST_FINDINGS)
    return found


def _custody(item: str, problem: str, expected: str = "", seen: str = "") -> Finding:
    return Finding("custody", item, problem, expected, seen)


def _entries(lines: Sequence[bytes], found: list[Finding]) -> list[Entry]:
    entries: list[Entry] = []
    for position, data in enumerate(lines):
        try:
            one = entry(data)
        except ValueError as fault:
            # Where the line belongs can only be guessed from the one before it.
            seq = entries[-1].seq + 1 if entries else 0
            item = f"ledger line {position + 1}"
            if len(found) < MOST_FINDINGS:
                found.append(_custody(item, f"This is not a well-formed line of a ledger: {fault}."))
            one = Entry(seq, merkle.leaf_hash(data).hex())
        else:
            if one.created != (one.seq == 0) and not one.omitted:
                problem = "A ledger begins with “created”, and has it nowhere else."
                found.append(_custody(_name(one.seq), problem, "", str(read(data)["action"])))
        entries.append(one)
    return entries


def _order(entries: Sequence[Entry]) -> Iterable[Finding]:
    if _in_order(entries):
        return
    times = Counter(entry.seq for entry in entries)
    for seq in sorted(times):
        if times[seq] > 1:
            yield _custody(
                _name(seq), f"This entry's number stands {times[seq]} times in the ledger.", "1", str(times[seq])
            )
    in_order = sorted(one.seq for one in entries)
    for one, seq in zip(entries, in_order, strict=True):
        if one.seq != seq:
            problem = f"The ledger was reordered: entry {one.seq} stands where entry {seq} belongs."
            yield _custody(_name(one.seq), problem, str(seq), str(one.seq))
    after = 0
    for seq in sorted(times):
        if seq > after:
            yield _custody(
                _range(after, seq - 1), f"Missing from the ledger: {_count(seq - after)} deleted before entry {seq}."
            )
        after = seq + 1


def _in_order(entries: Sequence[Entry]) -> bool:
    """Whether every entry stands where its number says."""
    return all(one.seq == place for place, one in enumerate(entries))


def _follows(entries: Sequence[Entry]) -> bool:
    """Whether every entry names the hash of the one that stands before it, the first none."""
    first = not entries or entries[0].prev in ("", GENESIS)
    return first and all(one.prev == before.hash or not one.prev for before, one in pairwise(entries))


def _chain(entries: Sequence[Entry]) -> Iterable[Finding]:
    """Does every entry name the hash of the entry numbered before it?"""
    if _in_order(entries) and _follows(entries):
        return
    hashes: dict[int, set[str]] = {}
    for one in entries:
        hashes.setdefault(one.seq, set()).add(one.hash)
    broken: list[int] = []
    for one in entries:
        before = {GENESIS} if one.seq == 0 else hashes.get(one.seq - 1, set())
        if not one.prev or one.prev in before:
            continue
        broken.append(one.seq)
        if one.seq == 0:
            problem = "The first entry names an entry before it: the beginning of the ledger was cut off."
        elif before:
            problem = (
                f"The chain is broken between entries {one.seq - 1} and {one.seq}: entry {one.seq} names another "
                "entry before it than the one that stands there. One of the two was altered or replaced."
            )
        else:
            problem = f"The chain is broken: entry {one.seq - 1}, which entry {one.seq} names, is not there."
        yield _custody(_name(one.seq), problem, one.prev, ", ".join(sorted(before)))
    if broken:
        first, last = min(broken), max(one.seq for one in entries)
        problem = f"The chain is broken at entry {first}: this and every later entry are not proved."
        yield _custody(_range(first, last), problem)


def _extent(entries: Sequence[Entry], head: str | None, size: int | None, root: str | None) -> Iterable[Finding]:
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


def _disclosures(
    lines: Sequence[bytes],
    entries: Sequence[Entry],
    disclosures: Sequence[tuple[int, str]],
    heard: Callable[[int, str], None] | None,
) -> Iterable[Finding]:
    """Is every text committed to by the entry that it is given for, and none given twice?"""
    places: dict[int, list[int]] | None = None  # of entries by number, where they do not stand in their order
    if not _in_order(entries):
        places = {}
        for place, one in enumerate(entries):
            places.setdefault(one.seq, []).append(place)
    size, last = len(entries), None
    given: set[bytes] = set()
    names: set[str] = set()  # of the entry that is looked at
    for place, (seq, encoded) in enumerate(sorted(disclosures, key=itemgetter(0))):
        try:
            name, computed = told(encoded)
        except ValueError as fault:
            yield _custody(f"disclosure for entry {seq}", f"This is not a well-formed disclosure: {fault}.")
            continue
        if seq != last:
            names, last = set(), seq
        if computed in given:
            problem = "The same disclosure is given twice."
        else:
            given.add(computed)
            if places is None and 0 <= seq < size and lines[seq].find(computed, 0, entries[seq].committed) > 0:
                problem = "" if name not in names else _TWICE
                if heard is not None:
                    heard(place, name)
            else:
                at = [seq] if places is None and 0 <= seq < size else [] if places is None else places.get(seq, [])
                problem = _uncommitted(computed, [(lines[here], entries[here]) for here in at])
                if heard is not None and not problem:
                    heard(place, name)
                problem = problem or (_TWICE if name in names else "")
            names.add(name)
        if problem:
            yield _custody(f"disclosure “{name[:40]}” for entry {seq}", problem, "", computed.decode("ascii"))


_TWICE: Final = "The entry is given two texts under this name."


def _uncommitted(computed: bytes, at: Sequence[tuple[bytes, Entry]]) -> str:
    """Why none of these lines commits to a text with this digest, or ""."""
    if any(one.omitted for _, one in at):
        return "The entry is omitted, so nothing shows that it ever said this."
    if any(line.find(computed, 0, one.committed) > 0 for line, one in at):
        return ""
    return "The entry is not committed to this text: the text was altered, or belongs to another entry."


def _name(seq: int) -> str:
    return f"ledger entry {seq}"


def _range(first: int, last: int) -> str:
    return _name(first) if first >= last else f"ledger entries {first} to {last}"


def _count(number: int) -> str:
    return "1 entry" if number == 1 else f"{number} entries"
