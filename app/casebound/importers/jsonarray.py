"""A JSON document that holds records: an array, or an object with arrays of objects in it such as {"rows": […]}.

Elements are read one after another, so that the memory needed is that of the largest one. Where the document breaks
off or is broken,
the records before the break are kept and all that follows is set aside as one record.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from casebound.case import TableMapping
from casebound.errors import BadSource
from casebound.importers.batch import LONGEST_RAW, LONGEST_RECORD, MOST_COLUMNS, Batch
from casebound.importers.encodings import detect
from casebound.importers.flatten import Columns, NotJson, Pairs, decoder, flat
from casebound.importers.gathering import Gathering
from casebound.importers.jsonlines import too_many
from casebound.importers.layout import Choices, Layout

_SPACE = re.compile(r"[ \t\r\n]*")
_BLOCK = 256 * 1024
_SHOWN = 200
_LARGE = 64 * 1024 * 1024  # bytes; of larger documents a preview reads the beginning only
_ROW_NAMES = ("rows", "records", "data", "items", "results", "value", "events", "entries", "hits")


@dataclass(frozen=True, slots=True)
class Element:
    """One element of an array: its number from 1, its bytes, and its value or why there is none."""

    member: str
    number: int
    offset: int
    length: int
    value: object
    reason: str = ""
    raw: str = ""


class JsonDocument:
    """One JSON value for the whole file."""

    kind = "json"
    format = "json"
    version = "json 1"

    def layouts(self, path: Path, name: str, choices: Choices) -> tuple[Layout, ...]:
        tables: dict[str, tuple[Columns, list[list[str | None]]]] = {}
        broken = ""
        for element in _elements(path, _SHOWN):
            if element.reason:
                broken = broken or element.reason
                continue
            columns, rows = tables.setdefault(element.member, (Columns(), []))
            if element.number and len(rows) < _SHOWN:
                try:
                    rows.append(columns.row(flat(element.value)))
                except NotJson as error:
                    broken = broken or str(error)
        if not tables:
            raise BadSource(f"“{name}” is not whole JSON: {broken}.", "Ask for the export again.", where=name)
        layouts = []
        for member, (columns, rows) in tables.items():
            wide = tuple(tuple(row + [None] * (len(columns.names) - len(row))) for row in rows)
            words = (
                f"The records are the elements of “{member}”."
                if member
                else "The records are the elements of the document."
            )
            evidence = (detect(path).evidence, words, "Nested objects have dotted names; arrays are kept as JSON text.")
            table = member if member and len(tables) > 1 else Path(name).stem
            layouts.append(Layout(table, columns.names, wide, evidence, member=member, encoding=detect(path).name))
        return tuple(layouts)

    def batches(self, path: Path, member: str, mapping: TableMapping) -> Iterator[Batch]:
        columns = Columns(column.name for column in mapping.columns)
        gathering = Gathering()
        for element in _elements(path, None):
            if element.member != member or not element.number:
                continue
            where = gathering.place(element.number, element.offset, element.length)
            if element.reason:
                reason = f"From here on the document is not whole JSON: {element.reason}."
                gathering.refuse(where, "json", reason, element.raw)
            else:
                try:
                    gathering.keep(where, columns.row(flat(element.value)))
                except NotJson as error:
                    code = "nul" if "NUL" in str(error) else "encoding"
                    gathering.refuse(where, code, f"The record cannot be a row: {error}.", element.raw)
            if len(columns.names) > MOST_COLUMNS:
                raise too_many(mapping.table)
            yield from gathering.due(columns.names)
        yield gathering.rest(columns.names)

    def size(self, path: Path, member: str) -> int:
        return path.stat().st_size


class _Text:
    """A window on the text of a file that moves forward and knows the byte it stands at."""

    def __init__(self, path: Path) -> None:
        found = detect(path)
        self.encoding = found.name
        self._stream = path.open("rb")
        self._stream.seek(found.mark)
        self._decoder = codecs.getincrementaldecoder(self.encoding)("strict")
        self.offset, self.window, self.ended, self.failed = found.mark, "", False, ""
        self._left = path.stat().st_size - found.mark

    def close(self) -> None:
        self._stream.close()

    def more(self, size: int = _BLOCK) -> bool:
        """Widen the window; False at the end of the file or of what can be decoded."""
        if self.ended:
            return False
        block = self._stream.read(size)
        try:
            self.window += self._decoder.decode(block, not block)
        except UnicodeDecodeError as error:
            self.window += error.object[: error.start].decode(self.encoding) if isinstance(error.object, bytes) else ""
            self.failed, self.ended = f"it holds bytes that are not {self.encoding.upper()}", True
            return True
        self.ended = not block
        return not self.ended

    def bytes_of(self, text: str) -> int:
        return len(text) if text.isascii() and self.encoding[:5] != "utf-1" else len(text.encode(self.encoding))

    def pass_over(self, count: int) -> None:
        self.offset += self.bytes_of(self.window[:count])
        self.window = self.window[count:]

    def skip_space(self) -> str:
        """Pass over white space; the next character, or "" at the end."""
        while True:
            match = _SPACE.match(self.window)
            self.pass_over(match.end() if match else 0)
            if self.window or not self.more():
                return self.window[:1]

    def value(self) -> tuple[object, int]:
        """The JSON value at the window's start and its length in characters. Raises `NotJson`."""
        size = _BLOCK
        while True:
            try:
                value, end = decoder.raw_decode(self.window)
            except json.JSONDecodeError as error:
                whole = self.ended
                problem = f"{error.msg[:1].lower()}{error.msg[1:]}, {error.pos} characters into it"
            except RecursionError:
                raise NotJson("it is nested too deeply") from None
            else:
                # A number may go on behind the window.
                if end < len(self.window) or self.ended:
                    return value, end
                whole, problem = False, ""
            if whole:
                raise NotJson(self.failed or problem)
            if len(self.window) > LONGEST_RECORD:
                raise NotJson(f"an element is longer than {LONGEST_RECORD:,} characters")
            self.more(size)
            size *= 2

    def rest(self) -> tuple[int, str]:
        """How many bytes are left from here, and the beginning of them as text."""
        start = self.window[: LONGEST_RAW + 1]
        position = self.offset
        self._stream.seek(0, 2)
        return self._stream.tell() - position, start


def _elements(path: Path, most: int | None) -> Iterator[Element]:
    """All elements of all tables of a document; with `most`, only so many of a large one.

    Number 0 announces a table.
    """
    text = _Text(path)
    try:
        yield from _Document(text, most if path.stat().st_size > _LARGE else None).elements()
    finally:
        text.close()


class _Document:
    """Walks a document once and yields its elements; `_whole` turns false where it breaks off."""

    def __init__(self, text: _Text, most: int | None) -> None:
        self._text, self._most = text, most
        self._member, self._number, self._whole = "", 0, True

    def elements(self) -> Iterator[Element]:
        first = self._text.skip_space()
        if first == "[":
            self._text.pass_over(1)
            yield from self._array("")
        elif first == "{":
            yield from self._object()
        else:
            yield from self._single()
        if self._whole and (self._text.skip_space() or self._text.failed):
            yield self._broken(self._text.failed or "text follows the end of the document")

    def _broken(self, reason: str) -> Element:
        self._whole = False
        length, raw = self._text.rest()
        return Element(self._member, self._number + 1, self._text.offset, length, None, reason, raw)

    def _element(self) -> Element:
        """The value at the window's start; the window moves behind it. Raises `NotJson`."""
        start = self._text.offset
        value, end = self._text.value()
        length = self._text.bytes_of(self._text.window[:end])
        self._number += 1
        raw = self._text.window[: min(end, LONGEST_RAW + 1)]
        self._text.pass_over(end)
        return Element(self._member, self._number, start, length, value, raw=raw)

    def _single(self) -> Iterator[Element]:
        try:
            yield self._element()
        except NotJson as error:
            yield self._broken(str(error))

    def _array(self, member: str) -> Iterator[Element]:
        self._member, self._number = member, 0
        yield Element(member, 0, self._text.offset, 0, None)
        following = self._text.skip_space()
        if following == "]":
            self._text.pass_over(1)
            return
        while True:
            try:
                yield self._element()
            except NotJson as error:
                yield self._broken(str(error))
                return
            following = self._text.skip_space()
            if following not in (",", "]"):
                yield self._broken("a comma is missing" if following else "the document breaks off")
                return
            self._text.pass_over(1)
            # Only a plain array is left early: an object may hold further tables behind this one.
            if following == "]" or (self._most and not member and self._number >= self._most):
                self._whole = following == "]"
                return
            self._text.skip_space()

    def _object(self) -> Iterator[Element]:
        start = self._text.offset
        self._text.pass_over(1)
        beside: list[tuple[str, object]] = []
        tables = False
        following = self._text.skip_space()
        while following != "}":
            try:
                name, end = self._text.value()
                if following != '"' or not isinstance(name, str):
                    raise NotJson("a name in double quotes is missing")
                self._text.pass_over(end)
                if self._text.skip_space() != ":":
                    raise NotJson("a colon is missing")
                self._text.pass_over(1)
                if self._text.skip_space() == "[" and self._holds_records(name):
                    tables = True
                    self._text.pass_over(1)
                    yield from self._array(name)
                    if not self._whole:
                        return
                else:
                    value, end = self._text.value()
                    beside.append((name, value))
                    self._text.pass_over(end)
                following = self._text.skip_space()
                if following == ",":
                    self._text.pass_over(1)
                    following = self._text.skip_space()
                    if following == "}":
                        raise NotJson("a comma stands before the closing brace")
                elif following != "}":
                    raise NotJson("a comma is missing" if following else "the document breaks off")
            except NotJson as error:
                yield self._broken(str(error))
                return
        self._text.pass_over(1)
        if not tables:
            self._number = 1
            yield Element("", 1, start, self._text.offset - start, Pairs(beside))

    def _holds_records(self, name: str) -> bool:
        """Whether the array at the window's start holds objects: that makes it a table and not a value."""
        position = 1
        while True:
            match = _SPACE.match(self._text.window, position)
            position = match.end() if match else position
            if position < len(self._text.window):
                following = self._text.window[position]
                return following == "{" or (following == "]" and name.lower() in _ROW_NAMES)
            if not self._text.more():
                return False
