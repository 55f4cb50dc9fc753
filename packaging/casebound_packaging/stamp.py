"""Time stamps (RFC 3161): a service signs that it saw some bytes at a time. The only module that uses a network.

Sealing never depends on it. Whoever asks for a stamp catches `NoStamp`, seals without one, and says so.
"""

from __future__ import annotations

import hashlib
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Sequence
from datetime import UTC, datetime
from http.client import HTTPException
from typing import Final

from cryptography import x509
from rfc3161_client import (
    HashAlgorithm,
    PKIStatus,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from casebound_packaging.errors import CaseboundError

_TIMEOUT: Final = 15  # seconds
_LARGEST: Final = 256 * 1024


class NoStamp(CaseboundError):
    """The time stamp service gave no usable stamp. The work can go on without one."""


def request_stamp(url: str, data: bytes) -> bytes:
    """The service's whole answer (TimeStampResp, DER) over SHA-256 of `data`. Raises `NoStamp`, and nothing else.

    The answer is checked to be over these bytes and to carry our nonce; whom to trust is for the recipient to say.
    """
    if not url.lower().startswith(("http://", "https://")):
        raise _no_stamp(url, "its address begins neither with http:// nor with https://")
    request = TimestampRequestBuilder().data(data).hash_algorithm(HashAlgorithm.SHA256).build()
    headers = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}
    try:
        post = urllib.request.Request(url, request.as_bytes(), headers)  # noqa: S310 - the scheme is checked above
        with urllib.request.urlopen(post, timeout=_TIMEOUT) as answer:  # noqa: S310
            body: bytes = answer.read(_LARGEST + 1)
    except (OSError, HTTPException, ValueError) as fault:
        reason = getattr(fault, "reason", "") or str(fault) or type(fault).__name__
        raise _no_stamp(url, str(reason)) from None
    if len(body) > _LARGEST:
        raise _no_stamp(url, "its answer is far too long")
    try:
        response = decode_timestamp_response(body)
    except ValueError:
        raise _no_stamp(url, "its answer is not a time stamp") from None
    problem = _mismatch(response, data)
    if not problem and response.tst_info.nonce != request.nonce:
        problem = "its answer belongs to another question"
    if problem:
        raise _no_stamp(url, problem)
    return body


def check_stamp(response: bytes, data: bytes, roots: Sequence[x509.Certificate]) -> datetime:
    """The time at which a service under one of `roots` saw `data`. Raises `ValueError` (a clause) where not shown."""
    if not roots:
        raise ValueError("no root certificate of a time stamp service was given")
    try:
        stamp = decode_timestamp_response(response)
    except ValueError:
        raise ValueError("the file is not a time stamp response") from None
    problem = _mismatch(stamp, data)
    if problem:
        raise ValueError(problem)
    verifier = VerifierBuilder(roots=list(roots)).build()
    try:
        verifier.verify_message(stamp, data)
    except VerificationError as fault:
        raise ValueError(str(fault)) from None
    moment: datetime = stamp.tst_info.gen_time
    return moment.astimezone(UTC)


def _mismatch(response: TimeStampResponse, data: bytes) -> str:
    if response.status != PKIStatus.GRANTED:
        return f"the service refused (status {response.status})"
    imprint = response.tst_info.message_imprint
    if imprint.hash_algorithm.dotted_string != "2.16.840.1.101.3.4.2.1":
        return "the stamp does not use SHA-256"
    if imprint.message != hashlib.sha256(data).digest():
        return "the stamp is over other bytes"
    return ""


def _no_stamp(url: str, reason: str) -> NoStamp:
    try:
        host = urllib.parse.urlsplit(url).hostname or "the time stamp service"
    except ValueError:
        host = "the time stamp service"
    return NoStamp(
        f"No time stamp was had from {host}: {reason}.",
        "A stamp can be asked for later, and kept beside the package.",
        meaning="Without one, only the signer's own clock says when the package was sealed.",
    )
