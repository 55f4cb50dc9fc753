"""The demonstration and the sample case: everything the story says is in the case, and the package is sound."""

from __future__ import annotations

import json
import os
import zipfile
from pathlib import Path

import pytest

from casebound.case import Actor, Snapshot
from casebound.document import Case
from casebound.errors import BadRequest
from casebound.work import Cancelled
from casebound_resources import sample
from casebound_ui.entry import main
from casebound_ui.sample import build_sample_case, case_name, sample_case

STORY = sample.story()
TRUTH = sample.truth()


@pytest.fixture(autouse=True)
def _surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CASEBOUND_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_sample_case(tmp_path_factory.mktemp("sample"))


def _snapshot(path: Path) -> Snapshot:
    with Case.open(path, Actor("Tester"), write=False) as case:
        return case.snapshot()


def test_the_whole_story_is_in_the_case(told: Path) -> None:
    held = _snapshot(told)
    assert (held.number, held.title) == (STORY["number"], STORY["title"])
    assert [source.name for source in held.sources] == list(sample.TABLES)
    assert sum(source.kept for source in held.sources) == TRUTH["total_kept"]
    assert [one.title for one in held.attachments] == [one["title"] for one in STORY["attachments"]]
    expected = sum(bool(one.get("note")) + len(one.get("tags", ())) + ("bookmark" in one) for one in STORY["marks"])
    assert len(held.marks) == expected
    assert [one.caption for one in held.exhibits] == [one["caption"] for one in STORY["exhibits"]]
    assert [one.sentence for one in held.findings] == [one["sentence"] for one in STORY["findings"]]


def test_the_numbers_are_those_that_were_planted(told: Path) -> None:
    held = {one.question: one for one in _snapshot(told).measures}
    for planted in STORY["measures"]:
        assert held[planted["question"]].result == planted["result"]
        assert held[planted["question"]].denominator is not None
        assert held[planted["question"]].denominator > planted["result"]


def test_findings_keep_likelihood_and_confidence_apart_and_say_what_speaks_against_them(told: Path) -> None:
    findings = _snapshot(told).findings
    assert any(one.likelihood and one.confidence for one in findings)
    assert any(one.contradicts for one in findings)
    assert all(one.supports and one.measures and one.clause and one.limits and one.confidence_basis for one in findings)
    assert all(str(one.confidence) not in one.sentence.split() for one in findings if one.confidence)


def test_one_picture_is_covered_and_one_is_not(told: Path) -> None:
    pictures = {one.name: one.sensitive for one in _snapshot(told).attachments if one.media_type == "image/png"}
    assert pictures == {"hollowfern-plans.png": False, "hollowfern-status.png": True}


def test_the_sample_is_made_once_and_then_opened(tmp_path: Path) -> None:
    first = sample_case(tmp_path / "kept")
    head = _snapshot(first).ledger_head
    assert sample_case(tmp_path / "kept") == first
    assert _snapshot(first).ledger_head == head
    with pytest.raises(BadRequest):
        build_sample_case(tmp_path / "kept")


def test_stopped_half_way_nothing_is_left(tmp_path: Path) -> None:
    def stop(done: int, total: int, note: str = "") -> None:
        if "requests" in note:
            raise Cancelled

    with pytest.raises(Cancelled):
        build_sample_case(tmp_path / "sample", stop)
    assert list((tmp_path / "sample").iterdir()) == []
    assert build_sample_case(tmp_path / "sample").name == case_name()


def test_what_a_killed_program_left_is_swept_and_work_under_way_is_not(tmp_path: Path) -> None:
    left, fresh = tmp_path / "sample" / ".making-sample-left", tmp_path / "sample" / ".making-sample-fresh"
    for folder in (left, fresh):
        folder.mkdir(parents=True)
        (folder / "half").write_text("told")
    os.utime(left, (1_700_000_000, 1_700_000_000))
    build_sample_case(tmp_path / "sample")
    assert sorted(path.name for path in (tmp_path / "sample").iterdir()) == [fresh.name, case_name()]


@pytest.mark.slow
def test_demo(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demo", "--dir", "shown", "--no-window"]) == 0
    said = capsys.readouterr()
    assert said.err == ""
    (package,) = Path("shown").rglob("*.zip")
    (case,) = Path("shown").rglob("*.casebound")
    certificate = Path("shown/sample-signer.pem")
    for path in (package, case, certificate):
        assert str(path.absolute()) in said.out
    assert "Verdict   Verified, with limits" in said.out
    assert "UNATTRIBUTED" not in said.out, "the certificate was given from outside"
    assert main(["check", str(case)]) == 0
    capsys.readouterr()
    assert main(["verify", str(package), "--trust", str(certificate), "--json"]) == 3
    verdict = json.loads(capsys.readouterr().out)
    assert verdict["verdict"] == "verified-with-limits"
    assert verdict["findings"] == []
    assert "UNATTRIBUTED" not in verdict["limits"]
    with zipfile.ZipFile(package) as held:
        names = {name.partition("/")[2] for name in held.namelist()}
    assert {"data/report.pdf", "data/completeness.json", "data/custody/ledger.jsonl", "verify.py"} <= names
    assert sum(name.endswith("/exhibit.json") for name in names) == len(STORY["exhibits"])
    assert not any(path.suffix in (".p12", ".key") for path in Path("shown").rglob("*")), "the key was thrown away"
    assert main(["demo", "--dir", "shown", "--no-window"]) == 0
    assert "is not empty and stays as it is" in capsys.readouterr().out
    assert len(list(Path("shown-2").rglob("*.zip"))) == 1
    assert list(Path("shown").rglob("*.zip")) == [package]
