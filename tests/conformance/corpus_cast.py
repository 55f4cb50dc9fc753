"""Who there is in the corpus, with keys that follow from their names, so that the corpus is the same every time.

The keys are no secrets: whoever reads this file has them. Nobody may ever trust one outside these tests.
"""

from __future__ import annotations

import hashlib
import os
import random
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from casebound_packaging.identity import Identity

DOCUMENT_SIGNING = x509.ObjectIdentifier("1.3.6.1.5.5.7.3.36")
SIGNER_USES = (ExtendedKeyUsageOID.EMAIL_PROTECTION, DOCUMENT_SIGNING)

SEALED = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
"""When the packages of the corpus say they were sealed."""
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
END = datetime(2075, 12, 31, tzinfo=UTC)  # far, so that the corpus says the same for as long as anybody uses it
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # of the curve P-256
_SMALL = "digital_signature content_commitment key_encipherment data_encipherment key_agreement key_cert_sign crl_sign"


@cache
def key_of(name: str) -> ec.EllipticCurvePrivateKey:
    """The P-256 key that follows from a name."""
    number = int.from_bytes(hashlib.sha256(f"casebound conformance suite: {name}".encode()).digest(), "big")
    return ec.derive_private_key(number % (_ORDER - 1) + 1, ec.SECP256R1())


@contextmanager
def steady(seed: str) -> Iterator[None]:
    """Inside, whatever asks Python for random bytes gets the same ones every time: salts, file ids of PDF, nonces."""
    state = hashlib.sha256(seed.encode()).digest()
    count = 0

    def same(length: int) -> bytes:
        nonlocal count
        made = b""
        while len(made) < length:
            made += hashlib.sha256(state + count.to_bytes(8, "big")).digest()
            count += 1
        return made[:length]

    before = os.urandom, secrets.token_bytes, random._urandom  # type: ignore[attr-defined]
    os.urandom = random._urandom = same  # type: ignore[attr-defined, assignment]
    secrets.token_bytes = lambda nbytes=32: same(32 if nbytes is None else nbytes)  # type: ignore[assignment]
    try:
        yield
    finally:
        os.urandom, secrets.token_bytes, random._urandom = before  # type: ignore[attr-defined, assignment]


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _serial(*parts: object) -> int:
    return int.from_bytes(hashlib.sha256(repr(parts).encode()).digest()[:16], "big") >> 1 | 1


def _usage(*on: str) -> x509.KeyUsage:
    return x509.KeyUsage(**{name: name in on for name in [*_SMALL.split(), "encipher_only", "decipher_only"]})


@dataclass(frozen=True)
class Authority:
    """A root, or an authority under one, that issues certificates. `above` are the certificates over its own."""

    name: str
    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate
    above: tuple[x509.Certificate, ...] = ()
    label: str = ""

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(Encoding.PEM)

    @classmethod
    def root(cls, name: str, *, key: str = "") -> Authority:
        own = key_of(f"authority {key or name}")
        return cls(name, own, _authority_certificate(name, own, name, own), label=key)

    def under(self, name: str) -> Authority:
        """An authority that this one issued."""
        own = key_of(f"authority {name}")
        certificate = _authority_certificate(name, own, self.name, self.key)
        return Authority(name, own, certificate, (self.certificate, *self.above))

    def issue(
        self,
        name: str,
        *,
        uses: Sequence[x509.ObjectIdentifier] = SIGNER_USES,
        usage: Sequence[str] = ("digital_signature", "content_commitment"),
        begin: datetime = BEGIN,
        end: datetime = END,
        key: str = "",
        critical_uses: bool = False,
    ) -> Identity:
        """A signer. `key` names the key where two certificates are for one."""
        own = key_of(key or f"signer {name} of {self.label or self.name}")
        builder = (
            x509.CertificateBuilder()
            .subject_name(_name(name))
            .issuer_name(self.certificate.subject)
            .public_key(own.public_key())
            .serial_number(_serial(name, self.name, uses, usage, begin, end))
            .not_valid_before(begin)
            .not_valid_after(end)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(*usage), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(own.public_key()), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), critical=False)
        )
        if uses:
            builder = builder.add_extension(x509.ExtendedKeyUsage(list(uses)), critical=critical_uses)
        certificate = builder.sign(self.key, SHA256(), ecdsa_deterministic=True)
        return Identity(own, certificate, (self.certificate, *self.above))

    def crl(
        self,
        revoked: Identity | None = None,
        at: datetime = SEALED,
        *,
        since: datetime | None = None,
        made: datetime = SEALED + timedelta(days=30),
        fresh_until: datetime = END,
    ) -> bytes:
        """A revocation list in PEM. `since` is the invalidity date of a compromised key (RFC 5280, 5.3.2)."""
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self.certificate.subject)
            .last_update(made)
            .next_update(fresh_until)
            .add_extension(x509.CRLNumber(1), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), critical=False)
        )
        if revoked is not None:
            entry = x509.RevokedCertificateBuilder().serial_number(revoked.certificate.serial_number)
            entry = entry.revocation_date(at)
            if since is not None:
                entry = entry.add_extension(x509.CRLReason(x509.ReasonFlags.key_compromise), critical=False)
                entry = entry.add_extension(x509.InvalidityDate(since), critical=False)
            builder = builder.add_revoked_certificate(entry.build())
        return builder.sign(self.key, SHA256(), ecdsa_deterministic=True).public_bytes(Encoding.PEM)


def _authority_certificate(
    name: str, own: ec.EllipticCurvePrivateKey, issuer: str, by: ec.EllipticCurvePrivateKey
) -> x509.Certificate:
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name(name))
        .issuer_name(_name(issuer))
        .public_key(own.public_key())
        .serial_number(_serial("authority", name, issuer))
        .not_valid_before(BEGIN)
        .not_valid_after(END)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(_usage("key_cert_sign", "crl_sign"), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(own.public_key()), critical=False)
    )
    if name != issuer:
        above = x509.AuthorityKeyIdentifier.from_issuer_public_key(by.public_key())
        builder = builder.add_extension(above, critical=False)
    return builder.sign(by, SHA256(), ecdsa_deterministic=True)


def self_issued(name: str) -> Identity:
    """A signer who issued the certificate to themselves."""
    own = key_of(f"signer {name}")
    certificate = (
        x509.CertificateBuilder()
        .subject_name(_name(name))
        .issuer_name(_name(name))
        .public_key(own.public_key())
        .serial_number(_serial("self", name))
        .not_valid_before(BEGIN)
        .not_valid_after(END)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage("digital_signature", "content_commitment"), critical=True)
        .add_extension(x509.ExtendedKeyUsage(list(SIGNER_USES)), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(own.public_key()), critical=False)
        .sign(own, SHA256(), ecdsa_deterministic=True)
    )
    return Identity(own, certificate)


@dataclass(frozen=True)
class Cast:
    """The people of the corpus."""

    organisation: Authority = field(default_factory=lambda: Authority.root("Example Root"))
    public: Authority = field(default_factory=lambda: Authority.root("Any Public CA"))
    namesake: Authority = field(default_factory=lambda: Authority.root("Example Root", key="a root of the same name"))
    clocks: Authority = field(default_factory=lambda: Authority.root("Example Time Root"))
    other_clocks: Authority = field(default_factory=lambda: Authority.root("Other Time Root"))

    @property
    def examiner(self) -> Identity:
        """Who sealed the sound packages."""
        return self.organisation.issue("Ben Alvarez")

    @property
    def reviewer(self) -> Identity:
        return self.organisation.issue("Rita Reviewer")

    @property
    def clerk(self) -> Identity:
        """A colleague whose certificate is for mail."""
        return self.organisation.issue("Some Clerk", uses=(ExtendedKeyUsageOID.EMAIL_PROTECTION,))

    @property
    def stranger(self) -> Identity:
        """Somebody with a certificate of their own making, in the examiner's name."""
        return self_issued("Ben Alvarez")


CAST = Cast()
