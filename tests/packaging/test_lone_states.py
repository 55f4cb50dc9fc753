"""A checkpoint, a proof or a receipt given alone: no ledger and no package is needed to find a rewritten record."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from asn1crypto import x509 as asn1_x509
from authorities import Authority
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from smallcase import SmallCase
from specimen import NOW, timedelta, unpack

from casebound_packaging import checkpoint, consistency, sshsig
from casebound_packaging.cli import main
from casebound_packaging.identity import Identity
from casebound_packaging.keptstate import phone_text
from casebound_packaging.ledger import leaves
from casebound_packaging.receipt import sign
from casebound_packaging.seal import cades
from casebound_packaging.sshsig import allowed_signers
from casebound_packaging.verify import Report, Trust, Verdict, verify
from casebound_packaging.verify.receipts import check_receipt
from casebound_packaging.verify.receiving import receive


@pytest.fixture(scope="module")
def case(signer: Identity) -> SmallCase:
    made = SmallCase(signer)
    made.work(11)
    return made


@pytest.fixture(scope="module")
def rewritten(signer: Identity) -> SmallCase:
    made = SmallCase(signer)
    made.work(11, "another")
    return made


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("kept")


def kept(folder: Path, name: str, text: str) -> Path:
    (folder / name).write_text(text, "utf-8")
    return folder / name


def proof(case: SmallCase, old: int, size: int) -> str:
    return consistency.compose(old, leaves(case.log.lines[:size]), case.note(size))


def states(report: Report) -> dict[str, str]:
    return {row.check: row.state for row in report.checks}


def test_two_checkpoints_and_the_proof_between_them(case: SmallCase, rewritten: SmallCase, folder: Path) -> None:
    old = kept(folder, "5.checkpoint", case.note(5))
    good = verify(kept(folder, "12.consistency", proof(case, 5, 12)), Trust(against=(old,)))
    assert (good.verdict, good.kind, good.findings) == (Verdict.LIMITED, "checkpoint", ())
    assert "UNWITNESSED" not in good.limits and states(good)["custody"] == "pass"
    assert "agrees with what was seen before" in good.sentence
    bad = verify(kept(folder, "other.consistency", proof(rewritten, 5, 12)), Trust(against=(old,)))
    assert bad.verdict is Verdict.NOT_VERIFIED and states(bad)["custody"] == "fail"
    assert "does not continue" in bad.findings[0].problem


def test_the_older_one_beside_the_proof_of_the_later(case: SmallCase, rewritten: SmallCase, folder: Path) -> None:
    old = kept(folder, "5.checkpoint", case.note(5))
    later = kept(folder, "12.consistency", proof(case, 5, 12))
    assert verify(old, Trust(against=(later,))).findings == ()
    other = kept(folder, "other.consistency", proof(rewritten, 5, 12))
    assert verify(old, Trust(against=(other,))).verdict is Verdict.NOT_VERIFIED


def test_without_a_proof_nothing_is_claimed_and_the_way_to_one_is_told(case: SmallCase, folder: Path) -> None:
    old, new = kept(folder, "5.checkpoint", case.note(5)), kept(folder, "12.checkpoint", case.note(12))
    other = kept(folder, "from-4.consistency", proof(case, 4, 12))
    for path, trust in (
        (new, Trust(against=(old,))),
        (old, Trust(against=(new,))),
        (other, Trust(against=(old,))),
        (kept(folder, "12.consistency", proof(case, 5, 12)), Trust(seen=(phone_text(case.state(5)),))),
    ):
        report = verify(path, trust)
        assert report.findings == () and "UNWITNESSED" in report.limits
        assert any("--since 5" in note for note in report.notes)


def test_one_size_has_one_state(case: SmallCase, rewritten: SmallCase, folder: Path) -> None:
    path = kept(folder, "5.checkpoint", case.note(5))
    assert verify(path, Trust(seen=(phone_text(case.state(5)),))).findings == ()
    report = verify(path, Trust(seen=(phone_text(rewritten.state(5)),)))
    assert report.verdict is Verdict.NOT_VERIFIED and "another state was seen" in report.findings[0].problem


def test_a_package_at_hand_has_every_earlier_state(
    case: SmallCase, rewritten: SmallCase, signer: Identity, folder: Path
) -> None:
    own = SmallCase(signer)
    own.log.lines, own.log.disclosures = list(case.log.lines[:8]), list(case.log.disclosures)[:8]
    package = own.seal(folder / "sealed", 1)
    assert verify(kept(folder, "5.checkpoint", case.note(5)), Trust(against=(package,))).findings == ()
    bad = verify(kept(folder, "wrong.checkpoint", rewritten.note(5)), Trust(against=(package,)))
    assert bad.verdict is Verdict.NOT_VERIFIED
    elsewhere = kept(folder, "x.checkpoint", case.note(5).replace("CASE-7", "CASE-8"))
    assert "another custody record" in verify(elsewhere, Trust(against=(package,))).findings[0].problem


def test_the_signature_is_checked_with_a_key_from_outside(case: SmallCase, employee: Identity, folder: Path) -> None:
    path, signer = kept(folder, "5.checkpoint", case.note(5)), case.signer
    unread = verify(path)
    assert "UNATTRIBUTED" in unread.limits and states(unread)["seal"] == "not-checked"
    for trust in (
        Trust(root_pem=signer.certificate_pem()),
        Trust(allowed_signers="# ours\n" + allowed_signers(employee) + allowed_signers(signer)),
        Trust(root_pem=signer.certificate_pem(), signer_fingerprint=signer.key_fingerprint),
    ):
        report = verify(path, trust)
        assert report.findings == () and states(report)["seal"] == "pass" and "UNATTRIBUTED" not in report.limits
    for trust in (Trust(root_pem=employee.certificate_pem()), Trust(allowed_signers=allowed_signers(employee))):
        assert [finding.check for finding in verify(path, trust).findings] == ["seal"]
    wrong = Trust(root_pem=signer.certificate_pem(), signer_fingerprint=employee.fingerprint)
    assert [finding.check for finding in verify(path, wrong).findings] == ["signer"]
    altered = kept(folder, "altered.checkpoint", case.note(5).replace("\n5\n", "\n6\n"))
    report = verify(altered, Trust(root_pem=signer.certificate_pem()))
    assert "does not hold" in report.findings[0].problem


def test_a_root_that_only_issues_is_no_reason_to_refuse_a_checkpoint(authority: Authority, folder: Path) -> None:
    """A checkpoint carries no certificate: under an organisation's root alone nobody can say whose it is."""
    signer = authority.issue("Ines Ward")
    made = SmallCase(signer)
    made.work()
    path = kept(folder, "issued.checkpoint", made.note(3))
    report = verify(path, Trust(root_pem=authority.pem))
    assert report.findings == () and "UNATTRIBUTED" in report.limits and states(report)["seal"] == "not-checked"
    assert any("the signer's own certificate" in note for note in report.notes)
    both = verify(path, Trust(root_pem=authority.pem + signer.certificate_pem()))
    assert both.findings == () and "UNATTRIBUTED" not in both.limits
    by_root = checkpoint.sign(made.state(3), Identity(authority.key, authority.certificate))
    altered = kept(folder, "by-root.checkpoint", by_root.replace("\n3\n", "\n2\n"))
    assert [finding.check for finding in verify(altered, Trust(root_pem=authority.pem)).findings] == ["seal"]


def test_an_allowed_signer_is_asked_what_for_and_whose_fingerprint(
    case: SmallCase, employee: Identity, folder: Path
) -> None:
    path, allowed = kept(folder, "5.checkpoint", case.note(5)), allowed_signers(case.signer)
    wrong = verify(path, Trust(allowed_signers=allowed, signer_fingerprint=employee.key_fingerprint))
    assert [finding.check for finding in wrong.findings] == ["signer"]
    right = verify(path, Trust(allowed_signers=allowed, signer_fingerprint=case.signer.key_fingerprint))
    assert right.findings == () and "UNATTRIBUTED" not in right.limits
    for other in (
        allowed.replace("evidence-package", "git"),
        allowed.replace("namespaces", "cert-authority,namespaces"),
    ):
        assert "UNATTRIBUTED" in verify(path, Trust(allowed_signers=other)).limits


def doubled(identity: Identity) -> Identity:
    """The same with an extension twice in its certificate, which no library reads and no standard allows."""
    made = asn1_x509.Certificate.load(identity.certificate.public_bytes(Encoding.DER))
    extensions = made["tbs_certificate"]["extensions"]
    extensions.append(extensions[0].copy())
    made["signature_value"] = identity.sign(made["tbs_certificate"].dump(force=True))
    return replace(identity, certificate=x509.load_der_x509_certificate(made.dump(force=True)))


def test_a_certificate_that_cannot_be_read_ends_in_a_verdict(signer: Identity, folder: Path) -> None:
    lawyer = Identity.create("Noor Haddad", clock=lambda: NOW - timedelta(days=1))
    case = SmallCase(signer)
    package = case.seal(folder / "odd", 1)
    said = check_receipt(receive(package, Trust(), lawyer, NOW)[1]).statement
    path = folder / "odd.receipt"
    for odd in (doubled(lawyer), replace(lawyer, chain=(doubled(signer).certificate,))):
        path.write_bytes(sign(said, odd, NOW))
        for trust in (Trust(), Trust(root_pem=signer.certificate_pem())):
            assert verify(path, trust).verdict is not Verdict.VERIFIED
    path.write_bytes(sign(said, doubled(lawyer), NOW))
    assert verify(path).verdict is Verdict.NOT_A_PACKAGE
    # A stranger's co-signature with such a certificate is named, and takes nothing from the package's own signer.
    cose = package.with_name(f"{package.name}.02-reviewer.p7s")
    signed = unpack(package)[1]["tagmanifest-sha256.txt"]
    cose.write_bytes(cades(signed, doubled(lawyer), NOW))
    cose.with_suffix(".sig").write_text(sshsig.sign(signed, lawyer))
    report = verify(package, Trust(signer_fingerprint=signer.fingerprint))
    assert [finding.item for finding in report.findings] == [cose.name]
    assert report.signer is not None and "UNATTRIBUTED" not in report.limits


def test_a_receipt_alone(case: SmallCase, signer: Identity, folder: Path) -> None:
    own = SmallCase(signer)
    own.work()
    package = own.seal(folder / "own", 1)
    lawyer = Identity.create("Noor Haddad", clock=lambda: NOW - timedelta(days=1))
    path = folder / "own.receipt"
    path.write_bytes(receive(package, Trust(), lawyer, NOW, note="By courier.")[1])
    report = verify(path, Trust(signer_fingerprint=lawyer.fingerprint, against=(package,)))
    assert (report.verdict, report.kind, report.findings) == (Verdict.LIMITED, "receipt", ())
    assert report.limits == ("SELF-ISSUED", "UNSTAMPED")
    assert report.signer and report.signer.name == "Noor Haddad"
    assert any("By courier." in note for note in report.notes)
    wrong = verify(path, Trust(signer_fingerprint=signer.fingerprint))
    assert [finding.check for finding in wrong.findings] == ["signer"]
    against = verify(path, Trust(seen=(phone_text(case.state(4)),)))
    assert against.findings == () and "UNWITNESSED" in against.limits


@pytest.mark.parametrize("data", [b"\x30\x82", b"\x30\x82\x01\x00" + b"\0" * 256, b"old 5\n", b"casebound/x\n5\n"])
def test_what_begins_like_one_and_is_none_could_not_be_checked(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(data)
    report = verify(tmp_path / "x")
    assert report.verdict is Verdict.NOT_A_PACKAGE and "no checkpoint, proof or receipt" in report.sentence


def test_the_command_says_it(case: SmallCase, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old = kept(folder, "5.checkpoint", case.note(5))
    path = kept(folder, "12.consistency", proof(case, 5, 12))
    root = folder / "root.pem"
    root.write_bytes(case.signer.certificate_pem())
    assert main([str(path), "--against", str(old), "--trust", str(root), "--accept", "UNSTAMPED"]) == 0
    said = capsys.readouterr().out
    assert "12 entries" in said or "twelve entries" in said
    assert main([str(old), "--seen", "5 " + "ab" * 32]) == 1
    assert "rewritten" in capsys.readouterr().out
