"""Paints the histogram and the legend under it: counts only, no marks."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen

from casebound_ui.desktop import theme
from casebound_ui.desktop.timeline.bins import SHADES, ceiling
from casebound_ui.desktop.timeline.colours import Paint, Stack
from casebound_ui.desktop.timeline.layout import Band
from casebound_ui.desktop.timeline.paint_shapes import SIDE, shape
from casebound_ui.desktop.timeline.paint_top import LEFT_MARGIN, elided, label, rule, width_of
from casebound_ui.desktop.timeline.scale import View, step_label
from casebound_ui.desktop.timeline.scene import Scene
from casebound_ui.desktop.tokens import Tokens

_TOP = 12.0  # air above the highest scale line
_RIGHT = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight)
_PATTERNED = 8.0  # pixels from which a part is high enough for its pattern; the order is the same in all of them
_CELLS = 5  # shades that the legend shows
_PATTERNS = {
    "rising": Qt.BrushStyle.BDiagPattern,
    "falling": Qt.BrushStyle.FDiagPattern,
    "level": Qt.BrushStyle.HorPattern,
    "upright": Qt.BrushStyle.VerPattern,
    "crossed": Qt.BrushStyle.CrossPattern,
    "dotted": Qt.BrushStyle.Dense6Pattern,
}


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
        _fill(painter, parts, paint, look)


def _fill(painter: QPainter, parts: list[QRectF], paint: Paint, look: Tokens) -> None:
    painter.setBrush(QColor(paint.on(look.name)))
    painter.drawRects(parts)
    large = [part for part in parts if part.height() >= _PATTERNED]
    if paint.pattern and large:
        over = QColor(look.surface)
        over.setAlphaF(0.55)
        painter.setBrush(QBrush(over, _PATTERNS[paint.pattern]))
        painter.drawRects(large)


def paint_legend(painter: QPainter, scene: Scene, look: Tokens) -> None:
    """What the ink of the lanes means and, where events are coloured, which value is which, with counts."""
    made, band = scene.layout, scene.layout.legend
    if scene.stack is None:
        x = made.left
        if scene.frame.dots is None:
            x = _paint_ramp(painter, scene, look) + 6
        room = made.right - x
        label(painter, band, elided(legend(scene), "small", room), look.text3, theme.font("small"), x)
        return
    height = band.height / made.legend_lines
    said = elided(legend(scene, short=True), "small", made.left - LEFT_MARGIN - 6)
    label(painter, Band(band.top, height), said, look.text3, theme.font("small"))
    wide = made.plot / made.legend_columns
    places = made.legend_columns * made.legend_lines
    number = len(scene.stack.labels)
    shown = number if number <= places else max(places - 1, 1)
    alone = 40 * theme.scale() if places == 1 and number > 1 else 0.0
    for at in range(shown):
        line, column = divmod(at, made.legend_columns)
        place = QRectF(made.left + column * wide, band.top + line * height, wide - alone, height)
        _paint_entry(painter, scene, scene.stack, at, place, look)
    if shown < number:
        line, column = divmod(shown, made.legend_columns) if not alone else (0, 0)
        left = made.left + column * wide + (wide - alone if alone else 0)
        words = f"+ {number - shown}" if alone else f"and {number - shown} more"
        label(painter, Band(band.top + line * height, height), words, look.text2, theme.font("small"), left)


def _paint_entry(painter: QPainter, scene: Scene, stack: Stack, at: int, place: QRectF, look: Tokens) -> None:
    """One value of the legend: how it looks, its name, how many are in view."""
    band, paint = Band(place.top(), place.height()), stack.paints[at]
    left = place.left()
    painter.setPen(Qt.PenStyle.NoPen)
    _fill(painter, [QRectF(left, round(band.middle - 5), 14, 10)], paint, look)
    left += 18
    if scene.frame.dots is not None:
        painter.drawPixmap(QPointF(left - 1, round(band.middle - SIDE / 2)), shape(paint, look, _ratio(painter)))
        left += 14
    counted = f"{stack.in_view[at]:,}"
    room = place.right() - left - width_of(counted, "small") - 14
    name = elided(stack.labels[at], "small", max(room, 24.0))
    label(painter, band, name, look.text, theme.font("small"), left)
    label(painter, band, counted, look.text2, theme.font("small"), left + width_of(name, "small") + 6)


def _ratio(painter: QPainter) -> float:
    return painter.device().devicePixelRatioF()


def _paint_ramp(painter: QPainter, scene: Scene, look: Tokens) -> float:
    """A few shades from quiet to busy; returns the right edge."""
    made, band = scene.layout, scene.layout.legend
    x = made.left
    painter.setPen(Qt.PenStyle.NoPen)
    for cell in range(_CELLS):
        shade = 1 + round((SHADES - 1) * cell / (_CELLS - 1))
        painter.setBrush(QColor(look.blend("ramp_high", "ramp_low", 0.12 + 0.88 * shade / SHADES)))
        painter.drawRect(QRectF(x, round(band.middle - 5), 8, 10))
        x += 9
    return x


def legend(scene: Scene, *, short: bool = False) -> str:
    """What the lanes' marks of ink mean."""
    if scene.frame.dots is not None:
        bar = ", a bar the range in which its time lies" if scene.shown.uncertain is not None else ""
        return "One sign is one event" if scene.stack is not None else f"One dot is one event{bar}"
    if scene.same_scale:
        return "Darker = busier" if short else "Darker = busier, on one scale for all lanes"
    return "Darker = busier than usual" if short else "Darker = busier than usual for this lane"
