"""How a command ends when it does not end well: one paragraph on stderr and an exit code, never a traceback.
Under it a filter that stumbles is drawn with its place.

A fault of the world says what happened, what it means and what to do. A bug of ours is written to a log file, and
one sentence says so.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from typer.exceptions import Abort, TyperException

from casebound.errors import CaseboundError
from casebound.filter_tree import FilterError
from casebound.identities import home
from casebound.work import Cancelled
from casebound_ui.cli.stumbles import drawn
from casebound_ui.cli.terminal import inert


def guarded(work: Callable[[], int]) -> int:
    """Run `work`; its exit code, or that of the fault it ended with."""
    try:
        code = work()
        sys.stdout.flush()
        return code
    except FilterError as fault:
        code = told(fault.paragraph(), fault.exit_code)
        sys.stderr.write(drawn(fault))
        return code
    except CaseboundError as fault:
        return told(fault.paragraph(), fault.exit_code)
    except TyperException as fault:
        return told(_usage(fault), 2)
    except (Cancelled, KeyboardInterrupt, Abort):
        return told("Stopped. What was under way was undone; what was finished before stays.", 1)
    except BrokenPipeError:
        # Whoever read our output has gone; there is nobody left to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as bug:  # noqa: BLE001 - the last line of defence: a log entry instead of a traceback
        return told(_logged(bug), 1)


def told(paragraph: str, code: int) -> int:
    """Say a fault as one paragraph and give its exit code back."""
    sys.stderr.write(inert(" ".join(paragraph.split())) + "\n")
    return code


def _usage(fault: TyperException) -> str:
    """What is wrong with the command as typed, and where the help is."""
    context = getattr(fault, "ctx", None)
    path = getattr(context, "command_path", "") or "casebound"
    message = fault.format_message().strip().replace(": Value error, ", ": ")
    if not message.endswith((".", "?", "!")):
        message += "."
    return f"{message} Nothing was done. `{path} --help` shows how it is used."


def _logged(bug: Exception) -> str:
    """Write the traceback where only the person can read it, and say where."""
    kind = type(bug).__name__
    try:
        path = _log_file()
        with path.open("a", encoding="utf-8") as log:
            log.write(f"== {datetime.now(UTC).isoformat()} {kind}\n")
            log.write("".join(traceback.format_exception(bug)) + "\n")
    except OSError:
        return (
            f"Something went wrong that should not have ({kind}), and no log could be written. "
            "Nothing half-done was kept."
        )
    return (
        f"Something went wrong that should not have ({kind}). Nothing half-done was kept. "
        f"What happened is written in {path}; please send that file with your report."
    )


def _log_file() -> Path:
    folder = home() / "logs"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder / "casebound.log"
