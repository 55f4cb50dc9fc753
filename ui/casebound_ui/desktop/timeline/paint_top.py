"""Paints the upper bands of the canvas: axis and findings."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from casebound_ui.desktop import theme
from casebound_ui.desktop.timeline.layout import Band
from casebound_ui.desktop.timeline.localtime import LocalZone, local_ticks
from casebound_ui.desktop.timeline.marks import LETTER, Chip, chips
from casebound_ui.desktop.timeline.scene import Scene
from casebound_ui.desktop.timeline.ticks import ROOM, Axis, Tick, axis
from casebound_ui.desktop.tokens import Tokens

LEFT_MARGIN = 16.0
_CENTRE_LEFT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
_CENTRE_RIGHT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight


def rule(painter: QPainter, y: float, scene: Scene, colour: str) -> None:
    """A hairline across the canvas, on the pixel grid."""
    painter.fillRect(QRectF(0, round(y) - 1, scene.layout.width, 1), QColor(colour))


def label(painter: QPainter, band: Band, text: str, colour: str, font: QFont, left: float = LEFT_MARGIN) -> None:
    painter.setFont(font)
    painter.setPen(QColor(colour))
    painter.drawText(QRectF(left, band.top, 400, band.height), int(_CENTRE_LEFT), text)


def count(painter: QPainter, band: Band, text: str, colour: str, right: float) -> None:
    painter.setFont(theme.font("small"))
    painter.setPen(QColor(colour))
    painter.drawText(QRectF(right - 210, band.top, 200, band.height), int(_CENTRE_RIGHT), text)


def elided(text: str, kind: str, room: float) -> str:
    """`text` in the type `kind`, shortened to `room` pixels."""
    return _elided(text, kind, round(room), theme.scale())


@lru_cache(maxsize=1_024)
def _elided(text: str, kind: str, room: int, scale: float) -> str:
    return QFontMetricsF(theme.font(kind)).elidedText(text, Qt.TextElideMode.ElideRight, room)


def width_of(text: str, kind: str) -> float:
    """How many pixels wide `text` is in the type `kind`."""
    return _width(text, kind, theme.scale())


@lru_cache(maxsize=2_048)
def _width(text: str, kind: str, scale: float) -> float:
    return QFontMetricsF(theme.font(kind)).horizontalAdvance(text)


def paint_axis(painter: QPainter, scene: Scene, look: Tokens) -> Axis:
    """Dates and clock times, in UTC and beside it on another clock.

    Returns the ticks, for the lines that go down through the lanes.
    """
    made, band = scene.layout, scene.layout.axis
    line = band.height / made.axis_lines
    label(painter, Band(band.top, 2 * line), "Time (UTC)", look.text2, theme.font("small"))
    ticks = axis(scene.view, made.plot, ROOM * theme.scale())
    painter.setFont(theme.font("caption"))
    painter.setPen(QColor(look.text))
    nexts = [*(scene.x(tick.time) for tick in ticks.contexts[1:]), made.right][: len(ticks.contexts)]
    for index, (tick, until) in enumerate(zip(ticks.contexts, nexts, strict=True)):
        x = max(scene.x(tick.time), made.left)
        room = until - x - 10
        if width_of(tick.label, "caption") <= room or (index and room > 60):
            painter.drawText(QRectF(x + 6, band.top, room, line + 1), int(_CENTRE_LEFT), tick.label)
    painter.setFont(theme.font("small"))
    painter.setPen(QColor(look.text2))
    for tick in ticks.ticks:
        _tick_label(painter, scene, tick, band.top + line - 1, line)
    if scene.zone is not None:
        _paint_local(painter, scene, scene.zone, Band(band.top + 2 * line - 1, line), look)
    rule(painter, band.bottom, scene, look.line)
    return ticks


def _tick_label(painter: QPainter, scene: Scene, tick: Tick, top: float, height: float) -> None:
    made, x = scene.layout, scene.x(tick.time)
    half = width_of(tick.label, "small") / 2
    if made.left + half <= x <= made.right - half + 8:
        box = QRectF(x - 60, top, 120, height)
        painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), tick.label)


def _paint_local(painter: QPainter, scene: Scene, zone: LocalZone, band: Band, look: Tokens) -> None:
    """The line of another clock, under UTC: its own ticks, and where it is put forward or back."""
    made, size = scene.layout, theme.scale()
    offsets = zone.offsets(scene.view)
    room = made.left - LEFT_MARGIN - 18 - width_of(offsets, "small")
    name = zone.name if width_of(zone.name, "small") <= room else zone.name.rpartition("/")[2].replace("_", " ")
    name = elided(name, "small", room)
    label(painter, band, name, look.text3, theme.font("small"))
    count(painter, band, offsets, look.text3, made.left)
    changes = [(scene.x(change.time), change) for change in zone.changes(scene.view)]
    boxes = [(x, width_of(change.words, "caption") + 8) for x, change in changes]
    painter.setFont(theme.font("small"))
    for tick in local_ticks(zone, scene.view, made.plot, ROOM * size):
        x = scene.x(tick.time)
        painter.setPen(QPen(QColor(look.line_strong), 1))
        painter.drawLine(QLineF(round(x) + 0.5, band.bottom - 1, round(x) + 0.5, band.bottom + 1))
        half = width_of(tick.label, "small") / 2
        if all(abs(x - at) > half + wide / 2 + 2 for at, wide in boxes):
            painter.setPen(QColor(look.text3))
            _tick_label(painter, scene, tick, band.top, band.height)
    painter.setFont(theme.font("caption"))
    for (x, change), (_, wide) in zip(changes, boxes, strict=True):
        box = QRectF(x - wide / 2, band.top + 1, wide, band.height - 2)
        painter.fillRect(box, QColor(look.sunken))
        painter.setPen(QColor(look.text2))
        painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), change.words)


def finding_chips(scene: Scene) -> list[Chip]:
    return chips(scene.layers.spans, scene.view, scene.layout.plot, LETTER * theme.scale())


def chip_rect(chip: Chip, scene: Scene) -> QRectF:
    band = scene.layout.findings
    height = min(band.height - 8, 20.0 * theme.scale())
    left = scene.layout.left + chip.x0
    return QRectF(left, band.top + (band.height - height) / 2, chip.x1 - chip.x0, height)


def paint_findings(painter: QPainter, scene: Scene, look: Tokens) -> None:
    """Findings as labels over the stretch they rest on; “+n” where others begin under the same label."""
    made, band = scene.layout, scene.layout.findings
    painter.drawPixmap(QPointF(LEFT_MARGIN, band.top + (band.height - 16) / 2), theme.pixmap("flag", "finding"))
    label(painter, band, "Findings", look.text, theme.font("body"), LEFT_MARGIN + 24)
    count(painter, band, f"{len(scene.layers.spans):,}", look.text2, made.left)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    border = QColor(look.finding)
    border.setAlphaF(0.35)
    for chip in finding_chips(scene):
        box = chip_rect(chip, scene)
        painter.setBrush(QColor(look.finding_soft))
        painter.setPen(QPen(border, 1))
        painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(look.finding))
        painter.drawRoundedRect(QRectF(box.left(), box.top(), 3, box.height()), 1.5, 1.5)
        painter.setPen(QColor(look.finding))
        font = theme.font("caption")
        font.setWeight(QFont.Weight.Medium)
        painter.setFont(font)
        text = chip.span.number + (f" +{chip.more}" if chip.more else "")
        inner = box.adjusted(8, 0, -4, 0)
        metrics = QFontMetricsF(font)
        if inner.width() > metrics.horizontalAdvance(text) + 40:
            text += f"  {chip.span.sentence}"
        painter.drawText(
            inner, int(_CENTRE_LEFT), metrics.elidedText(text, Qt.TextElideMode.ElideRight, inner.width() + 1)
        )
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
