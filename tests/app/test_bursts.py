"""Bursts by the stated rule, against the same rule counted one interval at a time."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casebound import bursts as subject
from casebound.bursts import HOUR_US, MINUTE_US, WIDTHS, Burst, Bursts, Rule, bursts

DAY = 24 * HOUR_US
START = int(datetime(2026, 3, 2, tzinfo=UTC).timestamp()) * 1_000_000


def times(values: list[int]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.array(sorted(values), dtype=np.int64)


def at_rank(values: list[int], rank: int) -> int:
    return sorted(values)[rank]


def by_hand(values: list[int], rule: Rule) -> Bursts:
    """The rule as its docstring says it: every interval, also an empty one, is a number in a list."""
    values = sorted(values)
    if not values:
        return Bursts(rule)
    total = (values[-1] - values[0]) // rule.width_us + 1
    if total < 20:
        return Bursts(rule)
    counts = [0] * total
    for value in values:
        counts[(value - values[0]) // rule.width_us] += 1
    hour = [number * rule.width_us // HOUR_US % 24 for number in range(total)]
    usual = []
    for number in range(total):
        own = [at for at in range(total) if hour[at] == hour[number]]
        days = {at * rule.width_us // DAY for at in own}
        chosen = own if len(days) >= 4 else list(range(total))
        usual.append(at_rank([counts[at] for at in chosen], 19 * (len(chosen) - 1) // 20))
    marked = [n for n in range(total) if counts[n] > rule.factor * usual[n] and counts[n] >= rule.fewest]
    runs: list[list[int]] = []
    for number in marked:
        if runs and runs[-1][-1] == number - 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    rest = [counts[number] for number in range(total) if number not in marked]
    found = []
    for run in runs:
        peak = max(run, key=lambda number: (counts[number], -number))
        start, end = values[0] + run[0] * rule.width_us, values[0] + (run[-1] + 1) * rule.width_us
        held = sum(start <= value < end for value in values)
        found.append(Burst(start, end, held, counts[peak], len(run), usual[peak]))
    middle = at_rank(rest, (len(rest) - 1) // 2) if rest else 0
    return Bursts(rule, tuple(found), len(rest), max(rest, default=0), middle)


rules = st.builds(Rule, st.sampled_from(WIDTHS), st.sampled_from([2, 3, 5]), st.integers(2, 8))
steps = st.lists(
    st.one_of(st.just(0), st.integers(0, MINUTE_US), st.integers(0, 3 * HOUR_US)), min_size=0, max_size=120
)


def walked(first: int, gone: list[int]) -> list[int]:
    values = [first]
    for step in gone:
        values.append(values[-1] + step)
    return values


@settings(max_examples=150)
@given(st.integers(-(2**52), 2**52), steps, rules, st.sampled_from([7, 64, 1_000_000]))
def test_the_rule_is_what_it_says(first: int, gone: list[int], rule: Rule, block: int) -> None:
    values = walked(first, gone)
    if (values[-1] - first) // rule.width_us > 4_000:
        values = values[: max(len(values) // 8, 1)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(subject, "_BLOCK", block)
        assert bursts(times(values), rule) == by_hand(values, rule)


@settings(max_examples=60)
@given(steps, rules, st.integers(-(2**50), 2**50))
def test_moving_all_times_moves_the_answer(gone: list[int], rule: Rule, by: int) -> None:
    values = walked(START, gone)
    here, there = bursts(times(values), rule), bursts(times([value + by for value in values]), rule)
    assert [(b.start_us + by, b.end_us + by, b.count, b.peak, b.usual) for b in here.found] == [
        (b.start_us, b.end_us, b.count, b.peak, b.usual) for b in there.found
    ]
    assert (here.others, here.most, here.median) == (there.others, there.most, there.median)


@pytest.mark.parametrize("step", [MINUTE_US // 20, MINUTE_US, 7 * MINUTE_US, HOUR_US])
@pytest.mark.parametrize("width", WIDTHS)
def test_evenly_spread_rows_have_no_burst(step: int, width: int) -> None:
    even = START + np.arange(20_000, dtype=np.int64) * step
    assert bursts(even, Rule(width_us=width)).found == ()


def test_rows_at_random_moments_have_no_burst() -> None:
    drawn = np.random.default_rng(4).integers(0, 30 * DAY, 60_000)
    assert bursts(START + np.sort(drawn)).found == ()


def test_a_burst_says_its_numbers() -> None:
    every_minute = [START + at * MINUTE_US for at in range(10 * 24 * 60)]
    crowd = [START + 4 * DAY + 13 * HOUR_US + at * 500_000 for at in range(412)]
    found = bursts(times(every_minute + crowd))
    (burst,) = found.found
    assert (burst.start_us, burst.length_us) == (START + 4 * DAY + 13 * HOUR_US, 5 * MINUTE_US)
    assert (burst.count, burst.peak, burst.usual) == (417, 417, 5)
    assert found.words(burst) == (
        "417 rows in 5 min; usual at that hour: up to 5 in 5 min. "
        "In the other 2,879 intervals of 5 min at most 5, median 5."
    )
    assert "not why" in found.rule.words


def test_a_nightly_job_is_usual_and_the_same_at_noon_is_not() -> None:
    values = []
    for day in range(12):
        values += [START + day * DAY + at * 20 * MINUTE_US for at in range(72)]
        values += [START + day * DAY + 2 * HOUR_US + at * 1_000_000 for at in range(3_600)]
    values += [START + 6 * DAY + 12 * HOUR_US + at * 1_000_000 for at in range(900)]
    (burst,) = bursts(times(values)).found
    assert burst.start_us == START + 6 * DAY + 12 * HOUR_US
    assert burst.intervals == 3
    assert burst.count == 901


@pytest.mark.parametrize(
    "values",
    [[], [START], [START] * 5_000, [START, START + 600 * 365 * DAY], [START] * 19 + [START + 600 * 365 * DAY]],
)
def test_nothing_one_row_one_instant_and_centuries(values: list[int]) -> None:
    assert bursts(times(values)).found == ()


def test_a_crowd_after_six_centuries_is_found_at_once() -> None:
    found = bursts(times([START - 600 * 365 * DAY, *[START] * 40]))
    assert [(burst.count, burst.usual) for burst in found.found] == [(40, 0)]
    assert found.others > 60_000_000
    assert (found.most, found.median) == (1, 0)
