"""Many files kept at once: copied and hashed in one pass by a thread per core, forced to the disk together.

The order is that of one file (`casebound.store.evidence`), with each step done for all of them before the next: copies
under names of the unfinished, their bytes on the disk, a note of what will be new, the final names, those on the disk.
Killed at any moment, the case knows what to clear away.
"""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import os
import secrets
import stat
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from casebound.errors import NothingToDo
from casebound.media import HEAD, media_type_of
from casebound.store.change import on_this_machine
from casebound.store.database import cannot_write
from casebound.store.disk import CHUNK, HALF, make_folder, remove_folder, settle_folder, settle_many
from casebound.store.evidence import require_file, unreadable
from casebound.store.folder import Folder
from casebound.store.stated import text
from casebound.work import Progress
from casebound_packaging.disclosure import Disclosure, disclose

_WORKERS: Final = min(4, os.cpu_count() or 1)
_FORCING: Final = "Forcing the copies to the disk"
_BEAT: Final = 0.05  # seconds between two looks at how far the copying is
_SOURCE: Final = os.O_RDONLY | getattr(os, "O_BINARY", 0)
_TARGET: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)


@dataclass(frozen=True, slots=True)
class Copied:
    """A file that was copied in: its name and kind, where its copy waits (`half`), and what for (`kept`).

    `said` are the salted texts of its ledger line that need nothing but the file; the threads have time for them.
    """

    source: Path
    name: str
    sha256: str
    size: int
    media_type: str
    half: str
    kept: str
    said: Mapping[str, Disclosure]


@contextmanager
def keeping_many(folder: Folder, paths: Sequence[Path], progress: Progress) -> Iterator[list[Copied]]:
    """Copy files in for the length of the block, in which they must be committed to stay. Yields them in order.

    Raises `BadSource` for the first that cannot be read, `CannotWrite` where a copy cannot be made; nothing then stays.
    """
    if not paths:
        raise NothingToDo("No file was named.", meaning="Nothing was added.")
    total = sum(require_file(path) for path in paths)
    room = folder.evidence.folder / f"{HALF}{secrets.token_hex(8)}"
    words = text(paths[0].name) if len(paths) == 1 else f"{len(paths):,} files"
    try:
        note = folder.unfinished.begin("attach", words)
    except OSError as error:
        raise cannot_write(error, folder.path) from error
    try:
        try:
            make_folder(room)
            copied = _Copying(list(paths), str(room), str(folder.evidence.folder)).run(total, progress)
            progress(total, total, _FORCING)
            settle_many(room, [each.half for each in copied])
            fresh = {each.sha256: each for each in copied if not os.path.isfile(each.kept)}  # noqa: PTH113
            first, *others = list(fresh) or [copied[0].sha256]
            note = folder.unfinished.kept(note, first, bool(fresh), tuple(others))
            _name(folder, list(fresh.values()), lambda done: progress(total, total, _FORCING))
            remove_folder(room)
        except OSError as error:
            raise cannot_write(error, folder.evidence.folder) from error
        yield copied
    finally:
        if room.exists():
            with contextlib.suppress(OSError):
                remove_folder(room)
        folder.unfinished.end(note)


def _name(folder: Folder, copied: Sequence[Copied], beat: Callable[[int], None]) -> None:
    """Give copies that are on the disk their names, and force those to the disk as well."""
    shelves = {each.sha256[:2]: Path(each.kept).parent for each in copied}.values()
    for shelf in shelves:
        shelf.mkdir(mode=0o700, exist_ok=True)
    for number, each in enumerate(copied):
        os.rename(each.half, each.kept)  # noqa: PTH104 - a hundred thousand paths take their time to make
        if number % 512 == 0:
            beat(number)
    for shelf in shelves:
        settle_folder(shelf)
    settle_folder(folder.evidence.folder)


@dataclass(slots=True)
class _Copying:
    """Threads that take one file after another; hashing and writing let go of the interpreter, so they run at once."""

    paths: list[Path]
    room: str
    shelves: str
    _done: list[int] = field(default_factory=lambda: [0] * _WORKERS)  # bytes, by worker
    _stop: threading.Event = field(default_factory=threading.Event)

    def run(self, total: int, progress: Progress) -> list[Copied]:
        """Copy them all. Raises what the first to fail raised, or what `progress` did."""
        note = f"Keeping {len(self.paths):,} files" if len(self.paths) > 1 else f"Keeping {text(self.paths[0].name)}"
        found: list[Copied | None] = [None] * len(self.paths)
        numbers = itertools.count()
        with ThreadPoolExecutor(_WORKERS, "copying") as pool:
            try:
                works = [pool.submit(self._work, worker, numbers, found) for worker in range(_WORKERS)]
                waiting = set(works)
                while waiting:
                    progress(min(sum(self._done), total), total, note)
                    waiting = wait(waiting, _BEAT).not_done
                for work in works:
                    work.result()
            finally:
                self._stop.set()
        progress(total, total, note)
        return [each for each in found if each is not None]

    def _work(self, worker: int, numbers: Iterator[int], found: list[Copied | None]) -> None:
        try:
            for number in numbers:
                if number >= len(self.paths) or self._stop.is_set():
                    return
                found[number] = self._copy(self.paths[number], f"{self.room}{os.sep}{number}", worker)
        except BaseException:
            self._stop.set()
            raise

    def _copy(self, path: Path, half: str, worker: int) -> Copied:
        try:
            source = os.open(path, _SOURCE)
        except OSError as error:
            raise unreadable(path, error) from error
        try:
            return self._stream(path, source, half, worker)
        finally:
            os.close(source)

    def _stream(self, path: Path, source: int, half: str, worker: int) -> Copied:
        digest, size, head = hashlib.sha256(), 0, b""
        known = os.fstat(source)
        if not stat.S_ISREG(known.st_mode):
            require_file(path)  # replaced since it was looked at
        step = min(known.st_size + 1, CHUNK)
        target = os.open(half, _TARGET, 0o400)
        try:
            while True:
                try:
                    chunk = os.read(source, step)
                except OSError as error:
                    raise unreadable(path, error) from error
                if not chunk:
                    break
                head = head or chunk[:HEAD]
                digest.update(chunk)
                _write(target, chunk)
                size += len(chunk)
                self._done[worker] += len(chunk)
                if self._stop.is_set():
                    break
        finally:
            os.close(target)
        sha256 = digest.hexdigest()
        kept = f"{self.shelves}{os.sep}{sha256[:2]}{os.sep}{sha256[2:]}"
        name = text(path.name)
        texts = {"name": name, "sha256": sha256, **on_this_machine()}
        said = {what: disclose(what, value) for what, value in texts.items() if value}
        return Copied(path, name, sha256, size, media_type_of(head, name), half, kept, said)


def _write(target: int, chunk: bytes) -> None:
    written = os.write(target, chunk)
    while written < len(chunk):
        written += os.write(target, memoryview(chunk)[written:])
