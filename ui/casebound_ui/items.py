"""Items of the custody record as a person types them."""

from __future__ import annotations

from casebound.custodyacts import Item
from casebound.errors import BadRequest
from casebound_packaging.ledger import ITEM_TYPES

_NAMED = (
    ("EX-", "exhibit"), ("F-", "finding"), ("Q-", "measure"), ("V-", "view"), ("C-", "chronology"), ("H-", "hold"),
    ("T-", "transfer"), ("R-", "receipt"),
)  # fmt: skip


def item_of(text: str) -> Item:
    """(type, id) of an item as typed. Raises `BadRequest` where the text names none."""
    kind, colon, number = text.strip().partition(":")
    if colon and kind in ITEM_TYPES and number:
        return kind, number.strip()
    plain = text.strip().upper()
    for prefix, kind in _NAMED:
        if plain.startswith(prefix):
            return kind, plain
    if plain.startswith("S-") and plain[2:].isascii() and plain[2:].isdigit():
        return "source", str(int(plain[2:]))
    raise BadRequest(
        f"“{text.strip()}” is not the name of an item.",
        "Write EX-0001, F-01, Q-0001, V-01, C-0001, H-01, T-01, R-01, S-01, or a type and a number such as "
        f"attachment:3. The types are {', '.join(sorted(ITEM_TYPES))}.",
    )
