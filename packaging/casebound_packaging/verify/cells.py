"""The CSV files of a package as docs/format.md writes them: RFC 4180, NULL and empty text told apart, the guard."""

from __future__ import annotations

import re
from collections.abc import Iterator

_CELL = re.compile(r'(?:"([^"]*(?:""[^"]*)*)"|([^",\n]*))(,|\n|\Z)')
_GUARD = "'"


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
        place = match.end()
        if end == "\n":
            yield cells
            cells = []
    if cells:
        raise ValueError("its last line does not end")


def table(data: bytes) -> tuple[list[str], list[dict[str, str | None]]]:
    """The column names and the rows by them. Raises `ValueError` where a row has other cells than there are columns."""
    found = records(data.decode("utf-8"))
    names = [name or "" for name in next(found, [])]
    if len(set(names)) != len(names):
        raise ValueError("two columns have one name")
    rows: list[dict[str, str | None]] = []
    for cells in found:
        if len(cells) != len(names):
            raise ValueError(f"row {len(rows) + 1} has {len(cells)} cells")
        rows.append(dict(zip(names, cells, strict=True)))
    return names, rows
