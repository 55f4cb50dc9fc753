"""What an import hands to the case: the facts of one table, and the folder with its rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from casebound.case import TableMapping


@dataclass(frozen=True, slots=True)
class SourceDraft:
    """One table read, before the case has it.

    read = kept + quarantined + duplicates. `generation` is a folder from `Case.new_generation`, complete and closed;
    `rows_digest` is the importer's digest over the rows in it, which a rebuild from the original must give again.
    """

    name: str  # file name as it came
    member: str
    table: str
    format: str
    mapping: TableMapping
    read: int
    kept: int
    quarantined: int
    duplicates: int
    timed: int
    first_us: int | None
    last_us: int | None
    expected: int | None
    expected_from: str
    origin: Mapping[str, object] | None
    generation: Path
    rows_digest: str
    importer: str
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MendDraft:
    """Set-aside rows of a source read again, before the case has it.

    read = kept + quarantined + duplicates. `generation` is a folder from `Case.new_mend`, complete and closed.
    `before` is how many mends the source had when its set-aside rows were looked at.
    """

    source: int
    before: int
    recipe: Mapping[str, object]
    read: int
    kept: int
    quarantined: int
    duplicates: int
    timed: int
    first_us: int | None
    last_us: int | None
    generation: Path
    rows_digest: str
    importer: str
