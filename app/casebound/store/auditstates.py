"""What left the case against the ledger that is there now: packages, checkpoints, receipts; and the files that must lie
in the folder.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from casebound.store import models
from casebound.store.audit import item_name
from casebound.store.auditlines import Lines
from casebound.store.custodymodels import CheckpointRow, ReceiptRow
from casebound.store.custodyrecords import receipt_number
from casebound.store.packages import log_origin
from casebound_packaging import checkpoint, merkle
from casebound_packaging.finding import Finding
from casebound_packaging.ledger import leaves
from casebound_packaging.lineage import is_of


@dataclass(frozen=True, slots=True)
class Files:
    """What case.db says is on the disk."""

    originals: dict[str, tuple[int, str]]  # digest → size and whose it is
    generations: dict[str, tuple[str, str]]  # name → digest and whose it is
    packages: dict[str, tuple[str, str]]  # file name → digest and which version; it may lie elsewhere


@dataclass(frozen=True, slots=True)
class _State:
    """The ledger as it was seen: by whom, what is said of that, under which name, how long, which root."""

    item: str
    when: str
    origin: str
    size: int
    root: str


@dataclass(slots=True)
class Names:
    """What the custody record is called, and was called before, as folders that it was copied from."""

    own: str = ""
    earlier: dict[str, int] = field(default_factory=dict)

    def has(self, origin: str, size: int) -> bool:
        """Whether a state of this size under this name is to be a state of this record."""
        return is_of(origin, size, self.own, self.earlier)


def names(session: Session, lines: Lines) -> Names:
    """The custody record's names, as packages of this case give them."""
    case = session.get(models.CaseRow, 1)
    own = log_origin(str(case.number), str(case.log_id)) if case is not None else ""
    return Names(own, lines.earlier_names())


def states(session: Session, lines: Lines, found: list[Finding]) -> None:
    """The ledger against every state of it that was signed, or seen by somebody, and has left the case."""
    seen = [*_signed(session, found), *_received(session)]
    called = names(session, lines)
    hashes = leaves(lines.stored)
    computed = merkle.roots(hashes, {state.size for state in seen})
    for state in seen:
        if called.own and not called.has(state.origin, state.size):
            problem = "The signed state is of another custody record."
            found.append(Finding("custody", state.item, problem, called.own, state.origin))
        elif state.size > len(hashes):
            problem = f"The custody record is shorter than it was when {state.when}."
            found.append(Finding("custody", state.item, problem, str(state.size), str(len(hashes))))
        elif state.root != (root := computed[state.size].hex()):
            problem = f"The custody record is not the one that it was when {state.when}: it was written anew."
            found.append(Finding("custody", state.item, problem, state.root, root))


def _signed(session: Session, found: list[Finding]) -> Iterator[_State]:
    exported = select(models.PackageRow).where(models.PackageRow.exported.is_(True))
    for row in session.scalars(exported):
        item = item_name(("package", str(row.version)))
        yield from _note(
            item, row.checkpoint, row.checkpoint_size, row.checkpoint_root, "this package was sealed", found
        )
    for made in session.scalars(select(CheckpointRow)):
        item = item_name(("checkpoint", str(made.size)))
        yield from _note(item, made.note, made.size, made.root, "this checkpoint was made", found)


def _note(item: str, note: object, size: object, root: str, when: str, found: list[Finding]) -> Iterator[_State]:
    try:
        signed = checkpoint.parse(str(note))[0]
    except ValueError as error:
        found.append(Finding("custody", item, f"The signed state of the custody record cannot be read: {error}."))
        return
    if (signed.size, signed.root) != (size, root):
        found.append(Finding("custody", item, "The signed state is not the one recorded.", root, signed.root))
    yield _State(item, when, signed.origin, signed.size, signed.root)


def _received(session: Session) -> Iterator[_State]:
    for row in session.scalars(select(ReceiptRow)):
        if isinstance(row.checkpoint_size, int):  # else its row is told already
            item = item_name(("receipt", receipt_number(row.number)))
            size = max(row.checkpoint_size, 0)
            yield _State(item, "the recipient saw it", str(row.checkpoint_origin), size, str(row.checkpoint_root))


def files(session: Session) -> Files:
    """What must lie in evidence/ and rows/."""
    originals: dict[str, tuple[int, str]] = {}
    for sha256, size, whose in _originals(session):
        if re.fullmatch(r"[0-9a-f]{64}", sha256):  # else its row is told already
            originals.setdefault(sha256, (size if isinstance(size, int) else -1, whose))
    generations = {
        str(row.generation): (str(row.generation_digest), f"source S-{row.number:02d} ({row.name})")
        for row in session.scalars(select(models.SourceRow).order_by(models.SourceRow.number))
    }
    for mend in session.scalars(select(models.MendRow).order_by(models.MendRow.number)):
        whose = f"mend {mend.number} of source S-{mend.source:02d}"
        generations[str(mend.generation)] = (str(mend.generation_digest), whose)
    sealed = {
        row.name: (row.sha256, f"package version {row.version} ({row.name})")
        for row in session.scalars(select(models.PackageRow).where(models.PackageRow.exported.is_(True)))
    }
    return Files(originals, generations, sealed)


def _originals(session: Session) -> Iterator[tuple[str, object, str]]:
    """Digest, size and owner of every original that the case names."""
    source, attached = models.SourceRow, models.AttachmentRow
    for number, name, sha256, size in session.execute(
        select(source.number, source.name, source.sha256, source.size).order_by(source.number)
    ):
        yield str(sha256), size, f"source S-{number:02d} ({name})"
    for number, name, sha256, size in session.execute(
        select(attached.number, attached.name, attached.sha256, attached.size).order_by(attached.number)
    ):
        yield str(sha256), size, f"attachment {number} ({name})"
    for number, sha256, size in session.execute(
        select(ReceiptRow.number, ReceiptRow.sha256, ReceiptRow.size).order_by(ReceiptRow.number)
    ):
        yield str(sha256), size, f"receipt {receipt_number(number)}"
