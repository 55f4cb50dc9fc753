"""Set-aside records read again one by one: from their bytes in the kept original, or from their values as kept
where the format has no bytes. The file itself is not read again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO, Protocol

from casebound.case import TableMapping
from casebound.errors import BadRequest
from casebound.importers import importer_of
from casebound.importers.batch import (
    LONGEST_RECORD,
    MOST_COLUMNS,
    Batch,
    Refused,
    places,
    ragged,
    shortened,
    shown,
)
from casebound.importers.delimiters import dialect_of
from casebound.importers.flatten import Columns, NotJson, flat, parse
from casebound.importers.records import next_record
from casebound.recipes import Recipe

_PAGE = 1_000
_LINES = frozenset({"jsonl", "log"})  # a record is one line, and each line is read by itself
_CUT = " characters more)"  # how a record ends that was kept by its beginning alone (`batch.shortened`)

Values = list[str | None]
Reading = Values | tuple[str, str]  # or the code and the reason why not


class Reader(Protocol):
    """Reads the bytes of some records, each by itself."""

    def __call__(self, raws: list[bytes]) -> tuple[tuple[str, ...], list[Reading]]:
        """The columns, and for each record its values in their order or why it has none."""
        ...


def batches(
    records: Iterable[Refused], original: Path, source_format: str, mapping: TableMapping, recipe: Recipe, scratch: Path
) -> Iterator[Batch]:
    """The records as rows or refused again, each with its own ordinal, line and place.

    `scratch` is a folder for the length of the reading. Raises `BadRequest` where the format cannot be read so.
    """
    readers: dict[bool, Reader] = {}
    with ExitStack() as stack:
        stream: BinaryIO | None = None
        page: list[Refused] = []
        for one in records:
            page.append(one)
            if len(page) == _PAGE:
                stream = stream or stack.enter_context(original.open("rb"))
                yield _batch(page, stream, source_format, mapping, recipe, scratch, readers)
                page = []
        if page:
            stream = stream or stack.enter_context(original.open("rb"))
            yield _batch(page, stream, source_format, mapping, recipe, scratch, readers)


def _batch(
    page: list[Refused],
    stream: BinaryIO,
    source_format: str,
    mapping: TableMapping,
    recipe: Recipe,
    scratch: Path,
    readers: dict[bool, Reader],
) -> Batch:
    columns = tuple(column.name for column in mapping.columns)
    in_bytes = [one for one in page if one.offset >= 0 and one.length <= LONGEST_RECORD]
    found: dict[int, Reading] = {}
    if in_bytes:
        if True not in readers:
            readers[True] = _reader(source_format, mapping, recipe, scratch)
        raws = []
        for one in in_bytes:
            stream.seek(one.offset)
            raws.append(stream.read(one.length))
        columns, readings = readers[True](raws)
        found = {one.ordinal: reading for one, reading in zip(in_bytes, readings, strict=True)}
    for one in page:
        if one.ordinal not in found:
            if one.offset < 0 and recipe.cuts:
                raise BadRequest(
                    "Rows of a sheet or of a database have no bytes of their own that could be read otherwise.",
                    "Choose another format of time or another zone.",
                )
            found[one.ordinal] = _kept_values(one, len(columns)) if one.offset < 0 else (one.code, one.reason)
    where: list[tuple[int, int, int, int]] = []
    rows: list[Values] = []
    refused: list[Refused] = []
    for one in page:
        values = found[one.ordinal]
        if isinstance(values, tuple):
            refused.append(_again(one, *values, stream, mapping.encoding))
            continue
        if len(values) > len(columns):
            refused.append(_again(one, "columns", ragged(len(values), len(columns)), stream, mapping.encoding))
            continue
        where.append((one.ordinal, one.line, one.offset, one.length))
        rows.append(values + [None] * (len(columns) - len(values)))
    arrays = places(where)
    turned: list[Values] = [list(column) for column in zip(*rows, strict=True)] if rows else [[] for _ in columns]
    return Batch(columns, *arrays, values=turned, refused=refused)


def _again(one: Refused, code: str, reason: str, stream: BinaryIO, encoding: str) -> Refused:
    """The record set aside for what is wrong now; as found, in the encoding in which it was read last."""
    raw = one.raw
    if one.offset >= 0 and one.length <= LONGEST_RECORD:
        stream.seek(one.offset)
        raw = shortened(shown(stream.read(one.length), encoding))
    return Refused(one.ordinal, one.line, one.offset, one.length, code, reason, raw)


def _kept_values(one: Refused, width: int) -> Reading:
    """The values of a record that has no bytes: a row of a sheet or of a database."""
    if one.raw.endswith(_CUT):
        return one.code, one.reason
    values: Values = [value or None for value in one.raw.split("\t")]
    return values if len(values) == width else ("columns", ragged(len(values), width))


def _reader(source_format: str, mapping: TableMapping, recipe: Recipe, scratch: Path) -> Reader:
    if source_format == "csv":
        return _Delimited(mapping, recipe)
    if recipe.delimiter or recipe.shifts or recipe.plain_quotes:
        raise BadRequest(
            f"Rows of a file of the format {source_format} are not cut at a delimiter.",
            "Choose another format of time, another zone or another encoding.",
        )
    if source_format in _LINES:
        return _Lines(source_format, mapping, scratch)
    if source_format == "json":
        return _Elements(mapping)
    raise BadRequest(
        f"Single rows of a file of the format {source_format} cannot be read again.",
        "Export what is set aside, and bring in a corrected file.",
    )


class _Delimited:
    """Delimited text: the record is decoded as a whole, then cut."""

    def __init__(self, mapping: TableMapping, recipe: Recipe) -> None:
        # A second character of the delimiter says what encloses values.
        self._encoding, self._delimiter, self._recipe = mapping.encoding, mapping.delimiter[:1], recipe
        self._columns = tuple(column.name for column in mapping.columns)
        self._dialect = dialect_of(mapping.delimiter)

    def __call__(self, raws: list[bytes]) -> tuple[tuple[str, ...], list[Reading]]:
        return self._columns, [self._read(raw) for raw in raws]

    def _read(self, raw: bytes) -> Reading:
        try:
            text = raw.decode(self._encoding)
        except UnicodeDecodeError:
            return "encoding", f"The record holds bytes that are not {self._encoding.upper()}."
        if "\0" in text:
            return "nul", "The record holds NUL bytes, which no text has."
        if self._recipe.plain_quotes:
            values: Values = [value or None for value in text.split(self._delimiter)]
        else:
            encoded = text.encode("utf-8")
            record = next_record(encoded, 0, self._dialect, True)
            if record is None or record.values is None:
                code, reason = (record.code, record.reason) if record else ("columns", "The record is empty.")
                return code, reason
            if record.next < len(encoded):
                return "quotes", "Read so, the record ends before its last line."
            values = record.values
        for shift in self._recipe.shifts:
            values = shift.apply(values, self._delimiter)
        width = len(self._columns)
        return values if len(values) == width else ("columns", ragged(len(values), width))


class _Lines:
    """Formats of one record a line: the importer itself reads these lines, put together in a file of their own."""

    def __init__(self, source_format: str, mapping: TableMapping, scratch: Path) -> None:
        self._importer, self._mapping = importer_of(source_format), mapping
        self._file = scratch / "lines"

    def __call__(self, raws: list[bytes]) -> tuple[tuple[str, ...], list[Reading]]:
        end = "\n".encode(self._mapping.encoding)
        with self._file.open("wb") as target:
            for raw in raws:
                target.write(raw + end)
        found: dict[int, Reading] = {}
        columns = tuple(column.name for column in self._mapping.columns)
        for batch in self._importer.batches(self._file, "", self._mapping):
            columns = batch.columns
            for place, ordinal in enumerate(batch.ordinals.tolist()):
                found[ordinal] = [column[place] for column in batch.values or ()]
            for one in batch.refused:
                found[one.ordinal] = (one.code, one.reason)
        self._file.unlink()
        if len(found) != len(raws):
            raise AssertionError(f"{len(raws)} lines were put together, and {len(found)} records read from them")
        return columns, [found[ordinal] for ordinal in range(len(raws))]


class _Elements:
    """Elements of a JSON document."""

    def __init__(self, mapping: TableMapping) -> None:
        self._encoding = mapping.encoding
        self._columns = Columns(column.name for column in mapping.columns)

    def __call__(self, raws: list[bytes]) -> tuple[tuple[str, ...], list[Reading]]:
        readings = [self._read(raw) for raw in raws]
        if len(self._columns.names) > MOST_COLUMNS:
            raise BadRequest(f"Read so, the rows have more than {MOST_COLUMNS:,} columns.", "Read fewer of them.")
        return self._columns.names, readings

    def _read(self, raw: bytes) -> Reading:
        try:
            return self._columns.row(flat(parse(raw.decode(self._encoding))))
        except UnicodeDecodeError:
            return "encoding", f"The element holds bytes that are not {self._encoding.upper()}."
        except NotJson as error:
            return "json", f"The element cannot be a row: {error}."
