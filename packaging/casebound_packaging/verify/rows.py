"""Counting the rows that a package encloses, in constant memory, by their identity.

A row may stand in a table and be an exhibit as well; it is counted once. Identities are
(SHA-256 of the original, member, table, ordinal), as docs/format.md writes them in the column `_row`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from casebound_packaging.finding import Finding

_PAGE = 1 << 16  # ordinals in one page of a bitmap
_MOST_PAGES = 1 << 15  # 256 MiB in all: about two thousand million rows in order
_LONGEST_ROW = 64 << 20
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
    """The records of one `data/tables/*.csv`, fed piece by piece."""

    name: str
    census: RowCensus
    rows: int = 0
    header: str = ""
    origins: set[str] = field(default_factory=set)
    findings: list[Finding] = field(default_factory=list)
    _rest: bytes = b""
    _record: bytes = b""  # first line of a record whose quotes are still open
    _open: bool = False
    _header_read: bool = False
    _given_up: bool = False

    def feed(self, piece: bytes) -> None:
        """Take the next bytes."""
        if self._given_up:
            return
        lines = (self._rest + piece).split(b"\n")
        self._rest = lines.pop()
        for line in lines:
            self._line(line)
        if len(self._rest) > _LONGEST_ROW:
            self._problem("A row is longer than a row may be.")
            self._given_up = True

    def finish(self) -> None:
        """The file is over."""
        if not self._given_up and (self._rest or self._open):
            self._problem("The last row is cut off.")
        if not self._header_read:
            self._problem("The table has no header line.")

    def _line(self, line: bytes) -> None:
        # A quoted cell may hold line ends; an even number of quotes closes what was opened (RFC 4180).
        if not self._open:
            self._record = line
        if line.count(b'"') % 2:
            self._open = not self._open
        if self._open:
            return
        if not self._header_read:
            self._header_read = True
            self.header = self._record.decode("utf-8", "replace")
            if not (self.header + ",").startswith("_row,_time_us,"):
                self._problem("The first columns are not _row and _time_us.")
            return
        self.rows += 1
        self._identity(self._record)

    def _identity(self, record: bytes) -> None:
        if record[:1] == b'"':
            cell = record[1:].replace(b'""', b"\0").partition(b'"')[0].replace(b"\0", b'"')
        else:
            cell = record.partition(b",")[0]
        match = _ROW.fullmatch(cell.decode("utf-8", "replace"))
        if not match:
            self._problem(f"Row {self.rows} has no row identity.")
            return
        sha256, member, table, ordinal = match[1], match[2] or "", match[3], int(match[4])
        self.origins.add(sha256)
        if not self.census.add(sha256, member, table, ordinal):
            self._problem(f"Row {self.rows} is in the package's tables twice.")

    def _problem(self, problem: str) -> None:
        if len(self.findings) < 20:  # a broken table is broken; a million findings help nobody
            self.findings.append(Finding("completeness", self.name, problem))
