"""Marks are always in sight: whatever the zoom, the filter, the lanes, the window's size and the scrolling."""

from __future__ import annotations

import random
from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from casebound.case import EventId
from casebound_ui.desktop import theme
from casebound_ui.desktop.timeline import bins, hits
from casebound_ui.desktop.timeline.canvas import Canvas
from casebound_ui.desktop.timeline.layout import Zone
from casebound_ui.desktop.timeline.marks import Gap, Layers, Point, RangeMark
from casebound_ui.desktop.timeline.placing import LINE, crowds
from casebound_ui.desktop.timeline.scale import DAY, HOUR, MINUTE, View, whole
from casebound_ui.desktop.timeline.scene import Hover, Stretch
from casebound_ui.desktop.timeline.words import under

COUNT = 30_000
SPAN = 90 * DAY
LABELS = tuple(f"lane {n}" for n in range(12))


@pytest.fixture(autouse=True)
def look(qapp: QApplication) -> Iterator[None]:
    theme.load_fonts()
    theme.apply(theme.LIGHT)
    yield
    theme.apply(theme.LIGHT)


def events() -> tuple[bins.Times, np.ndarray[tuple[int], np.dtype[np.int16]]]:
    generator = np.random.default_rng(11)
    return np.sort(generator.integers(0, SPAN, COUNT)), generator.integers(-1, 12, COUNT).astype(np.int16)


def layers(times: bins.Times, codes: np.ndarray[tuple[int], np.dtype[np.int16]], places: list[int]) -> Layers:
    points = (Point(int(times[n]), n, int(codes[n]), EventId("0" * 64, "", "t", n), n % 3) for n in places)
    ranges = (
        RangeMark(20 * DAY, 30 * DAY, "note", "The weeks of the move <b>", 1),
        RangeMark(25 * DAY, 25 * DAY + MINUTE, "bookmark", "", 2),
        RangeMark(25 * DAY, 25 * DAY + MINUTE, "tag", "seen", 3),
    )
    return Layers(tuple(sorted(points)), ranges=ranges)


@pytest.fixture
def canvas(qtbot: QtBot) -> Canvas:
    made = Canvas()
    qtbot.addWidget(made)
    made.resize(880, 440)
    return made


def amber(canvas: Canvas) -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
    """Which pixels have a mark's outline or its fill, by row and column."""
    image = canvas.grab().toImage()
    width = image.width()
    data = np.frombuffer(image.constBits(), dtype=np.uint32).reshape(image.height(), image.bytesPerLine() // 4)
    found = np.zeros((image.height(), width), dtype=np.bool_)
    for name in ("mark", "mark_fill"):
        found |= (data[:, :width] & 0xFFFFFF) == QColor(theme.LIGHT.colour(name)).rgb() & 0xFFFFFF
    return found


def test_every_mark_in_view_is_drawn_or_counted_on_a_crowd_that_is(canvas: Canvas) -> None:
    times, codes = events()
    chance = random.Random(5)
    seen_on_the_line = seen_in_lanes = hollow = 0
    for _ in range(60):
        kept = np.sort(np.array(chance.sample(range(COUNT), chance.choice((0, 50, 15_000))), dtype=np.int64))
        everything = chance.random() < 0.4
        lanes = chance.choice((2, 5, 12))
        told = np.where(codes < lanes, codes, np.int16(-1)).astype(np.int16)
        places = sorted(chance.sample(range(COUNT), chance.choice((1, 12, 60))))
        if everything:
            made = bins.Shown(times, bins.split(told, LABELS[:lanes]), COUNT)
        else:
            made = bins.Shown(times[kept], bins.split(told[kept], LABELS[:lanes]), COUNT, kept)
        canvas.resize(chance.choice((420, 760, 1_200)), chance.choice((214, 300, 520)))
        canvas.show_events(made, ["hash"] * len(made.lanes), whole(0, SPAN))
        canvas.show_layers(layers(times, told, places))
        centre, span = times[chance.choice(places)], int(10 ** chance.uniform(4, 13))
        canvas.move_to(View(int(centre) - span // 2, int(centre) + span // 2 + 1))
        canvas.scroll_lanes(chance.uniform(-300, 300))
        lit, scene = amber(canvas), canvas.scene
        inside = [p for p in canvas.layers.points if scene.view.contains(p.time)]
        standing = scene.standing
        assert sorted(p for _, d in standing.all() for p in d.points) == inside
        for row, diamond in standing.all():
            x, y = round(scene.layout.left + diamond.x), round(scene.mark_y(row))
            near = lit[max(y - 7, 0) : y + 8, max(x - 7, 0) : x + 8]
            assert near.any(), f"row {row} at {x}, {y} of {canvas.size()} in a view of {scene.view.span} µs"
            seen_on_the_line += row == LINE
            seen_in_lanes += row != LINE
            hollow += diamond.hidden
            several = len(diamond.points) > 1
            assert not several or any(number >= len(diamond.points) for _, number in crowds(standing.rows[row]))
    assert seen_on_the_line and seen_in_lanes and hollow


def test_marked_ranges_have_brackets_at_every_zoom(canvas: Canvas) -> None:
    times, codes = events()
    canvas.show_events(bins.Shown(times, bins.split(codes, LABELS), COUNT), ["hash"] * 13, whole(0, SPAN))
    canvas.show_layers(layers(times, codes, []))
    for span in (SPAN, 12 * DAY, DAY, HOUR, MINUTE):
        canvas.move_to(View(25 * DAY - span // 2, 25 * DAY + span // 2))
        made, lit = canvas.scene.layout, amber(canvas)
        x = round(canvas.scene.x(25 * DAY))
        assert made.marks.height
        assert lit[round(made.marks.top) : round(made.marks.bottom), x - 3 : x + 6].any()
    canvas.move_to(View(40 * DAY, 41 * DAY))
    left = round(canvas.scene.layout.left)
    band = canvas.scene.layout.marks
    assert not amber(canvas)[round(band.top) : round(band.bottom), left:].any()


def test_a_marked_range_is_named_counted_and_chosen(canvas: Canvas, qtbot: QtBot) -> None:
    times, codes = events()
    canvas.show_events(bins.Shown(times, bins.split(codes, LABELS), COUNT), ["hash"] * 13, whole(0, SPAN))
    canvas.show_layers(layers(times, codes, []))
    scene = canvas.scene
    at = QPointF(scene.x(22 * DAY), scene.layout.marks.middle)
    said = under(scene, Hover(at.x(), at.y(), Zone.MARKS, None))
    inside = int(np.sum((times >= 20 * DAY) & (times <= 30 * DAY)))
    assert said == ("Marks here", [("Note: The weeks of the move <b>", f"10 d, {inside:,} events")])
    qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=at.toPoint())
    assert canvas.stretch == Stretch(20 * DAY, 30 * DAY + 1)
    qtbot.mouseDClick(canvas, Qt.MouseButton.LeftButton, pos=at.toPoint())
    assert canvas.view.contains(20 * DAY) and canvas.view.contains(30 * DAY) and canvas.view.span < 20 * DAY
    short = hits.bracket_at(canvas.scene, QPointF(canvas.scene.x(25 * DAY), at.y()))
    assert short is not None and [one.number for one in short.ranges] == [2, 3]


def test_a_mark_on_the_line_is_picked_and_said(canvas: Canvas, qtbot: QtBot) -> None:
    times, codes = events()
    kept = np.arange(0, COUNT, 2)
    made = bins.Shown(times[kept], bins.split(np.zeros(kept.size, dtype=np.int16), ("one",)), COUNT, kept)
    canvas.show_events(made, ["hash"], whole(0, SPAN))
    codes[:] = 7  # a lane that is not there
    canvas.show_layers(layers(times, codes, [15_001]))
    picked: list[int] = []
    canvas.picked.connect(lambda position, code: picked.append(position))
    scene = canvas.scene
    spot = QPoint(round(scene.x(int(times[15_001]))), round(scene.layout.marks.middle))
    assert scene.standing.rows[LINE][0].hidden
    said = under(scene, Hover(spot.x(), spot.y(), Zone.MARKS, None))
    assert said is not None and said[1][0][1].endswith("hidden by the filter")
    qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=spot)
    assert picked == [15_001]


def test_more_lines_than_fit_beside_the_pointer_are_counted(canvas: Canvas) -> None:
    times, codes = events()
    canvas.show_events(bins.Shown(times, bins.split(codes, LABELS), COUNT), ["hash"] * 13, whole(0, SPAN))
    same = np.full(COUNT, 5, dtype=np.int16)
    canvas.show_events(bins.Shown(times, bins.split(same, LABELS[:1]), COUNT), ["hash"] * 2, whole(0, SPAN))
    canvas.show_layers(layers(times, same, list(range(1_000, 1_040))))
    scene = canvas.scene
    said = under(scene, Hover(scene.x(int(times[1_020])), scene.layout.marks.middle, Zone.MARKS, None))
    assert said is not None
    assert len(said[1]) == 12
    assert said[1][-1][0] == f"and {40 - 11} more"


def test_gaps_are_drawn_where_they_can_be_seen_and_with_their_reason(canvas: Canvas) -> None:
    times, codes = events()
    canvas.show_events(bins.Shown(times, bins.split(codes, LABELS), COUNT), ["hash"] * 13, whole(0, SPAN))
    plain = canvas.grab().toImage()
    gaps = [Gap(3, 40 * DAY, 60 * DAY, "Not collected: reader offline")]
    gaps += [Gap(5, n * HOUR, n * HOUR + MINUTE, "No rows for 1 min") for n in range(0, 2_000, 3)]
    canvas.show_layers(Layers(gaps=tuple(gaps)))
    scene = canvas.scene
    assert scene.placing.gaps(scene.view, scene.layout.plot) == gaps[:1]
    assert canvas.grab().toImage() != plain
    canvas.move_to(View(30 * HOUR, 31 * HOUR))
    scene = canvas.scene
    assert scene.placing.gaps(scene.view, scene.layout.plot) == [gaps[11]]
    at = Hover(scene.x(30 * HOUR + 1), scene.layout.lane(5).middle, Zone.LANES, 5)
    said = under(scene, at)
    assert said is not None and ("No data", "No rows for 1 min") in said[1]
