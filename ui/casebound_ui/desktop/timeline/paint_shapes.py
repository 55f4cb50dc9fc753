"""Small signs, each painted once for a theme and a screen: dots by value, and the diamonds of marks."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap, QPolygonF

from casebound_ui.desktop.timeline.colours import Paint, Shape
from casebound_ui.desktop.tokens import Tokens

SIDE = 12  # pixels of a sign's picture
HALF = 5.5  # half a diamond
AIR = 3  # around it, for its outline


def _blank(side: float, ratio: float) -> QPixmap:
    made = QPixmap(round(side * ratio), round(side * ratio))
    made.setDevicePixelRatio(ratio)
    made.fill(Qt.GlobalColor.transparent)
    return made


@lru_cache(maxsize=64)
def shape(paint: Paint, look: Tokens, ratio: float) -> QPixmap:
    """The dot of one value, in the middle of a picture of `SIDE`."""
    made = _blank(SIDE, ratio)
    painter = QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    colour, c = QColor(paint.on(look.name)), SIDE / 2
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    match paint.shape:
        case Shape.DISC:
            painter.drawEllipse(QPointF(c, c), 3.6, 3.6)
        case Shape.SQUARE:
            painter.drawRect(QRectF(c - 3.2, c - 3.2, 6.4, 6.4))
        case Shape.UP:
            painter.drawPolygon(QPolygonF([QPointF(c, c - 4.2), QPointF(c + 4.4, c + 3.4), QPointF(c - 4.4, c + 3.4)]))
        case Shape.DOWN:
            painter.drawPolygon(QPolygonF([QPointF(c, c + 4.2), QPointF(c + 4.4, c - 3.4), QPointF(c - 4.4, c - 3.4)]))
        case Shape.BAR:
            painter.drawRect(QRectF(c - 1.8, c - 4.5, 3.6, 9))
        case Shape.CROSS:
            painter.setPen(QPen(colour, 2.2))
            painter.drawLine(QLineF(c - 3.4, c - 3.4, c + 3.4, c + 3.4))
            painter.drawLine(QLineF(c - 3.4, c + 3.4, c + 3.4, c - 3.4))
        case Shape.RING:
            painter.setPen(QPen(colour, 1.8))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(QPointF(c, c), 3.2, 3.2)
    painter.end()
    return made


def draw_diamond(painter: QPainter, x: float, y: float, half: float, look: Tokens, *, hollow: bool = False) -> None:
    """A mark; hollow where the filter hides its event."""
    drawn = diamond(half, look, painter.device().devicePixelRatioF(), hollow)
    painter.drawPixmap(QPointF(x - half - AIR, y - half - AIR), drawn)


@lru_cache(maxsize=32)
def diamond(half: float, look: Tokens, ratio: float, hollow: bool) -> QPixmap:
    """One diamond, painted once: thousands of them are in view at times."""
    side = 2 * (half + AIR)
    made = _blank(side, ratio)
    painter = QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    middle = side / 2
    points = ((0, -half), (half, 0), (0, half), (-half, 0))
    sign = QPolygonF([QPointF(middle + x, middle + y) for x, y in points])
    painter.setBrush(QColor(look.surface if hollow else look.mark_fill))
    for pen in (QPen(QColor(look.surface), 3.5), QPen(QColor(look.mark), 1.75 if hollow else 1.25)):
        painter.setPen(pen)
        painter.drawPolygon(sign)
    painter.end()
    return made
