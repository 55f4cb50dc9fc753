"""Which texts can be kept as values: all but those that hold NUL or half a character."""

from __future__ import annotations

from collections.abc import Sequence


def unstorable(texts: Sequence[str | None]) -> tuple[str, str] | None:
    """Code and reason where a value of a record is no text that can be kept; None where all are."""
    joined = "".join([text for text in texts if text])
    if "\0" in joined:
        return "nul", "The record holds NUL characters, which no text has."
    if not joined.isascii():
        try:
            joined.encode()
        except UnicodeEncodeError:
            return "encoding", "The record holds bytes that are no characters, or half a character."
    return None
