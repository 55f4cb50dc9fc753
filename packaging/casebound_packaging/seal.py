"""The seal: a detached CAdES-BES signature (ETSI EN 319 122-1, RFC 5652), as `openssl cms -verify -cades` checks it.

SHA-256, ECDSA P-256, signing-certificate-v2, signing time, and every certificate of the chain inside.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import Certificate as X509

from casebound_packaging.identity import Identity

if TYPE_CHECKING:
    from pyhanko.sign.signers.pdf_cms import Signer

_LONGEST_SIGNATURE: Final = 72  # bytes of an ECDSA signature on P-256 in DER


def cades(data: bytes, identity: Identity, at: datetime, *, enclosing: bool = False) -> bytes:
    """The signature over `data`, DER. `at` is what the signer's clock says; it is a claim, in whole seconds.

    With `enclosing` the signature carries `data` in it, as a receipt does.

    Raises `BadIdentity` where the certificate is not valid then.
    """
    from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes

    identity.require_valid(at)
    claims = PdfCMSSignedAttributes(signing_time=at.astimezone(UTC).replace(microsecond=0))
    made = asyncio.run(
        signer(identity).async_sign_general_data(
            data, "sha256", detached=not enclosing, use_cades=True, signed_attr_settings=claims
        )
    )
    return bytes(made.dump())


def signer(identity: Identity) -> Signer:
    """The identity as pyHanko takes it, for CAdES and PAdES, wherever its key lies."""
    from asn1crypto.x509 import Certificate
    from pyhanko.sign.signers.pdf_cms import Signer
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    def load(one: X509) -> Certificate:
        return Certificate.load(one.public_bytes(Encoding.DER))

    class IdentitySigner(Signer):
        async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
            # A dry run only asks how long it can get; a token would have to sign, and some want a finger each time.
            return bytes(_LONGEST_SIGNATURE) if dry_run else identity.sign(data)

    store = SimpleCertificateStore()  # type: ignore[no-untyped-call]
    store.register_multiple([load(above) for above in identity.chain])
    return IdentitySigner(signing_cert=load(identity.certificate), cert_registry=store, embed_roots=True)
