"""Texts of sensitive sources and tags: folded wherever rows or values are listed or copied, until Space.

Which sources and tags are sensitive is a person's own choice for a case. It is kept beside the window's preferences and
not in the case: it changes what this person sees, and nothing of the evidence, of a finding or of a package.
One event is unfolded at a time. It folds again after a minute, when another is chosen, when the screen is left, and on
Ctrl+Shift+H. The first look at each is an entry of custody, once a session.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QMenu

from casebound.case import Event, EventId, MarkKind
from casebound_ui.desktop.commands import Command
from casebound_ui.desktop.session import Kinds
from casebound_ui.desktop.timeline import keys
from casebound_ui.desktop.timeline.coveredvalues import CoveredValues
from casebound_ui.desktop.timeline.kept import Kept
from casebound_ui.desktop.wellbeing import Countdown
from casebound_ui.desktop.wording import inert

if TYPE_CHECKING:
    from casebound_ui.desktop.timeline.screen import TimelineScreen

COVERED = "Covered. Space shows it"
TITLE = "Covered: marked sensitive"


class Covering(QObject):
    """Folds events; the screen's rows and its inspector show what `seen` gives."""

    def __init__(self, screen: TimelineScreen) -> None:
        super().__init__(screen)
        around = screen.surroundings
        self._screen = screen
        self._kept = Kept(around.preferences.path.parent if around is not None else None, "covered.json")
        found = self._kept.get(screen.session.snapshot.log_origin)
        self.sources = frozenset(n for n in _list(found.get("sources")) if type(n) is int)
        self.tags = frozenset(tag for tag in _list(found.get("tags")) if isinstance(tag, str))
        self._tagged: frozenset[EventId] = frozenset()
        self._told = (frozenset[int](), frozenset[str](), frozenset[EventId]())
        self._open: EventId | None = None
        self._countdown = Countdown(self, self.fold)
        self._unsubscribe = screen.session.changed.add(self._changed)
        screen.table.rows.veil = screen.choice.veil = self.seen
        screen.inspector.unfold, screen.cover_texts = self.step, self.fold
        screen.canvas.picked.connect(lambda position, code: self.fold())
        screen.table.chosen.connect(lambda row: self.fold())
        screen.toolbar.options.append(self._fill)
        screen.installEventFilter(self)
        command = Command(
            "timeline-cover",
            "Cover texts",
            "Of a source or a tag that is hard to look at; Space shows one",
            partial(screen.toolbar.show_options, self._fill_covered),
            scope=keys.SCOPE,
            icon="eye-off",
        )
        keys.bind(screen, screen.commands, command)
        self._tags_changed()

    def close(self) -> None:
        self._unsubscribe()

    # What is covered

    def covers(self, event: Event) -> bool:
        """Whether the event's texts are to be folded now."""
        return event.id != self._open and self._sensitive(event)

    def seen(self, event: Event) -> Event:
        """The event as it may be shown: itself, or with every text of it covered. Time, place and name stay."""
        if not (self.sources or self._tagged) or not self.covers(event):
            return event
        return replace(
            event, actor="", object="", action=TITLE, time_raw="", fields=dict.fromkeys(event.fields, COVERED)
        )

    def cover_source(self, number: int, on: bool) -> None:
        self.sources = self.sources | {number} if on else self.sources - {number}
        self._keep()

    def cover_tag(self, tag: str, on: bool) -> None:
        self.tags = self.tags | {tag} if on else self.tags - {tag}
        self._keep()

    # Uncovering one

    def step(self) -> bool:
        """Space: unfold the chosen event, or fold it again. False: there is nothing of it to unfold."""
        event = self._screen.choice.event
        if event is None or not self._sensitive(event):
            return False
        if self._open == event.id:
            self.fold()
            return True
        self._open = event.id
        self._countdown.start()
        self._screen.acts.opened(event.id)
        self._refresh()
        return True

    def fold(self) -> None:
        """Fold again what is unfolded."""
        self._countdown.stop()
        if self._open is not None:
            self._open = None
            self._refresh()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Hide:
            self.fold()
        return False

    def _sensitive(self, event: Event) -> bool:
        return event.source in self.sources or event.id in self._tagged

    def _changed(self, kinds: Kinds) -> None:
        if kinds & {"marks", "sources"}:
            self._tags_changed()

    def _tags_changed(self) -> None:
        marks = self._screen.session.snapshot.marks if self.tags else ()
        found = frozenset(
            mark.event
            for mark in marks
            if mark.kind is MarkKind.TAG and mark.event is not None and mark.text in self.tags and not mark.removed
        )
        now = (self.sources, self.tags, found)
        if now != self._told:
            self._told, self._tagged = now, found
            snapshot = self._screen.session.snapshot
            self._screen.browsing.cover(CoveredValues(self.sources, self.tags, snapshot, self.seen))
            self._refresh()

    def _keep(self) -> None:
        case = self._screen.session.snapshot.log_origin
        self._kept.keep(case, {"sources": sorted(self.sources), "tags": sorted(self.tags)})
        self._open = None
        self._tags_changed()
        self._refresh()

    def _refresh(self) -> None:
        self._screen.table.rows.show_anew()
        self._screen.choice.show_anew()

    # Choosing what is sensitive

    def _fill(self, menu: QMenu) -> None:
        self._fill_covered(menu.addMenu("Cover texts of"))

    def _fill_covered(self, menu: QMenu) -> None:
        snapshot = self._screen.session.snapshot
        for source in snapshot.sources:
            words = f"Source {source.label}: {inert(source.name, 60)}"
            self._entry(menu, words, source.number in self.sources, partial(self.cover_source, source.number))
        menu.addSeparator()
        tags = {mark.text for mark in snapshot.marks if mark.kind is MarkKind.TAG and not mark.removed} | self.tags
        for tag in sorted(tags)[:40]:
            self._entry(menu, f"Tag {inert(tag, 60)}", tag in self.tags, partial(self.cover_tag, tag))
        if menu.isEmpty() or not snapshot.sources:
            menu.addAction("There is no source yet").setEnabled(False)

    def _entry(self, menu: QMenu, words: str, on: bool, turn: partial[None]) -> None:
        action = menu.addAction(words.replace("&", "&&"))
        action.setCheckable(True)
        action.setChecked(on)
        action.toggled.connect(turn)


def _list(found: object) -> list[object]:
    return found if isinstance(found, list) else []
