"""Ticks over the histogram for what was pointed out, as long as its list is open: a shape for each kind."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from casebound.pointing import Kind, Pointed
from casebound_ui.desktop import theme
from casebound_ui.desktop.timeline.canvas import Canvas

SIDE = 4.0  # pixels from the middle of a tick to its edge
NEAR = 3.0  # ticks of one kind closer than this are one


class PointedTicks(QWidget):
    """Lies over the canvas and lets every touch through. The list says the same, row by row."""

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._found: tuple[Pointed, ...] = ()
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        canvas.installEventFilter(self)
        canvas.moved.connect(lambda view: self.update())
        self.hide()

    def show_found(self, found: Sequence[Pointed]) -> None:
        """Draw these; none hides the ticks."""
        self._found = tuple(found)
        self.setGeometry(self._canvas.rect())
        self.setVisible(bool(found))
        self.update()

    def ticks(self) -> list[tuple[Kind, float, float]]:
        """What is drawn: kind, and from which pixel to which. Those that would lie on one another are one."""
        scene = self._canvas.scene
        made, view = scene.layout, scene.view
        drawn: list[tuple[Kind, float, float]] = []
        last: dict[Kind, int] = {}
        for one in self._found:
            if one.end_us < view.start or one.start_us >= view.end:
                continue
            x0, x1 = (min(max(scene.x(time), made.left), made.right) for time in (one.start_us, one.end_us))
            before = last.get(one.kind)
            if before is not None and x0 - drawn[before][2] < NEAR:
                drawn[before] = (one.kind, drawn[before][1], max(drawn[before][2], x1))
                continue
            last[one.kind] = len(drawn)
            drawn.append((one.kind, x0, x1))
        return drawn

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self.setGeometry(self._canvas.rect())
        return super().eventFilter(watched, event)

    def paintEvent(self, event: QPaintEvent) -> None:
        made = self._canvas.scene.layout
        look = theme.tokens()
        y = made.histogram.top + SIDE + 1
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for kind, x0, x1 in self.ticks():
            middle = (x0 + x1) / 2
            painter.setPen(QPen(QColor(look.text), 1))
            if x1 - x0 > 2 * SIDE:
                painter.drawLine(QPointF(x0, y), QPointF(x1, y))
            painter.setPen(QPen(QColor(look.surface), 1))
            painter.setBrush(QColor(look.text))
            if kind is Kind.BURST:
                painter.drawPolygon(_triangle(middle, y, up=True))
            elif kind is Kind.SILENCE:
                painter.drawRect(QRectF(middle - SIDE, y - 2, 2 * SIDE, 4))
            elif kind is Kind.TAKEOVER:
                painter.drawPolygon(_triangle(middle, y, up=False))
            else:
                painter.drawEllipse(QPointF(middle, y), SIDE - 0.5, SIDE - 0.5)
        painter.end()


def _triangle(x: float, y: float, *, up: bool) -> QPolygonF:
    tip = -SIDE if up else SIDE
    return QPolygonF([QPointF(x, y + tip), QPointF(x + SIDE, y - tip), QPointF(x - SIDE, y - tip)])
