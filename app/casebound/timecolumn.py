"""Reading the time column of many rows: the usual notations by DuckDB, every other value by `casebound.moments`.

Both ways give the same result (a test holds them to it); the first is there for speed only.
"""

# ruff: noqa: S608 - names are quoted by casebound.sqltext, values are parameters or quoted literals

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

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
    read,
    settle,
)
from casebound.sqltext import name_sql
from casebound.zones import CERTAIN, Zone

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_ISO = (
    r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])[T ]([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"
    r"(\.[0-9]{1,9})?(Z|[+-]([01][0-9]|2[0-3]):?[0-5][0-9])?"
)
_SECOND = 1_000_000


@dataclass(slots=True)
class Times:
    """One entry for each row of a block, in its order. Where `reasons` has an entry the row has no time."""

    time_us: NDArray[np.int64]
    zone: NDArray[np.object_]
    origin: NDArray[np.object_]
    note: NDArray[np.object_]
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
    days: DayMonth = field(default_factory=DayMonth)
    base: TimeBase | None = None  # what relative times are counted from

    def read_block(self, connection: DuckDBPyConnection, table: str, column: str) -> Times:
        """The times of a table that DuckDB holds, in its insertion order."""
        found = connection.execute(_query(table, column, self.time_format)).fetchnumpy()
        values = _objects(found["value"])
        size = len(values)
        times = Times(
            np.zeros(size, dtype=np.int64),
            np.full(size, self.zone.name, dtype=object),
            np.full(size, self.zone_origin, dtype=object),
            np.full(size, "", dtype=object),
        )
        easy = _ints(found["local_us"], -1)
        offsets = _ints(found["offset_s"], 0)
        marked: Any = found["zone"]
        bare = np.ma.getmaskarray(marked)
        good = easy >= 0
        times.time_us[:] = easy - offsets * _SECOND
        own = good & ~bare
        times.zone[own] = np.ma.getdata(marked)[own]
        times.origin[own] = IN_VALUE
        times.note[good & (_ints(found["lost"], 0) > 0)] = FRACTION_NOTE
        local = np.flatnonzero(good & bare)
        if len(local):
            utc, flags = self.zone.to_utc(easy[local])
            times.time_us[local] = utc
            for index in np.flatnonzero(flags != CERTAIN):
                row = local[index]
                words = doubt(int(flags[index]), self.zone.name)
                times.note[row] = f"{times.note[row]}; {words}" if times.note[row] else words
        # What lies outside carries a note about its year.
        good &= (times.time_us >= PLAIN_FROM_US) & (times.time_us < PLAIN_UNTIL_US)
        for row in np.flatnonzero(~good).tolist():
            self._slowly(values[row] or "", row, times)
        return times

    def _slowly(self, value: str, row: int, times: Times) -> None:
        found = read(value, self.time_format)
        self.days.count(found, value)
        if isinstance(found, Ambiguous):
            found = found.day_first  # stands only until the count of these is known; none is ever kept
        moment = settle(found, self.zone, self.zone_origin, self.base) if isinstance(found, Reading) else found
        if isinstance(moment, Moment):
            times.time_us[row], times.zone[row] = moment.time_us, moment.zone
            times.origin[row], times.note[row] = moment.zone_origin, moment.note
        else:
            times.time_us[row] = 0
            times.reasons[row] = moment


def _query(table: str, column: str, time_format: str) -> str:
    value = name_sql(column)
    if time_format != "auto":
        nothing = "NULL::BIGINT AS local_us, NULL::BIGINT AS offset_s, NULL::VARCHAR AS zone, 0::BIGINT AS lost"
        return f"SELECT {value} AS value, {nothing} FROM {name_sql(table)}"
    return f"""
        WITH texts AS (SELECT {value} AS value, trim({value}, ' ') AS v FROM {name_sql(table)}),
        shapes AS (
            SELECT value, v, regexp_full_match(v, '{_ISO}') AS iso,
                CASE WHEN regexp_full_match(v, '[0-9]+') AND length(v) IN (10, 13, 16, 19) THEN length(v) END AS digits,
            FROM texts
        ),
        parts AS (
            SELECT *, CASE WHEN iso THEN regexp_extract(substr(v, 20), '^\\.([0-9]+)', 1) ELSE '' END AS fraction,
                CASE WHEN iso THEN nullif(regexp_extract(substr(v, 20), '(Z|[+-][0-9:]+)$', 1), '') END AS written,
            FROM shapes
        )
        SELECT value,
            CASE WHEN iso THEN epoch_us(TRY_CAST(replace(substr(v, 1, 19), 'T', ' ') AS TIMESTAMP))
                    + CAST(rpad(substr(fraction, 1, 6), 6, '0') AS BIGINT)
                WHEN digits = 10 THEN TRY_CAST(v AS BIGINT) * 1000000
                WHEN digits = 13 THEN TRY_CAST(v AS BIGINT) * 1000
                WHEN digits = 16 THEN TRY_CAST(v AS BIGINT)
                WHEN digits = 19 THEN TRY_CAST(v AS BIGINT) // 1000 END AS local_us,
            CASE WHEN written IS NOT NULL AND written <> 'Z' THEN
                (CASE WHEN written[1] = '-' THEN -1 ELSE 1 END)
                * (CAST(substr(written, 2, 2) AS BIGINT) * 3600 + CAST(right(written, 2) AS BIGINT) * 60)
                ELSE 0 END AS offset_s,
            CASE WHEN digits IS NOT NULL OR written = 'Z' THEN 'UTC'
                WHEN written IS NULL THEN NULL
                WHEN replace(written, '-', '+') IN ('+00:00', '+0000') THEN '+00:00'
                ELSE substr(written, 1, 3) || ':' || right(written, 2) END AS zone,
            CASE WHEN iso AND regexp_matches(substr(fraction, 7), '[1-9]') THEN 1
                WHEN digits = 19 AND right(v, 3) <> '000' THEN 1 ELSE 0 END::BIGINT AS lost,
        FROM parts"""


def _ints(column: Any, missing: int) -> NDArray[np.int64]:
    filled = column.filled(missing) if isinstance(column, np.ma.MaskedArray) else column
    result: NDArray[np.int64] = np.asarray(filled, dtype=np.int64)
    return result


def _objects(column: Any) -> list[str | None]:
    if isinstance(column, np.ma.MaskedArray):
        mask = np.ma.getmaskarray(column)
        return [None if missing else value for value, missing in zip(column.data, mask, strict=True)]
    return list(column)
