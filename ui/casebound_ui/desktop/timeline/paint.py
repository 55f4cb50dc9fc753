"""Puts the layers of a picture together, bottom to top."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPixmap

from casebound_ui.desktop import theme
from casebound_ui.desktop.timeline import paint_histogram, paint_lanes, paint_marks, paint_top
from casebound_ui.desktop.timeline.paint_overview import Strip
from casebound_ui.desktop.timeline.scene import Scene


def ground(scene: Scene, ratio: float, empty_text: str, strip: Strip) -> QPixmap:
    """Everything that stays while only the pointer moves, for a screen of `ratio` pixels per point."""
    look, made = theme.tokens(), scene.layout
    drawn = QPixmap(QSize(round(made.width * ratio), round(made.height * ratio)))
    drawn.setDevicePixelRatio(ratio)
    drawn.fill(QColor(look.surface))
    painter = QPainter(drawn)
    try:
        _layers(painter, scene, ratio, strip)
        if empty_text and not scene.shown.count:
            painter.setFont(theme.font("title"))
            painter.setPen(QColor(look.text2))
            flags = int(Qt.AlignmentFlag.AlignCenter) | int(Qt.TextFlag.TextWordWrap)
            painter.drawText(QRectF(24, 24, made.width - 48, made.height - 48), flags, empty_text)
    finally:
        painter.end()  # a painter left open takes the program down when its picture is collected
    return drawn


def _layers(painter: QPainter, scene: Scene, ratio: float, strip: Strip) -> None:
    look = theme.tokens()
    if not scene.shown.of:
        return
    strip.paint(painter, scene, look, ratio)
    ticks = paint_top.paint_axis(painter, scene, look)
    paint_lanes.paint_ground(painter, scene, look, ticks)
    paint_top.paint_findings(painter, scene, look)
    paint_histogram.paint_histogram(painter, scene, look)
    paint_lanes.paint_lanes(painter, scene, look, ratio)
    paint_marks.paint_line(painter, scene, look)
    paint_marks.paint_marks(painter, scene, look)
