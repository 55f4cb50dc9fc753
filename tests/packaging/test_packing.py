"""Sealing in one pass: the ZIP is begun with the facts, in a workplace, and nothing stays of what was not sealed."""

from __future__ import annotations

import hashlib
import os
import threading
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from specimen import SEALED_AT, members_and_log, signed_report
from specimen_members import ORIGIN, Log

from casebound_packaging import packagerules, packing
from casebound_packaging.errors import CannotWrite, CaseboundError
from casebound_packaging.hashing import Hashing
from casebound_packaging.identity import Identity
from casebound_packaging.member import Member
from casebound_packaging.package import About, Draft, Sealed
from casebound_packaging.staging import ChangedFile
from casebound_packaging.verify import Trust, verify

ABOUT = About("CASE-7", "Northgate", ORIGIN, 1, None, "legal", "For Legal", None, limits=("PARTIAL", "REDACTED"))
LINE = b"2026-03-01T09:30:00Z,acc_000017,GET /v1/messages,200\n"


class Stop(Exception):
    """What a progress raises."""


@cache  # the salts of its texts are by chance
def parts(signer: Identity) -> tuple[list[Member], Log]:
    return members_and_log(signer)


def draft(signer: Identity, workplace: Path | None, *more: Member) -> Draft:
    members, log = parts(signer)
    return Draft(ABOUT, [*members, *more], log.lines, log.disclosures, signer, SEALED_AT, workplace=workplace)


def sealed(signer: Identity, folder: Path, workplace: Path | None, *more: Member) -> Sealed:
    with draft(signer, workplace, *more) as one:
        facts = one.facts()
        report = signed_report(folder / "report", signer, facts.package_id, facts.evidence_root)
        return one.seal(folder, report)


def other(path: str, content: bytes | Path, media_type: str) -> Member:
    return Member(path, "interchange", media_type, content)


@pytest.fixture
def more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Member]:
    """Large and small, before and behind package.json, text and not; what is large is called so early."""
    monkeypatch.setattr(packing, "_SMALL", 5_000)
    monkeypatch.setattr(packing, "_WAITING", 2_000)
    monkeypatch.setattr(packing, "_BATCH_OCTETS", 4_000)
    monkeypatch.setattr(packing, "_AHEAD", 2)
    noise, text = tmp_path / "noise.bin", tmp_path / "text.csv"
    noise.write_bytes(hashlib.shake_128(b"noise").digest(3 << 20))
    text.write_bytes(LINE * 60_000)
    kinds = [
        ("noise.bin", noise, "application/octet-stream"),
        ("text.csv", text, "text/csv"),
        ("noise.txt", noise, "text/plain"),
    ]
    return [
        *(other(f"data/a/{name}", content, media) for name, content, media in kinds),
        *(other(f"data/views/{name}", content, media) for name, content, media in kinds),
        *(other(f"data/b/{number}.txt", LINE * number, "text/plain") for number in range(90)),
        other("data/views/small.txt", LINE * 9, "text/plain"),
        other("data/views/middle.txt", LINE * 90, "text/plain"),
        other("data/views/empty.txt", b"", "text/plain"),
    ]


def test_one_pass_gives_what_two_give(signer: Identity, tmp_path: Path, more: list[Member]) -> None:
    (tmp_path / "two").mkdir()
    (tmp_path / "one" / "work").mkdir(parents=True)
    twice = sealed(signer, tmp_path / "two", None, *more)
    once = sealed(signer, tmp_path / "one", tmp_path / "one" / "work", *more)
    assert list((tmp_path / "one" / "work").iterdir()) == []
    assert once.evidence_root == twice.evidence_root
    for made in (once, twice):
        data = made.path.read_bytes()
        assert (made.size, made.sha256) == (len(data), hashlib.sha256(data).hexdigest())
        assert verify(made.path, Trust()).findings == ()
    with zipfile.ZipFile(once.path) as one, zipfile.ZipFile(twice.path) as two:
        assert one.namelist() == two.namelist()
        assert one.testzip() is None
        payload = [name for name in one.namelist() if "/data/" in name]
        assert payload == sorted(payload)
        kept = [name for name in payload if not name.endswith(("report.pdf", "package.json", ".checkpoint"))]
        assert all(one.getinfo(name).CRC == two.getinfo(name).CRC for name in kept)
        kinds = {name.rpartition("/")[2]: one.getinfo(name).compress_type for name in payload if "/a/" in name}
        assert kinds == {"noise.bin": 0, "noise.txt": 0, "text.csv": 8}


def swapped(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(data[::-1])


def cut(path: Path) -> None:
    os.truncate(path, 100)


def lengthened(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"more")


BETWEEN = [("data/a/late.bin", change) for change in (swapped, cut, lengthened)]
BEHIND = [("data/views/late.bin", change) for change in (swapped, cut, lengthened, Path.unlink)]


@pytest.mark.parametrize(("place", "change"), [*BETWEEN, *BEHIND])
def test_what_changes_after_its_checksum_was_taken_is_refused(
    signer: Identity, tmp_path: Path, more: list[Member], change: Callable[[Path], None], place: str
) -> None:
    late, work = tmp_path / "late.bin", tmp_path / "work"
    late.write_bytes(hashlib.shake_128(b"late").digest(3 << 20))
    work.mkdir()
    changed: list[str] = []

    def progress(count: int, total: int, note: str = "") -> None:
        """Once a third of it is written, or while others are that come before it."""
        if note in ("Packing data/a/late.bin", "Writing data/queries/Q-0001.json") and not changed:
            changed.append(note)
            change(late)

    with draft(signer, work, *more, other(place, late, "application/octet-stream")) as one, pytest.raises(ChangedFile):
        one.facts(progress)
        one.seal(tmp_path, b"%PDF", progress)
    assert changed
    assert list(work.iterdir()) == []
    assert not list(tmp_path.glob("*.zip"))


@pytest.mark.parametrize("stage", ["Packing", "Writing"])
def test_stop_leaves_neither_files_nor_threads(
    signer: Identity, tmp_path: Path, more: list[Member], stage: str
) -> None:
    def stop(done: int, total: int, note: str = "") -> None:
        if note.startswith(stage) and done:
            raise Stop

    work = tmp_path / "work"
    work.mkdir()
    with draft(signer, work, *more) as one, pytest.raises(Stop):
        one.facts(stop)
        one.seal(tmp_path, b"%PDF", stop)
    assert list(work.iterdir()) == []
    assert not list(tmp_path.glob("*.zip"))
    assert not [thread.name for thread in threading.enumerate() if thread.name.startswith(("packing", "hashing"))]


def test_a_report_that_fails_leaves_nothing_behind(signer: Identity, tmp_path: Path) -> None:
    with pytest.raises(Stop), draft(signer, tmp_path) as one:
        one.facts()
        assert [path.name[:6] for path in tmp_path.iterdir()] == [".half-"]
        raise Stop
    assert list(tmp_path.iterdir()) == []


def test_a_workplace_that_is_not_there_is_told(signer: Identity, tmp_path: Path) -> None:
    with draft(signer, tmp_path / "gone") as one, pytest.raises(CannotWrite, match="could not be written"):
        one.facts()


def test_a_draft_can_be_sealed_again(signer: Identity, tmp_path: Path) -> None:
    """The second time the members are read again, and must be the same."""
    original = tmp_path / "original.txt"
    original.write_bytes(LINE)
    work = tmp_path / "work"
    work.mkdir()
    with draft(signer, work, other("data/a/original.txt", original, "text/plain")) as one:
        first = one.seal(tmp_path / "first.zip", b"%PDF")
        again = one.seal(tmp_path / "again.zip", b"%PDF")
        assert first.evidence_root == again.evidence_root
        original.write_bytes(LINE.upper())
        with pytest.raises(ChangedFile):
            one.seal(tmp_path / "third.zip", b"%PDF")
    assert sorted(path.name for path in tmp_path.glob("*.zip")) == ["again.zip", "first.zip"]


def test_a_digest_in_a_thread_of_its_own_is_that_of_hashlib() -> None:
    pieces = [bytes([number % 256]) * number for number in range(300)]
    hashing = Hashing()
    for piece in pieces:
        hashing.update(piece, piece)
    assert hashing.hexdigest() == hashlib.sha256(b"".join(piece * 2 for piece in pieces)).hexdigest()
    assert hashing.hexdigest() == hashing.hexdigest()


def test_more_files_than_a_reader_takes_are_refused(
    signer: Identity, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packagerules, "MOST_ENTRIES", 420)
    many = [other(f"data/a/{number}.txt", b"", "text/plain") for number in range(20)]
    with pytest.raises(CaseboundError, match="at most 20"):
        draft(signer, tmp_path, *many)
