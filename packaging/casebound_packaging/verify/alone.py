"""One exhibit given alone (docs/format.md): does it stand, as it is here, in a record that a known key has signed?

The same questions as check.sh beside it asks, with every answer and not only the first: the files, the certificate, the
checkpoint's signature, the way from the entry to the checkpoint's root, the texts, the attachment's bytes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from importlib.resources import files as resources
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from casebound_packaging import merkle
from casebound_packaging.checkpoint import Checkpoint
from casebound_packaging.checkpoint import verify as verify_checkpoint
from casebound_packaging.disclosure import Disclosure
from casebound_packaging.disclosure import parse as parse_disclosure
from casebound_packaging.finding import CHECKS, Finding
from casebound_packaging.ledgerline import read as read_line
from casebound_packaging.times import parse_stamp
from casebound_packaging.tlogproof import TlogProof
from casebound_packaging.tlogproof import parse as parse_proof
from casebound_packaging.verify.alonefiles import ENTRY, SCRIPT, SIGNER, TEXTS, AloneFiles, read_alone
from casebound_packaging.verify.alonewords import rows, sentence
from casebound_packaging.verify.certificates import UNREADABLE
from casebound_packaging.verify.outsidewitness import Witness, read_witness, typed_witness
from casebound_packaging.verify.signer import Attribution, Sealing, attribute
from casebound_packaging.verify.trust import Trust
from casebound_packaging.verify.verdict import LIMITS, Report, Verdict

SCRIPTS = frozenset[str]()
"""SHA-256 of the check.sh of earlier releases, hex."""


def script() -> bytes:
    """The check script of this release."""
    return (resources("casebound_packaging") / "standalone" / "check.sh").read_bytes()


@dataclass(slots=True)
class Alone:
    """What was found out, for the words about it."""

    files: AloneFiles
    findings: list[Finding] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    certificate: x509.Certificate | None = None
    known: Attribution | None = None
    proof: TlogProof | None = None
    checkpoint: Checkpoint | None = None  # signed by the certificate's key
    entry: Mapping[str, object] | None = None
    texts: list[Disclosure] = field(default_factory=list)
    withheld: int = 0  # texts and fields that are committed to and not given
    witnessed: bool = False

    def of(self, check: str) -> list[Finding]:
        """The findings of one check."""
        return [finding for finding in self.findings if finding.check == check]

    @property
    def time(self) -> datetime | None:
        """When the entry says that it was made."""
        try:
            return parse_stamp(str(self.entry["time"])) if self.entry is not None else None
        except (KeyError, ValueError):
            return None


def examine_alone(path: Path, trust: Trust, progress: Callable[[int, int, str], None]) -> Report:
    """Judge the folder. Raises `UnreadablePackage` where it cannot be read, `BadTrust` for trust that cannot be."""
    found: list[Finding] = []
    alone = Alone(read_alone(path, progress, found), found)
    _signer(alone, trust)
    _state(alone)
    _entry(alone)
    _texts(alone)
    _subject(alone)
    for witness in (*map(read_witness, trust.against), *map(typed_witness, trust.seen)):
        alone.witnessed |= _seen(witness, alone)
    _script(alone)
    found.sort(key=lambda finding: CHECKS.index(finding.check))
    limits = {"UNSTAMPED"} | (set(alone.known.limits) if alone.known else set())
    limits |= set() if alone.witnessed else {"UNWITNESSED"}
    limits |= {"REDACTED"} if alone.withheld else set()
    told = tuple(limit for limit in LIMITS if limit in limits)
    return Report(
        verdict=Verdict.NOT_VERIFIED if found else Verdict.LIMITED,
        sentence=sentence(alone, told),
        limits=told,
        findings=tuple(found),
        checks=rows(alone, told),
        signer=alone.known.facts if alone.known else None,
        counts={"files": len(alone.files.kept) + bool(alone.files.original), "texts": len(alone.texts)},
        checkpoint=alone.checkpoint,
        notes=tuple(dict.fromkeys((*alone.notes, *(alone.known.notes if alone.known else ())))),
        kind="exhibit",
    )


def _signer(alone: Alone, trust: Trust) -> None:
    """The certificate, which must be all that is in its file, and who knows it."""
    data = alone.files.kept.get(SIGNER)
    if data is None:
        return
    try:
        certificate = x509.load_pem_x509_certificate(data)
        if certificate.public_bytes(Encoding.PEM) != data:
            alone.findings.append(Finding("signer", SIGNER, "The file holds something else besides one certificate."))
        end = certificate.not_valid_after_utc
        # Nobody says when the checkpoint was signed: an expired certificate is judged at its last moment.
        sealing = Sealing(certificate, (), SIGNER, end if end < trust.moment else None)
        alone.certificate, alone.known = certificate, attribute(sealing, trust, alone.findings)
    except (ValueError, TypeError, *UNREADABLE):
        alone.certificate = alone.known = None
        alone.findings.append(Finding("signer", SIGNER, "The file is not a certificate that can be read."))


def _state(alone: Alone) -> None:
    """The proof, and the signature of the checkpoint in it."""
    data, name = alone.files.kept.get(alone.files.proof), alone.files.proof
    if data is None:
        return
    try:
        alone.proof = parse_proof(data.decode("utf-8"))
    except ValueError as error:
        alone.findings.append(Finding("custody", name, f"The proof cannot be read: {error}."))
        return
    if alone.certificate is None:
        return
    spki = alone.certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    try:
        alone.checkpoint = verify_checkpoint(alone.proof.note, spki)
    except ValueError as error:
        problem = f"The signed state of the custody record does not hold: {error}."
        alone.findings.append(Finding("seal", name, problem))


def _entry(alone: Alone) -> None:
    """The entry, and the way from it to the checkpoint's root."""
    data = alone.files.kept.get(ENTRY)
    if data is None:
        return
    try:
        line = read_line(data)
        if "omitted" in line:
            raise ValueError("it is an omitted one")
        alone.entry = line
    except ValueError as error:
        alone.findings.append(Finding("custody", ENTRY, f"This is not an entry of a custody record: {error}."))
    if alone.proof is None:
        return
    if not alone.proof.holds(merkle.leaf_hash(data)):
        problem = "The entry is not one of the record that was signed: the proof does not lead to its signed state."
        alone.findings.append(Finding("custody", ENTRY, problem))
    elif alone.entry is not None and alone.entry.get("seq") != alone.proof.index:
        problem = "The entry has another number than its place in the record."
        seen = str(alone.entry.get("seq"))
        alone.findings.append(Finding("custody", ENTRY, problem, str(alone.proof.index), seen))


def _texts(alone: Alone) -> None:
    """Every text is one that the entry commits to, or, of an event's row, one that the entry's record commits to."""
    data = alone.files.kept.get(TEXTS)
    if data is None or alone.entry is None:
        return
    known = _commitments(alone.entry)
    own = known
    lines = data.split(b"\n")
    if lines.pop() != b"":
        alone.findings.append(Finding("custody", TEXTS, "The last text is cut off: its line does not end."))
    seen: set[str] = set()
    for number, line in enumerate(lines, 1):
        item = f"{TEXTS}, line {number}"
        try:
            text = parse_disclosure(line.decode("ascii"))
        except ValueError as error:
            alone.findings.append(Finding("custody", item, f"The text cannot be read: {error}."))
            continue
        if text.digest in seen:
            alone.findings.append(Finding("custody", item, f"The text “{text.name}” is given twice."))
        elif text.digest not in known:
            alone.findings.append(Finding("custody", item, f"The entry does not commit to the text “{text.name}”."))
        else:
            alone.texts.append(text)
            if text.digest in own and text.name == "record" and isinstance(text.value, dict):
                known = known | _commitments(text.value)
        seen.add(text.digest)
    alone.withheld = len(known - seen)


def _commitments(record: Mapping[str, object]) -> frozenset[str]:
    listed = record.get("_sd")
    return frozenset(one for one in listed if isinstance(one, str)) if isinstance(listed, list) else frozenset()


def _subject(alone: Alone) -> None:
    """The entry attached this very file, or made this very exhibit of an event."""
    entry, files = alone.entry, alone.files
    if entry is None:
        return
    if files.original:
        named = {text.value for text in alone.texts if text.name == "sha256" and isinstance(text.value, str)}
        for key in ("inputs", "outputs"):
            listed = entry.get(key)
            named |= {one for one in listed if isinstance(one, str)} if isinstance(listed, list) else set()
        if entry.get("action") != "attached":
            alone.findings.append(
                Finding("custody", ENTRY, "The entry does not attach a file.", "", str(entry["action"]))
            )
        elif files.sha256 and files.sha256 not in named:
            problem = "The file is not the one that the entry attached."
            alone.findings.append(Finding("contents", files.original, problem, ", ".join(sorted(named)), files.sha256))
        return
    about = entry.get("item")
    if about != {"type": "exhibit", "id": files.exhibit}:
        problem = "The entry is not about this exhibit, and there is no file that it attached."
        seen = str(about.get("id")) if isinstance(about, dict) else ""
        alone.findings.append(Finding("custody", ENTRY, problem, files.exhibit, seen))
    elif not any(text.name == "record" and isinstance(text.value, dict) for text in alone.texts):
        problem = "The entry's record, which commits to the event's fields, is not given."
        alone.findings.append(Finding("custody", TEXTS, problem))


def _seen(witness: Witness, alone: Alone) -> bool:
    """Compare with what somebody outside kept. Returns whether it confirms the state or the entry."""
    if alone.proof is None:
        return False
    state, mine, ours = witness.state, alone.proof.checkpoint, alone.files.kept.get(ENTRY, b"")
    if state.origin and state.origin != mine.origin:
        problem = "What was given to compare with is of another custody record."
        alone.findings.append(Finding("custody", witness.name, problem, mine.origin, state.origin))
        return False
    leaves, index = witness.leaves, alone.proof.index
    if leaves is not None and index < len(leaves):
        if len(leaves) >= mine.size and (own := merkle.root(leaves[: mine.size]).hex()) != mine.root:
            problem = f"The other package's first {mine.size} entries have another state: the record was rewritten."
            alone.findings.append(Finding("custody", witness.name, problem, own, mine.root))
            return False
        if leaves[index] == merkle.leaf_hash(ours):
            return True
        problem = f"Entry {index} is not the one that the other package has: the record was rewritten."
        alone.findings.append(Finding("custody", witness.name, problem, leaves[index].hex()))
        return False
    if state.size == mine.size and leaves is None:
        if state.agrees(mine.root):
            return True
        problem = f"The state of the record at {mine.size} entries is not the one that was seen: it was rewritten."
        alone.findings.append(Finding("custody", witness.name, problem, state.told, mine.root))
        return False
    alone.notes.append(
        f"{witness.name} is of another size ({state.size} entries, this proof {mine.size}); it cannot be compared."
    )
    return False


def _script(alone: Alone) -> None:
    data = alone.files.kept.get(SCRIPT)
    if data is not None and data != script() and hashlib.sha256(data).hexdigest() not in SCRIPTS:
        alone.notes.append(
            f"{SCRIPT} in this folder is not the published one. Do not run it; what it says would prove nothing."
        )
