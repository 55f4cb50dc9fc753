"""Archives and folders from the command line: everything told, nothing half done, also when it is killed."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from casebound_ui.entry import main

ROWS = "time,account_id,action\n2026-03-01T10:00:00Z,a1,login\n2026-03-01T10:00:01Z,a2,login\n"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(50)
KEYS = {"file", "sha256", "table", "read", "kept", "quarantined", "duplicates", "first", "last", "zone", "warnings"}


@pytest.fixture
def case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    assert main(["new", "case", "--number", "C-1", "--title", "T"]) == 0
    exports = tmp_path / "exports"
    exports.mkdir()
    (exports / "logins.csv").write_text(ROWS)
    (exports / "screen.png").write_bytes(PNG)
    with zipfile.ZipFile(tmp_path / "export.zip", "w") as archive:
        archive.writestr("d/logins.csv", ROWS)
        archive.writestr("d/bans.csv", ROWS.replace("login", "ban"))
        archive.writestr("d/plan.png", PNG + b"1")
    return tmp_path


def ran(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> Any:
    capsys.readouterr()
    assert main([*arguments, "--json"]) == code
    return json.loads(capsys.readouterr().out)


def test_an_archive_lists_every_member(case: Path, capsys: pytest.CaptureFixture[str]) -> None:
    listed = ran(capsys, "import", "case", "export.zip")
    assert [set(one) >= KEYS for one in listed] == [True] * 3
    assert [(one["member"], one["table"], one["read"]) for one in listed] == [
        ("d/logins.csv", "logins", 2),
        ("d/bans.csv", "bans", 2),
        ("d/plan.png", None, 0),
    ]
    assert "picture" in listed[2]["reason"]
    assert all(one["read"] == one["kept"] + one["quarantined"] + one["duplicates"] for one in listed)
    assert main(["check", "case"]) == 0


def test_a_folder_and_what_it_has_in_common(case: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ran(capsys, "import", "case", "export.zip")
    (case / "exports" / "new.csv").write_text(ROWS.replace("login", "signup"))
    listed = ran(capsys, "import", "case", "exports", "--attach-rest")
    told = {Path(one["file"]).name: one for one in listed}
    assert told["new.csv"]["table"] == "new"
    assert told["logins.csv"]["left_out"] == "in the case already"
    assert "“d/logins.csv” in “export.zip”" in told["logins.csv"]["reason"]
    assert told["screen.png"]["attachment"] == 1


def test_in_words(case: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert main(["import", "case", "exports", "export.zip"]) == 0
    words = " ".join(capsys.readouterr().out.split())
    assert "“d/logins.csv” in “export.zip” is already in the case: it is S-01, “logins.csv”" in words
    assert "2 tables: 4 rows kept, 0 set aside." in words


def test_in_words_what_is_no_table(case: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert main(["import", "case", "export.zip"]) == 0
    words = " ".join(capsys.readouterr().out.split())
    assert "S-01 export.zip [d/logins.csv] as “logins”" in words
    assert "Not brought in as rows: It is a picture, not a table." in words
    assert "1 file can be attached" in words


def test_a_preview_names_them_too(case: Path, capsys: pytest.CaptureFixture[str]) -> None:
    listed = ran(capsys, "import", "case", "export.zip", "--preview")
    assert [one.get("left_out") for one in listed] == [None, None, "no table"]
    assert ran(capsys, "sources", "case") == []


def test_a_half_written_archive_fails_with_words(case: Path, capsys: pytest.CaptureFixture[str]) -> None:
    whole = (case / "export.zip").read_bytes()
    (case / "half.zip").write_bytes(whole[: len(whole) // 2])
    capsys.readouterr()
    assert main(["import", "case", "half.zip"]) == 2
    assert "cut off" in capsys.readouterr().err


def test_the_record_behind_an_event(case: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ran(capsys, "import", "case", "export.zip")
    (one,) = ran(capsys, "record", "case", "logins/1")
    assert one["raw"] == "2026-03-01T10:00:01Z,a2,login"
    assert (one["member"], one["line"], one["place"]) == ("d/logins.csv", 3, f"line 3, byte {one['offset']}")
    assert ROWS[one["offset"] :].startswith(one["raw"])
    capsys.readouterr()
    assert main(["record", "case", one["event"]]) == 0
    words = " ".join(capsys.readouterr().out.split())
    assert "line 3, byte 53 of “d/logins.csv” in “export.zip”" in words
    assert words.endswith(one["raw"])
    assert main(["record", "case", "logins/9"]) == 2


def test_relations_are_listed(case: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (case / "accounts.csv").write_text("account_id,plan\na1,x\na3,y\n")
    ran(capsys, "import", "case", "accounts.csv", "exports/logins.csv")
    (one,) = ran(capsys, "sources", "case", "--relations")
    assert (one["table"], one["key_table"], one["found"], one["missing"]) == ("logins", "accounts", 1, 1)
    capsys.readouterr()
    assert main(["sources", "case", "--relations"]) == 0
    words = capsys.readouterr().out
    assert "logins.account_id → accounts.account_id: 1 of 2 values found, 1 missing (1 row)." in words
    assert "missing: “a2”" in words


def test_a_file_that_is_there_already_does_not_keep_the_others_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    case, first, second = tmp_path / "a.casebound", tmp_path / "first.csv", tmp_path / "second.csv"
    first.write_text("id,when,who\n1,2026-03-01T10:00:00Z,ada\n", "utf-8")
    second.write_text("id,who\n1,bob\n2,cid\n", "utf-8")
    assert main(["new", str(case), "--number", "T-1", "--title", "Twice"]) == 0
    assert main(["import", str(case), str(first)]) == 0
    capsys.readouterr()

    assert main(["import", str(case), str(first)]) == 1
    assert "is already in the case: it is S-01" in capsys.readouterr().err

    assert main(["import", str(case), str(first), str(second)]) == 0
    told = capsys.readouterr().out
    assert "is already in the case: it is S-01" in told
    assert "S-02 second.csv as “second”: 2 rows read = 2 kept" in told
    assert "no column is taken for the time" in told
