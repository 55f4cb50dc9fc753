"""RFC 3161 time stamps: read, compared with what they are over, and judged by who made them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import rfc3161_client
from asn1crypto import tsp
from asn1crypto.x509 import Certificate
from authorities import Authority
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID
from programs import needs, run
from stampmaker import DatedMaker, StampMaker, check_stamp

from casebound_packaging.servicetrust import ExpiredService, UnknownService, vouch
from casebound_packaging.stamp import BadStamp, query, read_stamp

pytestmark = needs("openssl")
DATA = b"a seal"
NOW = datetime.now(UTC).replace(microsecond=0)


@pytest.fixture(scope="module")
def maker(tmp_path_factory: pytest.TempPathFactory, authority: Authority) -> StampMaker:
    return StampMaker.create(tmp_path_factory.mktemp("tsa"), authority)


@pytest.fixture(scope="module")
def answer(maker: StampMaker) -> bytes:
    return maker.stamp(DATA)


def kept(folder: Path, answer: bytes, authority: Authority) -> Path:
    (folder / "seal.p7s").write_bytes(DATA)
    (folder / "seal.p7s.tsr").write_bytes(answer)
    (folder / "TSA-ROOT.pem").write_bytes(authority.pem)
    return folder


CHECK = "openssl ts -verify -data seal.p7s -in seal.p7s.tsr -CAfile TSA-ROOT.pem"


def test_a_stamp_says_when_and_by_whom(answer: bytes, authority: Authority) -> None:
    moment = check_stamp(answer, DATA, [authority.certificate])
    assert abs(moment - datetime.now(UTC)) < timedelta(minutes=10) and moment.tzinfo is UTC
    assert read_stamp(answer).service == "Example Time Stamps"


def test_openssl_and_a_library_of_others_agree(answer: bytes, authority: Authority, tmp_path: Path) -> None:
    checked = run(CHECK, kept(tmp_path, answer, authority))
    assert "Verification: OK" in checked.stdout, checked.stderr
    other = rfc3161_client.decode_timestamp_response(answer)
    assert rfc3161_client.VerifierBuilder(roots=[authority.certificate]).build().verify_message(other, DATA)
    assert other.tst_info.gen_time == read_stamp(answer).moment


def test_our_query_is_one_that_openssl_answers(maker: StampMaker, tmp_path: Path) -> None:
    asked, nonce = query(bytes(range(32)))
    (tmp_path / "a.tsq").write_bytes(asked)
    told = run("openssl ts -query -in a.tsq -text", tmp_path).stdout
    assert "Hash Algorithm: sha256" in told and "Certificate required: yes" in told
    assert read_stamp(maker.reply(asked)).nonce == nonce


def test_a_chain_in_any_order_is_read(tmp_path: Path, authority: Authority) -> None:
    """OpenSSL writes the certificates as they come, which strict DER forbids; many services run OpenSSL."""
    made = StampMaker.create(tmp_path / "tsa", authority, chain=True).stamp(DATA)
    stamp = read_stamp(made)
    assert len(stamp.others) == 1
    vouch(stamp, [authority.certificate])
    assert "Verification: OK" in run(CHECK, kept(tmp_path, made, authority)).stdout


def test_an_older_kind_of_stamp_is_read(tmp_path: Path, authority: Authority) -> None:
    made = DatedMaker(authority).stamp(DATA, NOW - timedelta(days=400))
    assert check_stamp(made, DATA, [authority.certificate]) == NOW - timedelta(days=400)
    assert "Verification: OK" in run(CHECK, kept(tmp_path, made, authority)).stdout


def test_a_stamp_over_other_bytes_is_refused(answer: bytes, authority: Authority) -> None:
    with pytest.raises(BadStamp, match="over other bytes"):
        check_stamp(answer, DATA + b"!", [authority.certificate])


def test_a_stamp_under_another_root_is_by_somebody_unknown(answer: bytes) -> None:
    for roots in ([], [Authority.create("Example Root").certificate]):
        with pytest.raises(UnknownService):
            check_stamp(answer, DATA, roots)


def test_every_changed_byte_of_a_stamp_is_refused(answer: bytes, authority: Authority) -> None:
    genuine = read_stamp(answer)
    for place in range(0, len(answer), 3):
        changed = bytearray(answer)
        changed[place] ^= 1
        try:
            check_stamp(bytes(changed), DATA, [authority.certificate])
            stamp = read_stamp(bytes(changed))
        except BadStamp:
            continue
        said = (stamp.moment, stamp.imprint, stamp.nonce, stamp.signer)
        assert said == (genuine.moment, genuine.imprint, genuine.nonce, genuine.signer), (
            f"byte {place}: what lies outside of what is signed may change, nothing else"
        )


def test_half_a_stamp_and_what_is_none_are_refused(answer: bytes) -> None:
    none = (
        b"",
        b"<html>",
        b"\x30\x03\x02\x01\x02",
        b"\x30\x05\x30\x03\x02\x01\x02",
        b"\x30\x80" * 50_000,
        b"x" * 10**6,
    )
    for data in (*none, answer + b"\0", *(answer[:length] for length in range(0, len(answer), 37))):
        with pytest.raises(BadStamp):
            read_stamp(data)


def test_a_service_whose_certificate_nobody_can_read_is_refused(authority: Authority) -> None:
    maker = DatedMaker(authority)
    made = Certificate.load(maker.certificate.public_bytes(Encoding.DER))
    extensions = made["tbs_certificate"]["extensions"]
    extensions.append(extensions[0].copy())  # twice the same, which no standard allows
    made["signature_value"] = authority.key.sign(made["tbs_certificate"].dump(force=True), ec.ECDSA(SHA256()))
    maker.certificate = x509.load_der_x509_certificate(made.dump(force=True))
    with pytest.raises(BadStamp, match="cannot be read"):
        check_stamp(maker.stamp(DATA, NOW), DATA, [authority.certificate])


def test_a_service_that_refuses_says_why_in_plain_words(maker: StampMaker) -> None:
    asked = tsp.TimeStampReq.load(query(bytes(32))[0])
    asked["message_imprint"] = {"hash_algorithm": {"algorithm": "sha512"}, "hashed_message": bytes(64)}
    with pytest.raises(BadStamp, match=r"the service refused .*bad_alg"):
        read_stamp(maker.reply(asked.dump()))
    status = tsp.PKIStatusInfo({"status": "rejection", "status_string": ["\x1b[2Jno\u202e\n" + "x" * 999]})
    body = status.dump()
    with pytest.raises(BadStamp, match="the service refused") as caught:
        read_stamp(b"\x30\x82" + len(body).to_bytes(2, "big") + body)
    assert str(caught.value).isprintable() and len(str(caught.value)) < 200


# ------------------------------------------------------------------ who made it


def test_a_certificate_that_is_not_for_stamps_alone_is_refused(authority: Authority) -> None:
    email = ExtendedKeyUsageOID.EMAIL_PROTECTION
    both = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING, email])
    for maker in (
        DatedMaker(authority, purposes=None),
        DatedMaker(authority, purposes=x509.ExtendedKeyUsage([email])),
        DatedMaker(authority, purposes=both),
        DatedMaker(authority, critical=False),
    ):
        with pytest.raises(BadStamp, match="not for time stamps"):
            check_stamp(maker.stamp(DATA, NOW), DATA, [authority.certificate])


def test_a_certificate_out_of_its_time_cannot_stamp(authority: Authority) -> None:
    maker = DatedMaker(authority, begins=timedelta(days=-20), ends=timedelta(days=-5))
    for days in (30, 1):
        with pytest.raises(BadStamp, match="not valid at the time of the stamp"):
            check_stamp(maker.stamp(DATA, NOW - timedelta(days=days)), DATA, [authority.certificate])


def test_a_service_that_expired_since_proves_nothing_any_more(authority: Authority) -> None:
    maker = DatedMaker(authority, begins=timedelta(days=-20), ends=timedelta(days=-5))
    made = maker.stamp(DATA, NOW - timedelta(days=10))
    with pytest.raises(ExpiredService, match="expired on"):
        check_stamp(made, DATA, [authority.certificate])
    assert check_stamp(made, DATA, [authority.certificate], now=NOW - timedelta(days=6))


def test_a_service_that_issued_its_own_certificate_is_its_own_root(tmp_path: Path) -> None:
    maker = DatedMaker(None)
    made = maker.stamp(DATA, NOW)
    assert check_stamp(made, DATA, [maker.certificate]) == NOW
    with pytest.raises(UnknownService):
        check_stamp(made, DATA, [Authority.create("Dated Time Stamps").certificate])
    (tmp_path / "TSA-ROOT.pem").write_bytes(maker.certificate.public_bytes(Encoding.PEM))
    (tmp_path / "seal.p7s").write_bytes(DATA)
    (tmp_path / "seal.p7s.tsr").write_bytes(made)
    assert "Verification: OK" in run(CHECK, tmp_path).stdout


def revoking(
    authority: Authority, certificate: x509.Certificate, at: datetime, reason: x509.ReasonFlags | None
) -> x509.CertificateRevocationList:
    entry = x509.RevokedCertificateBuilder().serial_number(certificate.serial_number).revocation_date(at)
    if reason is not None:
        entry = entry.add_extension(x509.CRLReason(reason), critical=False)
    return (
        x509.CertificateRevocationListBuilder()
        .issuer_name(authority.certificate.subject)
        .last_update(NOW - timedelta(minutes=5))
        .next_update(NOW + timedelta(days=7))
        .add_revoked_certificate(entry.build())
        .sign(authority.key, SHA256())
    )


def test_a_revoked_service_counts_only_if_it_was_retired_after_the_stamp(authority: Authority) -> None:
    maker = DatedMaker(authority)
    stamp = read_stamp(maker.stamp(DATA, NOW - timedelta(days=10)))
    retired, lost = x509.ReasonFlags.cessation_of_operation, x509.ReasonFlags.key_compromise
    after, before = NOW - timedelta(days=2), NOW - timedelta(days=30)
    vouch(stamp, [authority.certificate], lists=[revoking(authority, maker.certificate, after, retired)])
    stranger = Authority.create("Example Root")
    vouch(stamp, [authority.certificate], lists=[revoking(stranger, maker.certificate, before, lost)])
    for at, reason in ((before, retired), (after, lost), (after, None)):
        with pytest.raises(BadStamp, match="was revoked on"):
            vouch(stamp, [authority.certificate], lists=[revoking(authority, maker.certificate, at, reason)])
