"""A checkpoint, a proof of consistency or a receipt given alone: whose it is, and does it fit what was seen before.

No ledger is at hand: two states of one size have one root, and from a smaller one to a larger one leads a proof.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_ssh_public_key

from casebound_packaging import checkpoint
from casebound_packaging.consistency import Consistency, is_consistency, parse
from casebound_packaging.errors import UnreadablePackage
from casebound_packaging.finding import CHECKS, Finding
from casebound_packaging.merkle import roots
from casebound_packaging.receipt import LONGEST
from casebound_packaging.verify.certificates import UNREADABLE
from casebound_packaging.verify.outsidewitness import Witness, read_witness, typed_witness
from casebound_packaging.verify.receipts import CheckedReceipt, check_receipt
from casebound_packaging.verify.signer import Sealing, attribute, read_roots, signer_facts
from casebound_packaging.verify.trust import Trust
from casebound_packaging.verify.verdict import LIMITS, CheckResult, Report, SignerFacts, Verdict
from casebound_packaging.verify.wording import counted, grouped

_DER = b"\x30\x82"


def is_lone_state(path: Path) -> bool:
    """Is the file a signed state or a receipt by its beginning? What it really is, is said by the examination."""
    try:
        with path.open("rb") as file:
            head = file.read(512)
    except OSError:
        return False
    first = head.split(b"\n")[0]
    return head[:2] == _DER or is_consistency(head) or (first.startswith(b"casebound/") and b" " not in first)


def examine_lone_state(path: Path, trust: Trust) -> Report:
    """Judge one such file against the trust and the witnesses given.

    Raises `UnreadablePackage` where it is none, and `BadTrust`.
    """
    try:
        with path.open("rb") as file:
            data = file.read(LONGEST + 1)
        lone = _Lone.read(path.name, data)
    except (ValueError, OSError) as fault:
        raise UnreadablePackage(
            f"{path.name} is no checkpoint, proof or receipt that can be read: {fault}",
            "Ask whoever gave it to you to send it again.",
            where=str(path),
        ) from None
    return lone.judged(trust)


@dataclass(slots=True)
class _Lone:
    """The state that the file speaks of, and what was found out about it."""

    name: str
    state: checkpoint.Checkpoint
    note: str = ""
    proof: Consistency | None = None
    receipt: CheckedReceipt | None = None
    findings: list[Finding] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    limits: set[str] = field(default_factory=lambda: {"UNSTAMPED"})
    signer: SignerFacts | None = None
    agreeing: list[str] = field(default_factory=list)

    @classmethod
    def read(cls, name: str, data: bytes) -> _Lone:
        if data[:2] == _DER:
            receipt = check_receipt(data)
            return cls(name, receipt.statement.checkpoint, receipt=receipt)
        text = data.decode("utf-8")
        if is_consistency(data):
            proof = parse(text)
            return cls(name, proof.state, proof.note, proof)
        return cls(name, checkpoint.parse(text)[0], text)

    @property
    def thing(self) -> str:
        return "receipt" if self.receipt else "proof" if self.proof else "checkpoint"

    def judged(self, trust: Trust) -> Report:
        if self.receipt is not None:
            self._recipient(self.receipt, trust)
        else:
            self._signature(trust)
        given = [read_witness(path) for path in trust.against] + [typed_witness(text) for text in trust.seen]
        for witness in given:
            if self._agrees(witness):
                self.agreeing.append(witness.name)
        if not self.agreeing:
            self.limits.add("UNWITNESSED")
        self.findings.sort(key=lambda finding: CHECKS.index(finding.check))
        return Report(
            verdict=Verdict.NOT_VERIFIED if self.findings else Verdict.LIMITED,
            sentence=self._sentence(),
            limits=tuple(limit for limit in LIMITS if limit in self.limits),
            findings=tuple(self.findings),
            checks=self._rows(),
            signer=self.signer,
            sealed_at=self.receipt.statement.verified_at if self.receipt else None,
            checkpoint=self.state,
            package_id=self.receipt.statement.package.id if self.receipt else "",
            version=self.receipt.statement.package.version if self.receipt else None,
            notes=tuple(self.notes),
            kind="receipt" if self.receipt else "checkpoint",
        )

    # Whose it is

    def _recipient(self, receipt: CheckedReceipt, trust: Trust) -> None:
        made = receipt.signature
        try:
            known = attribute(Sealing(made.signer, made.others, self.name, made.signed_at), trust, self.findings)
        except (ValueError, TypeError, *UNREADABLE):
            self.limits.add("UNATTRIBUTED")
            self.findings.append(Finding("signer", self.name, "A certificate in the receipt cannot be read."))
            return
        self.signer = known.facts
        self.limits |= known.limits
        self.notes += [f"{receipt.told}.", *known.notes]
        if receipt.statement.note:
            self.notes.append(f"Their note: {receipt.statement.note}")

    def _signature(self, trust: Trust) -> None:
        certificates = read_roots(trust.root_pem)[0] if trust.root_pem is not None else []
        keys = {_spki(one): one for one in certificates}
        found: dict[bytes, x509.Certificate | None] = {key: one for key, one in keys.items() if key is not None}
        found |= dict.fromkeys(_allowed(trust.allowed_signers or ""), None)
        if not found:
            self.limits.add("UNATTRIBUTED")
            self.notes.append(
                "The checkpoint's signature was not checked: it needs the signer's key. Give their certificate as the "
                "root, or an allowed signers file with their key."
            )
            return
        faults = []
        wanted = trust.fingerprints
        for key, certificate in found.items():
            try:
                checkpoint.verify(self.note, key)
            except ValueError as fault:
                faults.append(str(fault))
                continue
            if certificate is not None:
                self.signer = signer_facts(certificate)
            own = {hashlib.sha256(key).hexdigest(), self.signer.fingerprint if self.signer else ""}
            if wanted and not wanted & own:
                problem = "The signer is not the one whose fingerprint was given."
                self.findings.append(Finding("signer", self.name, problem, ", ".join(sorted(wanted))))
            return
        if all(one is not None and _is_authority(one) for one in found.values()) and not self._named(found):
            self.limits.add("UNATTRIBUTED")
            self.notes.append(
                "The checkpoint's signature was not checked: what was given as the root issues certificates, and does"
                " not sign checkpoints. Give the signer's own certificate, or an allowed signers file with their key."
            )
            return
        worst = next((fault for fault in faults if "does not hold" in fault), faults[0])
        self.findings.append(Finding("seal", self.name, f"No key that you gave signed this: {worst}."))

    def _named(self, keys: Iterable[bytes]) -> bool:
        """Whether the note has a signature line that names one of the keys."""
        ids = {checkpoint.key_id(key) for key in keys}
        return any(line.key_id in ids for line in checkpoint.parse(self.note)[2])

    # What was seen before

    def _agrees(self, witness: Witness) -> bool:
        """Whether the witness saw the same record, at this size, before or after it."""
        seen = witness.state
        if seen.origin and seen.origin != self.state.origin:
            problem = "What was given to compare with is of another custody record."
            self._contradiction(witness, problem, seen.origin, self.state.origin)
            return False
        if witness.leaves is not None and len(witness.leaves) >= self.state.size:
            own = roots(witness.leaves, {self.state.size})[self.state.size].hex()
            return self._equal(witness, own)
        if seen.size == self.state.size:
            if seen.agrees(self.state.root):
                return True
            problem = f"Of the same {seen.size} entries another state was seen: the record was rewritten."
            self._contradiction(witness, problem, seen.told, self.state.root)
            return False
        early, late = (witness.name, self.name) if seen.size < self.state.size else (self.name, witness.name)
        proof, smaller = (self.proof, seen.root) if seen.size < self.state.size else (witness.proof, self.state.root)
        size = min(seen.size, self.state.size)
        if proof is None or proof.old_size != size or not smaller:
            self.notes.append(
                f"Between {early} ({size} entries) and {late} no proof leads that was given. Ask the sender for one: "
                f"casebound checkpoint CASE --since {size}."
                + ("" if smaller else " Words are not enough for that; type the root.")
            )
            return False
        if proof.holds(smaller):
            return True
        problem = f"The later state does not continue the earlier one of {size} entries: the record was rewritten."
        self._contradiction(witness, problem, seen.told, self.state.root)
        return False

    def _equal(self, witness: Witness, own: str) -> bool:
        if own == self.state.root:
            return True
        problem = f"The package's first {self.state.size} entries have another state: the record was rewritten."
        self._contradiction(witness, problem, own, self.state.root)
        return False

    def _contradiction(self, witness: Witness, problem: str, expected: str, got: str) -> None:
        self.findings.append(Finding("custody", witness.name, problem, expected, got))

    # In words

    def _sentence(self) -> str:
        entries = counted(self.state.size, "entry", "entries")
        what = f"This {self.thing} is about {entries} of the custody record {self.state.origin}"
        if any(finding.check == "custody" for finding in self.findings):
            return f"{what}, and contradicts what was seen before. Keep both."
        if self.findings:
            return f"{what}, and is not by the signer you trust. Do not rely on it."
        if self.agreeing:
            return f"{what}, and agrees with what was seen before. The record itself was not there to check."
        return f"{what}. It was compared with nothing, and the record itself was not there to check."

    def _rows(self) -> tuple[CheckResult, ...]:
        def fault(check: str) -> str:
            return next((finding.problem for finding in self.findings if finding.check == check), "")

        rows = [
            CheckResult("inventory", "not-checked", "No package was there", f"Only a {self.thing} was given."),
            CheckResult("contents", "not-checked", "No evidence was compared", f"Only a {self.thing} was given."),
        ]
        if fault("custody"):
            rows.append(CheckResult("custody", "fail", "It contradicts what was seen before", fault("custody")))
        elif self.agreeing:
            names = ", ".join(name.replace("What you", "what you") for name in self.agreeing)
            detail = f"It agrees with {names}."
            rows.append(CheckResult("custody", "pass", "It agrees with what was seen before", detail))
        else:
            detail = "Give something that you kept from before."
            rows.append(CheckResult("custody", "not-checked", "It was compared with nothing", detail))
        unread = self.receipt is None and "UNATTRIBUTED" in self.limits
        if fault("seal"):
            rows.append(CheckResult("seal", "fail", "The signature is not genuine", fault("seal")))
        elif unread:
            rows.append(CheckResult("seal", "not-checked", "The signature was not checked", "No key was given for it."))
        else:
            key = f"Signed with key {grouped(self.signer.key_fingerprint)}." if self.signer else "By a key you gave."
            rows.append(CheckResult("seal", "pass", "The signature is genuine", key))
        if fault("signer"):
            rows.append(CheckResult("signer", "fail", "This is not a signer you trust", fault("signer")))
        elif "UNATTRIBUTED" in self.limits:
            detail = "Anyone can type a name; only the key proves it."
            rows.append(CheckResult("signer", "unknown", "You have not confirmed this signer", detail))
        elif fault("seal"):
            rows.append(CheckResult("signer", "not-checked", "The signer was not checked", "The signature failed."))
        else:
            rows.append(CheckResult("signer", "pass", "You know this signer", "The key is one that you gave."))
        detail = "No independent time stamp was checked."
        rows.append(CheckResult("time", "unknown", "Signing time is the signer's own clock", detail))
        return tuple(rows)


def _is_authority(certificate: x509.Certificate) -> bool:
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except (x509.ExtensionNotFound, ValueError, *UNREADABLE):
        return False


def _spki(certificate: x509.Certificate) -> bytes | None:
    key = certificate.public_key()
    if not isinstance(key, ec.EllipticCurvePublicKey):
        return None
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _allowed(text: str) -> list[bytes]:
    """The P-256 keys of an OpenSSH allowed signers file."""
    keys = []
    for line in text.splitlines():
        words = line.split()
        if line.lstrip().startswith("#") or "ecdsa-sha2-nistp256" not in words[:-1]:
            continue
        place = words.index("ecdsa-sha2-nistp256")
        options = " ".join(words[1:place])
        if "cert-authority" in options or ("namespaces=" in options and "evidence-package" not in options):
            continue
        try:
            key = load_ssh_public_key(" ".join(words[place : place + 2]).encode("ascii"))
        except ValueError:
            continue
        keys.append(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))
    return keys
