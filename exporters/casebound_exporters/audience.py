"""What recipients outside the house are not told: who worked on the case."""

from __future__ import annotations

from typing import Final

WIDE: Final = frozenset({"legal", "reviewer"})
"""Recipient classes that get names and notes (as `casebound.store.recipients` gives them the whole custody record)."""


def zone_origin(text: str, recipient_class: str) -> str:
    """Where a zone came from, without the name of the person who chose it where that is not for this recipient."""
    if recipient_class not in WIDE and text.startswith("chosen by"):
        return "chosen by the examiner"
    return text
