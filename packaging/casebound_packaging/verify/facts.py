"""What the checks gathered, for the sentences that tell it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from casebound_packaging.finding import Finding
from casebound_packaging.verify.verdict import SignerFacts


@dataclass(slots=True)
class Facts:
    """Counts, times and the signer. `findings` is the whole list, in the order found."""

    findings: list[Finding] = field(default_factory=list)
    listed: int = 0
    present: int = 0
    matching: int = 0
    lines: int = 0
    omitted: int = 0
    broken_at: int | None = None
    first_time: datetime | None = None
    last_time: datetime | None = None
    witnessed: bool = False
    signer: SignerFacts | None = None
    signer_told: str = ""  # why a signer under the root given is not confirmed by it
    sealed_at: datetime | None = None
    stamped_at: datetime | None = None
    stamp_there: bool = False
    stamp_told: str = ""  # why a stamp that is there proves no time, as a sentence

    def of(self, check: str) -> list[Finding]:
        """The findings of one check."""
        return [finding for finding in self.findings if finding.check == check]
