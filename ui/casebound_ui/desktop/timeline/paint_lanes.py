"""Paints the ground and the lanes: counts only, no marks."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPixmap, QPolygonF

from casebound_ui.desktop import theme
from casebound_ui.desktop.timeline.bins import SHADES
from casebound_ui.desktop.timeline.doubts import ranges
from casebound_ui.desktop.timeline.localtime import nights
from casebound_ui.desktop.timeline.paint_shapes import SIDE, shape
from casebound_ui.desktop.timeline.paint_top import LEFT_MARGIN, count, elided, label, rule, width_of
from casebound_ui.desktop.timeline.scale import NIGHT_BELOW
from casebound_ui.desktop.timeline.scene import Scene
from casebound_ui.desktop.timeline.ticks import Axis
from casebound_ui.desktop.tokens import Tokens

BAR = 5.0  # pixels of the height of an uncertain time's bar
_REASON = 60.0  # pixels of a gap under which its reason is left to the pointer


def paint_ground(painter: QPainter, scene: Scene, look: Tokens, ticks: Axis) -> None:
    """Night shading, the lines of the axis and the stretches of findings, under everything else."""
    made = scene.layout
    top, bottom = made.histogram.top, made.lanes_area.bottom
    if scene.view.span < NIGHT_BELOW:
        night = QColor(look.text)
        night.setAlphaF(0.035)
        for start, end in nights(scene.zone, scene.view):
            x0, x1 = round(max(scene.x(start), made.left)), round(min(scene.x(end), made.right))
            if x1 > x0:
                painter.fillRect(QRectF(x0, top, x1 - x0, bottom - top), night)
    painter.setPen(QPen(QColor(look.line), 1))
    painter.drawLines([QLineF(x, top, x, bottom) for x in (round(scene.x(tick.time)) + 0.5 for tick in ticks.ticks)])
    painter.setPen(QPen(QColor(look.line_strong), 1))
    starts = (round(scene.x(tick.time)) + 0.5 for tick in ticks.contexts if tick.time > scene.view.start)
    painter.drawLines([QLineF(x, made.axis.top + 2, x, bottom) for x in starts])
    violet = QColor(look.finding)
    violet.setAlphaF(0.07)
    for span in scene.layers.spans:
        left, right = max(scene.x(span.start), made.left), min(scene.x(span.end), made.right)
        if right > left + 1:
            painter.fillRect(QRectF(left, top, right - left, bottom - top), violet)


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
        room = made.left - 10 - width_of(number, "small") - 8 - (LEFT_MARGIN + 24)
        label(painter, band, elided(lane.label, "body", room), look.text, strong, LEFT_MARGIN + 24)
        count(painter, band, number, look.text2, made.left)
        rule(painter, band.bottom, scene, look.line)
    painter.setClipRect(QRectF(made.left, area.top, made.plot, area.height))
    if scene.frame.dots is not None:
        _paint_doubts(painter, scene, look)
        _paint_dots(painter, scene, look, ratio)
    _paint_gaps(painter, scene, look, ratio)
    _paint_asides(painter, scene, look)
    painter.restore()
    if made.most_scroll and area.height > 0:
        _paint_scroll(painter, scene, look)


def _paint_scroll(painter: QPainter, scene: Scene, look: Tokens) -> None:
    """Where the lanes in sight stand among all: turning the wheel over their names moves them."""
    made, area = scene.layout, scene.layout.lanes_area
    whole = scene.layout.lanes * made.lane_height
    tall = min(max(area.height * area.height / whole, 20), area.height)
    top = area.top + (area.height - tall) * made.scroll / made.most_scroll
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(look.line_strong))
    painter.drawRoundedRect(QRectF(made.width - 10, top, 5, tall), 2.5, 2.5)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def _paint_dots(painter: QPainter, scene: Scene, look: Tokens, ratio: float) -> None:
    made, stack = scene.layout, scene.stack
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    pen = QPen(QColor(look.blend("ramp_high", "ramp_low", 0.62)), 7)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    painter.setPen(pen)
    for row, times in enumerate(scene.frame.dots or ()):
        y = made.lane(row).middle
        xs = (made.left + (times - scene.view.start) * (made.plot / scene.view.span)).tolist()
        if stack is None or stack.dots is None:
            painter.drawPoints([QPointF(x, y) for x in xs])
            continue
        half = SIDE / 2
        for x, value in zip(xs, stack.dots[row].tolist(), strict=True):
            painter.drawPixmap(QPointF(x - half, y - half), shape(stack.paints[value], look, ratio))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def _paint_doubts(painter: QPainter, scene: Scene, look: Tokens) -> None:
    """A bar over the range in which an event may have happened; its dot stands at the beginning of it."""
    made = scene.layout
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(look.blend("ramp_high", "surface", 0.5)), 1))
    painter.setBrush(QColor(look.blend("ramp_high", "surface", 0.22)))
    for row, stretches in enumerate(ranges(scene.shown, scene.frame)):
        y = made.lane(row).middle
        for start, end in stretches.tolist():
            x0, x1 = scene.x(start), scene.x(end)
            if x1 - x0 >= 1:
                painter.drawRoundedRect(QRectF(x0, y - BAR / 2, x1 - x0, BAR), BAR / 2, BAR / 2)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


@lru_cache(maxsize=8)
def _hatch(look: Tokens, ratio: float) -> QPixmap:
    """Diagonal lines eight pixels apart, as sharp on fine screens as on others."""
    side = 8
    made = QPixmap(round(side * ratio), round(side * ratio))
    made.setDevicePixelRatio(ratio)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(look.line_strong), 1))
    for shift in (-side, 0, side):
        painter.drawLine(QLineF(shift, side, shift + side, 0))
    painter.end()
    return made


def _paint_gaps(painter: QPainter, scene: Scene, look: Tokens, ratio: float) -> None:
    made = scene.layout
    rows = {lane.code: row for row, lane in enumerate(scene.shown.lanes)}
    for gap in scene.placing.gaps(scene.view, made.plot):
        row = rows.get(gap.code)
        x0, x1 = round(max(scene.x(gap.start), made.left)), round(min(scene.x(gap.end), made.right))
        if row is None or x1 - x0 < 2:
            continue
        band = made.lane(row)
        box = QRectF(x0, band.top + 6, x1 - x0, band.height - 12)
        painter.drawTiledPixmap(box, _hatch(look, ratio), QPointF(x0 % 8, 0))
        room = box.width() - 20
        if room < _REASON:
            continue
        text = elided(gap.reason, "caption", room)
        wide = width_of(text, "caption") + 12
        middle = QRectF(box.center().x() - wide / 2, box.top() - 1, wide, box.height() + 2)
        painter.fillRect(middle, QColor(look.surface))
        painter.setFont(theme.font("caption"))
        painter.setPen(QColor(look.text2))
        painter.drawText(middle, int(Qt.AlignmentFlag.AlignCenter), text)


def _paint_asides(painter: QPainter, scene: Scene, look: Tokens) -> None:
    """A red triangle at the foot of a lane: rows that were set aside, at the nearest place that is known."""
    rows = {lane.code: row for row, lane in enumerate(scene.shown.lanes)}
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(look.surface), 1))
    painter.setBrush(QColor(look.bad))
    for aside in scene.layers.asides:
        row = rows.get(aside.code)
        if row is None or not scene.view.contains(aside.time):
            continue
        band = scene.layout.lane(row)
        x = scene.x(aside.time)
        painter.drawPolygon(
            QPolygonF(
                [QPointF(x, band.bottom - 9), QPointF(x + 4, band.bottom - 1.5), QPointF(x - 4, band.bottom - 1.5)]
            )
        )
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
