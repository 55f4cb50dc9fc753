"""Attach files of any kind: each is kept byte for byte and chained to the one before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final

import typer

from casebound.attachmentfacts import Facts, facts_of
from casebound.case import Attachment
from casebound.document import Attached, Stating
from casebound.errors import BadRequest
from casebound.store.disk import files_below
from casebound_ui.cli import opening, terminal
from casebound_ui.cli.opening import CasePath, Json, Key, Name, PassphraseFile

FEW: Final = 20  # files that are told, and asked what they say of themselves, one by one


def register(app: typer.Typer) -> None:
    app.command("attach", short_help="Attach files.")(attach)


def attach(
    case: CasePath,
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE", help="Files of any kind, or folders of them.", show_default=False)
    ],
    title: Annotated[str, typer.Option("--title", metavar="T", help="What it is, in words.")] = "",
    origin: Annotated[
        Path | None,
        typer.Option("--origin", metavar="FILE.json", help="Where it came from: url, captured_at, operator …"),
    ] = None,
    event: Annotated[
        list[str] | None, typer.Option("--event", metavar="EVENT", help="Attach it to this event; may be repeated.")
    ] = None,
    sensitive: Annotated[
        bool | None,
        typer.Option(
            "--sensitive/--not-sensitive", help="Cover it until asked for. Images and video are, when left out."
        ),
    ] = None,
    exhibit: Annotated[bool, typer.Option("--exhibit", help="Make each an exhibit too.")] = False,
    name: Name = "",
    identity: Key = None,
    passphrase_file: PassphraseFile = None,
    json: Json = False,
) -> None:
    """Attach files, or all files of folders. The originals are copied, hashed and never changed; each is chained to
    the attachment before it.

    All of them are attached, or none: stopping leaves the case as before. What is attached already is told.
    """
    stated = opening.read_object(origin, "The origin")
    for file in files:
        if not file.is_dir():
            opening.existing(file, "a file to attach")
    chosen = files_of(files)
    who = opening.actor(name, identity, passphrase_file)
    with opening.writing(case, who) as held:
        with opening.rows_of(held) as rows:
            linked = tuple(rows.find(text) for text in event or ())
        words = chosen.paths[0].name if len(chosen.paths) == 1 else f"{len(chosen.paths):,} files"
        stating = Stating(title, stated, sensitive, linked, {} if title else chosen.titles, exhibits=exhibit)
        with terminal.working(f"Attaching {words}") as progress:
            attached = held.attach_many(chosen.paths, stating, progress)
        asked = {one.number: facts_of(held.evidence_path(one.sha256), one.media_type) for one in attached.made[:FEW]}
    numbers = {one.attachment: one.number for one in attached.exhibits}
    if json:
        made = [{**_told(one), "exhibit": numbers.get(one.number), **_facts(asked, one)} for one in attached.made]
        again = [{"attachment": number, "file": path.name, "repeated": True} for path, number in attached.repeated]
        terminal.show_json([*made, *again])
        return
    _say(attached, numbers, asked)
    for path in chosen.passed_over:
        terminal.say(terminal.inert(f"Passed over: {path}, a link or no file."))


@dataclass(frozen=True, slots=True)
class Chosen:
    """Files to attach. `titles` are the paths of those in folders of a folder; links are never followed."""

    paths: tuple[Path, ...]
    titles: dict[Path, str]
    passed_over: tuple[Path, ...]


def files_of(named: Sequence[Path]) -> Chosen:
    """Files as named, and in place of a folder every file below it, sorted. Raises `BadRequest` for an empty one."""
    paths: list[Path] = []
    titles: dict[Path, str] = {}
    passed_over: list[Path] = []
    for one in named:
        if not one.is_dir():
            paths.append(one)
            continue
        before = len(paths)
        for path in files_below(one):
            if path.is_symlink() or not path.is_file():
                passed_over.append(path)
                continue
            paths.append(path)
            if path.parent != one:
                titles[path] = path.relative_to(one).as_posix()
        if len(paths) == before:
            raise BadRequest(f"There is no file in {one}.", "Name another folder.", meaning="Nothing was added.")
    return Chosen(tuple(dict.fromkeys(paths)), titles, tuple(passed_over))


def _told(one: Attachment) -> dict[str, object]:
    return {
        "attachment": one.number,
        "file": one.name,
        "title": one.title,
        "sha256": one.sha256,
        "size": one.size,
        "media_type": one.media_type,
        "sensitive": one.sensitive,
        "line_seq": one.line_seq,
        "line_hash": one.line_hash,
        "previous_hash": one.previous_hash,
        "events": [str(identity) for identity in one.events],
    }


def _facts(asked: Mapping[int, Facts], one: Attachment) -> dict[str, object]:
    """What the file says of itself; null where there are too many files to ask each."""
    found = asked.get(one.number)
    return {"facts": None} if found is None else found.as_json()


def _say(attached: Attached, exhibits: dict[int | None, str], asked: Mapping[int, Facts]) -> None:
    made = attached.made
    for one in made if len(made) <= FEW else ():
        number = exhibits.get(one.number)
        terminal.say(
            terminal.inert(
                f"Attachment {one.number}: {one.name}, {one.media_type}, {one.size:,} bytes, SHA-256 {one.sha256}"
            )
            + (f", exhibit {number}" if number else "")
        )
        terminal.say(f"      chain: {one.previous_hash[:16]}… → {one.line_hash[:16]}…")
        found = asked.get(one.number, Facts())
        for fact in found.facts:
            terminal.say(terminal.inert(f"      {fact.label}: {fact.value}{f' ({fact.worth})' if fact.worth else ''}"))
        if found.fault:
            terminal.say(f"      {found.fault}")
    if len(made) > FEW:
        total = sum(one.size for one in made)
        terminal.say(f"Attachments {made[0].number:,} to {made[-1].number:,}: {len(made):,} files, {total:,} bytes")
        terminal.say(f"      chain: {made[0].previous_hash[:16]}… → {made[-1].line_hash[:16]}…")
    for path, held in attached.repeated[:FEW]:
        terminal.say(terminal.inert(f"{path.name} is attachment {held} already."))
    if len(attached.repeated) > FEW:
        terminal.say(f"And {len(attached.repeated) - FEW:,} more files are attached already.")
