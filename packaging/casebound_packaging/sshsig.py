"""The second seal: an OpenSSH signature (PROTOCOL.sshsig), by the same key, that `ssh-keygen -Y verify` checks.

Written out here because it is small and stays readable to whoever checks it: only ECDSA P-256 keys, hash sha512.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import struct
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from casebound_packaging.identity import Identity

NAMESPACE: Final = "evidence-package"

_MAGIC: Final = b"SSHSIG"
_KEY_TYPE: Final = b"ecdsa-sha2-nistp256"
_CURVE: Final = b"nistp256"
_HASH: Final = b"sha512"
_BEGIN: Final = "-----BEGIN SSH SIGNATURE-----"
_END: Final = "-----END SSH SIGNATURE-----"
_LONGEST: Final = 64 * 1024


def sign(data: bytes, identity: Identity, namespace: str = NAMESPACE) -> str:
    """The armoured signature over `data`."""
    r, s = decode_dss_signature(identity.sign(_covered(data, namespace)))
    signature = _text(_KEY_TYPE) + _text(_number(r) + _number(s))
    blob = (
        _MAGIC
        + struct.pack(">I", 1)
        + _text(_public(identity))
        + _text(namespace.encode("utf-8"))
        + _text(b"")
        + _text(_HASH)
        + _text(signature)
    )
    text = base64.b64encode(blob).decode("ascii")
    lines = [text[start : start + 70] for start in range(0, len(text), 70)]
    return "\n".join([_BEGIN, *lines, _END]) + "\n"


def verify(data: bytes, armoured: str, namespace: str = NAMESPACE) -> bytes:
    """The key (SubjectPublicKeyInfo, DER) that signed `data`; the caller decides whether it is the right one.

    Raises `ValueError` (a clause) where the signature is not well-formed or does not hold.
    """
    reader = _Reader(_unarmoured(armoured))
    if reader.take(6) != _MAGIC or reader.take(4) != struct.pack(">I", 1):
        raise ValueError("it is not an SSH signature of version 1")
    public, named, reserved, hash_name, signature = (reader.text() for _ in range(5))
    reader.end()
    if named != namespace.encode("utf-8"):
        raise ValueError(f"it was made for another purpose ({named[:40].decode('utf-8', 'replace')})")
    if reserved or hash_name != _HASH:
        raise ValueError("it does not use SHA-512")
    key = _key(public)
    parts = _Reader(signature)
    if parts.text() != _KEY_TYPE:
        raise ValueError("it is not of the key's kind")
    numbers = _Reader(parts.text())
    parts.end()
    r, s = numbers.number(), numbers.number()
    numbers.end()
    try:
        key.verify(encode_dss_signature(r, s), _covered(data, namespace), ec.ECDSA(SHA256()))
    except InvalidSignature:
        raise ValueError("it is over other bytes, or by another key") from None
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def principal(identity: Identity) -> str:
    """The identity's name as `ssh-keygen -Y verify -I` wants it: without spaces and wildcards."""
    slug = re.sub(r"[^A-Za-z0-9.@_-]+", "-", identity.name).strip("-").lower()
    return slug or f"signer-{identity.key_fingerprint[:12]}"


def allowed_signers(identity: Identity) -> str:
    """One line of an allowed signers file (ssh-keygen(1)), with LF."""
    key = base64.b64encode(_public(identity)).decode("ascii")
    return f'{principal(identity)} namespaces="{NAMESPACE}" {_KEY_TYPE.decode("ascii")} {key}\n'


def _covered(data: bytes, namespace: str) -> bytes:
    return _MAGIC + _text(namespace.encode("utf-8")) + _text(b"") + _text(_HASH) + _text(hashlib.sha512(data).digest())


def _public(identity: Identity) -> bytes:
    point = identity.key.public_key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return _text(_KEY_TYPE) + _text(_CURVE) + _text(point)


def _key(public: bytes) -> ec.EllipticCurvePublicKey:
    reader = _Reader(public)
    if reader.text() != _KEY_TYPE or reader.text() != _CURVE:
        raise ValueError("its key is not ECDSA P-256")
    point = reader.text()
    reader.end()
    try:
        return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    except ValueError:
        raise ValueError("its key is not a point of the curve") from None


def _text(data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + data


def _number(value: int) -> bytes:
    """RFC 4251 mpint of a positive number."""
    return _text(value.to_bytes(value.bit_length() // 8 + 1, "big"))


def _unarmoured(armoured: str) -> bytes:
    if len(armoured) > _LONGEST:
        raise ValueError("it is too long")
    lines = armoured.replace("\r\n", "\n").strip("\n").split("\n")
    if len(lines) < 3 or lines[0] != _BEGIN or lines[-1] != _END:
        raise ValueError("it has not the first and last line of an SSH signature")
    try:
        return base64.b64decode("".join(lines[1:-1]).encode("ascii"), validate=True)
    except (UnicodeEncodeError, binascii.Error):
        raise ValueError("it is not base64") from None


class _Reader:
    """Takes RFC 4251 values off the front of some bytes."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._place = 0

    def take(self, length: int) -> bytes:
        if length > len(self._data) - self._place:
            raise ValueError("it is cut off")
        self._place += length
        return self._data[self._place - length : self._place]

    def text(self) -> bytes:
        (length,) = struct.unpack(">I", self.take(4))
        return self.take(int(length))

    def number(self) -> int:
        data = self.text()
        if not data or data[0] & 0x80 or (len(data) > 1 and data[0] == 0 and not data[1] & 0x80) or len(data) > 33:
            raise ValueError("one of its numbers is not well-formed")
        return int.from_bytes(data, "big")

    def end(self) -> None:
        if self._place != len(self._data):
            raise ValueError("there is something after its end")
