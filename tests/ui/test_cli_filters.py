"""Filters on the command line: the place at which one stumbles, and what can be filtered by."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from casebound_ui.entry import main

ROWS = (
    "time,account,action,note\n"
    "2026-03-01T10:00:00Z,acc_1,log-in,\n"
    "2026-03-01T10:00:05Z,acc_1,request,x\n"
    '2026-03-02T11:30:00Z,acc_2,request,"two words"\n'
    "2026-03-03T09:15:00Z,acc_3,request,\u202egnp.exe\n"
)


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("filters")
    (folder / "requests.csv").write_text(ROWS, encoding="utf-8")
    assert main(["new", str(folder / "c"), "--number", "C", "--title", "T"]) == 0
    assert main(["import", str(folder / "c"), str(folder / "requests.csv")]) == 0
    return str(folder / "c")


@pytest.mark.parametrize(
    ("where", "drawn"),
    [
        ("acount:acc_1", ["  acount:acc_1", "  ^^^^^^", "  Suggested: account:acc_1"]),
        ("🦊 日本 has:nots", ["  🦊 日本 has:nots", "              ^^^^", "  Suggested: '🦊 日本 has:note'"]),
        ("e\u0301 (", ["  e\u0301 (", "     ^"]),
        ("a \u202e:x", ["  a \\u202e:x", "    ^^^^^^", "  Suggested: 'a :x'"]),
        ("source:~x", ["  source:~x", "  ^^^^^^"]),
    ],
)
def test_a_mark_stands_under_the_place(
    case: str, capsys: pytest.CaptureFixture[str], where: str, drawn: list[str]
) -> None:
    capsys.readouterr()
    assert main(["events", case, "--where", where]) == 2
    paragraph, *lines = capsys.readouterr().err.splitlines()
    assert paragraph.endswith((".", "?", "”?", '"a:b".'))
    assert lines == drawn


def test_a_long_filter_is_shown_around_the_place(
    case: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    capsys.readouterr()
    assert main(["events", case, "--where", "a " * 300 + "has:nots " + "b " * 300]) == 2
    _, line, mark = capsys.readouterr().err.splitlines()
    assert len(line) <= 62
    assert line[mark.index("^") : mark.rindex("^") + 1] == "nots"


def test_a_number_by_a_filter_that_stumbles_shows_the_place(case: str, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    asked = ["--question", "?", "--table", "requests", "--unit", "rows", "--where", "account:acc_1 or x"]
    assert main(["findings", case, "measure", *asked]) == 2
    assert capsys.readouterr().err.splitlines()[1:3] == ["  account:acc_1 or x", "                ^^"]


def test_fields_are_listed(case: str, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert main(["fields", case]) == 0
    said = capsys.readouterr().out
    assert "account  actor" in said
    assert main(["fields", case, "--json"]) == 0
    fields = json.loads(capsys.readouterr().out)["fields"]
    assert [field["name"] for field in fields] == ["time", "account", "action", "note"]
    assert fields[1] == {"name": "account", "role": "actor", "sources": ["S-01"], "distinct": 3, "term": 'account:""'}


def test_values_are_counted_exactly_and_written_as_filters(case: str, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert main(["fields", case, "--values", "note", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert {one["value"]: one["count"] for one in told["values"]} == {"x": 1, "two words": 1, "\u202egnp.exe": 1}
    assert (told["distinct"], told["empty"], told["of"], told["more"]) == (3, 1, 4, False)
    for one in told["values"]:
        assert main(["events", case, "--where", one["term"], "--json"]) == 0
        assert json.loads(capsys.readouterr().out)["count"] == one["count"]
    assert main(["fields", case, "--values", "account", "--limit", "1"]) == 0
    said = capsys.readouterr().out
    assert "account:acc_1" in said
    assert "--limit shows more" in said
    assert "3 different values in 4 events; 0 without one." in said
    assert main(["fields", case, "--values", "account", "--prefix", "ACC_2", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [one["value"] for one in told["values"]] == ["acc_2"]
    assert main(["fields", case, "--values", "note"]) == 0
    assert "\u202e" not in capsys.readouterr().out


def test_what_is_no_field_is_told(case: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fields", case, "--values", "nosuch"]) == 2
    assert main(["fields", case, "--prefix", "a"]) == 2
    assert capsys.readouterr().err


def test_a_case_without_events_has_no_fields(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["new", str(tmp_path / "c"), "--number", "C", "--title", "T"]) == 0
    capsys.readouterr()
    assert main(["fields", str(tmp_path / "c")]) == 0
    assert "0 fields" in capsys.readouterr().out
