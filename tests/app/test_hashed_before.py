"""A full check that was stopped goes on where it was, and never takes a changed file for one that it has read."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import casebound.check
from casebound.document import Case
from casebound.hashedbefore import HashedBefore
from casebound.work import Cancelled


@pytest.fixture
def large(case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Case:
    """A case of which every check is a long one: what is read is written down at once."""
    monkeypatch.setenv("CASEBOUND_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(casebound.check, "LEAST", 0)
    for number in range(6):
        (tmp_path / f"{number}.bin").write_bytes(bytes([number]) * 5000)
        case.attach(tmp_path / f"{number}.bin")
    return case


def stopping(after: int):
    """Progress that a person stops once so many bytes were hashed."""

    def progress(done: int, total: int, note: str = "") -> None:
        if note == "Hashing originals" and done >= after:
            raise Cancelled

    return progress


def test_it_goes_on_after_a_stop_and_forgets_at_the_end(large: Case, tmp_path: Path) -> None:
    with pytest.raises(Cancelled):
        large.check(stopping(15_000))
    kept = list((tmp_path / "home" / "checks").iterdir())
    assert len(kept) == 1 and kept[0].stat().st_mode & 0o077 == 0
    report = large.check()
    assert report.clean and report.resumed == 2 and "2 of the files before this check was stopped" in report.sentence
    assert list((tmp_path / "home" / "checks").iterdir()) == []
    assert large.check().resumed == 0, "a new check reads every byte"


def test_a_file_changed_meanwhile_is_read_again(large: Case) -> None:
    with pytest.raises(Cancelled):
        large.check(stopping(20_000))
    first = large.attachment_path(1)
    before = first.stat()
    first.chmod(0o600)
    first.write_bytes(b"x" * 5000)
    os.utime(first, ns=(before.st_atime_ns, before.st_mtime_ns))  # as somebody would who hides it
    report = large.check()
    assert [finding.item for finding in report.findings] == ["attachment 1 (0.bin)"]


def test_what_is_kept_is_never_trusted_where_it_is_no_sense(tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.write_bytes(b"a")
    for garbage in (b"", b"[]\n", b"{\n", b"\xff", b'{"a": 1}\n', b'{"a": ""}\n'):
        known = HashedBefore(tmp_path, "log", tmp_path / "checks")
        known.add("a", file)
        known.keep()
        (path,) = (tmp_path / "checks").iterdir()
        path.write_bytes(garbage)
        assert not HashedBefore(tmp_path, "log", tmp_path / "checks").has("a", file)
    known.add("a", file)
    known.keep()
    assert not HashedBefore(tmp_path, "another log", tmp_path / "checks").has("a", file)
    os.utime(path, (0, 0))
    assert not HashedBefore(tmp_path, "log", tmp_path / "checks").has("a", file), "too old"


def test_where_nothing_can_be_kept_the_check_still_checks(large: Case, tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file in the way")
    assert large.check().clean


def test_a_full_check_that_holds_is_an_entry_and_one_that_does_not_is_none(large: Case) -> None:
    report = large.check()
    large.record_checked(report)
    entry = large.ledger()[-1]
    assert entry.action == "checked" and entry.disclosures["counts"]["originals"] == 6  # type: ignore[index]
    large.record_checked(large.check(full=False))
    large.attachment_path(1).unlink()
    large.record_checked(large.check())
    assert large.ledger()[-1].seq == entry.seq, "a quick check and a case that does not hold leave it as it is"
