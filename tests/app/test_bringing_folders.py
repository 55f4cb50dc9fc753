"""A folder brought in at once: every table in it, and every other file named with what became of it."""

from __future__ import annotations

import json
import os
import zipfile
from pathlib import Path

import pytest

from casebound import folders
from casebound.document import Case
from casebound.errors import BadSource
from casebound.folders import gather, survey
from casebound.foundtables import Fate, LeftOut
from casebound.importing import bring_in
from casebound.remainders import attach_rest
from casebound.work import Cancelled

ROWS = b"time,account_id,action\n2026-03-01T10:00:00Z,a1,login\n2026-03-01T10:00:01Z,a2,login\n"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(50)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two tables, an archive with a third, and what is no table."""
    made = tmp_path / "exports"
    (made / "deep" / "er").mkdir(parents=True)
    (made / "logins.csv").write_bytes(ROWS)
    (made / "deep" / "er" / "bans.jsonl").write_bytes(b'{"time": "2026-03-02T10:00:00Z", "account_id": "a1"}\n')
    manifest = {"export_id": "E-7", "row_counts": {"logins.csv": 3}}
    (made / "manifest.json").write_text(json.dumps(manifest))
    with zipfile.ZipFile(made / "more.zip", "w") as archive:
        archive.writestr("in/actions.csv", ROWS.replace(b"login", b"ban"))
        archive.writestr("in/plan.png", PNG + b"1")
    (made / "screen.png").write_bytes(PNG)
    (made / "readme.txt").write_text("What these files are.\nNothing more.\n")
    (made / "empty.csv").write_bytes(b"")
    (made / ".hidden.csv").write_bytes(ROWS)
    (made / "link.csv").symlink_to(made / "logins.csv")
    (made / "loop").symlink_to(made)
    return made


def told(left_out: tuple[LeftOut, ...]) -> dict[str, Fate]:
    return {one.member or one.path.name: one.fate for one in left_out}


def test_every_file_is_accounted_for(folder: Path) -> None:
    found = gather([folder])
    tables = {preview.mapping.table for one in found.looked for preview in one.previews}
    assert tables == {"logins", "bans", "actions"}
    assert told(found.left_out) == {
        "manifest.json": Fate.MANIFEST,
        "screen.png": Fate.NO_TABLE,
        "readme.txt": Fate.NO_TABLE,
        "empty.csv": Fate.NO_TABLE,
        "in/plan.png": Fate.NO_TABLE,
        ".hidden.csv": Fate.NOT_TAKEN,
        "link.csv": Fate.NOT_TAKEN,
        "loop": Fate.NOT_TAKEN,
    }
    assert all(one.reason.endswith(".") for one in found.left_out)
    below = [path for path in folder.rglob("*") if not path.is_dir() or path.is_symlink()]
    assert len(below) == len(found.looked) + sum(not one.member for one in found.left_out)


def test_all_of_it_comes_in_and_the_rest_is_attached(case: Case, folder: Path) -> None:
    found = gather([folder])
    sources = [
        source
        for one in found.looked
        for source in bring_in(case, one.path, previews=one.previews, left_out=one.left_out)
    ]
    assert sorted((one.table, one.read) for one in sources) == [("actions", 2), ("bans", 1), ("logins", 2)]
    assert next(one for one in sources if one.table == "logins").expected == 3
    attached = attach_rest(case, found.left_out)
    assert {one.left_out.name: one.attachment is not None for one in attached} == {
        "screen.png": True,
        "readme.txt": True,
        "empty.csv": True,
        "more.zip: in/plan.png": True,
    }
    kept = {one.name: one for one in case.snapshot().attachments}
    assert case.attachment_path(kept["plan.png"].number).read_bytes() == PNG + b"1"
    assert kept["plan.png"].origin is not None
    assert kept["plan.png"].origin["member"] == "in/plan.png"
    again = attach_rest(case, found.left_out)
    assert all(one.attachment is None and one.reason for one in again)


def test_a_folder_without_a_table_says_so(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(PNG)
    with pytest.raises(BadSource, match="of 1 files none"):
        gather([tmp_path])


def test_a_named_file_that_is_no_table_fails_whatever_else_is_named(folder: Path) -> None:
    with pytest.raises(BadSource, match="picture"):
        gather([folder / "logins.csv", folder / "screen.png"])


def test_a_text_is_a_table_only_where_it_is_named(folder: Path) -> None:
    (found,) = gather([folder / "readme.txt"]).looked
    assert len(found.previews) == 1


def test_other_cases_and_pipes_are_passed_over(case: Case, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    found = survey(tmp_path)
    assert {one.path.name: one.reason for one in found.passed_over} == {
        case.path.name: "It is the folder of a case.",
        "pipe.csv": "It is a device or a pipe, not a file.",
    }
    assert found.files == ()


def test_a_folder_has_its_limits(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folders, "MOST_FILES", 3)
    with pytest.raises(BadSource, match="more than 3 files"):
        survey(folder)
    monkeypatch.undo()
    monkeypatch.setattr(folders, "_DEEPEST", 1)
    assert "er" in {one.path.name for one in survey(folder).passed_over}


def test_stop_answers(folder: Path) -> None:
    def stop(done: int, total: int, note: str = "") -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        gather([folder], progress=stop)
