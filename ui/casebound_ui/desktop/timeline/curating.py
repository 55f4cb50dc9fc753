"""From the timeline to the evidence timeline: events, many at once, and ranges. What is told becomes an exhibit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casebound.case import ChronologyEntry
from casebound.document import Case
from casebound.errors import BadRequest
from casebound_ui.desktop.commands import Command
from casebound_ui.desktop.timeline import keys
from casebound_ui.desktop.timeline.saved_prompt import TitlePrompt
from casebound_ui.desktop.timeline.subjects import Rows
from casebound_ui.desktop.wording import counted

if TYPE_CHECKING:
    from casebound_ui.desktop.timeline.screen import TimelineScreen


MOST = 1_000  # events that are told at once


def tell(case: Case, rows: Rows) -> tuple[ChronologyEntry, ...]:
    """Put events on the evidence timeline, in the order of time; those that are no exhibits become exhibits.

    Raises `NothingToDo` where all of them are there, and `BadRequest` where they are too many to be told.
    """
    if len(rows) > MOST:
        raise BadRequest(
            f"More than {MOST:,} events are chosen, and each of them would become an exhibit.",
            "Choose those that a reader must see, or add the range as one entry.",
            meaning="Nothing was changed.",
        )
    chosen = Rows(rows.events, tuple(sorted(rows.positions))).read()
    known = {exhibit.event for exhibit in case.snapshot().exhibits}
    new = [event for event in chosen if event.id not in known]
    if new:
        case.make_exhibits(new)
    numbers = {exhibit.event: exhibit.number for exhibit in case.snapshot().exhibits}
    return case.add_entries([numbers[event.id] for event in chosen if event.id in numbers])


class Curating:
    """Two commands, and their place in the context menu."""

    def __init__(self, screen: TimelineScreen) -> None:
        self._screen = screen
        self.prompt = TitlePrompt(screen, screen.canvas)
        events = Command(
            "timeline-tell",
            "Add to the evidence timeline",
            "The chosen events; they become exhibits",
            self.add_events,
            key="Y",
            menu="Evidence",
            scope=keys.SCOPE,
            icon="list-checks",
            enabled=self._any,
        )
        stretch = Command(
            "timeline-tell-range",
            "Add the range to the evidence timeline",
            "From its beginning to its end, with words of your own",
            self.add_range,
            key="Shift+Y",
            menu="Evidence",
            scope=keys.SCOPE,
            icon="move-horizontal",
            enabled=self._ranged,
        )
        for command in (events, stretch):
            keys.bind(screen, screen.commands, command)
        screen.menu.append(("timeline-tell", "timeline-tell-range"))

    def close(self) -> None:
        """Nothing was taken that must be given back."""

    def add_events(self) -> None:
        """Put the chosen events on the evidence timeline."""
        session, rows = self._screen.session, self._screen.selected()

        def done(entries: tuple[ChronologyEntry, ...]) -> None:
            self._note(f"{counted(len(entries), 'event')} on the evidence timeline. It is in custody.")

        session.change(lambda case: tell(case, rows), done)

    def add_range(self) -> None:
        """Ask for words, then put the dragged range there."""
        stretch, session = self._screen.canvas.stretch, self._screen.session
        if stretch is None:
            return
        first, last = stretch.start, max(stretch.end - 1, stretch.start)  # both belong to an entry

        def add(caption: str) -> None:
            session.change(
                lambda case: case.add_entry(from_us=first, to_us=last, caption=caption),
                lambda entry: self._note(f"{entry.number} is on the evidence timeline. It is in custody."),
            )

        self.prompt.ask("What happened in this range?", "", add)

    def _note(self, words: str) -> None:
        around = self._screen.surroundings
        if around is not None:
            around.note(words)

    def _any(self) -> bool:
        screen = self._screen
        return screen.isVisible() and not screen.session.read_only and bool(screen.selected_count)

    def _ranged(self) -> bool:
        screen = self._screen
        return screen.isVisible() and not screen.session.read_only and screen.canvas.stretch is not None
