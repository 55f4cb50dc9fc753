"""What was done to one thing, and taking the last change back."""

from __future__ import annotations

from typing import Annotated

import typer

from casebound.casework import Item
from casebound.document import Case
from casebound.errors import BadRequest
from casebound_ui.cli import cases, opening, terminal
from casebound_ui.cli.marks import Entity, Range, entity_of, range_of
from casebound_ui.cli.opening import CasePath, Json, Key, Name, PassphraseFile

_NUMBERED = ("EX-", "F-", "Q-", "V-", "C-")


def register(app: typer.Typer) -> None:
    app.command("history", short_help="Everything people did to an event, range, entity or exhibit.")(history)
    app.command("undo", short_help="Take back the last change of a case.")(undo)


def history(
    case: CasePath,
    item: Annotated[
        str,
        typer.Argument(metavar="ITEM", help="An event's name, or EX-0001, F-01, V-01, C-0001.", show_default=False),
    ] = "",
    range_: Range = "",
    entity: Entity = "",
    json: Json = False,
) -> None:
    """Print everything people did to one thing: who, when and what, also what was taken back.

    Of an event: its marks, the exhibit made of it with its captions, findings and attachments that it was put to, its
    place on the evidence timeline, and who opened it.
    """
    if sum(map(bool, (item, range_, entity))) != 1:
        raise BadRequest("Whose history is not clear.", "Give an event or a number, or --range, or --entity.")
    with opening.reading(case) as held:
        asked: Item
        if range_:
            asked = range_of(range_)
        elif entity:
            asked = entity_of(entity)
        elif item.upper().startswith(_NUMBERED):
            asked = item.upper()
        else:
            with opening.rows_of(held) as rows:
                asked = rows.find(item)
        lines = held.history(asked)
    if json:
        terminal.show_json([cases.entry(line) for line in lines])
        return
    head = ("No.", "Time (UTC)", "Who", "What", "Detail")
    rows_ = [
        (line.seq, f"{line.time:%Y-%m-%d %H:%M:%S}", cases.who(line), *Case.describe_entry(line)) for line in lines
    ]
    if lines:
        terminal.show_table(head, rows_, right=frozenset({0}), whole=frozenset({1}))
    else:
        terminal.say("Nobody did anything to it yet.")


def undo(
    case: CasePath,
    redo: Annotated[bool, typer.Option("--redo", help="Do again what was just taken back.")] = False,
    name: Name = "",
    identity: Key = None,
    passphrase_file: PassphraseFile = None,
    json: Json = False,
) -> None:
    """Take back the last change of the case: marks, exhibits, captions, findings, views, the evidence timeline.

    Only the very last change, and only by whoever made it; looking at things in between does not matter. The custody
    record keeps both. What came in or left the case stays.
    """
    who = opening.actor(name, identity, passphrase_file)
    with opening.writing(case, who) as held:
        words = held.undo_last(redo=redo)
    if json:
        terminal.show_json({"done": "again" if redo else "taken back", "change": words})
    else:
        terminal.say(terminal.inert(f"{'Done again' if redo else 'Taken back'}: {words}"))
