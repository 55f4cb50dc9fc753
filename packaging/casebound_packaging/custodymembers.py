"""The custody record's files in a package: ledger, disclosures, checkpoints, receipts, and each exhibit's proof."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from casebound_packaging import checkpoint, merkle, tlogproof
from casebound_packaging.canonical import canonical
from casebound_packaging.checkpoint import Checkpoint
from casebound_packaging.disclosure import digest
from casebound_packaging.ledger import leaves
from casebound_packaging.lineage import is_of, stated_names
from casebound_packaging.member import Member

LEDGER: Final = "data/custody/ledger.jsonl"
DISCLOSURES: Final = "data/custody/disclosures.jsonl"
CHECKPOINTS: Final = "data/custody/checkpoints"
RECEIPTS: Final = "data/custody/receipts"

_LINES_TYPE: Final = "application/x-ndjson"
_CHECKPOINT_TYPE: Final = "text/plain; charset=utf-8"
_RECEIPT_TYPE: Final = "application/pkcs7-mime"
_PROOF_TYPE: Final = "text/plain; charset=utf-8"


def custody_members(
    lines: Sequence[bytes],
    disclosures: Sequence[tuple[int, str]],
    note: str,
    older: Sequence[str] = (),
    receipts: Sequence[bytes] = (),
    proofs: Mapping[str, int] | None = None,
) -> list[Member]:
    """The files of data/custody/, and the proofs that lie beside the exhibits.

    `note` is the signed checkpoint over all `lines`; `older` are signed checkpoints of the same ledger, from which
    those that are not older are left out. `receipts` are receipts as files, in the order of their numbers. `proofs`
    names for an exhibit the entry (seq) whose place in the ledger its `.tlog-proof` is to prove.

    Raises `ValueError` for an older checkpoint that is not one of this ledger, or a proof of an entry that is none.
    """
    leaf_hashes = leaves(lines)
    given = sorted((seq, digest(encoded), encoded) for seq, encoded in disclosures)
    texts = b"".join(canonical({"seq": seq, "disclosure": encoded}) + b"\n" for seq, _, encoded in given)
    return [
        Member(LEDGER, "ledger", _LINES_TYPE, b"".join(line + b"\n" for line in lines)),
        Member(DISCLOSURES, "disclosures", _LINES_TYPE, texts),
        *_checkpoints(note, older, leaf_hashes, stated_names(lines, disclosures)),
        *(
            Member(f"{RECEIPTS}/{number:04d}.receipt.p7m", "receipt", _RECEIPT_TYPE, receipt)
            for number, receipt in enumerate(receipts, 1)
        ),
        *_proofs(proofs or {}, leaf_hashes, note),
    ]


def _checkpoints(
    note: str, older: Sequence[str], leaf_hashes: Sequence[bytes], names: Mapping[str, int]
) -> Iterator[Member]:
    end = checkpoint.parse(note)[0]
    notes: dict[int, tuple[Checkpoint, str]] = {end.size: (end, note)}
    for text in older:
        before = checkpoint.parse(text)[0]
        if before.size < end.size:
            notes[before.size] = (before, text)
    states = merkle.roots(leaf_hashes, notes)
    for size, (state, text) in notes.items():
        if not is_of(state.origin, size, end.origin, names) or states[size].hex() != state.root:
            raise ValueError(f"the older checkpoint of size {size} is not one of this ledger")
        yield Member(f"{CHECKPOINTS}/{size}.checkpoint", "checkpoint", _CHECKPOINT_TYPE, text.encode("utf-8"))


def _proofs(proofs: Mapping[str, int], leaf_hashes: Sequence[bytes], note: str) -> Iterator[Member]:
    """C2SP tlog-proof: the entry's number, the hashes of RFC 6962 section 2.1.1, and the checkpoint."""
    if not proofs:
        return
    made = tlogproof.prove(list(proofs.values()), leaf_hashes, note)
    for exhibit, proof in zip(proofs, made, strict=True):
        path = f"data/exhibits/{exhibit}/{exhibit}.tlog-proof"
        yield Member(path, "proof", _PROOF_TYPE, proof.text.encode("utf-8"), exhibit)
