"""Paints the legend under the histogram: what the ink of the lanes means, and which value has which colour."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from casebound_ui.desktop import theme
from casebound_ui.desktop.timeline.bins import SHADES, Colours
from casebound_ui.desktop.timeline.colours import Stack
from casebound_ui.desktop.timeline.layout import Band
from casebound_ui.desktop.timeline.paint_fill import fill
from casebound_ui.desktop.timeline.paint_shapes import SIDE, shape
from casebound_ui.desktop.timeline.paint_top import LEFT_MARGIN, elided, label, width_of
from casebound_ui.desktop.timeline.scene import Scene
from casebound_ui.desktop.tokens import Tokens

_CELLS = 5  # shades that the legend shows
_SIGNS = 32.0  # pixels of a swatch and a sign
_AIR = 16.0  # between two entries
_NAME = 150.0  # pixels of a name, at most and at normal text size
_MORE = 44.0  # of how many values are left out


@dataclass(frozen=True, slots=True)
class Entry:
    """Where one value stands in the legend: on which line, from where in the plot, how wide."""

    line: int
    x: float
    width: float


def flow(colours: Colours, plot: float) -> list[Entry]:
    """The values side by side, in as many lines as they need.

    Room is left for the largest count that can come, so that nothing moves while the view does.
    """
    found: list[Entry] = []
    line, x = 0, 0.0
    for value in colours.values:
        name = min(width_of(value.label, "small"), _NAME * theme.scale())
        wide = min(_SIGNS + name + 6 + width_of(f"{value.ranks.size:,}", "small"), plot)
        if x and x + wide > plot:
            line, x = line + 1, 0.0
        found.append(Entry(line, x, wide))
        x += wide + _AIR
    return found


def lines_of(colours: Colours | None, plot: float) -> int:
    """How many lines the legend would like to have."""
    return flow(colours, plot)[-1].line + 1 if colours is not None and colours.values else 1


def paint_legend(painter: QPainter, scene: Scene, look: Tokens) -> None:
    """What the ink of the lanes means and, where events are coloured, which value is which, with counts in view."""
    made, band, colours = scene.layout, scene.layout.legend, scene.shown.colours
    if scene.stack is None or colours is None:
        x = made.left
        if scene.frame.dots is None:
            x = _paint_ramp(painter, scene, look) + 6
        label(painter, band, elided(legend(scene), "small", made.right - x), look.text3, theme.font("small"), x)
        return
    height = band.height / made.legend_lines
    said = elided(legend(scene, short=True), "small", made.left - LEFT_MARGIN - 6)
    label(painter, Band(band.top, height), said, look.text3, theme.font("small"))
    places = flow(colours, made.plot)
    shown = [entry for entry in places if entry.line < made.legend_lines]
    if len(shown) < len(places):
        more = _MORE * theme.scale()
        while len(shown) > 1 and shown[-1].x + shown[-1].width + more > made.plot:
            shown.pop()
        x = made.left + min(shown[-1].x + shown[-1].width + _AIR, made.plot - more)
        row = Band(band.top + shown[-1].line * height, height)
        label(painter, row, f"+ {len(places) - len(shown)}", look.text2, theme.font("small"), x)
        if len(shown) == 1:
            shown = [Entry(0, 0.0, min(shown[0].width, made.plot - more))]
    for at, entry in enumerate(shown):
        place = QRectF(made.left + entry.x, band.top + entry.line * height, entry.width, height)
        _paint_entry(painter, scene, scene.stack, at, place, look)


def _paint_entry(painter: QPainter, scene: Scene, stack: Stack, at: int, place: QRectF, look: Tokens) -> None:
    """One value: how it looks, its name, how many are in view."""
    band, paint = Band(place.top(), place.height()), stack.paints[at]
    left = place.left()
    painter.setPen(Qt.PenStyle.NoPen)
    fill(painter, [QRectF(left, round(band.middle - 5), 14, 10)], paint, look)
    left += 18
    if scene.frame.dots is not None:
        sign = shape(paint, look, painter.device().devicePixelRatioF())
        painter.drawPixmap(QPointF(left - 1, round(band.middle - SIDE / 2)), sign)
        left += 14
    counted = f"{stack.in_view[at]:,}"
    room = min(place.right() - left - width_of(counted, "small") - 6, _NAME * theme.scale())
    name = elided(stack.labels[at], "small", max(room, 24.0))
    label(painter, band, name, look.text, theme.font("small"), left)
    label(painter, band, counted, look.text2, theme.font("small"), left + width_of(name, "small") + 6)


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
