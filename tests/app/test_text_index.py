"""The text index saves looking and decides nothing: with it and without it the same rows match, always."""

from __future__ import annotations

import contextlib
import random
import shutil
import sqlite3
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from casebound.case import Actor, Event, EventId
from casebound.document import Case
from casebound.errors import CannotWrite
from casebound.events import Events
from casebound.importing import bring_in
from casebound.mending import Recipe, mend
from casebound.quarantine import Choice
from casebound.store.disk import TEXT, folder_digest
from casebound.textindex import index_path, opened
from casebound.work import Cancelled

# Letters whose lower case is longer, shorter, two things or another thing; signs of SQL, FTS5 and the filter language.
ALPHABET = "abcxyzABCXYZ 019-'\"*():^%_\\İıIiſKÅåßẞΣσςéÉe\u0301ÄäЖжﬁ漢字😀\ufffe\u2028\u00a0"
PIECES = ("unusual token", "Straße", "STRASSE", "İstanbul", "ΟΔΟΣ", "req_0017", "NEAR(", "a AND b", "x\ty", "ﬁle")


def _text(chance: random.Random) -> str:
    parts = [chance.choice(PIECES) if chance.random() < 0.3 else "".join(chance.choices(ALPHABET, k=6))]
    parts += ["".join(chance.choices(ALPHABET, k=chance.randrange(12))) for _ in range(3)]
    return " ".join(parts)


def _write(path: Path, rows: int, seed: int, *, broken: int = 0) -> None:
    import csv

    chance = random.Random(seed)
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(["request_id", "ts", "account_id", "endpoint", "tokens", "prompt"])
        for number in range(rows):
            when = f"2026-03-01T10:{number // 60 % 60:02d}:{number % 60:02d}Z"
            if number < broken:
                when = f"07~02~2026 11.{number:02d}"
            name = f"req_{seed}_{number:04d}"
            plain = [when, f"acc_{chance.randrange(9)}", chance.choice(["/v1/messages", ""]), chance.randrange(9_000)]
            writer.writerow([name, *plain, _text(chance) if chance.random() < 0.9 else ""])


def _positions(case: Case, where: str) -> list[int]:
    with Events.open(case.path, case.snapshot().sources) as events:
        return [int(position) for position in events.select(where).positions]


def _generations(case: Case) -> list[str]:
    sources = case.snapshot().sources
    return [name for source in sources for name in (source.generation, *(mend.generation for mend in source.mends))]


@contextlib.contextmanager
def _without(case: Case) -> Iterator[None]:
    """The case while its indexes are elsewhere."""
    hidden = case.path.with_name("hidden-indexes")
    (case.path / TEXT).rename(hidden)
    try:
        yield
    finally:
        hidden.rename(case.path / TEXT)


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    """Two sources with interleaved times, both indexed."""
    folder = tmp_path_factory.mktemp("text")
    _write(folder / "requests.csv", 900, 1)
    _write(folder / "more.csv", 500, 2)
    with Case.create(folder / "t.casebound", "T", "Texts", Actor("Ada")) as made:
        for name in ("requests.csv", "more.csv"):
            bring_in(made, folder / name, table="requests")
        assert made.build_text_indexes(least_rows=1) == 2
        yield made


@pytest.fixture(scope="module")
def events(case: Case) -> Iterator[tuple[Events, Events]]:
    """The rows with their indexes, and the same rows without: a copy of the case."""
    bare = case.path.with_name("bare.casebound")
    shutil.copytree(case.path, bare)
    shutil.rmtree(bare / TEXT)
    sources = case.snapshot().sources
    with Events.open(case.path, sources) as fast, Events.open(bare, sources) as slow:
        yield fast, slow


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


WORDS = st.one_of(
    st.text(ALPHABET, min_size=1, max_size=6),
    st.text(min_size=1, max_size=4).filter(lambda text: "\0" not in text),
    st.sampled_from(PIECES).flatmap(lambda piece: st.sampled_from([piece, piece.lower(), piece.upper(), piece[1:-1]])),
    st.sampled_from(["req_1_0123", "req_", "2026-03-01", "T10:1", "messages", "acc_3", "4711", "v1/mess", "10:00Z"]),
)


@settings(max_examples=150)
@given(st.lists(st.tuples(st.sampled_from(["", "-"]), WORDS), min_size=1, max_size=3), st.sampled_from([" ", " OR "]))
@example([("", "i̇stanbul")], " ")
@example([("", "strasse"), ("-", "STRASSE")], " OR ")
@example([("", "x\ny")], " ")
def test_index_and_scan_give_the_same_rows(
    events: tuple[Events, Events], terms: list[tuple[str, str]], between: str
) -> None:
    fast, slow = events
    where = between.join(sign + _quoted(word) for sign, word in terms)
    low, high = int(slow.times[200]), int(slow.times[1_100])
    for window in ((None, None), (low, high)):
        expected = slow.select(where, *window)
        assert fast.select(where, *window).positions.tolist() == expected.positions.tolist(), where


def test_every_piece_of_every_row_finds_its_row(events: tuple[Events, Events]) -> None:
    fast, _ = events
    chance = random.Random(3)
    for event in fast.page(0, 1_400)[::20]:
        text = event.fields["prompt"] or event.fields["request_id"] or ""
        start = chance.randrange(max(1, len(text) - 4))
        piece = text[start : start + 5]
        found = fast.select(_quoted(piece)).positions
        assert fast.position(event.id) in found.tolist(), piece


def test_the_index_narrows_and_says_so_only_where_it_is_sure(case: Case) -> None:
    source = case.snapshot().sources[0]
    path = index_path(case.path, source.generation)
    with opened(path, source.generation, source.kept) as index:
        assert index is not None
        assert set(index.columns) == {"request_id", "prompt"}
        rows = index.rows("req_1_0123", 900)
        assert rows is not None
        assert 1 <= len(rows) < 60
        assert index.rows("req_1_0123", 0) is None  # too many to be of use
        assert index.rows("re", 900) is None  # too short
        assert index.rows("no such text anywhere", 900).tolist() == []  # type: ignore[union-attr]
        assert not index.may_hold("ts", "unusual")
        assert index.may_hold("ts", "2026")
        assert index.may_hold("endpoint", "unusual")  # nothing is known of it
    with opened(path, source.generation, source.kept + 1) as index:
        assert index is None


def test_marks_exhibits_and_search_survive_every_later_import(tmp_path: Path) -> None:
    for number, broken in ((1, 0), (2, 7), (3, 0)):
        _write(tmp_path / f"part{number}.csv", 300, number, broken=broken)
    with Case.create(tmp_path / "s.casebound", "S", "Survival", Actor("Ada")) as case:
        bring_in(case, tmp_path / "part1.csv", table="requests")
        assert case.build_text_indexes(least_rows=1) == 1

        def event(name: str) -> Event:
            with Events.open(case.path, case.snapshot().sources) as events:
                return events.page(0, 1, events.select(_quoted(name)))[0]

        first = event("req_1_0042")
        case.annotate([first.id], note="Look here", tags=["pool-a"])
        exhibit = case.make_exhibit(event=first, caption="The first")
        before = {name: folder_digest(case.path / "rows" / name) for name in _generations(case)}
        for name in ("part2.csv", "part3.csv"):
            bring_in(case, tmp_path / name, table="requests")
            ids = _ids(case, "req_1_0042")
            assert ids == [first.id]
            assert case.build_text_indexes(least_rows=1) == 1
            assert case.build_text_indexes(least_rows=1) == 0  # nothing is built twice
            assert _ids(case, "req_1_0042") == [first.id]
            now = case.snapshot()
            assert {mark.event for mark in now.marks} == {first.id}
            assert (now.exhibits[0].number, now.exhibits[0].event) == (exhibit.number, first.id)
            assert event("req_1_0042").fields == first.fields
            assert {name: folder_digest(case.path / "rows" / name) for name in before} == before
        assert case.snapshot().sources[1].quarantined == 7
        mend(case, case.snapshot().sources[1], Choice(), Recipe(time_format="%d~%m~%Y %H.%M", zone="UTC"))
        assert case.build_text_indexes(least_rows=1) == 1  # of the mend's own generation
        assert len(_ids(case, "req_2_000")) == 10
        for where in ("req_", "req_2_0003", "unusual", "token -unusual", "07~02~2026"):
            with _without(case):
                expected = _positions(case, where)
            assert _positions(case, where) == expected
        report = case.check()
        assert report.clean, report.findings
        assert not report.notes


def _ids(case: Case, word: str) -> list[EventId]:
    with Events.open(case.path, case.snapshot().sources) as events:
        selection = events.select(_quoted(word))
        return [event.id for event in events.page(0, selection.count, selection)]


def test_a_stop_leaves_no_half_and_the_next_build_finishes(tmp_path: Path) -> None:
    _write(tmp_path / "requests.csv", 300, 1)
    with Case.create(tmp_path / "h.casebound", "H", "Half", Actor("Ada")) as case:
        bring_in(case, tmp_path / "requests.csv")
        lines = case.ledger_lines()
        told: list[tuple[int, int, str]] = []

        def stop(done: int, total: int, note: str = "") -> None:
            told.append((done, total, note))
            if len(told) == 2:
                raise Cancelled

        with pytest.raises(Cancelled):
            case.build_text_indexes(stop, least_rows=1)
        assert told[0] == (0, 300, "Building the text index")
        assert list((case.path / TEXT).iterdir()) == []
        assert case.build_text_indexes() == 0  # so few rows are not worth an index
        assert case.build_text_indexes(least_rows=1) == 1
        (path,) = (case.path / TEXT).iterdir()
        assert stat.S_IMODE(path.stat().st_mode) == 0o400
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
        assert case.ledger_lines() == lines  # a cache is no event of the case
    with Case.open(case.path, Actor("Ada"), write=False) as looking, pytest.raises(CannotWrite):
        looking.build_text_indexes()


def test_leftovers_are_swept_at_the_next_opening(tmp_path: Path) -> None:
    with Case.create(tmp_path / "o.casebound", "O", "Orphans", Actor("Ada")) as case:
        path = case.path
    (path / TEXT).mkdir()
    for name in ("0123456789abcdef.db", ".half-0123456789abcdef.db", "notes.txt"):
        (path / TEXT / name).write_bytes(b"x")
    with Case.open(path, Actor("Ada")):
        assert [each.name for each in (path / TEXT).iterdir()] == ["notes.txt"]


def _corrupt(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[4096:] = random.Random(1).randbytes(len(data) - 4096)
    _replace(path, bytes(data))


def _view(path: Path) -> None:
    path.chmod(0o600)
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE VIEW trap AS SELECT 1")
        connection.commit()


def _replace(path: Path, data: bytes) -> None:
    path.unlink()
    path.write_bytes(data)


@pytest.mark.parametrize("harm", [_corrupt, _view, lambda path: _replace(path, b"no database" * 999), Path.unlink])
def test_a_damaged_index_is_not_used_and_a_check_says_so(tmp_path: Path, case: Case, harm: object) -> None:
    copy = tmp_path / "d.casebound"
    shutil.copytree(case.path, copy, ignore=shutil.ignore_patterns("lock"))
    with Case.open(copy, Actor("Ada")) as damaged:
        expected = _positions(damaged, "req_1_0123")
        assert len(expected) == 1
        path = index_path(copy, damaged.snapshot().sources[0].generation)
        harm(path)  # type: ignore[operator]
        assert _positions(damaged, "req_1_0123") == expected
        report = damaged.check()
        if path.exists():
            assert [finding.item for finding in report.findings] == [f"text/{path.name}"]
        else:
            assert report.clean
            assert any(path.name in note for note in report.notes)
            assert damaged.build_text_indexes(least_rows=1) == 1
            assert damaged.check().notes == ()


def test_an_index_made_with_another_lower_is_not_used_and_made_again(tmp_path: Path, case: Case) -> None:
    copy = tmp_path / "v.casebound"
    shutil.copytree(case.path, copy, ignore=shutil.ignore_patterns("lock"))
    with Case.open(copy, Actor("Ada")) as older:
        source = older.snapshot().sources[0]
        path = index_path(copy, source.generation)
        path.chmod(0o600)
        with contextlib.closing(sqlite3.connect(path)) as connection:
            connection.execute("UPDATE about SET value = '0.1' WHERE key = 'lowered'")
            connection.execute("INSERT INTO threes (threes) VALUES ('delete-all')")
            connection.commit()
        path.chmod(0o400)
        assert len(_positions(older, "req_1_0123")) == 1
        assert older.build_text_indexes(least_rows=1) == 1
        with opened(path, source.generation, source.kept) as index:
            assert index is not None
        assert older.check().clean


def test_what_a_lying_index_hides_is_counted_all_the_same(tmp_path: Path, case: Case) -> None:
    copy = tmp_path / "l.casebound"
    shutil.copytree(case.path, copy, ignore=shutil.ignore_patterns("lock"))
    with Case.open(copy, Actor("Ada")) as lied:
        source = lied.snapshot().sources[0]
        path = index_path(copy, source.generation)
        path.chmod(0o600)
        with contextlib.closing(sqlite3.connect(path)) as connection:
            connection.execute("INSERT INTO threes (threes) VALUES ('delete-all')")
            connection.commit()
        with Events.open(copy, (source,)) as events:
            assert events.select("req_1_0123").count == 0  # this much an index can do, and a check tells
            assert events.measure("requests", "req_1_0123")[0] == 1
            assert len(list(events.export_rows("requests", "req_1_0123"))) == 1
        assert not lied.check().clean


def test_a_row_with_very_long_texts_and_one_with_nul_are_found(tmp_path: Path) -> None:
    lines = ["id,ts,text"]
    for number in range(60):
        long = "lorem ipsum " * 8_000 if number == 7 else "short"
        nul = "\\u0000" if number == 9 else " "
        when = f"2026-03-01T10:00:{number:02d}Z"
        lines.append(f'{{"id": "r{number}", "ts": "{when}", "text": "{long}{nul}needle{number} end"}}')
    (tmp_path / "long.jsonl").write_text("\n".join(lines[1:]))
    with Case.create(tmp_path / "n.casebound", "N", "Needles", Actor("Ada")) as case:
        (source,) = bring_in(case, tmp_path / "long.jsonl")
        assert case.build_text_indexes(least_rows=1) == 1
        with opened(index_path(case.path, source.generation), source.generation, source.kept) as index:
            assert index is not None
            assert (index.columns, index.words) == (("id",), ("text",))
            long = index.always(1_000)
            assert long is not None
            assert long.tolist() == [7]  # too long to be indexed, so it is always looked at
        for number in (7, 9, 11):
            assert len(_ids(case, f"needle{number} end")) == 1


def test_sparse_pages_and_exports_hold_the_rows_asked_for(events: tuple[Events, Events]) -> None:
    fast, _ = events
    chance = random.Random(4)
    for size in (1, 2, 50, 700):
        chosen = fast.select("").positions[sorted(chance.sample(range(1_400), size))]
        found = fast.at(chosen[::-1].copy())
        assert [fast.position(event.id) for event in found] == chosen[::-1].tolist()
    rows = list(fast.export_rows("requests", "endpoint:/v1/messages"))
    selected = fast.select("endpoint:/v1/messages")
    by_id = {event.id: event for event in fast.page(0, selected.count, selected)}
    assert len(rows) == selected.count == len(by_id)
    for identity, time_us, fields in rows:
        assert (time_us, fields) == (by_id[identity].time_us, by_id[identity].fields)
