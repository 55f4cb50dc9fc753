"""Both seals, judged by stock OpenSSL and OpenSSH and by our own reading of them."""

from __future__ import annotations

import base64
import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from asn1crypto import cms
from cryptography.hazmat.primitives.serialization import Encoding
from programs import needs, run
from specimen import NOW, Authority

from casebound_packaging import sshsig
from casebound_packaging.errors import BadIdentity
from casebound_packaging.identity import Identity
from casebound_packaging.seal import cades
from casebound_packaging.verify.cms import check_signature

DATA = b"0" * 64 + b"  bagit.txt\n"
OPENSSL = (
    "openssl cms -verify -cades -binary -inform DER -in seal.p7s -content data -CAfile root.pem -no-CApath -no-CAstore"
    " -signer signer.pem -out /dev/null"
)
SSH = "ssh-keygen -Y verify -f allowed -I {who} -n evidence-package -s seal.sig < data"


def lay_out(folder: Path, identity: Identity, data: bytes = DATA) -> Path:
    (folder / "data").write_bytes(data)
    (folder / "seal.p7s").write_bytes(cades(DATA, identity, NOW))
    (folder / "seal.sig").write_text(sshsig.sign(DATA, identity))
    (folder / "root.pem").write_bytes(identity.root.public_bytes(Encoding.PEM))
    (folder / "allowed").write_text(sshsig.allowed_signers(identity))
    return folder


# CAdES


@needs("openssl")
@pytest.mark.parametrize("who", ["signer", "employee"])
def test_openssl_accepts_the_seal(tmp_path: Path, who: str, request: pytest.FixtureRequest) -> None:
    identity: Identity = request.getfixturevalue(who)
    lay_out(tmp_path, identity)
    checked = run(OPENSSL, tmp_path)
    assert checked.returncode == 0, checked.stderr
    assert "CAdES Verification successful" in checked.stderr
    shown = run("openssl x509 -in signer.pem -noout -fingerprint -sha256", tmp_path).stdout
    assert shown.split("=")[1].strip().replace(":", "").lower() == identity.fingerprint


@needs("openssl")
def test_openssl_refuses_other_bytes_and_other_roots(tmp_path: Path, employee: Identity, signer: Identity) -> None:
    lay_out(tmp_path, employee, DATA + b"\n")
    assert run(OPENSSL, tmp_path).returncode != 0
    (tmp_path / "data").write_bytes(DATA)
    assert run(OPENSSL, tmp_path).returncode == 0
    (tmp_path / "root.pem").write_bytes(signer.certificate_pem())
    assert run(OPENSSL, tmp_path).returncode != 0
    (tmp_path / "root.pem").write_bytes(Authority.create("Example Root").pem)
    assert run(OPENSSL, tmp_path).returncode != 0, "another root of the same name"


def test_the_seal_has_the_form_of_the_format(employee: Identity) -> None:
    der = cades(DATA, employee, datetime(NOW.year, NOW.month, NOW.day, 0, 0, 0, 999_999, tzinfo=UTC))
    info = cms.ContentInfo.load(der, strict=True)
    signed = info["content"]
    assert info.dump() == der and signed["encap_content_info"]["content"].native is None
    (one,) = signed["signer_infos"]
    assert one["digest_algorithm"]["algorithm"].native == "sha256"
    assert one["signature_algorithm"]["algorithm"].native == "sha256_ecdsa"
    attributes = {attribute["type"].native: attribute["values"][0] for attribute in one["signed_attrs"]}
    assert set(attributes) == {"content_type", "message_digest", "signing_time", "signing_certificate_v2"}
    assert attributes["message_digest"].native == hashlib.sha256(DATA).digest()
    assert attributes["signing_time"].native == NOW.replace(hour=0, minute=0, second=0, microsecond=0)
    inside = {choice.chosen.dump() for choice in signed["certificates"]}
    assert inside == {one.public_bytes(Encoding.DER) for one in (employee.certificate, *employee.chain)}
    assert not one["unsigned_attrs"].native


def test_our_own_check_agrees(signer: Identity) -> None:
    checked = check_signature(cades(DATA, signer, NOW), hashlib.sha256(DATA).digest())
    assert (checked.signer, checked.signed_at) == (signer.certificate, NOW)
    with pytest.raises(ValueError):
        check_signature(cades(DATA, signer, NOW), hashlib.sha256(DATA + b"x").digest())


def test_a_seal_outside_the_certificates_time_is_not_made(signer: Identity) -> None:
    with pytest.raises(BadIdentity):
        cades(DATA, signer, NOW + timedelta(days=3000))


# SSHSIG


@needs("ssh-keygen")
def test_ssh_keygen_accepts_the_signature_and_refuses_other_bytes(tmp_path: Path, signer: Identity) -> None:
    lay_out(tmp_path, signer)
    who = sshsig.principal(signer)
    good = run(SSH.format(who=who), tmp_path)
    assert good.returncode == 0, good.stderr
    assert f'Good "evidence-package" signature for {who}' in good.stdout
    (tmp_path / "data").write_bytes(DATA + b" ")
    assert run(SSH.format(who=who), tmp_path).returncode != 0


@needs("ssh-keygen")
def test_ssh_keygen_refuses_another_namespace_and_another_signer(
    tmp_path: Path, signer: Identity, employee: Identity
) -> None:
    lay_out(tmp_path, signer)
    who = sshsig.principal(signer)
    (tmp_path / "seal.sig").write_text(sshsig.sign(DATA, signer, "git"))
    assert run(SSH.format(who=who), tmp_path).returncode != 0
    (tmp_path / "seal.sig").write_text(sshsig.sign(DATA, employee))
    assert run(SSH.format(who=who), tmp_path).returncode != 0


@needs("ssh-keygen")
def test_we_accept_what_ssh_keygen_signs(tmp_path: Path) -> None:
    assert run("ssh-keygen -q -t ecdsa -b 256 -N '' -f key && ssh-keygen -y -f key > pub", tmp_path).returncode == 0
    (tmp_path / "data").write_bytes(DATA)
    assert run("ssh-keygen -Y sign -f key -n evidence-package data", tmp_path).returncode == 0
    from cryptography.hazmat.primitives.serialization import PublicFormat, load_ssh_public_key

    key = load_ssh_public_key((tmp_path / "pub").read_bytes())
    spki = sshsig.verify(DATA, (tmp_path / "data.sig").read_text())
    assert spki == key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def test_our_own_reading_gives_the_key(signer: Identity) -> None:
    assert sshsig.verify(DATA, sshsig.sign(DATA, signer)) == signer.spki_der
    assert sshsig.sign(DATA, signer) == sshsig.sign(DATA, signer)
    with pytest.raises(ValueError, match="other bytes"):
        sshsig.verify(DATA + b"x", sshsig.sign(DATA, signer))
    with pytest.raises(ValueError, match="another purpose"):
        sshsig.verify(DATA, sshsig.sign(DATA, signer, "file"))


def test_every_changed_byte_of_the_signature_is_refused(signer: Identity) -> None:
    lines = sshsig.sign(DATA, signer).splitlines()
    blob = base64.b64decode("".join(lines[1:-1]))
    for place in range(len(blob)):
        changed = bytearray(blob)
        changed[place] ^= 1
        text = "\n".join([lines[0], base64.b64encode(bytes(changed)).decode(), lines[-1], ""])
        try:
            spki = sshsig.verify(DATA, text)
        except ValueError:
            continue
        assert spki != signer.spki_der, place
    for cut in range(0, len(blob), 5):
        with pytest.raises(ValueError):
            sshsig.verify(DATA, "\n".join([lines[0], base64.b64encode(blob[:cut]).decode(), lines[-1], ""]))
    with pytest.raises(ValueError, match="after its end"):
        sshsig.verify(DATA, "\n".join([lines[0], base64.b64encode(blob + b"x").decode(), lines[-1], ""]))


@pytest.mark.parametrize(
    "text", ["", "x", "-----BEGIN SSH SIGNATURE-----\n-----END SSH SIGNATURE-----\n", "é" * 9, "x" * 99_999]
)
def test_what_is_no_signature_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        sshsig.verify(DATA, text)


@pytest.mark.parametrize(
    ("name", "wanted"),
    [("Mary Okafor", "mary-okafor"), ("a*b?c,d", "a-b-c-d"), ('x" cert-authority "', "x-cert-authority")],
)
def test_a_name_cannot_become_a_pattern_or_an_option(name: str, wanted: str) -> None:
    assert sshsig.principal(Identity.create(name)) == wanted


def test_a_name_without_latin_letters_has_a_principal_all_the_same() -> None:
    made = Identity.create("李明")
    assert sshsig.principal(made) == f"signer-{made.key_fingerprint[:12]}"
    assert len(sshsig.allowed_signers(made).split(" ")) == 4
