"""Reading a ZIP that may have been made to mislead.

Python's own `zipfile` keeps the last of two equal names, does not see overlapping entries (before 3.13) and ignores
bytes that belong to nothing. Here the whole directory is examined first, against the rules of docs/format.md,
and every fault becomes a finding. An archive with a finding is not read at all. Entries are then streamed in
constant memory, and no more is ever produced than the directory states.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from casebound_packaging.errors import UnreadablePackage
from casebound_packaging.finding import Finding
from casebound_packaging.membername import name_problem, twin_key
from casebound_packaging.zipdirectory import Directory, Entry, data_start, read_directory

CHUNK = 1 << 18
MOST_ENTRIES = 200_000
MOST_BYTES = 1 << 41  # 2 TiB of contents in all
BOMB_SIZE, BOMB_RATIO = 64 << 20, 500  # a large entry that shrinks more than this was made to exhaust its reader


class DamagedEntry(UnreadablePackage):
    """One entry of an otherwise readable ZIP does not yield the bytes its directory promises."""


class Archive:
    """One ZIP, examined before anything in it is read.

    `names` are the full names in the order of the file; `findings` is empty for a sound archive, and only a
    sound archive can be read. Holds the file open: use it as a context manager.
    """

    def __init__(self, file: BinaryIO, path: Path, directory: Directory, findings: tuple[Finding, ...]) -> None:
        self._file = file
        self.path = path
        self.findings = findings
        self._entries = {entry.name: entry for entry in sorted(directory.entries, key=lambda entry: entry.offset)}

    @classmethod
    def open(cls, path: Path) -> Archive:
        """Examine the ZIP at `path`.

        Raises `UnreadablePackage` where there is no ZIP directory to examine: an empty file, a cut-off one, another
        format.
        """
        try:
            file = path.open("rb")
        except OSError as error:
            raise UnreadablePackage(
                f"{path.name} cannot be opened: {error.strerror or error}.",
                "Check that the file is there and that you may read it.",
                where=str(path),
            ) from error
        try:
            directory = read_directory(file, path)
            return cls(file, path, directory, tuple(_examine(file, directory)))
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
        return tuple(self._entries)

    def size(self, name: str) -> int:
        """Bytes of the entry, as the directory states them."""
        return self._entries[name].size

    def stored(self, name: str) -> bool:
        """Whether the entry is kept without compression."""
        return self._entries[name].method == 0

    def stream(self, name: str) -> Iterator[bytes]:
        """The bytes of one entry, piece by piece. Raises `DamagedEntry` at the first byte that cannot be."""
        if self.findings:
            raise DamagedEntry("The ZIP is not well formed and is not read.", where=str(self.path))
        entry = self._entries[name]
        produced, check = 0, 0
        for piece in self._pieces(entry):
            produced += len(piece)
            if produced > entry.size:
                raise DamagedEntry(f"{name} unpacks to more than the {entry.size} bytes stated.", where=name)
            check = zlib.crc32(piece, check)
            yield piece
        if produced != entry.size:
            raise DamagedEntry(f"{name} ends after {produced} bytes; {entry.size} are stated.", where=name)
        if check != entry.crc:
            raise DamagedEntry(f"{name} does not match its ZIP checksum.", where=name)

    def read(self, name: str, limit: int) -> bytes:
        """The whole entry, which must not be larger than `limit` bytes. Raises `DamagedEntry`."""
        if self.size(name) > limit:
            raise DamagedEntry(f"{name} is larger than the {limit} bytes such a file may have.", where=name)
        return b"".join(self.stream(name))

    def _pieces(self, entry: Entry) -> Iterator[bytes]:
        position, left = data_start(self._file, entry), entry.compressed
        inflater = zlib.decompressobj(-zlib.MAX_WBITS) if entry.method == 8 else None
        while left:
            self._file.seek(position)
            raw = self._file.read(min(CHUNK, left))
            if not raw:
                raise DamagedEntry(f"{entry.name} is cut off.", where=entry.name)
            position, left = position + len(raw), left - len(raw)
            if inflater is None:
                yield raw
                continue
            try:
                while raw and not inflater.eof:
                    piece = inflater.decompress(raw, CHUNK)
                    raw = inflater.unconsumed_tail
                    if piece:
                        yield piece
            except zlib.error as error:
                raise DamagedEntry(f"{entry.name} cannot be unpacked.", where=entry.name) from error
            if inflater.eof and (raw or inflater.unused_data or left):
                raise DamagedEntry(f"{entry.name} has bytes after its end.", where=entry.name)
        if inflater is None:
            return
        try:
            while not inflater.eof:
                piece = inflater.decompress(inflater.unconsumed_tail, CHUNK)
                if not piece:
                    raise DamagedEntry(f"{entry.name} is cut off.", where=entry.name)
                yield piece
        except zlib.error as error:
            raise DamagedEntry(f"{entry.name} cannot be unpacked.", where=entry.name) from error


def _examine(file: BinaryIO, directory: Directory) -> Iterator[Finding]:
    """Every breach of the format's ZIP rules."""
    yield from directory.findings
    yield from _names(directory.entries)
    yield from _sizes(directory.entries)
    yield from _places(file, directory)


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


def _places(file: BinaryIO, directory: Directory) -> Iterator[Finding]:
    """Entries must lie one after the other, without overlap, gap, or bytes before the first and after the last."""
    expected = 0
    for entry in sorted(directory.entries, key=lambda entry: entry.offset):
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
        found = entry.compare_local(file)
        yield from found
        if found:
            return  # past a header that lies, places mean nothing
        expected = data_start(file, entry) + entry.compressed
    if expected != directory.start and directory.entries:
        yield Finding(
            "container",
            "",
            "The entries do not end where the ZIP directory begins.",
            str(directory.start),
            str(expected),
        )
