"""The members of a package on their way into its ZIP: each is read, hashed, packed and written, on every processor.

    packing = Packing(half.file, "CASE-0042-v1", workplace)
    staged = packing.begin(members, PACKAGE, progress)   # what comes before PACKAGE is in the ZIP now
    packing.end([package, report], progress)             # and now the rest, in its order
    packing.add("bagit.txt", data, deflate=True)
    size, sha256 = packing.finish()

package.json and the report can only be made when every other digest is known, and the order of the ZIP puts some
members behind them. Those, nearly always text, wait packed. Small members are prepared ahead by several threads and
written in order. The data of a large one that is stored pass once: while they are written, one thread hashes them and
another the ZIP; only its checksum, which stands before them, is taken beforehand.
"""

from __future__ import annotations

import hashlib
import tempfile
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, BinaryIO, Final

from isal import isal_zlib

from casebound_packaging.hashing import Hashing, processors
from casebound_packaging.member import Member
from casebound_packaging.staging import Staged, Watch, changed, deflates, length, read, whole
from casebound_packaging.zipwriter import DEFLATED, LEVEL, STORED, Data, ZipWriter, deflated, worth_packing

_SMALL: Final = 4 << 20  # a member up to this size is prepared in memory
_WAITING: Final = 256 << 10  # packed data of a member that waits for the end stay in memory up to this size
_BATCH_OCTETS: Final = 1 << 20
_BATCH: Final = 64
_AHEAD: Final = 12  # batches, so at most twelve times the size of one, and one small member each more
_BETWEEN: Final = 0.05  # seconds between two words of progress while waiting


_Batch = list[tuple[Member, int]]
"""Members with their sizes, which one thread prepares at a time."""


class _Halted(Exception):
    """Somebody stopped: leave the rest."""


@dataclass(frozen=True, slots=True)
class _Ready:
    """A member whose header can be written. `content` is its data in the ZIP; None where it is stored and read again.

    The digest of what is read again may not be known yet: `staged.sha256` is "".
    """

    staged: Staged
    data: Data
    content: bytes | IO[bytes] | None


class Packing:
    """Writes the members of one package into `file`. `workplace` takes what must wait. Close it, whatever happens."""

    def __init__(self, file: BinaryIO, folder: str, workplace: Path) -> None:
        self._folder = folder
        self._workplace = workplace
        self._digest = Hashing()
        self._archive = ZipWriter(file, self._digest)
        self._pool = ThreadPoolExecutor(processors(), thread_name_prefix="packing")
        self._halt = threading.Event()
        self._behind: list[_Ready] = []
        self._spools: list[IO[bytes]] = []

    def close(self) -> None:
        """End the threads. May be called again."""
        self._halt.set()
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._digest.close()
        for spool in self._spools:
            spool.close()

    def begin(self, members: Sequence[Member], before: str, progress: Watch) -> list[Staged]:
        """Write the members whose path is before `before`, prepare the others; all of them hashed, in that order.

        Raises `ChangedFile`, `OSError` and what `progress` raises.
        """
        sizes = [length(member) for member in members]
        tally = _Tally(progress, sum(sizes), "Packing")
        done = []
        for ready in self._ahead(_batches(members, sizes), before, tally):
            if ready.staged.member.path < before:
                done.append(self._write(ready, tally))
            else:
                self._behind.append(ready)
                done.append(ready.staged)
                tally.name = ready.staged.member.path
                tally.add(ready.staged.size)
        return done

    def end(self, members: Sequence[Member], progress: Watch) -> list[Staged]:
        """Write these, and those that waited, in order; returns these, hashed. Raises as `begin`."""
        own = [self._prepare(member, length(member), waits=True) for member in members]
        rest = sorted([*own, *self._behind], key=lambda ready: ready.staged.member.path)
        tally = _Tally(progress, sum(ready.staged.size for ready in rest), "Writing")
        for ready in rest:
            self._write(ready, tally)
        self._behind = []
        return [ready.staged for ready in own]

    def add(self, path: str, data: bytes, *, deflate: bool) -> None:
        """Write a file that no list of the payload names."""
        self._archive.add(f"{self._folder}/{path}", len(data), lambda: [data], deflate=deflate)

    def finish(self) -> tuple[int, str]:
        """Write the directory. Returns the size of the ZIP in bytes and its SHA-256, hex."""
        self._archive.finish()
        return self._archive.place, self._digest.hexdigest()

    def _ahead(self, batches: Iterable[_Batch], before: str, tally: _Tally) -> Iterator[_Ready]:
        """The members ready to be written, in order; several threads prepare those to come."""
        waiting: deque[Future[list[_Ready]]] = deque()
        for batch in batches:
            waiting.append(self._pool.submit(self._prepared, batch, before))
            if len(waiting) >= _AHEAD:
                yield from self._result(waiting.popleft(), tally)
        while waiting:
            yield from self._result(waiting.popleft(), tally)

    def _result(self, future: Future[list[_Ready]], tally: _Tally) -> list[_Ready]:
        while True:
            try:
                return future.result(_BETWEEN)
            except TimeoutError:
                if future.done():
                    raise
                tally.add(0)

    def _prepared(self, batch: _Batch, before: str) -> list[_Ready]:
        return [self._prepare(member, size, waits=member.path >= before) for member, size in batch]

    def _prepare(self, member: Member, size: int, *, waits: bool) -> _Ready:
        if size > _SMALL or (waits and size > _WAITING):
            return self._large(member, size, waits=waits)
        self._watch(0)
        content = whole(member, size)
        staged = Staged(member, len(content), hashlib.sha256(content).hexdigest())
        crc, packed = isal_zlib.crc32(content), content
        if deflates(member):
            packed = isal_zlib.compress(content, LEVEL, -15)
        if len(packed) < len(content) and worth_packing(len(content), len(packed)):
            return _Ready(staged, Data(DEFLATED, crc, len(packed), len(content)), packed)
        return _Ready(staged, Data(STORED, crc, len(content), len(content)), content)

    def _large(self, member: Member, size: int, *, waits: bool) -> _Ready:
        if deflates(member):
            spool: IO[bytes] = tempfile.TemporaryFile(dir=self._workplace)  # noqa: SIM115 - read when its turn comes
            self._spools.append(spool)
            digest = hashlib.sha256()
            try:
                data = deflated(_told(read(member, self._watch), digest.update), size, spool)
            except ValueError:
                raise changed(member) from None
            if data is not None:
                return _Ready(Staged(member, size, digest.hexdigest()), data, spool)
            spool.close()
        # A member that waits must have its digest now; that of another is taken while its data are written.
        crc, seen, sha256 = 0, 0, hashlib.sha256() if waits else None
        for chunk in read(member, self._watch):
            crc = isal_zlib.crc32(chunk, crc)
            seen += len(chunk)
            if sha256 is not None:
                sha256.update(chunk)
        staged = Staged(member, seen, sha256.hexdigest() if sha256 is not None else "")
        return _Ready(staged, Data(STORED, crc, seen, seen), None)

    def _write(self, ready: _Ready, tally: _Tally) -> Staged:
        """Write one entry, and say what was hashed."""
        staged = ready.staged
        tally.name = staged.member.path
        self._archive.begin(f"{self._folder}/{staged.member.path}", ready.data)
        if isinstance(ready.content, bytes):
            self._archive.write(ready.content)
            tally.add(staged.size)
        elif ready.content is not None:
            with ready.content as spool:
                self._archive.copy(spool)
            tally.add(staged.size)
        else:
            staged = self._pour(ready, tally)
        return staged

    def _pour(self, ready: _Ready, tally: _Tally) -> Staged:
        """The data of a stored member: written and hashed in one pass. What changed since its checksum is refused."""
        member, digest, crc = ready.staged.member, Hashing(), 0
        try:
            for chunk in read(member, tally.add):
                digest.update(chunk)
                crc = isal_zlib.crc32(chunk, crc)
                self._archive.write(chunk)
        except ValueError:
            raise changed(member) from None
        finally:
            digest.close()
        staged = replace(ready.staged, sha256=digest.hexdigest())
        if crc != ready.data.crc or ready.staged.sha256 not in ("", staged.sha256):
            raise changed(member)
        return staged

    def _watch(self, count: int) -> None:
        if self._halt.is_set():
            raise _Halted


class _Tally:
    """Adds up bytes over many members for one progress, on the thread that asked for it."""

    def __init__(self, progress: Watch, total: int, doing: str) -> None:
        self._progress = progress
        self._total = total
        self._doing = doing
        self._done = 0
        self.name = ""

    def add(self, count: int) -> None:
        self._done += count
        self._progress(min(self._done, self._total), self._total, f"{self._doing} {self.name}".rstrip())


def _batches(members: Sequence[Member], sizes: Sequence[int]) -> Iterator[_Batch]:
    batch: _Batch = []
    octets = 0
    for member, size in zip(members, sizes, strict=True):
        batch.append((member, size))
        octets += size
        if octets >= _BATCH_OCTETS or len(batch) >= _BATCH:
            yield batch
            batch, octets = [], 0
    if batch:
        yield batch


def _told(chunks: Iterable[bytes], tell: Callable[[bytes], object]) -> Iterator[bytes]:
    for chunk in chunks:
        tell(chunk)
        yield chunk
