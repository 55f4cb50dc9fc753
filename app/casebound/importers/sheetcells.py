"""The cells of one sheet of an XLSX file as texts, row by row, and what is to be told of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from casebound.importers.daynumbers import NumberFormat, dated, number_text
from casebound.importers.plainrows import PlainRow, plain_rows
from casebound.importers.xlsxparts import SharedTexts, rich_text
from casebound.importers.xmlblocks import BadXml, Blocks, Overlong, local, unescaped

MOST_ROWS = 1_048_576  # of a sheet, by the format
MOST_COLUMNS_OF_SHEET = 16_384
_MISPLACED = "The file gives the cell {} twice, out of order, or beyond a sheet."
_DIGITS = "0123456789"
_YES = ("1", "true")


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A row: its number from 1, its texts from column A on, or why it cannot be read.

    `stored` are day numbers as they stand in the file, by column, of the cells that are shown as dates.
    """

    number: int
    texts: list[str | None]
    stored: dict[int, str]
    code: str = ""
    reason: str = ""
    length: int = 0  # bytes, of a row that was too long to be read


@dataclass(slots=True)
class Tally:
    """What was met in the cells that a person must know, each with the first place it was met at."""

    counts: dict[str, int] = field(default_factory=dict)
    first: dict[str, str] = field(default_factory=dict)

    def count(self, what: str, column: int, row: int) -> None:
        if what in self.counts:
            self.counts[what] += 1
        else:
            self.counts[what], self.first[what] = 1, cell_name(column, row) if column >= 0 else f"row {row}"

    def sentences(self) -> list[str]:
        """One sentence for each, with the number and the first place."""
        return [
            f"{_SENTENCES[what].format(n=_counted(self.counts[what], _NOUNS[what]))} (first: {self.first[what]})."
            for what in _SENTENCES
            if self.counts.get(what)
        ]


_NOUNS = {
    "rounded": "number",
    "dates": "cell",
    "formulas": "cell",
    "errors": "cell",
    "uncached": "formula",
    "hidden": "row",
    "noday": "cell",
}
_SENTENCES = {
    "dates": "{n} stored as a day number and shown as a date, read by the workbook's own date system",
    "noday": "{n} shown as a date and holding a number that is no day; the number was kept",
    "rounded": "{n} with more than 15 digits, rounded by the workbook wherever a spreadsheet program wrote them; the "
    "value is as stored. Ask for ids as text",
    "formulas": "{n} with a formula; its last result, as stored, was read, and nothing was computed",
    "uncached": "{n} without a stored result, read as empty",
    "errors": "{n} with an error such as #N/A, which was kept as text",
    "hidden": "{n} hidden in the workbook, read like the others",
}


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


class SheetCells:
    """Iterate for the rows, those without a value left out, in the order of the file."""

    def __init__(self, blocks: Blocks, shared: SharedTexts, formats: dict[str, NumberFormat], from_1904: bool) -> None:
        self._blocks, self._shared, self._formats, self._from_1904 = blocks, shared, formats, from_1904
        self.tally = Tally()
        self._columns: dict[str, int] = {}
        space = blocks.namespace
        self._value, self._formula, self._inline, self._text = space + "v", space + "f", space + "is", space + "t"

    def __iter__(self) -> Iterator[SheetRow | None]:
        """Rows, and None after each block, for a caller that must look up from time to time."""
        last, tag = 0, self._blocks.tag
        for block in self._blocks.read(plain_rows):
            if isinstance(block, Overlong):
                number = _number_of(block.head, last)
                head = block.head[: 64 * 1024].decode("utf-8", "replace")
                reason = f"The row takes {block.length:,} bytes, more than is read."
                yield SheetRow(number, [head], {}, "too-long", reason, block.length)
                last = max(last, number)
                continue
            for row in block:
                if isinstance(row, PlainRow):
                    given, hidden = row.number, row.hidden
                elif row.tag == tag:
                    given, hidden = row.get("r"), row.get("hidden", "")
                else:
                    raise BadXml(f"holds “{local(row.tag)[:40]}” where rows are expected")
                number = last + 1 if given is None else _whole(given)
                read = self._plain(row, number) if isinstance(row, PlainRow) else self._cells(row, number)
                texts, stored, fault = read
                if not last < number <= MOST_ROWS:
                    if texts:
                        reason = f"The file gives row {number:,} behind row {last:,}."
                        yield SheetRow(number, texts, stored, "order", reason)
                    continue
                last = number
                if hidden in _YES and texts:
                    self.tally.count("hidden", -1, number)
                if texts or fault:
                    yield SheetRow(number, texts, stored, "cells" if fault else "", fault)
            yield None

    def _plain(self, row: PlainRow, number: int) -> tuple[list[str | None], dict[int, str], str]:
        """What `_cells` tells, of a row that is plain."""
        texts: list[str | None] = []
        stored: dict[int, str] = {}
        fault = ""
        columns, shared = self._columns, self._shared
        for letters, style, kind, value, inline in row.cells:
            raw = value or inline
            if not raw:
                continue
            column = columns.get(letters)
            if column is None:
                column = columns[letters] = _column(letters)
            if kind == "s":
                text: str | None = shared[_whole(raw)]
            elif not kind or kind == "n":
                text = self._number(raw.strip(), style, column, number, stored)
            else:
                text = self._other(kind, unescaped(raw) if inline else raw, column, number)
            if not text:
                continue
            if column != len(texts):
                if not len(texts) < column < MOST_COLUMNS_OF_SHEET:
                    fault = (
                        fault or f"The file gives the cell {letters}{number} twice, out of order, or beyond a sheet."
                    )
                    texts.append(text)
                    continue
                texts.extend([None] * (column - len(texts)))
            texts.append(text)
        return texts, stored, fault

    def _cells(self, row: Element, number: int) -> tuple[list[str | None], dict[int, str], str]:
        """The texts of a row up to its last value, day numbers as stored, and what is wrong with the row."""
        texts: list[str | None] = []
        stored: dict[int, str] = {}
        fault = ""
        columns, value_tag, inline_tag, text_tag = self._columns, self._value, self._inline, self._text
        for cell in row:
            get = cell.get
            ref = get("r")
            if ref is not None:
                letters = ref.rstrip(_DIGITS)
                column = columns.get(letters)
                if column is None:
                    column = columns[letters] = _column(letters)
            else:
                column = len(texts)
            parts = len(cell)
            if not parts:
                continue
            child = cell[0]
            if parts == 1 and child.tag == value_tag:
                raw = child.text
            elif parts == 1 and len(child) == 1 and child.tag == inline_tag and child[0].tag == text_tag:
                raw = child[0].text
                if raw and "_x" in raw:
                    raw = unescaped(raw)
            else:
                raw = self._composed(cell, column, number)
            if raw is None:
                continue
            kind = get("t")
            if kind == "s":
                text: str | None = self._shared[_whole(raw)]
            elif kind is None or kind == "n":
                text = self._number(raw.strip(), get("s"), column, number, stored)
            else:
                text = self._other(kind, raw, column, number)
            if not text:
                continue
            if column != len(texts):
                if not len(texts) < column < MOST_COLUMNS_OF_SHEET:
                    fault = fault or _MISPLACED.format(ref)
                    texts.append(text)
                    continue
                texts.extend([None] * (column - len(texts)))
            texts.append(text)
        return texts, stored, fault

    def _composed(self, cell: Element, column: int, number: int) -> str | None:
        """The stored value of a cell with a formula or a text of its own; None where there is none."""
        raw = None
        formula = False
        for part in cell:
            if part.tag == self._value:
                raw = part.text
            elif part.tag == self._formula:
                formula = True
            elif part.tag == self._inline:
                raw = rich_text(part)
        if formula:
            self.tally.count("formulas", column, number)
            if raw is None:
                self.tally.count("uncached", column, number)
        return raw

    def _number(self, raw: str, style: str | None, column: int, number: int, stored: dict[int, str]) -> str | None:
        form = self._formats.get(style) if style else None
        if form is not None:
            try:
                value = float(raw)
            except ValueError:
                return raw
            shown = form.of(value)
            if shown.value != "number":
                text = dated(value, shown, self._from_1904)
                if text is not None:
                    stored[column] = raw
                    self.tally.count("dates", column, number)
                    return text
                self.tally.count("noday", column, number)
        text, rounded = number_text(raw)
        if rounded:
            self.tally.count("rounded", column, number)
        return text

    def _other(self, kind: str, raw: str, column: int, number: int) -> str:
        if kind == "b":
            return {"1": "true", "0": "false"}.get(raw.strip(), raw)
        if kind == "e":
            self.tally.count("errors", column, number)
            return raw
        return unescaped(raw) if kind == "str" else raw


def cell_name(column: int, row: int) -> str:
    """The name of a cell, such as B7, for a column from 0 and a row from 1."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row}"


def _column(letters: str) -> int:
    """Number of a column from 0; beyond a sheet where these are no letters of one."""
    if not (0 < len(letters) <= 3 and letters.isascii() and letters.isalpha()):
        return MOST_COLUMNS_OF_SHEET
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number - 1


def _whole(text: str) -> int:
    try:
        number = int(text[:20])
    except ValueError:
        number = -1
    if number < 0:
        raise BadXml(f"holds “{text[:40]}” where a number is expected")
    return number


def _number_of(head: bytes, last: int) -> int:
    """The number of a row that is not parsed."""
    start = head[: head.find(b">")]
    mark = start.find(b' r="')
    digits = start[mark + 4 : start.find(b'"', mark + 4)] if mark >= 0 else b""
    return int(digits) if digits.isdigit() and len(digits) < 8 else last + 1
