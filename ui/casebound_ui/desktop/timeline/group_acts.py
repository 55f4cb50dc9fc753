"""What a person does to several rows, to a range of time or to an entity: each one change, written to custody."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from casebound.case import MarkKind
from casebound.document import Case, Stating
from casebound.errors import NothingToDo
from casebound.work import Done, Failed, Progress, Stopped
from casebound_ui.desktop.session import CaseSession
from casebound_ui.desktop.timeline.subjects import Entity, Many, Range, Rows, Subject, marks_on
from casebound_ui.desktop.wording import counted

T = TypeVar("T")


class GroupActs:
    """Notes, tags, bookmarks, exhibits and links on more than one event. `say` tells what came of it."""

    def __init__(self, session: CaseSession, say: Callable[[str], None]) -> None:
        self._session = session
        self.say = say

    def note(self, subject: Subject, text: str) -> None:
        self._annotate(subject, "Note written", note=text)

    def tag(self, subject: Subject, text: str) -> None:
        """One or more tags, separated by commas."""
        tags = tuple(dict.fromkeys(tag.strip() for tag in text.split(",") if tag.strip()))
        if tags:
            self._annotate(subject, "Tagged", tags=tags)

    def bookmark(self, subject: Subject) -> None:
        """Set a bookmark; where everything has one, take it off again."""
        if isinstance(subject, Many):
            self._bookmark_rows(subject)
            return

        def call(case: Case) -> str:
            held = [mark.number for mark in marks_on(subject, case.snapshot()) if mark.kind is MarkKind.BOOKMARK]
            if held:
                case.remove_marks(held)
                return _taken_off(len(held))
            if isinstance(subject, Range):
                case.annotate_range(subject.start, subject.last, bookmark=True)
                return "Bookmarked, on the range."
            case.annotate_entity(subject.field, subject.value, bookmark=True)
            return "Bookmarked, wherever it stands."

        self._change(call, lambda said: said)

    def _bookmark_rows(self, subject: Many) -> None:
        rows, of = subject.rows.read, len(subject.rows)

        def call(case: Case) -> str:
            # As the case stands when it is this act's turn: keys may be pressed faster than changes are heard of.
            held = {mark.event: mark.number for mark in case.snapshot().marks if mark.kind is MarkKind.BOOKMARK}
            names = [event.id for event in rows()]
            if all(name in held for name in names):
                case.remove_marks([held[name] for name in names])
                return _taken_off(len(names))
            return _put("Bookmarked", len(case.annotate(names, bookmark=True)), of)

        self._change(call, lambda said: said)

    def exhibits(self, chosen: Rows, caption: str) -> None:
        """Make every one of these rows an exhibit; those that are exhibits already stay as they are."""
        rows = chosen.read

        def told(count: int) -> str:
            had = len(chosen) - count
            return f"{counted(count, 'new exhibit')}." + (f" {had:,} were exhibits already." if had else "")

        self._change(lambda case: len(case.make_exhibits(rows(), caption)), told)

    def link(self, chosen: Rows, number: str, sentence: str, supports: bool) -> None:
        """Let rows speak for or against a finding, or a new one."""
        rows = chosen.read
        self._change(
            lambda case: case.cite(rows(), finding=number, sentence=sentence, supports=supports).number,
            lambda made: f"{counted(len(chosen), 'event')} linked to {made}.",
        )

    def attach(self, chosen: Rows, paths: Sequence[Path]) -> None:
        """Copy files into the case and put each to all of these rows; one that is there already is linked to them."""
        rows = chosen.read

        def job(progress: Progress) -> str:
            case, events = self._session.case, tuple(event.id for event in rows())
            try:
                done = case.attach_many(paths, Stating(events=events), progress)
                made, there = len(done.made), [number for _, number in done.repeated]
            except NothingToDo:
                digests = {each.sha256: each.number for each in case.snapshot().attachments}
                made, there = 0, [digests[hash_of(path)] for path in paths]
            for number in there:
                case.link_attachment(number, events)
            return f"{counted(made + len(there), 'file')} attached to {counted(len(events), 'event')}."

        def ended(ending: Done[str] | Stopped | Failed) -> None:
            match ending:
                case Done(words):
                    self.say(words)
                case Failed(error):
                    self._failed(error)

        self._session.run(job, ended, title=f"Attaching {counted(len(paths), 'file')}")

    def link_range(self, subject: Range, number: str, sentence: str, where: str, lanes: str) -> None:
        """Show a range in a finding, or a new one, as a saved view with the filter and lanes of now."""
        title = subject.facts[0][1] + ", " + subject.title.lower()

        def call(case: Case) -> str:
            made = case.cite_view(
                title,
                finding=number,
                sentence=sentence,
                where=where,
                lanes="" if lanes == "source" else lanes,
                from_us=subject.start,
                to_us=subject.end,
            )
            return f"{made.views[-1]} saved, and shown in {made.number}."

        self._change(call, lambda said: said)

    def on_evidence_timeline(self, subject: Range, caption: str) -> None:
        """Put a range on the evidence timeline, with a caption."""
        self._change(
            lambda case: case.add_entry(from_us=subject.start, to_us=subject.last, caption=caption).number,
            lambda number: f"{number} is on the evidence timeline.",
        )

    def remove_mark(self, number: int) -> None:
        self._change(lambda case: case.remove_mark(number), lambda _: "Taken off. Custody keeps that it was there.")

    def _annotate(
        self, subject: Subject, words: str, *, note: str = "", tags: Sequence[str] = (), bookmark: bool | None = None
    ) -> None:
        if isinstance(subject, Range):
            first, last = subject.start, subject.last
            self._change(
                lambda case: len(case.annotate_range(first, last, note=note, tags=tags, bookmark=bookmark)),
                lambda _: f"{words}, on the range.",
            )
        elif isinstance(subject, Entity):
            field, value = subject.field, subject.value
            self._change(
                lambda case: len(case.annotate_entity(field, value, note=note, tags=tags, bookmark=bookmark)),
                lambda _: f"{words}, wherever it stands.",
            )
        else:
            rows, of = subject.rows.read, len(subject.rows)

            def call(case: Case) -> int:
                made = case.annotate([event.id for event in rows()], note=note, tags=tags, bookmark=bookmark)
                return len({mark.event for mark in made})

            self._change(call, lambda new: _put(words, new, of))

    def _change(self, call: Callable[[Case], T], told: Callable[[T], str]) -> None:
        self._session.change(call, lambda value: self.say(told(value)), self._failed)

    def _failed(self, error: Exception) -> None:
        """What is there already is said, and is no fault."""
        if isinstance(error, NothingToDo):
            self.say(error.title)
        else:
            self._session.failed(error)


def hash_of(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _put(words: str, new: int, of: int) -> str:
    """ "Tagged: 990 events. 10 had it already."."""
    had = of - new
    return f"{words}: {counted(new, 'event')}." + (f" {had:,} had it already." if had else "")


def _taken_off(count: int) -> str:
    return f"{counted(count, 'bookmark')} taken off. Custody keeps that they were there."
