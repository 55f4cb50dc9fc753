"""What the person who verifies brings along. Nothing here ever comes from the package."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from casebound_packaging.errors import CaseboundError
from casebound_packaging.verify.verdict import LIMITS


class BadTrust(CaseboundError):
    """What was given to trust cannot be read; nothing was checked."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class Trust:
    """Trust from outside.

    `root_pem`: one or more root certificates, and optionally their CRLs, in PEM. `crl_pem`: revocation lists apart from
    the root's file. `signer_fingerprint`: SHA-256 of the certificate or of the public key, hex, in any usual notation;
    several separated by commas. `known`: fingerprints of keys that this person confirmed before; they confirm a signer,
    and refuse none. `allowed_signers`: the text of an OpenSSH allowed signers file. `tsa_pem`: roots of time stamp
    services. `against`: older checkpoints, packages, receipts. `seen`: checkpoints as a person typed them, from paper
    or the telephone. `now`: the time of checking, injected by tests.
    """

    root_pem: bytes | None = None
    signer_fingerprint: str | None = None
    allowed_signers: str | None = None
    tsa_pem: bytes | None = None
    against: tuple[Path, ...] = ()
    seen: tuple[str, ...] = ()
    now: datetime | None = None
    accept: frozenset[str] = field(default_factory=frozenset)
    crl_pem: bytes | None = None
    known: frozenset[str] = field(default_factory=frozenset)

    @property
    def moment(self) -> datetime:
        """The time of checking, aware UTC."""
        return self.now or datetime.now(UTC)

    @property
    def fingerprints(self) -> frozenset[str]:
        """The fingerprints given, lower-case hex. Raises `BadTrust` where one is not a SHA-256."""
        given = self.signer_fingerprint or ""
        return frozenset(fingerprint(part) for part in given.split(",") if part.strip())


_KEY_TYPES = ("ssh-", "ecdsa-", "sk-")
_LARGEST = 16 << 20  # what is given to trust is small; a disk image named by mistake is not read whole


def given_bytes(path: Path | None) -> bytes | None:
    """A file that is given to trust, or None. Raises `BadTrust` where it cannot be read."""
    if path is None:
        return None
    try:
        with path.open("rb") as file:
            return file.read(_LARGEST)
    except OSError as error:
        raise BadTrust(
            f"{path} cannot be read: {error.strerror or error}.", "Give a file that is there.", where=str(path)
        ) from error


def given_signers(path: Path | None) -> str | None:
    """An OpenSSH allowed signers file that is given to trust, or None. Raises `BadTrust` where it names no key."""
    data = given_bytes(path)
    if data is None:
        return None
    text = data.decode("utf-8", "replace")
    lines = [line.split() for line in text.splitlines() if not line.lstrip().startswith("#")]
    if not any(word.startswith(_KEY_TYPES) for words in lines for word in words[1:]):
        raise BadTrust(
            f"{path} is no allowed signers file: it names no key.",
            "Give the file that you keep for ssh-keygen; a line is a name, a type such as ecdsa-sha2-nistp256, a key.",
            where=str(path),
        )
    return text


def fingerprint(text: str) -> str:
    """Lower-case hex of a fingerprint as people and programs write it: colons, spaces, `sha256 Fingerprint=` …"""
    plain = re.sub(r"(?i)^\s*sha-?256( fingerprint)?\s*[=:]", "", text)
    plain = re.sub(r"[\s:\-]", "", plain).lower()
    if not re.fullmatch(r"[0-9a-f]{64}", plain):
        raise BadTrust(
            f"“{text.strip()}” is not a SHA-256 fingerprint.",
            "Give all 64 hexadecimal digits of the certificate's or the key's fingerprint, as the signer told you.",
        )
    return plain


def accepted(text: str) -> frozenset[str]:
    """The limits named in a comma-separated list. Raises `BadTrust` for a name that is no limit."""
    names = frozenset(part.strip().upper() for part in text.split(",") if part.strip())
    unknown = sorted(names - set(LIMITS))
    if unknown:
        raise BadTrust(f"There is no limit called {', '.join(unknown)}.", f"The limits are {', '.join(LIMITS)}.")
    return names
