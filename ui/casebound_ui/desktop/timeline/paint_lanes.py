"""Paints the histogram and the lanes: counts only, no marks."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFontMetricsF, QImage, QPainter, QPen

from casebound_ui.desktop import theme
from casebound_ui.desktop.timeline.bins import SHADES, ceiling
from casebound_ui.desktop.timeline.layout import Band
from casebound_ui.desktop.timeline.paint_top import LEFT_MARGIN, count, label, rule
from casebound_ui.desktop.timeline.scale import DAY, HOUR, NIGHT_BELOW, View, step_label
from casebound_ui.desktop.timeline.scene import Scene
from casebound_ui.desktop.timeline.ticks import Axis
from casebound_ui.desktop.tokens import Tokens

_FOOT = 14.0
_TOP = 12.0  # air above the histogram's highest scale line
_RIGHT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight


def paint_ground(painter: QPainter, scene: Scene, look: Tokens, ticks: Axis) -> None:
    """Night shading, the stretches of findings, and the lines of the axis, under everything else."""
    made = scene.layout
    top, bottom = made.histogram.top, made.lanes_area.bottom
    if scene.view.span < NIGHT_BELOW:
        night = QColor(look.text)
        night.setAlphaF(0.035)
        day = (scene.view.start - 6 * HOUR) // DAY * DAY
        while day < scene.view.end:
            x0 = max(scene.x(day + 18 * HOUR), made.left)
            x1 = min(scene.x(day + 32 * HOUR), made.right)
            if x1 > x0:
                painter.fillRect(QRectF(x0, top, x1 - x0, bottom - top), night)
            day += DAY
    violet = QColor(look.finding)
    violet.setAlphaF(0.07)
    for span in scene.layers.spans:
        x0, x1 = max(scene.x(span.start), made.left), min(scene.x(span.end), made.right)
        if x1 > x0 + 1:
            painter.fillRect(QRectF(x0, top, x1 - x0, bottom - top), violet)
    painter.setPen(QPen(QColor(look.line), 1))
    painter.drawLines([QLineF(x, top, x, bottom) for x in (round(scene.x(tick.time)) for tick in ticks.ticks)])
    painter.setPen(QPen(QColor(look.line_strong), 1))
    starts = (round(scene.x(tick.time)) for tick in ticks.contexts if tick.time > scene.view.start)
    painter.drawLines([QLineF(x, made.axis.top + 2, x, bottom) for x in starts])


def scale_top(scene: Scene) -> int:
    """The count at the histogram's upper scale line."""
    return ceiling(int(scene.frame.totals.max())) if scene.frame.totals.size else 2


def paint_histogram(painter: QPainter, scene: Scene, look: Tokens) -> None:
    """Exact counts of all lanes together, with a scale."""
    made, band, frame = scene.layout, scene.layout.histogram, scene.frame
    ground, height = band.bottom - _FOOT, band.height - _FOOT - _TOP
    top = scale_top(scene)
    size = theme.scale()
    label(painter, Band(band.top + 18, 18 * size), scene.gutter_title, look.text, theme.font("strong"))
    words = step_label(frame.step) + (", square root" if scene.root else "")
    label(painter, Band(band.top + 18 + 17 * size, 18 * size), words, look.text2, theme.font("small"))
    if band.height > 86 * size:
        label(painter, Band(band.bottom - 16 - 18 * size, 18 * size), legend(scene), look.text3, theme.font("small"))
    painter.setFont(theme.font("small"))
    for value in (top, top // 2):
        share = (value / top) ** 0.5 if scene.root else value / top
        y = round(ground - share * height)
        painter.setPen(QPen(QColor(look.line), 1))
        painter.drawLine(QLineF(made.left, y, made.right, y))
        painter.setPen(QColor(look.text2))
        painter.drawText(QRectF(made.left - 210, y - 15, 200, 30), int(_RIGHT), f"{value:,}")
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(look.histogram))
    painter.drawRects(bars(scene, scene.view))
    painter.fillRect(QRectF(made.left, ground, made.plot, 1), QColor(look.line_strong))
    rule(painter, band.bottom, scene, look.line)


def bars(scene: Scene, within: View) -> list[QRectF]:
    """The histogram's bars whose bins begin inside `within`."""
    made, band, frame = scene.layout, scene.layout.histogram, scene.frame
    ground, height = band.bottom - _FOOT, band.height - _FOOT - _TOP
    share = frame.totals / scale_top(scene)
    tall = ((np.sqrt(share) if scene.root else share) * height).tolist()
    pixels = np.round(made.left + (frame.edges - scene.view.start) * (made.plot / scene.view.span))
    xs = np.clip(pixels, made.left, made.right).tolist()
    inside = (frame.edges[:-1] + frame.step > within.start) & (frame.edges[:-1] < within.end) & (frame.totals > 0)
    return [
        QRectF(xs[i], ground - max(tall[i], 1.0), max(xs[i + 1] - xs[i] - 1, 1.0), max(tall[i], 1.0))
        for i in np.flatnonzero(inside).tolist()
        if xs[i + 1] > xs[i]
    ]


def legend(scene: Scene) -> str:
    """What the lanes' marks of ink mean."""
    if scene.frame.dots is not None:
        return "One dot is one event"
    return "Darker: busier" if scene.same_scale else "Darker: busier than usual"


def ramp(look: Tokens) -> NDArray[np.uint32]:
    """`SHADES` + 1 opaque colours, 0xAARRGGBB; the first is transparent: an empty cell is not drawn."""
    return _ramp(look, 1.0)


@lru_cache(maxsize=8)
def _ramp(look: Tokens, strength: float) -> NDArray[np.uint32]:
    colours = [0]
    for shade in range(1, SHADES + 1):
        mixed = QColor(look.blend("ramp_high", "ramp_low", 0.12 + 0.88 * shade / SHADES))
        alpha = round(255 * strength)
        red, green, blue = (part * alpha // 255 for part in (mixed.red(), mixed.green(), mixed.blue()))
        colours.append(alpha << 24 | red << 16 | green << 8 | blue)
    return np.array(colours, dtype=np.uint32)


def density_image(scene: Scene, look: Tokens, ratio: float) -> QImage:
    """All lanes' cells as one picture, filled by numpy.

    Three thousand rounded rectangles cost one copy instead of as many calls.
    """
    made, frame = scene.layout, scene.frame
    width, lanes = max(round(made.plot * ratio), 1), len(scene.shown.lanes)
    height = max(round(made.lane_height * ratio), 1)
    edges = np.round((frame.edges - scene.view.start) * (width / scene.view.span)).astype(np.int64)
    columns = np.arange(width)
    of = np.clip(np.searchsorted(edges, columns, side="right") - 1, 0, frame.totals.size - 1)
    gap = max(round(ratio), 1)
    left = columns - edges[of]
    right = edges[of + 1] - gap - 1 - columns
    levels = np.where((right < 0)[None, :], 0, frame.shades[:, of])
    full = ramp(look)[levels]
    soft = _ramp(look, 0.45)[np.where(((left == 0) | (right == 0))[None, :], levels, 0)]
    corners = np.where(soft != 0, soft, full)
    pixels = np.zeros((lanes, height, width), dtype=np.uint32)
    air = round((6 if made.lane_height >= 30 else 4) * ratio)
    pixels[:, air : height - air, :] = full[:, None, :]
    for row in range(gap):
        pixels[:, air + row, :] = corners
        pixels[:, height - air - 1 - row, :] = corners
    flat = np.ascontiguousarray(pixels.reshape(lanes * height, width))
    image = QImage(flat.data, width, lanes * height, width * 4, QImage.Format.Format_ARGB32_Premultiplied).copy()
    image.setDevicePixelRatio(ratio)
    return image


def paint_lanes(painter: QPainter, scene: Scene, look: Tokens, ratio: float) -> None:
    """Labels, counts, cells or dots, gaps and the places of rows set aside."""
    made, area = scene.layout, scene.layout.lanes_area
    painter.save()
    painter.setClipRect(QRectF(0, area.top, made.width, area.height))
    if scene.shown.lanes and scene.frame.dots is None:
        target = QPointF(made.left, made.lanes_top - made.scroll)
        painter.drawImage(target, density_image(scene, look, ratio))
    strong = theme.font("body")
    metrics = QFontMetricsF(strong)
    for row, lane in enumerate(scene.shown.lanes):
        band = made.lane(row)
        if band.bottom < area.top or band.top > area.bottom:
            continue
        if row == scene.active:
            painter.fillRect(QRectF(0, band.top, made.left - 4, band.height - 1), QColor(look.accent_soft))
            painter.fillRect(QRectF(0, band.top, 3, band.height - 1), QColor(look.accent))
        icon = theme.pixmap(scene.icons[row], "text2")
        painter.drawPixmap(QPointF(LEFT_MARGIN, band.top + (band.height - 16) / 2), icon)
        number = f"{scene.frame.in_lanes[row]:,}"
        room = made.left - 10 - QFontMetricsF(theme.font("small")).horizontalAdvance(number) - 8 - (LEFT_MARGIN + 24)
        text = metrics.elidedText(lane.label, Qt.TextElideMode.ElideRight, room)
        label(painter, band, text, look.text, strong, LEFT_MARGIN + 24)
        count(painter, band, number, look.text2, made.left)
        rule(painter, band.bottom, scene, look.line)
    painter.setClipRect(QRectF(made.left, area.top, made.plot, area.height))
    _paint_gaps(painter, scene, look)
    if scene.frame.dots is not None:
        _paint_dots(painter, scene, look)
    _paint_asides(painter, scene, look)
    painter.restore()
    if made.most_scroll:
        _paint_scroll(painter, scene, look)


def _paint_scroll(painter: QPainter, scene: Scene, look: Tokens) -> None:
    """Where the lanes in sight stand among all: turning the wheel over their names moves them."""
    made, area = scene.layout, scene.layout.lanes_area
    whole = scene.layout.lanes * made.lane_height
    tall = max(area.height * area.height / whole, 20)
    top = area.top + (area.height - tall) * made.scroll / made.most_scroll
    painter.fillRect(QRectF(made.width - 9, top, 5, tall), QColor(look.line_strong))


def _paint_dots(painter: QPainter, scene: Scene, look: Tokens) -> None:
    made = scene.layout
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    pen = QPen(QColor(look.blend("ramp_high", "ramp_low", 0.62)), 7)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    painter.setPen(pen)
    for row, times in enumerate(scene.frame.dots or ()):
        band = made.lane(row)
        y = band.top + band.height / 2
        xs = made.left + (times - scene.view.start) * (made.plot / scene.view.span)
        painter.drawPoints([QPointF(x, y) for x in xs.tolist()])
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def _paint_gaps(painter: QPainter, scene: Scene, look: Tokens) -> None:
    made = scene.layout
    for gap in scene.layers.gaps:
        row = scene.row(gap.code)
        x0, x1 = max(scene.x(gap.start), made.left), min(scene.x(gap.end), made.right)
        if row is None or x1 - x0 < 2:
            continue
        band = made.lane(row)
        box = QRectF(x0, band.top + 6, x1 - x0, band.height - 12)
        painter.fillRect(box, QBrush(QColor(look.line_strong), Qt.BrushStyle.BDiagPattern))
        painter.setFont(theme.font("caption"))
        room = QFontMetricsF(theme.font("caption")).horizontalAdvance(gap.reason) + 12
        if box.width() > room + 16:
            middle = QRectF(box.center().x() - room / 2, box.top(), room, box.height())
            painter.fillRect(middle, QColor(look.surface))
            painter.setPen(QColor(look.text2))
            painter.drawText(middle, int(Qt.AlignmentFlag.AlignCenter), gap.reason)


def _paint_asides(painter: QPainter, scene: Scene, look: Tokens) -> None:
    for aside in scene.layers.asides:
        row = scene.row(aside.code)
        if row is None or not scene.view.contains(aside.time):
            continue
        band = scene.layout.lane(row)
        painter.fillRect(QRectF(round(scene.x(aside.time)) - 1, band.bottom - 8, 2, 7), QColor(look.bad))
