"""Receipts: made of an answer, checked by openssl, refused when altered, and compared when they come back."""

from __future__ import annotations

import json
import subprocess
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from programs import needs
from smallcase import SmallCase
from specimen import NOW, ORIGIN, Insider, edit_json, pack, sha, unfold, unpack

from casebound_packaging.canonical import canonical
from casebound_packaging.checkpoint import Checkpoint
from casebound_packaging.errors import BadIdentity
from casebound_packaging.identity import Identity
from casebound_packaging.receipt import Statement, parse, sign
from casebound_packaging.seal import cades
from casebound_packaging.verify import BadTrust, Trust, Verdict, verify
from casebound_packaging.verify.receipts import check_receipt
from casebound_packaging.verify.receiving import FileState, NoReceipt, give_receipt, receive

RECEIVED = NOW - timedelta(minutes=20)


@pytest.fixture(scope="module")
def lawyer() -> Identity:
    """Who receives: nobody of the house that sealed."""
    return Identity.create("Noor Haddad", organisation="Example Law", clock=lambda: NOW - timedelta(days=2))


@pytest.fixture(scope="module")
def receipt(package: Path, signer: Identity, lawyer: Identity) -> bytes:
    """Of the package, whose signer was confirmed."""
    trust = Trust(signer_fingerprint=signer.fingerprint)
    return receive(package, trust, lawyer, RECEIVED, note="Came by courier.")[1]


def statement_of(receipt: bytes) -> Statement:
    return check_receipt(receipt).statement


# ------------------------------------------------------------------ making


def test_it_says_what_was_received_and_what_the_check_said(
    receipt: bytes, package: Path, signer: Identity, lawyer: Identity
) -> None:
    said = statement_of(receipt).as_json()
    files = unpack(package)[1]
    about = json.loads(files["data/metadata/package.json"])
    assert said["package"] == {
        "id": about["package_id"],
        "version": 1,
        "sha256": sha(package.read_bytes()),
        "tagmanifest_sha256": sha(files["tagmanifest-sha256.txt"]),
        "evidence_root": about["evidence_root"],
        "case": "CASE-7",
    }
    assert said["checkpoint"] == about["checkpoint"]
    assert said["recipient"] == {"name": "Noor Haddad", "organisation": "Example Law", "key": lawyer.key_fingerprint}
    assert (said["verdict"], said["findings"], said["note"]) == ("verified-with-limits", 0, "Came by courier.")
    assert said["limits"] == ["SELF-ISSUED", "UNSTAMPED", "UNWITNESSED", "PARTIAL", "REDACTED"]
    assert statement_of(receipt).received_at == RECEIVED


@needs("openssl")
def test_openssl_checks_it_and_shows_the_statement(receipt: bytes, lawyer: Identity, tmp_path: Path) -> None:
    (tmp_path / "a.receipt").write_bytes(receipt)
    (tmp_path / "root.pem").write_bytes(lawyer.certificate_pem())
    command = "openssl cms -verify -cades -inform DER -in a.receipt -CAfile root.pem -no-CApath -no-CAstore"
    subprocess.run([*command.split(), "-out", "statement.json"], cwd=tmp_path, check=True, capture_output=True)
    assert (tmp_path / "statement.json").read_bytes() == statement_of(receipt).data()


def test_a_folder_has_no_fingerprint_and_gets_a_receipt(package: Path, lawyer: Identity, tmp_path: Path) -> None:
    top, files = unpack(package)
    report, receipt = receive(unfold(tmp_path / top, files), Trust(), lawyer, RECEIVED)
    assert report.verdict is Verdict.LIMITED
    assert statement_of(receipt).package.sha256 is None


def test_a_receipt_of_what_is_not_verified_says_so(package: Path, lawyer: Identity, tmp_path: Path) -> None:
    top, files = unpack(package)
    files["data/exhibits/EX-0002/original.txt"] += b"!"
    altered = pack(tmp_path / "altered.zip", top, files)
    said = statement_of(receive(altered, Trust(), lawyer, RECEIVED)[1])
    assert said.verdict == "not-verified" and said.findings >= 1


@pytest.mark.parametrize("content", [b"", b"hello", b"%PDF-1.7\n"])
def test_no_receipt_is_given_for_what_is_no_package(content: bytes, lawyer: Identity, tmp_path: Path) -> None:
    path = tmp_path / "thing"
    path.write_bytes(content)
    with pytest.raises(NoReceipt):
        receive(path, Trust(), lawyer, RECEIVED)


def test_no_receipt_is_given_for_a_file_that_changed_since_the_check(
    package: Path, lawyer: Identity, tmp_path: Path
) -> None:
    path = tmp_path / "p.zip"
    path.write_bytes(package.read_bytes())
    state, report = FileState.of(path), verify(path)
    path.write_bytes(package.read_bytes() + b"\0")
    with pytest.raises(NoReceipt, match="changed since"):
        give_receipt(path, state, report, lawyer, RECEIVED, NOW)


def test_a_receipt_can_be_signed_with_a_key_made_after_the_check(package: Path) -> None:
    later = NOW + timedelta(minutes=3)
    young = Identity.create("Noor Haddad", clock=lambda: later)
    state, report = FileState.of(package), verify(package)
    with pytest.raises(BadIdentity):
        give_receipt(package, state, report, young, RECEIVED, NOW)
    made = check_receipt(give_receipt(package, state, report, young, RECEIVED, NOW, signed_at=later))
    assert made.statement.verified_at == NOW
    assert made.signature.signed_at == later


def test_a_statement_that_is_none_is_not_signed(receipt: bytes, lawyer: Identity, signer: Identity) -> None:
    said = statement_of(receipt)
    for wrong in (
        replace(said, verdict="fine"),
        replace(said, note="x" * 3000),
        replace(said, package=replace(said.package, evidence_root="no hash")),
    ):
        with pytest.raises(ValueError, match=r"\w"):
            sign(wrong, lawyer, NOW)
    with pytest.raises(ValueError, match="another key"):
        sign(said, signer, NOW)


# ------------------------------------------------------------------ reading what may be anything


def test_every_altered_byte_of_a_receipt_is_refused(receipt: bytes) -> None:
    """Every byte, each with one bit flipped. Bits that DER lets nobody read (none here) would be listed."""
    taken = []
    for place in range(len(receipt)):
        altered = bytearray(receipt)
        altered[place] ^= 1
        try:
            if check_receipt(bytes(altered)).statement.data() == statement_of(receipt).data():
                taken.append(place)
        except ValueError:
            continue
    # What is left over are spellings of the same thing; what was said stays signed, word for word.
    assert len(taken) < 8, taken


@pytest.mark.parametrize("cut", [0, 1, 100, 500, -1])
def test_a_cut_receipt_is_refused(receipt: bytes, cut: int) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        check_receipt(receipt[:cut])


def test_a_seal_is_no_receipt_and_signed_nonsense_is_none(package: Path, lawyer: Identity) -> None:
    with pytest.raises(ValueError, match="enclose"):
        check_receipt(unpack(package)[1]["seals/01-examiner.p7s"])
    for content in (b"hello", b"{}\n", b'{"type":"casebound-receipt","v":2}\n'):
        with pytest.raises(ValueError, match="no receipt"):
            check_receipt(cades(content, lawyer, NOW, enclosing=True))


def test_every_part_of_the_statement_is_asked_for(receipt: bytes) -> None:
    """Taken out, added, of another kind: no such statement is read."""
    whole = statement_of(receipt).as_json()

    def refused(value: dict[str, object]) -> None:
        with pytest.raises(ValueError, match=r"\w"):
            parse(canonical(value) + b"\n")

    for key in whole:
        refused({name: value for name, value in whole.items() if name != key})
        refused({**whole, key: [[]]})
    refused({**whole, "more": 1})
    for part in ("package", "checkpoint", "recipient", "verifier"):
        inner = whole[part]
        assert isinstance(inner, dict)
        for key in inner:
            refused({**whole, part: {name: value for name, value in inner.items() if name != key}})
            refused({**whole, part: {**inner, key: [[]]}})
    with pytest.raises(ValueError, match="one form"):
        parse(json.dumps(whole).encode() + b"\n")


def test_who_signed_must_be_who_is_named(receipt: bytes, signer: Identity, lawyer: Identity) -> None:
    said = statement_of(receipt)
    with pytest.raises(ValueError, match="another key"):
        check_receipt(cades(said.data(), signer, NOW, enclosing=True))
    posing = replace(said, recipient=replace(said.recipient, name="The Court"))
    with pytest.raises(ValueError, match="another recipient"):
        check_receipt(cades(posing.data(), lawyer, NOW, enclosing=True))


# ------------------------------------------------------------------ against a receipt


def test_a_receipt_witnesses_the_package_it_was_given_for(package: Path, receipt: bytes, tmp_path: Path) -> None:
    kept = tmp_path / "CASE-7-v1.receipt"
    kept.write_bytes(receipt)
    report = verify(package, Trust(against=(kept,)))
    assert "UNWITNESSED" not in report.limits and report.verdict is Verdict.LIMITED
    assert any("Noor Haddad" in note and "agrees" in note for note in report.notes)


def test_another_package_of_the_same_version_is_betrayed_by_a_receipt(
    package: Path, signer: Identity, receipt: bytes, tmp_path: Path
) -> None:
    """Same custody record, other evidence under the same version: an insider sealed twice."""
    kept = tmp_path / "kept.receipt"
    kept.write_bytes(receipt)
    top, files = unpack(package)
    edit_json(files, "data/queries/Q-0001.json", lambda query: query.update(question="Another?"))
    Insider(signer, tmp_path / "i").relist(files)
    other = pack(tmp_path / "other.zip", top, files)
    assert verify(other).verdict is Verdict.LIMITED
    report = verify(other, Trust(against=(kept,)))
    assert report.verdict is Verdict.NOT_VERIFIED
    assert any("received another package as version 1" in finding.problem for finding in report.findings)
    beside = verify(other, Trust(against=(package,)))
    assert any("calls itself version 1" in finding.problem for finding in beside.findings)


def test_a_receipt_beside_the_package_is_told_and_is_no_witness_by_itself(
    package: Path, signer: Identity, receipt: bytes, tmp_path: Path
) -> None:
    copy = tmp_path / "CASE-7-v1.zip"
    copy.write_bytes(package.read_bytes())
    beside = tmp_path / "CASE-7-v1.receipt"
    beside.write_bytes(receipt)
    report = verify(copy)
    assert report.findings == () and "UNWITNESSED" in report.limits
    assert any("found beside the package" in note for note in report.notes)
    assert "UNWITNESSED" not in verify(copy, Trust(against=(beside,))).limits
    beside.write_bytes(b"hello")
    report = verify(copy)
    assert report.findings == () and any("no receipt that holds" in note for note in report.notes)
    other = SmallCase(signer)
    other.work()
    lawyer = Identity.create("Noor Haddad")
    beside.write_bytes(receive(other.seal(tmp_path / "other", 1), Trust(), lawyer, RECEIVED)[1])
    # Anybody could have put it there: it is told, and refuses nothing until it is given as a witness.
    report = verify(copy)
    assert report.findings == () and any("speaks against it: The first" in note for note in report.notes)
    assert "rewritten" in verify(copy, Trust(against=(beside,))).findings[0].problem


def test_a_receipt_by_whoever_sealed_is_no_witness(package: Path, signer: Identity, tmp_path: Path) -> None:
    kept = tmp_path / "own.receipt"
    kept.write_bytes(receive(package, Trust(), signer, RECEIVED)[1])
    report = verify(package, Trust(against=(kept,)))
    assert report.findings == () and "UNWITNESSED" in report.limits
    assert any("by the key that sealed" in note for note in report.notes)


def test_a_record_whose_end_was_cut_off_since_is_betrayed_by_a_receipt(
    signer: Identity, lawyer: Identity, tmp_path: Path
) -> None:
    """Fewer entries than an earlier version had: the chain holds, and the root seen is beyond its end."""
    case = SmallCase(signer)
    case.work(4)
    kept = tmp_path / "kept.receipt"
    kept.write_bytes(receive(case.seal(tmp_path / "1", 1), Trust(), lawyer, RECEIVED)[1])
    for version in (1, 2):
        cut = SmallCase(signer)
        cut.log.lines, cut.log.disclosures = list(case.log.lines[:2]), list(case.log.disclosures[:2])
        report = verify(cut.seal(tmp_path / f"cut{version}", version), Trust(against=(kept,)))
        assert [finding.item for finding in report.findings] == ["kept.receipt"]
        assert "its end was cut off since" in report.findings[0].problem


def test_an_altered_receipt_is_no_witness(package: Path, receipt: bytes, tmp_path: Path) -> None:
    kept = tmp_path / "kept.receipt"
    place = receipt.index(b'"size":') + 7
    kept.write_bytes(receipt[:place] + b"7" + receipt[place + 1 :])
    with pytest.raises(BadTrust):
        verify(package, Trust(against=(kept,)))


# ------------------------------------------------------------------ receipts that came back


def test_enclosed_receipts_are_checked_and_told(signer: Identity, lawyer: Identity, tmp_path: Path) -> None:
    case = SmallCase(signer)
    case.work()
    given = receive(case.seal(tmp_path / "1", 1), Trust(), lawyer, RECEIVED)[1]
    case.take_in(given)
    good = case.seal(tmp_path / "2", 2, [given])
    assert unpack(good)[1]["data/custody/receipts/0001.receipt.p7m"] == given
    report = verify(good)
    assert report.verdict is Verdict.LIMITED, report.findings
    assert any("A receipt is enclosed: Noor Haddad" in note for note in report.notes)
    assert "UNWITNESSED" in report.limits, "what lies inside is no outside witness"


@pytest.mark.parametrize(
    ("what", "problem"),
    [
        ("never taken in", "No entry of the custody record takes in this receipt"),
        ("of a rewritten record", "was rewritten"),
        ("of another record", "another custody record"),
        ("of a longer record", "its end was cut off"),
        ("altered", "does not hold"),
    ],
)
def test_an_enclosed_receipt_that_contradicts_is_refused(
    what: str, problem: str, signer: Identity, lawyer: Identity, receipt: bytes, tmp_path: Path
) -> None:
    case, said = SmallCase(signer), statement_of(receipt)
    state = case.state()
    states = {
        "of a rewritten record": Checkpoint(ORIGIN, 1, "ab" * 32),
        "of another record": Checkpoint("casebound/OTHER/0123456789abcdef", 1, state.root),
        "of a longer record": Checkpoint(ORIGIN, 99, "ab" * 32),
    }
    given = sign(replace(said, checkpoint=states.get(what, state)), lawyer, NOW)
    if what == "altered":
        given = given[:-1] + bytes([given[-1] ^ 1])
    if what != "never taken in":
        case.take_in(given)
    report = verify(case.seal(tmp_path, 2, [given]))
    assert report.verdict is Verdict.NOT_VERIFIED
    assert any(problem in finding.problem for finding in report.findings), report.findings
    assert {finding.check for finding in report.findings} == {"custody"}


def test_a_receipt_of_a_later_version_supersedes(
    package: Path, receipt: bytes, lawyer: Identity, tmp_path: Path
) -> None:
    said = statement_of(receipt)
    later = replace(said, package=replace(said.package, version=2), checkpoint=Checkpoint(ORIGIN, 99, "ab" * 32))
    kept = tmp_path / "v2.receipt"
    kept.write_bytes(sign(later, lawyer, NOW))
    report = verify(package, Trust(against=(kept,)))
    assert "SUPERSEDED" in report.limits and "UNWITNESSED" in report.limits
    assert any("version 2 of this case exists" in note for note in report.notes)


def test_a_colleague_under_the_root_can_give_one(package: Path, employee: Identity) -> None:
    receipt = receive(package, Trust(), employee, RECEIVED)[1]
    assert check_receipt(receipt).signer.issuer == "Example Root"
