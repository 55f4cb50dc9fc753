"""The timeline's geometry and counts, without a window: every number against a slow way to get it."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casebound.case import EventId
from casebound_ui.desktop.timeline import bins, dates, marks
from casebound_ui.desktop.timeline.history import History
from casebound_ui.desktop.timeline.layout import Wanted, Zone, laid_out
from casebound_ui.desktop.timeline.placing import LINE, Placing, crowds
from casebound_ui.desktop.timeline.scale import (
    DAY,
    EARLIEST,
    HOUR,
    LADDER,
    LATEST,
    MINUTE,
    MONTH,
    SECOND,
    SHORTEST,
    View,
    bin_start,
    duration,
    fitted,
    limited,
    months_of,
    step_for,
    step_label,
    whole,
)
from casebound_ui.desktop.timeline.ticks import ROOM, axis

MOMENTS = st.integers(EARLIEST, LATEST - DAY)
VIEWS = st.builds(lambda start, span: View(start, start + span).kept(), MOMENTS, st.integers(SHORTEST, 800 * 365 * DAY))


def at(text: str) -> int:
    return dates.micros(datetime.fromisoformat(text).replace(tzinfo=UTC))


def shown(times: list[int], codes: list[int], labels: tuple[str, ...] = ("a", "b", "c")) -> bins.Shown:
    order = np.argsort(np.array(times, dtype=np.int64), kind="stable")
    return bins.Shown(
        np.array(times, dtype=np.int64)[order], bins.split(np.array(codes, dtype=np.int16)[order], labels), len(times)
    )


@given(
    st.lists(st.tuples(st.integers(0, 3 * DAY), st.integers(-1, 2)), max_size=200),
    st.integers(-HOUR, 3 * DAY),
    st.integers(SHORTEST, 4 * DAY),
    st.integers(60, 1_200),
)
@settings(max_examples=200, deadline=None)
def test_counts_equal_brute_force(events: list[tuple[int, int]], start: int, span: int, width: int) -> None:
    events = sorted(events)
    view = View(start, start + span)
    made = bins.frame(shown([t for t, _ in events], [c for _, c in events]), view, width, bins.Usual())
    assert made.in_view == sum(view.contains(time) for time, _ in events)
    for low, high, total in zip(made.edges[:-1], made.edges[1:], made.totals, strict=True):
        assert total == sum(int(low) <= time < int(high) for time, _ in events)
    codes = (0, 1, 2, -1) if any(code == -1 for _, code in events) else (0, 1, 2)
    for row, code in enumerate(codes):
        mine = [time for time, c in events if c == code]
        assert made.in_lanes[row] == sum(view.contains(time) for time in mine)
        assert list(made.cells[row]) == [
            sum(int(low) <= time < int(high) for time in mine)
            for low, high in zip(made.edges[:-1], made.edges[1:], strict=True)
        ]
        if made.dots is not None:
            assert made.dots[row].tolist() == [time for time in mine if view.contains(time)]
    assert (made.dots is not None) == (made.in_view <= 1.3 * width)
    assert ((made.shades > 0) == (made.cells > 0)).all()


@given(
    st.lists(st.tuples(MOMENTS, st.integers(-1, 2)), max_size=80),
    VIEWS,
    st.integers(60, 2_000),
    st.one_of(st.none(), st.sets(st.integers(0, 79))),
    st.booleans(),
)
@settings(max_examples=150, deadline=None)
def test_counts_equal_brute_force_over_all_of_time(
    events: list[tuple[int, int]], view: View, width: int, kept: set[int] | None, near: bool
) -> None:
    """Random times of any year, random views, with and without a filter; half of the views around an event."""
    events = sorted(events)
    if near and events:
        middle = events[len(events) // 2][0]
        view = View(middle - view.span // 2, middle + view.span // 2 + 1).kept()
    places = [n for n in range(len(events)) if kept is None or n in kept]
    times = np.array([events[n][0] for n in places], dtype=np.int64)
    codes = np.array([events[n][1] for n in places], dtype=np.int16)
    positions = None if kept is None else np.array(places, dtype=np.int64)
    made = bins.Shown(times, bins.split(codes, ("a", "b", "c")), len(events), positions)
    frame = bins.frame(made, view, width, bins.Usual())
    assert frame.in_view == sum(view.contains(events[n][0]) for n in places)
    edges = frame.edges.tolist()
    for row, lane in enumerate(made.lanes):
        mine = [events[n][0] for n in places if events[n][1] == lane.code]
        assert frame.in_lanes[row] == sum(view.contains(time) for time in mine)
        assert frame.cells[row].tolist() == [sum(a <= time < b for time in mine) for a, b in pairwise(edges)]
    assert frame.totals.tolist() == [sum(a <= events[n][0] < b for n in places) for a, b in pairwise(edges)]
    low, high = made.ranks(view)
    assert [made.position(rank) for rank in range(low, high)] == [n for n in places if view.contains(events[n][0])]


@given(VIEWS, st.floats(0, 1), st.floats(0.05, 20), st.integers(100, 4_000))
@settings(deadline=None)
def test_zoom_keeps_the_time_under_the_pointer(view: View, share: float, factor: float, width: int) -> None:
    x = share * width
    time = view.time(x, width)
    zoomed = view.zoomed(factor, time)
    assert zoomed.span >= SHORTEST
    if zoomed.start > EARLIEST and zoomed.end < LATEST:
        assert abs(zoomed.x(time, width) - x) < 0.5 + width / view.span


@given(VIEWS, st.integers(100, 4_000))
@settings(deadline=None)
def test_bins_are_wide_enough_and_on_the_absolute_grid(view: View, width: int) -> None:
    step = step_for(view.span, width)
    assert step in LADDER
    assert step * width >= 7 * view.span or step == LADDER[-1]
    edges = bins.grid(view, step)
    if months_of(step):
        begun = edges.astype("datetime64[us]").astype("datetime64[M]")
        assert (begun.astype("datetime64[us]").astype(np.int64) == edges).all()
        assert ((begun.astype(np.int64) + 1970 * 12) % months_of(step) == 0).all()
    else:
        assert (edges % step == 0).all()
    assert all(bins.Frame.bin_at(empty_frame(view, step, edges), int(edge)) == at for at, edge in enumerate(edges[:-1]))
    assert edges[0] <= view.start and edges[-1] >= view.end
    assert edges.size <= width / 7 + 3 or step == LADDER[-1]


def empty_frame(view: View, step: int, edges: bins.Times) -> bins.Frame:
    nothing = np.zeros(len(edges) - 1, dtype=np.int64)
    return bins.Frame(view, step, edges, nothing, nothing[None, :0], nothing[None, :0].astype(np.uint8), 0, (), None)


@given(MOMENTS, st.sampled_from(LADDER))
def test_every_time_is_in_exactly_one_bin(time: int, step: int) -> None:
    start, end = bin_start(time, step), bin_start(time, step, 1)
    assert start <= time < end
    assert bin_start(start, step) == start and bin_start(end - 1, step) == start and bin_start(end, step) == end
    assert bin_start(end, step, -1) == start


@given(VIEWS, st.integers(200, 2_000))
@settings(deadline=None)
def test_ticks_stand_apart_and_inside(view: View, width: int) -> None:
    made = axis(view, width)
    xs = [view.x(tick.time, width) for tick in made.ticks]
    assert all(0 <= x <= width for x in xs)
    assert all(after - before >= ROOM * 0.9 for before, after in pairwise(xs))
    assert all(tick.label for tick in (*made.ticks, *made.contexts))


def test_axis_names_the_month_above_the_days() -> None:
    made = axis(View(at("2026-03-10"), at("2026-03-16")), 666)
    assert [tick.label for tick in made.ticks] == ["10", "11", "12", "13", "14", "15"]
    assert made.contexts[0].label == "March 2026"
    made = axis(View(at("2026-03-12T20:30"), at("2026-03-12T21:50")), 666)
    assert [tick.label for tick in made.ticks] == ["20:30", "20:45", "21:00", "21:15", "21:30", "21:45"]
    assert made.contexts[0].label == "Thu 12 Mar 2026"
    made = axis(View(at("1426-01-01"), at("2026-01-01")), 666)
    assert [tick.label for tick in made.ticks] == ["1500", "1600", "1700", "1800", "1900", "2000"]


def test_usual_is_exact_where_all_events_are_looked_at() -> None:
    times = [minute * MINUTE for minute in range(100) for _ in range(1 + minute % 10)]
    made = shown(times, [0] * len(times), ("a",))
    counts = np.sort([1 + minute % 10 for minute in range(100)])
    assert bins.Usual().of(made, 0, MINUTE) == pytest.approx(counts[77], abs=1)


def test_shade_is_darkest_at_ten_times_the_usual() -> None:
    assert bins.shade(np.array([0, 1, 40, 400, 10**7]), 40.0).tolist() == [0, 1, 7, 24, 24]


@pytest.mark.parametrize(
    ("highest", "top"), [(0, 2), (1, 2), (3, 4), (7, 8), (37, 40), (29_500, 30_000), (86_000, 100_000)]
)
def test_scale_tops_are_round_and_hold_the_highest(highest: int, top: int) -> None:
    assert bins.ceiling(highest) == top


@given(st.integers(0, 10**9))
def test_scale_always_holds_the_highest(highest: int) -> None:
    top = bins.ceiling(highest)
    assert top >= highest and top % 2 == 0


def test_whole_holds_every_event_and_odd_cases() -> None:
    for first, last in (
        (0, 0),
        (5, 6),
        (at("2026-01-05T00:00:11"), at("2026-04-05T23:11:00")),
        (at("1426-05-01"), at("2026-05-01")),
    ):
        view = whole(first, last)
        assert view.contains(first) and view.contains(last)
    assert whole(at("2026-01-05T00:00:11"), at("2026-04-05T23:11:00")) == View(at("2026-01-05"), at("2026-04-06"))
    assert fitted(10, 10).span > 10 * SECOND


def test_a_view_never_leaves_the_case() -> None:
    bounds = View(0, 100 * DAY)
    assert limited(View(-500 * DAY, 500 * DAY), bounds) == bounds
    assert limited(View(500 * DAY, 510 * DAY), bounds) == View(95 * DAY, 105 * DAY)
    assert limited(View(10 * DAY, 20 * DAY), bounds) == View(10 * DAY, 20 * DAY)


@pytest.mark.parametrize(
    ("span", "text"),
    [
        (6 * DAY, "6 d"),
        (80 * MINUTE, "1 h 20 min"),
        (HOUR, "1 h"),
        (36 * HOUR, "1 d 12 h"),
        (1_500_000, "1.5 s"),
        (250_000, "250 ms"),
        (7, "7 µs"),
    ],
)
def test_durations_in_words(span: int, text: str) -> None:
    assert duration(span) == text


def test_words_for_bins_and_times() -> None:
    assert [step_label(step) for step in (2 * HOUR, DAY, MINUTE, 10_000, 28 * DAY)] == [
        "per 2 h",
        "per 1 d",
        "per 1 min",
        "per 10 ms",
        "per 28 d",
    ]
    assert [step_label(n * MONTH) for n in (3, 12, 120)] == ["per 3 months", "per year", "per 10 years"]
    assert dates.cell_text(at("1990-01-01"), 120 * MONTH) == "1990 to 1999"
    assert dates.cell_text(at("1990-01-01"), 12 * MONTH) == "1990"
    assert dates.cell_text(at("1990-04-01"), 3 * MONTH) == "April to June 1990"
    assert dates.long_text(at("2026-03-12T21:14:07")) == "Thu 12 Mar 2026, 21:14:07 UTC"
    assert dates.table_text(at("2026-03-12T21:14:07.250")) == "12 Mar 2026  21:14:07.250"
    assert dates.cell_text(at("2026-03-03"), DAY) == "Tuesday 3 March 2026"
    assert dates.spoken(View(at("2026-03-10"), at("2026-03-16"))) == "10 to 16 March 2026"
    assert dates.spoken(View(at("2026-02-10"), at("2026-03-16T01:00"))) == "10 February to 16 March 2026"
    assert dates.spoken(View(at("2026-03-12T20:30"), at("2026-03-12T21:50"))) == "12 March 2026, 20:30 to 21:50"


def test_history_goes_back_and_forward_and_forgets_the_road_not_taken() -> None:
    history, first, second, third = History(), View(0, 10), View(2, 8), View(3, 5)
    assert history.back() is None
    for view in (first, second, second):
        history.settle(view)
    assert history.back() == first
    assert history.back() is None
    assert history.forward() == second
    assert history.back() == first
    history.settle(third)
    assert history.forward() is None
    assert history.back() == first


def point(time: int, position: int = 0, code: int = 0) -> marks.Point:
    return marks.Point(time, position, code, EventId("0" * 64, "", "t", position))


@given(
    st.lists(st.tuples(st.integers(0, 1_000), st.integers(-1, 12)), max_size=60),
    st.integers(0, 900),
    st.integers(2, 1_000),
    st.integers(180, 500),
    st.floats(0, 400),
    st.booleans(),
)
@settings(deadline=None)
def test_no_mark_is_ever_left_out(
    events: list[tuple[int, int]], start: int, span: int, height: int, scroll: float, filtered: bool
) -> None:
    events = sorted(events)
    times, codes = [time for time, _ in events], [code for _, code in events]
    labels = tuple(f"lane {number}" for number in range(6))
    made = shown(times, [code if code < 6 else -1 for code in codes], labels)
    if filtered:  # every other event is hidden, and with them perhaps whole lanes
        kept = np.arange(0, len(times), 2)
        made = bins.Shown(made.times[kept], bins.split(np.array(codes, dtype=np.int16)[kept], labels), len(times), kept)
    layers = marks.Layers(points=tuple(point(time, number, code) for number, (time, code) in enumerate(events)))
    view = View(start, start + span)
    placing = Placing(layers, made)
    wanted = Wanted(marks=placing.homeless, marks_if_scrolled=bool(events))
    place = laid_out(700, height, len(made.lanes), scroll, 1.0, wanted)
    standing = placing.standing(view, place)
    drawn = [p for _, diamond in standing.all() for p in diamond.points]
    assert sorted(drawn) == [p for p in layers.points if view.contains(p.time)]
    for row, diamond in standing.all():
        for p in diamond.points:
            assert abs(diamond.x - view.x(p.time, place.plot)) < 1
            assert row == LINE or made.lanes[row].code == p.code
        assert diamond.hidden == all(filtered and p.position % 2 for p in diamond.points)
        y = place.marks.middle if row == LINE else place.lane(row).middle
        assert (place.marks if row == LINE else place.lanes_area).holds(y)
    counted = sum(len(diamond.points) for _, diamond in standing.all())
    for row, diamonds in standing.rows.items():
        assert sum(number for _, number in crowds(diamonds)) <= sum(len(d.points) for d in diamonds), row
    assert counted == sum(view.contains(time) for time in times)


def test_marks_step_one_by_one_even_at_one_instant() -> None:
    layers = marks.Layers(points=(point(5, 1), point(5, 2), point(9, 3)))
    assert layers.after(5, 1) == point(5, 2)
    assert layers.after(9, 3) is None
    assert layers.before(9, 3) == point(5, 2)
    assert layers.before(5, 1) is None
    place = laid_out(496 + 16, 400, 1)
    standing = Placing(layers, shown([5, 5, 9], [0, 0, 0], ("a",))).standing(View(0, 1_000), place)
    assert crowds(standing.rows[0]) == [(pytest.approx(9 * place.plot / 1_000), 3)]


def test_findings_never_overlap_and_say_how_many_more() -> None:
    spans = [
        marks.Span(0, 500, "F-01", "one"),
        marks.Span(10, 20, "F-02", "two"),
        marks.Span(600, 2_000, "F-03", "three"),
    ]
    made = marks.chips(spans, View(0, 1_000), 400)
    assert [(chip.span.number, chip.more) for chip in made] == [("F-01", 1), ("F-03", 0)]
    assert made[0].x1 <= made[1].x0
    assert made[1].x1 == 400


def test_layout_finds_lanes_and_scrolls_those_that_do_not_fit() -> None:
    made = laid_out(900, 440, 7)
    assert made.lane_height == 30
    assert made.most_scroll == 0
    assert made.zone(300, made.lane(3).top + 2) is Zone.LANES
    assert made.lane_at(made.lane(3).top + 2) == 3
    assert made.zone(10, 10) is Zone.LABELS
    small = laid_out(900, 300, 12, 10_000)
    assert small.lane_height == 23
    assert small.scroll == small.most_scroll > 0
    assert small.lane(11).bottom == pytest.approx(300)


@given(st.integers(1, 8), st.integers(0, 2**32), st.sampled_from((0, 1, 7, 131_072, 140_000)))
@settings(max_examples=30, deadline=None)
def test_every_event_is_in_one_lane_and_in_order(labels: int, seed: int, count: int) -> None:
    codes = np.random.default_rng(seed).integers(-1, labels, count).astype(np.int16)
    lanes = bins.split(codes, [str(label) for label in range(labels)])
    assert sum(lane.ranks.size for lane in lanes) == count
    for lane in lanes:
        assert lane.ranks.dtype == np.int32
        assert np.array_equal(lane.ranks, np.flatnonzero(codes == lane.code))
