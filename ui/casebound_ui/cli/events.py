"""Read the events of a case: filter, window, table, CSV or JSON Lines."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated

import typer

from casebound.case import Event, Source
from casebound.errors import BadRequest
from casebound.events import Events, Selection
from casebound.placedmarks import PlacedMarks
from casebound_exporters.cells import guarded
from casebound_ui.cli import opening, terminal
from casebound_ui.cli.opening import CasePath, Json

_PAGE = 2_000
_SHOWN = 50


class Format(StrEnum):
    TABLE = "table"
    CSV = "csv"
    JSONL = "jsonl"


def register(app: typer.Typer) -> None:
    app.command("events", short_help="Print events.")(events)


def events(
    case: CasePath,
    where: Annotated[
        str, typer.Option("--where", metavar="FILTER", help="For example: status_code:403 -endpoint:/v1/batches")
    ] = "",
    from_: Annotated[
        str | None, typer.Option("--from", metavar="T", help="From this moment on; UTC unless it says otherwise.")
    ] = None,
    to: Annotated[str | None, typer.Option("--to", metavar="T", help="Before this moment.")] = None,
    limit: Annotated[
        int | None,
        typer.Option(
            "--limit",
            metavar="N",
            min=0,
            help="At most N; 0 is all. 50 for a table, all otherwise.",
            show_default=False,
        ),
    ] = None,
    format_: Annotated[Format, typer.Option("--format", help="How to print them.")] = Format.TABLE,
    json: Json = False,
) -> None:
    """Print events in order of time.

    The name of an event, for annotate and attach, is what --json prints under "event".
    """
    since, before = opening.moment_us(from_, "--from"), opening.moment_us(to, "--to")
    if since is not None and before is not None and before <= since:
        raise BadRequest("--to is not after --from, so no event can lie between them.", "Exchange the two.")
    with opening.reading(case) as held, opening.rows_of(held) as rows:
        snapshot = held.snapshot()
        chosen = rows.select(where, since, before, marks=PlacedMarks(snapshot))
        most = limit if limit is not None else (_SHOWN if format_ is Format.TABLE and not json else 0)
        shown = min(chosen.count, most) if most else chosen.count
        names = {source.number: source for source in snapshot.sources}
        listed = _each(rows, chosen, shown)
        if json:
            terminal.show_json(
                {
                    "count": chosen.count,
                    "of": rows.count,
                    "shown": shown,
                    "filter": where,
                    "from": terminal.moment(since),
                    "to": terminal.moment(before),
                    "events": [_event(one, names[one.source]) for one in listed],
                }
            )
        elif format_ is Format.JSONL:
            for one in listed:
                terminal.show_json_line(_event(one, names[one.source]))
        elif format_ is Format.CSV:
            _csv(listed, names)
        else:
            _table(listed, names)
            if shown:
                terminal.say()
        if not json:
            _summary(shown, chosen.count, rows.count, format_)


def _each(rows: Events, chosen: Selection, shown: int) -> Iterator[Event]:
    for start in range(0, shown, _PAGE):
        yield from rows.page(start, min(start + _PAGE, shown), chosen)


def _summary(shown: int, count: int, total: int, format_: Format) -> None:
    held = f"the case has {terminal.count(total, 'event')} with a time"
    text = (
        f"{shown:,} of {terminal.count(count, 'matching event')} shown; {held}."
        if count
        else f"No event matches; {held}."
    )
    if shown < count:
        text += " --limit 0 shows all."
    if format_ is Format.TABLE:
        terminal.say(text)
    else:
        terminal.note(text)


def _event(one: Event, source: Source) -> dict[str, object]:
    """The stable keys of an event."""
    return {
        "event": str(one.id),
        "time": terminal.moment(one.time_us),
        "time_us": one.time_us,
        "raw": one.time_raw,
        "zone": one.zone,
        "zone_origin": one.zone_origin,
        "time_note": one.time_note,
        "rule": one.time_rule,
        "precision_us": one.time_precision_us,
        "uncertain_us": one.time_uncertain_us,
        "clock_us": one.clock_us,
        "source": source.label,
        "file": source.name,
        "line": one.line,
        "table": one.id.table,
        "actor": one.actor,
        "action": one.action,
        "object": one.object,
        "fields": dict(one.fields),
    }


def _csv(listed: Iterator[Event], names: dict[int, Source]) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(("event", "time", "raw", "zone", "source", "file", "line", "actor", "action", "object"))
    for one in listed:
        source = names[one.source]
        cells = (
            str(one.id), terminal.moment(one.time_us), one.time_raw, one.zone, source.label, source.name, one.line,
            one.actor,
            one.action, one.object,
        )  # fmt: skip
        writer.writerow([guarded(str(cell)) for cell in cells])


def _table(listed: Iterator[Event], names: dict[int, Source]) -> None:
    head = ("Time (UTC)", "Source", "Line", "Actor", "Action", "Object", "Event")
    rows = [
        (
            (terminal.moment(one.time_us) or "")[:23],
            f"{names[one.source].label} {names[one.source].table}",
            one.line,
            one.actor,
            one.action,
            one.object,
            short(one),
        )
        for one in listed
    ]
    terminal.show_table(head, rows, right=frozenset({2}), whole=frozenset({0, 6}))


def short(one: Event) -> str:
    """A shorter name of the event, long enough to be taken by other commands."""
    member = f"!{one.id.member}" if one.id.member else ""
    return f"{one.id.sha256[:12]}{member}/{one.id.table}/{one.id.ordinal}"
