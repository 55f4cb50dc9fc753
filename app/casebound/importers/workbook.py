"""Workbooks: each sheet is a table. Cells come as values, never as formulas; macros are never run.

Sheets are parsed block by block: a sheet that claims to be as large as a sheet can be costs no memory, and a person can
stop at any moment.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from casebound.case import TableMapping
from casebound.errors import BadRequest, BadSource
from casebound.importers.batch import Batch, beat
from casebound.importers.layout import Choices, Layout
from casebound.importers.sheetcells import MOST_ROWS, SheetCells, SheetRow
from casebound.importers.sheettables import HEAD, sheet_batches, sheet_layout
from casebound.importers.xlsxparts import SheetPart, XlsxFile
from casebound.importers.xmlblocks import Blocks

_STEP = 1024 * 1024
_LOOKED_THROUGH = 64 * _STEP  # bytes of a sheet up to which a preview looks for merged cells behind the rows
_BEHIND = 8 * _STEP  # bytes behind the rows of a sheet that are looked at
_SMALLEST_ROW = 8  # bytes: what a sheet states of its size is believed only so far
_MOST_BLOCKS = 512  # of half a megabyte or more: a preview looks no further for a first row
_MERGED = re.compile(rb"""<(?:\w+:)?mergeCell\s[^>]*?ref=["']([A-Z0-9:]{2,30})["']""")
_DIMENSION = re.compile(r"(?:[A-Z]{1,3}\d{1,7}:)?[A-Z]{1,3}(\d{1,7})", re.ASCII)


class Workbook:
    """XLSX and XLSM. The line of a record is its row number in the sheet; there is no byte offset."""

    kind = "workbook"
    format = "xlsx"
    version = "xlsx 2"

    def layouts(self, path: Path, name: str, choices: Choices) -> tuple[Layout, ...]:
        layouts = []
        with closing(XlsxFile(path, name)) as book:
            for sheet in book.sheets:
                layout = _layout(book, sheet, name if len(book.sheets) == 1 else sheet.name, choices)
                if layout is not None:
                    layouts.append(layout)
        if not layouts:
            raise BadSource(
                f"No sheet of “{name}” holds a table.", "Open it and see whether the sheets are empty.", where=name
            )
        return tuple(layouts)

    def batches(self, path: Path, member: str, mapping: TableMapping) -> Iterator[Batch]:
        columns = tuple(column.name for column in mapping.columns)
        yield beat(columns)
        with closing(XlsxFile(path, path.name)) as book:
            sheet = next((one for one in book.sheets if one.name == member), None)
            if sheet is None:
                raise BadSource(f"“{path.name}” has no sheet “{member}”.", "Look at the file again.", where=path.name)
            reading = _Reading(book, sheet)
            for batch in sheet_batches(iter(reading), mapping):
                columns = batch.columns
                yield batch
            end = beat(columns)
            end.told = tuple(reading.told())
            yield end

    def size(self, path: Path, member: str) -> int:
        """Rows, as far as the sheet states them believably; else 0."""
        with closing(XlsxFile(path, path.name)) as book:
            sheet = next((one for one in book.sheets if one.name == member), None)
            if sheet is None:
                return 0
            with book.faults(), book.stream(sheet.part) as stream:
                before = dict(Blocks(stream, "sheetData", "row").before)
            stated = _DIMENSION.fullmatch(before.get("dimension", {}).get("ref", ""))
            rows = int(stated[1]) if stated else 0
            return rows if rows <= min(MOST_ROWS, book.unpacked_size(sheet.part) // _SMALLEST_ROW) else 0


class _Reading:
    """Iterate for the rows of one sheet, then ask what is to be told of it."""

    def __init__(self, book: XlsxFile, sheet: SheetPart) -> None:
        self._book, self._sheet = book, sheet
        self._what = f"the sheet “{sheet.name}”"
        with book.faults(self._what):
            self._stream = book.stream(sheet.part)
            self._blocks = Blocks(self._stream, "sheetData", "row")
            self._cells = SheetCells(self._blocks, book.shared_texts(), book.formats, book.from_1904)
        self._merged: list[bytes] = []

    def __iter__(self) -> Iterator[SheetRow | None]:
        with closing(self._stream), self._book.faults(self._what):
            yield from self._cells
            self._merged = _MERGED.findall(self._blocks.rest(_BEHIND))

    def told(self, merged: list[bytes] | None = None) -> list[str]:
        """What a person must know of the rows taken so far; `merged` are areas found in another way."""
        words = [*_book_words(self._book, self._sheet), *self._cells.tally.sentences()]
        columns = [attrs for name, attrs in self._blocks.before if name == "col" and attrs.get("hidden") in _YES]
        if columns:
            runs = f"{len(columns):,} {'run' if len(columns) == 1 else 'runs'} of columns"
            words.append(f"{runs} hidden in the workbook, read like the others.")
        merged = self._merged if merged is None else merged
        if merged:
            words.append(
                f"{len(merged):,} {'area of cells is' if len(merged) == 1 else 'areas of cells are'} merged (first: "
                f"{merged[0].decode()}): the value stands in the first cell, the others were read as empty."
            )
        return words


_YES = ("1", "true")


def _layout(book: XlsxFile, sheet: SheetPart, table: str, choices: Choices) -> Layout | None:
    reading = _Reading(book, sheet)
    rows: list[SheetRow] = []
    most, blocks = HEAD + (choices.header_line or 0), 0
    for row in iter(reading):
        if row is not None:
            rows.append(row)
        blocks += row is None
        if len(rows) >= most or blocks > _MOST_BLOCKS:
            break
    with book.faults():
        merged = _merged_areas(book, sheet)
    evidence = reading.told(merged)
    try:
        return sheet_layout(rows, choices, table, sheet.name, evidence)
    except BadRequest:
        if len(book.sheets) == 1:
            raise
        # The line that was chosen is that of another sheet.
        return sheet_layout(rows, Choices(), table, sheet.name, evidence)


def _merged_areas(book: XlsxFile, sheet: SheetPart) -> list[bytes]:
    """Merged areas, which a sheet states behind its rows; none where it is too large to look through at once."""
    if book.unpacked_size(sheet.part) > _LOOKED_THROUGH:
        return []
    window = b""
    with book.stream(sheet.part) as stream:
        while block := stream.read(_STEP):
            window = (window + block)[-_BEHIND:]
    return _MERGED.findall(window)


def _book_words(book: XlsxFile, sheet: SheetPart) -> list[str]:
    words = [f"The workbook counts days from {1904 if book.from_1904 else 1900}."] if book.formats else []
    if sheet.state != "visible":
        words.append(f"The sheet “{sheet.name}” is hidden in the workbook.")
    if book.macros:
        words.append("The workbook holds macros; they are kept in the original and were not run.")
    if book.links:
        words.append("The workbook refers to other workbooks; results stored from them were read, nothing was opened.")
    if book.others:
        named = ", ".join(f"“{other}”" for other in book.others[:5])
        words.append(f"What holds no cells, such as charts, was not read: {named}.")
    return words
