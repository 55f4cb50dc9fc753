"""A state of the custody record as a person kept it: on paper, in a letter, or as words noted during a telephone call.

What was kept is a number of entries and the root over them, whole (base64 or hex) or as twelve words, which stand for
its first 132 bits: nobody can find another record with the same words. No signature is needed, because the person who
types it in knows where it comes from.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from typing import Final

from casebound_packaging.checkpoint import Checkpoint
from casebound_packaging.spokenwords import first_bits, spoken

WORDS: Final = 12
_SIZE: Final = re.compile(r"([1-9][0-9]{0,15})", re.ASCII)
_HEX: Final = re.compile(r"[0-9A-Fa-f]{64}", re.ASCII)
_LONGEST: Final = 4096
_COUNTED: Final = frozenset({"entry", "entries", "lines", "size", "words", "root"})


@dataclass(frozen=True, slots=True)
class KeptState:
    """`size` entries, and their root in hex or its first 132 bits as words. `origin` is "" where none was kept."""

    size: int
    root: str = ""
    words: str = ""
    origin: str = ""

    def agrees(self, root: str) -> bool:
        """Is this the root (hex) that was kept?"""
        return root == self.root if self.root else spoken(root, WORDS) == self.words

    @property
    def told(self) -> str:
        """What was kept, as the finding says it."""
        return self.root or self.words

    def told_of(self, root: str) -> str:
        """Another root (hex) in the form in which this one was kept, so that the two can be compared by eye."""
        return root if self.root else spoken(root, WORDS)


def phone_text(state: Checkpoint) -> str:
    """The checkpoint as it is read over the telephone: its size and twelve words, on one line."""
    return f"{state.size} entries: {spoken(state.root, WORDS)}"


def parse_kept(text: str) -> KeptState:
    """Read what a person typed: the three lines of a checkpoint, with or without the signature under them, or the size
    followed by the root (base64, hex in any groups) or by its twelve words.

    Raises `ValueError` that says what is missing.
    """
    if len(text) > _LONGEST:
        raise ValueError("it is longer than a checkpoint")
    body = text.replace("\r\n", "\n").strip().split("\n\n")[0]
    pieces = [piece for piece in re.split(r"[\s,;]+", body) if piece]
    origin = ""
    if pieces and "/" in pieces[0] and len(pieces) > 2:
        origin = pieces.pop(0)
    size = _SIZE.fullmatch(pieces.pop(0).removesuffix(":").replace("'", "")) if pieces else None
    if size is None:
        raise ValueError("it does not begin with the number of entries")
    rest = pieces
    while rest and len(rest) != WORDS and rest[0].lower().rstrip(":") in _COUNTED:  # “entry” and “size” are words too
        rest = rest[1:]
    if len(rest) == 1 and len(rest[0]) == 44:
        return KeptState(int(size[1]), root=_unbase64(rest[0]).hex(), origin=origin)
    joined = "".join(rest).replace(":", "")
    if _HEX.fullmatch(joined):
        return KeptState(int(size[1]), root=joined.lower(), origin=origin)
    if len(rest) == WORDS:
        words = " ".join(piece.lower() for piece in rest)
        first_bits(words)
        return KeptState(int(size[1]), words=words, origin=origin)
    raise ValueError(f"after the number of entries comes neither a root nor its {WORDS} words")


def _unbase64(text: str) -> bytes:
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except (UnicodeEncodeError, binascii.Error):
        raise ValueError("the root is not base64") from None
    if len(data) != 32:
        raise ValueError("the root is not the base64 of a SHA-256")
    return data
