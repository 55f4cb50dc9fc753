"""Taking back: the custody record keeps both, and the case says again what it said before."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from casebound.case import Actor, Event, Source
from casebound.document import Case
from casebound.errors import CannotWrite, NothingToDo

Making = Callable[[Source, int], Event]


@pytest.fixture
def source(case: Case, export: Path, bring: Callable[[Case, Path], Source]) -> Source:
    return bring(case, export)


def living(case: Case) -> tuple[object, ...]:
    """What people see of the case, without the custody record."""
    now = case.snapshot()
    return now.marks, now.exhibits, now.findings, now.measures, now.views, now.chronology, now.attachments


def test_every_kind_of_act_is_taken_back_and_done_again(
    case: Case, source: Source, event: Making, tmp_path: Path
) -> None:
    (tmp_path / "a.txt").write_text("a")
    case.attach(tmp_path / "a.txt")
    acts: list[tuple[str, Callable[[], object]]] = [
        ("Note on an event", lambda: case.annotate([event(source, 1).id], note="look")),
        ("Tag “pool-a” on 3 events", lambda: case.annotate([event(source, n).id for n in (1, 2, 3)], tags=["pool-a"])),
        ("Bookmark on a range of time", lambda: case.annotate_range(5, 9, bookmark=True)),
        ("Note on who: acct-1", lambda: case.annotate_entity("who", "acct-1", note="again")),
        ("Removal of note", lambda: case.remove_mark(1)),
        ("2 exhibits", lambda: case.make_exhibits([event(source, n) for n in (4, 5)], "Two of them")),
        ("Exhibit EX-0003", lambda: case.make_exhibit(attachment=1)),
        ("Caption of EX-0003", lambda: case.caption_exhibit("EX-0003", "The letter")),
        ("Number Q-0001", lambda: case.add_measure(question="How many?", table="requests", result=9)),
        ("View V-01", lambda: case.save_view("The night", where="who:acct-1", from_us=1, look={"facets": ["who"]})),
        ("Change of V-01", lambda: case.change_view("V-01", title="The first night", columns=["at"])),
        ("Finding F-01", lambda: case.add_finding("One person.", supports=["EX-0001"], views=["V-01"])),
        ("Change of F-01", lambda: case.change_finding("F-01", measures=["Q-0001"], views=[])),
        ("3 entries of the evidence timeline", lambda: case.add_entries(["EX-0002", "EX-0001", "EX-0003"])),
        ("Entry C-0004", lambda: case.add_entry(from_us=1, to_us=2, caption="The night", after="C-0001")),
        ("Change of C-0001", lambda: case.change_entry("C-0001", "First of all")),
        ("Change of C-0003", lambda: case.move_entry("C-0003", None)),
        ("Removal of C-0004", lambda: case.remove_entry("C-0004")),
        ("Removal of EX-0002", lambda: case.remove_exhibit("EX-0002")),
        ("Removal of V-01", lambda: case.remove_view("V-01")),
        ("Link of attachment 1", lambda: case.link_attachment(1, [event(source, 7).id])),
        ("Cover of attachment 1", lambda: case.mark_sensitive(1, True)),
    ]
    states = [living(case)]
    for words, act in acts:
        act()
        states.append(living(case))
        assert case.undoable() == words and case.redoable() == ""
    assert [len(each) for each in states[-1]] == [5, 2, 1, 1, 0, 2, 1]
    for back in range(len(acts) - 1, -1, -1):
        assert case.undo() == acts[back][0] == case.redoable()
        assert living(case) == states[back]
        assert case.check(full=False).findings == ()
    with pytest.raises(NothingToDo, match="Nothing was done since"):
        case.undo()
    for forth, (words, _) in enumerate(acts):
        assert case.redo() == words
        assert living(case) == states[forth + 1]
    with pytest.raises(NothingToDo, match="Nothing was taken back"):
        case.redo()
    assert case.check().findings == ()


def test_an_undo_is_a_line_of_its_own_that_names_the_one_it_takes_back(
    case: Case, source: Source, event: Making
) -> None:
    case.annotate([event(source, 1).id], note="look")
    before = case.ledger_lines()
    case.undo()
    lines = case.ledger()
    assert case.ledger_lines()[: len(before)] == before, "nothing that was written goes away"
    (undone,) = lines[len(before) :]
    assert (undone.action, undone.item_type, undone.item_id) == ("corrected", "mark", "1")
    assert f'"corrects":{len(before) - 1}'.encode() in undone.line
    assert undone.disclosures["reason"] == "Taken back."
    assert case.describe_entry(undone)[0] == "Note taken back"
    case.redo()
    again = case.ledger()[-1]
    assert f'"corrects":{undone.seq}'.encode() in again.line and again.disclosures["reason"] == "Done again."


def test_a_thousand_marks_are_one_change_and_are_taken_back_as_one(
    case: Case, tmp_path: Path, event: Making, draft: Callable[..., object]
) -> None:
    path = tmp_path / "many.csv"
    path.write_text("many")
    original = case.keep_original(path)
    made = draft(original, case.new_generation(), rows=1001)
    (source,) = case.commit_sources(original, [made])  # type: ignore[list-item]
    events = [event(source, number).id for number in range(1000)]
    case.annotate(events[:10], tags=["seen"])
    size = case.snapshot().ledger_size
    started = time.process_time()
    assert len(case.annotate(events, tags=["seen"])) == 990
    annotated = time.process_time() - started
    assert case.snapshot().ledger_size == size + 990
    started = time.process_time()
    assert case.undo() == "Tag “seen” on 990 events"
    undone = time.process_time() - started
    assert len(case.snapshot().marks) == 10
    case.redo()
    assert len(case.snapshot().marks) == 1000 and case.check(full=False).clean
    assert annotated < 3 and undone < 5, (annotated, undone)


def test_what_somebody_else_changed_since_is_not_taken_back(case: Case, source: Source, event: Making) -> None:
    case.make_exhibit(event=event(source, 1), caption="First")
    case.annotate([event(source, 2).id], note="before")
    case.caption_exhibit("EX-0001", "Second")
    case.actor = Actor("Ivo Lang", "cd" * 32)
    assert case.undoable() == "", "another person's work is not theirs to take back"
    with pytest.raises(NothingToDo, match="Nothing was done"):
        case.undo()
    case.caption_exhibit("EX-0001", "Third")
    case.actor = Actor("Rosa Behrens")
    held = living(case)
    with pytest.raises(NothingToDo, match="EX-0001 was changed since, by Ivo Lang"):
        case.undo()
    assert living(case) == held
    assert case.undo() == "Note on an event", "the one before can still be taken back"
    case.actor = Actor("Ivo Lang", "cd" * 32)
    assert case.undo() == "Caption of EX-0001"
    assert case.snapshot().exhibits[0].caption == "Second" and case.check(full=False).clean


def test_what_is_put_to_a_finding_is_one_change(case: Case, source: Source, event: Making) -> None:
    first, second = event(source, 1), event(source, 2)
    case.make_exhibit(event=first)
    start = living(case)
    assert case.cite([first, second], sentence="One person.").supports == ("EX-0001", "EX-0002")
    assert case.undoable() == "Link of 2 events to F-01"
    assert case.cite([event(source, 3)], finding="F-01", supports=False).contradicts == ("EX-0003",)
    assert case.cite_view("The night", finding="F-01", from_us=1, to_us=5).views == ("V-01",)
    assert case.undoable() == "Link of V-01 to F-01"
    with pytest.raises(NothingToDo, match="rests on that already"):
        case.cite([first], finding="F-01")
    for _ in range(3):
        case.undo()
    assert living(case) == start and case.check(full=False).clean


def test_many_marks_are_taken_off_in_one_change(case: Case, source: Source, event: Making) -> None:
    made = case.annotate([event(source, n).id for n in range(5)], bookmark=True)
    case.remove_marks([mark.number for mark in made[1:]])
    assert [mark.number for mark in case.snapshot().marks] == [1]
    assert case.undo() == "Removal of 4 marks" and len(case.snapshot().marks) == 5


def test_after_an_act_nothing_is_left_to_do_again(case: Case, source: Source, event: Making) -> None:
    case.annotate([event(source, 1).id], note="one")
    case.undo()
    case.annotate([event(source, 1).id], note="two")
    with pytest.raises(NothingToDo, match="Nothing was taken back"):
        case.redo()
    assert [mark.number for mark in case.snapshot().marks] == [2], "a number is never given again"


def test_a_number_of_something_taken_back_is_never_given_again(case: Case, source: Source, event: Making) -> None:
    for _ in range(2):
        case.add_finding("A finding.")
        case.undo()
        case.make_exhibits([event(source, 1)])
        case.undo()
        case.save_view("A view")
        case.undo()
    assert case.add_finding("A finding.").number == "F-03"
    assert case.make_exhibits([event(source, 1)])[0].number == "EX-0003"
    assert case.save_view("A view").number == "V-03"
    with pytest.raises(Exception, match="taken away"):
        case.change_finding("F-01", sentence="Again.")


def test_what_comes_in_and_leaves_is_not_taken_back(case: Case, source: Source, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("a")
    case.attach(tmp_path / "a.txt")
    case.correct_clock(source.number, -1_000_000, "off by a second")
    case.prepare_export(recipient_class="legal", purpose="Advice")
    assert case.undoable() == ""
    with pytest.raises(NothingToDo):
        case.undo()


def test_a_new_session_takes_back_only_the_last_change_of_the_same_person(
    case: Case, source: Source, event: Making
) -> None:
    case.annotate([event(source, 1).id], note="one")
    case.annotate([event(source, n).id for n in (1, 2)], tags=["two"])
    case.opened("source", source.number)
    case.close()
    with Case.open(case.path, Actor("Ivo Lang")) as other:
        with pytest.raises(NothingToDo, match="Nothing was done"):
            other.undo()
        with pytest.raises(NothingToDo, match="only Rosa Behrens can"):
            other.undo_last()
    with Case.open(case.path, Actor("Rosa Behrens")) as again:
        assert again.undo_last() == "Tag “two” on 2 events"
        assert len(again.snapshot().marks) == 1
        with pytest.raises(NothingToDo, match="taken back already"):
            again.undo_last()
        assert again.undo_last(redo=True)
        assert len(again.snapshot().marks) == 3
        assert again.undo_last()
        again.add_finding("Something else.")
        with pytest.raises(NothingToDo, match="no undo"):
            again.undo_last(redo=True)
        assert again.check().clean


def test_the_last_change_may_be_none_that_can_be_taken_back(case: Case, source: Source, event: Making) -> None:
    case.annotate([event(source, 1).id], note="one")
    case.correct_clock(source.number, -1_000_000, "off by a second")
    with pytest.raises(NothingToDo, match="none that can be taken back"):
        case.undo_last()


def test_nothing_is_taken_back_in_a_case_that_is_open_to_look_only(case: Case, source: Source, event: Making) -> None:
    case.annotate([event(source, 1).id], note="one")
    case.close()
    with Case.open(case.path, Actor("Rosa Behrens"), write=False) as looking:
        assert looking.undoable() == ""
        for act in (looking.undo, looking.redo, looking.undo_last):
            with pytest.raises(CannotWrite):
                act()


def test_an_act_whose_words_were_erased_is_refused_and_nothing_is_half_done(
    case: Case, source: Source, event: Making
) -> None:
    case.make_exhibit(event=event(source, 1), caption="First")
    case.caption_exhibit("EX-0001", "Second")
    seq = case.ledger()[-1].seq
    with case._folder.database.writing() as session:
        session.connection().exec_driver_sql("DELETE FROM disclosure WHERE seq = ? AND name = 'record'", (seq,))
    held = living(case)
    with pytest.raises(NothingToDo, match="does not hold any more"):
        case.undo()
    assert living(case) == held
