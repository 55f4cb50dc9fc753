"""A QR code read back from a picture of the page: ISO/IEC 18004, level M, versions 7 to 14, byte mode, no correction.

Written from the standard and not from the program that draws: it shares nothing with it but the standard.
"""

from __future__ import annotations

from itertools import zip_longest

# Blocks of data at level M: (count, data bytes in each), by version (ISO/IEC 18004, table 9).
BLOCKS = {
    7: [(4, 31)],
    8: [(2, 38), (2, 39)],
    9: [(3, 36), (2, 37)],
    10: [(4, 43), (1, 44)],
    11: [(1, 50), (4, 51)],
    12: [(6, 36), (2, 37)],
    13: [(8, 37), (1, 38)],
    14: [(4, 40), (5, 41)],
}
# Centres of the alignment patterns (annex E).
CENTRES = {
    7: (6, 22, 38),
    8: (6, 24, 42),
    9: (6, 26, 46),
    10: (6, 28, 50),
    11: (6, 30, 54),
    12: (6, 32, 58),
    13: (6, 34, 62),
    14: (6, 26, 46, 66),
}
MASKS = (
    lambda row, column: (row + column) % 2 == 0,
    lambda row, column: row % 2 == 0,
    lambda row, column: column % 3 == 0,
    lambda row, column: (row + column) % 3 == 0,
    lambda row, column: (row // 2 + column // 3) % 2 == 0,
    lambda row, column: row * column % 2 + row * column % 3 == 0,
    lambda row, column: (row * column % 2 + row * column % 3) % 2 == 0,
    lambda row, column: ((row + column) % 2 + row * column % 3) % 2 == 0,
)
Matrix = list[list[bool]]


def matrix_of(picture: list[bytes], ink: int = 12) -> tuple[Matrix, float]:
    """The modules of the one code that is drawn in pure black on a grey picture, and how many pixels one is wide."""
    dark = [(y, x) for y, row in enumerate(picture) for x, value in enumerate(row) if value < ink]
    top, left = min(y for y, _ in dark), min(x for _, x in dark)
    bottom, right = max(y for y, _ in dark) + 1, max(x for _, x in dark) + 1
    run = next(x for x in range(left, right) if picture[top + 1][x] > 128) - left  # the finder's side: seven modules
    count = round((right - left) / (run / 7))
    count -= (count - 17) % 4 if (count - 17) % 4 < 2 else (count - 17) % 4 - 4
    step = (right - left) / count
    assert abs((bottom - top) / count - step) < 0.2, "the code is not square"
    centres = [(number + 0.5) * step for number in range(count)]
    return [[picture[int(top + y)][int(left + x)] < 128 for x in centres] for y in centres], step


def read(matrix: Matrix) -> bytes:
    """The bytes that the code holds."""
    size = len(matrix)
    version = (size - 17) // 4
    level, mask = _format(matrix)
    assert level == 0, "not of level M"
    reserved = _reserved(version, size)
    bits: list[bool] = []
    column, upward = size - 1, True
    while column > 0:
        column -= column == 6  # the timing pattern has no data column beside it
        for row in range(size - 1, -1, -1) if upward else range(size):
            for place in (column, column - 1):
                if (row, place) not in reserved:
                    bits.append(matrix[row][place] != MASKS[mask](row, place))
        column, upward = column - 2, not upward
    words = [int("".join("01"[bit] for bit in bits[start : start + 8]), 2) for start in range(0, len(bits) - 7, 8)]
    return _bytes(_joined(words, version), version)


def _format(matrix: Matrix) -> tuple[int, int]:
    places = [(8, column) for column in (0, 1, 2, 3, 4, 5, 7, 8)] + [(row, 8) for row in (7, 5, 4, 3, 2, 1, 0)]
    value = int("".join("01"[matrix[row][column]] for row, column in places), 2) ^ 0b101010000010010
    return value >> 13, value >> 10 & 7


def _reserved(version: int, size: int) -> set[tuple[int, int]]:
    found = {(row, column) for row in range(9) for column in range(9)}
    found |= {(row, column) for row in range(9) for column in range(size - 8, size)}
    found |= {(row, column) for row in range(size - 8, size) for column in range(9)}
    found |= {(6, place) for place in range(size)} | {(place, 6) for place in range(size)}
    found |= {(row, column) for row in range(6) for column in range(size - 11, size - 8)}  # the version, twice
    found |= {(row, column) for row in range(size - 11, size - 8) for column in range(6)}
    last = CENTRES[version][-1]
    for row in CENTRES[version]:
        for column in CENTRES[version]:
            if (row, column) not in ((6, 6), (6, last), (last, 6)):
                found |= {(row + dy, column + dx) for dy in range(-2, 3) for dx in range(-2, 3)}
    return found


def _joined(words: list[int], version: int) -> list[int]:
    sizes = [length for count, length in BLOCKS[version] for _ in range(count)]
    blocks: list[list[int]] = [[] for _ in sizes]
    taken = iter(words)
    for step in range(max(sizes)):
        for block, length in zip(blocks, sizes, strict=True):
            if step < length:
                block.append(next(taken))
    return [word for block in blocks for word in block]


def _bytes(words: list[int], version: int) -> bytes:
    bits = "".join(f"{word:08b}" for word in words)
    assert bits[:4] == "0100", "not in byte mode"
    wide = 8 if version < 10 else 16
    length, start = int(bits[4 : 4 + wide], 2), 4 + wide
    found = bits[start : start + 8 * length]
    return bytes(int("".join(pair), 2) for pair in zip_longest(*[iter(found)] * 8, fillvalue="0"))
