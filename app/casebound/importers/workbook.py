"""Workbooks: each sheet is a table. Cells come as values, never as formulas; macros are never run."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from casebound.case import TableMapping
from casebound.errors import BadSource
from casebound.importers.batch import Batch, Refused, distinct_names, places, ragged
from casebound.importers.layout import Choices, Layout

_SHOWN = 200
_MANY = 500
_LARGEST = 2 * 1024 * 1024 * 1024  # bytes once unpacked
_EXACT = 10**15  # a workbook keeps 15 digits of a number; what is longer was rounded before we saw it


class Workbook:
    """XLSX and its relatives. The line of a record is its row number in the sheet; there is no byte offset."""

    kind = "workbook"
    format = "xlsx"
    version = "xlsx 1"

    def layouts(self, path: Path, name: str, choices: Choices) -> tuple[Layout, ...]:
        layouts = []
        sheets = _sheets(path, name)
        for sheet in sheets:
            rows = _cells(path, sheet, name)
            header = _header(rows, choices.header_line)
            if header is None:
                continue
            columns = _names(rows, header)
            body = [tuple(row) for _, row in _body(rows, header, len(columns))]
            evidence = [f"Row {header + 1} of the sheet “{sheet}” names the columns."]
            if any(isinstance(value, datetime | date) for row in rows[:_SHOWN] for value in row):
                evidence.append("Cells that the workbook shows as dates were read by its own date system.")
            if any(isinstance(value, float) and abs(value) >= _EXACT for row in rows for value in row):
                evidence.append(
                    "Some numbers have more than 15 digits: the workbook rounded them before the export. Ask for "
                    "ids as text."
                )
            layouts.append(
                Layout(
                    Path(name).stem if len(sheets) == 1 else sheet,
                    columns,
                    tuple(body[:_SHOWN]),
                    tuple(evidence),
                    member=sheet,
                    header_line=header + 1,
                )
            )
        if not layouts:
            raise BadSource(
                f"No sheet of “{name}” holds a table.", "Open it and see whether the sheets are empty.", where=name
            )
        return tuple(layouts)

    def batches(self, path: Path, member: str, mapping: TableMapping) -> Iterator[Batch]:
        columns = tuple(column.name for column in mapping.columns)
        found: list[tuple[int, list[str | None]]] = []
        ordinal = 0
        for numbered in _body(_cells(path, member, path.name), mapping.header_line - 1, len(columns)):
            found.append(numbered)
            if len(found) == _MANY:
                yield _batch(columns, found, ordinal)
                ordinal, found = ordinal + len(found), []
        yield _batch(columns, found, ordinal)

    def size(self, path: Path, member: str) -> int:
        return 0


def _batch(columns: tuple[str, ...], found: list[tuple[int, list[str | None]]], first: int) -> Batch:
    rows, where, refused = [], [], []
    for ordinal, (line, row) in enumerate(found, first):
        place = (ordinal, line, -1, 0)
        if len(row) != len(columns):
            refused.append(Refused(*place, "columns", ragged(len(row), len(columns)), as_text(row)))
        elif any(value and "\0" in value for value in row):
            refused.append(Refused(*place, "nul", "A cell holds a NUL character, which no text has.", as_text(row)))
        else:
            rows.append(row)
            where.append(place)
    values = [list(column) for column in zip(*rows, strict=True)] if rows else [[] for _ in columns]
    return Batch(columns, *places(where), values=values, refused=refused)


def as_text(row: list[str | None]) -> str:
    """A row of cells as one line, for people."""
    return "\t".join(value or "" for value in row)


def _open(path: Path, name: str) -> Any:
    import python_calamine

    try:
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                unpacked = sum(entry.file_size for entry in archive.infolist())
            if unpacked > _LARGEST:
                raise BadSource(
                    f"“{name}” unpacks to {unpacked:,} bytes.", "Export the table as CSV instead.", where=name
                )
        return python_calamine.CalamineWorkbook.from_path(str(path))
    except python_calamine.PasswordError:
        raise BadSource(f"“{name}” is locked with a password.", "Ask for a copy without one.", where=name) from None
    except (python_calamine.CalamineError, zipfile.BadZipFile, OSError, ValueError) as error:
        raise BadSource(
            f"“{name}” cannot be read as a workbook: {error}.", "Save it again and bring it in.", where=name
        ) from None


def _sheets(path: Path, name: str) -> list[str]:
    sheets: list[str] = list(_open(path, name).sheet_names)
    return sheets


def _cells(path: Path, sheet: str, name: str) -> list[list[Any]]:
    import python_calamine

    try:
        rows: list[list[Any]] = _open(path, name).get_sheet_by_name(sheet).to_python(skip_empty_area=False)
    except (python_calamine.CalamineError, ValueError) as error:
        raise BadSource(
            f"The sheet “{sheet}” of “{name}” cannot be read: {error}.", "Save it again.", where=name
        ) from None
    return rows


def _header(rows: list[list[Any]], chosen: int | None) -> int | None:
    """Index of the row that names the columns: the first with more than one cell filled, or the first filled one."""
    if chosen:
        return chosen - 1 if chosen <= len(rows) else None
    filled = [sum(value not in ("", None) for value in row) for row in rows[:50]]
    return next((i for i, count in enumerate(filled) if count > 1), next((i for i, c in enumerate(filled) if c), None))


def _names(rows: list[list[Any]], header: int) -> tuple[str, ...]:
    names = [_text(value) or "" for value in rows[header]]
    width = max((_width(row) for row in rows[header:]), default=0)
    # Columns beyond the last name count only where a row fills them.
    while len(names) > width:
        names.pop()
    names += [""] * (width - len(names))
    return distinct_names(names)


def _width(row: list[Any]) -> int:
    return next((index for index in range(len(row), 0, -1) if row[index - 1] not in ("", None)), 0)


def _body(rows: list[list[Any]], header: int, width: int) -> Iterator[tuple[int, list[str | None]]]:
    """Rows below the names with their row number; rows without any value are no records."""
    for index in range(header + 1, len(rows)):
        row = [_text(value) for value in rows[index]]
        used = _width(rows[index])
        if used:
            yield index + 1, [*row[: max(width, used)], *[None] * (width - len(row))]


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
    return str(value)
