"""The custody record as a chain that this program has recomputed: what holds, what is broken, what is not proved.

Pure values, no Qt and no database; a case and a sealed package give the same chain.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
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
    """One entry as shown. `state` is one of the five above.

    A record of a hundred thousand entries is held as these, so what only one of them is asked for at a time (`raw`,
    `facts`) is made when it is asked for.
    """

    seq: int
    state: str
    words: tuple[str, str] | None  # title and second line; None is what the entry itself says
    time: datetime | None
    person: str
    action: str
    item: tuple[str, str]
    before: str
    seal: str  # as stored or as the next entry expects it
    recomputed: str  # "" where there is nothing to recompute
    line: bytes
    disclosures: Mapping[str, Any] = field(default_factory=dict)
    problem: str = ""

    @property
    def told(self) -> tuple[str, str]:
        """Title and second line."""
        if self.words is not None:
            return self.words
        kind, number = self.item
        key = str(_parsed(self.line).get("actor", ""))
        title, second = describe(
            LedgerEntry(
                self.seq, self.line, self.recomputed, self.before, self.time or _NEVER, key, self.action, kind, number,
                self.disclosures, (),
            )
        )  # fmt: skip
        return title, inert(second, 240)

    @property
    def title(self) -> str:
        return self.told[0]

    @property
    def second(self) -> str:
        return self.told[1]

    @property
    def raw(self) -> str:
        """The stored line as text; "" where there is none."""
        return self.line.decode("utf-8", "backslashreplace")

    @property
    def facts(self) -> tuple[tuple[str, str], ...]:
        """What the entry discloses, as label and value; nothing of a missing or a withheld one."""
        if self.state in (MISSING, WITHHELD) or not self.line:
            return ()
        entry = _parsed(self.line)
        return () if "omitted" in entry else facts(entry, self.item, self.disclosures, self.person)


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


def raw_lines(entries: Iterable[LedgerEntry]) -> list[RawLine]:
    """Entries of a case as what is recomputed."""
    return [RawLine(entry.line, entry.hash, entry.disclosures) for entry in entries]


def recompute(lines: Sequence[RawLine], size: int, head: str) -> Chain:
    """Recompute every seal and say where the record first fails."""
    walk = Walk()
    walk.take(lines)
    return walk.chain(size, head)


def extended(chain: Chain, lines: Sequence[RawLine], size: int, head: str) -> Chain | None:
    """An unbroken chain with the entries that came after it, recomputed against the seal it ended in.

    None where the new ones do not follow on without a fault: only a look at the whole can say what is wrong then.
    """
    last = chain.links[-1] if chain.links else None
    if not chain.unbroken or (last is not None and last.seq + 1 != chain.size) or size != chain.size + len(lines):
        return None
    if not lines:
        return chain if last is None or last.recomputed == head else None
    walk = Walk(chain)
    walk.take(lines)
    found = walk.chain(size, head)
    return found if found.unbroken and found.size == size else None


class Walk:
    """Goes along a record from its first entry, or from the end of an unbroken `chain`, taking lines as they come.

    The last line taken waits for the next, because how an entry must end is said by the one after it.
    """

    def __init__(self, chain: Chain | None = None) -> None:
        self._links: list[Link] = list(chain.links) if chain is not None else []
        self._before = self._links[-1].recomputed if self._links else GENESIS
        self._expected = len(self._links)
        self._broken: int | None = None
        self._held: tuple[RawLine, dict[str, Any]] | None = None

    def take(self, lines: Iterable[RawLine]) -> None:
        """Go on with these lines."""
        for raw in lines:
            entry = _parsed(raw.line)
            if self._held is not None:
                self._step(*self._held, entry)
            self._held = (raw, entry)

    def chain(self, size: int, head: str) -> Chain:
        """The whole, held against the number of entries and the last seal that are known from outside (0 and "": none).

        The walk is over with this.
        """
        if self._held is not None:
            raw, entry = self._held
            self._held = None
            self._step(raw, entry, None, size, head)
        while size > self._expected:
            self._lack(head if self._expected == size - 1 else "")
        return Chain(tuple(self._links), self._broken)

    def _step(
        self, raw: RawLine, entry: dict[str, Any], after: dict[str, Any] | None, size: int = 0, head: str = ""
    ) -> None:
        stated = entry.get("seq")
        seq: int = stated if type(stated) is int else self._expected  # a bool is an int to Python, and no number here
        prev = str(entry.get("prev", self._before if "omitted" in entry else ""))
        while seq > self._expected:
            self._lack(prev if seq == self._expected + 1 else "")
        recomputed = str(entry["omitted"]) if "omitted" in entry else line_hash(raw.line)
        if after is not None:
            wanted = str(after.get("prev", "")) if after.get("seq") == seq + 1 else ""
        else:
            wanted = head if seq + 1 >= size else ""
        broken, problem = self._broken, ""
        if "omitted" not in entry and prev != self._before and (broken is None or broken == seq):
            problem = f"It is sealed to {short_hash(prev)}, but the entry before ends in {short_hash(self._before)}."
        elif raw.stored and raw.stored != recomputed:
            problem = f"It was sealed as {short_hash(raw.stored)}; its content now gives {short_hash(recomputed)}."
        elif wanted and wanted != recomputed:
            problem = (
                f"The record expects it to end in {short_hash(wanted)}; its content gives {short_hash(recomputed)}."
            )
        if seq < self._expected:
            problem = problem or f"Entry {seq:,} stands twice or out of order."
        if problem and broken is None:
            self._broken = broken = seq
        state = BROKEN if broken == seq and problem else (UNPROVED if broken is not None else SEALED)
        problem = problem if state == BROKEN else ""
        self._links.append(_link(seq, state, raw, entry, prev, recomputed, wanted, problem))
        self._before, self._expected = recomputed, seq + 1

    def _lack(self, sealed: str) -> None:
        if self._broken is None:
            self._broken = self._expected
        self._links.append(_missing(self._expected, sealed))
        self._expected += 1


def _parsed(line: bytes) -> dict[str, Any]:
    try:
        entry = json.loads(line)
    except ValueError:
        return {}
    return entry if isinstance(entry, dict) else {}


def _missing(seq: int, expected: str) -> Link:
    sealed = f"The entry after it was sealed to {short_hash(expected)}. Nothing here has that seal." if expected else ""
    return Link(
        seq,
        MISSING,
        (f"Entry {seq:,} is missing", sealed),
        None,
        "",
        "",
        ("", ""),
        "",
        expected,
        "",
        b"",
        problem=sealed,
    )


def _link(
    seq: int, state: str, raw: RawLine, entry: dict[str, Any], prev: str, recomputed: str, wanted: str, problem: str
) -> Link:
    if "omitted" in entry:
        second = "Its seal is in the chain; its content was not given to this recipient."
        return Link(seq, WITHHELD if state == SEALED else state, ("Entry withheld", second), None, "", "", ("", ""), "",
                    recomputed, recomputed, raw.line, problem=problem)  # fmt: skip
    try:
        time = parse_stamp(str(entry.get("time", "")))
    except ValueError:
        time = None
    item = entry.get("item")
    kind = (str(item.get("type", "")), str(item.get("id", ""))) if isinstance(item, dict) else ("", "")
    action, key = str(entry.get("action", "")), str(entry.get("actor", ""))
    name = str(raw.disclosures.get("actor_name") or "")
    person = name or (f"Key {key_name(key)}" if len(key) == 64 else "Name withheld")
    return Link(
        seq=seq,
        state=state,
        words=None,
        time=time,
        person=person,
        action=action,
        item=kind,
        before=prev,
        seal=raw.stored or wanted or recomputed,
        recomputed=recomputed,
        line=raw.line,
        disclosures=raw.disclosures,
        problem=problem,
    )
