"""What the mouse does on the canvas: wheel, drag, click. Every one of these has a key as well."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QWheelEvent

from casebound_ui.desktop.timeline.layout import Zone
from casebound_ui.desktop.timeline.marks import Point
from casebound_ui.desktop.timeline.paint_marks import lanes_of_marks
from casebound_ui.desktop.timeline.paint_top import chip_rect, finding_chips
from casebound_ui.desktop.timeline.scale import View, fitted
from casebound_ui.desktop.timeline.scene import Hover, Stretch
from casebound_ui.desktop.tips import plain_tip

if TYPE_CHECKING:
    from casebound_ui.desktop.timeline.canvas import Canvas

NOTCH = 120.0  # one notch of a wheel, in Qt's eighths of a degree
ZOOM = 0.8  # per notch
STILL = 4.0  # a press that moves less is a click
GRIP = 5.0
TARGET = 8.0


class Drag(Enum):
    """What a pressed button is doing."""

    NONE = "none"
    WAITING = "waiting"  # pressed on the plot, not yet moved
    RANGE = "range"
    EDGE = "edge"
    PAN = "pan"
    OVERVIEW = "overview"


class Gestures:
    """Turns the canvas's mouse events into views, ranges and picks."""

    def __init__(self, canvas: Canvas) -> None:
        self._canvas = canvas
        self._drag = Drag.NONE
        self._from = QPointF()
        self._anchor = 0  # the time that a range or an edge drag holds on to
        self._before: View | None = None
        self.zoom_next = False  # Z was pressed: the next drag zooms to its range

    # Wheel

    def wheel(self, event: QWheelEvent) -> None:
        canvas = self._canvas
        made = canvas.scene.layout
        at = event.position()
        angle, pixels = event.angleDelta(), event.pixelDelta()
        if made.zone(at.x(), at.y()) is Zone.LABELS and made.most_scroll:
            canvas.scroll_lanes(-(pixels.y() or angle.y() / NOTCH * made.lane_height))
            event.accept()
            return
        sideways = pixels.x() if not pixels.isNull() else angle.x()
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier or abs(sideways) > abs(angle.y()):
            turn = angle.x() or angle.y()
            share = pixels.x() / made.plot if not pixels.isNull() else turn / NOTCH * 0.1
            canvas.pan(-share)
        elif angle.y():
            x = min(max(at.x() - made.left, 0.0), made.plot)
            canvas.zoom(ZOOM ** (angle.y() / NOTCH), canvas.view.time(x, made.plot))
        self._hover(at)
        event.accept()

    # Buttons

    def press(self, event: QMouseEvent) -> None:
        canvas, at = self._canvas, event.position()
        made = canvas.scene.layout
        zone = made.zone(at.x(), at.y())
        self._from, self._before = at, canvas.view
        canvas.setFocus(Qt.FocusReason.MouseFocusReason)
        if event.button() == Qt.MouseButton.RightButton:
            self._pick(at)  # the menu that Qt asks for next is about what was picked
            return
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if zone is Zone.OVERVIEW and event.button() == Qt.MouseButton.LeftButton:
            self._drag = Drag.OVERVIEW
            time = canvas.bounds.time(at.x() - made.left, made.plot)
            if not canvas.view.contains(time):
                canvas.move_to(canvas.view.centred(time))
                self._before = canvas.view
        elif zone is Zone.LABELS:
            row = made.lane_at(at.y())
            if row is not None:
                canvas.choose_lane(row)
        elif event.button() == Qt.MouseButton.MiddleButton or (shift and event.button() == Qt.MouseButton.LeftButton):
            self._drag = Drag.PAN
            canvas.setCursor(Qt.CursorShape.ClosedHandCursor)
        elif event.button() == Qt.MouseButton.LeftButton and zone is not Zone.NOTHING:
            edge = self._edge(at)
            self._drag = Drag.WAITING if edge is None else Drag.EDGE
            if edge is not None:
                self._anchor = edge
        event.accept()

    def move(self, event: QMouseEvent) -> None:
        canvas, at = self._canvas, event.position()
        made = canvas.scene.layout
        gone = at - self._from
        if self._drag is Drag.WAITING and abs(gone.x()) >= STILL:
            self._drag = Drag.RANGE
            self._anchor = self._time(self._from.x())
        if self._drag in (Drag.RANGE, Drag.EDGE):
            time = self._time(at.x())
            low, high = min(time, self._anchor), max(time, self._anchor)
            if high > low:
                canvas.show_range(Stretch(low, high))
        elif self._drag is Drag.PAN and self._before is not None:
            canvas.move_to(self._before.panned(-round(gone.x() * self._before.span / made.plot)))
        elif self._drag is Drag.OVERVIEW and self._before is not None:
            canvas.move_to(self._before.panned(round(gone.x() * canvas.bounds.span / made.plot)))
        if self._drag is Drag.NONE:
            over = self._edge(at) is not None
            canvas.setCursor(Qt.CursorShape.SizeHorCursor if over else Qt.CursorShape.ArrowCursor)
        self._hover(at if self._drag is Drag.NONE else None)
        event.accept()

    def release(self, event: QMouseEvent) -> None:
        canvas, drag = self._canvas, self._drag
        self._drag = Drag.NONE
        canvas.unsetCursor()
        if drag is Drag.WAITING:
            self._pick(event.position())
        elif drag is Drag.RANGE and self.zoom_next and canvas.stretch is not None:
            self.zoom_next = False
            canvas.move_to(canvas.stretch.view, settle=True)
            canvas.show_range(None)
        event.accept()

    def double_click(self, event: QMouseEvent) -> None:
        """Zoom to the bin under the pointer, or to the whole of it on the overview."""
        canvas, at = self._canvas, event.position()
        made = canvas.scene.layout
        zone = made.zone(at.x(), at.y())
        if zone is Zone.OVERVIEW:
            canvas.move_to(canvas.bounds, settle=True)
        elif zone in (Zone.LANES, Zone.HISTOGRAM):
            frame = canvas.scene.frame
            index = frame.bin_at(self._time(at.x()))
            if index is not None:
                start = int(frame.edges[index])
                canvas.move_to(View(start, start + frame.step), settle=True)
        event.accept()

    def cancel(self) -> bool:
        """Esc: end a drag, then drop the range. False where there was nothing to cancel."""
        canvas = self._canvas
        if self._drag is not Drag.NONE:
            if self._drag in (Drag.PAN, Drag.OVERVIEW) and self._before is not None:
                canvas.move_to(self._before)
            self._drag = Drag.NONE
            canvas.unsetCursor()
            canvas.show_range(None)
            return True
        if self.zoom_next:
            self.zoom_next = False
            return True
        if canvas.stretch is not None:
            canvas.show_range(None)
            return True
        return False

    # Keys that only the canvas has

    def claims(self, event: QKeyEvent) -> bool:
        """Keys that are the canvas's before they are the window's."""
        if event.key() == Qt.Key.Key_Escape:
            return self._drag is not Drag.NONE or self.zoom_next or self._canvas.stretch is not None
        alt = event.modifiers() == Qt.KeyboardModifier.AltModifier
        return alt and event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right)

    def key(self, event: QKeyEvent) -> bool:
        """Arrows pan and change the lane, Alt and arrows go through the views, Esc cancels. False: not ours."""
        canvas, key = self._canvas, event.key()
        alt = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        if key == Qt.Key.Key_Escape:
            return self.cancel()
        if key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            left = key == Qt.Key.Key_Left
            if alt:
                canvas.back() if left else canvas.forward()
            else:
                canvas.pan(-0.1 if left else 0.1)
            return True
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            canvas.opened.emit()
            return True
        if key in (Qt.Key.Key_Up, Qt.Key.Key_Down) and canvas.shown.lanes:
            last = len(canvas.shown.lanes) - 1
            step = -1 if key == Qt.Key.Key_Up else 1
            canvas.choose_lane(min(max((-1 if canvas.active is None else canvas.active) + step, 0), last))
            return True
        return False

    # What lies where

    def _time(self, x: float) -> int:
        made = self._canvas.scene.layout
        return self._canvas.view.time(min(max(x - made.left, 0.0), made.plot), made.plot)

    def _edge(self, at: QPointF) -> int | None:
        """The other edge's time, where the pointer is on one edge of the range."""
        stretch, scene = self._canvas.stretch, self._canvas.scene
        if stretch is None or scene.layout.zone(at.x(), at.y()) not in (Zone.HISTOGRAM, Zone.LANES):
            return None
        if abs(scene.x(stretch.start) - at.x()) <= GRIP:
            return stretch.end
        return stretch.start if abs(scene.x(stretch.end) - at.x()) <= GRIP else None

    def _hover(self, at: QPointF | None) -> None:
        canvas = self._canvas
        before = canvas.hover
        canvas.hover = None
        if at is not None:
            made = canvas.scene.layout
            zone = made.zone(at.x(), at.y())
            canvas.hover = Hover(at.x(), at.y(), zone, made.lane_at(at.y()))
            canvas.setToolTip(plain_tip(self._finding_words(at)) if zone is Zone.FINDINGS else "")
        if canvas.hover != before:
            canvas.update()

    def _finding_words(self, at: QPointF) -> str:
        scene = self._canvas.scene
        chip = next((chip for chip in finding_chips(scene) if chip_rect(chip, scene).contains(at)), None)
        if chip is None:
            return ""
        return "\n".join(f"{span.number}  {span.sentence}" for span in (chip.span, *chip.others))

    def _pick(self, at: QPointF) -> None:
        """Choose what was clicked: a finding, a mark, or the nearest event in the lane's bin."""
        canvas, scene = self._canvas, self._canvas.scene
        made = scene.layout
        zone = made.zone(at.x(), at.y())
        if zone is Zone.FINDINGS:
            chip = next((chip for chip in finding_chips(scene) if chip_rect(chip, scene).contains(at)), None)
            if chip is not None:
                canvas.move_to(fitted(chip.span.start, chip.span.end), settle=True)
            return
        if zone not in (Zone.LANES, Zone.HISTOGRAM) or not scene.shown.count:
            return
        row = made.lane_at(at.y())
        time = self._time(at.x())
        point = self.mark_at(at)
        if point is not None:
            canvas.picked.emit(point.position, point.code)
            return
        if row is not None:
            canvas.choose_lane(row)
        rank = self._nearest(row, time)
        if rank is not None:
            code = scene.shown.lanes[row].code if row is not None else scene.shown.code(rank)
            canvas.picked.emit(scene.shown.position(rank), code)

    def mark_at(self, at: QPointF) -> Point | None:
        """The mark under a point, or the nearest within reach of a finger."""
        scene = self._canvas.scene
        row = scene.layout.lane_at(at.y())
        if row is None or at.x() < scene.layout.left:
            return None
        near = [p for p in lanes_of_marks(scene).get(row, ()) if abs(scene.x(p.time) - at.x()) <= TARGET]
        return min(near, key=lambda p: abs(scene.x(p.time) - at.x()), default=None)

    def _nearest(self, row: int | None, time: int) -> int | None:
        """The rank of the event nearest to `time`.

        In a lane or in all, if it is in the same bin or under the pointer.
        """
        scene = self._canvas.scene
        times, frame = scene.shown.times, scene.frame
        at = int(np.searchsorted(times, np.int64(time)))
        if row is None:
            around = [rank for rank in (at - 1, at) if 0 <= rank < times.size]
        else:
            ranks = scene.shown.lanes[row].ranks
            place = int(np.searchsorted(ranks, np.int32(at)))
            around = [int(ranks[index]) for index in (place - 1, place) if 0 <= index < ranks.size]
        reach = TARGET * scene.view.span / scene.layout.plot
        bin_index = frame.bin_at(time)
        fitting = [
            rank
            for rank in around
            if abs(int(times[rank]) - time) <= reach
            or (frame.dots is None and frame.bin_at(int(times[rank])) == bin_index)
        ]
        return min(fitting, key=lambda rank: abs(int(times[rank]) - time), default=None)
