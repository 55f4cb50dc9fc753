"""Bring exports in, and list what was set aside."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Annotated

import typer

from casebound.case import SetAside, Source
from casebound.errors import BadRequest
from casebound.exportmanifest import is_manifest
from casebound.importing import bring_in, preview
from casebound_exporters.cells import guarded
from casebound_ui.cli import opening, terminal
from casebound_ui.cli.opening import CasePath, Json, Key, Name, PassphraseFile
from casebound_ui.cli.previewing import tell_previews
from casebound_ui.cli.sources import import_facts


def register(app: typer.Typer) -> None:
    app.command("import", short_help="Bring exports in.")(import_)
    app.command("quarantine", short_help="List the rows set aside.")(quarantine)


def import_(
    case: CasePath,
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FILE", help="Exports: CSV, TSV, JSON, JSONL, XLSX, web logs.", show_default=False),
    ],
    mapping: Annotated[
        Path | None,
        typer.Option("--mapping", metavar="FILE", help="How the table is read, as JSON: columns, zone, delimiter …"),
    ] = None,
    zone: Annotated[
        str, typer.Option("--zone", metavar="ZONE", help="For times without a zone: Europe/Berlin, +02:00, UTC.")
    ] = "",
    origin: Annotated[
        Path | None,
        typer.Option("--origin", metavar="FILE.json", help="How the export was made; else a manifest.json beside it."),
    ] = None,
    table: Annotated[
        str, typer.Option("--table", metavar="NAME", help="Name of the table; else from the file's name.")
    ] = "",
    only_preview: Annotated[
        bool, typer.Option("--preview", help="Show how each file would be read, and keep nothing.")
    ] = False,
    name: Name = "",
    identity: Key = None,
    passphrase_file: PassphraseFile = None,
    json: Json = False,
) -> None:
    """Bring exports in: each original is copied and hashed first, then read.

    Rows that cannot be used are set aside with the reason.
    """
    columns = opening.read_object(mapping, "The mapping")
    stated = opening.read_object(origin, "The origin")
    for file in files:
        opening.existing(file, "an export")
    tables = [file for file in files if len(files) == 1 or not is_manifest(file)]
    for file in files:
        if file not in tables:
            terminal.note(f"{file} is no table; what it states is used for the files that it names.")
    # Everything is looked at before anything is kept, so that a file that cannot be read leaves the case alone.
    looked = [(file, preview(file, table=table, zone=zone, mapping=columns)) for file in tables]
    if only_preview:
        tell_previews(looked, json=json)
        return
    who = opening.actor(name, identity, passphrase_file)
    brought: list[tuple[Path, Source]] = []
    try:
        with opening.writing(case, who) as held:
            for file, previews in looked:
                with terminal.working(f"Bringing in {file.name}") as progress:
                    made = bring_in(held, file, previews=previews, origin=stated, progress=progress)
                brought += [(file, source) for source in made]
                if not json:
                    for source in made:
                        _tell(source)
    finally:
        # What was finished is told even where a later file failed.
        if json and (brought or not looked):
            terminal.show_json([{"file": str(file), **import_facts(source)} for file, source in brought])
    if not json and len(brought) > 1:
        kept, aside = sum(one.kept for _, one in brought), sum(one.quarantined for _, one in brought)
        terminal.say(f"{terminal.count(len(brought), 'table')}: {kept:,} rows kept, {aside:,} set aside.")


def _tell(source: Source) -> None:
    terminal.say(
        terminal.inert(
            f"{source.label} {source.name}{f' [{source.member}]' if source.member else ''} as “{source.table}”: "
        )
        + f"{terminal.count(source.read, 'row')} read = {source.kept:,} kept + {source.quarantined:,} set aside + "
        + f"{terminal.count(source.duplicates, 'duplicate')}"
    )
    if source.first_us is not None:
        zone = source.mapping.zone or "UTC"
        terminal.say(
            f"      {terminal.moment(source.first_us)} to {terminal.moment(source.last_us)}; "
            f"times without a zone read as {terminal.inert(zone)} ({terminal.inert(source.mapping.zone_origin)})"
        )
    for warning in source.warnings:
        terminal.say("      " + terminal.inert(warning))


def quarantine(
    case: CasePath,
    export: Annotated[
        Path | None,
        typer.Option(
            "--export", metavar="FILE", help="Write the rows as found to a new FILE (CSV, or JSONL by its ending)."
        ),
    ] = None,
    json: Json = False,
) -> None:
    """List the rows set aside, each with file, line, reason and the record as found."""
    with opening.reading(case) as held:
        snapshot = held.snapshot()
        with opening.rows_of(held) as events:
            rows = events.set_aside()
    names = {source.number: source for source in snapshot.sources}
    listed = [_set_aside(row, names[row.source]) for row in rows]
    if export is not None:
        _write(export, listed)
    if json:
        terminal.show_json(listed)
        return
    if export is not None:
        terminal.say(f"Wrote {terminal.count(len(listed), 'row')} to {export}.")
        return
    read = sum(source.read for source in snapshot.sources)
    if not listed:
        terminal.say(f"Nothing was set aside: all {terminal.count(read, 'row')} read could be used.")
        return
    head = ("Source", "File", "Line", "Code", "Reason", "As found")
    terminal.show_table(
        head, [[row[key] for key in ("source", "file", "line", "code", "reason", "raw")] for row in listed]
    )
    terminal.say()
    terminal.say(
        f"{len(listed):,} of {terminal.count(read, 'row')} read were set aside. The originals hold them unchanged."
    )


def _set_aside(row: SetAside, source: Source) -> dict[str, object]:
    return {
        "source": source.label,
        "file": source.name,
        "ordinal": row.ordinal,
        "line": row.line,
        "offset": row.offset,
        "code": row.code,
        "reason": row.reason,
        "raw": row.raw,
    }


def _write(path: Path, listed: list[dict[str, object]]) -> None:
    """A new file with the rows; in CSV every cell that a spreadsheet would run carries a leading apostrophe."""
    if path.exists():
        raise BadRequest(f"{path} is already there.", "Name a new file; nothing is ever written over.", where=str(path))
    import json

    buffer = io.StringIO(newline="")
    if path.suffix.lower() in (".jsonl", ".ndjson"):
        for row in listed:
            buffer.write(json.dumps(row, ensure_ascii=False) + "\n")
    else:
        writer = csv.writer(buffer, lineterminator="\n")
        writer.writerow(("source", "file", "ordinal", "line", "offset", "code", "reason", "raw"))
        for row in listed:
            writer.writerow([guarded(str(cell)) for cell in row.values()])
    opening.write_new(path, buffer.getvalue().encode("utf-8", "backslashreplace"))
