"""Everything the canvas does, by keys alone and without a single letter; and the overview strip by the mouse."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from casebound_ui.desktop import theme
from casebound_ui.desktop.timeline import bins
from casebound_ui.desktop.timeline.canvas import Canvas
from casebound_ui.desktop.timeline.dates import micros
from casebound_ui.desktop.timeline.paint_overview import window
from casebound_ui.desktop.timeline.paint_top import LEFT_MARGIN, elided, width_of
from casebound_ui.desktop.timeline.scale import DAY, EARLIEST, HOUR, LATEST, MINUTE, View, bin_start, whole
from casebound_ui.desktop.timeline.scene import Chosen, Stretch

START = micros(datetime(2026, 1, 5, tzinfo=UTC))
SPAN = 91 * DAY
KEY, MOD = Qt.Key, Qt.KeyboardModifier


@pytest.fixture(autouse=True)
def look(qapp: QApplication) -> Iterator[None]:
    theme.load_fonts()
    theme.apply(theme.LIGHT)
    yield
    theme.apply(theme.LIGHT)


def made(times: list[int] | bins.Times, lanes: int = 3) -> bins.Shown:
    sorted_times = np.sort(np.array(times, dtype=np.int64))
    codes = (np.arange(sorted_times.size) % lanes).astype(np.int16)
    labels = tuple(f"lane {n}" for n in range(lanes))
    return bins.Shown(sorted_times, bins.split(codes, labels), int(sorted_times.size))


def show(canvas: Canvas, shown: bins.Shown) -> None:
    span = shown.span
    canvas.show_events(shown, ["hash"] * len(shown.lanes), whole(*span) if span is not None else None)


@pytest.fixture
def canvas(qtbot: QtBot) -> Canvas:
    drawn = Canvas()
    qtbot.addWidget(drawn)
    drawn.resize(880, 440)
    show(drawn, made(START + np.random.default_rng(7).integers(0, SPAN, 40_000)))
    drawn.show()
    qtbot.waitExposed(drawn)
    drawn.setFocus()
    return drawn


def inside(canvas: Canvas, start: int, end: int) -> int:
    return int(np.sum((canvas.shown.times >= start) & (canvas.shown.times < end)))


def test_a_range_is_made_moved_fixed_and_dropped_by_keys(canvas: Canvas, qtbot: QtBot) -> None:
    canvas.move_to(View(START + 30 * DAY, START + 40 * DAY), settle=True)
    step = canvas.scene.frame.step
    middle = START + 35 * DAY
    qtbot.keyClick(canvas, KEY.Key_Right, MOD.ShiftModifier)
    first = canvas.stretch
    assert first == Stretch(bin_start(middle, step), bin_start(middle, step, 1))
    assert canvas.held == "end"
    for _ in range(3):
        qtbot.keyClick(canvas, KEY.Key_Right, MOD.ShiftModifier)
    assert canvas.stretch == Stretch(first.start, first.end + 3 * step)
    qtbot.keyClick(canvas, KEY.Key_Home)
    assert canvas.held == "start"
    qtbot.keyClick(canvas, KEY.Key_Left, MOD.ShiftModifier)
    assert canvas.stretch == Stretch(first.start - step, first.end + 3 * step)
    qtbot.keyClick(canvas, KEY.Key_Left, MOD.ShiftModifier | MOD.ControlModifier)
    pixel = round(canvas.view.span / canvas.scene.layout.plot)
    assert canvas.stretch == Stretch(first.start - step - pixel, first.end + 3 * step)
    qtbot.keyClick(canvas, KEY.Key_Home, MOD.ShiftModifier)
    assert canvas.stretch == Stretch(canvas.view.start, first.end + 3 * step)
    qtbot.keyClick(canvas, KEY.Key_End)
    qtbot.keyClick(canvas, KEY.Key_End, MOD.ShiftModifier)
    assert canvas.stretch == Stretch(canvas.view.start, canvas.view.end)
    opened: list[bool] = []
    canvas.opened.connect(lambda: opened.append(True))
    qtbot.keyClick(canvas, KEY.Key_Return)
    assert canvas.held == "" and opened == []
    qtbot.keyClick(canvas, KEY.Key_Return)
    assert opened == [True]
    qtbot.keyClick(canvas, KEY.Key_Escape)
    assert canvas.stretch is None


def test_an_edge_steps_over_the_other_and_out_of_the_view(canvas: Canvas, qtbot: QtBot) -> None:
    canvas.move_to(View(START + 30 * DAY, START + 31 * DAY), settle=True)
    step = canvas.scene.frame.step
    qtbot.keyClick(canvas, KEY.Key_Right, MOD.ShiftModifier)
    first = canvas.stretch
    assert first is not None
    for _ in range(3):
        qtbot.keyClick(canvas, KEY.Key_Left, MOD.ShiftModifier)
    assert canvas.stretch is not None
    assert canvas.held == "start" and canvas.stretch.end == first.start
    assert canvas.stretch.start < first.start
    for _ in range(200):
        qtbot.keyClick(canvas, KEY.Key_Left, MOD.ShiftModifier)
        assert canvas.stretch.end - canvas.stretch.start >= step or canvas.stretch.start < canvas.stretch.end
    assert canvas.view.start < START + 30 * DAY
    assert canvas.view.contains(canvas.stretch.start)


def test_a_range_begins_at_the_chosen_event(canvas: Canvas, qtbot: QtBot) -> None:
    canvas.move_to(View(START + 30 * DAY, START + 40 * DAY), settle=True)
    time = int(canvas.shown.times[np.searchsorted(canvas.shown.times, START + 32 * DAY)])
    canvas.show_chosen(Chosen(time, 1, 0))
    qtbot.keyClick(canvas, KEY.Key_Right, MOD.ShiftModifier)
    assert canvas.stretch is not None and canvas.stretch.start <= time < canvas.stretch.end


def test_moving_and_zooming_without_letters(canvas: Canvas, qtbot: QtBot) -> None:
    canvas.move_to(View(START + 30 * DAY, START + 40 * DAY), settle=True)
    qtbot.keyClick(canvas, KEY.Key_Up, MOD.ControlModifier)
    assert canvas.view.span == 7 * DAY
    qtbot.keyClick(canvas, KEY.Key_Down, MOD.ControlModifier)
    assert abs(canvas.view.span - 10 * DAY) < 10
    before = canvas.view
    qtbot.keyClick(canvas, KEY.Key_PageDown)
    assert canvas.view.start == before.end
    qtbot.keyClick(canvas, KEY.Key_PageUp)
    assert canvas.view == before
    qtbot.keyClick(canvas, KEY.Key_Home)
    assert canvas.view.start == canvas.bounds.start
    qtbot.keyClick(canvas, KEY.Key_End)
    assert canvas.view.end == canvas.bounds.end
    stepped: list[int] = []
    canvas.stepped.connect(stepped.append)
    qtbot.keyClick(canvas, KEY.Key_Right, MOD.ControlModifier)
    qtbot.keyClick(canvas, KEY.Key_Left, MOD.ControlModifier)
    assert stepped == [1, -1]
    qtbot.keyClick(canvas, KEY.Key_Home, MOD.ControlModifier)
    assert canvas.view == canvas.bounds
    qtbot.keyClick(canvas, KEY.Key_Left, MOD.AltModifier)
    assert canvas.view != canvas.bounds


def test_the_canvas_has_its_keys_before_the_window(canvas: Canvas) -> None:
    def claimed(key: Qt.Key, modifier: Qt.KeyboardModifier) -> bool:
        event = QKeyEvent(QEvent.Type.ShortcutOverride, key, modifier)
        event.ignore()
        QApplication.sendEvent(canvas, event)
        return event.isAccepted()

    assert claimed(KEY.Key_Left, MOD.AltModifier)
    assert claimed(KEY.Key_Right, MOD.ShiftModifier)
    assert claimed(KEY.Key_Up, MOD.ControlModifier)
    assert not claimed(KEY.Key_Escape, MOD.NoModifier)
    canvas.show_range(Stretch(START, START + DAY))
    assert claimed(KEY.Key_Escape, MOD.NoModifier)
    assert not claimed(KEY.Key_K, MOD.ControlModifier)


def test_the_menu_by_the_keyboard_opens_beside_the_chosen_event(canvas: Canvas) -> None:
    wanted: list[QPoint] = []
    canvas.menu_wanted.connect(wanted.append)
    canvas.choose_lane(1)
    time = int(canvas.shown.times[20_000])
    canvas.show_chosen(Chosen(time, 20_000, 1))
    event = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, QPoint(3, 3), canvas.mapToGlobal(QPoint(3, 3)))
    QApplication.sendEvent(canvas, event)
    (at,) = wanted
    here = canvas.mapFromGlobal(at)
    assert abs(here.x() - canvas.scene.x(time)) <= 1
    assert abs(here.y() - canvas.scene.layout.lane(1).bottom) <= 1


def test_the_range_says_its_length_and_its_exact_count(canvas: Canvas, qtbot: QtBot) -> None:
    canvas.show_range(Stretch(START + 10 * DAY, START + 12 * DAY))
    number = inside(canvas, START + 10 * DAY, START + 12 * DAY)
    assert canvas.scene.count(START + 10 * DAY, START + 12 * DAY) == number
    with qtbot.waitSignal(canvas.settled):
        canvas.rest()
    assert canvas.accessibleDescription().endswith(
        f"range of 2 d from 15 Jan 2026 00:00 to 17 Jan 2026 00:00 UTC, {number:,} events"
    )


def test_double_click_on_a_range_zooms_to_it(canvas: Canvas, qtbot: QtBot) -> None:
    canvas.show_range(Stretch(START + 10 * DAY, START + 30 * DAY))
    x = round(canvas.scene.x(START + 20 * DAY))
    qtbot.mouseDClick(canvas, Qt.MouseButton.LeftButton, pos=QPoint(x, 300))
    assert canvas.view == View(START + 10 * DAY, START + 30 * DAY)
    assert canvas.stretch is None


# The overview strip


def send(canvas: Canvas, kind: QEvent.Type, x: float, y: float = 14) -> None:
    left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
    button = none if kind == QEvent.Type.MouseMove else left
    at = QPointF(x, y)
    QApplication.sendEvent(canvas, QMouseEvent(kind, at, canvas.mapToGlobal(at), button, left, MOD.NoModifier))


def drag(canvas: Canvas, start: float, end: float) -> None:
    send(canvas, QEvent.Type.MouseButtonPress, start)
    for part in range(1, 6):
        send(canvas, QEvent.Type.MouseMove, start + (end - start) * part / 5)
    send(canvas, QEvent.Type.MouseButtonRelease, end)


def test_the_windows_edges_are_dragged(canvas: Canvas) -> None:
    canvas.move_to(View(START + 20 * DAY, START + 40 * DAY), settle=True)
    made = canvas.scene.layout
    edges = window(canvas.view, canvas.bounds, made)
    assert edges is not None
    drag(canvas, edges[1], edges[1] + 100)
    assert canvas.view.start == START + 20 * DAY
    assert canvas.view.end == canvas.bounds.time(edges[1] + 100 - made.left, made.plot)
    drag(canvas, edges[0], edges[0] - 60)
    assert canvas.view.start == canvas.bounds.time(edges[0] - 60 - made.left, made.plot)
    send(canvas, QEvent.Type.MouseButtonPress, window(canvas.view, canvas.bounds, made)[0])  # type: ignore[index]
    before = canvas.view
    send(canvas, QEvent.Type.MouseMove, 700)
    assert canvas.view != before
    assert canvas.gestures.cancel()
    assert canvas.view == before


def test_the_wheel_over_the_overview_zooms_there(canvas: Canvas) -> None:
    canvas.move_to(View(START + 20 * DAY, START + 40 * DAY), settle=True)
    made = canvas.scene.layout
    time = START + 25 * DAY
    at = QPointF(made.left + canvas.bounds.x(time, made.plot), 14)
    before = canvas.view.x(time, made.plot)
    none, phase = Qt.MouseButton.NoButton, Qt.ScrollPhase.NoScrollPhase
    wheel = QWheelEvent(at, canvas.mapToGlobal(at), QPoint(), QPoint(0, 120), none, MOD.NoModifier, phase, False)
    QApplication.sendEvent(canvas, wheel)
    assert canvas.view.span < 20 * DAY
    assert abs(canvas.view.x(time, made.plot) - before) <= canvas.bounds.span / made.plot / canvas.view.span * made.plot


# Extremes

CASES: dict[str, list[int]] = {
    "none": [],
    "one": [START],
    "one instant": [START] * 300,
    "six centuries": [micros(datetime(1426, 5, 1, tzinfo=UTC)), START],
    "before 1900": [-5_000_000_000_000_000 - n * HOUR for n in range(50)],
    "negative": [-n * MINUTE for n in range(200)],
    "year 9999": [LATEST - 1 - n for n in range(20)],
    "year 1": [EARLIEST + n * DAY for n in range(20)],
    "all of time": [EARLIEST, 0, LATEST - 1],
}


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("zone", ["", "Europe/Berlin"])
def test_everything_works_at_the_extremes(canvas: Canvas, qtbot: QtBot, name: str, zone: str) -> None:
    shown = made(CASES[name], 2)
    canvas.bounds = canvas.view = View(0, MINUTE)
    show(canvas, shown)
    canvas.show_zone(zone)
    keys = (
        (KEY.Key_Right, MOD.ShiftModifier),
        (KEY.Key_End, MOD.ShiftModifier),
        (KEY.Key_Home, MOD.NoModifier),
        (KEY.Key_Home, MOD.ShiftModifier),
        *((KEY.Key_Up, MOD.ControlModifier) for _ in range(12)),
        (KEY.Key_Left, MOD.ShiftModifier),
        (KEY.Key_PageUp, MOD.NoModifier),
        (KEY.Key_Escape, MOD.NoModifier),
        (KEY.Key_End, MOD.NoModifier),
        (KEY.Key_PageDown, MOD.NoModifier),
        (KEY.Key_Down, MOD.NoModifier),
        (KEY.Key_Right, MOD.ControlModifier),
        (KEY.Key_Left, MOD.AltModifier),
        (KEY.Key_Home, MOD.ControlModifier),
    )
    for key, modifier in keys:
        qtbot.keyClick(canvas, key, modifier)
        frame = canvas.scene.frame
        assert frame.in_view == inside(canvas, canvas.view.start, canvas.view.end)
        assert not canvas.grab().isNull()
        for x in (canvas.scene.layout.left + 5, canvas.scene.layout.right - 5):
            for y in (14, 40, 70, 120, 250, 400):
                send(canvas, QEvent.Type.MouseMove, x, y)
        assert canvas.hover is not None
    assert canvas.scene.frame.in_view == shown.count
    assert int(canvas.scene.frame.totals.sum()) == shown.count


def test_forty_lanes_with_hostile_names_scroll(canvas: Canvas) -> None:
    names = tuple(f"{'<b>‮' if n % 2 else chr(10)}{'w' * 300}{n}" for n in range(40))
    times = np.sort(START + np.random.default_rng(1).integers(0, DAY, 4_000))
    codes = (np.arange(4_000) % 40).astype(np.int16)
    canvas.show_events(bins.Shown(times, bins.split(codes, names), 4_000), ["hash"] * 40, whole(START, START + DAY))
    for row in range(40):
        canvas.choose_lane(row)
        assert canvas.scene.layout.in_sight(row)
    assert all("‮" not in lane.label and "\n" not in lane.label for lane in canvas.shown.lanes)
    assert not canvas.grab().isNull()


def test_a_billion_in_a_bin_has_room(canvas: Canvas) -> None:
    room = canvas.scene.layout.left - LEFT_MARGIN - 16 - width_of(f"{bins.ceiling(2_999_999_999):,}", "small")
    assert elided("All events", "strong", room) == "All events"
