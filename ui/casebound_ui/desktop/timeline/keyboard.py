"""What the keyboard does on the canvas beside the commands: moving, stepping, lanes, and a range with its two edges.

None of these is a letter, so they work where keys of a single letter are turned off.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

from casebound_ui.desktop.timeline.scale import EARLIEST, LATEST, View, bin_start
from casebound_ui.desktop.timeline.scene import Stretch

if TYPE_CHECKING:
    from casebound_ui.desktop.timeline.canvas import Canvas

PAN = 0.1  # of the view
ZOOM = 0.7
_SIDES = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
_ENDS = {Qt.Key.Key_Home: -1, Qt.Key.Key_End: 1}
_LEVELS = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
_PAGES = {Qt.Key.Key_PageUp: -1, Qt.Key.Key_PageDown: 1}
_PLAIN, _SHIFT, _CONTROL = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
)


class Keyboard:
    """Turns the canvas's keys into views, lanes and ranges."""

    def __init__(self, canvas: Canvas) -> None:
        self._canvas = canvas

    def claims(self, event: QKeyEvent) -> bool:
        """Keys that are the canvas's before they are the window's."""
        key, pressed = event.key(), _pressed(event)
        if key == Qt.Key.Key_Escape:
            return self._canvas.gestures.cancellable or bool(self._canvas.held)
        if pressed == Qt.KeyboardModifier.AltModifier:
            return key in _SIDES
        return key in _ENDS or (pressed != _PLAIN and key in (*_SIDES, *_LEVELS))

    def act(self, event: QKeyEvent) -> bool:
        """False: not a key of ours."""
        canvas, key, pressed = self._canvas, Qt.Key(event.key()), _pressed(event)
        if key == Qt.Key.Key_Escape:
            return canvas.gestures.cancel()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if canvas.held:
                canvas.hold("")
            else:
                canvas.opened.emit()
            return True
        if pressed & _SHIFT and key in (*_SIDES, *_ENDS):
            by = _SIDES.get(key) or _ENDS[key]
            self.extend(by, fine=bool(pressed & _CONTROL), far=key in _ENDS)
            return True
        if key in _SIDES:
            self._sideways(_SIDES[key], pressed)
            return True
        if key in _ENDS:
            self._to_end(_ENDS[key], pressed)
            return True
        if key in _PAGES:
            canvas.pan(float(_PAGES[key]))
            return True
        if key in _LEVELS and pressed == _CONTROL:
            canvas.zoom(ZOOM if _LEVELS[key] < 0 else 1 / ZOOM)
            return True
        if key in _LEVELS and pressed == _PLAIN and canvas.shown.lanes:
            last = len(canvas.shown.lanes) - 1
            canvas.choose_lane(min(max((-1 if canvas.active is None else canvas.active) + _LEVELS[key], 0), last))
            return True
        return False

    def _sideways(self, by: int, pressed: Qt.KeyboardModifier) -> None:
        canvas = self._canvas
        if pressed == Qt.KeyboardModifier.AltModifier:
            canvas.back() if by < 0 else canvas.forward()
        elif pressed == _CONTROL:
            canvas.stepped.emit(by)
        else:
            canvas.pan(by * PAN)

    def _to_end(self, by: int, pressed: Qt.KeyboardModifier) -> None:
        """Home and End: take hold of an edge of the range; without one, go to an end of the case."""
        canvas = self._canvas
        if canvas.stretch is not None and pressed == _PLAIN:
            self.hold(by)
        elif pressed == _CONTROL:
            canvas.move_to(canvas.bounds, settle=True)
        else:
            span, bounds = canvas.view.span, canvas.bounds
            start = bounds.start if by < 0 else bounds.end - span
            canvas.move_to(View(start, start + span), settle=True)

    def hold(self, by: int) -> None:
        """Take hold of the beginning (-1) or the end (1) of the range, and bring it into view."""
        canvas = self._canvas
        if canvas.stretch is not None:
            canvas.hold("start" if by < 0 else "end")
            self._bring_into_view(canvas.stretch.start if by < 0 else canvas.stretch.end)

    def extend(self, by: int, *, fine: bool = False, far: bool = False) -> None:
        """Move the held edge of the range by one bin, by a pixel (`fine`), or to an end of the view (`far`).

        Without a range one begins, at the chosen event or in the middle. `by` is -1 for earlier, 1 for later.
        """
        canvas = self._canvas
        if not canvas.shown.of:
            return
        step = canvas.scene.frame.step
        stretch = canvas.stretch
        if stretch is None:
            start = bin_start(self._anchor(), step)
            stretch = Stretch(start, bin_start(start, step, 1))
            canvas.hold("end" if by > 0 else "start")
            if not far:
                self._show(stretch)
                return
        held = canvas.held or ("end" if by > 0 else "start")
        edge, other = (stretch.end, stretch.start) if held == "end" else (stretch.start, stretch.end)
        if far:
            edge = canvas.view.end if by > 0 else canvas.view.start
        elif fine:
            edge += by * max(round(canvas.view.span / canvas.scene.layout.plot), 1)
        elif by > 0:
            edge = bin_start(edge, step, 1)
        else:
            begun = bin_start(edge, step)
            edge = begun if begun < edge else bin_start(edge, step, -1)
        edge = min(max(edge, EARLIEST), LATEST)
        if edge == other:  # a range has a length: the edge steps over to the other side
            edge = min(max(edge + by * max(step, 1), EARLIEST), LATEST)
        if edge == other:
            return
        canvas.hold("end" if edge > other else "start")
        self._show(Stretch(min(edge, other), max(edge, other)))
        self._bring_into_view(edge)

    def _show(self, stretch: Stretch) -> None:
        self._canvas.show_range(stretch)
        self._canvas.rest()

    def _anchor(self) -> int:
        """Where a range begins that the keyboard makes: at the chosen event, else in the middle."""
        canvas = self._canvas
        chosen = canvas.chosen
        if chosen is not None and canvas.view.contains(chosen.time):
            return chosen.time
        return canvas.view.start + canvas.view.span // 2

    def _bring_into_view(self, edge: int) -> None:
        canvas = self._canvas
        view, air = canvas.view, canvas.view.span // 20
        if edge < view.start:
            canvas.move_to(view.panned(edge - view.start - air))
        elif edge > view.end:
            canvas.move_to(view.panned(edge - view.end + air))


def _pressed(event: QKeyEvent) -> Qt.KeyboardModifier:
    """The modifiers that are held, the keypad aside."""
    return event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
