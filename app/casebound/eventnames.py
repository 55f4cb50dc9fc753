"""Finding one event by the name it keeps for good, or by what a person types of it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from casebound.case import Event, EventId, Source
from casebound.errors import BadRequest
from casebound.generations import Generation, Row
from casebound.timeorder import TimeOrder


class EventNames:
    """The identities of the events of some sources."""

    def __init__(self, rows: Sequence[Generation], order: TimeOrder, sources: Sequence[Source]) -> None:
        self._rows, self._order, self._sources = rows, order, sources
        self._by_identity: dict[tuple[str, str, str], list[int]] = {}
        for index, one in enumerate(rows):
            identity = (one.source.sha256, one.source.member, one.source.table)
            self._by_identity.setdefault(identity, []).append(index)

    def of_source(self, source: int | None) -> list[list[Generation]]:
        """The generations of each source, or of this one."""
        return [
            [self._rows[index] for index in indices]
            for indices in self._by_identity.values()
            if source in (None, self._rows[indices[0]].source.number)
        ]

    def get(self, event: EventId) -> Event:
        """The event of this identity. Raises `BadRequest` where the case has none."""
        found = self.row(event)
        if found is None:
            raise BadRequest(
                f"The case has no event {event}.", "It may be a row that was set aside: see `casebound quarantine`."
            )
        if found[1].local < 0:
            raise BadRequest(
                f"{event} is a row of a table without times, not an event.", "Choose an event of the timeline."
            )
        return found[1].event

    def position(self, event: EventId) -> int | None:
        """Where an event stands now among all of them; None where it does not."""
        if (event.sha256, event.member, event.table) not in self._by_identity:
            return None
        found = self.row(event)
        if found is None or found[1].local < 0:
            return None
        return int(self._order.places(found[0], np.array([found[1].local], dtype=np.int64))[0])

    def find(self, text: str) -> EventId:
        """The identity a person typed: whole, or with the SHA-256 cut short, or `table/ordinal` or `S-02/ordinal`
        where that is one source.

        Raises `BadRequest` where it names none or several.
        """
        head, _, ordinal = text.strip().rpartition("/")
        matching = (
            [source for source in self._sources if _names(head, source)]
            if ordinal.isdecimal() and len(ordinal) <= 18
            else []
        )
        if not matching:
            raise BadRequest(
                f"“{text}” names no event of this case.",
                "Use the name that `casebound events --json` prints under “event”.",
            )
        if len(matching) > 1:
            labels = ", ".join(source.label for source in matching)
            raise BadRequest(f"“{text}” could be a row of {labels}.", "Write more of the name.")
        source = matching[0]
        event = EventId(source.sha256, source.member, source.table, int(ordinal))
        self.get(event)
        return event

    def row(self, event: EventId) -> tuple[int, Row] | None:
        """The generation that holds a row, and the row; None where none does. Raises `BadRequest` where no source is
        meant.
        """
        for index in self._indices(event):
            row = self._rows[index].by_ordinal(event.ordinal)
            if row is not None:
                return index, row
        return None

    def generation(self, event: EventId) -> Generation:
        """The generation that holds a row; the first of its source where none does."""
        found = self.row(event)
        return self._rows[found[0] if found is not None else self._indices(event)[0]]

    def _indices(self, event: EventId) -> list[int]:
        indices = self._by_identity.get((event.sha256, event.member, event.table))
        if indices is None:
            raise BadRequest(
                f"The case has no source for {event}.",
                "Use the name that `casebound events --json` prints under “event”.",
            )
        return indices


def _names(head: str, source: Source) -> bool:
    if head.lower() in (source.label.lower(), source.table.lower()):
        return True
    member = f"!{source.member}" if source.member else ""
    if head == f"{source.sha256}{member}/{source.table}":
        return True
    origin, _, table = head.partition("/")
    return len(origin) >= 4 and source.sha256.startswith(origin.partition("!")[0]) and table in ("", source.table)
