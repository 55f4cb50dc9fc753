"""Set-aside rows on the command line: grouped, written as found, and read again."""

from __future__ import annotations

import base64
import csv
import io
import json
from pathlib import Path

import pytest

from casebound_ui.entry import main

BAD = b"2026-03-05T10:00:00Z,\xe9t\xe9\x80"
LINES = [
    b"time,note",
    *(f"2026-03-01T10:00:{n:02d}Z,tr\u00e8s bien".encode() for n in range(40)),
    b"07~03~2026 11.30,late",
    BAD,
    b"2026-03-05T10:00:01Z,half,other half",
]


@pytest.fixture
def case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CASEBOUND_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("CASEBOUND_NAME", "Rosa Behrens")
    Path("rows.csv").write_bytes(b"\r\n".join(LINES) + b"\r\n")
    assert main(["new", "c", "--number", "K-1", "--title", "T"]) == 0
    assert main(["import", "c", "rows.csv"]) == 0
    return "c"


def said(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> str:
    capsys.readouterr()
    assert main(list(arguments)) == code
    return capsys.readouterr().out


def test_groups_with_counts_and_the_first_example(case: str, capsys: pytest.CaptureFixture[str]) -> None:
    text = said(capsys, "quarantine", case)
    for words in ("S-01:time", "S-01:encoding", "S-01:columns", "line 42", "3 of 43 rows read are set aside"):
        assert words in text
    assert f"byte {sum(len(line) + 2 for line in LINES[:41])}" in " ".join(text.split())


def test_rows_are_written_byte_for_byte(case: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert "Wrote 3 rows to aside.raw and aside.raw.index.csv." in said(
        capsys, "quarantine", case, "--export", "aside.raw"
    )
    raw = Path("aside.raw").read_bytes()
    assert raw == b"\n".join(LINES[41:]) + b"\n"
    for row, line in zip(csv.DictReader(io.StringIO(Path("aside.raw.index.csv").read_text())), LINES[41:], strict=True):
        assert raw[int(row["begins"]) :][: int(row["bytes"])] == line
        assert Path("rows.csv").read_bytes()[int(row["offset"]) :].startswith(line)
    said(capsys, "quarantine", case, "--export", "aside.jsonl")
    listed = [json.loads(line) for line in Path("aside.jsonl").read_text().splitlines()]
    assert [base64.b64decode(row["bytes"]) or row["raw"].encode() for row in listed] == LINES[41:]
    assert main(["quarantine", case, "--export", "aside.raw"]) == 2
    assert Path("aside.raw").read_bytes() == raw


def test_a_dry_run_changes_nothing(case: str, capsys: pytest.CaptureFixture[str]) -> None:
    how = ("--mend", "S-01:time", "--time-format", "%d~%m~%Y %H.%M", "--zone", "Europe/Berlin")
    text = said(capsys, "quarantine", case, *how, "--dry-run")
    assert "1 of 1 row would be kept" in text and "2026-03-07T10:30:00" in text
    facts = json.loads(said(capsys, "quarantine", case, *how, "--dry-run", "--json"))
    assert (facts["read"], facts["kept"], facts["examples"][0]["line"]) == (1, 1, 42)
    assert len(json.loads(said(capsys, "quarantine", case, "--json"))) == 3


def test_rows_are_mended_one_group_after_the_other(case: str, capsys: pytest.CaptureFixture[str]) -> None:
    how = ("--time-format", "%d~%m~%Y %H.%M", "--zone", "Europe/Berlin")
    text = said(capsys, "quarantine", case, "--mend", "S-01:time", *how)
    assert "43 rows read = 41 kept + 2 set aside + 0 duplicates." in text
    facts = json.loads(said(capsys, "quarantine", case, "--mend", "S-01:encoding", "--encoding", "cp1252", "--json"))
    assert facts["now"] == {"read": 43, "kept": 42, "quarantined": 1, "duplicates": 0}
    assert facts["mend"]["recipe"]["encoding"] == "cp1252"
    said(capsys, "quarantine", case, "--mend", "s-01", "--line", "44", "--shift", "join:2")
    text = said(capsys, "quarantine", case)
    assert "Nothing is set aside: all 43 rows read could be used." in text
    assert "values 2 and the next as one" in text and "by Rosa Behrens" in text
    (source,) = json.loads(said(capsys, "sources", case, "--json"))
    assert (source["read"], source["kept"], source["quarantined"]) == (43, 43, 0)
    (event,) = json.loads(said(capsys, "events", case, "--where", "note:été€", "--json"))["events"]
    assert event["line"] == 43
    assert "Rows read again" in said(capsys, "custody", case)
    assert main(["check", case]) == 0


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["--mend", "S-01:json", "--zone", "UTC"], 2, "Nothing of S-01 is set aside as “json”"),
        (["--mend", "S-09:time", "--zone", "UTC"], 2, "no source “S-09”"),
        (["--mend", "S-01:time"], 2, "Nothing was chosen"),
        (["--mend", "S-01:time", "--time-format", "%Y"], 1, "cannot be read this way"),
        (["--mend", "S-01:columns", "--shift", "turn:3"], 2, "no way to shift"),
        (["--mend", "S-01:columns", "--shift", "drop:3", "--line", "5"], 2, "row of line 5"),
        (["--zone", "UTC"], 2, "not said which rows"),
    ],
)
def test_what_does_not_fit_is_said(
    case: str, capsys: pytest.CaptureFixture[str], arguments: list[str], code: int, words: str
) -> None:
    capsys.readouterr()
    assert main(["quarantine", case, *arguments]) == code
    told = " ".join(capsys.readouterr().err.split())
    assert words in told and "Traceback" not in told


def test_an_import_stops_where_too_many_would_be_set_aside(case: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("more.csv").write_bytes(b"\n".join(LINES) + b"\n")
    capsys.readouterr()
    assert main(["import", case, "more.csv", "--stop-if-set-aside", "2"]) == 2
    assert "More than 2 rows" in " ".join(capsys.readouterr().err.split())
    assert len(json.loads(said(capsys, "sources", case, "--json"))) == 1
