"""The published vectors of transparency-dev/merkle, all 196: inclusion and consistency proofs, sound and damaged.

They are facts, kept as numbers (`vectors/merkle.json`): name, then index and size, leaf hash and root for inclusion, or
two sizes and two roots for consistency, then the proof, and whether it must be refused.
"""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

from casebound_packaging.merkle import verify_consistency, verify_inclusion

VECTORS = json.loads((Path(__file__).parent / "vectors/merkle.json").read_text("utf-8"))


def unpacked(text: str | None) -> bytes:
    return base64.b64decode(text or "")


def test_there_are_all_of_them() -> None:
    assert len(VECTORS) == len({name for name, *_ in VECTORS}) == 196
    kinds = [name.partition("/")[0] for name, *_ in VECTORS]
    assert kinds.count("inclusion") == kinds.count("consistency") == 98
    assert 0 < sum(refused for *_, refused in VECTORS) < 196


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector[0])
def test_the_answer_is_the_published_one(vector: list) -> None:
    name, first, second, left, right, proof, refused = vector
    steps = [unpacked(step) for step in proof or ()]
    if name.startswith("inclusion"):
        held = verify_inclusion(unpacked(left), first, second, steps, unpacked(right))
    else:
        held = verify_consistency(first, unpacked(left), second, unpacked(right), steps)
    assert held is not refused
