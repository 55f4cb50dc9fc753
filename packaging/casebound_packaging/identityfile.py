"""The PKCS#12 file that holds a key with its certificates, under a passphrase. What it may do is asked elsewhere."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PrivateFormat, pkcs12

from casebound_packaging.durable import new_file
from casebound_packaging.errors import BadIdentity, CannotWrite

_KDF_ROUNDS: Final = 600_000
_LONGEST_FILE: Final = 1024 * 1024
_LIST: Final = re.compile(rb"-----BEGIN X509 CRL-----[^-]+-----END X509 CRL-----")

Opened = tuple[ec.EllipticCurvePrivateKey, x509.Certificate, tuple[x509.Certificate, ...]]
"""Key, certificate, and the certificates above it, nearest first."""


def read_file(path: Path) -> bytes:
    """The bytes of an identity file. Raises `BadIdentity` where it cannot be read or is far too long."""
    try:
        with path.open("rb") as file:
            data = file.read(_LONGEST_FILE + 1)
    except OSError as fault:
        raise BadIdentity(
            f"The identity file {path.name} cannot be read: {fault.strerror}.",
            "Check the path, or make an identity first.",
            where=str(path),
        ) from None
    return data if len(data) <= _LONGEST_FILE else b""


def unlocked(data: bytes, passphrase: str, path: Path) -> Opened:
    """Unlock a PKCS#12 file's bytes. Raises `BadIdentity`: wrong passphrase, not such a file, no P-256 key in it."""
    try:
        store = pkcs12.load_pkcs12(data, passphrase.encode("utf-8"))
    except ValueError:
        raise BadIdentity(
            f"The identity {path.name} could not be unlocked: wrong passphrase, or the file is not an identity.",
            "Type the passphrase again. A lost passphrase cannot be recovered; then make a new identity.",
            meaning="Nothing was signed.",
            where=str(path),
        ) from None
    key, main = store.key, store.cert
    if main is None or not (isinstance(key, ec.EllipticCurvePrivateKey) and isinstance(key.curve, ec.SECP256R1)):
        raise BadIdentity(
            f"The identity {path.name} holds no ECDSA key on the curve P-256 with its certificate.",
            "Use an identity made by Casebound, or ask your organisation for a P-256 one.",
            where=str(path),
        )
    return key, main.certificate, chain_of(main.certificate, [extra.certificate for extra in store.additional_certs])


def write(
    path: Path,
    passphrase: str,
    name: str,
    key: ec.EllipticCurvePrivateKey,
    certificate: x509.Certificate,
    chain: Sequence[x509.Certificate],
) -> None:
    """Write a PKCS#12 file, readable by its owner only, whole or not at all. An existing file is never replaced.

    Raises `BadIdentity` for an empty passphrase, `CannotWrite` where the file exists or cannot be written.
    """
    if not passphrase:
        raise BadIdentity("An identity needs a passphrase.", "Choose one that you can remember and nobody can guess.")
    protection = (
        PrivateFormat.PKCS12.encryption_builder()
        .kdf_rounds(_KDF_ROUNDS)
        .key_cert_algorithm(pkcs12.PBES.PBESv2SHA256AndAES256CBC)
        .hmac_hash(SHA256())
        .build(passphrase.encode("utf-8"))
    )
    data = pkcs12.serialize_key_and_certificates(
        name.encode("utf-8"), key, certificate, list(chain) or None, protection
    )
    write_new(path, data)


def write_new(path: Path, data: bytes) -> None:
    """A new file of its owner's. Raises `CannotWrite` where it exists or cannot be written."""
    try:
        with new_file(path) as file:
            file.write(data)
    except OSError as fault:
        reason = "it is already there" if isinstance(fault, FileExistsError) else fault.strerror
        raise CannotWrite(
            f"The identity file {path.name} could not be written: {reason}.",
            "Choose another place or name.",
            where=str(path),
        ) from None


def read_lists(path: Path) -> bytes:
    """The revocation lists of a PEM file, and nothing else that stands in it. Raises `BadIdentity` for none."""
    made = []
    for block in _LIST.findall(read_file(path)):
        try:
            made.append(x509.load_pem_x509_crl(block).public_bytes(Encoding.PEM))
        except ValueError:
            continue
    if not made:
        raise BadIdentity(
            f"{path.name} holds no revocation list that can be read.",
            "Give the list of your organisation's root in PEM; it begins with -----BEGIN X509 CRL-----.",
            where=str(path),
        )
    return b"".join(made)


def chain_of(leaf: x509.Certificate, others: Sequence[x509.Certificate]) -> tuple[x509.Certificate, ...]:
    """The issuers of `leaf` among `others`, nearest first; certificates of no part in it are left out.

    Where two have the issuer's name, the one whose key signed is taken.
    """
    chain: list[x509.Certificate] = []
    current = leaf
    while current.issuer != current.subject:
        named = [one for one in others if one.subject == current.issuer and one not in chain]
        above = next((one for one in named if _issued(current, one)), None)
        if above is None:
            break
        chain.append(above)
        current = above
    return tuple(chain)


def _issued(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(issuer)
    except Exception:  # noqa: BLE001 - an algorithm nobody knows, a signature that does not hold: not the issuer
        return False
    return True
