"""One value followed everywhere: every column of every source that holds exactly it, also rows without a time.

Counted on the stores themselves, each column of each source at a time; a filter says which events these are together.
"""

# ruff: noqa: S608 - names are quoted by casebound.sqltext, values are quoted literals

from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass

import numpy as np

from casebound.case import Event
from casebound.duck import ask, watched
from casebound.errors import BadRequest
from casebound.events import Events
from casebound.filter_sql import condition
from casebound.filter_tree import Equal, Filter
from casebound.filtering import term
from casebound.gaps import Gap, gaps
from casebound.generations import Generation
from casebound.work import Progress, silent


@dataclass(frozen=True, slots=True)
class Place:
    """One column of one source that holds the value in `rows` rows, the first of them at `line` of the original.

    Times are None where the table has none: its rows stand on no timeline.
    """

    source: int
    column: str
    rows: int
    line: int
    first_us: int | None
    last_us: int | None


@dataclass(frozen=True, slots=True)
class Presence:
    """How many rows of a source hold the value, in whichever column."""

    source: int
    rows: int
    timed: bool
    first_us: int | None
    last_us: int | None


@dataclass(frozen=True, slots=True)
class Followed:
    """Where a value stands. `count` events hold it, out of `of`; `untimed` further rows are on no timeline."""

    value: str
    places: tuple[Place, ...]  # by source, then by the order of its columns
    sources: tuple[Presence, ...]
    count: int
    of: int
    untimed: int
    first: Event | None
    last: Event | None
    longest: tuple[int, int] | None  # the two neighbouring events with the most time between them: their times
    silences: tuple[Gap, ...]  # by the rule of `casebound.gaps`
    where: str  # a filter for exactly these events; "" where there are none


def follow(events: Events, value: str, progress: Progress = silent) -> Followed:
    """Find a value in every column of every source. Raises `BadRequest` for an empty one."""
    if not value:
        raise BadRequest("An empty value cannot be followed.", "Choose a value that says something.")
    places: list[Place] = []
    sources: list[Presence] = []
    for number, source in enumerate(events.sources):
        progress(number, len(events.sources), f"Looking through {source.name}")
        for one in events.parts(source.number)[1]:
            found, presence = _in(one, value, progress)
            places += found
            sources += [presence] if presence is not None else []
    where = " OR ".join(dict.fromkeys(term(at.column.lower(), value) for at in places if at.first_us is not None))
    chosen = events.select(where) if where else None
    times = events.times[chosen.positions] if chosen is not None else np.empty(0, dtype=np.int64)
    ends = events.page(0, 1, chosen) + events.page(len(times) - 1, len(times), chosen) if len(times) else []
    longest = None
    if len(times) > 1:
        at = int(np.argmax(np.diff(times)))
        longest = (int(times[at]), int(times[at + 1]))
    return Followed(
        value,
        _joined_places(places),
        _joined_sources(sources),
        len(times),
        events.count,
        sum(one.rows for one in sources if not one.timed),
        ends[0] if ends else None,
        ends[-1] if ends else None,
        longest,
        gaps(times),
        where,
    )


def _in(one: Generation, value: str, progress: Progress) -> tuple[list[Place], Presence | None]:
    """Where the value stands in the rows that were read together."""
    names = [name for name in one.scope.columns if _test(one, name, value) != "false"]
    if not names:
        return [], None
    tests = [_test(one, name, value) for name in names]
    either = " OR ".join(tests)
    asked = ", ".join(
        f"count(*) FILTER ({test}), min(_line) FILTER ({test}), min(_time_us) FILTER ({test}), "
        f"max(_time_us) FILTER ({test})"
        for test in (*tests, f"({either})")
    )
    with closing(one.cursor()) as cursor:
        # The last four say the same of the row as a whole: a row that holds the value twice is one row.
        selected = ", ".join(f"c{place}" for place in range(4 * len(tests) + 4))
        sql = f"CREATE OR REPLACE TEMP TABLE followed({selected}) AS SELECT {asked} FROM {one.store}.rows"
        watched(cursor, f"{sql} WHERE {either}", progress, f"Looking through {one.source.name}")
        (answer,) = ask(cursor, "SELECT * FROM followed")
    told = [answer[at : at + 4] for at in range(0, len(answer), 4)]
    places = [
        Place(one.source.number, name, int(rows), int(line), *_moved(one, first, last))
        for name, (rows, line, first, last) in zip(names, told[:-1], strict=True)
        if rows
    ]
    rows, _, first, last = told[-1]
    presence = Presence(one.source.number, int(rows), one.timed, *_moved(one, first, last)) if rows else None
    return places, presence


def _test(one: Generation, column: str, value: str) -> str:
    return condition(Filter("", Equal(column, value, 0)), one.scope)


def _moved(one: Generation, first: int | None, last: int | None) -> tuple[int | None, int | None]:
    """Times with the correction of the clock; none in a table that stands on no timeline."""
    if not one.timed or first is None or last is None:
        return None, None
    return int(first) + one.shift_us, int(last) + one.shift_us


def _joined_places(places: Iterable[Place]) -> tuple[Place, ...]:
    """Rows that were read again stand with those of their source."""
    found: dict[tuple[int, str], Place] = {}
    for one in places:
        key = (one.source, one.column.lower())
        old = found.get(key)
        if old is not None:
            span = _span(old.first_us, old.last_us, one.first_us, one.last_us)
            one = Place(one.source, old.column, old.rows + one.rows, min(old.line, one.line), *span)
        found[key] = one
    return tuple(found.values())


def _joined_sources(sources: Iterable[Presence]) -> tuple[Presence, ...]:
    found: dict[tuple[int, bool], Presence] = {}
    for one in sources:
        old = found.get((one.source, one.timed))
        if old is not None:
            span = _span(old.first_us, old.last_us, one.first_us, one.last_us)
            one = Presence(one.source, old.rows + one.rows, one.timed, *span)
        found[one.source, one.timed] = one
    return tuple(found.values())


def _span(*times: int | None) -> tuple[int | None, int | None]:
    known = [time for time in times if time is not None]
    return (min(known), max(known)) if known else (None, None)
