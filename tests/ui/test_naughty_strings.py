"""The big list of naughty strings: each exact through import and `events --format jsonl`, and back out of its CSV."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from casebound_exporters.cells import GUARD, guarded
from casebound_ui.entry import main

STRINGS = Path(__file__).resolve().parents[3] / "shared" / "data" / "naughty-strings" / "blns.json"
pytestmark = pytest.mark.skipif(not STRINGS.exists(), reason="the shared data sets are not here")


@pytest.fixture
def strings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Brought in as the objects of events, one a second."""
    monkeypatch.setenv("CASEBOUND_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("CASEBOUND_NAME", "Tester")
    monkeypatch.chdir(tmp_path)
    found: list[str] = [text for text in json.loads(STRINGS.read_text(encoding="utf-8")) if text]
    with Path("prompts.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, quoting=csv.QUOTE_ALL)
        writer.writerow(["ts", "object"])
        writer.writerows([f"2026-03-01T10:{n // 60:02}:{n % 60:02}Z", text] for n, text in enumerate(found))
    assert main(["new", "c.casebound", "--number", "N-1", "--title", "Naughty"]) == 0
    assert main(["import", "c.casebound", "prompts.csv"]) == 0
    return found


def test_each_is_exact_in_json_lines(strings: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert main(["events", "c.casebound", "--format", "jsonl"]) == 0
    events = [json.loads(line) for line in capsys.readouterr().out.split("\n") if line]
    assert [event["fields"]["object"] for event in events] == strings
    assert [event["object"] for event in events] == strings


def test_each_can_be_had_back_from_the_csv(strings: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """The rule: an apostrophe stands before what a spreadsheet would compute, and before an apostrophe."""
    capsys.readouterr()
    assert main(["events", "c.casebound", "--format", "csv"]) == 0
    rows = list(csv.reader(io.StringIO(capsys.readouterr().out, newline="")))
    cells = [row[rows[0].index("object")] for row in rows[1:]]
    assert cells == [guarded(text) for text in strings]
    assert [cell.removeprefix(GUARD) if cell.startswith(GUARD) else cell for cell in cells] == strings
    assert not any(cell.startswith(("=", "@", "\t", "\r")) for cell in cells)
