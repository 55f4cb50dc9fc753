"""The codes of columns save work and decide nothing: with them and without the same rows, lanes, facets and orders."""

from __future__ import annotations

import csv
import json
import os
import random
import shutil
import stat
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casebound.case import Actor, Event
from casebound.columncodes import codes_path, load
from casebound.document import Case
from casebound.errors import BadRequest, CannotWrite
from casebound.events import Events
from casebound.filter_sql import condition
from casebound.filter_sql import window as sql_window
from casebound.filtering import parse
from casebound.importing import bring_in
from casebound.placedmarks import PlacedMarks
from casebound.questions import Question
from casebound.store.disk import CODES
from casebound.work import Cancelled

NAMES = (
    "",
    "acc_1",
    "Acc_1",
    "acc_2",
    "Straße",
    "STRASSE",
    "İd",
    "ein Wort",
    'a"b',
    "x:y",
    "-",
    "7",
    "07",
    "漢字",
    "~",
)
SIZES = ("", "0", "7", "07", "-3", "12.5", "1e3", "n/a", "100", "99")
PARTS = Path(__file__).parent


def _write(path: Path, rows: int, seed: int, columns: tuple[str, ...]) -> None:
    chance = random.Random(seed)
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(columns)
        for number in range(rows):
            cells = {
                "id": f"{path.stem}-{number:04d}",
                "ts": f"2026-03-01T10:{chance.randrange(9):02d}:{chance.randrange(60):02d}Z",
                "account_id": chance.choice(NAMES),
                "size": chance.choice(SIZES),
                "whole": str(chance.randrange(12)) if chance.random() < 0.8 else "",
                "text": " ".join(chance.choice(["alpha", "Beta", "gamma_7", "42"]) for _ in range(chance.randrange(4))),
            }
            writer.writerow([cells[name] for name in columns])


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    """Three sources whose times interleave and tie; one lacks columns, one has its clock corrected."""
    folder = tmp_path_factory.mktemp("codes")
    _write(folder / "requests.csv", 400, 1, ("id", "ts", "account_id", "size", "whole", "text"))
    _write(folder / "more.csv", 300, 2, ("id", "ts", "account_id", "whole"))
    _write(folder / "logins.csv", 200, 3, ("id", "ts", "size", "text"))
    (folder / "accounts.json").write_text('[{"account_id": "acc_1", "plan": "free"}]')
    with Case.create(folder / "c.casebound", "C", "Codes", Actor("Ada")) as made:
        for name in ("requests.csv", "more.csv", "logins.csv", "accounts.json"):
            bring_in(made, folder / name)
        made.correct_clock(2, -95_000_000, "It ran ahead.")
        assert made.build_column_codes(least_rows=1) > 5
        assert made.build_text_indexes(least_rows=1) == 3
        yield made


@pytest.fixture(scope="module")
def events(case: Case) -> Iterator[Both]:
    """The rows with their codes; the same without codes and text index; and all events as values."""
    bare = case.path.with_name("bare.casebound")
    shutil.copytree(case.path, bare)
    shutil.rmtree(bare / "text")
    shutil.rmtree(bare / CODES)
    sources = case.snapshot().sources
    with Events.open(case.path, sources, case.column_codes()) as fast, Events.open(bare, sources) as slow:
        yield Both((fast, slow, slow.page(0, slow.count)))


class Both(tuple[Events, Events, list[Event]]):
    """With codes, without, and all events."""

    def __repr__(self) -> str:
        return "both"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


FIELDS = st.sampled_from(["account_id", "size", "whole", "text", "id", "actor", "source", "plan"])
TERMS = st.one_of(
    st.builds(lambda field, value: f"{field}:{_quoted(value)}", FIELDS, st.sampled_from([*NAMES, *SIZES])),
    st.builds(lambda field, value: f"{field}:{value}", FIELDS, st.sampled_from(["acc*", "*", "*a*", "1*", '""'])),
    st.builds(lambda sign, n: f"size:{sign}{n}", st.sampled_from(["<", "<=", ">", ">="]), st.integers(-5, 120)),
    st.builds(lambda n: f"whole:>={n}", st.integers(-1, 13)),
    st.sampled_from(["account_id:~^acc", 'size:~"[.]"', "text:~ALPHA|beta", "~acc_", "source:S-02", "table:logins"]),
    st.sampled_from(["after:2026-03-01T10:03:00Z", "before:2026-03-01T10:05:30Z", "has:note", "tag:pool"]),
    st.builds(_quoted, st.sampled_from(["alpha", "acc_1", "7", "lph", "more-00", "beta 42", "straße", "gamma_7 4"])),
)
WHERES = st.recursive(
    TERMS,
    lambda part: st.one_of(
        st.builds(lambda one: f"-({one})", part),
        st.builds(lambda ones: "(" + " ".join(ones) + ")", st.lists(part, min_size=2, max_size=3)),
        st.builds(lambda ones: "(" + " OR ".join(ones) + ")", st.lists(part, min_size=2, max_size=3)),
    ),
    max_leaves=6,
)


@settings(max_examples=250, deadline=None)
@given(WHERES, st.one_of(st.none(), st.tuples(st.integers(0, 900), st.integers(0, 900))))
def test_codes_and_rows_give_the_same_events(
    events: Both, case: Case, where: str, ends: tuple[int, int] | None
) -> None:
    fast, slow, _ = events
    marks = PlacedMarks(case.snapshot())
    window: tuple[int | None, int | None] = (None, None)
    if ends is not None:
        low, high = sorted(ends)
        window = (int(slow.times[min(low, 899)]), int(slow.times[min(high, 899)]))
    expected = slow.select(where, *window, marks=marks).positions.tolist()
    assert fast.select(where, *window, marks=marks).positions.tolist() == expected, where
    assert fast.first(where, 7, *window, marks=marks) == expected[:7], where
    assert expected == _by_sql(slow, where, window, marks), where


def _by_sql(events: Events, where: str, window: tuple[int | None, int | None], marks: PlacedMarks) -> list[int]:
    """The same by one SQL condition for each generation, as findings and packages are counted."""
    found, positions = parse(where), []
    for index, one in enumerate(events._rows):
        if one.timed:
            sql = f"{condition(found, one.scope, marks)} AND {sql_window(*window, one.shift_us)}"
            positions += events._order.places(index, one.positions(sql)).tolist()
    return sorted(positions)


@settings(max_examples=80, deadline=None)
@given(FIELDS.filter(lambda name: name != "plan"), TERMS, st.integers(0, 900), st.integers(0, 900), st.booleans())
def test_facets_and_orders_are_those_of_the_rows(
    events: Both, case: Case, field: str, where: str, low: int, high: int, filtered: bool
) -> None:
    fast, slow, every = events
    selection = slow.select(where, marks=PlacedMarks(case.snapshot())) if filtered else None
    positions = (selection.positions if selection else np.arange(slow.count))[low:high].tolist()
    values = [_value(every[position], field, slow) for position in positions]
    counts = Counter(value for value in values if value)
    expected = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    for one in (fast, slow):
        facet = one.facet(field, selection, low, high, 5)
        assert facet.values == tuple(expected[:5])
        assert (facet.distinct, facet.of) == (len(counts), len(positions))
        assert sum(count for _, count in facet.values) + facet.empty + facet.other == facet.of
        assert facet.empty == len(values) - sum(counts.values())
    numbers = field in ("size", "whole")
    for descending in (False, True):
        full = [place for place, value in enumerate(values) if value]
        full.sort(key=lambda place: _key(values[place] or "", numbers), reverse=descending)
        whole = [positions[place] for place in full] + [
            position for position, value in zip(positions, values, strict=True) if not value
        ]
        for one in (fast, slow):
            assert one.ordered(field, descending, selection, low, high).tolist() == whole
            assert one.ordered(field, descending, selection, low, high, start=2, stop=9).tolist() == whole[2:9]


def _value(event: Event, field: str, events: Events) -> str | None:
    if field == "actor":
        return event.actor
    if field == "source":
        source = next(one for one in events.sources if one.number == event.source)
        return f"{source.label} {source.name}"
    return event.fields.get(field)


def _key(text: str, numbers: bool) -> tuple[int, Decimal, str]:
    if numbers and text != "n/a":
        return (0, Decimal(text), text)
    return (1, Decimal(0), text)


def test_columns_of_very_many_values_are_counted_and_put_in_order(
    events: Both, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, slow, every = events
    asked = (("account_id", None), ("text", "-text:alpha"), ("size", None), ("id", "-text:alpha"))
    orders = {
        (field, descending): slow.ordered(field, descending, slow.select(where) if where else None).tolist()
        for field, where in asked
        for descending in (False, True)
    }
    for module in ("columncodes", "codedcolumns"):
        monkeypatch.setattr(f"casebound.{module}.MOST", 3)
    monkeypatch.setattr("casebound.orders._FIRST", 20)
    with Events.open(slow.path, slow.sources) as many:
        for field, where in asked:
            chosen = many.select(where) if where else None
            positions = chosen.positions.tolist() if chosen else list(range(many.count))
            values = [every[position].fields.get(field) for position in positions]
            counts = Counter(value for value in values if value)
            facet = many.facet(field, chosen, limit=4)
            assert [count for _, count in facet.values] == sorted(counts.values(), reverse=True)[:4]
            assert all(counts[value] == count for value, count in facet.values)
            assert (facet.distinct, facet.empty) == (len(counts), len(values) - sum(counts.values()))
            assert sum(count for _, count in facet.values) + facet.empty + facet.other == facet.of == len(positions)
            for descending in (False, True):
                whole = orders[field, descending]
                assert many.ordered(field, descending, chosen, stop=15).tolist() == whole[:15]
                assert many.ordered(field, descending, chosen).tolist() == whole
            assert dict(many.values(field, "", 3)).items() <= counts.items() or chosen is not None
        told: list[str] = []

        def stop(done: int, total: int, note: str = "") -> None:
            told.append(note)
            if note:
                raise Cancelled

        with pytest.raises(Cancelled):
            many.ordered("whole", False, progress=stop)
        assert told[-1] == "Sorting by whole"


def test_what_was_seen_of_a_value_and_who_stands_near(events: Both) -> None:
    for one in events[:2]:
        held = [event for event in events[2] if event.fields.get("account_id") == "acc_1"]
        seen = one.seen("account_id", "acc_1")
        assert (seen.count, seen.first, seen.last) == (len(held), held[0], held[-1])
        assert seen.by_source == tuple(sorted(Counter(event.source for event in held).items()))
        assert one.seen("account_id", "nobody") == one.seen("account_id", "")
        assert one.seen("source", "S-02 more.csv").count == 300
        low, high = one.neighbours(450, 2_000_000)
        time = int(one.times[450])
        assert [low <= place < high for place in range(one.count)] == [
            abs(int(each) - time) <= 2_000_000 for each in one.times
        ]
        for ask in (one.facet, one.lanes, one.codes, one.values):
            with pytest.raises(BadRequest):
                ask("no_such_field")


@pytest.mark.parametrize("field", ["account_id", "size", "whole", "source", "actor"])
def test_lanes_are_those_of_the_rows(events: Both, field: str) -> None:
    fast, slow, every = events
    quick, plain = fast.lanes(field, 4), slow.lanes(field, 4)
    assert (quick.labels, quick.counts) == (plain.labels, plain.counts)
    assert quick.codes.tolist() == plain.codes.tolist()
    values = [_value(event, field, slow) for event in every]
    assert [plain.labels[code] if code >= 0 else None for code in plain.codes.tolist()] == [
        value if value in plain.labels else None for value in values
    ]
    assert fast.values(field, "A") == slow.values(field, "A") if field != "source" else True


# The cache itself


def _file(case: Case, column: str) -> Path:
    source = case.snapshot().sources[0]
    return codes_path(case.path, source.generation, ("id", "ts", "account_id", "size", "whole", "text").index(column))


def test_files_are_the_owners_alone_and_leave_no_line_in_the_ledger(tmp_path: Path) -> None:
    _write(tmp_path / "requests.csv", 50, 1, ("id", "ts", "account_id", "size"))
    with Case.create(tmp_path / "f.casebound", "F", "Files", Actor("Ada")) as case:
        bring_in(case, tmp_path / "requests.csv")
        lines = case.ledger_lines()
        assert case.build_column_codes() == 0  # so few rows are coded in no time
        told: list[tuple[int, int, str]] = []
        assert case.build_column_codes(lambda *said: told.append((*said, "")[:3]), least_rows=1) > 0
        assert told[0][1] % 50 == 0
        assert case.build_column_codes(least_rows=1) == 0
        files = list((case.path / CODES).iterdir())
        assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o400}
        assert stat.S_IMODE((case.path / CODES).stat().st_mode) == 0o700
        assert case.ledger_lines() == lines
        assert case.check().clean
        assert case.check().notes == ()
    (case.path / CODES / "0123456789abcdef-0001.codes").write_bytes(b"x")
    (case.path / CODES / ".half-x").write_bytes(b"x")
    with Case.open(case.path, Actor("Ada")) as again:
        assert sorted((again.path / CODES).iterdir()) == sorted(files)
    with Case.open(case.path, Actor("Ada"), write=False) as looking, pytest.raises(CannotWrite):
        looking.build_column_codes()


def _shorten(path: Path) -> None:
    _replace(path, path.read_bytes()[:-3])


def _lie(path: Path) -> None:
    """Every row gets the code of another value."""
    data = bytearray(path.read_bytes())
    data[-400:] = bytes(400)
    _replace(path, bytes(data))


def _replace(path: Path, data: bytes) -> None:
    path.unlink()
    path.write_bytes(data)


@pytest.mark.parametrize("harm", [_shorten, _lie, lambda path: _replace(path, b"{}" * 9_000), Path.unlink])
def test_damaged_codes_are_not_used_and_a_check_says_so(
    tmp_path: Path, case: Case, harm: Callable[[Path], object]
) -> None:
    copy = tmp_path / "d.casebound"
    shutil.copytree(case.path, copy, ignore=shutil.ignore_patterns("lock"))
    with Case.open(copy, Actor("Ada")) as damaged:
        sources = damaged.snapshot().sources
        with Events.open(copy, sources) as rows:
            expected = rows.select("account_id:acc_1").positions.tolist()
        path = _file(damaged, "account_id")
        harm(path)
        with Events.open(copy, sources, damaged.column_codes()) as rows:
            assert rows.select("account_id:acc_1").positions.tolist() == expected
        report = damaged.check()
        if path.exists():
            assert [finding.item for finding in report.findings] == [f"codes/{path.name}"]
        else:
            assert report.clean
            assert any("codes/" in note for note in report.notes)
            assert damaged.build_column_codes(least_rows=1) == 1
            assert damaged.check().notes == ()


def test_what_lying_codes_hide_is_counted_all_the_same(tmp_path: Path, case: Case) -> None:
    """Whoever can write case.db as well can hide rows from a filter: never from a number or a package."""
    copy = tmp_path / "l.casebound"
    shutil.copytree(case.path, copy, ignore=shutil.ignore_patterns("lock"))
    with Case.open(copy, Actor("Ada")) as lied:
        source, path = lied.snapshot().sources[0], _file(lied, "account_id")
        with Events.open(copy, [source]) as rows:
            true = rows.measure("requests", "account_id:acc_1")[0]
            assert rows.select("account_id:acc_1").count == true > 0
        _lie(path)
        import hashlib

        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        named = {**lied.column_codes(), (source.generation, "account_id"): digest}
        with Events.open(copy, [source], named) as rows:
            assert rows.select("account_id:acc_1").count != true
            assert rows.measure("requests", "account_id:acc_1")[0] == true
            assert len(list(rows.export_rows("requests", "account_id:acc_1"))) == true


def test_codes_that_mean_no_value_are_refused(tmp_path: Path, case: Case) -> None:
    import hashlib

    source = case.snapshot().sources[0]
    path = tmp_path / "x.codes"
    data = bytearray(_file(case, "account_id").read_bytes())
    data[-1] = 255
    path.write_bytes(bytes(data))
    digest = hashlib.sha256(bytes(data)).hexdigest()
    assert load(path, source.generation, "account_id", 400, digest) is None
    assert load(_file(case, "account_id"), source.generation, "account_id", 400, digest) is None
    assert load(tmp_path / "nothing", source.generation, "account_id", 400, digest) is None


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork and limits of the system")
@pytest.mark.parametrize("work", ["full", "kill"])
def test_a_full_disk_and_a_killed_program_leave_nothing_behind(tmp_path: Path, work: str) -> None:
    _write(tmp_path / "requests.csv", 60, 1, ("id", "ts", "account_id", "size"))
    command = [sys.executable, str(PARTS / "harmed_codes.py"), str(tmp_path), work]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    if work == "full":
        assert told == {"error": "CannotWrite", "left": [], "clean": True, "built": told["built"]}
        assert told["built"] > 0
    else:
        assert told["wrong"] == []
        assert told["finished"] == 0
        assert told["halves"] > 0
        assert told["moments"] > 5


# Questions that are given up


def test_a_question_that_was_given_up_ends_at_once(events: Both) -> None:
    fast, slow, _ = events
    question = Question()
    with question:
        assert slow.select("alpha").count > 0
        question.give_up()
        for one in (fast, slow):
            with pytest.raises(Cancelled):
                one.select("beta")
    assert slow.select("beta").count > 0  # the next question is not concerned


def test_a_read_under_way_is_interrupted(events: Both) -> None:
    import duckdb

    _, slow, _ = events
    question, begun = Question(), threading.Event()
    errors: list[BaseException] = []

    def read() -> None:
        with question, slow._rows.cursor() as cursor:
            begun.set()
            try:
                cursor.execute("SELECT count(*) FROM range(1000000000) a, range(1000000000) b")
            except duckdb.Error as error:
                errors.append(error)

    thread = threading.Thread(target=read)
    thread.start()
    begun.wait()
    question.give_up()
    thread.join()
    assert isinstance(errors[0], duckdb.InterruptException)
