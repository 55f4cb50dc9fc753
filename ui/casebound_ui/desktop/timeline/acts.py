"""What a person does to an event.

Each is one change of the case, made on the case's own worker and written to custody there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path

from casebound.case import Attachment, Event, EventId, LedgerEntry, MarkKind, Snapshot
from casebound.casework import Item
from casebound.document import Case
from casebound.errors import NothingToDo
from casebound.rawrecords import RawRecord
from casebound.work import Done, Failed, Progress, Stopped
from casebound_ui.desktop.session import CaseSession
from casebound_ui.desktop.timeline.group_acts import GroupActs


class Acts:
    """Notes, tags, bookmarks, exhibits, attachments and links on one event."""

    def __init__(self, session: CaseSession, said: Callable[[str], None]) -> None:
        self._session = session
        self._said = said
        self.counted: Callable[[], object] = lambda: None  # hears of everything that is uncovered
        self.group = GroupActs(session, said)

    def original_record(self, event: EventId, found: Callable[[RawRecord], None]) -> None:
        """Read the record as it stands in the original; of a file in an archive, by unpacking up to it again."""
        events = self._session.events
        self._session.ask(lambda: events.raw(event), found)

    def history(self, item: Item, found: Callable[[list[LedgerEntry]], None]) -> None:
        """Read what people did to an event, a range or an entity."""
        case = self._session.case
        self._session.ask(lambda: case.history(item), found)

    def note(self, event: Event, text: str) -> None:
        self._session.change(lambda case: case.annotate([event.id], note=text), lambda _: self._said("Note written."))

    def tag(self, event: Event, text: str) -> None:
        """One or more tags, separated by commas."""
        tags = tuple(dict.fromkeys(tag.strip() for tag in text.split(",") if tag.strip()))
        if tags:
            self._session.change(lambda case: case.annotate([event.id], tags=tags), lambda _: self._said("Tagged."))

    def bookmark(self, event: Event) -> None:
        """Set a bookmark, or take it off again."""

        def call(case: Case) -> str:
            # As the case stands when it is this act's turn: keys may be pressed faster than changes are heard of.
            marks = (mark for mark in case.snapshot().marks if mark.event == event.id)
            held = [mark.number for mark in marks if mark.kind is MarkKind.BOOKMARK]
            if held:
                case.remove_marks(held)
                return "Taken off. Custody keeps that it was there."
            case.annotate([event.id], bookmark=True)
            return "Bookmarked."

        self._session.change(call, self._said)

    def remove_mark(self, number: int) -> None:
        self._session.change(
            lambda case: case.remove_mark(number), lambda _: self._said("Taken off. Custody keeps that it was there.")
        )

    def exhibit(self, event: Event, caption: str) -> None:
        """Make an exhibit of the event, or give the one it is another caption."""

        def call(case: Case) -> str:
            number = exhibit_of(case.snapshot(), event.id)
            if number:
                case.caption_exhibit(number, caption)
                return number
            return case.make_exhibit(event=event, caption=caption).number

        self._session.change(call, lambda number: self._said(f"{number} is in the list of exhibits."))

    def link(self, event: Event, number: str, supports: bool) -> None:
        """Let the event speak for or against a finding."""

        self._session.change(
            lambda case: case.cite([event], finding=number, supports=supports),
            lambda _: self._said(f"Linked to {number}."),
            self._nothing_new,
        )

    def new_finding(self, event: Event, sentence: str, supports: bool) -> None:
        """Write a finding that rests on this event."""

        self._session.change(
            lambda case: case.cite([event], sentence=sentence, supports=supports),
            lambda made: self._said(f"{made.number} written, and linked."),
        )

    def _nothing_new(self, error: Exception) -> None:
        """What is there already is said, and is no fault."""
        if isinstance(error, NothingToDo):
            self._said(error.title)
        else:
            self._session.failed(error)

    def attach(self, event: EventId, paths: Sequence[Path]) -> None:
        """Copy files into the case, seal them into the chain and hang them on the event."""
        for path in paths:
            self._attach(event, path)

    def _attach(self, event: EventId, path: Path) -> None:
        def job(progress: Progress) -> Attachment:
            case = self._session.case
            try:
                return case.attach(path, events=(event,), progress=progress)
            except NothingToDo:  # the same file is in the chain already: it is put to this event as well
                with path.open("rb") as stream:
                    digest = hashlib.file_digest(stream, "sha256").hexdigest()
                held = next(a for a in case.snapshot().attachments if a.sha256 == digest)
                if event in held.events:
                    raise
                return case.link_attachment(held.number, (event,))

        def ended(ending: Done[Attachment] | Stopped | Failed) -> None:
            match ending:
                case Done(made):
                    self._said(f"Attached as no. {made.number} of the chain.")
                case Failed(error):
                    self._session.failed(error)

        self._session.run(job, ended, title=f"Attaching {path.name}")

    def original(self, attachment: Attachment) -> Path:
        """Where the bytes of an attachment lie, for a decoder that runs apart."""
        return self._session.case.evidence_path(attachment.sha256)

    def revealed(self, number: int, first: bool) -> None:
        """A person uncovered a picture, or one step more of it. Opening is a custody entry, once for each session."""
        self.counted()
        if first and not self._session.read_only:
            self._session.change(lambda case: case.opened("attachment", str(number)))

    def opened(self, event: EventId) -> None:
        """A person uncovered the texts of an event: a custody entry, once for each session."""
        self.counted()
        if not self._session.read_only:
            self._session.change(lambda case: case.opened("event", str(event)))


def exhibit_of(snapshot: Snapshot, event: EventId) -> str:
    """The number of the exhibit that the event is, or ""."""
    return next((e.number for e in snapshot.exhibits if e.event == event and not e.removed), "")
