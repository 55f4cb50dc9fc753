"""An organisation's root: it issues certificates to those who seal, and takes them back. It belongs on a machine apart.

    root = Authority.create("Example Root", organisation="Example Ltd")
    certificate = root.issue(certification.read_request(pem))
    crl = root.withdrawn([Withdrawal(certificate.serial_number, at)], before=None)

openssl reads all of it: certificates (RFC 5280), requests (PKCS#10) and revocation lists.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from casebound_packaging import certification, identityfile, tokenfile
from casebound_packaging.errors import BadIdentity
from casebound_packaging.sealingkey import BuilderKey, SealingKey, SoftwareKey

ROOT_DAYS: Final = 3650
SIGNER_DAYS: Final = 730
LIST_DAYS: Final = 30  # a list is renewed within this time, or verifiers say that it is stale
_SLOW_CLOCK: Final = timedelta(minutes=10)

REASONS: Final = {
    "unspecified": x509.ReasonFlags.unspecified,
    "key-compromise": x509.ReasonFlags.key_compromise,
    "left": x509.ReasonFlags.affiliation_changed,
    "superseded": x509.ReasonFlags.superseded,
    "ceased": x509.ReasonFlags.cessation_of_operation,
}
"""Why a certificate is taken back, in our words, and as RFC 5280 names it."""


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """One certificate taken back. `since` is the day from which its key was known to be in other hands."""

    serial: int
    at: datetime
    reason: str = "unspecified"
    since: datetime | None = None

    def entry(self) -> x509.RevokedCertificate:
        """As a line of the list. Raises `ValueError` for a reason that is none."""
        made = (
            x509.RevokedCertificateBuilder()
            .serial_number(self.serial)
            .revocation_date(self.at.astimezone(UTC).replace(microsecond=0))
        )
        if self.reason != "unspecified":  # RFC 5280 section 5.3.1: left out rather than said
            made = made.add_extension(x509.CRLReason(REASONS[self.reason]), critical=False)
        if self.since is not None:
            since = self.since.astimezone(UTC).replace(microsecond=0, tzinfo=None)
            made = made.add_extension(x509.InvalidityDate(since), critical=False)
        return made.build()


@dataclass(frozen=True, slots=True, repr=False)
class Authority:
    """An unlocked root key with its self-signed certificate."""

    private_key: ec.EllipticCurvePrivateKey | SealingKey
    certificate: x509.Certificate

    def __repr__(self) -> str:
        return f"Authority({self.name!r})"

    @classmethod
    def create(
        cls,
        name: str,
        *,
        organisation: str = "",
        days: int = ROOT_DAYS,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        key: SealingKey | None = None,
    ) -> Authority:
        """A new root. Its certificate may issue certificates of signers, and lists, and nothing else."""
        whom = certification.subject(name, organisation)
        held = key or ec.generate_private_key(ec.SECP256R1())
        signing = SoftwareKey(held) if isinstance(held, ec.EllipticCurvePrivateKey) else held
        certificate = (
            certification.draft(whom, whom, signing.public_key, clock(), days)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(certification.usage("key_cert_sign", "crl_sign"), critical=True)
            .sign(BuilderKey(signing), SHA256())
        )
        return cls(held, certificate)

    @classmethod
    def load(cls, path: Path, passphrase: str) -> Authority:
        """Unlock a root's file. Raises `BadIdentity`: wrong passphrase, or what is in it may not issue certificates."""
        data = identityfile.read_file(path)
        if tokenfile.is_token_file(data):
            key, certificates = tokenfile.unlocked(data, passphrase, path)
            made = cls(key, certificates[0])
        else:
            private, certificate, _ = identityfile.unlocked(data, passphrase, path)
            made = cls(private, certificate)
        try:
            limits = made.certificate.extensions.get_extension_for_class(x509.BasicConstraints).value
            is_root = limits.ca and made.certificate.issuer == made.certificate.subject
        except x509.ExtensionNotFound:
            is_root = False
        if not is_root:
            raise BadIdentity(
                f"{path.name} holds the certificate of {made.name}, which may not issue others.",
                "Name the file that `casebound identity root` made.",
                meaning="Nothing was issued.",
                where=str(path),
            )
        return made

    def save(self, path: Path, passphrase: str) -> None:
        """Keep the root: under a passphrase, or where its token is. Raises `BadIdentity`, `CannotWrite`."""
        if isinstance(self.private_key, ec.EllipticCurvePrivateKey):
            identityfile.write(path, passphrase, self.name, self.private_key, self.certificate, ())
        else:
            identityfile.write_new(path, tokenfile.written(self.private_key, (self.certificate,)))

    @property
    def name(self) -> str:
        return certification.text_of(self.certificate.subject, NameOID.COMMON_NAME)

    @property
    def key(self) -> SealingKey:
        """The key, wherever it lies."""
        held = self.private_key
        return SoftwareKey(held) if isinstance(held, ec.EllipticCurvePrivateKey) else held

    def pem(self) -> bytes:
        """The certificate, which recipients trust."""
        return self.certificate.public_bytes(Encoding.PEM)

    def issue(
        self,
        asked: x509.CertificateSigningRequest,
        *,
        days: int = SIGNER_DAYS,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> x509.Certificate:
        """A certificate for the key and the names of a request that `certification.read_request` accepted.

        Whatever else is asked for is left out. It begins some minutes ago, for clocks that are slow, and never outlasts
        the root. Raises `BadIdentity` where the root has expired, or for a name that no certificate can carry.
        """
        now = clock()
        left = self.certificate.not_valid_after_utc - now.astimezone(UTC)
        if left < timedelta(days=1) or now < self.certificate.not_valid_before_utc:
            raise BadIdentity(
                f"The root {self.name} is not valid any more, or not yet.",
                "Check the clock, or make a new root and hand out its certificate.",
                meaning="Nothing was issued.",
            )
        whom = certification.subject(
            certification.text_of(asked.subject, NameOID.COMMON_NAME),
            certification.text_of(asked.subject, NameOID.ORGANIZATION_NAME),
        )
        begin = max(now - _SLOW_CLOCK, self.certificate.not_valid_before_utc)
        own = certification.draft(
            whom, self.certificate.subject, certification.asked_key(asked), begin, min(days, left.days)
        )
        above = x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key)
        return certification.for_sealing(own).add_extension(above, critical=False).sign(BuilderKey(self.key), SHA256())

    def withdrawn(
        self,
        withdrawals: Sequence[Withdrawal],
        before: x509.CertificateRevocationList | None,
        *,
        days: int = LIST_DAYS,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> bytes:
        """The next revocation list, PEM: everything of the list `before`, and these.

        An entry that is there already is kept as it is, unless its key turns out to have been in other hands. Raises
        `BadIdentity` where the list before is not this root's.
        """
        if before is not None and not (
            before.issuer == self.certificate.subject and before.is_signature_valid(self.key.public_key)
        ):
            raise BadIdentity(
                "The revocation list that is there was not made by this root.",
                "Name this root's own list, or a new file.",
                meaning="Nothing was revoked.",
            )
        entries = {one.serial_number: one for one in before} if before is not None else {}
        for withdrawal in withdrawals:
            if withdrawal.serial not in entries or withdrawal.reason == "key-compromise":
                entries[withdrawal.serial] = withdrawal.entry()
        now = clock().astimezone(UTC).replace(microsecond=0)
        made = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self.certificate.subject)
            .last_update(now)
            .next_update(now + timedelta(days=days))
            .add_extension(x509.CRLNumber(_number(before) + 1), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key), critical=False)
        )
        for entry in entries.values():
            made = made.add_revoked_certificate(entry)
        return made.sign(BuilderKey(self.key), SHA256()).public_bytes(Encoding.PEM)


def _number(before: x509.CertificateRevocationList | None) -> int:
    if before is None:
        return 0
    try:
        return before.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number
    except x509.ExtensionNotFound:
        return 0
