"""Fills parts of bars and swatches with the colour and the pattern of a value."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter

from casebound_ui.desktop.timeline.colours import Paint
from casebound_ui.desktop.tokens import Tokens

_PATTERNED = 8.0  # pixels from which a part is high enough for its pattern; the order is the same in all of them
_PATTERNS = {
    "rising": Qt.BrushStyle.BDiagPattern,
    "falling": Qt.BrushStyle.FDiagPattern,
    "level": Qt.BrushStyle.HorPattern,
    "upright": Qt.BrushStyle.VerPattern,
    "crossed": Qt.BrushStyle.CrossPattern,
    "dotted": Qt.BrushStyle.Dense6Pattern,
}


def fill(painter: QPainter, parts: list[QRectF], paint: Paint, look: Tokens) -> None:
    """Draw rectangles as one value; a pattern where a part is high enough for it."""
    painter.setBrush(QColor(paint.on(look.name)))
    painter.drawRects(parts)
    large = [part for part in parts if part.height() >= _PATTERNED]
    if paint.pattern and large:
        over = QColor(look.surface)
        over.setAlphaF(0.55)
        painter.setBrush(QBrush(over, _PATTERNS[paint.pattern]))
        painter.drawRects(large)
