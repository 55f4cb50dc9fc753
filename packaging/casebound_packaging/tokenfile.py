"""The file that says in which token a key lies: JSON with the place and the certificates. There is no secret in it.

It names native code to be loaded, so a file that somebody else could have written is refused.
"""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from casebound_packaging.certification import read_certificates
from casebound_packaging.errors import BadIdentity
from casebound_packaging.sealingkey import SealingKey
from casebound_packaging.tokenkey import TokenKey, TokenPlace, open_key

_KIND: Final = "casebound-token"


def is_token_file(data: bytes) -> bool:
    """Whether the bytes of an identity file are those of a token file."""
    return data[:1] == b"{"


def written(key: SealingKey, certificates: Sequence[x509.Certificate]) -> bytes:
    """The file for a key in a token. Raises `BadIdentity` for a key of any other kind."""
    if not isinstance(key, TokenKey):
        raise BadIdentity("This key cannot be kept in a file.", "Use one from a PKCS#12 file or from a token.")
    place = key.place
    record = {
        "kind": _KIND,
        "v": 1,
        "library": str(place.library),
        "token": place.token,
        "key": place.key,
        "certificates": [one.public_bytes(Encoding.PEM).decode("ascii") for one in certificates],
    }
    return (json.dumps(record, ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def place_of(data: bytes, path: Path) -> tuple[TokenPlace, list[x509.Certificate]]:
    """What a token file says. Raises `BadIdentity` where it is none, or is not its user's alone."""
    _require_own(path)
    try:
        record = json.loads(data)
        if record["kind"] != _KIND or record["v"] != 1:
            raise ValueError
        texts = [str(record[name]) for name in ("library", "token", "key")]
        pem = "".join(str(one) for one in record["certificates"]).encode("ascii")
        library, token, key = texts
    except (ValueError, KeyError, TypeError, RecursionError):
        raise BadIdentity(
            f"{path.name} is neither an identity nor a file that names a token.",
            "Make one with `casebound identity token`.",
            where=str(path),
        ) from None
    return TokenPlace(Path(library), token, key), read_certificates(pem)


def unlocked(data: bytes, pin: str, path: Path) -> tuple[TokenKey, list[x509.Certificate]]:
    """The key that a token file names, unlocked, and its certificates, the own one first. Raises `BadIdentity`."""
    place, certificates = place_of(data, path)
    return open_key(place, pin), certificates


def _require_own(path: Path) -> None:
    if not hasattr(os, "geteuid"):  # Windows: what lies in a person's own folder is theirs
        return
    found = path.stat()
    if found.st_uid not in (os.geteuid(), 0) or stat.S_IMODE(found.st_mode) & 0o022:
        raise BadIdentity(
            f"{path.name} names a token's library to be loaded, and others than you can write the file.",
            "Make it anew with `casebound identity token`, or take the others' right to write it away.",
            where=str(path),
        )
