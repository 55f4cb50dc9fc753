"""Counting the rows that a package encloses, in constant memory, by their identity.

A row may stand in a table and be an exhibit as well; it is counted once. Identities are
(SHA-256 of the original, member, table, ordinal), as docs/format.md writes them in the column `_row`.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field

from casebound_packaging.finding import Finding

_PAGE = 1 << 16  # ordinals in one page of a bitmap
_MOST_PAGES = 1 << 15  # 256 MiB in all: about two thousand million rows in order
_LONGEST_ROW = 64 << 20
_DIGITS = 18  # of an ordinal
_ROW = re.compile(r"([0-9a-f]{64})(?:!(.*))?/([^/]*)/(0|[1-9][0-9]{0,17})", re.DOTALL)

Origin = tuple[str, str]
"""(SHA-256 of the original, table): what completeness.json keeps its books by."""


@dataclass(slots=True)
class RowCensus:
    """Which rows are enclosed, as bitmaps per origin and member."""

    pages: dict[tuple[str, str, str], dict[int, bytearray]] = field(default_factory=dict)
    counts: dict[Origin, int] = field(default_factory=dict)
    full: bool = False
    _used: int = 0

    def add(self, sha256: str, member: str, table: str, ordinal: int) -> bool:
        """Note one row. False where it was noted before."""
        book = self.pages.setdefault((sha256, member, table), {})
        number, place = divmod(ordinal, _PAGE)
        page = book.get(number)
        if page is None:
            if self._used >= _MOST_PAGES:
                self.full = True
                return True
            self._used += 1
            page = book[number] = bytearray(_PAGE // 8)
        bit = 1 << (place & 7)
        if page[place >> 3] & bit:
            return False
        page[place >> 3] |= bit
        self.counts[sha256, table] = self.counts.get((sha256, table), 0) + 1
        return True


@dataclass(slots=True)
class TableRows:
    """The records of one CSV file, fed piece by piece.

    With a `census` its rows have identities, which are noted there; without one they are only counted. `cited` are the
    identities of rows that are exhibits: their records are kept, as bytes without their LF.
    """

    name: str
    census: RowCensus | None = None
    cited: Collection[str] = ()
    rows: int = 0
    header: str = ""
    origins: set[str] = field(default_factory=set)
    records: dict[str, bytes] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    _pieces: list[bytes] = field(default_factory=list)  # of a line that has not ended
    _length: int = 0  # bytes in `_pieces`
    _record: bytes = b""  # first line of a record whose quotes are still open
    _more: list[bytes] = field(default_factory=list)  # its other lines, where it is cited
    _cited: bool = False
    _open: bool = False
    _header_read: bool = False
    _given_up: bool = False
    _origin: tuple[str, str, str] = ("", "", "")  # of the row before: SHA-256, member, table
    _alike: bytes = b""  # how the identity of a row of the same origin begins

    def feed(self, piece: bytes) -> None:
        """Take the next bytes."""
        if self._given_up:
            return
        end = piece.rfind(b"\n")
        if end >= 0:
            lines = b"".join([*self._pieces, piece[:end]]).split(b"\n")
            self._pieces, self._length = [], 0
            for line in lines:
                self._line(line)
        self._pieces.append(piece[end + 1 :])
        self._length += len(piece) - end - 1
        if self._length + sum(map(len, self._more)) > _LONGEST_ROW:
            self._problem("A row is longer than a row may be.")
            self._given_up = True

    def finish(self) -> None:
        """The file is over."""
        if not self._given_up and (self._length or self._open):
            self._problem("The last row is cut off.")
        if not self._header_read:
            self._problem("The table has no header line.")

    def _line(self, line: bytes) -> None:
        # A quoted cell may hold line ends; an even number of quotes closes what was opened (RFC 4180).
        if not self._open:
            self._record, self._more, self._cited = line, [], False
        elif self._cited:
            self._more.append(line)
        if line.count(b'"') % 2:
            self._open = not self._open
            if self._open and self.cited:
                self._cited = _first_cell(self._record) in self.cited
        if self._open:
            return
        if not self._header_read:
            self._header_read = True
            self.header = self._record.decode("utf-8", "replace")
            if self.census is not None and not (self.header + ",").startswith("_row,_time_us,"):
                self._problem("The first columns are not _row and _time_us.")
            return
        self.rows += 1
        if self.census is not None:
            self._identity(self.census)

    def _identity(self, census: RowCensus) -> None:
        # Nearly every row is of the original of the row before it, and its ordinal is all that must be read.
        ordinal = self._record[len(self._alike) :].partition(b",")[0] if self._record.startswith(self._alike) else b""
        if self._alike and ordinal.isdigit() and len(ordinal) <= _DIGITS and (ordinal[:1] != b"0" or ordinal == b"0"):
            number = int(ordinal)
        else:
            cell = _first_cell(self._record)
            match = _ROW.fullmatch(cell)
            if not match:
                self._problem(f"Row {self.rows} has no row identity.")
                return
            number = int(match[4])
            self._origin = (match[1], match[2] or "", match[3])
            self._alike = b"" if self._record[:1] == b'"' else cell[: -len(match[4])].encode("utf-8")
            self.origins.add(match[1])
        if not census.add(*self._origin, number):
            self._problem(f"Row {self.rows} is in the package's tables twice.")
        if self.cited and (cell := _first_cell(self._record)) in self.cited:
            self.records[cell] = b"\n".join([self._record, *self._more])

    def _problem(self, problem: str) -> None:
        if len(self.findings) < 20:  # a broken table is broken; a million findings help nobody
            self.findings.append(Finding("completeness", self.name, problem))


def _first_cell(record: bytes) -> str:
    if record[:1] == b'"':
        cell = record[1:].replace(b'""', b"\0").partition(b'"')[0].replace(b"\0", b'"')
    else:
        cell = record.partition(b",")[0]
    return cell.decode("utf-8", "replace")
