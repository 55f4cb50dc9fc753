"""Text in any encoding, read as UTF-8, with every place in it led back to the byte of the original.

In some encodings the second byte of a character looks like a comma, a pipe or a backslash (Shift JIS, GBK, Big5), in
others every character has several bytes (UTF-16, UTF-32). Such text cannot be split by its bytes. It is decoded
first, and
since a record begins with a line and ends with one, the starts of the lines in both forms are enough to say exactly
where
in the original it stands.

Bytes that mean nothing in the encoding become half surrogates, which no UTF-8 holds: their record is set aside.
"""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

import numpy as np

from casebound.importers.batch import LONGEST_RAW, Batch, Int64s, Refused, shortened, shown

_UNITS = {"utf-16": 2, "utf-32": 4}
ERRORS = "casebound-halves"


def _halves(error: UnicodeError) -> tuple[str, int]:
    """Every byte that cannot be decoded as a half surrogate of its own."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return "".join(chr(0xDC00 + byte) for byte in error.object[error.start : error.end]), error.end


codecs.register_error(ERRORS, _halves)


def unit_of(encoding: str) -> int:
    """Bytes of the smallest unit: 2 for UTF-16, 4 for UTF-32, else 1."""
    return _UNITS.get(encoding[:6], 1)


def line_ends(raw: bytes, terminator: bytes, encoding: str) -> Int64s:
    """The index in `raw`, in bytes, behind every line end. `raw` begins with a whole unit."""
    unit = unit_of(encoding)
    if unit == 1:
        found = np.flatnonzero(np.frombuffer(raw, dtype=np.uint8) == terminator[0]) + 1
    else:
        order = ">" if encoding.endswith("be") else "<"
        whole = len(raw) - len(raw) % unit
        units = np.frombuffer(raw[:whole], dtype=f"{order}u{unit}")
        found = (np.flatnonzero(units == terminator[0]) + 1) * unit
    return found.astype(np.int64)


class Transcoded(io.RawIOBase):
    """`source`, which stands at byte `offset` of the original, as UTF-8; and the way back from there.

    Memory is bounded by the lines between what was read and what was located last.
    """

    def __init__(self, source: BinaryIO, encoding: str, terminator: bytes, offset: int, line: int = 1) -> None:
        self._source, self._encoding, self._terminator = source, encoding, terminator
        self._decoder = codecs.getincrementaldecoder(encoding)(ERRORS)
        self._unit = unit_of(encoding)
        self._left = b""  # bytes of a unit that a block cut
        self._ended = False
        self._line = line  # of the first start that is kept
        self._here, self._there = 0, offset  # how far was read: bytes of UTF-8, byte of the original
        self._starts = np.array([0], dtype=np.int64)
        self._origins = np.array([offset], dtype=np.int64)
        self._fresh: list[tuple[Int64s, Int64s]] = []

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        while not self._ended:
            block = self._source.read(size)
            self._ended = not block
            raw = self._left + block
            whole = len(raw) if self._ended else len(raw) - len(raw) % self._unit
            raw, self._left = raw[:whole], raw[whole:]
            text = self._decoder.decode(raw, self._ended).encode("utf-8", "surrogatepass")
            ends = line_ends(raw, self._terminator, self._encoding)
            found = line_ends(text, self._terminator, "utf-8")
            if len(ends) != len(found):
                raise AssertionError(f"lines were lost between {self._encoding} and UTF-8")
            if len(ends):
                self._fresh.append((found + self._here, ends + self._there))
            self._here, self._there = self._here + len(text), self._there + len(raw)
            if text:
                return text
        return b""

    def located(self, batch: Batch, original: Path) -> Batch:
        """The same batch with its places in the original. Batches must come in order."""
        self._gather()
        offsets, lengths = self._places(batch.lines, batch.offsets, batch.lengths)
        refused = [self._refusal(one, original) for one in batch.refused]
        last = max([*batch.lines[-1:].tolist(), *(one.line for one in batch.refused[-1:])], default=self._line)
        done = last - self._line
        if done > 0:
            self._starts, self._origins, self._line = self._starts[done:], self._origins[done:], last
        # What the block holds is our own writing of it, not what stands in the original.
        block = replace(batch.block, original=False) if batch.block is not None else None
        return replace(batch, offsets=offsets, lengths=lengths, refused=refused, block=block)

    def _gather(self) -> None:
        if self._fresh:
            self._starts = np.concatenate((self._starts, *(starts for starts, _ in self._fresh)))
            self._origins = np.concatenate((self._origins, *(origins for _, origins in self._fresh)))
            self._fresh = []

    def _places(self, lines: Int64s, offsets: Int64s, lengths: Int64s) -> tuple[Int64s, Int64s]:
        origins = self._origins[lines - self._line]
        ends = offsets + lengths
        # The line on which a record ends, and where the next one begins; what lies between are CR and LF.
        following = np.searchsorted(self._starts, ends, side="right")
        starts = np.append(self._starts, self._here)
        nexts = np.append(self._origins, self._there)
        stops = nexts[following] - (starts[following] - ends) * self._unit
        return origins, stops - origins

    def _refusal(self, one: Refused, original: Path) -> Refused:
        line, offset, length = (np.array([value], dtype=np.int64) for value in (one.line, one.offset, one.length))
        origins, sizes = self._places(line, offset, length)
        with original.open("rb") as stream:
            stream.seek(int(origins[0]))
            raw = stream.read(min(int(sizes[0]), 8 * LONGEST_RAW))
        reason = one.reason
        if one.code == "encoding":
            reason = f"The record holds bytes that are not {self._encoding.upper()}."
        return replace(
            one,
            offset=int(origins[0]),
            length=int(sizes[0]),
            reason=reason,
            raw=shortened(shown(raw, self._encoding)),
        )


def located_batches(batches: Iterator[Batch], text: Transcoded, original: Path) -> Iterator[Batch]:
    """Batches of a transcoded text with their places in the original."""
    for batch in batches:
        yield text.located(batch, original)
