"""Undo and redo for the whole window: Ctrl+Z takes back what this person changed last, as an entry of custody.

In a field in which somebody types, the same keys belong to the text.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from casebound.document import Case
from casebound.errors import NothingToDo
from casebound_ui.desktop.commands import Command, Commands
from casebound_ui.desktop.session import CaseSession


def register(
    commands: Commands, window: QWidget, session: Callable[[], CaseSession | None], say: Callable[[str], None]
) -> None:
    """Add both commands to the window. `say` puts a short word into the status bar."""

    def can(left: Callable[[Case], str]) -> Callable[[], bool]:
        def enabled() -> bool:
            held = session()
            return held is not None and not held.closed and not held.read_only and bool(left(held.case))

        return enabled

    def taking(call: Callable[[Case], str], words: str) -> Callable[[], None]:
        def run() -> None:
            held = session()
            if held is None:
                return

            def failed(error: Exception) -> None:
                if isinstance(error, NothingToDo):
                    say(error.title)
                else:
                    held.failed(error)

            held.change(call, lambda done: say(words.format(done)), failed)

        return run

    undo = Command(
        "undo",
        "Undo",
        "Take back what you changed last; custody keeps both",
        taking(lambda case: case.undo(), "Taken back: {}. Ctrl+Shift+Z does it again."),
        key="Ctrl+Z",
        menu="Evidence",
        icon="undo-2",
        enabled=can(lambda case: case.undoable()),
    )
    redo = Command(
        "redo",
        "Redo",
        "Do again what was taken back",
        taking(lambda case: case.redo(), "Done again: {}."),
        key="Ctrl+Shift+Z",
        menu="Evidence",
        icon="redo-2",
        enabled=can(lambda case: case.redoable()),
    )
    for command in (undo, redo):
        commands.add(command, window)
