"""The usual notations of time read by array operations, many at once; every other value is left to `casebound.moments`.

Texts lie in one buffer of bytes, each with its start and length. What is read here is exactly what `moments.read` would
have read (a test holds them to it); the arrays are there for speed only.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Int64s = NDArray[np.int64]
Bytes = NDArray[np.uint8]

_SECOND = 1_000_000
_DAY = 86_400 * _SECOND
_SHORTEST, _LONGEST = len("2026-03-01T10:00:00"), len("2026-03-01T10:00:00.123456789+00:00")
NO_ZONE = -(2**31)
COUNTS = {
    "epoch-s": ("seconds since 1970", 1, _SECOND),
    "epoch-ms": ("milliseconds since 1970", 1, 1_000),
    "epoch-us": ("microseconds since 1970", 1, 1),
    "epoch-ns": ("nanoseconds since 1970", 1_000, 1),
}
"""Format → (rule, what to divide by, microseconds in one)."""
_BY_LENGTH = {10: "epoch-s", 13: "epoch-ms", 16: "epoch-us", 19: "epoch-ns"}
_CHUNK = 1 << 16  # texts looked at together, so that their bytes stay in the processor's cache


@dataclass(frozen=True, slots=True)
class Group:
    """Texts of one notation. `local_us` is wall-clock time; `offset_s` is NO_ZONE where the text carries none."""

    rule: str
    index: Int64s  # which texts
    local_us: Int64s
    offset_s: Int64s
    utc_words: NDArray[np.bool_]  # whether the zone is written Z, or meant by the notation
    precision_us: int
    lost: NDArray[np.bool_]  # whether digits beyond microseconds say something


def usual(data: Bytes, starts: Int64s, lengths: Int64s, time_format: str) -> Iterator[Group]:
    """The texts that can be read at once: ISO 8601 with seconds, and whole numbers counted from 1970."""
    if time_format not in ("auto", *COUNTS):
        return
    for first in range(0, len(starts), _CHUNK):
        part = slice(first, first + _CHUNK)
        own = lengths[part]
        for length in np.unique(own).tolist():
            if not 1 <= length <= _LONGEST:
                continue
            index = np.flatnonzero(own == length) + first
            unit = _unit(length, time_format)
            if not unit and not (time_format == "auto" and length >= _SHORTEST):
                continue
            cells = data[starts[index][:, None] + np.arange(length)]
            if unit:
                digits = np.logical_and(cells >= 48, cells <= 57).all(axis=1)
                if digits.any():
                    yield _counted(cells[digits], index[digits], unit)
                if digits.all() or time_format != "auto":
                    continue
                index, cells = index[~digits], cells[~digits]
            if length >= _SHORTEST:
                yield from _iso(cells, index)


def _unit(length: int, time_format: str) -> str:
    if time_format == "auto":
        return _BY_LENGTH.get(length, "")
    return time_format if length <= 18 else ""


def _counted(cells: Bytes, index: Int64s, unit: str) -> Group:
    rule, divisor, factor = COUNTS[unit]
    value = _number(cells)
    lost = value % divisor != 0
    # 18 nines of seconds are beyond every calendar, and beyond int64 as microseconds.
    far = value > 2**62 // factor
    local = np.where(far, 2**62, value // divisor * np.where(far, 1, factor))
    none = np.zeros(len(index), dtype=np.int64)
    return Group(rule, index, local, none, np.ones(len(index), dtype=bool), factor, lost)


def _number(cells: Bytes) -> Int64s:
    """Rows of digits as numbers, at most 19 of them."""
    value = np.zeros(len(cells), dtype=np.int64)
    for column in range(cells.shape[1]):
        value *= 10
        value += cells[:, column]
        value -= 48
    return value


def _iso(cells: Bytes, index: Int64s) -> Iterator[Group]:
    fine = (cells[:, 4] == 45) & (cells[:, 7] == 45) & (cells[:, 13] == 58) & (cells[:, 16] == 58)
    fine &= (cells[:, 10] == 84) | (cells[:, 10] == 32)
    number = (cells >= 48) & (cells <= 57)
    fine &= number[:, [0, 1, 2, 3, 5, 6, 8, 9, 11, 12, 14, 15, 17, 18]].all(axis=1)
    length = cells.shape[1]
    last = cells[:, -1]
    zulu = last == 90
    colon = np.zeros(len(cells), dtype=bool)
    plain = colon.copy()
    if length >= _SHORTEST + 6:
        sign = (cells[:, -6] == 43) | (cells[:, -6] == 45)
        colon = sign & (cells[:, -3] == 58) & number[:, [-5, -4, -2, -1]].all(axis=1)
    if length >= _SHORTEST + 5:
        sign = (cells[:, -5] == 43) | (cells[:, -5] == 45)
        plain = sign & number[:, -4:].all(axis=1)
    bare = ~zulu & ~colon & ~plain
    for kind, size in ((bare, 0), (zulu, 1), (plain, 5), (colon, 6)):
        digits = length - _SHORTEST - size
        if digits < 0 or digits == 1 or digits > 10:
            continue
        chosen = fine & kind
        if digits:
            chosen &= (cells[:, 19] == 46) & number[:, 20 : 19 + digits].all(axis=1)
        if chosen.any():
            yield from _read_iso(cells[chosen], index[chosen], size, digits - 1 if digits else 0)


def _read_iso(cells: Bytes, index: Int64s, size: int, digits: int) -> Iterator[Group]:
    """`size` is the length of the zone, `digits` of the fraction."""
    year, month, day = _number(cells[:, :4]), _number(cells[:, 5:7]), _number(cells[:, 8:10])
    hour, minute, second = _number(cells[:, 11:13]), _number(cells[:, 14:16]), _number(cells[:, 17:19])
    fine = (year >= 1) & (month >= 1) & (month <= 12) & (day >= 1) & (hour <= 23) & (minute <= 59) & (second <= 59)
    month = np.where(fine, month, 1)
    fine &= day <= _days_in(year, month)
    local = _days(year, month, day) * _DAY + ((hour * 60 + minute) * 60 + second) * _SECOND
    lost = np.zeros(len(cells), dtype=bool)
    if digits:
        kept = min(digits, 6)
        local += _number(cells[:, 20 : 20 + kept]) * 10 ** (6 - kept)
        if digits > 6:
            lost = _number(cells[:, 26 : 20 + digits]) > 0
    offset = np.full(len(cells), NO_ZONE if size == 0 else 0, dtype=np.int64)
    if size >= 5:
        tail = cells[:, -size:]
        hours, minutes = _number(tail[:, 1:3]), _number(tail[:, -2:])
        fine &= (hours <= 23) & (minutes <= 59)
        offset = (hours * 60 + minutes) * 60 * np.where(tail[:, 0] == 45, -1, 1)
    precision = 10 ** (6 - min(digits, 6))
    yield Group(
        "ISO 8601",
        index[fine],
        local[fine],
        offset[fine],
        np.full(int(fine.sum()), size == 1, dtype=bool),
        precision,
        lost[fine],
    )


def _days_in(year: Int64s, month: Int64s) -> Int64s:
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    usual_days: Int64s = np.array([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31], dtype=np.int64)[month]
    usual_days += leap & (month == 2)
    return usual_days


def _days(year: Int64s, month: Int64s, day: Int64s) -> Int64s:
    """Days from 1970-01-01 in the proleptic Gregorian calendar: counted in years that begin in March."""
    shifted = year - (month <= 2)
    era, of_era = shifted // 400, shifted % 400
    of_year = (153 * ((month + 9) % 12) + 2) // 5 + day - 1
    days: Int64s = era * 146_097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719_468
    return days
