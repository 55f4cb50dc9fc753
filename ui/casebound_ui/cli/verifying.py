"""Verify a package or a report, saying exactly what `casebound-verify` says."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from casebound.identities import home
from casebound.knownsigners import KnownSigners
from casebound_packaging.cli import plain_text
from casebound_packaging.verify import Trust, Verdict, accepted
from casebound_packaging.verify import verify as verified
from casebound_packaging.verify.trust import given_bytes, given_signers
from casebound_ui.cli import terminal
from casebound_ui.cli.faults import told
from casebound_ui.cli.opening import Json


def register(app: typer.Typer) -> None:
    app.command("verify", short_help="Check a package or a part of one.")(verify)


def verify(
    package: Annotated[
        Path,
        typer.Argument(
            metavar="PACKAGE",
            help="A package (ZIP, or unpacked), a report (PDF), a receipt, a checkpoint, or the folder of one exhibit.",
            show_default=False,
        ),
    ],
    trust: Annotated[
        Path | None, typer.Option("--trust", metavar="ROOT.pem", help="Root certificate of the signer's organisation.")
    ] = None,
    crl: Annotated[
        Path | None,
        typer.Option("--crl", metavar="CRL.pem", help="Fresh revocation list of the signer's organisation."),
    ] = None,
    tsa_trust: Annotated[
        Path | None, typer.Option("--tsa-trust", metavar="PEM", help="Root certificate of the time stamp service.")
    ] = None,
    signer: Annotated[
        str | None,
        typer.Option(
            "--signer", metavar="FINGERPRINT", help="SHA-256 of the signer's certificate or key, as they told you."
        ),
    ] = None,
    allowed_signers: Annotated[
        Path | None,
        typer.Option("--allowed-signers", metavar="FILE", help="OpenSSH allowed signers file that you keep."),
    ] = None,
    against: Annotated[
        list[Path] | None,
        typer.Option(
            "--against", metavar="FILE", help="Older checkpoint, receipt or package of the same case; may be repeated."
        ),
    ] = None,
    seen: Annotated[
        list[str] | None,
        typer.Option(
            "--seen",
            metavar="CHECKPOINT",
            help="A checkpoint from paper or the telephone: the number of entries, then the root or its twelve words.",
        ),
    ] = None,
    accept: Annotated[
        str,
        typer.Option(
            "--accept", metavar="LIMIT,…", help="Limits that are in order: ends with 0 if there are no others."
        ),
    ] = "",
    known: Annotated[
        bool, typer.Option("--known/--no-known", help="Rely on the signers that you confirmed on this computer.")
    ] = True,
    json: Json = False,
) -> int:
    """Check a package or a part of one: 0 verified, 1 not verified, 2 not a package, 3 verified with limits."""
    limits = accepted(accept)
    held = Trust(
        root_pem=given_bytes(trust),
        signer_fingerprint=signer,
        allowed_signers=given_signers(allowed_signers),
        tsa_pem=given_bytes(tsa_trust),
        crl_pem=given_bytes(crl),
        known=KnownSigners(home()).fingerprints() if known else frozenset(),
        against=tuple(against or ()),
        seen=tuple(seen or ()),
        accept=limits,
    )
    with terminal.working("Checking") as progress:
        report = verified(package, held, progress)
    if json:
        terminal.show_json(report.as_json())
    elif report.verdict is Verdict.NOT_A_PACKAGE:
        return told(f"{package.name} could not be checked. {report.sentence}", report.exit_code(limits))
    else:
        terminal.say(plain_text(report, package.name))
    return report.exit_code(limits)
