"""The record of one event as the inspector shows it, and as it is copied. Free of Qt."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from casebound.case import Event, Source
from casebound.errors import BadRequest
from casebound.moments import utc_datetime, utc_text
from casebound.rawrecords import unit_of
from casebound.timewords import clock_words, doubts, precision_text
from casebound.zones import find_zone
from casebound_ui.desktop import localzone
from casebound_ui.desktop.timeline.dates import MONTHS, clock_text, date_text, long_text
from casebound_ui.desktop.wording import readable_times

FIELDS = {"Actor": "actor", "Action": "action", "Object": "object"}
"""Which of the facts a filter can ask for, and what it calls them."""


def title(event: Event) -> str:
    """What happened, in the record's own words."""
    return event.action or event.object or event.actor or "Event"


def zone_words(event: Event) -> str:
    """The zone that was applied and where it came from: “+02:00, in the value”."""
    return ", ".join(part for part in (event.zone or "no zone", event.zone_origin) if part)


def came_from(event: Event, source: Source | None) -> str:
    name = source.name if source is not None else "original"
    if source is not None and source.member:
        name += f", {source.member}"
    unit = unit_of(source.format) if source is not None else "line"
    return f"{name}, {unit} {event.line:,}"


def facts(event: Event, source: Source | None) -> list[tuple[str, str]]:
    """Names and values: who, what, the time as it came and how it was read, and where the record stands."""
    rows = [("Actor", event.actor), ("Action", event.action), ("Object", event.object)]
    rows = [(name, value) for name, value in rows if value]
    rows.append(("Time as found", event.time_raw or "none"))
    if event.time_rule:
        rows.append(("Read as", f"{event.time_rule}, to {precision_text(event.time_precision_us)}"))
    rows.append(("Zone applied", zone_words(event)))
    if event.clock_us:
        rows.append(("Clock", clock_words(event.clock_us, source.clock_reason if source is not None else "")))
    rows.append(("UTC", readable_times(utc_text(event.time_us)).removesuffix(" UTC")))
    if local := local_text(event):
        rows.append(("Local time", local))
    if uncertain := doubts(event):
        rows.append(("Uncertain", uncertain))
    rows.append(("Came from", came_from(event, source)))
    return rows


def local_text(event: Event) -> str:
    """The time on the clocks of the zone that was applied, or of the one a person chose; "" for UTC, shown anyway."""
    try:
        at, chosen = utc_datetime(event.time_us), localzone.chosen()
        if chosen is not None:
            name, local = chosen.key, at.astimezone(chosen)
        else:
            zone = find_zone(event.zone)
            clock = ZoneInfo(zone.name) if zone.fixed is None else timezone(timedelta(seconds=zone.fixed))
            name, local = zone.name, at.astimezone(clock)
    except (BadRequest, OverflowError, ValueError):
        return ""  # a zone that this machine does not know, or a moment at the edge of the calendar
    if not local.utcoffset():
        return ""
    micros = event.time_us + (local.utcoffset() or timedelta()) // timedelta(microseconds=1)
    return f"{date_text(micros)}, {clock_text(micros)} {name}"


def copied(event: Event, source: Source | None, *, reference: bool) -> str:
    """The record as text: every field; with `reference`, the source, line, fingerprint and name of the event too."""
    lines = [f"{long_text(event.time_us)}  {title(event)}"]
    lines += [f"{name}: {'' if value is None else value}" for name, value in event.fields.items()]
    if reference:
        lines += [
            f"Source: {came_from(event, source)}",
            f"SHA-256 of the original: {event.id.sha256}",
            f"Event: {event.id}",
        ]
    return "\n".join(lines)


def written(at: datetime) -> str:
    """When a note was written: “16 Mar 2026, 10:22”."""
    utc = at.astimezone(UTC)
    return f"{utc.day} {MONTHS[utc.month - 1]} {utc.year}, {utc:%H:%M}"
