"""Archives of exports: every trick refused by name, every member accounted for, nothing left behind."""

from __future__ import annotations

import bz2
import gzip
import hashlib
import io
import json
import lzma
import stat
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from casebound import packedstreams
from casebound.case import ColumnRole
from casebound.document import Case
from casebound.errors import BadSource, CaseboundError, NothingToDo
from casebound.events import Events
from casebound.foundtables import Fate
from casebound.importers.kinds import kind_of
from casebound.importing import bring_in, look, preview
from casebound.packedstreams import Meter, unpacked
from casebound.unpacking import container_of, readable
from casebound.work import Cancelled

SHARED = Path(__file__).parents[3] / "shared" / "data"
needs_shared = pytest.mark.skipif(not SHARED.exists(), reason="the shared data sets are not here")

ROWS = b"time,account_id,action\n2026-03-01T10:00:00Z,a1,login\n2026-03-01T10:00:01Z,a2,login\n"
PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gz": gzip.compress,
    "bz2": bz2.compress,
    "xz": lzma.compress,
    "zst": zstandard.ZstdCompressor(write_checksum=True).compress,
}


def zipped(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def state(case: Case) -> tuple[object, ...]:
    """What a case is, without its ledger: its sources and every file in it."""
    files = [path.relative_to(case.path).as_posix() for path in case.path.rglob("*") if path.is_file()]
    return case.snapshot().sources, sorted(name for name in files if not name.startswith("case.db"))


# Streams


@pytest.mark.parametrize("ending", PACKERS)
@pytest.mark.parametrize("step", [1, 13, 1 << 18])
def test_a_stream_comes_back_from_any_pieces(ending: str, step: int) -> None:
    method = {"gz": "gzip", "bz2": "bzip2", "xz": "xz", "zst": "zstd"}[ending]
    data = bytes(range(256)) * 40
    packed = PACKERS[ending](data[:5000]) + PACKERS[ending](data[5000:])

    def pieces(content: bytes) -> list[bytes]:
        return [content[at : at + step] for at in range(0, len(content), step)]

    meter = Meter("x")
    assert b"".join(unpacked(iter(pieces(packed)), method, meter)) == data
    assert (meter.packed, meter.unpacked, meter.notes) == (len(packed), len(data), [])
    loose = Meter("x")
    assert b"".join(unpacked(iter(pieces(packed + b"more\0\0of it")), method, loose)) == data
    assert loose.notes and "were not read" in loose.notes[0]
    for cut in (3, len(packed) // 3, len(packed) - 1):
        with pytest.raises(BadSource, match="is cut off"):
            list(unpacked(iter(pieces(packed[:cut])), method, Meter("x")))


@given(st.binary(max_size=300), st.sampled_from(["gzip", "bzip2", "xz", "zstd", "deflate", "stored"]))
@settings(max_examples=150)
def test_any_bytes_unpack_or_are_refused(content: bytes, method: str) -> None:
    magic = {"gzip": b"\x1f\x8b\x08", "bzip2": b"BZh9", "xz": b"\xfd7zXZ\0", "zstd": b"(\xb5/\xfd"}.get(method, b"")
    for data in (content, magic + content):
        try:
            list(unpacked(iter([data]), method, Meter("x")))
        except BadSource as error:
            assert error.title.startswith("“x” is ")


@pytest.mark.parametrize("ending", ["gz", "zst", "xz"])
def test_a_bomb_is_given_up(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"zeros.csv.{ending}"
    path.write_bytes(PACKERS[ending](bytes(packedstreams.BOMB_SIZE + (8 << 20))))
    with pytest.raises(BadSource, match="more than 500 times its size"):
        preview(path)


@pytest.mark.parametrize("ending", PACKERS)
def test_a_packed_file_is_one_member(case: Case, tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"logins.csv.{ending}"
    path.write_bytes(PACKERS[ending](ROWS))
    (source,) = bring_in(case, path)
    assert (source.name, source.member, source.table, source.format) == (path.name, "logins.csv", "logins", "csv")
    assert (source.read, source.kept) == (2, 2)
    assert case.evidence_path(source.sha256).read_bytes() == path.read_bytes()
    assert source.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


# Tricks, each made by hand: a ZIP whose directory or headers were changed


def entry_places(data: bytes) -> tuple[int, list[int]]:
    """Where the central directory begins, and each of its entries."""
    end = data.rindex(b"PK\x05\x06")
    count, _, start = struct.unpack_from("<HII", data, end + 10)
    places, at = [], start
    for _ in range(count):
        places.append(at)
        name, extra, comment = struct.unpack_from("<HHH", data, at + 28)
        at += 46 + name + extra + comment
    return start, places


def patched(data: bytes, *changes: tuple[int, bytes]) -> bytes:
    made = bytearray(data)
    for at, content in changes:
        made[at : at + len(content)] = content
    return bytes(made)


def renamed(old: bytes, new: bytes) -> bytes:
    return zipped({"a.csv": ROWS, old.decode(): ROWS}).replace(old, new)


def linked() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        info = zipfile.ZipInfo("link.csv")
        info.create_system, info.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
        archive.writestr(info, "/etc/passwd")
    return buffer.getvalue()


def overlapping() -> bytes:
    data = zipped({"a.csv": ROWS, "b.csv": ROWS}, zipfile.ZIP_STORED)
    _, (_, second) = entry_places(data)
    return patched(data, (second + 42, struct.pack("<I", 10)))


def lying(field: int, value: int) -> bytes:
    data = zipped({"a.csv": ROWS})
    _, (first,) = entry_places(data)
    return patched(data, (first + field, struct.pack("<I", value)))


def two_ends() -> bytes:
    inner, outer = zipped({"a.csv": ROWS}), zipped({"b.csv": ROWS})
    end = outer.rindex(b"PK\x05\x06")
    return patched(outer, (end + 20, struct.pack("<H", len(inner)))) + inner


def split() -> bytes:
    data = zipped({"a.csv": ROWS})
    return patched(data, (data.rindex(b"PK\x05\x06") + 4, struct.pack("<H", 1)))


def other_name() -> bytes:
    data = zipped({"a.csv": ROWS})
    return patched(data, (30, b"b.csv"))


TRICKS: dict[str, tuple[bytes, str]] = {
    "absolute": (renamed(b"xetc/b.csv", b"/etc/b.csv"), "is an absolute path"),
    "climbing": (renamed(b"xx/b.csv", b"../b.csv"), "climbs out of its folder"),
    "climbing by backslash": (renamed(b"x/xx/b.csv", b"x\\..\\b.csv"), "climbs out of its folder"),
    "drive letter": (renamed(b"Cx/b.csv", b"C:/b.csv"), "begins with a drive letter"),
    "network path": (renamed(b"xxhost/b.csv", b"\\\\host/b.csv"), "is a network path"),
    "control characters": (renamed(b"b_.csv", b"b\x1b.csv"), "contains control characters"),
    "link": (linked(), "is a link to another place"),
    "twice the same name": (renamed(b"b.csv", b"a.csv"), "two entries are called"),
    "names alike but for case": (zipped({"Rows.csv": ROWS, "rows.CSV": ROWS}), "is the same file as"),
    "names alike but for composition": (zipped({"é.csv": ROWS, "e\u0301.csv": ROWS}), "is the same file as"),
    "overlap": (overlapping(), "overlaps the entry before it"),
    "size lie": (lying(24, 5), "how large it is"),
    "checksum lie": (lying(16, 7), "how large it is"),
    "two names": (other_name(), "has another name in its own header"),
    "two ends": (two_ends(), "two ends"),
    "several parts": (split(), "one part of an archive of several parts"),
    "bytes after the end": (zipped({"a.csv": ROWS}) + b"more", "bytes after its end"),
    "half written": (zipped({"a.csv": ROWS * 50})[:-30], "cut off or damaged"),
    "a bang between two files": (
        zipped({"a.json": b'{"b": [{"id": 1}]}', "a.json!b": ROWS}),
        "cannot be told from a part of",
    ),
}


@pytest.mark.parametrize("trick", TRICKS)
def test_every_trick_is_refused_by_name(case: Case, tmp_path: Path, trick: str) -> None:
    data, words = TRICKS[trick]
    path = tmp_path / "export.zip"
    path.write_bytes(data)
    before = state(case)
    with pytest.raises(BadSource, match=words) as refused:
        bring_in(case, path)
    assert refused.value.hint
    assert "export.zip" in refused.value.where
    assert state(case) == before


@given(st.data())
@settings(max_examples=120)
def test_a_changed_byte_never_crashes(data: st.DataObject) -> None:
    good = zipped({"a.csv": ROWS, "b/c.jsonl": b'{"id": 1}\n' * 5})
    made = bytearray(good)
    for _ in range(data.draw(st.integers(1, 3))):
        made[data.draw(st.integers(0, len(good) - 1))] = data.draw(st.integers(0, 255))
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.zip"
        path.write_bytes(bytes(made))
        try:
            looked = look(path)
        except CaseboundError as error:
            assert error.title
        else:
            names = [one.member for one in looked.previews] + [one.member for one in looked.left_out]
            assert len({name.partition("!")[0] for name in names}) <= 2


@needs_shared
def test_zips_of_other_people_that_are_odd_but_sound(tmp_path: Path) -> None:
    found: dict[str, int] = {}
    refused = {}
    for path in sorted((SHARED / "zip-hostile" / "success").glob("*.zip")):
        try:
            looked = look(path)
            found[path.stem] = len(looked.previews) + len(looked.left_out)
        except BadSource as error:
            refused[path.stem] = error.title
    assert refused.pop("sloppy-filenames").endswith("has another name in its own header, “a.txt”.")
    assert "control characters" in refused.pop("unicode-path-extra-field")
    assert not refused
    assert found.pop("everything") == 1003
    assert found.pop("empty") == 0
    assert len(found) == 18
    assert set(found.values()) <= {1, 2}


@needs_shared
@pytest.mark.skipif(not (SHARED / "zip-hostile" / "failure").exists(), reason="the hostile ZIPs are not here")
def test_hostile_zips_of_other_people_are_refused() -> None:
    for path in sorted((SHARED / "zip-hostile" / "failure").glob("*.zip")):
        with pytest.raises(BadSource):
            preview(path)


# Members


@pytest.fixture
def mixed(tmp_path: Path) -> Path:
    """Tables of several kinds, nested ones, and things that are no tables."""
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "payments"
    sheet.append(["payment_id", "ts", "amount"])
    sheet.append(["p1", "2026-03-01T09:00:00Z", 5])
    workbook = io.BytesIO()
    book.save(workbook)
    path = tmp_path / "export.zip"
    manifest = {"export_id": "E-7", "row_counts": {"logins.csv": 3}, "window_tz": "UTC"}
    path.write_bytes(
        zipped(
            {
                "tables/logins.csv": ROWS,
                "tables/manifest.json": json.dumps(manifest).encode(),
                "tables/deep.csv.gz": gzip.compress(ROWS.replace(b"login", b"logout")),
                "tables/book.xlsx": workbook.getvalue(),
                "tables/all.json": b'{"one": [{"id": "1", "time": "2026-03-01"}], "two": [{"id": "2"}, {"id": "3"}]}',
                "notes/readme.txt": b"What this is.\nNothing else.\n",
                "notes/plan.png": b"\x89PNG\r\n\x1a\n" + bytes(50),
                "notes/more.zip": zipped({"x.csv": ROWS}),
                "notes/empty.csv": b"",
                "notes/twice.csv.gz": gzip.compress(gzip.compress(ROWS)),
            }
        )
    )
    return path


def test_every_member_is_accounted_for(case: Case, mixed: Path) -> None:
    looked = look(mixed)
    assert {one.member: one.fate for one in looked.left_out} == {
        "tables/manifest.json": Fate.MANIFEST,
        "notes/readme.txt": Fate.NO_TABLE,
        "notes/plan.png": Fate.NO_TABLE,
        "notes/more.zip": Fate.UNREADABLE,
        "notes/empty.csv": Fate.NO_TABLE,
        "notes/twice.csv.gz": Fate.UNREADABLE,
    }
    sources = bring_in(case, mixed, previews=looked.previews, left_out=looked.left_out)
    assert {(one.member, one.table, one.format, one.read) for one in sources} == {
        ("tables/logins.csv", "logins", "csv", 2),
        ("tables/deep.csv.gz", "deep", "csv", 2),
        ("tables/book.xlsx!payments", "book", "xlsx", 1),
        ("tables/all.json!one", "one", "json", 1),
        ("tables/all.json!two", "two", "json", 2),
    }
    assert len({one.sha256 for one in sources}) == 1
    told = " ".join(sources[0].warnings)
    for one in looked.left_out:
        assert (f"“{one.member}”" in told) is (one.fate is not Fate.MANIFEST)
    logins = next(one for one in sources if one.table == "logins")
    assert logins.expected == 3
    assert any("3 rows were stated" in words for words in logins.warnings)
    assert not list(case.path.rglob("unpacked"))


def test_one_member_can_be_looked_at_again_by_itself(mixed: Path) -> None:
    """As when a person changes how one table is read: the others are not unpacked for it."""
    (again,) = preview(mixed, mapping={"columns": {"account_id": "text"}}, member="tables/logins.csv")
    assert (again.member, again.mapping.named(ColumnRole.ACTOR)) == ("tables/logins.csv", "")
    assert {one.member for one in preview(mixed, member="tables/all.json!two")} == {
        "tables/all.json!one",
        "tables/all.json!two",
    }


def test_a_row_is_found_again_in_the_archive(case: Case, mixed: Path) -> None:
    bring_in(case, mixed)
    with Events.open(case.path, case.snapshot().sources) as events:
        found = {events.raw(one.id).text for one in events.page(0, events.count)}
    assert "2026-03-01T10:00:01Z,a2,login" in found
    assert "2026-03-01T10:00:01Z,a2,logout" in found
    assert '{"id": "1", "time": "2026-03-01"}' in found


def test_a_renamed_workbook_is_still_one(case: Case, mixed: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(mixed) as archive:
        (tmp_path / "payments.bin").write_bytes(archive.read("tables/book.xlsx"))
    (source,) = bring_in(case, tmp_path / "payments.bin")
    assert (source.format, source.member) == ("xlsx", "payments")


def test_an_archive_with_a_password_says_so(case: Case, tmp_path: Path) -> None:
    data = zipped({"a.csv": ROWS})
    _, (first,) = entry_places(data)
    path = tmp_path / "locked.zip"
    path.write_bytes(patched(data, (6, b"\x01\0"), (first + 8, b"\x01\0")))
    with pytest.raises(BadSource, match="locked with a password") as refused:
        bring_in(case, path)
    assert "“a.csv”" in refused.value.title


def test_a_damaged_member_does_not_stop_the_others(case: Case, tmp_path: Path) -> None:
    data = zipped({"good.csv": ROWS, "bad.csv": ROWS + b"2026-03-01T10:00:02Z,a3,login\n"}, zipfile.ZIP_STORED)
    path = tmp_path / "export.zip"
    path.write_bytes(data.replace(b"a3,login", b"a4,login"))
    (source,) = bring_in(case, path)
    assert source.member == "good.csv"
    assert any("“bad.csv”" in words and "checksum" in words for words in source.warnings)


KINDS = {
    "a workbook": (zipped({"[Content_Types].xml": b"<x/>", "xl/workbook.xml": b"<x/>"}), "workbook"),
    "a binary workbook": (zipped({"[Content_Types].xml": b"<x/>", "xl/workbook.bin": b"x"}), "workbook-old"),
    "a letter": (zipped({"[Content_Types].xml": b"<x/>", "word/document.xml": b"<x/>"}), "document"),
    "an open spreadsheet": (
        zipped({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b"<x/>"}, 0),
        "workbook-old",
    ),
    "a web capture": (zipped({"datapackage.json": b"{}", "archive/data.warc.gz": b"x"}), "wacz"),
    "an archive": (zipped({"a.csv": ROWS}), "zip"),
    "a packed web archive": (gzip.compress(b"WARC/1.0\r\nWARC-Type: warcinfo\r\n\r\n"), "warc"),
    "a packed table": (gzip.compress(ROWS), "gzip"),
    "a tar": (bytes(257) + b"ustar\x0000" + bytes(300), "tar"),
    "notes of macOS": (b"\0\x05\x16\x07" + bytes(60), "system-notes"),
}


@pytest.mark.parametrize("what", KINDS)
@pytest.mark.parametrize("name", ["x", "x.csv", "x.zip", "x.bin"])
def test_a_packed_file_is_judged_by_what_is_in_it(tmp_path: Path, what: str, name: str) -> None:
    content, kind = KINDS[what]
    (tmp_path / name).write_bytes(content)
    assert kind_of(tmp_path / name, name) == kind


# The same again


def test_the_same_table_in_an_archive_and_plain_is_known(case: Case, tmp_path: Path) -> None:
    plain, packed, archive = tmp_path / "logins.csv", tmp_path / "logins.csv.gz", tmp_path / "export.zip"
    plain.write_bytes(ROWS)
    packed.write_bytes(gzip.compress(ROWS))
    archive.write_bytes(zipped({"d/logins.csv": ROWS, "d/others.csv": ROWS.replace(b"a1", b"a9")}))
    bring_in(case, archive)
    for path in (plain, packed):
        before = state(case)
        with pytest.raises(NothingToDo, match=r"it is S-01, “d/logins\.csv” in “export\.zip”"):
            bring_in(case, path)
        assert state(case) == before
    with pytest.raises(NothingToDo, match="already in the case"):
        bring_in(case, archive)


def test_an_archive_brings_in_what_is_new(case: Case, tmp_path: Path) -> None:
    plain, archive = tmp_path / "logins.csv", tmp_path / "export.zip"
    plain.write_bytes(ROWS)
    archive.write_bytes(zipped({"logins.csv": ROWS, "others.csv": ROWS.replace(b"a1", b"a9")}))
    bring_in(case, plain)
    (source,) = bring_in(case, archive)
    assert source.member == "others.csv"
    assert any("“logins.csv” in “export.zip” is already in the case: it is S-01" in one for one in source.warnings)


# Stop


@pytest.mark.parametrize("stage", ["Unpacking", "Reading"])
def test_a_stop_leaves_nothing(case: Case, tmp_path: Path, stage: str) -> None:
    path = tmp_path / "export.zip"
    path.write_bytes(zipped({"a.csv": ROWS, "b.csv": ROWS.replace(b"a1", b"a8")}))
    previews = preview(path)
    before = state(case)
    seen: list[str] = []

    def stop(done: int, total: int, note: str = "") -> None:
        seen.append(note)
        if note.startswith(stage) and note.endswith("b.csv"):
            raise Cancelled

    with pytest.raises(Cancelled):
        bring_in(case, path, previews=previews, progress=stop)
    assert any(note.endswith("a.csv") for note in seen)
    assert state(case) == before


def test_the_scratch_copy_goes_with_the_block(tmp_path: Path) -> None:
    path, scratch = tmp_path / "a.csv.gz", tmp_path / "scratch"
    path.write_bytes(gzip.compress(ROWS))
    assert container_of(path, path.name) == "gzip"
    with readable(path, path.name, "a.csv", scratch) as opened:
        assert opened.path.read_bytes() == ROWS
        assert opened.path.parent == scratch
    assert not scratch.exists()
    with pytest.raises(RuntimeError, match="on purpose"), readable(path, path.name, "a.csv", scratch):
        raise RuntimeError("on purpose")
    assert not scratch.exists()


# Real archives


@needs_shared
@pytest.mark.parametrize(
    ("name", "member", "read"),
    [
        (
            "otrf-security-datasets-aws/aws/collection/ec2_proxy_s3_exfiltration.zip",
            "ec2_proxy_s3_exfiltration_2020-09-14011940.json",
            103,
        ),
        ("csvkit-examples/dummy.csv.gz", "dummy.csv", 1),
        ("csvkit-examples/dummy.csv.bz2", "dummy.csv", 1),
        ("frictionless-data/table.csv.gz", "table.csv", 2),
        ("frictionless-data/table.csv.zip", "table.csv", 2),
    ],
)
def test_real_archives(case: Case, name: str, member: str, read: int) -> None:
    (source,) = bring_in(case, SHARED / name)
    assert (source.member, source.read, source.kept + source.quarantined + source.duplicates) == (member, read, read)
