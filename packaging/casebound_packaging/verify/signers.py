"""Everybody who sealed: the signer of the package, further seals inside, co-signatures beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from casebound_packaging.finding import Finding
from casebound_packaging.verify.contents import Contents
from casebound_packaging.verify.seals import Seal, check_statements
from casebound_packaging.verify.signer import Attribution, Sealing, attribute
from casebound_packaging.verify.trust import Trust
from casebound_packaging.verify.verdict import SignerFacts

CRL = "certs/crl.pem"


@dataclass(slots=True)
class Signers:
    """What is known of the signers together. `told` is why the first is not confirmed by the root given."""

    first: SignerFacts | None = None
    told: str = ""
    limits: set[str] = field(default_factory=set)
    notes: list[str] = field(default_factory=list)


def attribute_seals(
    contents: Contents,
    seals: tuple[Seal, ...],
    beside: tuple[Seal, ...],
    package: Mapping[str, object] | None,
    times: tuple[datetime | None, datetime | None],
    trust: Trust,
    found: list[Finding],
) -> Signers:
    """Compare every signer with the trust given. `times` are the claimed and the proved time of the package.

    Whoever sealed inside must be somebody the recipient can rely on; a co-signer beside it who is not takes nothing
    from the package, and is told in a note.
    """
    claimed, proved = times
    signers = Signers()
    crls = contents.kept.get(CRL, b"")
    for seal in seals:
        leading = seal.name.startswith("01-")
        if leading and package is not None:
            check_statements(seal, package, claimed, found)
        known = attribute(_sealing(seal, proved if leading else None, crls, leading), trust, found)
        signers.limits |= known.limits
        signers.notes += known.notes
        if leading:
            signers.first, signers.told = known.facts, known.standing
        else:
            signers.notes.append(_named(f"Also sealed by {known.facts.name}", seal, known, []))
    for seal in beside:
        faults: list[Finding] = []
        known = attribute(_sealing(seal, None, crls, False), trust, faults)
        who = f"Sealed afterwards, beside the package, by {known.facts.name}"
        early = claimed is not None and seal.signature.signed_at is not None and seal.signature.signed_at < claimed
        dated = " It is dated before the package was sealed." if early else ""
        signers.notes.append(_named(who, seal, known, faults) + dated)
    return signers


def _sealing(seal: Seal, stamped_at: datetime | None, crls: bytes, leading: bool) -> Sealing:
    # A stamp that was had after the certificate's end does not show that the seal was made before it.
    if stamped_at is not None and stamped_at > seal.signature.signer.not_valid_after_utc:
        stamped_at = None
    return Sealing(
        certificate=seal.signature.signer,
        others=seal.signature.others,
        item=f"seals/{seal.name}.p7s",
        signed_at=seal.signature.signed_at,
        stamped_at=stamped_at,
        crls=crls,
        leading=leading,
    )


def _named(who: str, seal: Seal, known: Attribution, faults: list[Finding]) -> str:
    told = "confirmed" if known.facts.confirmed_by and not faults else "not confirmed"
    why = f" {faults[0].problem}" if faults else ""
    late = " The certificate has expired since." if "EXPIRED" in known.limits and not faults else ""
    return f"{who} ({seal.name}, {told}), certificate {known.facts.fingerprint}.{why}{late}"
