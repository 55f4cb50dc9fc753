"""The record behind a row, as it stands in the kept original."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from casebound.case import EventId
from casebound.errors import BadCase, BadRequest
from casebound.generations import Generation
from casebound.importers.batch import LONGEST_RAW, shortened, shown


@dataclass(frozen=True, slots=True)
class RawRecord:
    """A record as found.

    `offset` is its first byte in the original, -1 for workbooks, whose `line` is the row of the sheet.
    """

    file: str
    line: int
    offset: int
    text: str


def raw_record(case_path: Path, generation: Generation, event: EventId) -> RawRecord:
    """Read it. Raises `BadRequest` where the row does not exist, `BadCase` where the original is gone."""
    place = generation.place(event.ordinal)
    if place is None:
        raise BadRequest(f"The case has no row {event}.", "It may have been set aside: see `casebound quarantine`.")
    line, offset, length = place
    source = generation.source
    file = f"{source.name}, sheet {source.member}" if source.member and offset < 0 else source.name
    if offset < 0:
        row = generation.by_ordinal(event.ordinal)
        cells = row.event.fields.values() if row else ()
        return RawRecord(file, line, offset, shortened("\t".join(cell or "" for cell in cells)))
    original = case_path / "evidence" / source.sha256[:2] / source.sha256[2:]
    try:
        with original.open("rb") as stream:
            stream.seek(offset)
            found = stream.read(min(length, 8 * LONGEST_RAW))
    except OSError as error:
        raise BadCase(
            f"The original of “{source.name}” cannot be read in this case.",
            "Run `casebound check` on the case.",
            meaning="The rows are still there, but the record in the file cannot be shown beside them.",
            where=str(original.name),
        ) from error
    return RawRecord(file, line, offset, shortened(shown(found, source.mapping.encoding)))
