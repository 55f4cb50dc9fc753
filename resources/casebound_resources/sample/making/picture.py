"""A canvas of true colour, and PNG (ISO/IEC 15948) whose compression is our own, so that its bytes do not depend on a
zlib."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

from casebound_resources.sample.making.typeface import mask

Colour = tuple[int, int, int]


class Canvas:
    """Pixels, three bytes each."""

    def __init__(self, width: int, height: int, ground: Colour) -> None:
        self.width, self.height = width, height
        self._rows = [bytearray(bytes(ground) * width) for _ in range(height)]

    def box(self, x: int, y: int, width: int, height: int, colour: Colour) -> None:
        for row in self._rows[y : y + height]:
            row[3 * x : 3 * (x + width)] = bytes(colour) * width

    def text(self, x: float, baseline: int, words: str, font: Path, size: int, colour: Colour) -> float:
        """Draw a line and return where it ends."""
        for character in words:
            start = int(x)
            coverage, advance = mask(font, character, size, int((x - start) * 4))
            for (column, row), part in coverage.items():
                self._mix(start + column, baseline + row, colour, min(1.0, part))
            x += advance
        return x

    def _mix(self, x: int, y: int, colour: Colour, part: float) -> None:
        if 0 <= x < self.width and 0 <= y < self.height:
            row = self._rows[y]
            for channel in range(3):
                under = row[3 * x + channel]
                row[3 * x + channel] = int(under + (colour[channel] - under) * part + 0.5)

    def png(self, texts: dict[str, str]) -> bytes:
        """The picture with its texts as tEXt chunks; each line filtered against the one above."""
        above = bytes(3 * self.width)
        lines = bytearray()
        for row in self._rows:
            lines.append(2)
            lines += bytes((value - up) & 0xFF for value, up in zip(row, above, strict=True))
            above = bytes(row)
        chunks = [(b"IHDR", struct.pack(">LLBBBBB", self.width, self.height, 8, 2, 0, 0, 0))]
        chunks += [(b"tEXt", key.encode("latin-1") + b"\0" + value.encode("latin-1")) for key, value in texts.items()]
        chunks += [(b"IDAT", _zlib(bytes(lines))), (b"IEND", b"")]
        out = b"\x89PNG\r\n\x1a\n"
        for kind, body in chunks:
            out += struct.pack(">L", len(body)) + kind + body + struct.pack(">L", zlib.crc32(kind + body))
        return out


class _Bits:
    def __init__(self) -> None:
        self.out = bytearray()
        self._held = 0
        self._count = 0

    def put(self, value: int, width: int) -> None:
        """Least significant bit first."""
        self._held |= value << self._count
        self._count += width
        while self._count >= 8:
            self.out.append(self._held & 0xFF)
            self._held >>= 8
            self._count -= 8

    def code(self, value: int, width: int) -> None:
        """A Huffman code: most significant bit first."""
        self.put(int(f"{value:0{width}b}"[::-1], 2), width)

    def symbol(self, value: int) -> None:
        """RFC 1951, 3.2.6: the fixed code of a literal or a length."""
        if value < 144:
            self.code(0x30 + value, 8)
        elif value < 256:
            self.code(0x190 + value - 144, 9)
        elif value < 280:
            self.code(value - 256, 7)
        else:
            self.code(0xC0 + value - 280, 8)


def _zlib(data: bytes) -> bytes:
    """RFC 1950 around one block of fixed codes whose only matches repeat the byte before: enough for filtered lines."""
    bits = _Bits()
    bits.put(0b011, 3)
    at = 0
    while at < len(data):
        bits.symbol(data[at])
        run = 0
        while at + 1 + run < len(data) and data[at + 1 + run] == data[at]:
            run += 1
        at += 1
        while run >= 258:
            bits.symbol(285)
            bits.code(0, 5)
            at, run = at + 258, run - 258
        while run >= 3:
            length = min(run, 10)
            bits.symbol(254 + length)
            bits.code(0, 5)
            at, run = at + length, run - length
    bits.symbol(256)
    bits.put(0, 7)
    return b"\x78\x01" + bytes(bits.out) + struct.pack(">L", zlib.adler32(data))
