"""JSON Lines: one JSON value a line. A line that is none is set aside; the rest is read.

Objects that follow one another on a line, whose line ends were lost, are records of their own: that can be read in one
way only. A record separator before a value (RFC 7464) belongs to the space around it.
"""

from __future__ import annotations

from collections.abc import Iterator
from json import JSONDecodeError
from pathlib import Path

from casebound.case import TableMapping
from casebound.errors import BadSource
from casebound.importers.batch import LONGEST_RECORD, Batch
from casebound.importers.flatten import Columns, NotJson, Pairs, decoder, flat, parse, plain, too_deep
from casebound.importers.gathering import Gathering
from casebound.importers.jsonarray import FLATTENING, LOOKED_AT, SHOWN
from casebound.importers.jsontext import encoding_of
from casebound.importers.layout import Choices, Layout
from casebound.importers.textlines import text_lines

_SPACE = " \t\r\x1e"


class JsonLines:
    """One value a line, in UTF-8 or UTF-16."""

    kind = "json-lines"
    format = "jsonl"
    version = "jsonl 2"

    def layouts(self, path: Path, name: str, choices: Choices) -> tuple[Layout, ...]:
        encoding = encoding_of(path, choices.encoding)
        columns, rows, broken = Columns(), list[list[str | None]](), ""
        for line, offset, raw, length in text_lines(path, encoding.name):
            for found in _records(raw, length, encoding.name):
                try:
                    row = columns.row(found.values())
                    if len(rows) < SHOWN:
                        rows.append(row)
                except NotJson as error:
                    broken = broken or f"Line {line:,} is set aside: {error}."
            if offset > LOOKED_AT and (rows or offset > 4 * LOOKED_AT):
                break
        if not rows:
            raise BadSource(
                f"No line of “{name}” is JSON: {broken[0].lower()}{broken[1:-1]}."
                if broken
                else f"“{name}” holds nothing but blank lines.",
                "Check that this is the file that was exported.",
                where=name,
            )
        wide = tuple(tuple(row + [None] * (len(columns.names) - len(row))) for row in rows)
        evidence = [encoding.evidence, "Each line is one JSON value.", FLATTENING, *columns.words()]
        evidence += [broken] if broken else []
        return (Layout(Path(name).stem, columns.names, wide, tuple(evidence), encoding=encoding.name),)

    def batches(self, path: Path, member: str, mapping: TableMapping) -> Iterator[Batch]:
        columns = Columns(column.name for column in mapping.columns)
        gathering = Gathering()
        for line, offset, raw, length in text_lines(path, mapping.encoding):
            records = _records(raw, length, mapping.encoding)
            if not records:
                gathering.pass_over()
            for record in records:
                where = gathering.place(line, offset + record.start, record.length)
                try:
                    gathering.keep(where, columns.row(record.values()))
                except NotJson as error:
                    found = raw[record.start : record.start + record.length]
                    reason = f"The line is not whole JSON: {error}."
                    gathering.refuse(where, error.code, reason, found, mapping.encoding)
            yield from gathering.due(columns.names)
        last = gathering.rest(columns.names)
        last.told = columns.words()
        yield last

    def size(self, path: Path, member: str) -> int:
        return path.stat().st_size


class _Record:
    """One value of a line, its place in the line in bytes, and what it says or why it cannot be told."""

    __slots__ = ("_error", "_value", "length", "start")

    def __init__(self, start: int, length: int, value: object = None, error: NotJson | None = None) -> None:
        self.start, self.length, self._value, self._error = start, length, value, error

    def values(self) -> dict[str, str | None]:
        """Name → text. Raises `NotJson`."""
        if self._error:
            raise self._error
        return flat(self._value)


def _records(raw: bytes, length: int, encoding: str) -> list[_Record]:
    """The records of a line: one, or several objects one after another; none in a blank line."""
    if length > LONGEST_RECORD:
        problem = f"it is {length:,} bytes long, and the longest read is {LONGEST_RECORD:,}"
        return [_Record(0, length, error=NotJson(problem, "too-long"))]
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError:
        return [_Record(0, length, error=NotJson(f"it holds bytes that are not {encoding.upper()}", "encoding"))]
    bare = text.strip(_SPACE)
    if not bare:
        return []
    try:
        return [_Record(0, length, parse(bare))]
    except NotJson as error:
        whole = [_Record(0, length, error=error)]
    several = _several(text, encoding, length) if bare.startswith("{") else []
    return several or whole


def _several(text: str, encoding: str, length: int) -> list[_Record]:
    """The objects of a line that holds more than one; nothing where it does not begin with two whole ones or where
    anything but objects stands in it. A last one that is broken is a record too.
    """
    found: list[_Record] = []
    position = at = 0
    while True:
        begin = position
        while position < len(text) and text[position] in _SPACE:
            position += 1
        at += len(text[begin:position].encode(encoding))
        if position == len(text):
            return found if len(found) > 1 else []
        try:
            value, end = decoder.raw_decode(text, position)
        except (JSONDecodeError, NotJson, RecursionError) as error:
            if not found or text[position] != "{":
                return []
            if isinstance(error, JSONDecodeError):
                error = NotJson(f"{plain(error.msg)} at character {error.pos + 1}")
            elif isinstance(error, RecursionError):
                error = too_deep()
            found.append(_Record(at, length - at, error=error))
            return found
        if not isinstance(value, Pairs):
            return []
        size = len(text[position:end].encode(encoding))
        found.append(_Record(at, size, value))
        position, at = end, at + size
