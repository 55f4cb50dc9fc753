"""All commands under one name, and the way in."""

from __future__ import annotations

import io
import sys
from typing import Annotated

import typer

from casebound import __version__
from casebound_ui.cli import (
    attachments,
    bringing,
    cases,
    checkpoints,
    chronology,
    clock,
    comparing,
    cosealing,
    demo,
    disclosing,
    events,
    fields,
    findings,
    histories,
    holding,
    identity,
    marks,
    quarantine,
    receipts,
    record,
    sealing,
    seeing,
    sources,
    stamping,
    verifying,
    views,
)
from casebound_ui.cli.faults import guarded
from casebound_ui.cli.spelling import as_parsed

app = typer.Typer(
    name="casebound",
    help="Turn case data exports into a signed evidence package that a stranger can check."
    " Without a command: the window.",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    no_args_is_help=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
for _module in (
    demo,
    cases,
    bringing,
    sources,
    quarantine,
    clock,
    events,
    seeing,
    comparing,
    fields,
    record,
    marks,
    histories,
    holding,
    attachments,
    findings,
    views,
    chronology,
    sealing,
    disclosing,
    cosealing,
    verifying,
    receipts,
    checkpoints,
    stamping,
    identity,
):
    _module.register(app)

COMMANDS = frozenset(
    [str(command.name) for command in app.registered_commands] + [str(group.name) for group in app.registered_groups]
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"casebound {__version__}")
        raise typer.Exit


@app.callback()
def _program(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and end.")
    ] = False,
) -> None:
    pass


def run(arguments: list[str]) -> int:
    """Run a command as typed and return the exit code: 0 done, 1 failed, 2 wrong usage or input, 3 verified with
    limits.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")

    def work() -> int:
        # Outside its stand-alone mode typer hands faults up and returns what the command returned.
        ended = app(args=as_parsed(arguments), prog_name="casebound", standalone_mode=False)
        return ended if isinstance(ended, int) else 0

    return guarded(work)
