"""Files of a case on the disk: owner-only, forced to the disk, complete under their final name or not there at all."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import secrets
import shutil
import stat
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from io import FileIO
from pathlib import Path
from typing import Final

from casebound.work import Progress

CHUNK: Final = 1 << 20

_FEW: Final = 16  # files that are forced to the disk one by one
HALF: Final = ".half-"
"""Files under this name are being written; whoever finds one after a crash may delete it."""
TEXT: Final = "text"
"""The folder of a case with the text indexes (`casebound.textindex`)."""
CODES: Final = "codes"
"""The folder of a case with the codes of columns (`casebound.columncodes`)."""


def make_folder(path: Path) -> None:
    """Make a folder, and those above it, for the owner alone."""
    missing = []
    folder = path
    while not folder.exists():
        missing.append(folder)
        folder = folder.parent
    for each in reversed(missing):
        each.mkdir(mode=0o700, exist_ok=True)
        settle_folder(each.parent)


def settle(path: Path) -> None:
    """Force a file's bytes to the disk."""
    # Windows forces only what is open for writing.
    file = os.open(path, os.O_RDWR if sys.platform == "win32" else os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)


def settle_many(folder: Path, files: Sequence[str]) -> None:
    """Force many new files of one folder to the disk, and their names.

    Linux can force a whole file system at once, and says since 5.8 whether that failed; that is a hundred times faster
    than file by file.
    """
    if len(files) > _FEW and _sync_filesystem(folder):
        return
    for file in files:
        settle(Path(file))
    settle_folder(folder)


def _sync_filesystem(folder: Path) -> bool:
    """Force everything on the file system of `folder` to the disk. False where the system has no such thing."""
    if not sys.platform.startswith("linux"):
        return False
    import ctypes

    if tuple(int(part) for part in re.findall(r"\d+", os.uname().release)[:2]) < (5, 8):
        return False
    syncfs = getattr(ctypes.CDLL(None, use_errno=True), "syncfs", None)
    if syncfs is None:
        return False
    file = os.open(folder, os.O_RDONLY)
    try:
        if syncfs(file):
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number), str(folder))
    finally:
        os.close(file)
    return True


def settle_folder(path: Path) -> None:
    """Force the names in a folder to the disk, where the system has such a thing."""
    if sys.platform == "win32":
        return
    file = os.open(path, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)


def write_whole(path: Path, data: bytes) -> None:
    """Write a small file, for the owner alone, so that it is there whole or not at all. Raises `OSError`.

    What stood there is replaced. Two that write at once leave what one of them wrote.
    """
    half = path.with_name(f"{HALF}{secrets.token_hex(4)}-{path.name}")
    file = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    try:
        with os.fdopen(file, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        half.replace(path)
    except BaseException:
        half.unlink(missing_ok=True)
        raise
    settle_folder(path.parent)


def copy_hashing(source: Path, half: Path, progress: Progress, note: str, *, settled: bool = True) -> tuple[str, int]:
    """Copy a file, and hash exactly the bytes that were written. Returns SHA-256 and size; on failure nothing stays.

    Hashing goes on beside the writing. With `settled` the copy is forced to the disk.
    """
    digest, done = hashlib.sha256(), 0
    try:
        with source.open("rb", buffering=0) as stream, ThreadPoolExecutor(1, "casebound-hash") as beside:
            total = os.fstat(stream.fileno()).st_size
            file = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
            with os.fdopen(file, "wb", buffering=0) as target:
                progress(0, total, note)
                hashed: Future[None] | None = None
                while chunk := stream.read(CHUNK):
                    if hashed is not None:
                        hashed.result()
                    hashed = beside.submit(digest.update, chunk)
                    _write_all(target, chunk)
                    done += len(chunk)
                    progress(min(done, total) if total else done, total, note)
                if hashed is not None:
                    hashed.result()
                if settled:
                    os.fsync(target.fileno())
    except BaseException:
        with contextlib.suppress(OSError):
            half.unlink(missing_ok=True)
        raise
    return digest.hexdigest(), done


def _write_all(target: FileIO, chunk: bytes) -> None:
    rest = memoryview(chunk)
    while rest:
        rest = rest[target.write(rest) :]


def hash_file(path: Path, progress: Progress | None = None, note: str = "") -> tuple[str, int]:
    """SHA-256 and size of a file, read as a stream."""
    digest, done = hashlib.sha256(), 0
    with path.open("rb") as stream:
        total = os.fstat(stream.fileno()).st_size
        while chunk := stream.read(CHUNK):
            digest.update(chunk)
            done += len(chunk)
            if progress is not None:
                progress(done, total, note)
    return digest.hexdigest(), done


def protect(path: Path) -> None:
    """Make a file readable by the owner, and writable by nobody."""
    path.chmod(stat.S_IRUSR)


def files_below(folder: Path) -> Iterator[Path]:
    """Every file below a folder, sorted; links are named and never followed."""
    for root, folders, names in os.walk(folder, followlinks=False):
        folders.sort()
        for name in sorted([*names, *(each for each in folders if Path(root, each).is_symlink())]):
            yield Path(root, name)


def seal_folder(folder: Path) -> str:
    """Force a finished generation to the disk and make it read-only. Returns the digest over its files.

    The digest is SHA-256 over lines `<sha256>  <path>` LF, sorted by path.
    """
    for path in files_below(folder):
        settle(path)
        protect(path)
    settle_folder(folder)
    settle_folder(folder.parent)
    return folder_digest(folder)


def folder_digest(folder: Path, progress: Progress | None = None, note: str = "") -> str:
    """The digest over the files of a folder; see `seal_folder`."""
    digest = hashlib.sha256()
    for path in files_below(folder):
        if path.is_symlink():
            found = "a link is no part of a generation"
        else:
            found = hash_file(path, progress, note)[0]
        digest.update(f"{found}  {path.relative_to(folder).as_posix()}\n".encode("utf-8", "backslashreplace"))
    return digest.hexdigest()


def remove_folder(folder: Path) -> None:
    """Delete a folder of ours with everything in it; nothing outside it, whatever links it holds."""
    if folder.is_symlink():
        folder.unlink()
        return
    if sys.platform == "win32":
        for path in files_below(folder):
            path.chmod(stat.S_IRUSR | stat.S_IWUSR)
    shutil.rmtree(folder)
    settle_folder(folder.parent)
