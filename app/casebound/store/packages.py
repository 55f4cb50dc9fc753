"""Packages: prepared in the ledger before any file is visible, and recorded again when they are sealed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from casebound.case import SealedPackage
from casebound.errors import BadRequest
from casebound.store import models, reading
from casebound.store.change import Change, sentence
from casebound.store.checkpoints import signed_states
from casebound.store.recipients import CLASSES, Included, everything, items, select_lines
from casebound.store.stated import text
from casebound_packaging import checkpoint
from casebound_packaging.lineage import stated_names

_STRANGE: Final = re.compile(r"[^A-Za-z0-9._-]", re.ASCII)


class SealedFile(Protocol):
    """What is known of a package once it is on the disk (`casebound_packaging.package.Sealed`)."""

    @property
    def path(self) -> Path: ...
    @property
    def sha256(self) -> str: ...
    @property
    def size(self) -> int: ...
    @property
    def package_id(self) -> str: ...
    @property
    def checkpoint_text(self) -> str: ...
    @property
    def evidence_root(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Prepared:
    """A package that the ledger knows of and nobody has yet: its version and the custody record that goes in.

    `supersedes` names the last package of this recipient class by `package_id` and `evidence_root`. `older_checkpoints`
    are the signed states of the same ledger, in earlier packages and made on demand. `earlier_names` are the log
    origins that it had before it was copied, with their sizes.
    """

    version: int
    lines: list[bytes]
    disclosures: list[tuple[int, str]]
    log_origin: str
    supersedes: dict[str, str] | None
    older_checkpoints: tuple[str, ...] = ()
    earlier_names: Mapping[str, int] = field(default_factory=dict)


def log_origin(number: str, log_id: str) -> str:
    """The ledger's name to the world: the first line of its checkpoints."""
    return f"casebound/{_STRANGE.sub('-', str(number))}/{log_id}"


def prepare_export(
    change: Change, recipient_class: str, purpose: str, legal_basis: str, include: Included | None
) -> Prepared:
    """Write `export-prepared`, and choose what of the ledger this recipient gets. None includes everything."""
    if recipient_class not in CLASSES:
        raise BadRequest(
            f"“{recipient_class}” is not a class of recipients.",
            f"Use one of {', '.join(CLASSES)}.",
            meaning="Nothing was changed.",
        )
    session, known = change.session, models.PackageRow
    exported = session.scalars(select(known).where(known.exported.is_(True)).order_by(known.version)).all()
    before = next((row for row in reversed(exported) if row.recipient_class == recipient_class), None)
    row = models.PackageRow(
        version=change.next(known, "version"),
        package_id="",
        name="",
        path="",
        sha256="",
        size=0,
        recipient_class=recipient_class,
        purpose=sentence(purpose, "The purpose", longest=2000),
        legal_basis=sentence(legal_basis, "The legal basis", empty=True, longest=2000),
        prepared_at=change.at,
        exported=False,
        evidence_root="",
        checkpoint_size=0,
        checkpoint_root="",
        checkpoint="",
    )
    session.add(row)
    change.record("export-prepared", row, {"purpose": row.purpose})
    given = items(session, include or everything(session), row.version, recipient_class)
    lines, disclosures = select_lines(session, recipient_class, given)
    case = change.case()
    origin = log_origin(case.number, case.log_id)
    earlier = stated_names(lines, disclosures)
    return Prepared(
        version=row.version,
        lines=lines,
        disclosures=disclosures,
        log_origin=origin,
        supersedes=None if before is None else {"package_id": before.package_id, "evidence_root": before.evidence_root},
        older_checkpoints=signed_states(session, origin, earlier),
        earlier_names=earlier,
    )


def record_export(change: Change, version: int, sealed: SealedFile) -> SealedPackage:
    """The package is on the disk: keep what it is called, its hash, and the signed state of the ledger in it."""
    row = _row(change.session, version)
    if row.exported:
        raise BadRequest(f"Package version {version} was sealed already.", meaning="Nothing was changed.")
    signed = checkpoint.parse(sealed.checkpoint_text)[0]
    row.package_id = sealed.package_id
    row.name = text(sealed.path.name)
    row.path = text(str(sealed.path))
    row.sha256 = sealed.sha256
    row.size = sealed.size
    row.exported = True
    row.evidence_root = sealed.evidence_root
    row.checkpoint_size = signed.size
    row.checkpoint_root = signed.root
    row.checkpoint = sealed.checkpoint_text
    change.record("exported", row, {"name": row.name}, outputs=(row.sha256,))
    return reading.package(row)


def record_verified(change: Change, version: int, verdict: str) -> None:
    """Somebody checked a package of this case; `verdict` is a verifier's word."""
    row = _row(change.session, version)
    change.note("verified", ("package", str(version)), {"text": verdict}, inputs=(row.sha256,) if row.sha256 else ())


def record_stamp(change: Change, version: int, sha256: str, words: str) -> None:
    """A time stamp service signed the seal of a package; `words` say when and which, `sha256` is of its answer."""
    _row(change.session, version)
    change.note("signed", ("package", str(version)), {"text": f"Time stamp of {words}"}, inputs=(sha256,))


def record_seal(change: Change, package_sha256: str, sha256: str, role: str) -> int:
    """A co-signer sealed a package beside it; `sha256` is of their signature. Answers with the package's version.

    Raises `BadRequest` where no package with this SHA-256 was sealed from the case.
    """
    query = select(models.PackageRow).where(models.PackageRow.sha256 == package_sha256)
    row = change.session.scalars(query).first()
    if row is None:
        raise BadRequest(
            "This package was not sealed from this case.", "Name the case it is from.", meaning="Nothing was changed."
        )
    change.note("signed", ("package", str(row.version)), {"text": f"Sealed as {role}"}, inputs=(sha256,))
    return row.version


def _row(session: Session, version: int) -> models.PackageRow:
    row = session.get(models.PackageRow, version)
    if row is None:
        raise BadRequest(f"There is no package version {version} of this case.", meaning="Nothing was changed.")
    return row
