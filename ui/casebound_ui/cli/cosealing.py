"""Seal a package that somebody else sealed, as a further signer."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from casebound.identities import home, own_identity_path
from casebound.knownsigners import KnownSigners
from casebound_packaging.cosealing import seal_beside
from casebound_packaging.verify import Trust, verify
from casebound_packaging.verify.trust import given_bytes
from casebound_ui.cli import opening, terminal
from casebound_ui.cli.opening import Json, PassphraseFile


def register(app: typer.Typer) -> None:
    app.command("seal", short_help="Seal a package as a further signer.")(seal)


def seal(
    package: Annotated[Path, typer.Argument(metavar="PACKAGE", help="The ZIP; it is not touched.", show_default=False)],
    role: Annotated[str, typer.Option("--as", metavar="ROLE", help="As whom you seal, such as reviewer or counsel.")],
    identity: Annotated[
        Path | None,
        typer.Option("--identity", metavar="FILE.p12", help="The key that seals; else your own.", show_default=False),
    ] = None,
    trust: Annotated[
        Path | None, typer.Option("--trust", metavar="ROOT.pem", help="Root certificate of the signer's organisation.")
    ] = None,
    signer: Annotated[
        str | None, typer.Option("--signer", metavar="FINGERPRINT", help="Of the signer, as they told you.")
    ] = None,
    passphrase_file: PassphraseFile = None,
    json: Json = False,
) -> None:
    """Seal a package as a further signer, once it verifies.

    Writes PACKAGE.NN-ROLE.p7s and .sig beside it, over the same list of files as the seals inside. Keep them with the
    package; `verify` reports them.
    """
    path = opening.existing(package, "a package")
    held = Trust(root_pem=given_bytes(trust), signer_fingerprint=signer, known=KnownSigners(home()).fingerprints())
    with terminal.working("Checking") as progress:
        report = verify(path, held, progress)
    key = opening.identity(identity or own_identity_path(), passphrase_file)
    made = seal_beside(path, report, key, role, datetime.now(UTC))
    if json:
        terminal.show_json(
            {
                "package": str(path),
                "package_id": report.package_id,
                "seal": made.name,
                "files": [str(made.p7s), str(made.sig)],
                "signer": key.name,
                "fingerprint": key.fingerprint,
                "limits": list(report.limits),
            }
        )
        return
    terminal.say(terminal.inert(f"Sealed {report.package_id} as {role}, by {key.name}."))
    terminal.say(f"Wrote {made.p7s} and {made.sig.name}.")
    terminal.say(f"Fingerprint   {key.fingerprint}")
    if "UNATTRIBUTED" in report.limits:
        terminal.note("Mind that nobody has confirmed who sealed the package itself.")
