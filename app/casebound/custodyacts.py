"""What is done with a case as a whole: legal holds, transfers between custodians, receipts, checkpoints. Frozen values.

Times are aware UTC `datetime`s. What a person states of the past (`placed_at`, `at`, `acknowledged_at`) stands beside
the moment at which it was written down (`recorded_at`), because the two may lie days apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

Item = tuple[str, str]
"""What the ledger calls a thing: ("attachment", "3"), ("exhibit", "EX-0001"), ("source", "4"), ("package", "2")."""


class Direction(StrEnum):
    """Which way something went at a transfer."""

    FROM = "from"  # a custodian gave it to the case
    TO = "to"  # the case gave it to a custodian


@dataclass(frozen=True, slots=True)
class Hold:
    """A duty to keep: who ordered it, why, over what, and how it ended. Nothing of a case is ever deleted anyway."""

    number: str  # H-01
    what: str  # in words; "" is the whole case
    items: tuple[Item, ...]  # items of the case that it names
    reason: str
    authority: str  # who ordered it: a court, counsel, a policy
    placed_at: datetime
    recorded_at: datetime
    by: str
    released_at: datetime | None = None
    released_by: str = ""
    release_reason: str = ""

    @property
    def active(self) -> bool:
        """Whether it was not released."""
        return self.released_at is None


@dataclass(frozen=True, slots=True)
class Transfer:
    """Something that went from one custodian to another, with the purpose, and what the other one acknowledged."""

    number: str  # T-01
    direction: Direction
    custodian: str  # the other side: a person, an office
    what: str
    items: tuple[Item, ...]
    purpose: str
    means: str  # how it went: a courier, an encrypted disk and its number; "" where nobody said
    at: datetime
    recorded_at: datetime
    by: str
    acknowledged_at: datetime | None = None
    acknowledgement: str = ""  # who acknowledged it and how, in words

    @property
    def open(self) -> bool:
        """Whether nobody has acknowledged it."""
        return self.acknowledged_at is None


@dataclass(frozen=True, slots=True)
class Receipt:
    """A recipient's signed statement, kept byte for byte under evidence/. Its facts are as the statement gives them."""

    number: str
    package_version: int | None  # of this case; None where the package is none of its own
    package_id: str
    sha256: str  # of the kept file
    size: int
    recipient: str
    organisation: str
    key: str  # SPKI fingerprint of the recipient's key
    verdict: str
    limits: tuple[str, ...]
    checkpoint_origin: str
    checkpoint_size: int
    checkpoint_root: str
    received_at: datetime
    added_at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class CheckpointMade:
    """The ledger's signed state at one moment, made on demand to be given to somebody outside."""

    size: int
    root: str
    note: str  # the C2SP signed note
    made_at: datetime
    by: str
    handed_to: str  # to whom, as stated; "" where nobody said
