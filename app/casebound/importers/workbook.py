"""Workbooks: each sheet is a table. Cells come as values, never as formulas; macros are never run.

Sheets are read row by row: a sheet that claims to be as large as a sheet can be costs no memory, and a person can
stop at any row.
"""

from __future__ import annotations

import warnings
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

from casebound.case import TableMapping
from casebound.errors import BadSource
from casebound.importers.batch import MOST_COLUMNS, Batch, beat, distinct_names, ragged
from casebound.importers.gathering import Gathering
from casebound.importers.layout import Choices, Layout

Cells = tuple[Any, ...]

_SHOWN = 200
_BEAT = 0.05  # seconds between two looks at whether a person stopped
_MOST_ROWS = 1_048_576  # of a sheet, by the format
_LARGEST = 1024 * 1024 * 1024  # bytes once unpacked
_EXACT = 10**15  # a workbook keeps 15 digits of a number; what is longer was rounded before we saw it


class Workbook:
    """XLSX and XLSM. The line of a record is its row number in the sheet; there is no byte offset."""

    kind = "workbook"
    format = "xlsx"
    version = "xlsx 1"

    def layouts(self, path: Path, name: str, choices: Choices) -> tuple[Layout, ...]:
        layouts = []
        with closing(_load(path, name)) as book:
            sheets = [sheet.title for sheet in book.book.worksheets]
            for sheet in sheets:
                rows = list(islice(_rows(book, sheet, name), _SHOWN + 50))
                header = _header(rows, choices.header_line)
                if header is not None:
                    layouts.append(_layout(rows, header, sheet, name if len(sheets) == 1 else sheet))
        if not layouts:
            raise BadSource(
                f"No sheet of “{name}” holds a table.", "Open it and see whether the sheets are empty.", where=name
            )
        return tuple(layouts)

    def batches(self, path: Path, member: str, mapping: TableMapping) -> Iterator[Batch]:
        columns = tuple(column.name for column in mapping.columns)
        gathering = Gathering()
        # Opening reads all shared texts, which takes a while; meanwhile a person can stop.
        with ThreadPoolExecutor(1, "casebound-workbook") as loader:
            loading = loader.submit(_load, path, path.name)
            while not wait([loading], _BEAT).done:
                yield beat(columns)
        with closing(loading.result()) as book:
            rows = enumerate(_rows(book, member, path.name), 1)
            for number, row in islice(rows, mapping.header_line, None):
                if used := _width(row):
                    texts = [_text(value) for value in row[: max(used, len(columns))]]
                    texts += [None] * (len(columns) - len(texts))
                    where = gathering.place(number, -1, 0)
                    if len(texts) == len(columns):
                        gathering.keep(where, texts)
                    else:
                        raw = "\t".join(value or "" for value in texts)
                        gathering.refuse(where, "columns", ragged(len(texts), len(columns)), raw)
                yield from gathering.due(columns)
        yield gathering.rest(columns)

    def size(self, path: Path, member: str) -> int:
        return 0


def _layout(rows: list[Cells], header: int, sheet: str, name: str) -> Layout:
    names = [_text(value) or "" for value in rows[header]]
    width = min(max(_width(row) for row in rows[header:]), MOST_COLUMNS)
    # Columns without a name count only where a row fills them.
    columns = distinct_names([*names[:width], *[""] * (width - len(names))])
    body = []
    for row in rows[header + 1 :]:
        if 0 < _width(row) <= width:
            texts = [_text(value) for value in row[:width]]
            body.append(tuple(texts + [None] * (width - len(texts))))
    evidence = [f"Row {header + 1} of the sheet “{sheet}” names the columns."]
    cells = [value for row in rows for value in row]
    if any(isinstance(value, date) for value in cells):
        evidence.append("Cells that the workbook shows as dates were read by its own date system.")
    if any(isinstance(value, int | float) and abs(value) >= _EXACT for value in cells):
        evidence.append(
            "Some numbers have more than 15 digits: the workbook rounded them before the export. Ask for ids as text."
        )
    return Layout(Path(name).stem, columns, tuple(body[:_SHOWN]), tuple(evidence), member=sheet, header_line=header + 1)


@dataclass(frozen=True, slots=True)
class _Open:
    """A workbook and the file it reads from."""

    book: Any
    stream: BinaryIO

    def close(self) -> None:
        self.book.close()
        self.stream.close()


def _load(path: Path, name: str) -> _Open:
    """The workbook, read only; close it. Whatever is wrong with it is a `BadSource`."""
    import openpyxl

    with path.open("rb") as stream:
        magic = stream.read(8)
    if magic == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        raise BadSource(
            f"“{name}” is a workbook of the old kind (XLS) or is locked with a password.",
            "Save it as XLSX without a password, or as CSV, and bring that in.",
            where=name,
        )
    with _faults(name):
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
        if unpacked > _LARGEST:
            raise BadSource(f"“{name}” unpacks to {unpacked:,} bytes.", "Export the table as CSV instead.", where=name)
        # Given open, because a kept original has no suffix to go by.
        stream = path.open("rb")
        try:
            book = openpyxl.load_workbook(stream, read_only=True, data_only=True, keep_links=False)
        except BaseException:
            stream.close()
            raise
        return _Open(book, stream)


@contextmanager
def _faults(name: str) -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about styles and extensions that do not matter to values
        try:
            yield
        except BadSource:
            raise
        except Exception as error:  # a damaged or hostile workbook makes the reader raise anything
            raise BadSource(
                f"“{name}” cannot be read as a workbook: "
                f"{str(error).splitlines()[0][:200] if str(error) else 'it is damaged'}.",
                "Open it in a spreadsheet program, save it again as XLSX or CSV, and bring that in.",
                where=name,
            ) from error


def _rows(book: _Open, sheet: str, name: str) -> Iterator[Cells]:
    """All rows from the first, those left out in the file as empty ones."""
    with _faults(name):
        found = next((one for one in book.book.worksheets if one.title == sheet), None)
        if found is None:
            raise BadSource(f"“{name}” has no sheet “{sheet}”.", "Look at the file again.", where=name)
        found.reset_dimensions()  # what the file says of its size need not be so
        rows = found.iter_rows(values_only=True)
    number = 0
    while True:
        with _faults(name):
            chunk = list(islice(rows, 100))
        if not chunk:
            return
        number += len(chunk)
        if number > _MOST_ROWS + 100:
            raise BadSource(f"“{name}” has more rows than a workbook can have.", "Save it again.", where=name)
        yield from chunk


def _header(rows: list[Cells], chosen: int | None) -> int | None:
    """Index of the row that names the columns: the first with more than one cell filled, or the first filled one."""
    if chosen:
        return chosen - 1 if chosen <= len(rows) and _width(rows[chosen - 1]) else None
    filled = [sum(value not in ("", None) for value in row) for row in rows[:50]]
    return next((i for i, count in enumerate(filled) if count > 1), next((i for i, c in enumerate(filled) if c), None))


def _width(row: Cells) -> int:
    return next((index for index in range(len(row), 0, -1) if row[index - 1] not in ("", None)), 0)


def _text(value: Any) -> str | None:
    """A cell as text that says the same: whole numbers without a fraction, dates in ISO 8601, empty cells as None."""
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e17 else repr(value)
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return f"{value.total_seconds():g} s"
    return str(value).replace("\0", "\\x00")
