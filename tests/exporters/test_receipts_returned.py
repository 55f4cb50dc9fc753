"""Checkpoints on demand and receipts that came back: in the case, its ledger, its check, and its later packages."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from zipfile import ZipFile

import pytest
from sealed_case import PNG

from casebound.case import Actor
from casebound.document import Case
from casebound.errors import BadCase, BadIdentity, BadRequest, BadSource, NothingToDo
from casebound_exporters import SealedPackageExporter
from casebound_packaging import checkpoint
from casebound_packaging.consistency import parse
from casebound_packaging.identity import Identity
from casebound_packaging.ledger import read
from casebound_packaging.receipt import sign
from casebound_packaging.verify import Trust, Verdict, verify
from casebound_packaging.verify.receipts import check_receipt
from casebound_packaging.verify.receiving import receive


@dataclass
class Given:
    """A small case, its first package, and the receipt for it."""

    folder: Path
    case: Case
    identity: Identity
    lawyer: Identity
    package: Path
    receipt: Path

    def export(self, name: str, recipient_class: str = "legal") -> Path:
        basis = "An order" if recipient_class == "government" else ""
        exporter = SealedPackageExporter(self.identity, recipient_class, "A test", basis)
        return Path(exporter.export(self.case, self.folder / name).path)


@pytest.fixture
def given(tmp_path: Path) -> Iterator[Given]:
    identity, lawyer = Identity.create("Ines Marlowe"), Identity.create("Noor Haddad", organisation="Example Law")
    with Case.create(tmp_path / "case", "LF/7", "T", Actor("Ines Marlowe", identity.key_fingerprint)) as case:
        (tmp_path / "seen.png").write_bytes(PNG)
        case.make_exhibit(attachment=case.attach(tmp_path / "seen.png", title="Seen").number)
        made = Given(tmp_path, case, identity, lawyer, Path(), tmp_path / "LF-7-v1.receipt")
        made.package = made.export("out")
        made.receipt.write_bytes(receive(made.package, Trust(), lawyer, datetime.now(UTC))[1])
        yield made


def names(package: Path) -> set[str]:
    with ZipFile(package) as archive:
        return {name.partition("/")[2] for name in archive.namelist()}


def judged(package: Path, *against: Path):
    return verify(package, Trust(against=against))


def test_a_receipt_is_kept_recorded_and_enclosed(given: Given) -> None:
    added = given.case.add_receipt(given.receipt)
    assert (added.number, added.package_version, added.recipient) == ("R-01", 1, "Noor Haddad")
    assert given.case.evidence_path(added.sha256).read_bytes() == given.receipt.read_bytes()
    entry = given.case.ledger()[-1]
    assert (entry.action, entry.item_type, entry.item_id) == ("acknowledged", "receipt", "R-01")
    assert read(entry.line)["inputs"] == [added.sha256]
    assert given.case.check().findings == ()
    second = given.export("second")
    assert "data/custody/receipts/0001.receipt.p7m" in names(second)
    report = judged(second, given.receipt)
    assert report.findings == () and "UNWITNESSED" not in report.limits
    assert any("A receipt is enclosed: Noor Haddad" in note for note in report.notes)
    assert "SUPERSEDED" in judged(given.package, second).limits
    with pytest.raises(NothingToDo, match="R-01"):
        given.case.add_receipt(given.receipt)


def test_others_than_legal_and_reviewers_do_not_learn_who_received_what(given: Given) -> None:
    given.case.add_receipt(given.receipt)
    package = given.export("partner", "partner")
    assert not any("receipts/" in name for name in names(package))
    with ZipFile(package) as archive:
        assert not any(b"Noor Haddad" in archive.read(name) for name in archive.namelist())
    assert judged(package).findings == ()


def test_a_checkpoint_on_demand_is_signed_recorded_and_enclosed(given: Given) -> None:
    before = given.case.snapshot().ledger_size
    with pytest.raises(BadIdentity):
        given.case.make_checkpoint(Identity.create("Old", days=1, clock=lambda: datetime(2020, 1, 1, tzinfo=UTC)))
    assert given.case.snapshot().ledger_size == before and given.case.snapshot().checkpoints == ()
    made = given.case.make_checkpoint(given.identity, "Noor Haddad, on paper")
    assert made.size == before and made.handed_to == "Noor Haddad, on paper"
    assert checkpoint.verify(made.note, given.identity.spki_der).root == made.root
    entry = given.case.ledger()[-1]
    assert (entry.action, entry.item_id) == ("checkpointed", str(before))
    assert given.case.snapshot().checkpoints == (made,)
    second = given.export("second")
    assert f"data/custody/checkpoints/{before}.checkpoint" in names(second)
    path = given.folder / "kept.checkpoint"
    path.write_text(made.note, "utf-8")
    assert "UNWITNESSED" not in judged(second, path).limits
    assert given.case.check().findings == ()


def test_a_proof_leads_from_the_package_to_the_checkpoint(given: Given) -> None:
    made = given.case.make_checkpoint(given.identity)
    old = judged(given.package).checkpoint
    assert old is not None
    assert parse(given.case.consistency(old.size, made.note)).holds(old.root)
    for size in (0, made.size + 1):
        with pytest.raises(BadRequest, match="nothing leads"):
            given.case.consistency(size, made.note)


def test_a_receipt_that_does_not_fit_changes_nothing(given: Given) -> None:
    said = check_receipt(given.receipt.read_bytes()).statement
    wrong = {
        "another version": replace(said, package=replace(said.package, version=7)),
        "another package": replace(said, package=replace(said.package, evidence_root="ab" * 32)),
        "another record": replace(said, checkpoint=replace(said.checkpoint, root="ab" * 32)),
        "more than there is": replace(said, checkpoint=replace(said.checkpoint, size=999)),
    }
    files = {name: sign(value, given.lawyer, datetime.now(UTC)) for name, value in wrong.items()}
    size, kept = given.case.snapshot().ledger_size, sorted((given.case.path / "evidence").rglob("*"))
    for name, data in {**files, "nothing": b"hello"}.items():
        path = given.folder / "wrong.receipt"
        path.write_bytes(data)
        with pytest.raises(BadSource if name == "nothing" else BadRequest) as refusal:
            given.case.add_receipt(path)
        assert "Nothing was changed" in refusal.value.paragraph(), name
        assert given.case.snapshot().ledger_size == size
        assert sorted((given.case.path / "evidence").rglob("*")) == kept


def test_a_kept_receipt_that_was_changed_is_not_sealed_and_is_found(given: Given) -> None:
    added = given.case.add_receipt(given.receipt)
    path = given.case.evidence_path(added.sha256)
    path.chmod(0o600)
    path.write_bytes(b"x" * path.stat().st_size)
    assert any("changed after it was kept" in finding.problem for finding in given.case.check().findings)
    with pytest.raises(BadCase, match="R-01"):
        given.export("second")


def test_a_signed_state_that_was_damaged_in_the_case_is_told_before_sealing(given: Given) -> None:
    given.case.make_checkpoint(given.identity)
    with sqlite3.connect(given.case.path / "case.db") as database:
        database.execute("UPDATE checkpoint SET note = 'x'")
    database.close()
    with pytest.raises(BadCase, match="signed state"):
        given.export("second")


def test_a_copy_of_the_case_keeps_its_witnesses(given: Given) -> None:
    """The copy's log has a name of its own; what was signed before belongs to both."""
    given.case.add_receipt(given.receipt)
    made = given.case.make_checkpoint(given.identity)
    path = given.folder / "before.checkpoint"
    path.write_text(made.note, "utf-8")
    actor = given.case.actor
    given.case.close()
    shutil.copytree(given.case.path, given.folder / "copy")
    with Case.open(given.folder / "copy", actor) as case:
        given.case = case
        second = given.export("copied")
        assert case.snapshot().log_origin != check_receipt(given.receipt.read_bytes()).statement.checkpoint.origin
        assert case.check().findings == ()
    there = names(second)
    assert "data/custody/receipts/0001.receipt.p7m" in there
    assert f"data/custody/checkpoints/{made.size}.checkpoint" in there
    for witness in (given.receipt, path, given.package):
        report = judged(second, witness)
        assert report.verdict is Verdict.LIMITED, report.findings
        assert "UNWITNESSED" not in report.limits
