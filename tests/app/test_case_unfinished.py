"""What earlier sessions left unfinished is cleared away and told; what is somebody's is never touched."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from casebound.case import Actor, EventId, Source
from casebound.document import Case
from casebound.work import Cancelled

GENERAL = "An import did not finish. Nothing was added."


def reopened(path: Path) -> Case:
    return Case.open(path, Actor("Ivo Lang"))


def note(folder: Path, **words: object) -> Path:
    """A note as a killed session leaves it."""
    path = folder / "unfinished" / "0011223344556677.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps({"kind": "import", "name": "big.csv", "sha256": "", "fresh": False, **words}))
    return path


def original(folder: Path, sha256: str) -> Path:
    path = folder / "evidence" / sha256[:2] / sha256[2:]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x")
    path.chmod(0o400)
    return path


def test_a_noted_original_goes_and_an_unknown_one_stays(case: Case) -> None:
    case.close()
    noted, unknown = original(case.path, "ab" * 32), original(case.path, "cd" * 32)
    left = note(case.path, sha256="ab" * 32, fresh=True)
    with reopened(case.path) as again:
        assert again.unfinished() == ("The import of big.csv did not finish. Nothing was added.",)
        assert again.check().notes == (f"evidence/cd/{'cd' * 31} is no part of the case.",)
    assert not noted.exists() and not left.exists() and unknown.exists()
    with reopened(case.path) as again:
        assert again.unfinished() == (), "it is told once"


def test_an_original_that_is_named_stays_whatever_a_note_says(
    case: Case, export: Path, bring: Callable[[Case, Path], Source]
) -> None:
    source = bring(case, export)
    case.close()
    note(case.path, sha256=source.sha256, fresh=True)
    with reopened(case.path) as again:
        assert again.unfinished() == (), "the import did finish"
        assert again.check().findings == ()


def test_a_note_that_points_outside_harms_nothing(case: Case, tmp_path: Path) -> None:
    case.close()
    (tmp_path / "precious").write_text("mine")
    note(case.path, sha256="../../../../precious", fresh=True, name="a\u202eb")
    (case.path / "unfinished" / "x.json").write_text("[1")
    with reopened(case.path) as again:
        assert again.check().clean
    assert (tmp_path / "precious").read_text() == "mine"


def test_generations_that_nothing_names_go_and_links_are_not_followed(case: Case, tmp_path: Path) -> None:
    case.close()
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "file").write_text("mine")
    stray = case.path / "rows" / "0011223344556677"
    stray.mkdir()
    (stray / "rows.duckdb").write_bytes(b"half")
    (stray / "link").symlink_to(precious)
    (case.path / "rows" / "8899aabbccddeeff").symlink_to(precious)
    with reopened(case.path) as again:
        assert again.unfinished() == (GENERAL,)
    assert list((case.path / "rows").iterdir()) == []
    assert (precious / "file").read_text() == "mine"


@pytest.mark.parametrize("name", ["rows", "evidence", "unfinished"])
def test_a_stranger_s_case_makes_nothing_elsewhere_go(case: Case, tmp_path: Path, name: str) -> None:
    case.close()
    elsewhere = tmp_path / "elsewhere"
    (elsewhere / "0011223344556677").mkdir(parents=True)
    (elsewhere / ".half-file").write_text("mine")
    (elsewhere / "file.json").write_text('{"kind": "import", "name": "x", "sha256": "", "fresh": false}')
    folder = case.path / name
    if folder.exists():
        folder.rmdir()
    folder.symlink_to(elsewhere)
    with reopened(case.path):
        pass
    assert sorted(path.name for path in elsewhere.iterdir()) == [".half-file", "0011223344556677", "file.json"]


def test_what_is_newer_than_the_lock_is_left_alone(case: Case) -> None:
    case.close()
    stray = case.path / "rows" / "0011223344556677"
    stray.mkdir()
    later = (case.path / "case.db").stat().st_mtime_ns + 10**13
    os.utime(stray, ns=(later, later))
    with reopened(case.path) as again:
        assert again.unfinished() == ()
    assert stray.is_dir()


def test_looking_sweeps_nothing(case: Case) -> None:
    case.close()
    left = note(case.path)
    with Case.open(case.path, Actor("Ivo Lang"), write=False) as looking:
        assert looking.unfinished() == ()
    assert left.exists()


@pytest.mark.parametrize("at", [0, 1, 2])
def test_a_copy_that_is_stopped_leaves_nothing(case: Case, tmp_path: Path, at: int) -> None:
    (tmp_path / "big.bin").write_bytes(b"x" * 3_000_000)
    before = {path for path in case.path.rglob("*") if path.is_file()}
    calls = 0

    def stop(done: int, total: int, note: str = "") -> None:
        nonlocal calls
        calls += 1
        assert 0 <= done <= total == 3_000_000 and note in ("Keeping big.bin", "Forcing the copies to the disk")
        if calls > at:
            raise Cancelled

    for work in (case.attach, case.keep_original):
        calls = 0
        with pytest.raises(Cancelled):
            work(tmp_path / "big.bin", progress=stop)
    assert {path for path in case.path.rglob("*") if path.is_file()} == before
    assert case.snapshot().ledger_size == 1


def test_people_and_jobs_at_the_same_time(case: Case, export: Path, bring: Callable[[Case, Path], Source]) -> None:
    source = bring(case, export)
    start = threading.Barrier(4)
    failures: list[Exception] = []

    def work(number: int) -> None:
        try:
            start.wait()
            for turn in range(8):
                case.annotate([EventId(source.sha256, "", "requests", number)], note=f"{number}/{turn}")
                case.snapshot()
                case.ledger(start=3)
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert len(case.snapshot().marks) == 32
    assert case.check().findings == ()
