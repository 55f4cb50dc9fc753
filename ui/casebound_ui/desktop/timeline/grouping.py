"""Brings rows that are selected, a dragged range, or a value into the inspector; and lets values be marked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QMenu

from casebound_ui.desktop import choosing
from casebound_ui.desktop.session import Kinds
from casebound_ui.desktop.timeline.scene import Stretch
from casebound_ui.desktop.timeline.subjects import MOST_EXHIBITS, Entity, Many, Range, Rows, Subject
from casebound_ui.desktop.wording import counted

if TYPE_CHECKING:
    from casebound_ui.desktop.timeline.screen import TimelineScreen


class Grouping:
    """What was done last wins: selecting rows, dragging a range, choosing an event, asking for a value."""

    def __init__(self, screen: TimelineScreen) -> None:
        self._screen = screen
        self._many: Many | None = None
        inspector, canvas, table = screen.inspector, screen.canvas, screen.table
        inspector.value_menu = self._value_menu
        group = inspector.group
        group.listed, group.query = self._rows, self._query
        if screen.surroundings is not None:
            ask = screen.surroundings.ask
            group.ask = lambda title, meaning, act, run: ask(title, meaning, "Cancel", act, run)
        group.closed.connect(self._close)
        group.attach_wanted.connect(self._attach)
        group.composer.closed.connect(self._focus_back)
        group.chooser.closed.connect(self._focus_back)
        canvas.ranged.connect(self._ranged)
        canvas.settled.connect(lambda view: self._show_range())
        canvas.picked.connect(lambda position, code: self._show(None))
        table.chosen.connect(lambda row: self._chosen())
        table.picked_changed.connect(self._picked)
        screen.value_acts.append(("Mark this value everywhere…", self.show_entity))
        self._unsubscribe = screen.session.changed.add(self._changed)

    def close(self) -> None:
        self._unsubscribe()

    def show_entity(self, field: str, value: str) -> None:
        """A value wherever it stands: what is marked on it, and the acts on it."""
        self._screen.inspector.show()
        self._show(Entity(field, value))

    def _show(self, subject: Subject | None) -> None:
        group = self._screen.inspector.group
        if subject is not None or group.subject is not None:
            self._screen.inspector.show_group(subject, self._screen.session.snapshot)

    def _picked(self, *, by_hand: bool = False) -> None:
        screen, group = self._screen, self._screen.inspector.group
        if isinstance(group.subject, Many) and group.writing and not by_hand:
            return  # a filter or an import changed the list: what is being written is for the rows it was begun on
        count = screen.selected_count
        if count > 1:
            rows = screen.selected()
            many = Many(rows if len(rows) == count else Rows(rows.events, ()), count)
            # The same rows, listed anew under a range that was dragged since, are no new selection.
            if many != self._many or not isinstance(screen.inspector.group.subject, Range):
                self._many = many
                self._show(many)
        elif isinstance(screen.inspector.group.subject, Many):
            self._show(None)

    def _chosen(self) -> None:
        """A row was chosen by hand; with others, what is done is done to all of them."""
        if self._screen.selected_count <= 1:
            self._show(None)
        else:
            self._picked(by_hand=True)

    def _ranged(self, stretch: Stretch | None) -> None:
        if stretch is None and isinstance(self._screen.inspector.group.subject, Range):
            self._show(None)
            self._picked()  # rows that are still selected are shown again

    def _show_range(self) -> None:
        screen, stretch = self._screen, self._screen.canvas.stretch
        if stretch is not None:
            browsing = screen.browsing
            low, high = browsing.ranks
            self._show(Range(stretch.start, stretch.end, high - low, bool(browsing.where)))

    def _attach(self) -> None:
        subject, acts = self._screen.inspector.group.subject, self._screen.inspector.group.acts
        if isinstance(subject, Many):
            words = f"Attach to {counted(subject.count, 'event')}"
            choosing.files(self._screen, words, choosing.ANY, lambda paths: acts.attach(subject.rows, paths))

    def _rows(self) -> Rows:
        """The events of the range that the filter lets through: one more than an act takes, to tell too many."""
        low, high = self._screen.browsing.ranks
        shown = self._screen.canvas.shown
        ranks = range(low, min(high, low + MOST_EXHIBITS + 1))
        return Rows(self._screen.browsing.events, tuple(shown.position(rank) for rank in ranks))

    def _query(self) -> tuple[str, str]:
        return self._screen.browsing.where, self._screen.browsing.field

    def _value_menu(self, menu: QMenu, field: str, value: str) -> None:
        for words, act in self._screen.value_acts:
            menu.addAction(words).triggered.connect(lambda checked=False, run=act: run(field, value))
        menu.addSeparator()

    def _changed(self, kinds: Kinds) -> None:
        inspector = self._screen.inspector
        if inspector.group.subject is not None:
            inspector.show_group(inspector.group.subject, self._screen.session.snapshot)

    def _close(self) -> None:
        if isinstance(self._screen.inspector.group.subject, Range):
            self._screen.canvas.show_range(None)
        self._show(None)

    def _focus_back(self) -> None:
        screen = self._screen
        if isinstance(screen.inspector.group.subject, Many):
            self._picked()  # what is selected by now
        (screen.table if screen.table.row is not None else screen.canvas).setFocus()
