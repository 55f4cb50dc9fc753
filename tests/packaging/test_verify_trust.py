"""Trust comes from outside: fingerprints, roots, allowed signers, time stamp roots, older states, and nothing else."""

from __future__ import annotations

import json
import subprocess
from datetime import datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID
from specimen import (
    NOW,
    SEALED_AT,
    Authority,
    Files,
    Insider,
    edit_json,
    pack,
    seal_specimen,
    signed_report,
    timedelta,
    unpack,
    unsigned_report,
)

from casebound_packaging.checkpoint import Checkpoint
from casebound_packaging.checkpoint import sign as sign_checkpoint
from casebound_packaging.finding import Finding
from casebound_packaging.identity import Identity
from casebound_packaging.ledger import Line, compose, line_hash, omitted
from casebound_packaging.sshsig import allowed_signers
from casebound_packaging.verify import BadTrust, Trust, Verdict, verify
from casebound_packaging.verify.signer import Sealing, attribute
from casebound_packaging.verify.trust import given_signers


def checks_of(report) -> set[str]:
    return {finding.check for finding in report.findings}


def test_with_nothing_given_the_signer_is_not_confirmed(package: Path) -> None:
    report = verify(package)
    assert report.verdict is Verdict.LIMITED
    assert report.limits == ("UNATTRIBUTED", "SELF-ISSUED", "UNSTAMPED", "UNWITNESSED", "PARTIAL", "REDACTED")
    assert report.headline == "Intact, signer not confirmed"
    assert [row.state for row in report.checks] == ["pass", "pass", "pass", "pass", "unknown", "unknown"]
    assert report.exit_code() == 3
    assert report.exit_code(frozenset(report.limits)) == 0
    assert report.exit_code(frozenset(report.limits[1:])) == 3


def test_a_fingerprint_in_any_notation_confirms(package: Path, signer: Identity) -> None:
    pairs = ":".join(signer.fingerprint[i : i + 2] for i in range(0, 64, 2)).upper()
    for text in (
        signer.fingerprint,
        pairs,
        f"sha256 Fingerprint={pairs}",
        signer.key_fingerprint,
        f"{'0' * 64},{pairs}",
    ):
        report = verify(package, Trust(signer_fingerprint=text))
        assert report.limits == ("SELF-ISSUED", "UNSTAMPED", "UNWITNESSED", "PARTIAL", "REDACTED"), text
        assert report.headline == "Verified, with limits"
        assert report.signer and report.signer.confirmed_by == "fingerprint"
        assert report.checks[4].title == "You know this signer"


def test_another_fingerprint_refuses(package: Path) -> None:
    report = verify(package, Trust(signer_fingerprint="ab" * 32))
    assert report.verdict is Verdict.NOT_VERIFIED
    assert checks_of(report) == {"signer"}
    assert report.checks[4].state == "fail"


@pytest.mark.parametrize("text", ["", "  ", ","])
def test_an_empty_fingerprint_is_none(package: Path, text: str) -> None:
    assert "UNATTRIBUTED" in verify(package, Trust(signer_fingerprint=text)).limits


@pytest.mark.parametrize("text", ["abc", "zz" * 32, "ab" * 20])
def test_a_fingerprint_that_is_none_is_an_error_and_no_verdict(package: Path, text: str) -> None:
    with pytest.raises(BadTrust):
        verify(package, Trust(signer_fingerprint=text))


def test_the_right_root_confirms(issued_package: Path, authority: Authority) -> None:
    report = verify(issued_package, Trust(root_pem=authority.pem))
    assert report.limits == ("UNSTAMPED", "UNWITNESSED", "PARTIAL", "REDACTED")
    assert report.signer and report.signer.confirmed_by == "root" and report.signer.issuer == "Example Root"


def test_a_self_issued_certificate_can_be_given_as_root(package: Path, signer: Identity) -> None:
    report = verify(package, Trust(root_pem=signer.certificate_pem()))
    assert report.limits == ("SELF-ISSUED", "UNSTAMPED", "UNWITNESSED", "PARTIAL", "REDACTED")


@pytest.mark.parametrize("name", ["another authority", "a root of the same name", "another self-issued certificate"])
def test_another_root_refuses(issued_package: Path, signer: Identity, name: str) -> None:
    other = {
        "another authority": Authority.create("Other").pem,
        "a root of the same name": Authority.create("Example Root").pem,
        "another self-issued certificate": signer.certificate_pem(),
    }[name]
    report = verify(issued_package, Trust(root_pem=other))
    assert report.verdict is Verdict.NOT_VERIFIED
    assert checks_of(report) == {"signer"}


def test_a_root_that_is_no_certificate_is_an_error(issued_package: Path) -> None:
    with pytest.raises(BadTrust):
        verify(issued_package, Trust(root_pem=b"hello"))


def test_under_the_root_is_not_yet_authorised(tmp_path: Path, authority: Authority) -> None:
    clerk = authority.issue("Some Clerk", uses=(ExtendedKeyUsageOID.EMAIL_PROTECTION,))
    package = seal_specimen(tmp_path, clerk)
    report = verify(package, Trust(root_pem=authority.pem))
    assert "UNATTRIBUTED" in report.limits
    assert any("not marked as a signer" in note for note in report.notes)
    both = verify(package, Trust(root_pem=authority.pem, signer_fingerprint=clerk.fingerprint))
    assert "UNATTRIBUTED" not in both.limits


def test_a_certificate_for_another_purpose_refuses(authority: Authority) -> None:
    server = authority.issue("web", uses=(ExtendedKeyUsageOID.SERVER_AUTH,))
    found: list[Finding] = []
    attribute(Sealing(server.certificate, (), "x", SEALED_AT), Trust(root_pem=authority.pem), found)
    assert any("another purpose" in finding.problem for finding in found)


def test_the_allowed_signers_file_that_a_recipient_keeps(package: Path, signer: Identity, employee: Identity) -> None:
    comment = "# our examiners\n"
    good = verify(package, Trust(allowed_signers=comment + allowed_signers(employee) + allowed_signers(signer)))
    assert good.signer and good.signer.confirmed_by == "allowed-signers"
    bad = verify(package, Trust(allowed_signers=allowed_signers(employee)))
    assert bad.verdict is Verdict.NOT_VERIFIED and checks_of(bad) == {"signer"}
    elsewhere = allowed_signers(signer).replace("evidence-package", "git")
    assert verify(package, Trust(allowed_signers=elsewhere)).verdict is Verdict.NOT_VERIFIED


def test_what_is_no_allowed_signers_file_is_told_before_anything_is_refused(signer: Identity, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.write_text("# ours\n" + allowed_signers(signer), "utf-8")
    assert given_signers(kept) == kept.read_text("utf-8") and given_signers(None) is None
    for text in ("", "hello\n", "# mara ecdsa-sha2-nistp256 AAAA\n"):
        kept.write_text(text, "utf-8")
        with pytest.raises(BadTrust, match="names no key"):
            given_signers(kept)


def test_an_expired_certificate_is_a_limit_and_never_plain(issued_package: Path, authority: Authority) -> None:
    late = NOW + timedelta(days=100)
    report = verify(issued_package, Trust(root_pem=authority.pem, now=late))
    assert "EXPIRED" in report.limits
    assert report.checks[4].state == "unknown"


def test_a_seal_outside_the_certificates_life_refuses(employee: Identity) -> None:
    for at in (NOW - timedelta(days=60), NOW + timedelta(days=400)):
        found: list[Finding] = []
        attribute(Sealing(employee.certificate, (), "x", at), Trust(now=NOW), found)
        assert any("was not valid" in finding.problem for finding in found)


# ------------------------------------------------------------------ revocation and time


def test_a_revoked_signer_refuses(issued_package: Path, authority: Authority, employee: Identity) -> None:
    for at in (SEALED_AT - timedelta(days=1), NOW - timedelta(minutes=10)):
        pem = authority.pem + authority.revoke(employee, at)
        report = verify(issued_package, Trust(root_pem=pem, now=NOW))
        assert report.verdict is Verdict.NOT_VERIFIED, "without a stamp nothing proves that the seal is older"
        assert any("revoked" in finding.problem for finding in report.findings)


def test_a_revocation_inside_the_package_counts(
    tmp_path: Path, issued_package: Path, authority: Authority, employee: Identity
) -> None:
    top, files = unpack(issued_package)
    files["certs/crl.pem"] = authority.revoke(employee, SEALED_AT - timedelta(days=1))
    Insider(employee, tmp_path / "i").relist(files)
    report = verify(pack(tmp_path / "x.zip", top, files), Trust(root_pem=authority.pem, now=NOW))
    assert any("revoked" in finding.problem for finding in report.findings)


def test_revoking_somebody_else_changes_nothing(issued_package: Path, authority: Authority) -> None:
    pem = authority.pem + authority.revoke(authority.issue("Other"), SEALED_AT - timedelta(days=1))
    assert verify(issued_package, Trust(root_pem=pem, now=NOW)).verdict is Verdict.LIMITED


class Clockmaker:
    """A time stamp service of our own: `openssl ts` with its own root."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.authority = Authority.create("TSA Root")
        service = self.authority.issue("TSA", uses=(ExtendedKeyUsageOID.TIME_STAMPING,), ends=timedelta(days=300))
        builder = x509.CertificateBuilder(
            service.certificate.issuer,
            service.certificate.subject,
            service.certificate.public_key(),
            service.certificate.serial_number,
            service.certificate.not_valid_before_utc,
            service.certificate.not_valid_after_utc,
        )
        critical = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
        certificate = builder.add_extension(critical, critical=True).sign(self.authority.key, SHA256())
        key = service.private_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        (folder / "tsa.key").write_bytes(key)
        (folder / "tsa.pem").write_bytes(certificate.public_bytes(Encoding.PEM))
        (folder / "serial").write_text("01\n")
        (folder / "ts.cnf").write_text(
            "[tsa]\ndefault_tsa=here\n[here]\nserial=serial\nsigner_cert=tsa.pem\nsigner_key=tsa.key\n"
            "signer_digest=sha256\ndefault_policy=1.2.3.4.1\ndigests=sha256\naccuracy=secs:1\ncrypto_device=builtin\n"
        )

    def stamp(self, data: bytes) -> bytes:
        (self.folder / "data").write_bytes(data)
        query = ["openssl", "ts", "-query", "-data", "data", "-sha256", "-cert", "-out", "query"]
        reply = [
            "openssl",
            "ts",
            "-reply",
            "-config",
            "ts.cnf",
            "-section",
            "here",
            "-queryfile",
            "query",
            "-out",
            "reply",
        ]
        for command in (query, reply):
            subprocess.run(command, cwd=self.folder, check=True, capture_output=True)
        return (self.folder / "reply").read_bytes()


@pytest.fixture(scope="module")
def clockmaker(tmp_path_factory: pytest.TempPathFactory) -> Clockmaker:
    return Clockmaker(tmp_path_factory.mktemp("tsa"))


def complete(files: Files, insider: Insider) -> None:
    """Nothing left out: every kept row enclosed, no limit declared."""
    table = files["data/tables/requests.csv"]
    row = table.splitlines()[1].decode().replace("/requests/0,", "/requests/3,")
    files["data/tables/requests.csv"] = table + f"{row}\n".encode()
    edit_json(files, "data/tables/requests.schema.json", lambda schema: schema.update(rows=4))

    def all_enclosed(value: dict) -> None:
        value["complete"] = True
        value["sources"][0].update(cited=4, enclosed=4, filtered=0)
        value["ledger"]["omitted"] = 0

    lines = files["data/custody/ledger.jsonl"].splitlines()
    seq = next(number for number, line in enumerate(lines) if line.startswith(b'{"omitted"'))
    time = SEALED_AT - timedelta(days=10) + timedelta(minutes=seq)
    actor = insider.identity.key_fingerprint
    opened = compose(Line(seq, line_hash(lines[seq - 1]), time, actor, "opened", "attachment", "1"))
    assert omitted(seq, line_hash(opened)) == lines[seq]
    lines[seq] = opened
    files["data/custody/ledger.jsonl"] = b"".join(line + b"\n" for line in lines)

    edit_json(files, "data/completeness.json", all_enclosed)
    edit_json(files, "data/metadata/package.json", lambda info: info.update(limits=[]))
    insider.relist(files)


@pytest.fixture(scope="module")
def stamped(
    tmp_path_factory: pytest.TempPathFactory, issued_package: Path, employee: Identity, clockmaker: Clockmaker
) -> Path:
    folder = tmp_path_factory.mktemp("stamped")
    top, files = unpack(issued_package)
    complete(files, Insider(employee, folder / "i"))
    files["seals/01-examiner.p7s.tsr"] = clockmaker.stamp(files["seals/01-examiner.p7s"])
    return pack(folder / f"{top}.zip", top, files)


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory, issued_package: Path) -> Path:
    """The checkpoint, as somebody outside kept it."""
    _, files = unpack(issued_package)
    path = tmp_path_factory.mktemp("kept") / "8.checkpoint"
    path.write_bytes(files["data/custody/checkpoints/8.checkpoint"])
    return path


def test_verified_without_any_limit(stamped: Path, authority: Authority, clockmaker: Clockmaker, seen: Path) -> None:
    report = verify(stamped, Trust(root_pem=authority.pem, tsa_pem=clockmaker.authority.pem, against=(seen,)))
    assert report.verdict is Verdict.VERIFIED, (report.findings, report.limits, report.notes)
    assert report.limits == () and report.exit_code() == 0
    assert report.headline == "Verified"
    assert report.sentence.startswith("Every file in this package is exactly as Ben Alvarez signed it")
    assert {row.state for row in report.checks} == {"pass"}
    assert report.stamped_at is not None and abs(
        report.stamped_at - datetime.now(report.stamped_at.tzinfo)
    ) < timedelta(hours=1)


def test_a_stamp_is_nothing_without_its_root(stamped: Path, authority: Authority) -> None:
    report = verify(stamped, Trust(root_pem=authority.pem))
    assert "UNSTAMPED" in report.limits
    assert any("was not checked" in note for note in report.notes)


def test_a_stamp_by_another_service_refuses(stamped: Path, authority: Authority) -> None:
    report = verify(stamped, Trust(root_pem=authority.pem, tsa_pem=Authority.create("Other TSA").pem))
    assert report.verdict is Verdict.NOT_VERIFIED and checks_of(report) == {"time"}


def test_a_stamp_over_something_else_refuses(
    tmp_path: Path, stamped: Path, authority: Authority, clockmaker: Clockmaker
) -> None:
    top, files = unpack(stamped)
    files["seals/01-examiner.p7s.tsr"] = clockmaker.stamp(b"other")
    report = verify(
        pack(tmp_path / "x.zip", top, files), Trust(root_pem=authority.pem, tsa_pem=clockmaker.authority.pem)
    )
    assert report.verdict is Verdict.NOT_VERIFIED and checks_of(report) == {"time"}


def test_a_stamp_beside_the_package_counts(
    tmp_path: Path, issued_package: Path, authority: Authority, clockmaker: Clockmaker
) -> None:
    package = tmp_path / issued_package.name
    package.write_bytes(issued_package.read_bytes())
    _, files = unpack(package)
    package.with_name(package.name + ".tsr").write_bytes(clockmaker.stamp(files["seals/01-examiner.p7s"]))
    report = verify(package, Trust(root_pem=authority.pem, tsa_pem=clockmaker.authority.pem))
    assert report.limits == ("UNWITNESSED", "PARTIAL", "REDACTED")


def test_revoked_and_expired_after_the_stamp(
    stamped: Path, authority: Authority, employee: Identity, clockmaker: Clockmaker, seen: Path
) -> None:
    """What happened to the certificate after the proved time is a limit, or nothing."""
    trust = Trust(root_pem=authority.pem, tsa_pem=clockmaker.authority.pem, against=(seen,))
    late = NOW + timedelta(days=100)
    assert verify(stamped, Trust(**{**_fields(trust), "now": late})).verdict is Verdict.VERIFIED
    revoked = authority.pem + authority.revoke(employee, datetime.now(NOW.tzinfo) + timedelta(hours=2))
    later = datetime.now(NOW.tzinfo) + timedelta(days=1)
    report = verify(stamped, Trust(**{**_fields(trust), "root_pem": revoked, "now": later}))
    assert report.limits == ("REVOKED-LATER",), report.findings
    before = authority.pem + authority.revoke(employee, SEALED_AT)
    assert verify(stamped, Trust(**{**_fields(trust), "root_pem": before})).verdict is Verdict.NOT_VERIFIED


def _fields(trust: Trust) -> dict:
    return {name: getattr(trust, name) for name in Trust.__dataclass_fields__}


# ------------------------------------------------------------------ witnesses

EMPTY_ROOT = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"  # SHA-256 of nothing


def test_an_older_state_witnesses(tmp_path: Path, package: Path, signer: Identity) -> None:
    _, files = unpack(package)
    lines = files["data/custody/ledger.jsonl"].splitlines()
    from casebound_packaging.ledger import leaves
    from casebound_packaging.merkle import root

    older = tmp_path / "older.checkpoint"
    state = Checkpoint("casebound/CASE-7/0123456789abcdef", 3, root(leaves(lines)[:3]).hex())
    older.write_text(sign_checkpoint(state, signer))
    answer = tmp_path / "answer.json"
    answer.write_text(json.dumps(verify(package).as_json()))
    for witness in (older, answer):
        report = verify(package, Trust(against=(witness,)))
        assert "UNWITNESSED" not in report.limits, witness
        assert "agrees with what was seen outside" in report.checks[2].detail


def test_a_package_is_no_witness_to_itself(tmp_path: Path, package: Path) -> None:
    copy = tmp_path / "copy.zip"
    copy.write_bytes(package.read_bytes())
    for witness in (package, copy):
        report = verify(package, Trust(against=(witness,)))
        assert "UNWITNESSED" in report.limits
        assert any("no witness" in note for note in report.notes)


def test_a_contradicting_state_refuses(tmp_path: Path, package: Path, issued_package: Path, signer: Identity) -> None:
    wrong = tmp_path / "wrong.checkpoint"
    wrong.write_text(sign_checkpoint(Checkpoint("casebound/CASE-7/0123456789abcdef", 3, "ab" * 32), signer))
    other = tmp_path / "other.checkpoint"
    other.write_text(sign_checkpoint(Checkpoint("casebound/CASE-8/0123456789abcdef", 3, "ab" * 32), signer))
    for witness in (wrong, other, issued_package):
        report = verify(package, Trust(against=(witness,)))
        assert report.verdict is Verdict.NOT_VERIFIED, witness
        assert checks_of(report) == {"custody"}


def test_a_later_state_cannot_be_compared_and_is_said_so(tmp_path: Path, package: Path, signer: Identity) -> None:
    later = tmp_path / "later.checkpoint"
    later.write_text(sign_checkpoint(Checkpoint("casebound/CASE-7/0123456789abcdef", 99, "ab" * 32), signer))
    report = verify(package, Trust(against=(later,)))
    assert "UNWITNESSED" in report.limits
    assert any("cannot be compared" in note for note in report.notes)


def test_a_checkpoint_of_nothing_is_no_witness(tmp_path: Path, package: Path, signer: Identity) -> None:
    nothing = tmp_path / "nothing.checkpoint"
    nothing.write_text(sign_checkpoint(Checkpoint("casebound/CASE-7/0123456789abcdef", 0, EMPTY_ROOT), signer))
    with pytest.raises(BadTrust):
        verify(package, Trust(against=(nothing,)))


@pytest.mark.parametrize("content", [b"", b"hello", b"{}", b'{"checkpoint": {"size": 3}}', b"PK\x03\x04"])
def test_a_witness_that_is_none_is_an_error(tmp_path: Path, package: Path, content: bytes) -> None:
    path = tmp_path / "witness"
    path.write_bytes(content)
    with pytest.raises(BadTrust):
        verify(package, Trust(against=(path,)))


# ------------------------------------------------------------------ two signers, and a report alone


def test_a_second_seal_is_checked_and_named(
    tmp_path: Path, issued_package: Path, authority: Authority, employee: Identity, signer: Identity
) -> None:
    top, files = unpack(issued_package)
    edit_json(
        files, "data/metadata/package.json", lambda info: info.update(seals_expected=["01-examiner", "02-reviewer"])
    )
    reviewer = authority.issue("Rita Reviewer")
    Insider(employee, tmp_path / "i", {"02-reviewer": reviewer}).relist(files)
    package = pack(tmp_path / "two.zip", top, files)
    report = verify(package, Trust(root_pem=authority.pem))
    assert report.limits == ("UNSTAMPED", "UNWITNESSED", "PARTIAL", "REDACTED") and report.counts["seals"] == 2
    assert any("Rita Reviewer (02-reviewer, confirmed)" in note for note in report.notes)
    one = verify(package, Trust(signer_fingerprint=employee.fingerprint))
    assert "UNATTRIBUTED" in one.limits and not one.findings, "the second signer is nobody's yet"
    both = verify(package, Trust(signer_fingerprint=f"{employee.fingerprint},{reviewer.fingerprint}"))
    assert "UNATTRIBUTED" not in both.limits
    Insider(employee, tmp_path / "i", {"02-reviewer": signer}).relist(files)
    foreign = verify(pack(tmp_path / "foreign.zip", top, files), Trust(root_pem=authority.pem))
    assert checks_of(foreign) == {"signer"}
    Insider(employee, tmp_path / "i", {"02-reviewer": employee}).relist(files)
    same = verify(pack(tmp_path / "same.zip", top, files), Trust(root_pem=authority.pem))
    assert any("one key" in finding.problem for finding in same.findings)


def test_a_report_alone_is_judged_as_a_report(tmp_path: Path, signer: Identity) -> None:
    path = tmp_path / "report.pdf"
    path.write_bytes(signed_report(tmp_path / "r", signer, "CASE-7-v1-2bfa6a1f0bb8", "ab" * 32))
    report = verify(path, Trust(signer_fingerprint=signer.fingerprint))
    assert report.kind == "report" and report.verdict is Verdict.LIMITED
    assert report.package_id == "CASE-7-v1-2bfa6a1f0bb8" and report.evidence_root == "ab" * 32
    assert "evidence it speaks of was not there" in report.sentence
    assert [row.state for row in report.checks] == ["not-checked"] * 3 + ["pass", "pass", "unknown"]
    assert "UNATTRIBUTED" in verify(path).limits
    assert verify(path, Trust(signer_fingerprint="0" * 64)).verdict is Verdict.NOT_VERIFIED
    whole = path.read_bytes()
    for changed in (whole + b"%", whole.replace(b"endstream", b"endstreaM", 1), whole[:-200]):
        path.write_bytes(changed)
        assert verify(path).verdict is Verdict.NOT_VERIFIED
    unsigned_report(path, "CASE-7-v1-2bfa6a1f0bb8", "ab" * 32)
    assert verify(path).verdict is Verdict.NOT_VERIFIED
