"""Reading one written time: which rule read it, what it says, and what stays uncertain. Nothing is guessed silently.

`read` turns text into a wall-clock time with or without an offset of its own; `settle` turns that into UTC.
Microseconds are int64.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np

from casebound.zones import CERTAIN, SKIPPED, Zone, offset_name, offset_seconds

_SECOND = 1_000_000
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - the wall clock of whatever zone applies
LAST_US = 253_402_300_799_999_999  # 9999-12-31T23:59:59.999999
IN_VALUE = "in the value"
FRACTION_NOTE = "fraction beyond microseconds kept in raw"


@dataclass(frozen=True, slots=True)
class Reading:
    """What a written time says. `offset` is seconds east of UTC, None where the text carries no zone."""

    rule: str
    local_us: int
    offset: int | None
    zone: str = ""  # as shown: "UTC", "+02:00"
    note: str = ""


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
class Moment:
    """A time as an event carries it."""

    time_us: int
    zone: str
    zone_origin: str
    note: str
    rule: str = ""
    precision_us: int = 1  # the smallest step the text can tell
    uncertain_us: int = 0  # the moment lies between time_us and time_us + this


_CLOCK = r"(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d+))?)?\s*([AaPp][Mm])?"
_ZONE = r"\s*(Z|z|UTC|GMT|[+-]\d{2}(?::?\d{2})?|[A-Z]{2,5})?"
_ISO = re.compile(rf"(\d{{4}})([-/])(\d{{1,2}})\2(\d{{1,2}})(?:(?:T|t|\s+|,\s*){_CLOCK}{_ZONE})?", re.ASCII)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:T?(\d{2})(\d{2})(\d{2})(?:[.,](\d+))?(Z|[+-]\d{2}:?\d{2})?)?", re.ASCII)
_SLASHED = re.compile(rf"(\d{{1,2}})([/.-])(\d{{1,2}})\2(\d{{4}}|\d{{2}})(?:(?:,?\s+|T){_CLOCK}{_ZONE})?", re.ASCII)
_NAMED = re.compile(
    rf"(?:[A-Za-z]{{3,9}},?\s+)?(?:(\d{{1,2}})[ /-]([A-Za-z]{{3,9}})\.?[ "
    rf"/-](\d{{4}})|([A-Za-z]{{3,9}})\.?\s+(\d{{1,2}}),?\s+(\d{{4}}))"
    rf"(?:(?:,?\s+|:|T|\s+at\s+){_CLOCK}{_ZONE})?",
    re.ASCII,
)
_NUMBER = re.compile(r"(-?\d+)(?:[.,](\d+))?", re.ASCII)
_ROUNDED = re.compile(r"\d(?:[.,]\d+)?[eE]\+?\d+", re.ASCII)
_MONTHS = {
    name: index + 1
    for index, name in enumerate(("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"))
}
_UNITS = {"epoch-s": (_SECOND, 1), "epoch-ms": (1000, 1), "epoch-us": (1, 1), "epoch-ns": (1, 1000)}
_UNIT_NAMES = {
    "epoch-s": "seconds since 1970",
    "epoch-ms": "milliseconds since 1970",
    "epoch-us": "microseconds since 1970",
    "epoch-ns": "nanoseconds since 1970",
}
FORMATS = ("auto", *_UNITS, "excel", "excel-1904", "dmy", "mdy")


def read(text: str, time_format: str = "auto") -> Reading | Unread | Ambiguous:
    """Read one time. `time_format` is one of FORMATS or a strptime format."""
    value = text.strip()
    if not value:
        return Unread("There is no time in this row.")
    try:
        if time_format in _UNITS:
            return _epoch(value, time_format)
        if time_format.startswith("excel"):
            return _serial(value, 1904 if time_format.endswith("1904") else 1900)
        if "%" in time_format:
            return _pattern(value, time_format)
        return _any(value, time_format)
    except (ValueError, OverflowError) as error:
        return Unread(f"“{_short(value)}” is not a time that exists ({error}).")


def settle(reading: Reading, zone: Zone, zone_origin: str) -> Moment | Unread:
    """UTC for a reading: by its own offset, else by `zone`. Outside 1970 to 9999 it is unread."""
    note = reading.note
    if reading.offset is not None:
        time_us, applied, origin = reading.local_us - reading.offset * _SECOND, reading.zone, IN_VALUE
    else:
        utc, flags = zone.to_utc(np.array([reading.local_us], dtype=np.int64))
        time_us, applied, origin = int(utc[0]), zone.name, zone_origin
        if flags[0] != CERTAIN:
            note = joined(note, doubt(int(flags[0]), zone.name))
    if time_us < 0:
        year = int(np.datetime64(reading.local_us, "us").astype("datetime64[Y]").astype(int)) + 1970
        return Unread(
            f"The time lies in the year {year}, before 1970: usually an empty or default value, not an event."
        )
    if time_us > LAST_US:
        return Unread("The time lies after the year 9999.")
    return Moment(time_us, applied, origin, note, reading.rule)


def doubt(flag: int, zone: str) -> str:
    """What to say about a wall-clock time that clocks skipped or repeated."""
    if flag == SKIPPED:
        return f"skipped hour: this time did not exist in {zone}; read with the offset before clocks went forward"
    return f"repeated hour: this time occurred twice in {zone}; read as the first"


def joined(first: str, second: str) -> str:
    return f"{first}; {second}" if first and second else first or second


def _any(value: str, time_format: str) -> Reading | Unread | Ambiguous:
    if match := _ISO.fullmatch(value):
        year, _, month, day, *clock = match.groups()
        return _build("ISO 8601", int(year), int(month), int(day), clock)
    if match := _SLASHED.fullmatch(value):
        return _slashed(match, time_format)
    if match := _NAMED.fullmatch(value):
        day, month, year, month2, day2, year2, *clock = match.groups()
        number = _MONTHS.get((month or month2)[:3].lower())
        if number is None:
            return Unread(f"“{_short(value)}” has no month that is known.")
        return _build("month by name", int(year or year2), number, int(day or day2), clock)
    if _ROUNDED.fullmatch(value):
        return Unread(f"“{_short(value)}” was rounded before it was exported; the exact time is lost.")
    match = _COMPACT.fullmatch(value)
    if match and (len(value) in (8, 14) or match[8] or "T" in value):
        year, month, day, hour, minute, second, fraction, zone = match.groups()
        clock = [hour, minute, second, fraction, None, zone]
        return _build("compact ISO 8601", int(year), int(month), int(day), clock)
    if match := _NUMBER.fullmatch(value):
        unit = {9: "epoch-s", 10: "epoch-s", 12: "epoch-ms", 13: "epoch-ms", 15: "epoch-us", 16: "epoch-us"}
        unit |= {18: "epoch-ns", 19: "epoch-ns"}
        size = len(match[1].lstrip("-"))
        if size in unit and not value.startswith("-"):
            return _epoch(value, unit[size])
        return Unread(f"“{_short(value)}” is a number whose unit cannot be told.")
    return Unread(f"“{_short(value)}” is not written in a notation of time that is known.")


def _slashed(match: re.Match[str], time_format: str) -> Reading | Unread | Ambiguous:
    first, separator, second, year, *clock = match.groups()
    if len(year) == 2:
        return Unread(
            f"“{_short(match[0])}” has a year of two digits; choose a format such as %d/%m/%y for this column."
        )
    one, two = int(first), int(second)

    def by_day() -> Reading | Unread:
        return _build("day first", int(year), two, one, clock)

    def by_month() -> Reading | Unread:
        return _build("month first", int(year), one, two, clock)

    # Dots stand between day, month and year, in that order, wherever they are used.
    if time_format == "dmy" or (separator == "." and time_format == "auto"):
        return by_day()
    if time_format == "mdy":
        return by_month()
    if one > 12:
        return by_day()
    if two > 12:
        return by_month()
    if one == two:
        return _build("day and month alike", int(year), two, one, clock)
    day_first, month_first = by_day(), by_month()
    if isinstance(day_first, Reading) and isinstance(month_first, Reading):
        return Ambiguous(day_first, month_first)
    return day_first


def _build(rule: str, year: int, month: int, day: int, clock: list[str | None]) -> Reading | Unread:
    hour, minute, second, fraction, half, zone = clock
    note = "" if hour is not None else "date only: read as the start of the day"
    hours = int(hour or 0)
    if half is not None:
        if not 1 <= hours <= 12:
            return Unread(f"Hour {hours} does not fit “{half}”.")
        hours = hours % 12 + (12 if half.lower() == "pm" else 0)
    seconds, extra = int(second or 0), timedelta()
    if seconds == 60:
        seconds, extra, note = 59, timedelta(seconds=1), "leap second: read as the second after it"
    if hours == 24 and int(minute or 0) == 0 and seconds == 0:
        hours, extra = 0, timedelta(days=1)
    # The calendar decides whether this day and time exist.
    moment = datetime(year, month, day, hours, int(minute or 0), seconds) + extra  # noqa: DTZ001
    micro, lost = _fraction(fraction or "")
    offset = None
    if zone is not None:
        offset = offset_seconds(zone)
        if offset is None:
            return Unread(f"“{zone}” is not a zone that means one thing only; an offset such as +01:00 would be.")
    shown = "" if offset is None else ("UTC" if (zone or "").upper() in ("Z", "UTC", "GMT") else offset_name(offset))
    return Reading(rule, _micros(moment) + micro, offset, shown, joined(note, FRACTION_NOTE if lost else ""))


def _epoch(value: str, unit: str) -> Reading | Unread:
    match = _NUMBER.fullmatch(value)
    if match is None:
        return Unread(f"“{_short(value)}” is not a number of {_UNIT_NAMES[unit]}.")
    factor, divisor = _UNITS[unit]
    whole, digits = int(match[1]), match[2] or ""
    scaled = int(digits[:18] or "0") * factor
    part, rest = divmod(scaled, 10 ** len(digits[:18]))
    micro, beyond = divmod(abs(whole) * factor, divisor)
    lost = bool(rest or beyond or digits[18:].strip("0"))
    total = (micro + part) * (-1 if match[1].startswith("-") else 1)
    if abs(total) > LAST_US:
        return Unread(f"“{_short(value)}” as {_UNIT_NAMES[unit]} lies after the year 9999.")
    return Reading(_UNIT_NAMES[unit], total, 0, "UTC", FRACTION_NOTE if lost else "")


def _serial(value: str, system: int) -> Reading | Unread:
    match = _NUMBER.fullmatch(value)
    if match is None:
        # A workbook hands over cells that it shows as dates already read.
        return _only(_any(value, "auto"))
    days = float(value.replace(",", "."))
    if not 0 <= days < 2_958_466:
        return Unread(f"“{_short(value)}” is not a workbook date.")
    # 1900 was taken for a leap year: serial 60 is a day that never was.
    base = datetime(1904, 1, 1) if system == 1904 else datetime(1899, 12, 30 if days >= 60 else 31)  # noqa: DTZ001
    moment = base + timedelta(milliseconds=round(days * 86_400_000))
    return Reading(f"workbook date ({system} system)", _micros(moment), None, "", "")


def _pattern(value: str, pattern: str) -> Reading | Unread:
    try:
        moment = datetime.strptime(value, pattern)  # noqa: DTZ007 - a pattern without %z is meant to give wall-clock time
    except ValueError:
        return Unread(f"“{_short(value)}” does not fit the format {pattern}.")
    offset = moment.utcoffset()
    if offset is None:
        return Reading(f"format {pattern}", _micros(moment), None)
    seconds = int(offset.total_seconds())
    return Reading(f"format {pattern}", _micros(moment.replace(tzinfo=None)), seconds, offset_name(seconds))


def _only(found: Reading | Unread | Ambiguous) -> Reading | Unread:
    return Unread("Day and month can be told neither way.") if isinstance(found, Ambiguous) else found


def _fraction(digits: str) -> tuple[int, bool]:
    return int(digits[:6].ljust(6, "0")) if digits else 0, bool(digits[6:].strip("0"))


def _micros(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(microseconds=1)


def _short(value: str) -> str:
    return value if len(value) <= 60 else value[:57] + "…"


def utc_text(time_us: int) -> str:
    """ISO 8601 in UTC with six fraction digits, as people and packages read it."""
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=time_us)
    return f"{moment.year:04d}" + moment.strftime("-%m-%dT%H:%M:%S.%fZ")
