"""Two sides compared, each number against the rows themselves."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from casebound.comparing import Side, comparable, compare, value_term
from casebound.document import Case
from casebound.events import Events
from casebound.filtering import term
from casebound.work import Cancelled

sys.path.insert(0, str(Path(__file__).parent))  # importlib mode has no other way to share `seen_case`

from seen_case import HOSTILE, START, Row, make_case, make_rows

Held = tuple[dict[str, list[Row]], Case, Events]


@pytest.fixture(scope="module", params=[11, 12])
def held(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Held]:
    tables = make_rows(request.param)
    folder = tmp_path_factory.mktemp("seen")
    with make_case(folder, tables) as case, Events.open(case.path, case.snapshot().sources) as events:
        yield tables, case, events


def us(at: datetime) -> int:
    return int(at.timestamp()) * 1_000_000


def rows_of(tables: dict[str, list[Row]], side: Side, account: str = "") -> list[tuple[int, str, Row]]:
    """The events of a side by hand: their times, tables and cells, names in small letters."""
    found = []
    for table, column in (("requests", "ts"), ("logins", "started_at")):
        for row in tables[table]:
            time = us(datetime.fromisoformat(row[column]))
            inside = (side.from_us is None or time >= side.from_us) and (side.to_us is None or time < side.to_us)
            if inside and (not account or row["account_id"] == account):
                found.append((time, table, {name.lower(): value for name, value in row.items()}))
    return found


def agree(held: Held, a: Side, b: Side, account_a: str = "", account_b: str = "", most: int = 100) -> None:
    tables, case, events = held
    names = {source.table: f"{source.label} {source.name}" for source in case.snapshot().sources}
    one, other = rows_of(tables, a, account_a), rows_of(tables, b, account_b)
    fields = ["source", "account_id", "ip", "endpoint", "tokens", "invited_by"]
    found = compare(events, a, b, fields, most=most)
    assert (found.a.count, found.b.count, found.of) == (len(one), len(other), events.count)
    keys = [Counter((time, str(row)) for time, _, row in rows) for rows in (one, other)]
    assert found.shared == (keys[0] & keys[1]).total()
    minutes = [{time // 60_000_000 for time, _, _ in rows} for rows in (one, other)]
    assert (found.a.minutes, found.b.minutes) == tuple(len(minute) for minute in minutes)
    assert found.minutes_both == len(minutes[0] & minutes[1])
    if one and other:
        start = max(min(row[0] for row in one), min(row[0] for row in other))
        end = min(max(row[0] for row in one), max(row[0] for row in other))
        assert found.overlap == ((start, end) if start <= end else None)
    for compared in found.fields:
        cells = [
            [
                names[table] if compared.field == "source" else row.get(compared.field.lower(), "")
                for _, table, row in rows
            ]
            for rows in (one, other)
        ]
        counts = [Counter(cell for cell in own if cell) for own in cells]
        assert (compared.empty_a, compared.empty_b) == tuple(own.count("") for own in cells)
        assert compared.both == len(counts[0].keys() & counts[1].keys())
        assert compared.only_a == len(counts[0].keys() - counts[1].keys())
        assert compared.only_b == len(counts[1].keys() - counts[0].keys())
        for value in compared.values:
            assert (value.a, value.b) == (counts[0][value.value], counts[1][value.value])
            for side, count in ((a, value.a), (b, value.b)):
                query = side.query(compared.field, value.value)
                assert events.select(query, side.from_us, side.to_us).count == count, query
        listed = min(compared.both, most) + min(compared.only_a, most) + min(compared.only_b, most)
        assert len(compared.values) == listed
        assert compared.unlisted == compared.both + compared.only_a + compared.only_b - listed


def test_two_stretches_of_time(held: Held) -> None:
    cut, hour = us(START + timedelta(hours=3)), 3_600_000_000
    agree(held, Side("before", "", cut - hour, cut), Side("after", "", cut, cut + 2 * hour))
    agree(held, Side("A", "", cut, cut + 2 * hour), Side("B", "", cut + hour, cut + 3 * hour), most=2)
    agree(held, Side("A", "", 0, 5), Side("B"))


@pytest.mark.parametrize(
    ("a", "b"), [("acc_1", "acc_2"), ("acc_0", "nobody"), (HOSTILE[0], HOSTILE[1]), ("17", "0017")]
)
def test_two_accounts(held: Held, a: str, b: str) -> None:
    agree(held, Side(a, term("account_id", a)), Side(b, term("account_id", b)), a, b)


def test_a_side_knows_its_length() -> None:
    assert Side("A", "", 10, 35).length_us == 25
    assert Side("A", "", 10).length_us is None


def test_what_is_compared_unasked(held: Held) -> None:
    fields = comparable(held[2].fields())
    assert fields[0] == "source"
    assert "account_id" in fields
    assert not {"request_id", "ts", "tokens"} & set(fields)
    assert value_term("source", "S-01 requests.csv", exclude=True) == "-source:S-01"


def test_nothing_at_all(tmp_path: Path) -> None:
    with make_case(tmp_path, {}) as case, Events.open(case.path, ()) as events:
        found = compare(events, Side("A"), Side("B"), ["source"])
    assert (found.a.count, found.b.count, found.of, found.overlap, found.minutes_both) == (0, 0, 0, None, 0)


def test_stop_answers(held: Held) -> None:
    def stop(done: int, total: int, note: str = "") -> None:
        if done > 1:
            raise Cancelled

    with pytest.raises(Cancelled):
        compare(held[2], Side("A"), Side("B"), ["source"], progress=stop)
