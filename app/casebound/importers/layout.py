"""What an importer says about a file before it is read in, and what every importer must be able to do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from casebound.case import TableMapping
from casebound.importers.batch import Batch


@dataclass(frozen=True, slots=True)
class Choices:
    """What a person decided about the shape of a file; None and "" leave it to the importer."""

    encoding: str = ""
    delimiter: str = ""
    header_line: int | None = None
    header_rows: int | None = None


@dataclass(frozen=True, slots=True)
class Layout:
    """One table found in a file: its columns, its first rows, and why it was so judged."""

    table: str  # proposed name
    columns: tuple[str, ...]
    rows: tuple[tuple[str | None, ...], ...]
    evidence: tuple[str, ...]
    member: str = ""
    encoding: str = "utf-8"
    delimiter: str = ""
    header_line: int = 0
    header_rows: int = 1  # how many records from `header_line` on make up the names together
    roles: dict[str, str] = field(default_factory=dict)  # column → role, where the format itself says so
    recognised_as: str = ""


class Importer(Protocol):
    """Reads one format. `kind` is what `casebound.importers.kinds.kind_of` calls it: no two importers share one."""

    kind: str
    format: str
    version: str

    def layouts(self, path: Path, name: str, choices: Choices) -> tuple[Layout, ...]:
        """The tables of the file. Raises `BadSource` where there is none."""
        ...

    def batches(self, path: Path, member: str, mapping: TableMapping) -> Iterator[Batch]:
        """All records of one table, in order.

        Every record of the original is in `ordinals` or in `refused`, exactly once.
        """
        ...

    def size(self, path: Path, member: str) -> int:
        """What progress counts up to: bytes for texts, rows for workbooks."""
        ...
