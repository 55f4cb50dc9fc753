"""The tables in a file, or in an archive of files; and what in it is no table, each with the reason."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path, PurePosixPath

from casebound import exportmanifest
from casebound.case import Preview
from casebound.errors import BadSource
from casebound.importers import importer_for, importer_of
from casebound.importers.layout import Choices, Importer, Layout
from casebound.scratch import scratch_folder
from casebound.unpacking import INNER, LARGE, Unpacked, container_of, member_parts, members, readable
from casebound.work import Progress, silent

MOST_TABLES = 1_000  # in one archive: each is a source of its own
_NAMED = 50  # files with one reason that are named with a source; the archive, which is kept, has them all
_DELIMITED = (".csv", ".tsv", ".tab", ".psv")
_PROSE = (
    *(".md", ".rst", ".rtf", ".tex", ".html", ".htm", ".xml", ".svg", ".css", ".js", ".ts", ".py", ".sh", ".bat"),
    *(".sql", ".yaml", ".yml", ".toml", ".ini", ".cfg", ".conf"),
)


class Fate(StrEnum):
    """Why a file was not brought in as rows."""

    NO_TABLE = "no table"  # whole, and of another kind: it can be attached
    UNREADABLE = "unreadable"  # locked, damaged, or of a form that is not read
    MANIFEST = "manifest"  # it says how the others were made, and is used for that
    HELD = "in the case already"
    NOT_TAKEN = "not taken"  # hidden, or a link


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A file that gives no rows: the file named, or one inside it (`member`)."""

    path: Path
    member: str
    fate: Fate
    reason: str  # one sentence or two
    hint: str = ""
    size: int | None = None

    @property
    def name(self) -> str:
        """What it is called, for people."""
        return f"{self.path.name}: {self.member}" if self.member else self.path.name

    @property
    def attachable(self) -> bool:
        """Whether it can be kept as an attachment instead: an unreadable file can, an unreadable member cannot."""
        return self.fate is Fate.NO_TABLE or (self.fate is Fate.UNREADABLE and not self.member)


@dataclass(frozen=True, slots=True)
class FoundTable:
    """One table: how it is laid out, and what is stated about it."""

    importer: Importer
    layout: Layout
    table: str  # its name, which may stand in a row's identity
    member: str  # as the source will have it: path in the archive, sheet or table, or both
    stated: exportmanifest.Stated
    notes: tuple[str, ...] = ()


@dataclass(slots=True)
class Found:
    """What is in a file."""

    tables: list[FoundTable] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    notes: tuple[str, ...] = ()


def tables_in(
    path: Path,
    name: str,
    table: str,
    choices: Choices,
    progress: Progress = silent,
    *,
    alone: bool = True,
    member: str = "",
) -> Found:
    """Look into a file called `name`. `table` is the name that a person gave to the one table in it.

    With `alone`, a person named the file; else it is one of many, as each file in an archive is, and a text without
    columns is then no table. With `member`, of an archive only the file is looked at that this is in. Raises
    `BadSource` where a file that is no archive cannot be read, or an archive plays tricks; what cannot be read inside
    an archive is left out with its reason.
    """
    kind = container_of(path, name)
    named = kind != "zip"  # who names a packed file names what is in it
    if not kind:
        opened = Unpacked(path, name, "", "")
        return Found(list(_tables(opened, path, table, choices, alone)))
    listed, notes = members(path, name)
    if member:
        wanted = member_parts(path, name, member)[0]
        listed = tuple(one for one in listed if one.path == wanted)
    found = Found(notes=notes)
    with scratch_folder() as temp:
        for number, one in enumerate(listed):
            note = f"Looking at {one.path}"
            progress(number, len(listed), note)
            if one.refused:
                reason = f"It cannot be read: {one.refused}."
                found.left_out.append(LeftOut(path, one.path, Fate.UNREADABLE, reason, size=one.size))
                continue
            scratch, step = temp / "unpacked", _steady(progress, number, len(listed), note)
            try:
                with readable(path, name, one.path, scratch, step, beginning=True) as opened:
                    out = _look(opened, path, table, choices, found, alone and named)
            except BadSource as error:
                out = LeftOut(path, one.path, Fate.UNREADABLE, error.title, error.hint, one.size)
            if out is not None:
                found.left_out.append(out)
    if len(found.tables) > MOST_TABLES:
        raise BadSource(
            f"“{name}” holds {len(found.tables):,} tables; {MOST_TABLES:,} can be brought in at once.",
            "Unpack it, put alike files together, and bring in the parts.",
            where=name,
        )
    return found


def _steady(progress: Progress, at: int, of: int, words: str) -> Progress:
    """A progress within one step of another."""

    def step(done: int, total: int, note: str = "") -> None:
        progress(at, of, words)

    return step


def _look(opened: Unpacked, path: Path, table: str, choices: Choices, found: Found, alone: bool) -> LeftOut | None:
    """Take the tables of an unpacked member, or say why there are none."""
    if exportmanifest.is_manifest(opened.path):
        reason = "It says how the files beside it were exported; that is used and kept with each of them."
        return LeftOut(path, opened.member, Fate.MANIFEST, reason, size=opened.size)
    try:
        found.tables += _tables(opened, path, table, choices, alone)
    except BadSource as error:
        return LeftOut(path, opened.member, Fate.NO_TABLE, error.title, error.hint, opened.size)
    return None


def _tables(opened: Unpacked, path: Path, table: str, choices: Choices, alone: bool) -> Iterator[FoundTable]:
    importer = importer_for(opened.path, opened.name)
    notes = opened.notes
    if not opened.whole:
        notes = (*notes, f"Of this large file the first {LARGE >> 20} MB were looked at; all of it is brought in.")
    for layout in importer.layouts(opened.path, opened.name, choices):
        if not alone and _prose(opened.name, importer.kind, layout):
            raise BadSource(
                f"“{opened.name}” is a text, not a table.",
                "If its lines are records, bring it in by itself.",
                where=opened.name,
            )
        named = table_name(table or layout.table)
        place, called, _ = stated_place(path, opened, named)
        stated = exportmanifest.beside(place, named, called)
        yield FoundTable(importer, layout, named, joined(opened.member, layout.member), stated, notes)


def _prose(name: str, kind: str, layout: Layout) -> bool:
    """Whether a text that could be read as delimited is rather a note, a page or a program among tables."""
    suffix = PurePosixPath(name).suffix.lower()
    if kind != "delimited" or suffix in _DELIMITED:
        return False
    return suffix in _PROSE or len(layout.columns) < 2


def table_name(text: str) -> str:
    """A name that can stand in a row's identity and in a file name."""
    name = re.sub(r"[^A-Za-z0-9_-]+", "_", text).strip("_")[:60]
    return name or "table"


def joined(member: str, inner: str) -> str:
    """The `member` of a source: the path in the archive, what is inside that file, or both."""
    return INNER.join(part for part in (member, inner) if part)


def stated_place(path: Path, opened: Unpacked, table: str) -> tuple[Path, str, str]:
    """Where a manifest may speak of this table: the file that it lies beside, what that is called there, and which
    SHA-256 it would state ("" for that of the original).

    For a member of an archive: a manifest beside it in there, one beside the archive that names it, one that names the
    archive.
    """
    if not opened.member:
        return path, opened.name, ""
    own = PurePosixPath(opened.name).name
    for place in (opened.path, path):
        if exportmanifest.beside(place, table, own).origin is not None:
            return place, own, opened.sha256
    return path, path.name, ""


def left_out_words(left_out: Sequence[LeftOut]) -> tuple[str, ...]:
    """What of an archive gives no rows, in sentences for the source: files with the same reason together."""
    groups: dict[str, list[str]] = {}
    for one in left_out:
        if one.member and one.fate is not Fate.MANIFEST:
            groups.setdefault(one.reason.replace(f"“{one.member}” is", "It is"), []).append(one.member)
    words = []
    for reason, names in groups.items():
        told = ", ".join(f"“{name}”" for name in names[:_NAMED])
        more = f" and {len(names) - _NAMED:,} more" if len(names) > _NAMED else ""
        words.append(f"In the archive and not brought in as rows: {told}{more}. {reason}")
    return tuple(words)


def archive_words(
    original: Path, path: Path, previews: Sequence[Preview], left_out: Sequence[LeftOut] | None
) -> tuple[str, ...]:
    """What a source from an archive must tell of the rest of it: every other file, and what is odd."""
    if not container_of(original, path.name):
        return ()
    listed, notes = members(original, path.name)
    if left_out is None:
        taken = {member_parts(original, path.name, one.member)[0] for one in previews}
        reason = "Nobody asked for it, or no table was recognised in it."
        rest = (one.path for one in listed if one.path not in taken)
        left_out = [LeftOut(path, member, Fate.NOT_TAKEN, reason) for member in rest]
    return (*left_out_words(left_out), *notes)


def by_file(original: Path, name: str, previews: Sequence[Preview]) -> list[list[Preview]]:
    """Previews of one file together, so that it is unpacked once."""
    groups: dict[str, list[Preview]] = {}
    for one in previews:
        groups.setdefault(member_parts(original, name, one.member)[0], []).append(one)
    return list(groups.values())


def require_unchanged(previews: Sequence[Preview], opened: Unpacked, name: str) -> None:
    """Raise `BadSource` where the file that was kept is no longer the one that was looked at."""
    importer = importer_of(previews[0].format)
    mapping = previews[0].mapping
    choices = Choices(mapping.encoding, mapping.delimiter, mapping.header_line, mapping.header_rows)
    layouts = {
        joined(opened.member, layout.member): layout for layout in importer.layouts(opened.path, opened.name, choices)
    }
    for one in previews:
        names = tuple(column.name for column in one.mapping.columns)
        if one.member not in layouts or layouts[one.member].columns != names:
            raise BadSource(
                f"“{name}” changed since it was looked at.", "Look at it again, then bring it in.", where=name
            )
