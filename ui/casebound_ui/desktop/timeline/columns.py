"""Which columns the table has, in which order, how wide, and by which the rows are sorted: one plain value. Free of Qt.

A column is named by what it shows: one of `STANDARD`, or the name of a column of the exports, as a filter names it.
A column of an export that is called like one of the standard ones has “field:” before its name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

TIME, LOCAL, SOURCE, ACTION, ACTOR, OBJECT, MARKS = "time", "local", "source", "action", "actor", "object", "marks"
STANDARD: Mapping[str, str] = {
    TIME: "Time (UTC)",
    LOCAL: "Local time",
    SOURCE: "Source",
    ACTION: "Action",
    ACTOR: "Actor",
    OBJECT: "Object",
    MARKS: "Marks",
}
FIELD = "field:"
DEFAULT = (TIME, SOURCE, ACTION, ACTOR, OBJECT, MARKS)
NARROWEST, WIDEST = 40, 2_000  # pixels at normal text size
MOST = 200  # columns shown at once
LONGEST = 1_000  # characters of a name


def named(field_name: str) -> str:
    """The column that shows a column of the exports."""
    return f"{FIELD}{field_name}" if field_name.lower() in STANDARD or field_name.startswith(FIELD) else field_name


def field_of(column: str) -> str:
    """The field by which a column is filtered, sorted and counted; "" for time and marks, which are none."""
    if column in (TIME, LOCAL, MARKS):
        return ""
    return column.removeprefix(FIELD)


def title(column: str) -> str:
    """What stands over it, as it is; of an export's column its own name."""
    return STANDARD.get(column) or column.removeprefix(FIELD)


@dataclass(frozen=True, slots=True)
class Columns:
    """`shown` in order, the time first, the first `pinned` of them always in sight; `widths` in pixels at normal text
    size, of those that a person pulled. `sort` is a column, "" the order of time.
    """

    shown: tuple[str, ...] = DEFAULT
    pinned: int = 1
    widths: Mapping[str, int] = field(default_factory=dict)
    sort: str = ""
    descending: bool = False

    @property
    def usual(self) -> bool:
        """Whether the columns are those of a new case, in their order."""
        return self.shown == DEFAULT and self.pinned == 1

    def with_column(self, column: str, on: bool) -> Columns:
        """Show a column at the end (marks stay last), or hide it. The time stays."""
        if column == TIME or on == (column in self.shown) or (on and len(self.shown) >= MOST):
            return self
        if not on:
            pinned = self.pinned - (self.shown.index(column) < self.pinned)
            return replace(self, shown=tuple(name for name in self.shown if name != column), pinned=pinned)
        if column == LOCAL:
            return self._placed(1, column)
        end = len(self.shown) - 1 if self.shown[-1] == MARKS and column != MARKS else len(self.shown)
        return self._placed(max(end, self.pinned), column)

    def moved(self, column: str, place: int) -> Columns:
        """Put a column at a place, within the pinned ones or within the others."""
        if column == TIME or column not in self.shown:
            return self
        pinned = self.shown.index(column) < self.pinned
        low, high = (1, self.pinned - 1) if pinned else (self.pinned, len(self.shown) - 1)
        names = [name for name in self.shown if name != column]
        names.insert(min(max(place, low), high), column)
        return replace(self, shown=tuple(names))

    def with_pinned(self, column: str, on: bool) -> Columns:
        """Keep a column in sight at the left, or let it go again."""
        if column == TIME or column not in self.shown or on == (self.shown.index(column) < self.pinned):
            return self
        names = [name for name in self.shown if name != column]
        pinned = self.pinned + 1 if on else self.pinned - 1
        names.insert(pinned - 1 if on else pinned, column)
        return replace(self, shown=tuple(names), pinned=pinned)

    def with_width(self, column: str, width: int) -> Columns:
        return replace(self, widths={**self.widths, column: min(max(width, NARROWEST), WIDEST)})

    def sorted_next(self, column: str) -> Columns:
        """Upwards, then downwards, then the order of time again. By time there are only the two."""
        column = "" if column in (TIME, LOCAL) else column
        if column != self.sort:
            return replace(self, sort=column, descending=False)
        if not self.descending:
            return replace(self, descending=True)
        return replace(self, sort="", descending=False)

    def plain(self) -> dict[str, object]:
        """Strings, numbers and lists, for JSON."""
        return {
            "shown": list(self.shown),
            "pinned": self.pinned,
            "widths": dict(self.widths),
            "sort": self.sort,
            "descending": self.descending,
        }

    @classmethod
    def from_plain(cls, found: object) -> Columns:
        """The columns of such a value, whatever it is: what cannot be is left out."""
        if not isinstance(found, Mapping):
            return cls()
        names = _names(found.get("shown"))
        shown = (TIME, *(name for name in names if name != TIME)) if names else DEFAULT
        pinned = found.get("pinned")
        fixed = min(max(pinned, 1), len(shown)) if type(pinned) is int else 1
        sort = found.get("sort")
        by = sort if isinstance(sort, str) and len(sort) <= LONGEST and sort not in (TIME, LOCAL) else ""
        return cls(shown, fixed, _widths(found.get("widths")), by, found.get("descending") is True)

    def _placed(self, place: int, column: str) -> Columns:
        names = (*self.shown[:place], column, *self.shown[place:])
        return replace(self, shown=names, pinned=self.pinned + (place < self.pinned))


def _names(found: object) -> tuple[str, ...]:
    given: Iterable[Any] = found if isinstance(found, (list, tuple)) else ()
    texts = (name for name in given if isinstance(name, str) and 0 < len(name) <= LONGEST)
    return tuple(dict.fromkeys(texts))[:MOST]


def _widths(found: object) -> dict[str, int]:
    if not isinstance(found, Mapping):
        return {}
    pairs = ((name, width) for name, width in found.items() if isinstance(name, str) and len(name) <= LONGEST)
    kept = [(name, min(max(width, NARROWEST), WIDEST)) for name, width in pairs if type(width) is int]
    return dict(kept[: 2 * MOST])
