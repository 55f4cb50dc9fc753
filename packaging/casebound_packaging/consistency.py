"""A proof that a later state of the ledger only adds to an earlier one, for people who have neither ledger.

The text is the body of a C2SP tlog-witness add-checkpoint request: `old <size> LF`, the hashes of RFC 6962 section
2.1.2 in base64 one a line, an empty line, and the later checkpoint as a signed note. Who kept the earlier checkpoint
checks the two against each other with it, and nothing else.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from casebound_packaging import checkpoint, merkle
from casebound_packaging.checkpoint import Checkpoint

_OLD: Final = re.compile(r"old ([1-9][0-9]{0,15})", re.ASCII)
_MOST_HASHES: Final = 63  # C2SP tlog-witness
_LONGEST: Final = 64 * 1024


@dataclass(frozen=True, slots=True)
class Consistency:
    """What a proof says: from `old_size` entries to the later `state`, whose signed note is `note`."""

    old_size: int
    hashes: tuple[bytes, ...]
    state: Checkpoint
    note: str

    def holds(self, old_root: str) -> bool:
        """Is the later state an extension of the earlier one with this root (hex)?"""
        return merkle.verify_consistency(
            self.old_size, bytes.fromhex(old_root), self.state.size, bytes.fromhex(self.state.root), self.hashes
        )


def compose(old_size: int, leaf_hashes: Sequence[bytes], note: str) -> str:
    """The proof from the first `old_size` of these leaves to all of them, whose signed checkpoint is `note`.

    Raises `ValueError` where nothing can be proved: an empty or longer earlier state, or a note over other leaves.
    """
    state = checkpoint.parse(note)[0]
    if state.size != len(leaf_hashes) or merkle.root(leaf_hashes).hex() != state.root:
        raise ValueError("the checkpoint is not over these entries")
    hashes = merkle.consistency_proof(old_size, leaf_hashes)
    lines = "".join(f"{base64.b64encode(one).decode('ascii')}\n" for one in hashes)
    return f"old {old_size}\n{lines}\n{note}"


def is_consistency(data: bytes) -> bool:
    """Does the file begin as a proof does?"""
    return data[:4] == b"old "


def parse(text: str) -> Consistency:
    """Read a proof. Raises `ValueError` that says what is wrong; its signature is not checked here."""
    if len(text) > _LONGEST:
        raise ValueError("the proof is too long")
    head, gap, note = text.partition("\n\n")
    lines = head.split("\n")
    old = _OLD.fullmatch(lines[0])
    if old is None or not gap:
        raise ValueError("the proof does not begin with “old” and a size")
    if len(lines) - 1 > _MOST_HASHES:
        raise ValueError("the proof has more hashes than any tree needs")
    state = checkpoint.parse(note)[0]
    if state.size < int(old[1]):
        raise ValueError("the proof goes backwards")
    return Consistency(int(old[1]), tuple(_hash(line) for line in lines[1:]), state, note)


def _hash(line: str) -> bytes:
    try:
        data = base64.b64decode(line.encode("ascii"), validate=True)
    except (UnicodeEncodeError, binascii.Error):
        raise ValueError("a line of the proof is not base64") from None
    if len(data) != 32:
        raise ValueError("a line of the proof is no SHA-256")
    return data
