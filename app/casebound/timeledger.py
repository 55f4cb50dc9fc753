"""The time ledger of a source: in which ways its times were read, how many each, and an example as it was written."""

# ruff: noqa: S608 - names are our own, values are numbers

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace

from casebound.case import ColumnRole
from casebound.duck import ask
from casebound.generations import Generation, Generations
from casebound.sqltext import name_sql


@dataclass(frozen=True, slots=True)
class TimeReading:
    """One way in which times were read. `precision_us` and `uncertain_us` are those of `casebound.moments.Moment`."""

    rule: str
    zone: str
    zone_origin: str
    note: str
    precision_us: int
    uncertain_us: int
    count: int
    example: str  # one time as it was written


def readings(rows: Generations, generations: Sequence[Generation]) -> list[TimeReading]:
    """The ways in which the times of some generations of one source were read: the most frequent first."""
    found: dict[TimeReading, TimeReading] = {}
    for one in generations:
        for each in _of(rows, one) if one.timed else ():
            key = replace(each, count=0, example="")
            old = found.get(key)
            found[key] = replace(old, count=old.count + each.count) if old else each
    return sorted(found.values(), key=lambda each: (-each.count, each.rule, each.zone, each.note))


def _of(rows: Generations, one: Generation) -> list[TimeReading]:
    raw = f"CAST({name_sql(one.source.mapping.named(ColumnRole.TIME))} AS VARCHAR)"
    # The first row of each way by position: two columns of integers are read, and the text of those rows only.
    sql = f"""SELECT rule, zone, zone_origin, note, precision_us, uncertain_us, "count", {raw}
        FROM {one.store}.readings
        JOIN (SELECT _reading, min(_position) AS first FROM {one.store}.rows GROUP BY _reading) ON _reading = code
        JOIN {one.store}.rows AS r ON r._position = first ORDER BY code"""
    with closing(rows.cursor()) as cursor:
        kept = ask(
            cursor,
            "SELECT count(*) FROM duckdb_tables() WHERE database_name = ? AND table_name = 'readings'",
            [one.store],
        )
        if not kept[0][0]:
            # Rows that an earlier version wrote: it kept zone and note with each of them, and no rule.
            sql = f"""SELECT '', _zone, _zone_origin, _note, 1, 0, count(*), arg_min(_time_raw, _position)
                FROM {one.store}.rows GROUP BY _zone, _zone_origin, _note"""
        return [
            TimeReading(rule, zone, origin, note, int(precision), int(uncertain), int(count), example or "")
            for rule, zone, origin, note, precision, uncertain, count, example in ask(cursor, sql)
        ]
