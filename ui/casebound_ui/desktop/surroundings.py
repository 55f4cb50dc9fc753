"""What a screen may ask of the window around it. Made once, at the composition root, and handed down."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from casebound_ui.desktop.commands import Commands
from casebound_ui.desktop.jobs import Board
from casebound_ui.desktop.preferences import Preferences
from casebound_ui.desktop.signing_key import SigningKey


@dataclass(slots=True)
class Surroundings:
    """The window's services: jobs, memory, commands, the key that signs.

    `go` shows the screen of that id; `open` opens a case folder or a package; `tell` tells of a fault; `note` puts a
    short word into the status bar; `ask` asks (title, meaning, harmless answer, action, what it does).
    """

    board: Board
    preferences: Preferences
    commands: Commands
    key: SigningKey
    go: Callable[[str], None]
    open: Callable[[Path], None]
    tell: Callable[[Exception], None]
    note: Callable[[str], None]
    ask: Callable[[str, str, str, str, Callable[[], object]], None]
