"""Ways from one record to another: from an exhibit, an attachment or a custody entry to the event it is about."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from casebound.case import EventId
from casebound.errors import BadRequest
from casebound_ui.desktop.session import CaseSession

Go = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Ways:
    """Leads to events on the timeline, to attachments and to findings, each on its own screen."""

    session: CaseSession
    event: Callable[[EventId], None]
    attachment: Callable[[int], None]
    finding: Callable[[str], None]
    view: Callable[[str], None] | None = None  # shows a saved view on the timeline
    entry: Callable[[str], None] | None = None  # shows an entry of the evidence timeline

    def show_view(self, number: str) -> None:
        """Show a saved view, where there is a timeline to show it on."""
        if self.view is not None:
            self.view(number)

    def of_exhibit(self, number: str) -> Go | None:
        """The way to what an exhibit is: an event or an attachment. None where there is no such exhibit."""
        found = next((exhibit for exhibit in self.session.snapshot.exhibits if exhibit.number == number), None)
        return None if found is None else self._to(found.event, found.attachment)

    def _to(self, event: EventId | None, attachment: int | None) -> Go | None:
        if event is not None:
            return lambda: self.event(event)
        return None if attachment is None else lambda: self.attachment(attachment)

    def of_item(self, item: tuple[str, str]) -> tuple[str, Go] | None:
        """The way from the item of a custody entry, with the words of its button."""
        kind, identity = item
        snapshot = self.session.snapshot
        if kind == "exhibit":
            go = self.of_exhibit(identity)
            return None if go is None else (f"Go to {identity}", go)
        if kind == "mark":
            mark = next((mark for mark in snapshot.marks if str(mark.number) == identity), None)
            go = None if mark is None else self._to(mark.event, mark.attachment)
            return None if go is None else ("Go to what it is on", go)
        if kind == "attachment" and any(str(held.number) == identity for held in snapshot.attachments):
            return "Go to the attachment", lambda: self.attachment(int(identity))
        if kind == "finding" and any(finding.number == identity for finding in snapshot.findings):
            return f"Go to {identity}", lambda: self.finding(identity)
        if kind == "view" and self.view is not None and any(one.number == identity for one in snapshot.views):
            return f"Show {identity}", lambda: self.show_view(identity)
        show = self.entry
        if kind == "chronology" and show is not None and any(one.number == identity for one in snapshot.chronology):
            return f"Go to {identity}", lambda: show(identity)
        if kind == "event":
            try:
                event = EventId.parse(identity)
            except BadRequest:
                return None
            return "Go to the event", lambda: self.event(event)
        return None
