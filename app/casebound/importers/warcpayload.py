"""What is inside a record of a web archive: an HTTP message taken apart while it streams by, and held nowhere."""

from __future__ import annotations

import re
from typing import Final

from casebound.importers.warcdigests import Stated

_HEAD: Final = 128 * 1024  # bytes of an HTTP header that are looked at
_STATUS: Final = re.compile(rb"HTTP/\d(?:\.\d)?[ \t]+(\d{3})\b")
_END: Final = re.compile(rb"\r?\n\r?\n")
_SIZE: Final = re.compile(rb"[0-9A-Fa-f]{1,15}[ \t]*(?:;[^\r\n]*)?")


class Block:
    """The block of a record, fed piece by piece. `http` says that it is an HTTP message (RFC 9112), `whole` that its
    contents are all in this record.
    """

    def __init__(self, http: bool, block_digest: str | None, payload_digest: str | None, *, whole: bool = True) -> None:
        self.size = 0
        self._whole = whole
        self.status: str | None = None
        self.mime: str | None = None
        self.problems: list[str] = []
        self._block = Stated(block_digest)
        self._payload = Stated(payload_digest, ways=2)
        self._head = b"" if http else None
        self._chunks: _Chunks | None = None
        self._length: int | None = None
        self._body = 0

    def feed(self, data: bytes) -> None:
        """Further bytes of the block."""
        self.size += len(data)
        self._block.feed(data)
        if self._head is None:
            self._pay(data)
            return
        self._head += data
        end = _END.search(self._head)
        if end is None:
            if len(self._head) > _HEAD:
                self.problems.append("its HTTP header does not end")
                rest, self._head = self._head, None
                self._pay(rest)
            return
        head, rest = self._head[: end.start()], self._head[end.end() :]
        self._head = None
        self._read(head)
        self._pay(rest)

    def end(self) -> tuple[str, str]:
        """Whether the block's and the payload's digests hold, in words."""
        if self._head:
            self.problems.append("its HTTP header does not end")
        if self._chunks is not None and self._whole:
            if problem := self._chunks.end():
                self.problems.append(problem)
        elif self._whole and self._length is not None and self._length != self._body:
            self.problems.append(f"HTTP states {self._length:,} bytes of contents, and {self._body:,} are there")
        return self._block.found(), self._payload.found()

    def _read(self, head: bytes) -> None:
        status = _STATUS.match(head)
        if status:
            self.status = status[1].decode("ascii")
        headers = _headers(head)
        self.mime = headers.get("content-type")
        if headers.get("transfer-encoding", "").lower().endswith("chunked"):
            self._chunks = _Chunks()
        elif status and headers.get("content-length", "").isascii() and headers.get("content-length", "").isdigit():
            self._length = int(headers["content-length"][:18])

    def _pay(self, data: bytes) -> None:
        self._body += len(data)
        self._payload.feed(data)
        if self._chunks is not None:
            data = self._chunks.feed(data)
        self._payload.feed(data, 1)


class _Chunks:
    """The chunked transfer encoding taken off (RFC 9112 7.1). What is none is left as it is, and told."""

    def __init__(self) -> None:
        self._line = b""
        self._left = -1  # of the chunk; -1: a size is next, -2: the end of a line is next, -3: done, -4: not chunked
        self._first = True

    def feed(self, data: bytes) -> bytes:
        found = []
        while data:
            if self._left > 0:
                piece, data = data[: self._left], data[self._left :]
                found.append(piece)
                self._left -= len(piece)
                if not self._left:
                    self._left = -2
            elif self._left == -4:
                found.append(data)
                break
            elif self._left == -3:
                break  # trailers
            else:
                line, newline, rest = data.partition(b"\n")
                self._line += line[: 8192 - len(self._line)]
                if not newline:
                    break
                data = rest
                self._take(self._line.rstrip(b"\r"), found)
                self._line = b""
        return b"".join(found)

    def end(self) -> str:
        """What is wrong with it, or ""."""
        if self._left == -3:
            return ""
        if self._left == -4:
            return "HTTP says that its contents come in chunks, and they do not"
        return "its last chunk is cut off or missing"

    def _take(self, line: bytes, found: list[bytes]) -> None:
        if self._left == -2:
            self._left = -1 if not line else -4
            if line:
                found.append(line + b"\n")
            return
        if not _SIZE.fullmatch(line):
            self._left = -4
            found.append(line + b"\n")
            return
        self._left = int(line.partition(b";")[0], 16) or -3


def _headers(head: bytes) -> dict[str, str]:
    """Names in lower case; the first of two of a name."""
    found: dict[str, str] = {}
    for line in head.split(b"\n")[1:2_000]:
        name, colon, value = line.partition(b":")
        if colon:
            found.setdefault(name.strip().decode("latin-1").lower(), _text(value.strip()))
    return found


def _text(value: bytes) -> str:
    return value.decode("utf-8", "backslashreplace").replace("\0", "\\x00")
