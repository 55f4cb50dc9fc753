"""Keys in a token: they seal, sign the report, the checkpoint and for OpenSSH like keys in files, and never leave."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509 import load_pem_x509_csr
from programs import needs, run
from specimen import NOW, seal_specimen, timedelta
from tokens import PIN, needs_softhsm, softhsm

from casebound_packaging import sshsig
from casebound_packaging.authority import Authority, Withdrawal
from casebound_packaging.certification import read_request
from casebound_packaging.errors import BadIdentity
from casebound_packaging.identity import Identity
from casebound_packaging.sealingkey import SealingKey
from casebound_packaging.tokenkey import TokenKey, TokenPlace, make_key, open_key
from casebound_packaging.verify import Trust, Verdict, verify

pytestmark = needs_softhsm
TOOLS = needs("openssl", "ssh-keygen", "pdfsig", "unzip")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TokenPlace]:
    with softhsm(tmp_path_factory.mktemp("softhsm")) as where:
        yield where


@pytest.fixture(scope="module")
def key(place: TokenPlace) -> TokenKey:
    return make_key(place, PIN)


@pytest.fixture(scope="module")
def carded(key: TokenKey) -> Identity:
    """Tara, whose key is in a token."""
    return Identity.create("Tara Lindqvist", key=key, clock=lambda: NOW - timedelta(days=1))


def test_it_is_a_sealing_key(key: TokenKey) -> None:
    assert isinstance(key, SealingKey)
    key.public_key.verify(key.sign(b"data"), b"data", ec.ECDSA(SHA256()))


@TOOLS
def test_a_package_sealed_in_a_token_verifies_everywhere(tmp_path: Path, carded: Identity) -> None:
    package = seal_specimen(tmp_path, carded)
    report = verify(package, Trust(signer_fingerprint=carded.fingerprint))
    assert report.verdict is Verdict.LIMITED and not report.findings
    assert report.limits == ("SELF-ISSUED", "UNSTAMPED", "UNWITNESSED", "PARTIAL", "REDACTED")
    assert run(f"unzip -q {package.name}", tmp_path).returncode == 0
    inside = tmp_path / package.stem
    (tmp_path / "own.pem").write_bytes(carded.certificate_pem())
    (tmp_path / "allowed").write_text(sshsig.allowed_signers(carded))
    cms = "openssl cms -verify -cades -binary -inform DER -in seals/01-examiner.p7s -content tagmanifest-sha256.txt"
    done = run(f"{cms} -CAfile ../own.pem -no-CApath -no-CAstore -out /dev/null", inside)
    assert done.returncode == 0, done.stderr
    ssh = f"ssh-keygen -Y verify -f ../allowed -I {sshsig.principal(carded)} -n evidence-package"
    done = run(f"{ssh} -s seals/01-examiner.sig < tagmanifest-sha256.txt", inside)
    assert done.returncode == 0 and "Good" in done.stdout, done.stderr
    done = run("pdfsig -nocert data/report.pdf", inside)
    assert "Signature is Valid" in done.stdout and "Total document signed" in done.stdout


def test_the_file_holds_the_place_and_no_secret(tmp_path: Path, carded: Identity) -> None:
    path = tmp_path / "me.token"
    carded.save(path, "")
    assert os.stat(path).st_mode & 0o777 == 0o600
    text = path.read_text()
    assert PIN not in text and "PRIVATE" not in text
    again = Identity.load(path, PIN)
    assert again.fingerprint == carded.fingerprint and again.certificate == carded.certificate
    path.chmod(0o666)
    with pytest.raises(BadIdentity, match="others than you"):
        Identity.load(path, PIN)


def test_a_token_file_with_another_keys_certificate_is_refused(
    tmp_path: Path, carded: Identity, signer: Identity
) -> None:
    path = tmp_path / "me.token"
    carded.save(path, "")
    record = json.loads(path.read_text())
    record["certificates"] = [signer.certificate_pem().decode()]
    path.write_text(json.dumps(record))
    with pytest.raises(BadIdentity, match="does not belong"):
        Identity.load(path, PIN)


@pytest.mark.parametrize("text", ["{", "{}", '{"kind": "casebound-token", "v": 2}', "{" * 100_000])
def test_what_is_no_token_file_is_told(tmp_path: Path, text: str) -> None:
    path = tmp_path / "me.token"
    path.write_text(text)
    path.chmod(0o600)
    with pytest.raises(BadIdentity):
        Identity.load(path, PIN)


def test_faults_of_tokens_are_told_in_words(place: TokenPlace, key: TokenKey, tmp_path: Path) -> None:
    noise = tmp_path / "noise.so"
    noise.write_bytes(b"no library")
    cases = {
        "no key of this name": TokenPlace(place.library, place.token, "other"),
        "is not there": TokenPlace(place.library, "other", "seal"),
        "cannot be used": TokenPlace(noise, place.token, "seal"),
        "There is no PKCS#11 library": TokenPlace(tmp_path / "missing.so", place.token, "seal"),
    }
    for words, elsewhere in cases.items():
        with pytest.raises(BadIdentity, match=words) as caught:
            open_key(elsewhere, PIN)
        assert PIN not in caught.value.paragraph()
    with pytest.raises(BadIdentity, match="already"):
        make_key(place, PIN)


def test_a_wrong_pin_is_told(tmp_path: Path) -> None:
    # Another program: a token asks for no PIN while this one is logged in to it.
    script = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from pathlib import Path\n"
        "from tokens import softhsm\n"
        "from casebound_packaging.errors import BadIdentity\n"
        "from casebound_packaging.tokenkey import open_key\n"
        "with softhsm(Path('here')) as place:\n"
        "    try:\n"
        "        open_key(place, '999999')\n"
        "    except BadIdentity as fault:\n"
        "        print(fault.title)\n"
    )
    import subprocess
    import sys

    done = subprocess.run(
        [sys.executable, "-c", script, str(Path(__file__).parent)], cwd=tmp_path, capture_output=True, text=True
    )
    assert "does not accept this PIN" in done.stdout, done.stderr


def test_a_root_in_a_token_issues_and_takes_back(place: TokenPlace, signer: Identity) -> None:
    root = Authority.create("Card Root", key=make_key(TokenPlace(place.library, place.token, "root"), PIN))
    made = root.issue(read_request(signer.request()))
    made.verify_directly_issued_by(root.certificate)
    assert b"X509 CRL" in root.withdrawn([Withdrawal(made.serial_number, NOW)], None)


def test_a_request_is_signed_in_the_token(carded: Identity) -> None:
    asked = load_pem_x509_csr(carded.request())
    assert asked.is_signature_valid and asked.public_key() == carded.certificate.public_key()
