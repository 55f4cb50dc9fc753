"""A case folder against itself: does every row, original and generation still say what the custody record says of it?

Everything wrong is returned, never only the first. What a check of the folder alone cannot show is that somebody wrote
the whole custody record anew: only a checkpoint or a package that somebody else holds shows that.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from casebound import textindex
from casebound.columncodes import column_of
from casebound.hashedbefore import LEAST, HashedBefore
from casebound.store import audit, auditlines, auditstates, columncodes, textindexes
from casebound.store.disk import CODES, TEXT, folder_digest, hash_file
from casebound.store.folder import Folder
from casebound.work import Progress, silent
from casebound_packaging.errors import UnreadablePackage
from casebound_packaging.finding import Finding
from casebound_packaging.ledger import leaves
from casebound_packaging.verify.witnesses import sealed_record


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What a check of a case found. `notes` are worth knowing and no fault: a file that is no part of the case."""

    findings: tuple[Finding, ...]
    notes: tuple[str, ...]
    lines: int  # of the ledger
    items: int  # rows of people's work, and sources
    originals: int
    generations: int
    hashed: int  # bytes of originals and generations that were read again
    full: bool
    resumed: int = 0  # files that an earlier check had read before it was stopped, and that are the same since

    @property
    def clean(self) -> bool:
        """Whether everything holds."""
        return not self.findings

    @property
    def sentence(self) -> str:
        """The first line for a person."""
        if self.findings:
            count = len(self.findings)
            return f"This case does not hold: {count} {'thing does' if count == 1 else 'things do'} not agree."
        files = f"{self.originals:,} originals" if self.originals != 1 else "1 original"
        again = f"{files} hashed again" if self.full else f"{files} in place, not hashed again"
        if self.resumed:
            again += f" ({self.resumed:,} of the files before this check was stopped; they are the same since)"
        lines = f"{self.lines:,} entries" if self.lines != 1 else "1 entry"
        return f"This case holds: {lines} of the custody record unbroken, every record as recorded, {again}."

    @property
    def in_place(self) -> str:
        """What a quick check that found nothing has shown."""
        files = (
            "its original was in place" if self.originals == 1 else f"its {self.originals:,} originals were in place"
        )
        return f"every record was as recorded and {files}" if self.originals else "every record was as recorded"

    @property
    def reach(self) -> str:
        """What no check of the folder alone can show."""
        return (
            "Not shown by this: whether somebody wrote the whole custody record anew, or cut off its end with all that"
            " belonged to it. Compare it with a package or checkpoint that somebody else holds."
        )

    def as_json(self) -> dict[str, object]:
        """The report with stable keys."""
        return {
            "clean": self.clean,
            "sentence": self.sentence,
            "reach": self.reach,
            "findings": [finding.as_json() for finding in self.findings],
            "notes": list(self.notes),
            "lines": self.lines,
            "items": self.items,
            "originals": self.originals,
            "generations": self.generations,
            "bytes_hashed": self.hashed,
            "full": self.full,
            "resumed": self.resumed,
        }


def check_case(folder: Folder, progress: Progress = silent, *, full: bool = True) -> CheckReport:
    """Check an open case folder. With `full`, every original and generation is hashed again; else they must exist.

    A full check that was stopped, or that a crash ended, goes on where it was. Raises `BadCase` only where the database
    cannot be read at all.
    """
    found: list[Finding] = []
    progress(0, 0, "Checking the custody record")
    with folder.database.reading() as session:
        lines = auditlines.ledger(session, found)
        progress(0, 0, "Comparing every record")
        items = audit.records(session, lines, found)
        auditstates.states(session, lines, found)
        files = auditstates.files(session)
        names = auditstates.names(session, lines)
    bytes_ = sum(size for size, _ in files.originals.values())
    before = HashedBefore(folder.path, names.own) if full and bytes_ >= LEAST else None
    disk = _Disk(folder, progress, full, found, before)
    try:
        return _looked(disk, lines, files, names, items)
    finally:
        if before is not None:
            before.keep()


def _looked(
    disk: _Disk, lines: auditlines.Lines, files: auditstates.Files, names: auditstates.Names, items: int
) -> CheckReport:
    folder, full, found = disk.folder, disk.full, disk.found
    originals = disk.originals(files.originals)
    generations = disk.generations(files.generations)
    disk.packages(files.packages)
    index_notes = disk.text_indexes(textindexes.named(folder), frozenset(files.generations))
    index_notes += disk.column_codes(columncodes.named(folder))
    strange = disk.kept_packages(files.packages, names, leaves(lines.stored)) if full else []
    notes = strange + index_notes + disk.strangers(frozenset(files.originals), frozenset(files.generations))
    resumed = 0
    if disk.before is not None:
        resumed = disk.before.resumed
        disk.before.forget()
    count = len(lines.stored)
    return CheckReport(tuple(found), tuple(notes), count, items, originals, generations, disk.hashed, full, resumed)


@dataclass(slots=True)
class _Disk:
    """The part that reads files."""

    folder: Folder
    progress: Progress
    full: bool
    found: list[Finding]
    before: HashedBefore | None = None
    hashed: int = 0
    total: int = field(default=0)

    def originals(self, named: dict[str, tuple[int, str]]) -> int:
        """Every original that the case names: there, of its size, and with `full` of its hash."""
        if self.full:
            self.total = sum(size for size, _ in named.values())
        for sha256, (size, item) in named.items():
            path = self.folder.evidence.path(sha256)
            if path.is_symlink() or not path.is_file():
                self._find("contents", item, "The original is missing from evidence/.", sha256)
                continue
            there = path.stat().st_size
            if there != size:
                self._find("contents", item, "The original is not as long as recorded.", str(size), str(there))
            if self.full:
                if self.before is not None and self.before.has(sha256, path):
                    self.hashed += there
                    continue
                try:
                    digest = hash_file(path, self._step(self.hashed), "Hashing originals")[0]
                except OSError as error:
                    self._find("contents", item, f"The original cannot be read: {error.strerror}.", sha256)
                    continue
                self.hashed += there
                if digest == sha256 and self.before is not None:
                    self.before.add(sha256, path)
                if digest != sha256:
                    self._find("contents", item, "The original was changed after it was kept.", sha256, digest)
        return len(named)

    def generations(self, named: dict[str, tuple[str, str]]) -> int:
        """Every generation of rows that the case names, as it was committed."""
        for name, (digest, item) in named.items():
            path = self.folder.rows / name
            if "/" in name or name in ("", ".", "..") or path.is_symlink() or not path.is_dir():
                self._find("contents", item, f"The rows (rows/{name}) are missing.", digest)
            elif self.full:
                files = tuple(sorted(each for each in path.rglob("*") if each.is_file()))
                if self.before is not None and self.before.has(name, *files):
                    continue
                try:
                    there = folder_digest(path, lambda done, total, note="": self.progress(0, 0, note), "Hashing rows")
                    self.hashed += sum(each.stat().st_size for each in files)
                except OSError as error:
                    self._find("contents", item, f"The rows cannot be read: {error.strerror}.", digest)
                    continue
                if there != digest:
                    problem = f"The rows (rows/{name}) were changed after they were read from the original."
                    self._find("contents", item, problem, digest, there)
                elif self.before is not None:
                    self.before.add(name, *files)
        return len(named)

    def text_indexes(self, named: dict[str, str], generations: frozenset[str]) -> list[str]:
        """Text indexes: a cache, so one that is missing is only noted; one that was changed can hide what is there."""
        folder = self.folder.path / TEXT
        there = sorted(folder.glob("*.db")) if folder.is_dir() and not folder.is_symlink() else []
        notes = [f"text/{path.name} is no part of the case." for path in there if path.stem not in named]
        for generation, digest in named.items():
            path = textindex.index_path(self.folder.path, generation)
            if generation not in generations or path not in there or path.is_symlink() or not path.is_file():
                notes.append(f"text/{generation}.db is not there: search in these rows is slower.")
            elif self.full:
                step: Progress = lambda done, total, note="": self.progress(0, 0, note)  # noqa: E731
                seen, size = hash_file(path, step, "Hashing text indexes")
                self.hashed += size
                if seen != digest:
                    problem = (
                        "The text index was changed after it was built: a search may miss rows; counts in findings and "
                        "packages do not use it. Delete the file; the next import builds it again."
                    )
                    self._find("contents", f"text/{path.name}", problem, digest, seen)
        return notes

    def column_codes(self, named: dict[tuple[str, str], str]) -> list[str]:
        """Codes of columns, a cache as well: those that are there are as they were built."""
        folder = self.folder.path / CODES
        there = sorted(folder.glob("*.codes")) if folder.is_dir() and not folder.is_symlink() else []
        notes = []
        for path in there:
            column = column_of(path)
            digest = named.get((path.stem.partition("-")[0], column or ""))
            if path.is_symlink() or not path.is_file() or (column is not None and digest is None):
                notes.append(f"codes/{path.name} is no part of the case.")
            elif self.full:
                step: Progress = lambda done, total, note="": self.progress(0, 0, note)  # noqa: E731
                seen, size = hash_file(path, step, "Hashing the codes of columns")
                self.hashed += size
                if seen != digest:
                    problem = (
                        "The codes of a column were changed after they were built. They are not used then; counts in "
                        "findings and packages never use them. Delete the file: it is built again."
                    )
                    self._find("contents", f"codes/{path.name}", problem, digest or "", seen)
        if len(there) - len(notes) < len(named):
            notes.append("codes/ lacks codes of some columns: filters and facets are slower.")
        return notes

    def packages(self, named: dict[str, tuple[str, str]]) -> None:
        """The sealed packages that still lie in packages/. One that was handed over and moved is no fault."""
        for name, (digest, item) in named.items():
            path = self.folder.path / "packages" / name
            if not self.full or "/" in name or path.is_symlink() or not path.is_file():
                continue
            there, size = hash_file(path, lambda done, total, note="": self.progress(0, 0, note), "Hashing packages")
            self.hashed += size
            if there != digest:
                self._find("contents", item, "The package was changed after it was sealed.", digest, there)

    def kept_packages(self, named: dict[str, tuple[str, str]], names: auditstates.Names, own: list[bytes]) -> list[str]:
        """Sealed packages in packages/, whatever case.db says of them: the custody record begins with theirs.

        Whoever cuts the record's end also takes the package out of case.db, and may forget the file. Returns notes.
        """
        notes: list[str] = []
        folder = self.folder.path / "packages"
        for path in sorted(folder.glob("*.zip")) if folder.is_dir() else ():
            if path.is_symlink() or not path.is_file():
                continue
            item = f"packages/{path.name}"
            try:
                said, theirs = sealed_record(path)
            except (ValueError, OSError, UnreadablePackage) as error:
                reason = error.title if isinstance(error, UnreadablePackage) else str(error)
                notes.append(f"{item} cannot be compared with the custody record: {reason}")
                continue
            if not names.has(said, len(theirs)):
                notes.append(f"{item} is of another case.")
                continue
            if path.name not in named:
                notes.append(f"{item} was sealed from this case, which does not know of it.")
            if theirs != own[: len(theirs)]:
                seq = next((n for n, (a, b) in enumerate(zip(theirs, own, strict=False)) if a != b), len(own))
                problem = (
                    f"The custody record ends before entry {seq}, which is in this package: its end was cut off."
                    if seq == len(own)
                    else f"Entry {seq} of the custody record is another than in this package: it was written anew."
                )
                self._find("custody", item, problem, f"{len(theirs)} entries", f"{len(own)} entries")
        return notes

    def strangers(self, originals: frozenset[str], generations: frozenset[str]) -> list[str]:
        """What lies in the folder and is no part of the case."""
        notes = [
            f"{path.relative_to(self.folder.path).as_posix()} is no part of the case."
            for sha256, path in self.folder.evidence.names()
            if sha256 not in originals
        ]
        rows = self.folder.rows
        notes += [
            f"rows/{path.name} is no part of the case."
            for path in (sorted(rows.iterdir()) if rows.is_dir() else ())
            if path.name not in generations
        ]
        return notes

    def _step(self, before: int) -> Progress:
        def step(done: int, total: int, note: str = "") -> None:
            self.progress(min(before + done, self.total), self.total, note)

        return step

    def _find(self, check: str, item: str, problem: str, expected: str = "", seen: str = "") -> None:
        self.found.append(Finding(check, item, problem, expected, seen))
