"""RFC 3161 time stamps, from a test service made with openssl ts on this machine."""

from __future__ import annotations

import re
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID
from programs import needs, run
from specimen import ORIGIN, SEALED_AT, Authority, members_and_log, unfold, unpack, unsigned_report

from casebound_packaging.identity import Identity
from casebound_packaging.package import About, Draft
from casebound_packaging.pdfseal import sign_pdf
from casebound_packaging.servicetrust import check_stamp
from casebound_packaging.timeservices import NoStamp, request_stamp
from casebound_packaging.verify import Trust, verify

pytestmark = needs("openssl")
DATA = b"a seal"
CONFIG = """
[tsa]
default_tsa = own
[own]
serial = {folder}/serial
signer_cert = {folder}/tsa.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ess_cert_id_chain = no
ess_cert_id_alg = sha256
"""


@contextmanager
def serving(answer: bytes | Path) -> Iterator[str]:
    """A loopback server that answers with fixed bytes, or as the service whose files lie in a folder."""

    class Service(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            query = self.rfile.read(int(self.headers["Content-Length"]))
            body = answer if isinstance(answer, bytes) else reply(answer, query)
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Service)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def reply(folder: Path, query: bytes) -> bytes:
    (folder / "query").write_bytes(query)
    command = ["openssl", "ts", "-reply", "-config", "tsa.conf", "-queryfile", "query", "-out", "reply"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return (folder / "reply").read_bytes()


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory, authority: Authority) -> Path:
    folder = tmp_path_factory.mktemp("tsa")
    issued = authority.issue("Stamps")
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = (
        x509.CertificateBuilder()
        .subject_name(issued.certificate.subject)
        .issuer_name(authority.certificate.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(datetime.now(UTC) + timedelta(days=1))
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
        .sign(authority.key, SHA256())
    )
    (folder / "tsa.pem").write_bytes(certificate.public_bytes(Encoding.PEM))
    (folder / "tsa.key").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    (folder / "serial").write_text("01\n")
    (folder / "tsa.conf").write_text(CONFIG.format(folder=folder))
    return folder


@pytest.fixture(scope="module")
def answer(service: Path) -> bytes:
    with serving(service) as url:
        return request_stamp(url, DATA)


def test_a_stamp_says_when(answer: bytes, authority: Authority) -> None:
    moment = check_stamp(answer, DATA, [authority.certificate])
    assert abs(moment - datetime.now(UTC)) < timedelta(minutes=10)


def test_openssl_agrees(answer: bytes, authority: Authority, tmp_path: Path) -> None:
    (tmp_path / "seal.p7s").write_bytes(DATA)
    (tmp_path / "seal.p7s.tsr").write_bytes(answer)
    (tmp_path / "TSA-ROOT.pem").write_bytes(authority.pem)
    checked = run("openssl ts -verify -data seal.p7s -in seal.p7s.tsr -CAfile TSA-ROOT.pem", tmp_path)
    assert "Verification: OK" in checked.stdout, checked.stderr


def test_a_stamp_over_other_bytes_is_refused(answer: bytes, authority: Authority) -> None:
    with pytest.raises(ValueError, match="other bytes"):
        check_stamp(answer, DATA + b"!", [authority.certificate])


def test_a_stamp_under_another_root_is_refused(answer: bytes) -> None:
    for roots in ([], [Authority.create("Example Root").certificate]):
        with pytest.raises(ValueError):
            check_stamp(answer, DATA, roots)


def test_every_changed_byte_of_a_stamp_is_refused(answer: bytes, authority: Authority) -> None:
    genuine = check_stamp(answer, DATA, [authority.certificate])
    for place in range(0, len(answer), 11):
        changed = bytearray(answer)
        changed[place] ^= 1
        try:
            moment = check_stamp(bytes(changed), DATA, [authority.certificate])
        except ValueError:
            continue
        assert moment == genuine, "a byte outside of what is signed may change, the time may not"


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"\x30\x03\x02\x01\x02", b"\x30\x05\x30\x03\x02\x01\x02", b"x" * 300_000]
)
def test_a_confused_service_is_told_as_no_stamp(body: bytes) -> None:
    with serving(body) as url, pytest.raises(NoStamp) as caught:
        request_stamp(url, DATA)
    assert "127.0.0.1" in caught.value.title


def test_the_answer_to_another_question_is_no_stamp(service: Path) -> None:
    with serving(service) as url:
        other = request_stamp(url, b"other data")
        before = request_stamp(url, DATA)
    with serving(other) as url, pytest.raises(NoStamp, match="other bytes"):
        request_stamp(url, DATA)
    with serving(before) as url, pytest.raises(NoStamp, match="another question"):
        request_stamp(url, DATA)


def test_a_dead_service_is_no_stamp() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(NoStamp):
        request_stamp(f"http://127.0.0.1:{port}/", DATA)


@pytest.mark.parametrize(
    "url", ["", "file:///etc/passwd", "ftp://example.org/", "tsa.example.org", "http://", "http://[::1"]
)
def test_an_address_that_is_none_is_no_stamp(url: str) -> None:
    with pytest.raises(NoStamp):
        request_stamp(url, DATA)


@needs("openssl", "pdfsig")
def test_a_package_is_sealed_with_the_stamp(
    service: Path, authority: Authority, signer: Identity, tmp_path: Path
) -> None:
    members, log = members_and_log(signer)
    about = About("CASE-7", "Northgate", ORIGIN, 1, None, "legal", "For Legal", None, limits=("PARTIAL", "REDACTED"))
    draft = Draft(about, members, log.lines, log.disclosures, signer, SEALED_AT)
    facts = draft.facts()
    plain = unsigned_report(tmp_path / "plain.pdf", facts.package_id, facts.evidence_root)
    with serving(service) as url:
        report = tmp_path / "report.pdf"
        assert sign_pdf(plain, report, signer, SEALED_AT, reason="Sealed", tsa_url=url) is True
        made = draft.seal(tmp_path, report, tsa_url=url)
    assert (made.stamped, made.unstamped) == (True, "")
    judged = verify(made.path, Trust(signer_fingerprint=signer.fingerprint, tsa_pem=authority.pem))
    assert judged.findings == () and "UNSTAMPED" not in judged.limits
    top, files = unpack(made.path)
    folder = unfold(tmp_path / top, files)
    (folder / "TSA-ROOT.pem").write_bytes(authority.pem)
    (command,) = re.findall(r"^\$ (openssl ts .*)$", files["README-VERIFY.txt"].decode(), re.MULTILINE)
    assert "Verification: OK" in run(command, folder).stdout
    shown = run("pdfsig -nocert data/report.pdf", folder).stdout
    assert "Signature is Valid" in shown and "Total document signed" in shown and "Not total" not in shown
