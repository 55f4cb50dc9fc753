"""The order of all events of a case: a stable merge of the sorted times of its generations.

A cache of this session, never stored.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Int64s = NDArray[np.int64]
_STEP = 65_536  # places that are written together: they stay in the processor


class TimeOrder:
    """Global positions from 0, by time; equal times in the order of the generations, then of their own positions.

    One generation needs no arrays at all: its memory-mapped times are the order.
    """

    def __init__(self, generations: Sequence[Int64s]) -> None:
        self._sizes = [len(times) for times in generations]
        self._bases = np.concatenate(([0], np.cumsum(self._sizes))).astype(np.int64)
        filled = [index for index, size in enumerate(self._sizes) if size]
        self._filled = filled
        self._only = filled[0] if len(filled) == 1 else -1
        # int32 up to 2³¹ events: half the memory.
        self._order: NDArray[Any] = np.empty(0, dtype=np.int32)
        self._places: NDArray[Any] = np.empty(0, dtype=np.int32)
        if not filled:
            self.times: Int64s = np.empty(0, dtype=np.int64)
        elif self._only >= 0:
            self.times = generations[self._only]
        else:
            self.times = self._merge(generations)
        self.times.flags.writeable = False

    def _merge(self, generations: Sequence[Int64s]) -> Int64s:
        """The sorted times of all. The longest generation is walked through once; the others find their places in it:
        memory that is touched for the first time costs more than the sorting.
        """
        count = int(self._bases[-1])
        small = np.int32 if count < 2**31 else np.int64
        longest = max(self._filled, key=self._sizes.__getitem__)
        others = [index for index in self._filled if index != longest]
        times = np.empty(count, dtype=np.int64)
        self._order, self._places = np.empty(count, dtype=small), np.empty(count, dtype=small)
        joined = np.concatenate([generations[index] for index in others])
        sources = np.concatenate(
            [np.arange(self._bases[index], self._bases[index + 1], dtype=small) for index in others]
        )
        # Timsort finds the sorted runs and merges them: linear in practice.
        in_order = np.argsort(joined, kind="stable")
        joined, sources = joined[in_order], sources[in_order]
        whole, base = generations[longest], int(self._bases[longest])
        before = sources < base
        ahead = np.empty(len(joined), dtype=np.int64)
        # Of equal times the earlier generation comes first.
        ahead[before] = np.searchsorted(whole, joined[before], side="left")
        ahead[~before] = np.searchsorted(whole, joined[~before], side="right")
        taken = ahead + np.arange(len(joined))
        times[taken], self._order[taken], self._places[sources] = joined, sources, taken
        for start in range(0, len(whole), _STEP):
            some = whole[start : start + _STEP]
            stop = start + len(some)
            low, high = np.searchsorted(ahead, [start, stop]).tolist()
            # What the others left free in this stretch is filled in long runs.
            first, last = start + low, stop + high
            free = np.ones(last - first, dtype=np.bool_)
            free[taken[low:high] - first] = False
            times[first:last][free] = some
            self._order[first:last][free] = np.arange(base + start, base + stop, dtype=small)
            self._places[base + start : base + stop] = np.flatnonzero(free) + first
        return times

    @property
    def count(self) -> int:
        return len(self.times)

    def split(self, positions: Int64s) -> tuple[NDArray[np.int64], Int64s]:
        """For global positions: the generation of each, and the position in it."""
        if self._only >= 0:
            return np.full(len(positions), self._only, dtype=np.int64), positions
        joined = self._order[positions].astype(np.int64)
        generation = np.searchsorted(self._bases, joined, side="right") - 1
        return generation, joined - self._bases[generation]

    def parts(self, positions: Int64s) -> Iterator[tuple[int, NDArray[np.int64] | slice, NDArray[Any]]]:
        """The same by generation: its index, which of `positions` are its own, and their positions in it."""
        if self._only >= 0:
            yield self._only, slice(None), positions
            return
        joined = self._order[positions]
        for index in self._filled:
            low, high = joined.dtype.type(self._bases[index]), joined.dtype.type(self._bases[index + 1])
            own = np.flatnonzero((joined >= low) & (joined < high))
            if len(own):
                yield index, own, joined[own] - low

    def ranges(self, low: int, high: int) -> Iterator[tuple[int, int, int]]:
        """For the global positions `low` to `high` (exclusive): each generation with some of them, and from where to
        where in it.
        """
        if self._only >= 0:
            if low < high:
                yield self._only, low, high
            return
        for index in self._filled:
            places = self.whole(index)
            begin, end = np.searchsorted(places, np.array([low, high], dtype=places.dtype)).tolist()
            if begin < end:
                yield index, begin, end

    def places(self, generation: int, local: Int64s) -> Int64s:
        """Global positions of positions in one generation."""
        if self._only >= 0:
            return local
        places: Int64s = self._places[local + self._bases[generation]].astype(np.int64)
        return places

    def whole(self, generation: int) -> NDArray[Any]:
        """The global position of every row of a generation, ascending; of one that is alone, an array of its own."""
        if self._only >= 0:
            return np.arange(self._sizes[generation], dtype=np.int64)
        return self._places[self._bases[generation] : self._bases[generation + 1]]

    @property
    def alone(self) -> bool:
        """Whether the rows of one generation are all there is: then its positions are the global ones."""
        return self._only >= 0

    def size(self, generation: int) -> int:
        return self._sizes[generation]
