"""The records of a web archive (ISO 28500; ARC 1.0 before it), read as a stream, each with its place.

A reader of our own, because a broken record must be told and passed over, and the usual ones stop at the first. What is
read here and by `warcio` is the same (a test compares the two).
"""

from __future__ import annotations

import contextlib
import re
import zlib
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, Final

from casebound.importers.warcpayload import Block

_PIECE: Final = 1 << 18
_LINE: Final = 64 * 1024  # bytes of a line of a header
_HEADERS: Final = 256 * 1024  # bytes of all headers of a record
KEPT: Final = 64 * 1024  # bytes of a record that cannot be read that are kept beside its place
_VERSION: Final = re.compile(rb"WARC/\d+\.\d+\r?\n")
_ARC: Final = re.compile(rb"(\S.*) (\S+) (\d{14}) (\S+) (\d{1,15})\r?\n")
_GZIP: Final = b"\x1f\x8b\x08"
_BEGINS: Final = re.compile(rb"WARC/\d|filedesc:|https?:")
_NUMBER: Final = re.compile(r"\d{1,15}", re.ASCII)


@dataclass(slots=True)
class Record:
    """A record, or what stands where one should be (`refused`: a code and a sentence).

    `offset` and `length` are its place in the file; -1 and 0 where it has none of its own in a packed one.
    """

    offset: int
    length: int = 0
    headers: dict[str, str] = field(default_factory=dict)  # by lower-case name
    block: Block | None = None
    digests: tuple[str, str] = ("", "")
    problems: list[str] = field(default_factory=list)
    refused: tuple[str, str] | None = None
    raw: bytes = b""  # the beginning of what was refused


def records(stream: BinaryIO) -> Iterator[Record | None]:
    """Every record of a file; None now and then in between, so that a person can stop."""
    if stream.read(2) == b"\x1f\x8b":
        yield from _packed(stream)
    else:
        stream.seek(0)
        yield from _records(_Bytes(stream), placed=True)


class _Bytes:
    """A file as it is, from where it stands. `seen` is the beginning of what was taken since `mark`."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream, self._kept, self._at = stream, b"", 0
        self.position, self.seen = 0, b""

    def mark(self) -> None:
        """Remember from here."""
        self.seen = b""

    def ahead(self, count: int) -> bytes:
        """The next bytes, so many where there are."""
        self._fill(count)
        return self._kept[self._at : self._at + count]

    def line(self) -> bytes:
        """The next line with its end, or the `_LINE` bytes that are the beginning of a longer one."""
        self._fill(_LINE)
        end = self._kept.find(b"\n", self._at, self._at + _LINE) + 1
        return self.take(end - self._at if end else _LINE)

    def take(self, count: int) -> bytes:
        """At most so many bytes; none at the end."""
        self._fill(1)
        taken = self._kept[self._at : self._at + count]
        self._at += len(taken)
        self.position += len(taken)
        if len(self.seen) < KEPT:
            self.seen += taken[: KEPT - len(self.seen)]
        return taken

    def _fill(self, count: int) -> None:
        while len(self._kept) - self._at < count and (more := self._more()):
            self._kept, self._at = self._kept[self._at :] + more, 0

    def _more(self) -> bytes:
        return self._stream.read(_PIECE)


class _Member(_Bytes):
    """One member of a gzip file (RFC 1952). `fault` says what is wrong with it."""

    def __init__(self, stream: BinaryIO, beginning: bytes) -> None:
        super().__init__(stream)
        self._unpacking = zlib.decompressobj(16 + zlib.MAX_WBITS)
        self._waiting = beginning
        self.packed = 0  # bytes of the file that are of it
        self.fault = ""

    def _more(self) -> bytes:
        while not self._unpacking.eof and not self.fault:
            data = self._waiting or self._stream.read(_PIECE)
            try:
                found = self._unpacking.decompress(data, _PIECE)
            except zlib.error:
                self.fault = "it is not packed as it should be"
                break
            ended = self._unpacking.eof
            self._waiting = self._unpacking.unused_data if ended else self._unpacking.unconsumed_tail
            self.packed += len(data) - len(self._waiting)
            if found:
                return found
            if not data:
                self.fault = "it breaks off"
        return b""


def _packed(stream: BinaryIO) -> Iterator[Record | None]:
    """A file of gzip members, usually one for each record."""
    offset = 0
    while True:
        stream.seek(offset)
        waiting = stream.read(_PIECE)
        if not waiting:
            return
        if waiting.startswith(_GZIP[: len(waiting)]):
            member = _Member(stream, waiting)
            found = 0
            for record in _records(member, placed=False):
                found += record is not None
                if record is not None and member.fault and record.refused is None:
                    record.problems.append(f"the gzip member that holds it is damaged: {member.fault}")
                yield record
            if not member.fault:
                offset += member.packed
                continue
            why = "" if found else f"is damaged: {member.fault}"
        else:
            why = "is not packed as the file before it is" if waiting.strip(b"\0") else ""
        following = yield from _next_member(stream, offset + 1)
        if why:
            end = f"up to byte {following:,}" if following >= 0 else "up to its end"
            reason = f"What stands from byte {offset:,} of the file {end} {why}."
            yield Record(-1, refused=("gzip", reason), raw=waiting[:KEPT])
        if following < 0:
            return
        offset = following


def _next_member(stream: BinaryIO, start: int) -> Generator[None, None, int]:
    """Where the next member begins that holds a record; -1 where there is none."""
    stream.seek(start)
    before = b""
    while data := stream.read(_PIECE):
        both, at = before + data, -1
        while (at := both.find(_GZIP, at + 1)) >= 0:
            place = start - len(before) + at
            with contextlib.suppress(zlib.error):
                stream.seek(place)
                if _BEGINS.match(zlib.decompressobj(16 + zlib.MAX_WBITS).decompress(stream.read(4096), 64)):
                    return place
        start += len(data)
        before = both[-2:]
        stream.seek(start)
        yield None
    return -1


def _records(source: _Bytes, *, placed: bool) -> Iterator[Record | None]:
    while True:
        while source.ahead(1) in (b"\r", b"\n"):
            source.take(1)
        source.mark()
        beginning = source.ahead(16)
        if not beginning:
            return
        record = Record(source.position if placed else -1)
        if _VERSION.match(beginning):
            yield from _record(source, record)
        elif arc := _ARC.match(source.ahead(_LINE)):
            source.take(arc.end())
            uri, address, date, mime, size = (_text(part) for part in arc.groups())
            kind = "filedesc" if uri.startswith("filedesc:") else "response"
            record.headers = {"warc-type": kind, "warc-target-uri": uri, "warc-ip-address": address}
            record.headers |= {"warc-date": date, "content-type": mime, "content-length": size}
            yield from _block(source, record, kind == "response" and uri.startswith(("http:", "https:")))
        else:
            yield from _skip(source, record)
        if placed:
            record.length = source.position - record.offset
        if record.refused:
            record.raw = source.seen
        yield record


def _record(source: _Bytes, record: Record) -> Iterator[None]:
    """Headers and block of a WARC record."""
    source.line()
    lines: list[bytes] = []
    size = 0
    while (line := source.line()).strip():
        size += len(line)
        if not line.endswith(b"\n") and not source.ahead(1):
            record.refused = ("truncated", "The file ends within the header of this record.")
            return
        if not line.endswith(b"\n") or size > _HEADERS:
            record.refused = ("header", "The header of this record does not end.")
            yield from _skip(source, record)
            return
        lines.append(line)
    if not line:
        record.refused = ("truncated", "The file ends within the header of this record.")
        return
    last = ""
    for line in lines:
        if line[:1] in b" \t" and last:
            record.headers[last] += " " + _text(line)
            continue
        name, colon, value = line.partition(b":")
        last = _text(name).lower()
        if not colon:
            record.problems.append("a line of its header is none")
        elif last in record.headers and last != "warc-concurrent-to":
            record.problems.append(f"its header {_text(name)[:60]} stands twice")
        record.headers.setdefault(last, _text(value))
    kind = record.headers.get("content-type", "").partition(";")[0].strip().lower()
    yield from _block(source, record, kind == "application/http")


def _block(source: _Bytes, record: Record, http: bool) -> Iterator[None]:
    stated = record.headers.get("content-length", "")
    if not _NUMBER.fullmatch(stated):
        record.refused = ("length", "The record does not state how long it is.")
        yield from _skip(source, record)
        return
    left = int(stated)
    # The payload of a revisit is in the record that it refers to, and that of a segment in all of them together.
    partly = record.headers.get("warc-type") == "revisit" or "warc-segment-number" in record.headers
    payload = None if partly else record.headers.get("warc-payload-digest")
    block = Block(http, record.headers.get("warc-block-digest"), payload, whole=not partly)
    while left and (piece := source.take(min(left, _PIECE))):
        left -= len(piece)
        block.feed(piece)
        if left:
            yield None
    if left:
        record.refused = (
            "truncated",
            f"The record states {int(stated):,} bytes, and the file ends {left:,} bytes before that.",
        )
        return
    record.block, record.digests = block, block.end()
    if partly and "warc-payload-digest" in record.headers:
        record.digests = (record.digests[0], "not checked: the payload is not in this record")
    record.problems += block.problems
    after = source.ahead(16)
    if after and after[:1] not in (b"\r", b"\n"):
        record.problems.append("no empty line follows it: its length may be wrong")


def _skip(source: _Bytes, record: Record) -> Iterator[None]:
    """Pass over what is no record, up to a line that begins one."""
    record.refused = record.refused or ("framing", "Here stands no record of a web archive.")
    steps = 0
    while line := source.line():
        steps += 1
        if steps % 512 == 0:
            yield None
        if line.endswith(b"\n") and _VERSION.match(source.ahead(16)):
            return


def _text(value: bytes) -> str:
    return value.strip().decode("utf-8", "backslashreplace").replace("\0", "\\x00")
