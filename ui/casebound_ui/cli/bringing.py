"""Bring exports in, and list what was set aside."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from casebound.case import Preview, Source
from casebound.errors import BadRequest, CannotWrite
from casebound.exportmanifest import is_manifest
from casebound.importing import bring_in, preview
from casebound.mappingfiles import mapping_file, read_mapping_file
from casebound_ui.cli import opening, terminal
from casebound_ui.cli.opening import CasePath, Json, Key, Name, PassphraseFile
from casebound_ui.cli.previewing import tell_previews
from casebound_ui.cli.sources import import_facts


def register(app: typer.Typer) -> None:
    app.command("import", short_help="Bring exports in.")(import_)


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
    save_mapping: Annotated[
        Path | None,
        typer.Option("--save-mapping", metavar="FILE", help="Write how the table is read, for --mapping another time."),
    ] = None,
    stop_if: Annotated[
        int | None,
        typer.Option("--stop-if-set-aside", metavar="N", min=0, help="Bring a file in only if at most N rows fail."),
    ] = None,
    name: Name = "",
    identity: Key = None,
    passphrase_file: PassphraseFile = None,
    json: Json = False,
) -> None:
    """Bring exports in: each original is copied and hashed first, then read.

    Rows that cannot be used are set aside with the reason.
    """
    columns = read_mapping_file(mapping) if mapping else None
    stated = opening.read_object(origin, "The origin")
    for file in files:
        opening.existing(file, "an export")
    tables = [file for file in files if len(files) == 1 or not is_manifest(file)]
    for file in files:
        if file not in tables:
            terminal.note(f"{file} is no table; what it states is used for the files that it names.")
    # Everything is looked at before anything is kept, so that a file that cannot be read leaves the case alone.
    looked = [(file, preview(file, table=table, zone=zone, mapping=columns)) for file in tables]
    if save_mapping:
        _save(save_mapping, [one for _, previews in looked for one in previews])
    if only_preview:
        tell_previews(looked, json=json)
        return
    who = opening.actor(name, identity, passphrase_file)
    brought: list[tuple[Path, Source]] = []
    try:
        with opening.writing(case, who) as held:
            for file, previews in looked:
                with terminal.working(f"Bringing in {file.name}") as progress:
                    made = bring_in(
                        held, file, previews=previews, origin=stated, most_set_aside=stop_if, progress=progress
                    )
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


def _save(file: Path, previews: list[Preview]) -> None:
    """Write how the one table is read to a new file."""
    if len(previews) != 1:
        raise BadRequest(
            f"--save-mapping writes how one table is read, and there are {len(previews)}.",
            "Name one file with one table.",
        )
    try:
        with file.open("xb") as stream:
            stream.write(mapping_file(previews[0].mapping))
    except OSError as error:
        why = "something is there already" if isinstance(error, FileExistsError) else error.strerror
        raise CannotWrite(f"{file} cannot be written: {why}.", "Name another file.", where=str(file)) from error
    terminal.note(f"How “{previews[0].mapping.table}” is read was written to {file}.")


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
