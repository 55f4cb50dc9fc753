"""A saved view as a small picture in the window: drawn by the timeline's own canvas, out of sight."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QPixmap

from casebound.case import SavedView
from casebound.errors import CaseboundError
from casebound_ui.desktop import theme
from casebound_ui.desktop.session import CaseSession
from casebound_ui.desktop.timeline.arrangement import Arranged, Arrangement
from casebound_ui.desktop.timeline.canvas import Canvas
from casebound_ui.desktop.timeline.lane_icons import icon_for
from casebound_ui.desktop.timeline.marks import Layers
from casebound_ui.desktop.timeline.scale import View

WIDTH, LEAST, TOP, LANE = 860, 330, 236, 24  # pixels of the picture, and of its parts

Read = Callable[[Callable[[], object], Callable[[object], None]], None]
"""Asks something of the rows, and gives the answer on the main thread (`Browsing.read`)."""


class ViewPreview:
    """Draws one view at a time; what is overtaken by another is not drawn."""

    def __init__(self, session: CaseSession, read: Read) -> None:
        self._session, self._read = session, read
        self._round = 0

    def ask(self, view: SavedView, done: Callable[[QPixmap | None, str], None]) -> None:
        """The picture, or None and why there is none; with it, how many events it shows of how many."""
        self._round += 1
        number, events, snapshot = self._round, self._session.events, self._session.snapshot
        lanes = view.lanes or "source"

        def read() -> tuple[Arranged, Layers] | str:
            if number != self._round:
                return ""
            arrangement = Arrangement(events)
            try:
                return arrangement.arrange(lanes, view.where, snapshot), arrangement.layers(snapshot, lanes)
            except CaseboundError as error:
                return error.title

        def drawn(found: object) -> None:
            if number != self._round:
                return
            if isinstance(found, str):
                done(None, found)
            elif isinstance(found, tuple):
                done(*_picture(view, lanes, *found))

        self._read(read, drawn)


def _picture(view: SavedView, lanes: str, arranged: Arranged, layers: Layers) -> tuple[QPixmap | None, str]:
    shown, bounds = arranged.shown, arranged.bounds
    if bounds is None:
        return None, "The case has no events."
    start = bounds.start if view.from_us is None else view.from_us
    end = bounds.end if view.to_us is None else view.to_us
    canvas = Canvas()
    try:
        tall = max(LEAST, TOP + LANE * len(shown.lanes))
        canvas.resize(round(WIDTH * theme.scale()), round(tall * theme.scale()))
        canvas.gutter_title = "All events" if arranged.selection is None else "Filtered events"
        canvas.show_events(shown, [icon_for(lane.label, lanes) for lane in shown.lanes], bounds)
        canvas.show_layers(layers)
        canvas.move_to(View(start, end), settle=True)
        low, high = shown.ranks(View(start, end))
        return canvas.grab(), f"{high - low:,} of {shown.of:,} events"
    finally:
        canvas.deleteLater()
