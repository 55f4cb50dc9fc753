"""Certificates of those who seal: what is in them, made by themselves or asked for from an organisation's root.

Key usage digitalSignature and contentCommitment, extended key usage emailProtection and documentSigning (RFC 9336):
with documentSigning alone, plain `openssl cms -verify` refuses the certificate.
"""

from __future__ import annotations

import re
import secrets
from datetime import UTC, datetime, timedelta
from typing import Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

from casebound_packaging.errors import BadIdentity
from casebound_packaging.sealingkey import BuilderKey, SealingKey

DOCUMENT_SIGNING: Final = ObjectIdentifier("1.3.6.1.5.5.7.3.36")
_USAGES: Final = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
)
_CERTIFICATE: Final = re.compile(rb"-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----")


def subject(name: str, organisation: str = "") -> x509.Name:
    """Whom a certificate is for. Raises `BadIdentity` for a name that no certificate can carry."""
    name, organisation = name.strip(), organisation.strip()
    for text, what in ((name, "name"), (organisation, "organisation")):
        if len(text) > 64 or any(character < " " or character == "\x7f" for character in text):
            raise BadIdentity(
                f"A certificate cannot carry this {what}: it has more than 64 characters, or a line break in it.",
                f"Give a shorter {what}.",
            )
    if not name:
        raise BadIdentity("An identity needs a name.", "Give the name that recipients know you by.")
    attributes = [x509.NameAttribute(NameOID.COMMON_NAME, name)]
    if organisation:
        attributes.append(x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation))
    return x509.Name(attributes)


def usage(*on: str) -> x509.KeyUsage:
    """A key usage with the bits named, and no other."""
    return x509.KeyUsage(**{name: name in on for name in _USAGES})


def draft(
    whom: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, begin: datetime, days: int
) -> x509.CertificateBuilder:
    """A certificate without what it is for: names, key, a serial number of 159 random bits, validity from `begin`."""
    begin = begin.astimezone(UTC).replace(microsecond=0)
    return (
        x509.CertificateBuilder()
        .subject_name(whom)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(secrets.randbits(159) | 1 << 158)
        .not_valid_before(begin)
        .not_valid_after(begin + timedelta(days=days))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def for_sealing(builder: x509.CertificateBuilder) -> x509.CertificateBuilder:
    """The extensions of somebody who seals."""
    purposes = [ExtendedKeyUsageOID.EMAIL_PROTECTION, DOCUMENT_SIGNING]
    return (
        builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage("digital_signature", "content_commitment"), critical=True)
        .add_extension(x509.ExtendedKeyUsage(purposes), critical=False)
    )


def self_issued(key: SealingKey, whom: x509.Name, begin: datetime, days: int) -> x509.Certificate:
    """A certificate that the key's holder issues to themselves."""
    return for_sealing(draft(whom, whom, key.public_key, begin, days)).sign(BuilderKey(key), SHA256())


def request(key: SealingKey, whom: x509.Name) -> bytes:
    """A request for a certificate (PKCS#10, RFC 2986) in PEM, signed with the key: nobody can ask for another's."""
    return (
        x509.CertificateSigningRequestBuilder()
        .subject_name(whom)
        .sign(BuilderKey(key), SHA256())
        .public_bytes(Encoding.PEM)
    )


def read_request(pem: bytes) -> x509.CertificateSigningRequest:
    """A request whose signature holds, for a P-256 key. Raises `BadIdentity` otherwise."""
    try:
        asked = x509.load_pem_x509_csr(pem)
        holds = asked.is_signature_valid
        asked.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise BadIdentity(
            "The file is not a request for a certificate.",
            "Give the file of `casebound identity request`; it begins with -----BEGIN CERTIFICATE REQUEST-----.",
        ) from None
    if not holds:
        raise BadIdentity(
            "The request was altered: its signature does not hold.", "Ask for it again.", meaning="Nothing was issued."
        )
    asked_key(asked)
    return asked


def asked_key(asked: x509.CertificateSigningRequest) -> ec.EllipticCurvePublicKey:
    """The key that a certificate is asked for. Raises `BadIdentity` where it is not one that seals."""
    try:
        key: object = asked.public_key()
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not (isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1)):
        raise BadIdentity(
            "The request is for a key that Casebound cannot seal with.",
            "Only ECDSA keys on the curve P-256 seal; `casebound identity new` makes one.",
            meaning="Nothing was issued.",
        )
    return key


def read_certificates(pem: bytes) -> list[x509.Certificate]:
    """Every certificate in a PEM file, in its order. Raises `BadIdentity` where there is none, or an unreadable one."""
    blocks = _CERTIFICATE.findall(pem)
    try:
        made = [x509.load_pem_x509_certificate(block) for block in blocks]
        for one in made:  # what cannot be read at all is found here, and not in the middle of something
            _ = one.subject, one.issuer, one.extensions, one.not_valid_after_utc, one.public_key()
    except (ValueError, TypeError, UnsupportedAlgorithm):
        made = []
    if not made:
        raise BadIdentity(
            "The file holds no certificate that can be read.",
            "Give a file in PEM; it begins with -----BEGIN CERTIFICATE-----.",
        )
    return made


def text_of(name: x509.Name, oid: x509.ObjectIdentifier) -> str:
    """The first value of an attribute of a name, or an empty text."""
    values = name.get_attributes_for_oid(oid)
    return str(values[0].value) if values else ""
