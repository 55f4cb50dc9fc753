"""Every file of a package × every change of its bytes, lines and names by somebody without the key."""

from __future__ import annotations

import pytest
from corpus_member import PACKAGE, SSH_SEAL, STAMP, TAG_MANIFEST, Workshop
from corpus_mutations import Mutation, specimen, strangers
from corpus_sweep import EVERYTHING, answers
from corpus_trust import STAMPED

HARMLESS = {f"{SSH_SEAL} shorter by a byte"}
"""The OpenSSH seal without its last line feed: its signature is the same, and ssh-keygen takes it, too."""


@pytest.fixture(scope="module")
def sound() -> Workshop:
    return specimen()


def in_the_gate(one: Mutation) -> bool:
    if " line" in one.kind:
        return EVERYTHING or one.artefact.startswith("data/custody/")
    return EVERYTHING or one.kind not in ("flipped at 0", "without its first byte")


def test_the_specimen_is_sound_and_has_every_artefact(sound: Workshop) -> None:
    untouched = Mutation("", "", "", lambda shop: None)
    (answer,) = answers(sound, [untouched], folders=lambda one: False)
    assert answer.accepted and answer.accepted_by_other, answer.report.findings
    assert set(answer.report.limits) == {"UNWITNESSED", "PARTIAL", "REDACTED"}
    ends = {name.rpartition(".")[2] for name in sound.files}
    assert {"p7s", "sig", "tsr", "p7m", "tlog-proof", "checkpoint", "pdf", "jsonld", "sql", "pem", "py"} <= ends


def test_no_change_by_a_stranger_is_accepted(sound: Workshop) -> None:
    changes = [one for one in strangers(sound) if in_the_gate(one)]
    assert {one.artefact for one in changes} == set(sound.files)
    wrong = []
    for answer in answers(sound, changes, folders=lambda one: one.kind in ("gone", "renamed", "copied")):
        one, report = answer.mutation, answer.report
        if one.artefact == STAMP and (one.kind == "gone" or answer.accepted):
            # It proves nothing any more, or the same as before: no signature covers the certificates enclosed in it.
            fine = answer.accepted and ("UNSTAMPED" in report.limits or report.stamped_at == STAMPED)
        elif one.name in HARMLESS:
            fine = answer.accepted and answer.accepted_by_other
        else:
            unread = PACKAGE in (one.artefact, one.place) and report.verdict == "not-a-package"
            named = one.artefact == TAG_MANIFEST or answer.names(one.artefact, one.place)
            fine = unread or (report.verdict == "not-verified" and named)
            if one.artefact != STAMP:  # verify.py says that it looks at no stamp
                fine = fine and answer.code == report.exit_code()
        if not fine:
            wrong.append((one.name, str(report.verdict), answer.code, report.findings[:3]))
    assert not wrong, wrong[:10]
