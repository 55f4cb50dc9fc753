"""One CAdES signature (ETSI EN 319 122, RFC 5652) checked over bytes. Who the signer is, is not asked here."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime

from asn1crypto import cms, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

_SMALLEST_RSA = 3072
_LARGEST = 1 << 20  # bytes of a signature with its certificates
_MOST_CERTIFICATES = 32
_CURVES = ("secp256r1", "secp384r1", "secp521r1")


@dataclass(frozen=True, slots=True)
class CheckedSignature:
    """A signature that holds over its content. `signed_at` is the signer's own claim; PAdES keeps it elsewhere."""

    signer: x509.Certificate
    others: tuple[x509.Certificate, ...]
    signed_at: datetime | None


def check_signature(der: bytes, content_digest: bytes, *, dated: bool = True) -> CheckedSignature:
    """Check a detached CAdES-BES signature over content with this SHA-256; `dated` asks for a signing-time attribute.

    Raises `ValueError` (one sentence) where the signature does not hold or is not of the format's form.
    """
    return _checked(der, content_digest, dated)[0]


def check_enclosing(der: bytes) -> tuple[CheckedSignature, bytes]:
    """Check a dated CAdES-BES signature that encloses what it signs, and give that back.

    Raises `ValueError` (one sentence) where the signature does not hold or encloses nothing.
    """
    return _checked(der, None, True)


def _checked(der: bytes, content_digest: bytes | None, dated: bool) -> tuple[CheckedSignature, bytes]:
    try:
        return _check(der, content_digest, dated)
    except ValueError:
        raise
    except Exception as error:
        raise ValueError("The signature cannot be read.") from error


def _check(der: bytes, content_digest: bytes | None, dated: bool) -> tuple[CheckedSignature, bytes]:
    """The signature over content with this digest, or over what it encloses where none is given."""
    if len(der) > _LARGEST:
        raise ValueError("The file is larger than a signature can be.")
    try:
        info = cms.ContentInfo.load(der, strict=True)
        if info["content_type"].native != "signed_data":
            raise ValueError("The file is not a signature.")
        signed = info["content"]
        signer_infos = list(signed["signer_infos"])
        certificates = [choice.chosen for choice in signed["certificates"] if choice.name == "certificate"]
        encapsulated = signed["encap_content_info"]
        enclosed = encapsulated["content"].native
        is_data = encapsulated["content_type"].native == "data"
    except ValueError as error:
        raise ValueError("The signature cannot be read.") from error
    if content_digest is not None and not (enclosed is None and is_data):
        raise ValueError("The signature carries its own content and not that of this package.")
    if content_digest is None and not (isinstance(enclosed, bytes) and is_data):
        raise ValueError("The signature does not enclose what it signs.")
    content = enclosed if isinstance(enclosed, bytes) else b""
    content_digest = content_digest or hashlib.sha256(content).digest()
    if len(signer_infos) != 1:
        raise ValueError(f"There must be one signature in the file; there are {len(signer_infos)}.")
    if len(certificates) > _MOST_CERTIFICATES:
        raise ValueError(f"There are {len(certificates)} certificates in the signature; no chain is that long.")
    signer_info = signer_infos[0]
    for algorithm in (*signed["digest_algorithms"], signer_info["digest_algorithm"]):
        if algorithm["algorithm"].native != "sha256":
            raise ValueError("The signature does not use SHA-256.")
    certificate = _signer_certificate(signer_info, certificates)
    attributes = _attributes(signer_info)
    if attributes.get("content_type") != "data":
        raise ValueError("The signature is over another kind of content.")
    if attributes.get("message_digest") != content_digest:
        raise ValueError("The signature is over other content than this.")
    _signing_certificate(attributes, certificate)
    signed_at = attributes.get("signing_time")
    if dated and not isinstance(signed_at, datetime):
        raise ValueError("The signature does not say when it was made.")
    own = x509.load_der_x509_certificate(certificate.dump())
    own.extensions  # noqa: B018 - one whose extensions cannot be read can be judged by nobody
    covered = bytearray(signer_info["signed_attrs"].dump())
    covered[0] = 0x31  # RFC 5652 section 5.4: hashed as an explicit SET OF
    _check_key(own, signer_info["signature"].native, bytes(covered), signer_info["signature_algorithm"].signature_algo)
    others = tuple(
        x509.load_der_x509_certificate(other.dump()) for other in certificates if other.dump() != certificate.dump()
    )
    when = signed_at.astimezone(UTC) if isinstance(signed_at, datetime) else None
    return CheckedSignature(own, others, when), content


def _signer_certificate(
    signer_info: cms.SignerInfo, certificates: list[asn1_x509.Certificate]
) -> asn1_x509.Certificate:
    sid = signer_info["sid"]
    for certificate in certificates:
        if sid.name == "issuer_and_serial_number":
            if (
                certificate.issuer == sid.chosen["issuer"]
                and certificate.serial_number == sid.chosen["serial_number"].native
            ):
                return certificate
        elif certificate.key_identifier == sid.chosen.native:
            return certificate
    raise ValueError("The signer's certificate is not in the signature.")


def _attributes(signer_info: cms.SignerInfo) -> dict[str, object]:
    attributes: dict[str, object] = {}
    for attribute in signer_info["signed_attrs"]:
        name = attribute["type"].native
        if name in attributes or len(attribute["values"]) != 1:
            raise ValueError("The signature states something twice.")
        value = attribute["values"][0]
        attributes[name] = value if name == "signing_certificate_v2" else value.native
    return attributes


def _signing_certificate(attributes: dict[str, object], certificate: asn1_x509.Certificate) -> None:
    """ESS signing-certificate-v2 (RFC 5035): the signature names the one certificate it was made with."""
    named = attributes.get("signing_certificate_v2")
    if not isinstance(named, tsp.SigningCertificateV2):
        raise ValueError("The signature does not name its certificate (signing-certificate-v2).")
    first = named["certs"][0]
    algorithm = first["hash_algorithm"]["algorithm"].native
    if algorithm not in ("sha256", "sha384", "sha512"):
        raise ValueError("The signature names its certificate by a weak hash.")
    if hashlib.new(algorithm, certificate.dump()).digest() != first["cert_hash"].native:
        raise ValueError("The signature was made with another certificate than the one enclosed.")


def _check_key(certificate: x509.Certificate, signature: bytes, covered: bytes, algorithm: str) -> None:
    key = certificate.public_key()
    try:
        if isinstance(key, ec.EllipticCurvePublicKey) and key.curve.name in _CURVES and algorithm == "ecdsa":
            key.verify(signature, covered, ec.ECDSA(hashes.SHA256()))
        elif isinstance(key, rsa.RSAPublicKey) and key.key_size >= _SMALLEST_RSA and algorithm == "rsassa_pkcs1v15":
            key.verify(signature, covered, padding.PKCS1v15(), hashes.SHA256())
        else:
            raise ValueError("The signer's key is of a kind that a package must not use.")
    except InvalidSignature as error:
        raise ValueError("The signature does not match its signer's key.") from error
