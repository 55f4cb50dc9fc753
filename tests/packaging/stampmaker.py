"""Time stamp services of our own: `openssl ts` behind a server on loopback, and servers that go wrong."""

from __future__ import annotations

import hashlib
import subprocess
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from asn1crypto.keys import PrivateKeyInfo
from asn1crypto.tsp import TimeStampReq
from asn1crypto.x509 import Certificate
from authorities import Authority
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from casebound_packaging.servicetrust import vouch
from casebound_packaging.stamp import query, read_stamp

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
{more}
"""
STAMPING = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])


@dataclass(frozen=True)
class StampMaker:
    """A service whose files lie in a folder, under the root of `authority`."""

    folder: Path
    authority: Authority
    certificate: x509.Certificate

    @classmethod
    def create(
        cls,
        folder: Path,
        authority: Authority,
        name: str = "Example Time Stamps",
        *,
        begins: timedelta = timedelta(days=-1),
        ends: timedelta = timedelta(days=300),
        purposes: x509.ExtendedKeyUsage = STAMPING,
        chain: bool = False,
    ) -> StampMaker:
        """With `chain` the root comes along with every stamp, in the order in which OpenSSL happens to write it."""
        folder.mkdir(exist_ok=True)
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
            .issuer_name(authority.certificate.subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(datetime.now(UTC) + begins)
            .not_valid_after(datetime.now(UTC) + ends)
            .add_extension(purposes, critical=True)
            .sign(authority.key, SHA256())
        )
        (folder / "tsa.pem").write_bytes(certificate.public_bytes(Encoding.PEM))
        (folder / "tsa.key").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        (folder / "serial").write_text("01\n")
        (folder / "root.pem").write_bytes(authority.pem)
        more = f"certs = {folder}/root.pem" if chain else ""
        (folder / "tsa.conf").write_text(CONFIG.format(folder=folder, more=more))
        return cls(folder, authority, certificate)

    def reply(self, query: bytes) -> bytes:
        """The answer to one query (TimeStampReq, DER)."""
        (self.folder / "query").write_bytes(query)
        command = ["openssl", "ts", "-reply", "-config", "tsa.conf", "-queryfile", "query", "-out", "reply"]
        subprocess.run(command, cwd=self.folder, check=True, capture_output=True)
        return (self.folder / "reply").read_bytes()

    def stamp(self, data: bytes) -> bytes:
        """A stamp over these bytes, as if the query had been carried here by hand."""
        (self.folder / "data").write_bytes(data)
        command = ["openssl", "ts", "-query", "-data", "data", "-sha256", "-cert", "-out", "asked"]
        subprocess.run(command, cwd=self.folder, check=True, capture_output=True)
        return self.reply((self.folder / "asked").read_bytes())


Answer = bytes | Callable[[bytes], bytes]


@contextmanager
def serving(answer: Answer, status: int = 200, headers: tuple[tuple[str, str], ...] = ()) -> Iterator[str]:
    """A server on loopback that answers every query, with fixed bytes or with what `answer` makes of the query."""

    class Service(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            query = self.rfile.read(int(self.headers["Content-Length"]))
            body = answer if isinstance(answer, bytes) else answer(query)
            self.send_response(status)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(body)))
            for name, value in headers:
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            pass

    with _running(Service) as url:
        yield url


@contextmanager
def trickling(*, heads: bool = False) -> Iterator[str]:
    """A server that never stops sending a little: header lines with `heads`, else its body byte by byte."""
    gone = threading.Event()

    class Service(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.wfile.write(b"HTTP/1.0 200 OK\r\n" if heads else b"HTTP/1.0 200 OK\r\nContent-Length: 9999\r\n\r\n")
            try:
                while not gone.wait(0.01):
                    self.wfile.write(b"a")
            except OSError:
                return

        def log_message(self, *args: object) -> None:
            pass

    with _running(Service) as url:
        try:
            yield url
        finally:
            gone.set()


@contextmanager
def _running(service: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), service)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class DatedMaker:
    """Stamps of any time, and by a certificate of any kind, made in this process (RSA, and the older ESSCertID).

    Without an authority the service issues its own certificate.
    """

    def __init__(
        self,
        authority: Authority | None,
        *,
        begins: timedelta = timedelta(days=-800),
        ends: timedelta = timedelta(days=300),
        purposes: x509.ExtendedKeyUsage | None = STAMPING,
        critical: bool = True,
    ) -> None:
        self.authority = authority
        self._key = _rsa_key()
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Dated Time Stamps")])
        builder = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(authority.certificate.subject if authority else name)
            .public_key(self._key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(datetime.now(UTC) + begins)
            .not_valid_after(datetime.now(UTC) + ends)
        )
        if purposes is not None:
            builder = builder.add_extension(purposes, critical=critical)
        self.certificate = builder.sign(authority.key if authority else self._key, SHA256())

    def stamp(self, data: bytes, moment: datetime) -> bytes:
        """The whole answer, over these bytes, saying this time."""
        return self.reply(query(hashlib.sha256(data).digest())[0], moment)

    def reply(self, asked: bytes, moment: datetime) -> bytes:
        """The answer to one query (TimeStampReq, DER)."""
        from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper

        certificate = Certificate.load(self.certificate.public_bytes(Encoding.DER))
        key = PrivateKeyInfo.load(self._key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()))
        service = DummyTimeStamper(certificate, key, fixed_dt=moment)
        return bytes(service.request_tsa_response(TimeStampReq.load(asked)).dump())


def check_stamp(
    response: bytes, data: bytes, roots: Sequence[x509.Certificate], *, now: datetime | None = None
) -> datetime:
    """The time at which a service under one of `roots` saw `data`. Raises `BadStamp` where not shown."""
    stamp = read_stamp(response)
    stamp.require_over(data)
    vouch(stamp, roots, now=now)
    return stamp.moment


@cache
def _rsa_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)
