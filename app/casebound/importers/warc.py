"""Web archives: each record of a WARC (ISO 28500) or ARC file is a row."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final

from casebound.case import TableMapping
from casebound.errors import BadSource
from casebound.importers.batch import LONGEST_RAW, Batch, beat
from casebound.importers.gathering import Gathering
from casebound.importers.layout import Choices, Layout
from casebound.importers.warcdigests import WRONG
from casebound.importers.warcrecords import Record, records

COLUMNS: Final = (
    "type",
    "target_uri",
    "date",
    "status",
    "mime",
    "ip_address",
    "record_id",
    "refers_to",
    "content_type",
    "content_length",
    "block_digest",
    "block_digest_check",
    "payload_digest",
    "payload_digest_check",
    "problems",
)
ROLES: Final = {"target_uri": "object", "date": "time", "type": "action", "record_id": "id", "ip_address": "entity"}
CHECKED: Final = (
    "Digests are computed again: a digest that matches shows that the bytes are those that were hashed, not who did it."
)
_SHOWN: Final = 50
_LOOKED_AT: Final = 400  # steps and records


class WebArchive:
    """A WARC or ARC file, plain or packed record by record."""

    kind = "warc"
    format = "warc"
    version = "warc 1"

    def layouts(self, path: Path, name: str, choices: Choices) -> tuple[Layout, ...]:
        with path.open("rb") as stream:
            return (layout_of(stream, Path(name).name.partition(".")[0], name),)

    def batches(self, path: Path, member: str, mapping: TableMapping) -> Iterator[Batch]:
        with path.open("rb") as stream:
            yield from batches_of(stream)

    def size(self, path: Path, member: str) -> int:
        return path.stat().st_size


def layout_of(stream: BinaryIO, table: str, name: str, member: str = "") -> Layout:
    """The table that a web archive is. Raises `BadSource` where its beginning holds no record that can be read."""
    rows, broken = [], ""
    for step, record in enumerate(records(stream)):
        if record is not None and record.refused is None:
            rows.append(tuple(row_of(record)))
        elif record is not None and record.refused is not None:
            broken = broken or record.refused[1]
        if len(rows) >= _SHOWN or step > _LOOKED_AT:
            break
    if not rows:
        raise BadSource(
            f"No record of “{name}” can be read. {broken}".rstrip(),
            "Get the archive again from where it was made.",
            where=name,
        )
    evidence = ["Each record of the web archive is a row.", CHECKED]
    if broken:
        evidence.append(f"Some records are set aside. The first: {broken}")
    return Layout(table, COLUMNS, tuple(rows), tuple(evidence), member, roles=dict(ROLES), recognised_as="web archive")


def batches_of(stream: BinaryIO, base: int = 0, *, placed: bool = True, told: tuple[str, ...] = ()) -> Iterator[Batch]:
    """The records as batches. `base` is where the stream begins in the file that was read, if it does (`placed`)."""
    gathering = Gathering()
    count = wrong = 0
    for record in records(stream):
        if record is None:
            yield beat(COLUMNS)
            continue
        count += 1
        known = placed and record.offset >= 0
        where = gathering.place(count, base + record.offset if known else -1, record.length if known else 0)
        if record.refused is None:
            gathering.keep(where, row_of(record))
            wrong += WRONG in record.digests
        else:
            gathering.refuse(where, *record.refused, record.raw[: 4 * LONGEST_RAW])
        yield from gathering.due(COLUMNS)
    last = gathering.rest(COLUMNS)
    if wrong:
        told = (*told, f"{wrong:,} of {count:,} records are not what their own digest says: see the digest columns.")
    last.told = told
    yield last


def row_of(record: Record) -> list[str | None]:
    """A record as one value for each of `COLUMNS`."""
    said, block = record.headers, record.block
    uri = said.get("warc-target-uri")
    return [
        said.get("warc-type"),
        uri[1:-1] if uri and uri.startswith("<") and uri.endswith(">") else uri,  # as some programs wrote it
        said.get("warc-date"),
        block.status if block else None,
        (block.mime if block else None) or (None if block and block.status else said.get("content-type")),
        said.get("warc-ip-address"),
        said.get("warc-record-id"),
        said.get("warc-refers-to") or said.get("warc-refers-to-target-uri"),
        said.get("content-type"),
        said.get("content-length"),
        said.get("warc-block-digest"),
        record.digests[0] or None,
        said.get("warc-payload-digest"),
        record.digests[1] or None,
        "; ".join(dict.fromkeys(record.problems)) or None,
    ]
