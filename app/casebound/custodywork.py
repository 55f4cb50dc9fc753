"""What people do with a case as a whole: holds are placed and released, things change hands."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from casebound.casework import Casework
from casebound.custodyacts import Direction, Hold, Item, Transfer
from casebound.store import holds, transfers


class CustodyWork(Casework):
    """A case with the acts that only its custody record shows. Times are those that a person states; None is now.

    All of them raise `BadRequest` where a text is missing, an item is not in the case, or a time cannot be.
    """

    # Holds

    def place_hold(
        self,
        reason: str,
        *,
        authority: str = "",
        what: str = "",
        items: Sequence[Item] = (),
        placed_at: datetime | None = None,
    ) -> Hold:
        """Write down that something must be kept, and on whose word; without `what` and `items` the whole case."""
        with self._change() as change:
            return holds.place_hold(change, reason, authority=authority, what=what, items=items, placed_at=placed_at)

    def release_hold(self, number: str, reason: str, *, released_at: datetime | None = None) -> Hold:
        """Write down that a hold has ended. Raises `NothingToDo` where it has already."""
        with self._change() as change:
            return holds.release_hold(change, number, reason, released_at=released_at)

    def correct_hold(self, number: str, why: str, **fields: Any) -> Hold:
        """State anew: what, items, reason, authority, placed_at. The record keeps the earlier words, and why."""
        with self._change() as change:
            return holds.correct_hold(change, number, why, **fields)

    def withdraw_hold(self, number: str, why: str) -> None:
        """A hold was entered by mistake. It is no release: nothing was held."""
        with self._change() as change:
            holds.withdraw_hold(change, number, why)

    # Transfers

    def record_transfer(
        self,
        direction: Direction,
        custodian: str,
        purpose: str,
        *,
        what: str = "",
        items: Sequence[Item] = (),
        means: str = "",
        at: datetime | None = None,
    ) -> Transfer:
        """Write down that something came from a custodian, or went to one, and for what purpose."""
        with self._change() as change:
            return transfers.record_transfer(
                change, direction, custodian, purpose, what=what, items=items, means=means, at=at
            )

    def acknowledge_transfer(
        self, number: str, acknowledgement: str, *, acknowledged_at: datetime | None = None
    ) -> Transfer:
        """Write down who acknowledged it and how. Raises `NothingToDo` where somebody has already."""
        with self._change() as change:
            return transfers.acknowledge_transfer(change, number, acknowledgement, acknowledged_at=acknowledged_at)

    def correct_transfer(self, number: str, why: str, **fields: Any) -> Transfer:
        """State anew: custodian, what, items, purpose, means, at. The record keeps the earlier words, and why."""
        with self._change() as change:
            return transfers.correct_transfer(change, number, why, **fields)

    def withdraw_transfer(self, number: str, why: str) -> None:
        """A transfer was entered by mistake: nothing changed hands."""
        with self._change() as change:
            transfers.withdraw_transfer(change, number, why)
