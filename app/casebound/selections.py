"""What is read of the events of a case, as plain values: those that match, those of each value, a field."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from casebound.case import ColumnRole, Event

Int64s = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Selection:
    """Events that match: global positions, sorted, out of `of` events."""

    positions: Int64s
    count: int
    of: int


@dataclass(frozen=True, slots=True)
class Lanes:
    """Events told apart by the values of one field: the most frequent first. Code -1 is every other value, and none."""

    labels: tuple[str, ...]
    codes: NDArray[np.int16]  # one for each global position
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Facet:
    """The most frequent values of a field among some events. All numbers are counts of events:
    sum(values) + empty + other = of.
    """

    field: str
    values: tuple[tuple[str, int], ...]  # the most frequent first
    distinct: int  # different values, those that are not listed included
    empty: int  # events without a value
    other: int  # events with a value that is not listed
    of: int


@dataclass(frozen=True, slots=True)
class Seen:
    """Where and when a value stands: how often, the first and the last time, and (source, count) for each source."""

    count: int
    first: Event | None
    last: Event | None
    by_source: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class FieldInfo:
    """A field that can be filtered by."""

    name: str
    sources: tuple[int, ...]
    role: ColumnRole
    distinct_hint: int  # about how many different values


@dataclass(frozen=True, slots=True)
class Repetition:
    """A record left out because it repeats an earlier one, of `first_source` where that is another source."""

    source: int
    ordinal: int
    line: int
    first_ordinal: int
    first_line: int
    first_source: int | None = None
