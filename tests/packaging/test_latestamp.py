"""Time stamps had after sealing, and everything that can be brought back in place of one."""

from __future__ import annotations

import shutil
import stat
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from authorities import Authority
from programs import needs, run
from specimen import unfold, unpack
from stampmaker import DatedMaker, StampMaker

from casebound_packaging.errors import CannotWrite, UnreadablePackage
from casebound_packaging.latestamp import RefusedStamp, described, read_answer, subject, take_stamp, write_query

pytestmark = needs("openssl")
_NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def maker(tmp_path_factory: pytest.TempPathFactory, authority: Authority) -> StampMaker:
    return StampMaker.create(tmp_path_factory.mktemp("tsa"), authority)


@pytest.fixture
def sealed(tmp_path: Path, package: Path) -> Path:
    return Path(shutil.copy(package, tmp_path / "CASE-7-v1.zip"))


def held(folder: Path) -> set[str]:
    return {entry.name for entry in folder.iterdir()}


def test_a_package_by_hand_as_openssl_sees_it(sealed: Path, maker: StampMaker, tmp_path: Path) -> None:
    what = subject(sealed)
    assert what.words == "the seal seals/01-examiner.p7s of CASE-7-v1.zip" and not what.stamped
    write_query(what, tmp_path / "q.tsq")
    asked = (tmp_path / "q.tsq").read_bytes()
    assert len(asked) < 100, "a fingerprint and a number, nothing of the case"
    stamp = take_stamp(what, maker.reply(asked), "q.tsr", [maker.authority.certificate])
    assert described(stamp).endswith(" UTC, by Example Time Stamps")
    kept = tmp_path / "CASE-7-v1.zip.tsr"
    assert what.stamped and stat.S_IMODE(kept.stat().st_mode) == 0o600
    top, files = unpack(sealed)
    unfold(tmp_path / top, files)
    (tmp_path / "ROOT.pem").write_bytes(maker.authority.pem)
    seal = f"{top}/seals/01-examiner.p7s"
    told = run(f"openssl ts -verify -data {seal} -in {kept.name} -CAfile ROOT.pem", tmp_path)
    assert "Verification: OK" in told.stdout, told.stderr
    asked_for = run(f"openssl ts -verify -queryfile q.tsq -in {kept.name} -CAfile ROOT.pem", tmp_path)
    assert "Verification: OK" in asked_for.stdout


def test_a_checkpoint_and_a_folder(package: Path, maker: StampMaker, tmp_path: Path) -> None:
    top, files = unpack(package)
    folder = unfold(tmp_path / top, files)
    note = tmp_path / "8.checkpoint"
    note.write_bytes(files["data/custody/checkpoints/8.checkpoint"])
    of_note, of_folder = subject(note), subject(folder)
    assert of_note.words == "the checkpoint of 8 entries" and of_note.over == note.read_bytes()
    take_stamp(of_note, maker.stamp(of_note.over), "a.tsr")
    take_stamp(of_folder, maker.stamp(of_folder.over), "b.tsr")
    assert held(tmp_path) == {top, "8.checkpoint", "8.checkpoint.tsr", f"{top}.zip.tsr"}
    assert of_folder.over == subject(package).over


# ------------------------------------------------------------------ what is brought back in place of a stamp


def test_nothing_that_is_not_a_stamp_over_this_is_kept(sealed: Path, maker: StampMaker, tmp_path: Path) -> None:
    what = subject(sealed)
    good = maker.stamp(what.over)
    before = held(tmp_path)
    for answer, reason in (
        (b"", "not a time stamp response"),
        (b"<html>Please log in</html>", "not a time stamp response"),
        (good[:-1], "not a time stamp response"),
        (maker.stamp(b"another seal"), "over other bytes"),
        (maker.reply(b"no query"), "the service refused"),
        (good[:-20] + bytes([good[-20] ^ 1]) + good[-19:], "signature does not hold"),
    ):
        with pytest.raises(RefusedStamp, match=reason) as caught:
            take_stamp(what, answer, "a.tsr")
        assert "Nothing was written" in caught.value.meaning
    assert held(tmp_path) == before


def test_a_stamp_by_somebody_else_is_refused_where_a_root_is_kept(sealed: Path, maker: StampMaker) -> None:
    what = subject(sealed)
    with pytest.raises(RefusedStamp, match="is not under the root"):
        take_stamp(what, maker.stamp(what.over), "a.tsr", [Authority.create("Other").certificate])
    impostor = DatedMaker(maker.authority, purposes=None)
    with pytest.raises(RefusedStamp, match="not for time stamps"):
        take_stamp(what, impostor.stamp(what.over, _NOON), "a.tsr", [maker.authority.certificate])
    assert not what.stamped


def test_a_stamp_that_is_there_is_never_replaced(sealed: Path, maker: StampMaker) -> None:
    what = subject(sealed)
    take_stamp(what, maker.stamp(what.over), "a.tsr")
    first = what.beside.read_bytes()
    with pytest.raises(CannotWrite, match="already there"):
        take_stamp(what, maker.stamp(what.over), "b.tsr")
    with pytest.raises(CannotWrite, match="already there"):
        write_query(what, what.beside)
    assert what.beside.read_bytes() == first


def test_a_place_that_cannot_be_written_is_said(sealed: Path, tmp_path: Path) -> None:
    with pytest.raises(CannotWrite, match=r"The query q\.tsq could not be written: No such file"):
        write_query(subject(sealed), tmp_path / "nowhere" / "q.tsq")


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7", b"PK\x03\x04 half", b"origin\nno number\n", b"\xff" * 9])
def test_what_is_neither_package_nor_checkpoint_is_said(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(content)
    with pytest.raises(UnreadablePackage):
        subject(tmp_path / "x")


def test_what_is_not_there_is_said(tmp_path: Path, sealed: Path) -> None:
    with pytest.raises(UnreadablePackage, match="cannot be read: No such file"):
        subject(tmp_path / "none.zip")
    with pytest.raises(UnreadablePackage):
        subject(tmp_path)
    with pytest.raises(RefusedStamp, match="cannot be read"):
        read_answer(tmp_path / "none.tsr")
    (tmp_path / "large.tsr").write_bytes(b"x" * 300_000)
    with pytest.raises(RefusedStamp, match="far too large"):
        read_answer(tmp_path / "large.tsr")
    with pytest.raises(RefusedStamp, match="over other bytes"):
        take_stamp(replace(subject(sealed), over=b"y"), DatedMaker(Authority.create("R")).stamp(b"x", _NOON), "a.tsr")
