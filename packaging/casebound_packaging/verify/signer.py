"""Who sealed, and whether somebody outside the package says so.

Certificates enclosed are never trusted, nor are those of the system.
"""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from casebound_packaging.finding import Finding
from casebound_packaging.identityfile import chain_of
from casebound_packaging.verify.revocation import Revocation, read_lists, revocation_of, state_of
from casebound_packaging.verify.signerwords import (
    COMPROMISED,
    ISSUER_REVOKED,
    NO_SIGNATURES,
    NOT_ALLOWED,
    NOT_YET,
    OTHER_FINGERPRINT,
    OTHER_PURPOSE,
    OTHER_ROOT,
    REVOKED_BEFORE,
    REVOKED_UNPROVED,
    TOO_EARLY,
    TOO_LATE,
    expired_since,
    list_told,
    unauthorised,
)
from casebound_packaging.verify.trust import BadTrust, Trust
from casebound_packaging.verify.verdict import SignerFacts

DOCUMENT_SIGNING = x509.ObjectIdentifier("1.3.6.1.5.5.7.3.36")  # RFC 9336
_SLOW_CLOCK = timedelta(hours=1)
_ALLOWED_USES = (DOCUMENT_SIGNING, ExtendedKeyUsageOID.EMAIL_PROTECTION, ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE)


@dataclass(frozen=True, slots=True)
class Attribution:
    """What is known about one signer."""

    facts: SignerFacts
    limits: frozenset[str]
    notes: tuple[str, ...]
    standing: str = ""  # why a signer under the root is not confirmed by it, as sentences


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
    _lifetime(facts, sealing, trust, limits, notes, found)
    confirmed = ""
    wanted = trust.fingerprints
    if wanted & {facts.fingerprint, facts.key_fingerprint}:
        confirmed = "fingerprint"
    elif wanted and sealing.leading:
        found.append(Finding("signer", sealing.item, OTHER_FINGERPRINT, ", ".join(sorted(wanted)), facts.fingerprint))
    if trust.allowed_signers is not None:
        if _allowed(sealing.certificate, trust.allowed_signers):
            confirmed = confirmed or "allowed-signers"
        elif sealing.leading:
            found.append(Finding("signer", sealing.item, NOT_ALLOWED, "", facts.key_fingerprint))
    standing = ""
    if trust.root_pem is not None and _under_root(sealing, trust, found) and not confirmed:
        if DOCUMENT_SIGNING in _uses(sealing.certificate):
            confirmed = "root"
        else:
            standing = unauthorised(facts.name)
            notes.append(standing)
    if not confirmed and trust.known & {facts.fingerprint, facts.key_fingerprint}:
        confirmed, standing = "remembered", ""
    _revocation(sealing, trust, facts, limits, notes, found)
    if not confirmed:
        limits.add("UNATTRIBUTED")
    if facts.self_issued:
        limits.add("SELF-ISSUED")
    return Attribution(replace(facts, confirmed_by=confirmed), frozenset(limits), tuple(notes), standing)


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
        told = ", ".join(use.dotted_string for use in uses)
        found.append(Finding("signer", sealing.item, OTHER_PURPOSE, "documentSigning or emailProtection", told))
    try:
        usage = sealing.certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return
    if not (usage.digital_signature or usage.content_commitment):
        found.append(Finding("signer", sealing.item, NO_SIGNATURES))


def _lifetime(
    facts: SignerFacts, sealing: Sealing, trust: Trust, limits: set[str], notes: list[str], found: list[Finding]
) -> None:
    at = sealing.at
    span = f"{facts.valid_from:%Y-%m-%d} to {facts.valid_to:%Y-%m-%d}"
    if at is not None and at < facts.valid_from:
        found.append(Finding("signer", sealing.item, TOO_EARLY, span, f"{at:%Y-%m-%d}"))
    elif at is not None and at > facts.valid_to:
        found.append(Finding("signer", sealing.item, TOO_LATE, span, f"{at:%Y-%m-%d}"))
    elif trust.moment + _SLOW_CLOCK < facts.valid_from:
        found.append(Finding("signer", sealing.item, NOT_YET, span, f"{trust.moment:%Y-%m-%d}"))
    if trust.moment > facts.valid_to:
        if sealing.stamped_at is None:
            limits.add("EXPIRED")
        elif sealing.stamped_at <= facts.valid_to:
            notes.append(expired_since(facts.name, f"{facts.valid_to:%Y-%m-%d}"))


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


def _under_root(sealing: Sealing, trust: Trust, found: list[Finding]) -> bool:
    """Whether a certificate path leads from the signer to a root given."""
    roots, _ = read_roots(trust.root_pem or b"")
    at = sealing.stamped_at or min(trust.moment, sealing.signed_at or trust.moment)
    try:
        _walk_path(sealing, roots, at)
    except Exception as error:  # noqa: BLE001 - a path that cannot be judged is a path that does not hold
        reason = str(error) or type(error).__name__
        found.append(Finding("signer", sealing.item, OTHER_ROOT, _subjects(roots), reason))
        return False
    return True


def _revocation(
    sealing: Sealing, trust: Trust, facts: SignerFacts, limits: set[str], notes: list[str], found: list[Finding]
) -> None:
    """What the revocation lists at hand say of the signer and of the issuers above."""
    roots, given = read_roots(trust.root_pem) if trust.root_pem is not None else ([], [])
    given = [*given, *read_given_lists(trust.crl_pem)]
    enclosed = read_lists(sealing.crls)
    path = (sealing.certificate, *chain_of(sealing.certificate, [*roots, *sealing.others]))
    revoked = revocation_of(path, [*given, *enclosed])
    if revoked is not None:
        proved = sealing.stamped_at
        if proved is not None and revoked.since > proved:
            limits.add("REVOKED-LATER")
            notes.append(
                f"The certificate of {facts.name} was revoked on {revoked.at:%Y-%m-%d}, after the proved time."
            )
        else:
            found.append(_revoked(sealing, revoked))
    if trust.root_pem is None or len(path) == 1:
        return
    state = state_of(path[1], given, enclosed, trust.moment)
    if state.state == "stale":
        limits.add("STALE-REVOCATION")
    if state.state != "fresh" and revoked is None:
        made = f"{state.made_at:%Y-%m-%d}" if state.made_at else ""
        due = f"{state.due_at:%Y-%m-%d}" if state.due_at else ""
        notes.append(list_told(facts.issuer, state.state, made, due))


def _revoked(sealing: Sealing, revoked: Revocation) -> Finding:
    told = f"revoked {revoked.at:%Y-%m-%d %H:%M} UTC"
    at = sealing.at
    if revoked.certificate != sealing.certificate:
        problem = ISSUER_REVOKED
    elif revoked.compromised and (at is None or revoked.since <= at < revoked.at):
        problem, told = COMPROMISED, f"{told}, in other hands since {revoked.since:%Y-%m-%d}"
    elif at is not None and revoked.since <= at:
        problem = REVOKED_BEFORE
    else:
        problem = REVOKED_UNPROVED
    sealed = f"sealed {at:%Y-%m-%d %H:%M} UTC, {'proved' if sealing.stamped_at else 'as stated'}" if at else ""
    return Finding("signer", sealing.item, problem, sealed, told)


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
        revocation_mode="soft-fail",  # lists are looked through by `revocation_of`
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


def read_given_lists(pem: bytes | None) -> list[x509.CertificateRevocationList]:
    """The CRLs of a PEM file that was given for them. Raises `BadTrust` where there is none."""
    lists = read_lists(pem or b"")
    if pem is not None and not lists:
        raise BadTrust(
            "The revocation list that was given cannot be read.",
            "Give the list that your organisation publishes, in PEM; it begins with -----BEGIN X509 CRL-----.",
        )
    return lists
