"""The evidence timeline as lines to show: each entry with its time, its words and where it comes from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from casebound.case import EventId, Snapshot
from casebound.events import Events
from casebound.timetext import clock_text, date_text, micros
from casebound_exporters.timeline import stated_date


@dataclass(frozen=True, slots=True)
class Line:
    """One entry. Without a time, `start_us` is None."""

    number: str  # C-0001
    position: int  # from 1
    start_us: int | None
    end_us: int | None  # of a range; None for a moment
    caption: str  # what is printed: its own, or the exhibit's
    own: str  # its own caption, "" where it says what the exhibit says
    exhibit: str  # "" where somebody stated the time
    source: str  # "S-05 requests.csv, line 25,115"
    findings: tuple[str, ...]
    event: EventId | None
    attachment: int | None
    early: bool  # it tells of something before what stands over it
    by: str
    at: datetime

    @property
    def when(self) -> str:
        """“30 Sep 2026  17:41:33.208”, a range from its beginning, or “No time is known”."""
        if self.start_us is None:
            return "No time is known"
        return f"{date_text(self.start_us)}  {clock_text(self.start_us)}"

    @property
    def until(self) -> str:
        """The end of a range, or ""."""
        return "" if self.end_us is None else f"to {date_text(self.end_us)}  {clock_text(self.end_us)}"


def exhibit_times(events: Events, snapshot: Snapshot) -> dict[str, tuple[int | None, str]]:
    """For each exhibit: its time in µs, as found or as stated, and where it comes from."""
    sources = {source.number: source for source in snapshot.sources}
    attachments = {attachment.number: attachment for attachment in snapshot.attachments}
    found: dict[str, tuple[int | None, str]] = {}
    for exhibit in snapshot.exhibits:
        if exhibit.event is not None:
            timed = events.position(exhibit.event) is not None
            event = events.get(exhibit.event) if timed else None
            if event is None:
                found[exhibit.number] = (None, "A row without a time")
            else:
                source = sources[event.source]
                found[exhibit.number] = (event.time_us, f"{source.label} {source.name}, line {event.line:,}")
        elif exhibit.attachment in attachments:
            attachment = attachments[exhibit.attachment]
            dated = stated_date(attachment.origin)
            time = micros(datetime.fromisoformat(dated[0])) if dated is not None else None
            found[exhibit.number] = (time, f"Attachment {attachment.number}, {attachment.name}")
    return found


def lines(events: Events, snapshot: Snapshot) -> tuple[Line, ...]:
    """The entries in their order. Reads rows: not for the main thread."""
    times = exhibit_times(events, snapshot)
    exhibits = {exhibit.number: exhibit for exhibit in snapshot.exhibits}
    titles = {attachment.number: attachment.title or attachment.name for attachment in snapshot.attachments}
    made: list[Line] = []
    latest: int | None = None
    for position, entry in enumerate(snapshot.chronology, 1):
        exhibit = exhibits.get(entry.exhibit)
        start, source = times.get(entry.exhibit, (None, "")) if entry.exhibit else (entry.from_us, "Stated by a person")
        end = entry.to_us if not entry.exhibit and entry.to_us != entry.from_us else None
        caption = entry.caption
        if exhibit is not None:
            caption = caption or exhibit.caption or titles.get(exhibit.attachment or 0, "")
        early = start is not None and latest is not None and start < latest
        latest = start if start is not None else latest
        used = tuple(
            finding.number
            for finding in snapshot.findings
            if entry.exhibit and entry.exhibit in (*finding.supports, *finding.contradicts)
        )
        made.append(
            Line(
                entry.number,
                position,
                start,
                end,
                caption,
                entry.caption,
                entry.exhibit,
                source,
                used,
                exhibit.event if exhibit is not None else None,
                exhibit.attachment if exhibit is not None else None,
                early,
                entry.by,
                entry.at,
            )
        )
    return tuple(made)


def by_time(found: Sequence[Line]) -> list[str]:
    """The numbers of the entries in the order of time; those without a time stay behind the one they followed."""
    keyed: list[tuple[int, int, str]] = []
    latest = -(1 << 62)
    for line in found:
        latest = line.start_us if line.start_us is not None else latest
        keyed.append((latest, line.position, line.number))
    return [number for _, _, number in sorted(keyed)]


def exhibits_by_time(events: Events, snapshot: Snapshot) -> list[str]:
    """The exhibits that no entry names yet, in the order of time, those without one at the end."""
    there = {entry.exhibit for entry in snapshot.chronology}
    times = exhibit_times(events, snapshot)
    left = [exhibit.number for exhibit in snapshot.exhibits if exhibit.number not in there]

    def key(number: str) -> tuple[bool, int, int, str]:
        time = times.get(number, (None, ""))[0]
        return (time is None, time or 0, len(number), number)

    return sorted(left, key=key)
