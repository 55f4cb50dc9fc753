"""Splitting a block of plainly well-formed delimited text by array operations, for speed; anything doubtful is left
to the careful way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from casebound.importers.batch import LONGEST_RECORD, Batch, Block, Refused, beat, ragged, shortened, shown

if TYPE_CHECKING:
    from casebound.importers.records import Dialect, Place

Bytes = NDArray[np.uint8]
_QUOTE, _CR = 34, 13


def split_block(
    buffer: bytes, dialect: Dialect, columns: tuple[str, ...], place: Place, final: bool
) -> tuple[Batch, int] | None:
    """The records of `buffer` up to its last whole one, and the bytes used; moves `place`. None where the block is
    not plain.

    Plain means: no NUL, every byte decodable, every quote opens a field or closes one, every CR outside quotes ends a
    line, line ends alike.
    """
    # DuckDB would take a leading mark for the file's own, and files with CR alone are too rare to be fast.
    if b"\0" in buffer or buffer.startswith(b"\xef\xbb\xbf") or dialect.terminator == b"\r":
        return None
    data = np.frombuffer(buffer, dtype=np.uint8)
    newlines = np.flatnonzero(data == dialect.terminator[0])
    quotes = np.flatnonzero(data == _QUOTE)
    if len(quotes) and not _plain_quotes(data, quotes, dialect):
        return None
    ends = _outside(newlines, quotes)
    used = len(buffer) if final else int(ends[-1]) + 1 if len(ends) else 0
    if used == 0:
        return None if len(buffer) > LONGEST_RECORD else (beat(columns), 0)
    if final and (len(quotes) % 2 or (len(quotes) and quotes[-1] >= used)):
        return None
    if final and (not len(ends) or ends[-1] != used - 1):
        ends = np.append(ends, used)
    starts = np.concatenate((np.zeros(1, dtype=np.int64), ends[:-1] + 1))
    lengths = ends - starts
    if b"\r" in buffer:
        returns = _returns(data[:used], starts, ends, quotes, len(buffer))
        if returns is None:
            return None
        lengths -= returns
    if int(lengths.max()) > LONGEST_RECORD:
        return None
    if not buffer.isascii():
        try:
            buffer[:used].decode(dialect.encoding)
        except UnicodeDecodeError:
            return None
    marks = _outside(np.flatnonzero(data[:used] == dialect.delimiter[0]), quotes)
    first = np.searchsorted(marks, starts)
    found = np.append(first[1:], len(marks)) - first + 1
    lines = place.line + (np.arange(len(starts)) if len(newlines) == len(ends) else np.searchsorted(newlines, starts))
    blank = lengths == 0
    record = ~blank
    ordinals = place.ordinal + np.cumsum(record) - 1
    good = record & (found == len(columns))
    refused = [
        Refused(
            int(ordinals[index]),
            int(lines[index]),
            place.offset + int(starts[index]),
            int(lengths[index]),
            "columns",
            ragged(int(found[index]), len(columns)),
            shortened(shown(buffer[starts[index] : starts[index] + lengths[index]], dialect.encoding)),
        )
        for index in np.flatnonzero(record & ~good)
    ]
    if not good.all():
        ordinals, lines, starts, lengths, first = (each[good] for each in (ordinals, lines, starts, lengths, first))
    block = Block(
        buffer,
        starts,
        lengths,
        dialect.delimiter.decode("ascii"),
        dialect.encoding,
        marks,
        first,
        len(columns),
        doubled=bool((np.diff(quotes) == 1).any()),
    )
    batch = Batch(
        columns,
        ordinals,
        lines,
        place.offset + starts,
        lengths,
        block=block,
        refused=refused,
        blank=int(blank.sum()),
    )
    place.offset += used
    place.line += int(np.searchsorted(newlines, used))
    place.ordinal += int(record.sum())
    return batch, used


def _returns(
    data: Bytes, starts: NDArray[np.int64], ends: NDArray[np.int64], quotes: NDArray[np.int64], size: int
) -> NDArray[np.bool_] | None:
    """Which lines end with CR before the line end; None where a CR stands elsewhere outside quotes, or only some do."""
    returns = np.zeros(len(ends), dtype=bool)
    inner = ends > starts
    returns[inner] = data[ends[inner] - 1] == _CR
    if len(_outside(np.flatnonzero(data == _CR), quotes)) != int(returns.sum()):
        return None
    if (returns.any() and not returns[ends < size].all()) or (ends[-1] == size and returns[-1]):
        return None
    return returns


def _outside(positions: NDArray[np.int64], quotes: NDArray[np.int64]) -> NDArray[np.int64]:
    """Those positions that lie outside quotes."""
    if not len(quotes) or not len(positions):
        return positions
    # Quotes are fewer than positions: find where each pair begins and ends among them.
    edges = np.searchsorted(positions, quotes)
    begins, ends = edges[0::2], edges[1::2]
    if len(begins) > len(ends):
        ends = np.append(ends, len(positions))
    filled = np.flatnonzero(ends > begins)
    if not len(filled):
        return positions
    depth = np.zeros(len(positions) + 1, dtype=np.int8)
    depth[begins[filled]] += 1
    depth[ends[filled]] -= 1
    outside: NDArray[np.int64] = positions[np.cumsum(depth[:-1], dtype=np.int8) == 0]
    return outside


def _plain_quotes(data: Bytes, quotes: NDArray[np.int64], dialect: Dialect) -> bool:
    """Whether every quote opens a field, closes one, or is one of a pair inside one."""
    terminator, delimiter, size = dialect.terminator[0], dialect.delimiter[0], len(data)
    opening, closing = quotes[0::2], quotes[1::2]
    before = data[opening - 1]
    fine = (opening == 0) | (before == delimiter) | (before == terminator)
    # A quote right behind a closing one: the pair stands for a quote inside the field.
    fine[1:] |= opening[1:] == closing[: len(opening) - 1] + 1
    if not fine.all():
        return False
    after = data[np.minimum(closing + 1, size - 1)]
    last = closing + 1 >= size
    fine = last | (after == delimiter) | (after == terminator) | (after == _QUOTE)
    behind = data[np.minimum(closing + 2, size - 1)]
    fine |= (after == _CR) & ((behind == terminator) | (closing + 2 >= size))
    return bool(fine.all())
