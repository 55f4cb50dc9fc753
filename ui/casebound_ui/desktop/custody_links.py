"""The custody record as a chain that this program has recomputed: what holds, what is broken, what is not proved.

Pure values, no Qt and no database; a case and a sealed package give the same chain.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from casebound.case import LedgerEntry
from casebound.custody import describe
from casebound_packaging.ledger import GENESIS, line_hash
from casebound_packaging.times import parse_stamp
from casebound_ui.desktop.custody_words import facts
from casebound_ui.desktop.wording import counted, inert, key_name, short_hash

_NEVER = datetime(1, 1, 1, tzinfo=UTC)  # stands for an unreadable time where only the words are wanted
SEALED, BROKEN, MISSING, UNPROVED, WITHHELD = "sealed", "broken", "missing", "unproved", "withheld"


@dataclass(frozen=True, slots=True)
class RawLine:
    """One stored line, the hash stored for it ("" where none is), and the disclosures that are held."""

    line: bytes
    stored: str
    disclosures: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Link:
    """One entry as shown. `state` is one of the five above."""

    seq: int
    state: str
    title: str
    second: str
    time: datetime | None
    person: str
    action: str
    item: tuple[str, str]
    before: str
    seal: str  # as stored or as the next entry expects it
    recomputed: str  # "" where there is nothing to recompute
    raw: str
    facts: tuple[tuple[str, str], ...] = ()
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Chain:
    """The whole record, oldest first. `break_seq` is the first entry that does not hold; None: unbroken."""

    links: tuple[Link, ...]
    break_seq: int | None

    @property
    def unbroken(self) -> bool:
        return self.break_seq is None

    @property
    def size(self) -> int:
        return len(self.links)

    def verdict(self) -> tuple[str, str]:
        """Two sentences for the banner."""
        if self.break_seq is None:
            return (
                "Custody unbroken.",
                f"{counted(self.size, 'entry', 'entries')} checked, each sealed to the one before.",
            )
        last = max(link.seq for link in self.links)
        if self.break_seq == 0:
            holds = "No entry before it."
        elif self.break_seq == 1:
            holds = "Entry 0 holds."
        else:
            holds = f"Entries 0 to {self.break_seq - 1:,} hold."
        after = ""
        if last > self.break_seq:
            first = self.break_seq + 1
            after = f" {first:,} is not proved." if first == last else f" {first:,} to {last:,} are not proved."
        return f"Custody broken at entry {self.break_seq:,}.", holds + after


def of_case(entries: Sequence[LedgerEntry], size: int, head: str) -> Chain:
    """The chain of a case; `size` and `head` are the number of entries and the last hash that the case itself names."""
    return recompute([RawLine(entry.line, entry.hash, entry.disclosures) for entry in entries], size, head)


def recompute(lines: Sequence[RawLine], size: int, head: str) -> Chain:
    """Recompute every seal and say where the record first fails."""
    links: list[Link] = []
    broken: int | None = None
    before, expected = GENESIS, 0
    for place, raw in enumerate(lines):
        entry = _parsed(raw.line)
        stated = entry.get("seq")
        seq: int = stated if type(stated) is int else expected  # a bool is an int to Python, and no number here
        prev = str(entry.get("prev", before if "omitted" in entry else ""))
        while seq > expected:
            if broken is None:
                broken = expected
            links.append(_missing(expected, prev if seq == expected + 1 else ""))
            expected += 1
        recomputed = str(entry["omitted"]) if "omitted" in entry else line_hash(raw.line)
        wanted = _wanted(lines, place, seq, size, head)
        problem = ""
        if "omitted" not in entry and prev != before and (broken is None or broken == seq):
            problem = f"It is sealed to {short_hash(prev)}, but the entry before ends in {short_hash(before)}."
        elif raw.stored and raw.stored != recomputed:
            problem = f"It was sealed as {short_hash(raw.stored)}; its content now gives {short_hash(recomputed)}."
        elif wanted and wanted != recomputed:
            problem = (
                f"The record expects it to end in {short_hash(wanted)}; its content gives {short_hash(recomputed)}."
            )
        if seq < expected:
            problem = problem or f"Entry {seq:,} stands twice or out of order."
        if problem and broken is None:
            broken = seq
        state = BROKEN if broken == seq and problem else (UNPROVED if broken is not None else SEALED)
        links.append(_link(seq, state, raw, entry, prev, recomputed, wanted, problem if state == BROKEN else ""))
        before, expected = recomputed, seq + 1
    while size > expected:
        broken = expected if broken is None else broken
        links.append(_missing(expected, head if expected == size - 1 else ""))
        expected += 1
    return Chain(tuple(links), broken)


def _parsed(line: bytes) -> dict[str, Any]:
    try:
        entry = json.loads(line)
    except ValueError:
        return {}
    return entry if isinstance(entry, dict) else {}


def _wanted(lines: Sequence[RawLine], place: int, seq: int, size: int, head: str) -> str:
    """How this entry must end by what comes after it: the next, or the head for the last; "" where nothing says."""
    if place + 1 == len(lines):
        return head if seq + 1 >= size else ""
    after = _parsed(lines[place + 1].line)
    return str(after.get("prev", "")) if after.get("seq") == seq + 1 else ""


def _missing(seq: int, expected: str) -> Link:
    sealed = f"The entry after it was sealed to {short_hash(expected)}. Nothing here has that seal." if expected else ""
    return Link(
        seq, MISSING, f"Entry {seq:,} is missing", sealed, None, "", "", ("", ""), "", expected, "", "", problem=sealed
    )


def _link(
    seq: int, state: str, raw: RawLine, entry: dict[str, Any], prev: str, recomputed: str, wanted: str, problem: str
) -> Link:
    text = raw.line.decode("utf-8", "backslashreplace")
    if "omitted" in entry:
        second = "Its seal is in the chain; its content was not given to this recipient."
        return Link(seq, WITHHELD if state == SEALED else state, "Entry withheld", second, None, "", "", ("", ""), "",
                    recomputed, recomputed, text, problem=problem)  # fmt: skip
    try:
        time = parse_stamp(str(entry.get("time", "")))
    except ValueError:
        time = None
    item = entry.get("item")
    kind = (str(item.get("type", "")), str(item.get("id", ""))) if isinstance(item, dict) else ("", "")
    action, key = str(entry.get("action", "")), str(entry.get("actor", ""))
    name = str(raw.disclosures.get("actor_name") or "")
    title, second = describe(
        LedgerEntry(seq, raw.line, recomputed, prev, time or _NEVER, key, action, kind[0], kind[1], raw.disclosures, ())
    )
    person = name or (f"Key {key_name(key)}" if len(key) == 64 else "Name withheld")
    return Link(
        seq=seq,
        state=state,
        title=title,
        second=inert(second, 240),
        time=time,
        person=person,
        action=action,
        item=kind,
        before=prev,
        seal=raw.stored or wanted or recomputed,
        recomputed=recomputed,
        raw=text,
        facts=facts(entry, kind, raw.disclosures, person),
        problem=problem,
    )
