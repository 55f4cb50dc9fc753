"""Whose keys this person has confirmed, and the passphrases that the system's keyring keeps."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from casebound import passphrases
from casebound.errors import BadRequest
from casebound.identities import home, own_identity_path
from casebound.knownsigners import KnownSigner, KnownSigners
from casebound_packaging.certification import read_certificates
from casebound_packaging.identity import Identity, spoken
from casebound_packaging.verify import SignerFacts, Trust, Verdict, verify
from casebound_packaging.verify import fingerprint as read_fingerprint
from casebound_packaging.verify.signer import signer_facts
from casebound_ui.cli import opening, terminal
from casebound_ui.cli.opening import Json, PassphraseFile


def add(group: typer.Typer) -> None:
    """The commands about what is remembered on this computer."""
    group.command("confirm")(confirm)
    group.command("known")(known)
    group.command("forget")(forget)
    group.command("keyring")(keyring)


def confirm(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="A package, a signed report, or a certificate (.pem) of the signer.")
    ],
    words: Annotated[
        str, typer.Option("--words", metavar="WORDS", help="The six words that the signer read to you.")
    ] = "",
    fingerprint: Annotated[
        str, typer.Option("--fingerprint", metavar="HEX", help="The fingerprint that the signer gave you.")
    ] = "",
    how: Annotated[
        str, typer.Option("--how", metavar="TEXT", help="How you compared it; remembered with it.")
    ] = "by phone, on a number I already knew",
    json: Json = False,
) -> None:
    """Confirm a signer once, and remember it: `verify` then knows the key, and so does the window.

    Get the words or the fingerprint by another way than the package. A number or a message that came with it proves
    nothing.
    """
    signer = _signer_of(file)
    own = (spoken(signer.fingerprint), spoken(signer.key_fingerprint))
    if fingerprint:
        if read_fingerprint(fingerprint) not in (signer.fingerprint, signer.key_fingerprint):
            raise _another(signer)
    elif words:
        if " ".join(words.lower().split()) not in own:
            raise _another(signer)
    else:
        terminal.note(terminal.inert(f"The signer is called {signer.name}. Words: {own[0]}"))
        if not sys.stdin.isatty():
            raise BadRequest("Nothing was compared.", "Give what the signer told you with --words or --fingerprint.")
        if not typer.confirm("Did the signer read these words to you?"):
            raise _another(signer)
    remembered = KnownSigner(signer.fingerprint, signer.name, datetime.now(UTC), how, signer.key_fingerprint)
    KnownSigners(home()).confirm(remembered)
    if json:
        terminal.show_json(_as_json(remembered))
        return
    terminal.say(terminal.inert(f"Confirmed {signer.name}, {how}. `casebound identity forget` takes it back."))


def known(json: Json = False) -> None:
    """List the signers you have confirmed on this computer."""
    signers = KnownSigners(home()).all()
    if json:
        terminal.show_json([_as_json(one) for one in signers])
        return
    for one in signers:
        terminal.say(terminal.inert(f"{one.name}, {one.how}, {one.confirmed_at:%Y-%m-%d}"))
        terminal.say(f"  {one.fingerprint}")
    if not signers:
        terminal.say("No signer is confirmed on this computer.")


def forget(
    fingerprint: Annotated[
        str, typer.Argument(metavar="FINGERPRINT", help="Of the certificate or the key; the first 8 digits are enough.")
    ],
    json: Json = False,
) -> None:
    """Take back that you confirmed a signer."""
    text = "".join(fingerprint.split()).replace(":", "").lower()
    if len(text) < 8:
        raise BadRequest("That is too short to mean one signer.", "Give at least 8 digits of the fingerprint.")
    gone = KnownSigners(home()).forget(text)
    if not gone:
        raise BadRequest("No confirmed signer has this fingerprint.", "`casebound identity known` lists them.")
    if json:
        terminal.show_json([_as_json(one) for one in gone])
        return
    for one in gone:
        terminal.say(terminal.inert(f"{one.name} is not confirmed any more."))


def keyring(
    file: Annotated[
        Path | None, typer.Argument(metavar="FILE.p12", help="The identity; your own when left out.")
    ] = None,
    remove: Annotated[bool, typer.Option("--remove", help="Take the passphrase out of the keyring.")] = False,
    passphrase_file: PassphraseFile = None,
    json: Json = False,
) -> None:
    """Keep the passphrase of an identity, or the PIN of its token, in the system's keyring, where there is one.

    Whoever is signed in to this computer as you can then seal without typing it.
    """
    path = opening.existing(file or own_identity_path(), "an identity")
    if remove:
        if not passphrases.forget(path):
            raise BadRequest(f"The keyring holds no passphrase of {path}.", "There is nothing to remove.")
        done = "Removed the passphrase from the keyring."
    else:
        secret = opening.passphrase(passphrase_file)
        Identity.load(path, secret)  # a wrong one is not kept
        passphrases.keep(path, secret)
        done = "The keyring keeps the passphrase now."
    if json:
        terminal.show_json({"file": str(path), "kept": not remove})
        return
    terminal.say(done)


def _signer_of(file: Path) -> SignerFacts:
    if file.is_file():
        with file.open("rb") as stream:
            head = stream.read(1 << 20)
        if head.lstrip()[:27] == b"-----BEGIN CERTIFICATE-----":
            return signer_facts(read_certificates(head)[0])
    report = verify(file, Trust())
    if report.signer is None or report.verdict in (Verdict.NOT_VERIFIED, Verdict.NOT_A_PACKAGE):
        raise BadRequest(
            f"{file.name} names no signer that could be confirmed. {report.sentence}",
            "Confirm a signer with a package that holds, or with their certificate.",
            where=str(file),
        )
    return report.signer


def _another(signer: SignerFacts) -> BadRequest:
    return BadRequest(
        f"This is another key than the one of {signer.name} in the file.",
        "Do not confirm it. Ask the signer what they sent.",
        meaning="Nothing was remembered.",
    )


def _as_json(one: KnownSigner) -> dict[str, object]:
    return {
        "name": one.name,
        "fingerprint": one.fingerprint,
        "key": one.key,
        "how": one.how,
        "confirmed_at": one.confirmed_at,
    }
