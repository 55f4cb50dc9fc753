"""Seal a case into a package for a recipient."""

from __future__ import annotations

from enum import StrEnum
from json import loads
from pathlib import Path
from typing import Annotated
from zipfile import ZipFile

import typer

from casebound.errors import BadIdentity, BadRequest
from casebound.identities import actor_of, own_identity_path
from casebound.stampservices import kept_services, named_services
from casebound_packaging.identity import Identity, spoken
from casebound_ui.cli import opening, terminal
from casebound_ui.cli.opening import CasePath, Json, PassphraseFile


class Recipient(StrEnum):
    LEGAL = "legal"
    REVIEWER = "reviewer"
    PARTNER = "partner"
    GOVERNMENT = "government"


def register(app: typer.Typer) -> None:
    app.command("export", short_help="Seal the case into a package.")(export)


def export(
    case: CasePath,
    to: Annotated[Path, typer.Option("--to", metavar="DIR", help="The folder to put the package into.")],
    recipient: Annotated[
        Recipient, typer.Option("--for", help="Who receives it; what is given depends on it.")
    ] = Recipient.LEGAL,
    purpose: Annotated[str, typer.Option("--purpose", metavar="TEXT", help="Why it is handed over.")] = "Not stated",
    legal_basis: Annotated[
        str, typer.Option("--legal-basis", metavar="TEXT", help="What allows the hand-over; needed for government.")
    ] = "",
    identity: Annotated[
        Path | None,
        typer.Option("--identity", metavar="FILE.p12", help="The key that seals; else your own.", show_default=False),
    ] = None,
    tsa: Annotated[
        list[str] | None,
        typer.Option("--tsa", metavar="URL", help="Ask this time stamp service, not those you keep; may be repeated."),
    ] = None,
    no_stamp: Annotated[bool, typer.Option("--no-stamp", help="Ask no time stamp service.")] = False,
    passphrase_file: PassphraseFile = None,
    json: Json = False,
) -> None:
    """Seal the case into a package: signed report, exhibits, tables, completeness statement, custody record."""
    if to.exists() and not to.is_dir():
        raise BadRequest(f"{to} is a file, not a folder.", "Name a folder with --to.", where=str(to))
    if recipient is Recipient.GOVERNMENT and not legal_basis.strip():
        raise BadRequest("A package for a government names what allows its hand-over.", "Give --legal-basis.")
    named = named_services(tsa or ())
    key = own_identity(identity, passphrase_file)
    from casebound_exporters.archive import SealedPackageExporter

    exporter = SealedPackageExporter(
        recipient_class=str(recipient),
        purpose=purpose,
        legal_basis=legal_basis,
        organisation=key.organisation,
        identity=key,
        services=() if no_stamp else named or kept_services(),
    )
    with opening.writing(case, actor_of(key)) as held, terminal.working("Sealing") as progress:
        made = exporter.export(held, to, progress)
    path = Path(made.path)
    if json:
        terminal.show_json(
            {
                "package": str(path),
                "package_id": made.package_id,
                "version": made.version,
                "sha256": made.sha256,
                "size": made.size,
                "for": made.recipient_class,
                "signer": key.name,
                "fingerprint": key.fingerprint,
                "checkpoint": {"size": made.checkpoint_size, "root": made.checkpoint_root},
                "stamped": made.stamped,
                "stamp_told": list(made.stamp_told),
            }
        )
        return
    terminal.say(f"Sealed {made.package_id} for {made.recipient_class}: {path} ({made.size:,} bytes)")
    terminal.say(f"Holds         {_held(path)}")
    terminal.say(f"SHA-256       {made.sha256}")
    for told in made.stamp_told:
        terminal.say(terminal.inert(f"Time          {told}"))
    terminal.say(terminal.inert(f"Signed by     {key.name}{', self-issued' if key.self_issued else ''}"))
    terminal.say(f"Fingerprint   {key.fingerprint}")
    terminal.say(f"Read aloud    {spoken(key.fingerprint)}")
    terminal.say(f"Check it with `casebound verify {path} --signer {key.fingerprint}`.")


def _held(package: Path) -> str:
    """What of the case is in a package that was just sealed, from its own completeness statement."""
    with ZipFile(package) as archive:
        (name,) = [one for one in archive.namelist() if one.endswith("/data/completeness.json")]
        statement = loads(archive.read(name))
    kept = sum(source["kept"] for source in statement["sources"])
    enclosed = sum(source["enclosed"] for source in statement["sources"])
    files = statement["attachments"]
    words = (
        f"{enclosed:,} of {terminal.count(kept, 'row')}, "
        f"{files['enclosed']:,} of {terminal.count(files['held'], 'attachment')}"
    )
    if not enclosed and not files["enclosed"]:
        words += "; a row or file is enclosed once it is an exhibit, or stands behind a measured number"
    return words


def own_identity(file: Path | None, secret: Path | None) -> Identity:
    """The key named, or the person's own. Raises `BadIdentity` where there is none."""
    path = file or own_identity_path()
    if file is None and not path.exists():
        raise BadIdentity(
            "There is no identity to sign with yet.",
            f"Make one with `casebound identity new {path} --name NAME`, or name one with --identity.",
            meaning="Nothing was signed.",
        )
    return opening.identity(path, secret)
