"""What is known of the time of an event, in words: for the window, the terminal and the report alike."""

from __future__ import annotations

from casebound.case import Event
from casebound.clockcorrection import clock_text, correction_text, duration_text


def precision_text(precision_us: int) -> str:
    """The smallest step that the written time can tell: "1 s", "10 ms"."""
    return "1 µs or finer" if precision_us <= 1 else duration_text(precision_us)


def uncertainty_text(uncertain_us: int) -> str:
    """How much later than the time given the moment may lie; "" where it is exact."""
    return f"up to {duration_text(uncertain_us)} later" if uncertain_us else ""


def doubts(event: Event) -> str:
    """Everything that is uncertain of the time of an event, in one line; "" where nothing is."""
    return "; ".join(part for part in (event.time_note, uncertainty_text(event.time_uncertain_us)) if part)


def clock_words(clock_us: int, reason: str = "") -> str:
    """The correction of the clock that a time includes; "" where there is none."""
    if not clock_us:
        return ""
    why = f", because: {reason}" if reason else ""
    return f"{correction_text(clock_us)} ({clock_text(clock_us)}{why})"
