"""Unpacking one stream in constant memory: gzip, zstd, bzip2, xz, and what a ZIP packs its files by.

A stream may have been made to exhaust whoever unpacks it: no step produces more than a bounded piece, what came out is
counted while it comes, and a stream that grows beyond every real file is given up.
"""

from __future__ import annotations

import bz2
import lzma
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Protocol

from casebound.errors import BadSource

CHUNK = 1 << 18
BOMB_SIZE, BOMB_RATIO = 64 << 20, 500  # after so many bytes, what shrank more than this was made to exhaust its reader
MOST_BYTES = 1 << 40
_WINDOW = 1 << 27  # bytes that a zstd or xz stream may refer back, and so have held in memory
_SIP = 1 << 11  # bytes given to zstd at once: it alone cannot bound what comes out
NAMES = {"gzip": "gzip", "zstd": "zstd", "bzip2": "bzip2", "xz": "xz", "deflate": "deflate", "stored": "stored"}


@dataclass(slots=True)
class Meter:
    """What went in and came out so far, and what is odd about the stream."""

    name: str  # of the file, for people
    packed: int = 0
    unpacked: int = 0
    notes: list[str] = field(default_factory=list)

    def count(self, size: int) -> None:
        """Take account of `size` unpacked bytes. Raises `BadSource` where they are too many."""
        self.unpacked += size
        if self.unpacked > BOMB_SIZE and self.unpacked > BOMB_RATIO * max(self.packed, 1):
            raise BadSource(
                f"“{self.name}” unpacks to more than {BOMB_RATIO} times its size, as archives made to exhaust a "
                f"computer do.",
                "If it is a real export, unpack it with another program and bring in the file.",
                meaning=f"It was given up after {self.unpacked:,} bytes. Nothing of it was kept.",
                where=self.name,
            )
        if self.unpacked > MOST_BYTES:
            raise BadSource(
                f"“{self.name}” unpacks to more than {MOST_BYTES:,} bytes.",
                "Ask for the export in parts.",
                where=self.name,
            )


class _Unpacker(Protocol):
    """One stream of a kind; another may follow it."""

    def feed(self, data: bytes) -> Iterator[bytes]: ...

    @property
    def ended(self) -> bool: ...

    @property
    def rest(self) -> bytes: ...


def unpacked(pieces: Iterator[bytes], method: str, meter: Meter) -> Iterator[bytes]:
    """The contents of a packed stream, piece by piece.

    Several streams of a kind, one after another, are one file. Raises `BadSource` where the stream is damaged, cut
    off, or grows beyond every real file.
    """
    if method == "stored":
        for piece in pieces:
            meter.packed += len(piece)
            meter.count(len(piece))
            yield piece
        return
    make, one = _MAKERS[method], None
    started, streams = False, 0
    held = b""
    try:
        for data in pieces:
            meter.packed += len(data)
            held += data
            while held:
                if one is None:
                    if streams and not _more(held, method):
                        break
                    one, started = make(), True
                for out in one.feed(held):
                    meter.count(len(out))
                    yield out
                held = b""
                if one.ended:
                    held, one, streams = one.rest, None, streams + 1
            if one is None and held and len(held) >= 6:
                break
    except (zlib.error, lzma.LZMAError, OSError, EOFError, ValueError, _zstd_error()) as error:
        raise BadSource(
            f"“{meter.name}” is damaged: from byte {meter.unpacked:,} on it cannot be unpacked ({_why(error)}).",
            "Copy or export it again.",
            meaning="Nothing of it was brought in.",
            where=meter.name,
        ) from error
    if one is not None or not started:
        raise BadSource(
            f"“{meter.name}” is cut off: it ends in the middle of its {NAMES[method]} data, after "
            f"{meter.unpacked:,} unpacked bytes.",
            "Copy or export it again, and compare its size with the sender's.",
            meaning="Nothing of it was brought in, because nobody can say how much is missing.",
            where=meter.name,
        )
    loose = len(held.lstrip(b"\0"))
    for data in pieces:
        loose += len(data.lstrip(b"\0"))
    if loose:
        meter.notes.append(f"{loose:,} bytes after the end of the {NAMES[method]} data were not read.")


def _why(error: BaseException) -> str:
    return " ".join(str(error).split())[:120] or type(error).__name__


def _zstd_error() -> type[Exception]:
    from zstandard import ZstdError

    return ZstdError


_MAGIC = {"gzip": b"\x1f\x8b", "bzip2": b"BZh", "xz": b"\xfd7zXZ\0"}
_ZSTD_MAGIC = b"(\xb5/\xfd"


def _more(held: bytes, method: str) -> bool:
    """Whether another stream of the kind begins here."""
    if method == "zstd":
        return held.startswith(_ZSTD_MAGIC) or (len(held) > 3 and held[1:4] == b"\x2a\x4d\x18" and held[0] >> 4 == 5)
    return method in _MAGIC and held.startswith(_MAGIC[method])


class _Deflate:
    """Raw deflate, or gzip with its header and checksum (RFC 1951, 1952)."""

    def __init__(self, window: int) -> None:
        self._one = zlib.decompressobj(window)

    def feed(self, data: bytes) -> Iterator[bytes]:
        while data and not self._one.eof:
            out = self._one.decompress(data, CHUNK)
            data = self._one.unconsumed_tail
            if out:
                yield out
        while not self._one.eof and (out := self._one.decompress(b"", CHUNK)):
            yield out

    @property
    def ended(self) -> bool:
        return self._one.eof

    @property
    def rest(self) -> bytes:
        return self._one.unused_data


class _Blocks:
    """bzip2 and xz, which the standard library unpacks by one protocol."""

    def __init__(self, one: bz2.BZ2Decompressor | lzma.LZMADecompressor) -> None:
        self._one = one

    def feed(self, data: bytes) -> Iterator[bytes]:
        out = self._one.decompress(data, CHUNK)
        while True:
            if out:
                yield out
            if self._one.eof or self._one.needs_input:
                return
            out = self._one.decompress(b"", CHUNK)

    @property
    def ended(self) -> bool:
        return self._one.eof

    @property
    def rest(self) -> bytes:
        return self._one.unused_data


class _Zstd:
    """One zstd frame (RFC 8878)."""

    def __init__(self) -> None:
        from zstandard import ZstdDecompressor

        self._one = ZstdDecompressor(max_window_size=_WINDOW).decompressobj()
        self._rest = b""

    def feed(self, data: bytes) -> Iterator[bytes]:
        for start in range(0, len(data), _SIP):
            sip = data[start : start + _SIP]
            if out := self._one.decompress(sip):
                yield out
            if self._one.eof:
                self._rest = self._one.unused_data + data[start + _SIP :]
                return

    @property
    def ended(self) -> bool:
        return bool(self._one.eof)

    @property
    def rest(self) -> bytes:
        return self._rest


_MAKERS: dict[str, Callable[[], _Unpacker]] = {
    "deflate": lambda: _Deflate(-zlib.MAX_WBITS),
    "gzip": lambda: _Deflate(16 + zlib.MAX_WBITS),
    "bzip2": lambda: _Blocks(bz2.BZ2Decompressor()),
    "xz": lambda: _Blocks(lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=4 * _WINDOW)),
    "zstd": _Zstd,
}
