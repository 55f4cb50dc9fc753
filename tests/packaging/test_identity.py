"""Identities: what the certificate says, the PKCS#12 file, and what cannot seal."""

from __future__ import annotations

import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)
from cryptography.hazmat.primitives.serialization.pkcs12 import PKCS12PrivateKeyTypes
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from programs import needs, run
from specimen import DOCUMENT_SIGNING, NOW, Authority

from casebound_packaging.errors import BadIdentity, CannotWrite
from casebound_packaging.identity import Identity, spoken


def test_a_new_identity_says_what_it_is_for() -> None:
    moment = datetime(2026, 3, 1, 9, 30, 12, 345, tzinfo=UTC)
    made = Identity.create("Ana Ruiz", organisation="Example Ltd", days=10, clock=lambda: moment)
    extensions = made.certificate.extensions
    usage = extensions.get_extension_for_class(x509.KeyUsage).value
    assert (usage.digital_signature, usage.content_commitment, usage.key_cert_sign) == (True, True, False)
    purposes = list(extensions.get_extension_for_class(x509.ExtendedKeyUsage).value)
    assert purposes == [ExtendedKeyUsageOID.EMAIL_PROTECTION, DOCUMENT_SIGNING]
    assert extensions.get_extension_for_class(x509.BasicConstraints).value.ca is False
    assert made.certificate.not_valid_before_utc == moment.replace(microsecond=0)
    assert made.certificate.not_valid_after_utc - made.certificate.not_valid_before_utc == timedelta(days=10)
    assert (made.name, made.organisation, made.self_issued, made.root) == (
        "Ana Ruiz",
        "Example Ltd",
        True,
        made.certificate,
    )
    assert isinstance(made.private_key.curve, ec.SECP256R1)


@pytest.mark.parametrize("name", ["", "   ", "x" * 65, "two\nlines", "nul\0"])
def test_a_name_that_no_certificate_can_carry_is_refused(name: str) -> None:
    with pytest.raises(BadIdentity):
        Identity.create(name)


@pytest.mark.parametrize("name", ["李明", "Zoë Ångström-O’Brien", "a"])
def test_names_of_any_script_are_kept(name: str, tmp_path: Path) -> None:
    Identity.create(name).save(tmp_path / "me.p12", "pass")
    assert Identity.load(tmp_path / "me.p12", "pass").name == name


def test_it_is_the_same_after_saving_and_loading(tmp_path: Path, employee: Identity) -> None:
    path = tmp_path / "ben.p12"
    employee.save(path, "correct horse – Ä")
    loaded = Identity.load(path, "correct horse – Ä")
    assert loaded.fingerprint == employee.fingerprint
    assert loaded.key_fingerprint == employee.key_fingerprint
    assert loaded.chain == employee.chain
    assert loaded.self_issued is False
    assert loaded.sign(b"data") == employee.sign(b"data")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [entry.name for entry in tmp_path.iterdir()] == ["ben.p12"]


@pytest.mark.parametrize("passphrase", ["wrong", "", "correct horse "])
def test_a_wrong_passphrase_is_told(tmp_path: Path, signer: Identity, passphrase: str) -> None:
    signer.save(tmp_path / "me.p12", "correct horse")
    with pytest.raises(BadIdentity, match="could not be unlocked") as caught:
        Identity.load(tmp_path / "me.p12", passphrase)
    assert caught.value.where == str(tmp_path / "me.p12")
    assert "correct" not in caught.value.paragraph()


def test_what_is_no_identity_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.p12").write_bytes(b"")
    (tmp_path / "b.p12").write_bytes(b"not a p12" * 1000)
    for name in ("a.p12", "b.p12", "missing.p12", "."):
        with pytest.raises(BadIdentity):
            Identity.load(tmp_path / name, "x")


def test_an_identity_file_is_never_replaced(tmp_path: Path, signer: Identity) -> None:
    (tmp_path / "me.p12").write_bytes(b"precious")
    with pytest.raises(CannotWrite, match="already there"):
        signer.save(tmp_path / "me.p12", "x")
    assert (tmp_path / "me.p12").read_bytes() == b"precious"
    with pytest.raises(CannotWrite):
        signer.save(tmp_path / "no" / "folder.p12", "x")
    with pytest.raises(BadIdentity):
        signer.save(tmp_path / "open.p12", "")


@needs("openssl")
def test_openssl_opens_the_file(tmp_path: Path, signer: Identity) -> None:
    signer.save(tmp_path / "me.p12", "secret")
    shown = run("openssl pkcs12 -in me.p12 -passin pass:secret -nokeys -info", tmp_path)
    assert shown.returncode == 0, shown.stderr
    assert "CN = Mary Okafor" in shown.stdout
    assert "PBES2, PBKDF2, AES-256-CBC" in shown.stderr


def store(path: Path, key: PKCS12PrivateKeyTypes, certificate: x509.Certificate) -> Path:
    path.write_bytes(pkcs12.serialize_key_and_certificates(b"x", key, certificate, None, BestAvailableEncryption(b"x")))
    return path


def certificate_for(key: object, builder: x509.CertificateBuilder | None = None) -> x509.CertificateBuilder:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Ana")])
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key)  # type: ignore[arg-type]
        .serial_number(7)
        .not_valid_before(NOW)
        .not_valid_after(NOW + timedelta(days=1))
    )


def test_keys_that_recipients_programs_refuse_are_refused_here(tmp_path: Path) -> None:
    small = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    edwards = ed25519.Ed25519PrivateKey.generate()
    large = ec.generate_private_key(ec.SECP384R1())
    from cryptography.hazmat.primitives.hashes import SHA256

    for number, (key, algorithm) in enumerate(((small, SHA256()), (edwards, None), (large, SHA256()))):
        made = certificate_for(key.public_key()).sign(key, algorithm)
        with pytest.raises(BadIdentity, match="P-256"):
            Identity.load(store(tmp_path / f"{number}.p12", key, made), "x")


def test_a_certificate_for_another_purpose_is_refused(tmp_path: Path, authority: Authority) -> None:
    for uses in ((ExtendedKeyUsageOID.SERVER_AUTH,), (DOCUMENT_SIGNING,)):
        with pytest.raises(BadIdentity, match="not meant for signing documents"):
            authority.issue("Web server", uses=uses).require_use()


def test_a_certificate_of_another_key_is_refused(signer: Identity, employee: Identity) -> None:
    with pytest.raises(BadIdentity, match="does not belong"):
        Identity(signer.private_key, employee.certificate, employee.chain).require_use()


def test_a_certificate_without_its_issuer_is_refused(tmp_path: Path, employee: Identity) -> None:
    with pytest.raises(BadIdentity, match="without its issuer"):
        Identity.load(store(tmp_path / "alone.p12", employee.private_key, employee.certificate), "x")


def test_certificates_of_no_part_in_the_chain_are_left_out(
    tmp_path: Path, employee: Identity, signer: Identity
) -> None:
    path = tmp_path / "many.p12"
    extra = [signer.certificate, *employee.chain]
    path.write_bytes(
        pkcs12.serialize_key_and_certificates(
            b"x", employee.private_key, employee.certificate, extra, BestAvailableEncryption(b"x")
        )
    )
    assert Identity.load(path, "x").chain == employee.chain


def test_it_is_valid_only_in_its_time(signer: Identity) -> None:
    signer.require_valid(NOW)
    for moment in (NOW - timedelta(days=2), NOW + timedelta(days=900)):
        with pytest.raises(BadIdentity, match="valid from"):
            signer.require_valid(moment)


def test_nothing_shows_the_key(signer: Identity) -> None:
    secret = signer.private_key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    assert secret.hex() not in repr(signer) and "private" not in repr(signer).lower()


def test_six_words_are_the_first_66_bits() -> None:
    assert spoken("00" * 32) == "abandon abandon abandon abandon abandon abandon"
    assert spoken("ff" * 32) == "zoo zoo zoo zoo zoo zoo"
    # 0x7f7f… is the fourth vector of BIP 39 (12 words); its first six words
    assert spoken("7f" * 32) == "legal winner thank year wave sausage"
    assert spoken(":".join(["7F"] * 32)) == spoken("7f" * 32)
    assert spoken("00" * 8 + "3f" + "00" * 23) == spoken("00" * 32)
    assert spoken("00" * 8 + "40" + "00" * 23) != spoken("00" * 32)


@pytest.mark.parametrize("text", ["", "7f" * 31, "zz" * 32, "7f" * 33])
def test_only_a_fingerprint_has_words(text: str) -> None:
    with pytest.raises(ValueError):
        spoken(text)
