"""Saved views in findings, on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from casebound.case import Actor
from casebound.document import Case
from casebound_ui.entry import main


@pytest.fixture
def case(tmp_path: Path) -> str:
    path = tmp_path / "a.casebound"
    with Case.create(path, "C-1", "Views", Actor("Mary Okafor")) as held:
        held.save_view("One")
        held.save_view("Two")
    return str(path)


def said(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, object]:
    assert main([*words, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert isinstance(found, dict)
    return found


def test_views_are_given_in_their_order_and_replaced_as_a_whole(case: str, capsys: pytest.CaptureFixture[str]) -> None:
    name = ("--name", "Mary Okafor")
    made = said(capsys, "findings", case, "add", "--sentence", "S.", "--view", "v-02", "--view", "V-01", *name)
    assert made["views"] == ["V-02", "V-01"]
    changed = said(capsys, "findings", case, "change", "F-01", "--view", "V-01", *name)
    assert changed["views"] == ["V-01"]


def test_a_view_that_is_not_there_changes_nothing(case: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["findings", case, "add", "--sentence", "S.", "--view", "V-09", "--name", "Mary Okafor"]) == 2
    assert "V-09" in capsys.readouterr().err
    with Case.open(Path(case), Actor("Mary Okafor"), write=False) as held:
        assert not held.snapshot().findings
