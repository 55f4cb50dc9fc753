"""Revocation lists (CRL, RFC 5280 section 5) that are at hand. Nothing is fetched.

certvalidator looks into a list only for certificates that name a distribution point, which an organisation's own
certificates seldom do; so the lists are looked through here, once the path itself was found to hold.

A list is believed wherever it comes from, as its issuer signed it. But only somebody who has the issuer's newest list
knows that a certificate is *not* on it: that is what `state_of` says about the lists that were given from outside.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from typing import Literal

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm

_BLOCK = re.compile(rb"-----BEGIN X509 CRL-----[^-]+-----END X509 CRL-----")
_MOST = 64  # lists that are looked at; no chain has so many issuers

Lists = Sequence[x509.CertificateRevocationList]


@dataclass(frozen=True, slots=True)
class Revocation:
    """A certificate taken back. `at` is what the list says; `since` the day from which the key is not trusted."""

    certificate: x509.Certificate
    at: datetime
    since: datetime

    @property
    def compromised(self) -> bool:
        """Whether the key is said to have been in other hands before it was revoked."""
        return self.since < self.at


@dataclass(frozen=True, slots=True)
class ListState:
    """The newest list of one issuer that is at hand: none, fresh, or stale."""

    state: Literal["none", "fresh", "stale"]
    made_at: datetime | None = None
    due_at: datetime | None = None


def read_lists(pem: bytes) -> list[x509.CertificateRevocationList]:
    """Every CRL in a PEM file that can be read."""
    lists = []
    for block in _BLOCK.findall(pem)[:_MOST]:
        try:
            lists.append(x509.load_pem_x509_crl(block))
        except ValueError:
            continue  # a list that cannot be read says nothing
    return lists


def revocation_of(path: Sequence[x509.Certificate], lists: Lists) -> Revocation | None:
    """The revocation that counts from the earliest day among the certificates of a path, nearest first."""
    pairs = pairwise(path)
    found = [one for own, issuer in pairs for one in _revocations(own, issuer, lists)]
    return min(found, key=lambda one: one.since, default=None)


def state_of(issuer: x509.Certificate, given: Lists, enclosed: Lists, moment: datetime) -> ListState:
    """What is known of the issuer's list at `moment`.

    A package can only enclose what was new when it was sealed, so its list counts as fresh while it is, and is never
    held against it. A list that was given, and is overdue, is stale.
    """
    own = [one for one in given if signed_by(one, issuer)]
    every = [*own, *(one for one in enclosed if signed_by(one, issuer))]
    newest = max(every, key=lambda one: one.last_update_utc, default=None)
    if newest is None:
        return ListState("none")
    due = newest.next_update_utc
    fresh = due is not None and due >= moment
    if not fresh and not own:
        return ListState("none", newest.last_update_utc, due)
    return ListState("fresh" if fresh else "stale", newest.last_update_utc, due)


def signed_by(one: x509.CertificateRevocationList, issuer: x509.Certificate) -> bool:
    """Whether a list is the issuer's own."""
    try:
        return issuer.subject == one.issuer and one.is_signature_valid(issuer.public_key())  # type: ignore[arg-type]
    except (TypeError, ValueError, UnsupportedAlgorithm):
        return False


def _revocations(own: x509.Certificate, issuer: x509.Certificate, lists: Lists) -> Iterator[Revocation]:
    for one in lists:
        if not signed_by(one, issuer):
            continue
        entry = one.get_revoked_certificate_by_serial_number(own.serial_number)
        if entry is None or _taken_off(entry):
            continue
        at = entry.revocation_date_utc
        yield Revocation(own, at, min(at, _since(entry) or at))


def _since(entry: x509.RevokedCertificate) -> datetime | None:
    """A key known to have been in other hands since an earlier day was not its owner's from that day on."""
    try:
        held = entry.extensions.get_extension_for_class(x509.InvalidityDate).value
        return held.invalidity_date_utc.astimezone(UTC)
    except (x509.ExtensionNotFound, ValueError):
        return None


def _taken_off(entry: x509.RevokedCertificate) -> bool:
    try:
        return entry.extensions.get_extension_for_class(x509.CRLReason).value.reason is x509.ReasonFlags.remove_from_crl
    except (x509.ExtensionNotFound, ValueError):
        return False
