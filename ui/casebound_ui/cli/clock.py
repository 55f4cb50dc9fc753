"""A source's clock, corrected: how far it was off, which way, and why."""

from __future__ import annotations

import re
from typing import Annotated

import typer

from casebound.case import Source
from casebound.clockcorrection import clock_text, correction_text, duration_us
from casebound.document import Case
from casebound.errors import BadRequest
from casebound.measures import touched_by_clock
from casebound_ui.cli import opening, terminal
from casebound_ui.cli.opening import CasePath, Json, Key, Name, PassphraseFile

_LABEL = re.compile(r"[Ss]-?0*(\d{1,6})", re.ASCII)


def register(app: typer.Typer) -> None:
    app.command("clock", short_help="Say that a source's clock was ahead or behind, and why.")(clock)


def clock(
    case: CasePath,
    source: Annotated[
        str, typer.Argument(metavar="SOURCE", help="The source, as S-01 or its file name.", show_default=False)
    ],
    ahead: Annotated[
        str, typer.Option("--ahead", metavar="TIME", help="How far the clock was ahead, as 2m14s.", show_default=False)
    ] = "",
    behind: Annotated[
        str, typer.Option("--behind", metavar="TIME", help="How far the clock was behind.", show_default=False)
    ] = "",
    right: Annotated[
        bool, typer.Option("--right", help="Take an earlier correction back: the clock was right.")
    ] = False,
    reason: Annotated[
        str, typer.Option("--reason", metavar="TEXT", help="How this is known; required.", show_default=False)
    ] = "",
    name: Name = "",
    identity: Key = None,
    passphrase_file: PassphraseFile = None,
    json: Json = False,
) -> None:
    """Correct the clock of a source: every time of it is shown, filtered and exported corrected. The rows keep
    what the source said, the custody record keeps who corrected it and why.
    """
    if bool(ahead) + bool(behind) + right != 1:
        raise BadRequest("It must be said which way the clock was off.", "Give one of --ahead, --behind and --right.")
    if not reason.strip():
        raise BadRequest("The reason is missing.", "Say with --reason how the error of the clock is known.")
    clock_us = 0 if right else duration_us(behind) if behind else -duration_us(ahead)
    who = opening.actor(name, identity, passphrase_file)
    with opening.writing(case, who) as held:
        made = held.correct_clock(_named(held, source).number, clock_us, reason)
        numbers = touched_by_clock(made, held.snapshot().measures)
    if json:
        terminal.show_json(
            {
                "source": made.label,
                "file": made.name,
                "clock_us": made.clock_us,
                "clock_reason": made.clock_reason,
                "first": terminal.moment(made.first_us),
                "last": terminal.moment(made.last_us),
                "numbers_to_measure_again": list(numbers),
            }
        )
        return
    terminal.say(terminal.inert(f"{made.label} {made.name}: {clock_text(made.clock_us)}, because: {made.clock_reason}"))
    if made.clock_us:
        terminal.say(f"      {correction_text(made.clock_us)} on every time of it; the rows keep what they say.")
    terminal.say(f"      {terminal.moment(made.first_us)} to {terminal.moment(made.last_us)}")
    if numbers:
        terminal.say(
            f"      These numbers ask for times and may be others now; measure them again: {', '.join(numbers)}."
        )


def _named(held: Case, text: str) -> Source:
    """The source a person named. Raises `BadRequest` where it names none or several."""
    sources = held.snapshot().sources
    label = _LABEL.fullmatch(text.strip())
    found = [one for one in sources if (label and one.number == int(label[1])) or one.name == text]
    if len(found) != 1:
        names = ", ".join(f"{one.label} {one.name}" for one in sources[:12]) or "none yet"
        what = "names no source" if not found else "names several sources"
        raise BadRequest(f"“{text}” {what} of the case.", f"Its sources are: {names}.")
    return found[0]
