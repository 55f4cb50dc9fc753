"""What was done to one thing is told whole: who, what, and what was taken away again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from casebound.case import Actor, Event, Source
from casebound.document import Case

Making = Callable[[Source, int], Event]


@pytest.fixture
def source(case: Case, export: Path, bring: Callable[[Case, Path], Source]) -> Source:
    return bring(case, export)


def told(case: Case, item: object) -> list[tuple[str, str]]:
    """Title and author of every entry about it."""
    entries = case.history(item)  # type: ignore[arg-type]
    return [(case.describe_entry(entry)[0], str(entry.disclosures["actor_name"])) for entry in entries]


def test_the_history_of_an_event(case: Case, source: Source, event: Making, tmp_path: Path) -> None:
    one, other = event(source, 1), event(source, 2)
    (tmp_path / "a.txt").write_text("a")
    case.attach(tmp_path / "a.txt")
    case.annotate([one.id, other.id], note="look")
    case.actor = Actor("Ivo Lang")
    case.make_exhibits([one, other])
    case.add_finding("One person.", supports=["EX-0001"])
    case.change_finding("F-01", reasoning="No word of the event.")
    case.change_finding("F-01", supports=["EX-0002"])
    case.add_entries(["EX-0001"])
    case.link_attachment(1, [one.id])
    case.undo()
    case.remove_exhibit("EX-0001")
    case.actor = Actor("Rosa Behrens")
    case.undo()
    rosa, ivo = "Rosa Behrens", "Ivo Lang"
    assert told(case, one.id) == [
        ("Note written", rosa),
        ("Exhibit chosen", ivo),
        ("Finding written", ivo),
        ("Finding changed", ivo),
        ("Put on the evidence timeline", ivo),
        ("Attachment linked", ivo),
        ("Change of an attachment taken back", ivo),
        ("Exhibit removed", ivo),
        ("Taken off the evidence timeline", ivo),
        ("Note taken back", rosa),
    ]
    assert told(case, other.id) == [
        ("Note written", rosa),
        ("Exhibit chosen", ivo),
        ("Finding changed", ivo),
        ("Note taken back", rosa),
    ]
    assert [title for title, _ in told(case, "EX-0001")] == [
        "Exhibit chosen",
        "Finding written",
        "Finding changed",
        "Put on the evidence timeline",
        "Exhibit removed",
        "Taken off the evidence timeline",
    ]
    assert told(case, event(source, 5).id) == []


def test_the_history_of_a_range_and_an_entity(case: Case, source: Source) -> None:
    case.annotate_range(1, 9, note="here", tags=["night"])
    case.annotate_range(1, 8, note="another range")
    case.add_entry(from_us=1, to_us=9)
    case.annotate_entity("who", "acct-1", bookmark="The one")
    case.annotate_entity("who", "acct-2", note="not this one")
    case.remove_mark(4)
    case.undo()
    assert [title for title, _ in told(case, (1, 9))] == ["Note written", "Tag put", "Put on the evidence timeline"]
    assert [title for title, _ in told(case, ("who", "acct-1"))] == [
        "Bookmark set",
        "Mark removed",
        "Removal of a bookmark taken back",
    ]
    assert told(case, (2, 9)) == told(case, ("who", "acct-3")) == []


def test_the_history_of_a_view(case: Case) -> None:
    case.save_view("The night")
    case.change_view("V-01", title="The first night")
    case.remove_view("V-01")
    assert [title for title, _ in told(case, "V-01")] == ["View saved", "View changed", "View removed"]
