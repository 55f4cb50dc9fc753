"""Time zones, for times that carry none.

A zone is an IANA name ("Europe/Berlin") or a fixed offset ("+02:00", "UTC"). Local times are int64 microseconds since
1970-01-01T00:00 of that zone's wall clock; results are int64 microseconds since 1970 UTC.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

import numpy as np
from numpy.typing import NDArray

from casebound.errors import BadRequest

Int64s = NDArray[np.int64]

_OFFSET = re.compile(r"([+-])(\d{1,2})(?::?(\d{2}))?")
_SECOND = 1_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

CERTAIN, SKIPPED, REPEATED = 0, 1, 2


def offset_seconds(text: str) -> int | None:
    """Seconds east of UTC for "Z", "UTC", "GMT", "+02", "+0200" or "+02:00"; None for anything else."""
    if text.upper() in ("Z", "UTC", "GMT"):
        return 0
    match = _OFFSET.fullmatch(text)
    if match is None:
        return None
    hours, minutes = int(match[2]), int(match[3] or 0)
    if hours > 23 or minutes > 59:
        return None
    seconds = hours * 3600 + minutes * 60
    return -seconds if match[1] == "-" else seconds


def offset_name(seconds: int) -> str:
    """The written form of an offset: "+02:00"."""
    sign = "-" if seconds < 0 else "+"
    return f"{sign}{abs(seconds) // 3600:02d}:{abs(seconds) % 3600 // 60:02d}"


@dataclass(frozen=True, slots=True)
class Zone:
    """How wall-clock times without a zone become UTC.

    `fixed` is the offset in seconds, or None for a zone with rules.
    """

    name: str
    fixed: int | None

    def to_utc(self, local: Int64s) -> tuple[Int64s, NDArray[np.int8]]:
        """UTC for wall-clock times, with a flag for each: CERTAIN, SKIPPED (clocks jumped over it) or REPEATED.

        A skipped time is read with the offset in force before the jump, a repeated one as its first occurrence (PEP
        495, fold 0).
        """
        flags = np.zeros(len(local), dtype=np.int8)
        if self.fixed is not None:
            return local - self.fixed * _SECOND, flags
        utc = local.copy()
        years = local.astype("datetime64[us]").astype("datetime64[Y]").astype(np.int64) + 1970
        for year in np.unique(years):
            chosen = np.flatnonzero(years == year)
            changes = _changes(self.name, int(year))
            values = local[chosen]
            step = np.searchsorted(changes.switch, values, side="right")
            utc[chosen] = values - changes.offsets[step]
            for low, high, flag in changes.doubtful:
                flags[chosen[(values >= low) & (values < high)]] = flag
        return utc, flags

    def repetition_us(self, local_us: int) -> int:
        """How much later than its first occurrence a wall-clock time occurred again; 0 where it did not."""
        if self.fixed is not None:
            return 0
        changes = _changes(self.name, int(np.datetime64(local_us, "us").astype("datetime64[Y]").astype(int)) + 1970)
        return next(
            (high - low for low, high, flag in changes.doubtful if flag == REPEATED and low <= local_us < high), 0
        )


@dataclass(frozen=True, slots=True)
class _Changes:
    switch: Int64s  # wall-clock time from which the next offset holds
    offsets: Int64s  # microseconds; one more than `switch`
    doubtful: tuple[tuple[int, int, int], ...]  # wall-clock [low, high) and its flag


@lru_cache(maxsize=10_000)  # every year once, however wild the times of a file are
def _changes(name: str, year: int) -> _Changes:
    zone = ZoneInfo(name)

    def offset(second: int) -> int:
        found = (_EPOCH + timedelta(seconds=second)).astimezone(zone).utcoffset()
        return int((found or timedelta()).total_seconds())

    # One day more on both sides: the year is the wall clock's, the probes are UTC.
    start = int((datetime(max(year, 2), 1, 1, tzinfo=UTC) - _EPOCH).total_seconds()) - 86_400
    end = int((datetime(min(year, 9998), 12, 31, tzinfo=UTC) - _EPOCH).total_seconds()) + 2 * 86_400
    switch, offsets, doubtful = [], [offset(start)], []
    # The oldest change in the tz database is of 1835; before that every zone has one local mean time.
    for day in range(start, end, 86_400) if year >= 1800 else ():
        before, after = offsets[-1], offset(day + 86_400)
        if before == after:
            continue
        low, high = day, day + 86_400
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if offset(middle) == before else (low, middle)
        switch.append((high + max(before, after)) * _SECOND)
        offsets.append(after)
        edges = ((high + min(before, after)) * _SECOND, (high + max(before, after)) * _SECOND)
        doubtful.append((*edges, SKIPPED if after > before else REPEATED))
    return _Changes(np.array(switch, dtype=np.int64), np.array(offsets, dtype=np.int64) * _SECOND, tuple(doubtful))


@lru_cache(maxsize=1)
def zone_names() -> frozenset[str]:
    """The IANA names this machine or the bundled tzdata knows."""
    return frozenset(available_timezones())


def find_zone(text: str) -> Zone:
    """The zone a person typed; "" is UTC. Raises `BadRequest` naming what is not a zone."""
    text = text.strip()
    if not text:
        return Zone("UTC", 0)
    seconds = offset_seconds(text)
    if seconds is not None:
        return Zone("UTC" if text.upper() in ("Z", "UTC", "GMT") else offset_name(seconds), seconds)
    if text in zone_names():
        return Zone(text, 0 if text in ("Etc/UTC", "Etc/GMT") else None)
    near = next((name for name in sorted(zone_names()) if name.lower() == text.lower()), "")
    raise BadRequest(
        f"“{text}” is not a time zone.",
        f"Did you mean {near}?" if near else "Use a name such as Europe/Berlin, an offset such as +02:00, or UTC.",
    )
