"""Times written as a date and a time of day: ISO 8601, RFC 2822, web server logs, and what people write."""

from __future__ import annotations

import re
from datetime import date, datetime

from casebound.writtentimes import (
    DAY,
    ISO,
    MINUTE,
    RFC_2822,
    SECOND,
    Ambiguous,
    Clock,
    Reading,
    Unread,
    digits_us,
    on_calendar,
    shown,
    wall_us,
)
from casebound.zones import offset_name

_CLOCK = r"(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d+))?)?\s*([AaPp][Mm])?"
_ZONE = r"\s*(Z|z|UTC|GMT|[+-]\d{2}(?::?\d{2})?|[A-Z]{2,5})?"
_ISO = re.compile(rf"(\d{{4}})([-/])(\d{{1,2}})\2(\d{{1,2}})(?:(?:T|t|\s+|,\s*){_CLOCK}{_ZONE})?", re.ASCII)
# RFC 9557 adds the name of a zone to an offset, which it does not change: 2026-03-01T10:00:00+01:00[Europe/Berlin]
_SUFFIX = re.compile(r"(?<=[Zz\d])\[[A-Za-z0-9_/+-]{1,64}\]$", re.ASCII)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:T?(\d{2})(\d{2})(\d{2})(?:[.,](\d+))?(Z|[+-]\d{2}:?\d{2})?)?", re.ASCII)
_WEEK = re.compile(rf"(\d{{4}})-?W(\d{{2}})-?([1-7])(?:T{_CLOCK}{_ZONE})?", re.ASCII)
_ORDINAL = re.compile(rf"(\d{{4}})-(\d{{3}})(?:T{_CLOCK}{_ZONE})?", re.ASCII)
_SLASHED = re.compile(rf"(\d{{1,2}})([/.-])(\d{{1,2}})\2(\d{{4}}|\d{{2}})(?:(?:,?\s+|T){_CLOCK}{_ZONE})?", re.ASCII)
_NAMED = re.compile(
    rf"(?:([A-Za-z]{{3,9}}),?\s+)?(?:(\d{{1,2}})[ /-]([A-Za-z]{{3,9}})\.?[ /-](\d{{4}}|\d{{2}})"
    rf"|([A-Za-z]{{3,9}})\.?\s+(\d{{1,2}}),?\s+(\d{{4}}))"
    rf"(?:(?:,?\s+|:|T|\s+at\s+){_CLOCK}{_ZONE})?",
    re.ASCII,
)
# RFC 2822 3.3 and 4.3: seconds are optional, years of two or three digits and zones by name are obsolete but defined.
_MAIL = re.compile(
    r"(?:([A-Za-z]{3})\s*,\s*)?(\d{1,2})\s+([A-Za-z]{3})\s+(\d{4}|\d{2,3})\s+"
    r"(\d{2})\s*:\s*(\d{2})(?:\s*:\s*(\d{2}))?\s+([+-]\d{4}|[A-Za-z]{1,5})",
    re.ASCII,
)
# asctime() of C, with the zone that date(1) puts before the year.
_ASCTIME = re.compile(
    r"([A-Za-z]{3})\s+([A-Za-z]{3})\s+(\d{1,2})\s+(\d{2}):(\d{2}):(\d{2})(?:[.,](\d+))?\s+"
    r"(?:([A-Z]{1,5}|[+-]\d{4})\s+)?(\d{4})(?:\s+([+-]\d{4}))?",
    re.ASCII,
)
_LOG = re.compile(
    r"\[?(\d{2})/([A-Za-z]{3})/(\d{4}):(\d{2}):(\d{2}):(\d{2})(?:\.(\d+))?(?:\s+([+-]\d{4}))?\]?", re.ASCII
)
_NAMES = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_MONTHS = {text: index + 1 for index, name in enumerate(_NAMES) for text in (name, name[:3])} | {"sept": 9}
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MAIL_ZONES = {"ut": 0, "gmt": 0, "utc": 0, "z": 0, "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6}
_MAIL_ZONES |= {"pst": -8, "pdt": -7}


def by_shape(value: str, time_format: str) -> Reading | Unread | Ambiguous | None:
    """The first notation that a text has the shape of; None where it has none of them.

    Raises `ValueError` where the calendar or the clock has no such time.
    """
    if match := _ISO.fullmatch(_SUFFIX.sub("", value)):
        year, _, month, day, *clock = match.groups()
        return on_calendar(ISO, int(year), int(month), int(day), Clock(*clock))
    if match := _SLASHED.fullmatch(value):
        return _slashed(match, time_format)
    if match := _MAIL.fullmatch(_without_comments(value) if "(" in value else value):
        return _mail(match)
    if match := _LOG.fullmatch(value):
        day, name, year, hour, minute, second, fraction, zone = match.groups()
        at = Clock(hour, minute, second, fraction, None, zone)
        return _month_named("web server log", int(year), name, int(day), at)
    if match := _ASCTIME.fullmatch(value):
        return _asctime(match)
    if match := _NAMED.fullmatch(value):
        return _named(match)
    if match := _WEEK.fullmatch(value):
        year, week, weekday, *clock = match.groups()
        found = date.fromisocalendar(int(year), int(week), int(weekday))
        return on_calendar("ISO 8601 week date", found.year, found.month, found.day, Clock(*clock))
    if match := _ORDINAL.fullmatch(value):
        return _ordinal(match)
    match = _COMPACT.fullmatch(value)
    if match and (len(value) in (8, 14) or match[8] or "T" in value):
        year, month, day, hour, minute, second, fraction, zone = match.groups()
        at = Clock(hour, minute, second, fraction, None, zone)
        return on_calendar("compact ISO 8601", int(year), int(month), int(day), at)
    return None


def by_pattern(value: str, pattern: str) -> Reading | Unread:
    """A time by the strptime format of a person. Raises `ValueError` where no calendar has it."""
    if not re.search(r"%[YyGcx]", pattern):
        return Unread(f"The format {pattern} has no year, and none is guessed; the year must be in the value.")
    offset, plain = None, pattern
    if "%Z" in pattern:
        # Python reads %Z by the zone of the machine it runs on, and then forgets it.
        name = next((name for name in ("UTC", "GMT") if name in value), "")
        if not name:
            return Unread(f"“{shown(value)}” names no zone that means one thing only, which %Z needs; use %z.")
        offset, plain = 0, pattern.replace("%Z", name)
    try:
        moment = datetime.strptime(value, plain)  # noqa: DTZ007 - a pattern without %z is meant to give wall-clock time
    except ValueError:
        return Unread(f"“{shown(value)}” does not fit the format {pattern}.")
    precision = _pattern_precision(value, pattern)
    uncertain = precision if precision > SECOND else 0
    note = "" if precision < DAY else f"read as the start of the {'day' if precision == DAY else 'month or year'}"
    if (own := moment.utcoffset()) is not None:
        offset = int(own.total_seconds())
    zone = "" if offset is None else "UTC" if "%Z" in pattern else offset_name(offset)
    local = wall_us(moment.replace(tzinfo=None))
    return Reading(f"format {pattern}", local, offset, zone, note, precision, uncertain)


def _pattern_precision(value: str, pattern: str) -> int:
    """Microseconds: by the finest part that the format has."""
    if "%f" in pattern:
        digits = re.findall(r"\d{1,6}", value.split(".")[-1] if "." in value else "")
        return digits_us(digits[0]) if digits else 1
    if re.search(r"%[STXc]", pattern):
        return SECOND
    if re.search(r"%[MR]", pattern):
        return MINUTE
    if re.search(r"%[HI]", pattern):
        return 60 * MINUTE
    if re.search(r"%[djxD]", pattern) or ("%G" in pattern and re.search(r"%[uaA]", pattern)):
        return DAY
    return (31 if re.search(r"%[mbB]", pattern) else 366) * DAY


def _slashed(match: re.Match[str], time_format: str) -> Reading | Unread | Ambiguous:
    first, separator, second, year, *clock = match.groups()
    if len(year) == 2:
        return _two_digits(match[0])
    one, two = int(first), int(second)

    def by_day() -> Reading | Unread:
        return on_calendar("day first", int(year), two, one, Clock(*clock))

    def by_month() -> Reading | Unread:
        return on_calendar("month first", int(year), one, two, Clock(*clock))

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
        return on_calendar("day and month alike", int(year), two, one, Clock(*clock))
    day_first, month_first = by_day(), by_month()
    if isinstance(day_first, Reading) and isinstance(month_first, Reading):
        return Ambiguous(day_first, month_first)
    return day_first


def _mail(match: re.Match[str]) -> Reading | Unread:
    weekday, day, name, digits, hour, minute, second, zone = match.groups()
    year = int(digits)
    if len(digits) < 4:
        # RFC 2822 4.3: 00 to 49 are 2000 to 2049; everything else of two or three digits counts from 1900.
        year += 2000 if len(digits) == 2 and year < 50 else 1900
    if zone[0] not in "+-":
        hours = _MAIL_ZONES.get(zone.lower())
        if hours is None:
            return Unread(f"“{zone}” is not a zone that RFC 2822 gives one meaning; an offset such as +0100 would be.")
        zone = "UTC" if hours == 0 else offset_name(hours * 3600)
    return _month_named(RFC_2822, year, name, int(day), Clock(hour, minute, second, None, None, zone), weekday or "")


def _asctime(match: re.Match[str]) -> Reading | Unread:
    weekday, name, day, hour, minute, second, fraction, zone, year, after = match.groups()
    clock = Clock(hour, minute, second, fraction, None, after or zone)
    return _month_named("asctime", int(year), name, int(day), clock, weekday)


def _named(match: re.Match[str]) -> Reading | Unread:
    weekday, day, name, year, name2, day2, year2, *clock = match.groups()
    if year and len(year) == 2:
        return _two_digits(match[0])
    year = year or year2
    return _month_named("month by name", int(year), name or name2, int(day or day2), Clock(*clock), weekday or "")


def _month_named(rule: str, year: int, name: str, day: int, clock: Clock, weekday: str = "") -> Reading | Unread:
    month = _MONTHS.get(name.lower())
    if month is None:
        return Unread(f"“{name}” is no English name of a month.")
    note = ""
    if weekday and _DAYS[date(year, month, day).weekday()] != weekday[:3].lower():
        note = f"“{weekday}” does not fit this date, which is kept"
    return on_calendar(rule, year, month, day, clock, note)


def _ordinal(match: re.Match[str]) -> Reading | Unread:
    year, number, *clock = match.groups()
    first = date(int(year), 1, 1).toordinal()
    last = date(int(year), 12, 31).toordinal()
    if not 1 <= int(number) <= last - first + 1:
        return Unread(f"The year {year} has no day {number}.")
    found = date.fromordinal(first + int(number) - 1)
    return on_calendar("ISO 8601 day of the year", found.year, found.month, found.day, Clock(*clock))


def _two_digits(value: str) -> Unread:
    return Unread(f"“{shown(value)}” has a year of two digits; choose a format such as %d/%m/%y for this column.")


def _without_comments(value: str) -> str:
    """The text without its comments in parentheses, which may be nested and escaped (RFC 2822 3.2.3)."""
    kept, depth, escaped = [], 0, False
    for character in value:
        if escaped:
            escaped = False
        elif depth and character == "\\":
            escaped = True
        elif character == "(":
            depth += 1
            kept.append(" ")
        elif character == ")" and depth:
            depth -= 1
        elif not depth:
            kept.append(character)
    return value if depth else "".join(kept).strip()
