"""The records of a JSON file, one after another, so that the memory needed is that of the largest one.

A file is one array; one object, alone or with arrays of objects in it such as {"Records": […]}; several objects one
after another, with or without line ends or record separators (RFC 7464) between them; or one plain value.

A record that is not whole is set aside up to the next line that begins as it did; where there is none, all that
follows is one record.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass

from casebound.importers.batch import LONGEST_RECORD
from casebound.importers.flatten import NotJson, Pairs
from casebound.importers.jsontext import JsonText

_ROW_NAMES = ("rows", "records", "data", "items", "results", "value", "values", "events", "entries", "hits", "objects")
WRAPPERS = ("data", "result", "results", "response", "hits", "body", "d", "payload")
_LEVELS = 4  # of wrappers within wrappers
_PEEKED = 4 * 1024 * 1024  # characters of a first object that are looked at as a whole


@dataclass(frozen=True, slots=True)
class Element:
    """One record: its table, its number there from 1, its bytes, and its value or why there is none.

    Number 0 announces a table, which may turn out to be empty.
    """

    member: str
    number: int
    offset: int
    length: int
    value: object = None
    code: str = ""
    reason: str = ""
    raw: str = ""


Walk = Generator[Element | None, None, None]
"""None is a moment at which a person can stop."""


class Elements:
    """Walks through a text once."""

    def __init__(self, text: JsonText, most: int | None = None) -> None:
        """With `most`, only so many records of a file that holds one table."""
        self._text, self._most = text, most
        self._numbers: dict[str, int] = {}
        self._done = False  # nothing behind this is to be read
        self._tables: list[str] = []  # of the document that is being walked through
        self._left: NotJson | None = None  # why what stands beside its tables cannot be a row

    def __iter__(self) -> Iterator[Element | None]:
        first = self._text.skip_space(marks=True)
        if first == "[":
            self._text.pass_over(1)
            yield from self._array("")
        elif first == "{":
            yield from self._objects()
        else:
            try:
                yield self._read("")
            except NotJson as error:
                yield self._all_that_follows("", error)
        if not self._done and self._text.skip_space(marks=True):
            yield self._all_that_follows("", NotJson("text follows the end of the document"))

    def _objects(self) -> Walk:
        """One object, or several one after another."""
        records = self._are_records()
        while True:
            before = self._numbers.get("", 0)
            if records:
                whole = yield from self._record("")
            else:
                whole = yield from self._document()
            if self._done or self._text.skip_space(marks=True) != "{":
                return
            if records and self._most and before + 1 >= self._most:
                self._done = True
                return
            if not whole:
                records = self._are_records()

    def _are_records(self) -> bool:
        """Whether the objects of this file are records, whatever is in them, and not documents that hold tables."""
        try:
            value, end = self._text.value(_PEEKED)
        except NotJson:
            return False
        if self._text.following(end) not in ("{", "\x1e") or not isinstance(value, Pairs):
            return False
        return not any(
            name.lower() in _ROW_NAMES
            and isinstance(item, list)
            and not isinstance(item, Pairs)
            and item
            and isinstance(item[0], Pairs)
            for name, item in value
        )

    def _begin(self) -> None:
        self._tables, self._left = [], None

    def _document(self) -> Generator[Element | None, None, bool]:
        """An object and the tables in it. What stands beside them is a record of its own."""
        text = self._text
        start, indent, head = text.offset, text.indent, text.head()
        self._begin()
        try:
            beside = yield from self._object("", 1)
        except NotJson as error:
            if self._tables:
                yield from self._broken(self._tables[-1], error, indent)
            else:
                yield from self._broken("", error, indent, start, head)
            return False
        if not self._done and (beside or self._left or not self._tables):
            length = text.offset - start
            if self._left:
                yield self._refused("", start, length, self._left, head)
            else:
                yield Element("", self._next(""), start, length, beside, raw=self._text.shown(head, length))
        return True

    def _object(self, path: str, level: int) -> Generator[Element | None, None, Pairs]:
        """What is no table in the object that begins here. Raises `NotJson` where it breaks."""
        text, beside, size = self._text, Pairs(), 0
        text.pass_over(1)
        following = text.skip_space()
        while following != "}":
            if following != '"':
                raise NotJson("a name in double quotes is missing" if following else "the document breaks off")
            name, end = text.value()
            text.pass_over(end)
            if text.skip_space() != ":":
                raise NotJson("a colon is missing")
            text.pass_over(1)
            following = text.skip_space()
            name = str(name)
            if following == "[" and self._holds_records(name):
                text.pass_over(1)
                yield from self._array(self._member(path + name))
                if self._done:
                    return beside
            elif following == "{" and name.lower() in WRAPPERS and level < _LEVELS:
                tables = len(self._tables)
                inner = yield from self._object(f"{path}{name}.", level + 1)
                if self._done:
                    return beside
                if inner or len(self._tables) == tables:
                    beside.append((name, inner))
            else:
                size += yield from self._beside(name, beside, size)
            following = text.skip_space()
            if following == ",":
                text.pass_over(1)
                following = text.skip_space()
                if following == "}":
                    raise NotJson("a comma stands before the closing brace")
            elif following != "}":
                raise NotJson("a comma is missing" if following else "the document breaks off")
        text.pass_over(1)
        return beside

    def _beside(self, name: str, beside: Pairs, size: int) -> Generator[Element | None, None, int]:
        """Keep the value that begins here with the document, as far as that has room; its length."""
        try:
            value, end = self._text.value()
            if self._text.spoilt(end):
                self._left = self._left or self._undecodable()
            self._text.pass_over(end)
        except NotJson as error:
            if error.code == "json" or not (yield from self._passed()):
                raise
            self._left = self._left or error
            return 0
        if size + end > LONGEST_RECORD:
            self._left = NotJson(
                f"what stands beside its tables is longer than {LONGEST_RECORD:,} characters", "too-long"
            )
            beside.clear()
            return 0
        beside.append((name, value))
        return end

    def _array(self, member: str) -> Walk:
        text = self._text
        yield Element(member, 0, text.offset, 0)
        following = text.skip_space()
        if following == "]":
            text.pass_over(1)
            return
        while True:
            if (yield from self._record(member)):
                following = text.skip_space()
                if following not in (",", "]"):
                    error = NotJson("a comma is missing" if following else "the document breaks off")
                    if not (yield from self._broken(member, error, text.indent)):
                        return
                    continue
                text.pass_over(1)
                if following == "]":
                    return
                # Only a plain array is left early: an object may hold further tables behind this one.
                if self._most and not member and self._numbers[""] >= self._most:
                    self._done = True
                    return
                text.skip_space()
            if self._done:
                return

    def _record(self, member: str) -> Generator[Element | None, None, bool]:
        """The value that begins here. False where it is broken: the text then stands before the next record, or is
        `_done` with.
        """
        text = self._text
        try:
            yield self._read(member)
        except NotJson as error:
            start, head = text.offset, text.head()
            if error.code != "json" and (yield from self._passed()):
                yield self._refused(member, start, text.offset - start, error, head)
                return True
            yield from self._broken(member, error, text.indent, start, head)
            return False
        return True

    def _read(self, member: str) -> Element:
        """The value that begins here; the text moves behind it. Raises `NotJson`."""
        text = self._text
        value, end = text.value()
        start, raw, spoilt = text.offset, text.text(end), text.spoilt(end)
        text.pass_over(end)
        length = text.offset - start
        if spoilt:
            return self._refused(member, start, length, self._undecodable(), raw)
        if length > LONGEST_RECORD:
            problem = NotJson(f"it is {length:,} bytes long, and the longest read is {LONGEST_RECORD:,}", "too-long")
            return self._refused(member, start, length, problem, raw)
        return Element(member, self._next(member), start, length, value, raw=raw)

    def _passed(self) -> Generator[None, None, bool]:
        """Pass over a value that is too long or too deep; whether it ends."""
        for passed in self._text.pass_value():
            if passed:
                return True
            yield None
        return False

    def _broken(
        self, member: str, error: NotJson, indent: str | None, start: int = -1, head: str = ""
    ) -> Generator[Element | None, None, bool]:
        """Set aside what follows, up to the next line that begins as this record did. Whether there is one."""
        text = self._text
        if start < 0:
            start, head = text.offset, text.head()
        if indent is None:
            text.offset, length = start, text.rest_from(start)
            self._done = True
            yield self._refused(member, start, length, error, head)
            return False
        for space in text.pass_to_line(indent):
            if space is not None:
                words = NotJson(f"{error}; reading goes on with the next line that begins like a record", error.code)
                yield self._refused(member, start, text.offset - space - start, words, head)
                return True
            yield None
        self._done = True
        yield self._refused(member, start, text.offset - start, error, head)
        return False

    def _all_that_follows(self, member: str, error: NotJson) -> Element:
        self._done = True
        start = self._text.offset
        return self._refused(member, start, self._text.rest_from(start), error, self._text.head())

    def _refused(self, member: str, start: int, length: int, error: NotJson, head: str) -> Element:
        reason = f"It is not a record that can be read: {error}."
        return Element(
            member, self._next(member), start, length, None, error.code, reason, self._text.shown(head, length)
        )

    def _undecodable(self) -> NotJson:
        return NotJson(f"it holds bytes that are not {self._text.encoding.upper()}", "encoding")

    def _next(self, member: str) -> int:
        self._numbers[member] = self._numbers.get(member, 0) + 1
        return self._numbers[member]

    def _member(self, name: str) -> str:
        """The name of a table, told apart from others of its document."""
        chosen, number = name, 1
        while chosen in self._tables:
            number += 1
            chosen = f"{name} ({number})"
        self._tables.append(chosen)
        return chosen

    def _holds_records(self, name: str) -> bool:
        """Whether the array that begins here is a table and not a value: it holds objects, or its name says so."""
        following = self._text.following(1)
        return following == "{" or (following in ("]", "[") and name.lower() in _ROW_NAMES)
