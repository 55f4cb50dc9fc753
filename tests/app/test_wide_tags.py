"""`tag:` finds what was tagged itself, what lies in a tagged range, and what has a tagged value."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from casebound.case import Actor
from casebound.document import Case
from casebound.events import Events
from casebound.importing import bring_in
from casebound.placedmarks import PlacedMarks

START = datetime(2026, 3, 1, tzinfo=UTC)
START_US = 1_772_323_200_000_000
ROWS = 60


def write(path: Path, column: str) -> Path:
    rows = [f"{(START + timedelta(minutes=n)).isoformat()},acc_{n % 5},login\n" for n in range(ROWS)]
    path.write_text(f"at,{column},action\n" + "".join(rows))
    return path


@pytest.fixture
def case(tmp_path: Path) -> Iterator[Case]:
    with Case.create(tmp_path / "w.casebound", "W", "Wide", Actor("Ada")) as made:
        bring_in(made, write(tmp_path / "logins.csv", "account_id"))
        bring_in(made, write(tmp_path / "requests.csv", "user"))
        yield made


def matching(case: Case, where: str) -> list[int]:
    snapshot = case.snapshot()
    with Events.open(case.path, snapshot.sources) as events:
        return events.select(where, marks=PlacedMarks(snapshot)).positions.tolist()


def test_a_tagged_range_and_a_tagged_value_tag_their_events(case: Case) -> None:
    with Events.open(case.path, case.snapshot().sources) as events:
        times = events.times.tolist()
        first = events.page(0, 1)[0]
        holders = [n for n, one in enumerate(events.page(0, len(times))) if one.fields.get("account_id") == "acc_2"]
    minute = 60_000_000
    case.annotate_range(START_US + 10 * minute, START_US + 20 * minute, tags=["Night"], note="a note")
    in_range = [n for n, time in enumerate(times) if START_US + 10 * minute <= time <= START_US + 20 * minute]
    assert len(in_range) == 22 and matching(case, "tag:night") == in_range, "both ends are in it"
    case.annotate_entity("account_id", "acc_2", tags=["pool"])
    assert matching(case, "tag:pool") == holders and len(holders) == ROWS // 5
    case.annotate([first.id], tags=["pool"])
    assert matching(case, "tag:pool") == sorted({0, *holders})
    everything = set(range(len(times)))
    assert matching(case, "-tag:night") == sorted(everything - set(in_range))
    assert matching(case, "tag:pool tag:night") == sorted(set(in_range) & {0, *holders})
    assert matching(case, "tag:pool OR tag:night") == sorted(set(in_range) | {0, *holders})
    assert matching(case, "has:tag") == [0], "what stands on the event itself"
    assert matching(case, "has:note") == []
    case.undo()
    assert matching(case, "tag:pool") == holders


def test_a_clock_correction_moves_events_into_a_range_and_out_of_it(case: Case) -> None:
    minute = 60_000_000
    case.annotate_range(START_US, START_US + minute, tags=["first"])
    assert len(matching(case, "tag:first")) == 4
    case.correct_clock(1, 2 * minute, "two minutes behind")
    assert len(matching(case, "tag:first")) == 2


def test_a_tagged_value_of_a_column_that_no_source_has_tags_nothing(case: Case) -> None:
    case.annotate_entity("nowhere", "acc_2", tags=["pool"])
    assert matching(case, "tag:pool") == []
    assert len(matching(case, "-tag:pool")) == 2 * ROWS


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    ranges=st.lists(st.tuples(st.integers(-5, 65), st.integers(0, 30)), max_size=3),
    values=st.lists(st.sampled_from(["acc_0", "acc_1", "acc_4", "acc_9"]), max_size=2, unique=True),
    excluded=st.booleans(),
)
def test_it_equals_looking_at_every_event(
    case: Case, ranges: list[tuple[int, int]], values: list[str], excluded: bool
) -> None:
    minute = 60_000_000
    tag = f"t{case.snapshot().ledger_size}"
    spans = [(START_US + a * minute, START_US + (a + b) * minute) for a, b in dict.fromkeys(ranges)]
    for low, high in spans:
        case.annotate_range(low, high, tags=[tag])
    for value in values:
        case.annotate_entity("account_id", value, tags=[tag])
    with Events.open(case.path, case.snapshot().sources) as events:
        rows = events.page(0, events.count)
    wanted = [
        n
        for n, one in enumerate(rows)
        if (any(low <= one.time_us <= high for low, high in spans) or one.fields.get("account_id") in values)
        is not excluded
    ]
    assert matching(case, f"{'-' if excluded else ''}tag:{tag}") == wanted
