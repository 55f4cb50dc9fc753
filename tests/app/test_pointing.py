"""What is pointed out in a case, and by which rule; nothing where there is nothing to compare with."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from casebound.bursts import HOUR_US, Rule, bursts
from casebound.events import Events
from casebound.filtering import FilterError
from casebound.gaps import gaps
from casebound.pointing import Kind, Rules, point_out
from casebound.work import Cancelled

sys.path.insert(0, str(Path(__file__).parent))  # importlib mode has no other way to share `seen_case`

from seen_case import Row, make_case

START = datetime(2026, 3, 2, tzinfo=UTC)
BAN = START + timedelta(days=9, hours=14)


def row(at: datetime, account: str) -> Row:
    return {"ts": at.isoformat(), "account_id": account, "endpoint": "/v1/messages"}


def pools() -> dict[str, list[Row]]:
    """Ordinary customers, a pool that stops at the ban, one that starts three hours later, and a crowd one noon."""
    rows = [
        row(START + timedelta(minutes=20 * n, seconds=7 * (n % 5)), f"acc_{n % 29}") for n in range(14 * 72) if n % 50
    ]
    for member in range(8):
        for hour in range(2, 24 * 9 + 14, 5):
            rows.append(row(START + timedelta(hours=hour, milliseconds=30 * member), f"one_{member}"))
        for hour in range(24 * 4):
            rows.append(row(BAN + timedelta(hours=3 + hour, milliseconds=40 * member), f"two_{member}"))
    rows += [row(START + timedelta(days=5, hours=12, seconds=n), "acc_3") for n in range(90)]
    return {"requests": rows, "terms": [{"clause_id": "c-1", "text": "Do not."}]}


@pytest.fixture(scope="module")
def events(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Events]:
    folder = tmp_path_factory.mktemp("pools")
    with make_case(folder, pools()) as case, Events.open(case.path, case.snapshot().sources) as opened:
        yield opened


def test_a_ban_a_silence_and_another_pool(events: Events) -> None:
    found = point_out(events, Rules())
    taken = [one for one in found.found if one.kind is Kind.TAKEOVER]
    assert [one.count for one in taken] == [16]
    assert set(taken[0].values) == {f"{pool}_{member}" for pool in ("one", "two") for member in range(8)}
    assert "8 others have their first within 280 ms" in taken[0].words
    begun = [one for one in found.found if one.kind is Kind.BEGIN and one.values[0].startswith("two")]
    assert [set(one.values) for one in begun] == [{f"two_{member}" for member in range(8)}]
    assert found.looked_at == events.count
    assert found.unlisted == found.notes == ()


def test_bursts_and_silences_are_those_of_the_source(events: Events) -> None:
    rule = Rule(HOUR_US, 3, 20)
    found = point_out(events, Rules(burst=rule, column=""))
    crowds, quiet = bursts(events.times, rule), gaps(events.times)
    assert [(one.start_us, one.end_us, one.count) for one in found.found if one.kind is Kind.BURST] == [
        (one.start_us, one.end_us, one.count) for one in crowds.found
    ]
    assert crowds.found
    assert sum(one.kind is Kind.SILENCE for one in found.found) == len(quiet)
    for one in found.found:
        if one.kind is Kind.BURST:
            inside = (events.times >= one.start_us) & (events.times < one.end_us)
            assert int(inside.sum()) == one.count
            assert f"{one.count:,} rows" in one.words
    assert all(one.kind in (Kind.BURST, Kind.SILENCE) for one in found.found)
    assert len(found.rules.words) == 2


def test_a_filter_is_looked_at_by_its_own_habit(events: Events) -> None:
    one = point_out(events, Rules(), "account_id:acc_3")
    assert one.looked_at == events.select("account_id:acc_3").count
    (burst,) = [found for found in one.found if found.kind is Kind.BURST]
    assert (burst.source, burst.count) == (None, 90)
    with pytest.raises(FilterError):
        point_out(events, Rules(), "(")


def test_a_column_of_keys_is_told_and_the_rest_stays(events: Events) -> None:
    found = point_out(events, Rules(column="no_such_column"))
    assert "no_such_column" in found.notes[0]
    assert any(one.kind is Kind.BURST for one in found.found)


def test_no_verdict_is_in_any_word(events: Events) -> None:
    found = point_out(events, Rules())
    told = " ".join([*found.rules.words, *(one.words for one in found.found)]).lower()
    assert not [word for word in ("attack", "suspicious", "abuse", "anomal", "fraud", "malicious") if word in told]


def test_stop_answers(events: Events) -> None:
    def stop(done: int, total: int, note: str = "") -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        point_out(events, Rules(), progress=stop)


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [row(START, "acc_1")],
        [row(START, f"acc_{n % 9}") for n in range(60)],
        [row(datetime(1410, 1, 1, tzinfo=UTC), "acc_1"), row(START, "acc_2")],
    ],
    ids=["none", "one", "one instant", "600 years"],
)
def test_nothing_to_compare_with(tmp_path: Path, rows: list[Row]) -> None:
    tables = {"requests": rows} if rows else {}
    with make_case(tmp_path, tables) as case, Events.open(case.path, case.snapshot().sources) as opened:
        found = point_out(opened, Rules())
    assert found.found == ()
    assert found.looked_at == len(rows)
