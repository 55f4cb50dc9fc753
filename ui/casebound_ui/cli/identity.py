"""Make, show and export the key that seals."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256

from casebound.errors import BadIdentity, CannotWrite
from casebound.identities import own_identity_path
from casebound_packaging.identity import Identity, certificate_name, key_fingerprint_of, spoken
from casebound_ui.cli import opening, terminal
from casebound_ui.cli.opening import Json, PassphraseFile

_group = typer.Typer(help="Make, show and export the key that seals.", rich_markup_mode=None, no_args_is_help=False)


def register(app: typer.Typer) -> None:
    app.add_typer(_group, name="identity", short_help="Make, show and export the key that seals.")


@_group.command("new")
def new(
    name: Annotated[str, typer.Option("--name", metavar="NAME", help="The name recipients know you by.")],
    organisation: Annotated[str, typer.Option("--organisation", metavar="NAME", help="Your organisation.")] = "",
    file: Annotated[
        Path | None, typer.Argument(metavar="FILE.p12", help="Where to keep it; your own when left out.")
    ] = None,
    days: Annotated[int, typer.Option("--days", min=1, max=3650, help="How long the certificate is valid.")] = 825,
    passphrase_file: PassphraseFile = None,
    json: Json = False,
) -> None:
    """Make a self-issued identity: an ECDSA P-256 key under a passphrase, with its certificate."""
    path = file or own_identity_path()
    if path.exists():
        raise CannotWrite(
            f"{path} is already there.", "Name a new file; an identity is never replaced.", where=str(path)
        )
    secret = opening.passphrase(passphrase_file, again=True)
    made = Identity.create(name, organisation=organisation, days=days)
    if file is None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    made.save(path, secret)
    _shown(made.certificate, str(path), json, issued="Made")


@_group.command("show")
def show(
    file: Annotated[
        Path | None,
        typer.Argument(metavar="FILE", help="An identity (.p12) or a certificate (.pem); your own when left out."),
    ] = None,
    passphrase_file: PassphraseFile = None,
    json: Json = False,
) -> None:
    """Print the fingerprints of an identity or a certificate, and the six words to read over the telephone."""
    path = opening.existing(file or own_identity_path(), "an identity")
    _shown(_certificate(path, passphrase_file), str(path), json)


@_group.command("export")
def export(
    to: Annotated[Path, typer.Option("--to", metavar="CERT.pem", help="A new file for the certificate.")],
    file: Annotated[
        Path | None, typer.Argument(metavar="FILE.p12", help="The identity; your own when left out.")
    ] = None,
    passphrase_file: PassphraseFile = None,
    json: Json = False,
) -> None:
    """Write the certificate, which is no secret, for recipients to trust.

    Give it to them by another way than the package.
    """
    path = opening.existing(file or own_identity_path(), "an identity")
    identity = Identity.load(path, opening.passphrase(passphrase_file))
    opening.write_new(to, identity.certificate_pem())
    _shown(identity.certificate, str(to), json, issued="Wrote")


def _certificate(file: Path, secret: Path | None) -> x509.Certificate:
    with file.open("rb") as stream:
        head = stream.read(1 << 20)
    if b"-----BEGIN CERTIFICATE-----" not in head:
        return Identity.load(file, opening.passphrase(secret)).certificate
    try:
        return x509.load_pem_x509_certificate(head)
    except ValueError:
        raise BadIdentity(
            f"{file} holds no certificate that can be read.", "Ask the signer for it again.", where=str(file)
        ) from None


def _shown(certificate: x509.Certificate, file: str, json: bool, *, issued: str = "") -> None:
    fingerprint = certificate.fingerprint(SHA256()).hex()
    self_issued = certificate.issuer == certificate.subject
    facts = {
        "file": file,
        "name": certificate_name(certificate),
        "fingerprint": fingerprint,
        "key": key_fingerprint_of(certificate),
        "words": spoken(fingerprint),
        "self_issued": self_issued,
        "valid_from": certificate.not_valid_before_utc,
        "valid_to": certificate.not_valid_after_utc,
    }
    if json:
        terminal.show_json(facts)
        return
    if issued:
        terminal.say(f"{issued} {file}.")
    terminal.say(
        terminal.inert(
            f"{facts['name']}, {'self-issued' if self_issued else 'issued by ' + certificate.issuer.rfc4514_string()}"
        )
    )
    terminal.say(f"Certificate (SHA-256)  {fingerprint}")
    terminal.say(f"Key (SHA-256)          {facts['key']}")
    terminal.say(f"To read aloud          {facts['words']}")
    terminal.say(
        f"Valid                  {certificate.not_valid_before_utc:%Y-%m-%d} "
        f"to {certificate.not_valid_after_utc:%Y-%m-%d}"
    )
