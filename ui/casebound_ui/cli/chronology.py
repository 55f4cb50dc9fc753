"""The evidence timeline: exhibits and ranges in the order that people give them, as the report prints them."""

from __future__ import annotations

from typing import Annotated

import typer

from casebound.case import ChronologyEntry, Snapshot
from casebound.errors import BadRequest
from casebound_ui.cli import opening, terminal
from casebound_ui.cli.marks import Range, range_of
from casebound_ui.cli.opening import CasePath, Json, Key, Name, PassphraseFile

Entry = Annotated[str, typer.Argument(metavar="C-NNNN", help="The entry.", show_default=False)]


def register(app: typer.Typer) -> None:
    app.add_typer(_group, name="chronology", short_help="The evidence timeline: what the report tells, in order.")


_group = typer.Typer(
    help="List the evidence timeline, or work on it: `casebound chronology CASE [add|move|caption|remove]`.",
    invoke_without_command=True,
    rich_markup_mode=None,
)


@_group.callback()
def chronology(context: typer.Context, case: CasePath, json: Json = False) -> None:
    """List the evidence timeline of a case; with add, move, caption or remove: work on it."""
    context.obj = case
    if context.invoked_subcommand is not None:
        return
    with opening.reading(case) as held:
        snapshot = held.snapshot()
    _show(snapshot.chronology, snapshot, json)
    if not snapshot.chronology and not json:
        terminal.say("Nothing is on it yet. `casebound chronology CASE add EX-0001` begins it.")


@_group.command("add")
def add(
    context: typer.Context,
    exhibits: Annotated[
        list[str] | None, typer.Argument(metavar="EX-NNNN", help="Exhibits, in this order.", show_default=False)
    ] = None,
    range_: Range = "",
    caption: Annotated[str, typer.Option("--caption", metavar="TEXT", help="Caption of the one entry.")] = "",
    after: Annotated[
        str, typer.Option("--after", metavar="C-NNNN", help="Behind this entry; at the end when left out.")
    ] = "",
    name: Name = "",
    identity: Key = None,
    passphrase_file: PassphraseFile = None,
    json: Json = False,
) -> None:
    """Put exhibits on the evidence timeline, or one range of time. Those that are there stay where they are."""
    numbers = [one.upper() for one in exhibits or ()]
    if bool(numbers) == bool(range_):
        raise BadRequest("What should be added is not clear.", "Name exhibits, or give --range.")
    if len(numbers) > 1 and (caption or after):
        raise BadRequest("--caption and --after are for one entry.", "Add them one by one, or caption them later.")
    who = opening.actor(name, identity, passphrase_file)
    with opening.writing(context.obj, who) as held:
        made: tuple[ChronologyEntry, ...]
        if range_:
            first, last = range_of(range_)
            made = (held.add_entry(from_us=first, to_us=last, caption=caption, after=after.upper() or None),)
        elif caption or after:
            made = (held.add_entry(exhibit=numbers[0], caption=caption, after=after.upper() or None),)
        else:
            made = held.add_entries(numbers)
        snapshot = held.snapshot()
    _show(made, snapshot, json)


@_group.command("move")
def move(
    context: typer.Context,
    entry: Entry,
    after: Annotated[
        str, typer.Option("--after", metavar="C-NNNN", help="Behind this entry; before all when left out.")
    ] = "",
    name: Name = "",
    identity: Key = None,
    passphrase_file: PassphraseFile = None,
    json: Json = False,
) -> None:
    """Move an entry behind another, or before all."""
    who = opening.actor(name, identity, passphrase_file)
    with opening.writing(context.obj, who) as held:
        held.move_entry(entry.upper(), after.upper() or None)
        snapshot = held.snapshot()
    _show(snapshot.chronology, snapshot, json)


@_group.command("caption")
def caption(
    context: typer.Context,
    entry: Entry,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="“” says what the exhibit's caption says.")],
    name: Name = "",
    identity: Key = None,
    passphrase_file: PassphraseFile = None,
    json: Json = False,
) -> None:
    """Give an entry a caption of its own."""
    who = opening.actor(name, identity, passphrase_file)
    with opening.writing(context.obj, who) as held:
        made = held.change_entry(entry.upper(), text)
        snapshot = held.snapshot()
    _show((made,), snapshot, json)


@_group.command("remove")
def remove(
    context: typer.Context,
    entry: Entry,
    name: Name = "",
    identity: Key = None,
    passphrase_file: PassphraseFile = None,
    json: Json = False,
) -> None:
    """Take an entry off the evidence timeline; the exhibit stays, and its number is never given again."""
    who = opening.actor(name, identity, passphrase_file)
    with opening.writing(context.obj, who) as held:
        held.remove_entry(entry.upper())
        snapshot = held.snapshot()
    _show(snapshot.chronology, snapshot, json)


def _show(entries: tuple[ChronologyEntry, ...], snapshot: Snapshot, json: bool) -> None:
    captions = {exhibit.number: exhibit.caption for exhibit in snapshot.exhibits}
    if json:
        terminal.show_json([_entry(one, captions) for one in entries])
        return
    for one in entries:
        what = one.exhibit or f"{terminal.moment(one.from_us)} to {_end(one)}"
        words = one.caption or captions.get(one.exhibit, "")
        terminal.say(terminal.inert(f"{one.number}: {what}" + (f", {words}" if words else "")))


def _end(one: ChronologyEntry) -> str | None:
    return None if one.to_us is None else terminal.moment(one.to_us + 1)


def _entry(one: ChronologyEntry, captions: dict[str, str]) -> dict[str, object]:
    return {
        "entry": one.number,
        "exhibit": one.exhibit or None,
        "from": terminal.moment(one.from_us),
        "to": _end(one),
        "caption": one.caption or captions.get(one.exhibit, ""),
        "own_caption": bool(one.caption),
        "by": one.by,
        "at": one.at,
    }
