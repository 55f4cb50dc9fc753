"""The central directory of a ZIP that somebody sent, byte for byte (PKWARE APPNOTE 6.3.10, 4.3.12 to 4.3.16)."""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from casebound.errors import BadSource

MOST_ENTRIES = 200_000
_LARGEST_DIRECTORY = 256 << 20
_END = struct.Struct("<4sHHHHIIH")
_END64 = struct.Struct("<4sQHHIIQQQQ")
_LOCATOR64 = struct.Struct("<4sIQI")
_CENTRAL = struct.Struct("<4sHHHHHHIIIHHHHHII")
_BIG, _BIG16 = 0xFFFFFFFF, 0xFFFF
_UTF8 = 0x0800
ZIP64 = 0x0001  # number of the extra field with sizes beyond 4 GiB


@dataclass(frozen=True, slots=True)
class Stated:
    """An entry as the directory states it."""

    name: str
    raw: bytes
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    offset: int
    made_by: int
    external: int
    disk: int


@dataclass(frozen=True, slots=True)
class Trick:
    """A reason to refuse the whole archive."""

    item: str
    problem: str


def central(file: BinaryIO, name: str) -> tuple[list[Stated], int]:
    """The entries as stated, and where the directory begins."""
    length = file.seek(0, 2)
    end = _find_end(file, length, name)
    file.seek(end)
    _, disk, start_disk, here, count, size, start, _ = _END.unpack(file.read(_END.size))
    finish = end
    if _BIG in (size, start) or _BIG16 in (here, count, disk, start_disk):
        finish, disk, start_disk, here, count, size, start = _end64(file, end, name)
    if disk or start_disk or here != count:
        raise refusal(name, [Trick("", "it is one part of an archive of several parts")])
    if start + size > finish or size > _LARGEST_DIRECTORY:
        raise _damaged(name, "the directory at its end lies outside the file")
    if start + size != finish:
        problem = f"its directory is not where it says, {finish - start - size:,} bytes are unaccounted for"
        raise refusal(name, [Trick("", problem)])
    if count > MOST_ENTRIES:
        raise refusal(name, [Trick("", f"it has {count:,} entries; {MOST_ENTRIES:,} can be read")])
    file.seek(start)
    entries = list(_entries(file.read(size), name))
    if len(entries) != count:
        raise refusal(name, [Trick("", f"it says that it has {count:,} entries, and has {len(entries):,}")])
    return entries, start


def _find_end(file: BinaryIO, length: int, name: str) -> int:
    """Where the end record stands: the one whose comment reaches exactly to the end of the file."""
    tail = min(length, _END.size + 0xFFFF)
    file.seek(length - tail)
    block = file.read(tail)
    places = [match.start() for match in re.finditer(re.escape(b"PK\x05\x06"), block)]
    whole = [at for at in places if at + _END.size <= tail]
    fitting = [at for at in whole if at + _END.size + struct.unpack_from("<H", block, at + 20)[0] == tail]
    if len(fitting) > 1:
        raise refusal(name, [Trick("", "it has two ends, so that two programs can see two different archives")])
    if fitting:
        return length - tail + fitting[0]
    if whole:
        raise refusal(name, [Trick("", "there are bytes after its end that are no part of it")])
    raise _damaged(name, "the ZIP directory at its end is missing")


def _end64(file: BinaryIO, end: int, name: str) -> tuple[int, int, int, int, int, int, int]:
    """Where the directory must finish, and the counts, sizes and places of a zip64 archive."""
    place = end - _LOCATOR64.size
    if place < _END64.size:
        raise _damaged(name, "the zip64 end record is missing")
    file.seek(place)
    mark, _, offset, _ = _LOCATOR64.unpack(file.read(_LOCATOR64.size))
    if mark != b"PK\x06\x07" or offset + _END64.size > place:
        raise _damaged(name, "the zip64 end record is missing")
    file.seek(offset)
    mark, length, _, _, disk, start_disk, here, count, size, start = _END64.unpack(file.read(_END64.size))
    if mark != b"PK\x06\x06" or offset + 12 + length != place:
        raise _damaged(name, "the zip64 end record is damaged")
    return offset, disk, start_disk, here, count, size, start


def _entries(block: bytes, name: str) -> Iterator[Stated]:
    place = 0
    while place < len(block):
        if len(block) - place < _CENTRAL.size or block[place : place + 4] != b"PK\x01\x02":
            raise _damaged(name, "an entry of its directory is not where it should be")
        _, made_by, _, flags, method, _, _, crc, packed, size, *rest = _CENTRAL.unpack_from(block, place)
        name_length, extra_length, comment_length, disk, _, external, offset = rest
        place += _CENTRAL.size
        if place + name_length + extra_length + comment_length > len(block):
            raise _damaged(name, "an entry of its directory is cut off")
        raw = block[place : place + name_length]
        extra = block[place + name_length : place + name_length + extra_length]
        place += name_length + extra_length + comment_length
        fields = extra_fields(extra)
        if fields is None:
            raise _damaged(name, f"the extra field of “{told_name(raw, flags, {})}” is cut off")
        told = told_name(raw, flags, fields)
        widened = widened_sizes(fields.get(ZIP64), size, packed, offset)
        if widened is None:
            raise _damaged(name, f"the zip64 sizes of “{told}” are missing")
        size, packed, offset = widened
        yield Stated(told, raw, flags, method, crc, packed, size, offset, made_by >> 8, external, disk)


def extra_fields(block: bytes) -> dict[int, bytes] | None:
    """The extra fields by their number; None where they do not fit their own lengths."""
    fields: dict[int, bytes] = {}
    place = 0
    while place + 4 <= len(block):
        number, length = struct.unpack_from("<HH", block, place)
        if place + 4 + length > len(block):
            return None
        fields.setdefault(number, block[place + 4 : place + 4 + length])
        place += 4 + length
    return None if block[place:].strip(b"\0") else fields


def widened_sizes(field: bytes | None, size: int, packed: int, offset: int) -> tuple[int, int, int] | None:
    """Sizes and offset with zip64 applied; None where a value is missing."""
    values = [size, packed, offset]
    wanted = [index for index, value in enumerate(values) if value == _BIG]
    if not wanted:
        return size, packed, offset
    if field is None or len(field) < 8 * len(wanted):
        return None
    for index, value in zip(wanted, struct.unpack_from(f"<{len(wanted)}Q", field), strict=True):
        values[index] = value
    return values[0], values[1], values[2]


def told_name(raw: bytes, flags: int, fields: dict[int, bytes]) -> str:
    """The name: UTF-8 where the entry says so or its bytes are, else the old DOS letters; / between folders."""
    own = fields.get(0x7075, b"")  # Info-ZIP's Unicode path, valid for exactly these bytes
    if len(own) > 5 and own[0] == 1 and struct.unpack_from("<I", own, 1)[0] == zlib.crc32(raw):
        raw, flags = own[5:], flags | _UTF8
    try:
        name = raw.decode("utf-8")
    except UnicodeDecodeError:
        name = raw.decode("utf-8", "backslashreplace") if flags & _UTF8 else raw.decode("cp437")
    return name.replace("\\", "/")


def refusal(name: str, tricks: list[Trick]) -> BadSource:
    first = tricks[0]
    shown = re.sub(r"[\x00-\x1f\x7f-\x9f]", lambda found: f"\\x{ord(found[0]):02x}", first.item)
    short = shown if len(shown) <= 100 else f"{shown[:99]}…"
    item = f" “{short}”" if first.item else ""
    problem = first.problem.format(item=item).strip()
    more = ""
    if len(tricks) > 1:
        more = f" {len(tricks) - 1:,} further {'entry is' if len(tricks) == 2 else 'entries are'} no better."
    return BadSource(
        f"“{name}” is refused: {problem}.{more}",
        "Ask for the files without an archive around them, or attach the archive as it is.",
        meaning="An archive made so can show different contents to different programs. Nothing of it was read.",
        where=f"{name}: {short}" if short else name,
    )


def _damaged(name: str, what: str) -> BadSource:
    return BadSource(
        f"“{name}” is cut off or damaged: {what}.",
        "Copy or export it again, and compare its size with the sender's.",
        meaning="Nothing in it could be read, and nothing was added.",
        where=name,
    )
