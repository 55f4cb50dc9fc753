"""Places on the evidence timeline that somebody wrote into the database: said, and never waited for."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from casebound.case import Actor, Event, Source
from casebound.document import Case
from casebound.errors import BadCase
from casebound.store.chronology import between


@pytest.mark.parametrize("places", [("50000000", "500000000"), ("x", "y"), ("50000001", "50000000"), ("1", "2")])
def test_there_is_nothing_between_these(places: tuple[str, str]) -> None:
    with pytest.raises(BadCase, match="a place that this program never gives"):
        between(*places)


@pytest.mark.parametrize("place", ["", "x", "9" * 5000 + "x", "٣٣٣٣٣٣٣٣"])
def test_a_strange_place_is_said_and_found(
    case: Case, export: Path, bring: Callable[[Case, Path], Source], event: Callable[[Source, int], Event], place: str
) -> None:
    source = bring(case, export)
    case.make_exhibits([event(source, number) for number in (1, 2, 3)])
    case.add_entries(["EX-0001", "EX-0002"])
    case.close()
    database = sqlite3.connect(case.path / "case.db")
    with database:
        database.execute("UPDATE chronology SET place = ?", (place,))
    database.close()
    with Case.open(case.path, Actor("Rosa Behrens")) as again:
        for act in (
            lambda: again.add_entries(["EX-0003"]),
            lambda: again.move_entry("C-0002", None),
            lambda: again.order_entries(["C-0002", "C-0001"]),
        ):
            with pytest.raises(BadCase, match="a place that this program never gives"):
                act()
        assert {finding.item for finding in again.check(full=False).findings} == {
            "chronology C-0001",
            "chronology C-0002",
        }
