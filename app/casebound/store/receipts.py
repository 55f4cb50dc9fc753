"""Receipts that recipients gave back: kept byte for byte, and taken into the ledger once they fit it."""

from __future__ import annotations

from sqlalchemy import select

from casebound.case import Receipt
from casebound.errors import BadRequest, NothingToDo
from casebound.store import models
from casebound.store.change import Change
from casebound.store.checkpoints import leaves
from casebound.store.custodymodels import ReceiptRow
from casebound.store.custodyrecords import receipt, receipt_number
from casebound.store.manyfiles import Copied
from casebound.store.stated import pack, text
from casebound_packaging.merkle import root
from casebound_packaging.times import stamp
from casebound_packaging.verify.receipts import CheckedReceipt


def add_receipt(change: Change, given: CheckedReceipt, kept: Copied) -> Receipt:
    """Take a receipt into the ledger, whose signature holds and whose file is kept.

    Raises `BadRequest` where it is of another case, another package, or a custody record that is not this one;
    `NothingToDo` where it is here already.
    """
    known = change.session.scalar(select(ReceiptRow).where(ReceiptRow.sha256 == given.sha256))
    if known is not None:
        raise NothingToDo(f"This receipt is {receipt_number(known.number)} already.", meaning="Nothing was changed.")
    said = given.statement
    package = _package(change, given)
    state, who = said.checkpoint, given.signer
    row = ReceiptRow(
        number=change.next(ReceiptRow),
        package_version=package.version,
        package_id=text(said.package.id),
        sha256=given.sha256,
        size=kept.size,
        recipient=text(who.name),
        organisation=text(who.organisation),
        key=who.key_fingerprint,
        verdict=said.verdict,
        limits=pack(list(said.limits)),
        checkpoint_origin=text(state.origin),
        checkpoint_size=state.size,
        checkpoint_root=state.root,
        received_at=stamp(said.received_at),
        added_at=change.at,
        by=change.by,
    )
    change.session.add(row)
    words = f"Version {package.version}, received by {row.recipient}: {said.verdict.replace('-', ' ')}"
    change.record("acknowledged", row, {"text": words}, inputs=(given.sha256,))
    return receipt(row)


def _package(change: Change, given: CheckedReceipt) -> models.PackageRow:
    """The package of this case that the receipt is about, as far as everything that it says of it fits."""
    said, state = given.statement.package, given.statement.checkpoint
    row = change.session.get(models.PackageRow, said.version)
    if row is None or not row.exported or row.package_id != said.id:
        raise BadRequest(
            f"The receipt is of {said.id}, version {said.version}, which is no package of this case.",
            "Add it to the case that sealed this package.",
            meaning="Nothing was changed. If this case did seal it, its record was rewritten: keep the receipt.",
        )
    case_leaves = leaves(change.session, state.size)
    if len(case_leaves) < state.size or root(case_leaves).hex() != state.root:
        raise BadRequest(
            f"The receipt saw another custody record: its first {state.size:,} entries are not those of this case.",
            "Check the case. Keep the receipt as it is, and the folder too.",
            meaning="Nothing was changed. Either the case was put back to an older state, or its record was rewritten.",
        )
    if said.evidence_root != row.evidence_root or (row.checkpoint_size, row.checkpoint_root) != (
        state.size,
        state.root,
    ):
        raise BadRequest(
            f"The receipt is of another package than the one that this case sealed as version {said.version}.",
            "Ask the recipient which file they checked. Keep the receipt as it is.",
            meaning="Nothing was changed. Two packages under one version mean that one of them is not this case's.",
        )
    return row
