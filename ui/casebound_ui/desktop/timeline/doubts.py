"""Uncertain times: over which stretch of time each event in view may have happened. Free of Qt.

An event stands at the beginning of its range (`casebound.uncertaintimes`). Ranges that began before the view and reach
into it are drawn as well: of each lane and each length the last one covers all the others, so it alone is looked for.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from casebound_ui.desktop.timeline.bins import Frame, Ranks, Shown
from casebound_ui.desktop.timeline.scale import View

_LOOKED_BACK = 20_000  # events of a lane that are looked through for ranges that began before the view
COUNTED = 2_000_000  # events of a bin whose times are looked through to say how many are uncertain

Ranges = NDArray[np.int64]  # two columns: from, to


def ranges(shown: Shown, frame: Frame) -> tuple[Ranges, ...]:
    """For each lane the stretches to draw as bars, merged where they overlap; nothing but where events are dots."""
    if shown.uncertain is None or frame.dots is None:
        return ()
    ends = np.array(shown.ranks(frame.view), dtype=np.int32)
    made = []
    for lane in shown.lanes:
        low, high = np.searchsorted(lane.ranks, ends).tolist()
        back = max(low - _LOOKED_BACK, 0)
        ranks = lane.ranks[back:high]
        times, after = shown.times[ranks], shown.uncertain.after(ranks)
        reaching = (after > 0) & (times + after > frame.view.start)
        made.append(_merged(times[reaching], times[reaching] + after[reaching], frame.view))
    return tuple(made)


def _merged(starts: NDArray[np.int64], ends: NDArray[np.int64], view: View) -> Ranges:
    """Overlapping stretches as one, cut to the view and a little beyond it."""
    if not starts.size:
        return np.empty((0, 2), dtype=np.int64)
    reach = np.maximum.accumulate(ends)  # starts ascend
    firsts = np.flatnonzero(np.concatenate(([True], starts[1:] > reach[:-1])))
    lasts = np.append(firsts[1:], starts.size) - 1
    merged = np.stack((starts[firsts], reach[lasts]), axis=1)
    cut: Ranges = np.clip(merged, view.start - view.span, view.end + view.span)
    return cut


def how_many(shown: Shown, ranks: Ranks) -> tuple[int, int]:
    """How many of some events have an uncertain time, and by how much at most, in microseconds.

    (-1, 0) where there are too many to look through at once.
    """
    if shown.uncertain is None or not ranks.size:
        return 0, 0
    if ranks.size > COUNTED:
        return -1, 0
    after = shown.uncertain.after(ranks)
    return int(np.count_nonzero(after)), int(after.max())
