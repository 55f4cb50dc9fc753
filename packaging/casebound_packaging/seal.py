"""The seal: a detached CAdES-BES signature (ETSI EN 319 122-1, RFC 5652), as `openssl cms -verify -cades` checks it.

SHA-256, ECDSA P-256, signing-certificate-v2, signing time, and every certificate of the chain inside.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from casebound_packaging.identity import Identity

if TYPE_CHECKING:
    from pyhanko.sign.signers import SimpleSigner


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


def signer(identity: Identity) -> SimpleSigner:
    """The identity as pyHanko takes it, for CAdES and PAdES."""
    from asn1crypto.keys import PrivateKeyInfo
    from asn1crypto.x509 import Certificate
    from pyhanko.sign.signers import SimpleSigner
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    def load(der: bytes) -> Certificate:
        return Certificate.load(der)

    store = SimpleCertificateStore()  # type: ignore[no-untyped-call]
    store.register_multiple([load(above.public_bytes(Encoding.DER)) for above in identity.chain])
    key = identity.private_key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return SimpleSigner(
        signing_cert=load(identity.certificate.public_bytes(Encoding.DER)),
        signing_key=PrivateKeyInfo.load(key),
        cert_registry=store,
        embed_roots=True,
    )
