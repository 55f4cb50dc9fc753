"""What an importer hands over: records in the order of the original, each with its exact place, and what it had to
refuse.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

Int64s = NDArray[np.int64]
_QUOTE = 34

LONGEST_RECORD = 16 * 1024 * 1024  # bytes; a longer record is set aside
LONGEST_RAW = 64 * 1024  # characters of a refused record that are kept beside its place; the original has all of it
MOST_COLUMNS = 2_000
FULL_ROWS = 10_000  # a batch of parsed values is handed over at so many records,
FULL_BYTES = 8 * 1024 * 1024  # or so many bytes of the original;
BEAT = 500  # and an empty one every so many records, so that a person can stop


@dataclass(frozen=True, slots=True)
class Refused:
    """A record that cannot be a row, as found."""

    ordinal: int
    line: int
    offset: int  # first byte in the original, -1 where the format has none
    length: int  # bytes, without the line end
    code: str
    reason: str
    raw: str


@dataclass(frozen=True, slots=True)
class Block:
    """Plainly well-formed records as they stand in the original, and where their values are.

    Record i is `data[starts[i] : starts[i] + lengths[i]]`, in `encoding`, an encoding in which ASCII is ASCII.
    """

    data: bytes
    starts: Int64s
    lengths: Int64s
    delimiter: str
    encoding: str
    marks: Int64s  # where delimiters outside quotes are, over all of `data`
    first: Int64s  # for each record, the index in `marks` of the first that is not before it
    width: int  # values in every record
    doubled: bool = True  # whether two quotes stand side by side anywhere
    original: bool = True  # whether `data` are bytes of the file, or our own writing of them in UTF-8

    def only(self, keep: NDArray[np.bool_]) -> Block:
        """The block with only these records."""
        return replace(self, starts=self.starts[keep], lengths=self.lengths[keep], first=self.first[keep])

    def field(self, index: int) -> tuple[Int64s, Int64s]:
        """Where value number `index` of each record starts, and its length, without the quotes around it."""
        starts = self.marks[self.first + (index - 1)] + 1 if index else self.starts
        ends = self.marks[self.first + index] if index < self.width - 1 else self.starts + self.lengths
        lengths = ends - starts
        data = np.frombuffer(self.data, dtype=np.uint8)
        quoted = (lengths >= 2) & (data[np.minimum(starts, len(data) - 1)] == _QUOTE)
        return starts + quoted, lengths - 2 * quoted

    def text(self, index: int, row: int) -> str | None:
        """One value. None where nothing is written."""
        low = int(self.marks[self.first[row] + index - 1]) + 1 if index else int(self.starts[row])
        high = (
            int(self.marks[self.first[row] + index])
            if index < self.width - 1
            else int(self.starts[row] + self.lengths[row])
        )
        raw = self.data[low:high]
        if not raw:
            return None
        if raw.startswith(b'"'):
            raw = raw[1:-1].replace(b'""', b'"')
        return raw.decode(self.encoding)


@dataclass(slots=True)
class Batch:
    """Some records: either `block`, the records as they stand in the original, or `values`, one list for each column.

    The arrays name, for each record, its ordinal in the original from 0, its first line from 1, and its first byte
    and length.
    `columns` may grow from batch to batch where a format has no fixed columns.
    """

    columns: tuple[str, ...]
    ordinals: Int64s
    lines: Int64s
    offsets: Int64s
    lengths: Int64s
    block: Block | None = None
    values: list[list[str | None]] | None = None
    refused: list[Refused] = field(default_factory=list)
    blank: int = 0  # empty lines passed over
    told: tuple[str, ...] = ()  # what a person must know of the table, a sentence each: kept as warnings of the source

    @property
    def count(self) -> int:
        return len(self.ordinals)

    def rows(self) -> list[list[str | None]]:
        """The values of each record, one after the other: for a look at a few."""
        if self.block is None:
            return [list(row) for row in zip(*(self.values or []), strict=True)]
        width = len(self.columns)
        return [[self.block.text(index, row) for index in range(width)] for row in range(self.count)]


def beat(columns: tuple[str, ...]) -> Batch:
    """A batch with nothing in it, handed over while a full one gathers."""
    none = np.empty(0, dtype=np.int64)
    return Batch(columns, none, none, none, none, values=[[] for _ in columns])


def shortened(raw: str) -> str:
    """A refused record as kept: whole, or its beginning with a word on the rest."""
    if len(raw) <= LONGEST_RAW:
        return raw
    return f"{raw[:LONGEST_RAW]}… (the original holds {len(raw) - LONGEST_RAW:,} characters more)"


def shown(raw: bytes, encoding: str) -> str:
    """Bytes of an original as text; what cannot be decoded is written \\xNN."""
    if len(raw) > 4 * LONGEST_RAW:
        return raw[: 4 * LONGEST_RAW].decode(encoding, "backslashreplace") + "…"
    return raw.decode(encoding, "backslashreplace")


def places(rows: list[tuple[int, int, int, int]]) -> tuple[Int64s, Int64s, Int64s, Int64s]:
    """Ordinals, lines, offsets and lengths as arrays."""
    table = np.array(rows, dtype=np.int64).reshape(-1, 4)
    return table[:, 0].copy(), table[:, 1].copy(), table[:, 2].copy(), table[:, 3].copy()


def ragged(found: int, expected: int) -> str:
    """Why a record with another number of values is refused."""
    return f"{found} {'value' if found == 1 else 'values'} where {expected} are expected."


def distinct_names(names: list[str]) -> tuple[str, ...]:
    """Column names that can stand in one table: never empty, never alike but for case, never one of the store's own."""
    taken = {name.lower() for name in RESERVED}
    result = []
    for index, raw in enumerate(names):
        name = raw.strip().replace("\0", "\\x00") or f"column {index + 1}"
        chosen, number = name, 1
        while chosen.lower() in taken:
            number += 1
            chosen = f"{name} ({number})"
        taken.add(chosen.lower())
        result.append(chosen)
    return tuple(result)


RESERVED = (
    "_row",
    "_position",
    "_ordinal",
    "_line",
    "_offset",
    "_length",
    "_time_us",
    "_reading",
    "_time_raw",
    "_zone",
    "_zone_origin",
    "_note",
    "_source",
)
