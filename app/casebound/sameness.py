"""Whether a table is in the case already: as the same file, or as the same bytes inside an archive or outside."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterator
from pathlib import Path

from casebound.case import Source
from casebound.errors import BadSource
from casebound.unpacking import container_of, contents, listed_sum, member_parts
from casebound.work import Progress, silent

_GROWTH = 1.02  # no packer makes a file larger than this


def known_as(source: Source) -> str:
    """A source as it is named to people: “requests.csv” in “export.zip”."""
    return f"“{source.member}” in “{source.name}”" if source.member else f"“{source.name}”"


def held_words(source: Source) -> str:
    """Which source of the case has these rows, and since when."""
    return f"{source.label}, {known_as(source)}, brought in {source.imported_at:%Y-%m-%d %H:%M} UTC"


class Held:
    """The files that a case holds the rows of, each known by the SHA-256 of its bytes outside any archive.

    A file in an archive is hashed only where its size and checksum, as the archive states them, make it possible that
    it is the one asked for.
    """

    def __init__(self, sources: tuple[Source, ...], evidence: Path) -> None:
        self._sources, self._evidence = sources, evidence
        self._hashed: dict[tuple[str, str], str] = {}

    def same_bytes(self, path: Path, sha256: str, size: int, progress: Progress = silent) -> tuple[Source, ...]:
        """The sources that were read from exactly these bytes, which lie in `path`: as a file, or in an archive."""
        check: list[int] = []
        found = []
        for source in self._sources:
            original = self._evidence / source.sha256[:2] / source.sha256[2:]
            if not container_of(original, source.name):
                if source.sha256 == sha256:
                    found.append(source)
                continue
            try:
                stated = listed_sum(original, source.name, source.member)
                if stated is not None and stated[0] != size:
                    continue
                if stated is not None and not check:
                    check.append(_crc(path, progress))
                if stated is not None and stated[1] != check[0]:
                    continue
                if stated is None and source.size > _GROWTH * size + 4096:
                    continue
                if self._digest(original, source, progress) == sha256:
                    found.append(source)
            except (BadSource, OSError):
                continue  # a damaged original is what `casebound check` tells; it is not this file
        return tuple(found)

    def same_table(
        self, path: Path, sha256: str, size: int, inner: str, table: str, progress: Progress = silent
    ) -> tuple[Source | None, Source | None]:
        """The source that was read from exactly these bytes and this part of them under this name; and one that was
        under another name.
        """
        found = [one for one in self.same_bytes(path, sha256, size, progress) if inner_of(one, self._evidence) == inner]
        same = next((one for one in found if one.table == table), None)
        other = next((one for one in found if one.table != table), None)
        return same, other

    def _digest(self, original: Path, source: Source, progress: Progress) -> str:
        member = member_parts(original, source.name, source.member)[0]
        key = (source.sha256, member)
        if key not in self._hashed:
            digest = hashlib.sha256()
            for piece in _told(contents(original, source.name, source.member), progress):
                digest.update(piece)
            self._hashed[key] = digest.hexdigest()
        return self._hashed[key]


def inner_of(source: Source, evidence: Path) -> str:
    """What inside the file a source was read from: a sheet or a table, without the path in an archive."""
    original = evidence / source.sha256[:2] / source.sha256[2:]
    return member_parts(original, source.name, source.member)[1]


def _crc(path: Path, progress: Progress) -> int:
    check = 0
    with path.open("rb") as file:
        for piece in _told(iter(lambda: file.read(1 << 20), b""), progress):
            check = zlib.crc32(piece, check)
    return check


def _told(pieces: Iterator[bytes], progress: Progress) -> Iterator[bytes]:
    done = 0
    for piece in pieces:
        done += len(piece)
        progress(done, 0, "Comparing with what is in the case")
        yield piece
