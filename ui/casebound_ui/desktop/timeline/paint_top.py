"""Paints the upper bands of the canvas: overview, axis and findings."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QPixmap

from casebound_ui.desktop import theme
from casebound_ui.desktop.timeline.layout import Band
from casebound_ui.desktop.timeline.marks import LETTER, Chip, chips
from casebound_ui.desktop.timeline.scene import Scene
from casebound_ui.desktop.timeline.ticks import ROOM, Axis, axis
from casebound_ui.desktop.tokens import Tokens

LEFT_MARGIN = 16.0
_BAR = 3  # pixels of one overview bar with its gap
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


class Strip:
    """The overview's bars and marks, painted once for a set of events, a width and a theme."""

    def __init__(self) -> None:
        self._of: tuple[object, ...] = ()
        self._drawn = QPixmap()

    def paint(self, painter: QPainter, scene: Scene, look: Tokens, ratio: float) -> None:
        """The whole case as bars, every mark as an amber tick above them, and the window that is in view."""
        made, band = scene.layout, scene.layout.overview
        label(painter, band, "Whole case", look.text2, theme.font("small"))
        of = (scene.shown, scene.layers.points, scene.whole, made.plot, look, ratio)
        # The events are compared by identity: comparing sixteen million times would cost more than painting them.
        if not self._of or of[0] is not self._of[0] or of[1:] != self._of[1:]:
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


def _paint_strip(painter: QPainter, scene: Scene, look: Tokens) -> None:
    plot, height = scene.layout.plot, scene.layout.overview.height
    bars = max(int(plot // _BAR), 1)
    edges = np.linspace(0, scene.whole.span, bars + 1).astype(np.int64) + scene.whole.start
    counts = np.diff(np.searchsorted(scene.shown.times, edges))
    painter.setPen(Qt.PenStyle.NoPen)
    if counts.size and counts.max() > 0:
        # A square root, so that quiet weeks stay visible beside a burst: this strip is for finding one's way, not for
        # reading numbers.
        tall = np.maximum(np.sqrt(counts / counts.max()) * (height - 8), 1.0)
        painter.setBrush(QColor(look.line_strong))
        painter.drawRects(
            [QRectF(at * _BAR, height - tall[at], _BAR - 1, tall[at]) for at in np.flatnonzero(counts).tolist()]
        )
    painter.setBrush(QColor(look.mark_fill))
    for x in sorted({round(scene.whole.x(point.time, plot)) for point in scene.layers.points}):
        painter.drawRect(QRectF(min(x, plot - 2), 0, 2, 6))


def _paint_window(painter: QPainter, scene: Scene, look: Tokens) -> None:
    if scene.view.start <= scene.whole.start and scene.view.end >= scene.whole.end:
        return
    made, band = scene.layout, scene.layout.overview
    x0 = made.left + max(scene.whole.x(scene.view.start, made.plot), 0.0)
    x1 = made.left + min(scene.whole.x(scene.view.end, made.plot), made.plot)
    if x1 - x0 < 6:  # never too thin to grab
        middle = min(max((x0 + x1) / 2, made.left + 3), made.right - 3)
        x0, x1 = middle - 3, middle + 3
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    fill = QColor(look.accent)
    fill.setAlphaF(0.16)
    painter.setBrush(fill)
    painter.setPen(QPen(QColor(look.accent), 1.75))
    painter.drawRoundedRect(QRectF(x0, band.top - 0.5, x1 - x0, band.height + 1), 4, 4)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def paint_axis(painter: QPainter, scene: Scene, look: Tokens) -> Axis:
    """Dates and clock times. Returns the ticks, for the lines that go down through the lanes."""
    made, band = scene.layout, scene.layout.axis
    label(painter, band, "Time (UTC)", look.text2, theme.font("small"))
    ticks = axis(scene.view, made.plot, ROOM * theme.scale())
    strong = theme.font("caption")
    painter.setFont(strong)
    painter.setPen(QColor(look.text))
    metrics = QFontMetricsF(strong)
    upper = QRectF(0, band.top, 0, band.height / 2 + 1)
    nexts = [*(scene.x(tick.time) for tick in ticks.contexts[1:]), made.right][: len(ticks.contexts)]
    for index, (tick, until) in enumerate(zip(ticks.contexts, nexts, strict=True)):
        x = max(scene.x(tick.time), made.left)
        room = until - x - 10
        if metrics.horizontalAdvance(tick.label) <= room or (index and room > 60):
            painter.drawText(QRectF(x + 6, upper.top(), room, upper.height()), int(_CENTRE_LEFT), tick.label)
    painter.setFont(theme.font("small"))
    painter.setPen(QColor(look.text2))
    lower = band.top + band.height / 2
    for tick in ticks.ticks:
        x = scene.x(tick.time)
        half = QFontMetricsF(theme.font("small")).horizontalAdvance(tick.label) / 2
        if made.left + half <= x <= made.right - half + 8:
            box = QRectF(x - 60, lower - 1, 120, band.height / 2)
            painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), tick.label)
    rule(painter, band.bottom, scene, look.line)
    return ticks


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
