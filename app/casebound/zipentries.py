"""The directory of a ZIP that somebody sent (PKWARE APPNOTE 6.3.10), examined before anything in it is read.

What other programs write without meaning harm is understood: data descriptors, extra fields, comments, zip64. What
makes two programs see two different archives, or a name mean a place outside, is refused by name, and with it the
whole archive. Nothing is ever extracted to a path of the archive's choosing.
"""

from __future__ import annotations

import re
import struct
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from casebound.errors import BadSource
from casebound.zipcentral import ZIP64, Stated, Trick, central, extra_fields, refusal, told_name, widened_sizes
from casebound_packaging.membername import twin_key

MOST_BYTES = 1 << 40  # of contents in all
_PIECE = 1 << 18  # bytes read at once
_LONGEST_NAME = 1_000
_LOCAL = struct.Struct("<4sHHHHHIIIHH")
_BIG, _BIG16 = 0xFFFFFFFF, 0xFFFF
_ENCRYPTED, _DESCRIPTOR, _PATCHED, _STRONG, _UTF8, _MASKED = 0x0001, 0x0008, 0x0020, 0x0040, 0x0800, 0x2000
_DESCRIPTOR_SIZE = 24  # at most: mark, CRC, two sizes of zip64
_UNIX = (3, 19)  # systems whose entries carry a file mode: Unix, macOS
METHODS = {0: "stored", 8: "deflate", 12: "bzip2", 93: "zstd", 95: "xz"}
"""Ways of packing that are read, by their number in a ZIP."""
_OTHER_METHODS = {1: "Shrink", 6: "Implode", 9: "Deflate64", 14: "LZMA", 97: "WavPack", 98: "PPMd", 99: "AES"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of the archive. `refused` says why it alone cannot be read; "" for one that can."""

    name: str  # with / between folders
    method: int
    crc: int
    packed: int
    size: int
    offset: int  # of its own header
    data: int  # of its first packed byte
    refused: str = ""


def packed_pieces(source: BinaryIO, entry: Entry) -> Iterator[bytes]:
    """The packed bytes of an entry, piece by piece; fewer where the file ends before them."""
    place, left = entry.data, entry.packed
    while left:
        source.seek(place)
        piece = source.read(min(_PIECE, left))
        if not piece:
            return
        place, left = place + len(piece), left - len(piece)
        yield piece


@dataclass(frozen=True, slots=True)
class Directory:
    """The files of an archive in the order of its directory, without folders; and what is odd about it."""

    entries: tuple[Entry, ...]
    notes: tuple[str, ...]


def read_directory(path: Path, name: str) -> Directory:
    """Examine the archive `path`, called `name`. Raises `BadSource` naming what is wrong with it."""
    with path.open("rb") as file:
        stated, start = central(file, name)
        tricks = [*_names(stated), *_kinds(stated), *_sizes(stated)]
        if tricks:
            raise refusal(name, tricks)
        entries, notes, tricks = _placed(file, stated, start)
        if tricks:
            raise refusal(name, tricks)
    return Directory(tuple(entries), tuple(notes))


def names_in(path: Path) -> frozenset[str]:
    """The names that the directory states, unexamined; none where there is no directory that can be followed."""
    try:
        with path.open("rb") as file:
            return frozenset(entry.name for entry in central(file, path.name)[0])
    except (BadSource, OSError):
        return frozenset()


# What is refused


def _names(entries: list[Stated]) -> Iterator[Trick]:
    seen: dict[str, str] = {}
    for entry in entries:
        problem = _name_problem(entry.name)
        if problem:
            yield Trick(entry.name, problem)
        parts = [part for part in entry.name.split("/") if part not in ("", ".")]
        twin = seen.setdefault(twin_key("/".join(parts)), entry.name)
        if twin is entry.name:
            continue
        if twin == entry.name:
            yield Trick(entry.name, "two entries are called{item}")
        else:
            yield Trick(entry.name, f"on some systems{{item}} is the same file as “{_literal(twin)}”")


def _literal(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


def _name_problem(name: str) -> str:
    if not name:
        return "an entry has no name"
    if len(name) > _LONGEST_NAME:
        return f"the name of an entry is longer than {_LONGEST_NAME:,} characters"
    if name.startswith("//"):
        return "the name{item} is a network path"
    if name.startswith("/"):
        return "the name{item} is an absolute path"
    if re.match(r"[A-Za-z]:", name):
        return "the name{item} begins with a drive letter"
    if ".." in name.split("/"):
        return "the name{item} climbs out of its folder"
    if any(unicodedata.category(letter) == "Cc" for letter in name):
        return "the name{item} contains control characters"
    return ""


def _kinds(entries: list[Stated]) -> Iterator[Trick]:
    for entry in entries:
        kind = entry.external >> 28 if entry.made_by in _UNIX else 0
        if entry.disk not in (0, _BIG16):
            yield Trick(entry.name, "{item} lies in another part of the archive")
        if kind == 0o12:
            yield Trick(entry.name, "{item} is a link to another place")
        elif kind not in (0, 0o04, 0o10):
            yield Trick(entry.name, "{item} is a device, not a file")
        if entry.name.endswith("/") and (entry.size or entry.packed > 2):
            yield Trick(entry.name, "the folder{item} has contents of its own")


def _sizes(entries: list[Stated]) -> Iterator[Trick]:
    total = sum(entry.size for entry in entries)
    if total > MOST_BYTES:
        yield Trick("", f"its contents would be {total:,} bytes; {MOST_BYTES:,} can be unpacked")
    for entry in entries:
        plain = entry.method == 0 and not entry.flags & _ENCRYPTED
        if plain and entry.size != entry.packed:
            yield Trick(entry.name, "{item} is stored as it is, and yet states two different sizes")


def _placed(file: BinaryIO, stated: list[Stated], start: int) -> tuple[list[Entry], list[str], list[Trick]]:
    """Every entry at its place: none may overlap another or say otherwise than the directory."""
    placed: dict[int, Entry] = {}
    tricks: list[Trick] = []
    expected, loose = 0, 0
    for index in sorted(range(len(stated)), key=lambda at: stated[at].offset):
        entry = stated[index]
        if entry.offset < expected:
            tricks.append(Trick(entry.name, "{item} overlaps the entry before it".strip()))
            break
        loose += entry.offset - expected
        data, problem = _local(file, entry)
        if problem:
            tricks.append(Trick(entry.name, problem))
            break  # past a header that lies, places mean nothing
        expected = data + entry.packed
        if expected > start:
            tricks.append(Trick(entry.name, "the contents of{item} run past the end of the archive"))
            break
        if entry.flags & _DESCRIPTOR:
            expected += _descriptor(file, expected, entry)
        if not entry.name.endswith("/"):
            placed[index] = Entry(
                entry.name,
                entry.method,
                entry.crc,
                entry.packed,
                entry.size,
                entry.offset,
                data,
                _unreadable(entry),
            )
    loose += max(0, start - expected) if not tricks else 0
    notes = [f"{loose:,} bytes of the archive belong to no file in it and were not read."] if loose else []
    return [placed[index] for index in sorted(placed)], notes, tricks


def _local(file: BinaryIO, entry: Stated) -> tuple[int, str]:
    """Where the contents begin, and what the entry's own header says otherwise than the directory."""
    file.seek(entry.offset)
    fixed = file.read(_LOCAL.size)
    if len(fixed) < _LOCAL.size or fixed[:4] != b"PK\x03\x04":
        return 0, "{item} is not where the directory says"
    _, _, flags, method, _, _, crc, packed, size, name_length, extra_length = _LOCAL.unpack(fixed)
    raw, extra = file.read(name_length), file.read(extra_length)
    data = entry.offset + _LOCAL.size + name_length + extra_length
    if raw != entry.raw:
        other = _literal(told_name(raw, flags, {}))
        return 0, f"{{item}} has another name in its own header, “{other}”"
    alike = _ENCRYPTED | _DESCRIPTOR | _STRONG | _UTF8
    if method != entry.method or flags & alike != entry.flags & alike:
        return 0, "the directory says otherwise than the header of{item} how it is packed"
    fields = extra_fields(extra)
    widened = widened_sizes((fields or {}).get(ZIP64), size, packed, 0)
    if widened is None:
        return 0, "the zip64 sizes in the header of{item} are missing"
    size, packed, _ = widened
    own, directory = (crc, packed, size), (entry.crc, entry.packed, entry.size)
    left_open = bool(flags & _DESCRIPTOR) or bool(flags & _MASKED)
    fits = all(mine == theirs or (left_open and mine == 0) for mine, theirs in zip(own, directory, strict=True))
    return data, "" if fits else "the directory says otherwise than the header of{item} how large it is"


def _descriptor(file: BinaryIO, place: int, entry: Stated) -> int:
    """How many bytes after the contents repeat their sizes."""
    file.seek(place)
    block = file.read(_DESCRIPTOR_SIZE)
    sizes = [struct.pack("<QQ", entry.packed, entry.size)]
    if max(entry.packed, entry.size) <= _BIG:
        sizes.append(struct.pack("<II", entry.packed, entry.size))
    for mark in (b"PK\x07\x08", b""):
        for size in sizes:
            words = mark + struct.pack("<I", entry.crc) + size
            if block.startswith(words):
                return len(words)
    return 0


def _unreadable(entry: Stated) -> str:
    """Why this entry alone cannot be read."""
    if entry.flags & (_ENCRYPTED | _STRONG | _MASKED) or entry.method == 99:
        return "it is locked with a password"
    if entry.flags & _PATCHED:
        return "it is a patch to another file, not a file"
    if entry.method not in METHODS:
        known = _OTHER_METHODS.get(entry.method)
        return (
            f"it is packed by {known}, which is not read"
            if known
            else (f"it is packed by a method that is not known (number {entry.method})")
        )
    return ""
