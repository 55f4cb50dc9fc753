"""Rows in the order of time: exact counts in any view, lanes, lasting identities, raw records, several sources as
one.
"""

from __future__ import annotations

import random
import shutil
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casebound.case import Actor, ColumnRole, EventId
from casebound.document import Case
from casebound.errors import BadCase, BadRequest
from casebound.events import Events
from casebound.importing import bring_in
from casebound.timeorder import TimeOrder

START = 1_772_359_200_000


def write(folder: Path) -> list[dict[str, str]]:
    """Three exports whose times interleave and tie; the rows as they were written, in no order of time."""
    chance = random.Random(7)
    written = []
    for name, count in (("requests.csv", 3_000), ("more.csv", 500)):
        lines = ["request_id,ts,account_id,endpoint,tokens"]
        for number in range(count):
            row = {
                "request_id": f"{name}-{number}",
                "ts": str(START + chance.randrange(4_000) * 1_000),
                "account_id": f"acc_{min(int(chance.expovariate(0.4)), 30)}",
                "endpoint": chance.choice(["/v1/messages", "/v1/batches", ""]),
                "tokens": str(chance.randrange(5_000)),
            }
            written.append({**row, "_file": name, "_line": str(number + 2)})
            lines.append(",".join(row.values()))
        (folder / name).write_text("\n".join(lines))
    (folder / "policy_clauses.json").write_text('[{"clause_id": "c1", "document": "Terms", "text": "No."}]')
    (folder / "accounts.csv").write_text("account_id,created_at,status\nacc_1,2026-03-01T10:00:05Z,active\n")
    return written


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Events, list[dict[str, str]], Case]]:
    folder = tmp_path_factory.mktemp("events")
    written = write(folder)
    with Case.create(folder / "e.casebound", "E", "Events", Actor("Ada")) as case:
        for name in ("requests.csv", "more.csv", "policy_clauses.json", "accounts.csv"):
            bring_in(case, folder / name, table="requests" if name == "more.csv" else "")
        with Events.open(case.path, case.snapshot().sources) as events:
            yield events, written, case


Made = tuple[Events, list[dict[str, str]], Case]


def test_everything_is_there_once_and_in_order(made: Made) -> None:
    events, written, _ = made
    assert events.count == 3_501
    assert events.times.dtype == np.int64
    assert bool(np.all(np.diff(events.times) >= 0))
    assert events.span == (int(events.times[0]), int(events.times[-1]))
    found = events.page(0, events.count)
    assert [event.time_us for event in found] == events.times.tolist()
    assert len({event.id for event in found}) == events.count
    told = Counter(
        (event.fields["request_id"], event.time_raw, event.line) for event in found if "request_id" in event.fields
    )
    assert told == Counter((row["request_id"], row["ts"], int(row["_line"])) for row in written)
    assert events.page(5, 5) == []
    assert events.page(3_499, 9_999) == found[3_499:]
    with pytest.raises(ValueError, match="read-only"):
        events.times[0] = 1


def test_counts_in_any_view_equal_brute_force(made: Made) -> None:
    events, written, _ = made
    chance = random.Random(11)
    for _ in range(40):
        low, high = sorted(START * 1_000 + chance.randrange(-10, 4_010) * 1_000_000 for _ in range(2))
        account = f"acc_{chance.randrange(6)}"
        tokens = chance.randrange(5_000)
        where = f"account_id:{account} tokens:>={tokens} -endpoint:/v1/batches request_id:*"
        expected = sum(
            low <= int(row["ts"]) * 1_000 < high
            and row["account_id"] == account
            and int(row["tokens"]) >= tokens
            and row["endpoint"] != "/v1/batches"
            for row in written
        )
        assert events.select(where, low, high).count == expected
        inside = events.select("", low, high)
        assert inside.count == int(np.searchsorted(events.times, high) - np.searchsorted(events.times, low))
        assert events.measure("requests", where, "", low, high)[0] == expected


def test_positions_identities_and_pages_agree(made: Made) -> None:
    events, _, _ = made
    chosen = events.select("endpoint:/v1/batches")
    page = events.page(10, 60, chosen)
    assert [events.position(event.id) for event in page] == chosen.positions[10:60].tolist()
    assert all(events.get(event.id) == event for event in page)
    assert [event.id for event in events.at(np.array([7, 3, 3_000], dtype=np.int64))] == [
        events.page(place, place + 1)[0].id for place in (7, 3, 3_000)
    ]


@pytest.mark.parametrize("field", ["source", "table", "actor", "action", "account_id", "endpoint", "tokens"])
def test_lanes_count_what_is_there(made: Made, field: str) -> None:
    events, _, _ = made
    lanes = events.lanes(field, 5)
    assert len(lanes.labels) <= 5
    assert lanes.codes.dtype == np.int16
    assert len(lanes.codes) == events.count
    counted = Counter(lanes.codes.tolist())
    assert [counted[code] for code in range(len(lanes.labels))] == list(lanes.counts)
    assert list(lanes.counts) == sorted(lanes.counts, reverse=True)
    names = {source.number: source for source in events.sources}
    for event, code in zip(events.page(0, 300), lanes.codes.tolist(), strict=False):
        value = {
            "source": f"{names[event.source].label} {names[event.source].name}",
            "table": names[event.source].table,
            "actor": event.actor,
            "action": event.action,
        }.get(field) or event.fields.get(field)
        if code >= 0:
            assert lanes.labels[code] == value
        else:
            assert value not in lanes.labels


def test_fields_and_values(made: Made) -> None:
    events, written, _ = made
    fields = {info.name: info for info in events.fields()}
    assert fields["account_id"].role is ColumnRole.ACTOR
    assert fields["account_id"].sources == (1, 2, 4)
    assert fields["ts"].role is ColumnRole.TIME
    assert fields["clause_id"].sources == (3,)
    counted = Counter(row["account_id"] for row in written)
    counted["acc_1"] += 1
    assert events.values("account_id", "", 3) == counted.most_common(3)
    assert {value for value, _ in events.values("account_id", "ACC_1")} == {
        value for value in counted if value.startswith("acc_1")
    }
    assert events.values("clause_id") == []
    with pytest.raises(BadRequest):
        events.values("nothing")


def test_a_short_name_finds_an_event(made: Made) -> None:
    events, _, _ = made
    event = events.page(100, 101)[0]
    text = str(event.id)
    assert events.find(text) == event.id
    assert events.find(f"{event.id.sha256[:8]}/requests/{event.id.ordinal}") == event.id
    assert events.find(f"{event.id.sha256[:8]}/{event.id.ordinal}") == event.id
    assert events.find(f"s-{event.source:02d}/{event.id.ordinal}") == event.id
    with pytest.raises(BadRequest, match="S-01, S-02"):
        events.find("requests/1")
    for wrong in ("", "requests", "x/1", "requests/-1", f"{'0' * 64}/requests/1", "S-03/0", "accounts/7", "accounts/x"):
        with pytest.raises(BadRequest):
            events.find(wrong)


def test_what_does_not_exist_is_named(made: Made) -> None:
    events, _, _ = made
    stranger = EventId("0" * 64, "", "requests", 1)
    assert events.position(stranger) is None
    for ask in (events.get, events.raw):
        with pytest.raises(BadRequest):
            ask(stranger)
    with pytest.raises(BadRequest, match="no table"):
        events.measure("nothing")
    with pytest.raises(BadRequest, match="no column"):
        events.measure("requests", distinct="nothing")


def test_raw_records_come_from_the_original(made: Made) -> None:
    events, written, _ = made
    lines = {(row["_file"], int(row["_line"])): row for row in written}
    for event in events.page(0, 50):
        raw = events.raw(event.id)
        if (raw.file, raw.line) in lines:
            row = lines[raw.file, raw.line]
            assert raw.text == ",".join(row[name] for name in ("request_id", "ts", "account_id", "endpoint", "tokens"))


def test_a_table_without_times_is_kept_and_exported(made: Made) -> None:
    events, _, _ = made
    ((identity, time_us, fields),) = events.export_rows("policy_clauses")
    assert time_us is None
    assert fields == {"clause_id": "c1", "document": "Terms", "text": "No."}
    assert events.position(identity) is None
    assert events.measure("policy_clauses", "No")[0] == 1
    with pytest.raises(BadRequest):
        events.get(identity)


def test_export_rows_gives_all_rows_of_all_sources_of_a_table(made: Made) -> None:
    events, written, _ = made
    rows = list(events.export_rows("requests", "endpoint:/v1/messages"))
    assert sorted(fields["request_id"] or "" for _, _, fields in rows) == sorted(
        row["request_id"] for row in written if row["endpoint"] == "/v1/messages"
    )
    assert all(events.get(identity).time_us == time_us for identity, time_us, _ in rows[::100])


def test_reading_from_several_threads(made: Made) -> None:
    events, _, _ = made
    wheres = ["account_id:acc_1", "tokens:>2000", "", "-endpoint:/v1/messages"] * 5
    alone = [events.select(where).count for where in wheres]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda where: events.select(where).count, wheres)) == alone
        pages = list(pool.map(lambda start: events.page(start, start + 10), range(0, 400, 10)))
    assert pages == [events.page(start, start + 10) for start in range(0, 400, 10)]


def test_two_readers_of_one_case(made: Made) -> None:
    events, _, case = made
    with Events.open(case.path, case.snapshot().sources) as other:
        assert other.page(0, 5) == events.page(0, 5)


def test_lost_rows_are_told_in_plain_words(made: Made, tmp_path: Path) -> None:
    _, _, case = made
    copied = tmp_path / "copy.casebound"
    shutil.copytree(case.path / "rows", copied / "rows")
    (broken,) = (source for source in case.snapshot().sources if source.number == 2)
    store = copied / "rows" / broken.generation / "rows.duckdb"
    store.chmod(0o600)
    store.write_bytes(b"not a store")
    with pytest.raises(BadCase, match=r"more\.csv"):
        Events.open(copied, case.snapshot().sources)


def test_an_empty_case_has_nothing(tmp_path: Path) -> None:
    with Events.open(tmp_path, ()) as events:
        assert (events.count, events.span, events.page(0, 10), events.fields()) == (0, None, [], ())
        assert events.select("").count == events.select("word").count == 0
        assert events.lanes("source").labels == ()


@given(st.lists(st.lists(st.integers(0, 20), max_size=12).map(sorted), max_size=5))
@settings(max_examples=200, deadline=None)
def test_the_order_is_a_stable_merge(generations: list[list[int]]) -> None:
    order = TimeOrder([np.array(times, dtype=np.int64) for times in generations])
    expected = sorted(
        (time, index, place) for index, times in enumerate(generations) for place, time in enumerate(times)
    )
    assert order.times.tolist() == [time for time, _, _ in expected]
    generation, local = order.split(np.arange(order.count, dtype=np.int64))
    assert list(zip(generation.tolist(), local.tolist(), strict=True)) == [
        (index, place) for _, index, place in expected
    ]
    for index, times in enumerate(generations):
        if times:
            places = order.places(index, np.arange(len(times), dtype=np.int64))
            assert [expected[position][1:] for position in places.tolist()] == [
                (index, place) for place in range(len(times))
            ]
