"""An organisation's root: requests, certificates and revocation lists, as openssl sees them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from programs import needs, run
from specimen import DOCUMENT_SIGNING, NOW, seal_specimen

from casebound_packaging.authority import Authority, Withdrawal
from casebound_packaging.certification import read_certificates, read_request
from casebound_packaging.errors import BadIdentity, CannotWrite
from casebound_packaging.identity import Identity, list_path
from casebound_packaging.verify import Trust, Verdict, verify


@pytest.fixture(scope="module")
def root() -> Authority:
    return Authority.create("Northgate Root", organisation="Northgate Ltd", clock=lambda: NOW - timedelta(days=30))


@pytest.fixture(scope="module")
def examiner(root: Authority) -> Identity:
    """Edda, who made her key herself and had it certified."""
    own = Identity.create("Edda Falk", organisation="Northgate Ltd", clock=lambda: NOW - timedelta(days=20))
    issued = root.issue(read_request(own.request()), clock=lambda: NOW - timedelta(days=10))
    return own.certified([issued, root.certificate])


def test_the_root_may_issue_and_nothing_else(root: Authority, tmp_path: Path) -> None:
    extensions = root.certificate.extensions
    limits = extensions.get_extension_for_class(x509.BasicConstraints)
    assert limits.critical and limits.value.ca and limits.value.path_length == 0
    usage = extensions.get_extension_for_class(x509.KeyUsage).value
    assert (usage.key_cert_sign, usage.crl_sign, usage.digital_signature) == (True, True, False)
    root.save(tmp_path / "root.p12", "pass")
    assert Authority.load(tmp_path / "root.p12", "pass").certificate == root.certificate
    with pytest.raises(BadIdentity, match="not meant for signing"):
        Identity.load(tmp_path / "root.p12", "pass")
    with pytest.raises(CannotWrite):
        root.save(tmp_path / "root.p12", "pass")


def test_an_identity_is_no_root(signer: Identity, tmp_path: Path) -> None:
    signer.save(tmp_path / "me.p12", "pass")
    with pytest.raises(BadIdentity, match="may not issue"):
        Authority.load(tmp_path / "me.p12", "pass")


@needs("openssl")
def test_openssl_accepts_request_certificate_and_list(root: Authority, examiner: Identity, tmp_path: Path) -> None:
    (tmp_path / "root.pem").write_bytes(root.pem())
    (tmp_path / "cert.pem").write_bytes(examiner.certificate_pem())
    (tmp_path / "req.pem").write_bytes(examiner.request())
    (tmp_path / "crl.pem").write_bytes(root.withdrawn([], None))
    done = run("openssl req -in req.pem -noout -verify -subject", tmp_path)
    assert done.returncode == 0 and "verify OK" in done.stderr and "Edda Falk" in done.stdout
    check = "openssl verify -CAfile root.pem -no-CApath -no-CAstore -purpose smimesign -crl_check -CRLfile crl.pem"
    assert run(f"{check} cert.pem", tmp_path).returncode == 0
    withdrawal = Withdrawal(
        examiner.certificate.serial_number, NOW - timedelta(minutes=5), "key-compromise", NOW - timedelta(days=3)
    )
    (tmp_path / "crl.pem").write_bytes(root.withdrawn([withdrawal], None))
    done = run(f"{check} cert.pem", tmp_path)
    assert done.returncode != 0 and "certificate revoked" in done.stderr
    told = run("openssl crl -in crl.pem -noout -text -CAfile root.pem", tmp_path)
    assert "verify OK" in told.stderr and "Key Compromise" in told.stdout and "Invalidity Date" in told.stdout


def test_the_certificate_is_for_sealing_whatever_was_asked_for(root: Authority) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    asked = (
        x509.CertificateSigningRequestBuilder()
        .subject_name(
            x509.Name(
                [
                    x509.NameAttribute(NameOID.COMMON_NAME, "Mallory"),
                    x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, "Board"),
                ]
            )
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, SHA256())
    )
    made = root.issue(read_request(asked.public_bytes(Encoding.PEM)), days=100_000)
    assert made.subject.rfc4514_string() == "CN=Mallory"
    assert not made.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    purposes = list(made.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value)
    assert purposes == [ExtendedKeyUsageOID.EMAIL_PROTECTION, DOCUMENT_SIGNING]
    assert made.not_valid_after_utc <= root.certificate.not_valid_after_utc
    assert made.not_valid_before_utc <= datetime.now(UTC)


def _request(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> bytes:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Rudi")])
    return x509.CertificateSigningRequestBuilder().subject_name(name).sign(key, SHA256()).public_bytes(Encoding.PEM)


def test_requests_that_are_none_are_told(examiner: Identity) -> None:
    good = examiner.request()
    body = good.splitlines()
    body[2] = body[2][:20] + (b"A" if body[2][20:21] != b"A" else b"B") + body[2][21:]
    for pem in (b"", b"hello", examiner.certificate_pem(), b"\n".join(body)):
        with pytest.raises(BadIdentity):
            read_request(pem)
    for key in (ec.generate_private_key(ec.SECP384R1()), rsa.generate_private_key(65537, 2048)):
        with pytest.raises(BadIdentity, match="cannot seal with"):
            read_request(_request(key))


def test_a_certificate_comes_back_into_the_identity(root: Authority, examiner: Identity, tmp_path: Path) -> None:
    assert (examiner.self_issued, examiner.issuer, examiner.root) == (False, "Northgate Root", root.certificate)
    examiner.save(tmp_path / "edda.p12", "pass")
    list_path(tmp_path / "edda.p12").write_bytes(root.withdrawn([], None) + b"and something else\n")
    loaded = Identity.load(tmp_path / "edda.p12", "pass")
    assert loaded.chain == (root.certificate,)
    assert loaded.crls.startswith(b"-----BEGIN X509 CRL-----") and b"something" not in loaded.crls
    list_path(tmp_path / "edda.p12").write_bytes(b"no list")
    with pytest.raises(BadIdentity, match="no revocation list"):
        Identity.load(tmp_path / "edda.p12", "pass")


def test_what_does_not_belong_is_not_installed(root: Authority, examiner: Identity, signer: Identity) -> None:
    with pytest.raises(BadIdentity, match="None of the certificates"):
        signer.certified([examiner.certificate, root.certificate])
    own = Identity.create("Edda Falk")
    alone = root.issue(read_request(own.request()))
    with pytest.raises(BadIdentity, match="without its issuer"):
        own.certified([alone])
    lookalike = Authority.create("Northgate Root", organisation="Northgate Ltd")
    with pytest.raises(BadIdentity, match="without its issuer"):
        own.certified([alone, lookalike.certificate])
    with pytest.raises(BadIdentity, match="no certificate"):
        read_certificates(b"hello")


def test_an_own_ca_with_a_certificate_between_is_accepted(signer: Identity) -> None:
    """An organisation's existing CA: RSA root, an issuing CA below it, a certificate with more purposes than ours."""
    root_key, between_key = rsa.generate_private_key(65537, 3072), ec.generate_private_key(ec.SECP384R1())
    names = [x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, one)]) for one in ("Corp Root", "Corp Issuing CA")]

    def ca(subject: x509.Name, issuer: x509.Name, key: object, by: object) -> x509.Certificate:
        return (
            x509.CertificateBuilder(issuer, subject, key.public_key(), x509.random_serial_number())  # type: ignore[attr-defined]
            .not_valid_before(NOW - timedelta(days=90))
            .not_valid_after(NOW + timedelta(days=900))
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(by, SHA256())  # type: ignore[arg-type]
        )

    top, between = ca(names[0], names[0], root_key, root_key), ca(names[1], names[0], between_key, root_key)
    own = (
        x509.CertificateBuilder(
            names[1], signer.certificate.subject, signer.certificate.public_key(), x509.random_serial_number()
        )
        .not_valid_before(NOW - timedelta(days=2))
        .not_valid_after(NOW + timedelta(days=90))
        .add_extension(
            x509.ExtendedKeyUsage(
                [ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.EMAIL_PROTECTION, DOCUMENT_SIGNING]
            ),
            critical=False,
        )
        .sign(between_key, SHA256())
    )
    made = signer.certified([own, top, between])
    assert made.chain == (between, top)


def test_a_list_grows_and_forgets_nobody(root: Authority, examiner: Identity) -> None:
    first = x509.load_pem_x509_crl(root.withdrawn([Withdrawal(7, NOW)], None))
    second = x509.load_pem_x509_crl(root.withdrawn([Withdrawal(8, NOW, "left"), Withdrawal(7, NOW, "left")], first))
    assert [one.serial_number for one in second] == [7, 8]
    kept = second.get_revoked_certificate_by_serial_number(7)
    assert kept is not None and not list(kept.extensions), "kept as it was"
    numbers = [one.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number for one in (first, second)]
    assert numbers == [1, 2]
    other = Authority.create("Northgate Root", organisation="Northgate Ltd")
    with pytest.raises(BadIdentity, match="not made by this root"):
        other.withdrawn([], first)


def test_an_expired_root_issues_nothing(examiner: Identity) -> None:
    old = Authority.create("Old Root", days=10, clock=lambda: NOW - timedelta(days=11))
    with pytest.raises(BadIdentity, match="not valid any more"):
        old.issue(read_request(examiner.request()))


# ------------------------------------------------------------------ renewal, a new key, a lost key


def test_renewing_keeps_the_key_and_who_confirmed_it(signer: Identity) -> None:
    renewed = signer.renewed(lambda: NOW)
    assert renewed.key_fingerprint == signer.key_fingerprint and renewed.fingerprint != signer.fingerprint
    assert renewed.certificate.not_valid_after_utc > signer.certificate.not_valid_after_utc
    assert renewed.certificate.serial_number != signer.certificate.serial_number


def test_an_issued_certificate_is_renewed_by_its_issuer_only(root: Authority, examiner: Identity) -> None:
    with pytest.raises(BadIdentity, match="only they can renew"):
        examiner.renewed()
    later = root.issue(read_request(examiner.request()), clock=lambda: NOW - timedelta(days=1))
    again = examiner.certified([later])  # the chain is in the identity already
    assert again.certificate == later and again.chain == examiner.chain


def test_a_key_that_was_confirmed_stays_so_when_renewed(tmp_path: Path, signer: Identity) -> None:
    package = seal_specimen(tmp_path, signer.renewed(lambda: NOW - timedelta(days=1)))
    report = verify(package, Trust(known=frozenset({signer.key_fingerprint})))
    assert report.signer and report.signer.confirmed_by == "remembered" and "UNATTRIBUTED" not in report.limits


def test_a_lost_key_takes_nothing_from_what_it_sealed(root: Authority, examiner: Identity, tmp_path: Path) -> None:
    """The key is gone, and in nobody's hands: it is not revoked, and a new one is certified. Both packages verify."""
    (tmp_path / "old").mkdir()
    (tmp_path / "new").mkdir()
    before = seal_specimen(tmp_path / "old", examiner)
    fresh = Identity.create("Edda Falk", organisation="Northgate Ltd", clock=lambda: NOW - timedelta(days=2))
    issued = root.issue(read_request(fresh.request()), clock=lambda: NOW - timedelta(days=1))
    after = seal_specimen(tmp_path / "new", fresh.certified([issued, root.certificate]))
    trust = Trust(root_pem=root.pem(), crl_pem=root.withdrawn([], None))
    for package in (before, after):
        report = verify(package, trust)
        assert report.verdict is Verdict.LIMITED and "UNATTRIBUTED" not in report.limits, report.findings
    superseded = root.withdrawn([Withdrawal(examiner.certificate.serial_number, NOW, "superseded")], None)
    revoked = verify(before, Trust(root_pem=root.pem(), crl_pem=superseded))
    assert revoked.verdict is Verdict.NOT_VERIFIED, "without a stamp nothing proves that the seal is older"
