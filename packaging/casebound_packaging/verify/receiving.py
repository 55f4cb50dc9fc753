"""A receipt made of an answer: the verifier's report, which file it was about, and who received it."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Self

from casebound_packaging.errors import CaseboundError, UnreadablePackage
from casebound_packaging.identity import Identity
from casebound_packaging.receipt import LONGEST_NOTE, PackageSeen, Statement, recipient, sign, verifier
from casebound_packaging.staging import Watch, unwatched
from casebound_packaging.verify.examination import verify
from casebound_packaging.verify.trust import Trust
from casebound_packaging.verify.verdict import Report

_CHUNK = 1 << 20


class NoReceipt(CaseboundError):
    """No receipt can be given of this file."""


@dataclass(frozen=True, slots=True)
class FileState:
    """What the disk says of a file, so that a change between two looks shows. A folder has only its own entry."""

    inode: int
    size: int
    modified: int
    changed: int

    @classmethod
    def of(cls, path: Path) -> Self:
        """How the file is now. Raises `OSError`."""
        found = path.stat()
        return cls(found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)


def receive(
    path: Path,
    trust: Trust,
    identity: Identity,
    received_at: datetime,
    *,
    note: str = "",
    progress: Watch = unwatched,
) -> tuple[Report, bytes]:
    """Check a package and sign what came out of it. Returns the answer and the receipt as a file.

    Raises `NoReceipt` where there is nothing to sign, `BadTrust`, `BadIdentity`, and what `progress` raises.
    """
    try:
        state = FileState.of(path)
    except OSError as fault:
        raise NoReceipt(
            f"{path.name} cannot be read: {fault.strerror or fault}.", "Check the path.", where=str(path)
        ) from None
    report = verify(path, trust, progress)
    moment = trust.moment
    return report, give_receipt(path, state, report, identity, received_at, moment, note=note, progress=progress)


def give_receipt(
    path: Path,
    state: FileState,
    report: Report,
    identity: Identity,
    received_at: datetime,
    verified_at: datetime,
    *,
    signed_at: datetime | None = None,
    note: str = "",
    progress: Watch = unwatched,
) -> bytes:
    """Sign a receipt for a package that was checked while it was in `state`.

    The signature is dated `signed_at`, or `verified_at` where the two are one act: a key
    may be younger than the check.

    Raises `NoReceipt` where the file has changed since, the answer names no package, or the note is too long.
    """
    seen = report.checkpoint
    if report.kind != "package" or seen is None or not (report.package_id and report.version):
        raise NoReceipt(
            f"No receipt can be given for {path.name}: it does not say in one piece which package it is.",
            "Keep it as it came, and tell the sender what the check found.",
            meaning="A receipt names a package and the signed state of its custody record. Nothing was signed.",
            where=str(path),
        )
    if len(note) > LONGEST_NOTE:
        raise NoReceipt(f"The note is longer than {LONGEST_NOTE:,} characters.", "Shorten it.")
    try:
        digest = _digest(path, progress) if path.is_file() else None
        changed = FileState.of(path) != state
    except OSError as fault:
        raise UnreadablePackage(
            f"{path.name} cannot be read: {fault.strerror or fault}.", "Check the path.", where=str(path)
        ) from None
    if changed:
        raise NoReceipt(
            f"{path.name} has changed since it was checked.",
            "Check it again, and give the receipt then.",
            meaning="Nothing was signed.",
            where=str(path),
        )
    statement = Statement(
        package=PackageSeen(
            id=report.package_id,
            version=report.version,
            sha256=digest,
            tagmanifest_sha256=report.tagmanifest_sha256,
            evidence_root=report.evidence_root,
            case=report.case_number,
        ),
        received_at=received_at,
        verified_at=verified_at,
        verdict=str(report.verdict),
        limits=report.limits,
        findings=len(report.findings),
        checkpoint=seen,
        recipient=recipient(identity),
        verifier=verifier(),
        note=note.strip(),
    )
    try:
        return sign(statement, identity, signed_at or verified_at)
    except ValueError as fault:  # what a broken package says of itself need not fit into a receipt
        raise NoReceipt(
            f"No receipt can be given for {path.name}: {fault}.",
            "Keep it as it came, and tell the sender what the check found.",
            meaning="Nothing was signed.",
            where=str(path),
        ) from None


def _digest(path: Path, progress: Watch) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        total, done = os.fstat(file.fileno()).st_size, 0
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
            done += len(chunk)
            progress(done, total, "Fingerprint of the file")
    return digest.hexdigest()
