"""Which rows of a list a person selected: as ranges, so that sixteen million rows cost as much as one. Free of Qt."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

Range = tuple[int, int]  # first row, and the first after the last


@dataclass(frozen=True, slots=True)
class Picked:
    """Rows, as ranges that neither overlap nor touch, in ascending order."""

    ranges: tuple[Range, ...] = ()

    @classmethod
    def of(cls, rows: Iterable[int]) -> Picked:
        """These rows, in any order."""
        return cls(tuple(_joined((row, row + 1) for row in sorted(set(rows)))))

    @classmethod
    def between(cls, one: int, other: int) -> Picked:
        """All rows from `one` to `other`, both included, whichever comes first."""
        return cls(((min(one, other), max(one, other) + 1),))

    @property
    def count(self) -> int:
        return sum(stop - start for start, stop in self.ranges)

    def __contains__(self, row: object) -> bool:
        if not isinstance(row, int):
            return False
        at = bisect_right(self.ranges, row, key=lambda part: part[0]) - 1
        return at >= 0 and row < self.ranges[at][1]

    def rows(self, most: int) -> list[int]:
        """The first `most` rows."""
        found: list[int] = []
        for start, stop in self.ranges:
            found.extend(range(start, min(stop, start + most - len(found))))
            if len(found) >= most:
                break
        return found

    def joined(self, other: Picked) -> Picked:
        """The rows of both."""
        return Picked(tuple(_joined(sorted((*self.ranges, *other.ranges)))))

    def without(self, row: int) -> Picked:
        """All but one row."""
        parts: list[Range] = []
        for start, stop in self.ranges:
            if start <= row < stop:
                parts.extend(part for part in ((start, row), (row + 1, stop)) if part[0] < part[1])
            else:
                parts.append((start, stop))
        return Picked(tuple(parts))

    def toggled(self, row: int) -> Picked:
        """With the row if it was not in, else without it."""
        return self.without(row) if row in self else self.joined(Picked(((row, row + 1),)))

    def within(self, count: int) -> Picked:
        """The rows of a list of `count` rows: what lies outside of it goes."""
        parts = ((max(start, 0), min(stop, count)) for start, stop in self.ranges)
        return Picked(tuple(part for part in parts if part[0] < part[1]))

    def moved(self, by: int) -> Picked:
        """Every row `by` rows further down."""
        return Picked(tuple((start + by, stop + by) for start, stop in self.ranges))


NOTHING_PICKED = Picked()


def _joined(ranges: Iterable[Range]) -> Iterator[Range]:
    """Ranges in ascending order, those that touch made one."""
    held: Range | None = None
    for start, stop in ranges:
        if held is None:
            held = (start, stop)
        elif start <= held[1]:
            held = (held[0], max(held[1], stop))
        else:
            yield held
            held = (start, stop)
    if held is not None:
        yield held
