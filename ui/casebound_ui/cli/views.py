"""Saved views: what a person was looking at, to look at it again and to show it in findings."""

from __future__ import annotations

from typing import Annotated

import typer

from casebound.case import SavedView
from casebound.errors import BadRequest
from casebound.filtering import parse
from casebound_ui.cli import opening, terminal
from casebound_ui.cli.opening import CasePath, Json, Key, Name, PassphraseFile


def register(app: typer.Typer) -> None:
    app.command("views", short_help="Saved views: list, save or remove them.")(views)


def views(
    case: CasePath,
    save: Annotated[str, typer.Option("--save", metavar="TITLE", help="Save a view under this title.")] = "",
    remove: Annotated[str, typer.Option("--remove", metavar="V-NN", help="Take a view away.")] = "",
    where: Annotated[str, typer.Option("--where", metavar="FILTER", help="Which events it shows.")] = "",
    from_: Annotated[
        str | None, typer.Option("--from", metavar="T", help="From this moment on; UTC unless it says otherwise.")
    ] = None,
    to: Annotated[str | None, typer.Option("--to", metavar="T", help="Before this moment.")] = None,
    lanes: Annotated[str, typer.Option("--lanes", metavar="COLUMN", help="The column that makes the lanes.")] = "",
    name: Name = "",
    identity: Key = None,
    passphrase_file: PassphraseFile = None,
    json: Json = False,
) -> None:
    """List the saved views of a case; with --save or --remove: keep one, or take one away."""
    if save and remove:
        raise BadRequest("Either a view is saved or one is removed.", "Give --save or --remove.")
    if not save and (where or lanes or from_ or to):
        raise BadRequest("--where, --from, --to and --lanes say what a view shows.", "Give --save TITLE with them.")
    if save or remove:
        parse(where)
        window = opening.moment_us(from_, "--from"), opening.moment_us(to, "--to")
        who = opening.actor(name, identity, passphrase_file)
        with opening.writing(case, who) as held:
            if remove:
                held.remove_view(remove.upper())
                if not json:
                    terminal.say(f"{remove.upper()} was taken away. Custody keeps that it was there.")
                listed = held.snapshot().views
            else:
                listed = (held.save_view(save, where=where, from_us=window[0], to_us=window[1], lanes=lanes),)
    else:
        with opening.reading(case) as held:
            listed = held.snapshot().views
    if json:
        terminal.show_json([_view(one) for one in listed])
        return
    if remove:
        return
    for one in listed:
        terminal.say(terminal.inert(f"{one.number}: {one.title}{_said(one)}"))
    if not listed:
        terminal.say("There is no saved view yet. `casebound views CASE --save TITLE --where FILTER` makes one.")


def _said(one: SavedView) -> str:
    parts = [one.where] if one.where else []
    if one.from_us is not None or one.to_us is not None:
        parts.append(f"{terminal.moment(one.from_us) or '…'} to {terminal.moment(one.to_us) or '…'}")
    return f" ({'; '.join(parts)})" if parts else ""


def _view(one: SavedView) -> dict[str, object]:
    return {
        "view": one.number,
        "title": one.title,
        "where": one.where,
        "from": terminal.moment(one.from_us),
        "to": terminal.moment(one.to_us),
        "lanes": one.lanes or None,
        "columns": list(one.columns),
        "sort": one.sort or None,
        "descending": one.descending,
        "colour": one.colour or None,
        "look": dict(one.look),
        "by": one.by,
        "at": one.at,
        "changed_at": one.changed_at,
    }
