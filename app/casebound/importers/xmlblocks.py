"""The many like children of one element of a large XML part, block by block, so that memory stays flat.

The part is cut where a child begins, and each block is parsed by expat inside a wrapper with the namespaces of the
part. A block that was cut at a place that only looks like a child (in a comment, in CDATA) is not well formed, and
grows until it is; a block that is well formed is read exactly as it would be read in the whole. A part with a
document type is refused before anything in it is read, so there are no entities but XML's own five.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, TypeVar
from xml.etree import ElementTree
from xml.parsers import expat
from xml.sax.saxutils import quoteattr

from casebound.importers.batch import LONGEST_RECORD

Quick = TypeVar("Quick")

_STEP = 512 * 1024
_LONGEST_PROLOGUE = 32 * 1024 * 1024
_UTF8 = ("", "utf-8", "utf8", "us-ascii", "ascii")


class BadXml(Exception):
    """The part cannot be read on, for a reason a person understands."""


@dataclass(frozen=True, slots=True)
class Overlong:
    """A child of more than LONGEST_RECORD bytes, passed over: its beginning, and its length."""

    head: bytes
    length: int


@dataclass(slots=True)
class _Found:
    """Where the container begins, as expat told it."""

    start: int = -1
    name: str = ""
    spaces: str = ""


class Blocks:
    """Iterate for the blocks: elements whose children are those of the container, and `Overlong` ones.

    `before` are the elements ahead of the container, as (local name, attributes); `after` is the part behind it, up to
    a few bytes, once all blocks were taken; `namespace` is the container's, as ElementTree writes it: "{uri}" or "".
    """

    def __init__(self, stream: BinaryIO, container: str, child: str) -> None:
        self._stream, self._container = stream, container
        self.before: list[tuple[str, dict[str, str]]] = []
        self.namespace = ""
        self._buffer, self._ended = b"", False
        self._prologue(container)
        prefix = self._prefix
        self._child = f"<{prefix}{child}".encode()
        self._close = f"</{prefix}{container}".encode()
        self.tag = self.namespace + child

    def __iter__(self) -> Iterator[ElementTree.Element | Overlong]:
        for block in self.read(lambda _: None):
            assert block is not None
            yield block

    def read(self, quickly: Callable[[bytes], Quick | None]) -> Iterator[ElementTree.Element | Overlong | Quick]:
        """The blocks; each is given to `quickly` first, and parsed as XML where that makes nothing of it."""
        size = _STEP
        while not self._ended:
            stop = self._buffer.find(self._close)
            if stop < 0 and len(self._buffer) < size:
                self._more("breaks off before its end")
                continue
            cut = stop if stop >= 0 else self._buffer.rfind(self._child, 1)
            if cut <= 0 and stop < 0:
                if len(self._buffer) > LONGEST_RECORD + _STEP:
                    yield self._pass_over()
                    size = _STEP
                else:
                    size += _STEP
                continue
            try:
                quick = quickly(self._buffer[:cut]) if not self._prefix else None
                block = _parsed(self._head + self._buffer[:cut] + self._foot) if quick is None else quick
            except ElementTree.ParseError as error:
                if stop >= 0 or len(self._buffer) > 2 * LONGEST_RECORD:
                    raise BadXml(f"is not well-formed XML ({error})") from error
                size = len(self._buffer) + _STEP  # perhaps the cut is inside a comment: a longer block shows
                continue
            self._ended = stop >= 0
            self._buffer = self._buffer[cut:]
            size = _STEP
            yield block

    def rest(self, most: int) -> bytes:
        """The part behind the container, up to so many bytes."""
        return (self._buffer + self._stream.read(most))[:most]

    def _more(self, why: str) -> None:
        block = self._stream.read(_STEP)
        if not block:
            raise BadXml(why)
        self._buffer += block

    def _pass_over(self) -> Overlong:
        """Leave out a child that is too long; the buffer then begins with the next one."""
        head, length = self._buffer[:LONGEST_RECORD], 0
        if not head.startswith(self._child):
            raise BadXml("holds millions of bytes that belong to no row")
        while True:
            following, close = self._buffer.find(self._child, 1), self._buffer.find(self._close)
            ends = [place for place in (following, close) if place >= 0]
            if ends:
                length += min(ends)
                self._buffer = self._buffer[min(ends) :]
                return Overlong(head, length)
            kept = self._buffer[-64:]  # the mark may be cut in two
            length += len(self._buffer) - len(kept)
            self._buffer = kept
            self._more("breaks off inside a record")

    def _prologue(self, container: str) -> None:
        found, attributes = _Found(), [""]
        parser = expat.ParserCreate()
        parser.buffer_text = True
        seen: list[dict[str, str]] = []

        def start(name: str, attrs: dict[str, str]) -> None:
            if found.start >= 0:
                return
            local = name.rpartition(":")[2]
            if not seen or local == container:
                seen.append({key: value for key, value in attrs.items() if key.split(":")[0] == "xmlns"})
            if local == container:
                found.start, found.name = parser.CurrentByteIndex, name
            elif len(self.before) < 100_000:
                self.before.append((local, attrs))

        def no_doctype(*_: object) -> None:
            raise BadXml("holds a document type definition, which no workbook has")

        def declared(_version: str, encoding: str | None, _standalone: int) -> None:
            attributes[0] = (encoding or "").lower()

        parser.StartElementHandler = start
        parser.StartDoctypeDeclHandler = no_doctype
        parser.XmlDeclHandler = declared
        while found.start < 0:
            block = self._stream.read(_STEP)
            self._buffer += block
            try:
                parser.Parse(block, not block)
            except expat.ExpatError as error:
                if found.start < 0:
                    raise BadXml(f"is not well-formed XML ({error})") from error
            if not block:
                break
            if len(self._buffer) > _LONGEST_PROLOGUE:
                raise BadXml("has more ahead of its data than any program writes")
        if self._buffer[:2] in (b"\xff\xfe", b"\xfe\xff") or attributes[0] not in _UTF8:
            raise BadXml("is not written in UTF-8")
        self._open(found, seen)

    def _open(self, found: _Found, seen: list[dict[str, str]]) -> None:
        """Stand behind the start tag of the container."""
        self._prefix = found.name.rpartition(":")[0] + ":" if ":" in found.name else ""
        spaces: dict[str, str] = {}
        for one in seen:
            spaces.update(one)
        uri = spaces.get(f"xmlns:{self._prefix[:-1]}" if self._prefix else "xmlns", "")
        self.namespace = f"{{{uri}}}" if uri else ""
        written = "".join(f" {key}={quoteattr(value)}" for key, value in spaces.items())
        self._head, self._foot = f"<block{written}>".encode(), b"</block>"
        if found.start < 0:  # the part has no such element
            self._ended, self._buffer = True, b""
            return
        self._buffer = self._buffer[found.start :]
        while (stop := self._buffer.find(b">")) < 0:
            self._more("breaks off before its data")
        self._ended = self._buffer[stop - 1 : stop] == b"/"
        self._buffer = self._buffer[stop + 1 :]


def _parsed(block: bytes) -> ElementTree.Element:
    return ElementTree.fromstring(block)  # noqa: S314 - inside an element no document type can stand


class _NoDoctype(ElementTree.TreeBuilder):
    def doctype(self, *_: object) -> None:
        raise BadXml("holds a document type definition, which no workbook has")


def small_tree(data: bytes) -> ElementTree.Element:
    """A small part, whole. Raises `BadXml`."""
    try:
        parser = ElementTree.XMLParser(target=_NoDoctype())  # noqa: S314 - the target refuses document types
        parser.feed(data)
        root = parser.close()
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        raise BadXml(f"is not well-formed XML ({error})") from error
    assert isinstance(root, ElementTree.Element)
    return root


def local(name: str) -> str:
    """A name without its namespace."""
    return name.rpartition("}")[2]


_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


def unescaped(text: str) -> str:
    """Text with the characters that a workbook writes _xHHHH_ (ECMA-376 part 1, 22.9.2.19)."""
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text) if "_x" in text else text
