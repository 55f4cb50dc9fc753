"""Taking back what others went on with: refused where it would make something stand twice, or leave it on nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from casebound.case import Actor, Event, Source
from casebound.document import Case
from casebound.errors import NothingToDo

Making = Callable[[Source, int], Event]
ROSA, IVO = Actor("Rosa Behrens"), Actor("Ivo Lang", "cd" * 32)


@pytest.fixture
def source(case: Case, export: Path, bring: Callable[[Case, Path], Source]) -> Source:
    return bring(case, export)


def refused(case: Case, words: str) -> None:
    """Rosa's last act cannot be taken back, and nothing of the case is another."""
    case.actor = ROSA
    before = case.snapshot()
    with pytest.raises(NothingToDo, match=words):
        case.undo()
    assert case.snapshot() == before and case.check(full=False).findings == ()


def test_an_event_is_never_two_exhibits(case: Case, source: Source, event: Making) -> None:
    case.make_exhibit(event=event(source, 1))
    case.remove_exhibit("EX-0001")
    case.actor = IVO
    case.make_exhibit(event=event(source, 1))
    refused(case, "What EX-0001 shows is exhibit EX-0002 since")


def test_an_exhibit_on_the_evidence_timeline_stays(case: Case, source: Source, event: Making) -> None:
    case.make_exhibit(event=event(source, 1))
    case.actor = IVO
    case.add_entries(["EX-0001"])
    refused(case, "EX-0001 is on the evidence timeline since, as C-0001")


@pytest.mark.parametrize("what", ["exhibit", "measure", "view"])
def test_what_a_finding_of_others_rests_on_stays(case: Case, source: Source, event: Making, what: str) -> None:
    fields: dict[str, tuple[str, ...]]
    if what == "exhibit":
        case.make_exhibit(event=event(source, 1))
        fields = {"contradicts": ("EX-0001",)}
    elif what == "measure":
        case.add_measure(question="How many?", table="requests", result=9)
        fields = {"measures": ("Q-0001",)}
    else:
        case.save_view("The night")
        fields = {"views": ("V-01",)}
    case.actor = IVO
    case.add_finding("One person.", **fields)
    refused(case, "F-01 rests on .*-0*1 since")
    case.actor = IVO
    case.undo()
    assert case.undo_last(redo=True) == "Finding F-01"
    case.actor = ROSA
    with pytest.raises(NothingToDo, match="Nothing was done"):
        case.undo()


def test_what_was_done_again_is_no_less_relied_upon(case: Case, source: Source, event: Making) -> None:
    case.make_exhibit(event=event(source, 1))
    case.undo()
    case.redo()
    case.actor = IVO
    case.add_finding("One person.", supports=("EX-0001",))
    refused(case, "F-01 rests on EX-0001 since")


def test_a_removal_that_a_finding_did_not_hinder_is_done_again(case: Case, source: Source, event: Making) -> None:
    case.make_exhibit(event=event(source, 1))
    case.add_finding("One person.", supports=("EX-0001",))
    case.remove_exhibit("EX-0001")
    case.undo()
    case.redo()
    assert case.snapshot().exhibits == ()


def test_the_last_change_is_told_as_what_it_was(case: Case, source: Source, event: Making) -> None:
    case.make_exhibits([event(source, 1), event(source, 2)])
    for again in (False, True, False, True, False):
        assert case.undo_last(redo=again) == "2 exhibits"
    case.undo_last(redo=True)
    case.caption_exhibit("EX-0001", "The first")
    for again in (False, True, False):
        assert case.undo_last(redo=again) == "Caption of EX-0001"


@pytest.mark.parametrize("place", ["event", "range", "entity"])
def test_a_tag_or_bookmark_stands_once(case: Case, source: Source, event: Making, place: str) -> None:
    def put(**what: object) -> None:
        if place == "event":
            case.annotate([event(source, 1).id], **what)  # type: ignore[arg-type]
        elif place == "range":
            case.annotate_range(5, 9, **what)  # type: ignore[arg-type]
        else:
            case.annotate_entity("who", "acct-1", **what)  # type: ignore[arg-type]

    put(tags=["pool-a"], bookmark="mine")
    case.remove_marks([1, 2])
    case.actor = IVO
    put(bookmark="ours")
    refused(case, "The same bookmark was put there again since")
    put(tags=["pool-b"], note="look")
    case.remove_marks([4, 5])
    case.actor = IVO
    put(tags=["pool-c"], note="look")
    case.actor = ROSA
    case.undo()
    assert len(case.snapshot().marks) == 5, "another tag and another note are no hindrance"


def test_the_evidence_timeline_names_each_exhibit_and_range_once(case: Case, source: Source, event: Making) -> None:
    case.make_exhibits([event(source, 1), event(source, 2)])
    case.add_entries(["EX-0001"])
    case.remove_entry("C-0001")
    case.actor = IVO
    case.add_entries(["EX-0001"])
    refused(case, "What C-0001 shows is on the evidence timeline since, as C-0002")
    case.add_entry(from_us=1, to_us=2)
    case.remove_entry("C-0003")
    case.actor = IVO
    case.add_entry(from_us=1, to_us=2)
    refused(case, "What C-0003 shows is on the evidence timeline since, as C-0004")


def test_an_entry_does_not_come_back_without_its_exhibit(case: Case, source: Source, event: Making) -> None:
    case.make_exhibit(event=event(source, 1))
    case.add_entries(["EX-0001"])
    case.remove_entry("C-0001")
    case.actor = IVO
    case.remove_exhibit("EX-0001")
    refused(case, "C-0001 shows EX-0001, which is no exhibit any more")


def test_two_entries_never_share_a_place(case: Case, source: Source, event: Making) -> None:
    case.make_exhibits([event(source, number) for number in (1, 2, 3, 4)])
    case.add_entries(["EX-0001", "EX-0002"])
    case.add_entry(exhibit="EX-0003", after="C-0001")
    case.move_entry("C-0003", "C-0002")
    case.actor = IVO
    case.add_entry(exhibit="EX-0004", after="C-0001")
    refused(case, "C-0004 was put where C-0003 stood")
