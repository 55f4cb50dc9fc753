"""Times written as a number: counted from 1970, from 1601, in days of a workbook, or from a base that a person states.

A number says nothing of its unit. By its length alone only the counts since 1970 that fit no other unit are taken;
every other one is read when a format names it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from casebound.writtentimes import (
    DATE_NOTE,
    DAY,
    FRACTION_NOTE,
    SECOND,
    Reading,
    Unread,
    digits_us,
    fraction_us,
    shown,
    wall_us,
)

_NUMBER = re.compile(r"([+-]?)(\d+)(?:[.,](\d+))?", re.ASCII)
_ROUNDED = re.compile(r"[+-]?\d(?:[.,]\d+)?[eE]\+?\d+", re.ASCII)
_LENGTH = re.compile(r"([+-]?)(?:(\d+)[d.] ?)?(\d+):([0-5]\d):([0-5]\d)(?:[.,](\d+))?", re.ASCII)
_FURTHEST_US = 10**18  # some 31,000 years: further than any calendar here goes
_SINCE_1601_US = -11_644_473_600_000_000  # 1601-01-01T00:00Z as microseconds since 1970 ([MS-DTYP] 2.3.3)


@dataclass(frozen=True, slots=True)
class _Unit:
    """A count of steps: one step is `factor`/`divisor` microseconds; the count begins at `start_us`."""

    rule: str
    factor: int
    divisor: int = 1
    start_us: int = 0


_UNITS = {
    "epoch-s": _Unit("seconds since 1970", SECOND),
    "epoch-ms": _Unit("milliseconds since 1970", 1000),
    "epoch-us": _Unit("microseconds since 1970", 1),
    "epoch-ns": _Unit("nanoseconds since 1970", 1, 1000),
    "filetime": _Unit("Windows FILETIME (100 ns since 1601)", 1, 10, _SINCE_1601_US),
    "webkit-us": _Unit("microseconds since 1601 (Chrome, WebKit)", 1, 1, _SINCE_1601_US),
}
_RELATIVE = {
    "relative-s": _Unit("seconds from the time base", SECOND),
    "relative-ms": _Unit("milliseconds from the time base", 1000),
    "relative-us": _Unit("microseconds from the time base", 1),
    "relative-ns": _Unit("nanoseconds from the time base", 1, 1000),
}
COUNTED = (*_UNITS, *_RELATIVE)
RELATIVE = tuple(_RELATIVE)
# How many digits a count since 1970 has from September 2001 on. One digit fewer could be anything: 123456789 is met as
# microseconds too, and as many digits as 18 have counts since 1601.
_BY_LENGTH = {10: "epoch-s", 13: "epoch-ms", 16: "epoch-us", 19: "epoch-ns"}


def by_length(value: str) -> Reading | Unread | None:
    """A bare number, in the unit that its length leaves; None where the text is no number."""
    if _ROUNDED.fullmatch(value):
        return Unread(f"“{shown(value)}” was rounded before it was exported; the exact time is lost.")
    match = _NUMBER.fullmatch(value)
    if match is None:
        if _LENGTH.fullmatch(value):
            return Unread(
                f"“{shown(value)}” is a time of day or a length of time, without a date. If it counts from a known "
                "moment, choose the format relative-s for this column and state the time base."
            )
        return None
    size = len(match[2])
    if size == 18:
        return Unread(
            f"“{shown(value)}” can be nanoseconds since 1970 or a Windows FILETIME, so its unit cannot be told; choose "
            "the format epoch-ns or filetime for this column."
        )
    if size in _BY_LENGTH and not match[1]:
        return counted(value, _BY_LENGTH[size])
    return Unread(f"“{shown(value)}” is a number whose unit cannot be told; choose a format such as epoch-s.")


def counted(value: str, time_format: str) -> Reading | Unread:
    """A number in the unit of `time_format`, one of COUNTED. A relative one may be written as H:MM:SS too."""
    unit = _UNITS.get(time_format) or _RELATIVE[time_format]
    relative = time_format in _RELATIVE
    if relative and (length := _LENGTH.fullmatch(value)):
        return _length(length)
    match = _NUMBER.fullmatch(value)
    if match is None:
        if _ROUNDED.fullmatch(value):
            return Unread(f"“{shown(value)}” was rounded before it was exported; the exact time is lost.")
        return Unread(f"“{shown(value)}” is not a number of {unit.rule}.")
    sign, whole, digits = match[1], match[2], match[3] or ""
    if len(whole) > 30:
        return Unread(f"“{shown(value)}” as {unit.rule} lies outside the years 1 to 9999.")
    scaled = int(whole + digits[:18]) * unit.factor
    total, rest = divmod(scaled, unit.divisor * 10 ** len(digits[:18]))
    lost = bool(rest) or bool(digits[18:].strip("0"))
    if sign == "-":
        # Towards the past, so that a lost fraction never makes a moment later than it was.
        total = -total - (1 if lost else 0)
    total += unit.start_us
    if abs(total) > _FURTHEST_US:
        return Unread(f"“{shown(value)}” as {unit.rule} lies outside the years 1 to 9999.")
    precision = max(1, unit.factor // unit.divisor // 10 ** len(digits))
    note = FRACTION_NOTE if lost else ""
    if relative:
        return Reading(unit.rule, total, None, "", note, precision, relative=True)
    return Reading(unit.rule, total, 0, "UTC", note, precision)


def _length(match: re.Match[str]) -> Reading | Unread:
    sign, days, hours, minutes, seconds, fraction = match.groups()
    if max(len(days or ""), len(hours)) > 9:
        return Unread(f"“{shown(match[0])}” as a length of time leads outside the years 1 to 9999.")
    whole = int(days or 0) * 86_400 + int(hours) * 3600 + int(minutes) * 60 + int(seconds)
    micro, lost = fraction_us(fraction or "")
    total = whole * SECOND + micro
    if sign == "-":
        total = -total - (1 if lost else 0)
    note = FRACTION_NOTE if lost else ""
    return Reading(
        "hours, minutes and seconds from the time base", total, None, "", note, digits_us(fraction or ""), 0, True
    )


def workbook_day(value: str, system: int) -> Reading | Unread | None:
    """A day number of the 1900 or 1904 system of workbooks; None where the text is no number."""
    match = _NUMBER.fullmatch(value)
    if match is None:
        return None
    days = float(value.replace(",", ".")) if len(value) < 40 else -1.0
    if not 0 <= days < 2_958_466 - (1462 if system == 1904 else 0):
        return Unread(f"“{shown(value)}” is not a workbook date.")
    rule = f"workbook date ({system} system)"
    if system == 1900 and 60 <= days < 61:
        # 1900 was taken for a leap year (ECMA-376 Part 1, 18.17.4.1).
        return Unread(f"“{shown(value)}” is the 29th of February 1900 in a workbook, a day that never was.")
    base = datetime(1904, 1, 1) if system == 1904 else datetime(1899, 12, 30 if days >= 61 else 31)  # noqa: DTZ001
    # A workbook keeps a day as a double, which tells milliseconds for the days of our time.
    moment = base + timedelta(milliseconds=round(days * 86_400_000))
    digits = len(match[3] or "")
    if not digits:
        return Reading(rule, wall_us(moment), None, "", DATE_NOTE, DAY, DAY)
    return Reading(rule, wall_us(moment), None, "", "", max(1000, -(-DAY // 10**digits)))
