"""Who seals: an ECDSA P-256 key with its X.509 certificate, in a PKCS#12 file under a passphrase, or in a token.

A certificate made here is self-issued, and everything that shows it says so; one from an organisation's root comes with
the certificates above it. Only P-256 is used to seal: the checkpoint's signature is defined for no other key, and
Ed25519 is refused by OpenSSL 3.0's CMS, by poppler and by Adobe.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from casebound_packaging import certification, identityfile, tokenfile
from casebound_packaging.errors import BadIdentity
from casebound_packaging.sealingkey import SealingKey, SoftwareKey
from casebound_packaging.spokenwords import spoken

__all__ = ["Identity", "certificate_name", "key_fingerprint_of", "list_path", "spoken"]

SELF_ISSUED_DAYS = 825


def certificate_name(certificate: x509.Certificate) -> str:
    """The common name of the certificate's subject, or the whole subject where it has none."""
    return certification.text_of(certificate.subject, NameOID.COMMON_NAME) or certificate.subject.rfc4514_string()


def key_fingerprint_of(certificate: x509.Certificate) -> str:
    """SHA-256 of the certificate's SubjectPublicKeyInfo (DER), hex."""
    return hashlib.sha256(_spki(certificate)).hexdigest()


def list_path(path: Path) -> Path:
    """Where the revocation lists of an identity file lie: beside it, `NAME.crl.pem`. Packages enclose them."""
    return path.with_name(path.stem + ".crl.pem")


@dataclass(frozen=True, slots=True, repr=False)
class Identity:
    """An unlocked key with its certificate. `chain` holds the certificates above it, nearest first, the root last.

    `private_key` is a key in memory, or any `SealingKey`, such as one in a token. `crls` are revocation lists of the
    issuers, PEM, for packages to enclose.
    """

    private_key: ec.EllipticCurvePrivateKey | SealingKey
    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...] = ()
    crls: bytes = b""

    def __repr__(self) -> str:
        return f"Identity({self.name!r}, {self.fingerprint[:16]}…)"

    @classmethod
    def create(
        cls,
        name: str,
        *,
        organisation: str = "",
        days: int = SELF_ISSUED_DAYS,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        key: SealingKey | None = None,
    ) -> Identity:
        """A new key (or `key`, from a token) with a self-issued certificate, valid from now.

        Raises `BadIdentity` for an unusable name.
        """
        whom = certification.subject(name, organisation)
        if key is not None:
            return cls(key, certification.self_issued(key, whom, clock(), days))
        made = ec.generate_private_key(ec.SECP256R1())
        return cls(made, certification.self_issued(SoftwareKey(made), whom, clock(), days))

    @classmethod
    def load(cls, path: Path, passphrase: str) -> Identity:
        """Unlock a PKCS#12 file, or with its PIN the token that a token file names.

        Raises `BadIdentity`: wrong passphrase, not such a file, or a key that cannot seal.
        """
        data = identityfile.read_file(path)
        if tokenfile.is_token_file(data):
            key, certificates = tokenfile.unlocked(data, passphrase, path)
            identity = cls(key, certificates[0], identityfile.chain_of(certificates[0], certificates[1:]))
        else:
            identity = cls(*identityfile.unlocked(data, passphrase, path))
        identity.require_use(str(path))
        lists = list_path(path)
        return replace(identity, crls=identityfile.read_lists(lists)) if lists.is_file() else identity

    def save(self, path: Path, passphrase: str) -> None:
        """Write the identity's file, readable by its owner only, whole or not at all. None is ever replaced.

        A key in memory goes into a PKCS#12 file under the passphrase. Of one in a token only its place is written,
        with the certificates; the passphrase is not used then. Raises `BadIdentity` for an empty passphrase,
        `CannotWrite` where the file exists or cannot be written.
        """
        if isinstance(self.private_key, ec.EllipticCurvePrivateKey):
            identityfile.write(path, passphrase, self.name, self.private_key, self.certificate, self.chain)
        else:
            identityfile.write_new(path, tokenfile.written(self.private_key, (self.certificate, *self.chain)))

    @property
    def key(self) -> SealingKey:
        """The key, wherever it lies."""
        held = self.private_key
        return SoftwareKey(held) if isinstance(held, ec.EllipticCurvePrivateKey) else held

    def sign(self, data: bytes) -> bytes:
        """ECDSA with SHA-256 over `data`, ASN.1 DER. Raises `BadIdentity` where a token does not sign."""
        return self.key.sign(data)

    def request(self) -> bytes:
        """A request for a certificate over this key, PEM (PKCS#10)."""
        return certification.request(self.key, self.certificate.subject)

    def renewed(self, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> Identity:
        """The same key with a new self-issued certificate. Raises `BadIdentity` where somebody else issued it."""
        if not self.self_issued:
            raise BadIdentity(
                f"The certificate of {self.name} was issued by {self.issuer}; only they can renew it.",
                "Write a request with `casebound identity request`, and send it to them.",
            )
        made = certification.self_issued(self.key, self.certificate.subject, clock(), SELF_ISSUED_DAYS)
        return replace(self, certificate=made)

    def certified(self, certificates: Sequence[x509.Certificate]) -> Identity:
        """The same key with the certificate that an authority issued for it, among `certificates` with its chain.

        Raises `BadIdentity` where none of them is for this key, the chain does not end in a root, or it is for another
        purpose than sealing.
        """
        own = [one for one in certificates if key_fingerprint_of(one) == self.key_fingerprint]
        if not own:
            raise BadIdentity(
                "None of the certificates in the file is for this identity's key.",
                f"The key is {self.key_fingerprint[:16]}…; ask for the certificate that was issued for your request.",
                meaning="Nothing was changed.",
            )
        newest = max(own, key=lambda one: one.not_valid_before_utc)
        others = [*(one for one in certificates if one is not newest), *self.chain]
        made = Identity(self.private_key, newest, identityfile.chain_of(newest, others), self.crls)
        made.require_use()
        return made

    @property
    def name(self) -> str:
        return certificate_name(self.certificate)

    @property
    def organisation(self) -> str:
        return certification.text_of(self.certificate.subject, NameOID.ORGANIZATION_NAME)

    @property
    def issuer(self) -> str:
        name = self.certificate.issuer
        return certification.text_of(name, NameOID.COMMON_NAME) or name.rfc4514_string()

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
        own = self.key.public_key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        if own != self.spki_der:
            raise BadIdentity(
                "The identity's key does not belong to its certificate.", "Use another identity.", where=where
            )
        if self.root.subject != self.root.issuer:
            raise BadIdentity(
                f"The certificate of {self.name} comes without its issuer's certificates.",
                "Ask for a PKCS#12 file with the whole chain up to the organisation's root in it, or a PEM file of it.",
                meaning="Recipients could not check whom it was issued by.",
                where=where,
            )
        if not _may_sign(self.certificate.extensions):
            raise BadIdentity(
                f"The certificate of {self.name} is not meant for signing documents.",
                "Ask its issuer for one with the usage digitalSignature and the purposes emailProtection and "
                "documentSigning.",
                meaning="Programs that recipients have would refuse its seals.",
                where=where,
            )

    def require_valid(self, at: datetime) -> None:
        """Raises `BadIdentity` where the certificate, or one above it, is not valid at this time."""
        for one in (self.certificate, *self.chain):
            begin, end = one.not_valid_before_utc, one.not_valid_after_utc
            if not begin <= at.astimezone(UTC) <= end:
                raise BadIdentity(
                    f"The certificate of {certificate_name(one)} is valid from {begin:%Y-%m-%d %H:%M} to"
                    f" {end:%Y-%m-%d %H:%M} UTC, and it is {at.astimezone(UTC):%Y-%m-%d %H:%M} UTC by this machine's"
                    " clock.",
                    "Check the clock, or renew the certificate.",
                    meaning="A seal made now could not be verified. Nothing was sealed.",
                )


def _may_sign(extensions: x509.Extensions) -> bool:
    try:
        if not extensions.get_extension_for_class(x509.KeyUsage).value.digital_signature:
            return False
    except x509.ExtensionNotFound:
        pass
    try:
        purposes = set(extensions.get_extension_for_class(x509.ExtendedKeyUsage).value)
    except x509.ExtensionNotFound:
        return True
    return bool(purposes & {ExtendedKeyUsageOID.EMAIL_PROTECTION, ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE})


def _spki(certificate: x509.Certificate) -> bytes:
    return certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
