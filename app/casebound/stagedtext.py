"""The text of staged rows: cut from the original, or from our own file of rows that do not stand there plainly."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from casebound.importers.records import Dialect, next_record
from casebound.staging import Staging

Int64s = NDArray[np.int64]
_LF = 10


class StagedText:
    """Texts of rows that are completely staged. `sizes` are their bytes in UTF-8, by row."""

    def __init__(self, staging: Staging) -> None:
        self._staging = staging
        self.sizes: NDArray[Any] = staging.places["size"].whole()
        self._written: Int64s = staging.places["written"].whole()
        self._offsets: Int64s = staging.places["offset"].whole()
        self._lacking = self._short_rows()
        self._dialect = Dialect(staging.delimiter.encode(), b"\n", "utf-8")

    def values(self, rows: Int64s) -> list[list[str | None]]:
        """All values of some rows, None for columns that came later."""
        return [parsed(text, self._dialect, len(self._staging.columns)) for text in self.pieces(rows)]

    def text(self, rows: Int64s) -> bytes:
        """The rows as they lie, one to a line: whole runs at once where nothing stands between them."""
        own = self._written[rows] >= 0
        if own.any() and not own.all():
            return b"\n".join([*self.pieces(rows), b""])
        if self._lacking is not None and own.any():
            return b"\n".join([*self.pieces(rows), b""])
        path, starts = (
            (self._staging.own_text, self._written[rows])
            if own.any()
            else (self._staging.original, self._offsets[rows])
        )
        ends = starts + self.sizes[rows]
        if (starts[1:] < ends[:-1]).any():
            return b"\n".join([*self.pieces(rows), b""])
        low = int(starts[0])
        data = _part(path, low, int(ends[-1]) - low)
        # A run goes on where one line end stands between two rows, and nothing else.
        between = np.frombuffer(data, dtype=np.uint8)[ends[:-1] - low]
        breaks = np.flatnonzero((starts[1:] != ends[:-1] + 1) | (between != _LF))
        begins = np.concatenate(([0], breaks + 1))
        stops = np.concatenate((breaks, [len(rows) - 1]))
        runs = zip((starts[begins] - low).tolist(), (ends[stops] - low).tolist(), strict=True)
        whole = memoryview(data)
        return b"\n".join([*(whole[a:b] for a, b in runs), b""])

    def pieces(self, rows: Int64s) -> list[bytes]:
        """The text of each row, cut from the stretch that holds them all."""
        found: list[bytes] = [b""] * len(rows)
        own = self._written[rows] >= 0
        for path, at, places in (
            (self._staging.original, np.flatnonzero(~own), self._offsets),
            (self._staging.own_text, np.flatnonzero(own), self._written),
        ):
            if not len(at):
                continue
            starts = places[rows[at]]
            ends = starts + self.sizes[rows[at]]
            low = int(starts.min())
            data = _part(path, low, int(ends.max()) - low)
            pieces = [data[a:b] for a, b in zip((starts - low).tolist(), (ends - low).tolist(), strict=True)]
            if len(at) == len(rows):
                found = pieces
            else:
                for place, piece in zip(at.tolist(), pieces, strict=True):
                    found[place] = piece
        if self._lacking is not None:
            mark, lacking = self._staging.delimiter.encode(), self._lacking[rows]
            for place in np.flatnonzero(lacking).tolist():
                found[place] += mark * int(lacking[place])
        return found

    def _short_rows(self) -> NDArray[np.int64] | None:
        """How many values each row lacks that was staged before the table had all its columns; None where none does."""
        widths, full = self._staging.widths, len(self._staging.columns)
        if all(width == full for _, width in widths):
            return None
        begins = np.array([begin for begin, _ in widths], dtype=np.int64)
        missing = full - np.array([width for _, width in widths], dtype=np.int64)
        return np.where(self._written >= 0, missing[np.searchsorted(begins, self._written, side="right") - 1], 0)


def parsed(text: bytes, dialect: Dialect, width: int) -> list[str | None]:
    """The values of one staged row. A row of a single column that holds nothing is an empty text."""
    if not text:
        return [None] * width
    record = next_record(text, 0, dialect, True)
    if record is None or record.values is None or record.next != len(text) or len(record.values) != width:
        raise AssertionError("a record changed between being split and being read")
    return record.values


def _part(path: Path, low: int, size: int) -> bytes:
    with path.open("rb", buffering=0) as stream:
        stream.seek(low)
        data = stream.read(size)
        while len(data) < size and (more := stream.read(size - len(data))):
            data += more
    if len(data) != size:
        raise OSError(f"{path.name} ends before the rows that were found in it")
    return data
