"""Which encoding a text is in, with the evidence for it.

Nothing is replaced: bytes that do not fit are set aside with their record.
"""

from __future__ import annotations

import codecs
import os
import re
from dataclasses import dataclass
from pathlib import Path

_HEAD = 1024 * 1024
_PROBES = 16
_PROBE = 64 * 1024
_ASCII = bytes(range(128))
_CONTINUATIONS = bytes(range(0x80, 0xC0))
_CHARACTER = re.compile(  # well-formed UTF-8 beyond ASCII: Unicode 16, table 3-7
    rb"[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xed[\x80-\x9f][\x80-\xbf]"
    rb"|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2}"
)
KNOWN = ("utf-8", "utf-16-le", "utf-16-be", "cp1252", "latin-1")


@dataclass(frozen=True, slots=True)
class Encoding:
    """An encoding, the bytes of its mark at the start of the file, and one sentence of evidence."""

    name: str
    mark: int
    evidence: str


def head_of(path: Path, size: int = _HEAD) -> bytes:
    """The first bytes of a file."""
    with path.open("rb") as stream:
        return stream.read(size)


def detect(path: Path) -> Encoding:
    """Judge by the mark, then by the bytes at the start and at places spread over the file."""
    head = head_of(path)
    if head.startswith(codecs.BOM_UTF8):
        return Encoding("utf-8", 3, "The file begins with the mark of UTF-8.")
    if head.startswith(codecs.BOM_UTF16_LE):
        return Encoding("utf-16-le", 2, "The file begins with the mark of UTF-16, low byte first.")
    if head.startswith(codecs.BOM_UTF16_BE):
        return Encoding("utf-16-be", 2, "The file begins with the mark of UTF-16, high byte first.")
    even, odd = head[0:4096:2].count(0), head[1:4096:2].count(0)
    half = max(1, len(head[:4096]) // 2)
    if odd / half > 0.4 and even / half < 0.1:
        return Encoding(
            "utf-16-le", 0, "Every other byte is zero, as in UTF-16 with the low byte first; there is no mark."
        )
    if even / half > 0.4 and odd / half < 0.1:
        return Encoding(
            "utf-16-be", 0, "Every other byte is zero, as in UTF-16 with the high byte first; there is no mark."
        )
    return _eight_bit(head, _probes(path))


def _probes(path: Path) -> list[bytes]:
    size = path.stat().st_size
    if size <= _HEAD:
        return []
    found = []
    with path.open("rb") as stream:
        for index in range(1, _PROBES + 1):
            stream.seek(max(_HEAD, size * index // _PROBES - _PROBE), os.SEEK_SET)
            found.append(stream.read(_PROBE))
    return found


def _eight_bit(head: bytes, probes: list[bytes]) -> Encoding:
    sequences = wrong = 0
    wrong_bytes = bytearray()
    for index, block in enumerate((head, *probes)):
        good, bad = _utf8_shape(block, cut=index > 0)
        sequences, wrong = sequences + good, wrong + len(bad)
        wrong_bytes += bad[:4096]
    if not wrong:
        if not sequences:
            return Encoding("utf-8", 0, "All bytes looked at are plain ASCII, which UTF-8 includes.")
        return Encoding(
            "utf-8", 0, f"All {sequences:,} characters beyond ASCII that were looked at are well-formed UTF-8."
        )
    if sequences > 4 * wrong:
        return Encoding(
            "utf-8",
            0,
            f"{sequences:,} characters are well-formed UTF-8 and {wrong:,} bytes are not; their records are set aside.",
        )
    if not any(byte in (0x81, 0x8D, 0x8F, 0x90, 0x9D) for byte in wrong_bytes):
        return Encoding(
            "cp1252", 0, f"{wrong:,} bytes are not UTF-8 and all of them are letters or signs in Windows-1252."
        )
    return Encoding(
        "latin-1",
        0,
        f"{wrong:,} bytes are neither UTF-8 nor Windows-1252; Latin-1 gives every byte a meaning. Check the preview.",
    )


def _utf8_shape(block: bytes, *, cut: bool) -> tuple[int, bytes]:
    """How many multi-byte characters are well formed, and the bytes beyond ASCII that belong to none.

    A block `cut` out of a file may begin and end within a character.
    """
    if block.isascii():
        return 0, b""
    if cut or len(block) == _HEAD:
        block = block.lstrip(_CONTINUATIONS) if cut else block
        tail = block[-4:].rstrip(_CONTINUATIONS)
        if tail and tail[-1] >= 0xC0:
            block = block[: len(block) - 4 + len(tail) - 1]
    rest, good = _CHARACTER.subn(b"a", block)
    return good, rest.translate(None, _ASCII)
