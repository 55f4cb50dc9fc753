"""Which events people's work is on, as a filter asks for it."""

from __future__ import annotations

from casebound.case import EventId, Mark, MarkKind, Snapshot


class PlacedMarks:
    """Which events people's work is on, for filters such as `has:note`, `tag:pool-a` or `in:F-02`."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot

    def tagged(self, tag: str) -> list[EventId]:
        """Events with this tag, in either case."""
        return [mark.event for mark in self._marks(MarkKind.TAG) if mark.event and mark.text.lower() == tag.lower()]

    def tagged_widely(self, tag: str) -> list[tuple[int, int] | tuple[str, str]]:
        """Ranges (first and last microsecond) and entities (column and value) with this tag, in either case."""
        found: list[tuple[int, int] | tuple[str, str]] = []
        for mark in self._marks(MarkKind.TAG):
            if mark.text.lower() != tag.lower():
                continue
            if mark.from_us is not None and mark.to_us is not None:
                found.append((mark.from_us, mark.to_us))
            elif mark.field:
                found.append((mark.field, mark.value))
        return found

    def having(self, what: str) -> list[EventId]:
        """Events with a "note", "tag", "bookmark", "attachment", "exhibit", or any "mark"."""
        exhibits = [e.event for e in self._snapshot.exhibits if e.event is not None and not e.removed]
        attached = [event for attachment in self._snapshot.attachments for event in attachment.events]
        if what == "exhibit":
            return exhibits
        if what == "attachment":
            return attached
        if what == "mark":
            return [*exhibits, *attached, *(event for kind in MarkKind for event in self.having(kind.value))]
        return [mark.event for mark in self._marks(MarkKind(what)) if mark.event is not None]

    def in_finding(self, number: str) -> list[EventId]:
        """Events whose exhibits a finding cites."""
        events = {e.number: e.event for e in self._snapshot.exhibits if not e.removed}
        cited = [
            events.get(exhibit)
            for finding in self._snapshot.findings
            if finding.number.lower() == number.lower()
            for exhibit in (*finding.supports, *finding.contradicts)
        ]
        return [event for event in cited if event is not None]

    def _marks(self, kind: MarkKind) -> list[Mark]:
        return [mark for mark in self._snapshot.marks if mark.kind is kind and not mark.removed]
