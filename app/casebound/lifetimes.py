"""When each value of a column is first and last seen, and which values begin, or end, together.

A group is told, never judged: accounts may begin together because somebody switched them on, because a customer
brought a whole team in, or because an export begins there. The rule, stated with every answer: the first rows of at
least five values lie within one minute, and that is more than three times what is usual, the number that 19 in 20 of
all such intervals between the first beginning and the last do not exceed, and 19 in 20 of the thirty right before and
the thirty right after: many begin in the first minutes of any export. The same of last rows. A takeover is a group
that begins within a day after another one has ended. All of it follows from the rows alone.
"""

# ruff: noqa: S608 - names are quoted by casebound.sqltext, values are quoted literals

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from casebound.bursts import MINUTE_US, at_rank, intervals
from casebound.duck import ask, watched
from casebound.errors import BadRequest
from casebound.events import Events
from casebound.filter_sql import MarkLookup, condition
from casebound.filtering import parse
from casebound.gaps import duration
from casebound.sqltext import name_sql, text_sql
from casebound.work import Progress, silent

Int64s = NDArray[np.int64]

MOST_VALUES: Final = 1_000_000  # of a column; one with more of them names rows, not somebody who acts
DAY_US: Final = 86_400_000_000
AROUND: Final = 30  # intervals before, and as many after, whose habit a group must exceed too


@dataclass(frozen=True, slots=True)
class Together:
    """What counts as beginning, or ending, together."""

    window_us: int = MINUTE_US
    fewest: int = 5
    factor: int = 3
    within_us: int = DAY_US  # between the end of one group and the beginning of the next

    @property
    def words(self) -> str:
        """The rule as a person reads it."""
        window = duration(self.window_us)
        return (
            f"A group is pointed out when the first rows (or the last rows) of at least {self.fewest} values lie "
            f"within {window}, and these are more than {self.factor} times what is usual: the number that 19 in 20 "
            f"of all intervals of {window} do not exceed, and 19 in 20 of the {AROUND} right before it and the "
            f"{AROUND} right after it. A group that begins within {duration(self.within_us)} after "
            "another one has ended is told with it. Who was there before an export begins is first seen at its "
            "beginning, and who goes on after it is last seen near its end. It says that these rows stand together, "
            "not why."
        )


@dataclass(frozen=True, slots=True)
class Lifetimes:
    """The values of a column among the events, with the times of the first and the last row of each, and how many."""

    field: str
    values: tuple[str, ...]
    first: Int64s
    last: Int64s
    counts: Int64s


@dataclass(frozen=True, slots=True)
class Group:
    """Values that begin (or end) from `start_us` to `end_us`, both times of rows."""

    start_us: int
    end_us: int
    values: tuple[str, ...]
    peak: int  # the most of them within one window
    usual: int  # how many do so within one such interval elsewhere, 19 times in 20
    at_edge: bool  # the earliest (latest) of all is among them: before (after) it nothing is known

    @property
    def length_us(self) -> int:
        return self.end_us - self.start_us


@dataclass(frozen=True, slots=True)
class Takeover:
    """A group that begins after another one has ended."""

    ended: Group
    began: Group

    @property
    def pause_us(self) -> int:
        return self.began.start_us - self.ended.end_us


def lifetimes(
    events: Events, field: str, where: str = "", *, marks: MarkLookup | None = None, progress: Progress = silent
) -> Lifetimes:
    """The first and last row of every value of a field, among the events that match a filter.

    Raises `BadRequest` for a field that no source has, and for one with more than a million values.
    """
    known, wanted = False, parse(where)
    found: dict[str, tuple[int, int, int]] = {}
    for source in events.sources:
        for one in events.parts(source.number)[1]:
            column = one.column(field)
            known = known or bool(column)
            if not column or not one.timed:
                continue
            text = f"CAST({name_sql(column)} AS VARCHAR)"
            sql = (
                f"SELECT {text} AS v, min(_time_us) AS a, max(_time_us) AS b, count(*) AS n FROM {one.store}.rows "
                f"WHERE {text} <> '' AND {condition(wanted, one.scope, marks)} GROUP BY 1 LIMIT {MOST_VALUES + 1}"
            )
            with closing(one.cursor()) as cursor:
                made = f"CREATE OR REPLACE TEMP TABLE lifetimes AS {sql}"
                watched(cursor, made, progress, f"Looking through {source.name}")
                answer = ask(cursor, "SELECT v, a, b, n FROM lifetimes")
            for value, first, last, count in answer:
                first, last = int(first) + one.shift_us, int(last) + one.shift_us
                old = found.get(value, (first, last, 0))
                found[value] = (min(old[0], first), max(old[1], last), old[2] + int(count))
            if len(found) > MOST_VALUES:
                raise BadRequest(
                    f"“{field}” has more than {MOST_VALUES:,} values: each names a row, not somebody who acts.",
                    "Choose a column such as the account or the address.",
                )
    if not known and field.lower() not in ("actor", "action", "object"):
        raise BadRequest(f"No source has a field “{field}”.", "Choose one of the columns of the sources.")
    values = tuple(sorted(found, key=lambda value: (found[value][0], value)))
    first, last, counts = (np.array([found[value][at] for value in values], dtype=np.int64) for at in range(3))
    return Lifetimes(field, values, first, last, counts)


def spans(events: Events, field: str, values: Sequence[str], progress: Progress = silent) -> dict[str, tuple[int, int]]:
    """The first and last time of some values of a field (or of sources and tables, as facets name them) in the whole
    case; values without events are missing.
    """
    found: dict[str, tuple[int, int]] = {}

    def add(value: str, first: int, last: int) -> None:
        old = found.get(value, (first, last))
        found[value] = (min(old[0], first), max(old[1], last))

    listed = ", ".join(text_sql(value) for value in values)
    for source in events.sources:
        for one in events.parts(source.number)[1]:
            column = one.column(field)
            if not one.timed or not values:
                continue
            if field.lower() in ("source", "table"):
                name = source.table if field.lower() == "table" else f"{source.label} {source.name}"
                if name in values:
                    add(name, int(one.times[0]), int(one.times[-1]))
            elif column:
                text = f"CAST({name_sql(column)} AS VARCHAR)"
                sql = (
                    f"SELECT {text} AS v, min(_time_us) AS a, max(_time_us) AS b FROM {one.store}.rows "
                    f"WHERE {text} IN ({listed}) GROUP BY 1"
                )
                with closing(one.cursor()) as cursor:
                    watched(cursor, f"CREATE OR REPLACE TEMP TABLE spans AS {sql}", progress, source.name)
                    for value, first, last in ask(cursor, "SELECT v, a, b FROM spans"):
                        add(value, int(first) + one.shift_us, int(last) + one.shift_us)
    return found


def beginnings(lives: Lifetimes, rule: Together) -> tuple[Group, ...]:
    """The groups of values whose first rows lie together."""
    return _groups(lives.values, lives.first, rule, edge=0)


def endings(lives: Lifetimes, rule: Together) -> tuple[Group, ...]:
    """The groups of values whose last rows lie together."""
    return _groups(lives.values, lives.last, rule, edge=-1)


def takeovers(ended: Sequence[Group], began: Sequence[Group], rule: Together) -> tuple[Takeover, ...]:
    """For each group that ends, the first one that begins after it, where that is soon enough."""
    found = []
    for group in ended:
        after = [one for one in began if 0 <= one.start_us - group.end_us <= rule.within_us]
        if after:
            found.append(Takeover(group, min(after, key=lambda one: one.start_us)))
    return tuple(found)


def _groups(values: Sequence[str], moments: Int64s, rule: Together, edge: int) -> tuple[Group, ...]:
    """Runs of moments in which each stands within one window with enough others."""
    order = np.argsort(moments, kind="stable")
    times = moments[order]
    if len(moments) < rule.fewest or int(times[-1]) - int(times[0]) <= rule.window_us:
        return ()  # where all lie within one window there is nothing to compare with
    everywhere = _usual(times, rule.window_us)
    reach = np.searchsorted(times, times + rule.window_us, side="right")
    size = reach - np.arange(len(times))
    found: list[tuple[int, int, int]] = []
    for at in np.flatnonzero((size >= rule.fewest) & (size > rule.factor * everywhere)).tolist():
        end, usual = int(reach[at]), max(everywhere, _near(times, int(times[at]), rule.window_us))
        if size[at] <= rule.factor * usual:
            continue
        if found and at < found[-1][1]:
            found[-1] = (found[-1][0], end, max(found[-1][2], usual))
        else:
            found.append((at, end, usual))
    edge_at = 0 if edge == 0 else len(times) - 1
    return tuple(
        Group(
            int(times[low]),
            int(times[high - 1]),
            tuple(values[place] for place in order[low:high].tolist()),
            int(size[low:high].max()),
            usual,
            low <= edge_at < high,
        )
        for low, high, usual in found
    )


def _near(times: Int64s, start: int, window_us: int) -> int:
    """How many of these times 19 in 20 of the intervals right before and right after one hold."""
    edges = np.arange(-AROUND, AROUND + 2, dtype=np.int64) * window_us + start
    edges[AROUND + 1] += 1  # what stands at the very end of a window is in it
    counts = np.delete(np.diff(np.searchsorted(times, edges)), AROUND)
    return int(np.sort(counts)[19 * (len(counts) - 1) // 20])


def _usual(times: Int64s, window_us: int) -> int:
    """How many of these times 19 in 20 of the intervals of one window's length hold, counted from the first."""
    first = int(times[0])
    total = (int(times[-1]) - first) // window_us + 1
    counts = intervals(times, first, window_us)[1]
    return at_rank(counts, total, 19 * (total - 1) // 20) if total > 1 else 0
