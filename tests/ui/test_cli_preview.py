"""`import --preview`: the mapping is shown, can be changed, and is given back; nothing is kept meanwhile."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from casebound.case import Actor
from casebound.document import Case
from casebound_ui.cli.app import run


def test_a_previewed_mapping_can_be_changed_and_given_back(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    case = tmp_path / "a.casebound"
    with Case.create(case, "A-1", "Preview", Actor("Ada Quill")):
        pass
    export = tmp_path / "seen.csv"
    export.write_text("who,when,what\nada,2026-03-01 10:00:00,in\nbo,2026-03-01 11:00:00,out\n", encoding="utf-8")
    assert run(["import", str(case), str(export), "--preview", "--json"]) == 0
    (shown,) = json.loads(capsys.readouterr().out)
    assert [column["name"] for column in shown["mapping"]["columns"]] == ["who", "when", "what"]
    with Case.open(case, Actor("Ada Quill"), write=False) as held:
        assert held.snapshot().sources == ()

    mapping = shown["mapping"] | {"zone": "+02:00"}
    roles = {"who": "entity", "when": "time", "what": "actor"}
    mapping["columns"] = [column | {"role": roles[column["name"]]} for column in mapping["columns"]]
    (tmp_path / "mapping.json").write_text(json.dumps(mapping), encoding="utf-8")
    assert run(["import", str(case), str(export), "--mapping", str(tmp_path / "mapping.json"), "--json"]) == 0
    (made,) = json.loads(capsys.readouterr().out)
    assert (made["kept"], made["first"]) == (2, "2026-03-01T08:00:00.000000Z")
    with Case.open(case, Actor("Ada Quill"), write=False) as held:
        (source,) = held.snapshot().sources
    assert {column.name: str(column.role) for column in source.mapping.columns} == roles


def test_a_preview_says_in_words_what_it_would_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    export = tmp_path / "seen.csv"
    export.write_text("who;when\nada;2026-03-01 10:00:00\n", encoding="utf-8")
    assert run(["import", str(tmp_path), str(export), "--preview"]) == 0
    said = capsys.readouterr().out
    assert "semicolon" in said and "no zone" in said and "Nothing was brought in" in said


def test_what_a_spreadsheet_would_run_is_guarded_as_in_a_package(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Signs before a number make a formula: one guard serves the package and the command line."""
    case = tmp_path / "a.casebound"
    with Case.create(case, "A-1", "Guard", Actor("Ada Quill")):
        pass
    export = tmp_path / "seen.csv"
    export.write_text("when,account_id\n2026-03-01T10:00:00Z,+-1\n2026-03-01T11:00:00Z,-5\n", encoding="utf-8")
    assert run(["import", str(case), str(export)]) == 0
    capsys.readouterr()
    assert run(["events", str(case), "--format", "csv"]) == 0
    said = capsys.readouterr().out
    assert ",'+-1" in said and ",-5" in said
