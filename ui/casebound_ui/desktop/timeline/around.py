"""All events of all sources shortly before and after one event, whatever the filter hides."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QAbstractItemView, QComboBox, QWidget

from casebound.case import Event
from casebound.events import Events
from casebound.selections import Facet
from casebound.work import Progress
from casebound_ui.desktop.commands import Command
from casebound_ui.desktop.controls import Button, Elided, column, row
from casebound_ui.desktop.records import Cell, Field
from casebound_ui.desktop.timeline import keys
from casebound_ui.desktop.timeline.asking import Asking
from casebound_ui.desktop.timeline.dates import clock_text, date_text, long_text
from casebound_ui.desktop.timeline.paged import PagedTable
from casebound_ui.desktop.timeline.rows import LONG, SourceName
from casebound_ui.desktop.timeline.scale import MINUTE, duration
from casebound_ui.desktop.timeline.scene import Stretch
from casebound_ui.desktop.wording import counted, inert

if TYPE_CHECKING:
    from casebound_ui.desktop.timeline.screen import TimelineScreen

MINUTES = (1, 5, 15, 60)
USUAL = 5


@dataclass(frozen=True, slots=True)
class Near:
    """An event near the chosen one: its place among all, how far away it is, and whether the filter hides it."""

    position: int
    event: Event
    away_us: int
    hidden: bool


@dataclass(frozen=True, slots=True)
class Stretched:
    """The events from `low` to `high` (exclusive) stand within `span_us` of the event at `position`."""

    position: int
    time_us: int
    span_us: int
    low: int
    high: int
    shown: int  # of them, those that the filter lets through
    sources: Facet


class AroundSheet(QWidget):
    """The events, a choice of how far they reach, and what each source has of them."""

    def __init__(
        self,
        names: Callable[[int], SourceName],
        chosen: Callable[[int], None],
        reach: Callable[[int], None],
        adopt: Callable[[], None],
    ) -> None:
        super().__init__()
        self._names = names
        self.table = PagedTable(self._fields(), "Events around this one")
        self.table.opened.connect(lambda near: chosen(near.position) if near is not None else None)
        self.minutes = QComboBox()
        self.minutes.setAccessibleName("How far before and after")
        for minutes in MINUTES:
            self.minutes.addItem(f"± {counted(minutes, 'minute')}", minutes)
        self.minutes.activated.connect(lambda at: reach(MINUTES[at]))
        self.sources = Elided("", "small", "text2")
        self.go = Button("Go to this event", self._go, icon="crosshair", tip="Go to the chosen row (Enter)")
        self.adopt = Button("Show this stretch on the timeline", adopt, icon="move-horizontal")
        self._chosen = chosen
        tools = row(self.minutes, self.sources, self.go, self.adopt, gap=8, margins=(11, 2, 8, 4))
        tools.setStretch(1, 1)
        layout = column(tools, self.table, gap=2)
        layout.setStretch(1, 1)
        self.setLayout(layout)

    def show_events(self, found: Stretched, fetch: Callable[..., None]) -> None:
        """List these events; the one they stand around is chosen and in the middle."""
        self.minutes.setCurrentIndex(MINUTES.index(found.span_us // MINUTE))
        parts = [f"{inert(value.partition(' ')[2] or value, 60)} {count:,}" for value, count in found.sources.values]
        self.sources.setText("  ·  ".join(parts))
        self.table.show_pages(found.high - found.low, fetch)
        index = self.table.records.index(found.position - found.low, 0)
        self.table.setCurrentIndex(index)
        self.table.scrollTo(index, QAbstractItemView.ScrollHint.PositionAtCenter)

    def _go(self) -> None:
        if self.table.record is not None:
            self._chosen(self.table.record.position)

    def _fields(self) -> tuple[Field, ...]:
        def source(near: Near) -> Cell:
            name = self._names(near.event.source)
            return Cell(name.name, "text2", icon=name.icon)

        def when(near: Near) -> Cell:
            # The day stands in the heading; it is said again where it is another one.
            time, day = near.event.time_us, date_text(near.event.time_us)
            other = "" if day == date_text(time - near.away_us) else f"{day[:6]} "
            return Cell(f"{other}{clock_text(time)}", "text2")

        return (
            Field("Away", 122, lambda near: Cell(away(near.away_us), "text" if near.away_us else "accent")),
            Field("Time (UTC)", 118, when),
            Field("Source", 136, source, spare=1),
            Field("Action", 130, lambda near: Cell(inert(near.event.action[:LONG])), spare=2),
            Field("Actor", 112, lambda near: Cell(inert(near.event.actor[:LONG]), "text2")),
            Field("Object", 0, lambda near: Cell(inert(near.event.object[:LONG]))),
            Field("Filter", 84, lambda near: Cell("hidden" if near.hidden else "", "neutral", chip=True)),
        )


def away(microseconds: int) -> str:
    """How far an event is from the chosen one: “2 min 13 s before”."""
    if not microseconds:
        return "same moment"
    return f"{duration(abs(microseconds))} {'before' if microseconds < 0 else 'after'}"


class Around:
    """The command, and the sheet while it is open."""

    def __init__(self, screen: TimelineScreen) -> None:
        self._screen, self._session = screen, screen.session
        self._asking = Asking(screen.session)
        self.sheet: AroundSheet | None = None
        self.found: Stretched | None = None
        self._events = screen.session.events  # what the places in the sheet count in
        screen.menu.append(("timeline-around",))
        keys.bind(
            screen,
            screen.commands,
            Command(
                "timeline-around",
                "Five minutes around this",
                "All events of all sources; the filter stays",
                self.open,
                key="V",
                menu="View",
                scope=keys.SCOPE,
                icon="clock",
                enabled=lambda: screen.isVisible() and screen.canvas.chosen is not None,
            ),
        )

    def close(self) -> None:
        self._asking.close()

    @property
    def idle(self) -> bool:
        return self._asking.idle

    def open(self, minutes: int = USUAL) -> None:
        """Show what stands around the chosen event."""
        chosen = self._screen.canvas.chosen
        if chosen is not None:
            self._ask(self._screen.browsing.events, chosen.position, minutes)

    def _ask(self, events: Events, position: int, minutes: int) -> None:
        browsing, span = self._screen.browsing, minutes * MINUTE
        selection = browsing.selection if events is browsing.events else None

        def job(progress: Progress) -> Stretched:
            progress(0, 0, "")
            low, high = events.neighbours(position, span)
            shown = high - low
            if selection is not None:
                ends = selection.positions.searchsorted([low, high])
                shown = int(ends[1] - ends[0])
            sources = events.facet("source", None, low, high, len(events.sources))
            return Stretched(position, int(events.times[position]), span, low, high, shown, sources)

        self._asking.ask(job, lambda found: self._show(events, found))

    def _show(self, events: Events, found: Stretched) -> None:
        screen = self._screen
        if self.sheet is None or screen.sheet.content is not self.sheet:
            self.sheet = AroundSheet(
                lambda number: screen.table.rows.sources.get(number, SourceName(f"S-{number:02d}", "file-text")),
                self._go,
                self._reach,
                self._adopt,
            )
        self.found, self._events = found, events
        hidden = found.high - found.low - found.shown
        said = [f"{long_text(found.time_us)}", counted(found.high - found.low, "event")]
        said.append(f"{hidden:,} of them hidden by the filter" if hidden else "none hidden by the filter")
        title = f"{counted(found.span_us // MINUTE, 'minute')} around this"
        screen.show_sheet(title, "  ·  ".join(said), self.sheet)
        shown, listed, veil = screen.canvas.shown, screen.browsing.events, screen.choice.veil

        def hides(position: int) -> bool:
            return listed is events and shown.rank(position) is None

        def fetch(first: int, stop: int, deliver: Callable[[Sequence[Near]], None]) -> None:
            start, end = found.low + first, min(found.low + stop, found.high)

            def done(page: Sequence[Event]) -> None:
                deliver(
                    [
                        Near(start + at, veil(event), event.time_us - found.time_us, hides(start + at))
                        for at, event in enumerate(page)
                    ]
                )

            screen.browsing.read(lambda: events.page(start, end), done)

        self.sheet.show_events(found, fetch)
        self.sheet.table.setFocus()

    def _reach(self, minutes: int) -> None:
        if self.found is not None:
            self._ask(self._events, self.found.position, minutes)

    def _go(self, position: int) -> None:
        """Choose an event of the sheet on the timeline, and go on from it."""
        self._screen.choice.choose(position, self._events)
        self._screen.inspector.show()

    def _adopt(self) -> None:
        """Make the stretch the dragged range of the timeline; the table comes back with it."""
        found, canvas = self.found, self._screen.canvas
        if found is None:
            return
        stretch = Stretch(found.time_us - found.span_us, found.time_us + found.span_us + 1)
        canvas.move_to(stretch.view, settle=True)
        canvas.show_range(stretch)
        self._screen.close_sheet()
