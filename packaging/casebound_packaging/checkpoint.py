"""The ledger's state as one signed note: C2SP tlog-checkpoint in a C2SP signed note, signature type 0x02 (ECDSA).

The text is `origin LF size LF base64(root) LF`, then an empty line, then signature lines `— name base64(key id ‖
signature)`. The key id is the first 4 bytes of SHA-256 of the SPKI DER; the signature is ECDSA P-256 with SHA-256, in
ASN.1 DER, over the text.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

if TYPE_CHECKING:
    from casebound_packaging.identity import Identity

_ORIGIN: Final = re.compile(r"[^\s+\x00-\x20\x7f]{1,200}")
_SIZE: Final = re.compile(r"0|[1-9][0-9]{0,15}", re.ASCII)
_HEX: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)
_LONGEST: Final = 64 * 1024


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A log at one size. `root` is the RFC 6962 root of its first `size` lines, hex."""

    origin: str
    size: int
    root: str

    def __post_init__(self) -> None:
        if _ORIGIN.fullmatch(self.origin) is None:
            raise ValueError("the origin is not a name without spaces")
        if not 0 <= self.size < 10**16:
            raise ValueError("the size is not a number of lines")
        if _HEX.fullmatch(self.root) is None:
            raise ValueError("the root is not a SHA-256")

    @property
    def text(self) -> str:
        """What is signed, with its last LF."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(bytes.fromhex(self.root)).decode('ascii')}\n"


@dataclass(frozen=True, slots=True)
class NoteSignature:
    """One signature line of a note: who claims to have signed, which key, and the signature bytes."""

    name: str
    key_id: bytes
    signature: bytes


def key_id(spki_der: bytes) -> bytes:
    """The four bytes by which a note names an ECDSA key."""
    return hashlib.sha256(spki_der).digest()[:4]


def sign(checkpoint: Checkpoint, identity: Identity) -> str:
    """The signed note. The key's name is the log's origin."""
    signature = identity.sign(checkpoint.text.encode("utf-8"))
    line = base64.b64encode(key_id(identity.spki_der) + signature).decode("ascii")
    return f"{checkpoint.text}\n— {checkpoint.origin} {line}\n"


def parse(text: str) -> tuple[Checkpoint, bytes, tuple[NoteSignature, ...]]:
    """The checkpoint, the bytes that are signed, and the signature lines, none of them checked yet.

    Raises `ValueError` that says what is wrong. Notes with extension lines are not of version 1 and are refused.
    """
    if len(text) > _LONGEST:
        raise ValueError("the note is too long")
    body, gap, tail = text.rpartition("\n\n")
    if not gap or not tail.endswith("\n"):
        raise ValueError("the note has no signature after an empty line")
    lines = body.split("\n")
    if len(lines) != 3:
        raise ValueError("the note's text has not the three lines of a checkpoint")
    origin, size, root = lines
    if _SIZE.fullmatch(size) is None:
        raise ValueError("the second line is not a size")
    digest = _unbase64(root)
    if len(digest) != 32:
        raise ValueError("the third line is not the base64 of a SHA-256")
    checkpoint = Checkpoint(origin, int(size), digest.hex())
    return checkpoint, checkpoint.text.encode("utf-8"), tuple(_signature(line) for line in tail[:-1].split("\n"))


def verify(text: str, spki_der: bytes) -> Checkpoint:
    """The checkpoint, if its own log's key `spki_der` (P-256, DER) signed it. Raises `ValueError` that says why not.

    Signature lines of others, whose keys are not known here, are skipped as the standard asks.
    """
    checkpoint, note, signatures = parse(text)
    wanted = key_id(spki_der)
    ours = [line for line in signatures if line.name == checkpoint.origin and line.key_id == wanted]
    if not ours:
        raise ValueError("the checkpoint is not signed by the signer's key")
    if len(ours) > 1:
        raise ValueError("the checkpoint is signed twice by one key")
    try:
        key = load_der_public_key(spki_der)
    except (ValueError, TypeError):
        raise ValueError("the signer's key cannot be read") from None
    if not (isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1)):
        raise ValueError("the signer's key is not on the curve P-256")
    try:
        key.verify(ours[0].signature, note, ec.ECDSA(SHA256()))
    except InvalidSignature:
        raise ValueError("the checkpoint's signature does not hold: it was altered, or signed by another key") from None
    return checkpoint


def _signature(line: str) -> NoteSignature:
    parts = line.split(" ")
    if len(parts) != 3 or parts[0] != "—" or _ORIGIN.fullmatch(parts[1]) is None:
        raise ValueError("a signature line is not of the form “— name base64”")
    data = _unbase64(parts[2])
    if len(data) < 5:
        raise ValueError("a signature line holds no signature")
    return NoteSignature(parts[1], data[:4], data[4:])


def _unbase64(text: str) -> bytes:
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except (UnicodeEncodeError, binascii.Error):
        raise ValueError("not base64") from None
    if base64.b64encode(data).decode("ascii") != text:
        raise ValueError("not the one base64 form of these bytes")
    return data
