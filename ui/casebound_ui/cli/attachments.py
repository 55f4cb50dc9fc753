"""Attach files of any kind: each is kept byte for byte and chained to the one before."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from casebound_ui.cli import opening, terminal
from casebound_ui.cli.opening import CasePath, Json, Key, Name, PassphraseFile


def register(app: typer.Typer) -> None:
    app.command("attach", short_help="Attach files.")(attach)


def attach(
    case: CasePath,
    files: Annotated[list[Path], typer.Argument(metavar="FILE", help="Files of any kind.", show_default=False)],
    title: Annotated[str, typer.Option("--title", metavar="T", help="What it is, in words.")] = "",
    origin: Annotated[
        Path | None,
        typer.Option("--origin", metavar="FILE.json", help="Where it came from: url, captured_at, operator …"),
    ] = None,
    event: Annotated[
        list[str] | None, typer.Option("--event", metavar="EVENT", help="Attach it to this event; may be repeated.")
    ] = None,
    sensitive: Annotated[
        bool | None,
        typer.Option(
            "--sensitive/--not-sensitive", help="Cover it until asked for. Images and video are, when left out."
        ),
    ] = None,
    exhibit: Annotated[bool, typer.Option("--exhibit", help="Make each an exhibit too.")] = False,
    name: Name = "",
    identity: Key = None,
    passphrase_file: PassphraseFile = None,
    json: Json = False,
) -> None:
    """Attach files. The originals are copied, hashed and never changed; each is chained to the attachment before it."""
    stated = opening.read_object(origin, "The origin")
    for file in files:
        opening.existing(file, "a file to attach")
    who = opening.actor(name, identity, passphrase_file)
    made = []
    with opening.writing(case, who) as held:
        with opening.rows_of(held) as rows:
            linked = [rows.find(text) for text in event or ()]
        for file in files:
            with terminal.working(f"Attaching {file.name}") as progress:
                one = held.attach(
                    file, title=title, origin=stated, sensitive=sensitive, events=linked, progress=progress
                )
            chosen = held.make_exhibit(attachment=one.number, caption=title) if exhibit else None
            made.append((one, chosen.number if chosen else None))
    if json:
        terminal.show_json(
            [
                {
                    "attachment": one.number,
                    "file": one.name,
                    "sha256": one.sha256,
                    "size": one.size,
                    "media_type": one.media_type,
                    "sensitive": one.sensitive,
                    "line_seq": one.line_seq,
                    "line_hash": one.line_hash,
                    "previous_hash": one.previous_hash,
                    "events": [str(identity) for identity in one.events],
                    "exhibit": number,
                }
                for one, number in made
            ]
        )
        return
    for one, number in made:
        terminal.say(
            terminal.inert(
                f"Attachment {one.number}: {one.name}, {one.media_type}, {one.size:,} bytes, SHA-256 {one.sha256}"
            )
            + (f", exhibit {number}" if number else "")
        )
        terminal.say(f"      chain: {one.previous_hash[:16]}… → {one.line_hash[:16]}…")
