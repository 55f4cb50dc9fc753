"""RFC 6962 trees: the reference tree of Certificate Transparency, and properties of every small tree."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casebound_packaging import merkle

# The reference tree of the Certificate Transparency project (its merkle_tree_test), as used by transparency-dev/merkle.
LEAVES = [
    merkle.leaf_hash(bytes.fromhex(data))
    for data in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
FIRST_OF_EIGHT = [
    "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
    "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
    "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
]
INCLUSIONS = [  # (index, size, proof)
    (0, 1, []),
    (0, 8, FIRST_OF_EIGHT),
    (
        5,
        8,
        [
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
    ),
    (2, 3, ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]),
]
CONSISTENCIES = [  # (old size, size, proof)
    (1, 1, []),
    (1, 8, FIRST_OF_EIGHT),
    (
        6,
        8,
        [
            "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
    ),
    (
        2,
        5,
        [
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        ],
    ),
]


def by_definition(leaves: list[bytes]) -> bytes:
    """MTH of RFC 6962 section 2.1, word for word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return merkle.node_hash(by_definition(leaves[:split]), by_definition(leaves[split:]))


def tree(size: int) -> list[bytes]:
    return [merkle.leaf_hash(bytes([number])) for number in range(size)]


@pytest.mark.parametrize("size", range(9))
def test_reference_roots(size: int) -> None:
    assert merkle.root(LEAVES[:size]).hex() == ROOTS[size]


@pytest.mark.parametrize(("index", "size", "proof"), INCLUSIONS)
def test_reference_inclusion_proofs(index: int, size: int, proof: list[str]) -> None:
    assert [step.hex() for step in merkle.inclusion_proofs([index], LEAVES[:size])[0]] == proof
    steps = [bytes.fromhex(step) for step in proof]
    assert merkle.verify_inclusion(LEAVES[index], index, size, steps, bytes.fromhex(ROOTS[size]))


@pytest.mark.parametrize(("old", "size", "proof"), CONSISTENCIES)
def test_reference_consistency_proofs(old: int, size: int, proof: list[str]) -> None:
    assert [step.hex() for step in merkle.consistency_proof(old, LEAVES[:size])] == proof
    steps = [bytes.fromhex(step) for step in proof]
    assert merkle.verify_consistency(old, bytes.fromhex(ROOTS[old]), size, bytes.fromhex(ROOTS[size]), steps)


def test_every_small_tree_is_as_the_standard_defines_it() -> None:
    for size in range(70):
        assert merkle.root(tree(size)) == by_definition(tree(size))


def test_every_proof_of_every_small_tree_holds_and_no_neighbour_of_it() -> None:
    for size in range(1, 34):
        leaves = tree(size)
        root = merkle.root(leaves)
        for index in range(size):
            proof = merkle.inclusion_proofs([index], leaves)[0]
            assert merkle.verify_inclusion(leaves[index], index, size, proof, root)
            assert not merkle.verify_inclusion(leaves[index], index + 1, size, proof, root)
            assert not merkle.verify_inclusion(leaves[index], index - 1, size, proof, root)
            assert not merkle.verify_inclusion(leaves[index], index, size, [*proof, root], root)
            assert not merkle.verify_inclusion(merkle.leaf_hash(b"other"), index, size, proof, root)
        for old in range(1, size + 1):
            before = merkle.root(leaves[:old])
            proof = merkle.consistency_proof(old, leaves)
            assert merkle.verify_consistency(old, before, size, root, proof)
            assert not merkle.verify_consistency(old, before, size, root, [*proof, root])
            assert not merkle.verify_consistency(old, merkle.leaf_hash(b"other"), size, root, proof)
            assert not merkle.verify_consistency(old, before, size, merkle.leaf_hash(b"other"), proof)


@given(st.integers(1, 200), st.data())
def test_a_changed_proof_does_not_hold(size: int, data: st.DataObject) -> None:
    leaves = tree(size)
    index = data.draw(st.integers(0, size - 1))
    proof = merkle.inclusion_proofs([index], leaves)[0]
    if proof:
        place = data.draw(st.integers(0, len(proof) - 1))
        proof[place] = bytes([proof[place][0] ^ 1]) + proof[place][1:]
        assert not merkle.verify_inclusion(leaves[index], index, size, proof, merkle.root(leaves))
        assert not merkle.verify_inclusion(leaves[index], index, size, proof[:-1], merkle.root(leaves))


@given(st.lists(st.binary(min_size=32, max_size=32), max_size=8), st.integers(-2, 20), st.integers(-2, 20))
def test_hostile_proofs_are_answered_not_raised(proof: list[bytes], first: int, second: int) -> None:
    root = merkle.leaf_hash(b"root")
    assert merkle.verify_inclusion(b"\0" * 32, first, second, proof, root) is False
    assert merkle.verify_consistency(first, b"\0" * 32, second, root, proof) is False


def test_what_is_outside_the_tree_has_no_proof() -> None:
    with pytest.raises(IndexError):
        merkle.inclusion_proofs([3], tree(3))
    for old in (0, 4):
        with pytest.raises(ValueError):
            merkle.consistency_proof(old, tree(3))


def test_a_leaf_cannot_be_passed_off_as_a_node() -> None:
    """The prefixes keep a node's hash from being some leaf's (RFC 6962 section 2.1)."""
    left, right = tree(2)
    assert merkle.node_hash(left, right) != merkle.leaf_hash(left + right)


def test_all_roots_in_one_pass_are_the_roots() -> None:
    leaves = [merkle.leaf_hash(bytes([number])) for number in range(70)]
    found = merkle.roots(leaves, range(-1, 90))
    assert found == {size: merkle.root(leaves[:size]) for size in range(71)}
