"""Files that appear whole or not at all, and are still there after the power fails."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


@contextmanager
def new_file(path: Path, mode: int = 0o600) -> Iterator[BinaryIO]:
    """A file to be written, readable as well, that gets its name only when the block ends without an exception.

    It is written beside its place, synced, named, and the folder synced. Whatever happens, nothing half-written stays.
    Raises `FileExistsError` where the name is taken, before and after the writing; an existing file is never replaced.
    """
    if path.exists():
        raise FileExistsError(f"{path.name} is already there")
    half = path.with_name(f".half-{secrets.token_hex(8)}")
    handle = os.open(half, os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), mode)
    try:
        with os.fdopen(handle, "w+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        _name(half, path)
        _sync_folder(path.parent)
    finally:
        half.unlink(missing_ok=True)


def _name(half: Path, path: Path) -> None:
    try:
        os.link(half, path)
    except FileExistsError:
        raise
    except (OSError, NotImplementedError):  # a file system without hard links, such as that of most USB sticks
        if path.exists():
            raise FileExistsError(f"{path.name} is already there") from None
        half.replace(path)


def _sync_folder(folder: Path) -> None:
    if not hasattr(os, "O_DIRECTORY"):  # Windows has no such call and needs none
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
