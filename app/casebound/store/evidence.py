"""Where originals lie: byte for byte, named by their SHA-256, read-only, and never written a second time."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from casebound.errors import BadRequest, BadSource
from casebound.store.database import cannot_write
from casebound.store.disk import HALF, copy_hashing, make_folder, protect, settle, settle_folder
from casebound.store.stated import text
from casebound.work import Progress

_SHA256: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Original:
    """A file kept in the case. `path` is the kept copy; `name` is what the file was called when it came."""

    sha256: str
    size: int
    path: Path
    name: str


class Evidence:
    """The folder evidence/ of a case."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, sha256: str) -> Path:
        """Where the original with this digest lies, whether or not it is there."""
        if not _SHA256.fullmatch(sha256):
            raise BadRequest(f"“{sha256}” is not a SHA-256.", "It has 64 digits, 0-9 and a-f.")
        return self.folder / sha256[:2] / sha256[2:]

    @contextlib.contextmanager
    def keep(self, source: Path, progress: Progress, *, settled: bool = True) -> Iterator[tuple[Original, bool]]:
        """Copy a file in and hash it on the way. Yields it and whether it is new, before it gets its name.

        The caller says within the block what the copy is for (so that an interrupted work can be cleared away); the
        name follows when the block ends. Without `settled` the caller forces the copy to the disk (`settle`) before
        anything names it: long work on a big file then need not wait for the disk first. Raises `BadSource` where the
        file cannot be read, `CannotWrite` where the copy cannot be made; then nothing stays.
        """
        require_file(source)
        half = self.folder / f"{HALF}{secrets.token_hex(8)}"
        name = text(source.name)
        try:
            make_folder(self.folder)
            sha256, size = copy_hashing(source, half, progress, f"Keeping {name}", settled=settled)
        except OSError as error:
            if error.filename is not None and Path(os.fsdecode(error.filename)) == source:
                raise unreadable(source, error) from error
            raise cannot_write(error, self.folder) from error
        try:
            target = self.path(sha256)
            fresh = not target.is_file()
            yield Original(sha256, size, target, name), fresh
            if fresh:
                protect(half)
                make_folder(target.parent)
                half.replace(target)
                settle_folder(target.parent)
                settle_folder(self.folder)
            elif settled:
                settle(target)
        except OSError as error:
            raise cannot_write(error, self.folder) from error
        finally:
            _forget(half)

    def settle(self, sha256: str) -> None:
        """Force a kept original to the disk."""
        settle(self.path(sha256))

    def discard(self, sha256: str) -> int:
        """Take out an original that nothing in the case names. Returns its size, or 0 where it is not there."""
        path = self.path(sha256)
        try:
            size = path.lstat().st_size
        except FileNotFoundError:
            return 0
        if path.parent.is_symlink():
            return 0  # it lies elsewhere, and is not ours to delete
        _forget(path)
        with contextlib.suppress(OSError):
            path.parent.rmdir()  # only when it is empty
        return size

    def halves(self) -> list[Path]:
        """Copies that were never finished."""
        return sorted(self.folder.glob(f"{HALF}*")) if self.folder.is_dir() else []

    def names(self) -> Iterator[tuple[str, Path]]:
        """Every file in here that is named like an original, with the digest its name states."""
        for shelf in sorted(self.folder.iterdir()) if self.folder.is_dir() else ():
            if shelf.is_dir() and not shelf.is_symlink():
                for path in sorted(shelf.iterdir()):
                    yield shelf.name + path.name, path


def _forget(path: Path) -> None:
    with contextlib.suppress(OSError):
        path.chmod(stat.S_IRUSR | stat.S_IWUSR)  # Windows refuses to delete what is read-only
    with contextlib.suppress(FileNotFoundError):
        path.unlink()


def require_file(source: Path) -> int:
    """The size of a file that can be copied. Raises `BadSource` for what is none."""
    try:
        found = source.stat()
    except FileNotFoundError as error:
        raise BadSource(
            f"There is no file {source}.",
            "Check the name and the folder.",
            meaning="Nothing was added.",
            where=str(source),
        ) from error
    except (OSError, ValueError) as error:
        raise unreadable(source, error) from error
    mode = found.st_mode
    if stat.S_ISDIR(mode):
        raise BadSource(
            f"{source} is a folder.", "Name the files in it.", meaning="Nothing was added.", where=str(source)
        )
    if not stat.S_ISREG(mode):
        raise BadSource(
            f"{source} is a device or a pipe, not a file.",
            "Save what it gives to a file first.",
            meaning="Nothing was added.",
            where=str(source),
        )
    return found.st_size


def unreadable(source: Path, error: Exception) -> BadSource:
    """A refusal of the file system to read `source`, in words."""
    why = os.strerror(error.errno).lower() if isinstance(error, OSError) and error.errno else str(error)
    return BadSource(
        f"{source} cannot be read: {why}.",
        "Check that this account may read it and that the disk is sound.",
        meaning="Nothing was added.",
        where=str(source),
    )
