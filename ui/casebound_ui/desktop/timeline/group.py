"""The inspector of more than one event: rows that were selected, a range of time, or one value wherever it stands."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout

from casebound.case import Mark, MarkKind, Snapshot
from casebound_ui.desktop.controls import Button, Chip, Picture, column, emptied, holder, label, row
from casebound_ui.desktop.timeline import sections
from casebound_ui.desktop.timeline.composer import Composer, FindingChooser
from casebound_ui.desktop.timeline.flow import Flow
from casebound_ui.desktop.timeline.group_acts import GroupActs
from casebound_ui.desktop.timeline.history_section import HistorySection
from casebound_ui.desktop.timeline.subjects import (
    MANY,
    MOST_EXHIBITS,
    MOST_ROWS,
    Entity,
    Many,
    Range,
    Rows,
    Subject,
    marks_on,
)
from casebound_ui.desktop.wording import counted

MARGIN = 16
_ICONS = {Many: "list-checks", Range: "move-horizontal", Entity: "user"}
_SAID = {
    Many: "What you do now is done to each of them, in one change. Ctrl+Z takes it back as one.",
    Range: "A mark on a range stays with the range, whatever events lie in it.",
    Entity: "A mark on a value shows with every event that has it.",
}


class GroupPanel(QFrame):
    """Shows one subject, and everything that can be done to it; every change goes through `acts`."""

    closed = Signal()
    attach_wanted = Signal()

    def __init__(self, acts: GroupActs, history: HistorySection) -> None:
        super().__init__()
        self.acts = acts
        self.subject: Subject | None = None
        self.listed: Callable[[], Rows | None] = lambda: None  # the rows of a range, as they are listed
        self.query: Callable[[], tuple[str, str]] = lambda: ("", "")  # the filter and the column of the lanes
        self.ask: Callable[[str, str, str, Callable[[], object]], None] | None = None
        self._snapshot: Snapshot | None = None
        self.composer, self.chooser, self.history = Composer(), FindingChooser(), history
        self._head, self._body, self._marks = (QVBoxLayout() for _ in range(3))
        for part in (self._head, self._body, self._marks):
            part.setSpacing(8)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        parts = (self._head, self.composer, self.chooser, self._body, self._marks, self.history, None)
        self._scroll.setWidget(holder(column(*parts, gap=10, margins=(MARGIN, 14, MARGIN, 14))))
        self.setLayout(column(self._scroll, gap=0))
        self.hide()

    def show_subject(self, subject: Subject | None, snapshot: Snapshot) -> None:
        """Show it as the case stands in `snapshot`; None shows nothing."""
        if subject != self.subject:
            self.composer.leave()
            self.chooser.leave()
        self.subject, self._snapshot = subject, snapshot
        self.setVisible(subject is not None)
        for layout in (self._head, self._body, self._marks):
            emptied(layout)
        if subject is None:
            return
        marks = marks_on(subject, snapshot)
        self._build_head(subject, marks)
        if subject.facts:
            self._body.addLayout(sections.section("Range" if isinstance(subject, Range) else "Value"))
            self._body.addLayout(sections.facts(subject.facts))
        if not isinstance(subject, Many):
            add = None if snapshot.read_only else self.note
            self._marks.addLayout(sections.notes(marks, add, self.acts.remove_mark))
        item = (
            (subject.start, subject.last)
            if isinstance(subject, Range)
            else (subject.field, subject.value)
            if isinstance(subject, Entity)
            else None
        )
        self.history.show_item(item, snapshot.ledger_size)
        self.setAccessibleName(subject.title)

    @property
    def writable(self) -> bool:
        """Whether something is shown that acts can be done to."""
        return (
            self.subject is not None
            and self._snapshot is not None
            and not self._snapshot.read_only
            and not (isinstance(self.subject, Many) and not self.subject.rows)
        )

    @property
    def writing(self) -> bool:
        """Whether a person is writing something about it."""
        return not (self.composer.isHidden() and self.chooser.isHidden())

    def _build_head(self, subject: Subject, marks: Sequence[Mark]) -> None:
        title = label(subject.title, "title", wrap=True, select=True)
        title.setAccessibleName(subject.title)
        close = Button("Close", self.closed.emit, kind="icon", icon="x")
        head = row(Picture(_ICONS[type(subject)]), title, close, gap=8)
        head.setStretch(1, 1)
        self._head.addLayout(head)
        if isinstance(subject, Many) and not subject.rows:
            words = (
                f"These are more than one act takes ({MOST_ROWS:,}). Select fewer, or mark a range of time."
                if subject.count > MOST_ROWS
                else "These rows are still being put in order. Select them again in a moment."
            )
            self._head.addWidget(label(words, "small", "text2", wrap=True))
            return
        self._head.addWidget(label(_SAID[type(subject)], "small", "text2", wrap=True))
        if any(mark.kind is MarkKind.BOOKMARK for mark in marks):
            chips = Flow()
            chips.addWidget(Chip("Bookmarked", "warn"))
            self._head.addLayout(chips)
        if self.writable:
            self._head.addLayout(self._tools(subject))

    def _tools(self, subject: Subject) -> Flow:
        tools = Flow(0)

        def add(words: str, icon: str, run: Callable[[], object], tip: str) -> None:
            tools.addWidget(Button(words, run, kind="quiet", icon=icon, tip=tip, name=tip))

        add("Bookmark", "bookmark", self.bookmark, "Bookmark all of it; again takes it off (M)")
        add("Tag", "tag", self.tag, "Tag all of it (G)")
        add("Note", "message-square-plus", self.note, "Write one note on all of it (E)")
        if isinstance(subject, Many | Range):
            add("Exhibits", "star", self.exhibit, "Make every event of it an exhibit (X)")
            add("Link", "flag", self.link, "Link it to a finding (L)")
        if isinstance(subject, Many):
            add("Attach", "paperclip", self.attach_wanted.emit, "Attach files to every event of it (H)")
        if isinstance(subject, Range):
            words = "Put the range on the evidence timeline"
            add("Evidence timeline", "list-checks", self.put_on_timeline, words)
        return tools

    # What a person does

    def _compose(self, title: str, hint: str, saved: Callable[[str], None], text: str = "", *, lines: bool) -> None:
        self.chooser.leave()
        self.composer.ask(title, hint, saved, one_line=not lines, text=text)
        self._scroll.ensureWidgetVisible(self.composer)

    def note(self) -> None:
        subject = self.subject
        if subject is not None and self.writable:
            hint = "Ctrl+Enter saves. It is in custody at once, under your name."
            self._compose("New note", hint, lambda text: self.acts.note(subject, text), lines=True)

    def tag(self) -> None:
        subject = self.subject
        if subject is not None and self.writable:
            hint = "Separate them with commas. Enter saves."
            self._compose("New tags", hint, lambda text: self.acts.tag(subject, text), lines=False)

    def bookmark(self) -> None:
        if self.subject is not None and self.writable:
            self.acts.bookmark(self.subject)

    def exhibit(self) -> None:
        """Make every event an exhibit, with the number of them said, and asked for where it is large."""
        rows = self._rows()
        if rows is None:
            return
        if len(rows) > MOST_EXHIBITS:
            self.composer.leave()
            self.acts.say(f"At most {MOST_EXHIBITS:,} events become exhibits at once. Narrow the range, or filter.")
            return
        count = counted(len(rows), "event")

        def save(caption: str) -> None:
            if len(rows) > MANY and self.ask is not None:
                meaning = "Each gets a number that is never given again. Ctrl+Z takes them back."
                self.ask(f"Make {count} exhibits?", meaning, "Make exhibits", lambda: self.acts.exhibits(rows, caption))
            else:
                self.acts.exhibits(rows, caption)

        hint = f"{count} become exhibits, all with this caption. Enter saves."
        self._compose(f"Make {count} exhibits", hint, save, f"{count} of a range", lines=False)

    def link(self) -> None:
        """Rows become exhibits of a finding; a range is shown in it as a saved view."""
        subject, snapshot = self.subject, self._snapshot
        if subject is None or snapshot is None or not self.writable or isinstance(subject, Entity):
            return

        def chosen(number: str, sentence: str, supports: bool) -> None:
            if isinstance(subject, Range):
                where, lanes = self.query()
                self.acts.link_range(subject, number, sentence, where, lanes)
            else:
                self.acts.link(subject.rows, number, sentence, supports)

        self.composer.leave()
        said = (
            "The range is saved as a view, and shown in the finding as a picture with its counts."
            if isinstance(subject, Range)
            else f"The {counted(len(subject.rows), 'event')} become exhibits where they are none yet."
        )
        self.chooser.ask(
            snapshot.findings,
            lambda number, supports: chosen(number, "", supports),
            lambda sentence, supports: chosen("", sentence, supports),
            said=said,
            sides=not isinstance(subject, Range),
        )
        self._scroll.ensureWidgetVisible(self.chooser)

    def put_on_timeline(self) -> None:
        """Ask for the caption, then put the range on the evidence timeline."""
        subject = self.subject
        if isinstance(subject, Range) and self.writable:
            self._compose(
                "Put on the evidence timeline",
                "The caption is what the report prints beside the range. Enter saves.",
                lambda caption: self.acts.on_evidence_timeline(subject, caption),
                lines=False,
            )

    def _rows(self) -> Rows | None:
        if not self.writable or isinstance(self.subject, Entity):
            return None
        rows = self.subject.rows if isinstance(self.subject, Many) else self.listed()
        if not rows:
            self.acts.say("No event lies in this range.")
            return None
        return rows
