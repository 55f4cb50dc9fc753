"""Revocation lists (CRL, RFC 5280 section 5) that are at hand. Nothing is fetched.

certvalidator looks into a list only for certificates that name a distribution point, which an organisation's own
certificates seldom do; so the lists are looked through here, once the path itself was found to hold.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from cryptography import x509

_BLOCK = re.compile(rb"-----BEGIN X509 CRL-----.+?-----END X509 CRL-----", re.DOTALL)


def read_lists(pem: bytes) -> list[x509.CertificateRevocationList]:
    """Every CRL in a PEM file that can be read."""
    lists = []
    for block in _BLOCK.findall(pem):
        try:
            lists.append(x509.load_pem_x509_crl(block))
        except ValueError:
            continue  # a list that cannot be read says nothing
    return lists


def revoked_since(
    certificates: Sequence[x509.Certificate],
    issuers: Sequence[x509.Certificate],
    lists: Sequence[x509.CertificateRevocationList],
) -> datetime | None:
    """The earliest time since when one of the certificates is revoked, or None. Only an issuer's own lists count."""
    return min((moment for one in certificates for moment in _moments(one, issuers, lists)), default=None)


def _moments(
    certificate: x509.Certificate,
    issuers: Sequence[x509.Certificate],
    lists: Sequence[x509.CertificateRevocationList],
) -> Iterator[datetime]:
    for one in lists:
        if one.issuer != certificate.issuer or not any(_signed(one, issuer) for issuer in issuers):
            continue
        entry = one.get_revoked_certificate_by_serial_number(certificate.serial_number)
        if entry is None:
            continue
        yield entry.revocation_date_utc
        try:
            # A key known to have been in other hands since an earlier day was not its owner's from that day on.
            since = entry.extensions.get_extension_for_class(x509.InvalidityDate).value.invalidity_date_utc
        except (x509.ExtensionNotFound, ValueError):
            continue
        yield since.astimezone(UTC)


def _signed(one: x509.CertificateRevocationList, issuer: x509.Certificate) -> bool:
    try:
        return issuer.subject == one.issuer and one.is_signature_valid(issuer.public_key())  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return False
