"""How many events each saved view shows now, counted on the reading thread and remembered until something changes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from casebound.case import SavedView, Snapshot
from casebound.errors import CaseboundError
from casebound.events import Events
from casebound.filtering import parse
from casebound.placedmarks import PlacedMarks

if TYPE_CHECKING:
    from casebound_ui.desktop.timeline.screen import TimelineScreen

_UNREAD = -1  # the filter cannot be read any more


def shown_by(events: Events, view: SavedView, snapshot: Snapshot) -> int:
    """How many events a view shows. Raises `FilterError`, and `BadRequest` for a field that is no longer there."""
    if view.where.strip():
        return events.select(view.where, view.from_us, view.to_us, marks=PlacedMarks(snapshot)).count
    ends = [0 if view.from_us is None else view.from_us, 0 if view.to_us is None else view.to_us]
    low, high = np.searchsorted(events.times, np.array(ends, dtype=np.int64)).tolist()
    return int((events.count if view.to_us is None else high) - (0 if view.from_us is None else low))


class SavedCounts:
    """Counts of views. `told` hears when more of them are known."""

    def __init__(self, screen: TimelineScreen, told: Callable[[], None]) -> None:
        self._screen, self._told = screen, told
        self._known: dict[str, tuple[object, int]] = {}

    def said(self, view: SavedView) -> str:
        """“146,007 events”, or "" while it is being counted."""
        found = self._known.get(view.number)
        if found is None or found[0] != self._stamp(view):
            return ""
        return "cannot be counted" if found[1] == _UNREAD else f"{found[1]:,} event{'' if found[1] == 1 else 's'}"

    def ask(self, views: Sequence[SavedView]) -> None:
        """Count those that are not known, one after the other: other questions come in between."""
        session = self._screen.session
        view = next((one for one in views if not self.said(one)), None)
        if view is None:
            return
        stamp, events, snapshot = self._stamp(view), session.events, session.snapshot

        def count() -> int:
            try:
                return shown_by(events, view, snapshot)
            except CaseboundError:
                return _UNREAD

        def done(found: int) -> None:
            self._known[view.number] = (stamp, found)
            self._told()
            self.ask(views)

        self._screen.browsing.read(count, done)

    def _stamp(self, view: SavedView) -> object:
        """What a count depends on: marks are asked for by some filters only."""
        snapshot = self._screen.session.snapshot
        rows = tuple((source.number, source.kept, source.clock_us) for source in snapshot.sources)
        return (view.where, view.from_us, view.to_us, rows, snapshot.ledger_size if _asks_for_marks(view.where) else 0)


def _asks_for_marks(where: str) -> bool:
    try:
        return parse(where).uses_marks
    except CaseboundError:
        return False
