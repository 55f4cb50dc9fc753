"""Views counted: against brute force over the rows, at odd times, and by the statement alone."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from casebound.case import Actor, EventId
from casebound.density import grid
from casebound.document import Case
from casebound.errors import BadRequest
from casebound.events import Events
from casebound.filter_tree import FilterError
from casebound.importing import bring_in
from casebound.placedmarks import PlacedMarks
from casebound.timescale import DAY, HOUR
from casebound.viewcounts import OTHERS, Asked, asks_for_notes, counted, rows_of

START = datetime(2026, 3, 1, tzinfo=UTC)
FIRST = int(START.timestamp()) * 1_000_000


def export(folder: Path, name: str, seed: int, rows: int, *, old: bool = False) -> Path:
    chance = random.Random(seed)
    path = folder / name
    with path.open("w", encoding="utf-8", newline="") as stream:
        stream.write("id,ts,account,status,text\n")
        at = datetime(1931, 5, 6, tzinfo=UTC) if old else START
        for number in range(rows):
            at += timedelta(seconds=chance.randrange(1, 6_000), microseconds=chance.randrange(1_000_000))
            account = chance.choice(["a", "b", "", "c'x", "d;e"])
            stream.write(f"r{number},{at.isoformat()},{account},{chance.choice((200, 403))},x y\n")
        stream.write("r9999,not a time,a,200,x\n")
    return path


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    folder = tmp_path_factory.mktemp("views")
    with Case.create(folder / "a.casebound", "C-1", "Views", Actor("Mary Okafor")) as made:
        for number, name in enumerate(("one.csv", "two.csv")):
            bring_in(made, export(folder, name, number, 400))
        (folder / "bare.csv").write_text("key,value\n1,a\n2,b\n", encoding="utf-8")
        bring_in(made, folder / "bare.csv")
        yield made


@pytest.fixture(scope="module")
def events(case: Case) -> Iterator[Events]:
    snapshot = case.snapshot()
    with Events.open(snapshot.path, snapshot.sources) as made:
        yield made


def brute(events: Events, asked: Asked, step: int, labels: tuple[str, ...]) -> Counter[tuple[int, str]]:
    found: Counter[tuple[int, str]] = Counter()
    names = {source.number: f"{source.label} {source.name}" for source in events.sources}
    chosen = events.select(asked.where)
    for event in events.at(chosen.positions):
        low = asked.from_us is None or event.time_us >= asked.from_us
        if low and (asked.to_us is None or event.time_us < asked.to_us):
            value = names[event.source] if asked.lanes == "source" else event.fields.get(asked.lanes) or ""
            found[event.time_us // step * step, value if value in labels else OTHERS] += 1
    return found


@pytest.mark.parametrize("seed", range(12))
def test_every_bin_equals_brute_force(events: Events, seed: int) -> None:
    chance = random.Random(seed)
    start = FIRST + chance.randrange(0, 20) * DAY + chance.randrange(HOUR)
    end = start + chance.choice((90_000_000, 3 * HOUR, DAY, 9 * DAY, 40 * DAY))
    ends = chance.choice(((start, end), (None, end), (start, None), (None, None)))
    if ends[0] is None and ends[1] is not None and ends[1] <= FIRST:
        ends = (None, None)
    where = chance.choice(("", "status:403", '-account:"d;e"', 'account:"c\'x" OR account:a', 'account:""', "x"))
    asked = Asked(where, *ends, chance.choice(("source", "account", "status")))
    counts = counted(events, asked)
    assert counts is not None
    expected = brute(events, asked, counts.step, counts.lanes)
    got: Counter[tuple[int, str]] = Counter()
    for at, lane, _, count in counts.cells:
        got[at, lane] += count
    assert got == expected
    assert counts.count == sum(expected.values()) == events.select(where, *ends).count
    assert counts.of == events.count
    edges = set(grid(counts.window, counts.step).tolist()[:-1])
    assert {at for at, *_ in counts.cells} <= edges
    rows: list[EventId] = []
    for table in {source.table for source in events.sources if source.timed}:
        rows += [event for event, _, _ in rows_of(events, table, asked)]
    assert len(rows) == len(set(rows)) == counts.count


def test_nothing_matches_and_the_statement_still_runs(events: Events) -> None:
    counts = counted(events, Asked("account:nobody", None, None))
    assert counts is not None
    assert (counts.count, counts.cells) == (0, ())
    assert len(counts.tables) == 1


def test_times_before_1970_and_centuries_apart(tmp_path: Path) -> None:
    with Case.create(tmp_path / "b.casebound", "C-2", "Old", Actor("Mary Okafor")) as case:
        bring_in(case, export(tmp_path, "old.csv", 3, 50, old=True))
        (tmp_path / "far.csv").write_text("id,ts\n1,1583-01-02T03:04:05Z\n2,2190-01-02T03:04:05Z\n", encoding="utf-8")
        bring_in(case, tmp_path / "far.csv")
        snapshot = case.snapshot()
        with Events.open(snapshot.path, snapshot.sources) as events:
            for asked in (Asked("", None, None), Asked("", -1_300_000_000_000_000, -1_100_000_000_000_000)):
                counts = counted(events, asked)
                assert counts is not None
                assert counts.count == events.select("", asked.from_us, asked.to_us).count > 0
                edges = grid(counts.window, counts.step).tolist()
                for at, _, _, count in counts.cells:
                    end = edges[edges.index(at) + 1]
                    low, high = max(at, counts.window.start), min(end, counts.window.end)
                    assert events.select("", low, high).count >= count > 0


def test_a_case_without_events_has_no_picture(tmp_path: Path) -> None:
    with Case.create(tmp_path / "c.casebound", "C-3", "None", Actor("Mary Okafor")) as case:
        snapshot = case.snapshot()
        with Events.open(snapshot.path, snapshot.sources) as events:
            assert counted(events, Asked("", None, None)) is None


@pytest.mark.parametrize(
    ("asked", "fault"),
    [
        (Asked("account:(", None, None), FilterError),
        (Asked("nowhere:x", None, None), FilterError),
        (Asked("", None, None, "nowhere"), BadRequest),
        (Asked("", 5, 5), BadRequest),
        (Asked("has:note", None, None), FilterError),  # without marks nobody knows
    ],
)
def test_what_cannot_be_counted_says_so(events: Events, asked: Asked, fault: type[Exception]) -> None:
    with pytest.raises(fault):
        counted(events, asked)


def test_marks_become_the_names_of_rows(case: Case, events: Events) -> None:
    event = events.page(7, 8)[0]
    case.annotate([event.id], note="A note")
    counts = counted(events, Asked("has:note", None, None), PlacedMarks(case.snapshot()))
    assert counts is not None
    assert counts.count == 1 and str(event.id) in counts.sql


@pytest.mark.parametrize(
    ("where", "asks"),
    [
        ("has:note", True), ("-tag:x", True), ("(account:a OR has:bookmark)", True), ("has:attachment", True),
        ("has:exhibit", False), ("in:F-01", False), ("account:tag", False), ("", False), ('"has:note"', False),
    ],
)  # fmt: skip
def test_filters_that_ask_for_notes_are_known(where: str, asks: bool) -> None:
    assert asks_for_notes(where) is asks
