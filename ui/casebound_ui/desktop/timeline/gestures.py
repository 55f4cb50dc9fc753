"""What the mouse does on the canvas: wheel, drag, click. Every one of these has a key as well (`keyboard`)."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent

from casebound_ui.desktop.timeline import hits
from casebound_ui.desktop.timeline.hits import time_at
from casebound_ui.desktop.timeline.layout import Zone
from casebound_ui.desktop.timeline.marks import Point
from casebound_ui.desktop.timeline.scale import SHORTEST, View, fitted
from casebound_ui.desktop.timeline.scene import Hover, Stretch
from casebound_ui.desktop.timeline.words import legend_words
from casebound_ui.desktop.tips import plain_tip

if TYPE_CHECKING:
    from casebound_ui.desktop.timeline.canvas import Canvas

NOTCH = 120.0  # one notch of a wheel, in Qt's eighths of a degree
ZOOM = 0.8  # per notch
STILL = 4.0  # a press that moves less is a click


class Drag(Enum):
    """What a pressed button is doing."""

    NONE = "none"
    WAITING = "waiting"  # pressed on the plot, not yet moved
    RANGE = "range"
    EDGE = "edge"
    PAN = "pan"
    OVERVIEW = "overview"
    WINDOW_EDGE = "window edge"


class Gestures:
    """Turns the canvas's mouse events into views, ranges and picks."""

    def __init__(self, canvas: Canvas) -> None:
        self._canvas = canvas
        self._drag = Drag.NONE
        self._from = QPointF()
        self._anchor = 0  # the time that a range or an edge drag holds on to
        self._before: View | None = None
        self._stretch: Stretch | None = None  # the range as it was before a drag
        self.zoom_next = False  # Z was pressed: the next drag zooms to its range

    # Wheel

    def wheel(self, event: QWheelEvent) -> None:
        canvas = self._canvas
        made = canvas.scene.layout
        at = event.position()
        angle, pixels = event.angleDelta(), event.pixelDelta()
        zone = made.zone(at.x(), at.y())
        if zone is Zone.LABELS and made.most_scroll:
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
            time = (canvas.bounds if zone is Zone.OVERVIEW else canvas.view).time(x, made.plot)
            canvas.zoom(ZOOM ** (angle.y() / NOTCH), time if canvas.view.start <= time <= canvas.view.end else None)
        self._hover(at)
        event.accept()

    # Buttons

    def press(self, event: QMouseEvent) -> None:
        canvas, at = self._canvas, event.position()
        scene = canvas.scene
        made = scene.layout
        zone = made.zone(at.x(), at.y())
        left = event.button() == Qt.MouseButton.LeftButton
        self._from, self._before, self._stretch = at, canvas.view, canvas.stretch
        canvas.setFocus(Qt.FocusReason.MouseFocusReason)
        if event.button() == Qt.MouseButton.RightButton:
            self._pick(at)  # the menu that Qt asks for next is about what was picked
            return
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if zone is Zone.OVERVIEW and left:
            self._press_overview(at)
        elif zone is Zone.LABELS:
            row = made.lane_at(at.y())
            if row is not None:
                canvas.choose_lane(row)
        elif event.button() == Qt.MouseButton.MiddleButton or (shift and left):
            self._drag = Drag.PAN
            canvas.setCursor(Qt.CursorShape.ClosedHandCursor)
        elif left and zone is not Zone.NOTHING:
            edge = hits.edge_at(scene, canvas.stretch, at)
            self._drag = Drag.EDGE if edge else Drag.WAITING
            if edge and canvas.stretch is not None:
                self._anchor = canvas.stretch.end if edge == "start" else canvas.stretch.start
        event.accept()

    def _press_overview(self, at: QPointF) -> None:
        """Take the window by an edge, or in the middle; elsewhere it comes to the pointer first."""
        canvas, made = self._canvas, self._canvas.scene.layout
        edge = hits.window_edge_at(canvas.scene, at)
        if edge:
            self._drag = Drag.WINDOW_EDGE
            self._anchor = canvas.view.end if edge == "start" else canvas.view.start
            return
        self._drag = Drag.OVERVIEW
        time = canvas.bounds.time(at.x() - made.left, made.plot)
        if not canvas.view.contains(time):
            canvas.move_to(canvas.view.centred(time))
            self._before = canvas.view

    def move(self, event: QMouseEvent) -> None:
        canvas, at = self._canvas, event.position()
        made = canvas.scene.layout
        gone = at - self._from
        if self._drag is Drag.WAITING and abs(gone.x()) >= STILL:
            self._drag = Drag.RANGE
            self._anchor = time_at(canvas.scene, self._from.x())
        if self._drag in (Drag.RANGE, Drag.EDGE):
            time = time_at(canvas.scene, at.x())
            low, high = min(time, self._anchor), max(time, self._anchor)
            if high > low:
                canvas.hold("")
                canvas.show_range(Stretch(low, high))
        elif self._drag is Drag.PAN and self._before is not None:
            canvas.move_to(self._before.panned(-round(gone.x() * self._before.span / made.plot)))
        elif self._drag is Drag.OVERVIEW and self._before is not None:
            canvas.move_to(self._before.panned(round(gone.x() * canvas.bounds.span / made.plot)))
        elif self._drag is Drag.WINDOW_EDGE:
            time = canvas.bounds.time(min(max(at.x() - made.left, 0.0), made.plot), made.plot)
            if abs(time - self._anchor) >= SHORTEST:
                canvas.move_to(View(min(time, self._anchor), max(time, self._anchor)))
        if self._drag is Drag.NONE:
            self._show_cursor(at)
        self._hover(at if self._drag is Drag.NONE else None)
        event.accept()

    def _show_cursor(self, at: QPointF) -> None:
        canvas = self._canvas
        shape = Qt.CursorShape.CrossCursor if self.zoom_next else Qt.CursorShape.ArrowCursor
        if hits.edge_at(canvas.scene, canvas.stretch, at) or hits.window_edge_at(canvas.scene, at):
            shape = Qt.CursorShape.SizeHorCursor
        elif hits.mark_at(canvas.scene, at) is not None or hits.bracket_at(canvas.scene, at) is not None:
            shape = Qt.CursorShape.PointingHandCursor
        canvas.setCursor(shape)

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
        """Zoom to the range or to the bin under the pointer, or to everything on the overview."""
        canvas, at = self._canvas, event.position()
        scene = canvas.scene
        zone = hits.zone_at(scene, at)
        time = time_at(scene, at.x())
        bracket = hits.bracket_at(scene, at)
        if zone is Zone.OVERVIEW:
            canvas.move_to(canvas.bounds, settle=True)
        elif bracket is not None:
            canvas.move_to(fitted(bracket.ranges[0].start, bracket.ranges[0].end), settle=True)
        elif zone in (Zone.LANES, Zone.HISTOGRAM, Zone.LEGEND) and (stretch := self._around(time)) is not None:
            canvas.move_to(stretch.view, settle=True)
            canvas.show_range(None)
        elif zone in (Zone.LANES, Zone.HISTOGRAM, Zone.LEGEND):
            index = scene.frame.bin_at(time)
            if index is not None:
                edges = scene.frame.edges
                canvas.move_to(View(int(edges[index]), int(edges[index + 1])), settle=True)
        event.accept()

    def _around(self, time: int) -> Stretch | None:
        stretch = self._canvas.stretch
        return stretch if stretch is not None and stretch.start <= time < stretch.end else None

    @property
    def cancellable(self) -> bool:
        """Whether Esc would end something here."""
        return self._drag is not Drag.NONE or self.zoom_next or self._canvas.stretch is not None

    def cancel(self) -> bool:
        """Esc: end a drag as if it had never been, then drop the range. False where there was nothing to cancel."""
        canvas, drag = self._canvas, self._drag
        if drag is not Drag.NONE:
            self._drag = Drag.NONE
            canvas.unsetCursor()
            if drag in (Drag.PAN, Drag.OVERVIEW, Drag.WINDOW_EDGE) and self._before is not None:
                canvas.move_to(self._before)
            elif drag in (Drag.RANGE, Drag.EDGE):
                canvas.show_range(self._stretch if drag is Drag.EDGE else None)
            return True
        if self.zoom_next:
            self.zoom_next = False
            canvas.unsetCursor()
            return True
        if canvas.stretch is not None:
            canvas.show_range(None)
            return True
        return False

    # What lies where

    def _hover(self, at: QPointF | None) -> None:
        canvas = self._canvas
        before = canvas.hover
        canvas.hover = None
        if at is not None:
            made = canvas.scene.layout
            zone = made.zone(at.x(), at.y())
            canvas.hover = Hover(at.x(), at.y(), zone, made.lane_at(at.y()))
            canvas.setToolTip(plain_tip(self._tip(at, zone)))
        if canvas.hover != before:
            canvas.update()

    def _tip(self, at: QPointF, zone: Zone) -> str:
        scene = self._canvas.scene
        if zone is Zone.LEGEND:
            return legend_words(scene)
        chip = hits.chip_at(scene, at) if zone is Zone.FINDINGS else None
        if chip is None:
            return ""
        return "\n".join(f"{span.number}  {span.sentence}" for span in (chip.span, *chip.others))

    def _pick(self, at: QPointF) -> None:
        """Choose what was clicked: a finding, a mark, a marked range, or the nearest event in the lane's bin."""
        canvas, scene = self._canvas, self._canvas.scene
        zone = hits.zone_at(scene, at)
        if zone is Zone.FINDINGS:
            chip = hits.chip_at(scene, at)
            if chip is not None:
                canvas.move_to(fitted(chip.span.start, chip.span.end), settle=True)
            return
        point = hits.mark_at(scene, at)
        if point is not None:
            canvas.picked.emit(point.position, point.code)
            return
        bracket = hits.bracket_at(scene, at)
        if bracket is not None:
            first = bracket.ranges[0]
            canvas.show_range(Stretch(first.start, first.end + 1))
            return
        if zone not in (Zone.LANES, Zone.HISTOGRAM) or not scene.shown.count:
            return
        row = scene.layout.lane_at(at.y())
        if row is not None:
            canvas.choose_lane(row)
        rank = hits.nearest(scene, row, time_at(scene, at.x()))
        if rank is not None:
            code = scene.shown.lanes[row].code if row is not None else scene.shown.code(rank)
            canvas.picked.emit(scene.shown.position(rank), code)

    def mark_at(self, at: QPointF) -> Point | None:
        """The mark under a point, or the nearest within reach of a finger."""
        return hits.mark_at(self._canvas.scene, at)
