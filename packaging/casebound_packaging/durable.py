"""Files that appear whole or not at all, and are still there after the power fails."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


class HalfFile:
    """A file without a name yet, written in `folder`: `keep` gives it its name, `discard` takes it away.

    `file` can be read as well. `keep` is on the same file system, or raises `OSError`.
    """

    def __init__(self, folder: Path, mode: int = 0o600) -> None:
        self._half = folder / f".half-{secrets.token_hex(8)}"
        handle = os.open(self._half, os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), mode)
        self.file: BinaryIO = os.fdopen(handle, "w+b")

    def keep(self, path: Path) -> None:
        """Sync what was written, and name it `path`. Raises `FileExistsError` where the name is taken."""
        self.file.flush()
        os.fsync(self.file.fileno())
        self.file.close()
        _name(self._half, path)
        _sync_folder(path.parent)

    def discard(self) -> None:
        """Leave nothing behind but what was kept. May be called again."""
        try:
            self.file.close()
        except OSError:  # what could not be written, because the disk is full, need not be
            pass
        finally:
            self._half.unlink(missing_ok=True)


@contextmanager
def new_file(path: Path, mode: int = 0o600) -> Iterator[BinaryIO]:
    """A file to be written, readable as well, that gets its name only when the block ends without an exception.

    It is written beside its place, synced, named, and the folder synced. Whatever happens, nothing half-written stays.
    Raises `FileExistsError` where the name is taken, before and after the writing; an existing file is never replaced.
    """
    require_free(path)
    half = HalfFile(path.parent, mode)
    try:
        yield half.file
        half.keep(path)
    finally:
        half.discard()


def require_free(path: Path) -> None:
    """Raises `FileExistsError` where the name is taken."""
    if path.exists():
        raise FileExistsError(f"{path.name} is already there")


def _name(half: Path, path: Path) -> None:
    try:
        os.link(half, path)
    except FileExistsError:
        raise
    except (OSError, NotImplementedError):  # a file system without hard links, such as that of most USB sticks
        require_free(path)
        half.replace(path)


def _sync_folder(folder: Path) -> None:
    if not hasattr(os, "O_DIRECTORY"):  # Windows has no such call and needs none
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
