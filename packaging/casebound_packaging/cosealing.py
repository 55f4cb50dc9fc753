"""A later signer: two signatures beside a sealed package, over its list of files. The package itself is not touched."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from casebound_packaging import seal, sshsig
from casebound_packaging.durable import new_file
from casebound_packaging.errors import CannotWrite, CaseboundError
from casebound_packaging.identity import Identity
from casebound_packaging.verify import Report, Verdict
from casebound_packaging.verify.cms import check_signature
from casebound_packaging.verify.sidecars import sidecar_names, sidecar_path
from casebound_packaging.zipreader import Archive

_ROLE: Final = re.compile(r"[a-z]{1,20}", re.ASCII)
_TAG_MANIFEST: Final = "tagmanifest-sha256.txt"
_SEAL: Final = re.compile(r"(?:^|/)seals/([0-9]{2})-[a-z]+\.p7s$")
_LARGEST: Final = 1 << 24
_CLOCKS_DIFFER: Final = timedelta(hours=1)


class CannotSeal(CaseboundError):
    """The package is not one to put a name to."""


class BadRole(CannotSeal):
    """What was given is not a role that a file can be named after."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class CoSeal:
    """A co-signature that was made: its name (`02-reviewer`), its two files, and the list of files that it signs."""

    name: str
    p7s: Path
    sig: Path
    tagmanifest_sha256: str


def seal_beside(package: Path, report: Report, identity: Identity, role: str, at: datetime) -> CoSeal:
    """Sign a package that was just verified. `report` is what the verifier answered about it.

    Raises `CannotSeal` where it did not verify, is no ZIP, was changed since, or this key sealed it before;
    `BadRole`; `BadIdentity` where the certificate is not valid at `at`; `CannotWrite`.
    """
    if _ROLE.fullmatch(role) is None:
        raise BadRole(f"“{role}” is no role.", "Give one word of small letters, such as reviewer or counsel.")
    if report.verdict not in (Verdict.VERIFIED, Verdict.LIMITED) or report.kind != "package":
        raise CannotSeal(
            f"{package.name} does not verify. {report.sentence}",
            "Ask the sender for it again.",
            meaning="Nothing was signed.",
            where=str(package),
        )
    if package.is_dir():
        raise CannotSeal(
            f"{package.name} is a folder.", "Seal the ZIP itself; the signatures are put beside it.", where=str(package)
        )
    if report.sealed_at is not None and at < report.sealed_at - _CLOCKS_DIFFER:
        raise CannotSeal(
            f"The package says that it was sealed {report.sealed_at:%Y-%m-%d %H:%M} UTC;"
            f" here it is {at:%Y-%m-%d %H:%M}.",
            "Check the clock of this computer.",
            meaning="Nothing was signed.",
        )
    signed, inside = _read(package)
    digest = hashlib.sha256(signed).hexdigest()
    if digest != report.tagmanifest_sha256:
        raise CannotSeal(
            f"{package.name} was changed while it was being signed.", "Check it again.", meaning="Nothing was signed."
        )
    before = sidecar_names(package)
    if identity.spki_der in _keys(package, before, list(inside.values()), hashlib.sha256(signed).digest()):
        raise CannotSeal("This key sealed the package already.", "A co-signer signs with a key of their own.")
    taken = set(inside) | {int(name[:2]) for name in before}
    name = f"{max(taken, default=1) + 1:02d}-{role}"
    p7s, sig = sidecar_path(package, name, "p7s"), sidecar_path(package, name, "sig")
    halves = {p7s: seal.cades(signed, identity, at), sig: sshsig.sign(signed, identity).encode("ascii")}
    made: list[Path] = []
    try:
        for path, data in halves.items():
            with new_file(path) as file:
                file.write(data)
            made.append(path)
    except OSError as fault:
        for path in made:  # half a seal is none
            path.unlink(missing_ok=True)
        raise CannotWrite(
            f"The co-signature could not be written beside {package.name}: {fault.strerror or fault}.",
            "Copy the package into a folder of your own, and seal it there.",
            where=str(package.parent),
        ) from None
    return CoSeal(name, p7s, sig, digest)


def _keys(package: Path, names: tuple[str, ...], inside: list[bytes], digest: bytes) -> set[bytes]:
    """The keys that sealed the package before, inside and beside it. All of these seals were just found to hold."""
    try:
        made = [*inside, *(sidecar_path(package, name, "p7s").read_bytes()[:_LARGEST] for name in names)]
        keys = [check_signature(der, digest).signer.public_key() for der in made]
    except (OSError, ValueError):
        raise CannotSeal(
            f"A signature beside {package.name} was changed while it was being signed.",
            "Check the package again.",
            meaning="Nothing was signed.",
            where=str(package),
        ) from None
    return {key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo) for key in keys}


def _read(package: Path) -> tuple[bytes, dict[int, bytes]]:
    """The list of files that seals sign, and the seals inside by number."""
    with Archive.open(package) as archive:
        name = next((one for one in archive.names if one.count("/") == 1 and one.endswith(f"/{_TAG_MANIFEST}")), "")
        seals = {int(match[1]): archive.read(one, _LARGEST) for one in archive.names if (match := _SEAL.search(one))}
        return (archive.read(name, _LARGEST) if name else b""), seals
