"""Stretches outside the window that an export says it covers: nothing was collected there, which is not “nothing
happened”.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from casebound.case import Source
from casebound.timescale import whole
from casebound.timetext import micros

BEFORE: Final = "Not collected: before the export's window"
AFTER: Final = "Not collected: after the export's window"


@dataclass(frozen=True, slots=True)
class Uncollected:
    """`start_us` ≤ time < `end_us`, in microseconds, of which this source was not asked for anything."""

    source: int
    start_us: int
    end_us: int
    reason: str


def uncollected(sources: Iterable[Source]) -> tuple[Uncollected, ...]:
    """What lies outside the stated windows, inside the stretch of time that all sources together cover."""
    known = [source for source in sources if source.first_us is not None and source.last_us is not None]
    if not known:
        return ()
    view = whole(min(s.first_us or 0 for s in known), max(s.last_us or 0 for s in known))
    found = []
    for source in known:
        origin = source.origin or {}
        start, end = _moment(origin.get("window_start")), _moment(origin.get("window_end"))
        first, last = source.first_us or 0, source.last_us or 0
        if start is not None and min(start, first) > view.start:  # rows from before the window were collected, it seems
            found.append(Uncollected(source.number, view.start, min(start, first), BEFORE))
        if end is not None and max(end, last + 1) < view.end:
            found.append(Uncollected(source.number, max(end, last + 1), view.end, AFTER))
    return tuple(found)


def _moment(text: object) -> int | None:
    """An ISO time with a zone, in microseconds; None for anything else: a gap is never guessed."""
    if not isinstance(text, str):
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return micros(at.astimezone(UTC)) if at.tzinfo is not None else None
