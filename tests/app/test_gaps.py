"""Silent stretches of a source, by the stated rule, against the same rule counted one row at a time."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casebound import gaps as subject
from casebound.gaps import Gap, coverage, density, duration, gaps
from casebound.moments import utc_text

SECOND = 1_000_000
MINUTE, HOUR, DAY = 60 * SECOND, 3_600 * SECOND, 86_400 * SECOND
START = int(datetime(2026, 3, 2, tzinfo=UTC).timestamp()) * SECOND


def times(*values: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.array(sorted(values), dtype=np.int64)


def by_hand(values: list[int], factor: int = 3) -> list[Gap]:
    """The rule as its docstring says it, without any array."""
    if len(values) < 20:
        return []
    longest: dict[int, int] = {}
    for one, other in itertools.pairwise(values):
        longest[one // HOUR] = max(longest.get(one // HOUR, 0), other - one)

    def nine_in_ten(lengths: list[int]) -> int:
        return sorted(lengths)[9 * (len(lengths) - 1) // 10]

    found = []
    for one, other in itertools.pairwise(values):
        own = [length for hour, length in longest.items() if hour % 24 == one // HOUR % 24]
        usual = nine_in_ten(own if len(own) >= 4 else list(longest.values()))
        if other - one > max(factor * usual, MINUTE) and (rows := expected(values, one, other)) >= 10:
            found.append(Gap(one, other, usual, rows))
    return found


def expected(values: list[int], start: int, end: int) -> int:
    """Rows that the hours of the day between two times hold on average, one hour after another."""
    counts = [0] * 24
    for value in values[:-1]:  # the rows at which an interval begins
        counts[value // HOUR % 24] += 1
    last = values[-2]
    days = last // DAY - values[0] // DAY + 1
    total, at = 0, start
    while at < end:
        following = min((at // HOUR + 1) * HOUR, end)
        total += counts[at // HOUR % 24] * (following - at)
        at = following
    return total // (HOUR * days)


@settings(max_examples=200, deadline=None)
@given(
    st.integers(min_value=-(2**52), max_value=2**52),
    st.lists(
        st.one_of(st.integers(0, 5 * MINUTE), st.integers(0, 3 * HOUR), st.integers(0, 40 * DAY)),
        min_size=0,
        max_size=250,
    ),
    st.sampled_from([7, 64, 1_000_000]),
)
def test_the_rule_is_what_it_says(first: int, steps: list[int], block: int) -> None:
    values = [first]
    for step in steps:
        values.append(values[-1] + step)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(subject, "_BLOCK", block)
        assert list(gaps(times(*values))) == by_hand(values)


def test_nights_are_usual_and_a_silent_afternoon_is_not() -> None:
    days = 20
    values = [
        START + day * DAY + hour * HOUR + minute * MINUTE
        for day in range(days)
        for hour in range(8, 18)
        for minute in range(0, 60, 5)
        if not (day == 11 and 13 <= hour < 16)
    ]
    (found,) = gaps(times(*values))
    assert utc_text(found.start_us) == "2026-03-13T12:55:00.000000Z"
    assert utc_text(found.end_us) == "2026-03-13T16:00:00.000000Z"
    assert (duration(found.length_us), duration(found.usual_us)) == ("3 h 5 min", "5 min")
    assert found.expected == 35  # three hours of 12 rows, on 19 days of 20


def test_a_table_of_few_rows_a_day_is_silent_often() -> None:
    values = [START + day * DAY + (day * 7 % 13) * HOUR for day in range(60)]
    assert gaps(times(*values[:30], *(value + 5 * DAY for value in values[30:]))) == ()


def test_few_rows_tell_nothing() -> None:
    assert gaps(times(*(START + n * MINUTE for n in range(18)), START + 9 * DAY)) == ()
    assert gaps(times()) == ()


def test_rows_at_one_moment_have_no_gap() -> None:
    assert gaps(times(*[START] * 50)) == ()


def test_rows_outside_a_stated_window_are_counted() -> None:
    rows = times(*(START + hour * HOUR for hour in range(10)))
    found = coverage(rows, START + 2 * HOUR, START + 8 * HOUR)
    assert (found.before, found.after, found.outside) == (2, 1, 3)
    assert (found.silent_before_us, found.silent_after_us) == (0, 0)
    wide = coverage(rows, START - DAY, START + DAY)
    assert (wide.outside, wide.silent_before_us, wide.silent_after_us) == (0, DAY, 15 * HOUR)
    nothing = coverage(times(), START, START + DAY)
    assert (nothing.first_us, nothing.outside, nothing.silent_before_us) == (None, 0, 0)


@given(st.lists(st.integers(-(2**50), 2**50), min_size=1, max_size=60), st.integers(1, 40))
def test_a_strip_counts_every_row_once(values: list[int], bins: int) -> None:
    rows = times(*values)
    counts = density(rows, int(rows[0]), int(rows[-1]), bins)
    assert len(counts) == bins
    assert counts.sum() == len(rows)


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (timedelta(milliseconds=250), "250 ms"),
        (timedelta(seconds=41), "41 s"),
        (timedelta(minutes=5, seconds=9), "5 min"),
        (timedelta(hours=26), "1 d 2 h"),
        (timedelta(days=3, minutes=7), "3 d 7 min"),
        (timedelta(days=4000), "4,000 d"),
    ],
)
def test_lengths_in_words(length: timedelta, words: str) -> None:
    assert duration(length // timedelta(microseconds=1)) == words
