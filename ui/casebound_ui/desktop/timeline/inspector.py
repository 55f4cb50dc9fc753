"""The panel at the right: everything about the chosen event, and everything a person may do to it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from casebound.case import Attachment, Event, EventId, Exhibit, Finding, Mark, MarkKind, Snapshot, Source
from PySide6.QtCore import QMimeData, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import QFrame, QGridLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from casebound_ui.desktop import theme
from casebound_ui.desktop.controls import (
    Button,
    Chip,
    Picture,
    column,
    emptied,
    frame,
    holder,
    label,
    retone,
    row,
    rule,
)
from casebound_ui.desktop.timeline import record
from casebound_ui.desktop.timeline.acts import Acts, exhibit_of
from casebound_ui.desktop.timeline.attachment_cards import AttachmentCard
from casebound_ui.desktop.timeline.composer import Composer, FindingChooser, heading
from casebound_ui.desktop.timeline.dates import long_text
from casebound_ui.desktop.timeline.flow import Flow
from casebound_ui.desktop.timeline.value import Value
from casebound_ui.desktop.tokens import INSPECTOR
from casebound_ui.desktop.wording import counted, inert, short_hash

NAMES = 92  # pixels of the column of names
MARGIN = 16


class Inspector(QFrame):
    """332 wide. Shows what it is given; every change goes through `acts`."""

    stepped = Signal(int)  # -1 and +1: the event before and after
    closed = Signal()
    attach_wanted = Signal()
    finding_picked = Signal(str)

    def __init__(self, acts: Acts) -> None:
        super().__init__()
        self.acts = acts
        self.event_shown: Event | None = None
        self._snapshot: Snapshot | None = None
        self._source: Source | None = None
        self.setProperty("kind", "panel")
        self.setFixedWidth(INSPECTOR)
        self.setAcceptDrops(True)
        self.setAccessibleName("Event inspector")
        self.cards: list[AttachmentCard] = []
        self.composer = Composer()
        self.chooser = FindingChooser()
        self._head = QVBoxLayout()
        self._body = QVBoxLayout()
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setAccessibleName("Everything about the chosen event")
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        inside = column(
            self._head, self.composer, self.chooser, self._body, None, gap=8, margins=(MARGIN, 12, MARGIN, 12)
        )
        self._scroll.setWidget(holder(inside))
        self._link = Button("Link to finding", self.link, icon="flag", tip="L")
        self._note = Button("Add note", self.note, kind="primary", icon="message-square-plus", tip="E")
        for button in (self._link, self._note):
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._foot = holder(
            column(rule(), holder(row(self._link, self._note, gap=8, margins=(MARGIN, 10, MARGIN, 10))), gap=0)
        )
        self._empty = self._nothing()
        layout = column(self._empty, self._scroll, self._foot, gap=0)
        layout.setStretch(0, 1)
        layout.setStretch(1, 1)
        self.setLayout(layout)
        self.show_event(None, None, None)

    # What is shown

    def show_event(self, event: Event | None, source: Source | None, snapshot: Snapshot | None) -> None:
        """Show an event as the case stands in `snapshot`; None shows how to choose one."""
        same = event is not None and self.event_shown is not None and event.id == self.event_shown.id
        self.event_shown, self._source, self._snapshot = event, source, snapshot
        if not same:
            self.composer.leave()
            self.chooser.leave()
        self._scroll.setVisible(event is not None)
        self._foot.setVisible(event is not None)
        self._empty.setVisible(event is None)
        emptied(self._head)
        emptied(self._body)
        self.cards = []
        if event is None or snapshot is None:
            return
        for button in (self._link, self._note):
            button.setEnabled(not snapshot.read_only)
        self._build_head(event, snapshot)
        self._build_record(event)
        self._build_notes(event.id, snapshot)
        self._build_attachments(event.id, snapshot)
        self._build_fields(event)
        self.setAccessibleDescription(f"{record.title(event)}, {long_text(event.time_us)}")
        if not same:
            self._scroll.verticalScrollBar().setValue(0)

    def _build_head(self, event: Event, snapshot: Snapshot) -> None:
        name = self._source.name if self._source is not None else "Original"
        source = label(theme.elided(inert(name), "body", 150), "body", "text2")
        source.setToolTip(inert(name))
        before = Button("Event before", lambda: self.stepped.emit(-1), kind="icon", icon="chevron-left")
        after = Button("Event after", lambda: self.stepped.emit(1), kind="icon", icon="chevron-right")
        close = Button("Close the inspector", self.closed.emit, kind="icon", icon="x")
        self._head.addLayout(row(Picture("database"), source, None, before, after, close, gap=6))
        self._head.addWidget(label(inert(record.title(event), 300), "title", wrap=True, select=True))
        self._head.addWidget(label(long_text(event.time_us), "body", "text2", select=True))
        chips = Flow()
        number = exhibit_of(snapshot, event.id)
        marks = self._marks(event.id, snapshot)
        notes = sum(mark.kind is MarkKind.NOTE for mark in marks)
        if number:
            chips.addWidget(Chip(number, "warn"))
        for finding in self._findings(number, snapshot):
            chips.addWidget(self._finding_button(finding, number))
        if notes:
            chips.addWidget(Chip(counted(notes, "note"), "warn"))
        if any(mark.kind is MarkKind.BOOKMARK for mark in marks):
            chips.addWidget(Chip("Bookmarked", "warn"))
        if chips.count():
            self._head.addLayout(chips)
        if not snapshot.read_only:
            tools = Flow(4)
            held = any(mark.kind is MarkKind.BOOKMARK for mark in marks)
            tools.addWidget(
                Button("Remove bookmark" if held else "Bookmark", self.bookmark, kind="quiet", icon="bookmark", tip="M")
            )
            tools.addWidget(Button("Tag", self.tag, kind="quiet", icon="tag"))
            words = "Caption" if number else "Exhibit"
            tip = "Change the caption" if number else "Make this event an exhibit"
            tools.addWidget(Button(words, self.exhibit, kind="quiet", icon="star", name=tip, tip=tip))
            self._head.addLayout(tools)

    def _finding_button(self, finding: Finding, number: str) -> Button:
        side = "" if number in finding.supports else " (against)"
        tip = inert(finding.sentence, 200)
        return Button(
            f"{finding.number}{side}",
            lambda: self.finding_picked.emit(finding.number),
            kind="link",
            icon="flag",
            tip=tip,
        )

    def _build_record(self, event: Event) -> None:
        self._body.addWidget(rule())
        self._body.addWidget(heading("Record"))
        self._body.addLayout(self._grid(record.facts(event, self._source), event))

    def _grid(self, rows: Sequence[tuple[str, str]], event: Event | None = None) -> QGridLayout:
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(5)
        grid.setColumnMinimumWidth(0, NAMES)
        grid.setColumnStretch(1, 1)
        for place, (name, value) in enumerate(rows):
            named = label(theme.elided(inert(name), "small", NAMES), "small", "text2")
            named.setToolTip(inert(name))
            grid.addWidget(named, place, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(Value(value), place, 1)
        if event is not None:
            grid.addWidget(label("SHA-256", "small", "text2"), len(rows), 0)
            digest = event.id.sha256
            shown = label(short_hash(digest), "mono", "text2", select=True)
            shown.setToolTip(f"Fingerprint of the original: {digest}")
            copy = Button(
                "Copy the fingerprint", lambda: QGuiApplication.clipboard().setText(digest), kind="icon", icon="copy"
            )
            grid.addLayout(row(shown, None, copy, gap=4), len(rows), 1)
        return grid

    def _build_notes(self, event: EventId, snapshot: Snapshot) -> None:
        add = () if snapshot.read_only else (Button("Add note", self.note, kind="link"),)
        marks = self._marks(event, snapshot)
        tags = [mark for mark in marks if mark.kind is MarkKind.TAG]
        self._body.addWidget(rule())
        self._body.addWidget(heading("Notes and tags", *add))
        for mark in (mark for mark in marks if mark.kind is MarkKind.NOTE):
            by = label(inert(mark.by, 60), "strong")
            when = label(record.written(mark.at), "small", "text2")
            self._body.addLayout(row(by, when, None, *self._remove(mark, snapshot, "note"), gap=6))
            self._body.addWidget(label(mark.text, "body", wrap=True, select=True))
        if tags:
            flow = Flow(4)
            for mark in tags:
                flow.addWidget(
                    holder(row(Chip(inert(mark.text, 40), "neutral"), *self._remove(mark, snapshot, "tag"), gap=0))
                )
            self._body.addLayout(flow)
        if not any(mark.kind is not MarkKind.BOOKMARK for mark in marks):
            self._body.addWidget(label("None yet.", "small", "text3"))

    def _remove(self, mark: Mark, snapshot: Snapshot, kind: str) -> tuple[Button, ...]:
        if snapshot.read_only:
            return ()
        words = f"Take this {kind} off: {inert(mark.text, 40)}"
        return (
            Button(
                words,
                lambda: self.acts.remove_mark(mark.number),
                kind="icon",
                icon="x",
                tip="Take off; custody keeps it",
            ),
        )

    def _build_attachments(self, event: EventId, snapshot: Snapshot) -> None:
        add = (
            ()
            if snapshot.read_only
            else (Button("Attach", self.attach_wanted.emit, kind="link", tip="H, or drop a file here"),)
        )
        self._body.addWidget(rule())
        self._body.addWidget(heading("Attachments", *add))
        held = [attachment for attachment in snapshot.attachments if event in attachment.events]
        for attachment in held:
            self._body.addWidget(self._card(attachment))
        if not held:
            self._body.addWidget(label("None yet. Drop a file here to attach it.", "small", "text3", wrap=True))

    def _card(self, attachment: Attachment) -> AttachmentCard:
        card = AttachmentCard(attachment, self.acts)
        self.cards.append(card)
        return card

    def _build_fields(self, event: Event) -> None:
        if event.fields:
            self._body.addWidget(rule())
            self._body.addWidget(heading(f"All {counted(len(event.fields), 'field')}, as exported"))
            self._body.addLayout(
                self._grid([(name, "–" if value is None else value) for name, value in event.fields.items()])
            )

    @staticmethod
    def _marks(event: EventId, snapshot: Snapshot) -> list[Mark]:
        return [mark for mark in snapshot.marks if mark.event == event and not mark.removed]

    @staticmethod
    def _findings(number: str, snapshot: Snapshot) -> list[Finding]:
        return [f for f in snapshot.findings if number and number in (*f.supports, *f.contradicts)]

    def _exhibit(self) -> Exhibit | None:
        event, snapshot = self.event_shown, self._snapshot
        if event is None or snapshot is None:
            return None
        return next((e for e in snapshot.exhibits if e.event == event.id and not e.removed), None)

    def _nothing(self) -> QWidget:
        words = "Choose an event in the table, or a diamond on the timeline. N and P step through the marked events."
        text = label(words, "body", "text2", wrap=True)
        text.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        head = label("Nothing selected", "title")
        icon = Picture("crosshair", "text2", 24)
        layout = column(None, icon, head, text, None, gap=10, margins=(36, 24, 36, 24))
        layout.setAlignment(icon, Qt.AlignmentFlag.AlignHCenter)
        layout.setAlignment(head, Qt.AlignmentFlag.AlignHCenter)
        return holder(layout)

    # What a person does

    @property
    def _writable(self) -> Event | None:
        return None if self._snapshot is None or self._snapshot.read_only else self.event_shown

    def note(self) -> None:
        event = self._writable
        if event is not None:
            self.chooser.leave()
            self.composer.ask(
                "New note",
                "Ctrl+Enter saves. It is in custody at once, under your name.",
                lambda text: self.acts.note(event, text),
            )
            self._scroll.ensureWidgetVisible(self.composer)

    def tag(self) -> None:
        event = self._writable
        if event is not None:
            self.chooser.leave()
            self.composer.ask(
                "New tags", "Separate them with commas.", lambda text: self.acts.tag(event, text), one_line=True
            )

    def exhibit(self) -> None:
        """Ask for the caption, then make the event an exhibit (or change the caption of the one it is)."""
        event, held = self._writable, self._exhibit()
        if event is None:
            return
        self.chooser.leave()
        head = f"Caption of {held.number}" if held is not None else "Make this an exhibit"
        text = held.caption if held is not None and held.caption else record.title(event)
        hint = "The caption is printed with it. Enter saves."
        self.composer.ask(head, hint, lambda caption: self.acts.exhibit(event, caption), one_line=True, text=text)

    def bookmark(self) -> None:
        if self._writable is not None:
            self.acts.bookmark(self._writable)

    def link(self) -> None:
        event, snapshot = self._writable, self._snapshot
        if event is not None and snapshot is not None:
            self.composer.leave()
            self.chooser.ask(
                snapshot.findings,
                lambda number, supports: self.acts.link(event, number, supports),
                lambda sentence, supports: self.acts.new_finding(event, sentence, supports),
            )

    def reveal(self) -> None:
        """Space: uncover the first covered attachment one step further."""
        card = next((card for card in self.cards if card.covered), None)
        if card is not None:
            self._scroll.ensureWidgetVisible(card)
            card.reveal()

    # Files dropped

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self._writable is not None and dropped_files(event.mimeData()):
            event.acceptProposedAction()
            retone(self, over="true")

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        retone(self, over="false")

    def dropEvent(self, event: QDropEvent) -> None:
        retone(self, over="false")
        paths, shown = dropped_files(event.mimeData()), self._writable
        if shown is not None and paths:
            event.acceptProposedAction()
            self.acts.attach(shown.id, paths)


def dropped_files(data: QMimeData) -> list[Path]:
    """The files among what is being dropped; folders are not attached."""
    paths = [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
    return [path for path in paths if path.is_file()]
