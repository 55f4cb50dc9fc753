"""What a sealed package holds, read for looking at: findings, timeline, exhibits, custody. Nothing is written.

Everything in a package is hostile until it is verified, and shown inert even then. Limits keep a lying package from
exhausting the reader.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from casebound.errors import UnreadablePackage
from casebound.work import Progress
from casebound_packaging.disclosure import parse
from casebound_packaging.zipreader import Archive
from casebound_ui.desktop.custody_links import Chain, RawLine, recompute

LIMIT = 1 << 28  # bytes of one JSON Lines member that is read for looking at
ROWS = 200_000  # rows of the timeline that are listed
Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PackageEvidence:
    """The readable part of a package."""

    path: Path
    folder: str
    findings: tuple[Record, ...]
    timeline: tuple[Record, ...]
    exhibits: tuple[Record, ...]
    chain: Chain


def read_evidence(path: Path, progress: Progress) -> PackageEvidence:
    """Read a package. Raises `UnreadablePackage` where the container cannot be read."""
    with Archive.open(path) as archive:
        if archive.findings:
            raise UnreadablePackage(
                f"“{path.name}” is not put together as a package must be, so nothing in it is opened.",
                "Ask the sender for the file again.",
                meaning="Nothing in it can be relied on.",
            )
        folder = archive.names[0].split("/", 1)[0] if archive.names else ""
        progress(0, 4, "timeline")
        timeline = tuple(_lines(archive, f"{folder}/data/timeline.jsonl"))
        progress(1, 4, "exhibits")
        exhibits = tuple(
            record
            for name in archive.names
            if name.startswith(f"{folder}/data/exhibits/") and name.endswith("/exhibit.json")
            for record in _lines(archive, name)
        )
        progress(2, 4, "custody record")
        disclosed = _disclosures(archive, f"{folder}/data/custody/disclosures.jsonl")
        name = f"{folder}/data/custody/ledger.jsonl"
        data = archive.read(name, LIMIT) if name in archive.names else b""
        raw = [
            RawLine(line, "", disclosed.get(place, {}))
            for place, line in enumerate(data.removesuffix(b"\n").split(b"\n"))
        ]
        chain = recompute(raw, 0, "") if data else Chain((), None)
        progress(4, 4, "")
        return PackageEvidence(path, folder, _findings(raw), timeline, exhibits, chain)


def extract(path: Path, name: str) -> bytes:
    """One member's bytes; `name` is relative to the top folder. Raises `UnreadablePackage`."""
    with Archive.open(path) as archive:
        folder = archive.names[0].split("/", 1)[0]
        full = f"{folder}/{name}"
        if full not in archive.names:
            raise UnreadablePackage(f"“{name}” is not in the package.", "Check the package again.")
        return archive.read(full, 1 << 32)


def _lines(archive: Archive, name: str) -> Iterator[Record]:
    if name not in archive.names:
        return
    for place, line in enumerate(archive.read(name, LIMIT).splitlines()):
        if place >= ROWS:
            return
        try:
            value = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(value, dict):
            yield value


def _disclosures(archive: Archive, name: str) -> dict[int, dict[str, Any]]:
    found: dict[int, dict[str, Any]] = {}
    for record in _lines(archive, name):
        try:
            disclosure = parse(str(record["disclosure"]))
            found.setdefault(int(record["seq"]), {})[disclosure.name] = disclosure.value
        except (KeyError, TypeError, ValueError):
            continue
    return found


def _findings(lines: list[RawLine]) -> tuple[Record, ...]:
    """The last record of each finding, as the custody record discloses it."""
    found: dict[str, Record] = {}
    for raw in lines:
        record = raw.disclosures.get("record")
        if not isinstance(record, dict):
            continue
        try:
            item = json.loads(raw.line).get("item", {})
        except (ValueError, AttributeError):
            continue
        if isinstance(item, dict) and item.get("type") == "finding":
            found[str(item.get("id"))] = {**record, "number": str(item.get("id"))}
    return tuple(found[number] for number in sorted(found))
