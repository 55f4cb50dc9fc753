"""Numbers in a workbook: which are shown as dates, what they then say, and how any number is written as text.

A workbook stores a date as a number of days; only the number format of the cell says that it is one (ECMA-376 part 1,
18.8.30). There are two date systems: 1900, which counts 1900-02-29 although that day never was, and 1904.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import Enum
from functools import lru_cache

LAST_DAY = 2_958_466  # first day number behind 9999-12-31 in the 1900 system
EXACT = 10**15  # a spreadsheet program keeps 15 digits of a number and rounds what is longer
_MS = 86_400_000


class Shown(Enum):
    """What a number format makes of a number."""

    NUMBER = "number"
    DATE = "date"  # a day, or a day and a time
    CLOCK = "clock"  # hours and minutes only
    ELAPSED = "elapsed"  # hours that go on beyond 24


_BUILT_IN = (
    dict.fromkeys((14, 15, 16, 17, 22, *range(27, 32), *range(34, 37), *range(50, 59)), Shown.DATE)
    | dict.fromkeys((18, 19, 20, 21, 32, 33, 45, 47), Shown.CLOCK)
    | {46: Shown.ELAPSED}
)
"""Formats that a file names by number alone; 27 to 36 and 50 to 58 are dates of East Asian versions."""

_INERT = re.compile(r'"[^"]*"?|\\.|_.|\*.', re.DOTALL)
_ELAPSED = re.compile(r"\[(?:h+|m+|s+)\]", re.IGNORECASE)
_CONDITION = re.compile(r"\[(<=|>=|<>|<|>|=)\s*(-?\d+(?:\.\d+)?)\]")
_BRACKETS = re.compile(r"\[[^\]]*\]")
_NOON = re.compile(r"am/pm|a/p", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class NumberFormat:
    """The sections of a number format, each with its condition and what it shows."""

    sections: tuple[tuple[str, float, Shown], ...]

    @property
    def plain(self) -> bool:
        """Whether no section shows a date or a time."""
        return all(shown is Shown.NUMBER for _, _, shown in self.sections)

    def of(self, value: float) -> Shown:
        """What the format makes of this value."""
        conditioned = [one for one in self.sections if one[0]]
        if conditioned:
            for sign, limit, shown in conditioned:
                if _holds(value, sign, limit):
                    return shown
            return next((shown for sign, _, shown in self.sections if not sign), Shown.NUMBER)
        index = 0 if value > 0 else 1 if value < 0 else 2
        return self.sections[index if index < min(len(self.sections), 3) else 0][2]


@lru_cache(maxsize=4096)
def number_format(code: str) -> NumberFormat:
    """The format for a format code such as `yyyy-mm-dd;@`."""
    bare = _INERT.sub("", code[:1024])
    sections = []
    for section in bare.split(";")[:4]:
        condition = _CONDITION.search(section)
        sign, limit = (condition[1], float(condition[2])) if condition else ("", 0.0)
        sections.append((sign, limit, _shown(section)))
    return NumberFormat(tuple(sections))


def built_in(number: int) -> NumberFormat:
    """The format that a file names by number without writing it out."""
    return NumberFormat((("", 0.0, _BUILT_IN.get(number, Shown.NUMBER)),))


def _shown(section: str) -> Shown:
    if _ELAPSED.search(section):
        return Shown.ELAPSED
    text = _BRACKETS.sub("", section).lower()
    if "general" in text or "@" in text:
        return Shown.NUMBER
    noon = bool(_NOON.search(text))
    text = _NOON.sub("", text)
    clock = noon or "h" in text or "s" in text
    if "y" in text or "d" in text or "mmm" in text or ("m" in text and not clock) or "gge" in text:
        return Shown.DATE
    return Shown.CLOCK if clock else Shown.NUMBER


def _holds(value: float, sign: str, limit: float) -> bool:
    return {
        "<": value < limit,
        "<=": value <= limit,
        ">": value > limit,
        ">=": value >= limit,
        "=": value == limit,
        "<>": value != limit,
    }[sign]


def dated(value: float, shown: Shown, from_1904: bool) -> str | None:
    """A day number as ISO 8601 text, to the millisecond, which is as fine as a workbook shows; None where no such day
    exists and the number stays a number.

    A time that is shown without a day is a time only if it has no day; elapsed hours go on beyond 24.
    """
    if shown is Shown.ELAPSED:
        return _elapsed(value)
    if not 0 <= value < LAST_DAY - (1462 if from_1904 else 0):
        return None
    total = round(value * _MS)
    days, rest = divmod(total, _MS)
    if shown is Shown.CLOCK and days == 0:
        return _clock(rest)
    if from_1904:
        base = datetime(1904, 1, 1)  # noqa: DTZ001 - a workbook tells the time on the wall
    elif days == 60 or days == 0:
        return None  # 1900-02-29 and 1900-01-00 are no days
    else:
        base = datetime(1899, 12, 30 if days > 60 else 31)  # noqa: DTZ001
    try:
        moment = base + timedelta(days=days)
    except OverflowError:
        return None
    day = f"{moment.year:04}-{moment.month:02}-{moment.day:02}"
    return day if not rest and shown is Shown.DATE else f"{day} {_clock(rest)}"


def _clock(milliseconds: int) -> str:
    seconds, ms = divmod(milliseconds, 1000)
    minutes, second = divmod(seconds, 60)
    text = f"{minutes // 60:02}:{minutes % 60:02}:{second:02}"
    return f"{text}.{ms:03}" if ms else text


def _elapsed(value: float) -> str | None:
    if abs(value) >= LAST_DAY:
        return None
    return elapsed_text(round(value * _MS))


def elapsed_text(milliseconds: int) -> str:
    """Elapsed time as hours, minutes and seconds; hours go on beyond 24."""
    text = _clock(abs(milliseconds))
    return f"-{text}" if milliseconds < 0 else text


def number_text(raw: str) -> tuple[str, bool]:
    """A number as a workbook stores it, as text that is the same number, and whether it has more digits than a
    spreadsheet program keeps.

    Up to 15 digits it is letter for letter, but for zeros alone behind the point: 12.0 is 12. Sixteen and seventeen
    digits are how a spreadsheet program writes a binary number: 0.10000000000000001 is 0.1. Numbers with an exponent
    are written out up to 21 digits. Integers, and what is longer, stay letter for letter.
    """
    if len(raw) <= 15 and "E" not in raw and "e" not in raw:
        whole, point, fraction = raw.partition(".")
        return (whole if point and whole and not fraction.strip("0") else raw), False
    digits = raw[1:] if raw[:1] == "-" else raw
    if digits.isascii() and digits.isdigit():
        return raw, len(digits.lstrip("0")) > 15
    try:
        value = float(raw)
    except ValueError:
        return raw, False
    if not -1e300 < value < 1e300:  # no number, or beyond what can be told exactly
        return raw, False
    if len(digits) > 18 and len(re.split("[eE]", digits, maxsplit=1)[0].replace(".", "").lstrip("0")) > 17:
        return raw, True
    return binary_text(value), value.is_integer() and abs(value) >= EXACT


def binary_text(value: float) -> str:
    """The shortest digits that give back this binary number, written out up to 21 of them."""
    if value.is_integer() and abs(value) < 1e21:
        return str(int(Decimal(repr(value))))
    return repr(value)
