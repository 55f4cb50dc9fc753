"""Keeps canvas, table, inspector and filter on the same events: what is read, what is in view, what is chosen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

import numpy as np

from casebound.case import Event, EventId
from casebound.errors import CaseboundError
from casebound_ui.desktop.session import CaseSession, Kinds
from casebound_ui.desktop.timeline import stepping
from casebound_ui.desktop.timeline.arrangement import Arranged, Arrangement
from casebound_ui.desktop.timeline.badges import badges
from casebound_ui.desktop.timeline.bins import NOTHING, Times
from casebound_ui.desktop.timeline.canvas import Canvas
from casebound_ui.desktop.timeline.dates import edge_text
from casebound_ui.desktop.timeline.filter_field import FilterField
from casebound_ui.desktop.timeline.inspector import Inspector
from casebound_ui.desktop.timeline.lane_icons import icon_for
from casebound_ui.desktop.timeline.marks import Aside, Layers, Point
from casebound_ui.desktop.timeline.reader import Reader
from casebound_ui.desktop.timeline.scale import View, duration, fitted
from casebound_ui.desktop.timeline.scene import Chosen, Stretch
from casebound_ui.desktop.timeline.table import EventTable, SourceName

T = TypeVar("T")

NO_EVENTS = "No events yet. Bring in an export on the Sources screen; its rows appear here."


class Browsing:
    """The timeline's state. `told` is called whenever the line of counts, or what is empty, has changed."""

    def __init__(
        self,
        session: CaseSession,
        canvas: Canvas,
        table: EventTable,
        inspector: Inspector,
        field: FilterField,
        told: Callable[[], None],
    ) -> None:
        self.session = session
        self.canvas, self.table, self.inspector, self.filter = canvas, table, inspector, field
        self.field = "source"
        self.where = ""
        self.event: Event | None = None
        self._told = told
        self._reader = Reader(session.board.desk, lambda error: session.failed(error))
        self._arrangement = Arrangement(session.events)
        self._arranged: Arranged | None = None
        self._listed = NOTHING
        self._round = 0
        self._low = self._high = 0
        self._unsubscribe = session.changed.add(self._changed)
        canvas.moved.connect(lambda view: told())
        canvas.settled.connect(lambda view: self._show_rows())
        canvas.ranged.connect(self._ranged)
        canvas.picked.connect(lambda position, code: self.choose(position))
        table.chosen.connect(self._row_chosen)
        table.opened.connect(self._row_opened)
        inspector.stepped.connect(self.step)
        field.asked.connect(self.ask)
        self._names()
        self._read(self.where)

    def close(self) -> None:
        self._unsubscribe()
        self._reader.close()

    @property
    def ready(self) -> bool:
        """Whether the events have been read once."""
        return self._arranged is not None

    @property
    def idle(self) -> bool:
        """Whether everything that was asked for has been read."""
        return self._reader.idle

    # Reading

    def read(self, call: Callable[[], T], done: Callable[[T], None]) -> None:
        """Ask something of the events on the reading thread."""
        self._reader.ask(call, done)

    def by(self, field: str) -> None:
        """Lanes by another column: "source", "actor", "action", or any column of the exports."""
        if field != self.field:
            self.field = field
            self.canvas.choose_lane(None)
            self._read(self.where)

    def ask(self, where: str) -> None:
        """Filter the events. A filter that cannot be read changes nothing but the field's words."""
        self._read(where)

    def _read(self, where: str) -> None:
        self._round += 1
        number, arrangement, field, snapshot = self._round, self._arrangement, self.field, self.session.snapshot

        def done(arranged: Arranged) -> None:
            if number == self._round:
                self.where = where
                self.filter.accept(where)
                self._show(arranged)

        def failed(error: Exception) -> None:
            if number != self._round:
                return
            if isinstance(error, CaseboundError):
                self.filter.refuse(where, error)
            else:
                self.session.failed(error)

        self._reader.ask(lambda: arrangement.arrange(field, where, snapshot), done, failed)
        self._read_layers()

    def _read_layers(self) -> None:
        arrangement, field, snapshot = self._arrangement, self.field, self.session.snapshot

        def done(layers: Layers) -> None:
            if arrangement is self._arrangement and field == self.field:
                self.canvas.show_layers(layers)
                self.table.rows.show_badges(badges(snapshot))

        def whole(asides: tuple[Aside, ...]) -> None:
            if arrangement is self._arrangement and field == self.field == "source":
                self.canvas.show_layers(replace(self.canvas.layers, asides=asides))

        self._reader.ask(lambda: arrangement.layers(snapshot, field), done)
        if field == "source":
            self._reader.ask(lambda: arrangement.asides(snapshot), whole)

    def _changed(self, kinds: Kinds) -> None:
        self._names()
        if "sources" in kinds:
            self._arrangement = Arrangement(self.session.events)
            self._read(self.where)
        elif kinds & {"marks", "exhibits", "findings", "attachments"}:
            if self.where:
                self._read(self.where)  # a filter may ask for what has just been written, such as has:note
            else:
                self._read_layers()
        self._inspect()
        self._told()

    def _names(self) -> None:
        self.table.rows.sources = {
            source.number: SourceName(source.name, icon_for(source.name)) for source in self.session.snapshot.sources
        }

    def _show(self, arranged: Arranged) -> None:
        self._arranged = arranged
        shown = arranged.shown
        self.table.show_digits(decimals(self._arrangement.events.times))
        canvas = self.canvas
        canvas.empty_text = "" if shown.of else NO_EVENTS
        canvas.gutter_title = "All events" if arranged.selection is None else "Filtered events"
        canvas.show_events(shown, [icon_for(lane.label, self.field) for lane in shown.lanes], arranged.bounds)
        if self.event is not None:
            self._follow(self.event)
        self._show_rows()

    # What is in view

    @property
    def span(self) -> View:
        """The stretch whose events are listed: the dragged range if there is one, else the view."""
        stretch: Stretch | None = self.canvas.stretch
        return stretch.view if stretch is not None else self.canvas.view

    @property
    def in_view(self) -> int:
        low, high = self.canvas.shown.ranks(self.span)
        return high - low

    @property
    def counts(self) -> str:
        """“146,007 of 1,000,000 · 10 Mar 2026 00:00 to 16 Mar 2026 00:00 · 6 d”."""
        shown, span = self.canvas.shown, self.span
        if not shown.of:
            return "0 of 0"
        parts = [f"{self.in_view:,} of {shown.of:,}"]
        parts.append(f"{edge_text(span.start, span.span)} to {edge_text(span.end, span.span)} UTC")
        parts.append(duration(span.span))
        return "  ·  ".join(parts)

    @property
    def hidden(self) -> int:
        """How many events of the case the filter hides."""
        return self.canvas.shown.of - self.canvas.shown.count

    def _ranged(self, stretch: Stretch | None) -> None:
        self._told()
        if stretch is None:
            self._show_rows()
        else:
            self.canvas.rest()

    def _show_rows(self) -> None:
        shown = self.canvas.shown
        low, high = shown.ranks(self.span)
        arranged = self._arranged
        if arranged is None:
            return
        if (low, high) != (self._low, self._high) or shown is not self._listed:
            self._low, self._high, self._listed = low, high, shown
            events, selection = self.session.events, arranged.selection

            def fetch(first: int, stop: int, deliver: Callable[[Sequence[Event]], None]) -> None:
                start, end = low + first, min(low + stop, high)
                self._reader.ask(lambda: events.page(start, end, selection), deliver)

            self.table.rows.show(high - low, fetch)
        self._mark_row()
        self._told()

    def _mark_row(self) -> None:
        chosen = self.canvas.chosen
        rank = None if chosen is None else self.canvas.shown.rank(chosen.position)
        inside = rank is not None and self._low <= rank < self._high
        self.table.choose(rank - self._low if rank is not None and inside else None)

    # What is chosen

    def choose(self, position: int) -> None:
        """Choose the event at `position` of all, wherever it is.

        It comes into view, into the table and into the inspector.
        """
        times, arranged = self._arrangement.events.times, self._arranged
        if arranged is None or not 0 <= position < times.size:
            return
        chosen = Chosen(int(times[position]), position, int(arranged.codes[position]))
        self.canvas.show_chosen(chosen)
        self.canvas.reveal(chosen.time)
        self._mark_row()
        events = self.session.events

        def done(found: Sequence[Event]) -> None:
            if found and self.canvas.chosen == chosen:
                self._inspect_event(found[0])

        self._reader.ask(lambda: events.page(position, position + 1), done)

    def choose_none(self) -> None:
        self.event = None
        self.canvas.show_chosen(None)
        self.table.choose(None)
        self._inspect()

    def go_to_event(self, event: EventId) -> None:
        """Show an event from another screen, by its name."""
        arrangement = self._arrangement

        def done(position: int | None) -> None:
            if position is not None:
                self.choose(position)

        self._reader.ask(lambda: arrangement.place(event), done)

    def step(self, by: int, *, lane: bool = False) -> None:
        """The event after (or before) the chosen one, among those shown, or in the active lane only."""
        shown, chosen = self.canvas.shown, self.canvas.chosen
        if chosen is None:
            rank = stepping.at_edge(shown, self.span, by)
        elif lane:
            rank = stepping.in_lane(shown, self.canvas.active, chosen, by)
        else:
            rank = stepping.among_shown(shown, chosen, by)
        if rank is not None:
            self.choose(shown.position(rank))

    def step_mark(self, by: int) -> None:
        """The marked event after (or before) the chosen one, or the middle of the view."""
        layers, chosen = self.canvas.layers, self.canvas.chosen
        view = self.canvas.view
        time, position = (chosen.time, chosen.position) if chosen is not None else (view.start, -1)
        point: Point | None = layers.after(time, position) if by > 0 else layers.before(time, position)
        if point is None and layers.points:
            point = layers.points[0 if by > 0 else -1]
        if point is not None:
            self.choose(point.position)

    def centre(self) -> None:
        """Put the chosen event in the middle; once it is there, fit the view closely around it."""
        chosen = self.canvas.chosen
        if chosen is None:
            return
        view = self.canvas.view.centred(chosen.time)
        if view == self.canvas.view:
            view = fitted(chosen.time, chosen.time)
        self.canvas.move_to(view, settle=True)

    def _row_chosen(self, row: int) -> None:
        self.choose(self.canvas.shown.position(self._low + row))

    def _row_opened(self, row: int) -> None:
        self._row_chosen(row)
        self.inspector.show()

    def _follow(self, event: Event) -> None:
        """Keep the chosen event chosen after its place or its lane has changed."""
        arrangement = self._arrangement

        def done(position: int | None) -> None:
            if position is not None and self.event is not None and self.event.id == event.id and self._arranged:
                code = int(self._arranged.codes[position])
                self.canvas.show_chosen(Chosen(event.time_us, position, code))
                self._mark_row()

        self._reader.ask(lambda: arrangement.place(event.id), done)

    def _inspect_event(self, event: Event) -> None:
        self.event = event
        self._inspect()
        self._told()

    def _inspect(self) -> None:
        snapshot, event = self.session.snapshot, self.event
        source = next((s for s in snapshot.sources if event is not None and s.number == event.source), None)
        self.inspector.show_event(event, source, snapshot)


def decimals(times: Times) -> int:
    """How many decimals of a second a few hundred of the times need: 0, 3 or 6."""
    few = times[:: max(times.size // 300, 1)]
    if not np.any(few % 1_000_000):
        return 0
    return 6 if np.any(few % 1_000) else 3
