"""The proof that one line stands in a signed ledger: C2SP tlog-proof, a text that is checked offline.

    c2sp.org/tlog-proof@v1
    index 73894
    <base64 of one hash a line: RFC 6962 section 2.1.1, from the leaf's sibling to the root's child>
                                            (an empty line)
    <the checkpoint, a C2SP signed note, verbatim>

The line itself is not in it: whoever checks computes its leaf hash from what they hold. `extra` lines, which the
standard allows and nothing authenticates, are not of version 1 and are refused.
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

HEADER: Final = "c2sp.org/tlog-proof@v1"

_INDEX: Final = re.compile(r"index (0|[1-9][0-9]{0,15})", re.ASCII)
_MOST_HASHES: Final = 64  # a tree of more leaves than any ledger can have
_LONGEST: Final = 64 * 1024


@dataclass(frozen=True, slots=True)
class TlogProof:
    """A proof as it is written down. `hashes` are 32 raw bytes each; `note` is the signed checkpoint, verbatim."""

    index: int
    hashes: tuple[bytes, ...]
    note: str

    @property
    def text(self) -> str:
        """The file."""
        lines = "".join(base64.b64encode(one).decode("ascii") + "\n" for one in self.hashes)
        return f"{HEADER}\nindex {self.index}\n{lines}\n{self.note}"

    def holds(self, leaf: bytes) -> bool:
        """Does it lead from this leaf hash to the checkpoint's root? The checkpoint's signature is not asked here."""
        state = self.checkpoint
        return merkle.verify_inclusion(leaf, self.index, state.size, self.hashes, bytes.fromhex(state.root))

    @property
    def checkpoint(self) -> Checkpoint:
        """The state that the proof leads to. Raises `ValueError` where the note is none."""
        return checkpoint.parse(self.note)[0]


def prove(entries: Sequence[int], leaves: Sequence[bytes], note: str) -> list[TlogProof]:
    """A proof of each of these leaves to the signed checkpoint `note`, which covers the first of `leaves` or all.

    Raises `ValueError` where the checkpoint is not one of these leaves, or does not cover one of those asked for.
    """
    state = checkpoint.parse(note)[0]
    covered = leaves[: state.size]
    if len(covered) != state.size or merkle.root(covered).hex() != state.root:
        raise ValueError("the checkpoint is not one of this ledger")
    for entry in entries:
        if not 0 <= entry < state.size:
            raise ValueError(f"the checkpoint covers {state.size} entries, and not entry {entry}")
    proofs = merkle.inclusion_proofs(entries, covered)
    return [TlogProof(entry, tuple(proof), note) for entry, proof in zip(entries, proofs, strict=True)]


def parse(text: str) -> TlogProof:
    """Read a proof. Raises `ValueError` (a clause) where it is not exactly what `TlogProof.text` writes."""
    if len(text) > _LONGEST:
        raise ValueError("the proof is too long")
    head, gap, note = text.partition("\n\n")
    if not gap:
        raise ValueError("the proof has no checkpoint after an empty line")
    lines = head.split("\n")
    if lines[0] != HEADER:
        raise ValueError(f"the first line is not “{HEADER}”")
    index = _INDEX.fullmatch(lines[1]) if len(lines) > 1 else None
    if index is None:
        raise ValueError("the second line is not the index of an entry")
    if len(lines) - 2 > _MOST_HASHES:
        raise ValueError("the proof has more hashes than any tree is high")
    proof = TlogProof(int(index[1]), tuple(map(_hash, lines[2:])), note)
    checkpoint.parse(note)
    return proof


def _hash(line: str) -> bytes:
    try:
        data = base64.b64decode(line.encode("ascii"), validate=True)
    except (UnicodeEncodeError, binascii.Error):
        data = b""
    if len(data) != 32 or base64.b64encode(data).decode("ascii") != line:
        raise ValueError("a line is not the base64 of a SHA-256")
    return data
