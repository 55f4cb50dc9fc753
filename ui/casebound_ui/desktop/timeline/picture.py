"""What the canvas shows now: its counts and places, made once for a view, and its painting."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap

from casebound_ui.desktop import theme
from casebound_ui.desktop.timeline import bins, paint, paint_over, words
from casebound_ui.desktop.timeline.colours import stacked
from casebound_ui.desktop.timeline.layout import RIGHT, Layout, Wanted, gutter, laid_out
from casebound_ui.desktop.timeline.paint_legend import lines_of
from casebound_ui.desktop.timeline.paint_overview import Strip
from casebound_ui.desktop.timeline.placing import Placing
from casebound_ui.desktop.timeline.scene import Scene

if TYPE_CHECKING:
    from casebound_ui.desktop.timeline.canvas import Canvas


class Picture:
    """Keeps the scene of a view and everything painted of it that the pointer does not change."""

    def __init__(self, canvas: Canvas) -> None:
        self._canvas = canvas
        self.scroll = 0.0
        self._usual = bins.Usual()
        self._strip = Strip()
        self._placing: Placing | None = None
        self._scene: Scene | None = None
        self._ground: QPixmap | None = None

    def forget(self) -> None:
        """Something else is to be shown."""
        self._scene = self._ground = None

    @property
    def scene(self) -> Scene:
        """The counts and places of what is in view now."""
        if self._scene is None:
            canvas = self._canvas
            placing = self._placed()
            made = self._laid_out(placing)
            counts = bins.frame(canvas.shown, canvas.view, made.plot, self._usual, same_scale=canvas.same_scale)
            self._scene = Scene(
                canvas.shown,
                counts,
                canvas.layers,
                placing,
                placing.standing(canvas.view, made),
                made,
                canvas.bounds,
                canvas.icons,
                canvas.active,
                canvas.same_scale,
                canvas.root,
                canvas.gutter_title,
                stacked(canvas.shown, counts),
                canvas.zone,
            )
        return self._scene

    def _placed(self) -> Placing:
        canvas, known = self._canvas, self._placing
        if known is None or known.layers is not canvas.layers or known.shown is not canvas.shown:
            self._placing = known = Placing(canvas.layers, canvas.shown)
        return known

    def _laid_out(self, placing: Placing) -> Layout:
        canvas = self._canvas
        shown, layers = canvas.shown, canvas.layers
        wanted = Wanted(
            canvas.zone is not None,
            bool(layers.ranges) or placing.homeless,
            bool(layers.points),
            lines_of(shown.colours, canvas.width() - gutter(canvas.width(), theme.scale()) - RIGHT),
        )
        made = laid_out(canvas.width(), canvas.height(), len(shown.lanes), self.scroll, theme.scale(), wanted)
        self.scroll = made.scroll
        return made

    def paint(self, painter: QPainter) -> None:
        """Everything, on the canvas."""
        canvas, scene, look = self._canvas, self.scene, theme.tokens()
        ratio = canvas.devicePixelRatioF()
        if self._ground is None or self._ground.devicePixelRatio() != ratio:
            self._ground = paint.ground(scene, ratio, canvas.empty_text, self._strip)
        painter.drawPixmap(0, 0, self._ground)
        if canvas.shown.of:
            if canvas.stretch is not None:
                paint_over.paint_range(painter, scene, canvas.stretch, look, canvas.held)
            if canvas.chosen is not None:
                paint_over.paint_chosen(painter, scene, canvas.chosen, look)
            if canvas.stretch is not None:
                paint_over.paint_range_words(painter, scene, canvas.stretch, look)
            if canvas.hover is not None:
                paint_over.paint_pointer(painter, scene, canvas.hover, look)
                said = words.under(scene, canvas.hover)
                if said is not None:
                    paint_over.paint_words(painter, scene, QPointF(canvas.hover.x, canvas.hover.y), *said, look)
        if canvas.hasFocus():
            painter.setPen(QPen(QColor(look.accent), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)  # the words of a range leave theirs behind
            painter.drawRoundedRect(QRectF(1, 1, canvas.width() - 2, canvas.height() - 2), 6, 6)
