"""Comma, semicolon, tab or pipe separated text."""

from __future__ import annotations

import codecs
import io
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

from casebound.case import TableMapping
from casebound.errors import BadRequest, BadSource
from casebound.importers.batch import MOST_COLUMNS, Batch, distinct_names
from casebound.importers.encodings import KNOWN, Encoding, detect
from casebound.importers.layout import Choices, Layout
from casebound.importers.records import Dialect, Place, Record, Splitter, next_record
from casebound.moments import Unread, read

_SAMPLE = 512 * 1024
_NAMES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe"}
_NUMBER = re.compile(r"[+-]?[\d.,]*\d[\d.,]*(?:[eE][+-]?\d+)?%?", re.ASCII)
_SHOWN = 200
_CLEAR = 0.9


class DelimitedText:
    """CSV and its relatives, in any of the encodings of `casebound.importers.encodings`."""

    kind = "delimited"
    format = "csv"
    version = "csv 1"

    def layouts(self, path: Path, name: str, choices: Choices) -> tuple[Layout, ...]:
        encoding = _encoding(path, choices)
        terminator = _terminator(path, encoding)
        sample, whole = _sample(path, encoding)
        if not sample.strip():
            raise BadSource(f"“{name}” holds nothing but blank lines.", "Ask for the export again.", where=name)
        delimiter, why = _delimiter(sample, whole, terminator, encoding.name, name, choices)
        records = _records(sample, whole, Dialect(delimiter.encode(), terminator, encoding.name))
        if not any(record.values for _, record in records):
            raise BadSource(
                f"“{name}” holds no record that can be read as text.", "Attach it to the case instead.", where=name
            )
        index, header = _header(records, choices.header_line)
        if header:
            line, record = records[index]
            columns = distinct_names([value or "" for value in record.values or []])
            evidence = _header_words(line, [value or "" for value in record.values or []], columns)
            body = records[index + 1 :]
        else:
            line = 0
            width = Counter(len(record.values) for _, record in records if record.values).most_common(1)[0][0]
            columns = tuple(f"column {number + 1}" for number in range(width))
            evidence, body = ["No line of names was found; columns are numbered."], records
        if len(columns) > MOST_COLUMNS:
            raise BadSource(
                f"“{name}” has {len(columns):,} columns; {MOST_COLUMNS:,} can be read.",
                "Check the delimiter, or export fewer columns.",
                where=name,
            )
        rows = [tuple(record.values) for _, record in body if record.values and len(record.values) == len(columns)]
        return (
            Layout(
                table=Path(name).stem,
                columns=columns,
                rows=tuple(rows[:_SHOWN]),
                evidence=(encoding.evidence, why, *evidence),
                encoding=encoding.name,
                delimiter=delimiter,
                header_line=line,
            ),
        )

    def batches(self, path: Path, member: str, mapping: TableMapping) -> Iterator[Batch]:
        encoding = _encoding(path, Choices(encoding=mapping.encoding))
        dialect = Dialect(mapping.delimiter.encode(), _terminator(path, encoding), encoding.name)
        columns = tuple(column.name for column in mapping.columns)
        with path.open("rb") as original:
            place = Place(encoding.mark, 1, 0)
            original.seek(encoding.mark)
            stream = (
                cast(BinaryIO, _AsUtf8(original, encoding.name)) if encoding.name.startswith("utf-16") else original
            )
            if mapping.header_line:
                stream = _behind_header(stream, dialect, mapping.header_line, place)
            yield from Splitter(stream, dialect, columns, place).batches()

    def size(self, path: Path, member: str) -> int:
        return path.stat().st_size


class _AsUtf8(io.RawIOBase):
    """UTF-16 read as UTF-8. What is no UTF-16 becomes bytes that are no UTF-8, so that its record is set aside."""

    def __init__(self, source: BinaryIO, encoding: str) -> None:
        self._source, self._decoder = source, codecs.getincrementaldecoder(encoding)("surrogatepass")
        self._ended = False

    def read(self, size: int = -1) -> bytes:
        while not self._ended:
            block = self._source.read(size)
            if block:
                text = self._decoder.decode(block)
            else:
                self._ended = True
                left, _ = self._decoder.getstate()
                text = "\ud800" if left else ""
            if text:
                return text.encode("utf-8", "surrogatepass")
        return b""


def _behind_header(stream: BinaryIO, dialect: Dialect, header_line: int, place: Place) -> BinaryIO:
    """The stream after the header record; moves `place` behind it."""
    buffer, final = b"", False
    lines_left = header_line - 1
    wide = dialect.encoding.startswith("utf-16")

    def passed(raw: bytes) -> None:
        size = len(raw.decode("utf-8", "surrogatepass").encode("utf-16-le", "surrogatepass")) if wide else len(raw)
        place.offset += size
        place.line += raw.count(dialect.terminator)

    while not final:
        block = stream.read(_SAMPLE)
        final = not block
        buffer += block
        while lines_left and (stop := buffer.find(dialect.terminator)) >= 0:
            passed(buffer[: stop + 1])
            buffer = buffer[stop + 1 :]
            lines_left -= 1
        if not lines_left and (record := next_record(buffer, 0, dialect, final)):
            passed(buffer[: record.next])
            return cast(BinaryIO, _Continued(buffer[record.next :], stream))
    return cast(BinaryIO, _Continued(b"", stream))


class _Continued(io.RawIOBase):
    """Bytes already read, then the rest of a stream."""

    def __init__(self, head: bytes, rest: BinaryIO) -> None:
        self._head, self._rest = head, rest

    def read(self, size: int = -1) -> bytes:
        if self._head:
            head, self._head = self._head, b""
            return head
        return self._rest.read(size)


def _encoding(path: Path, choices: Choices) -> Encoding:
    found = detect(path)
    wanted = choices.encoding.lower()
    if not wanted or wanted == found.name:
        return found
    try:
        name = {"iso8859-1": "latin-1", "utf-16": "utf-16-le"}.get(
            codecs.lookup(wanted).name, codecs.lookup(wanted).name
        )
    except LookupError:
        name = wanted
    if name not in KNOWN:
        raise BadRequest(
            f"“{choices.encoding}” is not an encoding that can be read.", f"Use one of {', '.join(KNOWN)}."
        )
    return Encoding(name, found.mark if name.split("-")[0] == found.name.split("-")[0] else 0, f"{name} was chosen.")


def _terminator(path: Path, encoding: Encoding) -> bytes:
    """CR alone ends lines only in a file that has no LF where one looks."""
    with path.open("rb") as stream:
        head = stream.read(_SAMPLE)
    return b"\r" if b"\n" not in head and b"\r" in head else b"\n"


def _sample(path: Path, encoding: Encoding) -> tuple[bytes, bool]:
    """The beginning of the file in an encoding where ASCII is ASCII, and whether that is all of it."""
    with path.open("rb") as stream:
        stream.seek(encoding.mark)
        raw = stream.read(_SAMPLE)
        whole = not stream.read(1)
    if encoding.name.startswith("utf-16"):
        return raw.decode(encoding.name, "replace").encode("utf-8"), whole
    return raw, whole


def _records(sample: bytes, whole: bool, dialect: Dialect, most: int = 500) -> list[tuple[int, Record]]:
    """Records with their first line, blank lines left out."""
    found: list[tuple[int, Record]] = []
    position, line = 0, 1
    while position < len(sample) and len(found) < most:
        record = next_record(sample, position, dialect, whole)
        if record is None:
            # The sample cuts this record; where it is the first one, judge by the part that is there.
            record = next_record(sample, position, dialect, True) if not found else None
            if record is None:
                break
        if record.end > record.start:
            found.append((line, record))
        line += sample.count(dialect.terminator, position, record.next)
        position = record.next
    return found


def _delimiter(
    sample: bytes, whole: bool, terminator: bytes, encoding: str, name: str, choices: Choices
) -> tuple[str, str]:
    if choices.delimiter:
        if len(choices.delimiter) != 1 or not choices.delimiter.isascii() or choices.delimiter in '"\r\n\0':
            raise BadRequest(f"“{choices.delimiter}” cannot be a delimiter.", "Use one character, such as ; or a tab.")
        return choices.delimiter, f"The delimiter {choices.delimiter!r} was chosen."
    best, score = ",", (0.0, 0)
    preferred = {".tsv": "\t", ".tab": "\t", ".psv": "|"}.get(Path(name).suffix.lower(), ",")
    for delimiter in sorted(_NAMES, key=lambda candidate: candidate != preferred):
        records = _records(sample, whole, Dialect(delimiter.encode(), terminator, encoding), 200)
        widths = Counter(len(record.values) for _, record in records if record.values)
        if not widths:
            continue
        width, times = widths.most_common(1)[0]
        first = len(records[0][1].values or [])
        share = times / len(records)
        # A clear majority of equal widths beats more columns; the first line weighs most in short files.
        rank = (1.0 if share >= _CLEAR else share, max(width, first) if share >= _CLEAR or len(records) < 5 else width)
        if width > 1 or first > 1:
            rank = (rank[0] + 1.0, rank[1])
        if rank > score:
            best, score = delimiter, rank
    if score[0] < 1.0:
        return preferred, "No delimiter was found: each line is one value."
    return best, f"The {_NAMES[best]} gives the same number of values, {score[1]}, in most of the first lines."


def _header(records: list[tuple[int, Record]], chosen: int | None) -> tuple[int, bool]:
    """Index of the record that names the columns, and whether there is one."""
    if chosen is not None:
        if chosen == 0:
            return 0, False
        for index, (line, record) in enumerate(records):
            if line == chosen and record.values:
                return index, True
        raise BadRequest(f"Line {chosen} cannot be the line of names.", "Choose a line of the preview, or 0 for none.")
    widths = Counter(len(record.values) for _, record in records if record.values)
    common = widths.most_common(1)[0][0]
    index = 0
    # Title lines above the names have one value; the table has more.
    while index < len(records) - 1 and common > 1 and len(records[index][1].values or ()) <= 1:
        index += 1
    if records[index][1].values is None:
        index = next((place for place, (_, record) in enumerate(records) if record.values), 0)
    values = [value or "" for value in records[index][1].values or []]
    return index, bool(any(values)) and not any(_is_data(value) for value in values)


def _is_data(value: str) -> bool:
    return bool(value.strip()) and (bool(_NUMBER.fullmatch(value.strip())) or not isinstance(read(value), Unread))


def _header_words(line: int, names: list[str], columns: tuple[str, ...]) -> list[str]:
    words = [f"Line {line} names the columns."]
    changed = [f"“{old}” is called “{new}”" for old, new in zip(names, columns, strict=True) if old.strip() != new]
    if changed:
        words.append("Names that are empty, repeated or reserved were told apart: " + ", ".join(changed[:10]) + ".")
    return words
