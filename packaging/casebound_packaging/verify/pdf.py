"""The signed report: exactly one signature, over the whole file, that allows no change; and which package it names.

The signature may carry a time stamp (PAdES B-T), and the same revision what is needed to check it later (the DSS of
B-LT). Whatever was added in a later revision is a change, also where PAdES would allow it.

The acceptance rule is stricter than "the signature is valid": every file of the public shadow-attack corpus has a valid
signature. Asked for are one signature, the entire file, no modification, certification with DocMDP P=1, and
ETSI.CAdES.detached with SHA-256.
"""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import IO, TYPE_CHECKING

from cryptography import x509

from casebound_packaging.finding import Finding
from casebound_packaging.verify.cms import check_signature

if TYPE_CHECKING:
    from pyhanko.pdf_utils.reader import PdfFileReader

_PACKAGE_ID = re.compile(r"\b([A-Za-z0-9._-]+-v[0-9]+-[0-9a-f]{12})\b")
_MOST_TOKENS = 8
_ROOT = re.compile(r"(?i)evidence[ _-]?root\W{0,4}([0-9a-f]{64})\b")


@dataclass(slots=True)
class SignedReport:
    """What the report's signature says. `signer` is None where no signature could be read.

    `tokens` are the time stamps (TimeStampToken, DER) in the signature; they are over `signature`.
    """

    signer: x509.Certificate | None = None
    others: tuple[x509.Certificate, ...] = ()
    signed_at: datetime | None = None
    signature: bytes = b""
    tokens: tuple[bytes, ...] = ()
    package_ids: frozenset[str] = frozenset()
    evidence_roots: frozenset[str] = frozenset()
    read: bool = False  # whether it could be read to its end


def check_pdf(stream: IO[bytes], item: str, found: list[Finding]) -> SignedReport:
    """Examine one signed PDF. Every fault becomes a finding of the check "report"."""
    report = SignedReport()
    logger = logging.getLogger("pyhanko")
    level = logger.level
    logger.setLevel(logging.CRITICAL)  # what pyHanko would log is told as a finding
    try:
        stream.seek(0)
        _examine(stream, item, report, found)
    except Exception as error:  # noqa: BLE001 - a hostile PDF makes a parser fail in many ways; all mean the same
        found.append(Finding("report", item, "The report cannot be read as a signed PDF.", "", type(error).__name__))
    finally:
        logger.setLevel(level)
    return report


def _examine(stream: IO[bytes], item: str, report: SignedReport, found: list[Finding]) -> None:
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.diff_analysis import ModificationLevel
    from pyhanko.sign.diff_analysis.policy_api import DiffResult
    from pyhanko.sign.fields import MDPPerm
    from pyhanko.sign.validation.status import SignatureCoverageLevel

    def fault(problem: str, expected: str = "", got: str = "") -> None:
        found.append(Finding("report", item, problem, expected, got))

    reader = PdfFileReader(stream, strict=True)
    signatures = reader.embedded_signatures
    if len(signatures) != 1:
        fault("The report must have exactly one signature.", "1", str(len(signatures)))
        if not signatures:
            return
    signature = signatures[0]
    signature.compute_integrity_info()
    content = signature.pkcs7_content
    start, length, resume, _ = (int(number) for number in signature.byte_range)
    whole = signature.coverage == SignatureCoverageLevel.ENTIRE_FILE
    if not whole or start != 0 or resume != length + 2 * len(content) + 2:
        fault("The report was changed after it was signed: the signature does not cover the whole file.")
    difference = signature.diff_result
    if difference is not None and (
        not isinstance(difference, DiffResult) or difference.modification_level != ModificationLevel.NONE
    ):
        fault("The report was changed after it was signed.")
    certified = "/Perms" in reader.root and "/DocMDP" in reader.root["/Perms"]
    if signature.docmdp_level != MDPPerm.NO_CHANGES or not certified:
        fault("The report's signature does not forbid changes (certification, DocMDP P=1).")
    subfilter = str(signature.sig_object.get("/SubFilter", ""))
    if subfilter != "/ETSI.CAdES.detached":
        fault("The report's signature is of another kind.", "/ETSI.CAdES.detached", subfilter)
    try:
        checked = check_signature(_unpadded(content), signature.compute_digest("sha256"), dated=False)
    except ValueError as error:
        fault(f"The report's signature does not hold. {error}")
    else:
        report.signer, report.others = checked.signer, checked.others
        claimed = checked.signed_at or signature.self_reported_timestamp
        report.signed_at = claimed.astimezone(UTC) if claimed else None
        report.signature, report.tokens = _tokens(content)
    _named(reader, report)


def _unpadded(content: bytes) -> bytes:
    """The CMS object without the zeros that fill the space reserved for it."""
    from asn1crypto.cms import ContentInfo

    der = bytes(ContentInfo.load(content).dump())
    if content[len(der) :].strip(b"\0"):
        raise ValueError("There are bytes after the signature in the space reserved for it.")
    return der


def _tokens(content: bytes) -> tuple[bytes, tuple[bytes, ...]]:
    """The signature's own bytes, and the time stamps over them among its unsigned attributes (RFC 3161, appendix A)."""
    from asn1crypto.cms import ContentInfo

    signer_info = ContentInfo.load(content)["content"]["signer_infos"][0]
    attributes = [one for one in signer_info["unsigned_attrs"] if one["type"].native == "signature_time_stamp_token"]
    tokens = [bytes(value.dump()) for one in attributes for value in one["values"]]
    return signer_info["signature"].native, tuple(tokens[:_MOST_TOKENS])


def _named(reader: PdfFileReader, report: SignedReport) -> None:
    """The package id and evidence root in the document information and the XMP packet."""
    texts = []
    if "/Info" in reader.trailer_view:
        texts += [str(value) for _, value in reader.trailer_view["/Info"].items()]
    # Packed XMP could be a bomb. In a report it lies plain, as PDF/A asks, so nothing is ever unpacked here.
    if "/Metadata" in reader.root and "/Filter" not in reader.root["/Metadata"]:
        texts.append(reader.root["/Metadata"].data.decode("utf-8", "replace"))
    text = "\n".join(texts)
    report.package_ids = frozenset(_PACKAGE_ID.findall(text))
    report.evidence_roots = frozenset(_ROOT.findall(text))
    report.read = True
