"""The head of the event inspector: what happened and when, what people made of it, and the acts at hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QLayout, QVBoxLayout

from casebound.case import Event, EventId, Finding, Mark, MarkKind, Snapshot, Source
from casebound_ui.desktop.controls import Button, Chip, Elided, Picture, label, row
from casebound_ui.desktop.timeline import record
from casebound_ui.desktop.timeline.acts import exhibit_of
from casebound_ui.desktop.timeline.dates import long_text
from casebound_ui.desktop.timeline.flow import Flow
from casebound_ui.desktop.timeline.lane_icons import icon_for
from casebound_ui.desktop.wording import counted, inert

if TYPE_CHECKING:
    from casebound_ui.desktop.timeline.inspector import Inspector


@dataclass(frozen=True, slots=True)
class EventHead:
    """Makes the head of one event; its buttons do what `inspector` does."""

    inspector: Inspector
    event: Event
    source: Source | None
    snapshot: Snapshot

    def fill(self, into: QVBoxLayout) -> None:
        """Everything, from the source's name to the acts."""
        inspector, event, snapshot = self.inspector, self.event, self.snapshot
        name = self.source.name if self.source is not None else "Original"
        before = Button("Event before", lambda: inspector.stepped.emit(-1), kind="icon", icon="chevron-left")
        after = Button("Event after", lambda: inspector.stepped.emit(1), kind="icon", icon="chevron-right")
        close = Button("Close: choose nothing", inspector.closed.emit, kind="icon", icon="x")
        shown = Elided(inert(name), "body", "text2", middle=True)
        top = row(Picture(icon_for(name)), shown, before, after, close, gap=6)
        top.setStretch(1, 1)
        into.addLayout(top)
        words = label(inert(record.title(event), 300), "title", wrap=True, select=True)
        when = label(long_text(event.time_us), "body", "text2", wrap=True, select=True)
        for part in (words, when):
            part.setAccessibleName(part.text())
            into.addWidget(part)
        number = exhibit_of(snapshot, event.id)
        kinds = [mark.kind for mark in marks_of(event.id, snapshot)]
        chips = Flow()
        if number:
            chips.addWidget(Chip(number, "warn"))
        for finding in findings_of(number, snapshot):
            chips.addWidget(self._finding(finding, number))
        if MarkKind.NOTE in kinds:
            chips.addWidget(Chip(counted(kinds.count(MarkKind.NOTE), "note"), "warn"))
        if MarkKind.BOOKMARK in kinds:
            chips.addWidget(Chip("Bookmarked", "warn"))
        if chips.count():
            into.addLayout(chips)
        if not snapshot.read_only:
            into.addLayout(self._tools(MarkKind.BOOKMARK in kinds, number))

    def _tools(self, bookmarked: bool, number: str) -> QLayout:
        inspector = self.inspector
        mark = "Remove the bookmark (M)" if bookmarked else "Bookmark this event (M)"
        caption = ("Caption", "Change the caption (X)") if number else ("Exhibit", "Make this event an exhibit (X)")
        tools = Flow(0)
        tools.addWidget(Button("Bookmark", inspector.bookmark, kind="quiet", icon="bookmark", name=mark, tip=mark))
        tools.addWidget(Button("Tag", inspector.tag, kind="quiet", icon="tag", tip="Tag this event (G)"))
        tools.addWidget(
            Button(caption[0], inspector.exhibit, kind="quiet", icon="star", name=caption[1], tip=caption[1])
        )
        return tools

    def _finding(self, finding: Finding, number: str) -> Button:
        inspector = self.inspector
        words = finding.number + ("" if number in finding.supports else " (against)")
        tip = inert(finding.sentence, 200)
        return Button(words, lambda: inspector.finding_picked.emit(finding.number), kind="link", icon="flag", tip=tip)


def marks_of(event: EventId, snapshot: Snapshot) -> list[Mark]:
    """The marks on this very event."""
    return [mark for mark in snapshot.marks if mark.event == event and not mark.removed]


def findings_of(number: str, snapshot: Snapshot) -> list[Finding]:
    """The findings that cite an exhibit."""
    return [f for f in snapshot.findings if number and number in (*f.supports, *f.contradicts)]
