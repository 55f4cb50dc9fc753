"""The files that a package writes about itself: package.json, the bag's tag files, certificates, instructions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from cryptography.hazmat.primitives.serialization import Encoding

from casebound_packaging import FORMAT_VERSION, __version__, sshsig
from casebound_packaging.build import build_hash
from casebound_packaging.canonical import canonical
from casebound_packaging.identity import Identity, spoken
from casebound_packaging.instructions import Instructions
from casebound_packaging.packagefacts import About, Facts
from casebound_packaging.staging import Staged
from casebound_packaging.times import stamp

Signers = Sequence[tuple[str, Identity]]
"""(name of the seal such as "01-examiner", who makes it)"""

_BAGIT: Final = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"


def package_json(about: About, facts: Facts, signers: Signers, files: Sequence[Staged], *, has_verifier: bool) -> bytes:
    """data/metadata/package.json. `files` is every other payload file, sorted by path."""
    record: dict[str, object] = {
        "format": "casebound-package",
        "format_version": FORMAT_VERSION,
        "package_id": facts.package_id,
        "version": about.version,
        "supersedes": dict(about.supersedes) if about.supersedes is not None else None,
        "case": {"number": about.case_number, "title": about.case_title, "log_origin": about.log_origin},
        "sealed_at": stamp(facts.sealed_at),
        "clock": "signer's system clock",
        "recipient_class": about.recipient_class,
        "purpose": about.purpose,
        "legal_basis": about.legal_basis,
        "tool": {"name": "casebound", "version": __version__, "build": build_hash()},
        "signer": {
            "name": facts.signer_name,
            "fingerprint": facts.fingerprint,
            "key": facts.key_fingerprint,
            "self_issued": facts.self_issued,
        },
        "seals_expected": [name for name, _ in signers],
        "evidence_root": facts.evidence_root,
        "checkpoint": {
            "origin": facts.checkpoint.origin,
            "size": facts.checkpoint.size,
            "root": facts.checkpoint.root,
        },
        "limits": sorted(about.limits),
        "files": [one.as_json() for one in files],
    }
    if not has_verifier:
        record["omissions"] = {"payload_members": ["verify.py"]}
    return canonical(record) + b"\n"


def tag_files(
    about: About,
    facts: Facts,
    folder: str,
    signers: Signers,
    payload: Sequence[Staged],
    verifier: bytes,
    service_chain: bytes = b"",
) -> dict[str, bytes]:
    """Every tag file but tagmanifest-sha256.txt, by name. `payload` in manifest order; what is empty is left out."""
    bag_info = {
        "Source-Organization": " ".join(about.organisation.split()),
        "Bagging-Date": stamp(facts.sealed_at)[:10],
        "External-Identifier": facts.package_id,
        "Payload-Oxum": f"{sum(one.size for one in payload)}.{len(payload)}",
        "Bag-Software-Agent": f"casebound {__version__}",
    }
    identities = [identity for _, identity in signers]
    # Dictionaries keep the order and drop what two signers have in common.
    roots = {one.root.public_bytes(Encoding.PEM): None for one in identities}
    between = {above.public_bytes(Encoding.PEM): None for one in identities for above in one.chain if above != one.root}
    tags = {
        "bagit.txt": _BAGIT,
        "bag-info.txt": "".join(f"{key}: {text}\n" for key, text in bag_info.items() if text).encode("utf-8"),
        "certs/root.pem": b"".join(roots),
        "certs/allowed_signers": "".join(sshsig.allowed_signers(one) for one in identities).encode("ascii"),
        "manifest-sha256.txt": b"".join(one.line + b"\n" for one in payload),
        "README-VERIFY.txt": Instructions(
            folder=folder,
            package_id=facts.package_id,
            case=f"{about.case_number}: {about.case_title}",
            sealed_at=stamp(facts.sealed_at),
            signer=facts.signer_name,
            self_issued=facts.self_issued,
            has_chain=bool(between),
            fingerprint=facts.fingerprint,
            words=spoken(facts.fingerprint),
            evidence_root=facts.evidence_root,
            origin=facts.checkpoint.origin,
            size=facts.checkpoint.size,
            root=facts.checkpoint.root,
            seals=[(name, sshsig.principal(one)) for name, one in signers],
            has_verifier=bool(verifier),
            has_service_chain=bool(service_chain),
        ).text(),
    }
    lists = {one.crls: None for one in identities if one.crls}
    if lists:
        tags["certs/crl.pem"] = b"".join(lists)
    if between:
        tags["certs/chain.pem"] = b"".join(between)
    if service_chain:
        tags["certs/tsa-chain.pem"] = service_chain
    if verifier:
        tags["verify.py"] = verifier
    return tags
