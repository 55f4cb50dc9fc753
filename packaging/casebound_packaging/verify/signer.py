"""Who sealed, and whether somebody outside the package says so.

Certificates enclosed are never trusted, nor are those of the system.
"""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass, replace
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from casebound_packaging.finding import Finding
from casebound_packaging.verify.revocation import read_lists, revoked_since
from casebound_packaging.verify.trust import BadTrust, Trust
from casebound_packaging.verify.verdict import SignerFacts

DOCUMENT_SIGNING = x509.ObjectIdentifier("1.3.6.1.5.5.7.3.36")  # RFC 9336
_ALLOWED_USES = (DOCUMENT_SIGNING, ExtendedKeyUsageOID.EMAIL_PROTECTION, ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE)


@dataclass(frozen=True, slots=True)
class Attribution:
    """What is known about one signer."""

    facts: SignerFacts
    limits: frozenset[str]
    notes: tuple[str, ...]


def signer_facts(certificate: x509.Certificate) -> SignerFacts:
    """What the certificate says. Raises `ValueError` where it says it in no readable way."""
    spki = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return SignerFacts(
        name=_named(certificate.subject, NameOID.COMMON_NAME) or certificate.subject.rfc4514_string(),
        organisation=_named(certificate.subject, NameOID.ORGANIZATION_NAME),
        fingerprint=hashlib.sha256(certificate.public_bytes(Encoding.DER)).hexdigest(),
        key_fingerprint=hashlib.sha256(spki).hexdigest(),
        self_issued=certificate.issuer == certificate.subject,
        valid_from=certificate.not_valid_before_utc,
        valid_to=certificate.not_valid_after_utc,
        issuer=_named(certificate.issuer, NameOID.COMMON_NAME) or certificate.issuer.rfc4514_string(),
    )


@dataclass(frozen=True, slots=True)
class Sealing:
    """One signature that holds, and what is to be asked about its signer.

    `crls` is certs/crl.pem of the package: a revocation is believed from anywhere, as its issuer signed it.
    `stamped_at` is a proved time, `signed_at` a claimed one. `leading` is False for a second signer, who need not be
    the one expected.
    """

    certificate: x509.Certificate
    others: tuple[x509.Certificate, ...]
    item: str
    signed_at: datetime | None
    stamped_at: datetime | None = None
    crls: bytes = b""
    leading: bool = True

    @property
    def at(self) -> datetime | None:
        return self.stamped_at or self.signed_at


def attribute(sealing: Sealing, trust: Trust, found: list[Finding]) -> Attribution:
    """Compare one signer with the trust given. Raises `BadTrust` where what was given cannot be read."""
    facts = signer_facts(sealing.certificate)
    limits: set[str] = set()
    notes: list[str] = []
    _usage(sealing, found)
    _lifetime(facts, sealing, trust, limits, found)
    confirmed = ""
    wanted = trust.fingerprints
    if wanted & {facts.fingerprint, facts.key_fingerprint}:
        confirmed = "fingerprint"
    elif wanted and sealing.leading:
        problem = "The signer is not the one whose fingerprint was given."
        found.append(Finding("signer", sealing.item, problem, ", ".join(sorted(wanted)), facts.fingerprint))
    if trust.allowed_signers is not None:
        if _allowed(sealing.certificate, trust.allowed_signers):
            confirmed = confirmed or "allowed-signers"
        elif sealing.leading:
            problem = "The signer's key is not among the allowed signers given."
            found.append(Finding("signer", sealing.item, problem, "", facts.key_fingerprint))
    if trust.root_pem is not None and _under_root(sealing, trust, limits, found) and not confirmed:
        if DOCUMENT_SIGNING in _uses(sealing.certificate):
            confirmed = "root"
        else:
            notes.append(f"{facts.name} is under the root given, but is not marked as a signer of documents.")
    if not confirmed:
        limits.add("UNATTRIBUTED")
    if facts.self_issued:
        limits.add("SELF-ISSUED")
    return Attribution(replace(facts, confirmed_by=confirmed), frozenset(limits), tuple(notes))


def _named(name: x509.Name, oid: x509.ObjectIdentifier) -> str:
    values = name.get_attributes_for_oid(oid)
    return str(values[0].value) if values else ""


def _uses(certificate: x509.Certificate) -> tuple[x509.ObjectIdentifier, ...]:
    try:
        return tuple(certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value)
    except x509.ExtensionNotFound:
        return ()


def _usage(sealing: Sealing, found: list[Finding]) -> None:
    uses = _uses(sealing.certificate)
    if uses and not set(uses) & set(_ALLOWED_USES):
        problem = "The certificate is for another purpose than signing documents."
        found.append(Finding("signer", sealing.item, problem))
    try:
        usage = sealing.certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return
    if not (usage.digital_signature or usage.content_commitment):
        found.append(Finding("signer", sealing.item, "The certificate's key is not for signatures."))


def _lifetime(facts: SignerFacts, sealing: Sealing, trust: Trust, limits: set[str], found: list[Finding]) -> None:
    at = sealing.at
    if at is not None and not facts.valid_from <= at <= facts.valid_to:
        span = f"{facts.valid_from:%Y-%m-%d} to {facts.valid_to:%Y-%m-%d}"
        problem = "The certificate was not valid when the seal was made."
        found.append(Finding("signer", sealing.item, problem, span, f"{at:%Y-%m-%d}"))
    if trust.moment > facts.valid_to and sealing.stamped_at is None:
        limits.add("EXPIRED")


def _allowed(certificate: x509.Certificate, text: str) -> bool:
    """Whether an OpenSSH allowed signers file (ssh-keygen(1)) names the key for this namespace."""
    key = certificate.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode().split()[:2]
    for line in text.splitlines():
        words = line.strip().split()
        if not words or words[0].startswith("#") or key[1] not in words:
            continue
        place = words.index(key[1])
        options = " ".join(words[1 : place - 1])
        if words[place - 1] != key[0] or "cert-authority" in options:
            continue
        if "namespaces=" not in options or "evidence-package" in options:
            return True
    return False


def _under_root(sealing: Sealing, trust: Trust, limits: set[str], found: list[Finding]) -> bool:
    """Certificate path from the signer to a root given, and the revocation lists at hand."""
    roots, lists = read_roots(trust.root_pem or b"")
    lists += read_lists(sealing.crls)
    at = sealing.stamped_at or min(trust.moment, sealing.signed_at or trust.moment)
    try:
        _walk_path(sealing, roots, at)
    except Exception as error:  # noqa: BLE001 - a path that cannot be judged is a path that does not hold
        problem = "The signer is not under the root that was given."
        found.append(Finding("signer", sealing.item, problem, _subjects(roots), str(error) or type(error).__name__))
        return False
    revoked = revoked_since([sealing.certificate, *sealing.others], [*roots, *sealing.others], lists)
    if revoked is None:
        return True
    if sealing.stamped_at is not None and revoked > sealing.stamped_at:
        limits.add("REVOKED-LATER")
        return True
    found.append(
        Finding("signer", sealing.item, "The signer's certificate was revoked.", "", f"{revoked:%Y-%m-%d %H:%M} UTC")
    )
    return False


def _walk_path(sealing: Sealing, roots: list[x509.Certificate], moment: datetime) -> None:
    """Raises what pyhanko-certvalidator raises where no path from the signer to a root holds at `moment`."""
    from asn1crypto.x509 import Certificate
    from pyhanko_certvalidator import CertificateValidator, ValidationContext

    def load(one: x509.Certificate) -> Certificate:
        return Certificate.load(one.public_bytes(Encoding.DER))

    context = ValidationContext(
        trust_roots=[load(root) for root in roots],
        other_certs=[load(other) for other in sealing.others],
        moment=moment,
        allow_fetching=False,
        revocation_mode="soft-fail",  # lists are looked through by `revoked_since`
    )
    asyncio.run(CertificateValidator(load(sealing.certificate), validation_context=context).async_validate_path())


def _subjects(certificates: list[x509.Certificate]) -> str:
    return "; ".join(certificate.subject.rfc4514_string() for certificate in certificates)


def read_roots(pem: bytes) -> tuple[list[x509.Certificate], list[x509.CertificateRevocationList]]:
    """Certificates and CRLs of a PEM file. Raises `BadTrust` where there is no certificate."""
    try:
        certificates = x509.load_pem_x509_certificates(pem)
    except ValueError as error:
        raise BadTrust(
            "The root that was given holds no certificate in PEM form.",
            "Give the file that your organisation publishes; it begins with -----BEGIN CERTIFICATE-----.",
        ) from error
    return certificates, read_lists(pem)
