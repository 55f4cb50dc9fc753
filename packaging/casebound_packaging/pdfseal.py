"""The report's signature: PAdES B-B (ETSI EN 319 142-1) that certifies the file and allows no change after it.

One invisible field, subfilter ETSI.CAdES.detached, DocMDP P=1, the whole file covered. The look of a signature is
printed by the report itself: an appearance made by a signer would need fonts that PDF/A forbids.
"""

from __future__ import annotations

import asyncio
import io
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from casebound_packaging.durable import new_file
from casebound_packaging.errors import CannotWrite
from casebound_packaging.identity import Identity
from casebound_packaging.seal import signer

if TYPE_CHECKING:
    from pyhanko.pdf_utils.writer import BasePdfFileWriter
    from pyhanko.sign.signers import PdfSignatureMetadata
    from pyhanko.sign.signers.pdf_signer import PdfSigner, PdfSigningSession
    from pyhanko.sign.timestamps import TimeStamper

FIELD: Final = "Seal"


def sign_pdf(source: Path, target: Path, identity: Identity, at: datetime, *, reason: str, tsa_url: str = "") -> bool:
    """Sign the PDF `source` and write it to `target`, which must not exist. Answers whether it carries a time stamp.

    `at` is what the signer's clock says. With `tsa_url`, a time stamp over the signature is put in (PAdES B-T); where
    none is to be had, the report is signed without. Raises `BadIdentity` where the certificate is not valid at `at`,
    `CannotWrite` where the target cannot be written.
    """
    identity.require_valid(at)
    data = source.read_bytes()
    with _quiet():
        signed, stamped = _signed(data, identity, at, reason, tsa_url)
    try:
        with new_file(target) as file:
            file.write(signed)
    except OSError as fault:
        reason_given = "it is already there" if isinstance(fault, FileExistsError) else str(fault.strerror)
        raise CannotWrite(
            f"The signed report {target.name} could not be written: {reason_given}.",
            "Choose another place, or make room on the disk.",
            meaning="Nothing was sealed.",
            where=str(target),
        ) from None
    return stamped


def _signed(data: bytes, identity: Identity, at: datetime, reason: str, tsa_url: str) -> tuple[bytes, bool]:
    from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
    from pyhanko.sign.signers import PdfSignatureMetadata

    claims = PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm="sha256",
        reason=reason,
        name=identity.name,
        certify=True,
        subfilter=SigSeedSubFilter.PADES,
        docmdp_permissions=MDPPerm.NO_CHANGES,
    )
    if tsa_url:
        from pyhanko.sign.timestamps.requests_client import RequestsHTTPTimeStamper

        stamper = RequestsHTTPTimeStamper(tsa_url, timeout=15)  # type: ignore[no-untyped-call]
        try:
            return _once(data, identity, at, claims, stamper), True
        except Exception:  # noqa: BLE001, S110 - dead or confused, the service blocks nobody; the caller is told
            pass
    return _once(data, identity, at, claims, None), False


def _once(
    data: bytes, identity: Identity, at: datetime, claims: PdfSignatureMetadata, stamper: TimeStamper | None
) -> bytes:
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

    output = io.BytesIO()
    kind = _archival_signer(at.astimezone(UTC).replace(microsecond=0))
    work = kind(claims, signer=signer(identity), timestamper=stamper)
    asyncio.run(work.async_sign_pdf(IncrementalPdfFileWriter(io.BytesIO(data)), output=output))
    return output.getvalue()


def _archival_signer(at: datetime) -> type[PdfSigner]:
    """pyHanko's signer with the time injected (it would ask the machine's clock), and the file kept at PDF 1.7.

    For ECDSA pyHanko declares ISO/TS 32002 and with it PDF 2.0 in the catalog, which PDF/A-3 (ISO 19005-3, 6.1.2)
    forbids.
    """
    from pyhanko.sign.signers.constants import ESIC_EXTENSION_1
    from pyhanko.sign.signers.pdf_signer import PdfSigner

    class ArchivalSigner(PdfSigner):
        def register_extensions(self, pdf_out: BasePdfFileWriter, *, md_algorithm: str) -> None:
            pdf_out.ensure_output_version(version=(1, 7))  # type: ignore[no-untyped-call]
            pdf_out.register_extension(ESIC_EXTENSION_1)

        def init_signing_session(
            self, pdf_out: BasePdfFileWriter, existing_fields_only: bool = False
        ) -> PdfSigningSession:
            session = super().init_signing_session(pdf_out, existing_fields_only)
            session.system_time = at
            return session

    return ArchivalSigner


@contextmanager
def _quiet() -> Iterator[None]:
    """pyHanko logs to people; here every outcome is a value or an exception."""
    logger = logging.getLogger("pyhanko")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(level)
