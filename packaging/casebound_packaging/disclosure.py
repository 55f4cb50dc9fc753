"""Salted commitments in the manner of RFC 9901 (SD-JWT): a digest stands in public, its text is given or withheld.

The encoded form is base64url without padding of the RFC 8785 array `[salt, name, value]`; the digest is base64url of
SHA-256 over the ASCII of that encoded form (RFC 9901 section 4.2.3). A salt has 128 random bits, so that a short
value cannot be guessed from its digest.
"""

from __future__ import annotations

import base64
import re
import secrets
from binascii import a2b_base64, b2a_base64
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from typing import Final

from casebound_packaging.canonical import canonical, is_surely_canonical, load

SALT_BYTES: Final = 16
_URLSAFE: Final = bytes.maketrans(b"+/", b"-_")
_ALPHABET: Final = re.compile(r"[A-Za-z0-9_-]*")
_STANDARD: Final = bytes.maketrans(b"-_+/=", b"+/!!!")  # what is not base64url becomes what is no base64 at all
_PADDING: Final = (b"", b"!", b"==", b"=")  # by the length of the text, modulo 4
_LAST: Final[tuple[frozenset[int], ...]] = (
    frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
    frozenset(),
    frozenset(b"AQgw"),
    frozenset(b"AEIMQUYcgkosw048"),
)
_PARTS: Final = re.compile(rb'\["[A-Za-z0-9_-]{21}[AQgw]","([ !#-\[\]-~]*)",(?:"[ !#-\[\]-~]*"|(.+))\]', re.DOTALL)


def b64u(data: bytes) -> str:
    """Base64url without padding (RFC 4648 section 5)."""
    return b2a_base64(data, newline=False).translate(_URLSAFE, b"=").decode("ascii")


def unb64u(text: str) -> bytes:
    """Read base64url without padding. Raises `ValueError` for padding, other characters and stray trailing bits."""
    if _ALPHABET.fullmatch(text) is None or len(text) % 4 == 1:
        raise ValueError("not base64url without padding")
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if b64u(data) != text:
        raise ValueError("not the one base64url form of these bytes")
    return data


@dataclass(frozen=True, slots=True)
class Disclosure:
    """One committed text: what was said (`name`, `value`) and the salt that hides it.

    `encoded` is what is handed to a recipient who may know it, and `digest` what stands in `_sd` for everybody; they
    follow from the three. Raises `ValueError` for a value that RFC 8785 cannot express.
    """

    salt: str
    name: str
    value: object
    encoded: str = field(init=False, repr=False, compare=False)
    digest: str = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        parts = [canonical(self.salt), canonical(self.name), canonical(self.value)]
        object.__setattr__(self, "encoded", b64u(b"[%b]" % b",".join(parts)))
        object.__setattr__(self, "digest", digest(self.encoded))


def digest(encoded: str) -> str:
    """The digest of an encoded disclosure."""
    return b64u(sha256(encoded.encode("ascii")).digest())


def disclose(name: str, value: object, salt: bytes | None = None) -> Disclosure:
    """Commit to `value` under `name`, with a fresh random salt unless 16 bytes are given.

    Raises `ValueError` for a value that RFC 8785 cannot express.
    """
    if salt is None:
        salt = secrets.token_bytes(SALT_BYTES)
    if len(salt) != SALT_BYTES:
        raise ValueError(f"a salt has {SALT_BYTES} bytes")
    return Disclosure(b64u(salt), name, value)


def told(encoded: str) -> tuple[str, bytes]:
    """The name in an encoded disclosure, and its digest as ASCII.

    Raises `ValueError` exactly where `parse` does, and takes a fifth of its time: a ledger has hundreds of thousands.
    """
    try:
        data = encoded.encode("ascii")
        if data[-1] not in _LAST[len(data) & 3]:  # bits that stray behind the last byte
            raise ValueError
        form = _PARTS.fullmatch(a2b_base64(data.translate(_STANDARD) + _PADDING[len(data) & 3], strict_mode=True))
        value = form[2]  # type: ignore[index]  # told below
    except (ValueError, IndexError, TypeError):
        return parse(encoded).name, digest(encoded).encode("ascii")
    if value is not None and not is_surely_canonical(value):
        return parse(encoded).name, digest(encoded).encode("ascii")
    hashed = b2a_base64(sha256(data).digest(), newline=False).translate(_URLSAFE, b"=")
    return _name(form[1]), hashed  # type: ignore[index]


def value_of(encoded: str) -> bytes:
    """The JSON of the value in an encoded disclosure that is known to be well-formed (`told` does not refuse it)."""
    data = a2b_base64(encoded.encode("ascii").translate(_STANDARD) + _PADDING[len(encoded) & 3])
    if data[26:27] != b'"' or b"\\" in data[: data.index(b'",', 27)]:  # a name with escapes
        return canonical(parse(encoded).value)
    return data[data.index(b'",', 27) + 2 : -1]


@lru_cache(maxsize=256)
def _name(written: bytes) -> str:
    return written.decode("ascii")


def parse(encoded: str) -> Disclosure:
    """Read an encoded disclosure. Raises `ValueError` where it is not exactly what `Disclosure.encoded` writes."""
    data = unb64u(encoded)
    found = load(data)
    if not (isinstance(found, list) and len(found) == 3):
        raise ValueError("not an array of salt, name and value")
    salt, name, value = found
    if not (isinstance(salt, str) and isinstance(name, str)):
        raise ValueError("salt and name are not text")
    if len(unb64u(salt)) != SALT_BYTES:
        raise ValueError(f"the salt is not {SALT_BYTES} bytes")
    made = Disclosure(salt, name, value)
    if made.encoded != encoded:
        raise ValueError("not RFC 8785")
    return made
