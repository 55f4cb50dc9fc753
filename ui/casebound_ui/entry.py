"""The program `casebound`: the window without arguments or with a case or package to open, otherwise a command."""

from __future__ import annotations

import os
import sys
from pathlib import Path

LEAVE = "--leave-when-shown"  # the window shows itself once and ends; how a built program is tried


def main(arguments: list[str] | None = None) -> int:
    """Run the program and return its exit code. Everything it makes is for its owner only."""
    os.umask(0o077)
    given = sys.argv[1:] if arguments is None else arguments
    rest = [argument for argument in given if argument != LEAVE]
    if not rest:
        return _window(None, leave=LEAVE in given)
    if len(rest) == 1 and _names_something(rest[0]):
        return _window(Path(rest[0]), leave=LEAVE in given)
    from casebound_ui.cli.app import run

    return run(given)


def _names_something(argument: str) -> bool:
    """Whether the only argument is a file or folder rather than a command; a command's name wins."""
    from casebound_ui.cli.app import COMMANDS

    return not argument.startswith("-") and argument not in COMMANDS and Path(argument).exists()


def _window(path: Path | None, *, leave: bool) -> int:
    from casebound_ui.cli.faults import guarded

    def show() -> int:
        from casebound_ui.desktop.main import run

        return run(path, leave=leave)

    return guarded(show)
