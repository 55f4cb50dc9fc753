"""Reading the time column of many rows, and the ledger of how they were read.

The usual notations are read by array operations (`casebound.timenotations`), every other value by `casebound.moments`.
Both ways give the same result (a test holds them to it).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from casebound.moments import (
    FRACTION_NOTE,
    IN_VALUE,
    PLAIN_FROM_US,
    PLAIN_UNTIL_US,
    Ambiguous,
    Moment,
    Reading,
    TimeBase,
    Unread,
    doubt,
    joined,
    read,
    settle,
)
from casebound.timenotations import NO_ZONE, Group, usual
from casebound.zones import CERTAIN, REPEATED, Zone, offset_name

Int64s = NDArray[np.int64]
_SECOND = 1_000_000
MOST_READINGS = 65_000
"""Different ways in which the times of one table may be read: their code is 16 bits."""


@dataclass(frozen=True, slots=True)
class TimeReading:
    """One way in which times of a source were read: a line of its time ledger."""

    rule: str
    zone: str
    zone_origin: str
    note: str
    precision_us: int
    uncertain_us: int
    count: int = 0


@dataclass(slots=True)
class TimeLedger:
    """The different readings met so far, in the order of their codes."""

    lines: list[TimeReading] = field(default_factory=list)
    _codes: dict[TimeReading, int] = field(default_factory=dict)

    def code(self, reading: TimeReading) -> int:
        """The code of this way to read."""
        found = self._codes.get(reading)
        if found is None:
            if len(self.lines) >= MOST_READINGS:
                # Notes that name single values would be told apart row by row; what is uncertain is still said.
                return self.code(TimeReading(reading.rule, "various", "various", "read in many ways", 1, 0))
            found = self._codes[reading] = len(self.lines)
            self.lines.append(reading)
        return found


@dataclass(slots=True)
class Times:
    """One entry for each text, in its order. Where `reasons` has an entry the text is no time."""

    time_us: Int64s
    codes: NDArray[np.uint16]
    reasons: dict[int, Unread] = field(default_factory=dict)


@dataclass(slots=True)
class DayMonth:
    """How many times read day first, month first, or either way: what a person needs to decide."""

    either: int = 0
    day_first: int = 0
    month_first: int = 0
    example: str = ""

    def count(self, found: Reading | Unread | Ambiguous, value: str) -> None:
        if isinstance(found, Ambiguous):
            self.either += 1
            self.example = self.example or value
        elif isinstance(found, Reading) and found.rule in ("day first", "month first"):
            self.day_first += found.rule == "day first"
            self.month_first += found.rule == "month first"


@dataclass(slots=True)
class TimeColumn:
    """How the times of one column are read."""

    time_format: str
    zone: Zone
    zone_origin: str
    base: TimeBase | None = None
    days: DayMonth = field(default_factory=DayMonth)
    ledger: TimeLedger = field(default_factory=TimeLedger)

    def read(self, data: bytes, starts: Int64s, lengths: Int64s, text_of: Callable[[int], str | None]) -> Times:
        """The times of texts that lie in `data`. `text_of` gives a text as a value where the bytes are not enough."""
        size = len(starts)
        times = Times(np.zeros(size, dtype=np.int64), np.zeros(size, dtype=np.uint16))
        unread = np.ones(size, dtype=bool)
        for group in usual(np.frombuffer(data, dtype=np.uint8), starts, lengths, self.time_format):
            unread[self._settle(group, times)] = False
        for row in np.flatnonzero(unread).tolist():
            self._slowly(text_of(row) or "", row, times)
        return times

    def read_texts(self, texts: list[str | None]) -> Times:
        """The times of values."""
        encoded = [(text or "").encode("utf-8", "surrogatepass") for text in texts]
        lengths = np.fromiter(map(len, encoded), dtype=np.int64, count=len(encoded))
        starts = np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(lengths)[:-1])) if encoded else lengths
        return self.read(b"".join(encoded), starts, lengths, lambda row: texts[row])

    def _settle(self, group: Group, times: Times) -> Int64s:
        """Enter the moments of a group; returns which texts are done. What is unusual is left to the careful way."""
        utc = group.local_us - np.where(group.offset_s == NO_ZONE, 0, group.offset_s) * _SECOND
        flags = np.zeros(len(utc), dtype=np.int8)
        local = np.flatnonzero(group.offset_s == NO_ZONE)
        plain = (group.local_us >= PLAIN_FROM_US) & (group.local_us < PLAIN_UNTIL_US)
        local = local[plain[local]]
        if len(local):
            utc[local], flags[local] = self.zone.to_utc(group.local_us[local])
        done = plain & (utc >= PLAIN_FROM_US) & (utc < PLAIN_UNTIL_US)
        # One key for each row: its offset, whether UTC is in words, whether digits were lost, and the clocks' doubt.
        key = ((group.offset_s * 2 + group.utc_words) * 2 + group.lost) * 4 + flags
        found, inverse = np.unique(key, return_inverse=True)
        codes = np.zeros(len(found), dtype=np.uint16)
        for place, value in enumerate(found.tolist()):
            flag, rest = value % 4, value // 4
            if flag == REPEATED:
                done &= inverse != place  # how long the repetition is depends on the moment
                continue
            if not (done & (inverse == place)).any():
                continue
            lost, words, offset = rest % 2, rest // 2 % 2, rest // 4
            note = FRACTION_NOTE if lost else ""
            if flag != CERTAIN:
                note = joined(note, doubt(flag, self.zone.name))
            zone, origin = (
                (self.zone.name, self.zone_origin)
                if offset == NO_ZONE
                else ("UTC" if words else offset_name(offset), IN_VALUE)
            )
            codes[place] = self.ledger.code(TimeReading(group.rule, zone, origin, note, group.precision_us, 0))
        index: Int64s = group.index[done]
        times.time_us[index] = utc[done]
        times.codes[index] = codes[inverse[done]]
        return index

    def _slowly(self, value: str, row: int, times: Times) -> None:
        found = _read(value, self.time_format)
        self.days.count(found, value)
        if isinstance(found, Ambiguous):
            found = found.day_first  # stands only until the count of these is known; none is ever kept
        moment = settle(found, self.zone, self.zone_origin, self.base) if isinstance(found, Reading) else found
        if isinstance(moment, Moment):
            times.time_us[row] = moment.time_us
            times.codes[row] = self.ledger.code(
                TimeReading(
                    moment.rule,
                    moment.zone,
                    moment.zone_origin,
                    moment.note,
                    moment.precision_us,
                    moment.uncertain_us,
                )
            )
        else:
            times.reasons[row] = moment


@lru_cache(maxsize=100_000)
def _read(value: str, time_format: str) -> Reading | Unread | Ambiguous:
    """Columns of days repeat their values."""
    return read(value, time_format)
