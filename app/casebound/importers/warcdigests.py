"""The digests that a web archive states of its records, and whether they are those of the bytes that are there."""

from __future__ import annotations

import base64
import binascii
import hashlib
from typing import Final

_KNOWN: Final = ("md5", "sha1", "sha224", "sha256", "sha384", "sha512")

MATCHES, WRONG, NONE = "matches", "does not match", "not stated"


class Stated:
    """A digest such as `sha1:3I42H3S6…` (base 32, base 64 or hexadecimal), compared with what is fed to it.

    A payload may be taken as it was sent, or without its transfer encoding: the standard says the second and many
    programs did the first, so that either of two `ways` is enough.
    """

    def __init__(self, stated: str | None, ways: int = 1) -> None:
        name, _, value = (stated or "").partition(":")
        self._wanted = value.strip()
        self._name = name.strip().lower().replace("-", "")
        self._stated = bool(stated)
        self._hashes = (
            [hashlib.new(self._name, usedforsecurity=False) for _ in range(ways)] if self._name in _KNOWN else []
        )

    def feed(self, data: bytes, way: int = 0) -> None:
        """Further bytes, of one way to take them."""
        if self._hashes:
            self._hashes[way].update(data)

    def found(self) -> str:
        """Whether it holds, in words."""
        if not self._stated:
            return NONE
        if not self._hashes:
            return f"not checked: “{self._name[:20]}” is not known here"
        wanted = self._bytes(self._hashes[0].digest_size)
        if wanted is None:
            return "not checked: it is not written as a digest is"
        return MATCHES if any(each.digest() == wanted for each in self._hashes) else WRONG

    def _bytes(self, size: int) -> bytes | None:
        for read in (_hexadecimal, _base32, _base64):
            data = read(self._wanted)
            if data is not None and len(data) == size:
                return data
        return None


def _hexadecimal(text: str) -> bytes | None:
    try:
        return bytes.fromhex(text)
    except ValueError:
        return None


def _base32(text: str) -> bytes | None:
    try:
        return base64.b32decode(text + "=" * (-len(text) % 8), casefold=True)
    except (binascii.Error, ValueError):
        return None


def _base64(text: str) -> bytes | None:
    try:
        return base64.b64decode(text.replace("-", "+").replace("_", "/") + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None
