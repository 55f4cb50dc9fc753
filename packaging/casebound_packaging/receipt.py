"""A receipt: what a recipient received, what their verifier said of it, which state of the custody record they saw.

It is one CAdES signature (CMS SignedData, DER) by the recipient's key that encloses the statement, RFC 8785 with one
LF, so that `openssl cms -verify -inform DER -in NAME.receipt -CAfile ROOT.pem -out statement.json` checks and shows it.
Kept by the recipient, it is an outside witness to the custody record; given back, it goes into the case and into its
later packages.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from casebound_packaging import __version__, seal
from casebound_packaging.build import build_hash
from casebound_packaging.canonical import canonical, load
from casebound_packaging.checkpoint import Checkpoint
from casebound_packaging.identity import Identity
from casebound_packaging.times import parse_stamp, stamp

TYPE: Final = "casebound-receipt"
VERDICTS: Final = ("verified", "verified-with-limits", "not-verified")
LONGEST: Final = 1 << 20
"""Bytes of a receipt as a file."""
LONGEST_NOTE: Final = 2000

_ABOUT: Final = ("package", "received_at", "verified_at", "verdict", "limits", "findings", "checkpoint")
_KEYS: Final = frozenset(("type", "v", *_ABOUT, "recipient", "verifier", "note"))
_PACKAGE_KEYS: Final = frozenset(("id", "version", "sha256", "tagmanifest_sha256", "evidence_root", "case"))
_RECIPIENT_KEYS: Final = frozenset(("name", "organisation", "key"))
_VERIFIER_KEYS: Final = frozenset(("name", "version", "build"))
_HEX: Final = frozenset("0123456789abcdef")


@dataclass(frozen=True, slots=True)
class PackageSeen:
    """The package as the recipient had it. `sha256` is of the ZIP, None for an unpacked folder; `case` its number."""

    id: str
    version: int
    sha256: str | None
    tagmanifest_sha256: str
    evidence_root: str
    case: str


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who signs the receipt. `key` is the SHA-256 of their public key (SPKI, DER), hex."""

    name: str
    organisation: str
    key: str


@dataclass(frozen=True, slots=True)
class Statement:
    """What a receipt says. `verifier` has `name`, `version` and `build`; times are the recipient's own clock."""

    package: PackageSeen
    received_at: datetime
    verified_at: datetime
    verdict: str
    limits: tuple[str, ...]
    findings: int
    checkpoint: Checkpoint
    recipient: Recipient
    verifier: Mapping[str, str]
    note: str = ""

    def as_json(self) -> dict[str, object]:
        """The statement as the object that is signed (docs/format.md)."""
        seen, state, who = self.package, self.checkpoint, self.recipient
        return {
            "type": TYPE,
            "v": 1,
            "package": {
                "id": seen.id,
                "version": seen.version,
                "sha256": seen.sha256,
                "tagmanifest_sha256": seen.tagmanifest_sha256,
                "evidence_root": seen.evidence_root,
                "case": seen.case,
            },
            "received_at": stamp(self.received_at),
            "verified_at": stamp(self.verified_at),
            "verdict": self.verdict,
            "limits": list(self.limits),
            "findings": self.findings,
            "checkpoint": {"origin": state.origin, "size": state.size, "root": state.root},
            "recipient": {"name": who.name, "organisation": who.organisation, "key": who.key},
            "verifier": dict(self.verifier),
            "note": self.note,
        }

    def data(self) -> bytes:
        """The bytes that are signed."""
        return canonical(self.as_json()) + b"\n"


def verifier() -> dict[str, str]:
    """This program, as a receipt names it."""
    return {"name": "casebound", "version": __version__, "build": build_hash()}


def recipient(identity: Identity) -> Recipient:
    """Who signs with this identity."""
    return Recipient(identity.name, identity.organisation, identity.key_fingerprint)


def sign(statement: Statement, identity: Identity, at: datetime) -> bytes:
    """The receipt as a file, DER. `at` is the recipient's clock.

    Raises `BadIdentity` where the certificate is not valid then, and `ValueError` for a statement that is not of the
    format or names another key than the identity's.
    """
    data = statement.data()
    parse(data)
    if statement.recipient.key != identity.key_fingerprint:
        raise ValueError("the receipt names another key than the one that signs it")
    return seal.cades(data, identity, at, enclosing=True)


def parse(data: bytes) -> Statement:
    """Read the signed bytes. Raises `ValueError` that says what is wrong; whoever signed them is not asked here."""
    value = load(data.removesuffix(b"\n"))
    if canonical(value) + b"\n" != data:
        raise ValueError("the statement is not in the one form that its JSON may have (RFC 8785)")
    record = _object(value, _KEYS, "the statement")
    if record["type"] != TYPE or record["v"] != 1 or isinstance(record["v"], bool):
        raise ValueError("it is no receipt of version 1")
    verdict, limits = _text(record["verdict"], "verdict"), record["limits"]
    if verdict not in VERDICTS:
        raise ValueError("its verdict is none")
    if not isinstance(limits, list) or len(limits) > 100:
        raise ValueError("its limits are no list")
    note = _text(record["note"], "note", LONGEST_NOTE)
    return Statement(
        package=_package(record["package"]),
        received_at=parse_stamp(_text(record["received_at"], "time")),
        verified_at=parse_stamp(_text(record["verified_at"], "time")),
        verdict=verdict,
        limits=tuple(_text(limit, "limit") for limit in limits),
        findings=_count(record["findings"], "number of findings"),
        checkpoint=_checkpoint(record["checkpoint"]),
        recipient=_recipient(record["recipient"]),
        verifier={
            key: _text(value, key) for key, value in _object(record["verifier"], _VERIFIER_KEYS, "verifier").items()
        },
        note=note,
    )


def _package(value: object) -> PackageSeen:
    record = _object(value, _PACKAGE_KEYS, "the package")
    sha256 = record["sha256"]
    return PackageSeen(
        id=_text(record["id"], "package id"),
        version=_count(record["version"], "version"),
        sha256=None if sha256 is None else _digest(sha256, "the ZIP"),
        tagmanifest_sha256=_digest(record["tagmanifest_sha256"], "the signed list"),
        evidence_root=_digest(record["evidence_root"], "the evidence"),
        case=_text(record["case"], "case"),
    )


def _recipient(value: object) -> Recipient:
    record = _object(value, _RECIPIENT_KEYS, "the recipient")
    name, organisation = _text(record["name"], "name"), _text(record["organisation"], "organisation")
    return Recipient(name, organisation, _digest(record["key"], "the recipient's key"))


def _checkpoint(value: object) -> Checkpoint:
    record = _object(value, frozenset(("origin", "size", "root")), "the checkpoint")
    return Checkpoint(
        _text(record["origin"], "origin"), _count(record["size"], "size"), _digest(record["root"], "the root")
    )


def _object(value: object, keys: frozenset[str], what: str) -> dict[str, object]:
    if not isinstance(value, dict) or value.keys() != keys:
        raise ValueError(f"{what} has not the parts that the format gives it")
    return value


def _text(value: object, what: str, longest: int = 500) -> str:
    if not isinstance(value, str) or len(value) > longest:
        raise ValueError(f"its {what} is no text, or too long")
    return value


def _count(value: object, what: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 10**15:
        raise ValueError(f"its {what} is no number")
    return value


def _digest(value: object, what: str) -> str:
    if not isinstance(value, str) or len(value) != 64 or not set(value) <= _HEX:
        raise ValueError(f"the fingerprint of {what} is no SHA-256")
    return value
