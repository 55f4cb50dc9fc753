"""Bring exports in, and list what was set aside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer

from casebound.case import Preview, Source
from casebound.document import Case
from casebound.errors import BadRequest, CannotWrite, NothingToDo
from casebound.folders import gather
from casebound.foundtables import Fate, LeftOut
from casebound.importing import bring_in
from casebound.mappingfiles import mapping_file, read_mapping_file
from casebound.previewing import Looked
from casebound.remainders import attach_rest as attach_rest_of
from casebound_ui.cli import opening, terminal
from casebound_ui.cli.leftouts import left_out_facts, tell_left_out
from casebound_ui.cli.opening import CasePath, Json, Key, Name, PassphraseFile
from casebound_ui.cli.previewing import tell_previews
from casebound_ui.cli.sources import import_facts


def register(app: typer.Typer) -> None:
    app.command("import", short_help="Bring exports in.")(import_)


def import_(
    case: CasePath,
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FILE", help="Exports, archives of them (ZIP, gzip …) or folders.", show_default=False),
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
    attach_rest: Annotated[
        bool, typer.Option("--attach-rest", help="Attach what is no table in the folders and archives named.")
    ] = False,
    no_index: Annotated[
        bool, typer.Option("--no-index", help="Do not build the text index, which makes search faster.")
    ] = False,
    name: Name = "",
    identity: Key = None,
    passphrase_file: PassphraseFile = None,
    json: Json = False,
) -> None:
    """Bring exports in: each original is copied and hashed first, then read.

    Rows that cannot be used are set aside with the reason. Of a folder or an archive every table is brought in, and
    whatever is no table is named with the reason.
    """
    columns = read_mapping_file(mapping) if mapping else None
    stated = opening.read_object(origin, "The origin")
    for file in files:
        if not file.is_dir():
            opening.existing(file, "an export")
    # Everything is looked at before anything is kept, so that a file that cannot be read leaves the case alone.
    with terminal.working("Looking at the files") as progress:
        found = gather(files, table=table, zone=zone, mapping=columns, progress=progress)
    if save_mapping:
        _save(save_mapping, [preview for one in found.looked for preview in one.previews])
    if only_preview:
        tell_previews([(one.path, one.previews) for one in found.looked], found.left_out, json=json)
        return
    who = opening.actor(name, identity, passphrase_file)
    brought: list[tuple[Path, Source]] = []
    rest: list[tuple[LeftOut, int | None]] = []
    try:
        with opening.writing(case, who) as held:
            for one in found.looked:
                made = _bring(held, one, files, rest, stated, stop_if)
                brought += [(one.path, source) for source in made]
                if not json:
                    for source in made:
                        _tell(source)
            attached = _attach(held, found.left_out) if attach_rest else {}
            rest += [(one, attached.get(one)) for one in found.left_out]
            if brought and not no_index:
                with terminal.working("Preparing the columns") as progress:
                    held.build_column_codes(progress)
                with terminal.working("Building the text index") as progress:
                    held.build_text_indexes(progress)
    finally:
        # What was finished is told even where a later file failed.
        if json and (brought or rest):
            facts = [{"file": str(file), **import_facts(source)} for file, source in brought]
            terminal.show_json(facts + [left_out_facts(*one) for one in rest])
    if json:
        return
    tell_left_out(rest)
    if len(brought) > 1:
        kept, aside = sum(one.kept for _, one in brought), sum(one.quarantined for _, one in brought)
        terminal.say(f"{terminal.count(len(brought), 'table')}: {kept:,} rows kept, {aside:,} set aside.")


def _bring(
    held: Case,
    one: Looked,
    named: list[Path],
    rest: list[tuple[LeftOut, int | None]],
    stated: Mapping[str, object] | None,
    stop_if: int | None,
) -> tuple[Source, ...]:
    """Bring one file in. What the case has already is told, and fails only where it was all that was named."""
    try:
        with terminal.working(f"Bringing in {one.path.name}") as progress:
            return bring_in(
                held,
                one.path,
                previews=one.previews,
                left_out=one.left_out,
                origin=stated,
                most_set_aside=stop_if,
                progress=progress,
            )
    except NothingToDo as error:
        if [one.path] == named:
            raise
        rest.append((LeftOut(one.path, "", Fate.HELD, error.title), None))
        return ()


def _attach(held: Case, left_out: Sequence[LeftOut]) -> dict[LeftOut, int | None]:
    """Attach what can be, and say which number each got."""
    with terminal.working("Attaching what is no table") as progress:
        made = attach_rest_of(held, left_out, progress)
    for one in made:
        if one.attachment is None:
            terminal.note(f"{one.left_out.name}: {one.reason}")
    return {one.left_out: one.attachment.number if one.attachment else None for one in made}


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
    elif not any(column.role == "time" for column in source.mapping.columns):
        terminal.say("      no column is taken for the time: its rows are kept as a table, not on the timeline")
    for warning in source.warnings:
        terminal.say("      " + terminal.inert(warning))
