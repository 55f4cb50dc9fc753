"""`casebound hold`, `transfer`, `custody --verify` and `check --quick`, as a person types them."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from casebound_ui.entry import main

NAME = ["--name", "Tester"]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Path:
    monkeypatch.setenv("CASEBOUND_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    Path("note.txt").write_text("a letter")
    assert main(["new", "case", "--number", "C-1", "--title", "T", *NAME]) == 0
    assert main(["attach", "case", "note.txt", "--title", "Letter", *NAME]) == 0
    capsys.readouterr()
    return tmp_path


def said(capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> Any:
    assert main([*words, "--json"]) == code
    return json.loads(capsys.readouterr().out)


def test_a_hold_from_its_placing_to_its_release(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = said(capsys, "hold", "place", "case", "--reason", "Litigation", "--authority", "Counsel", *NAME)[0]
    assert (made["hold"], made["active"], made["authority"]) == ("H-01", True, "Counsel")
    placed = ["hold", "place", "case", "--reason", "x", "--item", "attachment:1", "--at", "2026-01-02T10:00+01:00"]
    later = said(capsys, *placed, *NAME)[0]
    assert later["placed_at"] == "2026-01-02T09:00:00.000000Z" and later["items"] == [{"type": "attachment", "id": "1"}]
    assert said(capsys, "hold", "correct", "case", "H-02", "--reason", "typed wrongly", "--authority", "Court", *NAME)
    assert main(["hold", "release", "case", "H-01", "--reason", "Settled", *NAME]) == 0
    assert "released" in capsys.readouterr().out
    assert main(["hold", "release", "case", "H-01", "--reason", "Settled", *NAME]) == 1
    assert main(["hold", "correct", "case", "H-02", "--mistake", "--reason", "Another case", *NAME]) == 0
    assert "H-02 is shown no more" in capsys.readouterr().out
    assert [one["hold"] for one in said(capsys, "hold", "list", "case")] == ["H-01"]


def test_a_transfer_and_its_acknowledgement(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    went = ["transfer", "to", "case", "Counsel", "--purpose", "Advice", "--item", "attachment:1", "--means", "Disk 7"]
    assert said(capsys, *went, *NAME)[0]["acknowledged_at"] is None
    assert main(["transfer", "from", "case", "Operations", "--purpose", "Analysis", "--what", "An export", *NAME]) == 0
    assert "not yet" in capsys.readouterr().out
    assert said(capsys, "transfer", "acknowledge", "case", "T-01", "--by", "Form 12", *NAME)[0]["acknowledgement"]
    assert main(["transfer", "correct", "case", "T-02", "--reason", "Which", "--what", "An export of May", *NAME]) == 0
    assert "An export of May" in capsys.readouterr().out
    assert [one["what"] for one in said(capsys, "transfer", "list", "case")] == ["", "An export of May"]
    followed = said(capsys, "custody", "case", "--item", "attachment:1")
    assert [one["action"] for one in followed] == ["attached", "transferred", "acknowledged"]


@pytest.mark.parametrize(
    "words",
    [
        ["hold", "place", "case"],
        ["hold", "place", "case", "--reason", "x", "--item", "attachment:7"],
        ["hold", "place", "case", "--reason", "x", "--item", "something"],
        ["hold", "place", "case", "--reason", "x", "--at", "yesterday"],
        ["hold", "place", "case", "--reason", "x", "--at", ""],
        ["hold", "release", "case", "H-09", "--reason", "x"],
        ["transfer", "to", "case", "Counsel", "--what", "x"],
        ["transfer", "to", "case", "Counsel", "--purpose", "x"],
        ["transfer", "acknowledge", "case", "T-01"],
    ],
)
def test_what_is_not_said_is_asked_for(folder: Path, capsys: pytest.CaptureFixture[str], words: list[str]) -> None:
    assert main([*words, *NAME]) in (1, 2)
    captured = capsys.readouterr()
    assert captured.err.strip() and "Traceback" not in captured.err


def test_the_record_is_recomputed_and_its_break_named(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["custody", "case", "--verify"]) == 0
    assert "Custody unbroken" in capsys.readouterr().out
    assert said(capsys, "custody", "case", "--verify")["unbroken"] is True
    with sqlite3.connect(folder / "case" / "case.db") as database:
        database.execute("UPDATE ledger SET line = CAST(replace(CAST(line AS TEXT), 'case', 'cage') AS BLOB)")
    database.close()
    broken = said(capsys, "custody", "case", "--verify", code=1)
    assert broken["unbroken"] is False and any("entry 1" in one["item"] for one in broken["findings"])
    assert main(["custody", "case", "--verify"]) == 1
    assert "Custody broken" in capsys.readouterr().out


def test_a_quick_check_reads_no_original(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    quick, full = (said(capsys, "check", "case", *more) for more in (["--quick"], []))
    assert (quick["full"], quick["bytes_hashed"], full["full"]) == (False, 0, True) and full["bytes_hashed"] > 0
    original = next((folder / "case" / "evidence").rglob("??*/*"))
    original.chmod(0o600)
    original.write_bytes(b"A LETTER")
    assert said(capsys, "check", "case", "--quick")["clean"], "of the same length: only reading it shows"
    assert "changed after it was kept" in said(capsys, "check", "case", code=1)["findings"][0]["problem"]
    original.write_bytes(b"longer than it was")
    assert not said(capsys, "check", "case", "--quick", code=1)["clean"]
