"""The way from a terminal to the window, and what is said where there is none to show."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from casebound_ui.cli.faults import told


def has_display() -> bool:
    """Whether there is a screen that a person looks at."""
    return not sys.platform.startswith("linux") or any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))


def show_window(path: Path | None = None, *, leave: bool = False) -> int:
    """Open the window and return its exit code. `leave` ends it as soon as it shows what was given."""
    if not has_display() and not os.environ.get("QT_QPA_PLATFORM"):
        # Qt itself would abort the program.
        return told(
            "There is no screen here to show the window on. `casebound --help` lists what can be done without one.", 1
        )
    try:
        from casebound_ui.desktop.main import run
    except ImportError as missing:
        return told(
            f"The window cannot start, because a library of the system is missing: {missing}. "
            "Install it, or use the commands that `casebound --help` lists.",
            1,
        )
    return run(path, leave=leave)
