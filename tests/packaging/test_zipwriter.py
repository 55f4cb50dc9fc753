"""Our ZIP writer, read back by Python's own reader, by unzip, and by the strict reader of the verifier."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from programs import needs, run

from casebound_packaging import zipwriter
from casebound_packaging.zipreader import Archive
from casebound_packaging.zipwriter import ZipWriter


def write(path: Path, entries: Iterable[tuple[str, bytes, bool]]) -> Path:
    with path.open("w+b") as file:
        writer = ZipWriter(file)
        for name, data, deflate in entries:
            writer.add(name, len(data), lambda data=data: [data], deflate=deflate)  # type: ignore[misc]
        writer.finish()
    return path


def contents(path: Path) -> dict[str, bytes]:
    """By the strict reader; the archive must be without findings."""
    with Archive.open(path) as archive:
        assert archive.findings == (), archive.findings
        return {name: b"".join(archive.stream(name)) for name in archive.names}


ENTRIES = [("top/a.txt", b"text " * 1000, True), ("top/b.bin", bytes(range(256)) * 9, False), ("top/empty", b"", True)]


def test_every_reader_reads_the_same(tmp_path: Path) -> None:
    path = write(tmp_path / "a.zip", ENTRIES)
    wanted = {name: data for name, data, _ in ENTRIES}
    assert contents(path) == wanted
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name) for name in archive.namelist()} == wanted
        for info in archive.infolist():
            assert info.date_time == (1980, 1, 1, 0, 0, 0)
            assert (info.create_system, info.external_attr >> 16, info.extra, info.comment) == (3, 0o100644, b"", b"")
            assert info.flag_bits == 0
        assert [info.compress_type for info in archive.infolist()] == [8, 0, 0]


@needs("unzip")
def test_unzip_finds_no_fault(tmp_path: Path) -> None:
    write(tmp_path / "a.zip", ENTRIES)
    assert "No errors detected" in run("unzip -tqq a.zip && echo No errors detected", tmp_path).stdout


def test_what_does_not_shrink_is_stored(tmp_path: Path) -> None:
    noise = bytes((number * number * 31 + number // 7) % 256 for number in range(40)) + b"\x00\xff\x80"
    path = write(tmp_path / "a.zip", [("top/noise", noise, True), ("top/after", b"after" * 50, True)])
    with zipfile.ZipFile(path) as archive:
        assert archive.getinfo("top/noise").compress_type == 0
        assert archive.getinfo("top/after").compress_type == 8
    assert contents(path)["top/noise"] == noise


def test_what_shrinks_like_a_bomb_is_stored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Readers, ours among them, refuse large entries with such a ratio."""
    monkeypatch.setattr(zipwriter, "_BOMB_SIZE", 1 << 20)
    path = write(tmp_path / "a.zip", [("top/zeros", bytes(2 << 20), True), ("top/b", b"bb" * 99, True)])
    with zipfile.ZipFile(path) as archive:
        assert archive.getinfo("top/zeros").compress_type == 0
    assert contents(path)["top/zeros"] == bytes(2 << 20)


def test_entries_beyond_four_gigabytes_get_a_zip64_header(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sizes are called large early, so that the header can be tested without the gigabytes."""
    monkeypatch.setattr(zipwriter, "_NEAR_BIG", 100)
    path = write(tmp_path / "a.zip", ENTRIES)
    assert contents(path) == {name: data for name, data, _ in ENTRIES}
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        assert [info.create_version for info in archive.infolist()] == [45, 45, 20]


def test_more_than_65535_entries_get_a_zip64_directory(tmp_path: Path) -> None:
    path = write(tmp_path / "a.zip", ((f"top/{number}", b"", False) for number in range(65_600)))
    with zipfile.ZipFile(path) as archive:
        assert len(archive.namelist()) == 65_600
    assert len(contents(path)) == 65_600


@pytest.mark.parametrize("stated", [3, 5])
def test_content_of_another_length_is_refused(stated: int) -> None:
    writer = ZipWriter(io.BytesIO())
    with pytest.raises(ValueError):
        writer.add("top/a", stated, lambda: [b"12", b"34"], deflate=False)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.binary(max_size=3000), st.booleans()), max_size=6))
def test_whatever_goes_in_comes_out(tmp_path_factory: pytest.TempPathFactory, parts: list[tuple[bytes, bool]]) -> None:
    entries = [(f"top/{number}", data, deflate) for number, (data, deflate) in enumerate(parts)]
    path = write(tmp_path_factory.mktemp("zip") / "a.zip", entries)
    if entries:
        assert contents(path) == {name: data for name, data, _ in entries}
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
