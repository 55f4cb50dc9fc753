"""Time stamps (RFC 3161): a service signs that it saw some bytes at a time. Nothing here uses a network.

A stamp is judged in two steps: whether it is whole and over these bytes (here), which needs no trust, and whether a
service that the reader trusts made it (casebound_packaging.servicetrust).
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar, Final

from asn1crypto import algos, cms, core, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import NameOID

LARGEST: Final = 256 * 1024  # bytes of a stamp with its certificates
_MOST_CERTIFICATES: Final = 32
_SMALLEST_RSA: Final = 2048
_HASHES: Final = {"sha256": hashes.SHA256(), "sha384": hashes.SHA384(), "sha512": hashes.SHA512()}
_ESS_HASHES: Final = ("sha1", "sha256", "sha384", "sha512")  # RFC 5816; the older form can name SHA-1 only


class _Answer(core.Sequence):  # type: ignore[misc]
    """TimeStampResp (RFC 3161, 2.4.2). asn1crypto's own asks for a token also in a refusal."""

    _fields: ClassVar = [
        ("status", tsp.PKIStatusInfo),
        ("time_stamp_token", cms.ContentInfo, {"optional": True}),
    ]


class BadStamp(ValueError):
    """A time stamp does not hold. The message is a clause for a person."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """A stamp whose own signature holds.

    `moment` is when the service says that it saw the bytes, aware UTC; `imprint` is their SHA-256. `signer` is the
    service's certificate, `others` came along with it. `token` is the TimeStampToken, DER, without its envelope.
    """

    moment: datetime
    imprint: bytes
    nonce: int | None
    signer: x509.Certificate
    others: tuple[x509.Certificate, ...]
    token: bytes

    @property
    def service(self) -> str:
        """The service's name, as its certificate has it."""
        names = self.signer.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
        return str(names[0].value) if names else self.signer.subject.rfc4514_string()

    def require_over(self, data: bytes) -> None:
        """Raises `BadStamp` where the stamp is not over exactly these bytes."""
        self.require_imprint(hashlib.sha256(data).digest())

    def require_imprint(self, digest: bytes) -> None:
        """The same, of bytes with this SHA-256 digest."""
        if self.imprint != digest:
            raise BadStamp("the stamp is over other bytes")


def query(digest: bytes) -> tuple[bytes, int]:
    """A TimeStampReq, DER, for a stamp over this SHA-256 digest, with the service's certificate; and its nonce."""
    nonce = 1 << 62 | secrets.randbits(62)
    imprint = {"hash_algorithm": algos.DigestAlgorithm({"algorithm": "sha256"}), "hashed_message": digest}
    made = tsp.TimeStampReq({"version": 1, "message_imprint": imprint, "nonce": nonce, "cert_req": True})
    return bytes(made.dump()), nonce


def read_stamp(response: bytes) -> Stamp:
    """A service's whole answer (TimeStampResp). Raises `BadStamp` where it is none, or does not hold."""
    if len(response) > LARGEST:
        raise BadStamp("the file is larger than a time stamp can be")
    try:
        answer = _Answer.load(response, strict=True)
        status = answer["status"]["status"].native
        token = bytes(answer["time_stamp_token"].dump())
        reasons = [*_texts(answer["status"]["status_string"]), *sorted(answer["status"]["fail_info"].native or ())]
    except Exception:  # noqa: BLE001 - hostile ASN.1 fails in many ways, and all mean the same
        raise BadStamp("the file is not a time stamp response") from None
    if status not in ("granted", "granted_with_mods"):
        told = plain("; ".join(str(reason) for reason in reasons))
        raise BadStamp(f"the service refused ({told or plain(str(status))})")
    if not token:
        raise BadStamp("the service granted a time stamp and sent none")
    return read_token(token)


def read_token(token: bytes) -> Stamp:
    """A TimeStampToken without its envelope, as signatures carry it. Raises `BadStamp`."""
    if len(token) > LARGEST:
        raise BadStamp("the time stamp is larger than one can be")
    try:
        return _read(token)
    except BadStamp:
        raise
    except (InvalidSignature, UnsupportedAlgorithm):
        raise BadStamp("the time stamp's own signature does not hold") from None
    except Exception:  # noqa: BLE001 - as above
        raise BadStamp("the time stamp cannot be read") from None


def plain(text: str, longest: int = 120) -> str:
    """Words of a service or certificate that may stand in a sentence: printable, on one line, not too long."""
    words = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    return words if len(words) <= longest else f"{words[: longest - 1]}…"


def _texts(found: core.Asn1Value) -> list[str]:
    return [str(text) for text in found.native or ()]


def _read(token: bytes) -> Stamp:
    info = cms.ContentInfo.load(token, strict=True)
    if info["content_type"].native != "signed_data":
        raise BadStamp("the time stamp is not signed")
    signed = info["content"]
    enclosed = signed["encap_content_info"]
    if enclosed["content_type"].native != "tst_info":
        raise BadStamp("what is signed is not a time stamp")
    content = enclosed["content"].parsed.dump()
    told = tsp.TSTInfo.load(content, strict=True)
    certificates = [choice.chosen for choice in signed["certificates"] if choice.name == "certificate"]
    if len(certificates) > _MOST_CERTIFICATES or len(signed["signer_infos"]) != 1:
        raise BadStamp("the time stamp has not exactly one signature, or far too many certificates")
    signer_info = signed["signer_infos"][0]
    own = _signer(signer_info, certificates)
    _signature(signer_info, own, content)
    imprint = told["message_imprint"]
    if imprint["hash_algorithm"]["algorithm"].native != "sha256":
        raise BadStamp("the stamp does not use SHA-256")
    moment = told["gen_time"].native
    service = x509.load_der_x509_certificate(own.dump())
    service.extensions  # noqa: B018 - one whose extensions cannot be read can be judged by nobody
    return Stamp(
        moment=moment.astimezone(UTC),
        imprint=imprint["hashed_message"].native,
        nonce=told["nonce"].native,
        signer=service,
        others=tuple(x509.load_der_x509_certificate(one.dump()) for one in certificates if one.dump() != own.dump()),
        token=token,
    )


def _signer(signer_info: cms.SignerInfo, certificates: list[asn1_x509.Certificate]) -> asn1_x509.Certificate:
    """The certificate that the signature names: by issuer and number, and by its hash (ESSCertID, RFC 5816)."""
    sid = signer_info["sid"]
    for one in certificates:
        if sid.name == "issuer_and_serial_number":
            fits = one.issuer == sid.chosen["issuer"] and one.serial_number == sid.chosen["serial_number"].native
        else:
            fits = one.key_identifier == sid.chosen.native
        if fits and _named(signer_info, one):
            return one
    raise BadStamp("the service's certificate is not in the time stamp")


def _named(signer_info: cms.SignerInfo, certificate: asn1_x509.Certificate) -> bool:
    for attribute in signer_info["signed_attrs"]:
        kind = attribute["type"].native
        if kind not in ("signing_certificate", "signing_certificate_v2"):
            continue
        first = attribute["values"][0]["certs"][0]
        algorithm = "sha1" if kind == "signing_certificate" else first["hash_algorithm"]["algorithm"].native
        if algorithm not in _ESS_HASHES:
            return False
        # SHA-1 serves as a name here, as in the older form of the standard; the signature itself never uses it.
        found = hashlib.new(algorithm, certificate.dump(), usedforsecurity=False).digest()
        return bool(found == first["cert_hash"].native)
    return False


def _signature(signer_info: cms.SignerInfo, certificate: asn1_x509.Certificate, content: bytes) -> None:
    """Raises `InvalidSignature`, or `BadStamp` for a form that no stamp has."""
    name = signer_info["digest_algorithm"]["algorithm"].native
    if name not in _HASHES:
        raise BadStamp("the time stamp's signature uses a weak hash")
    attributes: dict[str, object] = {}
    for attribute in signer_info["signed_attrs"]:
        if attribute["type"].native in attributes or len(attribute["values"]) != 1:
            raise BadStamp("the time stamp states something twice")
        attributes[attribute["type"].native] = attribute["values"][0].native
    if attributes.get("content_type") != "tst_info":
        raise BadStamp("the time stamp's signature is over another kind of content")
    if attributes.get("message_digest") != hashlib.new(name, content).digest():
        raise InvalidSignature
    covered = bytearray(signer_info["signed_attrs"].dump())
    covered[0] = 0x31  # RFC 5652 section 5.4: hashed as an explicit SET OF
    _by_key(certificate, signer_info, bytes(covered))


def _by_key(certificate: asn1_x509.Certificate, signer_info: cms.SignerInfo, covered: bytes) -> None:
    key = x509.load_der_x509_certificate(certificate.dump()).public_key()
    algorithm = signer_info["signature_algorithm"]
    kind, signature = algorithm.signature_algo, signer_info["signature"].native
    digest = _HASHES[signer_info["digest_algorithm"]["algorithm"].native]
    stated = algorithm["algorithm"].native
    if kind != "rsassa_pss" and stated not in ("rsassa_pkcs1v15", "ecdsa") and algorithm.hash_algo in _HASHES:
        digest = _HASHES[algorithm.hash_algo]
    if isinstance(key, ec.EllipticCurvePublicKey) and kind == "ecdsa":
        key.verify(signature, covered, ec.ECDSA(digest))
    elif isinstance(key, rsa.RSAPublicKey) and key.key_size >= _SMALLEST_RSA and kind == "rsassa_pkcs1v15":
        key.verify(signature, covered, padding.PKCS1v15(), digest)
    elif isinstance(key, rsa.RSAPublicKey) and key.key_size >= _SMALLEST_RSA and kind == "rsassa_pss":
        scheme = algorithm["parameters"]
        digest = _HASHES[scheme["hash_algorithm"]["algorithm"].native]
        mask = padding.MGF1(_HASHES[scheme["mask_gen_algorithm"]["parameters"]["algorithm"].native])
        key.verify(signature, covered, padding.PSS(mask, int(scheme["salt_length"].native)), digest)
    else:
        raise BadStamp("the time stamp's signature is of a kind that is not used for stamps")
