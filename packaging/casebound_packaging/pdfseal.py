"""The report's signature (PAdES, ETSI EN 319 142-1), which certifies the file and allows no change after it.

Offline it is of level B-B. Where a time stamp service answers it carries a stamp (B-T), and the same revision holds the
certificates and revocation lists at hand (the DSS of B-LT): put in later, as is usual, they would be a change of what
was signed, and poppler would no longer say “Total document signed”.

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

from cryptography.hazmat.primitives.serialization import Encoding

from casebound_packaging.durable import new_file
from casebound_packaging.errors import CannotWrite
from casebound_packaging.identity import Identity
from casebound_packaging.seal import signer
from casebound_packaging.staging import Watch, unwatched
from casebound_packaging.stamp import Stamp
from casebound_packaging.timeservices import NoStamp, TimeServices, no_stamp_from
from casebound_packaging.verify.revocation import read_lists

if TYPE_CHECKING:
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.pdf_utils.writer import BasePdfFileWriter
    from pyhanko.sign.signers.pdf_signer import PdfSigner, PdfSigningSession
    from pyhanko.sign.timestamps import TimeStamper

FIELD: Final = "Seal"
_ATTEMPTS: Final = 2


def sign_pdf(
    source: Path,
    target: Path,
    identity: Identity,
    at: datetime,
    *,
    reason: str,
    tsa_url: str = "",
    services: TimeServices | None = None,
    watch: Watch = unwatched,
) -> bool:
    """Sign the PDF `source` and write it to `target`, which must not exist. Answers whether it carries a time stamp.

    `at` is what the signer's clock says. `services`, or one at `tsa_url`, are asked for a stamp over the signature;
    where none is to be had, the report is signed without. Raises `BadIdentity` where the certificate is not valid then,
    `CannotWrite` where the target cannot be written, and what `watch` raises to stop the waiting.
    """
    identity.require_valid(at)
    data = source.read_bytes()
    asked = services if services is not None else TimeServices([tsa_url] if tsa_url else [])
    with _quiet():
        signed = _stamped(data, identity, at, reason, asked, watch) if asked else None
        made = signed or _once(data, identity, at, reason)
    try:
        with new_file(target) as file:
            file.write(made)
    except OSError as fault:
        reason_given = "it is already there" if isinstance(fault, FileExistsError) else str(fault.strerror)
        raise CannotWrite(
            f"The signed report {target.name} could not be written: {reason_given}.",
            "Choose another place, or make room on the disk.",
            meaning="Nothing was sealed.",
            where=str(target),
        ) from None
    return signed is not None


def _stamped(
    data: bytes, identity: Identity, at: datetime, reason: str, services: TimeServices, watch: Watch
) -> bytes | None:
    """The PDF with a stamp in its signature, or None where no service gives one.

    How much room a stamp takes, and by whose certificates it is checked later, must be known before the file is signed:
    the last stamp had from a service is taken as a sample. Where another service answers then, it is done once more.
    """
    from pyhanko.sign.general import SigningError

    if services.last is None and services.ask(data, watch) is None:
        return None
    for _ in range(_ATTEMPTS):
        sample = services.last
        assert sample is not None
        try:
            made = _once(data, identity, at, reason, _stamper(services, sample, watch), sample)
        except NoStamp:
            return None
        except SigningError:  # the stamp was longer than the room kept for it
            continue
        if services.last is not None and services.last.signer == sample.signer:
            return made
    return None


def _once(
    data: bytes,
    identity: Identity,
    at: datetime,
    reason: str,
    stamper: TimeStamper | None = None,
    sample: Stamp | None = None,
) -> bytes:
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
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
    output = io.BytesIO()
    writer = IncrementalPdfFileWriter(io.BytesIO(data))
    if sample is not None:
        _enclose_validation(writer, identity, sample)
    kind = _archival_signer(at.astimezone(UTC).replace(microsecond=0))
    work = kind(claims, signer=signer(identity), timestamper=stamper)
    asyncio.run(work.async_sign_pdf(writer, output=output))
    return output.getvalue()


def _enclose_validation(writer: IncrementalPdfFileWriter, identity: Identity, sample: Stamp) -> None:
    """The DSS, in the revision that is signed: both chains of certificates, and the signer's revocation lists."""
    from asn1crypto.crl import CertificateList
    from asn1crypto.x509 import Certificate
    from pyhanko.sign.validation.dss import DocumentSecurityStore

    known = (identity.certificate, *identity.chain, sample.signer, *sample.others)
    DocumentSecurityStore.supply_dss_in_writer(
        writer,
        None,
        certs=[Certificate.load(one.public_bytes(Encoding.DER)) for one in known],
        crls=[CertificateList.load(one.public_bytes(Encoding.DER)) for one in read_lists(identity.crls)],
    )


def _stamper(services: TimeServices, sample: Stamp, watch: Watch) -> TimeStamper:
    """The services as pyHanko asks them. Its own client would follow redirections and wait for a trickle of bytes."""
    from asn1crypto.cms import ContentInfo
    from pyhanko.sign.timestamps import TimeStamper

    class NamedServices(TimeStamper):
        async def async_dummy_response(self, md_algorithm: str) -> ContentInfo:
            return ContentInfo.load(sample.token)

        async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> ContentInfo:
            if services.ask_digest(message_digest, watch) is None or services.last is None:
                raise no_stamp_from(services.unstamped)
            return ContentInfo.load(services.last.token)

    return NamedServices()  # type: ignore[no-untyped-call]


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
