"""Keeps canvas, table and filter on the same events: what is read, and what is in view."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

import numpy as np

from casebound import filtering
from casebound.case import EventId
from casebound.errors import CaseboundError
from casebound.events import Events, Selection
from casebound_ui.desktop.session import CaseSession, Kinds
from casebound_ui.desktop.timeline import columns
from casebound_ui.desktop.timeline.arrangement import Arranged, Arrangement
from casebound_ui.desktop.timeline.badges import badges
from casebound_ui.desktop.timeline.bins import Times
from casebound_ui.desktop.timeline.canvas import Canvas
from casebound_ui.desktop.timeline.cells import SourceName
from casebound_ui.desktop.timeline.counting import Counts, brief_stretch
from casebound_ui.desktop.timeline.coveredvalues import NOTHING_COVERED, CoveredValues
from casebound_ui.desktop.timeline.dates import edge_text
from casebound_ui.desktop.timeline.emphasis import words_of
from casebound_ui.desktop.timeline.filter_field import FilterField, State
from casebound_ui.desktop.timeline.lane_icons import icon_for
from casebound_ui.desktop.timeline.listed import Listed
from casebound_ui.desktop.timeline.marks import Aside, Layers
from casebound_ui.desktop.timeline.reader import Reader
from casebound_ui.desktop.timeline.scale import View, duration
from casebound_ui.desktop.timeline.scene import Stretch
from casebound_ui.desktop.timeline.table import EventTable
from casebound_ui.desktop.wording import inert

T = TypeVar("T")

NO_EVENTS = "No events yet. Bring in an export on the Sources screen; its rows appear here."


def _nothing() -> None:
    """Nobody follows yet."""


class Browsing:
    """The timeline's state. `told` is called whenever the line of counts, or what is empty, has changed."""

    def __init__(
        self,
        session: CaseSession,
        canvas: Canvas,
        table: EventTable,
        field: FilterField,
        told: Callable[[], None],
    ) -> None:
        self.session = session
        self.canvas, self.table, self.filter = canvas, table, field
        self.field = "source"
        self.colour = ""  # the column that events are coloured by
        self.where = ""
        self._wanted = ""  # the filter that was asked for last, unless it was refused
        self._turned = False  # whether lanes or colours were asked for that are not shown yet
        self.covered = NOTHING_COVERED  # values and events that are not to be read here
        self.arranged: Callable[[], None] = _nothing  # events or lanes are new
        self.listed: Callable[[], None] = _nothing  # the rows are new
        self._told = told
        self._reader = Reader(session.board.desk, self._failed)
        self._arrangement = Arrangement(session.events)
        self._arranged: Arranged | None = None
        self._round = 0
        self.list = Listed(session, table, self.read, told, lambda: self.listed(), self._marked)
        self._unsubscribe = session.changed.add(self._changed)
        canvas.moved.connect(lambda view: told())
        canvas.settled.connect(lambda view: self._show_rows())
        canvas.ranged.connect(self._ranged)
        field.asked.connect(self.ask)
        field.judged.connect(told)
        self._names()
        self._read(self.where)

    def close(self) -> None:
        self._unsubscribe()
        self.list.close()
        self._reader.close()

    @property
    def ready(self) -> bool:
        """Whether the events have been read once."""
        return self._arranged is not None

    @property
    def idle(self) -> bool:
        """Whether everything that was asked for has been read."""
        return self._reader.idle and self.list.idle

    # Reading

    def read(
        self,
        call: Callable[[], T],
        done: Callable[[T], None],
        failed: Callable[[Exception], None] | None = None,
        *,
        about: str = "",
    ) -> None:
        """Ask something of the events on the reading thread; `about` is what it overtakes (`Reader.ask`)."""
        self._reader.ask(call, done, failed, about=about)

    def by(self, field: str) -> None:
        """Lanes by another column: "source", "actor", "action", or any column of the exports."""
        if field != self.field:
            self.field = field
            self.canvas.choose_lane(None)
            self._turn()

    def colour_by(self, field: str) -> None:
        """Colour the events by a column; "" by none."""
        if field != self.colour:
            self.colour = field
            self._turn()

    def cover(self, covered: CoveredValues) -> None:
        """Name no values but those that are not covered."""
        self.covered = covered
        self._turn()

    def ask(self, where: str) -> None:
        """Filter the events. A filter that cannot be read changes nothing but the field's words."""
        self._read(where)

    def filter_by(self, field: str, value: str, exclude: bool = False) -> None:
        """Show only the events with this value of a field, or leave them out: a term more in the filter."""
        term = filtering.term(field, value, exclude=exclude)
        try:
            where = filtering.with_term(self.filter.text, term)
        except CaseboundError:  # what stands in the field is not understood: the last filter that was counts
            where = filtering.with_term(self.where, term)
        self.filter.put(where)

    def _turn(self) -> None:
        """Show the events otherwise: those of the filter that was asked for last, also where it is still being read."""
        self._turned = True
        self._read(self._wanted)

    def _read(self, where: str) -> None:
        self._round += 1
        self._wanted = where
        number, arrangement, field, snapshot = self._round, self._arrangement, self.field, self.session.snapshot
        colour, covered = self.colour, self.covered

        def done(arranged: Arranged | None) -> None:
            if arranged is not None and number == self._round:
                self.where, self._turned = where, False
                self.table.show_words(words_of(where))
                self.filter.accept(where)
                self._show(arranged)
                # What stands over the events comes behind the first rows: a person waits for those.
                if self.table.rows.rowCount():
                    self.table.rows.cell(0, columns.TIME)  # asks for its page
                self._read_layers()

        def failed(error: Exception) -> None:
            if number != self._round:
                return
            if isinstance(error, CaseboundError):
                self.filter.refuse(where, error)
                refused, self._wanted = where, self.where
                if self._turned and refused != self.where:  # the lanes are not to blame
                    self._read(self.where)
                else:
                    self._read_layers()  # what people did is shown all the same
            else:
                self._failed(error)

        def job() -> Arranged | None:
            # What has been overtaken by another key is not worth reading.
            return arrangement.arrange(field, where, snapshot, colour, covered) if number == self._round else None

        self._reader.ask(job, done, failed, about="events")

    def _failed(self, error: Exception) -> None:
        if not self.session.closed:  # a case that is let go in the middle of a read is no fault
            self.session.failed(error)

    def _read_layers(self) -> None:
        arrangement, field, snapshot = self._arrangement, self.field, self.session.snapshot

        def done(layers: Layers) -> None:
            if arrangement is self._arrangement and field == self.field:
                self.canvas.show_layers(layers)
                self.table.rows.show_badges(badges(snapshot))

        def whole(asides: tuple[Aside, ...]) -> None:
            if arrangement is self._arrangement and field == self.field == "source":
                self.canvas.show_layers(replace(self.canvas.layers, asides=asides))

        self._reader.ask(lambda: arrangement.layers(snapshot, field), done, about="layers")
        if field == "source":
            self._reader.ask(lambda: arrangement.asides(snapshot), whole, about="asides")

    def _changed(self, kinds: Kinds) -> None:
        self._names()
        if "sources" in kinds:
            self._arrangement = Arrangement(self.session.events)
            self._read(self._wanted)
        elif kinds & {"marks", "exhibits", "findings", "attachments"}:
            if self._wanted:
                self._read(self._wanted)  # a filter may ask for what has just been written, such as has:note
            else:
                self._read_layers()
        self._told()

    def _names(self) -> None:
        self.table.rows.sources = {
            source.number: SourceName(inert(source.name, 200), icon_for(source.name))
            for source in self.session.snapshot.sources
        }

    def _show(self, arranged: Arranged) -> None:
        self._arranged = arranged
        shown = arranged.shown
        self.table.show_digits(decimals(arranged.events.times))
        canvas = self.canvas
        canvas.empty_text = "" if shown.of else NO_EVENTS
        canvas.gutter_title = "All events" if arranged.selection is None else "Filtered events"
        canvas.show_events(shown, [icon_for(lane.label, self.field) for lane in shown.lanes], arranged.bounds)
        self.arranged()
        self._show_rows()

    # What is in view

    @property
    def span(self) -> View:
        """The stretch whose events are listed: the dragged range if there is one, else the view."""
        stretch: Stretch | None = self.canvas.stretch
        return stretch.view if stretch is not None else self.canvas.view

    @property
    def events(self) -> Events:
        """The events on the screen. Positions count in these: after an import the case has others, until those are
        read too.
        """
        return self._arranged.events if self._arranged is not None else self._arrangement.events

    @property
    def selection(self) -> Selection | None:
        """The events that the filter lets through; None where it is everything."""
        return self._arranged.selection if self._arranged is not None else None

    @property
    def ranks(self) -> tuple[int, int]:
        """The ranks, among those the filter lets through, of the first listed event and of the first behind them."""
        return self.canvas.shown.ranks(self.span)

    @property
    def in_view(self) -> int:
        low, high = self.canvas.shown.ranks(self.span)
        return high - low

    @property
    def counted(self) -> Counts:
        """How many events are listed, and where all the others are."""
        shown, span, times = self.canvas.shown, self.span, self.events.times
        low, high = shown.ranks(span)
        first, stop = np.searchsorted(times, np.array([span.start, span.end], dtype=np.int64)) if shown.of else (0, 0)
        hidden = int(stop) - int(first) - (high - low)
        sources = self.session.snapshot.sources
        return Counts(
            listed=high - low,
            hidden=hidden,
            elsewhere=shown.count - (high - low),
            elsewhere_hidden=shown.of - shown.count - hidden,
            of=shown.of,
            aside=sum(source.quarantined for source in sources),
            untimed=sum(source.kept - source.timed for source in sources),
            selected=self.table.picked_count,
            stretch=f"{edge_text(span.start, span.span)} to {edge_text(span.end, span.span)} UTC",
            length=duration(span.span),
            brief=brief_stretch(span.start, span.end),
            order=self.list.words,
            unread=self.filter.state is State.INVALID,
        )

    @property
    def counts(self) -> str:
        """“146,007 of 1,000,000 · 10 Mar 2026 00:00 to 16 Mar 2026 00:00 UTC · 6 d”."""
        return self.counted.lines[0] if self.canvas.shown.of else "0 of 0"

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
        self.list.show(shown, low, high, arranged.selection, arranged.events)
        self.listed()
        self._told()

    def row_of(self, position: int) -> int | None:
        """The row of the table in which the event at `position` of all is listed, if it is."""
        return self.list.order.row(position) if self.list.events is self.events else None

    def position_at(self, row: int) -> int | None:
        """The place, among `list.events`, of the event in a row of the table; None while it is not known yet."""
        return self.list.order.position(row)

    def _marked(self) -> tuple[int, ...]:
        return tuple(point.position for point in self.canvas.layers.points)

    def code(self, position: int) -> int:
        """The lane code of the event at `position` of all; -1 before anything has been read."""
        codes = self._arranged.codes if self._arranged is not None else None
        return int(codes[position]) if codes is not None and 0 <= position < codes.size else -1

    def place(self, event: EventId, done: Callable[[int | None], None]) -> None:
        """Ask where an event stands among all of them."""
        arrangement = self._arrangement
        self._reader.ask(lambda: arrangement.place(event), done)


def decimals(times: Times) -> int:
    """How many decimals of a second a few hundred of the times need: 0, 3 or 6."""
    few = times[:: max(times.size // 300, 1)]
    if not np.any(few % 1_000_000):
        return 0
    return 6 if np.any(few % 1_000) else 3
