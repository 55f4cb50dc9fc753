"""What a written time says, before any zone or clock is applied: the values that every notation gives back.

Microseconds are int64 and may be negative (before 1970). `precision_us` is the smallest step the text can tell;
`uncertain_us` how far after the given time the moment may lie because the text leaves out minutes, seconds or the time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from casebound.zones import offset_name, offset_seconds

SECOND, MINUTE, DAY = 1_000_000, 60_000_000, 86_400_000_000
FRACTION_NOTE = "fraction beyond microseconds kept in raw"
DATE_NOTE = "date only: read as the start of the day"
LEAP_NOTE = "leap second: read as the second after it"
ISO, RFC_2822 = "ISO 8601", "RFC 2822"
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - the wall clock of whatever zone applies


@dataclass(frozen=True, slots=True)
class Reading:
    """What a written time says. `offset` is seconds east of UTC, None where the text carries no zone.

    A `relative` reading is a length of time counted from a base that only a person can state.
    """

    rule: str
    local_us: int
    offset: int | None
    zone: str = ""  # as shown: "UTC", "+02:00"
    note: str = ""
    precision_us: int = 1
    uncertain_us: int = 0
    relative: bool = False


@dataclass(frozen=True, slots=True)
class Unread:
    """A time that cannot be read, and why, in one sentence."""

    reason: str
    code: str = "time"


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """Day and month can be told neither way: both readings are given and a person decides."""

    day_first: Reading
    month_first: Reading


@dataclass(frozen=True, slots=True)
class Clock:
    """The time of day as written; None where the text has no such part."""

    hour: str | None = None
    minute: str | None = None
    second: str | None = None
    fraction: str | None = None
    half: str | None = None  # AM or PM
    zone: str | None = None


def on_calendar(rule: str, year: int, month: int, day: int, clock: Clock, note: str = "") -> Reading | Unread:
    """The reading of a date and a time of day. Raises `ValueError` where the calendar or the clock has no such time."""
    if clock.hour is None:
        note, precision = joined(note, DATE_NOTE), DAY
    else:
        precision = MINUTE if clock.second is None else digits_us(clock.fraction or "")
    uncertain = precision if precision > SECOND else 0
    hours = int(clock.hour or 0)
    if clock.half is not None:
        if not 1 <= hours <= 12:
            return Unread(f"Hour {hours} does not fit “{clock.half}”.")
        hours = hours % 12 + (12 if clock.half.lower() == "pm" else 0)
    minutes, seconds, extra = int(clock.minute or 0), int(clock.second or 0), timedelta()
    if seconds == 60:
        seconds, extra, note = 59, timedelta(seconds=1), joined(note, LEAP_NOTE)
    if hours == 24 and minutes == 0 and seconds == 0 and not (clock.fraction or "").strip("0"):
        hours, extra = 0, timedelta(days=1)
    # The calendar decides whether this day and time exist.
    moment = datetime(year, month, day, hours, minutes, seconds) + extra  # noqa: DTZ001
    micro, lost = fraction_us(clock.fraction or "")
    offset, shown = None, ""
    if clock.zone is not None:
        offset = offset_seconds(clock.zone)
        if offset is None:
            return Unread(f"“{clock.zone}” is not a zone that means one thing only; an offset such as +01:00 would be.")
        shown = "UTC" if clock.zone.upper() in ("Z", "UTC", "GMT") else offset_name(offset)
    note = joined(note, FRACTION_NOTE if lost else "")
    return Reading(rule, wall_us(moment) + micro, offset, shown, note, precision, uncertain)


def digits_us(fraction: str) -> int:
    """The smallest step that a fraction of a second with these digits can tell, in microseconds, at least 1."""
    return int(10 ** max(0, 6 - len(fraction)))


def fraction_us(digits: str) -> tuple[int, bool]:
    """Microseconds of the digits after the point, and whether more than they can hold is left."""
    return int(digits[:6].ljust(6, "0")) if digits else 0, bool(digits[6:].strip("0"))


def wall_us(moment: datetime) -> int:
    """Microseconds since 1970 of a naive wall-clock time."""
    return (moment - _EPOCH) // timedelta(microseconds=1)


def joined(first: str, second: str) -> str:
    """Two notes as one."""
    return f"{first}; {second}" if first and second else first or second


def shown(value: str) -> str:
    """A value as a sentence quotes it, cut where it is long."""
    return value if len(value) <= 60 else value[:57] + "…"
