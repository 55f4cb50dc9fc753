"""What lies under a point of the canvas: a mark, a marked range, a finding, an edge, the nearest event."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF

from casebound_ui.desktop.timeline.layout import Zone
from casebound_ui.desktop.timeline.marks import Chip, Point
from casebound_ui.desktop.timeline.paint_overview import window
from casebound_ui.desktop.timeline.paint_top import chip_rect, finding_chips
from casebound_ui.desktop.timeline.placing import LINE, Bracket, Diamond, brackets
from casebound_ui.desktop.timeline.scene import Scene, Stretch

GRIP = 5.0  # pixels within which an edge is taken hold of
TARGET = 8.0  # pixels within which a mark or an event is meant


def time_at(scene: Scene, x: float) -> int:
    """The time at a pixel of the canvas, held inside the plot."""
    made = scene.layout
    return scene.view.time(min(max(x - made.left, 0.0), made.plot), made.plot)


def zone_at(scene: Scene, at: QPointF) -> Zone:
    return scene.layout.zone(at.x(), at.y())


def edge_at(scene: Scene, stretch: Stretch | None, at: QPointF) -> str:
    """ "start" or "end" where the pointer is on that edge of the range, else ""."""
    if stretch is None or zone_at(scene, at) not in (Zone.HISTOGRAM, Zone.LANES, Zone.LEGEND):
        return ""
    if abs(scene.x(stretch.start) - at.x()) <= GRIP:
        return "start"
    return "end" if abs(scene.x(stretch.end) - at.x()) <= GRIP else ""


def window_edge_at(scene: Scene, at: QPointF) -> str:
    """ "start" or "end" where the pointer is on that edge of the window in the overview, else ""."""
    edges = window(scene.view, scene.whole, scene.layout)
    if edges is None or zone_at(scene, at) is not Zone.OVERVIEW or edges[1] - edges[0] < 2 * GRIP:
        return ""
    if abs(edges[0] - at.x()) <= GRIP:
        return "start"
    return "end" if abs(edges[1] - at.x()) <= GRIP else ""


def chip_at(scene: Scene, at: QPointF) -> Chip | None:
    """The finding whose label is under the pointer."""
    return next((chip for chip in finding_chips(scene) if chip_rect(chip, scene).contains(at)), None)


def diamonds_at(scene: Scene, at: QPointF) -> list[Diamond]:
    """The marks within reach of the pointer, the nearest first: in the lane under it, or on the line of marks."""
    zone = zone_at(scene, at)
    row = LINE if zone is Zone.MARKS else scene.layout.lane_at(at.y())
    if row is None or at.x() < scene.layout.left:
        return []
    x = at.x() - scene.layout.left
    near = [diamond for diamond in scene.standing.rows.get(row, ()) if abs(diamond.x - x) <= TARGET]
    return sorted(near, key=lambda diamond: abs(diamond.x - x))


def mark_at(scene: Scene, at: QPointF) -> Point | None:
    """The mark under a point, or the nearest within reach."""
    found = diamonds_at(scene, at)
    return found[0].points[0] if found else None


def bracket_at(scene: Scene, at: QPointF) -> Bracket | None:
    """The marked range under the pointer; of several the shortest."""
    if zone_at(scene, at) is not Zone.MARKS:
        return None
    x = at.x() - scene.layout.left
    found = [
        one for one in brackets(scene.layers.ranges, scene.view, scene.layout.plot) if one.x0 - 3 <= x <= one.x1 + 3
    ]
    return min(found, key=lambda one: one.x1 - one.x0, default=None)


def nearest(scene: Scene, row: int | None, time: int, *, only_dots: bool = False) -> int | None:
    """The rank of the event nearest to `time` in a lane, or in all: if it is in the same bin or within reach."""
    times, frame = scene.shown.times, scene.frame
    at = int(np.searchsorted(times, np.int64(time)))
    if row is None:
        around = [rank for rank in (at - 1, at) if 0 <= rank < times.size]
    else:
        ranks = scene.shown.lanes[row].ranks
        place = int(np.searchsorted(ranks, np.int32(at)))
        around = [int(ranks[index]) for index in (place - 1, place) if 0 <= index < ranks.size]
    reach = TARGET * scene.view.span / scene.layout.plot
    cells = frame.dots is None and not only_dots
    bin_index = frame.bin_at(time)
    fitting = [
        rank
        for rank in around
        if abs(int(times[rank]) - time) <= reach or (cells and frame.bin_at(int(times[rank])) == bin_index)
    ]
    return min(fitting, key=lambda rank: abs(int(times[rank]) - time), default=None)
