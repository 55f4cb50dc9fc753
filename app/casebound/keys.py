"""A number of 64 bits for each declared key, to find repeated ones without holding the keys.

Equal keys have equal numbers; different keys nearly always have different ones, so whoever uses them compares the keys
behind equal numbers. 0 stands for no key.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from casebound.importers.batch import Block

Keys = NDArray[np.uint64]
_FIRST, _STEP = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xFF51AFD7ED558CCD)
_SHIFT = np.uint64(32)


def block_keys(block: Block, index: int) -> Keys:
    """The numbers of value `index` of every record in a block."""
    starts, lengths = block.field(index)
    keys = numbers(np.frombuffer(block.data, dtype=np.uint8), starts, lengths)
    if block.encoding not in ("utf-8", "ascii") or block.doubled:
        # What is written differently may be the same key: number the values themselves.
        odd = _odd(block, starts, lengths)
        for row in odd.tolist():
            keys[row] = text_keys([block.text(index, row)])[0]
    return keys


def _odd(block: Block, starts: NDArray[np.int64], lengths: NDArray[np.int64]) -> NDArray[np.int64]:
    data = np.frombuffer(block.data, dtype=np.uint8)
    special = np.flatnonzero((data >= 0x80) | (data == 34)) if block.encoding != "utf-8" else np.flatnonzero(data == 34)
    inside: NDArray[np.int64] = np.flatnonzero(
        np.searchsorted(special, starts) != np.searchsorted(special, starts + lengths)
    )
    return inside


def text_keys(texts: list[str | None]) -> Keys:
    """The numbers of values."""
    encoded = [(text or "").encode("utf-8", "surrogatepass") for text in texts]
    lengths = np.fromiter(map(len, encoded), dtype=np.int64, count=len(encoded))
    return numbers(np.frombuffer(b"".join(encoded), dtype=np.uint8), np.cumsum(lengths) - lengths, lengths)


def numbers(data: NDArray[np.uint8], starts: NDArray[np.int64], lengths: NDArray[np.int64]) -> Keys:
    """The numbers of texts in a buffer, eight bytes at a time."""
    keys = np.zeros(len(starts), dtype=np.uint64)
    for length in np.unique(lengths).tolist():
        if not length:
            continue
        rows = np.flatnonzero(lengths == length)
        state = np.full(len(rows), _FIRST + np.uint64(length), dtype=np.uint64)
        for low in range(0, length, 8):
            size = min(8, length - low)
            cells = np.zeros((len(rows), 8), dtype=np.uint8)
            cells[:, :size] = data[starts[rows][:, None] + np.arange(low, low + size)]
            state = (state ^ cells.view(np.uint64)[:, 0]) * _STEP
            state ^= state >> _SHIFT
        keys[rows] = np.maximum(state, np.uint64(1))
    return keys
