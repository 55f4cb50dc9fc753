"""The directory of a ZIP file, byte for byte (PKWARE APPNOTE 6.3.10, sections 4.3.7 to 4.3.16).

Only what the package format uses is understood; everything else that the standard allows (comments, encryption, data
descriptors, foreign extra fields, several disks) is a finding, because it would be bytes that no seal covers.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from casebound_packaging.errors import UnreadablePackage
from casebound_packaging.finding import Finding
from casebound_packaging.placedfile import PlacedFile

_END = struct.Struct("<4sHHHHIIH")
_END64 = struct.Struct("<4sQHHIIQQQQ")
_LOCATOR64 = struct.Struct("<4sIQI")
_CENTRAL = struct.Struct("<4sHHHHHHIIIHHHHHII")
_LOCAL = struct.Struct("<4sHHHHHIIIHH")
_ZIP64_ID = 0x0001
_LONGEST_EXTRA = 20  # zip64 with both sizes
_BIG, _BIG16 = 0xFFFFFFFF, 0xFFFF
_DATE_1980 = 0x0021  # 1 January 1980 in DOS form
_LARGEST_DIRECTORY = 64 << 20  # 200,000 entries with the longest names are 40
REPACKED = (
    "The entry was not written as the format says (date, mode or system). Another program may have packed the files"
    " again: unpack them and check the folder."
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry as the central directory states it."""

    name: str
    raw_name: bytes
    version: int
    flags: int
    method: int
    time: int
    date: int
    crc: int
    compressed: int
    size: int
    offset: int

    def compare_local(self, file: PlacedFile) -> tuple[list[Finding], int]:
        """Findings where the header in front of the data says anything else than the directory, and where data start.

        One read: a header that says what the directory says is not longer than what is asked for.
        """
        head = file.read(self.offset, _LOCAL.size + len(self.raw_name) + _LONGEST_EXTRA)
        if len(head) < _LOCAL.size or head[:4] != b"PK\x03\x04":
            return [Finding("container", self.name, "The entry is not where the ZIP directory says.")], self.offset
        _, version, flags, method, time, date, crc, compressed, size, name_length, extra_length = _LOCAL.unpack_from(
            head
        )
        named = _LOCAL.size + name_length
        name, extra = head[_LOCAL.size : named], head[named : named + extra_length]
        findings = []
        if extra_length:
            try:
                if extra_length > _LONGEST_EXTRA:
                    raise ValueError("has an extra field that a package does not have")
                size, compressed, _ = _widened(extra, size, compressed, 0, local=True)
            except ValueError as error:
                findings.append(Finding("container", self.name, f"The entry's own header {error}."))
        if name != self.raw_name:
            findings.append(
                Finding("container", self.name, "The entry's own header gives another name.", self.name, _text(name))
            )
        stated = (self.version, self.flags, self.method, self.time, self.date, self.crc, self.compressed, self.size)
        own = (version, flags, method, time, date, crc, compressed, size)
        if own != stated:
            findings.append(
                Finding(
                    "container",
                    self.name,
                    "The entry's own header differs from the ZIP directory.",
                    str(stated),
                    str(own),
                )
            )
        return findings, self.offset + named + extra_length


@dataclass(frozen=True, slots=True)
class Directory:
    """All entries in directory order; `start` is where the directory begins, in bytes."""

    entries: tuple[Entry, ...]
    start: int
    findings: tuple[Finding, ...]


def read_directory(file: PlacedFile, path: Path) -> Directory:
    """Read the directory. Raises `UnreadablePackage` where there is none that can be followed."""
    length, head = file.length, file.read(0, 4)
    if length == 0:
        raise UnreadablePackage(
            f"{path.name} is empty.",
            "Ask the sender for the file again.",
            where=str(path),
            meaning="Nothing was checked.",
        )
    end = _find_end(file, length)
    if end < 0:
        if head == b"PK\x03\x04":
            raise UnreadablePackage(
                f"{path.name} is cut off or damaged: the directory at its end is missing ({length} bytes are there).",
                "Copy or download the file again, then compare its size with the sender's.",
                meaning="Nothing in it could be checked.",
                where=str(path),
            )
        raise UnreadablePackage(
            f"{path.name} is not a ZIP file, so it is not an evidence package.",
            "Choose the ZIP file that you were sent, or the folder unpacked from it.",
            where=str(path),
        )
    findings: list[Finding] = []
    _, disk, start_disk, here, count, size, start, comment = _END.unpack(file.read(end, _END.size))
    if comment or end + _END.size != length:
        after = length - end - _END.size
        findings.append(Finding("container", "", "There are bytes after the end of the ZIP.", "0", str(after)))
    if disk or start_disk:
        findings.append(Finding("container", "", "The ZIP is one part of several."))
    finish = end
    if _BIG in (size, start) or _BIG16 in (here, count):
        finish, here, count, size, start = _end64(file, end, path)
    if here != count:
        findings.append(Finding("container", "", "The ZIP counts its entries in two ways.", str(count), str(here)))
    if start + size != finish:
        findings.append(
            Finding("container", "", "The ZIP directory does not end where it should.", str(finish), str(start + size))
        )
    if start > finish or finish - start > _LARGEST_DIRECTORY:
        raise _damaged(path)
    block = file.read(start, finish - start)
    entries, more = _entries(block, path)
    findings += more
    if len(entries) != count:
        findings.append(
            Finding("container", "", "The ZIP does not have as many entries as it says.", str(count), str(len(entries)))
        )
    return Directory(tuple(entries), start, tuple(findings))


def _damaged(path: Path) -> UnreadablePackage:
    return UnreadablePackage(
        f"The directory of {path.name} is damaged.",
        "Copy or download the file again, then compare its size with the sender's.",
        meaning="Nothing in it could be checked.",
        where=str(path),
    )


def _find_end(file: PlacedFile, length: int) -> int:
    """Offset of the end record, or -1. The one at the very end wins; only then is one further up looked for."""
    tail_length = min(length, _END.size + 0xFFFF)
    tail = file.read(length - tail_length, tail_length)
    if len(tail) >= _END.size and tail[-_END.size :].startswith(b"PK\x05\x06") and tail[-2:] == b"\0\0":
        return length - _END.size
    found = tail.rfind(b"PK\x05\x06", 0, max(len(tail) - _END.size + 4, 0))
    return length - tail_length + found if found >= 0 else -1


def _end64(file: PlacedFile, end: int, path: Path) -> tuple[int, int, int, int, int]:
    """(where the directory must finish, entries here, entries, directory size, directory start) of a zip64 file."""
    place = end - _LOCATOR64.size
    if place < _END64.size:
        raise _damaged(path)
    mark, disk, offset, disks = _LOCATOR64.unpack(file.read(place, _LOCATOR64.size))
    if mark != b"PK\x06\x07" or disk or disks != 1 or offset + _END64.size != place:
        raise _damaged(path)
    mark, length, _, _, disk, start_disk, here, count, size, start = _END64.unpack(file.read(offset, _END64.size))
    if mark != b"PK\x06\x06" or length != _END64.size - 12 or disk or start_disk:
        raise _damaged(path)
    return offset, here, count, size, start


def _entries(block: bytes, path: Path) -> tuple[list[Entry], list[Finding]]:
    entries: list[Entry] = []
    findings: list[Finding] = []
    place = 0
    while place < len(block):
        if len(block) - place < _CENTRAL.size or block[place : place + 4] != b"PK\x01\x02":
            raise _damaged(path)
        (_, made_by, version, flags, method, time, date, crc, compressed, size, *rest) = _CENTRAL.unpack_from(
            block, place
        )
        name_length, extra_length, comment_length, disk, internal, external, offset = rest
        place += _CENTRAL.size
        variable = name_length + extra_length + comment_length
        if place + variable > len(block):
            raise _damaged(path)
        raw_name = block[place : place + name_length]
        extra = block[place + name_length : place + name_length + extra_length]
        place += variable
        name = _text(raw_name)
        try:
            size, compressed, offset = _widened(extra, size, compressed, offset)
        except ValueError as error:
            findings.append(Finding("container", name, f"The ZIP directory {error}."))
        entry = Entry(name, raw_name, version, flags, method, time, date, crc, compressed, size, offset)
        entries.append(entry)
        findings += _oddities(entry, made_by, external, internal, comment_length, disk)
    repacked = [finding for finding in findings if finding.problem == REPACKED][:1]  # once is enough
    return entries, [finding for finding in findings if finding.problem != REPACKED] + repacked


def _oddities(entry: Entry, made_by: int, external: int, internal: int, comment: int, disk: int) -> Iterator[Finding]:
    """What the package format does not allow in one entry."""
    kind = external >> 28
    problems = (
        (entry.flags & 0x2041, "The entry is encrypted."),
        (entry.flags & ~0x2041, "The entry uses ZIP features that a package does not have."),
        (entry.method not in (0, 8), "The entry is packed by an unknown method."),
        (entry.method == 0 and entry.size != entry.compressed, "The entry's sizes do not match."),
        (kind == 0o12, "The entry is a link."),
        (kind not in (0, 0o10, 0o12), "The entry is not a file."),
        (comment, "The entry has a comment."),
        (disk, "The entry lies in another part of the ZIP."),
    )
    faults = [problem for fault, problem in problems if fault]
    for problem in faults:
        yield Finding("container", entry.name, problem)
    written = (made_by >> 8 == 3, external & 0x0FFFFFFF == 0o644 << 16, internal == 0, made_by & 0xFF in (10, 20, 45))
    if not (all(written) and entry.version in (10, 20, 45) and (entry.date, entry.time) == (_DATE_1980, 0)):
        yield Finding("container", entry.name, REPACKED)


def _widened(extra: bytes, size: int, compressed: int, offset: int, *, local: bool = False) -> tuple[int, int, int]:
    """Sizes and offset with zip64 applied. Raises `ValueError` (a clause) for any other or malformed extra field."""
    if not extra:
        return size, compressed, offset
    if len(extra) < 4:
        raise ValueError("has a malformed extra field")
    kind, length = struct.unpack_from("<HH", extra)
    if kind != _ZIP64_ID or length != len(extra) - 4:
        raise ValueError("has an extra field that a package does not have")
    values = list(struct.unpack(f"<{length // 8}Q", extra[4:])) if length % 8 == 0 else [-1]
    wanted = [size == _BIG, compressed == _BIG, offset == _BIG and not local]
    if len(values) != sum(wanted):
        raise ValueError("has a malformed zip64 field")
    taken = iter(values)
    return (
        next(taken) if wanted[0] else size,
        next(taken) if wanted[1] else compressed,
        next(taken) if wanted[2] else offset,
    )


def _text(raw: bytes) -> str:
    """A name for people and rules; bytes that are no UTF-8 stay visible."""
    return raw.decode("utf-8", "backslashreplace")
