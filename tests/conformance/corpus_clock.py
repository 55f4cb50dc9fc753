"""A time stamp service without a clock: it stamps what it is given with the time that it is told (RFC 3161)."""

from __future__ import annotations

import hashlib
from datetime import datetime
from functools import cache

from asn1crypto import algos, cms, core, tsp
from asn1crypto.x509 import Certificate
from corpus_cast import BEGIN, CAST, END, Authority
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

from casebound_packaging.identity import Identity

_SHA256 = algos.DigestAlgorithm({"algorithm": "sha256"})


@cache
def service(authority: Authority, end: datetime = END) -> Identity:
    """The certificate and key by which an authority's service stamps."""
    uses = (ExtendedKeyUsageOID.TIME_STAMPING,)
    return authority.issue(
        f"{authority.name} Service", uses=uses, usage=("digital_signature",), begin=BEGIN, end=end, critical_uses=True
    )


def stamped(data: bytes, at: datetime, by: Identity | None = None) -> bytes:
    """A whole TimeStampResp (DER) over `data`, granted at `at`."""
    clock = by or service(CAST.clocks)
    content = tsp.TSTInfo(
        {
            "version": "v1",
            "policy": "1.2.3.4.1",
            "message_imprint": {
                "hash_algorithm": {"algorithm": "sha256", "parameters": core.Null()},
                "hashed_message": hashlib.sha256(data).digest(),
            },
            "serial_number": int.from_bytes(hashlib.sha256(data + repr(at).encode()).digest()[:8], "big"),
            "gen_time": at,
            "accuracy": {"seconds": 1},
        }
    ).dump()
    certificate = Certificate.load(clock.certificate.public_bytes(Encoding.DER))
    above = [Certificate.load(one.public_bytes(Encoding.DER)) for one in clock.chain]
    attributes = cms.CMSAttributes(
        [
            cms.CMSAttribute({"type": "content_type", "values": ["tst_info"]}),
            cms.CMSAttribute({"type": "message_digest", "values": [hashlib.sha256(content).digest()]}),
            cms.CMSAttribute({"type": "signing_time", "values": [cms.Time({"utc_time": at})]}),
            cms.CMSAttribute(
                {
                    "type": "signing_certificate_v2",
                    "values": [
                        tsp.SigningCertificateV2(
                            {"certs": [{"cert_hash": hashlib.sha256(certificate.dump()).digest()}]}
                        )
                    ],
                }
            ),
        ]
    )
    signer = cms.SignerInfo(
        {
            "version": "v1",
            "sid": cms.SignerIdentifier(
                {
                    "issuer_and_serial_number": cms.IssuerAndSerialNumber(
                        {"issuer": certificate.issuer, "serial_number": certificate.serial_number}
                    )
                }
            ),
            "digest_algorithm": _SHA256,
            "signed_attrs": attributes,
            "signature_algorithm": {"algorithm": "sha256_ecdsa"},
            "signature": clock.sign(attributes.dump()),
        }
    )
    signed = cms.SignedData(
        {
            "version": "v3",
            "digest_algorithms": [_SHA256],
            "encap_content_info": {"content_type": "tst_info", "content": core.ParsableOctetString(content)},
            "certificates": [certificate, *above],
            "signer_infos": [signer],
        }
    )
    return tsp.TimeStampResp(
        {
            "status": {"status": "granted"},
            "time_stamp_token": cms.ContentInfo({"content_type": "signed_data", "content": signed}),
        }
    ).dump()


def refused() -> bytes:
    """What a service answers that does not stamp."""
    return bytes.fromhex("30053003020102")  # TimeStampResp with PKIStatus 2, rejection, and no token
