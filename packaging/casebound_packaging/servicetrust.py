"""Whether a time stamp was made by a service that the reader trusts, was not revoked, and still vouches for it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Final

from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

from casebound_packaging.stamp import BadStamp, Stamp, plain

# RFC 3161 section 4: tokens from before such a revocation stay valid. With any other reason, or none, no token does.
_RETIRED: Final = frozenset(
    {
        x509.ReasonFlags.unspecified,
        x509.ReasonFlags.affiliation_changed,
        x509.ReasonFlags.superseded,
        x509.ReasonFlags.cessation_of_operation,
    }
)


class UnknownService(BadStamp):
    """The stamp is whole; the service that made it is not one that the reader trusts."""


class ExpiredService(BadStamp):
    """The stamp is whole and of a trusted service, whose certificate expired since: nothing shows that it is older."""


def vouch(
    stamp: Stamp,
    roots: Sequence[x509.Certificate],
    *,
    others: Sequence[x509.Certificate] = (),
    lists: Sequence[x509.CertificateRevocationList] = (),
    now: datetime | None = None,
) -> None:
    """Ask whether a service under one of `roots` made the stamp. `others` help to find the way up and are not trusted.

    Raises `UnknownService`, `ExpiredService`, or `BadStamp` where the service was revoked or may not stamp.
    """
    _purpose(stamp.signer)
    if not stamp.signer.not_valid_before_utc <= stamp.moment <= stamp.signer.not_valid_after_utc:
        raise BadStamp("the service's certificate was not valid at the time of the stamp")
    if not roots:
        raise UnknownService("no root certificate of a time stamp service was given")
    try:
        path = asyncio.run(_path(stamp, roots, others))
    except Exception as fault:  # noqa: BLE001 - a path that cannot be judged is a path that does not hold
        raise UnknownService(f"{plain(stamp.service)} is not under the root that was given: {_reason(fault)}") from None
    for certificate in path:
        _not_revoked(certificate, [*roots, *path], lists, stamp.moment)
    end = min(certificate.not_valid_after_utc for certificate in path)
    if end < (now or datetime.now(UTC)):
        raise ExpiredService(f"the certificate of {plain(stamp.service)} expired on {end:%Y-%m-%d}")


def _purpose(certificate: x509.Certificate) -> None:
    """RFC 3161 section 2.3: the certificate is for time stamps, for nothing else, and says so critically."""
    try:
        purposes = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    except (x509.ExtensionNotFound, ValueError):
        raise BadStamp("the service's certificate is not for time stamps") from None
    if not purposes.critical or list(purposes.value) != [ExtendedKeyUsageOID.TIME_STAMPING]:
        raise BadStamp("the service's certificate is not for time stamps alone")


async def _path(
    stamp: Stamp, roots: Sequence[x509.Certificate], others: Sequence[x509.Certificate]
) -> list[x509.Certificate]:
    """The certificates from the service up to a root, as they were valid at the time of the stamp."""
    from pyhanko_certvalidator import CertificateValidator, ValidationContext

    def load(one: x509.Certificate) -> asn1_x509.Certificate:
        return asn1_x509.Certificate.load(one.public_bytes(Encoding.DER))

    context = ValidationContext(
        trust_roots=[load(root) for root in roots],
        other_certs=[load(one) for one in (*stamp.others, *others)],
        moment=stamp.moment,
        allow_fetching=False,
        revocation_mode="soft-fail",  # lists are looked through by `_not_revoked`
    )
    validator = CertificateValidator(load(stamp.signer), validation_context=context)
    path = await validator.async_validate_usage(set(), {"time_stamping"})  # type: ignore[no-untyped-call]
    return [x509.load_der_x509_certificate(one.dump()) for one in path]


def _reason(fault: Exception) -> str:
    return plain(str(fault)) or type(fault).__name__


def _not_revoked(
    certificate: x509.Certificate,
    issuers: Sequence[x509.Certificate],
    lists: Sequence[x509.CertificateRevocationList],
    moment: datetime,
) -> None:
    for entry in _entries(certificate, issuers, lists):
        try:
            reason = entry.extensions.get_extension_for_class(x509.CRLReason).value.reason
        except (x509.ExtensionNotFound, ValueError):
            reason = x509.ReasonFlags.key_compromise
        if reason not in _RETIRED or entry.revocation_date_utc <= moment:
            raise BadStamp(f"the service's certificate was revoked on {entry.revocation_date_utc:%Y-%m-%d}")


def _entries(
    certificate: x509.Certificate,
    issuers: Sequence[x509.Certificate],
    lists: Sequence[x509.CertificateRevocationList],
) -> Iterator[x509.RevokedCertificate]:
    for one in lists:
        entry = one.get_revoked_certificate_by_serial_number(certificate.serial_number)
        if one.issuer != certificate.issuer or entry is None:
            continue
        for issuer in issuers:
            try:
                if issuer.subject == one.issuer and one.is_signature_valid(issuer.public_key()):  # type: ignore[arg-type]
                    yield entry
                    break
            except (TypeError, ValueError):
                continue
