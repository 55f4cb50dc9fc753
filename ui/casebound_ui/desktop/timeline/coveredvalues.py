"""Which values stand in covered events: wherever values are listed, those are only said to be covered. Free of Qt.

The rule is one for lanes, colours, facets, completion, comparisons, groups and the palette: a value of any column but
the source and the table that stands in at least one covered event. Covered events are those of a covered source or with
a covered tag, and are shown in the inspector alone.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from casebound.case import Event, Snapshot
from casebound.errors import BadRequest
from casebound.events import Events, Selection
from casebound.filtering import term
from casebound.placedmarks import PlacedMarks

COVERED = "Covered"
_OPEN = ("source", "table")  # which export something came from is no text of it


@dataclass(eq=False)
class CoveredValues:
    """What is covered now. A change of it makes another one; asked on the threads that read."""

    sources: frozenset[int] = frozenset()
    tags: frozenset[str] = frozenset()
    snapshot: Snapshot | None = None
    veil: Callable[[Event], Event] = lambda event: event
    _known: dict[tuple[int, str], frozenset[str]] = field(default_factory=dict)
    _selected: dict[int, Selection] = field(default_factory=dict)

    def of(self, events: Events, column: str) -> frozenset[str]:
        """The values of a column that stand in covered events."""
        name = column.lower()
        if self.snapshot is None or name in _OPEN or not (self.sources or self.tags) or not events.count:
            return frozenset()
        key = (id(events), name)
        if key not in self._known:
            try:
                facet = events.facet(column, self._chosen(events), 0, None, sys.maxsize)
                self._known[key] = frozenset(value for value, _ in facet.values)
            except BadRequest:  # no source has such a column
                self._known[key] = frozenset()
        return self._known[key]

    def labels(self, events: Events, column: str, labels: Iterable[str]) -> tuple[str, ...]:
        """Labels of lanes or colours, with those that are covered said to be so."""
        hidden = self.of(events, column)
        return tuple(COVERED if label in hidden else label for label in labels)

    def _chosen(self, events: Events) -> Selection:
        if id(events) not in self._selected:
            terms = [term("source", f"S-{number:02d}") for number in sorted(self.sources)]
            terms += [term("tag", tag) for tag in sorted(self.tags)]
            marks = PlacedMarks(self.snapshot) if self.snapshot is not None else None
            self._selected[id(events)] = events.select(" OR ".join(terms), marks=marks)
        return self._selected[id(events)]


NOTHING_COVERED = CoveredValues()
