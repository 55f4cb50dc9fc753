"""Every member hashed, on every processor: Python hashes and inflates without its global lock, so threads are enough.

The largest members begin first, because one member's digest is one chain of blocks that no two processors can share.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, field

from casebound_packaging.errors import UnreadablePackage
from casebound_packaging.finding import Finding
from casebound_packaging.hashing import processors
from casebound_packaging.verify.container import Container

Watch = Callable[[int, int, str], None]

_LARGE = 32 << 20
_KEPT_LIMIT = 512 << 20  # one metadata file
_SMALL_LIMIT = 16 << 20  # certificates, signatures, instructions
_KEPT_TOTAL = 1 << 30  # all of them
_BETWEEN = 0.05  # seconds between two words of progress


class _Halted(Exception):
    """Somebody stopped, or another thread failed: leave the rest."""


@dataclass(slots=True)
class Read:
    """What the threads found. A member that could not be read has no digest, and a finding."""

    digests: dict[str, str] = field(default_factory=dict)
    kept: dict[str, bytes] = field(default_factory=dict)
    damaged: dict[str, Finding] = field(default_factory=dict)


class Reading:
    """One reading of many members of a container."""

    def __init__(self, container: Container, names: Sequence[str], keep: Collection[str]) -> None:
        self._container = container
        self._keep = keep
        large = sorted((name for name in names if container.size(name) >= _LARGE), key=container.size, reverse=True)
        first = frozenset(large)
        self._names: Iterator[str] = iter([*large, *(name for name in names if name not in first)])
        self._lock = threading.Lock()
        self._halt = threading.Event()
        self._octets = [0] * processors()
        self._members = [0] * processors()
        self._kept = 0
        self.read = Read()

    def run(self, progress: Watch, total: int, of: int) -> int:
        """Read them all; returns the bytes read. `progress` is called by this thread only, and may raise to stop."""
        progress(0, total, f"0 of {of}")
        with ThreadPoolExecutor(len(self._octets), thread_name_prefix="reading") as pool:
            left = {pool.submit(self._work, number) for number in range(len(self._octets))}
            try:
                while left:
                    done, left = wait(left, timeout=_BETWEEN)
                    for one in done:
                        one.result()
                    progress(min(sum(self._octets), total), total, f"{sum(self._members)} of {of}")
            finally:
                self._halt.set()
        return sum(self._octets)

    def _work(self, number: int) -> None:
        def watch(count: int) -> None:
            self._octets[number] += count
            if self._halt.is_set():
                raise _Halted

        try:
            while (name := self._next()) is not None:
                try:
                    digest = self._held(name, watch) if name in self._keep else self._container.digest(name, watch)
                    self.read.digests[name] = digest
                except UnreadablePackage as error:
                    self.read.damaged[name] = Finding("contents", name, error.title)
                self._members[number] += 1
        except _Halted:
            return
        except BaseException:
            self._halt.set()
            raise

    def _next(self) -> str | None:
        if self._halt.is_set():
            return None
        with self._lock:
            return next(self._names, None)

    def _held(self, name: str, watch: Callable[[int], None]) -> str:
        """Hash one member and keep its bytes, if they are not more than such files may have."""
        digest, pieces, here, keep = hashlib.sha256(), [], 0, True
        limit = _SMALL_LIMIT if not name.startswith(("data/", "manifest", "tagmanifest")) else _KEPT_LIMIT
        for piece in self._container.stream(name):
            digest.update(piece)
            here += len(piece)
            if keep:
                pieces.append(piece)
                with self._lock:
                    self._kept += len(piece)
                if self._kept > _KEPT_TOTAL or here > limit:
                    keep, pieces = False, []
                    problem = "The file is larger than such a file may be."
                    self.read.damaged[name] = Finding("contents", name, problem)
            watch(len(piece))
        if keep:
            self.read.kept[name] = b"".join(pieces)
        return digest.hexdigest()
