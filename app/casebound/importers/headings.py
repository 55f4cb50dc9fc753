"""Where the names of the columns stand: below title lines, in one row or several, or nowhere."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from casebound.errors import BadRequest
from casebound.importers.batch import distinct_names
from casebound.importers.records import Record
from casebound.moments import Unread, read

_NUMBER = re.compile(r"[+-]?[.,]*+\d[\d.,]*+(?:[eE][+-]?\d++)?%?", re.ASCII)
_JOINT = " / "
_ALIKE = 0.9  # share of the records below a line of names that must have its width, where lines above it have others
_MOST_PREAMBLE = 50
_GROUPED = 0.25  # share of empty cells in the upper of two rows of names

Found = Sequence[tuple[int, Record]]


@dataclass(frozen=True, slots=True)
class Heading:
    """The names, the line they begin on (0: none), how many records they take, where rows begin in the list of
    records, and why.
    """

    columns: tuple[str, ...]
    line: int
    rows: int
    body: int
    evidence: tuple[str, ...]


def heading(records: Found, line: int | None, rows: int | None, sep_line: bool = False) -> Heading:
    """Judge by the first records; `line` and `rows` as a person chose them go before all (`line` 0: no names).

    Raises `BadRequest`.
    """
    start = 1 if sep_line and records and records[0][0] == 1 else 0
    index, named = _chosen(records, line) if line is not None else _found(records, start)
    if not named:
        widths = Counter(len(record.values) for _, record in records[start:] if record.values)
        width = widths.most_common(1)[0][0] if widths else 1
        columns = tuple(f"column {number + 1}" for number in range(width))
        return Heading(columns, 0, 1, start, ("No line of names was found; columns are numbered.",))
    count = rows or (2 if _grouped(records, index) else 1)
    if index + count > len(records) or any(not record.values for _, record in records[index : index + count]):
        raise BadRequest(
            f"There are not {count} lines of names from line {records[index][0]} on.",
            "Choose another line of names, or fewer of them.",
        )
    names = joined([_texts(record) for _, record in records[index : index + count]])
    first = records[index][0]
    columns = distinct_names(names)
    evidence = [f"Line {first} names the columns."]
    if count > 1:
        last = records[index + count - 1][0]
        together = f"Lines {first} to {last} name the columns together, joined by “{_JOINT.strip()}”"
        evidence = [f"{together}; a name above empty cells goes for those to its right too."]
    if index > start:
        above = "; ".join(f"“{_title(record)}”" for _, record in records[start:index][:3])
        evidence.append(f"What stands above the names is no row: {above}{'; …' if index - start > 3 else ''}.")
    changed = [f"“{old}” is called “{new}”" for old, new in zip(names, columns, strict=True) if old.strip() != new]
    if changed:
        evidence.append("Names that are empty, repeated or reserved were told apart: " + ", ".join(changed[:10]) + ".")
    return Heading(columns, first, count, index + count, tuple(evidence))


def joined(rows: Sequence[Sequence[str]]) -> list[str]:
    """One name for each column out of several rows of names: an upper name holds for the empty cells to its right."""
    width = max(len(row) for row in rows)
    names: list[list[str]] = [[] for _ in range(width)]
    for number, row in enumerate(rows):
        upper, held = number < len(rows) - 1, ""
        for index in range(width):
            cell = row[index].strip() if index < len(row) else ""
            held = cell or (held if upper else "")
            if held and held not in names[index]:
                names[index].append(held)
    if len(rows) == 1:
        return list(rows[0])
    return [_JOINT.join(parts) for parts in names]


def is_data(value: str) -> bool:
    """Whether this is rather a value than a name: a number or a time."""
    return bool(value.strip()) and (bool(_NUMBER.fullmatch(value.strip())) or not isinstance(read(value), Unread))


def _texts(record: Record) -> list[str]:
    return [value or "" for value in record.values or []]


def _filled(record: Record) -> int:
    return sum(bool((value or "").strip()) for value in record.values or [])


def _title(record: Record) -> str:
    text = " ".join(value for value in record.values or [] if value)
    return text if len(text) <= 60 else text[:60] + "…"


def _chosen(records: Found, line: int) -> tuple[int, bool]:
    if line == 0:
        return 0, False
    for index, (first, record) in enumerate(records):
        if first == line and record.values:
            return index, True
    raise BadRequest(f"Line {line} cannot be the line of names.", "Choose a line of the preview, or 0 for none.")


def _found(records: Found, start: int) -> tuple[int, bool]:
    """Index of the record that names the columns, and whether there is one."""
    widths = Counter(len(record.values) for _, record in records[start:] if record.values)
    if not widths:
        return start, False
    common = widths.most_common(1)[0][0]
    index = start
    # Title lines above the names have one value, or one that is filled; the table has more.
    while index < len(records) - 1 and common > 1 and _is_title(records[index][1], common):
        index += 1
    if common > 1 and (below := _behind_preamble(records, index, common)):
        index = below
    if records[index][1].values is None:
        index = next((place for place, (_, record) in enumerate(records) if record.values and place >= start), start)
    values = _texts(records[index][1])
    return index, any(values) and not any(is_data(value) for value in values)


def _is_title(record: Record, common: int) -> bool:
    values = record.values or ()
    if len(values) <= 1:
        return True
    filled = _filled(record)
    return common > 2 and len(values) == common and (not filled or (filled == 1 and bool(values[0])))


def _behind_preamble(records: Found, start: int, common: int) -> int:
    """Index of the names below lines that have values, but not as many as the table; 0 where that is not plain."""
    index = start
    while index < min(len(records), start + _MOST_PREAMBLE) and len(records[index][1].values or ()) != common:
        index += 1
    if index == start or index >= len(records) - 1 or len(records[index][1].values or ()) != common:
        return 0
    names = _texts(records[index][1])
    distinct = len({name.strip().lower() for name in names}) == len(names)
    below = records[index:]
    alike = sum(len(record.values or ()) == common for _, record in below) / len(below)
    plain = distinct and all(name.strip() for name in names) and not any(is_data(name) for name in names)
    return index if plain and alike >= _ALIKE and len(below) > 2 else 0


def _grouped(records: Found, index: int) -> bool:
    """Whether the next record holds names too, under the groups that this one names.

    Plain only where this one has empty cells behind names, the next is full of different names that read as no data,
    and values
    below are data.
    """
    if index + 2 >= len(records):
        return False
    upper, lower = (_texts(records[index + step][1]) for step in (0, 1))
    if len(upper) != len(lower) or len(lower) < 3 or not upper[0].strip():
        return False
    empty = sum(not cell.strip() for cell in upper)
    if empty < _GROUPED * len(upper) or not any(cell.strip() for cell in upper[1:]):
        return False
    names = [cell.strip().lower() for cell in lower]
    together = {name.lower() for name in joined([upper, lower])}
    if not all(names) or len(together) != len(names) or any(is_data(cell) for cell in lower):
        return False
    body = [_texts(record) for _, record in records[index + 2 :] if len(record.values or ()) == len(lower)]
    return any(row and any(is_data(cell) for cell in row) for row in body[:20])
