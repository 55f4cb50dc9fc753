"""Seal a package that somebody else sealed, as a co-signer."""

from __future__ import annotations

import hashlib
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from casebound.errors import BadRequest
from casebound.identities import actor_of, home, own_identity_path
from casebound.knownsigners import KnownSigners
from casebound_packaging.cosealing import seal_beside
from casebound_packaging.verify import Trust, verify
from casebound_packaging.verify.trust import given_bytes
from casebound_ui.cli import opening, terminal
from casebound_ui.cli.opening import Json, PassphraseFile


def register(app: typer.Typer) -> None:
    app.command("seal", short_help="Seal a package as a co-signer.")(seal)


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
    case: Annotated[
        Path | None,
        typer.Option("--case", metavar="CASE", help="The case it was sealed from: its custody record notes the seal."),
    ] = None,
    passphrase_file: PassphraseFile = None,
    json: Json = False,
) -> None:
    """Seal a package as a co-signer, once it verifies.

    Writes PACKAGE.NN-ROLE.p7s and .sig beside it, over the same list of files as the seals inside. Keep them with the
    package; `verify` reports them.
    """
    path = opening.existing(package, "a package")
    if case is not None and not case.is_dir():
        raise BadRequest(f"There is no case {case}.", "Name the case folder.", where=str(case))
    held = Trust(root_pem=given_bytes(trust), signer_fingerprint=signer, known=KnownSigners(home()).fingerprints())
    with terminal.working("Checking") as progress:
        report = verify(path, held, progress)
    key = opening.identity(identity or own_identity_path(), passphrase_file)
    with ExitStack() as stack:
        held_case = None if case is None else stack.enter_context(opening.writing(case, actor_of(key)))
        if held_case is not None and _sha256(path) not in {one.sha256 for one in held_case.snapshot().packages}:
            raise BadRequest("This package was not sealed from this case.", "Name its own case, or leave --case out.")
        made = seal_beside(path, report, key, role, datetime.now(UTC))
        if held_case is not None:
            held_case.record_seal(_sha256(path), _sha256(made.p7s), role)
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


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
