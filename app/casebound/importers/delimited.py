"""Text in rows of values: CSV and its relatives, whatever separates the values and whatever the encoding."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO, cast

from casebound.case import TableMapping
from casebound.errors import BadSource
from casebound.importers import tablebody
from casebound.importers.batch import MOST_COLUMNS, Batch, beat
from casebound.importers.delimiters import LINES, delimiting, dialect_of, records_of, sep_line
from casebound.importers.encodings import Encoding, chosen
from casebound.importers.headings import heading
from casebound.importers.layout import Choices, Layout
from casebound.importers.records import Dialect, Place, Record, Splitter, next_record
from casebound.importers.transcoding import ERRORS, Transcoded, located_batches

_SAMPLE = 512 * 1024
_SHOWN = 200
_QUOTED = re.compile(rb'"[^"]*"')


class DelimitedText:
    """CSV and its relatives, in any of the encodings of `casebound.importers.encodings`."""

    kind = "delimited"
    format = "csv"
    version = "csv 2"

    def layouts(self, path: Path, name: str, choices: Choices) -> tuple[Layout, ...]:
        encoding = chosen(path, choices.encoding)
        sample, whole = _sample(path, encoding)
        if not sample.strip():
            raise BadSource(f"“{name}” holds nothing but blank lines.", "Ask for the export again.", where=name)
        terminator = _terminator(sample)
        found = delimiting(sample, whole, Dialect(b",", terminator), name, choices.delimiter)
        records = records_of(sample, whole, dialect_of(found.delimiter, terminator))
        if not any(record.values for _, record in records):
            raise BadSource(
                f"“{name}” holds no record that can be read as text.", "Attach it to the case instead.", where=name
            )
        line = 0 if choices.header_line is None and found.delimiter == LINES else choices.header_line
        head = heading(records, line, choices.header_rows, found.sep_line)
        if len(head.columns) > MOST_COLUMNS:
            raise BadSource(
                f"“{name}” has {len(head.columns):,} columns; {MOST_COLUMNS:,} can be read.",
                "Check the delimiter, or export fewer columns.",
                where=name,
            )
        rows, words = _rows(records, head.body, head.rows if head.line else 0, len(head.columns), whole)
        return (
            Layout(
                table=Path(name).stem,
                columns=head.columns,
                rows=tuple(rows[:_SHOWN]),
                evidence=(encoding.evidence, found.evidence, *head.evidence, *words),
                encoding=encoding.name,
                delimiter=found.delimiter,
                header_line=head.line,
                header_rows=head.rows,
            ),
        )

    def batches(self, path: Path, member: str, mapping: TableMapping) -> Iterator[Batch]:
        encoding = chosen(path, mapping.encoding)
        sample, _ = _sample(path, encoding)
        dialect = dialect_of(mapping.delimiter, _terminator(sample))
        columns = tuple(column.name for column in mapping.columns)
        with path.open("rb") as original:
            original.seek(encoding.mark)
            if encoding.name == "utf-8":
                text, place = None, Place(encoding.mark, 1, 0)
                stream: BinaryIO = original
            else:
                # Places are those in the UTF-8 text until the end, where they are led back to the original.
                text, place = Transcoded(original, encoding.name, dialect.terminator, encoding.mark), Place(0, 1, 0)
                stream = cast(BinaryIO, text)
            headers: set[bytes] = set()
            told: list[str] = []
            if mapping.header_line:
                stream, names = _behind_names(stream, dialect, mapping.header_line - 1, mapping.header_rows, place)
                headers = _repeatable(names, dialect, mapping.header_rows)
                told += _preamble(sample, dialect, mapping.header_line)
            elif sep_line(sample):
                stream, _ = _behind_names(stream, dialect, 1, 0, place)
            found = Splitter(stream, dialect, columns, place).batches()
            rows = tablebody.rows_only(found, dialect, tuple(sorted(headers)), None if text else path)
            yield from located_batches(rows, text, path) if text else rows
            if not place.ordinal:
                told.append("Nothing follows the names of the columns: the table has no rows.")
            if told:
                yield replace(beat(columns), told=tuple(told))

    def size(self, path: Path, member: str) -> int:
        return path.stat().st_size


def _rows(
    records: list[tuple[int, Record]], body: int, header_rows: int, width: int, whole: bool
) -> tuple[list[tuple[str | None, ...]], list[str]]:
    """The first rows as they will be kept, and what will be set aside among them."""
    above = [record.values or [] for _, record in records[body - header_rows : body]]
    names = [values for values in above if tablebody.told_apart(values, header_rows)]
    fitting = [record.values for _, record in records[body:] if record.values and len(record.values) == width]
    rows = [values for values in fitting if values not in names]
    words = []
    if records[body:] and not fitting:
        usual = Counter(len(record.values) for _, record in records[body:] if record.values).most_common(1)
        found = f"most have {usual[0][0]:,}" if usual else "none can be read"
        words.append(f"No row has as many values as there are names, {width:,}: {found}. All would be set aside.")
    if repeated := len(fitting) - len(rows):
        words.append(f"The names stand again on {repeated:,} of the first lines: those are set aside.")
    if whole:
        closing = 0
        while rows and tablebody.is_closing(rows[-1]):
            rows.pop()
            closing += 1
        if closing:
            words.append(
                f"The last {'row reads' if closing == 1 else f'{closing:,} rows read'} like a total: set aside."
            )
        if not records[body:]:
            words.append("Nothing follows the names: the table has no rows.")
    return [tuple(values) for values in rows], words


def _repeatable(names: tuple[bytes, ...], dialect: Dialect, header_rows: int) -> set[bytes]:
    """The raw forms in which the names may stand again among the rows."""
    found = ((name, next_record(name, 0, dialect, True)) for name in names)
    known = [name for name, one in found if one and tablebody.told_apart(one.values or [], header_rows)]
    return {form for name in known for form in tablebody.forms(name, dialect)}


def _preamble(sample: bytes, dialect: Dialect, header_line: int) -> list[str]:
    """What stands above the names, in one sentence."""
    lines = sample.split(dialect.terminator, header_line - 1)[: header_line - 1]
    found = [text for line in lines if (text := line.decode("utf-8", "backslashreplace").strip())]
    if not found:
        return []
    shown = "; ".join(f"“{text[:80]}{'…' if len(text) > 80 else ''}”" for text in found[:3])
    more = f" and {len(found) - 3:,} more" if len(found) > 3 else ""
    return [f"What stands above the names of the columns is not a row of the table: {shown}{more}."]


def _behind_names(
    stream: BinaryIO, dialect: Dialect, lines: int, rows: int, place: Place
) -> tuple[BinaryIO, tuple[bytes, ...]]:
    """The stream behind so many lines and so many records of names, and those records; moves `place` there."""
    buffer, final = b"", False
    names: list[bytes] = []

    def passed(size: int) -> None:
        nonlocal buffer
        place.offset += size
        place.line += buffer.count(dialect.terminator, 0, size)
        buffer = buffer[size:]

    while True:
        while lines and (stop := buffer.find(dialect.terminator)) >= 0:
            passed(stop + 1)
            lines -= 1
        while not lines and len(names) < rows and buffer and (record := next_record(buffer, 0, dialect, final)):
            if record.end > record.start:
                names.append(buffer[: record.end])
            passed(record.next)
        if final or (not lines and len(names) == rows):
            return cast(BinaryIO, _Continued(buffer, stream)), tuple(names)
        block = stream.read(_SAMPLE)
        final = not block
        buffer += block


class _Continued(io.RawIOBase):
    """Bytes already read, then the rest of a stream."""

    def __init__(self, head: bytes, rest: BinaryIO) -> None:
        self._head, self._rest = head, rest

    def read(self, size: int = -1) -> bytes:
        if self._head:
            head, self._head = self._head, b""
            return head
        return self._rest.read(size)


def _sample(path: Path, encoding: Encoding) -> tuple[bytes, bool]:
    """The beginning of the file as UTF-8, and whether that is all of it."""
    with path.open("rb") as stream:
        stream.seek(encoding.mark)
        raw = stream.read(_SAMPLE)
        whole = not stream.read(1)
    if encoding.name == "utf-8":
        return raw, whole
    return raw.decode(encoding.name, ERRORS).encode("utf-8", "surrogatepass"), whole


def _terminator(sample: bytes) -> bytes:
    """CR alone ends lines only in a text that has no LF, or none but inside quotes, where one looks."""
    if b"\r" not in sample:
        return b"\n"
    if b"\n" in sample and b"\r" in sample.replace(b"\r\n", b"\n"):
        sample = _QUOTED.sub(b"", sample)
    return b"\r" if b"\n" not in sample and b"\r" in sample else b"\n"
