"""Paints people's marks over every count: each in its lane, or on the line of marks, with the ranges they marked."""

from __future__ import annotations

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from casebound_ui.desktop import theme
from casebound_ui.desktop.timeline.paint_shapes import AIR, HALF, diamond
from casebound_ui.desktop.timeline.paint_top import LEFT_MARGIN, count, elided, label, rule
from casebound_ui.desktop.timeline.placing import LINE, brackets, crowds
from casebound_ui.desktop.timeline.scene import Scene
from casebound_ui.desktop.tokens import Tokens

_CENTRE = int(Qt.AlignmentFlag.AlignCenter)
_LEFT = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
_WORDS = 70.0  # pixels a bracket has before it shows what was written


def paint_marks(painter: QPainter, scene: Scene, look: Tokens) -> None:
    """A diamond for every mark in view, hollow where the filter hides its event; a count where they overlap."""
    made, ratio = scene.layout, painter.device().devicePixelRatioF()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for row, drawn in scene.standing.rows.items():
        y = scene.mark_y(row)
        full, hollow = diamond(HALF, look, ratio, False), diamond(HALF, look, ratio, True)
        top = y - HALF - AIR
        for one in drawn:
            painter.drawPixmap(QPointF(made.left + one.x - HALF - AIR, top), hollow if one.hidden else full)
        for x, number in crowds(drawn):
            _badge(painter, made.left + x + 5, y - 8, number, look)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def paint_line(painter: QPainter, scene: Scene, look: Tokens) -> None:
    """The line of marks: ranges as amber brackets, and a name for the marks that stand on it."""
    made, band = scene.layout, scene.layout.marks
    if not band.height:
        return
    painter.drawPixmap(QPointF(LEFT_MARGIN, band.top + (band.height - 16) / 2), theme.pixmap("diamond", "mark"))
    number = len(scene.layers.within(scene.view)) + len(scene.layers.ranges_within(scene.view))
    label(painter, band, "Marks in view", look.text, theme.font("body"), LEFT_MARGIN + 24)
    count(painter, band, f"{number:,}", look.text2, made.left)
    painter.save()
    painter.setClipRect(QRectF(made.left - 1, band.top, made.plot + 2, band.height))
    drawn = brackets(scene.layers.ranges, scene.view, made.plot)
    taken = [made.left + one.x for one in scene.standing.rows.get(LINE, ())]
    top, tall = round(band.top + 5), round(band.height - 11)
    soft = QColor(look.mark_fill)
    soft.setAlphaF(0.16)
    for bracket in drawn:
        painter.fillRect(QRectF(made.left + bracket.x0, top, bracket.x1 - bracket.x0, tall), soft)
    for at, bracket in enumerate(drawn):
        x0, x1 = made.left + bracket.x0, made.left + bracket.x1
        painter.setPen(QPen(QColor(look.mark), 2))
        painter.drawLine(QLineF(x0 + 1, top + tall, x1 - 1, top + tall))
        whole = [one for one in bracket.ranges if one.start >= scene.view.start]
        if whole:
            painter.drawLine(QLineF(x0 + 1, top, x0 + 1, top + tall))
        if any(one.end < scene.view.end for one in bracket.ranges):
            painter.drawLine(QLineF(x1 - 1, top, x1 - 1, top + tall))
        until = min((made.left + other.x0 for other in drawn[at + 1 :]), default=made.right)
        until = min([until, x1, *(x - HALF - 3 for x in taken if x > x0)])
        if until - x0 >= _WORDS:
            _bracket_words(painter, QRectF(x0 + 6, top, until - x0 - 10, tall - 1), bracket.ranges[0].text, look)
        if len(bracket.ranges) > 1:
            _badge(painter, x1 - 4, band.top + 7, len(bracket.ranges), look)
    painter.restore()
    rule(painter, band.bottom, scene, look.line)


def _bracket_words(painter: QPainter, box: QRectF, text: str, look: Tokens) -> None:
    painter.setFont(theme.font("caption"))
    painter.setPen(QColor(look.mark))
    painter.drawText(box, _LEFT, elided(text or "Bookmarked", "caption", box.width()))


def _badge(painter: QPainter, x: float, y: float, number: int, look: Tokens) -> None:
    """How many marks overlap."""
    size = theme.scale()
    font = theme.font("caption")
    font.setPixelSize(max(round(9 * size), 8))
    text, tall = f"{number:,}", round(13 * size)
    width = max(QFontMetricsF(font).horizontalAdvance(text) + 6, tall)
    box = QRectF(x - 3, y - tall / 2, width, tall)
    painter.setPen(QPen(QColor(look.mark), 1))
    painter.setBrush(QColor(look.surface))
    painter.drawRoundedRect(box, tall / 2, tall / 2)
    painter.setFont(font)
    painter.setPen(QColor(look.mark))
    painter.drawText(box, _CENTRE, text)
