"""The files inside a WACZ, which is a ZIP from a stranger: examined first, streamed, each checked against its hash."""

from __future__ import annotations

import io
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

from casebound.errors import BadSource
from casebound.importers.waczseal import DIGEST, LARGEST, PACKAGE, Hash, package, seal
from casebound.packedstreams import Meter, unpacked
from casebound.zipentries import METHODS, Entry, packed_pieces, read_directory

_NAMES: Final = 20  # files that are named in a sentence


class Files:
    """The files of a WACZ by their paths. Raises `BadSource` for a ZIP with a trick, or without datapackage.json."""

    def __init__(self, path: Path, name: str) -> None:
        self.path, self.name = path, name
        self.entries = {entry.name: entry for entry in read_directory(path, name).entries}
        if PACKAGE not in self.entries:
            raise BadSource(
                f"“{name}” holds no {PACKAGE}, so it is no WACZ.", "Attach it to the case instead.", where=name
            )
        data = self._small(PACKAGE)
        self.stated = package(data)
        self.sealed = seal(data, self._small(DIGEST) if DIGEST in self.entries else None)

    def archives(self) -> tuple[Entry, ...]:
        """The web archives, in the order of the file."""
        return tuple(entry for name, entry in self.entries.items() if _is_archive(name))

    def pages(self) -> tuple[Entry, ...]:
        """The lists of pages."""
        return tuple(
            entry for name, entry in self.entries.items() if name.startswith("pages/") and name.endswith(".jsonl")
        )

    def pieces(self, entry: Entry) -> Iterator[bytes]:
        """The bytes of a file. Raises `BadSource` where they are not those that the ZIP promises."""
        if entry.refused:
            raise self._damaged(entry, entry.refused)
        check = size = 0
        with self.path.open("rb") as source:
            for piece in unpacked(packed_pieces(source, entry), METHODS[entry.method], Meter(entry.name)):
                size += len(piece)
                if size > entry.size:
                    raise self._damaged(entry, f"it unpacks to more than the {entry.size:,} bytes stated")
                check = zlib.crc32(piece, check)
                yield piece
        if size != entry.size or check != entry.crc:
            raise self._damaged(entry, "it does not match the checksum that the ZIP states")

    def checked(self, entry: Entry) -> Iterator[str]:
        """ "" for every step, and at the end what datapackage.json shows of a file, in words."""
        wanted = self.stated.hashes.get(entry.name)
        if wanted is None:
            yield f"{entry.name} is not listed in {PACKAGE}: nothing shows that it belongs to the archive."
            return
        running = wanted.of()
        if running is None:
            yield f"{PACKAGE} states no hash of {entry.name} that is known here, so it was not checked."
            return
        for piece in self.pieces(entry):
            running.update(piece)
            yield ""
        yield _compared(entry, wanted, running.hexdigest())

    @contextmanager
    def opened(self, entry: Entry) -> Iterator[tuple[BinaryIO, int]]:
        """A file to read and to seek in, with its place in the WACZ; -1 for one that is packed there.

        A packed one is unpacked into a file without a name that is gone afterwards.
        """
        if not entry.method:
            with self.path.open("rb") as source:
                yield io.BufferedReader(_Window(source, entry.data, entry.size)), entry.data
            return
        with tempfile.TemporaryFile() as target:
            for piece in self.pieces(entry):
                target.write(piece)
            target.seek(0)
            yield target, -1

    def _small(self, name: str) -> bytes:
        entry = self.entries[name]
        if entry.size > LARGEST:
            raise self._damaged(entry, f"it is longer than the {LARGEST:,} bytes that such a file may have")
        return b"".join(self.pieces(entry))

    def _damaged(self, entry: Entry, why: str) -> BadSource:
        return BadSource(
            f"“{entry.name}” in “{self.name}” cannot be read: {why}.",
            "Get the archive again from where it was made, or attach it as it is.",
            meaning="Nothing of it was brought in.",
            where=f"{self.name}: {entry.name}",
        )


class _Window(io.RawIOBase):
    """Some bytes of a file as a file."""

    def __init__(self, source: BinaryIO, start: int, size: int) -> None:
        super().__init__()
        self._source, self._start, self._size, self._at = source, start, size, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(0, base + offset)
        return self._at

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer)  # type: ignore[arg-type]
        self._source.seek(self._start + self._at)
        data = self._source.read(max(0, min(len(view), self._size - self._at)))
        view[: len(data)] = data
        self._at += len(data)
        return len(data)


def _is_archive(name: str) -> bool:
    return name.startswith("archive/") and name.lower().endswith((".warc", ".warc.gz"))


def _compared(entry: Entry, wanted: Hash, found: str) -> str:
    if found == wanted.value.lower():
        return f"{entry.name} is the file whose {wanted.name} {PACKAGE} states."
    return f"{entry.name} is NOT the file whose {wanted.name} {PACKAGE} states: it was changed, or put there."


def missing(files: Files) -> tuple[str, ...]:
    """What datapackage.json lists and the archive does not hold."""
    gone = [name for name in files.stated.hashes if name not in files.entries]
    if not gone:
        return ()
    named = ", ".join(gone[:_NAMES]) + (" …" if len(gone) > _NAMES else "")
    return (f"{PACKAGE} lists {len(gone):,} files that are not there: {named}.",)
