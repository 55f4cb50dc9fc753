"""Notes, tags, bookmarks and exhibits: on events, on a range of time, on an entity."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from casebound.case import Event, Exhibit, Mark, Snapshot
from casebound.document import Case
from casebound.errors import BadRequest
from casebound.events import Events
from casebound.placedmarks import PlacedMarks
from casebound_ui.cli import opening, terminal
from casebound_ui.cli.opening import CasePath, Json, Key, Name, PassphraseFile

MOST = 10_000
"""Events that one act takes."""

Range = Annotated[
    str,
    typer.Option(
        "--range", metavar="FROM..TO", help="A range of time: from FROM on, before TO; UTC unless it says otherwise."
    ),
]
Entity = Annotated[
    str, typer.Option("--entity", metavar="FIELD=VALUE", help="One value of a column, wherever it stands.")
]


def register(app: typer.Typer) -> None:
    app.command("annotate", short_help="Note, tag or bookmark events, ranges, entities; make exhibits.")(annotate)


def annotate(
    case: CasePath,
    events: Annotated[
        list[str] | None,
        typer.Argument(metavar="EVENT", help="Names of events, as `events --json` prints them.", show_default=False),
    ] = None,
    where: Annotated[
        str, typer.Option("--where", metavar="FILTER", help=f"Every event that matches, up to {MOST:,}.")
    ] = "",
    range_: Range = "",
    entity: Entity = "",
    note: Annotated[str, typer.Option("--note", metavar="TEXT", help="A note.")] = "",
    tag: Annotated[list[str] | None, typer.Option("--tag", metavar="T", help="A tag; may be repeated.")] = None,
    bookmark: Annotated[
        str | None, typer.Option("--bookmark", metavar="TEXT", help="A bookmark with this label.")
    ] = None,
    exhibit: Annotated[bool, typer.Option("--exhibit", help="Make each event an exhibit.")] = False,
    caption: Annotated[str, typer.Option("--caption", metavar="TEXT", help="Caption of the exhibits.")] = "",
    name: Name = "",
    identity: Key = None,
    passphrase_file: PassphraseFile = None,
    json: Json = False,
) -> None:
    """Put a note, tags or a bookmark on events, a range of time or an entity, or make events exhibits.

    All of them get it in one change, which `casebound undo` takes back as one. What has the tag or bookmark already
    is left as it is.
    """
    tags = tuple(tag or ())
    marked = bool(note.strip() or tags or bookmark is not None)
    if not (marked or exhibit):
        raise BadRequest("Nothing was said about the events.", "Give --note, --tag, --bookmark or --exhibit.")
    if sum(map(bool, (events, where.strip(), range_, entity))) != 1:
        raise BadRequest("What should be marked is not clear.", "Give events, or --where, or --range, or --entity.")
    if exhibit and (range_ or entity):
        raise BadRequest("A range or an entity cannot be an exhibit.", "Name events, or give --where.")
    window, pair = _range(range_), _entity(entity)
    who = opening.actor(name, identity, passphrase_file)
    marks: Sequence[Mark] = ()
    exhibits: Sequence[Exhibit] = ()
    with opening.writing(case, who) as held:
        if window is not None:
            marks = held.annotate_range(*window, note=note, tags=tags, bookmark=bookmark)
        elif pair is not None:
            marks = held.annotate_entity(*pair, note=note, tags=tags, bookmark=bookmark)
        else:
            with opening.rows_of(held) as rows:
                chosen = _chosen(held, rows, events or [], where)
            if marked:
                marks = held.annotate([one.id for one in chosen], note=note, tags=tags, bookmark=bookmark)
            if exhibit:
                exhibits = held.make_exhibits(chosen, caption or note)
    if json:
        terminal.show_json({"marks": [_mark(one) for one in marks], "exhibits": [_exhibit(one) for one in exhibits]})
        return
    _say(marks, exhibits)


def _chosen(held: Case, rows: Events, names: Sequence[str], where: str) -> list[Event]:
    if not where.strip():
        return [rows.get(rows.find(text)) for text in names]
    snapshot: Snapshot = held.snapshot()
    found = rows.select(where, marks=PlacedMarks(snapshot))
    if not found.count:
        raise BadRequest("No event matches.", "`casebound events CASE --where …` tries a filter.")
    if found.count > MOST:
        raise BadRequest(
            f"{found.count:,} events match; one act takes {MOST:,}.",
            "Narrow the filter, or mark a range or an entity instead.",
            meaning="Nothing was changed.",
        )
    return rows.page(0, found.count, found)


def range_of(text: str) -> tuple[int, int]:
    """First and last microsecond of FROM..TO as typed. Raises `BadRequest`."""
    first, dots, last = text.partition("..")
    start, end = opening.moment_us(first, "--range"), opening.moment_us(last, "--range")
    if not dots or start is None or end is None:
        raise BadRequest(
            f"--range {text!r} is not a range.",
            "Write it as 2026-03-01T22:00..2026-03-02T05:30, UTC unless it says so.",
        )
    if end <= start:
        raise BadRequest("The range ends before it begins.", "Exchange the two.")
    return start, end - 1


def entity_of(text: str) -> tuple[str, str]:
    """Column and value of FIELD=VALUE as typed. Raises `BadRequest`."""
    field, equals, value = text.partition("=")
    if not equals or not field.strip() or not value:
        raise BadRequest(f"--entity {text!r} is not an entity.", "Write it as account_id=acc_123.")
    return field.strip(), value


def _range(text: str) -> tuple[int, int] | None:
    return range_of(text) if text else None


def _entity(text: str) -> tuple[str, str] | None:
    return entity_of(text) if text else None


def _say(marks: Sequence[Mark], exhibits: Sequence[Exhibit]) -> None:
    for one in marks[:20]:
        terminal.say(terminal.inert(f"{str(one.kind).capitalize()} {one.number}: {one.text}"))
    if len(marks) > 20:
        terminal.say(f"… and {len(marks) - 20:,} more: {terminal.count(len(marks), 'new mark')}.")
    for made in exhibits[:20]:
        terminal.say(terminal.inert(f"Exhibit {made.number}: {made.caption or made.event}"))
    if len(exhibits) > 20:
        terminal.say(f"… and {len(exhibits) - 20:,} more: {terminal.count(len(exhibits), 'new exhibit')}.")


def _mark(one: Mark) -> dict[str, object]:
    return {
        "mark": one.number,
        "kind": str(one.kind),
        "event": None if one.event is None else str(one.event),
        "from": terminal.moment(one.from_us),
        "to": None if one.to_us is None else terminal.moment(one.to_us + 1),
        "field": one.field or None,
        "value": one.value or None,
        "text": one.text,
        "by": one.by,
        "at": one.at,
    }


def _exhibit(one: Exhibit) -> dict[str, object]:
    return {"exhibit": one.number, "event": str(one.event), "caption": one.caption}
