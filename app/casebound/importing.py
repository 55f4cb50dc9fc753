"""Bringing files in: what it would do, and doing it.

The original is kept and hashed first; rows are read from the kept original.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from casebound import drift, exportmanifest, overlaps, quarantine, rowstore
from casebound.ahead import ahead
from casebound.assurance import at_import, differences
from casebound.case import ColumnRole, Preview, Source, TableMapping
from casebound.duck import refusals_in_words
from casebound.errors import BadRequest, NothingToDo
from casebound.exportmanifest import Stated
from casebound.foundtables import LeftOut, archive_words, by_file, require_unchanged, stated_place
from casebound.generation import SourceDraft
from casebound.importers import importer_for, importer_of
from casebound.mappedtimes import time_column
from casebound.overlaps import Earlier
from casebound.previewing import ambiguity, look, preview, require_tables
from casebound.sameness import Held, held_words
from casebound.staging import Staging
from casebound.unpacking import Unpacked, container_of, member_parts, readable
from casebound.work import Cancelled, Progress, silent

if TYPE_CHECKING:
    from casebound.document import Case
    from casebound.store.evidence import Original

_NOTHING = Stated()


def bring_in(
    case: Case,
    path: Path,
    *,
    previews: Sequence[Preview] | None = None,
    table: str = "",
    zone: str = "",
    mapping: Mapping[str, object] | None = None,
    origin: Mapping[str, object] | None = None,
    most_set_aside: int | None = None,
    left_out: Sequence[LeftOut] | None = None,
    progress: Progress = silent,
) -> tuple[Source, ...]:
    """Bring every table of a file, or of an archive of files, into the case: all of them or nothing.

    `previews` are what a person saw and agreed to, and `left_out` what `look` told of the rest of an archive; without
    them the file is looked at here. `origin` is how the
    export was made, as stated; else a manifest.json beside the file is used. Raises `BadSource`, also where more rows
    of a table than `most_set_aside` would be set aside, `BadRequest` (day and month can be told either way and nobody
    chose), `NothingToDo` (already in the case) and `Cancelled`; the case is then as it was before.
    """
    path = Path(path)
    if not container_of(path, path.name):
        importer_for(path, path.name)
    if exportmanifest.is_manifest(path):
        raise NothingToDo(
            f"“{path.name}” is no table: it says how the files beside it were exported.",
            "Bring in those files; what it states is used and kept with each of them.",
        )
    # Looked at before it is copied, so that a file that cannot be read costs nothing.
    if previews is None:
        looked = look(path, table=table, zone=zone, mapping=mapping, progress=progress)
        require_tables(looked, path.name)
        previews, left_out = looked.previews, looked.left_out
    folders: list[Path] = []
    try:
        original = case.keep_original(path, progress)
        fresh = _not_yet_held(case, original, previews)
        work = _Work(case, path, original, origin, most_set_aside, progress, folders)
        drafts = work.read(fresh)
        if drafts:
            words = (*drafts[0].warnings, *work.told, *archive_words(original.path, path, previews, left_out))
            drafts[0] = replace(drafts[0], warnings=words)
        return case.commit_sources(original, drafts)
    except Cancelled:
        case.record_stop("import", path.name)
        raise
    except BaseException:
        # With its last generation the case gives up the original that was kept for it.
        for folder in folders or [case.new_generation()]:
            case.discard_generation(folder)
        raise


@dataclass(slots=True)
class _Work:
    """The reading of one original, table by table."""

    case: Case
    path: Path  # as it was named
    original: Original
    origin: Mapping[str, object] | None
    most_set_aside: int | None
    progress: Progress
    folders: list[Path]  # what was begun, to be given up on failure
    told: list[str] = field(default_factory=list)

    def read(self, previews: Sequence[Preview]) -> list[SourceDraft]:
        """Read them all. Raises `NothingToDo` where the case has each of them already, as the same bytes elsewhere."""
        sources = self.case.snapshot().sources
        held = Held(sources, self.case.path / "evidence")
        drafts: list[SourceDraft] = []
        scratch = None
        if container_of(self.original.path, self.path.name):
            scratch = self.case.new_generation()
            self.folders.append(scratch)
        kept, name = self.original.path, self.path.name
        for group in by_file(kept, name, previews):
            with readable(kept, name, group[0].member, (scratch or kept) / "unpacked", self.progress) as opened:
                require_unchanged(group, opened, name)
                for one in group:
                    meant = replace(opened, inner=member_parts(kept, name, one.member)[1])
                    if not self._held(held, one, meant):
                        drafts.append(self._table(one, meant, sources, drafts))
                if drafts and opened.notes:
                    self.told += [f"“{opened.member}”: {note}" for note in opened.notes]
        if not drafts:
            raise NothingToDo(" ".join(self.told), "Nothing was changed.")
        if scratch is not None:
            self.case.discard_generation(scratch)
        return drafts

    def _held(self, held: Held, one: Preview, opened: Unpacked) -> bool:
        sha256, size = (opened.sha256, opened.size) if opened.member else (self.original.sha256, self.original.size)
        same, other = held.same_table(opened.path, sha256, size, opened.inner, one.mapping.table, self.progress)
        name = f"“{one.member}” in “{self.path.name}”" if opened.member else f"“{self.path.name}”"
        if same is not None:
            self.told.append(f"{name} is already in the case: it is {held_words(same)}, byte for byte.")
        elif other is not None:
            self.told.append(f"{name} is also in the case as {held_words(other)}: its rows are there twice.")
        return same is not None

    def _table(
        self, one: Preview, opened: Unpacked, sources: Sequence[Source], drafts: Sequence[SourceDraft]
    ) -> SourceDraft:
        folder = self.case.new_generation()
        self.folders.append(folder)
        place, called, sha256 = stated_place(self.path, opened, one.mapping.table)
        stated = at_import(place, one.mapping.table, self.origin, self.case.actor.name, called)
        mapping = _with_zone(one.mapping, stated, self.case.actor.name)
        draft = read_table(
            self.original.path,
            self.path.name,
            one.format,
            one.member,
            mapping,
            folder,
            self.progress,
            stated=stated,
            sha256=sha256 or self.original.sha256,
            earlier=overlaps.earlier(self.case.path, sources, mapping, drafts=drafts),
            most_set_aside=self.most_set_aside,
            opened=opened,
        )
        changes = (*drift.words(draft.mapping, sources, drafts), *drift.alike(draft, sources, drafts))
        return replace(draft, warnings=(*draft.warnings, *changes))


def _not_yet_held(case: Case, original: Original, seen: Sequence[Preview]) -> list[Preview]:
    """The tables that the case does not have. Raises `NothingToDo` where it has all of them."""
    held = {(source.sha256, source.member, source.table): source for source in case.snapshot().sources}
    fresh = [one for one in seen if (original.sha256, one.member, one.mapping.table) not in held]
    if not fresh:
        first = held[(original.sha256, seen[0].member, seen[0].mapping.table)]
        raise NothingToDo(
            f"“{original.name}” is already in the case: it is {held_words(first)}.", "Nothing was changed."
        )
    return fresh


def _with_zone(mapping: TableMapping, stated: Stated, actor: str) -> TableMapping:
    """The mapping with the zone and the time base as they will be recorded."""
    if mapping.time_base_origin == "chosen":
        mapping = replace(mapping, time_base_origin=f"chosen by {actor}")
    elif stated.time_base:
        mapping = replace(mapping, time_base=stated.time_base, time_base_origin=stated.time_base_origin)
    if mapping.zone_origin == "chosen":
        return replace(mapping, zone_origin=f"chosen by {actor}")
    if stated.zone:
        return replace(mapping, zone=stated.zone, zone_origin=stated.zone_origin)
    return mapping


@refusals_in_words()
def read_table(
    kept: Path,
    name: str,
    source_format: str,
    member: str,
    mapping: TableMapping,
    folder: Path,
    progress: Progress = silent,
    *,
    stated: Stated = _NOTHING,
    sha256: str = "",
    earlier: Sequence[Earlier] = (),
    most_set_aside: int | None = None,
    opened: Unpacked | None = None,
) -> SourceDraft:
    """Read one table of a kept original into the empty folder of a new generation, by the mapping alone: the same
    again gives the same. `opened` is the file behind `member` where the caller has it unpacked (`casebound.unpacking`).
    Rows that stand in `earlier` sources already are left out as duplicates of those.
    """
    if opened is None:
        with readable(kept, name, member, folder / "unpacked", progress) as unpacked:
            return read_table(
                kept,
                name,
                source_format,
                member,
                mapping,
                folder,
                progress,
                stated=stated,
                sha256=sha256,
                earlier=earlier,
                most_set_aside=most_set_aside,
                opened=unpacked,
            )
    importer = importer_of(source_format)
    time = next((column for column in mapping.columns if column.role is ColumnRole.TIME), None)
    times = time_column(mapping)
    total = importer.size(opened.path, opened.inner)
    staging = Staging(folder, opened.path, mapping, times)
    told: dict[str, None] = {}
    try:
        done = 0
        progress(0, total, f"Reading {opened.name}")
        with ahead(importer.batches(opened.path, opened.inner, mapping)) as batches:
            for batch in batches:
                staging.add(batch)
                quarantine.require_few(staging.aside, most_set_aside, opened.name)
                told.update(dict.fromkeys(batch.told))
                last = max((int(batch.offsets[-1] + batch.lengths[-1]) if batch.count else 0, done))
                if batch.count and batch.offsets[-1] < 0:
                    last = staging.read  # a format without offsets counts its rows
                done = min(last, total) if total else staging.read
                progress(done, total, f"Reading {opened.name}")
        if times and time and times.days.either:
            raise BadRequest(
                ambiguity(time.name, times.days, f"“{opened.name}”"),
                f"Say which it is: give “{time.name}” the time format dmy or mdy in the mapping, "
                f'such as {{"columns": {{"{time.name}": {{"role": "time", "time_format": "dmy"}}}}}}.',
                meaning="Nothing was brought in, because a guess would move events to other days.",
            )
        shared = overlaps.reconcile(staging, earlier, progress)
        written = rowstore.write(staging, importer.version, progress)
        quarantine.require_few(written.quarantined, most_set_aside, opened.name)
    finally:
        staging.close()
    mapping = replace(mapping, columns=rowstore.extended(mapping.columns, written.columns))
    return SourceDraft(
        name=name,
        member=member,
        table=mapping.table,
        format=source_format,
        mapping=mapping,
        read=staging.read,
        kept=written.kept,
        quarantined=written.quarantined,
        duplicates=written.duplicates,
        timed=written.timed,
        first_us=written.first_us,
        last_us=written.last_us,
        expected=stated.expected,
        expected_from=stated.expected_from,
        origin=stated.origin,
        generation=folder,
        rows_digest=written.digest,
        importer=importer.version,
        warnings=(
            *_warnings(opened.name, staging, written, stated, sha256),
            *overlaps.words(shared, mapping.named(ColumnRole.ID)),
            *told,
        ),
    )


def _warnings(name: str, staging: Staging, written: rowstore.Written, stated: Stated, sha256: str) -> tuple[str, ...]:
    words = [*stated.warnings, *differences(name, staging.read, sha256, stated)]
    if written.alike:
        words.append(
            f"{written.alike:,} rows repeat another in every value. They were kept: the table has no key that "
            f"tells whether that is one thing told twice."
        )
    if written.assumed:
        words.append(f"{written.assumed:,} times carry no zone and were read as UTC, which nobody stated.")
    words += [f"{count:,} {'time' if count == 1 else 'times'}: {note}." for note, count in written.notes]
    if staging.blank:
        words.append(f"{staging.blank:,} blank lines hold nothing and are not counted as rows.")
    if staging.read and not written.kept:
        words.append("No row could be kept: see what was set aside, and check the preview.")
    return tuple(words)


__all__ = ["bring_in", "look", "preview", "read_table"]
