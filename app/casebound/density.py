"""Counts in bins of time: their edges, and how dark or how high each is drawn; on the screen and in reports alike."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from casebound.timescale import View, bin_start, months_of

Times = NDArray[np.int64]

SHADES = 24
_FULL = float(np.log2(11.0))


def grid(view: View, step: int) -> Times:
    """Edges of every bin that touches `view`, on the absolute grid: panning never moves an event to another bin."""
    start = bin_start(view.start, step)
    if months_of(step):
        edges = [start]
        while edges[-1] < view.end:
            edges.append(bin_start(edges[-1], step, 1))
        return np.array(edges, dtype=np.int64)
    bins = -(-(view.end - start) // step)
    return start + np.arange(bins + 1, dtype=np.int64) * step


def starts(times: Times, step: int) -> Times:
    """Where the bin of each of some times begins."""
    if months_of(step):
        return np.array([bin_start(time, step) for time in times.tolist()], dtype=np.int64)
    return times // step * step


def nexts(begun: Times, step: int) -> Times:
    """Where the bins end that begin there."""
    if months_of(step):
        return np.array([bin_start(time, step, 1) for time in begun.tolist()], dtype=np.int64)
    return begun + step


def shade(counts: NDArray[np.int64], usual: float | NDArray[np.float64]) -> NDArray[np.uint8]:
    """Shades 1 … `SHADES` for counts above 0, and 0 for none.

    Strength is log2(1 + n / usual) / log2(11), clipped: ten times the usual is darkest.
    """
    strength = np.minimum(np.log2(1.0 + counts / usual) / _FULL, 1.0)
    levels = np.ceil(strength * SHADES).astype(np.uint8)
    return np.asarray(np.where(counts > 0, np.maximum(levels, 1), 0), dtype=np.uint8)


def ceiling(highest: int, rows: int = 2) -> int:
    """A round top for the histogram's scale, at least `highest`.

    `rows` steps of 1, 1.5, 2, 2.5, 3, 4, 5, 7.5 × 10^n, all whole.
    """
    least = max(-(-highest // rows), 1)
    power = 10 ** (len(str(least)) - 1)
    for tenths in (10, 15, 20, 25, 30, 40, 50, 75, 100):
        step, rest = divmod(tenths * power, 10)
        if not rest and step >= least:
            return int(step * rows)
    return int(10 * power * rows)
