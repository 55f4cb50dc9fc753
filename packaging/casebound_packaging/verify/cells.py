"""The CSV files of a package as docs/format.md writes them: RFC 4180, NULL and empty text told apart, the guard."""

from __future__ import annotations

import re
from collections.abc import Iterator

_CELL = re.compile(r'(?:"([^"]*(?:""[^"]*)*)"|([^",\n]*))(,|\n|\Z)')
_GUARD = "'"
_MOST_CELLS = 100_000  # of one row
_MOST_ROWS = 200_000  # of a table that is held whole
_LARGEST = 64 << 20


def decoded(data: bytes) -> str:
    """The text of a table that is small enough to be held whole. Raises `ValueError` for any other."""
    if len(data) > _LARGEST:
        raise ValueError("it is larger than such a table may be")
    return data.decode("utf-8")


def records(text: str) -> Iterator[list[str | None]]:
    """Every record, its cells without quotes and guard; None is NULL. Raises `ValueError` where the form is broken."""
    place, cells = 0, list[str | None]()
    while place < len(text):
        match = _CELL.match(text, place)
        if match is None:
            raise ValueError(f"it is no table from character {place} on")
        quoted, plain, end = match.groups()
        value = quoted.replace('""', '"') if quoted is not None else plain or None
        cells.append(value.removeprefix(_GUARD) if value is not None else None)
        if len(cells) > _MOST_CELLS:
            raise ValueError("a row has more cells than a table has columns")
        place = match.end()
        if end == "\n":
            yield cells
            cells = []
    if cells:
        raise ValueError("its last line does not end")


def table(data: bytes) -> tuple[list[str], list[dict[str, str | None]]]:
    """The column names and the rows by them. Raises `ValueError` where a row has other cells than there are columns."""
    found = records(decoded(data))
    names = [name or "" for name in next(found, [])]
    if len(set(names)) != len(names):
        raise ValueError("two columns have one name")
    rows: list[dict[str, str | None]] = []
    for cells in found:
        if len(rows) == _MOST_ROWS:
            raise ValueError("it has more rows than such a table may have")
        if len(cells) != len(names):
            raise ValueError(f"row {len(rows) + 1} has {len(cells)} cells")
        rows.append(dict(zip(names, cells, strict=True)))
    return names, rows
