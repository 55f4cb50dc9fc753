"""The case: the one gate to everything in a case folder.

Frozen values come out (`casebound.case`); no session or row of the database does. Every change is one transaction with
its ledger lines; then listeners hear what changed. A case may be used from several threads; changes take turns.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from casebound.case import (
    Actor,
    Attachment,
    Event,
    EventId,
    Exhibit,
    Finding,
    LedgerEntry,
    Mark,
    Measure,
    SealedPackage,
    Snapshot,
    Source,
)
from casebound.clock import Clock, system_clock
from casebound.custody import describe
from casebound.errors import BadRequest, CannotWrite
from casebound.generation import MendDraft, SourceDraft
from casebound.store import attachments, clocks, entries, exhibits, folder, marks, packages, reading, reasoning, sources
from casebound.store.attachments import UNSTATED, Attached, Stating
from casebound.store.change import Change as Writing
from casebound.store.evidence import Original
from casebound.store.intake import Intake
from casebound.store.manyfiles import keeping_many
from casebound.store.models import CaseRow
from casebound.store.packages import Prepared, SealedFile
from casebound.store.recipients import Included
from casebound.store.textindexes import build_missing
from casebound.work import Progress, silent
from casebound_packaging.disclosure import Disclosure

if TYPE_CHECKING:
    from casebound.check import CheckReport

__all__ = ["Attached", "Case", "Change", "Included", "Original", "Prepared", "SourceDraft", "Stating"]


@dataclass(frozen=True, slots=True)
class Change:
    """What a change touched: case, sources, attachments, marks, exhibits, findings, measures, packages, ledger."""

    kinds: frozenset[str]


class Case:
    """An open case. Use it in a `with` block, or call `close`.

    `actor` may be changed while the case is open, when somebody unlocks a key.
    """

    def __init__(self, opened: folder.Folder, actor: Actor, clock: Clock) -> None:
        """For `create` and `open`."""
        self.actor = actor
        self._folder = opened
        self._clock = clock
        self._turn = threading.RLock()
        self._listeners: list[Callable[[Change], None]] = []
        self._seen: set[tuple[str, str, str]] = set()
        self._intake = Intake(opened)

    @classmethod
    def create(cls, path: Path, number: str, title: str, actor: Actor, *, clock: Clock = system_clock) -> Case:
        """Start a case in a new folder, and open it. Raises `BadRequest` where something is there, or `CannotWrite`."""
        folder.create(Path(path), number, title, actor, clock)
        return cls.open(path, actor, clock=clock)

    @classmethod
    def open(cls, path: Path, actor: Actor, *, write: bool = True, clock: Clock = system_clock) -> Case:
        """Open a case. On a read-only medium it is `read_only`, whatever was asked.

        Raises `CaseLocked` (who, where, since when) where somebody else has it for writing, `BadCase` where the folder
        is no case, is damaged or is of a newer version.
        """
        return cls(folder.open_folder(Path(path), actor, write=write, clock=clock), actor, clock)

    def close(self) -> None:
        """Let go of the case; unfinished works of this session leave nothing behind. Harmless to call again."""
        with self._turn:
            self._listeners.clear()
            self._folder.close()

    def __enter__(self) -> Case:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    # What it says

    @property
    def path(self) -> Path:
        """The folder."""
        return self._folder.path

    @property
    def read_only(self) -> bool:
        """Whether nothing can be changed, and viewing is not recorded."""
        return self._folder.read_only

    def unfinished(self) -> tuple[str, ...]:
        """What an earlier session began and never finished, one sentence each; its leftovers were cleared away."""
        return self._folder.swept

    def snapshot(self) -> Snapshot:
        """The case at this moment. Raises `BadCase` where its database says something impossible."""
        with self._folder.database.reading() as session:
            row = session.get(CaseRow, 1)
            origin = "" if row is None else packages.log_origin(row.number, row.log_id)
            return reading.snapshot(session, self.path, self.read_only, origin)

    def ledger(
        self, *, item: tuple[str, str] | None = None, start: int = 0, limit: int | None = None
    ) -> list[LedgerEntry]:
        """Ledger entries from number `start`; all, or of one item: ("attachment", "3"), ("event", str(event.id))."""
        with self._folder.database.reading() as session:
            return entries.entries(session, item, start, limit)

    def ledger_lines(self) -> list[bytes]:
        """Every ledger line as stored, without LF."""
        with self._folder.database.reading() as session:
            return entries.lines(session)

    @staticmethod
    def describe_entry(entry: LedgerEntry) -> tuple[str, str]:
        """A ledger entry in plain words: title and detail."""
        return describe(entry)

    def attachment_path(self, number: int) -> Path:
        """Where the original of an attachment lies."""
        with self._folder.database.reading() as session:
            return self.evidence_path(marks.require_attachment(session, number).sha256)

    def evidence_path(self, sha256: str) -> Path:
        """Where the original with this digest lies. Raises `BadRequest` for what is no digest."""
        return self._folder.evidence.path(sha256)

    def exhibit_commitments(self, number: str) -> tuple[Disclosure, ...]:
        """The salted commitments to the fields of an event exhibit, in the order of its columns."""
        with self._folder.database.reading() as session:
            return exhibits.exhibit_commitments(session, number)

    def exhibit_line(self, number: str) -> tuple[int, str]:
        """The number and hash of the ledger line that made the exhibit; its `record` carries the commitments."""
        with self._folder.database.reading() as session:
            return exhibits.exhibit_line(session, number)

    def on_change(self, listener: Callable[[Change], None]) -> Callable[[], None]:
        """Hear of every change after it is on the disk, on the thread that made it. Returns how to stop hearing."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener) if listener in self._listeners else None

    # Marks and exhibits

    def annotate(
        self, events: Sequence[EventId], *, note: str = "", tags: Sequence[str] = (), bookmark: str | bool | None = None
    ) -> tuple[Mark, ...]:
        """Put a note, tags and a bookmark (True, or its name) on every event given."""
        with self._change() as change:
            return marks.annotate(change, events, None, note, tags, bookmark)

    def annotate_attachment(
        self, number: int, *, note: str = "", tags: Sequence[str] = (), bookmark: str | bool | None = None
    ) -> tuple[Mark, ...]:
        """Put a note, tags and a bookmark on an attachment."""
        with self._change() as change:
            return marks.annotate(change, (), number, note, tags, bookmark)

    def remove_mark(self, number: int) -> None:
        """Take a mark away; the ledger keeps it as removed."""
        with self._change() as change:
            marks.remove_mark(change, number)

    def make_exhibit(self, *, event: Event | None = None, attachment: int | None = None, caption: str = "") -> Exhibit:
        """Choose an event or an attachment as evidence. Raises `NothingToDo` where it is an exhibit."""
        with self._change() as change:
            return exhibits.make_exhibit(change, event, attachment, caption)

    def caption_exhibit(self, number: str, caption: str) -> Exhibit:
        """Say something else about an exhibit."""
        with self._change() as change:
            return exhibits.caption_exhibit(change, number, caption)

    def remove_exhibit(self, number: str) -> None:
        """Take an exhibit out of the evidence; its number is never given again."""
        with self._change() as change:
            exhibits.remove_exhibit(change, number)

    # Attachments

    def attach(
        self,
        path: Path,
        *,
        title: str = "",
        origin: Mapping[str, object] | None = None,
        sensitive: bool | None = None,
        events: Sequence[EventId] = (),
        progress: Progress = silent,
    ) -> Attachment:
        """Keep a file and add it to the chain of attachments; see `attach_many`."""
        return self.attach_many([path], Stating(title, origin, sensitive, tuple(events)), progress).made[0]

    def attach_many(self, paths: Sequence[Path], stated: Stating = UNSTATED, progress: Progress = silent) -> Attached:
        """Keep files and add them to the chain in this order: all of them in one commit, or none. What is attached
        already is told and not added. Raises `BadSource`, or `NothingToDo` where all of them are.
        """
        self._require_writable()
        with self._folder.database.reading() as session:  # before big files are copied for nothing
            marks.require_events(session, stated.events)
        with keeping_many(self._folder, [Path(path) for path in paths], progress) as copied, self._change() as change:
            return attachments.attach_many(change, copied, stated, progress)

    def link_attachment(self, number: int, events: Sequence[EventId]) -> Attachment:
        """Put an attachment to further events."""
        with self._change() as change:
            return attachments.link_attachment(change, number, events)

    def mark_sensitive(self, number: int, sensitive: bool) -> Attachment:
        """Cover an attachment until somebody asks for it, or do so no longer."""
        with self._change() as change:
            return attachments.mark_sensitive(change, number, sensitive)

    def opened(self, item_type: str, item_id: str | int) -> None:
        """Record that somebody looked at an item: once per item and session, and never where nothing can be written."""
        self._once("opened", item_type, str(item_id))

    def revealed(self, item_type: str, item_id: str | int) -> None:
        """Record that somebody uncovered a sensitive item: once per item and session."""
        self._once("revealed", item_type, str(item_id))

    # Findings

    def add_finding(self, sentence: str, **fields: Any) -> Finding:
        """Write a finding; `fields` are those of `casebound.case.Finding` that a person fills in."""
        with self._change() as change:
            return reasoning.add_finding(change, {"sentence": sentence, **fields})

    def change_finding(self, number: str, **fields: Any) -> Finding:
        """Change some fields of a finding."""
        with self._change() as change:
            return reasoning.change_finding(change, number, fields)

    def add_measure(self, **fields: Any) -> Measure:
        """Keep a number; `fields` are those of `casebound.case.Measure` without `number`, `by` and `at`."""
        with self._change() as change:
            return reasoning.add_measure(change, fields)

    # Bringing in: original, generation, commit

    def keep_original(self, path: Path, progress: Progress = silent) -> Original:
        """Copy a file into the case, hashed on the way. Nothing names it until `commit_sources`."""
        self._require_writable()
        return self._intake.keep_original(Path(path), progress)

    def new_generation(self) -> Path:
        """An empty folder for the rows of one table. Nothing names it until `commit_sources`."""
        self._require_writable()
        return self._intake.new_generation()

    def commit_sources(self, original: Original, drafts: Sequence[SourceDraft]) -> tuple[Source, ...]:
        """Make the tables read from an original part of the case, all in one commit.

        Every file of the generations is forced to the disk and made read-only first. Raises `NothingToDo` where a table
        of this original is in the case already; the caller then discards the generations.
        """
        self._require_writable()
        digests = self._intake.seal(original, drafts)
        with self._change() as change:
            made = sources.commit_sources(change, original, drafts, digests)
            change.ended.append(lambda: self._intake.committed(original, drafts))
        return made

    def new_mend(self, name: str) -> Path:
        """An empty folder for rows of source `name` that are read again. `discard_generation` gives it up."""
        self._require_writable()
        return self._intake.new_mend(name)

    def commit_mend(self, draft: MendDraft) -> Source:
        """Make rows that were read again part of the case; the counts of their source follow, all in one commit.
        Raises `BadRequest` where the source was mended since its rows were looked at; the caller then discards.
        """
        self._require_writable()
        digest = self._intake.seal_mend(draft.generation)
        with self._change() as change:
            made = sources.commit_mend(change, draft, digest)
            change.ended.append(lambda: self._intake.mended(draft.generation))
        return made

    def state_origin(self, number: int, facts: Mapping[str, object]) -> Source:
        """State, or correct, how an export was made (`casebound.assurance.KINDS`); an empty value takes a fact back."""
        with self._change() as change:
            return sources.state_origin(change, number, facts)

    def correct_clock(self, source: int, clock_us: int, reason: str) -> Source:
        """State how far the clock of a source was off: `clock_us` is added to all its times. 0 takes it back."""
        with self._change() as change:
            return clocks.correct_clock(change, source, clock_us, reason)

    def build_text_indexes(self, progress: Progress = silent, least_rows: int | None = None) -> int:
        """Build the text indexes that are missing, for faster search; may run beside other work. Returns how many."""
        self._require_writable()
        return build_missing(self._folder, self._clock, self._turn, progress, least_rows)

    def discard_generation(self, path: Path) -> None:
        """Give up a generation; with the last one, the originals kept go as well. One that is committed stays."""
        self._intake.discard(path)

    def record_stop(self, kind: str, name: str) -> None:
        """A person stopped a work on the file `name`: clear away what it left, and say so in the ledger."""
        self._intake.discard_all()
        with self._change() as change:
            reason = f"Stopped by a person ({kind}). Nothing was added."
            change.note("import-stopped", ("case", "case"), {"name": name, "reason": reason})

    # Packages

    def prepare_export(
        self, *, recipient_class: str, purpose: str, legal_basis: str = "", include: Included | None = None
    ) -> Prepared:
        """Record that a package is about to be made, and choose what of the ledger this recipient gets.

        `include` names what goes into the package; None is everything.
        """
        with self._change() as change:
            return packages.prepare_export(change, recipient_class, purpose, legal_basis or "", include)

    def record_export(self, version: int, sealed: SealedFile) -> SealedPackage:
        """Record that a prepared package is sealed and on the disk."""
        with self._change() as change:
            return packages.record_export(change, version, sealed)

    def record_verified(self, version: int, verdict: str) -> None:
        """Record that a package of this case was checked, and with what verdict."""
        with self._change() as change:
            packages.record_verified(change, version, verdict)

    def check(self, progress: Progress = silent, *, full: bool = True) -> CheckReport:
        """Everything in the folder against the ledger; with `full`, every original and generation is hashed again."""
        from casebound.check import check_case

        return check_case(self._folder, progress, full=full)

    # How a change is made

    @contextmanager
    def _change(self) -> Iterator[Writing]:
        self._require_writable()
        with self._turn, self._folder.database.writing() as session:
            change = Writing(session, self.actor, self._clock())
            yield change
        for call in change.ended:
            call()
        self._tell(Change(frozenset(change.kinds)))

    def _tell(self, change: Change) -> None:
        for listener in tuple(self._listeners):
            listener(change)

    def _require_writable(self) -> None:
        if self.read_only:
            raise CannotWrite(
                "The case is open to look only.",
                "Copy it to a folder of your own, or open it for writing.",
                meaning="Nothing was changed.",
                where=str(self.path),
            )

    def _once(self, action: str, item_type: str, item_id: str) -> None:
        key = (action, item_type, item_id)
        if self.read_only or key in self._seen:
            return
        item, texts = (item_type, item_id), {}
        if item_type == "event":
            # An event's name tells its table; the ledger's line must tell nothing by itself.
            EventId.parse(item_id)
            item, texts = ("event", secrets.token_hex(8)), {"name": item_id}
        try:
            with self._change() as change:
                change.note(action, item, texts)
        except ValueError as error:
            raise BadRequest(f"“{item_type} {item_id}” is not an item of a case.") from error
        self._seen.add(key)
