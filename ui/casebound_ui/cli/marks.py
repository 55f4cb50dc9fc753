"""Notes, tags, bookmarks and exhibits on events."""

from __future__ import annotations

from typing import Annotated

import typer

from casebound.case import Mark
from casebound.errors import BadRequest
from casebound_ui.cli import opening, terminal
from casebound_ui.cli.opening import CasePath, Json, Key, Name, PassphraseFile


def register(app: typer.Typer) -> None:
    app.command("annotate", short_help="Note, tag or bookmark events; make exhibits.")(annotate)


def annotate(
    case: CasePath,
    events: Annotated[
        list[str],
        typer.Argument(metavar="EVENT", help="Names of events, as `events --json` prints them.", show_default=False),
    ],
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
    """Put a note, tags or a bookmark on events, or make them exhibits."""
    tags = tuple(tag or ())
    if not (note.strip() or tags or bookmark is not None or exhibit):
        raise BadRequest("Nothing was said about the events.", "Give --note, --tag, --bookmark or --exhibit.")
    who = opening.actor(name, identity, passphrase_file)
    with opening.writing(case, who) as held, opening.rows_of(held) as rows:
        chosen = [rows.get(rows.find(text)) for text in events]
        marks: tuple[Mark, ...] = ()
        if note.strip() or tags or bookmark is not None:
            marks = held.annotate([one.id for one in chosen], note=note, tags=tags, bookmark=bookmark)
        exhibits = [held.make_exhibit(event=one, caption=caption or note) for one in chosen] if exhibit else []
    if json:
        terminal.show_json(
            {
                "marks": [
                    {
                        "mark": one.number,
                        "kind": str(one.kind),
                        "event": str(one.event),
                        "text": one.text,
                        "by": one.by,
                        "at": one.at,
                    }
                    for one in marks
                ],
                "exhibits": [
                    {"exhibit": one.number, "event": str(one.event), "caption": one.caption} for one in exhibits
                ],
            }
        )
        return
    for one in marks:
        terminal.say(terminal.inert(f"{str(one.kind).capitalize()} {one.number}: {one.text}"))
    for made in exhibits:
        terminal.say(terminal.inert(f"Exhibit {made.number}: {made.caption or made.event}"))
