"""The record behind a row, as it stands in the kept original, and the exact place where it stands there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from casebound.case import ColumnRole, EventId, Source
from casebound.errors import BadCase, BadRequest, BadSource
from casebound.generations import Generation
from casebound.importers.batch import LONGEST_RAW, shortened, shown
from casebound.importers.jsonelements import WRAPPERS
from casebound.unpacking import container_of, contents, member_parts
from casebound.work import Progress, silent

_MOST = 8 * LONGEST_RAW  # bytes of a record that are fetched
_SHEETS = ("xlsx", "xls")
_UNITS = {"xlsx": "row", "xls": "row", "parquet": "row", "sqlite": "row", "json": "element", "warc": "record"}


@dataclass(frozen=True, slots=True)
class RawRecord:
    """A record as found.

    `offset` is its first byte in the original, or in the unpacked file where that lies in an archive; -1 for workbooks
    and databases, whose `line` is the row. `place` says where it stands in `file`: "line 14, byte 1,234", "sheet
    payments, row 14, cell C14", a JSON Pointer (RFC 6901) such as "/Records/12".
    """

    file: str
    line: int
    offset: int
    text: str
    place: str = ""

    @property
    def words(self) -> str:
        """The whole place, as it is cited."""
        return f"{self.place} of {self.file}"


def raw_record(case_path: Path, generation: Generation, event: EventId, progress: Progress = silent) -> RawRecord:
    """Read it; of a member of an archive, by unpacking up to it again. Raises `BadRequest` where the row does not
    exist, `BadCase` where the original is gone.
    """
    found = generation.place(event.ordinal)
    if found is None:
        raise BadRequest(f"The case has no row {event}.", "It may have been set aside: see `casebound quarantine`.")
    line, offset, length = found
    source = generation.source
    original = case_path / "evidence" / source.sha256[:2] / source.sha256[2:]
    try:
        member, inner = member_parts(original, source.name, source.member)
        file = f"“{member}” in “{source.name}”" if member else f"“{source.name}”"
        if offset < 0:
            row = generation.by_ordinal(event.ordinal)
            cells = row.event.fields.values() if row else ()
            text = shortened("\t".join(cell or "" for cell in cells))
        else:
            text = _text(original, source, offset, length, progress)
        root = _first_sign(original, source) if source.format == "json" and not inner else ""
        whole = source.format == "json" and not generation.broken_before(event.ordinal)
    except (OSError, BadSource) as error:
        raise BadCase(
            f"The original of “{source.name}” cannot be read in this case.",
            "Run `casebound check` on the case.",
            meaning="The rows are still there, but the record in the file cannot be shown beside them.",
            where=str(original.name),
        ) from error
    return RawRecord(file, line, offset, text, place_of(source, inner, line, offset, root=root, whole=whole))


def unit_of(source_format: str) -> str:
    """What the number of a record counts in a format: "line", "row", "element", "record"."""
    return _UNITS.get(source_format, "line")


def place_of(source: Source, inner: str, line: int, offset: int, *, root: str = "", whole: bool = True) -> str:
    """Where a record stands in its file, in words.

    `inner` is the sheet or table in the file. `root` is the sign that a JSON document begins with; in one that is not
    `whole` before the record, elements are counted as they were read and no pointer is given.
    """
    words = f"{unit_of(source.format)} {line:,}"
    if source.format in _SHEETS:
        cell = _time_cell(source, line)
        return ", ".join(part for part in (f"sheet {inner}" if inner else "", words, cell) if part)
    if source.format == "sqlite":
        return f"table {inner}, {words}"
    if source.format == "json":
        words = (_pointer(inner, root, line) if whole else "") or (f"{inner}, {words}" if inner else words)
    return f"{words}, byte {offset:,}" if offset >= 0 else words


def _time_cell(source: Source, row: int) -> str:
    """The cell that holds the time of a row, as a spreadsheet names it; columns are counted from A."""
    time = source.mapping.named(ColumnRole.TIME)
    if not time:
        return ""
    number = [column.name for column in source.mapping.columns].index(time) + 1
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"cell {letters}{row}"


def _pointer(inner: str, root: str, number: int) -> str:
    """The JSON Pointer of the record with this number, from 1; "" where the document has none for it."""
    if not inner:
        return f"/{number - 1}" if root == "[" else ""
    if inner.endswith(")") and " (" in inner:
        return ""  # one of several arrays of the same name
    steps, rest = [], inner
    while (head := rest.partition("."))[1] and head[0].lower() in WRAPPERS:
        steps.append(head[0])
        rest = head[2]
    escaped = [step.replace("~", "~0").replace("/", "~1") for step in (*steps, rest)]
    return f"/{'/'.join(escaped)}/{number - 1}"


def _text(original: Path, source: Source, offset: int, length: int, progress: Progress) -> str:
    if not container_of(original, source.name):
        with original.open("rb") as stream:
            stream.seek(offset)
            found = stream.read(min(length, _MOST))
    else:
        pieces = contents(original, source.name, source.member)
        found = _cut(pieces, offset, min(length, _MOST), progress)
    return shortened(shown(found, source.mapping.encoding))


def _cut(pieces: Iterator[bytes], offset: int, length: int, progress: Progress) -> bytes:
    """Some bytes of a file that comes in pieces; what is before them is passed over."""
    place, found = 0, b""
    for piece in pieces:
        progress(place, offset, "Unpacking up to the record")
        if place + len(piece) > offset:
            start = max(0, offset - place)
            found += piece[start : start + length - len(found)]
        place += len(piece)
        if len(found) >= length:
            break
    return found


def _first_sign(original: Path, source: Source) -> str:
    """The sign that a JSON document begins with."""
    for piece in contents(original, source.name, source.member):
        head = piece.lstrip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n")
        if head:
            return chr(head[0])
    return ""
