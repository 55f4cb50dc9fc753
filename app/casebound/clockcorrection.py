"""How far a source's clock was off, as people say it: “2 min 14 s ahead”. A correction is what is added to every time.

A clock that was ahead showed times that were too late, so its correction is negative.
"""

from __future__ import annotations

import re

from casebound.errors import BadRequest

LARGEST_US = 200 * 366 * 86_400_000_000
"""Two hundred years: a clock that fell back to its zero is some decades off, none is further."""

_UNITS = (
    (86_400_000_000, "d", "d|day|days"),
    (3_600_000_000, "h", "h|hour|hours"),
    (60_000_000, "min", "m|min|minute|minutes"),
    (1_000_000, "s", "s|sec|second|seconds"),
    (1000, "ms", "ms|millisecond|milliseconds"),
    (1, "µs", "us|µs|μs|microsecond|microseconds"),
)
_SIZES = {name: size for size, _, names in _UNITS for name in names.split("|")}
_PART = re.compile(r"\s*(\d{1,12})(?:[.,](\d{1,6}))?\s*([a-zµμ]+)", re.ASCII | re.IGNORECASE)
_CLOCK = re.compile(r"(\d{1,6}):([0-5]\d):([0-5]\d)(?:[.,](\d{1,6}))?", re.ASCII)


def duration_us(text: str) -> int:
    """A length of time in microseconds: "2m14s", "134 s", "1 h 30 min", "250ms", "0:02:14.5".

    Raises `BadRequest` for anything else, and for nothing.
    """
    value = text.strip().lower()
    if match := _CLOCK.fullmatch(value):
        hours, minutes, seconds, fraction = match.groups()
        total = (int(hours) * 3600 + int(minutes) * 60 + int(seconds)) * 1_000_000 + int((fraction or "").ljust(6, "0"))
    else:
        total, at = 0, 0
        while at < len(value):
            part = _PART.match(value, at)
            if part is None or part[3] not in _SIZES:
                total = 0
                break
            size, fraction = _SIZES[part[3]], part[2] or ""
            scaled, rest = divmod(int(part[1] + fraction) * size, 10 ** len(fraction))
            if rest:
                raise BadRequest(f"“{text}” is finer than a microsecond.", "Write it in whole microseconds.")
            total, at = total + scaled, part.end()
    if not total:
        raise BadRequest(f"“{text}” is not a length of time.", "Write it as 2m14s, 134s, 1h30m, 250ms or 0:02:14.5.")
    if total > LARGEST_US:
        raise BadRequest(f"“{text}” is more than two hundred years.", "No clock is that far off; check the number.")
    return total


def duration_text(us: int) -> str:
    """A length of time as people read it: "2 min 14 s"; without its sign."""
    rest, parts = abs(us), []
    for size, name, _ in _UNITS:
        count, rest = divmod(rest, size)
        if count:
            parts.append(f"{count} {name}")
    return " ".join(parts) or "0 s"


def clock_text(clock_us: int) -> str:
    """What a correction says of the clock: "clock 2 min 14 s ahead"; "clock taken as right" for none."""
    if not clock_us:
        return "clock taken as right"
    return f"clock {duration_text(clock_us)} {'ahead' if clock_us < 0 else 'behind'}"


def correction_text(clock_us: int) -> str:
    """What a correction does: "−2 min 14 s"; "none" where there is none."""
    return f"{'−' if clock_us < 0 else '+'}{duration_text(clock_us)}" if clock_us else "none"
