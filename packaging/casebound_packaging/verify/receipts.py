"""Receipts read: is the signature the named recipient's, and is what they saw a state of the enclosed record."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from casebound_packaging.finding import Finding
from casebound_packaging.lineage import is_of
from casebound_packaging.merkle import roots
from casebound_packaging.receipt import LONGEST, Statement, parse
from casebound_packaging.verify.cms import CheckedSignature, check_enclosing
from casebound_packaging.verify.contents import Contents
from casebound_packaging.verify.custody import Custody
from casebound_packaging.verify.signer import signer_facts
from casebound_packaging.verify.verdict import SignerFacts
from casebound_packaging.verify.wording import counted, day, grouped

RECEIPTS = "data/custody/receipts/"
_SUFFIX = ".receipt.p7m"


@dataclass(frozen=True, slots=True)
class CheckedReceipt:
    """A receipt whose signature holds. Whether `signer` is who they say is another question."""

    statement: Statement
    signature: CheckedSignature
    signer: SignerFacts
    sha256: str  # of the receipt as a file

    @property
    def told(self) -> str:
        """One clause about it: by whom, with which key, when, about what, with which verdict."""
        said, who = self.statement, self.signer
        verdict = {
            "verified": "verified",
            "verified-with-limits": "verified with limits",
            "not-verified": f"not verified ({counted(said.findings, 'finding')})",
        }[said.verdict]
        return (
            f"{who.name} (key {grouped(who.key_fingerprint)}) says that version {said.package.version} was received on "
            f"{day(said.received_at)} and {verdict}"
        )


def check_receipt(data: bytes) -> CheckedReceipt:
    """Read a receipt as a file. Raises `ValueError` (one sentence) where it is none or its signature does not hold."""
    if len(data) > LONGEST:
        raise ValueError("The file is larger than a receipt can be.")
    signature, content = check_enclosing(data)
    try:
        statement = parse(content)
    except ValueError as fault:
        raise ValueError(f"What is signed is no receipt: {fault}.") from None
    facts = signer_facts(signature.signer)
    if statement.recipient.key != facts.key_fingerprint:
        raise ValueError("The receipt names another key than the one that signed it.")
    if statement.recipient.name != facts.name:
        raise ValueError("The receipt names another recipient than the certificate that signed it.")
    return CheckedReceipt(statement, signature, facts, hashlib.sha256(data).hexdigest())


def check_enclosed_receipts(
    contents: Contents, custody: Custody, package: Mapping[str, object] | None, found: list[Finding]
) -> list[str]:
    """Check every receipt in the package against its own custody record; returns notes about those that hold.

    They come with the package, so they are no outside witnesses: whoever made it could have made them, too.
    """
    names = contents.under(RECEIPTS)
    if not names:
        return []
    case = package.get("case") if package is not None else None
    origin = case.get("log_origin") if isinstance(case, dict) else None
    taken_in = _acknowledged(custody)
    notes = []
    for name in names:
        try:
            if not name.endswith(_SUFFIX):
                raise ValueError("The file is not named like a receipt.")
            receipt = check_receipt(contents.kept.get(name, b""))
        except ValueError as fault:
            found.append(Finding("custody", name, f"The receipt does not hold. {fault}"))
            continue
        _check_state(name, receipt, custody, str(origin), found)
        if taken_in is not None and receipt.sha256 not in taken_in:
            problem = "No entry of the custody record takes in this receipt."
            found.append(Finding("custody", name, problem, "", receipt.sha256))
        notes.append(f"A receipt is enclosed: {receipt.told}. It came with the package, so it is no outside witness.")
    return notes


def _check_state(name: str, receipt: CheckedReceipt, custody: Custody, origin: str, found: list[Finding]) -> None:
    state = receipt.statement.checkpoint
    if not is_of(state.origin, state.size, origin, custody.earlier_names):
        found.append(Finding("custody", name, "The receipt is of another custody record.", origin, state.origin))
    elif state.size > len(custody.leaves):
        problem = "The receipt saw more entries than the custody record has: its end was cut off."
        found.append(Finding("custody", name, problem, str(state.size), str(len(custody.leaves))))
    else:
        own = roots(custody.leaves, {state.size})[state.size].hex()
        if own != state.root:
            problem = f"The first {state.size} entries are not those that the receipt saw: the record was rewritten."
            found.append(Finding("custody", name, problem, state.root, own))


def _acknowledged(custody: Custody) -> set[str] | None:
    """The receipts that entries take in, by SHA-256; None where an entry that is withheld may have done so."""
    if custody.omitted:
        return None
    named: set[str] = set()
    for seq, line in enumerate(custody.lines):
        if b'"action":"acknowledged"' in line:
            record = custody.line(seq)
            inputs = record.get("inputs") if record is not None else None
            named.update(str(one) for one in inputs if isinstance(one, str)) if isinstance(inputs, list) else None
    return named
