"""What people put on each event, gathered from a snapshot. Free of Qt."""

from __future__ import annotations

from dataclasses import replace

from casebound.case import EventId, Mark, MarkKind, Snapshot
from casebound_ui.desktop.timeline.table import Badges


def badges(snapshot: Snapshot) -> dict[EventId, Badges]:
    """One `Badges` for every event that has any."""
    made: dict[EventId, Badges] = {}
    for mark in snapshot.marks:
        if mark.event is None or mark.removed:
            continue
        now = made.get(mark.event, Badges())
        if mark.kind is MarkKind.NOTE:
            now = replace(now, notes=now.notes + 1)
        elif mark.kind is MarkKind.TAG:
            now = replace(now, tags=now.tags + 1)
        else:
            now = replace(now, bookmarked=True)
        made[mark.event] = now
    numbers: dict[str, EventId] = {}
    for exhibit in snapshot.exhibits:
        if exhibit.event is not None and not exhibit.removed:
            made[exhibit.event] = replace(made.get(exhibit.event, Badges()), exhibit=exhibit.number)
            numbers[exhibit.number] = exhibit.event
    for attachment in snapshot.attachments:
        for event in attachment.events:
            now = made.get(event, Badges())
            made[event] = replace(now, attachments=now.attachments + 1)
    for finding in snapshot.findings:
        for number in dict.fromkeys((*finding.supports, *finding.contradicts)):
            linked = numbers.get(number)
            if linked is not None:
                now = made[linked]
                made[linked] = replace(now, findings=(*now.findings, finding.number))
    return made


class PlacedMarks:
    """Which events people's work is on, for filters such as `has:note`, `tag:pool-a` or `in:F-02`."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot

    def tagged(self, tag: str) -> list[EventId]:
        """Events with this tag, in either case."""
        return [mark.event for mark in self._marks(MarkKind.TAG) if mark.event and mark.text.lower() == tag.lower()]

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
