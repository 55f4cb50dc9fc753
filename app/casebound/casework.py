"""What people put on a case: marks, exhibits, findings, saved views, the evidence timeline."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from casebound.acts import REDONE, UNDONE, Act
from casebound.case import (
    Actor,
    Attachment,
    ChronologyEntry,
    Event,
    EventId,
    Exhibit,
    Finding,
    LedgerEntry,
    Mark,
    Measure,
    SavedView,
)
from casebound.casegate import CaseGate
from casebound.clock import Clock
from casebound.errors import NothingToDo
from casebound.store import attachments, chronology, citing, exhibits, folder, history, marks, reasoning, undoing, views
from casebound.store.change import Change as Writing
from casebound.store.history import Item
from casebound.store.stated import text

__all__ = ["Casework", "Item"]


class Casework(CaseGate):
    """A case with everything that people do to it by hand. Each act is one change, with its ledger lines in it."""

    def __init__(self, opened: folder.Folder, actor: Actor, clock: Clock) -> None:
        """For `Case.create` and `Case.open`."""
        super().__init__(opened, actor, clock)
        self._acts: list[Act] = []  # of this session, the last one at the end
        self._undone: list[Act] = []

    # Taking back

    def undoable(self) -> str:
        """What `undo` would take back, in words, or ""."""
        act = self._own(self._acts)
        return "" if act is None else act.words

    def redoable(self) -> str:
        """What `redo` would do again, in words, or ""."""
        act = self._own(self._undone)
        return "" if act is None else act.words

    def undo(self) -> str:
        """Take back what this person changed last in this session, and return what it was, in words.

        The ledger keeps both. Raises `NothingToDo` where nothing is left, or somebody changed the same things since;
        the next `undo` then takes back what was before that.
        """
        return self._exchange(self._acts, self._undone, UNDONE, "Nothing was done since the case was opened.")

    def redo(self) -> str:
        """Do again what the last `undo` took back. Returns what it was, in words."""
        return self._exchange(self._undone, self._acts, REDONE, "Nothing was taken back.")

    def undo_last(self, *, redo: bool = False) -> str:
        """Take back the last change of the case, whenever it was made; with `redo`, the last one that was taken back.

        Raises `NothingToDo` where that was somebody else's, or is none that can be taken back.
        """
        with self._change() as change:
            act = undoing.last_act(change.session, undone=redo)
            undoing.take_back(change, act, REDONE if redo else UNDONE)
        return act.words

    def _exchange(self, source: list[Act], target: list[Act], reason: str, nothing: str) -> str:
        self._require_writable()
        with self._turn:
            act = self._own(source)
            if act is None:
                raise NothingToDo(nothing)
            try:
                with self._change() as change:
                    undoing.take_back(change, act, reason)
            except undoing.Overtaken:
                source.remove(act)
                raise
            source.remove(act)
            first = change.done[0].seq
            target.append(Act(first, first + change.lines - 1, act.by, act.words))
        return act.words

    def _own(self, acts: list[Act]) -> Act | None:
        """The last act of whoever works now."""
        name = text(self.actor.name)
        return next((act for act in reversed(acts) if act.by == name), None)

    def _done(self, change: Writing) -> None:
        if change.act is not None:
            self._acts.append(change.act)
            self._undone[:] = [act for act in self._undone if act.by != change.by]

    def history(self, item: Item) -> list[LedgerEntry]:
        """Everything people did to an event, a range, an entity, an exhibit, a view or an entry, taken back or not.

        A range is its first and last microsecond, an entity a column and its value, the others their number.
        """
        with self._folder.database.reading() as session:
            return history.history(session, item)

    # Marks and exhibits

    def annotate(
        self, events: Sequence[EventId], *, note: str = "", tags: Sequence[str] = (), bookmark: str | bool | None = None
    ) -> tuple[Mark, ...]:
        """Put a note, tags and a bookmark (True, or its name) on every event given."""
        with self._change() as change:
            return marks.annotate(change, marks.on_events(change.session, events), note, tags, bookmark)

    def annotate_attachment(
        self, number: int, *, note: str = "", tags: Sequence[str] = (), bookmark: str | bool | None = None
    ) -> tuple[Mark, ...]:
        """Put a note, tags and a bookmark on an attachment."""
        with self._change() as change:
            return marks.annotate(change, marks.on_attachment(change.session, number), note, tags, bookmark)

    def annotate_range(
        self,
        from_us: int,
        to_us: int,
        *,
        note: str = "",
        tags: Sequence[str] = (),
        bookmark: str | bool | None = None,
    ) -> tuple[Mark, ...]:
        """Put a note, tags and a bookmark on a range of time, both ends in it."""
        with self._change() as change:
            return marks.annotate(change, marks.on_range(from_us, to_us), note, tags, bookmark)

    def annotate_entity(
        self, field: str, value: str, *, note: str = "", tags: Sequence[str] = (), bookmark: str | bool | None = None
    ) -> tuple[Mark, ...]:
        """Put a note, tags and a bookmark on an entity: one value of a column, wherever it stands."""
        with self._change() as change:
            return marks.annotate(change, marks.on_entity(field, value), note, tags, bookmark)

    def remove_mark(self, number: int) -> None:
        """Take a mark away; the ledger keeps it as removed."""
        with self._change() as change:
            marks.remove_mark(change, number)

    def remove_marks(self, numbers: Sequence[int]) -> None:
        """Take marks away in one change."""
        with self._change() as change:
            marks.remove_marks(change, numbers)

    def make_exhibit(self, *, event: Event | None = None, attachment: int | None = None, caption: str = "") -> Exhibit:
        """Choose an event or an attachment as evidence. Raises `NothingToDo` where it is an exhibit."""
        with self._change() as change:
            return exhibits.make_exhibit(change, event, attachment, caption)

    def make_exhibits(self, events: Sequence[Event], caption: str = "") -> tuple[Exhibit, ...]:
        """Choose events as evidence in one change; those that are exhibits already are left as they are.

        Raises `NothingToDo` where all of them are.
        """
        with self._change() as change:
            return exhibits.make_exhibits(change, events, caption)

    def caption_exhibit(self, number: str, caption: str) -> Exhibit:
        """Say something else about an exhibit."""
        with self._change() as change:
            return exhibits.caption_exhibit(change, number, caption)

    def remove_exhibit(self, number: str) -> None:
        """Take an exhibit out of the evidence, and off the evidence timeline; its number is never given again."""
        with self._change() as change:
            chronology.remove_of_exhibit(change, exhibits.remove_exhibit(change, number))

    # What attachments are put to

    def link_attachment(self, number: int, events: Sequence[EventId]) -> Attachment:
        """Put an attachment to further events."""
        with self._change() as change:
            return attachments.link_attachment(change, number, events)

    def mark_sensitive(self, number: int, sensitive: bool) -> Attachment:
        """Cover an attachment until somebody asks for it, or do so no longer."""
        with self._change() as change:
            return attachments.mark_sensitive(change, number, sensitive)

    # Findings

    def add_finding(self, sentence: str, **fields: Any) -> Finding:
        """Write a finding; `fields` are those of `casebound.case.Finding` that a person fills in."""
        with self._change() as change:
            return reasoning.add_finding(change, {"sentence": sentence, **fields})

    def change_finding(self, number: str, **fields: Any) -> Finding:
        """Change some fields of a finding."""
        with self._change() as change:
            return reasoning.change_finding(change, number, fields)

    def cite(self, events: Sequence[Event], *, finding: str = "", sentence: str = "", supports: bool = True) -> Finding:
        """Let events speak for or against a finding, or a new one with this `sentence`, in one change.

        They become exhibits where they are none yet. Raises `NothingToDo` where all of them are cited there already.
        """
        with self._change() as change:
            return citing.cite_events(change, events, finding, sentence, supports)

    def cite_view(self, title: str, *, finding: str = "", sentence: str = "", **spec: Any) -> Finding:
        """Save a view (`spec` as in `save_view`) and show it in a finding, or a new one, in one change."""
        with self._change() as change:
            return citing.cite_view(change, {"title": title, **spec}, finding, sentence)

    def add_measure(self, **fields: Any) -> Measure:
        """Keep a number; `fields` are those of `casebound.case.Measure` without `number`, `by` and `at`."""
        with self._change() as change:
            return reasoning.add_measure(change, fields)

    # Saved views

    def save_view(self, title: str, **spec: Any) -> SavedView:
        """Keep what is looked at; `spec` are the fields of `casebound.case.SavedView` up to `look`."""
        with self._change() as change:
            return views.save_view(change, {"title": title, **spec})

    def change_view(self, number: str, **spec: Any) -> SavedView:
        """Change some fields of a saved view."""
        with self._change() as change:
            return views.change_view(change, number, spec)

    def remove_view(self, number: str) -> None:
        """Take a saved view away; its number is never given again."""
        with self._change() as change:
            views.remove_view(change, number)

    # The evidence timeline

    def add_entries(self, exhibits: Sequence[str]) -> tuple[ChronologyEntry, ...]:
        """Put exhibits at the end of the evidence timeline, in this order. Those that are there stay where they are."""
        with self._change() as change:
            return chronology.add_entries(change, exhibits)

    def add_entry(
        self,
        *,
        exhibit: str = "",
        from_us: int | None = None,
        to_us: int | None = None,
        caption: str = "",
        after: str | None = None,
    ) -> ChronologyEntry:
        """Put an exhibit or a range of time on the evidence timeline, behind entry `after` or at the end."""
        with self._change() as change:
            return chronology.add_entry(change, exhibit, from_us, to_us, caption, after)

    def change_entry(self, number: str, caption: str) -> ChronologyEntry:
        """Give an entry another caption; an empty one says what the exhibit's says."""
        with self._change() as change:
            return chronology.change_entry(change, number, caption)

    def move_entry(self, number: str, after: str | None) -> ChronologyEntry:
        """Move an entry behind another, or (None) before all."""
        with self._change() as change:
            return chronology.move_entry(change, number, after)

    def order_entries(self, numbers: Sequence[str]) -> tuple[ChronologyEntry, ...]:
        """Give all entries of the evidence timeline this order, in one change."""
        with self._change() as change:
            return chronology.order_entries(change, numbers)

    def remove_entry(self, number: str) -> None:
        """Take an entry off the evidence timeline; what it shows stays in the case."""
        with self._change() as change:
            chronology.remove_entry(change, number)
