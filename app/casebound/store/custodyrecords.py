"""The records of holds, transfers, receipts and checkpoints, and these rows as values. See `records`, `reading`."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from casebound.custodyacts import CheckpointMade, Direction, Hold, Item, Receipt, Transfer
from casebound.store.custodymodels import CheckpointRow, HoldRow, ReceiptRow, TransferRow
from casebound.store.stated import texts, unpack
from casebound_packaging.times import parse_stamp

Record = dict[str, object]


def hold_number(number: int) -> str:
    """1 is H-01."""
    return f"H-{number:02d}"


def transfer_number(number: int) -> str:
    """1 is T-01."""
    return f"T-{number:02d}"


def receipt_number(number: int) -> str:
    """1 is R-01."""
    return f"R-{number:02d}"


def hold_record(row: HoldRow, session: Session) -> Record:
    """What the ledger is told of a hold. Who released it is the author of the line that says so, and stands there."""
    return {
        "hold": hold_number(row.number),
        "what": row.what,
        "items": unpack(row.items),
        "reason": row.reason,
        "authority": row.authority,
        "placed_at": row.placed_at,
        "recorded_at": row.recorded_at,
        "released_at": row.released_at,
        "release_reason": row.release_reason,
        "removed": row.removed,
    }


def transfer_record(row: TransferRow, session: Session) -> Record:
    """What the ledger is told of a transfer."""
    return {
        "transfer": transfer_number(row.number),
        "direction": row.direction,
        "custodian": row.custodian,
        "what": row.what,
        "items": unpack(row.items),
        "purpose": row.purpose,
        "means": row.means,
        "at": row.at,
        "recorded_at": row.recorded_at,
        "acknowledged_at": row.acknowledged_at,
        "acknowledgement": row.acknowledgement,
        "removed": row.removed,
    }


def receipt_record(row: ReceiptRow, session: Session) -> Record:
    """What the ledger is told of a receipt."""
    return {
        "receipt": receipt_number(row.number),
        "package_version": row.package_version,
        "package_id": row.package_id,
        "sha256": row.sha256,
        "size": row.size,
        "recipient": row.recipient,
        "organisation": row.organisation,
        "key": row.key,
        "verdict": row.verdict,
        "limits": unpack(row.limits),
        "checkpoint_origin": row.checkpoint_origin,
        "checkpoint_size": row.checkpoint_size,
        "checkpoint_root": row.checkpoint_root,
        "received_at": row.received_at,
        "added_at": row.added_at,
    }


def checkpoint_record(row: CheckpointRow, session: Session) -> Record:
    """What the ledger is told of a checkpoint."""
    return {
        "checkpoint": row.size,
        "root": row.root,
        "note": row.note,
        "made_at": row.made_at,
        "handed_to": row.handed_to,
    }


def hold(row: HoldRow) -> Hold:
    """A hold as a value."""
    return Hold(
        number=hold_number(row.number),
        what=row.what,
        items=items(row.items),
        reason=row.reason,
        authority=row.authority,
        placed_at=parse_stamp(row.placed_at),
        recorded_at=parse_stamp(row.recorded_at),
        by=row.by,
        released_at=None if row.released_at is None else parse_stamp(row.released_at),
        released_by=row.released_by,
        release_reason=row.release_reason,
    )


def transfer(row: TransferRow) -> Transfer:
    """A transfer as a value."""
    return Transfer(
        number=transfer_number(row.number),
        direction=Direction(row.direction),
        custodian=row.custodian,
        what=row.what,
        items=items(row.items),
        purpose=row.purpose,
        means=row.means,
        at=parse_stamp(row.at),
        recorded_at=parse_stamp(row.recorded_at),
        by=row.by,
        acknowledged_at=None if row.acknowledged_at is None else parse_stamp(row.acknowledged_at),
        acknowledgement=row.acknowledgement,
    )


def receipt(row: ReceiptRow) -> Receipt:
    """A receipt as a value."""
    return Receipt(
        number=receipt_number(row.number),
        package_version=row.package_version,
        package_id=row.package_id,
        sha256=row.sha256,
        size=row.size,
        recipient=row.recipient,
        organisation=row.organisation,
        key=row.key,
        verdict=row.verdict,
        limits=texts(row.limits),
        checkpoint_origin=row.checkpoint_origin,
        checkpoint_size=row.checkpoint_size,
        checkpoint_root=row.checkpoint_root,
        received_at=parse_stamp(row.received_at),
        added_at=parse_stamp(row.added_at),
        by=row.by,
    )


def checkpoint_made(row: CheckpointRow) -> CheckpointMade:
    """A checkpoint as a value."""
    return CheckpointMade(
        size=row.size,
        root=row.root,
        note=row.note,
        made_at=parse_stamp(row.made_at),
        by=row.by,
        handed_to=row.handed_to,
    )


def items(packed: str) -> tuple[Item, ...]:
    """Read a column that names items of the ledger. Raises `ValueError` where it does not."""
    value = unpack(packed)
    if not isinstance(value, list):
        raise ValueError("not an array of items")
    found = []
    for each in value:
        if not (isinstance(each, list) and len(each) == 2 and all(isinstance(part, str) for part in each)):
            raise ValueError("not the name of an item")
        found.append((each[0], each[1]))
    return tuple(found)


def kept(session: Session) -> dict[str, Any]:
    """These four as a snapshot has them: holds and transfers without those entered by mistake, in their order."""
    holds = select(HoldRow).where(HoldRow.removed.is_(False)).order_by(HoldRow.number)
    transfers = select(TransferRow).where(TransferRow.removed.is_(False)).order_by(TransferRow.number)
    return {
        "holds": tuple(map(hold, session.scalars(holds))),
        "transfers": tuple(map(transfer, session.scalars(transfers))),
        "receipts": tuple(map(receipt, session.scalars(select(ReceiptRow).order_by(ReceiptRow.number)))),
        "checkpoints": tuple(map(checkpoint_made, session.scalars(select(CheckpointRow).order_by(CheckpointRow.size)))),
    }
