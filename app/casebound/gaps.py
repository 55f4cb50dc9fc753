"""Silence in a source: stretches without rows that stand out, and how its rows fill the window that was stated.

A stretch is told, never judged: it may be a night, a holiday, a broken pipe or a deletion. The rule, stated with every
answer: of each hour of the day (UTC), the longest interval that began in it is taken for every day; nine days in ten
stay at or below the *usual* of that hour. An interval longer than three times the usual, and than one minute, is a gap
where at least ten rows would be expected: as many as those hours hold on average over the days of the source.
Where an hour of the day was seen on fewer than four days, the usual of all hours together is taken.

Times are sorted int64 microseconds since 1970 UTC. Sixteen million cost less than a second and some 40 MB.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Int64s = NDArray[np.int64]

FACTOR: Final = 3
SHORTEST_US: Final = 60_000_000
FEWEST_ROWS: Final = 20
FEWEST_DAYS: Final = 4
FEWEST_EXPECTED: Final = 10
RULE: Final = (
    "A stretch is listed when no row falls into it for more than 3 times the longest interval that is usual for rows "
    "of that hour of the day (UTC), the one that 9 days in 10 do not exceed, and at least 10 rows would be expected "
    "there by the average of those hours. Shorter than a minute is never listed. "
    "No rows are there; it does not say why."
)
_HOUR: Final = 3_600_000_000
_BLOCK: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Gap:
    """No rows between `start_us` and `end_us`, which are the times of rows themselves."""

    start_us: int
    end_us: int
    usual_us: int  # the longest interval that is usual where it begins
    expected: int  # rows that these hours of the day hold on average

    @property
    def length_us(self) -> int:
        return self.end_us - self.start_us


@dataclass(frozen=True, slots=True)
class Coverage:
    """The window that was stated and the rows that came. An edge of the window is None where none was stated."""

    window_start_us: int | None
    window_end_us: int | None
    first_us: int | None
    last_us: int | None
    before: int  # rows before the window
    after: int  # rows after it

    @property
    def outside(self) -> int:
        return self.before + self.after

    @property
    def silent_before_us(self) -> int:
        """From the window's beginning to the first row; 0 where rows stand there or no window was stated."""
        if self.window_start_us is None or self.first_us is None:
            return 0
        return max(0, self.first_us - self.window_start_us)

    @property
    def silent_after_us(self) -> int:
        """From the last row to the window's end."""
        if self.window_end_us is None or self.last_us is None:
            return 0
        return max(0, self.window_end_us - self.last_us)


def gaps(times: Int64s, *, factor: int = FACTOR) -> tuple[Gap, ...]:
    """The silent stretches of one source, in order of time. None are told of fewer than 20 rows."""
    if len(times) < FEWEST_ROWS:
        return ()
    hours, longest, rows = _by_hour(times)
    usual = _usual(hours % 24, longest)
    ordinary = _Ordinary(hours, rows)
    limits = np.maximum(usual[hours % 24] * factor, SHORTEST_US)
    found = []
    for place in np.flatnonzero(longest > limits).tolist():
        limit, hour = int(limits[place]), int(hours[place])
        low, high = np.searchsorted(times, np.array([hour * _HOUR, (hour + 1) * _HOUR], dtype=np.int64))
        begun = times[low : min(int(high) + 1, len(times))]
        for at in np.flatnonzero(np.diff(begun) > limit).tolist():
            start, end = int(begun[at]), int(begun[at + 1])
            expected = ordinary.rows(start, end)
            if expected >= FEWEST_EXPECTED:
                found.append(Gap(start, end, int(usual[hour % 24]), expected))
    return tuple(found)


class _Ordinary:
    """How many rows a stretch of time holds on average, by the hours of the day it covers. Whole numbers throughout."""

    def __init__(self, hours: Int64s, rows: Int64s) -> None:
        self._days = int(hours[-1]) // 24 - int(hours[0]) // 24 + 1
        self._rows = [int(rows[hours % 24 == hour].sum()) for hour in range(24)]

    def rows(self, start: int, end: int) -> int:
        return (self._until(end) - self._until(start)) // (_HOUR * self._days)

    def _until(self, time: int) -> int:
        """Rows times microseconds from 1970 to `time`, were every day like the average of them."""
        hours, rest = divmod(time, _HOUR)
        days, hour = divmod(hours, 24)
        return (days * sum(self._rows) + sum(self._rows[:hour])) * _HOUR + self._rows[hour] * rest


def _by_hour(times: Int64s) -> tuple[Int64s, Int64s, Int64s]:
    """Every hour (since 1970) in which an interval begins, the longest of those, and how many rows the hour holds."""
    hours, longest, rows = [], [], []
    for start in range(0, len(times) - 1, _BLOCK):
        block = np.asarray(times[start : start + _BLOCK + 1])
        intervals, of = np.diff(block), block[:-1] // _HOUR
        firsts = np.concatenate(([0], np.flatnonzero(np.diff(of)) + 1))
        hours.append(of[firsts])
        longest.append(np.maximum.reduceat(intervals, firsts))
        rows.append(np.diff(np.append(firsts, len(of))))
    joined, most, held = np.concatenate(hours), np.concatenate(longest), np.concatenate(rows)
    firsts = np.concatenate(([0], np.flatnonzero(np.diff(joined)) + 1))  # an hour may lie in two blocks
    return joined[firsts], np.maximum.reduceat(most, firsts), np.add.reduceat(held, firsts)


def _usual(of_day: Int64s, longest: Int64s) -> Int64s:
    """For each of the 24 hours of the day, the longest interval that nine days in ten do not exceed."""
    everywhere = _ninth_tenth(longest)
    usual = np.full(24, everywhere, dtype=np.int64)
    for hour in range(24):
        own = longest[of_day == hour]
        if len(own) >= FEWEST_DAYS:
            usual[hour] = _ninth_tenth(own)
    return usual


def _ninth_tenth(values: Int64s) -> int:
    place = 9 * (len(values) - 1) // 10
    return int(np.partition(values, place)[place])


def coverage(times: Int64s, window_start_us: int | None, window_end_us: int | None) -> Coverage:
    """How rows fill a stated window. A row at the very end of the window is inside it."""
    count = len(times)
    before = int(np.searchsorted(times, np.int64(window_start_us))) if window_start_us is not None else 0
    within = int(np.searchsorted(times, np.int64(window_end_us), side="right")) if window_end_us is not None else count
    first, last = (int(times[0]), int(times[-1])) if count else (None, None)
    return Coverage(window_start_us, window_end_us, first, last, before, count - within)


def density(times: Int64s, start_us: int, end_us: int, bins: int) -> Int64s:
    """Exact counts of rows in `bins` equal parts of a stretch of time, for a strip of that many pixels."""
    edges = np.linspace(start_us, end_us, bins + 1).astype(np.int64)
    edges[-1] += 1  # the last row belongs to the last part
    return np.diff(np.searchsorted(times, edges)).astype(np.int64)


def duration(microseconds: int) -> str:
    """A length of time in words: "3 d 4 h", "2 h 5 min", "41 s"."""
    seconds = microseconds // 1_000_000
    if seconds < 60:
        return f"{seconds} s" if seconds else f"{microseconds / 1000:g} ms"
    days, rest = divmod(seconds, 86_400)
    hours, rest = divmod(rest, 3_600)
    minutes = rest // 60
    if days >= 10:
        return f"{days:,} d"
    parts = ((days, "d"), (hours, "h"), (minutes, "min"))
    told = [f"{value} {unit}" for value, unit in parts if value]
    return " ".join(told[:2])
