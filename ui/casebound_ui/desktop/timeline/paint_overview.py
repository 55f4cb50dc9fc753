"""Paints the overview strip: the whole case, every mark, and the window that is in view."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap

from casebound_ui.desktop import theme
from casebound_ui.desktop.timeline.layout import Layout
from casebound_ui.desktop.timeline.paint_top import label
from casebound_ui.desktop.timeline.scale import View
from casebound_ui.desktop.timeline.scene import Scene
from casebound_ui.desktop.tokens import Tokens

BAR = 3  # pixels of one overview bar with its gap
THINNEST = 6.0  # a window is never too thin to grab


class Strip:
    """The overview's bars and marks, painted once for a set of events, a width and a theme."""

    def __init__(self) -> None:
        self._of: tuple[object, ...] = ()
        self._drawn = QPixmap()

    def paint(self, painter: QPainter, scene: Scene, look: Tokens, ratio: float) -> None:
        """The events shown as bars, every mark as an amber tick above them, and the window that is in view."""
        made, band = scene.layout, scene.layout.overview
        label(painter, band, "Whole case", look.text2, theme.font("small"))
        of = (scene.shown, scene.layers, scene.whole, made.plot, look, ratio)
        # Compared by identity: comparing sixteen million times would cost more than painting them.
        if not self._of or any(a is not b for a, b in zip(of[:2], self._of[:2], strict=True)) or of[2:] != self._of[2:]:
            self._of = of
            self._drawn = QPixmap(round(made.plot * ratio), round(band.height * ratio))
            self._drawn.setDevicePixelRatio(ratio)
            self._drawn.fill(QColor(look.sunken))
            inner = QPainter(self._drawn)
            try:
                _paint_strip(inner, scene, look)
            finally:
                inner.end()
        painter.drawPixmap(QPointF(made.left, band.top), self._drawn)
        _paint_window(painter, scene, look)


def bars(scene: Scene) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    """The edges of the overview's bars."""
    number = max(int(scene.layout.plot // BAR), 1)
    return np.linspace(0, scene.whole.span, number + 1).astype(np.int64) + scene.whole.start


def _paint_strip(painter: QPainter, scene: Scene, look: Tokens) -> None:
    plot, height = scene.layout.plot, scene.layout.overview.height
    counts = np.diff(np.searchsorted(scene.shown.times, bars(scene)))
    painter.setPen(Qt.PenStyle.NoPen)
    if counts.size and counts.max() > 0:
        # A square root, so that quiet weeks stay visible beside a burst: this strip is for finding one's way, not for
        # reading numbers.
        tall = np.maximum(np.sqrt(counts / counts.max()) * (height - 8), 1.0)
        painter.setBrush(QColor(look.line_strong))
        painter.drawRects(
            [QRectF(at * BAR, height - tall[at], BAR - 1, tall[at]) for at in np.flatnonzero(counts).tolist()]
        )
    painter.setBrush(QColor(look.mark_fill))
    for one in scene.layers.ranges:
        x0, x1 = max(scene.whole.x(one.start, plot), 0.0), min(scene.whole.x(one.end, plot), plot)
        if x1 >= 0 and x0 <= plot:
            painter.drawRect(QRectF(min(x0, plot - 2), 0, max(x1 - x0, 2), 2))
    for x in sorted({round(scene.whole.x(point.time, plot)) for point in scene.layers.points}):
        painter.drawRect(QRectF(min(x, plot - 2), 0, 2, 6))


def window(view: View, whole: View, made: Layout) -> tuple[float, float] | None:
    """Left and right edge of what is in view, on the canvas; None where that is everything."""
    if view.start <= whole.start and view.end >= whole.end:
        return None
    x0 = made.left + max(whole.x(view.start, made.plot), 0.0)
    x1 = made.left + min(whole.x(view.end, made.plot), made.plot)
    if x1 - x0 < THINNEST:
        half = THINNEST / 2
        middle = min(max((x0 + x1) / 2, made.left + half), made.right - half)
        x0, x1 = middle - half, middle + half
    return x0, x1


def _paint_window(painter: QPainter, scene: Scene, look: Tokens) -> None:
    made, band = scene.layout, scene.layout.overview
    edges = window(scene.view, scene.whole, made)
    if edges is None:
        return
    x0, x1 = edges
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    fill = QColor(look.accent)
    fill.setAlphaF(0.16)
    painter.setBrush(fill)
    painter.setPen(QPen(QColor(look.accent), 1.75))
    painter.drawRoundedRect(QRectF(x0, band.top - 0.5, x1 - x0, band.height + 1), 4, 4)
    if x1 - x0 > 24:  # grips, where there is room for them
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(look.accent))
        for x in (x0, x1):
            painter.drawRoundedRect(QRectF(x - 2, band.top + band.height / 2 - 5, 4, 10), 2, 2)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
