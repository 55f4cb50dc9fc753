"""One record as it stands in the original, and where."""

from __future__ import annotations

from typing import Annotated

import typer

from casebound_ui.cli import opening, terminal
from casebound_ui.cli.opening import CasePath, Json


def register(app: typer.Typer) -> None:
    app.command("record", short_help="Print the original record behind an event.")(record)


def record(
    case: CasePath,
    events: Annotated[
        list[str],
        typer.Argument(
            metavar="EVENT",
            help="As `events --json` prints it, or table/ordinal, S-02/ordinal.",
            show_default=False,
        ),
    ],
    json: Json = False,
) -> None:
    """Print the record behind an event as it stands in the original, with the exact place: file, member of an archive,
    line and byte, sheet and cell, or JSON pointer.
    """
    with opening.reading(case) as held, opening.rows_of(held) as rows:
        names = {source.number: source for source in held.snapshot().sources}
        found = []
        for text in events:
            identity = rows.find(text)
            found.append((identity, names[rows.get(identity).source], rows.raw(identity)))
    if json:
        terminal.show_json(
            [
                {
                    "event": str(identity),
                    "source": source.label,
                    "file": source.name,
                    "sha256": source.sha256,
                    "member": source.member,
                    "line": raw.line,
                    "offset": raw.offset if raw.offset >= 0 else None,
                    "place": raw.place,
                    "raw": raw.text,
                }
                for identity, source, raw in found
            ]
        )
        return
    for _, source, raw in found:
        terminal.say(terminal.inert(f"{source.label}, {raw.words} (SHA-256 {source.sha256})"))
        for line in raw.text.split("\n"):
            terminal.say("      " + terminal.inert(line))
