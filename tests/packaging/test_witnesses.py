"""What somebody outside kept: typed from paper, told by telephone, a proof between two states, a later version."""

from __future__ import annotations

import base64
import json
import tracemalloc
from pathlib import Path

import pytest
from smallcase import SmallCase
from specimen import ORIGIN, unfold, unpack

from casebound_packaging import consistency, merkle
from casebound_packaging.checkpoint import Checkpoint
from casebound_packaging.disclosure import disclose
from casebound_packaging.identity import Identity
from casebound_packaging.keptstate import WORDS, parse_kept, phone_text
from casebound_packaging.ledger import leaves
from casebound_packaging.spokenwords import first_bits, spoken
from casebound_packaging.verify import BadTrust, Trust, Verdict, verify


@pytest.fixture(scope="module")
def case(signer: Identity) -> SmallCase:
    made = SmallCase(signer)
    made.work(4)
    return made


@pytest.fixture(scope="module")
def versions(case: SmallCase, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two packages of one ledger: after 6 entries, and after 13."""
    folder = tmp_path_factory.mktemp("versions")
    first = case.seal(folder / "1", 1)
    case.work(6)
    return first, case.seal(folder / "2", 2)


@pytest.fixture(scope="module")
def rewritten(signer: Identity, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same case with the same key, another history, the same length: every check inside holds."""
    other = SmallCase(signer)
    other.work(4, "another")
    other.seal(tmp_path_factory.mktemp("thrown"), 1)
    other.work(6)
    return other.seal(tmp_path_factory.mktemp("rewritten"), 2)


# ------------------------------------------------------------------ typed from paper, read over the telephone


def typings(state: Checkpoint) -> dict[str, str]:
    in_64 = base64.b64encode(bytes.fromhex(state.root)).decode()
    fours = " ".join(state.root[place : place + 4].upper() for place in range(0, 64, 4))
    return {
        "the telephone's words": phone_text(state),
        "words alone": f"{state.size} {spoken(state.root, WORDS)}",
        "words in capitals, with commas": f"{state.size}, {spoken(state.root, WORDS).upper().replace(' ', ', ')}",
        "base64": f"{state.size} {in_64}",
        "hex": f"{state.size} {state.root}",
        "hex in fours": f"{state.size} entries, root: {fours}",
        "three lines": f"{state.origin}\n{state.size}\n{in_64}",
        "three lines of Windows": f"{state.origin}\r\n{state.size}\r\n{in_64}\r\n",
    }


@pytest.mark.parametrize("way", list(typings(Checkpoint(ORIGIN, 1, "ab" * 32))))
def test_a_checkpoint_that_was_typed_in_witnesses(
    way: str, case: SmallCase, versions: tuple[Path, Path], rewritten: Path
) -> None:
    text = typings(case.state(6))[way]
    good = verify(versions[1], Trust(seen=(text,)))
    assert "UNWITNESSED" not in good.limits, good.notes
    bad = verify(rewritten, Trust(seen=(text,)))
    assert bad.verdict is Verdict.NOT_VERIFIED
    assert [finding.item for finding in bad.findings] == ["What you typed"]
    assert "UNWITNESSED" in verify(rewritten).limits and verify(rewritten).verdict is Verdict.LIMITED


def test_a_word_that_was_misheard_can_be_seen(versions: tuple[Path, Path], case: SmallCase) -> None:
    """Words that contradict stand beside the right ones, and it is not said for sure that the record was rewritten."""
    right = phone_text(case.state(6))
    wrong = right.rsplit(" ", 1)[0] + (" zoo" if not right.endswith(" zoo") else " zone")
    finding = verify(versions[1], Trust(seen=(wrong,))).findings[0]
    assert finding.problem.endswith("unless a word was misheard or mistyped.")
    assert (finding.expected, finding.found) == (wrong.split(": ")[1], right.split(": ")[1])


def test_what_cannot_be_compared_with_is_told_in_one_sentence(versions: tuple[Path, Path], tmp_path: Path) -> None:
    (tmp_path / "noise").write_bytes(b"\xff\xfe\x00noise")
    (tmp_path / "words").write_text("hello", "utf-8")
    for name, told in (("none", "No such file or directory."), ("noise", "it is no text."), ("words", "of entries.")):
        with pytest.raises(BadTrust) as refused:
            verify(versions[1], Trust(against=(tmp_path / name,)))
        assert refused.value.title.endswith(told)


def test_it_may_lie_in_a_file_without_its_signature(
    case: SmallCase, versions: tuple[Path, Path], tmp_path: Path
) -> None:
    for number, text in enumerate(typings(case.state(6)).values()):
        path = tmp_path / f"{number}.txt"
        path.write_text(text, "utf-8", newline="")
        assert "UNWITNESSED" not in verify(versions[1], Trust(against=(path,))).limits, text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "six entries",
        "0 " + "ab" * 32,
        "6",
        "6 " + "ab" * 31,
        "6 " + "zz" * 32,
        "6 " + "A" * 44,
        "6 " + "A" * 42 + "é=",
        "6 " + "abandon " * 11,
        "6 " + "abandon " * 11 + "casebound",
        "6 " + "abandon " * 13,
        "7" * 5000,
    ],
)
def test_what_is_no_checkpoint_is_said_to_be_none(text: str, versions: tuple[Path, Path]) -> None:
    with pytest.raises(BadTrust):
        verify(versions[0], Trust(seen=(text,)))


def test_the_words_are_the_first_bits_and_no_two_states_share_them(case: SmallCase) -> None:
    state = case.state()
    words = spoken(state.root, WORDS)
    assert first_bits(words) == int(state.root, 16) >> (256 - 11 * WORDS)
    assert phone_text(state) == f"{state.size} entries: {words}"
    assert parse_kept(phone_text(state)).agrees(state.root)
    for root in ("0" * 63 + "1", "9b" * 32, *(f"{place:04x}" * 16 for place in range(0, 65536, 7))):
        # “entry” and “size” are among the words, and also stand before them
        assert parse_kept(f"40 {spoken(root, WORDS)}").agrees(root)
        assert parse_kept(f"40 entries: {spoken(root, WORDS)}").agrees(root)
    for place in range(132):  # every bit that the words stand for
        near = f"{int(state.root, 16) ^ 1 << (255 - place):064x}"
        assert not parse_kept(phone_text(state)).agrees(near)


# ------------------------------------------------------------------ from one state to a later one


def test_a_proof_leads_from_any_state_to_any_later_one_and_to_no_other(case: SmallCase) -> None:
    leaf_hashes = leaves(case.log.lines)
    for size in range(1, len(leaf_hashes) + 1):
        note = case.note(size)
        for old in range(1, size + 1):
            proof = consistency.parse(consistency.compose(old, leaf_hashes[:size], note))
            assert proof.state == case.state(size) and proof.old_size == old
            assert proof.holds(case.state(old).root)
            assert not proof.holds("ab" * 32)
            assert old == size or not proof.holds(case.state(size).root)


def test_the_proof_is_the_body_that_c2sp_tlog_witness_describes(case: SmallCase) -> None:
    text = consistency.compose(3, leaves(case.log.lines[:5]), case.note(5))
    head, _, note = text.partition("\n\n")
    first, *hashes = head.split("\n")
    assert first == "old 3" and note == case.note(5)
    assert [base64.b64decode(line) for line in hashes] == merkle.consistency_proof(3, leaves(case.log.lines[:5]))


def test_a_proof_of_other_entries_is_not_made(case: SmallCase) -> None:
    with pytest.raises(ValueError, match="not over these"):
        consistency.compose(2, leaves(case.log.lines[:4]), case.note(5))
    for old in (0, 6):
        with pytest.raises(ValueError, match="leaves"):
            consistency.compose(old, leaves(case.log.lines[:5]), case.note(5))


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("old 3", "old 0"),
        lambda text: text.replace("old 3", "old 99"),
        lambda text: text.replace("old 3", "new 3"),
        lambda text: text.replace("\n", "\n!", 1),
        lambda text: text.replace("\n", "\nAAAA\n", 1),
        lambda text: text.replace("\n", "\n" + ("A" * 43 + "=\n") * 64, 1),
        lambda text: text.partition("\n\n")[0],
        lambda text: text + "x" * 70_000,
    ],
)
def test_an_ill_formed_proof_is_refused(change, case: SmallCase) -> None:
    text = consistency.compose(3, leaves(case.log.lines[:5]), case.note(5))
    with pytest.raises(ValueError, match=r"\w"):
        consistency.parse(change(text))


def test_a_package_beside_a_proof_of_what_came_later(
    case: SmallCase, versions: tuple[Path, Path], rewritten: Path, tmp_path: Path
) -> None:
    """The holder of version 1 gets a later checkpoint with its proof, and needs no later package."""
    path = tmp_path / "13.consistency"
    path.write_text(consistency.compose(6, leaves(case.log.lines[:13]), case.note(13)), "utf-8")
    report = verify(versions[0], Trust(against=(path,)))
    assert any("only adds to this record" in note for note in report.notes)
    assert "UNWITNESSED" in report.limits  # what came later was not there before
    case.work(0)
    other = SmallCase(case.signer)
    other.work(12, "another")
    path.write_text(consistency.compose(6, leaves(other.log.lines), other.note()), "utf-8")
    report = verify(versions[0], Trust(against=(path,)))
    assert report.verdict is Verdict.NOT_VERIFIED
    assert any("does not continue" in finding.problem for finding in report.findings)
    # Where the later state is not later than the package, it is a checkpoint like any other.
    path.write_text(consistency.compose(6, leaves(case.log.lines[:13]), case.note(13)), "utf-8")
    assert "UNWITNESSED" not in verify(versions[1], Trust(against=(path,))).limits
    assert verify(rewritten, Trust(against=(path,))).verdict is Verdict.NOT_VERIFIED


# ------------------------------------------------------------------ a later version


def test_an_older_version_shown_as_the_latest(versions: tuple[Path, Path], tmp_path: Path) -> None:
    first, second = versions
    report = verify(first, Trust(against=(second,)))
    assert "SUPERSEDED" in report.limits
    assert any("version 2 of this case exists; this is version 1" in note for note in report.notes)
    assert report.verdict is Verdict.LIMITED
    assert "SUPERSEDED" not in verify(second, Trust(against=(first,))).limits
    answer = tmp_path / "answer.json"
    answer.write_text(json.dumps(verify(second).as_json()))
    assert "SUPERSEDED" in verify(first, Trust(against=(answer,))).limits


def test_several_witnesses_are_all_compared(
    case: SmallCase, versions: tuple[Path, Path], rewritten: Path, tmp_path: Path
) -> None:
    good = tmp_path / "6.checkpoint"
    good.write_text(case.note(6), "utf-8")
    report = verify(rewritten, Trust(against=(good, versions[0]), seen=(phone_text(case.state(3)),)))
    assert [finding.item for finding in report.findings] == ["6.checkpoint", versions[0].name, "What you typed"]


def test_one_number_is_given_to_one_package(signer: Identity, versions: tuple[Path, Path], tmp_path: Path) -> None:
    """An insider seals version 1 again, of a record that only grew: whoever has the first sees it."""
    longer = SmallCase(signer)
    longer.work(4)
    first = longer.seal(tmp_path / "1", 1)
    longer.work(2)
    again = longer.seal(tmp_path / "again", 1)
    answer = tmp_path / "answer.json"
    answer.write_text(json.dumps(verify(first).as_json()))
    stated = tmp_path / "package.json"
    stated.write_bytes(unpack(first)[1]["data/metadata/package.json"])
    for witness in (first, answer, stated):
        report = verify(again, Trust(against=(witness,)))
        assert [finding.item for finding in report.findings] == [witness.name], witness
        assert "calls itself version 1" in report.findings[0].problem


def test_what_lies_in_the_package_is_no_witness_to_it(versions: tuple[Path, Path], tmp_path: Path) -> None:
    top, files = unpack(versions[0])
    folder = unfold(tmp_path / top, files)
    (tmp_path / "link").symlink_to(folder / "data/custody/checkpoints/6.checkpoint")
    for path in (folder / "data/custody/checkpoints/6.checkpoint", folder / "data/metadata/package.json"):
        report = verify(folder, Trust(against=(path,)))
        assert report.findings == () and "UNWITNESSED" in report.limits
        assert any("is no witness" in note for note in report.notes)
    assert "UNWITNESSED" in verify(folder, Trust(against=(tmp_path / "link",))).limits


def test_a_flood_of_empty_lines_in_a_witness_fills_no_memory(versions: tuple[Path, Path], tmp_path: Path) -> None:
    top, files = unpack(versions[0])
    flood = unfold(tmp_path / top, {**files, "data/custody/ledger.jsonl": b"\n" * (32 << 20)})
    tracemalloc.start()
    with pytest.raises(BadTrust, match="more lines than"):
        verify(versions[0], Trust(against=(flood,)))
    assert tracemalloc.get_traced_memory()[1] < 160 << 20
    tracemalloc.stop()


# ------------------------------------------------------------------ a copy, whose log has a name of its own


def copied(case: SmallCase, size: int) -> SmallCase:
    """A copy of the case as it was after some entries; its first entry says which log it was."""
    made = SmallCase(case.signer)
    made.origin = "casebound/CASE-7/fedcba9876543210"
    made.log.lines = list(case.log.lines[:size])
    made.log.disclosures = [(seq, text) for seq, text in case.log.disclosures if seq < size]
    prior = {"log_origin": case.origin, "size": size}
    made.log.add("copied", "case", "case", told=(disclose("prior", prior),))
    made.work(3, "in the copy")
    return made


def test_a_copy_agrees_with_what_was_seen_before_the_copying(signer: Identity, tmp_path: Path) -> None:
    case = SmallCase(signer)
    case.work()
    first = case.seal(tmp_path / "1", 1)
    shared = len(case.log.lines)
    copy = copied(case, shared)
    second = copy.seal(tmp_path / "copy", 2)
    early, late = tmp_path / "3.checkpoint", tmp_path / "later.checkpoint"
    early.write_text(case.note(3), "utf-8")
    for witness in (first, early):
        report = verify(second, Trust(against=(witness,)))
        assert report.findings == () and "UNWITNESSED" not in report.limits, report.findings
    case.work(2, "in the original")
    late.write_text(case.note(), "utf-8")
    assert "was copied after" in verify(second, Trust(against=(late,))).findings[0].problem
    assert "was copied after" in verify(second, Trust(against=(case.seal(tmp_path / "2", 2),))).findings[0].problem
    other = SmallCase(signer)
    other.work(5, "another")
    early.write_text(other.note(3), "utf-8")
    assert "was rewritten" in verify(second, Trust(against=(early,))).findings[0].problem


def test_who_claims_to_be_a_copy_cannot_talk_a_witness_away(signer: Identity, tmp_path: Path) -> None:
    """An insider rewrites the record and says that it was copied before what the witness saw."""
    case = SmallCase(signer)
    case.work(6)
    seen = tmp_path / "7.checkpoint"
    seen.write_text(case.note(7), "utf-8")
    claimed = copied(case, 2).seal(tmp_path / "claimed", 2)
    assert verify(claimed).findings == ()
    assert verify(claimed, Trust(against=(seen,))).verdict is Verdict.NOT_VERIFIED
