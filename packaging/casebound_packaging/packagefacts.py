"""What goes into a package besides its members, and what is known about it before and after it is sealed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from casebound_packaging.checkpoint import Checkpoint


@dataclass(frozen=True, slots=True)
class About:
    """What a package says about itself. `supersedes` has `package_id` and `evidence_root` of the version before it.

    `log_origin` is the ledger's name (`casebound/<case>/<log id>`). `limits` are PARTIAL and REDACTED, as declared.
    """

    case_number: str
    case_title: str
    log_origin: str
    version: int
    supersedes: Mapping[str, str] | None
    recipient_class: str
    purpose: str
    legal_basis: str | None
    organisation: str = ""
    limits: tuple[str, ...] = ()
    include_verifier: bool = True


@dataclass(frozen=True, slots=True)
class FileFact:
    """One payload file as the report lists it. `size` in bytes, `sha256` hex."""

    path: str
    role: str
    media_type: str
    size: int
    sha256: str
    exhibit: str | None
    sensitive: bool


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known before the report is: everything that the report prints about its package."""

    package_id: str
    evidence_root: str
    checkpoint: Checkpoint
    fingerprint: str
    key_fingerprint: str
    signer_name: str
    self_issued: bool
    sealed_at: datetime
    files: tuple[FileFact, ...]  # every payload file but the report and package.json, sorted by path
    checkpoint_text: str = ""  # the checkpoint as a signed note


@dataclass(frozen=True, slots=True)
class Sealed:
    """A package on disk. `sha256` and `size` are of the ZIP.

    `unstamped` says why there is no time stamp over the seals although one was asked for, or is ""; `stamp_told` has a
    sentence for each service that gave none, also where a later one did, and one for the stamp.
    """

    path: Path
    sha256: str
    size: int
    package_id: str
    checkpoint_text: str
    evidence_root: str
    stamped: bool = False
    unstamped: str = ""
    stamp_told: tuple[str, ...] = ()
