"""`casebound clock`: which way, how far and why, as a person types it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from casebound_ui.entry import main


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Path:
    monkeypatch.setenv("CASEBOUND_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    Path("rows.csv").write_text("ts,account_id\n2026-03-01T10:02:14Z,acc_1\n1601-01-01T00:00:00Z,acc_2\n")
    assert main(["new", "case", "--number", "C-1", "--title", "T", "--name", "Tester"]) == 0
    assert main(["import", "case", "rows.csv", "--name", "Tester"]) == 0
    capsys.readouterr()
    return tmp_path


def test_a_clock_that_was_ahead(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["clock", "case", "S-01", "--ahead", "2m14s", "--reason", "A probe showed it", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["clock_us"] == -134_000_000
    assert said["last"] == "2026-03-01T10:00:00.000000Z"
    assert said["first"] == "1600-12-31T23:57:46.000000Z"
    assert main(["events", "case", "--where", "after:2026-03-01T10:00:00 before:2026-03-01T10:00:01", "--json"]) == 0
    event = json.loads(capsys.readouterr().out)["events"][0]
    assert (event["time"], event["raw"]) == ("2026-03-01T10:00:00.000000Z", "2026-03-01T10:02:14Z")
    assert event["clock_us"] == -134_000_000
    assert main(["clock", "case", "rows.csv", "--right", "--reason", "The probe was another machine's"]) == 0
    assert "clock taken as right, because: The probe" in capsys.readouterr().out
    assert main(["custody", "case"]) == 0
    assert capsys.readouterr().out.count("Clock corrected") == 2


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["S-01", "--ahead", "2m"], 2),
        (["S-01", "--reason", "r"], 2),
        (["S-01", "--ahead", "2m", "--behind", "3m", "--reason", "r"], 2),
        (["S-01", "--ahead", "-2m", "--reason", "r"], 2),
        (["S-09", "--ahead", "2m", "--reason", "r"], 2),
        (["S-01", "--right", "--reason", "r"], 1),
    ],
)
def test_wrong_usage_changes_nothing(
    folder: Path, words: list[str], code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["clock", "case", *words]) == code
    capsys.readouterr()
    assert main(["sources", "case", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["last"] == "2026-03-01T10:02:14.000000Z"


def test_the_time_ledger_of_a_source(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("mixed.csv").write_text(
        "ts,who\n2026-03-01T10:00:00Z,a\n2026-03-01T10:00:01Z,b\n"
        "2026-03-01 10:00:02,c\n1772359203,d\n2026-10-25 02:30:00,e\n"
    )
    assert main(["import", "case", "mixed.csv", "--zone", "Europe/Berlin", "--name", "Tester"]) == 0
    assert main(["clock", "case", "S-02", "--behind", "5s", "--reason", "Drift", "--name", "Tester"]) == 0
    capsys.readouterr()
    assert main(["sources", "case", "--json"]) == 0
    ways = json.loads(capsys.readouterr().out)[1]["times"]
    assert sum(way["count"] for way in ways) == 5
    assert {(way["zone"], way["zone_origin"], way["count"], way["example"]) for way in ways} >= {
        ("Europe/Berlin", "chosen by Tester", 1, "2026-03-01 10:00:02"),
        ("Europe/Berlin", "chosen by Tester", 1, "2026-10-25 02:30:00"),
    }
    assert main(["sources", "case", "--times"]) == 0
    told = capsys.readouterr().out
    assert "Such as" in told
    assert "repeated hour" in told
    assert "Its clock is corrected: +5 s (clock 5 s behind, because: Drift)" in told


def test_numbers_that_ask_for_times_are_named(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    measure = ["findings", "case", "measure", "--table", "rows", "--unit", "rows", "--name", "Tester"]
    assert main([*measure, "--question", "Late?", "--where", "-(before:2026-03-01T10:01:00)"]) == 0
    assert main([*measure, "--question", "Whose?", "--where", "account_id:acc_1"]) == 0
    assert main([*measure, "--question", "In March?", "--from", "2026-03-01"]) == 0
    capsys.readouterr()
    assert main(["clock", "case", "S-01", "--ahead", "2m14s", "--reason", "A probe", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["numbers_to_measure_again"] == ["Q-0001", "Q-0003"]
    assert main(["clock", "case", "S-01", "--ahead", "2m15s", "--reason", "A better probe"]) == 0
    assert "measure them again: Q-0001, Q-0003" in capsys.readouterr().out
