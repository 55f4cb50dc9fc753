"""Make, show and export the key that seals, and get a certificate for it from an organisation's root."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, TypeAlias

import typer
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding

from casebound.errors import BadIdentity, CannotWrite
from casebound.identities import CARD, home, install_certificate, own_identity_path, renew_identity
from casebound.store.disk import make_folder
from casebound_packaging import certification, identityfile, tokenfile
from casebound_packaging.identity import SELF_ISSUED_DAYS, Identity, certificate_name, spoken
from casebound_packaging.tokenkey import TokenPlace, make_key, open_key
from casebound_ui.cli import authority, knowing, opening, terminal
from casebound_ui.cli.certificates import shown
from casebound_ui.cli.opening import Json, PassphraseFile

_SHORT = "Make, show and certify the keys that seal; confirm signers."
_group = typer.Typer(help=_SHORT, rich_markup_mode=None, no_args_is_help=False)

Own: TypeAlias = Annotated[
    Path | None, typer.Argument(metavar="FILE.p12", help="The identity; your own when left out.", show_default=False)
]
Person: TypeAlias = Annotated[str, typer.Option("--name", metavar="NAME", help="The name recipients know you by.")]
Organisation: TypeAlias = Annotated[str, typer.Option("--organisation", metavar="NAME", help="Your organisation.")]
Days: TypeAlias = Annotated[int, typer.Option("--days", min=1, max=3650, help="How long the certificate is valid.")]


def register(app: typer.Typer) -> None:
    authority.add(_group)
    knowing.add(_group)
    app.add_typer(_group, name="identity", short_help=_SHORT)


@_group.command("new")
def new(
    name: Person,
    organisation: Organisation = "",
    file: Annotated[
        Path | None, typer.Argument(metavar="FILE.p12", help="Where to keep it; your own when left out.")
    ] = None,
    days: Days = SELF_ISSUED_DAYS,
    passphrase_file: PassphraseFile = None,
    json: Json = False,
) -> None:
    """Make a self-issued identity: an ECDSA P-256 key under a passphrase, with its certificate."""
    path = _free(file or own_identity_path(), own=file is None)
    secret = opening.passphrase(passphrase_file, again=True)
    made = Identity.create(name, organisation=organisation, days=days)
    made.save(path, secret)
    shown(made.certificate, str(path), json, done=f"Made {path}.")


@_group.command("token")
def token(
    library: Annotated[Path, typer.Option("--library", metavar="FILE", help="The token's PKCS#11 library.")],
    label: Annotated[str, typer.Option("--token", metavar="LABEL", help="The token's name.")],
    name: Person,
    key: Annotated[str, typer.Option("--key", metavar="LABEL", help="The key's name in the token.")] = "casebound",
    make: Annotated[bool, typer.Option("--make", help="Make a new key in the token, which never leaves it.")] = False,
    organisation: Organisation = "",
    file: Annotated[
        Path | None, typer.Argument(metavar="FILE.token", help="Where to note it; your own when left out.")
    ] = None,
    days: Days = SELF_ISSUED_DAYS,
    passphrase_file: PassphraseFile = None,
    json: Json = False,
) -> None:
    """Seal with a key in a card or another PKCS#11 token.

    The file notes where the key is, with its certificate, self-issued until one is installed. It holds no secret; the
    PIN is asked for each time. Name the file with --identity wherever a FILE.p12 is taken.
    """
    path = _free(file or home() / CARD, own=file is None)
    if file is None and own_identity_path().exists():
        raise CannotWrite(
            "You have an identity already.",
            "Name a file for the token, or move your own identity away first.",
            where=str(own_identity_path()),
        )
    place = TokenPlace(library.absolute(), label, key)
    pin = opening.passphrase(passphrase_file, ask="PIN of the token: ")
    made = Identity.create(
        name, organisation=organisation, days=days, key=make_key(place, pin) if make else open_key(place, pin)
    )
    made.save(path, pin)
    shown(made.certificate, str(path), json, done=f"Noted {path}.")


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
    shown(_certificate(path, passphrase_file), str(path), json)


@_group.command("export")
def export(
    to: Annotated[Path, typer.Option("--to", metavar="CERT.pem", help="A new file for the certificate.")],
    file: Own = None,
    passphrase_file: PassphraseFile = None,
    json: Json = False,
) -> None:
    """Write the certificate, which is no secret, for recipients to trust.

    Give it to them by another way than the package.
    """
    path = opening.existing(file or own_identity_path(), "an identity")
    certificate = _unlocked_certificate(path, passphrase_file)
    opening.write_new(to, certificate.public_bytes(Encoding.PEM))
    shown(certificate, str(to), json, done=f"Wrote {to}.")


@_group.command("request")
def request(
    to: Annotated[Path, typer.Option("--to", metavar="REQUEST.pem", help="A new file for the request.")],
    file: Own = None,
    passphrase_file: PassphraseFile = None,
    json: Json = False,
) -> None:
    """Ask your organisation's root for a certificate: writes a request (PKCS#10) to be carried there.

    Read the six words to whoever issues the certificate. The key stays where it is.
    """
    identity = opening.identity(file or own_identity_path(), passphrase_file)
    opening.write_new(to, identity.request())
    if json:
        terminal.show_json(
            {"file": str(to), "key": identity.key_fingerprint, "words": spoken(identity.key_fingerprint)}
        )
        return
    terminal.say(f"Wrote {to}.")
    terminal.say(terminal.inert(f"It asks for a certificate for {identity.name}."))
    terminal.say(f"Key (SHA-256)          {identity.key_fingerprint}")
    terminal.say(f"Read aloud             {spoken(identity.key_fingerprint)}")


@_group.command("install")
def install(
    certificates: Annotated[
        Path, typer.Argument(metavar="CERT.pem", help="What the root issued, with the certificates above it.")
    ],
    file: Own = None,
    crl: Annotated[
        Path | None,
        typer.Option("--crl", metavar="CRL.pem", help="The root's revocation list, for packages to enclose."),
    ] = None,
    passphrase_file: PassphraseFile = None,
    json: Json = False,
) -> None:
    """Put a certificate that was issued for your key into your identity. The file before is kept beside it."""
    path = opening.existing(file or own_identity_path(), "an identity")
    pem = identityfile.read_file(opening.existing(certificates, "a certificate"))
    lists = identityfile.read_lists(opening.existing(crl, "a revocation list")) if crl is not None else b""
    made, kept = install_certificate(path, opening.secret_of(path, passphrase_file), pem, lists)
    root = made.root.fingerprint(SHA256()).hex()
    done = f"Installed in {path}. The file before is {kept}.\nIts root is {terminal.inert(certificate_name(made.root))}"
    shown(made.certificate, str(path), json, done=f"{done}, {root}.", kept=str(kept), root=root)


@_group.command("renew")
def renew(
    file: Own = None,
    new_key: Annotated[bool, typer.Option("--new-key", help="Make a new key as well, and leave the old one.")] = False,
    passphrase_file: PassphraseFile = None,
    json: Json = False,
) -> None:
    """Make a new self-issued certificate, for the same key or a new one. The file before is kept beside it.

    With the same key, whoever confirmed your key need not do it again. A certificate that an organisation issued is
    renewed there: `identity request`, `identity issue`, `identity install`.
    """
    path = opening.existing(file or own_identity_path(), "an identity")
    made, kept = renew_identity(path, opening.secret_of(path, passphrase_file), new_key=new_key)
    lead = "A new key and certificate are" if new_key else "A new certificate is"
    shown(made.certificate, str(path), json, done=f"{lead} in {path}. The file before is {kept}.", kept=str(kept))


def _free(path: Path, *, own: bool) -> Path:
    """A path for a new identity, whose folder is there where it is the person's own."""
    if path.exists():
        raise CannotWrite(
            f"{path} is already there.", "Name a new file; an identity is never replaced.", where=str(path)
        )
    if own:
        make_folder(path.parent)
    return path


def _certificate(file: Path, secret: Path | None) -> x509.Certificate:
    with file.open("rb") as stream:
        head = stream.read(1 << 20)
    if tokenfile.is_token_file(head) or b"-----BEGIN CERTIFICATE-----" not in head:
        return _unlocked_certificate(file, secret)
    try:
        return certification.read_certificates(head)[0]
    except BadIdentity:
        raise BadIdentity(
            f"{file} holds no certificate that can be read.", "Ask the signer for it again.", where=str(file)
        ) from None


def _unlocked_certificate(file: Path, secret: Path | None) -> x509.Certificate:
    """The certificate of an identity, or of a root, which may not seal and is shown and exported all the same."""
    data = identityfile.read_file(file)
    if tokenfile.is_token_file(data):  # it lies there openly
        return tokenfile.place_of(data, file)[1][0]
    return identityfile.unlocked(data, opening.secret_of(file, secret), file)[1]
