"""The exhibits: an attachment's bytes with its place in the chain, or an event with the commitments to its fields."""

from __future__ import annotations

from dataclasses import dataclass

from casebound.case import Attachment, Event, Exhibit, Snapshot
from casebound.document import Case
from casebound.events import Events
from casebound.media import SUFFIXES
from casebound_exporters.audience import zone_origin
from casebound_exporters.timeline import Entry, stated_date, utc
from casebound_packaging.canonical import canonical
from casebound_packaging.disclosure import Disclosure
from casebound_packaging.member import Member


@dataclass(frozen=True, slots=True)
class Chosen:
    """One exhibit with what it is of, and its record as it stands in exhibit.json."""

    exhibit: Exhibit
    attachment: Attachment | None
    event: Event | None
    line_seq: int
    line_hash: str
    file: str  # member path of the original, or of exhibit.json
    source: str  # "S-01 requests.csv", or ""


def choose(case: Case, snapshot: Snapshot, events: Events) -> tuple[Chosen, ...]:
    """Every exhibit of the case, in order of number."""
    attachments = {attachment.number: attachment for attachment in snapshot.attachments}
    sources = {source.number: source for source in snapshot.sources}
    made = []
    for exhibit in sorted(snapshot.exhibits, key=lambda one: (len(one.number), one.number)):
        folder = f"data/exhibits/{exhibit.number}"
        if exhibit.attachment is not None:
            attachment = attachments[exhibit.attachment]
            suffix = SUFFIXES.get(attachment.media_type, "bin")
            path = f"{folder}/original.{suffix}"
            made.append(Chosen(exhibit, attachment, None, attachment.line_seq, attachment.line_hash, path, ""))
        elif exhibit.event is not None:
            event = events.get(exhibit.event)
            source = sources[event.source]
            seq, line_hash = case.exhibit_line(exhibit.number)
            name = f"{source.label} {source.name}"
            made.append(Chosen(exhibit, None, event, seq, line_hash, f"{folder}/exhibit.json", name))
    return tuple(made)


def members(case: Case, chosen: Chosen, snapshot: Snapshot, recipient_class: str) -> list[Member]:
    """The files of one exhibit's folder."""
    number = chosen.exhibit.number
    record_path = f"data/exhibits/{number}/exhibit.json"
    if chosen.attachment is not None:
        attachment = chosen.attachment
        record = _attachment(chosen, attachment)
        original = case.attachment_path(attachment.number)
        kind = attachment.media_type
        return [
            Member(chosen.file, "exhibit", kind, original, number, attachment.sensitive),
            Member(record_path, "exhibit-record", "application/json", canonical(record) + b"\n", number),
        ]
    assert chosen.event is not None
    given = case.exhibit_commitments(number)
    record = _event(chosen, chosen.event, given, snapshot, recipient_class)
    return [Member(record_path, "exhibit-record", "application/json", canonical(record) + b"\n", number)]


def _attachment(chosen: Chosen, attachment: Attachment) -> dict[str, object]:
    return {
        "exhibit": chosen.exhibit.number,
        "kind": "attachment",
        "caption": chosen.exhibit.caption,
        "sensitive": attachment.sensitive,
        "file": chosen.file.rpartition("/")[2],
        "media_type": attachment.media_type,
        "size": attachment.size,
        "sha256": attachment.sha256,
        "original_name": attachment.name,
        "title": attachment.title,
        "acquired": dict(attachment.origin) if attachment.origin is not None else None,
        "attachment": attachment.number,
        "line_seq": attachment.line_seq,
        "line_hash": attachment.line_hash,
        "previous_line_hash": attachment.previous_hash,
    }


def _event(
    chosen: Chosen, event: Event, given: tuple[Disclosure, ...], snapshot: Snapshot, recipient_class: str
) -> dict[str, object]:
    source = next(source for source in snapshot.sources if source.number == event.source)
    return {
        "exhibit": chosen.exhibit.number,
        "kind": "event",
        "caption": chosen.exhibit.caption,
        "sensitive": False,
        "event": {
            "id": str(event.id),
            "sha256": event.id.sha256,
            "member": event.id.member,
            "table": event.id.table,
            "ordinal": event.id.ordinal,
        },
        "source": {"name": source.name, "line": event.line},
        "time": {
            "utc": utc(event.time_us),
            "raw": event.time_raw,
            "zone": event.zone,
            "zone_origin": zone_origin(event.zone_origin, recipient_class),
            "rule": event.time_rule,
            "precision_us": event.time_precision_us,
            "uncertain_us": event.time_uncertain_us,
            "clock_us": event.clock_us,
            "note": event.time_note,
        },
        "line_seq": chosen.line_seq,
        "line_hash": chosen.line_hash,
        "_sd": sorted(one.digest for one in given),
        "disclosures": [one.encoded for one in given],
        "fields": {one.name: one.value for one in given},
    }


def timeline(chosen: tuple[Chosen, ...], recipient_class: str) -> list[Entry]:
    """The evidence timeline's rows, in order of time, then of exhibit."""
    entries = []
    for one in chosen:
        caption = one.exhibit.caption or (one.attachment.title if one.attachment else "")
        if one.event is not None:
            event = one.event
            origin = zone_origin(event.zone_origin, recipient_class)
            entries.append(
                Entry(
                    utc(event.time_us),
                    event.time_raw,
                    event.zone,
                    origin,
                    one.source,
                    event.line,
                    str(event.id),
                    one.exhibit.number,
                    caption,
                    event.time_rule,
                    event.time_precision_us,
                    event.time_uncertain_us,
                    event.clock_us,
                    event.time_note,
                )
            )
        elif one.attachment is not None and (dated := stated_date(one.attachment.origin)):
            name = f"attachment {one.attachment.number}, {one.attachment.name}"
            entries.append(
                Entry(dated[0], dated[1], "in the value", "as stated", name, None, None, one.exhibit.number, caption)
            )
    return sorted(entries, key=lambda entry: (entry.utc, len(entry.exhibit), entry.exhibit))
