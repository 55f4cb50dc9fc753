"""Bursts: stretches in which far more rows came than the source's own habit has them. Beside `casebound.gaps`.

A stretch is told, never judged: it may be a release day, a batch job, a backlog that was delivered at once, or somebody
driving many accounts. The rule, stated with every answer: time is cut into intervals of one length from the first row
on. Of each hour of the day (counted from the first row, too) 19 intervals in 20 hold no more rows than the *usual* of
that hour, empty intervals included; where an hour was seen on fewer than four days, the usual of all intervals is
taken. An interval with more than three times the usual, and with at least twenty rows, is pointed out; such intervals
side by side are one burst. Fewer than twenty intervals tell nothing.

Everything counts from the first row: moving all times by a constant moves the answer by it and changes nothing else.
Times are sorted int64 microseconds since 1970 UTC. Only intervals with rows are ever held, so that centuries between
two rows cost nothing; sixteen million rows cost well under a second and some 40 MB.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from casebound.gaps import duration

Int64s = NDArray[np.int64]

MINUTE_US: Final = 60_000_000
HOUR_US: Final = 3_600_000_000
WIDTH_US: Final = 5 * MINUTE_US
FACTOR: Final = 3
FEWEST_ROWS: Final = 20
FEWEST_INTERVALS: Final = 20
FEWEST_DAYS: Final = 4
WIDTHS: Final = (MINUTE_US, 5 * MINUTE_US, 15 * MINUTE_US, HOUR_US)  # those a person can choose; each divides an hour
_BLOCK: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Rule:
    """What counts as a burst. Stated with every answer, and changeable."""

    width_us: int = WIDTH_US
    factor: int = FACTOR
    fewest: int = FEWEST_ROWS

    @property
    def words(self) -> str:
        """The rule as a person reads it."""
        return (
            f"Time is cut into intervals of {duration(self.width_us)} from the first row on. An interval is pointed "
            f"out when it holds at least {self.fewest:,} rows and more than {self.factor} times what is usual at that "
            "hour of the day: the number that 19 in 20 of the intervals of that hour do not exceed, empty ones "
            f"included. Fewer than {FEWEST_INTERVALS} intervals tell nothing. It says that there were many rows, "
            "not why."
        )


@dataclass(frozen=True, slots=True)
class Burst:
    """From `start_us` up to `end_us`, whole intervals: `count` rows, the fullest interval holding `peak`."""

    start_us: int
    end_us: int
    count: int
    peak: int
    intervals: int
    usual: int  # rows that 19 in 20 intervals of that hour of the day do not exceed, at the fullest interval

    @property
    def length_us(self) -> int:
        return self.end_us - self.start_us


@dataclass(frozen=True, slots=True)
class Bursts:
    """The bursts of one set of times, in the order of time, and what all the other intervals hold."""

    rule: Rule
    found: tuple[Burst, ...] = ()
    others: int = 0  # intervals that are not part of a burst
    most: int = 0  # rows in the fullest of them
    median: int = 0  # rows in the middle one of them

    def words(self, burst: Burst) -> str:
        """The numbers a burst rests on: “412 in 5 min; in the other 8,640 …”."""
        width = duration(self.rule.width_us)
        head = f"{burst.count:,} rows in {duration(burst.length_us)}"
        if burst.intervals > 1:
            head += f", at most {burst.peak:,} in {width}"
        return (
            f"{head}; usual at that hour: up to {burst.usual:,} in {width}. In the other {self.others:,} intervals "
            f"of {width} at most {self.most:,}, median {self.median:,}."
        )


def bursts(times: Int64s, rule: Rule = Rule()) -> Bursts:
    """The bursts among these sorted times, by the rule of this module."""
    if not len(times):
        return Bursts(rule)
    first, width = int(times[0]), rule.width_us
    total = (int(times[-1]) - first) // width + 1
    if total < FEWEST_INTERVALS:
        return Bursts(rule)
    numbers, counts = intervals(times, first, width)
    per_hour = max(HOUR_US // width, 1)
    usual = _usual(numbers, counts, total, per_hour)[(numbers // per_hour) % 24]
    marked = np.flatnonzero((counts > rule.factor * usual) & (counts >= rule.fewest))
    rest = np.delete(counts, marked)
    others = total - len(marked)
    most = int(rest.max()) if len(rest) else 0
    found = []
    for run in np.split(marked, np.flatnonzero(np.diff(numbers[marked]) > 1) + 1) if len(marked) else ():
        peak = int(run[np.argmax(counts[run])])
        found.append(
            Burst(
                first + int(numbers[run[0]]) * width,
                first + (int(numbers[run[-1]]) + 1) * width,
                int(counts[run].sum()),
                int(counts[peak]),
                len(run),
                int(usual[peak]),
            )
        )
    return Bursts(rule, tuple(found), others, most, at_rank(rest, others, (others - 1) // 2) if others else 0)


def intervals(times: Int64s, first: int, width: int) -> tuple[Int64s, Int64s]:
    """The numbers of the intervals that hold rows, ascending, and how many rows each holds."""
    numbers, counts = [], []
    for start in range(0, len(times), _BLOCK):
        of = (np.asarray(times[start : start + _BLOCK]) - first) // width
        firsts = np.concatenate(([0], np.flatnonzero(np.diff(of)) + 1))
        numbers.append(of[firsts])
        counts.append(np.diff(np.append(firsts, len(of))))
    joined, held = np.concatenate(numbers), np.concatenate(counts)
    firsts = np.concatenate(([0], np.flatnonzero(np.diff(joined)) + 1))  # an interval may lie in two blocks
    return joined[firsts], np.add.reduceat(held, firsts).astype(np.int64)


def _usual(numbers: Int64s, counts: Int64s, total: int, per_hour: int) -> Int64s:
    """For each of the 24 hours from the first row, what 19 in 20 of its intervals do not exceed."""
    usual = np.full(24, at_rank(counts, total, 19 * (total - 1) // 20), dtype=np.int64)
    hours = numbers // per_hour
    days, rest = divmod(total, 24 * per_hour)
    for hour in range(24):
        size = days * per_hour + min(max(rest - hour * per_hour, 0), per_hour)
        if days + (rest > hour * per_hour) >= FEWEST_DAYS:
            usual[hour] = at_rank(counts[hours % 24 == hour], size, 19 * (size - 1) // 20)
    return usual


def at_rank(filled: Int64s, size: int, rank: int) -> int:
    """The value at `rank` (from 0, ascending) of `size` counts, of which those not in `filled` are 0."""
    place = rank - (size - len(filled))
    return 0 if place < 0 else int(np.partition(filled, place)[place])
