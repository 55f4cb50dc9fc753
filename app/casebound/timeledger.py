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
class TimesRead:
    """Times that were read in one way. `precision_us` and `uncertain_us` are those of `casebound.moments.Moment`."""

    rule: str
    zone: str
    zone_origin: str
    note: str
    precision_us: int
    uncertain_us: int
    count: int
    example: str  # one time as it was written


def time_ledger(rows: Generations, generations: Sequence[Generation]) -> list[TimesRead]:
    """The ways in which the times of some generations of one source were read: the most frequent first."""
    found: dict[TimesRead, TimesRead] = {}
    for one in generations:
        for each in _of(rows, one) if one.timed else ():
            key = replace(each, count=0, example="")
            old = found.get(key)
            found[key] = replace(old, count=old.count + each.count) if old else each
    return sorted(found.values(), key=lambda each: (-each.count, each.rule, each.zone, each.note))


def _of(rows: Generations, one: Generation) -> list[TimesRead]:
    raw = f"CAST(r.{name_sql(one.source.mapping.named(ColumnRole.TIME))} AS VARCHAR)"
    # The first row of each way by position: two columns of integers are read, and the text of those rows only.
    sql = f"""SELECT w.rule, w.zone, w.zone_origin, w.note, w.precision_us, w.uncertain_us, w."count", {raw}
        FROM {one.store}.readings AS w
        JOIN (SELECT _reading, min(_position) AS least FROM {one.store}.rows GROUP BY _reading) AS f
            ON f._reading = w.code
        JOIN {one.store}.rows AS r ON r._position = f.least ORDER BY w.code"""
    with closing(rows.cursor()) as cursor:
        if one.first_version:
            # Rows that an earlier version wrote: it kept zone and note with each of them, and no rule.
            sql = f"""SELECT '', _zone, _zone_origin, _note, 1, 0, count(*), arg_min(_time_raw, _position)
                FROM {one.store}.rows GROUP BY _zone, _zone_origin, _note"""
        return [
            TimesRead(rule, zone, origin, note, int(precision), int(uncertain), int(count), example or "")
            for rule, zone, origin, note, precision, uncertain, count, example in ask(cursor, sql)
        ]
