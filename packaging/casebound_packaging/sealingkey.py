"""The key behind an identity, wherever it lies: one that can sign, and says which public key goes with it.

A key from a PKCS#12 file is a `SoftwareKey`; one in a card or another PKCS#11 token is a `tokenkey.TokenKey`. Seals,
the report, checkpoints, SSH signatures, certificates and revocation lists are all made through the same two members,
so that each kind of key makes all of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NoReturn, Protocol, runtime_checkable

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256


@runtime_checkable
class SealingKey(Protocol):
    """An ECDSA key on the curve P-256."""

    @property
    def public_key(self) -> ec.EllipticCurvePublicKey:
        """The public half."""

    def sign(self, data: bytes) -> bytes:
        """ECDSA with SHA-256 over `data`, ASN.1 DER. Raises `BadIdentity` where the key cannot be reached."""


@dataclass(frozen=True, slots=True, repr=False)
class SoftwareKey:
    """A key in this program's memory."""

    private_key: ec.EllipticCurvePrivateKey

    @property
    def public_key(self) -> ec.EllipticCurvePublicKey:
        return self.private_key.public_key()

    def sign(self, data: bytes) -> bytes:
        """Deterministic (RFC 6979) where the library can, so that equal exports stay equal."""
        try:
            return self.private_key.sign(data, ec.ECDSA(SHA256(), deterministic_signing=True))
        except UnsupportedAlgorithm:  # linked against an OpenSSL before 3.2
            return self.private_key.sign(data, ec.ECDSA(SHA256()))


class BuilderKey(ec.EllipticCurvePrivateKey):
    """A sealing key in the form that cryptography's builders of certificates, requests and lists sign with."""

    def __init__(self, key: SealingKey) -> None:
        self._key = key

    def public_key(self) -> ec.EllipticCurvePublicKey:
        return self._key.public_key

    @property
    def curve(self) -> ec.EllipticCurve:
        return self._key.public_key.curve

    @property
    def key_size(self) -> int:
        return self._key.public_key.key_size

    def sign(self, data: Any, signature_algorithm: ec.EllipticCurveSignatureAlgorithm) -> bytes:
        """The builders ask for SHA-256, which is what every sealing key signs with."""
        return self._key.sign(bytes(data))

    def exchange(self, *given: object) -> NoReturn:
        raise UnsupportedAlgorithm("a sealing key only signs")

    def private_numbers(self) -> NoReturn:
        raise UnsupportedAlgorithm("a sealing key is not given away")

    def private_bytes(self, *given: object) -> NoReturn:
        raise UnsupportedAlgorithm("a sealing key is not given away")

    def __copy__(self) -> BuilderKey:
        return self

    def __deepcopy__(self, memo: dict[Any, Any]) -> BuilderKey:
        return self
