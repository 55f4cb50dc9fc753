"""An organisation's root, on a machine apart: make it, issue certificates with it, take them back."""

from __future__ import annotations

import hashlib
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, TypeAlias

import typer
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from casebound.errors import BadRequest, CannotWrite
from casebound.store.disk import write_whole
from casebound_packaging import certification, identityfile
from casebound_packaging.authority import LIST_DAYS, REASONS, ROOT_DAYS, SIGNER_DAYS, Authority, Withdrawal
from casebound_packaging.identity import certificate_name, spoken
from casebound_ui.cli import opening, terminal
from casebound_ui.cli.certificates import shown
from casebound_ui.cli.opening import Json, PassphraseFile

Root: TypeAlias = Annotated[Path, typer.Option("--root", metavar="ROOT.p12", help="The root's file.")]


def add(group: typer.Typer) -> None:
    """The commands that the root's machine needs."""
    group.command("root")(root)
    group.command("issue")(issue)
    group.command("revoke")(revoke)


def root(
    file: Annotated[Path, typer.Argument(metavar="ROOT.p12", help="A new file for the root's key.")],
    name: Annotated[str, typer.Option("--name", metavar="NAME", help="What the root is called.")],
    organisation: Annotated[str, typer.Option("--organisation", metavar="NAME", help="Your organisation.")] = "",
    days: Annotated[int, typer.Option("--days", min=1, max=7300, help="How long it is valid.")] = ROOT_DAYS,
    passphrase_file: PassphraseFile = None,
    json: Json = False,
) -> None:
    """Make an organisation's root. Do it on a machine that is used for nothing else, and keep a copy of the file apart.

    The certificate, ROOT.pem beside it, is what recipients trust: give it to them by another way than any package.
    """
    certificate = file.with_suffix(".pem")
    for path in (file, certificate):
        if path.exists():
            raise CannotWrite(
                f"{path} is already there.", "Name a new file; a root is never replaced.", where=str(path)
            )
    secret = opening.passphrase(passphrase_file, again=True)
    made = Authority.create(name, organisation=organisation, days=days)
    made.save(file, secret)
    opening.write_new(certificate, made.pem())
    done = f"Made {file}, and its certificate {certificate}."
    shown(made.certificate, str(certificate), json, done=done, serial=f"{made.certificate.serial_number:x}")


def issue(
    request: Annotated[Path, typer.Argument(metavar="REQUEST.pem", help="What `identity request` wrote.")],
    root: Root,
    to: Annotated[Path, typer.Option("--to", metavar="CERT.pem", help="A new file for the certificates.")],
    words: Annotated[
        str, typer.Option("--words", metavar="WORDS", help="The six words that the person read to you.")
    ] = "",
    days: Annotated[int, typer.Option("--days", min=1, max=3650, help="How long it is valid.")] = SIGNER_DAYS,
    passphrase_file: PassphraseFile = None,
    json: Json = False,
) -> None:
    """Issue a certificate for a request, to somebody who may seal evidence.

    Whoever brings the request may have swapped it: compare the six words with the person it is for. CERT.pem holds the
    certificate and the root's; carry it back for `identity install`.
    """
    asked = certification.read_request(identityfile.read_file(opening.existing(request, "a request")))
    key = certification.asked_key(asked).public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    name = certification.text_of(asked.subject, x509.NameOID.COMMON_NAME)
    _compare(name, certification.text_of(asked.subject, x509.NameOID.ORGANIZATION_NAME), key, words)
    authority = Authority.load(opening.existing(root, "a root"), opening.secret_of(root, passphrase_file))
    made = authority.issue(asked, days=days)
    opening.write_new(to, made.public_bytes(Encoding.PEM) + authority.pem())
    _noted(root, made)
    shown(made, str(to), json, done=f"Wrote {to}.", serial=f"{made.serial_number:x}")


def revoke(
    root: Root,
    certificate: Annotated[
        Path | None,
        typer.Argument(metavar="CERT.pem", help="The certificate to take back; without it the list is only renewed."),
    ] = None,
    reason: Annotated[
        str, typer.Option("--reason", metavar="REASON", help=f"One of: {', '.join(REASONS)}.")
    ] = "unspecified",
    since: Annotated[
        str,
        typer.Option("--since", metavar="TIME", help="With key-compromise: since when others may have had the key."),
    ] = "",
    to: Annotated[
        Path | None, typer.Option("--to", metavar="CRL.pem", help="The list; ROOT.crl.pem when left out.")
    ] = None,
    days: Annotated[int, typer.Option("--days", min=1, max=366, help="When the next list is due.")] = LIST_DAYS,
    passphrase_file: PassphraseFile = None,
    json: Json = False,
) -> None:
    """Take a certificate back: puts it on the root's revocation list, and renews the list.

    Hand the list out like the root. A key that is lost, and in nobody's hands, needs no revocation: what it sealed
    without a time stamp would no longer verify.
    """
    if reason not in REASONS:
        raise BadRequest(f"“{reason}” is no reason.", f"The reasons are {', '.join(REASONS)}.")
    held_since = opening.moment(since or None, "--since")
    if held_since is not None and reason != "key-compromise":
        raise BadRequest("--since belongs to --reason key-compromise.", "Leave it out, or give that reason.")
    path = to or root.with_name(root.stem + ".crl.pem")
    authority = Authority.load(opening.existing(root, "a root"), opening.secret_of(root, passphrase_file))
    now = datetime.now(UTC)
    withdrawn = []
    if certificate is not None:
        given = identityfile.read_file(opening.existing(certificate, "a certificate"))
        taken = certification.read_certificates(given)[0]
        if taken == authority.certificate:
            raise BadRequest(
                "This is the root's own certificate; a root cannot take itself back.",
                "Tell those who rely on it, by another way, and give them a new root.",
            )
        if taken.issuer != authority.certificate.subject:
            raise BadRequest(
                f"This certificate was not issued by {authority.name}.",
                "Only the root that issued it can take it back.",
            )
        withdrawn.append(Withdrawal(taken.serial_number, now, reason, held_since))
    before = x509.load_pem_x509_crl(identityfile.read_lists(path)) if path.exists() else None
    pem = authority.withdrawn(withdrawn, before, days=days)
    try:
        write_whole(path, pem)
    except OSError as fault:
        raise CannotWrite(
            f"{path} cannot be written: {fault.strerror}.", "Check the folder and its free space.", where=str(path)
        ) from None
    made = x509.load_pem_x509_crl(pem)
    if json:
        facts = {"list": str(path), "revoked": len(made), "due": made.next_update_utc}
        terminal.show_json({**facts, "certificate": str(certificate) if certificate else None, "reason": reason})
        return
    if certificate is not None:
        terminal.say(terminal.inert(f"Took back the certificate of {certificate_name(taken)} ({reason})."))
    terminal.say(f"Wrote {path}: {terminal.count(len(made), 'certificate')} on the list.")
    terminal.say(f"The next list is due by {made.next_update_utc:%Y-%m-%d}.")


def _compare(name: str, organisation: str, spki: bytes, words: str) -> None:
    """Compare the words of the request's key with those that the person read. Raises `BadRequest` where they differ."""
    own = spoken(hashlib.sha256(spki).hexdigest())
    if words:
        if words.lower().split() != own.split():
            raise BadRequest(
                "These are not the words of the request's key: it may have been swapped on its way.",
                "Ask the person for the request and its words again.",
                meaning="Nothing was issued.",
            )
        return
    terminal.note(terminal.inert(f"The request is for {name}{', ' + organisation if organisation else ''}."))
    terminal.note(f"Words of its key: {own}")
    if not sys.stdin.isatty():
        raise BadRequest(
            "The words of the request were not compared.", "Give what the person read to you with --words."
        )
    if not typer.confirm("Did the person read these words to you?"):
        raise BadRequest("The words were not the same.", "Nothing was issued. Ask for the request again.")


def _noted(root: Path, certificate: x509.Certificate) -> None:
    """Keep what was issued beside the root, one after the other: only what is known can be taken back."""
    path = root.with_name(root.stem + ".issued.pem")
    try:
        with path.open("ab") as file:
            file.write(certificate.public_bytes(Encoding.PEM))
    except OSError as fault:
        raise CannotWrite(
            f"{path} cannot be written: {fault.strerror}.",
            "Keep the certificate that was issued; it is needed to take it back.",
            where=str(path),
        ) from None
