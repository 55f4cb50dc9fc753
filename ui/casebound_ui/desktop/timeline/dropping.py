"""Files dropped on an event of the timeline: on a row of the table, or on a mark of the canvas."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint
from PySide6.QtGui import QDragMoveEvent, QDropEvent

from casebound.case import EventId
from casebound_ui.desktop.timeline.inspector import dropped_files

if TYPE_CHECKING:
    from casebound_ui.desktop.timeline.screen import TimelineScreen


def follow(screen: TimelineScreen, event: QDragMoveEvent) -> None:
    """Take what is over an event; the rest goes to the window."""
    over = event_under(screen, event.position().toPoint())
    if not screen.session.read_only and over is not None and dropped_files(event.mimeData()):
        event.acceptProposedAction()
    else:
        event.ignore()


def take(screen: TimelineScreen, event: QDropEvent) -> None:
    """Attach what was dropped to the event under the pointer."""
    found, paths = event_under(screen, event.position().toPoint()), dropped_files(event.mimeData())
    if found is None or not paths:
        event.ignore()
        return
    event.acceptProposedAction()
    screen.acts.attach(found, paths)


def event_under(screen: TimelineScreen, at: QPoint) -> EventId | None:
    """The event at a point of the screen: a row of the table, or a mark on the canvas."""
    viewport = screen.table.viewport()
    inside = viewport.mapFrom(screen, at)
    if viewport.isVisible() and viewport.rect().contains(inside):
        event = screen.table.rows.event(screen.table.rowAt(inside.y()))
        return event.id if event is not None else None
    on_canvas = screen.canvas.mapFrom(screen, at)
    if screen.canvas.rect().contains(on_canvas):
        point = screen.canvas.gestures.mark_at(on_canvas.toPointF())
        return point.event if point is not None else None
    return None
