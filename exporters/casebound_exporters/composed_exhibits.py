"""The exhibits and the evidence timeline as printed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from casebound.case import Attachment, Event, MarkKind
from casebound.timewords import clock_words, doubts, precision_text
from casebound_exporters.audience import zone_origin
from casebound_exporters.chronology import Told
from casebound_exporters.contents import Contents
from casebound_exporters.report.model import Excerpt, ExhibitEntry, Moment, excerpt
from casebound_exporters.report.written import counted, instant, moment
from casebound_exporters.timeline import Entry, stated_date
from casebound_packaging.times import parse_stamp

if TYPE_CHECKING:
    from casebound_exporters.exhibits import Chosen

MOST_MOMENTS: Final = 400
MOST_FIELDS: Final = 40


def timeline(contents: Contents) -> tuple[Excerpt[Moment], tuple[str, ...]]:
    """What the evidence timeline prints, and the sentences over it: whose order it is, and what is not in it."""
    curated = contents.curated
    if curated is None:
        moments = [_moment(entry, contents) for entry in contents.entries]
        return excerpt(moments, MOST_MOMENTS, "data/timeline.csv"), (
            "All exhibits that have a date, in order of time.",
        )
    dated = {entry.exhibit: entry for entry in contents.entries}
    said = [f"{counted(len(curated.entries), 'entry', 'entries')}, chosen, worded and ordered by the examiner."]
    if curated.left_out:
        are = "is" if curated.left_out == 1 else "are"
        said.append(
            f"{counted(curated.left_out, 'exhibit')} of {curated.exhibits:,} {are} not told here; every dated exhibit "
            "stands in order of time in data/timeline.csv."
        )
    else:
        said.append("Every exhibit of this package is in it.")
    if curated.dropped:
        said.append(
            f"{counted(curated.dropped, 'entry', 'entries')} not printed: the exhibit was taken out of the evidence."
        )
    moments = [_told(entry, dated, contents) for entry in curated.entries]
    return excerpt(moments, MOST_MOMENTS, "data/chronology.csv"), tuple(said)


def _told(told: Told, dated: dict[str, Entry], contents: Contents) -> Moment:
    """A curated entry: its exhibit's moment under its own caption, or what somebody stated."""
    entry = dated.get(told.exhibit or "")
    if entry is not None:
        found = _moment(entry, contents)
        return Moment(
            found.utc,
            found.raw,
            found.zone,
            found.zone_origin,
            found.source,
            found.line,
            told.caption,
            found.detail if told.caption_of == "exhibit" else " · ".join(filter(None, (found.caption, found.detail))),
            found.exhibit,
        )
    when = moment(parse_stamp(told.utc)) if told.utc else "No time is known"
    until = f"to {moment(parse_stamp(told.until))}" if told.until else ""
    source = told.source or ("" if told.exhibit else "Stated by the examiner")
    return Moment(when, until, "", "", source, told.line, told.caption, "", told.exhibit or "")


def _facts(origin: object) -> tuple[tuple[str, str], ...] | None:
    if not hasattr(origin, "items"):
        return None
    return tuple((str(key), value if isinstance(value, str) else str(value)) for key, value in origin.items())


def _moment(entry: Entry, contents: Contents) -> Moment:
    event = next((one.event for one in contents.chosen if one.exhibit.number == entry.exhibit), None)
    detail = " · ".join(part for part in (event.actor, event.action, event.object) if part) if event else ""
    return Moment(
        utc=moment(parse_stamp(entry.utc)),
        raw=entry.raw,
        zone=entry.zone,
        zone_origin=entry.zone_origin,
        source=entry.source,
        line=entry.line,
        caption=entry.caption,
        detail=detail,
        exhibit=entry.exhibit,
    )


def exhibit_entry(one: Chosen, contents: Contents) -> ExhibitEntry:
    """One exhibit."""
    return _of_attachment(one, one.attachment, contents) if one.attachment else _of_event(one, one.event, contents)


def _notes(one: Chosen, contents: Contents) -> tuple[str, ...]:
    """What people wrote about it; names and notes go only to those who get the whole custody record."""
    if not contents.wide:
        return ()
    return tuple(
        f"{mark.text} ({mark.by}, {moment(mark.at)})"
        for mark in contents.snapshot.marks
        if mark.kind is MarkKind.NOTE
        and (
            (one.event is not None and mark.event == one.event.id)
            or (one.attachment is not None and mark.attachment == one.attachment.number)
        )
    )


def _of_attachment(one: Chosen, attachment: Attachment, contents: Contents) -> ExhibitEntry:
    dated = stated_date(attachment.origin)
    drawn, note = contents.pictures.get(one.exhibit.number, (None, ""))
    if attachment.sensitive:
        note = "Not drawn: it is marked sensitive. The file is enclosed."
    return ExhibitEntry(
        number=one.exhibit.number,
        caption=one.exhibit.caption,
        kind="attachment",
        sensitive=attachment.sensitive,
        title=attachment.title,
        file=one.file,
        original_name=attachment.name,
        media_type=attachment.media_type,
        size=attachment.size,
        sha256=attachment.sha256,
        origin=_facts(attachment.origin),
        attachment=attachment.number,
        line_seq=attachment.line_seq,
        line_hash=attachment.line_hash,
        previous_hash=attachment.previous_hash,
        source="",
        source_line=None,
        event="",
        utc=moment(parse_stamp(dated[0])) if dated else "",
        raw=dated[1] if dated else "",
        zone="",
        time_note="",
        fields=Excerpt((), 0, ""),
        withheld_fields=0,
        notes=_notes(one, contents),
        picture=drawn,
        picture_note=note,
    )


def _about_time(event: Event) -> str:
    """How the time was read, and what is uncertain of it or was corrected."""
    parts = (
        f"read as {event.time_rule}, to {precision_text(event.time_precision_us)}" if event.time_rule else "",
        doubts(event),
        f"the source's clock was corrected: {clock_words(event.clock_us)}" if event.clock_us else "",
    )
    return "; ".join(part for part in parts if part)


def _of_event(one: Chosen, event: Event | None, contents: Contents) -> ExhibitEntry:
    assert event is not None
    fields = [(name, "(no value)" if value is None else value) for name, value in event.fields.items()]
    origin = zone_origin(event.zone_origin, contents.recipient_class)
    return ExhibitEntry(
        number=one.exhibit.number,
        caption=one.exhibit.caption,
        kind="event",
        sensitive=False,
        title="",
        file=one.file,
        original_name="",
        media_type="",
        size=0,
        sha256=event.id.sha256,
        origin=None,
        attachment=None,
        line_seq=one.line_seq,
        line_hash=one.line_hash,
        previous_hash="",
        source=one.source,
        source_line=event.line,
        event=str(event.id),
        utc=instant(event.time_us),
        raw=event.time_raw,
        zone=f"{event.zone} ({origin})",
        time_note=_about_time(event),
        fields=excerpt(fields, MOST_FIELDS, one.file),
        withheld_fields=0,
        notes=_notes(one, contents),
        picture=None,
        picture_note="",
    )
