"""`casebound sources`: how each export was made, beside what came, and stating it from the command line."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from casebound_ui.entry import main


@pytest.fixture(autouse=True)
def _there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CASEBOUND_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("CASEBOUND_NAME", "Tester")


@pytest.fixture
def case(capsys: pytest.CaptureFixture[str]) -> str:
    """A case with three weeks of pings by day and one silent afternoon."""
    start, lines = datetime(2026, 3, 2, tzinfo=UTC), ["ts,account_id,action"]
    for minutes in range(0, 21 * 24 * 60, 5):
        at = start + timedelta(minutes=minutes)
        if 8 <= at.hour < 18 and not (at.day == 13 and 13 <= at.hour < 16):
            lines.append(f"{at:%Y-%m-%dT%H:%M:%SZ},acct-1,ping")
    Path("pings.csv").write_text("\n".join(lines) + "\n")
    assert main(["new", "case", "--number", "C-1", "--title", "T"]) == 0
    assert main(["import", "case", "pings.csv"]) == 0
    capsys.readouterr()
    return "case"


def listed(capsys: pytest.CaptureFixture[str], case: str) -> dict[str, Any]:
    capsys.readouterr()
    assert main(["sources", case, "--json"]) == 0
    (one,) = json.loads(capsys.readouterr().out)
    assert isinstance(one, dict)
    return one


def test_nothing_stated_is_said(case: str, capsys: pytest.CaptureFixture[str]) -> None:
    one = listed(capsys, case)
    assert one["origin"] is None
    assert {fact["from"] for fact in one["assurance"]} == {"not stated"}
    assert {fact["fact"] for fact in one["assurance"]} >= {
        "source_system",
        "query_text",
        "retention_window",
        "row_count",
    }
    assert (one["compared"], one["window"]["from"]) == ([], None)


def test_silence_is_listed_with_the_rule(case: str, capsys: pytest.CaptureFixture[str]) -> None:
    (gap,) = listed(capsys, case)["gaps"]
    assert gap == {
        "from": "2026-03-13T12:55:00.000000Z",
        "to": "2026-03-13T16:00:00.000000Z",
        "seconds": 11100.0,
        "usual_seconds": 300.0,
        "rows_expected": 35,
    }
    assert main(["sources", case, "--details"]) == 0
    told = " ".join(capsys.readouterr().out.split())
    assert "No rows between 2026-03-13T12:55:00.000000Z and 2026-03-13T16:00:00.000000Z: 3 h 5 min." in told
    assert "9 days in 10" in told


def test_stating_it_later(case: str, capsys: pytest.CaptureFixture[str]) -> None:
    facts = {"tool": "unload", "row_counts": {"pings.csv": 3}, "window_end": "2026-03-20T00:00:00Z"}
    Path("made.json").write_text(json.dumps(facts))
    assert main(["sources", case, "--origin", "S-01=made.json"]) == 0
    told = " ".join(capsys.readouterr().out.split())
    assert "S-01 pings.csv: Not as stated: Rows, Window." in told
    one = listed(capsys, case)
    assert (one["expected"], one["origin"]["tool"]) == (3, "unload")
    assert "row_counts" not in one["origin"]
    assert one["window"]["rows_after"] == 360
    stated = {fact["fact"]: fact["from"] for fact in one["assurance"]}
    assert stated["tool"].startswith("stated by Tester at 20")
    assert main(["check", case]) == 0
    Path("less.json").write_text('{"tool": ""}')
    assert main(["sources", case, "--origin", "s-1=less.json"]) == 0
    assert "tool" not in listed(capsys, case)["origin"]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("made.json", "which source"),
        ("S-02=made.json", "no source S-02"),
        ("S-01=none.json", "no file"),
        ("S-01=bad.json", "whole number"),
    ],
)
def test_what_does_not_fit_is_told_and_nothing_changes(
    case: str, capsys: pytest.CaptureFixture[str], given: str, words: str
) -> None:
    Path("made.json").write_text('{"tool": "unload"}')
    Path("bad.json").write_text('{"row_count": "many"}')
    before = listed(capsys, case)
    assert main(["sources", case, "--origin", given]) == 2
    assert words in " ".join(capsys.readouterr().err.split())
    assert listed(capsys, case) == before
