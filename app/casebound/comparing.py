"""Two sets of events side by side: two stretches of time, two accounts, any two filters. Counts, never a likeness.

Every number can be counted again: it has its query, its window, its unit (events) and what it is a part of. Both totals
are stated, and that two stretches are not equally long is said. Nothing here judges: a value that stands on both sides
may be one person, or a company network that thousands share.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from casebound.case import ColumnRole
from casebound.events import Events, FieldInfo
from casebound.filter_sql import MarkLookup
from casebound.filtering import parse, term
from casebound.work import Progress, silent

Int64s = NDArray[np.int64]

MOST: Final = 100  # values listed of each kind (in both, only in A, only in B); how many more there are is said
FEW_VALUES: Final = 5_000  # text columns with more different values than this are not compared unless asked for
MOST_VALUES: Final = 1_000_000  # of one side; a column with more names rows, and is not compared
_MINUTE: Final = 60_000_000
_COMPARED: Final = (ColumnRole.ACTOR, ColumnRole.ACTION, ColumnRole.OBJECT, ColumnRole.ENTITY)


@dataclass(frozen=True, slots=True)
class Side:
    """What one side is: the events that match `where` with from_us ≤ time < to_us; None is an open end."""

    title: str
    where: str = ""
    from_us: int | None = None
    to_us: int | None = None

    @property
    def length_us(self) -> int | None:
        """How long its stretch of time is, where it has one."""
        return self.to_us - self.from_us if self.from_us is not None and self.to_us is not None else None

    def query(self, field: str = "", value: str = "") -> str:
        """The filter behind a number of this side: its own, and the value counted."""
        return both(self.where, value_term(field, value)) if field else self.where


@dataclass(frozen=True, slots=True)
class Counted:
    """One side counted: its events, the first and last of them, and the minutes (UTC) that hold any."""

    side: Side
    count: int
    first_us: int | None
    last_us: int | None
    minutes: int


@dataclass(frozen=True, slots=True)
class Value:
    """A value with the events of each side that hold it."""

    value: str
    a: int
    b: int


@dataclass(frozen=True, slots=True)
class Compared:
    """A field: how many values stand on both sides or on one, the most frequent of each kind, and empty ones."""

    field: str
    both: int
    only_a: int
    only_b: int
    empty_a: int
    empty_b: int
    values: tuple[Value, ...]  # in both, then only in A, then only in B; each the most frequent first

    @property
    def unlisted(self) -> int:
        """Values that are counted and not listed."""
        return self.both + self.only_a + self.only_b - len(self.values)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two sides. `overlap` is the time in which both have begun and neither has ended; None where there is none."""

    a: Counted
    b: Counted
    of: int  # events of the case
    shared: int  # events that are on both sides
    overlap: tuple[int, int] | None
    minutes_both: int  # minutes (UTC) that hold events of either side
    fields: tuple[Compared, ...]


def compare(
    events: Events,
    a: Side,
    b: Side,
    fields: Sequence[str],
    *,
    marks: MarkLookup | None = None,
    most: int = MOST,
    progress: Progress = silent,
) -> Comparison:
    """Count two sides. Raises `FilterError` for a filter, `BadRequest` for a field that cannot be used."""
    total = len(fields) + 2
    chosen, times = [], []
    for number, side in enumerate((a, b)):
        progress(number, total, f"Counting {side.title}")
        chosen.append(events.select(side.where, side.from_us, side.to_us, marks=marks))
        times.append(np.asarray(events.times[chosen[-1].positions], dtype=np.int64))
    minutes = [np.unique(one // _MINUTE) for one in times]
    compared = []
    for number, field in enumerate(fields):
        progress(number + 2, total, f"Counting {field}")
        one, other = (events.every_value(field, each, MOST_VALUES) for each in chosen)
        compared.append(_compared(field, dict(one.values), dict(other.values), one.empty, other.empty, most))
    counted = [
        Counted(side, len(one), *_ends(one), len(minute))
        for side, one, minute in zip((a, b), times, minutes, strict=True)
    ]
    return Comparison(
        counted[0],
        counted[1],
        events.count,
        int(np.intersect1d(chosen[0].positions, chosen[1].positions, assume_unique=True).size),
        _overlap(counted[0], counted[1]),
        int(np.intersect1d(minutes[0], minutes[1], assume_unique=True).size),
        tuple(compared),
    )


@dataclass(frozen=True, slots=True)
class Line:
    """One number of each side, with everything that is needed to count it again. The unit is events."""

    field: str
    value: str
    a: int
    b: int
    where: str  # "in both", "only in A", "only in B", "total" or "empty"
    query_a: str
    query_b: str


def lines(found: Comparison) -> Iterator[Line]:
    """The comparison as a table: the totals, then field by field, its values and the events without one."""
    a, b = found.a.side, found.b.side
    yield Line("", "", found.a.count, found.b.count, "total", a.query(), b.query())
    for one in found.fields:
        for value in one.values:
            where = "in both" if value.a and value.b else "only in A" if value.a else "only in B"
            queries = (a.query(one.field, value.value), b.query(one.field, value.value))
            yield Line(one.field, value.value, value.a, value.b, where, *queries)
        if one.empty_a or one.empty_b:
            queries = (both(a.where, term(one.field, "")), both(b.where, term(one.field, "")))
            yield Line(one.field, "", one.empty_a, one.empty_b, "empty", *queries)


def comparable(fields: Iterable[FieldInfo]) -> list[str]:
    """The fields that are compared when nobody chooses: the source, who, what, to what, and what is worth following;
    then text with few values. Keys, times and numbers are left out.
    """
    known = [info for info in fields if info.distinct_hint <= MOST_VALUES]
    first = [info.name for role in _COMPARED for info in known if info.role is role]
    few = [info.name for info in known if info.role is ColumnRole.TEXT and 1 < info.distinct_hint <= FEW_VALUES]
    own = [] if any(info.name.lower() == "source" for info in known) else ["source"]
    return [*own, *first, *few]


def both(where: str, added: str) -> str:
    """A filter and a condition, both at once: unlike in the filter field, a second value of a field is no choice."""
    if not where.strip():
        return added
    return f"({where.strip()}) {added}" if parse(where).divided else f"{where.strip()} {added}"


def value_term(field: str, value: str, *, exclude: bool = False) -> str:
    """The condition for one value as a facet lists it. A source is listed as “S-01 requests.csv”, and asked for as
    S-01.
    """
    if field.lower() == "source":
        value = value.partition(" ")[0]
    return term(field, value, exclude=exclude)


def _compared(
    field: str, one: dict[str, int], other: dict[str, int], empty_a: int, empty_b: int, most: int
) -> Compared:
    values = [Value(value, one.get(value, 0), other.get(value, 0)) for value in one.keys() | other.keys()]
    kinds: tuple[list[Value], list[Value], list[Value]] = ([], [], [])
    for value in sorted(values, key=lambda value: (-value.a - value.b, value.value)):
        kinds[0 if value.a and value.b else 1 if value.a else 2].append(value)
    both, only_a, only_b = (len(kind) for kind in kinds)
    listed = tuple(value for kind in kinds for value in kind[:most])
    return Compared(field, both, only_a, only_b, empty_a, empty_b, listed)


def _ends(times: Int64s) -> tuple[int | None, int | None]:
    return (int(times[0]), int(times[-1])) if len(times) else (None, None)


def _overlap(a: Counted, b: Counted) -> tuple[int, int] | None:
    if a.first_us is None or b.first_us is None or a.last_us is None or b.last_us is None:
        return None
    start, end = max(a.first_us, b.first_us), min(a.last_us, b.last_us)
    return (start, end) if start <= end else None
