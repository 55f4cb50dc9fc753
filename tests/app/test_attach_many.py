"""Many files attached at once: one commit, the chain as for one, what is there already told, nothing left behind."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from casebound.case import Source
from casebound.document import Case, Change, Stating
from casebound.errors import BadRequest, BadSource, CannotWrite, NothingToDo
from casebound.store import disk
from casebound.work import Cancelled
from casebound_packaging.ledger import GENESIS, examine, read


def make(folder: Path, count: int, size: int = 300) -> list[Path]:
    folder.mkdir()
    paths = [folder / f"{number:04d}.txt" for number in range(count)]
    for number, path in enumerate(paths):
        path.write_bytes(b"%d " % number * (size // 4))
    return paths


def files(case: Case) -> set[str]:
    found = (path.relative_to(case.path).as_posix() for path in case.path.rglob("*"))
    return {name for name in found if not name.startswith(("case.db", "lock"))}


def test_each_is_a_link_of_the_chain_in_one_commit(case: Case, tmp_path: Path) -> None:
    (tmp_path / "first.bin").write_bytes(b"first")
    before = case.attach(tmp_path / "first.bin")
    heard: list[Change] = []
    case.on_change(heard.append)
    paths = make(tmp_path / "many", 1_200)
    attached = case.attach_many(paths)
    assert [one.kinds for one in heard] == [{"attachments", "ledger"}]
    made = attached.made
    assert [one.name for one in made] == [path.name for path in paths]
    assert [one.number for one in made] == list(range(2, 1_202))
    assert made[0].previous_hash == before.line_hash and before.previous_hash == GENESIS
    assert [one.previous_hash for one in made[1:]] == [one.line_hash for one in made[:-1]]
    assert made == case.snapshot().attachments[1:]
    lines = case.ledger_lines()
    assert len(lines) == 1_202
    said = [(entry.seq, text) for entry in case.ledger() for text in entry.disclosed]
    assert examine(lines, said, case.snapshot().ledger_head) == []
    assert read(lines[-1])["attachment"] == 1_201
    report = case.check()
    assert report.clean and not report.notes
    assert all(
        case.evidence_path(one.sha256).read_bytes() == path.read_bytes() for one, path in zip(made, paths, strict=True)
    )
    assert {oct(case.evidence_path(one.sha256).stat().st_mode & 0o777) for one in made} == {"0o400"}
    assert not [name for name in files(case) if "half" in name]
    assert not list((case.path / "unfinished").iterdir())


def test_one_of_many_says_the_same_as_one_alone(case: Case, tmp_path: Path) -> None:
    """The line of a file is of the same form whichever way it came."""
    (tmp_path / "a.txt").write_bytes(b"a" * 5_000)
    (tmp_path / "b.txt").write_bytes(b"b" * 5_000)
    case.attach(tmp_path / "a.txt", title="T", origin={"url": "https://x.example"})
    case.attach_many([tmp_path / "b.txt"], Stating("T", {"url": "https://x.example"}))
    one, two = case.ledger(start=1)
    assert {*one.disclosures} == {*two.disclosures} >= {"actor_name", "name", "title", "sha256", "record"}
    own = {"attachment", "sha256", "name"}
    records = [one.disclosures["record"], two.disclosures["record"]]
    plain = [{key: value for key, value in record.items() if key not in own} for record in records]  # type: ignore[attr-defined]
    plain[1]["at"] = plain[0]["at"]
    assert plain[0] == plain[1]
    lines = list(map(read, case.ledger_lines()[1:]))
    assert lines[0]["inputs"] == [hashlib.sha256(b"a" * 5_000).hexdigest()]
    assert [line["attachment_prev"] for line in lines] == [GENESIS, one.hash]


def test_what_is_stated_is_kept(
    case: Case, export: Path, bring: Callable[[Case, Path], Source], event: Callable, tmp_path: Path
) -> None:
    source = bring(case, export)
    linked = (event(source, 1).id, event(source, 0).id)
    picture = tmp_path / "p.png"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + b"x" * 10)
    text = tmp_path / "t.txt"
    text.write_bytes(b"text")
    stated = Stating("All", {"by": "R"}, None, linked, {text: "This one"}, exhibits=True)
    attached = case.attach_many([picture, text], stated)
    assert [(one.title, one.sensitive, one.media_type) for one in attached.made] == [
        ("All", True, "image/png"),
        ("This one", False, "text/plain"),
    ]
    assert {one.events for one in attached.made} == {linked}
    assert [(one.number, one.attachment, one.caption) for one in attached.exhibits] == [
        ("EX-0001", 1, "All"),
        ("EX-0002", 2, "This one"),
    ]
    now = case.snapshot()
    assert (now.attachments, now.exhibits) == (attached.made, attached.exhibits)
    assert case.check().clean


def test_the_same_bytes_are_attached_once_and_told(case: Case, tmp_path: Path) -> None:
    paths = make(tmp_path / "many", 3)
    case.attach(paths[1])
    double = tmp_path / "double.txt"
    double.write_bytes(paths[2].read_bytes())
    attached = case.attach_many([*paths, double])
    assert [(one.number, one.name) for one in attached.made] == [(2, "0000.txt"), (3, "0002.txt")]
    assert attached.repeated == ((paths[1], 1), (double, 3))
    before = case.snapshot()
    with pytest.raises(NothingToDo, match="Every one of these 4 files"):
        case.attach_many([*paths, double])
    with pytest.raises(NothingToDo, match="attachment 1 already"):
        case.attach_many([paths[1]])
    with pytest.raises(NothingToDo, match="No file"):
        case.attach_many([])
    assert case.snapshot() == before
    assert case.check().clean and not case.check().notes


def test_an_original_that_a_source_named_stays(
    case: Case, export: Path, bring: Callable[[Case, Path], Source], tmp_path: Path
) -> None:
    source = bring(case, export)
    paths = make(tmp_path / "many", 20)

    def stop(done: int, total: int, note: str = "") -> None:
        if note.startswith("Writing"):
            raise Cancelled

    with pytest.raises(Cancelled):
        case.attach_many([export, *paths], progress=stop)
    assert case.evidence_path(source.sha256).is_file()
    assert case.snapshot().attachments == ()
    assert case.check().clean and not case.check().notes


@pytest.mark.parametrize("stage", ["Keeping", "Forcing", "Writing", "Making"])
def test_stopped_at_any_stage_nothing_is_there(case: Case, tmp_path: Path, stage: str) -> None:
    paths = make(tmp_path / "many", 600)
    before, held = case.snapshot(), files(case)

    def stop(done: int, total: int, note: str = "") -> None:
        if note.startswith(stage):
            raise Cancelled

    with pytest.raises(Cancelled):
        case.attach_many(paths, Stating(exhibits=True), stop)
    assert case.snapshot() == before
    assert files(case) - held <= {"unfinished"}
    assert len(case.attach_many(paths).made) == 600


def test_one_that_cannot_be_read_leaves_all_out(case: Case, tmp_path: Path) -> None:
    paths = make(tmp_path / "many", 40)
    held = files(case)
    (tmp_path / "many" / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    for bad in (tmp_path / "none.txt", tmp_path / "many" / "folder", tmp_path / "pipe"):
        with pytest.raises(BadSource) as refused:
            case.attach_many([*paths, bad])
        assert str(bad) in str(refused.value)
        assert "Nothing was added." in refused.value.meaning
    if os.geteuid():
        paths[20].chmod(0)
        with pytest.raises(BadSource, match=r"0020\.txt"):
            case.attach_many(paths)
    with pytest.raises(BadRequest):
        case.attach_many(paths, Stating("x" * 1_001))
    assert case.snapshot().attachments == ()
    assert files(case) - held <= {"unfinished"}


def test_a_file_system_that_fails_to_keep_them_is_told(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = make(tmp_path / "many", 40)
    held = files(case)

    def full(folder: Path) -> bool:
        raise OSError(28, "No space left on device", str(folder))

    monkeypatch.setattr(disk, "_sync_filesystem", full)
    with pytest.raises(CannotWrite, match="the disk is full"):
        case.attach_many(paths)
    assert case.snapshot().attachments == () and files(case) - held <= {"unfinished"}


def test_without_a_way_to_force_it_all_each_file_is(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = make(tmp_path / "many", 40)
    settled: list[str] = []
    monkeypatch.setattr(disk, "_sync_filesystem", lambda folder: False)
    monkeypatch.setattr(disk, "settle", lambda path: settled.append(path.name))
    case.attach_many(paths)
    assert len(settled) == 40


def test_big_and_empty_files_are_whole(case: Case, tmp_path: Path) -> None:
    big, empty = tmp_path / "big.bin", tmp_path / "empty"
    big.write_bytes(os.urandom(5_000_001))
    empty.write_bytes(b"")
    told: list[tuple[int, int]] = []
    attached = case.attach_many([big, empty], progress=lambda done, total, note="": told.append((done, total)))
    assert [one.size for one in attached.made] == [5_000_001, 0]
    assert [one.media_type for one in attached.made] == ["application/octet-stream", "application/x-empty"]
    assert case.evidence_path(attached.made[0].sha256).read_bytes() == big.read_bytes()
    assert all(0 <= done <= total for done, total in told)
