"""The panel at the right: everything about the chosen event, and everything a person may do to it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent, QKeyEvent
from PySide6.QtWidgets import QFrame, QMenu, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from casebound.case import Event, EventId, Exhibit, Snapshot, Source
from casebound_ui.desktop import theme
from casebound_ui.desktop.controls import Button, Picture, column, emptied, holder, label, retone, row, rule
from casebound_ui.desktop.timeline import record, sections
from casebound_ui.desktop.timeline.acts import Acts
from casebound_ui.desktop.timeline.attachment_cards import AttachmentCard
from casebound_ui.desktop.timeline.composer import Composer, FindingChooser
from casebound_ui.desktop.timeline.dates import long_text
from casebound_ui.desktop.timeline.event_head import EventHead, marks_of
from casebound_ui.desktop.timeline.group import GroupPanel
from casebound_ui.desktop.timeline.history_section import HistorySection
from casebound_ui.desktop.timeline.original import OriginalRecord
from casebound_ui.desktop.timeline.subjects import Many, Subject, entity_marks, range_marks
from casebound_ui.desktop.tokens import INSPECTOR
from casebound_ui.desktop.wording import counted, inert

MARGIN = 16
WIDEST = 1.65  # with larger text the panel grows up to this
NOTHING = "Choose an event in the table, or a diamond on the timeline. N and P step through the marked events."


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
        self.unfold: Callable[[], bool] = lambda: False  # whether Space had a covered text to show
        self._snapshot: Snapshot | None = None
        self._source: Source | None = None
        self._covered = False  # whether its texts are covered
        self._begun: dict[tuple[EventId, str], str] = {}  # typed on an event and not saved
        self.cards: list[AttachmentCard] = []
        self.composer, self.chooser = Composer(), FindingChooser()
        self.setProperty("kind", "panel")
        self.setFixedWidth(INSPECTOR)
        self.setAcceptDrops(True)
        self.setAccessibleName("Event inspector")
        self.value_menu: Callable[[QMenu, str, str], None] | None = None  # what can be done with a field's value
        self.original = OriginalRecord(acts.original_record)
        self.history = HistorySection(acts.history)
        self.group = GroupPanel(acts.group, HistorySection(acts.history))
        self._head, self._body, self._tags, self._pictures, self._tail = (QVBoxLayout() for _ in range(5))
        for part in (self._head, self._body, self._tags, self._pictures, self._tail):
            part.setSpacing(8)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        shown = (self._body, self.original, self._tags, self._pictures, self._tail)
        parts = (self._head, self.composer, self.chooser, *shown, self.history, None)
        self._inside = holder(column(*parts, gap=10, margins=(MARGIN, 14, MARGIN, 14)))
        self._scroll.setWidget(self._inside)
        self._link = Button("Link to finding", self.link, icon="flag", tip="L")
        self._note = Button("Add note", self.note, kind="primary", icon="message-square-plus", tip="E")
        for button in (self._link, self._note):
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        buttons = row(self._link, self._note, gap=8, margins=(MARGIN, 10, MARGIN, 10))
        self._foot = holder(column(rule(), holder(buttons), gap=0))
        self._empty = _nothing()
        layout = column(self._empty, self.group, self._scroll, self._foot, gap=0, margins=(1, 0, 0, 0))
        for place in range(3):
            layout.setStretch(place, 1)
        self.setLayout(layout)
        self.show_event(None, None, None)

    # What is shown

    def show_event(
        self, event: Event | None, source: Source | None, snapshot: Snapshot | None, veiled: Event | None = None
    ) -> None:
        """Show an event as the case stands in `snapshot`; None shows how to choose one.

        `veiled` is what may be shown of it. What is done is done to the event itself: its values go into exhibits.
        """
        same = event is not None and self.event_shown is not None and event.id == self.event_shown.id
        if not same and self.event_shown is not None and self.composer.unsaved:
            # Choosing another event is no Cancel: the words wait for the next time that this act is begun there.
            self._begun[self.event_shown.id, self.composer.title] = self.composer.unsaved
        self.event_shown, self._source, self._snapshot = event, source, snapshot
        self._covered = veiled is not None and veiled is not event
        if not same:
            self.composer.leave()
            self.chooser.leave()
        self._arrange()
        for layout in (self._head, self._body, self._tags, self._tail):
            emptied(layout)
        self._show_attachments(event, snapshot)
        if self.group.subject is not None and snapshot is not None:
            self.group.show_subject(self.group.subject, snapshot)
        if event is None or snapshot is None:
            self.history.show_item(None, 0)
            self.setAccessibleDescription("Nothing selected")
            return
        event = veiled or event
        self._link.setEnabled(not snapshot.read_only)
        self._note.setEnabled(not snapshot.read_only)
        EventHead(self, event, source, snapshot).fill(self._head)
        self._body.addLayout(sections.section("Record"))
        self._body.addLayout(
            sections.facts(record.facts(event, source), event.id.sha256, self.value_menu, record.FIELDS)
        )
        self.original.show_event(event.id)
        add = None if snapshot.read_only else self.note
        self._tags.addLayout(sections.notes(marks_of(event.id, snapshot), add, self.acts.remove_mark))
        wider = [*entity_marks(event, snapshot), *range_marks(event, snapshot)]
        if wider:
            self._tags.addLayout(sections.wider_marks(wider))
        attach = Button("Attach", self.attach_wanted.emit, kind="link", tip="H, or drop a file here")
        self._tags.addLayout(sections.section("Attachments", *(() if snapshot.read_only else (attach,))))
        if not self.cards:
            self._tags.addWidget(label("None yet. Drop a file here to attach it.", "small", "text3", wrap=True))
        if event.fields:
            self._tail.addLayout(sections.section(f"All {counted(len(event.fields), 'field')}, as exported"))
            values = [(name, "" if value is None else value) for name, value in event.fields.items()]
            self._tail.addLayout(sections.facts(values, menu=self.value_menu))
        self.history.show_item(event.id, snapshot.ledger_size)
        self.setAccessibleDescription(f"{inert(record.title(event), 300)}, {long_text(event.time_us)}")
        if not same:
            self._scroll.verticalScrollBar().setValue(0)
        self._inside.updateGeometry()

    def show_group(self, subject: Subject | None, snapshot: Snapshot) -> None:
        """Show several rows, a range or a value in place of the event; None brings the event back."""
        self.group.show_subject(subject, snapshot)
        self._arrange()

    def _arrange(self) -> None:
        grouped, event = self.group.subject is not None, self.event_shown
        self.group.setVisible(grouped)
        for part in (self._scroll, self._foot):
            part.setVisible(event is not None and not grouped)
        self._empty.setVisible(event is None and not grouped)

    @property
    def writable(self) -> bool:
        """Whether there is something to act on, and the case may be written to."""
        return self.group.writable if self.group.subject is not None else self._writable is not None

    @property
    def attachable(self) -> bool:
        """Whether files can be attached to what is shown: an event, or several."""
        return self.writable and (self.group.subject is None or isinstance(self.group.subject, Many))

    def attach(self) -> None:
        """Ask for files, and attach them to what is shown."""
        if self.attachable:
            (self.attach_wanted if self.group.subject is None else self.group.attach_wanted).emit()

    def _show_attachments(self, event: Event | None, snapshot: Snapshot | None) -> None:
        """Cards that stay the same are left alone: an uncovered picture stays so while the case is written to."""
        held = [a for a in snapshot.attachments if event.id in a.events] if event is not None and snapshot else []
        kept = [card for card in self.cards if card.attachment in held]
        for card in self.cards:
            if card not in kept:
                self._pictures.removeWidget(card)
                card.hide()
                card.deleteLater()
        shown = [card.attachment.number for card in kept]
        for place, attachment in enumerate(held):
            if attachment.number not in shown:
                card = AttachmentCard(attachment, self.acts.original(attachment), self.acts.revealed)
                self._pictures.insertWidget(place, card)
                kept.insert(place, card)
        self.cards = kept

    def _exhibit(self) -> Exhibit | None:
        event, snapshot = self.event_shown, self._snapshot
        if event is None or snapshot is None:
            return None
        return next((e for e in snapshot.exhibits if e.event == event.id and not e.removed), None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space on a picture; on a button it never comes this far."""
        if event.key() == Qt.Key.Key_Space:
            self.reveal()
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self.setFixedWidth(round(INSPECTOR * min(theme.scale(), WIDEST)))

    # What a person does

    @property
    def _writable(self) -> Event | None:
        return None if self._snapshot is None or self._snapshot.read_only else self.event_shown

    def _compose(self, title: str, hint: str, saved: Callable[[str], None], text: str = "", *, lines: bool) -> None:
        self.chooser.leave()
        begun = self._begun.pop((self.event_shown.id, title), "") if self.event_shown is not None else ""
        if begun:
            hint = f"What you had begun to write here. {hint}"
        self.composer.ask(title, hint, saved, one_line=not lines, text=begun or text)
        self._scroll.ensureWidgetVisible(self.composer)

    def note(self) -> None:
        event = self._writable
        if self.group.subject is not None:
            self.group.note()
        elif event is not None:
            hint = "Ctrl+Enter saves. It is in custody at once, under your name."
            self._compose("New note", hint, lambda text: self.acts.note(event, text), lines=True)

    def tag(self) -> None:
        event = self._writable
        if self.group.subject is not None:
            self.group.tag()
        elif event is not None:
            hint = "Separate them with commas. Enter saves."
            self._compose("New tags", hint, lambda text: self.acts.tag(event, text), lines=False)

    def exhibit(self) -> None:
        """Ask for the caption, then make the event an exhibit (or change the caption of the one it is)."""
        event, held = self._writable, self._exhibit()
        if self.group.subject is not None:
            self.group.exhibit()
        elif event is not None:
            head = f"Caption of {held.number}" if held is not None else "Make this an exhibit"
            title = "" if self._covered else inert(record.title(event), 300)
            text = held.caption if held is not None and held.caption else title
            hint = "The caption is printed with it. Enter saves."
            self._compose(head, hint, lambda caption: self.acts.exhibit(event, caption), text, lines=False)

    def bookmark(self) -> None:
        if self.group.subject is not None:
            self.group.bookmark()
        elif self._writable is not None:
            self.acts.bookmark(self._writable)

    def link(self) -> None:
        event, snapshot = self._writable, self._snapshot
        if self.group.subject is not None:
            self.group.link()
        elif event is not None and snapshot is not None:
            self.composer.leave()
            self.chooser.ask(
                snapshot.findings,
                lambda number, supports: self.acts.link(event, number, supports),
                lambda sentence, supports: self.acts.new_finding(event, sentence, supports),
            )
            self._scroll.ensureWidgetVisible(self.chooser)

    def reveal(self) -> None:
        """Space: uncover a sensitive text or picture one step further, or cover it. The focused one, else the first."""
        focused = any(card.cover is not None and card.cover.hasFocus() for card in self.cards)
        if not focused and self.unfold():
            return
        covers = [card.cover for card in self.cards if card.covered and card.cover is not None]
        found = next((cover for cover in covers if cover.hasFocus()), covers[0] if covers else None)
        if found is not None:
            self._scroll.ensureWidgetVisible(found)
            found.reveal()

    def ask_colour(self) -> bool:
        """C on a focused picture that is shown in grey. False: there is none."""
        found = next((c.cover for c in self.cards if c.cover is not None and c.cover.hasFocus()), None)
        if found is not None:
            found.ask_colour()
        return found is not None

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


def _nothing() -> QWidget:
    text, head, icon = (
        label(NOTHING, "body", "text2", wrap=True),
        label("Nothing selected", "title"),
        Picture("crosshair", "text2", 24),
    )
    text.setAlignment(Qt.AlignmentFlag.AlignHCenter)
    layout = column(None, icon, head, text, None, gap=10, margins=(36, 24, 36, 24))
    layout.setAlignment(icon, Qt.AlignmentFlag.AlignHCenter)
    layout.setAlignment(head, Qt.AlignmentFlag.AlignHCenter)
    return holder(layout)
