"""The rows behind the numbers: `data/tables/<table>.csv`, guarded, with a description beside each."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TypeAlias

from casebound.case import EventId
from casebound.events import Events
from casebound.viewcounts import rows_of
from casebound.work import Progress
from casebound_exporters.cells import GUARD, line
from casebound_exporters.queries import Question
from casebound_exporters.views import Views
from casebound_packaging.canonical import canonical
from casebound_packaging.member import Member

_STEP = 1000  # rows between two looks at Stop
_Row: TypeAlias = tuple[EventId, int | None, dict[str, str | None]]


@dataclass(frozen=True, slots=True)
class Table:
    """One enclosed table. `rows` are the identities of its rows by original: (sha256, member) → ordinals."""

    name: str
    path: str  # of the member
    file: Path
    columns: tuple[str, ...]  # with _row and _time_us
    count: int
    rows: dict[tuple[str, str], set[int]]

    def members(self) -> list[Member]:
        """The CSV and its description."""
        schema = {
            "table": self.name,
            "columns": [
                {"name": name, "type": "integer" if place == 1 else "text"} for place, name in enumerate(self.columns)
            ],
            "null": "",
            "guard": GUARD,
            "rows": self.count,
            "sources": sorted({sha256 for sha256, _ in self.rows}),
        }
        described = self.path.removesuffix(".csv") + ".schema.json"
        return [
            Member(self.path, "table", "text/csv; charset=utf-8", self.file),
            Member(described, "table-schema", "application/json", canonical(schema) + b"\n"),
        ]


def write_tables(
    events: Events, questions: Sequence[Question], views: Views, folder: Path, progress: Progress
) -> list[Table]:
    """Write the rows that the questions and the pictures of views need, of each table once, into `folder`."""
    names: set[str] = set()
    made = []
    asked = {question.measure.table for question in questions}
    for table in sorted(asked.union(*(one.counts.tables for one in views.shown))):
        file_name = _file_name(table, names)
        own = [question for question in questions if question.measure.table == table]
        rows = chain(_rows(events, table, own), _viewed(events, table, views))
        made.append(_write(events, table, rows, folder / file_name, f"data/tables/{file_name}", progress))
    return made


def _file_name(table: str, taken: set[str]) -> str:
    """An ASCII name that no other table has."""
    plain = re.sub(r"[^A-Za-z0-9_-]", "-", table)[:24].strip("-") or "table"
    name, number = plain, 1
    while (
        name.lower() in taken or name.lower() in {"con", "prn", "aux", "nul"} or re.fullmatch(r"(?i)(com|lpt)\d", name)
    ):
        number += 1
        name = f"{plain}-{number}"
    taken.add(name.lower())
    return f"{name}.csv"


def _write(events: Events, table: str, rows: Iterable[_Row], file: Path, path: str, progress: Progress) -> Table:
    columns = events.columns(table)
    found: dict[tuple[str, str], set[int]] = {}
    count = 0
    with file.open("xb") as target:
        target.write(line(("_row", "_time_us", *columns)))
        for event, time_us, fields in rows:
            ordinals = found.setdefault((event.sha256, event.member), set())
            if event.ordinal in ordinals:
                continue
            ordinals.add(event.ordinal)
            time = None if time_us is None else str(time_us)
            target.write(line((str(event), time, *(fields.get(name) for name in columns))))
            count += 1
            if count % _STEP == 0:
                progress(count, 0, f"rows of {table}")
    progress(count, 0, f"rows of {table}")
    return Table(table, path, file, ("_row", "_time_us", *columns), count, found)


def _viewed(events: Events, table: str, views: Views) -> Iterator[_Row]:
    """Rows that any picture shows."""
    for asked in dict.fromkeys(one.counts.asked for one in views.shown if table in one.counts.tables):
        yield from rows_of(events, table, asked, views.lookup)


def _rows(events: Events, table: str, questions: Sequence[Question]) -> Iterator[_Row]:
    """Rows that any number or denominator counts; some come more than once. The widest condition comes first."""
    wanted = set()
    for question in questions:
        measure = question.measure
        wanted.add((measure.where, measure.from_us, measure.to_us))
        if measure.denominator is not None:
            wanted.add((measure.of_where, measure.from_us, measure.to_us))
    every = ("", None, None)
    ordered = [every] if every in wanted else sorted(wanted, key=lambda one: (one[0] != "", str(one)))
    for where, from_us, to_us in ordered:
        yield from events.export_rows(table, where, from_us, to_us)
