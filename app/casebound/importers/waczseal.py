"""What a WACZ proves of itself: the hashes in datapackage.json, and the signature over that file (wacz-auth 0.1).

datapackage.json states the hash of every file; datapackage-digest.json states the hash of datapackage.json, and may
hold a signature over it. Whoever changes a file can write all of this anew, unless it is signed; and a signature proves
no more than that the holder of some key made it. Each sentence says what holds, and what that does not show.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey

PACKAGE: Final = "datapackage.json"
DIGEST: Final = "datapackage-digest.json"
LARGEST: Final = 16 << 20  # bytes of either
_ALGORITHMS: Final = ("sha256", "sha512", "sha1", "md5")


@dataclass(frozen=True, slots=True)
class Hash:
    """A hash as stated: `sha256:…`, or with the algorithm beside it as the first versions did."""

    name: str
    value: str

    def of(self) -> hashlib._Hash | None:
        """A hash to feed; None where the algorithm is not known here."""
        return hashlib.new(self.name, usedforsecurity=False) if self.name in _ALGORITHMS else None


@dataclass(frozen=True, slots=True)
class Stated:
    """What datapackage.json says: title, when and with what it was made, and the hash of each file by its path."""

    facts: Mapping[str, str]
    hashes: Mapping[str, Hash]
    sizes: Mapping[str, int]
    problem: str = ""


def package(data: bytes) -> Stated:
    """Read datapackage.json, which may hold anything."""
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        return Stated({}, {}, {}, f"{PACKAGE} is no JSON, so nothing it states can be checked.")
    if not isinstance(found, dict) or not isinstance(found.get("resources"), list):
        return Stated({}, {}, {}, f"{PACKAGE} lists no files, so nothing can be checked by it.")
    hashes: dict[str, Hash] = {}
    sizes: dict[str, int] = {}
    for one in found["resources"]:
        if not isinstance(one, dict) or not isinstance(one.get("path"), str):
            continue
        stats = one["stats"] if isinstance(one.get("stats"), dict) else {}
        size = one.get("bytes", stats.get("bytes"))
        hashes[one["path"]] = _hash(one.get("hash", stats.get("hash")), one.get("hashing"))
        if isinstance(size, int) and not isinstance(size, bool):
            sizes[one["path"]] = size
    facts = {
        key: str(found[key]) for key in ("title", "created", "modified", "software", "wacz_version") if key in found
    }
    return Stated(facts, hashes, sizes)


def seal(package_data: bytes, digest_data: bytes | None) -> tuple[str, ...]:
    """What datapackage-digest.json shows of datapackage.json, in plain sentences."""
    if digest_data is None:
        return (f"It is not signed: there is no {DIGEST}. Anybody could have made or changed it, hashes and all.",)
    try:
        found = json.loads(digest_data)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        return (f"{DIGEST} is no JSON object: whether the archive was signed cannot be told.",)
    stated = _hash(found.get("hash"), None)
    running = stated.of()
    same = False
    if running is None:
        told = f"{DIGEST} states no hash of {PACKAGE} that is known here."
    else:
        running.update(package_data)
        same = running.hexdigest() == stated.value.lower()
        told = (
            f"{PACKAGE} is the file whose hash {DIGEST} states."
            if same
            else f"{PACKAGE} is not the file whose hash {DIGEST} states: one of the two was changed."
        )
    signed = found.get("signedData")
    if not isinstance(signed, dict):
        return told, "It is not signed. Anybody could have made or changed it, hashes and all."
    return told, *_signature(signed, str(found.get("hash")), same)


def _signature(signed: Mapping[str, object], outer: str, same: bool) -> tuple[str, ...]:
    """What the signature shows, and what it does not."""
    given = {
        key: str(signed[key]) for key in ("created", "software", "domain", "hash") if isinstance(signed.get(key), str)
    }
    if given.get("hash") != outer:
        return ("The signature is invalid: it is over another hash than the one of this archive.",)
    try:
        signature = base64.b64decode(str(signed.get("signature")), validate=True)
        key, whose = _key(signed)
    except (ValueError, binascii.Error) as error:
        return (f"The signature cannot be checked: {error}.",)
    if not _holds(key, signature, outer.encode("utf-8", "surrogatepass")):
        return (f"The signature is invalid: it does not hold under {whose}.",)
    if not same:
        problem = (
            f"The signature holds under {whose}, but over the hash of another {PACKAGE} than the one that is here."
        )
        return (f"{problem} Something was changed since it was signed.",)
    created = ""
    if "created" in given:
        created = f" It states {given['created'][:40]} as its time, which nothing here confirms."
    stamp = ""
    if signed.get("timeSignature") or signed.get("timestampSignature"):
        stamp = " The time stamp that it also carries is not checked here."
    if "domain" in given:
        meaning = (
            f"That shows that the holder of the certificate's key signed exactly these hashes. The certificate names"
            f" “{given['domain'][:100]}”; whether an authority issued it to them, and when, is not checked here."
        )
    else:
        meaning = (
            "That shows that the archive was not changed since somebody who holds that key signed it. The key is not"
            " known to us: it came with the archive, and says nothing of who that is."
        )
    print_ = _fingerprint(key)
    return (f"Signed: the signature holds under {whose} (SHA-256 {print_}). {meaning}{created}{stamp}",)


def _key(signed: Mapping[str, object]) -> tuple[EllipticCurvePublicKey, str]:
    """The public key that the archive brings, and where it stands. Raises `ValueError` that says what is wrong."""
    from cryptography import x509
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
    from cryptography.hazmat.primitives.serialization import load_der_public_key

    try:
        if isinstance(signed.get("publicKey"), str):
            key: object = load_der_public_key(base64.b64decode(str(signed["publicKey"]), validate=True))
            whose = "the public key inside the archive"
        elif isinstance(signed.get("domainCert"), str):
            key = x509.load_pem_x509_certificate(str(signed["domainCert"]).encode("utf-8", "replace")).public_key()
            whose = "the certificate inside the archive"
        else:
            raise ValueError("it names no key")
    except UnsupportedAlgorithm as error:
        raise ValueError("its key is of a kind that is not known here") from error
    except (binascii.Error, TypeError) as error:
        raise ValueError("its key cannot be read") from error
    if not isinstance(key, EllipticCurvePublicKey):
        raise ValueError("its key is of a kind that wacz-auth does not use")
    return key, whose


def _holds(key: EllipticCurvePublicKey, signature: bytes, signed: bytes) -> bool:
    """Whether this is an ECDSA signature with SHA-256, as DER or as the two bare numbers that browsers write."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
    from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
    from cryptography.hazmat.primitives.hashes import SHA256

    forms = [signature]
    size = (key.curve.key_size + 7) // 8
    if len(signature) == 2 * size:
        forms.append(
            encode_dss_signature(int.from_bytes(signature[:size], "big"), int.from_bytes(signature[size:], "big"))
        )
    for form in forms:
        try:
            key.verify(form, signed, ECDSA(SHA256()))
        except InvalidSignature:
            continue
        return True
    return False


def _fingerprint(key: EllipticCurvePublicKey) -> str:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return hashlib.sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()


def _hash(stated: object, algorithm: object) -> Hash:
    name, colon, value = str(stated or "").rpartition(":")
    return Hash((name if colon else str(algorithm or "sha256")).lower(), value.strip())
