"""The lines of a text with their exact places, in bounded memory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from casebound.importers.batch import LONGEST_RAW, LONGEST_RECORD
from casebound.importers.encodings import chosen
from casebound.importers.transcoding import unit_of

_BLOCK = 1024 * 1024


def text_lines(path: Path, encoding: str) -> Iterator[tuple[int, int, bytes, int]]:
    """(line from 1, first byte, bytes without the line end, length).

    Of a line longer than LONGEST_RECORD the bytes are only its beginning: `length` tells.
    """
    end = "\n".encode(encoding) if unit_of(encoding) > 1 else b"\n"
    with path.open("rb") as stream:
        mark = chosen(path, encoding).mark
        stream.seek(mark)
        yield from _split(stream, end, mark)


def _split(stream: BinaryIO, end: bytes, offset: int) -> Iterator[tuple[int, int, bytes, int]]:
    step, line, buffer, final = len(end), 1, b"", False
    head, skipped = b"", 0  # of a line whose beginning was passed over already
    while not final:
        block = stream.read(_BLOCK)
        final = not block
        buffer += block
        position = 0
        while (stop := _find(buffer, end, position, step)) >= 0:
            length = skipped + stop - position
            raw = head if skipped else buffer[position : stop if length <= LONGEST_RECORD else position + LONGEST_RAW]
            yield line, offset, raw, length
            offset += length + step
            line, position, head, skipped = line + 1, stop + step, b"", 0
        buffer = buffer[position:]
        if skipped or len(buffer) > LONGEST_RECORD:
            head = head or buffer[:LONGEST_RAW]
            whole = len(buffer) - len(buffer) % step
            skipped, buffer = skipped + whole, buffer[whole:]
    if skipped:
        yield line, offset, head, skipped + len(buffer)
    elif buffer:
        yield line, offset, buffer if len(buffer) <= LONGEST_RECORD else buffer[:LONGEST_RAW], len(buffer)


def _find(buffer: bytes, end: bytes, position: int, step: int) -> int:
    """The next line end that begins on a whole code unit."""
    stop = buffer.find(end, position)
    while stop >= 0 and (stop - position) % step:
        stop = buffer.find(end, stop + 1)
    return stop
