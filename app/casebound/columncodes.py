"""The codes of one column of a generation: its different values once, and for each row which of them it has.

A file beside the rows, `codes/<generation>-<column>.codes`, that can be deleted and built again at any time. It begins
with a line of JSON (format, generation, column, rows, bytes of a code, the values: numbers by their value where the
column is numeric, then texts by their characters, then the empty text, then none), padded to a whole page; then one
code for each row, little-endian, in the order of `_position`, to be memory-mapped. Read docs/adr/0011 before changing
anything: codes may only ever save work, never decide what matches.
"""

# ruff: noqa: S608 - names are quoted by casebound.sqltext, values are parameters or quoted literals

from __future__ import annotations

import hashlib
import json
import mmap
import os
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from casebound.case import ColumnRole
from casebound.duck import ask, connect
from casebound.sqltext import name_sql
from casebound.store.disk import CODES
from casebound.work import Progress

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

FORMAT = "1"
MOST = 65_535
"""Different values that a column with codes may have: a code is two bytes at most."""
LEAST_ROWS = 20_000
"""Columns of shorter generations have no file: their codes are made in a few milliseconds."""
_PAGE = 4_096
_LONGEST = 64 * 1024 * 1024  # bytes of the first line, at most
_STEP = 1_000_000  # rows that are coded together
_WIDTHS: Mapping[int, Any] = {1: np.dtype("u1"), 2: np.dtype("<u2")}
WORDS = "(SELECT p, CAST(v AS VARCHAR) AS v FROM dictionary)"
"""What `known` makes known: each value and its place, as SQL."""
Named = Mapping[tuple[str, str], str]
"""The digests of the files that case.db names, by generation and column."""


@dataclass(frozen=True, slots=True)
class ColumnCodes:
    """`codes[position]` is the place in `values` of what the row has there."""

    values: tuple[str | None, ...]
    codes: NDArray[Any]  # uint8 or uint16


def codes_path(case_path: Path, generation: str, number: int) -> Path:
    """Where the codes of the column with this number lie."""
    return case_path / CODES / f"{generation}-{number:04d}.codes"


def number_expression(text: str) -> str:
    """What numbers are compared by, in SQL: the same that filters use."""
    return f"TRY_CAST({text} AS DECIMAL(38, 9))"


def numeric(kind: str, role: ColumnRole) -> bool:
    """Whether a column is put in order by its numbers."""
    return kind == "BIGINT" or role is ColumnRole.NUMBER


def worthwhile(rows: Path) -> list[tuple[int, str]]:
    """The columns of a row store that are worth a file: number and name, those with a role first."""
    with closing(connect(rows, None, read_only=True)) as store:
        count = int(ask(store, "SELECT count(*) FROM rows")[0][0])
        described = ask(store, "SELECT number, name, role, distinct_values FROM columns ORDER BY number")
    few = [each for each in described if each[3] <= min(MOST, max(count // 4, 256)) and each[2] != ColumnRole.TIME]
    few.sort(key=lambda each: (each[2] in (ColumnRole.TEXT, ColumnRole.NUMBER), each[0]))
    return [(int(number), name) for number, name, *_ in few]


def made(store: DuckDBPyConnection, table: str, name: str, by_number: bool, rows: int) -> ColumnCodes | None:
    """The codes of a column as DuckDB finds them in `table`; None where it has more values than `MOST`."""
    column = name_sql(name)
    text = f"CAST({column} AS VARCHAR)"
    listed = ask(store, f"SELECT DISTINCT {text} FROM {table} LIMIT {MOST + 1}")
    if len(listed) > MOST:
        return None
    key = f"{number_expression('v')} NULLS LAST, " if by_number else ""
    known(store, [value for (value,) in listed])
    values = tuple(
        value for (value,) in ask(store, f"SELECT v FROM {WORDS} ORDER BY v IS NULL, COALESCE(v = '', false), {key}v")
    )
    store.unregister("dictionary")
    known(store, values)
    codes = np.empty(rows, dtype=_WIDTHS[1 if len(values) <= 256 else 2])
    for start in range(0, rows, _STEP):
        # Values are compared as text, letter for letter, whatever the column's type.
        sql = (
            f"SELECT _position, p FROM {table} JOIN {WORDS} ON {text} IS NOT DISTINCT FROM v "
            f"WHERE _position >= {start} AND _position < {start + _STEP}"
        )
        found = store.execute(sql).fetchnumpy()
        codes[found["_position"]] = found["p"]
    store.unregister("dictionary")
    return ColumnCodes(values, codes)


def known(store: DuckDBPyConnection, values: list[str | None] | tuple[str | None, ...]) -> None:
    """Make values known to a connection as the relation `WORDS` (p, v)."""
    texts = np.empty(len(values), dtype=object)
    texts[:] = values
    store.register("dictionary", {"p": np.arange(len(values), dtype=np.int64), "v": texts})


def build(rows: Path, target: Path, generation: str, name: str, progress: Progress) -> bool:
    """Write the codes of a column of the row store `rows` to the new file `target`; False where it has too many values,
    and nothing was written. What raises leaves a file to be deleted.
    """
    with closing(connect(rows, None, read_only=True)) as store:
        # It works behind a person's back.
        ask(store, "SET threads = 1")
        ask(store, "SET memory_limit = '300MB'")
        count = int(ask(store, "SELECT count(*) FROM rows")[0][0])
        number, kind, role = ask(store, "SELECT number, type, role FROM columns WHERE name = ?", [name])[0]
        progress(0, count)
        found = made(store, "rows", name, numeric(kind, ColumnRole(role)), count)
    if found is None:
        return False
    said = {
        "format": FORMAT,
        "generation": generation,
        "column": name,
        "number": int(number),
        "rows": count,
        "width": found.codes.dtype.itemsize,
        "values": found.values,
    }
    head = json.dumps(said, ensure_ascii=True, separators=(",", ":")).encode("ascii") + b"\n"
    head = f"{len(head):016d}\n".encode("ascii") + head
    if len(head) > _LONGEST:
        return False
    file = os.open(target, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
    with os.fdopen(file, "wb") as stream:
        stream.write(head + b"\0" * (-len(head) % _PAGE))
        for start in range(0, count, _STEP):
            progress(start, count)
            stream.write(found.codes[start : start + _STEP].tobytes())
    progress(count, count)
    return True


def column_of(path: Path) -> str | None:
    """Which column a file says it is of; None where it cannot be read."""
    try:
        with path.open("rb") as stream:
            length = int(stream.read(17))
            return str(json.loads(stream.read(length))["column"]) if 0 < length <= _LONGEST else None
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None


def load(path: Path, generation: str, name: str, rows: int, digest: str) -> ColumnCodes | None:
    """The codes in a file, memory-mapped; None where it is not there, not the one with this SHA-256, or not of these
    rows.
    """
    try:
        if path.is_symlink():
            return None
        with path.open("rb") as stream:
            mapped = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
        if hashlib.sha256(mapped).hexdigest() != digest:
            return None
        length = int(mapped[:16])
        if not 0 < length <= _LONGEST:
            return None
        said = json.loads(mapped[17 : 17 + length])
        if (said["format"], said["generation"], said["column"], said["rows"]) != (FORMAT, generation, name, rows):
            return None
        begin = 17 + length + -(17 + length) % _PAGE
        kind = _WIDTHS[said["width"]]
        if len(mapped) != begin + rows * kind.itemsize:
            return None
        codes = np.frombuffer(mapped, dtype=kind, count=rows, offset=begin)
        values = tuple(None if value is None else str(value) for value in said["values"])
        # A code that means nothing would be read beyond the values.
        if not rows or int(codes.max()) >= len(values):
            return None
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
    return ColumnCodes(values, codes)
