"""What a verifier answers: one verdict, its limits, every finding, six rows for people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal

from casebound_packaging.checkpoint import Checkpoint
from casebound_packaging.finding import Finding
from casebound_packaging.times import stamp


class Verdict(StrEnum):
    """docs/verifying.md, "Verdicts"."""

    VERIFIED = "verified"
    LIMITED = "verified-with-limits"
    NOT_VERIFIED = "not-verified"
    NOT_A_PACKAGE = "not-a-package"


LIMITS: Mapping[str, str] = {
    "UNATTRIBUTED": "nobody outside the package confirmed who the signer is",
    "SELF-ISSUED": "the signer issued the certificate to themselves; only the key's fingerprint ties it to a person",
    "UNSTAMPED": "the time of sealing is the signer's own clock",
    "UNWITNESSED": "nothing older from outside the package was there to compare the custody record with",
    "SUPERSEDED": "a later version of this package exists",
    "PARTIAL": "rows or attachments were left out, as the completeness statement says",
    "REDACTED": "some fields, or texts or entries of the ledger, were withheld from this recipient",
    "EXPIRED": "the signer's certificate has expired since, and no time stamp proves that the seal is older",
    "REVOKED-LATER": "the signer's certificate was revoked after the time that is proved for the seal",
    "STALE-REVOCATION": "the revocation list that was given is overdue: the certificate may have been revoked since",
}
"""Every limit with its meaning as a clause, in the order in which they are told."""

State = Literal["pass", "fail", "unknown", "not-checked"]


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One of the six rows of the Check screen: `title` in bold, `detail` below, both plain sentences."""

    check: str  # "inventory", "contents", "custody", "seal", "signer", "time"
    state: State
    title: str
    detail: str


@dataclass(frozen=True, slots=True)
class SignerFacts:
    """Who sealed, as far as the seal itself says. Fingerprints are lower-case hex SHA-256."""

    name: str
    organisation: str
    fingerprint: str  # of the certificate, DER
    key_fingerprint: str  # of the public key (SPKI), DER
    self_issued: bool
    valid_from: datetime
    valid_to: datetime
    issuer: str
    confirmed_by: str = ""  # "" | "fingerprint" | "root" | "allowed-signers" | "remembered"

    def as_json(self) -> dict[str, object]:
        """The `signer` object of `verify --json`."""
        return {
            "name": self.name,
            "organisation": self.organisation,
            "fingerprint": self.fingerprint,
            "key": self.key_fingerprint,
            "self_issued": self.self_issued,
            "issuer": self.issuer,
            "valid_from": stamp(self.valid_from),
            "valid_to": stamp(self.valid_to),
            "confirmed_by": self.confirmed_by or None,
        }


@dataclass(frozen=True, slots=True)
class Report:
    """Everything a verifier has to say about one file.

    `counts` has "files" (listed), "present", "matching", "ledger_lines", "seals" where they are known. `notes` are
    facts that weigh neither way. `sealed_at` is the time the package claims.
    """

    verdict: Verdict
    sentence: str
    limits: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    checks: tuple[CheckResult, ...] = ()
    signer: SignerFacts | None = None
    sealed_at: datetime | None = None
    stamped_at: datetime | None = None
    counts: Mapping[str, int] = field(default_factory=dict)
    package_id: str = ""
    case_number: str = ""
    case_title: str = ""
    evidence_root: str = ""
    checkpoint: Checkpoint | None = None
    notes: tuple[str, ...] = ()
    kind: Literal["package", "report", "exhibit", "checkpoint", "receipt", "nothing"] = "package"
    version: int | None = None  # of the package, as it says
    tagmanifest_sha256: str = ""  # of the list of files that the seals sign, as it lies there

    @property
    def headline(self) -> str:
        """The verdict in the words of the Check screen."""
        if self.verdict is Verdict.VERIFIED:
            return "Verified"
        if self.verdict is Verdict.NOT_VERIFIED:
            return "Not verified"
        if self.verdict is Verdict.NOT_A_PACKAGE:
            return "Could not be checked"
        if self.kind in ("checkpoint", "receipt"):
            return f"A {self.kind}, not a package"
        return "Intact, signer not confirmed" if "UNATTRIBUTED" in self.limits else "Verified, with limits"

    def exit_code(self, accept: frozenset[str] = frozenset()) -> int:
        """0 verified (or every limit is in `accept`), 1 not verified, 2 not a package, 3 with limits."""
        if self.verdict is Verdict.VERIFIED:
            return 0
        if self.verdict is Verdict.LIMITED:
            return 0 if set(self.limits) <= accept else 3
        return 1 if self.verdict is Verdict.NOT_VERIFIED else 2

    def as_json(self) -> dict[str, object]:
        """The object that `verify --json` prints: schemas/verification.schema.json."""
        return {
            "verdict": str(self.verdict),
            "sentence": self.sentence,
            "kind": self.kind,
            "limits": list(self.limits),
            "findings": [
                {
                    "check": finding.check,
                    "item": finding.item,
                    "problem": finding.problem,
                    "expected": finding.expected,
                    "found": finding.found,
                }
                for finding in self.findings
            ],
            "checks": [
                {"check": row.check, "state": row.state, "title": row.title, "detail": row.detail}
                for row in self.checks
            ],
            "signer": self.signer.as_json() if self.signer else None,
            "sealed_at": stamp(self.sealed_at) if self.sealed_at else None,
            "stamped_at": stamp(self.stamped_at) if self.stamped_at else None,
            "counts": dict(self.counts),
            "package_id": self.package_id or None,
            "version": self.version,
            "tagmanifest_sha256": self.tagmanifest_sha256 or None,
            "case": {"number": self.case_number, "title": self.case_title} if self.case_number else None,
            "evidence_root": self.evidence_root or None,
            "checkpoint": (
                {"origin": self.checkpoint.origin, "size": self.checkpoint.size, "root": self.checkpoint.root}
                if self.checkpoint
                else None
            ),
            "notes": list(self.notes),
        }
