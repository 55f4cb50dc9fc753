"""Colour by a column and uncertain times: every number against a slow way to get it, and colours that can be seen."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from casebound.uncertaintimes import Uncertain
from casebound_ui.desktop import theme
from casebound_ui.desktop.timeline import bins, doubts
from casebound_ui.desktop.timeline.canvas import Canvas
from casebound_ui.desktop.timeline.colours import GREY, MOST, OTHER, PAINTS, coloured, stacked
from casebound_ui.desktop.timeline.layout import Zone
from casebound_ui.desktop.timeline.scale import DAY, HOUR, SHORTEST, View, whole
from casebound_ui.desktop.timeline.scene import Hover
from casebound_ui.desktop.timeline.words import legend_words, table_of_counts, under

LABELS = tuple(f"value {n}" for n in range(9))
SPANS = np.array([0, HOUR, DAY], dtype=np.int64)
EVENTS = st.lists(
    st.tuples(st.integers(0, 3 * DAY), st.integers(-1, 2), st.integers(-1, 8), st.integers(0, 2)), max_size=120
)


@pytest.fixture(autouse=True)
def look(qapp: QApplication) -> Iterator[None]:
    theme.load_fonts()
    theme.apply(theme.LIGHT)
    yield
    theme.apply(theme.LIGHT)


def shown(events: list[tuple[int, int, int, int]]) -> bins.Shown:
    events = sorted(events)
    times, lanes, values, doubt = (np.array([e[n] for e in events], dtype=np.int64) for n in range(4))
    return bins.Shown(
        times,
        bins.split(lanes.astype(np.int16), ("a", "b", "c")),
        len(events),
        None,
        coloured("status", values.astype(np.int16), LABELS),
        Uncertain(doubt.astype(np.uint8), SPANS),
    )


@given(EVENTS, st.integers(-HOUR, 3 * DAY), st.integers(SHORTEST, 4 * DAY), st.integers(60, 900))
@settings(deadline=None)
def test_parts_of_every_bar_equal_brute_force(
    events: list[tuple[int, int, int, int]], start: int, span: int, width: int
) -> None:
    made, view = shown(events), View(start, start + span)
    frame = bins.frame(made, view, width, bins.Usual())
    stack = stacked(made, frame)
    assert stack is not None
    assert (stack.cells.sum(axis=0) == frame.totals).all()
    assert sum(stack.in_view) == frame.in_view
    for row, label in enumerate(stack.labels):
        mine = [e[0] for e in sorted(events) if (LABELS[e[2]] if 0 <= e[2] < MOST else OTHER) == label]
        assert stack.in_view[row] == sum(view.contains(time) for time in mine)
        assert stack.cells[row].tolist() == [
            sum(int(low) <= time < int(high) for time in mine)
            for low, high in zip(frame.edges[:-1], frame.edges[1:], strict=True)
        ]
    if stack.dots is not None and frame.dots is not None:
        for lane, dots, values in zip(made.lanes, frame.dots, stack.dots, strict=True):
            mine = [e for e in sorted(events) if e[1] == lane.code and view.contains(e[0])]
            # Which of several events of one instant comes first is the order's to say: compared as they stand there.
            ranks = lane.ranks[np.searchsorted(lane.ranks, made.ranks(view)[0]) :][: len(mine)]
            names = [stack.labels[value] for value in values.tolist()]
            assert made.colours is not None
            codes = made.colours.codes[ranks].tolist()
            assert names == [LABELS[code] if code >= 0 else OTHER for code in codes]
            assert dots.tolist() == [e[0] for e in mine]


@given(EVENTS, st.integers(-HOUR, 3 * DAY), st.integers(SHORTEST, 4 * DAY))
@settings(deadline=None)
def test_bars_cover_exactly_where_uncertain_events_may_have_been(
    events: list[tuple[int, int, int, int]], start: int, span: int
) -> None:
    made, view = shown(events), View(start, start + span)
    frame = bins.frame(made, view, 900, bins.Usual())
    found = doubts.ranges(made, frame)
    if frame.dots is None:
        assert found == ()
        return
    for lane, stretches in zip(made.lanes, found, strict=True):
        ranges = [(e[0], e[0] + int(SPANS[e[3]])) for e in events if e[1] == lane.code and e[3]]
        for n in range(40):
            time = start + span * n // 40
            covered = any(low <= time < high for low, high in stretches.tolist())
            assert covered == any(low <= time < high for low, high in ranges)
        assert doubts.how_many(made, lane.ranks) == (
            len(ranges),
            max((high - low for low, high in ranges), default=0),
        )


@pytest.mark.parametrize("look", [theme.LIGHT, theme.DARK], ids=["light", "dark"])
def test_every_colour_can_be_seen_and_told_from_the_others(look: theme.Tokens) -> None:
    colours = [paint.on(look.name) for paint in (*PAINTS, GREY)]
    assert len(PAINTS) == MOST
    for colour in colours:
        assert theme.contrast(colour, look.surface) >= 3
        # Amber, violet, green and red mean something else here.
        for taken in (look.mark_fill, look.finding, look.ok, look.bad):
            assert apart(colour, taken) > 60
    assert all(apart(one, other) > 45 for one, other in combinations(colours, 2))
    assert len({paint.shape for paint in (*PAINTS, GREY)}) == len({p.pattern for p in (*PAINTS, GREY)}) == MOST + 1


def apart(one: str, other: str) -> float:
    a, b = QColor(one), QColor(other)
    parts = ((a.red() - b.red()), (a.green() - b.green()), (a.blue() - b.blue()))
    return float(sum(part * part for part in parts) ** 0.5)


@pytest.fixture
def canvas(qtbot: QtBot) -> Canvas:
    generator = np.random.default_rng(3)
    events = [
        (int(time), int(lane), int(value), int(doubt))
        for time, lane, value, doubt in zip(
            generator.integers(0, 3 * DAY, 6_000),
            generator.integers(0, 3, 6_000),
            generator.integers(-1, 9, 6_000),
            generator.integers(0, 3, 6_000),
            strict=True,
        )
    ]
    made = Canvas()
    qtbot.addWidget(made)
    made.resize(880, 420)
    made.show_events(shown(events), ["hash"] * 3, whole(0, 3 * DAY))
    return made


def colours_of(canvas: Canvas) -> set[int]:
    image = canvas.grab().toImage()
    return {image.pixel(x, y) & 0xFFFFFF for x in range(0, image.width(), 2) for y in range(image.height())}


@pytest.mark.parametrize("span", [3 * DAY, HOUR])
def test_every_value_is_drawn_in_its_colour_and_named_with_its_count(canvas: Canvas, span: int) -> None:
    canvas.move_to(View(DAY, DAY + span))
    seen, scene = colours_of(canvas), canvas.scene
    assert scene.stack is not None
    said = legend_words(scene)
    for paint, label, number in zip(scene.stack.paints, scene.stack.labels, scene.stack.in_view, strict=True):
        assert QColor(paint.light).rgb() & 0xFFFFFF in seen
        assert f"{label}: {number:,}" in said
    assert "status" in said


def test_the_table_of_counts_has_every_value(canvas: Canvas) -> None:
    header, rows = table_of_counts(canvas.scene)
    assert canvas.scene.stack is not None
    first = header.index("status: value 0")
    assert header[first:] == tuple(f"status: {label}" for label in canvas.scene.stack.labels)
    for line in rows:
        parts = [int(text.replace(",", "")) for text in line[first:]]
        assert sum(parts) == int(line[first - 1].replace(",", ""))


def test_uncertain_times_are_said_under_the_pointer(canvas: Canvas) -> None:
    canvas.move_to(View(DAY, DAY + HOUR))
    scene = canvas.scene
    found = [under(scene, Hover(x, scene.layout.lane(0).middle, Zone.LANES, 0)) for x in range(220, 860, 20)]
    said = [name for one in found if one is not None for name, _ in one[1]]
    later = [value for one in found if one is not None for _, value in one[1]]
    assert any(name.startswith("Time uncertain: ") and name.endswith(" of them") for name in said)
    assert "up to 1 d later" in later


@pytest.mark.parametrize("size", [(420, 214), (560, 260), (880, 300), (1400, 700)])
def test_the_legend_never_takes_the_last_lane(canvas: Canvas, size: tuple[int, int]) -> None:
    canvas.resize(*size)
    canvas.show_zone("America/Argentina/Buenos_Aires")
    made = canvas.scene.layout
    assert made.lanes_area.height >= made.lane_height - 1
    assert made.in_sight(0)
    assert not canvas.grab().isNull()
