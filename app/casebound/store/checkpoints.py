"""The ledger's signed states: made on demand, enclosed in later packages, and proved to follow from each other."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from casebound.case import CheckpointMade
from casebound.errors import BadCase, BadRequest
from casebound.store import models
from casebound.store.change import Change, sentence
from casebound.store.custodymodels import CheckpointRow
from casebound.store.custodyrecords import checkpoint_made
from casebound_packaging import checkpoint, consistency, merkle
from casebound_packaging.checkpoint import Checkpoint
from casebound_packaging.identity import Identity
from casebound_packaging.lineage import is_of


def leaves(session: Session, size: int | None = None) -> list[bytes]:
    """The leaf hashes of the first `size` lines, or of all."""
    row = models.LedgerRow
    wanted = select(row.hash).order_by(row.seq)
    return [bytes.fromhex(each) for each in session.scalars(wanted if size is None else wanted.limit(size))]


def make_checkpoint(change: Change, identity: Identity, origin: str, handed_to: str) -> CheckpointMade:
    """Sign the state of the ledger, whose name is `origin`, and then write down that this was done and for whom.

    The entry that tells of a checkpoint stands behind the entries that it covers.
    """
    to = sentence(handed_to, "Who gets it", empty=True, longest=2000)
    identity.require_valid(change.now)
    leaf_hashes = leaves(change.session)
    state = Checkpoint(origin, len(leaf_hashes), merkle.root(leaf_hashes).hex())
    row = CheckpointRow(
        size=state.size,
        root=state.root,
        note=checkpoint.sign(state, identity),
        made_at=change.at,
        by=change.by,
        handed_to=to,
    )
    change.session.add(row)
    change.record("checkpointed", row, {"text": f"Handed to {to}" if to else ""})
    return checkpoint_made(row)


def signed_states(session: Session, origin: str, earlier: Mapping[str, int]) -> tuple[str, ...]:
    """Every signed note of the log with this origin, made on demand or for a package, the shortest state first; those
    from under an earlier name (`casebound_packaging.lineage`) are among them.

    Raises `BadCase` where one cannot be read any more.
    """
    sealed = select(models.PackageRow.checkpoint).where(models.PackageRow.exported.is_(True))
    notes = [*session.scalars(select(CheckpointRow.note)), *session.scalars(sealed)]
    try:
        known = {note: checkpoint.parse(note)[0] for note in notes if note}
    except ValueError as fault:
        raise BadCase(
            f"A signed state of the custody record, kept in the case, cannot be read any more: {fault}.",
            "Run a check of the case; it names the entry.",
            meaning="Somebody or something changed the case's database outside of this program.",
        ) from None
    own = [note for note, state in known.items() if is_of(state.origin, state.size, origin, earlier)]
    return tuple(sorted(own, key=lambda note: known[note].size))


def proof(session: Session, old_size: int, note: str) -> str:
    """The proof that the state in `note` only adds to the first `old_size` entries (`casebound_packaging.consistency`).

    Raises `BadRequest` where there is nothing to prove: no entry, or more than the note covers.
    """
    state = checkpoint.parse(note)[0]
    if not 0 < old_size <= state.size:
        raise BadRequest(
            f"The checkpoint covers {state.size:,} entries; nothing leads to it from {old_size:,}.",
            "Name an older checkpoint of this case, or its number of entries.",
            meaning="Nothing was written.",
        )
    return consistency.compose(old_size, leaves(session, state.size), note)
