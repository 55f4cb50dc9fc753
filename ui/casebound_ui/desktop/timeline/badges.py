"""What people put on each event, gathered from a snapshot. Free of Qt."""

from __future__ import annotations

from dataclasses import dataclass, replace

from casebound.case import EventId, MarkKind, Snapshot
from casebound_ui.desktop.wording import counted


@dataclass(frozen=True, slots=True)
class Badges:
    """What people put on one event, for the last column."""

    notes: int = 0
    tags: int = 0
    bookmarked: bool = False
    attachments: int = 0
    exhibit: str = ""
    findings: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        parts = [self.exhibit] if self.exhibit else []
        parts += [counted(n, word) for n, word in ((self.notes, "note"), (self.tags, "tag")) if n]
        parts += ["bookmark"] if self.bookmarked else []
        parts += [counted(self.attachments, "attachment")] if self.attachments else []
        return ", ".join((*parts, *self.findings))


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
