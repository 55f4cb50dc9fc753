"""What the cells of an event say, column by column. Free of Qt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from casebound.case import Event, EventId
from casebound.timewords import doubts, precision_text
from casebound_ui.desktop.records import Cell
from casebound_ui.desktop.timeline import columns
from casebound_ui.desktop.timeline.badges import Badges
from casebound_ui.desktop.timeline.dates import date_text, long_text, table_text
from casebound_ui.desktop.timeline.record import local_text
from casebound_ui.desktop.timeline.scale import DAY, SECOND
from casebound_ui.desktop.wording import inert

LONG = 400  # characters of a cell that are drawn
TIP = 4_000  # characters of a value that its tip shows
NO_VALUE = "–"  # the record has the field, and nothing in it
EMPTY = "“”"  # the record has the field, and in it a text without characters
_ROLES = (columns.ACTION, columns.ACTOR, columns.OBJECT)


@dataclass(frozen=True, slots=True)
class SourceName:
    """How a source is shown in a row."""

    name: str
    icon: str


@dataclass(slots=True)
class Cells:
    """Cells under these names of sources, with these marks; `digits` are decimals of a second that some rows need."""

    sources: Mapping[int, SourceName]
    badges: Mapping[EventId, Badges]
    digits: int = 0
    icons_only: bool = False

    def cell(self, event: Event, column: str) -> Cell:
        """What is drawn."""
        if column == columns.TIME:
            return Cell(time_text(event, self.digits), "text2")
        if column == columns.LOCAL:
            return Cell(_local(event) or "UTC", "text2" if _local(event) else "text3")
        if column == columns.SOURCE:
            name = self.sources.get(event.source, SourceName(f"S-{event.source:02d}", "file-text"))
            return Cell("" if self.icons_only else name.name, "text2", icon=name.icon)
        if column == columns.MARKS:
            badges = self.badges.get(event.id)
            return Cell(badges.words if badges else "")
        text = value_of(event, column)
        if column in _ROLES:
            return Cell(inert((text or "")[:LONG]), "text2" if column == columns.ACTOR else "text")
        if text:
            return Cell(inert(text[:LONG]))
        return Cell(EMPTY if text == "" else NO_VALUE if has_field(event, column) else "", "text3")

    def words(self, event: Event, column: str) -> str:
        """What is said of the cell: to those who listen, and in its tip. Whole, up to `TIP` characters."""
        if column == columns.TIME:
            return _time_words(event)
        if column == columns.LOCAL:
            return _local(event) or "The time was read as UTC; it has no other local time."
        if column == columns.SOURCE:
            name = self.sources.get(event.source, SourceName("", "")).name
            return f"{name}, line {event.line:,}" if name else f"S-{event.source:02d}"
        if column == columns.MARKS:
            return self.cell(event, column).text
        text = value_of(event, column)
        if text:
            more = f"\n… and {len(text) - TIP:,} more characters" if len(text) > TIP else ""
            return "\n".join(inert(line) for line in text[:TIP].split("\n")) + more
        if column in _ROLES:
            return ""
        if text == "":
            return "An empty text: the record has this field, with no characters in it."
        name = inert(columns.title(column), 60)
        return f"No value in “{name}”" if has_field(event, column) else f"This source has no column “{name}”"


def value_of(event: Event, column: str) -> str | None:
    """The value behind a cell, as exported; None where the record has none, and for time and marks."""
    if column in _ROLES:
        return str(getattr(event, column))
    if column == columns.SOURCE:
        return f"S-{event.source:02d}"
    name = _named(event, column)
    return event.fields[name] if name else None


def has_field(event: Event, column: str) -> bool:
    """Whether the record's source has such a column at all."""
    return bool(_named(event, column))


def pointed(event: Event, column: str) -> tuple[str, str] | None:
    """Field and value as a filter names them; None where the column is no field of this record."""
    field = columns.field_of(column)
    if not field or (column not in columns.STANDARD and not has_field(event, column)):
        return None
    return field, value_of(event, column) or ""


def time_text(event: Event, digits: int) -> str:
    """The time, no finer than its record tells it."""
    if event.time_precision_us >= DAY and not event.time_us % DAY:
        return date_text(event.time_us)
    if event.time_precision_us >= SECOND:
        return table_text(event.time_us)
    finer = 6 if event.time_us % 1_000 else 3 if event.time_us % SECOND else 0
    return table_text(event.time_us, max(digits, finer))


def _time_words(event: Event) -> str:
    parts = [long_text(event.time_us)]
    if event.time_raw:
        parts.append(f"As found: {inert(event.time_raw, 200)}")
    if event.time_rule:
        parts.append(f"Read as {event.time_rule}, to {precision_text(event.time_precision_us)}")
    if uncertain := doubts(event):
        parts.append(f"Uncertain: {inert(uncertain, 300)}")
    return "\n".join(parts)


def _named(event: Event, column: str) -> str:
    if column in columns.STANDARD:
        return ""
    name = columns.field_of(column)
    if name in event.fields:
        return name
    lower = name.lower()
    return next((own for own in event.fields if own.lower() == lower), "")


def _local(event: Event) -> str:
    return local_text(event)
