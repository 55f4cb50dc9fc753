"""Letters from a bundled TrueType font as coverage masks, in plain Python, so that a drawn page is the same everywhere.

Reads what Inter needs: `cmap` format 4, `glyf` with simple and compound outlines, `hmtx`. Each glyph is flattened and
filled by the
non-zero rule, four scan lines and exact horizontal coverage per pixel. (Apple, "TrueType Reference Manual".)
"""

from __future__ import annotations

import itertools
import struct
from functools import cache
from pathlib import Path

Point = tuple[float, float]
Contour = list[Point]
_SCANS = 4


class Typeface:
    """A TrueType file."""

    def __init__(self, path: Path) -> None:
        self._data = path.read_bytes()
        count = struct.unpack_from(">H", self._data, 4)[0]
        self._tables: dict[str, int] = {}
        for number in range(count):
            tag, _sum, offset, _length = struct.unpack_from(">4sLLL", self._data, 12 + 16 * number)
            self._tables[tag.decode("ascii")] = offset
        self.units: int = struct.unpack_from(">H", self._data, self._tables["head"] + 18)[0]
        self._long_loca: int = struct.unpack_from(">h", self._data, self._tables["head"] + 50)[0]
        self._metrics: int = struct.unpack_from(">H", self._data, self._tables["hhea"] + 34)[0]
        self._map = self._read_map()

    def _read_map(self) -> dict[int, int]:
        base = self._tables["cmap"]
        for number in range(struct.unpack_from(">H", self._data, base + 2)[0]):
            offset = base + struct.unpack_from(">HHL", self._data, base + 4 + 8 * number)[2]
            if struct.unpack_from(">H", self._data, offset)[0] == 4:
                return self._read_format_4(offset)
        raise ValueError("no character map of format 4")

    def _read_format_4(self, offset: int) -> dict[int, int]:
        double = struct.unpack_from(">H", self._data, offset + 6)[0]
        found: dict[int, int] = {}
        for segment in range(double // 2):
            end, start, delta, skip = (
                struct.unpack_from(">H", self._data, offset + 14 + block * double + (2 if block else 0) + 2 * segment)[
                    0
                ]
                for block in range(4)
            )
            for code in range(start, min(end, 0xFFFE) + 1):
                if skip == 0:
                    glyph = (code + delta) & 0xFFFF
                else:
                    place = offset + 16 + 3 * double + 2 * segment + skip + 2 * (code - start)
                    glyph = struct.unpack_from(">H", self._data, place)[0]
                    glyph = (glyph + delta) & 0xFFFF if glyph else 0
                found[code] = glyph
        return found

    def glyph(self, character: str) -> int:
        return self._map.get(ord(character), 0)

    def advance(self, glyph: int) -> int:
        at = min(glyph, self._metrics - 1)
        width: int = struct.unpack_from(">H", self._data, self._tables["hmtx"] + 4 * at)[0]
        return width

    def contours(self, glyph: int) -> list[Contour]:
        """The outline, flattened, in font units with y upwards."""
        form, size = (">LL", 4) if self._long_loca else (">HH", 2)
        first, after = struct.unpack_from(form, self._data, self._tables["loca"] + size * glyph)
        if not self._long_loca:
            first, after = first * 2, after * 2
        if first == after:
            return []
        start = self._tables["glyf"] + first
        parts = struct.unpack_from(">h", self._data, start)[0]
        return self._compound(start + 10) if parts < 0 else self._simple(start + 10, parts)

    def _compound(self, at: int) -> list[Contour]:
        made: list[Contour] = []
        more = True
        while more:
            flags, glyph = struct.unpack_from(">HH", self._data, at)
            at += 4
            if not flags & 2:
                raise ValueError("compound glyph placed by points")
            dx, dy = struct.unpack_from(">hh" if flags & 1 else ">bb", self._data, at)
            at += 4 if flags & 1 else 2
            xx, xy, yx, yy = 1.0, 0.0, 0.0, 1.0
            if flags & 8:
                xx = yy = struct.unpack_from(">h", self._data, at)[0] / 16384
                at += 2
            elif flags & 0x40:
                xx, yy = (value / 16384 for value in struct.unpack_from(">hh", self._data, at))
                at += 4
            elif flags & 0x80:
                xx, xy, yx, yy = (value / 16384 for value in struct.unpack_from(">hhhh", self._data, at))
                at += 8
            made += [
                [(x * xx + y * yx + dx, x * xy + y * yy + dy) for x, y in contour] for contour in self.contours(glyph)
            ]
            more = bool(flags & 0x20)
        return made

    def _simple(self, at: int, parts: int) -> list[Contour]:
        data = self._data
        ends = struct.unpack_from(f">{parts}H", data, at)
        at += 2 * parts
        at += 2 + struct.unpack_from(">H", data, at)[0]
        total = ends[-1] + 1
        flags: list[int] = []
        while len(flags) < total:
            flag = data[at]
            at += 1
            repeat = 1
            if flag & 8:
                repeat += data[at]
                at += 1
            flags += [flag] * repeat
        axes: list[list[int]] = []
        for short, same in ((2, 16), (4, 32)):
            value = 0
            values: list[int] = []
            for flag in flags:
                if flag & short:
                    value += data[at] if flag & same else -data[at]
                    at += 1
                elif not flag & same:
                    value += struct.unpack_from(">h", data, at)[0]
                    at += 2
                values.append(value)
            axes.append(values)
        made, begin = [], 0
        for end in ends:
            made.append(_flattened([(axes[0][i], axes[1][i], bool(flags[i] & 1)) for i in range(begin, end + 1)]))
            begin = end + 1
        return made


def _flattened(points: list[tuple[int, int, bool]]) -> Contour:
    """On- and off-curve points as a polygon; two off-curve points have an on-curve point half-way."""
    full: list[tuple[float, float, bool]] = []
    for index, (x, y, on) in enumerate(points):
        px, py, before_on = points[index - 1]
        if not on and not before_on:
            full.append(((x + px) / 2, (y + py) / 2, True))
        full.append((x, y, on))
    start = next(index for index, point in enumerate(full) if point[2])
    full = full[start:] + full[: start + 1]
    polygon: Contour = []
    for index, (qx, qy, on) in enumerate(full):
        if on:
            polygon.append((qx, qy))
        else:
            (ax, ay, _), (bx, by, _) = full[index - 1], full[index + 1]
            for step in range(1, 6):
                t = step / 6
                polygon.append(
                    (
                        (1 - t) ** 2 * ax + 2 * t * (1 - t) * qx + t * t * bx,
                        (1 - t) ** 2 * ay + 2 * t * (1 - t) * qy + t * t * by,
                    )
                )
    return polygon


def covered(polygons: list[Contour]) -> dict[tuple[int, int], float]:
    """Coverage 0…1 of each pixel (column, row; y downwards) by polygons in pixel units, non-zero rule."""
    pixels: dict[tuple[int, int], float] = {}
    edges = [
        (a, b) for polygon in polygons for a, b in zip(polygon, [*polygon[1:], polygon[0]], strict=True) if a[1] != b[1]
    ]
    if not edges:
        return pixels
    top = int(min(min(a[1], b[1]) for a, b in edges)) - 1
    bottom = int(max(max(a[1], b[1]) for a, b in edges)) + 1
    for scan in range(top * _SCANS, bottom * _SCANS):
        y = (scan + 0.5) / _SCANS
        crossings = sorted(
            (a[0] + (y - a[1]) * (b[0] - a[0]) / (b[1] - a[1]), 1 if a[1] < b[1] else -1)
            for a, b in edges
            if min(a[1], b[1]) <= y < max(a[1], b[1])
        )
        winding = 0
        for (x, turn), (following, _) in itertools.pairwise(crossings):
            winding += turn
            if winding:
                _span(pixels, scan // _SCANS, x, following)
    return pixels


def _span(pixels: dict[tuple[int, int], float], row: int, left: float, right: float) -> None:
    for column in range(int(left // 1), int(right // 1) + 1):
        part = min(right, column + 1) - max(left, column)
        if part > 0:
            pixels[column, row] = pixels.get((column, row), 0.0) + part / _SCANS


@cache
def face(path: Path) -> Typeface:
    return Typeface(path)


@cache
def mask(path: Path, character: str, size: int, shift: int) -> tuple[dict[tuple[int, int], float], float]:
    """(coverage, advance in pixels) of a character; `shift` is the start within a pixel, in quarters."""
    type_ = face(path)
    scale = size / type_.units
    glyph = type_.glyph(character)
    polygons = [[(x * scale + shift / 4, -y * scale) for x, y in contour] for contour in type_.contours(glyph)]
    return covered(polygons), type_.advance(glyph) * scale
