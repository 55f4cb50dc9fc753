"""Ledgers for tests, composed line by line as the case composes them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from casebound_packaging.disclosure import Disclosure, disclose
from casebound_packaging.ledger import GENESIS, UNAUTHENTICATED, Line, compose, line_hash, omitted

BEGIN = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)


@dataclass
class Ledger:
    """Lines and disclosures, growing."""

    actor: str = UNAUTHENTICATED
    lines: list[bytes] = field(default_factory=list)
    disclosures: list[tuple[int, str]] = field(default_factory=list)
    attached: int = 0
    last_attached: str = GENESIS

    @property
    def head(self) -> str:
        return line_hash(self.lines[-1]) if self.lines else GENESIS

    def add(self, action: str, kind: str, number: str, *told: Disclosure, **more: object) -> str:
        seq = len(self.lines)
        moment = BEGIN + timedelta(seconds=seq)
        line = Line(seq, self.head, moment, self.actor, action, kind, number, disclosures=told, **more)  # type: ignore[arg-type]
        self.lines.append(compose(line))
        self.disclosures += [(seq, one.encoded) for one in told]
        return self.head

    def attach(self) -> str:
        self.attached += 1
        told = disclose("title", f"attachment {self.attached}")
        previous, number = self.last_attached, self.attached
        self.last_attached = self.add(
            "attached", "attachment", str(number), told, attachment=number, attachment_prev=previous
        )
        return self.last_attached

    def without(self, *seqs: int) -> list[bytes]:
        """The lines with these omitted."""
        return [omitted(seq, line_hash(line)) if seq in seqs else line for seq, line in enumerate(self.lines)]


def busy_ledger(attachments: int = 3, notes: int = 4) -> Ledger:
    """created, then attachments and notes in turn, then export-prepared of package 1."""
    ledger = Ledger()
    ledger.add("created", "case", "1", disclose("title", "A case"))
    for turn in range(max(attachments, notes)):
        if turn < attachments:
            ledger.attach()
        if turn < notes:
            ledger.add("annotated", "mark", str(turn + 1), disclose("text", f"note {turn}"))
    ledger.add("export-prepared", "package", "1", disclose("purpose", "test"))
    return ledger
