"""A file that is read at given places, by several threads at once, without any of them moving it for the others."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import BinaryIO


class PlacedFile:
    """A file, opened once. `length` is its size in bytes when it was opened.

    Plain reads into memory, never a mapping: what is cut off or pulled out while it is read is an error that can be
    told, not the end of the program. Raises `OSError`.
    """

    def __init__(self, path: Path) -> None:
        self._file: BinaryIO = path.open("rb", buffering=0)
        self._lock = threading.Lock()
        self.length = os.fstat(self._file.fileno()).st_size

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def read(self, place: int, size: int) -> bytes:
        """`size` bytes from `place`; fewer only at the end of the file."""
        buffer = memoryview(bytearray(max(min(size, self.length - place), 0)))
        filled = self.fill(place, buffer)
        return bytes(buffer[:filled])

    def fill(self, place: int, buffer: memoryview) -> int:
        """Read into `buffer` from `place`; returns how many bytes came, fewer than it holds only at the end."""
        filled = 0
        while filled < len(buffer):
            count = self._fill(place + filled, buffer[filled:])
            if not count:
                break
            filled += count
        return filled

    def _fill(self, place: int, buffer: memoryview) -> int:
        if hasattr(os, "preadv"):
            return os.preadv(self._file.fileno(), [buffer], place)
        with self._lock:  # Windows has one position for all
            self._file.seek(place)
            return self._file.readinto(buffer) or 0  # type: ignore[attr-defined]
