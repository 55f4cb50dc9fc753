"""Whether a window can be shown here. Qt itself would end the program where it cannot."""

from __future__ import annotations

import os
import sys


def has_display() -> bool:
    """Whether there is a screen that a person looks at."""
    return not sys.platform.startswith("linux") or any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))


def can_draw() -> bool:
    """Whether Qt can start: on a screen, or on the platform that somebody chose for it."""
    return has_display() or bool(os.environ.get("QT_QPA_PLATFORM"))
