"""Proofs of single entries: C2SP tlog-proof."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casebound_packaging import merkle
from casebound_packaging.checkpoint import Checkpoint, sign
from casebound_packaging.identity import Identity
from casebound_packaging.tlogproof import HEADER, TlogProof, parse, prove

ORIGIN = "casebound/CASE-7/0123456789abcdef"
LEAVES = [merkle.leaf_hash(f"entry {number}".encode()) for number in range(9)]


@pytest.fixture(scope="module")
def note(signer: Identity) -> str:
    """The signed state of the first seven entries."""
    return sign(Checkpoint(ORIGIN, 7, merkle.root(LEAVES[:7]).hex()), signer)


def test_it_is_written_as_the_standard_says(note: str) -> None:
    (proof,) = prove([4], LEAVES, note)
    five = LEAVES[5]
    first_four, six = merkle.root(LEAVES[:4]), LEAVES[6]
    hashes = [base64.b64encode(one).decode() for one in (five, six, first_four)]
    assert proof.text.split("\n\n", 1) == ["\n".join([HEADER, "index 4", *hashes]), note]


def test_every_proof_reads_back_and_holds_for_its_own_entry_only(note: str) -> None:
    for entry, proof in enumerate(prove(range(7), LEAVES, note)):
        assert parse(proof.text) == proof
        assert [number for number, leaf in enumerate(LEAVES) if proof.holds(leaf)] == [entry]


def test_a_record_of_one_entry_has_a_proof_without_hashes(signer: Identity) -> None:
    note = sign(Checkpoint(ORIGIN, 1, LEAVES[0].hex()), signer)
    (proof,) = prove([0], LEAVES[:1], note)
    assert proof.text == f"{HEADER}\nindex 0\n\n{note}"
    assert parse(proof.text).holds(LEAVES[0])


@pytest.mark.parametrize("entry", [-1, 7, 8])
def test_what_the_checkpoint_does_not_cover_has_no_proof(note: str, entry: int) -> None:
    with pytest.raises(ValueError, match="covers 7 entries"):
        prove([entry], LEAVES, note)


@pytest.mark.parametrize("leaves", [LEAVES[:6], [*LEAVES[:3], LEAVES[8], *LEAVES[4:]]], ids=["short", "altered"])
def test_a_checkpoint_of_another_record_proves_nothing(note: str, leaves: list[bytes]) -> None:
    with pytest.raises(ValueError, match="not one of this ledger"):
        prove([1], leaves, note)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (HEADER, "c2sp.org/tlog-proof@v2"),
        (HEADER, HEADER + "\nextra AAAA"),
        ("index 4", "index 04"),
        ("index 4", "index +4"),
        ("index 4", "index 4 "),
        ("index 4", "index ٤"),
        ("index 4", "index 99999999999999999"),
        ("index 4\n", ""),
        ("=\n", "\n"),
        ("=\n", "==\n"),
        ("=\n", "= \n"),
        ("\n\n", "\n"),
        ("\n\n", "\n\n\n"),
        ("\n", "\r\n"),
        ("\n—", "\n-"),
    ],
)
def test_malformed_proofs_are_refused(note: str, old: str, new: str) -> None:
    (proof,) = prove([4], LEAVES, note)
    assert old in proof.text
    with pytest.raises(ValueError, match=r"."):
        parse(proof.text.replace(old, new, 1))


def test_another_base64_of_the_same_hash_is_refused(note: str) -> None:
    """The last letter before “=” has two bits that no byte uses."""
    (proof,) = prove([4], LEAVES, note)
    line = base64.b64encode(proof.hashes[0]).decode()
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    twin = line[:-2] + letters[letters.index(line[-2]) ^ 1] + "="
    assert base64.b64decode(twin) == proof.hashes[0]
    with pytest.raises(ValueError, match="not the base64"):
        parse(proof.text.replace(line, twin))


def test_a_proof_higher_than_any_tree_is_refused(note: str) -> None:
    with pytest.raises(ValueError, match="more hashes"):
        parse(TlogProof(0, (LEAVES[0],) * 65, note).text)
    with pytest.raises(ValueError, match="too long"):
        parse(TlogProof(0, (LEAVES[0],) * 2000, note).text)


@given(st.text(max_size=400) | st.text(max_size=200).map(lambda text: f"{HEADER}\nindex 1\n{text}"))
def test_no_text_makes_it_raise_anything_else(text: str) -> None:
    try:
        found = parse(text)
    except ValueError:
        return
    assert found.text == text
