"""A value followed through every column of every source, against the rows themselves."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from casebound.document import Case
from casebound.errors import BadRequest
from casebound.events import Events
from casebound.following import follow
from casebound.work import Cancelled

sys.path.insert(0, str(Path(__file__).parent))  # importlib mode has no other way to share `seen_case`

from seen_case import HOSTILE, Row, make_case, make_rows

TIME = {"requests": "ts", "logins": "started_at"}


@pytest.fixture(scope="module", params=[1, 2])
def held(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[dict[str, list[Row]], Case, Events]]:
    tables = make_rows(request.param)
    folder = tmp_path_factory.mktemp("seen")
    with make_case(folder, tables) as case, Events.open(case.path, case.snapshot().sources) as events:
        yield tables, case, events


def us(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp()) * 1_000_000


@pytest.mark.parametrize("value", ["acc_3", "192.0.2.7", "req_9", "7", "/v1/batches", "nobody", *HOSTILE])
def test_every_place_is_what_the_rows_say(held: tuple[dict[str, list[Row]], Case, Events], value: str) -> None:
    tables, case, events = held
    numbers = {source.table: source.number for source in case.snapshot().sources}
    found = follow(events, value)
    places, presences, times, untimed = [], [], [], 0
    for table, rows in tables.items():
        timed = table in TIME
        holding = [row for row in rows if value in row.values()]
        if holding:
            moments = [us(row[TIME[table]]) for row in holding] if timed else []
            presences.append(
                (numbers[table], len(holding), timed, min(moments, default=None), max(moments, default=None))
            )
            times += moments
            untimed += 0 if timed else len(holding)
        for column in rows[0]:
            own = [at for at, row in enumerate(rows) if row[column] == value]
            if own:
                moments = [us(rows[at][TIME[table]]) for at in own] if timed else []
                line = own[0] + 2
                places.append(
                    (numbers[table], column, len(own), line, min(moments, default=None), max(moments, default=None))
                )
    assert [(p.source, p.column, p.rows, p.line, p.first_us, p.last_us) for p in found.places] == places
    assert [(p.source, p.rows, p.timed, p.first_us, p.last_us) for p in found.sources] == presences
    assert (found.count, found.of, found.untimed) == (len(times), events.count, untimed)
    times.sort()
    assert (found.first.time_us if found.first else None) == (times[0] if times else None)
    assert (found.last.time_us if found.last else None) == (times[-1] if times else None)
    if found.where:
        assert events.select(found.where).count == found.count
    if len(times) > 1:
        assert found.longest is not None
        most = max(other - one for one, other in itertools.pairwise(times))
        assert found.longest[1] - found.longest[0] == most


def test_an_empty_value_is_nothing_to_follow(held: tuple[dict[str, list[Row]], Case, Events]) -> None:
    with pytest.raises(BadRequest):
        follow(held[2], "")


def test_stop_answers(held: tuple[dict[str, list[Row]], Case, Events]) -> None:
    def stop(done: int, total: int, note: str = "") -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        follow(held[2], "acc_1", stop)


def test_a_case_without_events(tmp_path: Path) -> None:
    with make_case(tmp_path, {}) as case, Events.open(case.path, ()) as events:
        found = follow(events, "acc_1")
    assert (found.places, found.count, found.of, found.where, found.longest) == ((), 0, 0, "", None)


def test_only_rows_without_times_have_no_filter(tmp_path: Path) -> None:
    tables = {"notes": make_rows(3)["notes"]}
    with make_case(tmp_path, tables) as case, Events.open(case.path, case.snapshot().sources) as events:
        found = follow(events, tables["notes"][0]["about"])
    assert found.untimed >= 1
    assert (found.count, found.where) == (0, "")
