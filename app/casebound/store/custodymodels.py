"""The tables of what is done with a case as a whole: holds, transfers, receipts, checkpoints. See `models`."""

from __future__ import annotations

from sqlalchemy.orm import Mapped, mapped_column

from casebound.store.models import Base


class HoldRow(Base):
    """A legal hold, placed and perhaps released."""

    __tablename__ = "hold"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    what: Mapped[str]
    items: Mapped[str]  # JSON: [[type, id], …]
    reason: Mapped[str]
    authority: Mapped[str]
    placed_at: Mapped[str]  # as stated
    recorded_at: Mapped[str]
    by: Mapped[str]
    released_at: Mapped[str | None]
    released_by: Mapped[str]
    release_reason: Mapped[str]
    removed: Mapped[bool]  # was entered by mistake


class TransferRow(Base):
    """Something that came from a custodian or went to one."""

    __tablename__ = "transfer"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    direction: Mapped[str]  # from, to
    custodian: Mapped[str]
    what: Mapped[str]
    items: Mapped[str]  # JSON: [[type, id], …]
    purpose: Mapped[str]
    means: Mapped[str]
    at: Mapped[str]  # as stated
    recorded_at: Mapped[str]
    by: Mapped[str]
    acknowledged_at: Mapped[str | None]
    acknowledgement: Mapped[str]
    removed: Mapped[bool]  # was entered by mistake


class ReceiptRow(Base):
    """A recipient's signed statement; the file itself lies under evidence/ by its digest."""

    __tablename__ = "receipt"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    package_version: Mapped[int | None]
    package_id: Mapped[str]
    sha256: Mapped[str]
    size: Mapped[int]
    recipient: Mapped[str]
    organisation: Mapped[str]
    key: Mapped[str]
    verdict: Mapped[str]
    limits: Mapped[str]  # JSON
    checkpoint_origin: Mapped[str]
    checkpoint_size: Mapped[int]
    checkpoint_root: Mapped[str]
    received_at: Mapped[str]
    added_at: Mapped[str]
    by: Mapped[str]


class CheckpointRow(Base):
    """The ledger's signed state, made on demand. `size` lines stood before the line that tells of it."""

    __tablename__ = "checkpoint"

    size: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    root: Mapped[str]
    note: Mapped[str]  # the C2SP signed note
    made_at: Mapped[str]
    by: Mapped[str]
    handed_to: Mapped[str]
