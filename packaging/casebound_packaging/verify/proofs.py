"""The proofs beside the exhibits: each leads from the entry that the exhibit names to the package's signed state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from casebound_packaging.finding import Finding
from casebound_packaging.tlogproof import parse
from casebound_packaging.verify.contents import Contents


def proof_path(number: str) -> str:
    """Where the proof of an exhibit lies. Packages of the first version have none."""
    return f"data/exhibits/{number}/{number}.tlog-proof"


def check_proof(
    number: str,
    record: Mapping[str, object],
    contents: Contents,
    end: str,
    leaves: Sequence[bytes],
    found: list[Finding],
) -> None:
    """Check the proof of one exhibit, where there is one. `end` is the path of the package's own checkpoint."""
    path = proof_path(number)
    data = contents.kept.get(path)
    if data is None:
        return
    try:
        proof = parse(data.decode("utf-8"))
    except ValueError as error:  # what is no UTF-8 among them
        found.append(Finding("custody", path, f"The exhibit's proof cannot be read: {error}."))
        return
    if proof.note.encode("utf-8") != contents.kept.get(end):
        problem = "The exhibit's proof leads to another signed state than the one in this package."
        found.append(Finding("custody", path, problem))
    if proof.index != record.get("line_seq"):
        problem = "The proof is of another entry than the one that the exhibit names."
        found.append(Finding("custody", path, problem, str(record.get("line_seq")), str(proof.index)))
    elif not proof.index < len(leaves) or not proof.holds(leaves[proof.index]):
        found.append(Finding("custody", path, "The proof does not lead from the exhibit's entry to the signed state."))
