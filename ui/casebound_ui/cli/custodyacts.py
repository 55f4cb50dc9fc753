"""Legal holds and transfers on the terminal: a table for people, JSON with stable keys."""

from __future__ import annotations

from collections.abc import Sequence

from casebound.case import Hold, Transfer
from casebound.custodyacts import Item
from casebound_ui.cli import terminal


def show_holds(found: Sequence[Hold], json: bool) -> None:
    """Print holds as a table, or as JSON."""
    if json:
        terminal.show_json([_hold_facts(one) for one in found])
        return
    if not found:
        terminal.say("No hold is on this case.")
        return
    head = ("No.", "State", "Placed (UTC)", "What", "Reason", "Ordered by", "Released (UTC)", "Why")
    rows = [
        (
            one.number,
            "in force" if one.active else "released",
            f"{one.placed_at:%Y-%m-%d %H:%M}",
            _named(one.items, one.what) or "the whole case",
            one.reason,
            one.authority or "not told",
            f"{one.released_at:%Y-%m-%d %H:%M}" if one.released_at else "",
            one.release_reason,
        )
        for one in found
    ]
    terminal.show_table(head, rows, whole=frozenset({0, 2}))


def show_transfers(found: Sequence[Transfer], json: bool) -> None:
    """Print transfers as a table, or as JSON."""
    if json:
        terminal.show_json([_transfer_facts(one) for one in found])
        return
    if not found:
        terminal.say("No transfer is written down in this case.")
        return
    head = ("No.", "Way", "Custodian", "When (UTC)", "What", "Purpose", "Means", "Acknowledged")
    rows = [
        (
            one.number,
            one.direction.value,
            one.custodian,
            f"{one.at:%Y-%m-%d %H:%M}",
            _named(one.items, one.what),
            one.purpose,
            one.means,
            f"{one.acknowledged_at:%Y-%m-%d %H:%M}, {one.acknowledgement}" if one.acknowledged_at else "not yet",
        )
        for one in found
    ]
    terminal.show_table(head, rows, whole=frozenset({0, 3}))


def _hold_facts(one: Hold) -> dict[str, object]:
    return {
        "hold": one.number,
        "active": one.active,
        "what": one.what,
        "items": [{"type": kind, "id": each} for kind, each in one.items],
        "reason": one.reason,
        "authority": one.authority,
        "placed_at": one.placed_at,
        "recorded_at": one.recorded_at,
        "by": one.by,
        "released_at": one.released_at,
        "released_by": one.released_by,
        "release_reason": one.release_reason,
    }


def _transfer_facts(one: Transfer) -> dict[str, object]:
    return {
        "transfer": one.number,
        "direction": one.direction.value,
        "custodian": one.custodian,
        "what": one.what,
        "items": [{"type": kind, "id": each} for kind, each in one.items],
        "purpose": one.purpose,
        "means": one.means,
        "at": one.at,
        "recorded_at": one.recorded_at,
        "by": one.by,
        "acknowledged_at": one.acknowledged_at,
        "acknowledgement": one.acknowledgement,
    }


def _named(items: tuple[Item, ...], what: str) -> str:
    named = [f"S-{int(each):02d}" if kind == "source" else each if kind == "exhibit" else f"{kind} {each}"
             for kind, each in items]  # fmt: skip
    return ", ".join([*named, what] if what else named)
