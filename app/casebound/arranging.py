"""The text of staged rows in blocks that follow each other in time, in bounded memory.

Exports are about in the order of time: such a table falls apart into stretches of the original whose rows are all
before those of the next one. Where a stretch is too long for that, its rows are dealt out to a few files by one pass
over it. Within a block rows come as they were staged; whoever keeps them puts them in the order of their positions.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from casebound.stagedtext import StagedText, Text
from casebound.staging import Staging
from casebound.work import Progress

Int64s = NDArray[np.int64]
GROUP = 122_880  # rows in a row group of DuckDB
ROWS = 2 * GROUP  # rows in a block where that can be chosen
BYTES = 96 * 1024 * 1024  # text in a block, about
_MOST_ROWS, _MOST_BYTES = 3 * ROWS, 2 * BYTES  # a longer stretch is dealt out
_CHUNK = 16 * 1024 * 1024  # text dealt out at once


class Arrangement:
    """Staged rows that are kept, at positions from 0: `position` is that of each staged row, -1 for one left out."""

    def __init__(self, staging: Staging, position: NDArray[Any], progress: Progress) -> None:
        self._staging, self._position, self._progress = staging, position, progress
        self._staged = StagedText(staging)
        self._sizes = self._staged.sizes
        self._kept = np.flatnonzero(position >= 0).astype(position.dtype)
        self._stretches = self._closed()

    def texts(self) -> Iterator[Text]:
        """Every block, in the order of positions."""
        for low, high in self._stretches:
            rows = self._kept[low:high].astype(np.int64)
            if len(rows) <= _MOST_ROWS and int(self._sizes[rows].sum(dtype=np.int64)) <= _MOST_BYTES:
                yield self._staged.text(rows)
            else:
                yield from self._dealt(rows)

    def _closed(self) -> list[tuple[int, int]]:
        """Cut the kept rows where everything before is earlier than everything behind, into stretches of good size."""
        count = len(self._kept)
        if not count:
            return []
        highest = np.maximum.accumulate(self._position[self._kept])
        # Behind a row that closes a stretch, exactly as many positions are taken as there are rows.
        closed = np.flatnonzero(highest == np.arange(count)) + 1
        ends = np.cumsum(self._sizes[self._kept], dtype=np.int64)
        cuts = [0]
        # A small table is cut so that there is work for two threads.
        wanted = min(ROWS, -(-count // (2 * GROUP)) * GROUP)
        while cuts[-1] < count:
            begin = cuts[-1]
            before = int(ends[begin - 1]) if begin else 0
            most = min(int(np.searchsorted(ends, before + BYTES, side="right")), begin + wanted)
            place = int(np.searchsorted(closed, most, side="right"))
            nearest, following = int(closed[place - 1]) if place else 0, int(closed[min(place, len(closed) - 1)])
            closer = following - most < most - nearest and following - begin <= _MOST_ROWS
            cuts.append(following if nearest <= begin or closer else nearest)
        return list(pairwise(cuts))

    def _dealt(self, rows: Int64s) -> Iterator[Text]:
        """Rows of a long stretch, dealt out by position to files of the size of a block."""
        first = int(self._position[rows].min())
        by_position = np.empty(len(rows), dtype=np.int64)
        by_position[self._position[rows] - first] = self._sizes[rows]
        passed = np.cumsum(by_position)
        count = max(int(passed[-1] // BYTES), len(rows) // ROWS) + 1
        # As many rows or as much text in each, whichever is less.
        limits = np.searchsorted(passed, np.arange(1, count) * (int(passed[-1]) / count))
        own = self._staged.own(rows)
        bucket = np.searchsorted(limits, self._position[rows] - first, side="right").astype(np.int16)
        folder = self._staging.scratch / "dealt"
        folder.mkdir(mode=0o700, exist_ok=True)
        paths = [folder / f"{number:05d}" for number in range(count)]
        self._deal(rows, bucket, paths)
        for number, path in enumerate(paths):
            yield Text(rows[bucket == number], [path.read_bytes()], own=own)
            path.unlink()

    def _deal(self, rows: Int64s, bucket: NDArray[np.int16], paths: list[Path]) -> None:
        # Buffered, because only such a stream writes everything or says that it did not.
        streams = [path.open("wb") for path in paths]
        try:
            ends = np.cumsum(self._sizes[rows], dtype=np.int64)
            low = 0
            while low < len(rows):
                self._progress(low, len(rows), "Arranging by time")
                before = int(ends[low - 1]) if low else 0
                high = max(int(np.searchsorted(ends, before + _CHUNK, side="right")), low + 1)
                order = np.argsort(bucket[low:high], kind="stable") + low
                pieces = self._staged.pieces(rows[order])
                counts = np.bincount(bucket[low:high], minlength=len(streams))
                begin = 0
                for stream, size in zip(streams, counts.tolist(), strict=True):
                    if size:
                        stream.write(b"\n".join(pieces[begin : begin + size]) + b"\n")
                    begin += size
                low = high
        finally:
            for stream in streams:
                stream.close()
