"""Who seals: an ECDSA P-256 key and its X.509 certificate, kept in a PKCS#12 file under a passphrase.

A certificate made here is self-issued, and everything that shows it says so. Its key usage is digitalSignature and
contentCommitment, its extended key usage emailProtection and documentSigning (RFC 9336): with documentSigning alone,
plain `openssl cms -verify` refuses it. Only P-256 is used to seal: the checkpoint's signature is defined for no other
key, and Ed25519 is refused by OpenSSL 3.0's CMS, by poppler and by Adobe.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PrivateFormat, PublicFormat, pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

from casebound_packaging.durable import new_file
from casebound_packaging.errors import BadIdentity, CannotWrite
from casebound_packaging.spokenwords import spoken

__all__ = ["Identity", "certificate_name", "key_fingerprint_of", "spoken"]

_DOCUMENT_SIGNING: Final = ObjectIdentifier("1.3.6.1.5.5.7.3.36")
_KDF_ROUNDS: Final = 600_000
_LONGEST_FILE: Final = 1024 * 1024


def certificate_name(certificate: x509.Certificate) -> str:
    """The common name of the certificate's subject, or the whole subject where it has none."""
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(names[0].value) if names else certificate.subject.rfc4514_string()


def key_fingerprint_of(certificate: x509.Certificate) -> str:
    """SHA-256 of the certificate's SubjectPublicKeyInfo (DER), hex."""
    return hashlib.sha256(_spki(certificate)).hexdigest()


@dataclass(frozen=True, slots=True, repr=False)
class Identity:
    """An unlocked key with its certificate. `chain` holds the certificates above it, nearest first, the root last."""

    private_key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...] = ()

    def __repr__(self) -> str:
        return f"Identity({self.name!r}, {self.fingerprint[:16]}…)"

    @classmethod
    def create(
        cls,
        name: str,
        *,
        organisation: str = "",
        days: int = 825,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> Identity:
        """A new key with a self-issued certificate, valid from now. Raises `BadIdentity` for an unusable name."""
        name, organisation = name.strip(), organisation.strip()
        for text, what in ((name, "name"), (organisation, "organisation")):
            if len(text) > 64 or any(character < " " or character == "\x7f" for character in text):
                raise BadIdentity(
                    f"A certificate cannot carry this {what}: it has more than 64 characters, or a line break in it.",
                    f"Give a shorter {what}.",
                )
        if not name:
            raise BadIdentity("An identity needs a name.", "Give the name that recipients know you by.")
        key = ec.generate_private_key(ec.SECP256R1())
        attributes = [x509.NameAttribute(NameOID.COMMON_NAME, name)]
        if organisation:
            attributes.append(x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation))
        subject = x509.Name(attributes)
        begin = clock().astimezone(UTC).replace(microsecond=0)
        usage = dict.fromkeys(
            (
                "key_encipherment",
                "data_encipherment",
                "key_agreement",
                "key_cert_sign",
                "crl_sign",
                "encipher_only",
                "decipher_only",
            ),
            False,
        )
        purposes = [ExtendedKeyUsageOID.EMAIL_PROTECTION, _DOCUMENT_SIGNING]
        certificate = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(subject)
            .public_key(key.public_key())
            .serial_number(secrets.randbits(159) | 1 << 158)
            .not_valid_before(begin)
            .not_valid_after(begin + timedelta(days=days))
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(x509.KeyUsage(digital_signature=True, content_commitment=True, **usage), critical=True)
            .add_extension(x509.ExtendedKeyUsage(purposes), critical=False)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .sign(key, SHA256())
        )
        return cls(key, certificate)

    @classmethod
    def load(cls, path: Path, passphrase: str) -> Identity:
        """Unlock a PKCS#12 file. Raises `BadIdentity`: wrong passphrase, not such a file, or a key that cannot seal."""
        where = str(path)
        try:
            with path.open("rb") as file:
                data = file.read(_LONGEST_FILE + 1)
        except OSError as fault:
            raise BadIdentity(
                f"The identity file {path.name} cannot be read: {fault.strerror}.",
                "Check the path, or make an identity first.",
                where=where,
            ) from None
        try:
            if len(data) > _LONGEST_FILE:
                raise ValueError
            store = pkcs12.load_pkcs12(data, passphrase.encode("utf-8"))
        except ValueError:
            raise BadIdentity(
                f"The identity {path.name} could not be unlocked: wrong passphrase, or the file is not an identity.",
                "Type the passphrase again. A lost passphrase cannot be recovered; then make a new identity.",
                meaning="Nothing was signed.",
                where=where,
            ) from None
        key, main = store.key, store.cert
        if main is None or not (isinstance(key, ec.EllipticCurvePrivateKey) and isinstance(key.curve, ec.SECP256R1)):
            raise BadIdentity(
                f"The identity {path.name} holds no ECDSA key on the curve P-256 with its certificate.",
                "Use an identity made by Casebound, or ask your organisation for a P-256 one.",
                where=where,
            )
        identity = cls(
            key, main.certificate, _chain(main.certificate, [extra.certificate for extra in store.additional_certs])
        )
        identity.require_use(where)
        return identity

    def save(self, path: Path, passphrase: str) -> None:
        """Write the PKCS#12 file, readable by its owner only, whole or not at all. An existing file is never replaced.

        Raises `BadIdentity` for an empty passphrase, `CannotWrite` where the file exists or cannot be written.
        """
        if not passphrase:
            raise BadIdentity(
                "An identity needs a passphrase.", "Choose one that you can remember and nobody can guess."
            )
        protection = (
            PrivateFormat.PKCS12.encryption_builder()
            .kdf_rounds(_KDF_ROUNDS)
            .key_cert_algorithm(pkcs12.PBES.PBESv2SHA256AndAES256CBC)
            .hmac_hash(SHA256())
            .build(passphrase.encode("utf-8"))
        )
        data = pkcs12.serialize_key_and_certificates(
            self.name.encode("utf-8"), self.private_key, self.certificate, list(self.chain) or None, protection
        )
        try:
            with new_file(path) as file:
                file.write(data)
        except OSError as fault:
            reason = "it is already there" if isinstance(fault, FileExistsError) else fault.strerror
            raise CannotWrite(
                f"The identity file {path.name} could not be written: {reason}.",
                "Choose another place or name.",
                where=str(path),
            ) from None

    def sign(self, data: bytes) -> bytes:
        """ECDSA with SHA-256 over `data`, ASN.1 DER; deterministic (RFC 6979), so that equal exports stay equal."""
        try:
            return self.private_key.sign(data, ec.ECDSA(SHA256(), deterministic_signing=True))
        except UnsupportedAlgorithm:  # linked against an OpenSSL before 3.2
            return self.private_key.sign(data, ec.ECDSA(SHA256()))

    @property
    def name(self) -> str:
        return certificate_name(self.certificate)

    @property
    def organisation(self) -> str:
        names = self.certificate.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)
        return str(names[0].value) if names else ""

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the certificate (DER), hex: what a recipient compares."""
        return self.certificate.fingerprint(SHA256()).hex()

    @property
    def spki_der(self) -> bytes:
        """The public key as SubjectPublicKeyInfo, DER."""
        return _spki(self.certificate)

    @property
    def key_fingerprint(self) -> str:
        """SHA-256 of `spki_der`, hex: the actor of ledger lines. It stays when the certificate is renewed."""
        return key_fingerprint_of(self.certificate)

    @property
    def self_issued(self) -> bool:
        return not self.chain and self.certificate.subject == self.certificate.issuer

    @property
    def root(self) -> x509.Certificate:
        """The last certificate of the chain, or the own one where it is self-issued."""
        return self.chain[-1] if self.chain else self.certificate

    def certificate_pem(self) -> bytes:
        return self.certificate.public_bytes(Encoding.PEM)

    def require_use(self, where: str = "") -> None:
        """Raises `BadIdentity` where the key is not the certificate's, or that is not for signing documents."""
        own = self.private_key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        if own != self.spki_der:
            raise BadIdentity(
                "The identity's key does not belong to its certificate.", "Use another identity.", where=where
            )
        if self.root.subject != self.root.issuer:
            raise BadIdentity(
                f"The certificate of {self.name} comes without its issuer's certificates.",
                "Ask for a PKCS#12 file with the whole chain up to the organisation's root in it.",
                meaning="Recipients could not check whom it was issued by.",
                where=where,
            )
        extensions = self.certificate.extensions
        try:
            usage = extensions.get_extension_for_class(x509.KeyUsage).value
            may_sign = usage.digital_signature
        except x509.ExtensionNotFound:
            may_sign = True
        try:
            purposes = set(extensions.get_extension_for_class(x509.ExtendedKeyUsage).value)
            any_purpose = ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE
            may_sign = may_sign and bool(purposes & {ExtendedKeyUsageOID.EMAIL_PROTECTION, any_purpose})
        except x509.ExtensionNotFound:
            pass
        if not may_sign:
            raise BadIdentity(
                f"The certificate of {self.name} is not meant for signing documents.",
                "Ask its issuer for one with the usage digitalSignature and the purposes emailProtection and "
                "documentSigning.",
                meaning="Programs that recipients have would refuse its seals.",
                where=where,
            )

    def require_valid(self, at: datetime) -> None:
        """Raises `BadIdentity` where the certificate is not yet valid, or no longer valid, at this time."""
        begin, end = self.certificate.not_valid_before_utc, self.certificate.not_valid_after_utc
        if not begin <= at.astimezone(UTC) <= end:
            raise BadIdentity(
                f"The certificate of {self.name} is valid from {begin:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M} UTC, "
                f"and it is {at.astimezone(UTC):%Y-%m-%d %H:%M} UTC by this machine's clock.",
                "Check the clock, or make a new identity.",
                meaning="A seal made now could not be verified. Nothing was sealed.",
            )


def _spki(certificate: x509.Certificate) -> bytes:
    return certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _chain(leaf: x509.Certificate, others: list[x509.Certificate]) -> tuple[x509.Certificate, ...]:
    """The issuers of `leaf` among `others`, nearest first; certificates of no part in it are left out."""
    chain: list[x509.Certificate] = []
    current = leaf
    while current.issuer != current.subject:
        above = next((one for one in others if one.subject == current.issuer and one not in chain), None)
        if above is None:
            break
        chain.append(above)
        current = above
    return tuple(chain)
