"""The lines of a text with their exact places, in bounded memory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from casebound.importers.batch import LONGEST_RECORD
from casebound.importers.encodings import detect

_BLOCK = 1024 * 1024


def text_lines(path: Path, encoding: str) -> Iterator[tuple[int, int, bytes | None, int]]:
    """(line from 1, first byte, bytes without the line end, length); None for bytes of a line too long to be held."""
    wide = encoding.startswith("utf-16")
    end = "\n".encode(encoding) if wide else b"\n"
    with path.open("rb") as stream:
        mark = detect(path).mark
        stream.seek(mark)
        yield from _split(stream, end, mark)


def _split(stream: BinaryIO, end: bytes, offset: int) -> Iterator[tuple[int, int, bytes | None, int]]:
    step, line, buffer, skipped, final = len(end), 1, b"", 0, False
    while not final:
        block = stream.read(_BLOCK)
        final = not block
        buffer += block
        position = 0
        while (stop := _find(buffer, end, position, step)) >= 0:
            if skipped:
                yield line, offset, None, skipped + stop - position
            else:
                yield line, offset, buffer[position:stop], stop - position
            offset += skipped + stop + step - position
            line, position, skipped = line + 1, stop + step, 0
        buffer = buffer[position:]
        if skipped or len(buffer) > LONGEST_RECORD:
            whole = len(buffer) - len(buffer) % step
            skipped, buffer = skipped + whole, buffer[whole:]
    if skipped:
        yield line, offset, None, skipped + len(buffer)
    elif buffer:
        yield line, offset, buffer, len(buffer)


def _find(buffer: bytes, end: bytes, position: int, step: int) -> int:
    """The next line end that begins on a whole code unit."""
    stop = buffer.find(end, position)
    while stop >= 0 and (stop - position) % step:
        stop = buffer.find(end, stop + 1)
    return stop
