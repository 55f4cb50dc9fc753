"""The evidence timeline: one row for each event exhibit and each dated attachment exhibit, in order of time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime, timedelta

from casebound_exporters.cells import line
from casebound_packaging.canonical import canonical
from casebound_packaging.member import Member
from casebound_packaging.times import stamp

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DATES = ("captured_at", "received_at", "acquired_at", "collected_at", "taken_at")


@dataclass(frozen=True, slots=True)
class Entry:
    """One row, with the keys of docs/format.md."""

    utc: str
    raw: str
    zone: str
    zone_origin: str
    source: str
    line: int | None
    event: str | None
    exhibit: str
    caption: str
    rule: str | None = None  # how the raw text was read; None where nobody but the sender read it
    precision_us: int | None = None
    uncertain_us: int | None = None
    clock_us: int | None = None  # the correction of the source's clock, which `utc` includes
    time_note: str | None = None


def utc(microseconds: int) -> str:
    """An event's time as it is written in every file."""
    return stamp(_EPOCH + timedelta(microseconds=microseconds))


def stated_date(origin: Mapping[str, object] | None) -> tuple[str, str] | None:
    """(UTC, text as stated) of the first date in how an attachment came about, where it names its zone."""
    for key in _DATES:
        raw = (origin or {}).get(key)
        if not isinstance(raw, str):
            continue
        try:
            when = datetime.fromisoformat(raw)
        except ValueError:
            continue
        if when.tzinfo is not None:
            return stamp(when.astimezone(UTC)), raw
    return None


def members(entries: Sequence[Entry]) -> list[Member]:
    """`data/timeline.csv` and `data/timeline.jsonl`."""
    names = tuple(each.name for each in fields(Entry))
    rows = [asdict(entry) for entry in entries]
    table = line(names) + b"".join(
        line(None if row[name] is None else str(row[name]) for name in names) for row in rows
    )
    lines = b"".join(canonical(row) + b"\n" for row in rows)
    return [
        Member("data/timeline.csv", "timeline", "text/csv; charset=utf-8", table),
        Member("data/timeline.jsonl", "timeline", "application/x-ndjson", lines),
    ]
