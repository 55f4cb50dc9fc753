"""The ZIP that a package is: written in one pass, the same way each time (docs/format.md, "The ZIP").

Our own writer, because Python's `zipfile` cannot use a faster deflate and leaves too much to its version. It writes
what `casebound_packaging.zipdirectory` accepts and nothing else: local headers with sizes (no data descriptors), no
comments, no extra fields but zip64's, 1 January 1980, Unix, mode 0644. (PKWARE APPNOTE 6.3.10.)
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import BinaryIO, Final

from isal import isal_zlib

CHUNK: Final = 1 << 20

_LOCAL: Final = struct.Struct("<4sHHHHHIIIHH")
_CENTRAL: Final = struct.Struct("<4sHHHHHHIIIHHHHHII")
_END: Final = struct.Struct("<4sHHHHIIH")
_END64: Final = struct.Struct("<4sQHHIIQQQQ")
_LOCATOR64: Final = struct.Struct("<4sIQI")
_BIG: Final = 0xFFFFFFFF
_BIG16: Final = 0xFFFF
_NEAR_BIG: Final = 0xF0000000  # deflate can make a file a little larger
_DATE_1980: Final = 0x0021
_UNIX_FILE_0644: Final = 0o100644 << 16
_LEVEL: Final = 2
# Readers refuse entries that shrink as a bomb does; such a file is stored instead.
_BOMB_SIZE: Final = 64 << 20
_BOMB_RATIO: Final = 400

Chunks = Callable[[], Iterable[bytes]]


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
    """Writes entries to a seekable file, in the order given. `finish` writes the directory."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._written: list[_Written] = []

    def add(self, name: str, size: int, chunks: Chunks, *, deflate: bool) -> None:
        """Write one entry of exactly `size` bytes. `chunks` is called once, or twice where deflating does not suit.

        Raises `ValueError` where the chunks do not add up to `size`.
        """
        offset = self._file.tell()
        raw = name.encode("ascii")
        wide = size >= _NEAR_BIG
        version = 45 if wide or offset >= _BIG else 20
        header = _LOCAL.size + len(raw) + (20 if wide else 0)
        self._file.write(b"\0" * header)
        method = 8 if deflate and size else 0
        crc, compressed = self._data(chunks, size, deflate=method == 8)
        if method == 8 and (compressed >= size or (size >= _BOMB_SIZE and size > compressed * _BOMB_RATIO)):
            self._file.seek(offset + header)
            self._file.truncate()
            method = 0
            crc, compressed = self._data(chunks, size, deflate=False)
        entry = _Written(raw, version, method, crc, compressed, size, offset)
        end = self._file.tell()
        self._file.seek(offset)
        self._file.write(_local(entry, wide))
        self._file.seek(end)
        self._written.append(entry)

    def finish(self) -> None:
        """Write the central directory and the end records."""
        start = self._file.tell()
        for entry in self._written:
            self._file.write(_central(entry))
        size, count = self._file.tell() - start, len(self._written)
        if start >= _BIG or size >= _BIG or count >= _BIG16:
            end64 = self._file.tell()
            self._file.write(
                _END64.pack(b"PK\x06\x06", _END64.size - 12, 3 << 8 | 45, 45, 0, 0, count, count, size, start)
            )
            self._file.write(_LOCATOR64.pack(b"PK\x06\x07", 0, end64, 1))
        counted = min(count, _BIG16)
        self._file.write(_END.pack(b"PK\x05\x06", 0, 0, counted, counted, min(size, _BIG), min(start, _BIG), 0))

    def _data(self, chunks: Chunks, size: int, *, deflate: bool) -> tuple[int, int]:
        """(CRC-32, bytes written)"""
        crc = seen = compressed = 0
        packer = isal_zlib.compressobj(_LEVEL, isal_zlib.DEFLATED, -15) if deflate else None
        for chunk in chunks():
            crc = isal_zlib.crc32(chunk, crc)
            seen += len(chunk)
            if seen > size:
                break
            data = packer.compress(chunk) if packer is not None else chunk
            compressed += len(data)
            self._file.write(data)
        if packer is not None:
            data = packer.flush()
            compressed += len(data)
            self._file.write(data)
        if seen != size:
            raise ValueError("the content is not as long as it was")
        return crc, compressed


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
