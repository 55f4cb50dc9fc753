"""Bringing files in: what it would do, and doing it. The original is kept and hashed first; rows are read from the kept original."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from casebound import exportmanifest, rowstore
from casebound.case import ColumnRole, Preview, Source, TableMapping
from casebound.errors import BadRequest, NothingToDo
from casebound.exportmanifest import Stated
from casebound.generation import SourceDraft
from casebound.importers import importer_for, importer_of
from casebound.importers.layout import Importer, Layout
from casebound.mappings import changed, choices_of
from casebound.moments import Ambiguous, Moment, Unread, read, settle, utc_text
from casebound.recognition import propose
from casebound.staging import Staging
from casebound.timecolumn import DayMonth, TimeColumn
from casebound.work import Cancelled, Progress, silent
from casebound.zones import find_zone

if TYPE_CHECKING:
    from casebound.document import Case

_SAMPLES = 8
_SHOWN = 50


def preview(
    path: Path, *, table: str = "", zone: str = "", mapping: Mapping[str, object] | None = None, name: str = ""
) -> tuple[Preview, ...]:
    """What bringing in `path` would do, one for each table in it. Nothing is kept.

    `zone` is for times that carry none. `mapping` is what a person chose (`casebound.mappings`). `name` is the file's own name where
    `path` is a copy of it. Raises `BadSource` where the file cannot be read at all, `BadRequest` where a choice does not fit.
    """
    path, name = Path(path), name or Path(path).name
    importer = importer_for(path, name)
    said = dict(mapping or {})
    layouts = importer.layouts(path, name, choices_of(said))
    table = table or str(said.get("table", "") or "")
    if table and len(layouts) > 1:
        members = ", ".join(f"“{layout.member}”" for layout in layouts)
        raise BadRequest(
            f"“{name}” holds several tables ({members}); one name does not fit them.", "Leave the name out."
        )
    zone = zone or str(said.get("zone", "") or "")
    return tuple(_preview(path, name, importer, layout, table, zone, said, len(layouts) == 1) for layout in layouts)


def _preview(
    path: Path,
    name: str,
    importer: Importer,
    layout: Layout,
    table: str,
    zone: str,
    said: Mapping[str, object],
    only: bool,
) -> Preview:
    table = _table_name(table or layout.table)
    proposal = propose(table, layout.columns, layout.rows, layout.roles)
    stated = exportmanifest.beside(path, table, name)
    chosen = zone or stated.zone
    find_zone(chosen)
    mapping = TableMapping(
        table,
        proposal.columns,
        chosen,
        "chosen" if zone else stated.zone_origin,
        layout.encoding,
        layout.delimiter,
        layout.header_line,
        layout.recognised_as or proposal.recognised_as,
    )
    applies = only or not said.get("columns")
    mapping = changed(mapping, said) if applies else _changed_where_named(mapping, said)
    samples, words = _time_samples(mapping, layout)
    evidence = (*layout.evidence, *proposal.evidence, *words)
    return Preview(path, importer.format, mapping, layout.rows[:_SHOWN], samples, evidence, layout.member)


def _changed_where_named(mapping: TableMapping, said: Mapping[str, object]) -> TableMapping:
    """Of several tables, each takes from the mapping the columns that it has."""
    columns = said.get("columns")
    names = {column.name for column in mapping.columns}
    own = {name: value for name, value in columns.items() if name in names} if isinstance(columns, Mapping) else {}
    return changed(mapping, {"columns": own})


def _time_samples(mapping: TableMapping, layout: Layout) -> tuple[tuple[tuple[str, str], ...], tuple[str, ...]]:
    """How the first different times would read, and what a person must know or decide about them."""
    time = next((column for column in mapping.columns if column.role is ColumnRole.TIME), None)
    if time is None:
        return (), ("No column holds times: the rows are kept as a table and are not on the timeline.",)
    index = [column.name for column in mapping.columns].index(time.name)
    days, samples = DayMonth(), {}
    zone, zoneless = find_zone(mapping.zone), 0
    for row in layout.rows:
        raw = row[index] or ""
        found = read(raw, time.time_format)
        days.count(found, raw)
        if isinstance(found, Ambiguous):
            one, two = (settle(reading, zone, mapping.zone_origin) for reading in (found.day_first, found.month_first))
            told = " or ".join(utc_text(moment.time_us) for moment in (one, two) if isinstance(moment, Moment))
            samples.setdefault(raw, f"{told}: day first or month first?")
            continue
        moment = found if isinstance(found, Unread) else settle(found, zone, mapping.zone_origin)
        if isinstance(moment, Moment):
            zoneless += moment.zone_origin == mapping.zone_origin
            samples.setdefault(raw, utc_text(moment.time_us))
        else:
            samples.setdefault(raw, f"set aside: {moment.reason}")
    words = []
    if days.either:
        words.append(_ambiguity(time.name, days, "the first rows"))
    if zoneless:
        assumed = (
            "UTC is assumed" if mapping.zone_origin == "assumed" else f"{zone.name} is used ({mapping.zone_origin})"
        )
        words.append(f"Times in “{time.name}” carry no zone: {assumed}.")
    return tuple(list(samples.items())[:_SAMPLES]), tuple(words)


def _ambiguity(column: str, days: DayMonth, where: str) -> str:
    only = []
    if days.day_first:
        only.append(f"{days.day_first:,} only day first")
    if days.month_first:
        only.append(f"{days.month_first:,} only month first")
    rest = f"; {' and '.join(only)}" if only else ""
    return (
        f"In {where}, {days.either:,} times in “{column}” such as “{days.example}” read day first or month first{rest}."
    )


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

    `previews` are what a person saw and agreed to; without them the file is looked at here. `origin` is how the export was made, as
    stated; else a manifest.json beside the file is used. Raises `BadSource`, `BadRequest` (day and month can be told either way and nobody
    chose), `NothingToDo` (already in the case) and `Cancelled`; the case is then as it was before.
    """
    path = Path(path)
    importer_for(path, path.name)
    if exportmanifest.is_manifest(path):
        raise NothingToDo(
            f"“{path.name}” is no table: it says how the files beside it were exported.",
            "Bring in those files; what it states is used and kept with each of them.",
        )
    if previews is None:
        previews = preview(path, table=table, zone=zone, mapping=mapping)
    original = case.keep_original(path, progress)
    held = {(source.sha256, source.member, source.table): source for source in case.snapshot().sources}
    fresh = [one for one in previews if (original.sha256, one.member, one.mapping.table) not in held]
    if not fresh:
        first = held[(original.sha256, previews[0].member, previews[0].mapping.table)]
        raise NothingToDo(
            f"“{path.name}” is already in the case: it is {first.label}, “{first.name}”, brought in {first.imported_at:%Y-%m-%d %H:%M} UTC.",
            "Nothing was changed.",
        )
    folders: list[Path] = []
    try:
        drafts = []
        for one in fresh:
            folders.append(case.new_generation())
            drafts.append(
                _read_table(one, path, original.path, original.sha256, folders[-1], case.actor.name, origin, progress)
            )
        return case.commit_sources(original, drafts)
    except BaseException as error:
        for folder in folders:
            case.discard_generation(folder)
        if isinstance(error, Cancelled):
            case.record_stop("import", path.name)
        raise


def _read_table(
    seen: Preview,
    path: Path,
    kept: Path,
    sha256: str,
    folder: Path,
    actor: str,
    origin: Mapping[str, object] | None,
    progress: Progress,
) -> SourceDraft:
    mapping = seen.mapping
    stated = (
        exportmanifest.stated(origin, mapping.table, path.name, "the origin as stated")
        if origin is not None
        else exportmanifest.beside(path, mapping.table, path.name)
    )
    if mapping.zone_origin == "chosen":
        mapping = replace(mapping, zone_origin=f"chosen by {actor}")
    elif not mapping.zone and stated.zone:
        mapping = replace(mapping, zone=stated.zone, zone_origin=stated.zone_origin)
    return read_table(
        kept, path.name, seen.format, seen.member, mapping, folder, progress, stated=stated, sha256=sha256
    )


def read_table(
    kept: Path,
    name: str,
    source_format: str,
    member: str,
    mapping: TableMapping,
    folder: Path,
    progress: Progress = silent,
    *,
    stated: Stated = Stated(),
    sha256: str = "",
) -> SourceDraft:
    """Read one table of a kept original into the empty folder of a new generation, by the mapping alone: the same again gives the same."""
    importer = importer_of(source_format)
    time = next((column for column in mapping.columns if column.role is ColumnRole.TIME), None)
    times = TimeColumn(time.time_format, find_zone(mapping.zone), mapping.zone_origin) if time else None
    total = importer.size(kept, member)
    staging = Staging(folder, kept, mapping, times)
    try:
        done = 0
        progress(0, total, f"Reading {name}")
        for batch in importer.batches(kept, member, mapping):
            staging.add(batch)
            last = max((int(batch.offsets[-1] + batch.lengths[-1]) if batch.count else 0, done))
            done = min(last, total) if total else staging.read
            progress(done, total, f"Reading {name}")
        if times and time and times.days.either:
            raise BadRequest(
                _ambiguity(time.name, times.days, f"“{name}”"),
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
        warnings=_warnings(name, staging, written, stated, sha256),
    )


def _warnings(name: str, staging: Staging, written: rowstore.Written, stated: Stated, sha256: str) -> tuple[str, ...]:
    words = list(stated.warnings)
    if stated.sha256 and sha256 and stated.sha256 != sha256:
        words.append(
            f"“{name}” is not the file that was exported, or was changed since: its SHA-256 is {sha256}, and {stated.sha256} was stated."
        )
    if stated.expected is not None and stated.expected != staging.read:
        words.append(
            f"{stated.expected:,} rows were stated by {stated.expected_from} and {staging.read:,} are in the file."
        )
    if written.alike:
        words.append(
            f"{written.alike:,} rows repeat another in every value. They were kept: the table has no key that tells whether that is one thing told twice."
        )
    if written.assumed:
        words.append(f"{written.assumed:,} times carry no zone and were read as UTC, which nobody stated.")
    words += [f"{count:,} times: {note}." for note, count in written.notes]
    if staging.blank:
        words.append(f"{staging.blank:,} blank lines hold nothing and are not counted as rows.")
    if staging.read and not written.kept:
        words.append("No row could be kept: see what was set aside, and check the preview.")
    return tuple(words)


def _table_name(text: str) -> str:
    """A name that can stand in a row's identity and in a file name."""
    name = re.sub(r"[^A-Za-z0-9_-]+", "_", text).strip("_")[:60]
    return name or "table"


__all__ = ["bring_in", "preview", "read_table"]
