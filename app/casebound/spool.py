"""Columns of numbers that gather on the disk while a table is read, so that memory stays flat however long it is."""

from __future__ import annotations

from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

_SPAN = 8  # a stretch is read as a whole where it is at most so many times as long as what is wanted of it


class Spool:
    """Numbers of one type, appended part by part and read back whole or in part."""

    def __init__(self, path: Path, dtype: str) -> None:
        self._path, self._dtype = path, np.dtype(dtype)
        self._stream: BinaryIO | None = path.open("wb")
        self.count = 0

    def add(self, part: NDArray[Any]) -> None:
        """Append numbers; each must fit the type."""
        if self._stream is None:
            raise ValueError("this spool is complete")
        self._stream.write(np.ascontiguousarray(part, dtype=self._dtype).data)
        self.count += len(part)

    def whole(self) -> NDArray[Any]:
        """All numbers, in memory. Nothing can be added any more."""
        self.close()
        return np.fromfile(self._path, dtype=self._dtype)

    def at(self, rows: NDArray[np.int64]) -> NDArray[Any]:
        """The numbers of some rows, without holding all of them where the rows lie close together."""
        self.close()
        if not len(rows):
            return np.empty(0, dtype=self._dtype)
        low, span = int(rows.min()), int(rows.max() - rows.min()) + 1
        if span > _SPAN * len(rows):
            return np.memmap(self._path, dtype=self._dtype, mode="r")[rows]
        part = np.fromfile(self._path, dtype=self._dtype, count=span, offset=low * self._dtype.itemsize)
        return part if span == len(rows) and (np.diff(rows) == 1).all() else part[rows - low]

    def close(self) -> None:
        """Write out what is left. Harmless to call again."""
        if self._stream is not None:
            self._stream.close()
            self._stream = None
