"""Splitting delimited text into records, with the exact line and byte of each.

The rules are RFC 4180's: a field that begins with a quote runs to its closing quote, line ends inside it belong to
it; elsewhere a
quote is a character like any other. A record whose quotes do not close, or have text after them, is refused by its
first line
alone, and reading goes on with the next line. Whole blocks that are plainly well formed are split by array
operations; any other block record by record.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from casebound.importers.batch import (
    LONGEST_RAW,
    LONGEST_RECORD,
    Batch,
    Refused,
    beat,
    places,
    ragged,
    shortened,
    shown,
)
from casebound.importers.wellformed import split_block

BLOCK = 4 * 1024 * 1024
PLAIN_QUOTE = b'"'
_MANY = 20_000  # records between two batches of the careful way


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a text is cut: single bytes of an encoding in which ASCII is ASCII.

    Text in any other encoding reaches this module as UTF-8 (`casebound.importers.transcoding`).
    """

    delimiter: bytes = b","
    terminator: bytes = b"\n"  # a CR before it belongs to it; b"\r" for files that have nothing else
    encoding: str = "utf-8"
    quote: bytes = PLAIN_QUOTE  # one character; b"" where no character quotes


def _behind_quoted(buffer: bytes, start: int, quote: bytes) -> int:
    """Where a quoted value that begins at `start` ends, behind its closing quote; -1 where it is not closed.

    A quote inside it is doubled. By searching and not by a pattern: possessive groups of `re` find less in Python
    3.11.2 than in 3.11.7.
    """
    size = len(quote)
    stop = buffer.find(quote, start + size)
    while stop >= 0 and buffer.startswith(quote, stop + size):
        stop = buffer.find(quote, stop + 2 * size)
    return stop + size if stop >= 0 else -1


@dataclass(slots=True)
class Place:
    """Where reading stands: byte in the original, line, and the ordinal of the next record."""

    offset: int
    line: int
    ordinal: int


@dataclass(frozen=True, slots=True)
class Record:
    """One record as found: `values` is None where it is refused by `code` and `reason`; `end` is before and `next`
    behind the line end.
    """

    start: int
    end: int
    next: int
    values: list[str | None] | None
    code: str = ""
    reason: str = ""


def next_record(buffer: bytes, position: int, dialect: Dialect, final: bool) -> Record | None:
    """The record at `position`, or None where `buffer` may not hold all of it (never with `final`)."""
    terminator, delimiter, quote = dialect.terminator, dialect.delimiter, dialect.quote
    stop = buffer.find(terminator, position)
    if stop < 0 and not final:
        return None
    line_end = stop if stop >= 0 else len(buffer)
    line_next = stop + 1 if stop >= 0 else len(buffer)
    content_end = line_end
    if terminator == b"\n" and line_end > position and buffer[line_end - 1] == 13:
        content_end -= 1
    first_line = Record(position, content_end, line_next, None)
    if not quote or buffer.find(quote, position, content_end) < 0:
        fields: list[bytes | None] = [value or None for value in buffer[position:content_end].split(delimiter)]
        return _decoded(buffer, first_line, fields, dialect)
    fields = []
    here = position
    while True:
        if buffer.startswith(quote, here):
            after = _behind_quoted(buffer, here, quote)
            if after < 0 or (after > len(buffer) - len(quote) and not final):
                return (
                    None
                    if not final
                    else _refused(first_line, "quotes", "A quoted value that begins here is never closed.")
                )
            fields.append(buffer[here + len(quote) : after - len(quote)].replace(quote + quote, quote))
            if buffer[after : after + 2] == b"\r" + terminator:
                return _decoded(buffer, Record(position, after, after + 2, None), fields, dialect)
            if buffer[after : after + 1] == b"\r" and terminator == b"\n":
                if after + 1 == len(buffer):
                    end = Record(position, after, after + 1, None)
                    return _decoded(buffer, end, fields, dialect) if final else None
                return _refused(first_line, "quotes", "Text follows the closing quote of a value.")
        else:
            stop = buffer.find(terminator, here)
            cut = buffer.find(delimiter, here, stop if stop >= 0 else len(buffer))
            after = cut if cut >= 0 else stop if stop >= 0 else len(buffer)
            if after == len(buffer) and not final:
                return None
            value = buffer[here:after]
            if cut < 0 and terminator == b"\n" and value.endswith(b"\r"):
                value = value[:-1]
                fields.append(value or None)
                return _decoded(buffer, Record(position, after - 1, min(after + 1, len(buffer)), None), fields, dialect)
            fields.append(value or None)
        if after == len(buffer):
            return _decoded(buffer, Record(position, after, after, None), fields, dialect)
        following = buffer[after : after + 1]
        if following == delimiter:
            here = after + 1
            if here == len(buffer) and not final:
                return None
        elif following == terminator:
            return _decoded(buffer, Record(position, after, after + 1, None), fields, dialect)
        else:
            return _refused(first_line, "quotes", "Text follows the closing quote of a value.")


def _refused(record: Record, code: str, reason: str) -> Record:
    return Record(record.start, record.end, record.next, None, code, reason)


def _decoded(buffer: bytes, record: Record, fields: list[bytes | None], dialect: Dialect) -> Record:
    if record.end - record.start > LONGEST_RECORD:
        size = record.end - record.start
        return _refused(
            record, "too-long", f"The record is {size:,} bytes long; the longest read is {LONGEST_RECORD:,}."
        )
    if buffer.find(b"\0", record.start, record.end) >= 0:
        return _refused(record, "nul", "The record holds NUL bytes, which no text has.")
    try:
        values = [None if value is None else value.decode(dialect.encoding) for value in fields]
    except UnicodeDecodeError:
        return _refused(record, "encoding", f"The record holds bytes that are not {dialect.encoding.upper()}.")
    return Record(record.start, record.end, record.next, values)


class Splitter:
    """Reads the records of one table from `stream`, which stands at `place`, and yields batches.

    Memory is bounded by the longest record.
    """

    def __init__(self, stream: BinaryIO, dialect: Dialect, columns: tuple[str, ...], place: Place) -> None:
        self._stream, self._dialect, self._columns, self.place = stream, dialect, columns, place
        self._rest = b""
        self._plain = len(columns) > 1 and dialect.quote == PLAIN_QUOTE

    def batches(self) -> Iterator[Batch]:
        buffer, final = b"", False
        while not final:
            block = self._stream.read(BLOCK)
            final = not block
            buffer += block
            if self._plain and (whole := split_block(buffer, self._dialect, self._columns, self.place, final)):
                batch, used = whole
                buffer = buffer[used:]
                if batch.count or batch.refused or batch.blank:
                    yield batch
                if len(buffer) <= LONGEST_RECORD:
                    continue
            behind = 0
            for batch, behind in self._careful(buffer, final):  # noqa: B007 - the last one is needed
                yield batch
            buffer = buffer[behind:]
            if len(buffer) > LONGEST_RECORD:
                yield from self._overlong(buffer)
                buffer = self._rest

    def _careful(self, buffer: bytes, final: bool) -> Iterator[tuple[Batch, int]]:
        position, start = 0, 0
        found: list[Record] = []
        while position < len(buffer):
            forced = final or len(buffer) - position > LONGEST_RECORD
            if forced and not final and buffer.find(self._dialect.terminator, position) < 0:
                break
            record = next_record(buffer, position, self._dialect, forced)
            if record is None:
                break
            found.append(record)
            position = record.next
            if len(found) == _MANY:
                yield self._batch(buffer, found, start), position
                found, start = [], position
        yield self._batch(buffer, found, start), position

    def _batch(self, buffer: bytes, found: list[Record], start: int) -> Batch:
        width, place = len(self._columns), self.place
        rows: list[tuple[int, int, int, int]] = []
        kept: list[list[str | None]] = []
        refused: list[Refused] = []
        blank, behind = 0, start
        for record in found:
            raw = buffer[record.start : record.end]
            length = len(raw)
            if record.end == record.start:
                blank += 1
            else:
                where = (place.ordinal, place.line, place.offset, length)
                if record.values is not None and len(record.values) == width:
                    rows.append(where)
                    kept.append(record.values)
                else:
                    refused.append(self._refusal(where, record, raw, width))
                place.ordinal += 1
            behind = record.next
            place.line += buffer.count(self._dialect.terminator, record.start, behind)
            place.offset += behind - record.start
        ordinals, lines, offsets, lengths = places(rows)
        columns = [list(column) for column in zip(*kept, strict=True)] if kept else [[] for _ in self._columns]
        return Batch(self._columns, ordinals, lines, offsets, lengths, values=columns, refused=refused, blank=blank)

    def _refusal(self, where: tuple[int, int, int, int], record: Record, raw: bytes, width: int) -> Refused:
        text = shortened(shown(raw, self._dialect.encoding))
        if record.values is None:
            return Refused(*where, record.code, record.reason, text)
        return Refused(*where, "columns", ragged(len(record.values), width), text)

    def _overlong(self, buffer: bytes) -> Iterator[Batch]:
        """Pass over a line that is too long to be read, keeping its beginning and its place; leaves what follows in
        `_rest`.
        """
        head = shown(buffer[:LONGEST_RAW], self._dialect.encoding)
        length, rest = 0, b""
        while buffer:
            stop = buffer.find(self._dialect.terminator)
            if stop >= 0:
                length += stop
                rest = buffer[stop:]
                break
            length += len(buffer)
            yield beat(self._columns)  # so that a person can stop
            buffer = self._stream.read(BLOCK)
        place = self.place
        reason = f"The line is {length:,} bytes long; the longest read is {LONGEST_RECORD:,}."
        refused = Refused(place.ordinal, place.line, place.offset, length, "too-long", reason, head + "…")
        place.ordinal += 1
        place.offset += length
        if rest:
            place.offset += 1
            place.line += 1
        batch = beat(self._columns)
        batch.refused.append(refused)
        self._rest = rest[1:]
        yield batch
