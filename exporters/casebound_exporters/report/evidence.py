"""The evidence timeline and the exhibits."""

from __future__ import annotations

from typing import Any

from reportlab.platypus import Flowable  # noqa: TID253 - see the package

from casebound_exporters.report import style
from casebound_exporters.report.blocks import Cell, Press
from casebound_exporters.report.flow import Plate
from casebound_exporters.report.grid import Column, table
from casebound_exporters.report.model import Excerpt, ExhibitEntry, Moment, ReportModel
from casebound_exporters.report.written import counted, size


def cut_note(press: Press, items: Excerpt[Any], noun: str) -> list[Flowable]:
    """“Showing 40 of 112 …” where not everything is printed."""
    if not items.cut:
        return []
    return [
        press.text(style.NOTE, f"Showing {len(items.items):,} of {items.total:,} {noun}; all are in {items.elsewhere}.")
    ]


def timeline(model: ReportModel, press: Press) -> list[Flowable]:
    """What people put together, or every dated exhibit in order of time."""
    made: list[Flowable] = [press.section("Evidence timeline")]
    if model.timeline_said:
        made.append(press.text(style.LEAD, " ".join(model.timeline_said)))
    if not model.timeline.total:
        return [made[0], press.text(style.TEXT, "No exhibit of this package has a date.")]
    made.append(
        press.text(
            style.TEXT,
            "Times are in UTC; below each stands the text as it was recorded, the zone that was applied "
            "and where that zone came from.",
        )
    )
    rows = [_moment(moment) for moment in model.timeline.items]
    columns = [
        Column("When", 146),
        Column("What", style.WIDTH - 146 - 92 - 54),
        Column("Source", 92),
        Column("Exhibit", 54),
    ]
    return [*made, table(press, columns, rows), *cut_note(press, model.timeline, "moments")]


def _moment(moment: Moment) -> list[list[Cell]]:
    what: list[Cell] = [(style.CELL_STRONG, moment.caption or "No caption")]
    if moment.detail:
        what.append((style.CELL, moment.detail))
    where = f"line {moment.line:,}" if moment.line is not None else ""
    return [
        [
            (style.CELL_STRONG, moment.utc),
            (style.CELL_MONO, moment.raw),
            (style.CELL, f"{moment.zone} ({moment.zone_origin})" if moment.zone else ""),
        ],
        what,
        [(style.CELL, moment.source), (style.CELL, where)],
        [(style.CELL_STRONG, moment.exhibit)],
    ]


def exhibits(model: ReportModel, press: Press) -> list[Flowable]:
    """Every exhibit with what identifies it."""
    made: list[Flowable] = [press.section("Exhibits")]
    if not model.exhibits.total:
        return [*made, press.text(style.TEXT, "No exhibit was chosen for this package.")]
    kinds = {kind: sum(item.kind == kind for item in model.exhibits.items) for kind in ("event", "attachment")}
    if not model.exhibits.cut:
        made.append(
            press.text(
                style.TEXT,
                f"{counted(kinds['event'], 'event')} and {counted(kinds['attachment'], 'attachment')} are enclosed.",
            )
        )
    for exhibit in model.exhibits.items:
        made += _exhibit(exhibit, press)
    return [*made, *cut_note(press, model.exhibits, "exhibits")]


def _exhibit(exhibit: ExhibitEntry, press: Press) -> list[Flowable]:
    head = press.mixed(
        (style.HEADING, f"{exhibit.number}\u00a0 "),
        (style.HEADING, exhibit.caption or exhibit.title or "No caption"),
        most=300,
    )
    facts = _attachment(exhibit) if exhibit.kind == "attachment" else _event(exhibit)
    facts += [("Note", [(style.VALUE, note)]) for note in exhibit.notes[:8]]
    if len(exhibit.notes) > 8:
        facts.append(
            (
                "Note",
                [
                    (
                        style.SMALL,
                        f"Showing 8 of {len(exhibit.notes):,} notes; all are in data/custody/disclosures.jsonl.",
                    )
                ],
            )
        )
    made = [head, press.facts(facts)]
    if exhibit.picture is not None:
        made.append(Plate(exhibit.picture))
    elif exhibit.picture_note:
        made.append(press.text(style.NOTE, exhibit.picture_note))
    if exhibit.kind == "event":
        made += _fields(exhibit, press)
    return press.whole(*made, most=0.33)


def _attachment(exhibit: ExhibitEntry) -> list[tuple[str, list[Cell]]]:
    first = set(exhibit.previous_hash) <= {"0"}
    facts: list[tuple[str, list[Cell]]] = []
    if exhibit.title and exhibit.title != exhibit.caption:
        facts.append(("Title", [(style.VALUE, exhibit.title)]))
    facts += [
        ("File", [(style.DIGEST, exhibit.file), (style.SMALL, f"received as “{exhibit.original_name}”")]),
        ("Type and size", [(style.VALUE, f"{exhibit.media_type}, {size(exhibit.size)}")]),
        ("SHA-256", [(style.DIGEST, exhibit.sha256)]),
        ("Attachment", [(style.VALUE, f"Number {exhibit.attachment} in the chain, custody line {exhibit.line_seq:,}")]),
        ("Hash of that line", [(style.DIGEST, exhibit.line_hash)]),
        (
            "Hash before it",
            [(style.VALUE, "None: it is the first attachment") if first else (style.DIGEST, exhibit.previous_hash)],
        ),
    ]
    if exhibit.utc:
        facts.append(
            ("Dated", [(style.VALUE, exhibit.utc), (style.SMALL, f"recorded as {exhibit.raw}; as stated, not checked")])
        )
    if exhibit.origin is None:
        facts.append(("How acquired", [(style.VALUE, "Not stated")]))
    else:
        shown = [(style.VALUE, f"{key}: {value}") for key, value in exhibit.origin[:12]]
        facts.append(("How acquired", [(style.SMALL, "As stated; not checked"), *shown]))
    if exhibit.sensitive:
        facts.append(("Sensitive", [(style.VALUE, "Marked sensitive. It is described here in words and never drawn.")]))
    return facts


def _event(exhibit: ExhibitEntry) -> list[tuple[str, list[Cell]]]:
    line = f", line {exhibit.source_line:,}" if exhibit.source_line is not None else ""
    facts: list[tuple[str, list[Cell]]] = [
        ("When", [(style.STRONG_VALUE, exhibit.utc or "The row has no time."), (style.SMALL, _recorded(exhibit))]),
        ("Source", [(style.VALUE, f"{exhibit.source}{line}")]),
        ("Row", [(style.DIGEST, exhibit.event[:64]), (style.DIGEST, exhibit.event[64:])]),
        ("Custody line", [(style.VALUE, f"{exhibit.line_seq:,}, with the hash"), (style.DIGEST, exhibit.line_hash)]),
    ]
    if exhibit.time_note:
        facts.insert(1, ("About the time", [(style.VALUE, exhibit.time_note)]))
    if exhibit.sensitive:
        facts.append(
            ("Sensitive", [(style.VALUE, "Marked sensitive. Its fields are not printed; they are in exhibit.json.")])
        )
    return facts


def _recorded(exhibit: ExhibitEntry) -> str:
    return f"recorded as {exhibit.raw}, zone {exhibit.zone}" if exhibit.utc else "Nothing is known of its time."


def _fields(exhibit: ExhibitEntry, press: Press) -> list[Flowable]:
    if exhibit.sensitive:
        return []
    rows: list[list[Cell]] = [[(style.CELL, name), (style.CELL_MONO, value)] for name, value in exhibit.fields.items]
    made: list[Flowable] = (
        [table(press, [Column("Column", 130), Column("As recorded", style.WIDTH - 130)], rows, tight=True)]
        if rows
        else []
    )
    made += cut_note(press, exhibit.fields, "columns")
    if exhibit.withheld_fields:
        made.append(
            press.text(
                style.NOTE, f"{counted(exhibit.withheld_fields, 'field')} of this row are withheld from this recipient."
            )
        )
    return made
