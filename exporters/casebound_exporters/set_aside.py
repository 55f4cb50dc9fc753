"""Rows set aside as files: a list with their places and reasons, and their exact bytes.

A list is CSV or JSON Lines. `raw` is the record as text, bytes that are no text of the file's encoding as `\\xNN`;
where that text in UTF-8 is not byte for byte the record, `bytes` has the record in base64.
"""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from casebound.asfound import as_found
from casebound.case import Snapshot, Source
from casebound.errors import BadRequest, CannotWrite
from casebound.events import Events
from casebound.importers.batch import Refused
from casebound.work import Progress, silent
from casebound_exporters.cells import GUARD, line
from casebound_packaging.canonical import canonical
from casebound_packaging.member import Member

COLUMNS = ("source", "file", "member", "ordinal", "line", "offset", "length", "code", "reason", "raw", "bytes")
_NUMBERS = frozenset({"ordinal", "line", "offset", "length"})
LISTS = (".csv", ".jsonl", ".ndjson")


def record(source: Source, one: Refused, found: bytes) -> dict[str, str | int]:
    """One row set aside, as a list has it."""
    return {
        "source": source.label,
        "file": source.name,
        "member": source.member,
        "ordinal": one.ordinal,
        "line": one.line,
        "offset": one.offset,
        "length": one.length,
        "code": one.code,
        "reason": one.reason,
        "raw": one.raw,
        "bytes": "" if one.raw.encode("utf-8", "replace") == found else base64.b64encode(found).decode("ascii"),
    }


def write_set_aside(
    case_path: Path, events: Events, target: Path, sources: Sequence[Source], progress: Progress = silent
) -> tuple[int, tuple[Path, ...]]:
    """Write what is set aside of `sources` to a new file. Returns how many rows, and the files.

    A name that ends in .csv or .jsonl becomes a list. Any other becomes the records themselves, each with a line end
    behind it, and a list beside it, `<name>.index.csv`, whose last two columns say where each begins and its length.
    Raises `BadRequest` where a file is there already, `CannotWrite`; nothing half-written stays.
    """
    files = (target,) if target.suffix.lower() in LISTS else (target, target.with_name(f"{target.name}.index.csv"))
    for path in files:
        if path.exists():
            raise BadRequest(
                f"{path} is already there.", "Name a new file; nothing is ever written over.", where=str(path)
            )
    halves = [path.with_name(f".{path.name}.{os.getpid()}") for path in files]
    rows = ((source, *pair) for source in sources for pair in as_found(case_path, events, source, progress))
    try:
        count = _write(halves, target.suffix.lower(), rows)
        for half, path in zip(halves, files, strict=True):
            os.link(half, path)
    except FileExistsError:
        raise BadRequest(f"{target} is already there.", "Name a new file.", where=str(target)) from None
    except OSError as error:
        raise CannotWrite(
            f"{target} could not be written: {error.strerror or 'no reason was given'}.",
            "Choose another folder, or make room on the disk.",
            meaning="Nothing was written.",
            where=str(target),
        ) from error
    finally:
        for half in halves:
            with suppress(FileNotFoundError):
                half.unlink()
    return count, files


@dataclass(frozen=True, slots=True)
class AsideTable:
    """The rows set aside of one source, enclosed in a package as they were found."""

    source: Source
    path: str  # of the member
    file: Path
    count: int

    def members(self) -> list[Member]:
        """The CSV and its description."""
        schema = {
            "table": f"set aside of {self.source.label}",
            "columns": [{"name": name, "type": "integer" if name in _NUMBERS else "text"} for name in COLUMNS],
            "null": "",
            "guard": GUARD,
            "rows": self.count,
            "sources": [self.source.sha256],
        }
        described = self.path.removesuffix(".csv") + ".schema.json"
        return [
            Member(self.path, "table", "text/csv; charset=utf-8", self.file),
            Member(described, "table-schema", "application/json", canonical(schema) + b"\n"),
        ]


def write_aside(snapshot: Snapshot, events: Events, folder: Path, progress: Progress) -> tuple[AsideTable, ...]:
    """Write what is set aside of every source into `folder`, one table each."""
    made = []
    for source in snapshot.sources:
        if not source.quarantined:
            continue
        file = folder / f"set-aside-{source.label}.csv"
        rows = ((source, *pair) for pair in as_found(snapshot.path, events, source, progress))
        with file.open("xb") as target:
            for text in csv_lines(rows):
                target.write(text)
        made.append(AsideTable(source, f"data/set-aside/{source.label}.csv", file, source.quarantined))
    return tuple(made)


def csv_lines(rows: Iterator[tuple[Source, Refused, bytes]]) -> Iterator[bytes]:
    """The lines of a list in CSV, guarded against spreadsheets."""
    yield line(COLUMNS)
    for source, one, found in rows:
        yield line([str(value) for value in record(source, one, found).values()])


def _write(halves: Sequence[Path], suffix: str, rows: Iterator[tuple[Source, Refused, bytes]]) -> int:
    count = 0
    with halves[0].open("xb") as target:
        if suffix == ".csv":
            for text in csv_lines(rows):
                target.write(text)
                count += 1
            count -= 1  # the head
        elif suffix in LISTS:
            for row in rows:
                words = json.dumps(record(*row), ensure_ascii=False)
                target.write(words.encode("utf-8", "backslashreplace") + b"\n")
                count += 1
        else:
            with halves[1].open("xb") as index:
                count = _raw(target, index, rows)
                _to_disk(index)
        _to_disk(target)
    return count


def _raw(target: BinaryIO, index: BinaryIO, rows: Iterator[tuple[Source, Refused, bytes]]) -> int:
    names = (*COLUMNS[:-2], "begins", "bytes")
    index.write(line(names))
    at = count = 0
    for source, one, found in rows:
        target.write(found + b"\n")
        facts = [str(value) for value in record(source, one, found).values()][:-2]
        index.write(line([*facts, str(at), str(len(found))]))
        at, count = at + len(found) + 1, count + 1
    return count


def _to_disk(stream: BinaryIO) -> None:
    stream.flush()
    os.fsync(stream.fileno())
