"""Receipts: a recipient signs what was received and what the check said; the sender takes it into the case."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from casebound.case import Receipt
from casebound.errors import BadRequest
from casebound.identities import home
from casebound.knownsigners import KnownSigners
from casebound.witnesswork import read_receipt
from casebound_packaging.keptstate import phone_text
from casebound_packaging.receipt import Statement
from casebound_packaging.times import stamp
from casebound_packaging.verify import Trust
from casebound_packaging.verify.receipts import CheckedReceipt
from casebound_packaging.verify.receiving import receive
from casebound_packaging.verify.trust import given_bytes, given_signers
from casebound_ui.cli import opening, terminal
from casebound_ui.cli.opening import CasePath, Json, Key, Name, PassphraseFile
from casebound_ui.cli.sealing import own_identity

_HELP = "Give a receipt for a package, or take one into the case that sealed it."
_group = typer.Typer(help=_HELP, rich_markup_mode=None, no_args_is_help=False)

File = Annotated[Path, typer.Argument(metavar="FILE.receipt", help="The receipt.", show_default=False)]


def register(app: typer.Typer) -> None:
    app.add_typer(_group, name="receipt", short_help=_HELP)


@_group.command("make")
def make(
    package: Annotated[
        Path,
        typer.Argument(metavar="PACKAGE", help="The ZIP, or the folder unpacked from it.", show_default=False),
    ],
    to: Annotated[
        Path | None, typer.Option("--to", metavar="FILE", help="A new file; else NAME.receipt beside the package.")
    ] = None,
    received: Annotated[
        str | None, typer.Option("--received", metavar="TIME", help="When it was received; now when left out.")
    ] = None,
    note: Annotated[str, typer.Option("--note", metavar="TEXT", help="Words of your own, for the sender.")] = "",
    identity: Annotated[
        Path | None,
        typer.Option("--identity", metavar="FILE.p12", help="The key that signs; else your own.", show_default=False),
    ] = None,
    trust: Annotated[
        Path | None, typer.Option("--trust", metavar="ROOT.pem", help="Root certificate of the signer's organisation.")
    ] = None,
    signer: Annotated[
        str | None, typer.Option("--signer", metavar="FINGERPRINT", help="The signer's fingerprint, as they told you.")
    ] = None,
    allowed_signers: Annotated[
        Path | None, typer.Option("--allowed-signers", metavar="FILE", help="OpenSSH allowed signers that you keep.")
    ] = None,
    tsa_trust: Annotated[
        Path | None, typer.Option("--tsa-trust", metavar="PEM", help="Root certificate of the time stamp service.")
    ] = None,
    against: Annotated[
        list[Path] | None,
        typer.Option("--against", metavar="FILE", help="Older checkpoint, receipt or package; may be repeated."),
    ] = None,
    passphrase_file: PassphraseFile = None,
    json: Json = False,
) -> None:
    """Check a package, and sign that you received it, what the check said, and which custody record it saw.

    Keep a copy: nobody can rewrite that record behind it. Ends with 0 once it is written, whatever the check said.
    """
    at = opening.moment(received, "--received") or datetime.now(UTC)
    if at > datetime.now(UTC):
        raise BadRequest(
            f"--received {received!r} lies in the future.", "Check the time; UTC unless it says otherwise."
        )
    if not package.is_dir():
        opening.existing(package, "a package")
    target = to or package.with_name(f"{package.name.removesuffix('.zip')}.receipt")
    opening.new_place(target)
    held = Trust(
        root_pem=given_bytes(trust),
        signer_fingerprint=signer,
        allowed_signers=given_signers(allowed_signers),
        tsa_pem=given_bytes(tsa_trust),
        known=KnownSigners(home()).fingerprints(),
        against=tuple(against or ()),
    )
    key = own_identity(identity, passphrase_file)
    with terminal.working("Checking") as progress:
        report, data = receive(package, held, key, at, note=note, progress=progress)
    opening.write_new(target, data)
    if json:
        terminal.show_json({"receipt": str(target), "verdict": str(report.verdict), "limits": list(report.limits)})
        return
    terminal.say(terminal.inert(f"{report.headline}: {package.name}. {report.sentence}"))
    terminal.say(terminal.inert(f"Wrote the receipt {target}, signed by {key.name}."))
    terminal.say(f"Your key      {key.key_fingerprint}")
    terminal.say("Send it to whoever gave you the package, and keep a copy: it is your witness.")


@_group.command("add")
def add(
    case: CasePath,
    file: File,
    name: Name = "",
    key: Key = None,
    passphrase_file: PassphraseFile = None,
    json: Json = False,
) -> None:
    """Take a receipt that came back into the case's custody record. It goes into later packages as well."""
    opening.existing(file, "a receipt")
    with opening.writing(case, opening.actor(name, key, passphrase_file)) as held:
        added = held.add_receipt(file)
    if json:
        terminal.show_json(_listed(added))
        return
    terminal.say(terminal.inert(f"Took in {added.number}: {_words(added)}."))
    terminal.say(f"Their key     {added.key}")
    terminal.say("Whose key that is was not checked; compare it with what they tell you.")


@_group.command("show")
def show(
    where: Annotated[
        Path, typer.Argument(metavar="FILE|CASE", help="A receipt, or a case to list those of.", show_default=False)
    ],
    json: Json = False,
) -> None:
    """Show what a receipt says once its signature holds, or list the receipts of a case."""
    if where.is_dir():
        with opening.reading(where) as held:
            receipts = held.snapshot().receipts
        if json:
            terminal.show_json([_listed(each) for each in receipts])
            return
        for each in receipts:
            terminal.say(terminal.inert(f"{each.number}  {_words(each)}"))
        if not receipts:
            terminal.say("No receipt has come back yet.")
        return
    receipt = read_receipt(opening.existing(where, "a receipt"))
    if json:
        terminal.show_json({**receipt.statement.as_json(), "sha256": receipt.sha256, "signed": _signed(receipt)})
        return
    for line in _shown(receipt):
        terminal.say(terminal.inert(line))


def _shown(receipt: CheckedReceipt) -> list[str]:
    said, who = receipt.statement, receipt.signer
    state = said.checkpoint
    return [
        f"A receipt whose signature holds, by {who.name}{f', {who.organisation}' if who.organisation else ''}.",
        f"Package       {said.package.id}, version {said.package.version}",
        f"Received      {said.received_at:%Y-%m-%d %H:%M} UTC, checked {said.verified_at:%Y-%m-%d %H:%M} UTC",
        f"Verdict       {_verdict(said)}",
        *([f"Note          {said.note}"] if said.note else []),
        f"Saw           {phone_text(state)}",
        f"              {state.origin}, root {state.root}",
        f"Their key     {who.key_fingerprint}{', self-issued' if who.self_issued else f', issued by {who.issuer}'}",
        "Whose key that is was not checked; compare it with what they tell you.",
    ]


def _verdict(said: Statement) -> str:
    limits = f" ({', '.join(said.limits)})" if said.limits else ""
    found = f", {terminal.count(said.findings, 'finding')}" if said.findings else ""
    return f"{said.verdict.replace('-', ' ')}{limits}{found}"


def _signed(receipt: CheckedReceipt) -> dict[str, object]:
    return {**receipt.signer.as_json(), "at": stamp(receipt.signature.signed_at or receipt.statement.verified_at)}


def _words(each: Receipt) -> str:
    who = f"{each.recipient}, {each.organisation}" if each.organisation else each.recipient
    verdict = each.verdict.replace("-", " ")
    return f"version {each.package_version}, received by {who} on {each.received_at:%Y-%m-%d}, {verdict}"


def _listed(each: Receipt) -> dict[str, object]:
    return {
        "receipt": each.number,
        "version": each.package_version,
        "package_id": each.package_id,
        "recipient": each.recipient,
        "organisation": each.organisation,
        "key": each.key,
        "verdict": each.verdict,
        "limits": list(each.limits),
        "checkpoint": {"size": each.checkpoint_size, "root": each.checkpoint_root},
        "received_at": stamp(each.received_at),
        "added_at": stamp(each.added_at),
        "sha256": each.sha256,
    }
