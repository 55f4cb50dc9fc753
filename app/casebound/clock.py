"""What time it is, as a value that tests can choose."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeAlias

Clock: TypeAlias = Callable[[], datetime]
"""Gives an aware time. The clock is this machine's, and every time taken from it is a claim."""


def system_clock() -> datetime:
    """This machine's clock, in UTC."""
    return datetime.now(UTC)
