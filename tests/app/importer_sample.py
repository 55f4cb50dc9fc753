"""What a sample of a format is, for the contract test of importers and for those who add samples."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from casebound.importers.batch import Batch

Rows = list[tuple[str | None, ...]]


@dataclass(frozen=True, slots=True)
class Told:
    """One table as its importer must tell it: kept rows, the codes of what is set aside in the order of the file,
    and, where the format has byte offsets, the exact bytes of every record in that order, kept or not.
    """

    rows: int
    codes: tuple[str, ...] = ()
    raw: tuple[bytes, ...] | None = None
    columns: tuple[str, ...] | None = None
    values: Rows | None = None
    blank: int = 0


@dataclass(frozen=True, slots=True)
class Sample:
    """A file, the way in which it is good or bad, and its tables by member; or words of the refusal of it all."""

    way: str
    file: str
    content: bytes
    tables: dict[str, Told] = field(default_factory=dict)
    refusal: str = ""


@dataclass(frozen=True, slots=True)
class Samples:
    """`many` makes the content of a file named `many_file` with that many records, all good."""

    good: tuple[Sample, ...]
    bad: tuple[Sample, ...]
    many: Callable[[int], bytes]
    many_file: str
    most: int = 20_000  # records that `many` is asked for


def values_of(batch: Batch) -> Rows:
    """The rows of a batch in either form."""
    return [tuple(row) for row in batch.rows()]


def lines(*lines: bytes, end: bytes = b"\n") -> bytes:
    return b"".join(line + end for line in lines)
