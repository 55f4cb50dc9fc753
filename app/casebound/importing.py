"""Bringing files in: what it would do, and doing it.

The original is kept and hashed first; rows are read from the kept original.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from casebound import exportmanifest, rowstore
from casebound.assurance import at_import, differences
from casebound.case import ColumnRole, Preview, Source, TableMapping
from casebound.errors import BadRequest, BadSource, NothingToDo
from casebound.exportmanifest import Stated
from casebound.generation import SourceDraft
from casebound.importers import importer_for, importer_of
from casebound.importers.layout import Choices
from casebound.mappedtimes import time_column
from casebound.previewing import ambiguity, preview
from casebound.staging import Staging
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
    progress: Progress = silent,
) -> tuple[Source, ...]:
    """Bring every table of a file into the case, all of them or nothing.

    `previews` are what a person saw and agreed to; without them the file is looked at here. `origin` is how the
    export was made, as
    stated; else a manifest.json beside the file is used. Raises `BadSource`, `BadRequest` (day and month can be told
    either way and nobody
    chose), `NothingToDo` (already in the case) and `Cancelled`; the case is then as it was before.
    """
    path = Path(path)
    importer_for(path, path.name)
    if exportmanifest.is_manifest(path):
        raise NothingToDo(
            f"“{path.name}” is no table: it says how the files beside it were exported.",
            "Bring in those files; what it states is used and kept with each of them.",
        )
    # Looked at before it is copied, so that a file that cannot be read costs nothing.
    seen = tuple(previews) if previews is not None else preview(path, table=table, zone=zone, mapping=mapping)
    folders: list[Path] = []
    try:
        original = case.keep_original(path, progress)
        fresh = _not_yet_held(case, original, seen)
        _unchanged_since(seen, original.path, path.name)
        drafts = []
        for one in fresh:
            folders.append(case.new_generation())
            stated = at_import(path, one.mapping.table, origin, case.actor.name)
            mapping_used = _with_zone(one.mapping, stated, case.actor.name)
            drafts.append(
                read_table(
                    original.path,
                    path.name,
                    one.format,
                    one.member,
                    mapping_used,
                    folders[-1],
                    progress,
                    stated=stated,
                    sha256=original.sha256,
                )
            )
        return case.commit_sources(original, drafts)
    except Cancelled:
        case.record_stop("import", path.name)
        raise
    except BaseException:
        # With its last generation the case gives up the original that was kept for it.
        for folder in folders or [case.new_generation()]:
            case.discard_generation(folder)
        raise


def _not_yet_held(case: Case, original: Original, seen: Sequence[Preview]) -> list[Preview]:
    """The tables that the case does not have. Raises `NothingToDo` where it has all of them."""
    held = {(source.sha256, source.member, source.table): source for source in case.snapshot().sources}
    fresh = [one for one in seen if (original.sha256, one.member, one.mapping.table) not in held]
    if not fresh:
        first = held[(original.sha256, seen[0].member, seen[0].mapping.table)]
        when = f"{first.imported_at:%Y-%m-%d %H:%M} UTC"
        raise NothingToDo(
            f"“{original.name}” is already in the case: it is {first.label}, “{first.name}”, brought in {when}.",
            "Nothing was changed.",
        )
    return fresh


def _unchanged_since(seen: Sequence[Preview], kept: Path, name: str) -> None:
    """Raise `BadSource` where the file that was kept is no longer the one that was looked at."""
    importer = importer_of(seen[0].format)
    mapping = seen[0].mapping
    choices = Choices(mapping.encoding, mapping.delimiter, mapping.header_line, mapping.header_rows)
    layouts = {layout.member: layout for layout in importer.layouts(kept, name, choices)}
    for one in seen:
        names = tuple(column.name for column in one.mapping.columns)
        if one.member not in layouts or layouts[one.member].columns != names:
            raise BadSource(
                f"“{name}” changed since it was looked at.", "Look at it again, then bring it in.", where=name
            )


def _with_zone(mapping: TableMapping, stated: Stated, actor: str) -> TableMapping:
    """The mapping with the zone and the time base as they will be recorded."""
    if mapping.time_base_origin == "chosen":
        mapping = replace(mapping, time_base_origin=f"chosen by {actor}")
    if mapping.zone_origin == "chosen":
        return replace(mapping, zone_origin=f"chosen by {actor}")
    if stated.zone:
        return replace(mapping, zone=stated.zone, zone_origin=stated.zone_origin)
    return mapping


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
) -> SourceDraft:
    """Read one table of a kept original into the empty folder of a new generation, by the mapping alone: the same
    again gives the same.
    """
    importer = importer_of(source_format)
    time = next((column for column in mapping.columns if column.role is ColumnRole.TIME), None)
    times = time_column(mapping)
    total = importer.size(kept, member)
    staging = Staging(folder, kept, mapping, times)
    told: dict[str, None] = {}
    try:
        done = 0
        progress(0, total, f"Reading {name}")
        for batch in importer.batches(kept, member, mapping):
            staging.add(batch)
            told.update(dict.fromkeys(batch.told))
            last = max((int(batch.offsets[-1] + batch.lengths[-1]) if batch.count else 0, done))
            if batch.count and batch.offsets[-1] < 0:
                last = staging.read  # a format without offsets counts its rows
            done = min(last, total) if total else staging.read
            progress(done, total, f"Reading {name}")
        if times and time and times.days.either:
            raise BadRequest(
                ambiguity(time.name, times.days, f"“{name}”"),
                f"Say which it is: give “{time.name}” the time format dmy or mdy in the mapping.",
                meaning="Nothing was brought in, because a guess would move events to other days.",
            )
        written = rowstore.write(staging, importer.version, progress)
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
        warnings=(*_warnings(name, staging, written, stated, sha256), *told),
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
    words += [f"{count:,} times: {note}." for note, count in written.notes]
    if staging.blank:
        words.append(f"{staging.blank:,} blank lines hold nothing and are not counted as rows.")
    if staging.read and not written.kept:
        words.append("No row could be kept: see what was set aside, and check the preview.")
    return tuple(words)


__all__ = ["bring_in", "preview", "read_table"]
