"""Numbers that people type: as they are printed, short, and longer than any number can be."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from casebound.case import Event, Source
from casebound.document import Case
from casebound.errors import BadRequest


@pytest.mark.parametrize("digits", ["9" * 20, "9" * 5000, "²", "٣", "-1", "", "x"])
def test_a_number_that_no_row_can_have_is_none(case: Case, digits: str) -> None:
    acts: list[Callable[[], object]] = [
        lambda: case.remove_exhibit(f"EX-{digits}"),
        lambda: case.caption_exhibit(digits, "x"),
        lambda: case.change_finding(f"F-{digits}", sentence="x"),
        lambda: case.add_finding("x", measures=[f"Q-{digits}"]),
        lambda: case.remove_view(f"V-{digits}"),
        lambda: case.remove_entry(f"C-{digits}"),
        lambda: case.add_entry(from_us=1, to_us=2, after=f"C-{digits}"),
        lambda: case.add_entries([f"EX-{digits}"]),
    ]
    for act in acts:
        with pytest.raises(BadRequest, match="There is no"):
            act()
    for kind in ("EX", "F", "Q", "V", "C"):
        assert case.history(f"{kind}-{digits}") == []


def test_a_short_number_has_the_same_history(
    case: Case, export: Path, bring: Callable[[Case, Path], Source], event: Callable[[Source, int], Event]
) -> None:
    case.make_exhibit(event=event(bring(case, export), 1))
    case.save_view("The night")
    case.add_entries(["EX-1"])
    case.add_finding("One person.", supports=["EX-0001"])
    for short, whole in (("EX-1", "EX-0001"), ("V-1", "V-01"), ("C-1", "C-0001"), ("F-1", "F-01")):
        assert case.history(short) == case.history(whole) != []
