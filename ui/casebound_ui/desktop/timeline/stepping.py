"""Which event comes next: among those shown, or in one lane. Free of Qt; every answer is a rank or None."""

from __future__ import annotations

from typing import Literal

import numpy as np

from casebound_ui.desktop.timeline.bins import Shown
from casebound_ui.desktop.timeline.scale import View
from casebound_ui.desktop.timeline.scene import Chosen


def at_edge(shown: Shown, view: View, by: int) -> int | None:
    """Where stepping begins when nothing is chosen: the first event in view, or the last when going back."""
    low, high = shown.ranks(view)
    if high <= low:
        return None
    return low if by > 0 else high - 1


def among_shown(shown: Shown, chosen: Chosen, by: int) -> int | None:
    """The event `by` places on, also from one that the filter hides."""
    rank = shown.rank(chosen.position)
    if rank is None:
        rank = int(np.searchsorted(shown.times, np.int64(chosen.time))) - (1 if by > 0 else 0)
    found = rank + by
    return found if 0 <= found < shown.count else None


def in_lane(shown: Shown, row: int | None, chosen: Chosen, by: int) -> int | None:
    """The next event (by = 1) or the one before (by = -1) in a lane, seen from an event of any lane."""
    if row is None or not 0 <= row < len(shown.lanes):
        return None
    ranks = shown.lanes[row].ranks
    rank = shown.rank(chosen.position)
    if rank is None:
        rank = int(np.searchsorted(shown.times, np.int64(chosen.time)))
    side: Literal["left", "right"] = "right" if by > 0 else "left"
    at = int(np.searchsorted(ranks, np.array([rank], dtype=np.int32), side=side)[0]) - (0 if by > 0 else 1)
    return int(ranks[at]) if 0 <= at < ranks.size else None
