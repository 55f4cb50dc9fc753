"""Every named member against every verifier: ours, verify.py, and the stock programs of a recipient."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from corpus_aspects import ASPECTS, CHECKERS, STRICTER, cell
from corpus_checkers import Recipient
from corpus_member import BASE, Member
from corpus_members import MEMBERS, made, member

from casebound_packaging.verify import Verdict

ONLY_OURS = {"REVOKED-LATER", "STALE-REVOCATION", "SUPERSEDED"}
"""Limits that verify.py cannot know, and says so each time."""


def test_the_programs_of_a_recipient_are_there() -> None:
    programs = ("openssl", "ssh-keygen", "sha256sum", "bash", "pdfsig", "diff")
    assert not [name for name in programs if not shutil.which(name)], "python3 dev.py test installs them"


@pytest.mark.parametrize("one", MEMBERS, ids=lambda one: one.name)
def test_verifiers_agree(one: Member, tmp_path: Path) -> None:
    """No verifier accepts what it says it checks, and none refuses what it says it does not look at."""
    recipient = Recipient(tmp_path, one, made(one))
    told = {checker: cell(checker, one) for checker in CHECKERS}
    done = {checker: "refuses" if not recipient.accepts(checker) else "accepts" for checker in CHECKERS}
    assert done == {checker: "refuses" if word == "refuses" else "accepts" for checker, word in told.items()}, (
        "a verifier that learned something new says so in corpus_aspects.py"
    )
    code, said = recipient.standalone(recipient.zip)
    for path in (recipient.zip, recipient.folder) if one.folder else (recipient.zip,):
        report = recipient.ours(path)
        assert report.verdict == one.verdict, (path.name, report.findings)
        assert report.exit_code() == one.exit_code
        if one.limits:
            assert set(report.limits) == set(one.limits), path.name
        assert "Verified" not in report.headline or report.verdict in (Verdict.VERIFIED, Verdict.LIMITED)
        for check, item in one.finds:
            assert any(check == found.check and item in found.item for found in report.findings), report.findings
        assert all(found.problem.endswith(".") for found in report.findings), report.findings
        assert bool(report.findings) == (one.verdict == "not-verified")
        assert recipient.standalone(path)[0] == code, "verify.py says the same of the folder and of the ZIP"
        if {code, report.exit_code()} <= {0, 3}:
            others = set(said.splitlines()[0].partition(": ")[2].split(", "))
            assert set(report.limits) - ONLY_OURS <= others, "verify.py hides no limit"
        elif 0 not in (code, report.exit_code()) and 3 not in (code, report.exit_code()):
            assert code == report.exit_code()


def test_there_are_enough_members_of_each_kind() -> None:
    assert len(MEMBERS) >= 150
    assert len({one.name for one in MEMBERS}) == len({one.name.lower() for one in MEMBERS}) == len(MEMBERS)
    assert {one.kind for one in MEMBERS} == {"valid", "invalid", "tampered"}
    assert all(one.words and not one.words.endswith(".") for one in MEMBERS)


def test_every_aspect_is_broken_by_some_member_and_looked_at_by_us() -> None:
    broken = frozenset().union(*(one.breaks for one in MEMBERS))
    assert broken - STRICTER.keys() == ASPECTS.keys()
    assert CHECKERS["casebound"] == ASPECTS.keys()
    assert all(checks <= ASPECTS.keys() | STRICTER.keys() for checks in CHECKERS.values())


def test_what_our_program_accepts_is_valid_or_beyond_anybody() -> None:
    accepted = [one for one in MEMBERS if one.exit_code in (0, 3) and one.kind != "valid"]
    assert [one.name for one in accepted if not one.breaks] == [
        "history-rewritten-nothing-kept",  # an insider, and nobody outside who kept anything
        "forged-nothing-given",  # and nobody who knows whose seal to expect: UNATTRIBUTED says so
    ]
    assert all(set(one.limits) > set(BASE) for one in accepted if one.breaks)


def test_without_the_two_flags_openssl_trusts_the_system(tmp_path: Path) -> None:
    """Why the recipient's command has them: a stranger's certificate under a public authority would pass."""
    one = member("forged-under-a-public-authority")
    recipient = Recipient(tmp_path, one, made(one))
    assert recipient.cms(flags=())
    assert not recipient.cms()
