"""Checkpoints on demand: the custody record's state, signed, to be kept by somebody outside."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from casebound.errors import BadRequest
from casebound.identities import actor_of
from casebound_packaging.checkpoint import parse
from casebound_packaging.keptstate import phone_text
from casebound_packaging.verify.outsidewitness import read_witness
from casebound_ui.cli import opening, terminal
from casebound_ui.cli.opening import CasePath, Json, PassphraseFile
from casebound_ui.cli.sealing import own_identity
from casebound_ui.cli.stamping import stamped_beside


def register(app: typer.Typer) -> None:
    app.command("checkpoint", short_help="Sign the custody record's state, for somebody outside to keep.")(checkpoint)


def checkpoint(
    case: CasePath,
    to: Annotated[
        Path | None, typer.Option("--to", metavar="FILE", help="A new file for it; else it is only printed.")
    ] = None,
    handed_to: Annotated[str, typer.Option("--for", metavar="WHO", help="Who gets it; goes into the record.")] = "",
    since: Annotated[
        str,
        typer.Option(
            "--since",
            metavar="OLD",
            help="A checkpoint or receipt they have, or its number of entries: what is written then also proves that"
            " nothing up to it was changed.",
        ),
    ] = "",
    identity: Annotated[
        Path | None,
        typer.Option("--identity", metavar="FILE.p12", help="The key that signs; else your own.", show_default=False),
    ] = None,
    no_stamp: Annotated[
        bool, typer.Option("--no-stamp", help="Ask no time stamp service; else those you keep are asked, for a file.")
    ] = False,
    passphrase_file: PassphraseFile = None,
    json: Json = False,
) -> None:
    """Sign the state of the custody record: how many entries, and one root over all of them.

    Whoever keeps it, as a file, on paper or as words from the telephone, sees it when the record is rewritten later.
    """
    old = _size(since)
    if to is not None:
        opening.new_place(to)
    key = own_identity(identity, passphrase_file)
    with opening.writing(case, actor_of(key)) as held:
        if old is not None and old > held.snapshot().ledger_size:
            raise BadRequest(
                f"The custody record of this case has only {held.snapshot().ledger_size:,} entries, not {old:,}.",
                "If somebody outside has seen more, the record was cut: check the case, and keep what they have.",
                meaning="Nothing was signed.",
            )
        made = held.make_checkpoint(key, handed_to)
        text = made.note if old is None else held.consistency(old, made.note)
    if to is not None:
        opening.write_new(to, text.encode("utf-8"))
    stamp_told = stamped_beside(to) if to is not None and old is None and not no_stamp else ()
    state = parse(made.note)[0]
    words = phone_text(state)
    if json:
        terminal.show_json(
            {
                "file": None if to is None else str(to),
                "origin": state.origin,
                "size": made.size,
                "root": made.root,
                "words": words,
                "note": made.note,
                "proof": None if old is None else text,
                "stamp_told": list(stamp_told),
            }
        )
        return
    if to is None:
        for line in text.removesuffix("\n").split("\n"):
            terminal.say(terminal.inert(line))
    # What is printed may be sent on as it is, so that all words about it go elsewhere then.
    tell = terminal.say if to is not None else terminal.note
    if to is not None:
        tell(terminal.inert(f"Wrote {to}."))
    for told in stamp_told:
        tell(terminal.inert(f"Time          {told}"))
    tell(f"Read aloud    {words}")
    tell(f"Root          {made.root}")
    tell("They compare a later package with it: --against the file, or --seen with the words.")


def _size(since: str) -> int | None:
    """The number of entries of what they have, typed or in a file. None where nothing was named."""
    if not since.strip():
        return None
    digits = since.replace(",", "").strip()
    if digits.isascii() and digits.isdigit() and 0 < len(digits) < 16:
        if not int(digits):
            raise BadRequest("An older state has at least one entry.", "Name how many entries they have seen.")
        return int(digits)
    return read_witness(opening.existing(Path(since), "a checkpoint")).state.size
