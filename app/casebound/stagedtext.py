"""The text of staged rows: cut from the original, or from our own file of rows that do not stand there plainly."""

from __future__ import annotations

import mmap
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from casebound.importers.records import Dialect, next_record
from casebound.staging import Staging

Int64s = NDArray[np.int64]
_CR, _LF = 13, 10
_SPARSE, _NEAR = 4, 1024 * 1024  # rows are read with what is between them up to so many times their size, and bytes


@dataclass(frozen=True, slots=True)
class Text:
    """Rows to be kept: which staged rows, and their text, one to a line."""

    rows: Int64s
    parts: list[bytes | memoryview]  # one after the other
    own: bool  # whether some of it does not stand so in the original
    newline: str = "\\n"  # as DuckDB names it

    def whole(self) -> bytes:
        """All of it."""
        return b"".join(self.parts)


class StagedText:
    """Texts of rows that are completely staged. `sizes` are their bytes in UTF-8, by row."""

    def __init__(self, staging: Staging) -> None:
        self._staging = staging
        self.sizes: NDArray[Any] = staging.places["size"].whole()
        self._written, self._offsets = staging.places["written"], staging.places["offset"]
        self._lacking = self._short_rows()
        self._dialect = Dialect(staging.delimiter.encode(), b"\n", "utf-8")

    def values(self, rows: Int64s) -> list[list[str | None]]:
        """All values of some rows, None for columns that came later."""
        return [parsed(text, self._dialect, len(self._staging.columns)) for text in self.pieces(rows)]

    def text(self, rows: Int64s) -> Text:
        """The rows as they lie, one to a line: whole runs at once where nothing stands between them."""
        written = self._written.at(rows)
        own = bool((written >= 0).any())
        if own and ((written < 0).any() or self._lacking is not None):
            return Text(rows, [b"\n".join([*self.pieces(rows), b""])], own=True)
        path, starts = (self._staging.own_text, written) if own else (self._staging.original, self._offsets.at(rows))
        ends = starts + self.sizes[rows]
        if (starts[1:] < ends[:-1]).any():
            return Text(rows, [b"\n".join([*self.pieces(rows), b""])], own=True)
        low = int(starts[0])
        mapped = _mapped(path, low, int(ends[-1]) - low)
        view = np.frombuffer(mapped, dtype=np.uint8)
        # A run goes on where one line end stands between two rows, and nothing else.
        gaps, behind = starts[1:] - ends[:-1], ends[:-1] - low
        returns = len(gaps) > 0 and bool((gaps == 2).sum() * 2 > len(gaps)) and view[behind[0]] == _CR
        if returns:
            goes_on = (gaps == 2) & (view[behind] == _CR) & (view[np.minimum(behind + 1, len(view) - 1)] == _LF)
        else:
            goes_on = (gaps == 1) & (view[behind] == _LF)
        breaks = np.flatnonzero(~goes_on)
        begins = np.concatenate(([0], breaks + 1))
        stops = np.concatenate((breaks, [len(rows) - 1]))
        end = b"\r\n" if returns else b"\n"
        parts: list[bytes | memoryview] = []
        for first, last in zip((starts[begins] - low).tolist(), (ends[stops] - low).tolist(), strict=True):
            parts += [mapped[first:last], end]
        return Text(rows, parts, own=own, newline="\\r\\n" if returns else "\\n")

    def own(self, rows: Int64s) -> bool:
        """Whether some of these rows do not stand plainly in the original."""
        return bool((self._written.at(rows) >= 0).any())

    def pieces(self, rows: Int64s) -> list[bytes]:
        """The text of each row, cut from the stretch that holds them all."""
        found: list[bytes] = [b""] * len(rows)
        written = self._written.at(rows)
        own = written >= 0
        for path, at in (
            (self._staging.original, np.flatnonzero(~own)),
            (self._staging.own_text, np.flatnonzero(own)),
        ):
            if not len(at):
                continue
            starts = written[at] if path == self._staging.own_text else self._offsets.at(rows[at])
            ends = starts + self.sizes[rows[at]]
            low = int(starts.min())
            size = int(ends.max()) - low
            # Rows far apart are not worth all that stands between them.
            sparse = size > _SPARSE * int(self.sizes[rows[at]].sum(dtype=np.int64)) + _NEAR
            data = _mapped(path, low, size) if sparse else _part(path, low, size)
            pieces = [bytes(data[a:b]) for a, b in zip((starts - low).tolist(), (ends - low).tolist(), strict=True)]
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
        written = self._written.whole()
        return np.where(written >= 0, missing[np.searchsorted(begins, written, side="right") - 1], 0)


def parsed(text: bytes, dialect: Dialect, width: int) -> list[str | None]:
    """The values of one staged row. A row of a single column that holds nothing is an empty text."""
    if not text:
        return [None] * width
    record = next_record(text, 0, dialect, True)
    if record is None or record.values is None or record.next != len(text) or len(record.values) != width:
        raise AssertionError("a record changed between being split and being read")
    return record.values


def _mapped(path: Path, low: int, size: int) -> memoryview:
    """A stretch of a file, mapped: it takes no memory of ours, and lasts as long as anybody looks at it."""
    with path.open("rb") as stream:
        _require(path, stream.seek(0, 2), low + size)
        begin = low - low % mmap.ALLOCATIONGRANULARITY
        mapped = mmap.mmap(stream.fileno(), low + size - begin, offset=begin, access=mmap.ACCESS_READ)
    return memoryview(mapped)[low - begin :]


def _part(path: Path, low: int, size: int) -> bytes:
    with path.open("rb", buffering=0) as stream:
        stream.seek(low)
        data = stream.read(size)
        while len(data) < size and (more := stream.read(size - len(data))):
            data += more
    _require(path, len(data), size)
    return data


def _require(path: Path, found: int, wanted: int) -> None:
    if found < wanted:
        raise OSError(f"{path.name} ends before the rows that were found in it")
