"""Reading a ZIP that may have been made to mislead.

Python's own `zipfile` keeps the last of two equal names, does not see overlapping entries (before 3.13) and ignores
bytes that belong to nothing. Here the whole directory is examined first, against the rules of docs/format.md,
and every fault becomes a finding. An archive with a finding is not read at all. Entries are then streamed in
constant memory, and no more is ever produced than the directory states; several threads may read at once.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

from isal import isal_zlib

from casebound_packaging.errors import UnreadablePackage
from casebound_packaging.finding import Finding
from casebound_packaging.membername import name_problem, twin_key
from casebound_packaging.placedfile import PlacedFile
from casebound_packaging.zipdirectory import Directory, Entry, read_directory

CHUNK = 1 << 18
MOST_ENTRIES = 200_000
MOST_BYTES = 1 << 41  # 2 TiB of contents in all
BOMB_SIZE, BOMB_RATIO = 64 << 20, 500  # a large entry that shrinks more than this was made to exhaust its reader


class DamagedEntry(UnreadablePackage):
    """One entry of an otherwise readable ZIP does not yield the bytes its directory promises."""


class _Place(NamedTuple):
    """Where an entry's data lie, and what they must be."""

    method: int
    crc: int
    size: int
    compressed: int
    start: int


class Archive:
    """One ZIP, examined before anything in it is read.

    `names` are the full names in the order of the file; `findings` is empty for a sound archive, and only a
    sound archive can be read. Holds the file open: use it as a context manager.
    """

    def __init__(self, file: PlacedFile, path: Path, directory: Directory) -> None:
        self._file = file
        self.path = path
        entries = sorted(directory.entries, key=lambda entry: entry.offset)
        self._places: dict[str, _Place] = {entry.name: _Place(entry.method, 0, entry.size, 0, 0) for entry in entries}
        self.findings = (
            *directory.findings,
            *_names(directory.entries),
            *_sizes(directory.entries),
            *self._examine(entries, directory.start),
        )

    @classmethod
    def open(cls, path: Path) -> Archive:
        """Examine the ZIP at `path`.

        Raises `UnreadablePackage` where there is no ZIP directory to examine: an empty file, a cut-off one, another
        format.
        """
        try:
            file = PlacedFile(path)
        except OSError as error:
            raise UnreadablePackage(
                f"{path.name} cannot be opened: {error.strerror or error}.",
                "Check that the file is there and that you may read it.",
                where=str(path),
            ) from error
        try:
            return cls(file, path, read_directory(file, path))
        except OSError as error:
            file.close()
            raise UnreadablePackage(
                f"{path.name} cannot be read: {error.strerror or error}.",
                "Copy the file again from where it came.",
                where=str(path),
            ) from error
        except BaseException:
            file.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    @property
    def names(self) -> tuple[str, ...]:
        """Full names in the order of the file."""
        return tuple(self._places)

    def size(self, name: str) -> int:
        """Bytes of the entry, as the directory states them."""
        return self._places[name].size

    def stored(self, name: str) -> bool:
        """Whether the entry is kept without compression."""
        return self._places[name].method == 0

    def stream(self, name: str) -> Iterator[bytes]:
        """The bytes of one entry, piece by piece. Raises `DamagedEntry` at the first byte that cannot be."""
        for piece in self._checked(name):
            yield bytes(piece)

    def digest(self, name: str, watch: Callable[[int], object]) -> str:
        """SHA-256 of one entry, hex; `watch` is told of bytes read and may raise. Raises `DamagedEntry`."""
        digest = hashlib.sha256()
        for piece in self._checked(name):
            digest.update(piece)
            watch(len(piece))
        return digest.hexdigest()

    def read(self, name: str, limit: int) -> bytes:
        """The whole entry, which must not be larger than `limit` bytes. Raises `DamagedEntry`."""
        if self.size(name) > limit:
            raise DamagedEntry(f"{name} is larger than the {limit} bytes such a file may have.", where=name)
        return b"".join(self.stream(name))

    def _checked(self, name: str) -> Iterator[bytes | memoryview]:
        """The bytes of one entry; each piece is good only until the next is asked for."""
        if self.findings:
            raise DamagedEntry("The ZIP is not well formed and is not read.", where=str(self.path))
        entry = self._places[name]
        produced, check = 0, 0
        for piece in self._stored(name, entry) if entry.method == 0 else self._inflated(name, entry):
            produced += len(piece)
            if produced > entry.size:
                raise DamagedEntry(f"{name} unpacks to more than the {entry.size} bytes stated.", where=name)
            check = isal_zlib.crc32(piece, check)
            yield piece
        if produced != entry.size:
            raise DamagedEntry(f"{name} ends after {produced} bytes; {entry.size} are stated.", where=name)
        if check != entry.crc:
            raise DamagedEntry(f"{name} does not match its ZIP checksum.", where=name)

    def _stored(self, name: str, entry: _Place) -> Iterator[memoryview]:
        place, left = entry.start, entry.compressed
        buffer = memoryview(bytearray(min(CHUNK, left)))
        while left:
            count = self._file.fill(place, buffer[:left] if left < CHUNK else buffer)
            if not count:
                raise DamagedEntry(f"{name} is cut off.", where=name)
            place, left = place + count, left - count
            yield buffer[:count]

    def _inflated(self, name: str, entry: _Place) -> Iterator[bytes]:
        # Python's own zlib, which unzip and verify.py agree with: isal unpacks some damaged streams that zlib refuses.
        inflater = zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            for raw in self._stored(name, entry):
                given: bytes | memoryview = raw
                while given:
                    if inflater.eof:
                        raise DamagedEntry(f"{name} has bytes after its end.", where=name)
                    piece = inflater.decompress(given, CHUNK)
                    given = inflater.unused_data or inflater.unconsumed_tail
                    if piece:
                        yield piece
            while not inflater.eof:
                piece = inflater.decompress(b"", CHUNK)
                if not piece:
                    raise DamagedEntry(f"{name} is cut off.", where=name)
                yield piece
        except zlib.error as error:
            raise DamagedEntry(f"{name} cannot be unpacked.", where=name) from error

    def _examine(self, entries: list[Entry], directory_start: int) -> Iterator[Finding]:
        """Entries must lie one after the other, without overlap, gap, or bytes before the first and after the last."""
        expected = 0
        for entry in entries:
            if entry.offset < expected:
                yield Finding(
                    "container", entry.name, "The entry overlaps the one before it.", str(expected), str(entry.offset)
                )
            elif entry.offset > expected:
                problem = (
                    "There are bytes before the first entry."
                    if expected == 0
                    else "There are bytes that belong to no entry."
                )
                yield Finding("container", entry.name, problem, str(expected), str(entry.offset))
            found, start = entry.compare_local(self._file)
            yield from found
            if found:
                return  # past a header that lies, places mean nothing
            self._places[entry.name] = _Place(entry.method, entry.crc, entry.size, entry.compressed, start)
            expected = start + entry.compressed
        if expected != directory_start and entries:
            yield Finding(
                "container",
                "",
                "The entries do not end where the ZIP directory begins.",
                str(directory_start),
                str(expected),
            )


def _names(entries: tuple[Entry, ...]) -> Iterator[Finding]:
    seen: dict[str, str] = {}
    for entry in entries:
        problem = name_problem(entry.name)
        if problem:
            yield Finding("container", entry.name, f"Refused: {problem}.")
        twin = seen.setdefault(twin_key(entry.name), entry.name)
        if twin is not entry.name:
            problem = (
                "Two entries have this name."
                if twin == entry.name
                else f"On some systems this is the same file as {twin}."
            )
            yield Finding("container", entry.name, problem)


def _sizes(entries: tuple[Entry, ...]) -> Iterator[Finding]:
    if len(entries) > MOST_ENTRIES:
        yield Finding(
            "container", "", "There are more entries than a package may have.", str(MOST_ENTRIES), str(len(entries))
        )
    total = sum(entry.size for entry in entries)
    if total > MOST_BYTES:
        yield Finding(
            "container", "", "The contents would be larger than a package may be.", str(MOST_BYTES), str(total)
        )
    for entry in entries:
        if entry.size > BOMB_SIZE and entry.size > BOMB_RATIO * max(entry.compressed, 1):
            yield Finding(
                "container",
                entry.name,
                "The entry would unpack to far more than any real file does.",
                f"at most {BOMB_RATIO} times its packed size",
                f"{entry.size} bytes from {entry.compressed}",
            )
