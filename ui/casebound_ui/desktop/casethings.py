"""What the palette finds in the open case: findings, exhibits, attachments, accounts and events, by what was typed.

People's work comes out of the snapshot, events and accounts out of the rows; both on the timeline's reading thread,
never on the main one. A search that has been overtaken by another key is not carried out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from casebound import filtering
from casebound.case import Event, EventId, Snapshot
from casebound.errors import CaseboundError
from casebound.events import Events
from casebound_ui.desktop.session import CaseSession
from casebound_ui.desktop.timeline.browsing import Browsing
from casebound_ui.desktop.timeline.dates import table_text
from casebound_ui.desktop.timeline.record import title
from casebound_ui.desktop.wording import counted, inert
from casebound_ui.desktop.wordmatch import score, typed_words

T = TypeVar("T")
V = TypeVar("V")

FEW = 5  # of each kind
SHORTEST = 2  # letters before the rows are asked


@dataclass(frozen=True, slots=True)
class Thing:
    """One line of the palette. `id` is a command's, or the kind and name of what it leads to."""

    id: str
    title: str
    second: str
    kind: str  # the word in the second column
    icon: str
    run: Callable[[], object]
    key: str = ""


@dataclass(frozen=True, slots=True)
class Leads:
    """Where things are shown."""

    event: Callable[[EventId], object]
    attachment: Callable[[int], object]
    exhibit: Callable[[str], object]
    finding: Callable[[str], object]
    filter: Callable[[str], object]  # the timeline with this filter


class CaseThings:
    """Asked by the palette while somebody types."""

    def __init__(self, session: CaseSession, browsing: Browsing, leads: Leads) -> None:
        self._session, self._browsing, self._leads = session, browsing, leads
        self._round = 0

    def ask(self, text: str, done: Callable[[list[Thing]], None]) -> None:
        """Find what `text` may mean; `done` gets it on the main thread, unless something else was asked since."""
        self._round += 1
        number, words = self._round, typed_words(text)
        if not words:
            done([])
            return
        snapshot, events = self._session.snapshot, self._session.events

        def call() -> list[Thing] | None:
            if number != self._round:
                return None
            found = list(self._work(snapshot, words))
            if len(max(words, key=len)) >= SHORTEST and number == self._round:
                found += self._rows(events, words, text.strip())
            return found

        def answered(found: list[Thing] | None) -> None:
            if found is not None and number == self._round:
                done(found)

        self._browsing.read(call, answered)

    def drop(self) -> None:
        """Nobody waits for an answer any more."""
        self._round += 1

    # On the reading thread

    def _work(self, snapshot: Snapshot, words: Sequence[str]) -> Iterator[Thing]:
        leads = self._leads
        findings = ((f"{finding.number} {finding.sentence}", finding) for finding in snapshot.findings)
        for finding in _best(words, findings):
            name, number = inert(finding.sentence, 200), finding.number
            yield Thing(f"finding {number}", name, number, "Finding", "flag", _calling(leads.finding, number))
        exhibits = ((f"{exhibit.number} {exhibit.caption}", exhibit) for exhibit in snapshot.exhibits)
        for exhibit in _best(words, exhibits):
            name, number = inert(exhibit.caption, 200), exhibit.number
            yield Thing(f"exhibit {number}", name or number, number, "Exhibit", "star", _calling(leads.exhibit, number))
        files = ((f"{held.number} {held.name} {held.sha256}", held) for held in snapshot.attachments)
        for held in _best(words, files):
            name, where = inert(held.name, 200), f"No. {held.number} of the chain"
            go = _calling(leads.attachment, held.number)
            yield Thing(f"attachment {held.number}", name, where, "File", "paperclip", go)
        notes = ((mark.text, mark) for mark in snapshot.marks if mark.text and mark.event is not None)
        for mark in _best(words, notes):
            if mark.event is not None:
                name, whose = inert(mark.text, 200), f"{str(mark.kind).capitalize()}, by {inert(mark.by, 60)}"
                go = _calling(leads.event, mark.event)
                yield Thing(f"mark {mark.number}", name, whose, "Note", "message-square", go)

    def _rows(self, events: Events, words: Sequence[str], text: str) -> list[Thing]:
        leads, found, covered = self._leads, list[Thing](), self._browsing.covered
        try:
            hidden = covered.of(events, "actor")
            for value, count in events.values("actor", text, FEW + len(hidden)):
                if value and value not in hidden and len(found) < FEW:
                    go = _calling(leads.filter, filtering.term("actor", value))
                    name, seen = inert(value, 200), counted(count, "event")
                    found.append(Thing(f"actor {value}", name, seen, "Actor", "users", go))
            where = " ".join(filtering.quoted(word) for word in words)
            positions = events.first(where, FEW)
            shown = events.at(np.array(positions, dtype=np.int64)) if positions else []
        except CaseboundError:
            return found  # the rows cannot be asked so; what people wrote was found all the same
        found += [_of_event(covered.veil(event), leads.event) for event in shown]
        if shown:
            name, go = f"Every event with “{inert(text, 80)}”", _calling(leads.filter, where)
            found.append(Thing("events", name, "Filters the timeline", "Events", "list-filter", go))
        return found


def _of_event(event: Event, lead: Callable[[EventId], object]) -> Thing:
    when = f"{table_text(event.time_us)} UTC"
    return Thing(f"event {event.id}", inert(title(event), 200), when, "Event", "clock", _calling(lead, event.id))


def _best(words: Sequence[str], about: Iterator[tuple[str, T]]) -> list[T]:
    """The few that say every word best, in their own order where two are equal."""
    scored = [(score(words, text), at, one) for at, (text, one) in enumerate(about)]
    scored = sorted((s for s in scored if s[0]), key=lambda s: (-s[0], s[1]))
    return [one for _, _, one in scored[:FEW]]


def _calling(call: Callable[[V], object], value: V) -> Callable[[], object]:
    return lambda: call(value)
