"""A case with a custody record and nothing else, sealed as often as a test likes: what witnesses are tried on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from specimen import ORIGIN, SEALED_AT, Log, jcs, sha, signed_report

from casebound_packaging import checkpoint
from casebound_packaging.checkpoint import Checkpoint
from casebound_packaging.disclosure import disclose
from casebound_packaging.identity import Identity
from casebound_packaging.ledger import leaves
from casebound_packaging.member import Member
from casebound_packaging.merkle import root
from casebound_packaging.package import About, Draft


@dataclass
class SmallCase:
    """Its ledger grows; `seal` makes a package of all of it."""

    signer: Identity
    log: Log = field(init=False)
    origin: str = ORIGIN

    def __post_init__(self) -> None:
        self.log = Log(self.signer.key_fingerprint)
        self.log.add("created", "case", "case", told=(disclose("title", "Northgate"),))

    def work(self, count: int = 3, name: str = "note") -> None:
        """Some entries."""
        for number in range(count):
            self.log.add("annotated", "mark", str(number), told=(disclose("text", f"{name} {number}"),))

    def take_in(self, receipt: bytes) -> None:
        """The entry that a receipt came back."""
        self.log.add("acknowledged", "receipt", "R-01", inputs=(sha(receipt),))

    def state(self, size: int | None = None) -> Checkpoint:
        """The ledger's state at a size, or now."""
        lines = self.log.lines[:size]
        return Checkpoint(self.origin, len(lines), root(leaves(lines)).hex())

    def note(self, size: int | None = None) -> str:
        """The same, signed."""
        return checkpoint.sign(self.state(size), self.signer)

    def seal(self, folder: Path, version: int, receipts: Sequence[bytes] = ()) -> Path:
        """A package of this version, with everything up to now."""
        folder.mkdir(parents=True, exist_ok=True)
        self.log.add("export-prepared", "package", str(version), told=(disclose("purpose", "For Legal"),))
        statement = {
            "complete": True,
            "sources": [],
            "attachments": {"held": 0, "enclosed": 0, "bytes_enclosed": 0, "withheld": 0},
            "ledger": {"lines": len(self.log.lines), "omitted": 0},
        }
        members = [Member("data/completeness.json", "completeness", "application/json", jcs(statement))]
        about = About("CASE-7", "Northgate", self.origin, version, None, "legal", "For Legal", None)
        draft = Draft(
            about, members, self.log.lines, self.log.disclosures, self.signer, SEALED_AT, receipts=tuple(receipts)
        )
        facts = draft.facts()
        report = signed_report(folder / "report", self.signer, facts.package_id, facts.evidence_root)
        return draft.seal(folder, report).path
