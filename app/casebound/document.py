"""The case: the one gate to everything in a case folder.

Frozen values come out (`casebound.case`); no session or row of the database does. Every change is one transaction with
its ledger lines; then listeners hear what changed. A case may be used from several threads; changes take turns.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Self

from casebound.case import Actor, Attachment, EventId, SealedPackage, Source
from casebound.casegate import Change
from casebound.clock import Clock, system_clock
from casebound.custodywork import CustodyWork
from casebound.disclosingwork import DisclosingWork
from casebound.generation import MendDraft, SourceDraft
from casebound.store import attachments, clocks, columncodes, folder, marks, packages, sources
from casebound.store.attachments import UNSTATED, Attached, Stating
from casebound.store.evidence import Original
from casebound.store.intake import Intake
from casebound.store.manyfiles import keeping_many
from casebound.store.packages import Prepared, SealedFile
from casebound.store.recipients import Included
from casebound.store.textindexes import build_missing
from casebound.work import Progress, silent

if TYPE_CHECKING:
    from casebound.check import CheckReport

__all__ = ["Attached", "Case", "Change", "Included", "Original", "Prepared", "SourceDraft", "Stating"]


class Case(CustodyWork, DisclosingWork):
    """An open case. Use it in a `with` block, or call `close`.

    `actor` may be changed while the case is open, when somebody unlocks a key.
    """

    def __init__(self, opened: folder.Folder, actor: Actor, clock: Clock) -> None:
        """For `create` and `open`."""
        super().__init__(opened, actor, clock)
        self._intake = Intake(opened)

    @classmethod
    def create(cls, path: Path, number: str, title: str, actor: Actor, *, clock: Clock = system_clock) -> Self:
        """Start a case in a new folder, and open it. Raises `BadRequest` where something is there, or `CannotWrite`."""
        folder.create(Path(path), number, title, actor, clock)
        return cls.open(path, actor, clock=clock)

    @classmethod
    def open(cls, path: Path, actor: Actor, *, write: bool = True, clock: Clock = system_clock) -> Self:
        """Open a case. On a read-only medium it is `read_only`, whatever was asked.

        Raises `CaseLocked` (who, where, since when) where somebody else has it for writing, `BadCase` where the folder
        is no case, is damaged or is of a newer version.
        """
        return cls(folder.open_folder(Path(path), actor, write=write, clock=clock), actor, clock)

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

    def build_column_codes(self, progress: Progress = silent, least_rows: int | None = None) -> int:
        """Build the codes of columns that are missing, for faster filters and facets; may run beside other work.
        Returns how many.
        """
        self._require_writable()
        return columncodes.build_missing(self._folder, self._clock, self._turn, progress, least_rows)

    def column_codes(self) -> Mapping[tuple[str, str], str]:
        """The digests of the columns' codes that were built, by generation and column, for `Events.open`."""
        return columncodes.named(self._folder)

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

    def record_seal(self, package_sha256: str, sha256: str, role: str) -> int:
        """Write into custody that a co-signer sealed a package of this case; answers with its version."""
        with self._change() as change:
            return packages.record_seal(change, package_sha256, sha256, role)

    def record_stamp(self, version: int, sha256: str, words: str) -> None:
        """Record that a time stamp was had for a package of this case after it was sealed; `sha256` is of its file."""
        with self._change() as change:
            packages.record_stamp(change, version, sha256, words)

    def record_verified(self, version: int, verdict: str) -> None:
        """Record that a package of this case was checked, and with what verdict."""
        with self._change() as change:
            packages.record_verified(change, version, verdict)

    def check(self, progress: Progress = silent, *, full: bool = True) -> CheckReport:
        """Everything in the folder against the ledger; with `full`, every original and generation is hashed again."""
        from casebound.check import check_case

        return check_case(self._folder, progress, full=full)

    def record_checked(self, report: CheckReport) -> None:
        """Write down that the whole case was checked and holds.

        Of one that does not hold nothing is written: its folder is to be kept as it is.
        """
        if report.full and report.clean:
            with self._change() as change:
                counts = {"entries": report.lines, "originals": report.originals, "bytes": report.hashed}
                change.note("checked", ("case", "case"), {"text": report.sentence, "counts": counts})
