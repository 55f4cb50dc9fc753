"""First and last rows of every value, and which values begin or end together, against the rows themselves."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casebound.bursts import MINUTE_US
from casebound.errors import BadRequest
from casebound.events import Events
from casebound.lifetimes import AROUND, Group, Lifetimes, Together, beginnings, endings, lifetimes, spans, takeovers

sys.path.insert(0, str(Path(__file__).parent))  # importlib mode has no other way to share `seen_case`

from seen_case import make_case, make_rows

HOUR = 60 * MINUTE_US
START = 1_772_323_200_000_000


def lives(first: list[int], last: list[int] | None = None) -> Lifetimes:
    values = tuple(f"acc_{at}" for at in range(len(first)))
    ends = last if last is not None else first
    return Lifetimes(
        "account_id",
        values,
        np.array(first, dtype=np.int64),
        np.array(ends, dtype=np.int64),
        np.ones(len(first), dtype=np.int64),
    )


def test_first_and_last_are_those_of_the_rows(tmp_path: Path) -> None:
    tables = make_rows(5)
    expected: dict[str, list[int]] = {}
    for table, column in (("requests", "ts"), ("logins", "started_at")):
        for row in tables[table]:
            moment = int(datetime.fromisoformat(row[column]).timestamp()) * 1_000_000
            expected.setdefault(row["account_id"], []).append(moment)
    with make_case(tmp_path, tables) as case, Events.open(case.path, case.snapshot().sources) as events:
        found = lifetimes(events, "account_id")
        with pytest.raises(BadRequest):
            lifetimes(events, "shoe_size")
        some = list(expected)[:5]
        assert spans(events, "account_id", [*some, "nobody"]) == {
            value: (min(expected[value]), max(expected[value])) for value in some
        }
        assert spans(events, "source", ["S-02 logins.csv", "S-09 x"]) == {
            "S-02 logins.csv": tuple(events.source_times(2)[[0, -1]].tolist())
        }
        assert spans(events, "account_id", []) == {}
    told = zip(found.values, found.first.tolist(), found.last.tolist(), found.counts.tolist(), strict=True)
    assert {value: (first, last, count) for value, first, last, count in told} == {
        value: (min(moments), max(moments), len(moments)) for value, moments in expected.items()
    }


def by_hand(moments: list[int], rule: Together) -> list[tuple[int, int, set[str], int]]:
    """Every moment with the others of its window after it; what overlaps is one group."""
    if len(moments) < rule.fewest or max(moments) - min(moments) <= rule.window_us:
        return []
    named = sorted((moment, at) for at, moment in enumerate(moments))
    total = (named[-1][0] - named[0][0]) // rule.window_us + 1
    counts = [0] * total
    for moment, _ in named:
        counts[(moment - named[0][0]) // rule.window_us] += 1
    usual = sorted(counts)[19 * (total - 1) // 20] if total > 1 else 0
    groups: list[tuple[set[int], int]] = []
    for place, (moment, _) in enumerate(named):
        own = {n for n in range(place, len(named)) if named[n][0] <= moment + rule.window_us}
        near = []
        for window in range(-AROUND, AROUND + 1):
            start, end = moment + window * rule.window_us, moment + (window + 1) * rule.window_us
            # The window of the group holds its end; the one after it begins behind that.
            start, end = start + (window == 1), end + (window == 0)
            near += [sum(start <= other < end for other, _ in named)] if window else []
        here = max(usual, sorted(near)[19 * (len(near) - 1) // 20])
        if len(own) >= rule.fewest and len(own) > rule.factor * here:
            if groups and groups[-1][0] & own:
                groups[-1] = (groups[-1][0] | own, max(groups[-1][1], here))
            else:
                groups.append((own, here))
    found = []
    for group, here in groups:
        inside = sorted(group)
        names = {f"acc_{named[n][1]}" for n in inside}
        found.append((named[inside[0]][0], named[inside[-1]][0], names, here))
    return found


rules = st.builds(Together, st.sampled_from([MINUTE_US, 5 * MINUTE_US, HOUR]), st.integers(2, 5), st.integers(1, 3))
moments = st.lists(
    st.one_of(st.integers(0, 10 * MINUTE_US), st.integers(0, 30 * HOUR)).map(lambda at: START + at), max_size=60
)


@settings(max_examples=200)
@given(moments, rules)
def test_groups_are_what_the_rule_says(first: list[int], rule: Together) -> None:
    told = beginnings(lives(first), rule)
    assert [(g.start_us, g.end_us, set(g.values), g.usual) for g in told] == by_hand(first, rule)
    assert [g.at_edge for g in told] == [g.start_us == min(first) for g in told]
    ends = endings(lives(first), rule)
    assert [(g.start_us, g.end_us, set(g.values)) for g in ends] == [
        (g.start_us, g.end_us, set(g.values)) for g in told
    ]
    assert [g.at_edge for g in ends] == [g.end_us == max(first) for g in ends]


@settings(max_examples=60)
@given(moments, rules, st.integers(-(2**50), 2**50))
def test_moving_all_times_moves_the_groups(first: list[int], rule: Together, by: int) -> None:
    here, there = beginnings(lives(first), rule), beginnings(lives([at + by for at in first]), rule)
    assert [(g.start_us + by, g.end_us + by, g.values) for g in here] == [
        (g.start_us, g.end_us, g.values) for g in there
    ]


def test_values_that_begin_evenly_are_no_group() -> None:
    assert beginnings(lives([START + at * 10_000_000 for at in range(500)]), Together()) == ()


def test_accounts_that_come_at_random_are_no_group() -> None:
    """Many are first seen when an export begins; that is its beginning, not theirs."""
    drawn = np.random.default_rng(7)
    busy = [START + int(at) for at in np.cumsum(drawn.exponential(MINUTE_US / 6, 400))]
    later = [busy[-1] + int(at) for at in np.cumsum(drawn.exponential(HOUR, 600))]
    assert beginnings(lives(busy + later), Together()) == ()


def test_a_pool_that_takes_over_is_told_with_the_one_that_ended() -> None:
    ordinary = [START + at * HOUR for at in range(100)]
    first = ordinary + [START + 7 * HOUR + at for at in range(9)] + [START + 50 * HOUR + at for at in range(8)]
    last = [at + 300 * HOUR for at in ordinary] + [START + 46 * HOUR + at for at in range(9)] + [START + 400 * HOUR] * 8
    known, rule = lives(first, last), Together()
    began, ended = beginnings(known, rule), endings(known, rule)
    assert [len(group.values) for group in began] == [10, 9]
    (one,) = takeovers(ended[:1], began, rule)
    assert one.pause_us == 4 * HOUR - 8
    assert set(one.began.values) >= {f"acc_{at}" for at in range(109, 117)}
    late = Group(one.began.start_us + 25 * HOUR, one.began.end_us + 25 * HOUR, ("acc_1",), 1, 0, False)
    assert takeovers(ended[:1], [late], rule) == ()
    assert "not why" in rule.words
