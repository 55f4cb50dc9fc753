"""Rows of the table as text for another program: tab-separated, each with where its record stands. Free of Qt."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from casebound.case import Event, Source
from casebound.moments import utc_text
from casebound_exporters.cells import guarded
from casebound_ui.desktop.timeline import columns
from casebound_ui.desktop.timeline.cells import Cells, value_of
from casebound_ui.desktop.timeline.record import local_text

MOST = 10_000  # rows that are copied at once
_ORIGIN = ("Source", "File", "Record", "SHA-256 of the original", "Event")


def as_text(events: Iterable[Event], shown: Sequence[str], cells: Cells, sources: Mapping[int, Source]) -> str:
    """The columns shown, as exported, and behind them file, line, fingerprint and name of each record.

    Values are guarded as in a package, so that no spreadsheet runs what somebody wrote into a field.
    """
    chosen = [name for name in shown if name != columns.SOURCE]
    lines = [_line((*(columns.title(name) for name in chosen), *_ORIGIN))]
    for event in events:
        own = [_value(event, name, cells) for name in chosen]
        source = sources.get(event.source)
        name = source.name if source is not None else ""
        member = f", {source.member}" if source is not None and source.member else ""
        origin = (f"S-{event.source:02d}", f"{name}{member}", str(event.line), event.id.sha256, str(event.id))
        lines.append(_line((*own, *origin)))
    return "\n".join(lines) + "\n"


def _value(event: Event, column: str, cells: Cells) -> str | None:
    if column == columns.TIME:
        return utc_text(event.time_us)
    if column == columns.LOCAL:
        return local_text(event)
    if column == columns.MARKS:
        badges = cells.badges.get(event.id)
        return badges.words if badges else ""
    return value_of(event, column)


def _line(values: Iterable[str | None]) -> str:
    return "\t".join(_field(value) for value in values)


def _field(value: str | None) -> str:
    """A missing value is nothing at all; what would break the line or the column is quoted."""
    text = guarded(value or "")
    return '"' + text.replace('"', '""') + '"' if any(ch in text for ch in '\t\r\n"') else text
