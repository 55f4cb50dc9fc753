"""The signers whose keys this person has confirmed, once, by another way than a package. Kept on this computer.

Window and command line share the file `signers.json` in the person's own folder. It holds no secret; whoever can write
to it can make a stranger look confirmed, so it is its owner's alone.
"""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from casebound.errors import CannotWrite
from casebound.store.disk import make_folder, write_whole

FILE: Final = "signers.json"
_OF_0_1_0: Final = "window.json"
_LARGEST: Final = 4 << 20


@dataclass(frozen=True, slots=True)
class KnownSigner:
    """A signer whose key a person has confirmed, and how.

    `key` is the fingerprint of the public key, which stays when a certificate is renewed; "" where only the
    certificate was noted.
    """

    fingerprint: str  # SHA-256 of the certificate, hex
    name: str
    confirmed_at: datetime
    how: str  # "by phone", "in person", "from the organisation's list"
    key: str = ""


class KnownSigners:
    """The file and what is in it. A missing or damaged file, or one that others can write, confirms nobody."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE

    def all(self) -> tuple[KnownSigner, ...]:
        """Everybody confirmed, oldest first. Until somebody is, those whom version 0.1.0 noted for its window."""
        path = self.path if self.path.exists() else self.path.with_name(_OF_0_1_0)
        try:
            with path.open("rb") as file:
                if not _own(os.fstat(file.fileno())):
                    return ()
                data = json.loads(file.read(_LARGEST))
            return tuple(_read(item) for item in data["signers"])
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return ()

    def fingerprints(self) -> frozenset[str]:
        """Of certificates and of keys, as `Trust.known` takes them."""
        return frozenset(text for one in self.all() for text in (one.fingerprint, one.key) if text)

    def confirm(self, signer: KnownSigner) -> None:
        """Remember a signer; one known by this certificate is noted anew. Raises `CannotWrite`."""
        self._keep([*(one for one in self.all() if one.fingerprint != signer.fingerprint), signer])

    def forget(self, fingerprint: str) -> tuple[KnownSigner, ...]:
        """Forget whoever has this fingerprint (of the certificate or the key, or how it begins); who they were.

        Raises `CannotWrite`.
        """
        gone = tuple(one for one in self.all() if fingerprint and _begins(one, fingerprint.lower()))
        if gone:
            self._keep(one for one in self.all() if one not in gone)
        return gone

    def _keep(self, signers: Iterable[KnownSigner]) -> None:
        items = [
            {
                "fingerprint": one.fingerprint,
                "key": one.key,
                "name": one.name,
                "confirmed_at": one.confirmed_at.isoformat(),
                "how": one.how,
            }
            for one in signers
        ]
        try:
            make_folder(self.path.parent)
            write_whole(self.path, json.dumps({"signers": items}, ensure_ascii=False, indent=1).encode("utf-8"))
        except OSError as error:
            raise _unwritten(error, self.path) from error


def _read(item: dict[str, object]) -> KnownSigner:
    return KnownSigner(
        str(item["fingerprint"]).lower(),
        str(item["name"]),
        datetime.fromisoformat(str(item["confirmed_at"])).astimezone(UTC),
        str(item["how"]),
        str(item.get("key", "")).lower(),
    )


def _own(found: os.stat_result) -> bool:
    """Whether nobody but this person (or the system) can have written the file; Windows keeps such files apart."""
    if not hasattr(os, "geteuid"):
        return True
    return found.st_uid in (os.geteuid(), 0) and not stat.S_IMODE(found.st_mode) & 0o022


def _begins(signer: KnownSigner, text: str) -> bool:
    return signer.fingerprint.startswith(text) or (bool(signer.key) and signer.key.startswith(text))


def _unwritten(error: OSError, path: Path) -> CannotWrite:
    return CannotWrite(
        f"The confirmed signers could not be kept: {error.strerror or error}.",
        "Make room on the disk, or name another folder with CASEBOUND_HOME.",
        where=str(path),
    )
