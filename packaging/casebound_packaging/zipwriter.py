"""The ZIP that a package is: written in one pass, the same way each time (docs/format.md, "The ZIP").

Our own writer, because Python's `zipfile` cannot use a faster deflate and leaves too much to its version. It writes
what `casebound_packaging.zipdirectory` accepts and nothing else: local headers with sizes (no data descriptors), no
comments, no extra fields but zip64's, 1 January 1980, Unix, mode 0644. (PKWARE APPNOTE 6.3.10.)

The file is written from its beginning to its end and never gone back into, so that its digest is known when it is
done, without reading it back. Therefore an entry's checksum and packed size come before its data.
"""

from __future__ import annotations

import struct
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import IO, BinaryIO, Final

from isal import isal_zlib

from casebound_packaging.hashing import Hashing

CHUNK: Final = 1 << 20
STORED: Final = 0
DEFLATED: Final = 8

_LOCAL: Final = struct.Struct("<4sHHHHHIIIHH")
_CENTRAL: Final = struct.Struct("<4sHHHHHHIIIHHHHHII")
_END: Final = struct.Struct("<4sHHHHIIH")
_END64: Final = struct.Struct("<4sQHHIIQQQQ")
_LOCATOR64: Final = struct.Struct("<4sIQI")
_BIG: Final = 0xFFFFFFFF
_BIG16: Final = 0xFFFF
_NEAR_BIG: Final = 0xF0000000  # from here on an entry has a zip64 header
_DATE_1980: Final = 0x0021
_UNIX_FILE_0644: Final = 0o100644 << 16
LEVEL: Final = 2
# Readers refuse entries that shrink as a bomb does; such a file is stored instead.
_BOMB_SIZE: Final = 64 << 20
_BOMB_RATIO: Final = 400
_IN_MEMORY: Final = 4 << 20  # packed data beyond this wait in a file
_GATHERED: Final = 1 << 20  # bytes of small entries that go to the hashing thread in one piece

Chunks = Callable[[], Iterable[bytes]]


@dataclass(frozen=True, slots=True)
class Data:
    """What a header says of its data, which follow it. `size` and `compressed` in bytes."""

    method: int
    crc: int
    compressed: int
    size: int


@dataclass(frozen=True, slots=True)
class _Written:
    name: bytes
    version: int
    method: int
    crc: int
    compressed: int
    size: int
    offset: int


class ZipWriter:
    """Writes entries to a file, in the order given. `finish` writes the directory.

    With `digest` the whole file is hashed while it is written. `place` is how many bytes were written.
    """

    def __init__(self, file: BinaryIO, digest: Hashing | None = None) -> None:
        self._file = file
        self._digest = digest
        self._gathered: list[bytes] = []
        self._octets = 0
        self._missing = 0  # data bytes that the last header promised
        self._written: list[_Written] = []
        self.place = 0

    def add(self, name: str, size: int, chunks: Chunks, *, deflate: bool) -> None:
        """Write one entry of exactly `size` bytes. `chunks` is called once, or twice where it is not deflated.

        Raises `ValueError` where the chunks do not add up to `size`.
        """
        with tempfile.SpooledTemporaryFile(_IN_MEMORY) as spool:
            data = deflated(chunks(), size, spool) if deflate else None
            if data is not None:
                self.begin(name, data)
                self.copy(spool)
                return
        self.begin(name, Data(STORED, _checksum(chunks(), size), size, size))
        for chunk in chunks():
            self.write(chunk)

    def begin(self, name: str, data: Data) -> None:
        """Write the header of an entry; `write` its data afterwards, exactly `data.compressed` bytes."""
        self._whole()
        raw = name.encode("ascii")
        wide = data.size >= _NEAR_BIG
        version = 45 if wide or self.place >= _BIG else 20
        entry = _Written(raw, version, data.method, data.crc, data.compressed, data.size, self.place)
        self._written.append(entry)
        self._put(_local(entry, wide))
        self._missing = data.compressed

    def write(self, chunk: bytes) -> None:
        """The next bytes of the entry's data. Raises `ValueError` for more of them than were promised."""
        self._missing -= len(chunk)
        if self._missing < 0:
            raise ValueError("the content is longer than it was")
        self._put(chunk)

    def copy(self, spool: IO[bytes]) -> None:
        """`write` everything that stands in `spool`."""
        spool.seek(0)
        while chunk := spool.read(CHUNK):
            self.write(chunk)

    def _whole(self) -> None:
        if self._missing:
            raise ValueError("the content is not as long as it was")

    def _put(self, data: bytes) -> None:
        self._file.write(data)
        self.place += len(data)
        if self._digest is None:
            return
        self._gathered.append(data)
        self._octets += len(data)
        if self._octets >= _GATHERED:
            self._hash()

    def _hash(self) -> None:
        if self._digest is not None:
            self._digest.update(*self._gathered)
        self._gathered, self._octets = [], 0

    def finish(self) -> None:
        """Write the central directory and the end records. Raises `ValueError` where the last entry is not whole."""
        self._whole()
        start = self.place
        for entry in self._written:
            self._put(_central(entry))
        size, count, end64 = self.place - start, len(self._written), self.place
        if start >= _BIG or size >= _BIG or count >= _BIG16:
            self._put(_END64.pack(b"PK\x06\x06", _END64.size - 12, 3 << 8 | 45, 45, 0, 0, count, count, size, start))
            self._put(_LOCATOR64.pack(b"PK\x06\x07", 0, end64, 1))
        counted = min(count, _BIG16)
        self._put(_END.pack(b"PK\x05\x06", 0, 0, counted, counted, min(size, _BIG), min(start, _BIG), 0))
        self._hash()


def deflated(chunks: Iterable[bytes], size: int, spool: IO[bytes]) -> Data | None:
    """Pack exactly `size` bytes into `spool`; None where that does not suit, and they are better stored.

    Raises `ValueError` where the chunks do not add up to `size`.
    """
    crc = seen = compressed = 0
    packer = isal_zlib.compressobj(LEVEL, isal_zlib.DEFLATED, -15)
    for chunk in chunks:
        crc = isal_zlib.crc32(chunk, crc)
        seen += len(chunk)
        compressed += spool.write(packer.compress(chunk))
    compressed += spool.write(packer.flush())
    if seen != size:
        raise ValueError("the content is not as long as it was")
    return Data(DEFLATED, crc, compressed, size) if worth_packing(size, compressed) else None


def worth_packing(size: int, compressed: int) -> bool:
    """Whether an entry is deflated: it must shrink, and not so much that a reader takes it for a bomb."""
    return compressed < size and not (size >= _BOMB_SIZE and size > compressed * _BOMB_RATIO)


def _checksum(chunks: Iterable[bytes], size: int) -> int:
    crc = seen = 0
    for chunk in chunks:
        crc = isal_zlib.crc32(chunk, crc)
        seen += len(chunk)
    if seen != size:
        raise ValueError("the content is not as long as it was")
    return crc


def _local(entry: _Written, wide: bool) -> bytes:
    sizes = (_BIG, _BIG) if wide else (entry.compressed, entry.size)
    extra = struct.pack("<HHQQ", 1, 16, entry.size, entry.compressed) if wide else b""
    return (
        _LOCAL.pack(
            b"PK\x03\x04", entry.version, 0, entry.method, 0, _DATE_1980, entry.crc, *sizes, len(entry.name), len(extra)
        )
        + entry.name
        + extra
    )


def _central(entry: _Written) -> bytes:
    wide = [value for value in (entry.size, entry.compressed, entry.offset) if value >= _BIG]
    extra = struct.pack(f"<HH{len(wide)}Q", 1, 8 * len(wide), *wide) if wide else b""
    fixed = _CENTRAL.pack(
        b"PK\x01\x02",
        3 << 8 | entry.version,
        entry.version,
        0,
        entry.method,
        0,
        _DATE_1980,
        entry.crc,
        min(entry.compressed, _BIG),
        min(entry.size, _BIG),
        len(entry.name),
        len(extra),
        0,
        0,
        0,
        _UNIX_FILE_0644,
        min(entry.offset, _BIG),
    )
    return fixed + entry.name + extra
