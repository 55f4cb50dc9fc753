"""Paints what changes while nothing else does: the dragged range, the chosen event, and the words under the pointer."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from casebound_ui.desktop import theme
from casebound_ui.desktop.timeline.layout import Zone
from casebound_ui.desktop.timeline.paint_histogram import bars
from casebound_ui.desktop.timeline.paint_shapes import HALF, draw_diamond
from casebound_ui.desktop.timeline.paint_top import width_of
from casebound_ui.desktop.timeline.placing import LINE
from casebound_ui.desktop.timeline.scale import duration
from casebound_ui.desktop.timeline.scene import Chosen, Hover, Scene, Stretch
from casebound_ui.desktop.tokens import Tokens
from casebound_ui.desktop.wording import counted

_CENTRE = int(Qt.AlignmentFlag.AlignCenter)


def paint_range(painter: QPainter, scene: Scene, stretch: Stretch, look: Tokens, held: str = "") -> None:
    """The range: a tint between two edges that can be taken hold of.

    `held` is "start" or "end" where the keyboard has hold of that edge.
    """
    made = scene.layout
    top, bottom = made.histogram.top, made.lanes_area.bottom
    x0, x1 = scene.x(stretch.start), scene.x(stretch.end)
    left, right = max(x0, made.left), min(x1, made.right)
    _paint_below(painter, scene, stretch, look)
    if right < left:
        return
    tint = QColor(look.accent)
    tint.setAlphaF(0.10)
    painter.fillRect(QRectF(left, top, right - left, bottom - top), tint)
    if scene.stack is None:
        painter.save()
        painter.setClipRect(QRectF(left, top, right - left, bottom - top))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(look.accent))
        painter.drawRects(bars(scene, stretch.view))
        painter.restore()
    free = made.histogram.top + 3 + 19 * theme.scale() + 14  # under the words
    y = max(made.histogram.middle + 6, free)
    for x, name in ((x0, "start"), (x1, "end")):
        if made.left - 1 <= x <= made.right + 1:
            painter.fillRect(QRectF(round(x) - 1, top, 2, bottom - top), QColor(look.accent))
            _grip(painter, round(x), y, look, held=held == name)


def paint_range_words(painter: QPainter, scene: Scene, stretch: Stretch, look: Tokens) -> None:
    """How long the range is and how many events it has, also where it lies beyond an edge of the view."""
    made = scene.layout
    x0, x1 = scene.x(stretch.start), scene.x(stretch.end)
    said = f"{duration(stretch.end - stretch.start)}  ·  {counted(scene.count(stretch.start, stretch.end), 'event')}"
    if x1 < made.left:
        _pill(painter, scene, made.left, f"‹ {said}", look)
    elif x0 > made.right:
        _pill(painter, scene, made.right, f"{said} ›", look)
    else:
        _pill(painter, scene, (max(x0, made.left) + min(x1, made.right)) / 2, said, look)


def _paint_below(painter: QPainter, scene: Scene, stretch: Stretch, look: Tokens) -> None:
    """The range in the overview, as a line along its foot."""
    made, band = scene.layout, scene.layout.overview
    x0 = max(made.left + scene.whole.x(stretch.start, made.plot), made.left)
    x1 = min(made.left + scene.whole.x(stretch.end, made.plot), made.right)
    if x1 >= x0:
        painter.fillRect(QRectF(x0, band.bottom - 2, max(x1 - x0, 2), 2), QColor(look.accent))


def _grip(painter: QPainter, x: float, y: float, look: Tokens, *, held: bool) -> None:
    wide, tall = (9, 22) if held else (6, 16)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(look.accent), 2 if held else 1.5))
    painter.setBrush(QColor(look.accent if held else look.surface))
    painter.drawRoundedRect(QRectF(x - wide / 2, y - tall / 2, wide, tall), 3, 3)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def _pill(painter: QPainter, scene: Scene, centre: float, text: str, look: Tokens) -> None:
    made, size = scene.layout, theme.scale()
    width = width_of(text, "caption") + 16
    centre = min(max(centre, made.left + width / 2), made.right - width / 2)
    box = QRectF(round(centre - width / 2), made.histogram.top + 3, round(width), round(19 * size))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(look.accent))
    painter.drawRoundedRect(box, box.height() / 2, box.height() / 2)
    painter.setFont(theme.font("caption"))
    painter.setPen(QColor(look.on_accent))
    painter.drawText(box, _CENTRE, text)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def paint_chosen(painter: QPainter, scene: Scene, chosen: Chosen, look: Tokens) -> None:
    """The chosen event: a dashed line through all lanes, a ring in its own, a tick in the overview."""
    made = scene.layout
    x = made.left + scene.whole.x(chosen.time, made.plot)
    painter.fillRect(QRectF(round(x), made.overview.top, 1, made.overview.height), QColor(look.accent))
    if not scene.view.contains(chosen.time):
        return
    x = scene.x(chosen.time)
    pen = QPen(QColor(look.accent), 1.25)
    pen.setDashPattern([3, 2])
    painter.setPen(pen)
    top = made.marks.top if made.marks.height else made.histogram.top
    painter.drawLine(QLineF(round(x) + 0.5, top, round(x) + 0.5, made.lanes_area.bottom))
    marked = any(point.position == chosen.position for point in scene.layers.within(scene.view))
    row = scene.row(chosen.code)
    if row is None or not made.in_sight(row):
        if not (marked and made.marks.height):
            return
        row = LINE
    y = scene.mark_y(row)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(QColor(look.surface))
    painter.setPen(QPen(QColor(look.accent), 2))
    painter.drawEllipse(QPointF(x, y), 9, 9)
    hidden = scene.shown.rank(chosen.position) is None
    if marked:
        draw_diamond(painter, x, y, HALF + 0.5, look, hollow=hidden)
    else:
        painter.setPen(QPen(QColor(look.accent), 1.5))
        painter.setBrush(QColor(look.surface if hidden else look.accent))
        painter.drawEllipse(QPointF(x, y), 4, 4)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def paint_pointer(painter: QPainter, scene: Scene, hover: Hover, look: Tokens) -> None:
    """A hairline under the pointer, through everything that shares its time."""
    made = scene.layout
    if not made.left <= hover.x <= made.right:
        return
    line = QColor(look.text2)
    line.setAlphaF(0.55)
    if hover.zone is Zone.OVERVIEW:
        painter.fillRect(QRectF(round(hover.x), made.overview.top, 1, made.overview.height), line)
    elif hover.zone in (Zone.AXIS, Zone.FINDINGS, Zone.MARKS, Zone.HISTOGRAM, Zone.LEGEND, Zone.LANES):
        top = made.axis.bottom - 4
        painter.fillRect(QRectF(round(hover.x), top, 1, made.lanes_area.bottom - top), line)


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
