"""Who sealed, and whether somebody outside the package says so.

Certificates enclosed are never trusted, nor are those of the system.
"""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from casebound_packaging.finding import Finding
from casebound_packaging.verify.trust import BadTrust, Trust
from casebound_packaging.verify.verdict import SignerFacts

if TYPE_CHECKING:
    from asn1crypto.crl import CertificateList

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


def attribute(
    certificate: x509.Certificate,
    others: tuple[x509.Certificate, ...],
    crls: bytes,
    trust: Trust,
    sealed_at: datetime | None,
    stamped_at: datetime | None,
    item: str,
    found: list[Finding],
) -> Attribution:
    """Compare one signer with the trust given.

    `crls` is certs/crl.pem of the package: a revocation is believed from anywhere, as its issuer signed it.
    `stamped_at` is a proved time, `sealed_at` a claimed one. Raises `BadTrust` where what was given cannot be read.
    """
    facts = signer_facts(certificate)
    limits: set[str] = set()
    notes: list[str] = []
    _usage(certificate, item, found)
    _lifetime(facts, trust, sealed_at, stamped_at, item, limits, found)
    confirmed = ""
    wanted = trust.fingerprints
    if wanted & {facts.fingerprint, facts.key_fingerprint}:
        confirmed = "fingerprint"
    elif wanted:
        problem = "The signer is not the one whose fingerprint was given."
        found.append(Finding("signer", item, problem, ", ".join(sorted(wanted)), facts.fingerprint))
    if trust.allowed_signers is not None:
        if _allowed(certificate, trust.allowed_signers):
            confirmed = confirmed or "allowed-signers"
        else:
            found.append(
                Finding(
                    "signer",
                    item,
                    "The signer's key is not among the allowed signers given.",
                    "",
                    facts.key_fingerprint,
                )
            )
    if trust.root_pem is not None:
        under = _under_root(certificate, others, crls, trust, sealed_at, stamped_at, item, limits, found)
        if under and not confirmed:
            if DOCUMENT_SIGNING in _uses(certificate):
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


def _usage(certificate: x509.Certificate, item: str, found: list[Finding]) -> None:
    uses = _uses(certificate)
    if uses and not set(uses) & set(_ALLOWED_USES):
        found.append(Finding("signer", item, "The certificate is for another purpose than signing documents."))
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return
    if not (usage.digital_signature or usage.content_commitment):
        found.append(Finding("signer", item, "The certificate's key is not for signatures."))


def _lifetime(
    facts: SignerFacts,
    trust: Trust,
    sealed_at: datetime | None,
    stamped_at: datetime | None,
    item: str,
    limits: set[str],
    found: list[Finding],
) -> None:
    at = stamped_at or sealed_at
    if at is not None and not facts.valid_from <= at <= facts.valid_to:
        found.append(
            Finding(
                "signer",
                item,
                "The certificate was not valid when the seal was made.",
                f"{facts.valid_from:%Y-%m-%d} to {facts.valid_to:%Y-%m-%d}",
                f"{at:%Y-%m-%d}",
            )
        )
    if trust.moment > facts.valid_to and stamped_at is None:
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


def _under_root(
    certificate: x509.Certificate,
    others: tuple[x509.Certificate, ...],
    crls: bytes,
    trust: Trust,
    sealed_at: datetime | None,
    stamped_at: datetime | None,
    item: str,
    limits: set[str],
    found: list[Finding],
) -> bool:
    """Certificate path from the signer to a root given, through pyhanko-certvalidator."""
    from asn1crypto.x509 import Certificate
    from pyhanko_certvalidator import CertificateValidator, ValidationContext
    from pyhanko_certvalidator.errors import PathError, RevokedError, ValidationError

    roots, given_crls = read_roots(trust.root_pem or b"")
    revocations = [*given_crls, *_crls(crls)]
    at = stamped_at or (min(trust.moment, sealed_at) if sealed_at else trust.moment)

    def load(one: x509.Certificate) -> Certificate:
        return Certificate.load(one.public_bytes(Encoding.DER))

    def path_holds(moment: datetime, lists: list[CertificateList]) -> None:
        context = ValidationContext(
            trust_roots=[load(root) for root in roots],
            other_certs=[load(other) for other in others],
            moment=moment,
            crls=lists,
            allow_fetching=False,
            revocation_mode="soft-fail",
            retroactive_revinfo=True,
        )
        validator = CertificateValidator(load(certificate), validation_context=context)
        asyncio.run(validator.async_validate_path())

    try:
        path_holds(at, [])
    except Exception as error:  # noqa: BLE001 - a path that cannot be judged is a path that does not hold
        problem = "The signer is not under the root that was given."
        detail = str(error) if isinstance(error, PathError | ValidationError) else type(error).__name__
        found.append(Finding("signer", item, problem, _subjects(roots), detail))
        return False
    try:
        path_holds(at, revocations)
        if revocations:
            path_holds(trust.moment, revocations)
    except RevokedError as error:
        revoked = getattr(error, "revocation_dt", None)
        if stamped_at is not None and isinstance(revoked, datetime) and revoked > stamped_at:
            limits.add("REVOKED-LATER")
        else:
            found.append(
                Finding("signer", item, "The signer's certificate was revoked.", "", f"{revoked or 'time not known'}")
            )
            return False
    except Exception:  # noqa: BLE001 - expired since, or a list that does not fit: the path itself was judged above
        return True
    return True


def _subjects(certificates: list[x509.Certificate]) -> str:
    return "; ".join(certificate.subject.rfc4514_string() for certificate in certificates)


def read_roots(pem: bytes) -> tuple[list[x509.Certificate], list[CertificateList]]:
    """Certificates and CRLs of a PEM file. Raises `BadTrust` where there is no certificate."""
    try:
        certificates = x509.load_pem_x509_certificates(pem)
    except ValueError as error:
        raise BadTrust(
            "The root that was given holds no certificate in PEM form.",
            "Give the file that your organisation publishes; it begins with -----BEGIN CERTIFICATE-----.",
        ) from error
    return certificates, _crls(pem)


def _crls(pem: bytes) -> list[CertificateList]:
    from asn1crypto import pem as armour
    from asn1crypto.crl import CertificateList

    lists = []
    try:
        for kind, _, der in armour.unarmor(pem, multiple=True):
            if kind == "X509 CRL":
                lists.append(CertificateList.load(der, strict=True))
    except ValueError:
        return lists
    return lists
