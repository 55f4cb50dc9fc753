"""The canvas under real mouse and key events, offscreen: what it shows, where it goes, and what stays visible."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from casebound.case import EventId
from casebound_ui.desktop import theme
from casebound_ui.desktop.timeline import bins, marks
from casebound_ui.desktop.timeline.canvas import Canvas
from casebound_ui.desktop.timeline.dates import micros
from casebound_ui.desktop.timeline.scale import DAY, HOUR, MINUTE, SECOND, View, whole
from casebound_ui.desktop.timeline.words import table_of_counts, under

START = micros(datetime(2026, 1, 5, tzinfo=UTC))
SPAN = 91 * DAY
LABELS = ("requests.csv", "sessions.jsonl", "payments.xlsx")
ICONS = ("activity", "log-in", "credit-card")


@pytest.fixture(autouse=True)
def look(qapp: QApplication) -> Iterator[None]:
    theme.load_fonts()
    theme.apply(theme.LIGHT)
    yield
    theme.apply(theme.LIGHT)


def events(count: int = 40_000) -> bins.Shown:
    generator = np.random.default_rng(7)
    times = np.sort(START + generator.integers(0, SPAN, count))
    codes = generator.choice(3, count, p=(0.7, 0.2, 0.1)).astype(np.int16)
    return bins.Shown(times, bins.split(codes, LABELS), count)


def marked(shown: bins.Shown, ranks: tuple[int, ...]) -> marks.Layers:
    points = (
        marks.Point(int(shown.times[rank]), rank, shown.code(rank), EventId("0" * 64, "", "t", rank), 1)
        for rank in ranks
    )
    return marks.Layers(points=tuple(sorted(points)))


@pytest.fixture
def canvas(qtbot: QtBot) -> Canvas:
    made = Canvas()
    qtbot.addWidget(made)
    made.resize(880, 440)
    shown = events()
    made.show_events(shown, ICONS, whole(int(shown.times[0]), int(shown.times[-1])))
    made.show_layers(marked(shown, (5_000, 20_000, 20_001, 39_000)))
    made.show()
    qtbot.waitExposed(made)
    made.setFocus()
    return made


def wheel(
    canvas: Canvas, at: QPointF, notches: float, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
) -> None:
    event = QWheelEvent(
        at,
        canvas.mapToGlobal(at),
        QPoint(),
        QPoint(0, round(notches * 120)),
        Qt.MouseButton.NoButton,
        modifiers,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(canvas, event)


def pixels(canvas: Canvas, colour: str) -> set[tuple[int, int]]:
    """Where the canvas shows exactly this colour."""
    image = canvas.grab().toImage().convertToFormat(image_format())
    want = QColor(colour).rgb() & 0xFFFFFF
    data = np.frombuffer(image.constBits(), dtype=np.uint32).reshape(image.height(), image.bytesPerLine() // 4)
    ys, xs = np.nonzero((data & 0xFFFFFF) == want)
    return {(int(x), int(y)) for x, y in zip(xs, ys, strict=True)}


def image_format() -> object:
    from PySide6.QtGui import QImage

    return QImage.Format.Format_RGB32


def test_wheel_keeps_the_time_under_the_pointer(canvas: Canvas) -> None:
    made = canvas.scene.layout
    for x in (made.left + 3, made.left + 333, made.right - 40):
        for notches in (1, 3, -2, 5, -1):
            before = canvas.view.time(x - made.left, made.plot)
            span = canvas.view.span
            wheel(canvas, QPointF(x, 300), notches)
            if canvas.view.span not in (span, canvas.bounds.span):
                assert abs(canvas.view.x(before, made.plot) - (x - made.left)) < 0.5


def test_a_bin_never_changes_its_count_while_panning(canvas: Canvas) -> None:
    canvas.move_to(View(START + 20 * DAY, START + 30 * DAY))
    seen: dict[int, int] = {}
    for _ in range(12):
        frame = canvas.scene.frame
        for edge, total in zip(frame.edges[:-1].tolist(), frame.totals.tolist(), strict=True):
            assert seen.setdefault(edge, total) == total
        wheel(canvas, QPointF(500, 300), -1, Qt.KeyboardModifier.ShiftModifier)
    assert len(seen) > len(canvas.scene.frame.totals)


def test_marks_stay_visible_at_every_zoom(canvas: Canvas) -> None:
    fill = theme.LIGHT.mark_fill
    time = canvas.layers.points[1].time
    for span in (SPAN, 3 * DAY, 2 * HOUR, 10 * SECOND):
        canvas.move_to(canvas.view.zoomed(span / canvas.view.span, time).centred(time))
        made, scene = canvas.scene.layout, canvas.scene
        lit = pixels(canvas, fill)
        for point in scene.layers.within(scene.view):
            row = scene.row(point.code)
            assert row is not None
            band = made.lane(row)
            near = {(x, y) for x, y in lit if band.top <= y <= band.bottom and abs(x - scene.x(point.time)) <= 9}
            assert near, f"the mark at {point.time} is not drawn in a view of {span} µs"


def test_marks_show_even_when_a_filter_hides_their_events(canvas: Canvas) -> None:
    shown = canvas.shown
    none = np.empty(0, dtype=np.int64)
    canvas.show_events(
        bins.Shown(none, bins.split(none.astype(np.int16), LABELS), shown.of, none), ICONS, canvas.bounds
    )
    assert pixels(canvas, theme.LIGHT.mark_fill)


def test_marks_of_lanes_out_of_sight_stand_on_the_line_of_marks(canvas: Canvas) -> None:
    shown = events(5_000)
    codes = np.zeros(5_000, dtype=np.int16)
    codes[4_000:] = 11
    labels = tuple(f"lane {number}" for number in range(12))
    canvas.resize(880, 260)
    canvas.show_events(bins.Shown(shown.times, bins.split(codes, labels), 5_000), ["hash"] * 12, canvas.bounds)
    canvas.show_layers(marks.Layers((marks.Point(int(shown.times[4_500]), 4_500, 11, EventId("0" * 64, "", "t", 1)),)))
    made = canvas.scene.layout
    assert made.lane(11).top > made.lanes_area.bottom
    assert any(made.marks.holds(y) for _, y in pixels(canvas, theme.LIGHT.mark_fill))
    canvas.choose_lane(11)
    assert not any(canvas.scene.layout.marks.holds(y) for _, y in pixels(canvas, theme.LIGHT.mark_fill))
    assert any(y > made.lanes_top for _, y in pixels(canvas, theme.LIGHT.mark_fill))
    made = canvas.scene.layout
    assert made.lane(11).bottom <= canvas.height() + 1
    wheel(canvas, QPointF(40, made.lanes_top + 20), 40)
    assert canvas.scene.layout.scroll == 0
    assert canvas.view == canvas.bounds


def test_dragging_selects_a_range_with_edges_that_move(canvas: Canvas, qtbot: QtBot) -> None:
    ranges: list[object] = []
    canvas.ranged.connect(ranges.append)
    drag(canvas, qtbot, QPoint(400, 300), QPoint(600, 310))
    stretch = canvas.stretch
    assert stretch is not None
    made = canvas.scene.layout
    assert stretch.start == canvas.view.time(400 - made.left, made.plot)
    assert stretch.end == canvas.view.time(600 - made.left, made.plot)
    edge = round(canvas.scene.x(stretch.end))
    drag(canvas, qtbot, QPoint(edge, 300), QPoint(500, 300))
    assert canvas.stretch is not None
    assert canvas.stretch.start == stretch.start
    assert canvas.stretch.end == canvas.view.time(500 - made.left, made.plot)
    assert ranges
    qtbot.keyClick(canvas, Qt.Key.Key_Escape)
    assert canvas.stretch is None
    assert ranges[-1] is None


def drag(
    canvas: Canvas,
    qtbot: QtBot,
    start: QPoint,
    end: QPoint,
    button: Qt.MouseButton = Qt.MouseButton.LeftButton,
    modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
) -> None:
    from PySide6.QtCore import QEvent
    from PySide6.QtGui import QMouseEvent

    def send(kind: QEvent.Type, at: QPoint, pressed: Qt.MouseButton) -> None:
        point = QPointF(at)
        which = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseMove else button
        QApplication.sendEvent(canvas, QMouseEvent(kind, point, canvas.mapToGlobal(point), which, pressed, modifier))

    send(QEvent.Type.MouseButtonPress, start, button)
    for step in range(1, 6):
        send(QEvent.Type.MouseMove, start + (end - start) * step / 5, button)
    send(QEvent.Type.MouseButtonRelease, end, Qt.MouseButton.NoButton)


def test_shift_drag_and_the_middle_button_pan(canvas: Canvas, qtbot: QtBot) -> None:
    middle, shift = Qt.MouseButton.MiddleButton, Qt.KeyboardModifier.ShiftModifier
    for button, modifier in ((middle, Qt.KeyboardModifier.NoModifier), (Qt.MouseButton.LeftButton, shift)):
        canvas.move_to(View(START + 30 * DAY, START + 40 * DAY))
        before = canvas.view
        drag(canvas, qtbot, QPoint(600, 300), QPoint(500, 300), button, modifier)
        assert canvas.view.span == before.span
        assert canvas.view.start == before.start + round(100 * before.span / canvas.scene.layout.plot)
        assert canvas.stretch is None


def test_double_click_zooms_to_the_cell(canvas: Canvas, qtbot: QtBot) -> None:
    at = QPoint(500, 300)
    time = canvas.view.time(500 - canvas.scene.layout.left, canvas.scene.layout.plot)
    qtbot.mouseDClick(canvas, Qt.MouseButton.LeftButton, pos=at)
    assert canvas.view.span == DAY
    assert canvas.view.start % DAY == 0
    assert canvas.view.contains(time)


def test_the_overview_drags_the_view(canvas: Canvas, qtbot: QtBot) -> None:
    canvas.move_to(View(START + 10 * DAY, START + 20 * DAY))
    made = canvas.scene.layout
    inside = round(made.left + canvas.bounds.x(START + 15 * DAY, made.plot))
    drag(canvas, qtbot, QPoint(inside, 14), QPoint(inside + 70, 14))
    moved = 70 * canvas.bounds.span / made.plot
    assert abs(canvas.view.start - (START + 10 * DAY) - moved) < 2
    qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=QPoint(round(made.right) - 60, 14))
    assert canvas.view.contains(canvas.bounds.time(made.plot - 60, made.plot))


def test_click_picks_the_nearest_event_of_the_lane(canvas: Canvas, qtbot: QtBot) -> None:
    picked: list[tuple[int, int]] = []
    canvas.picked.connect(lambda position, code: picked.append((position, code)))
    made = canvas.scene.layout
    at = QPoint(450, round(made.lane(1).top) + 15)
    qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=at)
    time = canvas.view.time(450 - made.left, made.plot)
    ranks = canvas.shown.lanes[1].ranks
    best = min(ranks.tolist(), key=lambda rank: abs(int(canvas.shown.times[rank]) - time))
    assert picked == [(best, 1)]
    point = canvas.layers.points[0]
    row = canvas.scene.row(point.code)
    assert row is not None
    spot = QPoint(round(canvas.scene.x(point.time)), round(made.lane(row).top) + 15)
    qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=spot)
    assert picked[-1] == (point.position, point.code)


def test_arrows_pan_choose_lanes_and_go_back(canvas: Canvas, qtbot: QtBot) -> None:
    canvas.move_to(View(START + 30 * DAY, START + 40 * DAY), settle=True)
    first = canvas.view
    qtbot.keyClick(canvas, Qt.Key.Key_Right)
    assert canvas.view.start == first.start + DAY
    canvas.move_to(View(START + 50 * DAY, START + 51 * DAY), settle=True)
    qtbot.keyClick(canvas, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    assert canvas.view == first
    qtbot.keyClick(canvas, Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)
    assert canvas.view == View(START + 50 * DAY, START + 51 * DAY)
    for _ in range(5):
        qtbot.keyClick(canvas, Qt.Key.Key_Down)
    assert canvas.active == 2
    qtbot.keyClick(canvas, Qt.Key.Key_Up)
    assert canvas.active == 1


def test_the_description_changes_when_a_move_has_settled(canvas: Canvas, qtbot: QtBot) -> None:
    with qtbot.waitSignal(canvas.settled):
        canvas.move_to(View(START + 30 * DAY, START + 36 * DAY))
    inside = int(np.sum((canvas.shown.times >= canvas.view.start) & (canvas.shown.times < canvas.view.end)))
    assert canvas.accessibleDescription() == f"4 to 10 February 2026 UTC, {inside:,} events, 0 marks"


def test_words_under_the_pointer_are_exact(canvas: Canvas, qtbot: QtBot) -> None:
    made = canvas.scene.layout
    qtbot.mouseMove(canvas, QPoint(451, round(made.lane(0).top) + 15))
    qtbot.waitUntil(lambda: canvas.hover is not None)
    assert canvas.hover is not None
    said = under(canvas.scene, canvas.hover)
    assert said is not None
    time = canvas.view.time(canvas.hover.x - made.left, made.plot)
    day = time // DAY * DAY
    ranks = canvas.shown.lanes[0].ranks
    mine = int(np.sum((canvas.shown.times[ranks] >= day) & (canvas.shown.times[ranks] < day + DAY)))
    everyone = int(np.sum((canvas.shown.times >= day) & (canvas.shown.times < day + DAY)))
    assert said[1][:2] == [("requests.csv", f"{mine:,} events"), ("All lanes", f"{everyone:,} events")]


def test_the_table_of_counts_adds_up(canvas: Canvas) -> None:
    header, rows = table_of_counts(canvas.scene)
    assert header == ("Time (UTC)", *LABELS, "All events", "Marks")
    total = marks_there = 0
    for line in rows:
        *lanes, together, marked_there = [int(text.replace(",", "")) for text in line[1:]]
        assert sum(lanes) == together
        total += together
        marks_there += marked_there
    assert total == canvas.shown.count
    assert marks_there == len(canvas.layers.points)


@pytest.mark.parametrize("times", [[], [START], [START] * 500, [START, START + 600 * 365 * DAY], [-(10**16), 10**16]])
@pytest.mark.parametrize("size", [(880, 440), (430, 220)])
def test_odd_cases_are_drawn_and_moved(qtbot: QtBot, times: list[int], size: tuple[int, int]) -> None:
    canvas = Canvas()
    qtbot.addWidget(canvas)
    canvas.resize(*size)
    codes = np.zeros(len(times), dtype=np.int16)
    shown = bins.Shown(np.array(times, dtype=np.int64), bins.split(codes, ("only",)) if times else (), len(times))
    canvas.show_events(shown, ["activity"], whole(times[0], times[-1]) if times else None)
    for act in (
        lambda: canvas.zoom(0.01),
        lambda: canvas.zoom(0.0001),
        lambda: canvas.pan(3),
        lambda: canvas.zoom(10_000),
        lambda: wheel(canvas, QPointF(400, 200), -30),
        lambda: wheel(canvas, QPointF(400, 200), 60),
        lambda: canvas.move_to(canvas.bounds, settle=True),
    ):
        act()
        assert not canvas.grab().isNull()
    assert canvas.scene.frame.in_view == len(times)


def test_two_themes_draw_two_pictures(canvas: Canvas) -> None:
    light = canvas.grab().toImage()
    theme.apply(theme.DARK)
    assert canvas.grab().toImage() != light
    assert pixels(canvas, theme.DARK.surface)


def test_the_scale_says_when_it_is_a_square_root(canvas: Canvas) -> None:
    before = canvas.grab().toImage()
    canvas.show_option("root", True)
    assert canvas.grab().toImage() != before
    canvas.show_option("root", False)
    assert canvas.grab().toImage() == before
    canvas.move_to(View(START, START + 5 * MINUTE))
    assert canvas.scene.frame.dots is not None
