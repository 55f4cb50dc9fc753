"""Paints what people put on the timeline, over every count.

Marks, the range, the chosen event, and the words under the pointer.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPixmap, QPolygonF

from casebound_ui.desktop import theme
from casebound_ui.desktop.timeline.marks import Point, crowds, diamonds
from casebound_ui.desktop.timeline.paint_lanes import bars
from casebound_ui.desktop.timeline.scale import duration
from casebound_ui.desktop.timeline.scene import Chosen, Scene, Stretch
from casebound_ui.desktop.tokens import Tokens

SIZE = 5.5  # half a diamond
_CENTRE = int(Qt.AlignmentFlag.AlignCenter)


def lanes_of_marks(scene: Scene) -> dict[int, list[Point]]:
    """The marks in view by row. A mark whose lane is not shown stands in the last row, rather than nowhere."""
    rows: dict[int, list[Point]] = {}
    last = len(scene.shown.lanes) - 1
    for point in scene.layers.within(scene.view):
        row = scene.row(point.code)
        rows.setdefault(max(last, 0) if row is None else row, []).append(point)
    return rows


def paint_marks(painter: QPainter, scene: Scene, look: Tokens) -> None:
    """A diamond for every mark in view.

    A count where they overlap; an arrow where its lane is scrolled out of sight.
    """
    made, area = scene.layout, scene.layout.lanes_area
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for row, points in lanes_of_marks(scene).items():
        band = made.lane(row)
        y = band.top + band.height / 2
        drawn = diamonds(points, scene.view, made.plot)
        if scene.shown.lanes and not area.holds(y):
            edge = area.top + 4 if y < area.top else area.bottom - 4
            for diamond in drawn:
                _arrow(painter, made.left + diamond.x, edge, up=y < area.top, look=look)
            continue
        y = y if scene.shown.lanes else made.histogram.bottom - 8
        for diamond in drawn:
            _diamond(painter, made.left + diamond.x, y, SIZE, look)
        for x, number in crowds(drawn):
            _badge(painter, made.left + x + 5, y - 8, number, look)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def _diamond(painter: QPainter, x: float, y: float, half: float, look: Tokens) -> None:
    painter.drawPixmap(QPointF(x - half - 3, y - half - 3), _drawn(half, look, painter.device().devicePixelRatioF()))


@lru_cache(maxsize=16)
def _drawn(half: float, look: Tokens, ratio: float) -> QPixmap:
    """One diamond, painted once: hundreds of them are in view at times."""
    side = 2 * (half + 3)
    made = QPixmap(round(side * ratio), round(side * ratio))
    made.setDevicePixelRatio(ratio)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    middle = side / 2
    points = ((0, -half), (half, 0), (0, half), (-half, 0))
    shape = QPolygonF([QPointF(middle + x, middle + y) for x, y in points])
    painter.setBrush(QColor(look.mark_fill))
    for pen in (QPen(QColor(look.surface), 3.5), QPen(QColor(look.mark), 1.25)):
        painter.setPen(pen)
        painter.drawPolygon(shape)
    painter.end()
    return made


def _arrow(painter: QPainter, x: float, y: float, *, up: bool, look: Tokens) -> None:
    tip = -3.5 if up else 3.5
    painter.setPen(QPen(QColor(look.mark), 1))
    painter.setBrush(QColor(look.mark_fill))
    painter.drawPolygon(QPolygonF([QPointF(x, y + tip), QPointF(x + 5, y - tip), QPointF(x - 5, y - tip)]))


def _badge(painter: QPainter, x: float, y: float, number: int, look: Tokens) -> None:
    font = theme.font("caption")
    font.setPixelSize(max(round(9 * theme.scale()), 8))
    text = f"{number:,}"
    width = max(QFontMetricsF(font).horizontalAdvance(text) + 6, 13)
    box = QRectF(x - 3, y - 6.5, width, 13)
    painter.setPen(QPen(QColor(look.mark), 1))
    painter.setBrush(QColor(look.surface))
    painter.drawRoundedRect(box, 6, 6)
    painter.setFont(font)
    painter.setPen(QColor(look.mark))
    painter.drawText(box, _CENTRE, text)


def paint_range(painter: QPainter, scene: Scene, stretch: Stretch, look: Tokens) -> None:
    """The dragged range: a tint between two edges that can be taken hold of, and how long it is."""
    made = scene.layout
    top, bottom = made.histogram.top, made.lanes_area.bottom
    x0, x1 = scene.x(stretch.start), scene.x(stretch.end)
    left, right = max(x0, made.left), min(x1, made.right)
    if right < left:
        return
    tint = QColor(look.accent)
    tint.setAlphaF(0.10)
    painter.fillRect(QRectF(left, top, right - left, bottom - top), tint)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(look.accent))
    painter.drawRects(bars(scene, stretch.view))
    for x in (x0, x1):
        if made.left - 1 <= x <= made.right + 1:
            painter.fillRect(QRectF(round(x) - 1, top, 2, bottom - top), QColor(look.accent))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    font = theme.font("caption")
    text = duration(stretch.end - stretch.start)
    width = QFontMetricsF(font).horizontalAdvance(text) + 16
    centre = min(max((left + right) / 2, made.left + width / 2), made.right - width / 2)
    box = QRectF(centre - width / 2, top + 4, width, 19)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(look.accent))
    painter.drawRoundedRect(box, 9.5, 9.5)
    painter.setFont(font)
    painter.setPen(QColor(look.on_accent))
    painter.drawText(box, _CENTRE, text)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def paint_chosen(painter: QPainter, scene: Scene, chosen: Chosen, look: Tokens, *, marked: bool) -> None:
    """The chosen event: a dashed line through all lanes and a ring in its own."""
    made = scene.layout
    if not scene.view.contains(chosen.time):
        return
    x = scene.x(chosen.time)
    pen = QPen(QColor(look.accent), 1.25)
    pen.setDashPattern([3, 2])
    painter.setPen(pen)
    painter.drawLine(QLineF(round(x) + 0.5, made.histogram.top, round(x) + 0.5, made.lanes_area.bottom))
    row = scene.row(chosen.code)
    if row is None:
        return
    band = made.lane(row)
    y = band.top + band.height / 2
    if not made.lanes_area.holds(y):
        return
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(QColor(look.surface))
    painter.setPen(QPen(QColor(look.accent), 2))
    painter.drawEllipse(QPointF(x, y), 9, 9)
    if marked:
        _diamond(painter, x, y, SIZE + 0.5, look)
    else:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(look.accent))
        painter.drawEllipse(QPointF(x, y), 4, 4)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def paint_words(
    painter: QPainter, scene: Scene, at: QPointF, title: str, lines: Sequence[tuple[str, str]], look: Tokens
) -> None:
    """The box beside the pointer: a heading, then names to the left and exact counts to the right."""
    strong, small = theme.font("caption"), theme.font("small")
    metrics = QFontMetricsF(small)
    names = [metrics.elidedText(name, Qt.TextElideMode.ElideRight, 260) for name, _ in lines]
    widest = max(
        (
            metrics.horizontalAdvance(n) + metrics.horizontalAdvance(v) + 24
            for n, (_, v) in zip(names, lines, strict=True)
        ),
        default=0,
    )
    width = max(QFontMetricsF(strong).horizontalAdvance(title), widest) + 24
    line = metrics.height() + 4
    height = 14 + line * (len(lines) + 1)
    x = at.x() + 14
    if x + width > scene.layout.width - 4:
        x = at.x() - width - 14
    y = min(max(at.y() + 14, 4), scene.layout.height - height - 4)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(look.line_strong), 1))
    painter.setBrush(QColor(look.surface))
    painter.drawRoundedRect(QRectF(x + 0.5, y + 0.5, width, height), 6, 6)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setFont(strong)
    painter.setPen(QColor(look.text))
    middle = int(Qt.AlignmentFlag.AlignVCenter)
    row = QRectF(x + 12, y + 7, width - 24, line)
    painter.drawText(row, middle, title)
    painter.setFont(small)
    for name, (_, value) in zip(names, lines, strict=True):
        row.translate(0, line)
        painter.setPen(QColor(look.text2))
        painter.drawText(row, middle, name)
        painter.setPen(QColor(look.text))
        painter.drawText(row, middle | int(Qt.AlignmentFlag.AlignRight), value)
