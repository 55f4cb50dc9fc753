"""Reading one written time: which rule read it, what it says, and what stays uncertain. Nothing is guessed silently.

`read` turns text into a wall-clock time with or without an offset of its own; `settle` turns that into UTC.
Microseconds are int64; a moment before 1970 is negative.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np

from casebound.calendartimes import by_pattern, by_shape
from casebound.countedtimes import COUNTED, RELATIVE, by_length, counted, workbook_day
from casebound.errors import BadRequest
from casebound.writtentimes import FRACTION_NOTE, Ambiguous, Reading, Unread, joined, shown
from casebound.zones import CERTAIN, REPEATED, SKIPPED, Zone

_SECOND = 1_000_000
FIRST_US = -62_135_596_800_000_000  # 0001-01-01T00:00:00
LAST_US = 253_402_300_799_999_999  # 9999-12-31T23:59:59.999999
# Within these bounds a moment carries no note about its year: after the zero of Unix clocks and before 2100.
PLAIN_FROM_US, PLAIN_UNTIL_US = 1, 4_102_444_800_000_000
IN_VALUE = "in the value"
LONGEST = 300  # characters: an RFC 2822 date with its comments
FORMATS = ("auto", *COUNTED, "excel", "excel-1904", "dmy", "mdy")
_ZEROS = {
    1: "year 1: usually the zero of a clock that was never set, not an event",
    1601: "1601: usually the zero of a Windows clock, not an event",
    1899: "1899: usually the zero of a workbook, not an event",
    1900: "1900: usually a default value, not an event",
    1904: "1904: usually the zero of a Macintosh clock or workbook, not an event",
    9999: "9999: usually means “never”, not an event",
}


@dataclass(frozen=True, slots=True)
class Moment:
    """A time as an event carries it."""

    time_us: int
    zone: str
    zone_origin: str
    note: str
    rule: str = ""
    precision_us: int = 1  # the smallest step the text can tell
    uncertain_us: int = 0  # the moment lies between time_us and time_us + this


@dataclass(frozen=True, slots=True)
class TimeBase:
    """What relative times are counted from, as a person or a manifest stated it."""

    time_us: int
    zone: str
    text: str  # as stated
    origin: str  # who stated it


def read(text: str, time_format: str = "auto") -> Reading | Unread | Ambiguous:
    """Read one time. `time_format` is one of FORMATS or a strptime format."""
    value = text.strip()
    if not value:
        return Unread("There is no time in this row.")
    if len(value) > LONGEST:
        return Unread(f"“{shown(value)}” is longer than any time is written.")
    try:
        if time_format in COUNTED:
            return counted(value, time_format)
        if time_format in ("excel", "excel-1904"):
            # A workbook hands over cells that it shows as dates already read.
            return workbook_day(value, 1904 if time_format.endswith("1904") else 1900) or _only(_any(value, "auto"))
        if "%" in time_format:
            return by_pattern(value, time_format)
        return _any(value, time_format)
    except (ValueError, OverflowError) as error:
        return Unread(f"“{shown(value)}” is not a time that exists ({error}).")


def settle(reading: Reading, zone: Zone, zone_origin: str, base: TimeBase | None = None) -> Moment | Unread:
    """UTC for a reading: by its own offset, else by `zone`; a relative one is counted from `base`."""
    note, uncertain = reading.note, reading.uncertain_us
    if reading.relative:
        if base is None:
            return Unread(NO_BASE, "time-base")
        time_us, applied, origin = base.time_us + reading.local_us, base.zone, base.origin
        note = joined(note, f"counted from {base.text}")
    elif reading.offset is not None:
        time_us, applied, origin = reading.local_us - reading.offset * _SECOND, reading.zone, IN_VALUE
    elif not FIRST_US <= reading.local_us <= LAST_US:
        return _outside()
    else:
        utc, flags = zone.to_utc(np.array([reading.local_us], dtype=np.int64))
        time_us, applied, origin = int(utc[0]), zone.name, zone_origin
        if flags[0] != CERTAIN:
            note = joined(note, doubt(int(flags[0]), zone.name))
        if flags[0] == REPEATED:
            uncertain += zone.repetition_us(reading.local_us)
    if not FIRST_US <= time_us <= LAST_US:
        return _outside()
    note = joined(note, oddity(time_us))
    return Moment(time_us, applied, origin, note, reading.rule, reading.precision_us, uncertain)


NO_BASE = (
    "This is a length of time, and it is not stated what it is counted from: state the time base, such as "
    "2026-03-01T10:00:00Z."
)


def time_base(text: str, origin: str) -> TimeBase | None:
    """The stated time base; None where none was stated. Raises `BadRequest` unless it is one moment with a zone."""
    if not text.strip():
        return None
    found = read(text)
    moment = settle(found, Zone("UTC", 0), "") if isinstance(found, Reading) and found.offset is not None else None
    if not isinstance(moment, Moment) or moment.uncertain_us:
        raise BadRequest(
            f"“{text}” is not a moment that times can be counted from.",
            "Write date, time and zone, such as 2026-03-01T10:00:00Z.",
        )
    return TimeBase(moment.time_us, moment.zone, text.strip(), origin)


def relative(time_format: str) -> bool:
    """Whether times in this format are counted from a base that must be stated."""
    return time_format in RELATIVE


def doubt(flag: int, zone: str) -> str:
    """What to say about a wall-clock time that clocks skipped or repeated."""
    if flag == SKIPPED:
        return f"skipped hour: this time did not exist in {zone}; read with the offset before clocks went forward"
    return f"repeated hour: this time occurred twice in {zone}; read as the first"


def oddity(time_us: int) -> str:
    """What to say about a moment whose year is rarely that of an event; "" from 1970 to 2099."""
    if PLAIN_FROM_US <= time_us < PLAIN_UNTIL_US:
        return ""
    if time_us == 0:
        return "1970-01-01T00:00:00Z: usually the zero of a Unix clock, not an event"
    year = utc_datetime(time_us).year
    if year in _ZEROS:
        return _ZEROS[year]
    if year < 1970:
        return f"{year}: before 1970, usually a default or damaged value, not an event"
    return f"{year}: in the far future, usually a default or damaged value, not an event"


def utc_datetime(time_us: int) -> datetime:
    """An aware UTC time for any moment of the years 1 to 9999."""
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=time_us)


def utc_text(time_us: int) -> str:
    """ISO 8601 in UTC with six fraction digits, as people and packages read it."""
    moment = utc_datetime(time_us)
    return f"{moment.year:04d}" + moment.strftime("-%m-%dT%H:%M:%S.%fZ")


def _any(value: str, time_format: str) -> Reading | Unread | Ambiguous:
    found = by_shape(value, time_format)
    if found is None:
        found = by_length(value)
    return found or Unread(f"“{shown(value)}” is not written in a notation of time that is known.")


def _only(found: Reading | Unread | Ambiguous) -> Reading | Unread:
    return Unread("Day and month can be told neither way.") if isinstance(found, Ambiguous) else found


def _outside() -> Unread:
    return Unread("The time lies outside the years 1 to 9999 in UTC.")


__all__ = [
    "FIRST_US",
    "FORMATS",
    "FRACTION_NOTE",
    "IN_VALUE",
    "LAST_US",
    "NO_BASE",
    "PLAIN_FROM_US",
    "PLAIN_UNTIL_US",
    "Ambiguous",
    "Moment",
    "Reading",
    "TimeBase",
    "Unread",
    "doubt",
    "joined",
    "oddity",
    "read",
    "relative",
    "settle",
    "time_base",
    "utc_datetime",
    "utc_text",
]
