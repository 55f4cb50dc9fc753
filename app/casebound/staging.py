"""Rows on their way from an importer into a generation: where each is, when it happened, and what was refused.

Records that stand plainly in the original stay there: only their places are noted. Other records are written to a file
of our own, as plain text of the same kind. `casebound.rowstore` then takes both in the order of time.
"""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from casebound.case import ColumnRole, TableMapping
from casebound.duck import ask, connect
from casebound.importers.batch import Batch, Block, Refused, shortened, shown
from casebound.keys import block_keys, text_keys
from casebound.spool import Spool
from casebound.timecolumn import TimeColumn, Times

Int64s = NDArray[np.int64]
_WHOLE = re.compile(r"0|-?[1-9][0-9]{0,17}", re.ASCII)
_WIDEST = 18
_LONG = 48  # characters on average
_MANY, _MUCH = 2_000, 4 * 1024 * 1024  # refused records, or characters of them, that are held before they are kept
PLACE = ("_ordinal", "_line", "_offset", "_length")
_PLACES = {
    "ordinal": "<i8",
    "line": "<i8",
    "offset": "<i8",
    "length": "<i8",
    "time": "<i8",
    "reading": "<u2",
    "key": "<u8",
    "written": "<i8",  # where the row stands in our own file, -1 where it stands in the original
    "size": "<i4",  # bytes there
}


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A record left out because it says again what the record `first` says; of another source where that is given."""

    ordinal: int
    line: int
    offset: int
    first_ordinal: int
    first_line: int
    first_source: int | None = None


class Staging:
    """Takes batches; counts what comes.

    `columns` grows with the batches. Records that are no rows go to the table `aside` of `connection`.
    """

    def __init__(self, folder: Path, original: Path, mapping: TableMapping, times: TimeColumn | None) -> None:
        self.folder, self.original, self.mapping, self.times = folder, original, mapping, times
        self.columns: tuple[str, ...] = tuple(column.name for column in mapping.columns)
        time_name = mapping.named(ColumnRole.TIME)
        self._time = self.columns.index(time_name) if times and time_name else -1
        key = mapping.named(ColumnRole.ID)
        self.key = self.columns.index(key) if key else -1
        roles = {column.name: column.role for column in mapping.columns}
        self._roles = roles
        self.numbers = {
            index
            for index, name in enumerate(self.columns)
            if roles[name] in (ColumnRole.NUMBER, ColumnRole.TEXT) and index != self._time
        }
        """Columns of which every value so far is a whole number that BIGINT writes back letter for letter."""
        self._filled: set[int] = set()
        self.long: frozenset[int] | None = None  # columns of long texts, by the first rows
        self.read = self.blank = 0
        chosen = mapping.delimiter
        self.delimiter = chosen if len(chosen) == 1 and chosen.isascii() and chosen not in '"\r\n\0' else ","
        self.scratch = folder / "scratch"
        self.scratch.mkdir(mode=0o700)
        self.places = {name: Spool(self.scratch / f"{name}.bin", dtype) for name, dtype in _PLACES.items()}
        self._special = re.compile(rf'["\r\n{re.escape(self.delimiter)}]|^\s|\s$')
        self.own_text = self.scratch / "rows.csv"
        self._stream = self.own_text.open("wb")
        self._written = 0
        self.widths: list[tuple[int, int]] = []  # from which byte of our own file on rows have how many values
        self._refused: list[Refused] = []
        self.standing: list[Duplicate] = []  # rows that another source has, or this one in another generation
        self.clashing: list[int] = []  # ordinals of rows set aside after they were staged
        self.connection = connect(None, self.scratch)
        place = ", ".join(f"{name} BIGINT" for name in PLACE)
        ask(self.connection, f"CREATE TABLE aside ({place}, _code VARCHAR, _reason VARCHAR, _raw VARCHAR)")
        self.aside = 0

    def close(self) -> None:
        """Leave nothing of the staging behind. May be called at any time."""
        self.connection.close()
        self._stream.close()
        for spool in self.places.values():
            spool.close()
        shutil.rmtree(self.scratch, ignore_errors=True)

    @property
    def count(self) -> int:
        """Rows staged."""
        return self.places["ordinal"].count

    @property
    def has_times(self) -> bool:
        """Whether the table has a time column."""
        return self.times is not None and self._time >= 0

    def known(self, rows: Int64s) -> dict[str, NDArray[Any]]:
        """Where some staged rows stand and, in a table with times, their moments: by the names of the store."""
        spools = dict(zip(PLACE, ("ordinal", "line", "offset", "length"), strict=True))
        if self.has_times:
            spools |= {"_time_us": "time", "_reading": "reading"}
        return {name: self.places[spool].at(rows) for name, spool in spools.items()}

    @property
    def typed(self) -> frozenset[int]:
        """Columns that are kept as whole numbers."""
        return frozenset(self.numbers & self._filled)

    def add(self, batch: Batch) -> None:
        """Stage one batch: its rows with their times, and what it refused."""
        self.read += batch.count + len(batch.refused)
        self.blank += batch.blank
        if len(batch.columns) > len(self.columns):
            self.columns = batch.columns
            self.numbers |= {
                index for index, name in enumerate(batch.columns) if name not in self._roles and index != self._time
            }
            self._roles |= {name: ColumnRole.TEXT for name in batch.columns if name not in self._roles}
        self.set_aside(batch.refused)
        if not batch.count:
            return
        if batch.block is not None:
            self._stage_block(batch, batch.block)
        else:
            self._stage_values(batch, batch.values or [])

    def set_aside(self, refused: list[Refused]) -> None:
        """Keep records that are no rows, as found."""
        self._refused += refused
        self.aside += len(refused)
        if len(self._refused) >= _MANY or sum(len(one.raw) for one in refused) > _MUCH:
            self._flush()

    def finish(self) -> None:
        """No more batches come."""
        self._stream.close()
        self._flush()

    def _flush(self) -> None:
        if not self._refused:
            return
        refused, self._refused = self._refused, []
        self.connection.register(
            "incoming",
            {
                "o": np.array([one.ordinal for one in refused], dtype=np.int64),
                "l": np.array([one.line for one in refused], dtype=np.int64),
                "b": np.array([one.offset for one in refused], dtype=np.int64),
                "n": np.array([one.length for one in refused], dtype=np.int64),
                "code": texts([one.code for one in refused]),
                "reason": texts([_storable(one.reason) for one in refused]),
                "raw": texts([_storable(one.raw) for one in refused]),
            },
        )
        ask(self.connection, "INSERT INTO aside SELECT o, l, b, n, code, reason, raw FROM incoming")
        self.connection.unregister("incoming")

    def raw_of(self, refused_offset: int, length: int, values: list[str | None]) -> str:
        """The record as found: its bytes in the original, or its cells where the format has none."""
        if refused_offset < 0:
            return shortened("\t".join(value or "" for value in values))
        with self.original.open("rb") as stream:
            stream.seek(refused_offset)
            return shortened(shown(stream.read(min(length, 512 * 1024)), self.mapping.encoding))

    def _stage_block(self, batch: Batch, block: Block) -> None:
        if self.long is None:
            self.long = frozenset(i for i in range(block.width) if block.field(i)[1].mean() >= _LONG)
        if block.delimiter != self.delimiter:
            raise ValueError(f"a block cut at {block.delimiter!r} in a table cut at {self.delimiter!r}")
        times = None
        if self.times is not None and self._time >= 0:
            starts, lengths = block.field(self._time)
            times = self.times.read(block.data, starts, lengths, lambda row: block.text(self._time, row))
        keys = block_keys(block, self.key) if self.key >= 0 else None
        self._check_numbers(block)
        fine = self._without_time(batch, times)
        written, sizes = np.full(batch.count, -1, dtype=np.int64), batch.lengths
        if not block.original or (block.encoding not in ("utf-8", "ascii") and not block.data.isascii()):
            written, sizes = self._write_as_utf8(block)
        self._note(batch, times, keys, written, sizes, fine)

    def _write_as_utf8(self, block: Block) -> tuple[Int64s, Int64s]:
        """Write a block of another encoding to our own file. Returns where its records are there, and their sizes."""
        if block.encoding in ("utf-8", "ascii"):
            text, passed = block.data, np.arange(len(block.data) + 1)
        else:
            # In these encodings a byte is a character, so that its length in UTF-8 is known.
            single = np.array([_utf8_length(byte, block.encoding) for byte in range(256)], dtype=np.int64)
            passed = np.concatenate(([0], np.cumsum(single[np.frombuffer(block.data, dtype=np.uint8)])))
            text = block.data.decode(block.encoding).encode("utf-8")
        if len(text) != passed[-1]:
            raise ValueError(f"{block.encoding} is no encoding of single bytes")
        written = self._written + passed[block.starts]
        self._stream.write(text)
        self._written += len(text)
        return written, passed[block.starts + block.lengths] - passed[block.starts]

    def _stage_values(self, batch: Batch, values: list[list[str | None]]) -> None:
        if self.long is None:
            written_out = (sum(len(value or "") for value in column) for column in values)
            self.long = frozenset(index for index, size in enumerate(written_out) if size >= _LONG * batch.count)
        times = self.times.read_texts(values[self._time]) if self.times is not None and self._time >= 0 else None
        keys = text_keys(values[self.key]) if self.key >= 0 else None
        for index in tuple(self.numbers):
            self._check_values(index, values[index])
        cells = [[_written(value, self._special) for value in column] for column in values]
        rows = [self.delimiter.join(row).encode("utf-8", "backslashreplace") for row in zip(*cells, strict=True)]
        sizes = np.fromiter(map(len, rows), dtype=np.int64, count=len(rows))
        lines = sizes + 1
        if not self.widths or self.widths[-1][1] != len(values):
            self.widths.append((self._written, len(values)))
        written = self._written + np.cumsum(lines) - lines
        self._stream.write(b"\n".join([*rows, b""]))
        self._written += int(lines.sum())
        self._note(batch, times, keys, written, sizes, self._without_time(batch, times))

    def _without_time(self, batch: Batch, times: Times | None) -> NDArray[np.bool_]:
        """Refuse the rows whose time cannot be read. Returns which rows stay."""
        fine = np.ones(batch.count, dtype=bool)
        if times is None or not times.reasons:
            return fine
        fine[list(times.reasons)] = False
        refused = []
        for row, unread in times.reasons.items():
            offset, length = int(batch.offsets[row]), int(batch.lengths[row])
            if batch.block is not None:
                low = int(batch.block.starts[row])
                raw = shortened(shown(batch.block.data[low : low + length], batch.block.encoding))
            else:
                raw = self.raw_of(offset, length, [column[row] for column in batch.values or ()])
            where = (int(batch.ordinals[row]), int(batch.lines[row]), offset, length)
            refused.append(Refused(*where, unread.code, unread.reason, raw))
        self.set_aside(refused)
        return fine

    def _note(
        self,
        batch: Batch,
        times: Times | None,
        keys: NDArray[np.uint64] | None,
        written: Int64s,
        sizes: Int64s,
        fine: NDArray[np.bool_],
    ) -> None:
        everything = bool(fine.all())
        columns: dict[str, NDArray[Any]] = {
            "ordinal": batch.ordinals,
            "line": batch.lines,
            "offset": batch.offsets,
            "length": batch.lengths,
            "written": written,
            "size": sizes,
        }
        if times is not None:
            columns |= {"time": times.time_us, "reading": times.codes}
        if keys is not None:
            columns["key"] = keys
        for name, values in columns.items():
            self.places[name].add(values if everything else values[fine])

    def _check_numbers(self, block: Block) -> None:
        data = np.frombuffer(block.data, dtype=np.uint8)
        for index in tuple(self.numbers):
            starts, lengths = block.field(index)
            filled = lengths > 0
            rows = np.flatnonzero(filled)
            # A look at the first rows saves most of the work: what is text shows it there.
            if _empty_quoted(data, starts, filled) or not (
                _whole(data, starts[rows[:64]], lengths[rows[:64]]) and _whole(data, starts[rows], lengths[rows])
            ):
                self.numbers.discard(index)
            elif len(rows):
                self._filled.add(index)

    def _check_values(self, index: int, values: list[str | None]) -> None:
        filled = False
        for value in values:
            if value is not None:
                filled = True
                if not _WHOLE.fullmatch(value):
                    self.numbers.discard(index)
                    return
        if filled:
            self._filled.add(index)


def _whole(data: NDArray[np.uint8], starts: Int64s, lengths: Int64s) -> bool:
    """Whether every text is a whole number as BIGINT writes it."""
    if not len(starts):
        return True
    negative = data[starts] == 45
    starts, lengths = starts + negative, lengths - negative
    if int(lengths.max()) > _WIDEST or int(lengths.min()) < 1:
        return False
    head = data[starts]
    if ((head < 49) & ~((head == 48) & (lengths == 1) & ~negative)).any() or (head > 57).any():
        return False
    last = len(data) - 1
    for place in range(1, int(lengths.max())):
        inside = lengths > place
        cells = data[np.minimum(starts + place, last)]
        if (inside & ((cells < 48) | (cells > 57))).any():
            return False
    return True


def _empty_quoted(data: NDArray[np.uint8], starts: Int64s, filled: NDArray[np.bool_]) -> bool:
    """Whether a value is written as "", which is a text and no number."""
    behind = starts[~filled]
    return bool((data[behind[behind > 0] - 1] == 34).any())


def _written(value: str | None, special: re.Pattern[str]) -> str:
    """A value in plain CSV. None is nothing at all, an empty text is quoted."""
    if value is None:
        return ""
    return f'"{value.replace(chr(34), chr(34) * 2)}"' if not value or special.search(value) else value


def _utf8_length(byte: int, encoding: str) -> int:
    return len(bytes((byte,)).decode(encoding, "replace").encode("utf-8"))


def texts(values: list[str] | list[str | None]) -> NDArray[np.object_]:
    """Texts as DuckDB takes them in."""
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array


def _storable(text: str) -> str:
    """Text that UTF-8 can hold: half characters are written as escapes."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
