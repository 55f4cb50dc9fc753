"""Each seal: a CAdES signature and an OpenSSH signature by one key, over the same list of files."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from casebound_packaging.finding import Finding
from casebound_packaging.sshsig import verify as verify_sshsig
from casebound_packaging.verify.cms import CheckedSignature, check_signature
from casebound_packaging.verify.contents import PACKAGE, TAG_MANIFEST, Contents
from casebound_packaging.verify.inventory import Listed
from casebound_packaging.verify.pdf import SignedReport
from casebound_packaging.verify.signer import signer_facts

NAMESPACE = "evidence-package"
_CLOCK_ROUNDING = timedelta(seconds=2)  # CMS writes whole seconds


@dataclass(frozen=True, slots=True)
class Seal:
    """One seal whose signatures hold."""

    name: str  # "01-examiner"
    signature: CheckedSignature
    p7s: bytes

    @property
    def spki(self) -> bytes:
        return self.signature.signer.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def check_seals(contents: Contents, listed: Listed, found: list[Finding]) -> tuple[Seal, ...]:
    """Check every seal that is expected. Returns those whose CAdES signature holds."""
    signed = contents.kept.get(TAG_MANIFEST)
    if signed is None:
        found.append(Finding("seal", TAG_MANIFEST, "The list of files that was signed is missing."))
        return ()
    if not listed.seals:
        found.append(Finding("seal", "seals/", "There is no seal."))
    holding: list[Seal] = []
    for name in listed.seals:
        p7s, sig = f"seals/{name}.p7s", f"seals/{name}.sig"
        seal = None
        if p7s in contents.kept:
            try:
                signature = check_signature(contents.kept[p7s], hashlib.sha256(signed).digest())
            except ValueError as error:
                found.append(Finding("seal", p7s, str(error)))
            else:
                seal = Seal(name, signature, contents.kept[p7s])
                holding.append(seal)
        if sig in contents.kept:
            check_ssh(contents.kept[sig], signed, seal, sig, found)
    keys = [seal.spki for seal in holding]
    if len(set(keys)) != len(keys):
        found.append(Finding("seal", "seals/", "Two seals were made with one key; each signer has their own."))
    return tuple(holding)


def check_ssh(armoured: bytes, signed: bytes, seal: Seal | None, item: str, found: list[Finding]) -> None:
    """Check an OpenSSH signature over the list of files, and that it is by the key of its seal's other half."""
    try:
        spki = verify_sshsig(signed, armoured.decode("ascii"), namespace=NAMESPACE)
    except (ValueError, UnicodeDecodeError) as error:
        found.append(Finding("seal", item, f"The OpenSSH signature does not hold: {error}."))
        return
    if seal is not None and spki != seal.spki:
        expected, got = hashlib.sha256(seal.spki).hexdigest(), hashlib.sha256(spki).hexdigest()
        found.append(Finding("seal", item, "The two signatures of this seal are by different keys.", expected, got))


def check_statements(
    seal: Seal, package: Mapping[str, object], sealed_at: datetime | None, found: list[Finding]
) -> None:
    """What package.json says about its signer is what the first seal says."""
    facts = signer_facts(seal.signature.signer)
    stated = package.get("signer")
    if not isinstance(stated, dict):
        found.append(Finding("seal", PACKAGE, "The file does not say who signed."))
        return
    own: dict[str, object] = {
        "name": facts.name,
        "fingerprint": facts.fingerprint,
        "key": facts.key_fingerprint,
        "self_issued": facts.self_issued,
    }
    for key, value in own.items():
        if stated.get(key) != value:
            problem = f"The seal is not by the signer that package.json names ({key})."
            found.append(Finding("seal", f"seals/{seal.name}.p7s", problem, str(stated.get(key)), str(value)))
    signed_at = seal.signature.signed_at
    if sealed_at is not None and signed_at is not None and abs(signed_at - sealed_at) > _CLOCK_ROUNDING:
        problem = "The seal was made at another time than package.json says."
        found.append(Finding("seal", f"seals/{seal.name}.p7s", problem, f"{sealed_at}", f"{signed_at}"))


def check_report_signer(
    report: SignedReport, seals: tuple[Seal, ...], package: Mapping[str, object] | None, item: str, found: list[Finding]
) -> None:
    """The report is signed by the first seal's signer and names this package."""
    if (
        report.signer is not None
        and seals
        and seals[0].name.startswith("01-")
        and seals[0].signature.signer != report.signer
    ):
        expected = _fingerprint(seals[0].signature.signer)
        found.append(
            Finding(
                "report",
                item,
                "The report is signed by another key than the package.",
                expected,
                _fingerprint(report.signer),
            )
        )
    if package is None or not report.read:
        return
    for key, named in (("package_id", report.package_ids), ("evidence_root", report.evidence_roots)):
        stated = str(package.get(key))
        words = "package" if key == "package_id" else "evidence"
        # A title may quote another package's id; only one evidence root can be this one.
        if named and (stated not in named or (key == "evidence_root" and len(named) > 1)):
            found.append(
                Finding("report", item, f"The report is about other {words}.", stated, ", ".join(sorted(named)))
            )
        elif not named:
            found.append(Finding("report", item, f"The report does not name its {words} ({key}).", stated))


def _fingerprint(certificate: x509.Certificate) -> str:
    return hashlib.sha256(certificate.public_bytes(Encoding.DER)).hexdigest()
