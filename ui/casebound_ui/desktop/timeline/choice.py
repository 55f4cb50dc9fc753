"""The one event that canvas, table and inspector agree on, and every way to come to another."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from casebound.case import Event, EventId
from casebound.events import Events
from casebound_ui.desktop.session import CaseSession, Kinds
from casebound_ui.desktop.timeline import stepping
from casebound_ui.desktop.timeline.browsing import Browsing
from casebound_ui.desktop.timeline.inspector import Inspector
from casebound_ui.desktop.timeline.marks import Point
from casebound_ui.desktop.timeline.scale import fitted
from casebound_ui.desktop.timeline.scene import Chosen


class Choice:
    """Chooses events. An event stays chosen while filters, lanes and sources change around it."""

    def __init__(self, session: CaseSession, browsing: Browsing, inspector: Inspector) -> None:
        self.event: Event | None = None
        self.veil: Callable[[Event], Event] = lambda event: event  # what may be shown of it
        self._session, self._browsing, self._inspector = session, browsing, inspector
        self._canvas, self._table = browsing.canvas, browsing.table
        self._unsubscribe = session.changed.add(self._changed)
        browsing.arranged, browsing.listed = self._follow, self._mark_row
        self._canvas.picked.connect(lambda position, code: self.choose(position))
        self._table.chosen.connect(self._row_chosen)
        self._canvas.stepped.connect(lambda by: self.step(by, lane=True))
        self._table.opened.connect(self._row_opened)
        inspector.stepped.connect(self.step)

    def close(self) -> None:
        self._unsubscribe()

    def choose(self, position: int, of: Events | None = None) -> None:
        """Choose the event at `position` of all, wherever it is; `of` other events than those on the screen, by name.

        It comes into view, into the table and into the inspector.
        """
        events, browsing = self._browsing.events, self._browsing
        if not browsing.ready or not 0 <= position < (of or events).times.size:
            return
        if of is not None and of is not events:
            browsing.read(lambda: of.page(position, position + 1), lambda found: self.go_to(found[0].id))
            return
        chosen = Chosen(int(events.times[position]), position, browsing.code(position))
        self._canvas.show_chosen(chosen)
        self._canvas.reveal(chosen.time)
        self._mark_row()

        def done(found: Sequence[Event]) -> None:
            if found and self._canvas.chosen == chosen:
                self.event = found[0]
                self._inspect()
                if browsing.events is not events:
                    self._follow()  # the events on the screen are others by now, and its place may be another

        browsing.read(lambda: events.page(position, position + 1), done)

    def choose_none(self) -> None:
        self.event = None
        self._canvas.show_chosen(None)
        self._table.choose(None)
        self._inspect()

    def go_to(self, event: EventId) -> None:
        """Show an event from another screen, by its name."""

        def done(position: int | None) -> None:
            if position is not None:
                self.choose(position)

        self._browsing.place(event, done)

    def step(self, by: int, *, lane: bool = False) -> None:
        """The event after (or before) the chosen one, among those shown, or in the active lane only."""
        shown, chosen = self._canvas.shown, self._canvas.chosen
        if chosen is None:
            rank = stepping.at_edge(shown, self._browsing.span, by)
        elif lane:
            rank = stepping.in_lane(shown, self._canvas.active, chosen, by)
        else:
            rank = stepping.among_shown(shown, chosen, by)
        if rank is not None:
            self.choose(shown.position(rank))

    def step_mark(self, by: int) -> None:
        """The marked event after (or before) the chosen one; from nothing chosen, after the start of the view."""
        layers, chosen = self._canvas.layers, self._canvas.chosen
        time, position = (chosen.time, chosen.position) if chosen is not None else (self._canvas.view.start, -1)
        point: Point | None = layers.after(time, position) if by > 0 else layers.before(time, position)
        if point is None and layers.points:
            point = layers.points[0 if by > 0 else -1]
        if point is not None:
            self.choose(point.position)

    def centre(self) -> None:
        """Put the chosen event in the middle; once it is there, fit the view closely around it."""
        chosen = self._canvas.chosen
        if chosen is None:
            return
        view = self._canvas.view.centred(chosen.time)
        if view == self._canvas.view:
            view = fitted(chosen.time, chosen.time)
        self._canvas.move_to(view, settle=True)

    # Following what changes

    def _row_chosen(self, row: int) -> None:
        position = self._browsing.position_at(row)
        if position is not None:  # else the order of that row is still being worked out
            self.choose(position, self._browsing.list.events)

    def _row_opened(self, row: int) -> None:
        self._inspector.show()
        self._row_chosen(row)

    def _mark_row(self) -> None:
        chosen = self._canvas.chosen
        self._table.choose(None if chosen is None else self._browsing.row_of(chosen.position))

    def _follow(self) -> None:
        """Keep the chosen event chosen after its place or its lane has changed."""
        event = self.event
        if event is None:
            return

        def done(position: int | None) -> None:
            if position is not None and self.event is not None and self.event.id == event.id:
                self._canvas.show_chosen(Chosen(event.time_us, position, self._browsing.code(position)))
                self._mark_row()

        self._browsing.place(event.id, done)

    def _changed(self, kinds: Kinds) -> None:
        self._inspect()

    def _inspect(self) -> None:
        snapshot, event = self._session.snapshot, self.event
        source = next((s for s in snapshot.sources if event is not None and s.number == event.source), None)
        shown = None if event is None else self.veil(event)
        self._inspector.show_event(event, source, snapshot, shown)
        self._inspector.original.setVisible(event is not None and shown is event)  # it would show what is covered

    def show_anew(self) -> None:
        """What may be shown of the event is another matter now."""
        self._inspect()
