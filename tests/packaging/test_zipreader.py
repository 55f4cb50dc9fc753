"""ZIP files made to mislead: each is refused before anything in it is read, and the reason is named."""

from __future__ import annotations

import hashlib
import io
import os
import struct
import zipfile
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from isal import isal_zlib

from casebound_packaging.errors import UnreadablePackage
from casebound_packaging.membername import name_problem
from casebound_packaging.verify import Verdict, verify
from casebound_packaging.zipreader import Archive, DamagedEntry
from casebound_packaging.zipwriter import DEFLATED, Data, ZipWriter

TOP = "CASE-7-v1/"


def written(entries: dict[str, bytes], *, deflate: bool = False) -> bytearray:
    """A sound ZIP of our own form."""
    file = io.BytesIO()
    writer = ZipWriter(file)
    for name, content in entries.items():
        writer.add(name, len(content), lambda content=content: [content], deflate=deflate)
    writer.finish()
    return bytearray(file.getvalue())


def foreign(*entries: tuple[zipfile.ZipInfo | str, bytes], comment: bytes = b"") -> bytes:
    """A ZIP as Python's own library writes it, with whatever names."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", strict_timestamps=False) as archive:
        for info, content in entries:
            if isinstance(info, str):
                info = zipfile.ZipInfo(info, (1980, 1, 1, 0, 0, 0))
                info.create_system, info.external_attr = 3, 0o100644 << 16
            archive.writestr(info, content)
        archive.comment = comment
    return file.getvalue()


def info(name: str, **facts: int) -> zipfile.ZipInfo:
    made = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    made.create_system, made.external_attr = 3, 0o100644 << 16
    for key, value in facts.items():
        setattr(made, key, value)
    return made


def problems(tmp_path: Path, data: bytes) -> list[str]:
    path = tmp_path / "x.zip"
    path.write_bytes(data)
    with Archive.open(path) as archive:
        if archive.findings:
            with pytest.raises(DamagedEntry):
                list(archive.stream(archive.names[0]))
        return [finding.problem for finding in archive.findings]


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("/etc/passwd", "absolute"),
        ("../../evil.sh", "climbs"),
        ("CASE-7-v1/../../evil.sh", "climbs"),
        ("C:/Windows/evil.dll", "drive letter"),
        ("C:evil.dll", "drive letter"),
        ("//server/share/evil", "network path"),
        ("\\\\server\\share\\evil", "network path"),
        ("CASE-7-v1\\evil", "backslash"),
        ("CASE-7-v1/a:stream", "characters outside"),
        ("CASE-7-v1/CON.txt", "Windows reserves"),
        ("CASE-7-v1/com1", "Windows reserves"),
        ("CASE-7-v1/trailing.", "dot"),
        ("CASE-7-v1/.hidden", "dot"),
        ("CASE-7-v1/a b", "characters outside"),
        ("CASE-7-v1/ä", "characters outside"),
        ("CASE-7-v1/a\u202egnp.exe", "invisible"),
        ("CASE-7-v1/a\nb", "invisible"),
        ("CASE-7-v1/" + "x" * 120, "longer"),
        ("CASE-7-v1//x", "characters outside"),
        ("CASE-7-v1/", "folder"),
        ("", "empty"),
    ],
)
def test_names_that_are_refused(name: str, word: str) -> None:
    assert word in name_problem(name)


@pytest.mark.parametrize("name", ["CASE-7-v1/data/report.pdf", "a", "a/b-c_d.e", "CASE/console.txt", "x" * 119])
def test_names_that_are_good(name: str) -> None:
    assert name_problem(name) == ""


def test_a_sound_archive_is_read_in_its_order(tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    content = {TOP + "b": b"two" * 100_000, TOP + "a": b"", TOP + "c": bytes(range(256))}
    for deflate in (False, True):
        path.write_bytes(written(content, deflate=deflate))
        with Archive.open(path) as archive:
            assert archive.findings == ()
            assert archive.names == tuple(content)
            assert {name: b"".join(archive.stream(name)) for name in archive.names} == content
            assert archive.stored(TOP + "b") is not deflate
            with pytest.raises(DamagedEntry, match="larger than"):
                archive.read(TOP + "b", 10)


def _at(data: bytearray, mark: bytes, offset: int, value: bytes, occurrence: int = 0) -> bytearray:
    place = -1
    for _ in range(occurrence + 1):
        place = data.index(mark, place + 1)
    data[place + offset : place + offset + len(value)] = value
    return data


LOCAL, CENTRAL, END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
TWO = {TOP + "a": b"first" * 20, TOP + "b": b"second" * 20}


def _overlapping() -> bytes:
    """Two directory entries over one stretch of data, as in Fifield's bomb."""
    data = written({TOP + "a": b"x" * 50, TOP + "b": b"x" * 50})
    return _at(data, CENTRAL, 42, struct.pack("<I", 0), occurrence=1)


def _gap() -> bytes:
    data = written(TWO)
    start = data.index(CENTRAL)
    grown = data[:start] + b"hidden" + data[start:]
    return _at(grown, END, 16, struct.pack("<I", start + 6))


def _prefix() -> bytes:
    """Bytes before the first entry, with every offset put right (a self-extracting file)."""
    data, more = written(TWO), b"#!/bin/sh\n"
    for number in range(2):
        place = [i for i in range(len(data)) if data[i : i + 4] == CENTRAL][number]
        (offset,) = struct.unpack_from("<I", data, place + 42)
        struct.pack_into("<I", data, place + 42, offset + len(more))
    end = data.index(END)
    (start,) = struct.unpack_from("<I", data, end + 16)
    struct.pack_into("<I", data, end + 16, start + len(more))
    return more + data


HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "absolute": (lambda: foreign(("/etc/passwd", b"x")), "absolute"),
    "climbing": (lambda: foreign((TOP + "../../evil", b"x")), "climbs"),
    "drive": (lambda: foreign(("C:/evil", b"x")), "drive letter"),
    "network": (lambda: foreign(("//server/evil", b"x")), "network path"),
    "link": (lambda: foreign((info(TOP + "a", external_attr=0o120777 << 16), b"/etc/passwd")), "link"),
    "device": (lambda: foreign((info(TOP + "a", external_attr=0o020644 << 16), b"")), "not a file"),
    "folder entry": (lambda: foreign((TOP, b""), (TOP + "a", b"x")), "folder"),
    "case twins": (lambda: foreign((TOP + "a", b"x"), (TOP + "A", b"y")), "same file"),
    "composed twins": (lambda: foreign((TOP + "é", b"x"), (TOP + "e\u0301", b"y")), "same file"),
    "encrypted": (lambda: _at(_at(written(TWO), LOCAL, 6, b"\1"), CENTRAL, 8, b"\1"), "encrypted"),
    "data descriptor": (lambda: _at(_at(written(TWO), LOCAL, 6, b"\x08"), CENTRAL, 8, b"\x08"), "features"),
    "unknown method": (lambda: _at(_at(written(TWO), LOCAL, 8, b"\x0c"), CENTRAL, 10, b"\x0c"), "unknown method"),
    "other name inside": (lambda: _at(written(TWO), TOP.encode() + b"a", 10, b"z"), "another name"),
    "other size inside": (lambda: _at(written(TWO), LOCAL, 22, struct.pack("<I", 99)), "differs"),
    "other checksum inside": (lambda: _at(written(TWO), LOCAL, 14, b"\0\0\0\0"), "differs"),
    "sizes that do not match": (
        lambda: _at(_at(written(TWO), LOCAL, 22, struct.pack("<I", 99)), CENTRAL, 24, struct.pack("<I", 99)),
        "sizes do not match",
    ),
    "overlap": (_overlapping, "overlaps"),
    "bytes before": (_prefix, "before the first"),
    "bytes between": (_gap, "do not end where"),
    "bytes after": (lambda: bytes(written(TWO)) + b"more", "after the end"),
    "comment": (lambda: foreign((TOP + "a", b"x"), comment=b"hello"), "after the end"),
    "entry comment": (lambda: foreign((info(TOP + "a", comment=b"hello"), b"x")), "comment"),
    "foreign extra field": (lambda: foreign((info(TOP + "a", extra=b"UT\x05\0\1\0\0\0\0"), b"x")), "extra field"),
    "packed by another program": (
        lambda: foreign((info(TOP + "a", date_time=(2026, 1, 1, 0, 0, 0)), b"x")),
        "as the format",
    ),
    "count": (lambda: _at(written(TWO), END, 8, b"\1\0\1\0"), "as many entries"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_archives_are_refused_by_name(tmp_path: Path, name: str) -> None:
    make, word = HOSTILE[name]
    found = problems(tmp_path, bytes(make()))
    assert any(word in problem for problem in found), found


def test_two_entries_of_one_name(tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match="Duplicate name"):
        data = foreign((TOP + "a", b"x"), (TOP + "a", b"y"))
    assert any("Two entries" in problem for problem in problems(tmp_path, data))


def test_a_bomb_is_refused_by_its_ratio(tmp_path: Path) -> None:
    packed = zlib.compress(b"\0" * (80 << 20), 9)[2:-4]
    data = written({TOP + "a": b"x" * len(packed)})
    size = struct.pack("<I", 80 << 20)
    data = _at(_at(data, LOCAL, 8, b"\x08"), CENTRAL, 10, b"\x08")
    data = _at(_at(data, LOCAL, 22, size), CENTRAL, 24, size)
    assert any("far more" in problem for problem in problems(tmp_path, bytes(data)))


def test_an_entry_that_unpacks_to_more_than_stated_stops(tmp_path: Path) -> None:
    """The directory and the entry's own header agree on a lie; the limit is counted while reading."""
    data = written({TOP + "a": b"\0" * 5_000_000}, deflate=True)
    few = struct.pack("<I", 10)
    path = tmp_path / "x.zip"
    path.write_bytes(_at(_at(data, LOCAL, 22, few), CENTRAL, 24, few))
    with Archive.open(path) as archive:
        assert archive.findings == ()
        produced = 0
        with pytest.raises(DamagedEntry, match="more than the 10 bytes"):
            for piece in archive.stream(TOP + "a"):
                produced += len(piece)
        assert produced == 0


def test_damaged_data_is_told_as_such(tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    for deflate in (False, True):
        data = written({TOP + "a": b"some text " * 1000}, deflate=deflate)
        data[80] ^= 0xFF
        path.write_bytes(data)
        with Archive.open(path) as archive, pytest.raises(DamagedEntry):
            list(archive.stream(TOP + "a"))


def test_zip64_is_understood(tmp_path: Path) -> None:
    """A small entry with zip64 sizes in its own header only, as a streaming writer makes it."""
    content = b"hello"
    header = struct.pack(
        "<4sHHHHHIIIHH", LOCAL, 45, 0, 0, 0, 0x21, zlib.crc32(content), 0xFFFFFFFF, 0xFFFFFFFF, len(TOP) + 1, 20
    )
    entry = header + (TOP + "a").encode() + struct.pack("<HHQQ", 1, 16, 5, 5) + content
    plain = written({TOP + "a": content})
    directory = bytearray(plain[plain.index(CENTRAL) : plain.index(END)])
    struct.pack_into("<HH", directory, 4, 3 << 8 | 45, 45)
    end = struct.pack("<4sHHHHIIH", END, 0, 0, 1, 1, len(directory), len(entry), 0)
    path = tmp_path / "x.zip"
    path.write_bytes(entry + directory + end)
    with Archive.open(path) as archive:
        assert archive.findings == ()
        assert archive.read(TOP + "a", 10) == content


@pytest.mark.parametrize("name", ["empty", "text", "half", "cut in its directory", "missing", "a text folder"])
def test_what_is_no_package_is_said_to_be_none(tmp_path: Path, package: Path, name: str) -> None:
    data = package.read_bytes()
    path = tmp_path / "x.zip"
    if name == "a text folder":
        path.mkdir()
        (path / "notes.txt").write_text("nothing")
    elif name != "missing":
        path.write_bytes(
            {"empty": b"", "text": b"Dear Sir", "half": data[: len(data) // 2], "cut in its directory": data[:-40]}[
                name
            ]
        )
    report = verify(path)
    assert report.verdict is Verdict.NOT_A_PACKAGE
    assert report.exit_code() == 2
    assert report.headline == "Could not be checked"
    assert report.sentence.count(" ") > 5
    with pytest.raises(UnreadablePackage):
        Archive.open(path)


def test_a_zip_of_something_else_is_no_package(tmp_path: Path) -> None:
    path = tmp_path / "holiday.zip"
    path.write_bytes(foreign(("photos/beach.jpg", b"x")))
    assert verify(path).verdict is Verdict.NOT_A_PACKAGE


def test_a_hostile_zip_that_claims_to_be_a_package_is_not_verified(tmp_path: Path, package: Path) -> None:
    path = tmp_path / "x.zip"
    path.write_bytes(package.read_bytes() + b"more")
    report = verify(path)
    assert report.verdict is Verdict.NOT_VERIFIED
    assert [row.state for row in report.checks] == ["fail", *["not-checked"] * 5]
    assert {finding.check for finding in report.findings} == {"container"}


def test_what_zlib_refuses_is_refused(tmp_path: Path) -> None:
    """isal unpacks this stream, with its checksum right; unzip and Python do not, so neither do we (ADR 0014)."""
    stream = bytes.fromhex("05c1010100000802a02b5e532bfdbf201262a26be8c232615a77056bf0")
    inflater = isal_zlib.decompressobj(-15)
    content = inflater.decompress(stream)
    assert inflater.eof and len(content) > len(stream)
    path = tmp_path / "x.zip"
    with path.open("wb") as file:
        writer = ZipWriter(file)
        writer.begin(TOP + "a", Data(DEFLATED, zlib.crc32(content), len(stream), len(content)))
        writer.write(stream)
        writer.finish()
    with Archive.open(path) as archive:
        assert archive.findings == ()
        with pytest.raises(DamagedEntry, match="cannot be unpacked"):
            archive.digest(TOP + "a", lambda count: None)
    with zipfile.ZipFile(path) as archive, pytest.raises(zlib.error):
        archive.read(TOP + "a")


@pytest.mark.parametrize("system", ["preadv", "none"])
def test_several_threads_read_one_archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, system: str) -> None:
    """Also where the system has one position for all readers of a file, as Windows has."""
    if system == "none":
        monkeypatch.delattr(os, "preadv", raising=False)
    path = tmp_path / "x.zip"
    content = {f"{TOP}{number}": bytes([number]) * (number * 9_000) for number in range(40)}
    path.write_bytes(written(content))
    with Archive.open(path) as archive, ThreadPoolExecutor(4) as pool:
        digests = list(pool.map(lambda name: archive.digest(name, lambda count: None), list(content) * 3))
    assert digests == [hashlib.sha256(data).hexdigest() for data in content.values()] * 3


def test_a_file_that_is_cut_while_it_is_read_is_told(tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    path.write_bytes(written({TOP + "a": bytes(range(256)) * 9_000}))
    with Archive.open(path) as archive:
        pieces = archive.stream(TOP + "a")
        next(pieces)
        os.truncate(path, 300_000)
        with pytest.raises(DamagedEntry, match="cut off"):
            list(pieces)
