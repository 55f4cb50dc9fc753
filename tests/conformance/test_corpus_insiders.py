"""Every field of every JSON of a package, said otherwise, left out or said twice by the examiner, who seals it anew.

What no verifier can find is the signer's own word. It is listed, field by field, in signers_word.txt: a verifier that
learns to bind a field takes it from the list, and a field that comes loose fails here.
"""

from __future__ import annotations

import zlib
from pathlib import Path

import pytest
from corpus_member import Workshop
from corpus_mutations import Mutation, insiders, specimen
from corpus_sweep import EVERYTHING, answers

LIST = Path(__file__).with_name("signers_word.txt")
WORD = {line for line in LIST.read_text("utf-8").splitlines() if not line.startswith("#")}
MUST_BIND = (
    "data/custody/ledger.jsonl",
    "data/custody/disclosures.jsonl",
    "data/timeline.jsonl",
    "data/chronology.jsonl",
)
"""Files of which no field may be anybody's mere word."""


@pytest.fixture(scope="module")
def sound() -> Workshop:
    return specimen()


def in_the_gate(one: Mutation) -> bool:
    """Every field said otherwise; of the other kinds one in six, the same ones every time."""
    return EVERYTHING or one.kind in ("otherwise", "added") or zlib.crc32(one.name.encode()) % 6 == 0


def test_what_an_insider_says_otherwise_is_found_or_is_listed_as_their_word(sound: Workshop) -> None:
    changes = [one for one in insiders(sound) if in_the_gate(one)]
    assert {one.artefact.partition("EX-")[0].partition(" ")[0] for one in changes} >= set(MUST_BIND)
    loose, bound, contradicted = [], [], []
    for answer in answers(sound, changes):
        name = answer.mutation.name
        if answer.accepted and name not in WORD:
            loose.append((name, answer.report.limits))
        if not answer.accepted and name in WORD:
            bound.append((name, answer.report.findings[:2]))
        if answer.accepted and not answer.accepted_by_other:
            contradicted.append(name)
        assert answer.report.exit_code() in (1, 2, 3)
    assert not loose, loose
    assert not bound, f"found now: take these lines from {LIST.name}: {bound}"
    assert not contradicted, f"verify.py refuses what our program accepts: {contradicted}"


def test_the_list_names_only_fields_that_there_are(sound: Workshop) -> None:
    assert {one.name for one in insiders(sound)} >= WORD
    assert not [line for line in WORD if line.startswith(MUST_BIND)]
