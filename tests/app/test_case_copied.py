"""Two copies of a case never go on under one log origin, and a copy's record says whose it was."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from casebound.case import Actor
from casebound.custody import describe
from casebound.document import Case
from casebound_packaging.disclosure import disclose
from casebound_packaging.lineage import earlier_names, is_of

ROSA = Actor("Rosa Behrens")


def names_of(case: Case) -> dict[str, int]:
    said = {entry.seq: entry.disclosed for entry in case.ledger()}
    return dict(earlier_names(case.ledger_lines(), lambda seq: said[seq]))


def test_a_copy_gets_a_name_of_its_own_at_its_first_write(case: Case, tmp_path: Path) -> None:
    case.annotate_range(1, 2, note="Before the copy")
    before = case.snapshot()
    case.close()
    shutil.copytree(case.path, tmp_path / "copy.casebound")
    with Case.open(tmp_path / "copy.casebound", ROSA, write=False) as copy:
        assert copy.snapshot().log_origin == before.log_origin, "who only looks changes nothing"
    with Case.open(tmp_path / "copy.casebound", ROSA) as copy:
        assert copy.snapshot().ledger_size == before.ledger_size, "nor does opening it for writing"
        copy.annotate_range(3, 4, note="In the copy")
        after = copy.snapshot()
        assert after.log_origin != before.log_origin and after.number == before.number
        entry = copy.ledger(start=before.ledger_size, limit=1)[0]
        assert entry.action == "copied" and entry.disclosures["prior"] == {
            "log_origin": before.log_origin,
            "size": before.ledger_size,
        }
        assert describe(entry) == (
            "Copy of a case: the log goes on under a new name",
            f"Before: {before.log_origin}",
        )
        assert names_of(copy) == {before.log_origin: before.ledger_size}
        copy.annotate_range(5, 6, note="Again")
        assert [one.action for one in copy.ledger(start=before.ledger_size)] == ["copied", "annotated", "annotated"]
        assert copy.check().clean
    with Case.open(case.path, ROSA) as original:
        original.annotate_range(3, 4, note="In the original")
        assert original.snapshot().log_origin == before.log_origin and original.check().clean
        assert names_of(original) == {}
    with Case.open(tmp_path / "copy.casebound", ROSA) as copy:
        copy.annotate_range(7, 8, note="Later")
        assert copy.snapshot().log_origin == after.log_origin, "it stays what it is"


def test_a_copy_put_in_the_place_of_the_original_is_still_a_copy(case: Case, tmp_path: Path) -> None:
    origin, there = case.snapshot().log_origin, case.path
    case.close()
    there.rename(tmp_path / "old.casebound")
    shutil.copytree(tmp_path / "old.casebound", there)
    for path, same in ((tmp_path / "old.casebound", True), (there, False)):
        with Case.open(path, ROSA) as opened:
            opened.annotate_range(1, 2, note="On")
            assert (opened.snapshot().log_origin == origin) is same


def test_a_refused_act_leaves_a_copy_as_it_was(case: Case, tmp_path: Path) -> None:
    before = case.snapshot()
    case.close()
    shutil.copytree(case.path, tmp_path / "copy.casebound")
    with Case.open(tmp_path / "copy.casebound", ROSA) as copy:
        with pytest.raises(Exception, match="no exhibit"):
            copy.caption_exhibit("EX-0001", "x")
        assert copy.snapshot().log_origin == before.log_origin and copy.snapshot().ledger_size == before.ledger_size
        copy.annotate_range(1, 2, note="A note")
        assert copy.ledger()[-2].action == "copied"


def test_the_first_act_in_a_copy_can_be_taken_back(case: Case, tmp_path: Path) -> None:
    case.close()
    for number, session in ((1, True), (2, False)):
        path = tmp_path / f"copy-{number}.casebound"
        shutil.copytree(case.path, path)
        with Case.open(path, ROSA) as copy:
            copy.annotate_range(1, 2, note="A note")
            assert copy.undoable() == "Note on a range of time"
            if session:
                copy.undo()
        with Case.open(path, ROSA) as copy:
            if not session:
                assert copy.undo_last() == "Note on a range of time"
            assert copy.snapshot().marks == () and copy.check().clean


def test_a_copy_of_a_copy_knows_all_its_names(case: Case, tmp_path: Path) -> None:
    known, path = [], case.path
    case.close()
    for number in range(3):
        with Case.open(path, ROSA) as opened:
            opened.annotate_range(number, number + 1, note="On")
            known.append((opened.snapshot().log_origin, opened.snapshot().ledger_size))
        copy = tmp_path / f"{number}.casebound"
        shutil.copytree(path, copy)
        path = copy
    with Case.open(path, ROSA) as opened:
        opened.annotate_range(8, 9, note="On")
        names, own = names_of(opened), opened.snapshot().log_origin
    assert names == dict(known)
    for origin, size in known:
        assert is_of(origin, size, own, names) and not is_of(origin, size + 1, own, names)
    assert is_of(own, 10**6, own, names) and not is_of("casebound/else/00", 1, own, names)


def test_a_name_that_the_record_does_not_disclose_is_no_name_of_it() -> None:
    line = b'{"action":"copied","seq":0}'
    assert earlier_names([line], lambda seq: []) == {}
    assert earlier_names([line], lambda seq: ["!"]) == {}
    for value in (
        {"log_origin": "a", "size": 1},
        {"log_origin": "a", "size": False},
        {"log_origin": 1, "size": 0},
        "a",
    ):
        assert earlier_names([line], lambda seq, value=value: [disclose("prior", value).encoded]) == {}
    assert earlier_names([line], lambda seq: [disclose("prior", {"log_origin": "a", "size": 0}).encoded]) == {"a": 0}
