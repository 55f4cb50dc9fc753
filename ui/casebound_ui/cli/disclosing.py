"""Give one exhibit alone, with what proves it and a script that checks it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from cryptography.hazmat.primitives.hashes import SHA256

from casebound.errors import BadRequest
from casebound.identities import actor_of, own_identity_path
from casebound.store.folder import DATABASE
from casebound_packaging import disclosing
from casebound_packaging.disclosure import parse
from casebound_packaging.tlogproof import parse as parse_proof
from casebound_packaging.verify.container import open_container
from casebound_ui.cli import opening, terminal
from casebound_ui.cli.opening import Json, PassphraseFile


@dataclass(frozen=True, slots=True)
class _Given:
    """What the answer tells of a folder that was made."""

    exhibit: str
    entry: int
    size: int
    texts: tuple[str, ...]
    files: tuple[str, ...]
    fingerprint: str


def register(app: typer.Typer) -> None:
    app.command("disclose", short_help="Give one exhibit alone, with its proof.")(disclose)


def disclose(
    source: Annotated[
        Path,
        typer.Argument(metavar="PACKAGE|CASE", help="A sealed package, or the case folder.", show_default=False),
    ],
    exhibit: Annotated[str, typer.Argument(metavar="EX-NNNN", help="The exhibit.", show_default=False)],
    to: Annotated[Path, typer.Option("--to", metavar="DIR", help="A new folder for it.")],
    give: Annotated[
        str | None,
        typer.Option(
            "--give",
            metavar="NAME,…",
            help="Texts to give besides those that the proof needs: fields of an event (else all), or title, name, "
            'record … of an attachment (else the title). "" gives none.',
            show_default=False,
        ),
    ] = None,
    handed_to: Annotated[
        str,
        typer.Option("--handed-to", metavar="TEXT", help="Who gets it, and why; of a case, for its custody record."),
    ] = "",
    identity: Annotated[
        Path | None,
        typer.Option(
            "--identity",
            metavar="FILE.p12",
            help="Of a case: the key that signs its state for this; else your own.",
            show_default=False,
        ),
    ] = None,
    passphrase_file: PassphraseFile = None,
    json: Json = False,
) -> None:
    """Give one exhibit alone: its file or fields, its entry of the custody record, and the proof that it stands there.

    Nothing else of the case is in the folder but hashes. Whoever gets it checks it with `sh check.sh FINGERPRINT`,
    which needs openssl and no program of ours, or `casebound verify DIR`. Of a package, its proof leads to its
    own signed state; of a case, to one that is signed now, and both acts are written down.
    """
    names = None if give is None else [name.strip() for name in give.split(",") if name.strip()]
    if (source / DATABASE).exists():
        made = _of_case(source, exhibit, to, names, handed_to, identity, passphrase_file)
    else:
        if handed_to or identity or passphrase_file:
            raise BadRequest(
                "A package is signed already, and has no custody record that could be written to.",
                "Leave --handed-to, --identity and --passphrase-file away, or name the case folder.",
                meaning="Nothing was written.",
            )
        made = _of_package(source, exhibit, to, names)
    if json:
        terminal.show_json(
            {
                "folder": str(to),
                "exhibit": made.exhibit,
                "entry": made.entry,
                "checkpoint_size": made.size,
                "texts": list(made.texts),
                "files": list(made.files),
                "fingerprint": made.fingerprint,
            }
        )
        return
    terminal.say(terminal.inert(f"Made {to}: {made.exhibit}, entry {made.entry} of {made.size:,}"))
    terminal.say(terminal.inert(f"Texts given   {', '.join(made.texts) or 'none'}"))
    terminal.say(f"Files         {', '.join(made.files)}")
    terminal.say(f"Fingerprint   {made.fingerprint}")
    terminal.say(
        "Whoever gets it needs the fingerprint by another way, and runs in the folder: sh check.sh FINGERPRINT"
    )
    terminal.note("It proves that this was recorded. It does not show what else the case holds.")


def _of_package(path: Path, exhibit: str, to: Path, names: list[str] | None) -> _Given:
    with open_container(path) as package, terminal.working("Copying") as progress:
        alone = disclosing.of_package(package, exhibit, names)
        files = disclosing.write(to, alone, progress)
    proof = parse_proof(alone.proof)
    texts = tuple(parse(text).name for text in alone.texts)
    fingerprint = alone.certificate.fingerprint(SHA256()).hex()
    return _Given(exhibit, proof.index, proof.checkpoint.size, texts, files, fingerprint)


def _of_case(
    path: Path,
    exhibit: str,
    to: Path,
    names: list[str] | None,
    handed_to: str,
    identity: Path | None,
    passphrase_file: Path | None,
) -> _Given:
    key = opening.identity(identity or own_identity_path(), passphrase_file)
    with opening.writing(path, actor_of(key)) as case, terminal.working("Copying") as progress:
        made = case.disclose(exhibit, to, key, give=names, handed_to=handed_to, progress=progress)
    return _Given(made.exhibit, made.entry, made.size, made.texts, made.files, key.fingerprint)
