"""Paints the histogram: counts only, no marks."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from casebound_ui.desktop import theme
from casebound_ui.desktop.timeline.bins import ceiling
from casebound_ui.desktop.timeline.colours import Stack
from casebound_ui.desktop.timeline.layout import Band
from casebound_ui.desktop.timeline.paint_fill import fill
from casebound_ui.desktop.timeline.paint_legend import paint_legend
from casebound_ui.desktop.timeline.paint_top import LEFT_MARGIN, elided, label, rule, width_of
from casebound_ui.desktop.timeline.scale import View, step_label
from casebound_ui.desktop.timeline.scene import Scene
from casebound_ui.desktop.tokens import Tokens

_TOP = 12.0  # air above the highest scale line
_RIGHT = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight)


def scale_top(scene: Scene) -> int:
    """The count at the histogram's upper scale line."""
    return ceiling(int(scene.frame.totals.max())) if scene.frame.totals.size else 2


def _air(scene: Scene) -> float:
    return min(_TOP, scene.layout.histogram.height * 0.2)


def paint_histogram(painter: QPainter, scene: Scene, look: Tokens) -> None:
    """Exact counts of all lanes together, with a scale."""
    made, band, frame = scene.layout, scene.layout.histogram, scene.frame
    ground, height = band.bottom, band.height - _air(scene)
    top, size = scale_top(scene), theme.scale()
    numbers = [f"{value:,}" for value in (top, top // 2)]
    room = made.left - LEFT_MARGIN - 16 - max(width_of(number, "small") for number in numbers)
    words = step_label(frame.step) + (", square root" if scene.root else "")
    line = 18 * size
    if band.height >= 2 * line:
        first = band.top + max((band.height - 2 * line) / 2 - 2, 0)
        label(painter, Band(first, line), elided(scene.gutter_title, "strong", room), look.text, theme.font("strong"))
        label(painter, Band(first + line - 1, line), elided(words, "small", room), look.text2, theme.font("small"))
    else:
        said = elided(f"{scene.gutter_title}, {words}", "small", room)
        label(painter, band, said, look.text, theme.font("small"))
    painter.setFont(theme.font("small"))
    for number, value in zip(numbers, (top, top // 2), strict=True):
        share = (value / top) ** 0.5 if scene.root else value / top
        y = round(ground - share * height)
        painter.setPen(QPen(QColor(look.line), 1))
        painter.drawLine(QLineF(made.left, y, made.right, y))
        if value == top or height * (1 - share) >= 15 * size:
            painter.setPen(QColor(look.text2))
            painter.drawText(QRectF(made.left - 210, y - 15, 200, 30), _RIGHT, number)
    painter.setPen(Qt.PenStyle.NoPen)
    if scene.stack is None:
        painter.setBrush(QColor(look.histogram))
        painter.drawRects(bars(scene, scene.view))
    else:
        paint_stack(painter, scene, scene.stack, look)
    painter.fillRect(QRectF(made.left, ground - 1, made.plot, 1), QColor(look.line_strong))
    paint_legend(painter, scene, look)
    rule(painter, made.legend.bottom, scene, look.line)


def _columns(scene: Scene, within: View) -> tuple[list[int], list[float], list[float]]:
    """The bins that are not empty and begin inside `within`, every bin's edges in pixels, and every bar's height."""
    made, band, frame = scene.layout, scene.layout.histogram, scene.frame
    share = frame.totals / scale_top(scene)
    tall = ((np.sqrt(share) if scene.root else share) * (band.height - _air(scene))).tolist()
    pixels = np.round(made.left + (frame.edges - scene.view.start) * (made.plot / scene.view.span))
    xs = np.clip(pixels, made.left, made.right).tolist()
    inside = (frame.edges[1:] > within.start) & (frame.edges[:-1] < within.end) & (frame.totals > 0)
    return [i for i in np.flatnonzero(inside).tolist() if xs[i + 1] > xs[i]], xs, tall


def bars(scene: Scene, within: View) -> list[QRectF]:
    """The histogram's bars whose bins begin inside `within`."""
    ground = scene.layout.histogram.bottom
    chosen, xs, tall = _columns(scene, within)
    return [
        QRectF(xs[i], ground - max(tall[i], 1.0), max(xs[i + 1] - xs[i] - 1, 1.0), max(tall[i], 1.0)) for i in chosen
    ]


def paint_stack(painter: QPainter, scene: Scene, stack: Stack, look: Tokens) -> None:
    """Bars cut by value, the most frequent at the bottom; each part is as high as its share of the bar."""
    ground = scene.layout.histogram.bottom
    chosen, xs, tall = _columns(scene, scene.view)
    totals = np.maximum(scene.frame.totals, 1)
    upto = np.vstack([np.zeros((1, totals.size)), np.cumsum(stack.cells, axis=0) / totals])
    for row, paint in enumerate(stack.paints):
        low, high = upto[row].tolist(), upto[row + 1].tolist()
        parts = []
        for i in chosen:
            full = max(tall[i], 1.0)
            y0, y1 = round(ground - full * low[i]), round(ground - full * high[i])
            if y1 < y0:
                parts.append(QRectF(xs[i], y1, max(xs[i + 1] - xs[i] - 1, 1.0), y0 - y1))
        fill(painter, parts, paint, look)
