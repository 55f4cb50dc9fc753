"""A source's clock was wrong: every time of it is corrected everywhere, the rows and the originals are not."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casebound.case import Actor
from casebound.clockcorrection import clock_text, correction_text, duration_text, duration_us
from casebound.document import Case
from casebound.errors import BadRequest, NothingToDo
from casebound.events import Events
from casebound.importing import bring_in
from casebound.moments import utc_text

AHEAD = -134_000_000
WHY = "Its log shows our probe of 10:00:00 at 10:02:14."


@pytest.fixture
def two(case: Case, tmp_path: Path) -> Case:
    """S-01, whose clock will turn out to be 2 min 14 s ahead, and S-02; and S-03 without times."""
    (tmp_path / "requests.csv").write_text(
        "ts,account_id,n\n2026-03-01T10:02:14Z,acc_1,5\n2026-03-01T10:02:20Z,acc_2,7\n2026-03-01T10:05:00Z,acc_1,9\n"
    )
    (tmp_path / "logins.csv").write_text("ts,account_id\n2026-03-01T10:00:03Z,acc_1\n2026-03-01T10:01:00Z,acc_3\n")
    (tmp_path / "clauses.csv").write_text("clause_id,text\nc1,No\n")
    for name in ("requests.csv", "logins.csv", "clauses.csv"):
        bring_in(case, tmp_path / name)
    return case


def opened(case: Case) -> Events:
    return Events.open(case.path, case.snapshot().sources)


def told(events: Events) -> list[tuple[int, str, str]]:
    return [(one.source, utc_text(one.time_us)[11:19], one.time_raw[11:19]) for one in events.page(0, events.count)]


def test_corrected_times_decide_the_order_and_the_raw_text_stays(two: Case) -> None:
    with opened(two) as events:
        assert [source for source, *_ in told(events)] == [2, 2, 1, 1, 1]
    source = two.correct_clock(1, AHEAD, WHY)
    assert (source.clock_us, source.clock_reason) == (AHEAD, WHY)
    assert utc_text(source.first_us or 0) == "2026-03-01T10:00:00.000000Z"
    with opened(two) as events:
        assert told(events) == [
            (1, "10:00:00", "10:02:14"),
            (2, "10:00:03", "10:00:03"),
            (1, "10:00:06", "10:02:20"),
            (2, "10:01:00", "10:01:00"),
            (1, "10:02:46", "10:05:00"),
        ]
        assert [one.clock_us for one in events.page(0, 5)] == [AHEAD, 0, AHEAD, 0, AHEAD]
        assert events.times.tolist() == sorted(events.times.tolist())
        first = events.page(0, 1)[0]
        assert events.get(first.id) == first
        assert events.position(first.id) == 0


def test_windows_filters_measures_and_exports_speak_corrected_time(two: Case) -> None:
    two.correct_clock(1, AHEAD, WHY)
    minute = 60_000_000
    start = 1_772_359_200_000_000
    with opened(two) as events:
        assert events.select("", start, start + minute).count == 3
        assert events.select("account_id:acc_1", start, start + minute).count == 2
        assert events.select("after:2026-03-01T10:00:00 before:2026-03-01T10:00:01").count == 1
        assert events.select("-after:2026-03-01T10:00:05").count == 2
        assert events.select("after:2026-03-01T10:04:00").count == 0
        count, _ = events.measure("requests", "", from_us=start, to_us=start + minute)
        assert count == 2
        count, _ = events.measure("requests", "after:2026-03-01T10:02:00")
        assert count == 1
        rows = list(events.export_rows("requests", "", start, start + minute))
        assert [time for _, time, _ in rows] == [start, start + 6_000_000]
        assert [fields["ts"] for *_, fields in rows] == ["2026-03-01T10:02:14Z", "2026-03-01T10:02:20Z"]


def test_a_correction_is_an_act_in_the_ledger_and_can_be_taken_back(two: Case) -> None:
    raw = [utc_text(source.first_us) for source in two.snapshot().sources if source.first_us is not None]
    two.correct_clock(1, AHEAD, WHY)
    entry = two.ledger(item=("source", "1"))[-1]
    assert two.describe_entry(entry) == ("Clock corrected", f"Source S-01: clock 2 min 14 s ahead, because: {WHY}")
    record = entry.disclosures["record"]
    assert isinstance(record, dict)
    assert (record["clock_us"], record["clock_reason"]) == (AHEAD, WHY)
    assert record["first"] == raw[0]  # what the source itself says
    two.correct_clock(1, 0, "The probe was looked up in the wrong log.")
    entry = two.ledger(item=("source", "1"))[-1]
    assert two.describe_entry(entry)[1].startswith("Source S-01: clock taken as right, because: The probe")
    assert two.snapshot().sources[0].clock_us == 0
    assert [utc_text(one.first_us) for one in two.snapshot().sources if one.first_us is not None] == raw
    report = two.check()
    assert not report.findings


def test_a_corrected_case_checks_clean_and_a_secret_correction_is_found(two: Case) -> None:
    import sqlite3

    two.correct_clock(1, AHEAD, WHY)
    assert not two.check().findings
    path = two.path
    two.close()
    with sqlite3.connect(path / "case.db") as database:
        database.execute("UPDATE source SET clock_us = 0 WHERE number = 1")
    with Case.open(path, Actor("Rosa Behrens")) as again:
        assert again.check().findings


@pytest.mark.parametrize(
    ("source", "clock_us", "reason", "words"),
    [
        (9, AHEAD, WHY, "no source S-09"),
        (1, AHEAD, "  ", "reason"),
        (3, AHEAD, WHY, "no times"),
        (1, 10**17, WHY, "two hundred years"),
    ],
)
def test_what_cannot_be_corrected_is_refused(two: Case, source: int, clock_us: int, reason: str, words: str) -> None:
    before = two.snapshot()
    with pytest.raises(BadRequest, match=words):
        two.correct_clock(source, clock_us, reason)
    assert two.snapshot() == before


def test_the_same_correction_twice_changes_nothing(two: Case) -> None:
    with pytest.raises(NothingToDo):
        two.correct_clock(1, 0, WHY)
    two.correct_clock(1, AHEAD, WHY)
    with pytest.raises(NothingToDo):
        two.correct_clock(1, AHEAD, WHY)


def test_a_correction_out_of_the_calendar_is_refused(case: Case, tmp_path: Path) -> None:
    (tmp_path / "old.csv").write_text("ts,who\n0001-01-02T00:00:00Z,a\n")
    bring_in(case, tmp_path / "old.csv")
    with pytest.raises(BadRequest, match="years 1 to 9999"):
        case.correct_clock(1, -2 * 86_400_000_000, WHY)
    assert case.correct_clock(1, -86_400_000_000, WHY).clock_us == -86_400_000_000


@pytest.mark.parametrize(
    ("text", "us"),
    [
        ("2m14s", 134_000_000),
        ("134s", 134_000_000),
        ("134 seconds", 134_000_000),
        ("1h 30 min", 5_400_000_000),
        ("0.25s", 250_000),
        ("0,25 s", 250_000),
        ("250ms", 250_000),
        ("7us", 7),
        ("1d", 86_400_000_000),
        ("0:02:14.5", 134_500_000),
    ],
)
def test_lengths_of_time_are_read(text: str, us: int) -> None:
    assert duration_us(text) == us


@pytest.mark.parametrize("text", ["", "0s", "134", "-2m", "2 parsecs", "s", "0.5us", "1s2", "99999999999d"])
def test_what_is_no_length_of_time_is_refused(text: str) -> None:
    with pytest.raises(BadRequest):
        duration_us(text)


@given(st.integers(1, 10**15))
def test_a_length_of_time_reads_back_as_it_is_written(us: int) -> None:
    assert duration_us(duration_text(us)) == us


def test_ahead_is_taken_off_and_behind_is_added() -> None:
    assert (clock_text(AHEAD), correction_text(AHEAD)) == ("clock 2 min 14 s ahead", "−2 min 14 s")
    assert (clock_text(250_000), correction_text(250_000)) == ("clock 250 ms behind", "+250 ms")
    assert correction_text(0) == "none"
