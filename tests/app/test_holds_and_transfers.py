"""Holds and transfers: what is written down, what is refused, and that each is an entry with all that it says."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from casebound.case import Actor, Direction, Event, Hold, Source, Transfer
from casebound.custody import describe
from casebound.document import Case
from casebound.errors import BadRequest, NothingToDo

LATER = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def held(case: Case, export: Path, tmp_path: Path, bring: Callable[[Case, Path], Source]) -> Case:
    """A case with a source, a large and a small attachment, and the large one as an exhibit."""
    bring(case, export)
    (tmp_path / "large.bin").write_bytes(bytes(range(256)) * 32)
    (tmp_path / "small.txt").write_text("a letter")
    case.attach(tmp_path / "large.bin", title="Disk image")
    case.attach(tmp_path / "small.txt", title="Letter")
    case.make_exhibit(attachment=1, caption="The image")
    return case


def last(case: Case) -> dict[str, object]:
    entry = case.ledger()[-1]
    line = json.loads(entry.line)
    return {**line, "said": dict(entry.disclosures), "words": describe(entry)}


def test_a_hold_says_everything_in_its_entry(held: Case) -> None:
    made = held.place_hold(
        "Litigation is expected", authority="Counsel, letter of 1 March", what="The image", items=[("attachment", "1")]
    )
    sha256 = held.snapshot().attachments[0].sha256
    assert held.snapshot().holds == (made,) and made.number == "H-01" and made.active
    line = last(held)
    assert (line["action"], line["item"], line["inputs"]) == ("hold-placed", {"type": "hold", "id": "H-01"}, [sha256])
    record = line["said"]["record"]  # type: ignore[index]
    assert record["authority"] == "Counsel, letter of 1 March" and record["items"] == (("attachment", "1"),)
    assert line["words"] == ("Hold placed", "H-01, attachment 1, The image: Litigation is expected")


def test_a_hold_is_released_once_with_its_reason(held: Case) -> None:
    held.place_hold("Litigation is expected")
    held.actor = Actor("Milan Okafor")
    ended = held.release_hold("h-1", "Settled")
    assert (ended.active, ended.released_by, ended.by) == (False, "Milan Okafor", "Rosa Behrens")
    assert last(held)["words"] == ("Hold released", "H-01: Settled")
    with pytest.raises(NothingToDo, match="released already"):
        held.release_hold("H-01", "Again")
    assert held.check().clean


def test_a_transfer_says_everything_in_its_entry(held: Case) -> None:
    came = held.record_transfer(
        Direction.FROM, "Platform operations", "Analysis of the ban", items=[("source", "1"), ("attachment", "1")],
        means="Encrypted disk 7", at=LATER,
    )  # fmt: skip
    snapshot = held.snapshot()
    assert snapshot.transfers == (came,) and came.open and came.at == LATER and came.recorded_at > LATER
    line = last(held)
    assert line["action"] == "received"
    assert line["inputs"] == [snapshot.attachments[0].sha256] and line["outputs"] == [], (
        "small files tell their content"
    )
    assert line["words"] == (
        "Received from a custodian",
        "T-01, Platform operations, source S-01, attachment 1: Analysis of the ban",
    )
    went = held.record_transfer(Direction.TO, "Outside counsel", "Advice", items=[("exhibit", "EX-1")])
    line = last(held)
    assert (line["action"], line["outputs"]) == ("transferred", [snapshot.attachments[0].sha256])
    assert went.items == (("exhibit", "EX-0001"),)
    given = held.acknowledge_transfer("T-02", "Form 12, signed by the clerk")
    assert given.acknowledged_at is not None and not given.open
    assert last(held)["words"] == ("Transfer acknowledged", "T-02: Form 12, signed by the clerk")
    with pytest.raises(NothingToDo, match="acknowledged already"):
        held.acknowledge_transfer("T-02", "Again")
    assert held.check().clean


REFUSED: dict[str, Callable[[Case], object]] = {
    "The reason for the hold is empty": lambda case: case.place_hold("  "),
    "no attachment 9": lambda case: case.place_hold("x", items=[("attachment", "9")]),
    "no finding F-01": lambda case: case.place_hold("x", items=[("finding", "F-01")]),
    "no attachment ١": lambda case: case.place_hold("x", items=[("attachment", "١")]),
    "lies in the future": lambda case: case.place_hold("x", placed_at=LATER + timedelta(days=400)),
    "has no zone": lambda case: case.place_hold("x", placed_at=datetime(2026, 3, 1)),  # noqa: DTZ001
    "no hold H-07": lambda case: case.release_hold("H-07", "x"),
    "The purpose is empty": lambda case: case.record_transfer(Direction.TO, "A", "", what="b"),
    "The name of the other custodian is empty": lambda case: case.record_transfer(Direction.TO, "", "a", what="b"),
    "What changed hands is empty": lambda case: case.record_transfer(Direction.TO, "A", "b"),
    "no transfer T-03": lambda case: case.acknowledge_transfer("T-03", "x"),
    "longer than 2,000": lambda case: case.record_transfer(Direction.TO, "A", "b" * 2001, what="c"),
}


@pytest.mark.parametrize("words", REFUSED)
def test_what_is_refused_changes_nothing(held: Case, words: str) -> None:
    before = held.snapshot()
    with pytest.raises(BadRequest, match=words):
        REFUSED[words](held)
    assert held.snapshot() == before


def test_times_that_cannot_follow_are_refused(held: Case) -> None:
    held.place_hold("x", placed_at=LATER)
    held.record_transfer(Direction.TO, "A", "b", what="c", at=LATER)
    with pytest.raises(BadRequest, match="lies before"):
        held.release_hold("H-01", "y", released_at=LATER - timedelta(seconds=1))
    with pytest.raises(BadRequest, match="lies before"):
        held.acknowledge_transfer("T-01", "y", acknowledged_at=LATER - timedelta(seconds=1))
    held.release_hold("H-01", "y", released_at=LATER)
    held.acknowledge_transfer("T-01", "y", acknowledged_at=LATER)
    now = held.ledger()[-1].time
    with pytest.raises(BadRequest, match="after it was released"):
        held.correct_hold("H-01", "typed wrongly", placed_at=now)
    with pytest.raises(BadRequest, match="after its acknowledgement"):
        held.correct_transfer("T-01", "typed wrongly", at=now)


def test_a_correction_is_a_new_entry_that_names_the_old_one(held: Case) -> None:
    placed: Hold = held.place_hold("Litgation")
    sent: Transfer = held.record_transfer(Direction.TO, "Outside counsel", "Advice", what="A page")
    first, second = (entry.seq for entry in held.ledger()[-2:])
    better = held.correct_hold("H-01", "A typing error", reason="Litigation", authority="Counsel")
    assert (better.reason, better.authority, better.placed_at) == ("Litigation", "Counsel", placed.placed_at)
    assert last(held)["corrects"] == first and last(held)["words"] == ("Hold corrected", "H-01: A typing error")
    named = held.correct_transfer("T-01", "Which page", what="Page 3", items=[("exhibit", "EX-0001")])
    assert (named.what, named.items, named.at) == ("Page 3", (("exhibit", "EX-0001"),), sent.at)
    assert last(held)["corrects"] == second
    with pytest.raises(NothingToDo, match="says this already"):
        held.correct_transfer("T-01", "Again", what="Page 3")
    with pytest.raises(NothingToDo) as nothing:
        held.correct_hold("H-01", "Only why, and not what is right")
    assert "what is right" in nothing.value.hint
    with pytest.raises(BadRequest, match="cannot be corrected"):
        held.correct_hold("H-01", "x", released_by="Somebody")
    with pytest.raises(BadRequest, match="Nothing would be left"):
        held.correct_transfer("T-01", "x", what="", items=[])
    assert held.check().clean


def test_what_was_entered_by_mistake_is_shown_no_more_and_stays_in_the_record(held: Case) -> None:
    held.place_hold("The wrong case")
    held.record_transfer(Direction.TO, "A", "b", what="c")
    held.withdraw_hold("H-01", "The wrong case")
    held.withdraw_transfer("T-01", "The wrong case")
    snapshot = held.snapshot()
    assert snapshot.holds == () and snapshot.transfers == ()
    assert [describe(entry)[0] for entry in held.ledger()[-2:]] == [
        "Hold entered by mistake",
        "Transfer entered by mistake",
    ]
    with pytest.raises(BadRequest):
        held.release_hold("H-01", "x")
    assert held.place_hold("The right case").number == "H-02", "a number is never given twice"
    assert held.check().clean


def test_following_an_item_shows_what_held_it_and_who_had_it(held: Case) -> None:
    held.place_hold("Litigation", items=[("attachment", "1")])
    held.record_transfer(Direction.TO, "Counsel", "Advice", items=[("exhibit", "EX-0001")])
    held.record_transfer(Direction.TO, "Counsel", "Advice", items=[("attachment", "2")])
    followed = {(entry.item_type, entry.item_id) for entry in held.ledger(item=("attachment", "1"))}
    assert followed == {("attachment", "1"), ("exhibit", "EX-0001"), ("hold", "H-01"), ("transfer", "T-01")}


def test_none_of_it_is_taken_back_by_undo(held: Case) -> None:
    held.place_hold("Litigation")
    with pytest.raises(NothingToDo):
        held.undo_last()
    assert held.undoable() == "Exhibit EX-0001", "what was done before it still can be"


def test_recipients_get_them_as_far_as_they_concern_them(held: Case, event: Callable[[Source, int], Event]) -> None:
    held.place_hold("Litigation over everything")
    held.place_hold("The letter only", items=[("attachment", "2")])
    from casebound.document import Included

    included = Included(frozenset({"EX-0001"}), frozenset(), frozenset(), frozenset())
    prepared = held.prepare_export(recipient_class="legal", purpose="Advice", include=included)
    from casebound_packaging.disclosure import parse

    said = [str(parse(encoded).value) for _, encoded in prepared.disclosures]
    assert any("Litigation over everything" in each for each in said)
    assert not any("The letter only" in each for each in said)
    partner = held.prepare_export(recipient_class="partner", purpose="Advice", include=included)
    assert not any(b"hold-placed" in line for line in partner.lines)
