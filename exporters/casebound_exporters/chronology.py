"""The evidence timeline as people put it together: their entries in their order, with their captions.

`data/timeline.csv` stays beside it: every dated exhibit in the order of time, whoever chose what to tell.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields

from casebound.case import Exhibit, Snapshot
from casebound_exporters.cells import line
from casebound_exporters.exhibits import Chosen
from casebound_exporters.timeline import Entry, utc
from casebound_packaging.canonical import canonical
from casebound_packaging.member import Member


@dataclass(frozen=True, slots=True)
class Told:
    """One entry, with the keys of docs/format.md: an exhibit, or a moment or a range that somebody stated.

    `caption_of` says whose words the caption is: "entry", or "exhibit" where the entry says nothing of its own.
    """

    entry: str  # C-0001
    position: int  # from 1
    utc: str | None  # None where nothing is known of the exhibit's time
    until: str | None  # the end of a range, which belongs to it; None for a moment
    caption: str
    caption_of: str
    exhibit: str | None
    source: str | None
    line: int | None
    event: str | None


@dataclass(frozen=True, slots=True)
class Chronology:
    """The entries in their order; what was left out of them is counted."""

    entries: tuple[Told, ...]
    exhibits: int  # of the package
    in_it: int  # exhibits that an entry names
    dropped: int  # entries whose exhibit was taken out of the evidence

    @property
    def left_out(self) -> int:
        """How many exhibits no entry names."""
        return self.exhibits - self.in_it

    @property
    def counts(self) -> dict[str, int]:
        """What completeness.json says of it."""
        return {"entries": len(self.entries), "exhibits_in_it": self.in_it, "exhibits_not_in_it": self.left_out}


def curated(snapshot: Snapshot, chosen: Sequence[Chosen], dated: Sequence[Entry]) -> Chronology | None:
    """What people put together, or None where nobody did. `dated` are the rows of `data/timeline.csv`."""
    if not snapshot.chronology:
        return None
    exhibits = {one.exhibit.number: one for one in chosen}
    times = {entry.exhibit: entry for entry in dated}
    told: list[Told] = []
    dropped = 0
    for entry in snapshot.chronology:
        if entry.exhibit and entry.exhibit not in exhibits:
            dropped += 1
            continue
        told.append(
            _of_exhibit(entry.number, len(told) + 1, entry.caption, exhibits[entry.exhibit], times.get(entry.exhibit))
            if entry.exhibit
            else _stated(entry.number, len(told) + 1, entry.caption, entry.from_us, entry.to_us)
        )
    named = {one.exhibit for one in told if one.exhibit}
    return Chronology(tuple(told), len(exhibits), len(named), dropped)


def _of_exhibit(number: str, position: int, caption: str, one: Chosen, dated: Entry | None) -> Told:
    exhibit: Exhibit = one.exhibit
    return Told(
        number,
        position,
        dated.utc if dated is not None else None,
        None,
        caption or exhibit.caption or (one.attachment.title if one.attachment else ""),
        "entry" if caption else "exhibit",
        exhibit.number,
        dated.source if dated is not None else one.source or None,
        one.event.line if one.event is not None else None,
        str(one.event.id) if one.event is not None else None,
    )


def _stated(number: str, position: int, caption: str, from_us: int | None, to_us: int | None) -> Told:
    start = to_us if from_us is None else from_us
    end = None if to_us is None or to_us == start else utc(to_us)
    begun = None if start is None else utc(start)
    return Told(number, position, begun, end, caption, "entry", None, None, None, None)


def members(told: Chronology | None) -> list[Member]:
    """`data/chronology.csv` and `data/chronology.jsonl`, where somebody made one."""
    if told is None:
        return []
    names = tuple(each.name for each in fields(Told))
    rows: list[Mapping[str, object]] = [asdict(entry) for entry in told.entries]
    table = line(names) + b"".join(
        line(None if row[name] is None else str(row[name]) for name in names) for row in rows
    )
    lines = b"".join(canonical(dict(row)) + b"\n" for row in rows)
    return [
        Member("data/chronology.csv", "timeline", "text/csv; charset=utf-8", table),
        Member("data/chronology.jsonl", "timeline", "application/x-ndjson", lines),
    ]
