"""A case goes on when its keeper gets a new key: under one root nobody has to do anything, and the record stays one."""

from __future__ import annotations

from pathlib import Path

from casebound.document import Case
from casebound.identities import actor_of
from casebound_packaging.authority import Authority
from casebound_packaging.certification import read_request
from casebound_packaging.identity import Identity
from casebound_packaging.verify import Trust, Verdict, verify


def test_a_case_goes_on_under_a_new_key(kept, tmp_path: Path) -> None:
    root = Authority.create("Northgate Root")

    def certified(name: str) -> Identity:
        own = Identity.create(name)
        return own.certified([root.issue(read_request(own.request())), root.certificate])

    case: Case = kept.case
    old, new = certified("Edda Falk"), certified("Edda Falk")
    case.actor = actor_of(old)
    first = Path(kept.exporter(identity=old).export(case, tmp_path).path)
    case.actor = actor_of(new)
    second = Path(kept.exporter(identity=new).export(case, tmp_path).path)
    assert case.check().findings == ()
    report = verify(second, Trust(root_pem=root.pem(), against=(first,)))
    assert report.verdict is Verdict.LIMITED and not report.findings, report.findings
    assert not {"UNATTRIBUTED", "UNWITNESSED"} & set(report.limits)
    assert verify(first, Trust(root_pem=root.pem())).verdict is Verdict.LIMITED
    keys = {entry.actor for entry in case.ledger() if entry.action == "export-prepared"}
    assert keys == {old.key_fingerprint, new.key_fingerprint}
