"""Marks on many events, ranges and entities, views, the evidence timeline and undo, from the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from casebound_ui.entry import main


@pytest.fixture(autouse=True)
def _surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CASEBOUND_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("CASEBOUND_NAME", "Tester")
    monkeypatch.chdir(tmp_path)


def ran(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    """The JSON that a command prints."""
    capsys.readouterr()
    ended = main([*arguments, "--json"])
    said = capsys.readouterr()
    assert ended == 0, said.err
    return json.loads(said.out)


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    capsys.readouterr()
    assert main(list(arguments)) == 2
    return capsys.readouterr().err


@pytest.fixture
def case(tmp_path: Path) -> str:
    rows = "".join(f"2026-03-01T00:{n:02d}:00Z,acc_{n % 3},login\n" for n in range(30))
    Path("logins.csv").write_text("at,account_id,action\n" + rows)
    assert main(["new", "case", "--number", "C-1", "--title", "T"]) == 0
    assert main(["import", "case", "logins.csv"]) == 0
    return "case"


def marks(capsys: pytest.CaptureFixture[str], where: str) -> int:
    return int(ran(capsys, "events", "case", "--where", where)["count"])


def test_every_match_gets_it_in_one_change(case: str, capsys: pytest.CaptureFixture[str]) -> None:
    made = ran(
        capsys, "annotate", case, "--where", "account_id:acc_1", "--tag", "pool", "--exhibit", "--caption", "One"
    )
    assert (len(made["marks"]), len(made["exhibits"])) == (10, 10)
    assert marks(capsys, "tag:pool") == 10
    assert ran(capsys, "undo", case) == {"done": "taken back", "change": "10 exhibits"}
    assert marks(capsys, "has:exhibit") == 0
    assert ran(capsys, "undo", case, "--redo")["done"] == "again"
    assert marks(capsys, "has:exhibit") == 10
    assert main(["annotate", case, "--where", "account_id:acc_1", "--tag", "pool"]) != 0, "nothing is new"
    assert "No event matches" in refused(capsys, "annotate", case, "--where", "account_id:nobody", "--note", "n")


def test_a_range_and_an_entity(case: str, capsys: pytest.CaptureFixture[str]) -> None:
    made = ran(capsys, "annotate", case, "--range", "2026-03-01T00:05..2026-03-01T00:10", "--note", "Five minutes")
    (one,) = made["marks"]
    assert (one["from"], one["to"], one["event"]) == (
        "2026-03-01T00:05:00.000000Z",
        "2026-03-01T00:10:00.000000Z",
        None,
    )
    (other,) = ran(capsys, "annotate", case, "--entity", "account_id=acc_2", "--tag", "seen")["marks"]
    assert (other["field"], other["value"], other["from"]) == ("account_id", "acc_2", None)
    told = ran(capsys, "history", case, "--range", "2026-03-01T00:05..2026-03-01T00:10")
    assert [entry["title"] for entry in told] == ["Note written"]
    assert [entry["title"] for entry in ran(capsys, "history", case, "--entity", "account_id=acc_2")] == ["Tag put"]
    assert main(["history", case, "--entity", "account_id=acc_1"]) == 0
    assert "Nobody did anything" in capsys.readouterr().out


def test_the_history_of_an_event_names_who(case: str, capsys: pytest.CaptureFixture[str]) -> None:
    event = ran(capsys, "events", case, "--limit", "1")["events"][0]["event"]
    ran(capsys, "annotate", case, event, "--note", "Look", "--exhibit")
    ran(capsys, "undo", case)
    told = ran(capsys, "history", case, event)
    assert [entry["title"] for entry in told] == ["Note written", "Exhibit chosen", "Exhibit taken back"]
    assert main(["history", case, event]) == 0
    said = capsys.readouterr().out
    assert "Tester" in said and "Exhibit taken back" in said
    assert [entry["title"] for entry in ran(capsys, "history", case, "ex-0001")] == [
        "Exhibit chosen",
        "Exhibit taken back",
    ]


def test_what_is_not_clear_is_refused_in_words(case: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert "not clear" in refused(capsys, "annotate", case, "--note", "n")
    assert "not clear" in refused(capsys, "annotate", case, "x", "--where", "y", "--note", "n")
    assert "cannot be an exhibit" in refused(capsys, "annotate", case, "--entity", "a=b", "--exhibit")
    assert "is not a range" in refused(capsys, "annotate", case, "--range", "2026-03-01", "--note", "n")
    assert "ends before" in refused(capsys, "annotate", case, "--range", "2026-03-02..2026-03-01", "--note", "n")
    assert "is not an entity" in refused(capsys, "annotate", case, "--entity", "acc_2", "--note", "n")
    assert "not clear" in refused(capsys, "history", case)
    assert "Either a view" in refused(capsys, "views", case, "--save", "A", "--remove", "V-01")
    assert "what a view shows" in refused(capsys, "views", case, "--where", "a:b")
    assert "--caption and --after" in refused(capsys, "chronology", case, "add", "EX-0001", "EX-0002", "--caption", "c")
    assert "no exhibit EX-0009" in refused(capsys, "chronology", case, "add", "EX-0009")


def test_views(case: str, capsys: pytest.CaptureFixture[str]) -> None:
    (made,) = ran(
        capsys, "views", case, "--save", "The first ten", "--where", "account_id:acc_1", "--to", "2026-03-01T00:10"
    )
    assert (made["view"], made["where"], made["from"], made["to"]) == (
        "V-01",
        "account_id:acc_1",
        None,
        "2026-03-01T00:10:00.000000Z",
    )
    assert [one["view"] for one in ran(capsys, "views", case)] == ["V-01"]
    refused(capsys, "views", case, "--save", "Bad", "--where", "(")
    assert ran(capsys, "views", case, "--remove", "v-01") == []
    assert ran(capsys, "undo", case)["change"] == "Removal of V-01"
    assert main(["views", case]) == 0
    assert capsys.readouterr().out.startswith("V-01: The first ten (account_id:acc_1; … to 2026-03-01")


def test_the_evidence_timeline(case: str, capsys: pytest.CaptureFixture[str]) -> None:
    ran(capsys, "annotate", case, "--where", "account_id:acc_0", "--exhibit", "--caption", "A login")
    ran(capsys, "chronology", case, "add", "EX-0002", "EX-0001")
    ran(
        capsys, "chronology", case, "add", "--range", "2026-03-01T00:05..2026-03-01T00:10", "--caption", "Then nothing",
        "--after", "C-0001",
    )  # fmt: skip
    listed = ran(capsys, "chronology", case)
    assert [(one["entry"], one["exhibit"], one["caption"]) for one in listed] == [
        ("C-0001", "EX-0002", "A login"),
        ("C-0003", None, "Then nothing"),
        ("C-0002", "EX-0001", "A login"),
    ]
    assert [one["entry"] for one in ran(capsys, "chronology", case, "move", "C-0002")] == ["C-0002", "C-0001", "C-0003"]
    (said,) = ran(capsys, "chronology", case, "caption", "C-0002", "The very first")
    assert (said["caption"], said["own_caption"]) == ("The very first", True)
    assert len(ran(capsys, "chronology", case, "remove", "C-0001")) == 2
    assert ran(capsys, "undo", case)["change"] == "Removal of C-0001"
    assert main(["chronology", case]) == 0
    assert capsys.readouterr().out.splitlines()[0] == "C-0002: EX-0001, The very first"


@pytest.mark.parametrize("name", ["annotate", "history", "undo", "views"])
def test_the_commands_have_help(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([name, "--help"]) == 0
    assert "Usage: casebound" in capsys.readouterr().out
