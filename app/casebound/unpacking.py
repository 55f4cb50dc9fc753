"""Archives as containers of exports: ZIP, and gzip, zstd, bzip2 and xz of one file.

The archive is the original, kept byte for byte; a member of it is read from a scratch copy that is gone afterwards. A
source names its member by the path inside the archive, and what is inside that file behind a "!": "dir/requests.csv",
"dir/book.xlsx!Sheet1". A file packed by itself ("requests.csv.gz") has the one member "requests.csv". One packed file
inside a ZIP is unpacked too; whatever lies deeper is named and not read.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from casebound.errors import BadSource, CannotWrite
from casebound.exportmanifest import NAME as MANIFEST
from casebound.importers.encodings import head_of
from casebound.importers.kinds import CONTAINERS, STREAMS, WORDS, kind_of, stream_kind
from casebound.packedstreams import CHUNK, Meter, unpacked
from casebound.work import Progress, silent
from casebound.zipentries import METHODS, Directory, Entry, packed_pieces, read_directory

INNER = "!"
"""Between the path of a member and what is inside it: a sheet, a table."""

LARGE = 256 << 20  # bytes; of larger texts of lines a preview unpacks the beginning only
_LINE_KINDS = ("delimited", "json-lines", "web-log")
_ENDINGS = {".gz": "", ".gzip": "", ".zst": "", ".zstd": "", ".bz2": "", ".bzip2": "", ".xz": "", ".tgz": ".tar"}


@dataclass(frozen=True, slots=True)
class Member:
    """One file in an archive. `refused` says why it cannot be unpacked, as a clause; "" where it can."""

    path: str
    size: int | None  # bytes unpacked; None where the archive does not say
    refused: str = ""


@dataclass(frozen=True, slots=True)
class Unpacked:
    """A file that an importer can read, and what of it is meant.

    `path` is the original itself where that is no archive. `sha256` is of the unpacked bytes; "" for an original, and
    where only a beginning was unpacked (`whole` is False).
    """

    path: Path
    name: str  # for people and importers: the member's own path, else the name of the original
    member: str  # of the file: "" outside archives
    inner: str  # inside the file: a sheet, a table; "" where that is not asked
    sha256: str = ""
    crc: int = 0
    size: int = 0
    whole: bool = True
    notes: tuple[str, ...] = ()


def container_of(path: Path, name: str) -> str:
    """Which kind of archive a file is, of `CONTAINERS`; "" for anything else."""
    try:
        state = path.stat()
        return _container(path, name, state.st_size, state.st_mtime_ns)
    except OSError:
        return ""


@lru_cache(maxsize=16)
def _container(path: Path, name: str, size: int, changed: int) -> str:
    """`size` and `changed` tell whether it is still the same file."""
    return _container_now(path, name)


def _container_now(path: Path, name: str) -> str:
    head = head_of(path, 4096)
    if head.startswith(b"PK"):
        try:
            kind = kind_of(path, name)
        except BadSource:
            return ""
    else:
        kind = stream_kind(head)
    return kind if kind in CONTAINERS else ""


def members(path: Path, name: str) -> tuple[tuple[Member, ...], tuple[str, ...]]:
    """The files in an archive, in its order, and what is odd about it. Raises `BadSource` naming every trick."""
    if container_of(path, name) != "zip":
        return (Member(_unpacked_name(name), None),), ()
    directory = _directory(path, name)
    return tuple(Member(entry.name, entry.size, entry.refused) for entry in directory.entries), directory.notes


def member_parts(path: Path, name: str, member: str) -> tuple[str, str]:
    """The path of a member and what is inside it, of the `member` of a source: ("dir/book.xlsx", "Sheet1").

    ("", member) for a file that is no archive. Raises `BadSource` where the archive has no such member.
    """
    kind = container_of(path, name)
    if not kind:
        return "", member
    if kind != "zip":
        outer, _, inner = member.partition(INNER)
        return outer, inner
    entry = _entry(path, name, member)
    return entry.name, member[len(entry.name) + len(INNER) :]


@contextmanager
def readable(
    original: Path, name: str, member: str, scratch: Path, progress: Progress = silent, *, beginning: bool = False
) -> Iterator[Unpacked]:
    """The file behind `member` of an original called `name`, for the length of the block.

    An archive's member is unpacked into the folder `scratch`, which is made for it and gone afterwards, however the
    block ends. With `beginning`, of a large text of lines only the first `LARGE` bytes are. Raises `BadSource` where
    the member cannot be unpacked whole, and `Cancelled`.
    """
    kind = container_of(original, name)
    if not kind:
        yield Unpacked(original, name, "", member)
        return
    scratch.mkdir(mode=0o700)
    try:
        target = scratch / "member"
        with original.open("rb") as source:
            if kind == "zip":
                entry = _entry(original, name, member)
                inner = member[len(entry.name) + len(INNER) :]
                if PurePosixPath(entry.name).name.lower() == MANIFEST:
                    target = scratch / MANIFEST
                found = _from_zip(source, entry, target, progress, beginning)
                _manifest_beside(source, _entries(original, name), entry, scratch)
            else:
                outer, _, inner = member.partition(INNER)
                found = _from_stream(source, kind, outer, target, progress, beginning)
        yield Unpacked(target, _named(found.name), found.name, inner, *found.facts)
    finally:
        for path in sorted(scratch.iterdir()):
            path.unlink()
        scratch.rmdir()


@dataclass(frozen=True, slots=True)
class _Written:
    name: str
    facts: tuple[str, int, int, bool, tuple[str, ...]]


def contents(original: Path, name: str, member: str, progress: Progress = silent) -> Iterator[bytes]:
    """The bytes of a member, piece by piece, without a copy of them anywhere. Raises `BadSource`."""
    kind = container_of(original, name)
    with original.open("rb") as source:
        if kind == "zip":
            entry = _entry(original, name, member)
            yield from _inner_pieces(_entry_pieces(source, entry, Meter(entry.name)), Meter(entry.name))
        elif kind:
            yield from unpacked(_chunks(source), kind, Meter(name))
        else:
            yield from _chunks(source)


def listed_sum(original: Path, name: str, member: str) -> tuple[int, int] | None:
    """Size and CRC-32 of the unpacked member as a ZIP states them; None where the archive does not say."""
    if container_of(original, name) != "zip":
        return None
    entry = _entry(original, name, member)
    return None if _unpacked_name(entry.name) != PurePosixPath(entry.name).name else (entry.size, entry.crc)


def _directory(path: Path, name: str) -> Directory:
    """The directory of a ZIP, examined once for all its members."""
    state = path.stat()
    return _examined(path, name, state.st_size, state.st_mtime_ns)[0]


def _entries(path: Path, name: str) -> Mapping[str, Entry]:
    state = path.stat()
    return _examined(path, name, state.st_size, state.st_mtime_ns)[1]


@lru_cache(maxsize=2)
def _examined(path: Path, name: str, size: int, changed: int) -> tuple[Directory, Mapping[str, Entry]]:
    """`size` and `changed` tell whether it is still the same file."""
    found = read_directory(path, name)
    names = {entry.name: entry for entry in found.entries}
    for entry in found.entries:
        parts = entry.name.split(INNER)
        outer = (INNER.join(parts[:count]) for count in range(1, len(parts)))
        if clash := next((one for one in outer if one in names), ""):
            raise BadSource(
                f"“{name}” is refused: “{entry.name}” cannot be told from a part of “{clash}”.",
                "Ask for the files without an archive around them, or attach the archive as it is.",
                meaning="Rows are named by the file that they are in, and here one name would mean two files.",
                where=f"{name}: {entry.name}",
            )
    return found, names


def _entry(path: Path, name: str, member: str) -> Entry:
    entries = _entries(path, name)
    parts = member.split(INNER)
    for count in range(len(parts), 0, -1):
        if found := entries.get(INNER.join(parts[:count])):
            return found
    raise BadSource(f"There is no “{member}” in “{name}”.", "Check which archive was meant.", where=name)


def _unpacked_name(name: str) -> str:
    """What the one file in a packed file is called: its name without the ending of the packer."""
    path = PurePosixPath(name.replace("\\", "/"))
    ending = _ENDINGS.get(path.suffix.lower())
    stem = path.name if ending is None else path.stem + ending
    return (stem or "contents").replace(INNER, "_")


def _named(member: str) -> str:
    """What an importer is told that the file is called, which decides where its bytes allow two readings."""
    folder = member.rpartition("/")[0]
    return f"{folder}/{_unpacked_name(member)}" if folder else _unpacked_name(member)


# Unpacking


def _chunks(source: BinaryIO) -> Iterator[bytes]:
    while chunk := source.read(CHUNK):
        yield chunk


def _entry_pieces(source: BinaryIO, entry: Entry, meter: Meter) -> Iterator[bytes]:
    """The contents of an entry of a ZIP. Raises `BadSource` at the first byte that its directory does not promise."""
    if entry.refused:
        raise BadSource(
            f"“{entry.name}” cannot be read: {entry.refused}.",
            "Ask for it without a password." if "password" in entry.refused else "Unpack it with another program.",
            where=entry.name,
        )

    check = size = 0
    for piece in unpacked(packed_pieces(source, entry), METHODS[entry.method], meter):
        size += len(piece)
        if size > entry.size:
            break
        check = zlib.crc32(piece, check)
        yield piece
    if size != entry.size or check != entry.crc or meter.notes:
        what = (
            f"it unpacks to {'more than ' if size > entry.size else ''}{min(size, entry.size):,} bytes, and "
            f"{entry.size:,} are stated"
            if size != entry.size
            else "it does not match the checksum that the archive states"
            if check != entry.crc
            else "there are bytes after its end"
        )
        raise BadSource(
            f"“{entry.name}” is damaged, or was changed inside the archive: {what}.",
            "Copy or export the archive again.",
            meaning="Nothing of this file was brought in.",
            where=entry.name,
        )


def _inner_pieces(pieces: Iterator[bytes], meter: Meter) -> Iterator[bytes]:
    """The contents; of a packed file, what is packed in it."""
    head = b""
    for piece in pieces:
        head += piece
        if len(head) >= 4096:
            break

    def joined() -> Iterator[bytes]:
        yield head
        yield from pieces

    kind = stream_kind(head)
    yield from unpacked(joined(), kind, meter) if kind else joined()


def _from_zip(source: BinaryIO, entry: Entry, target: Path, progress: Progress, beginning: bool) -> _Written:
    outer, inner = Meter(entry.name), Meter(entry.name)
    pieces = _inner_pieces(_entry_pieces(source, entry, outer), inner)
    return _written(pieces, entry.name, target, entry.size, progress, beginning, (outer, inner))


def _from_stream(source: BinaryIO, kind: str, name: str, target: Path, progress: Progress, beginning: bool) -> _Written:
    meter = Meter(name)
    return _written(unpacked(_chunks(source), kind, meter), name, target, 0, progress, beginning, (meter,))


def _written(
    pieces: Iterator[bytes],
    name: str,
    target: Path,
    total: int,
    progress: Progress,
    beginning: bool,
    meters: tuple[Meter, ...],
) -> _Written:
    """Write what comes, hashed on the way."""
    digest, crc, done, whole = hashlib.sha256(), 0, 0, True
    with target.open("xb") as file:
        for piece in pieces:
            _put(file, piece, name)
            digest.update(piece)
            crc, done = zlib.crc32(piece, crc), done + len(piece)
            progress(min(done, total) if total else done, max(done, total) if total else 0, f"Unpacking {name}")
            if beginning and done >= LARGE:
                file.flush()
                if _lines(target, _named(name)):
                    whole = False
                    break
                beginning = False
    notes = tuple(note for meter in meters for note in meter.notes)
    _no_archive(target, _named(name))
    return _Written(name, (digest.hexdigest() if whole else "", crc, done, whole, notes))


def _put(file: BinaryIO, piece: bytes, name: str) -> None:
    try:
        file.write(piece)
    except OSError as error:
        raise CannotWrite(
            f"There is no room to unpack “{name}”: {(error.strerror or str(error)).lower()}.",
            "Make room on the disk, or unpack it elsewhere and bring in the file.",
            meaning="Nothing was changed in the case.",
            where=name,
        ) from error


def _lines(path: Path, name: str) -> bool:
    try:
        return kind_of(path, name) in _LINE_KINDS
    except BadSource:
        return False


def _no_archive(path: Path, name: str) -> None:
    """Raise `BadSource` for an archive in an archive."""
    found = _container_now(path, name)
    if found in CONTAINERS:
        packed = "a packed file" if found in STREAMS else WORDS[found]
        raise BadSource(
            f"“{name}” is {packed} inside an archive; what is packed twice is not read.",
            "Unpack the outer archive, and bring in what is in it.",
            where=name,
        )


def _manifest_beside(source: BinaryIO, entries: Mapping[str, Entry], entry: Entry, scratch: Path) -> None:
    """Put the manifest.json of the archive beside the unpacked member, where it lies beside it in the archive."""
    folder = entry.name.rpartition("/")[0]
    place = f"{folder}/{MANIFEST}" if folder else MANIFEST
    manifest = entries.get(place)
    if manifest is None or manifest is entry or manifest.refused or manifest.size > 4 * 1024 * 1024:
        return
    with suppress(BadSource):  # it is told as a member of the archive
        (scratch / MANIFEST).write_bytes(b"".join(_entry_pieces(source, manifest, Meter(place))))
