"""One file that goes into a package, before it is written."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROLES: Final = frozenset(
    {
        "report",
        "exhibit",
        "exhibit-record",
        "table",
        "table-schema",
        "query",
        "timeline",
        "completeness",
        "ledger",
        "disclosures",
        "checkpoint",
        "receipt",
        "proof",
        "stamp",
        "interchange",
    }
)
"""What a payload file can be for (docs/format.md, package.json)."""


@dataclass(frozen=True, slots=True)
class Member:
    """A payload file: its path below the top folder, what it is for, and its bytes or the file that holds them.

    `path` is like `data/exhibits/EX-0001/original.png`. A `Path` as content is read as a stream and may be many GiB;
    it must not change until the package is written. `exhibit` is the exhibit number it belongs to. `sensitive` files
    are marked in package.json, so that a reader covers them until asked.
    """

    path: str
    role: str
    media_type: str
    content: bytes | Path
    exhibit: str | None = None
    sensitive: bool = False
