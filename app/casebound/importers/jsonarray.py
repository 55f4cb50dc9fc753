"""A JSON document of records: an array, an object with arrays of objects in it, or objects one after another."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from casebound.case import TableMapping
from casebound.errors import BadSource
from casebound.importers.batch import Batch, beat
from casebound.importers.flatten import Columns, NotJson, flat
from casebound.importers.gathering import Gathering
from casebound.importers.jsonelements import Element, Elements
from casebound.importers.jsontext import JsonText, encoding_of
from casebound.importers.layout import Choices, Layout

SHOWN = 200
LOOKED_AT = 16 * 1024 * 1024  # bytes; of larger files a preview reads the beginning only, where one table is all
FLATTENING = "Nested objects have dotted names; arrays are kept as JSON text."


class JsonDocument:
    """One JSON value for the whole file, or several objects."""

    kind = "json"
    format = "json"
    version = "json 2"

    def layouts(self, path: Path, name: str, choices: Choices) -> tuple[Layout, ...]:
        encoding = encoding_of(path, choices.encoding)
        tables: dict[str, _Table] = {}
        broken = ""
        with closing(JsonText(path, encoding)) as text:
            most = SHOWN if path.stat().st_size > LOOKED_AT else None
            for element in Elements(text, most):
                if element is not None:
                    tables.setdefault(element.member, _Table()).take(element)
                    broken = broken or element.reason
        found = {member: table for member, table in tables.items() if table.columns.names}
        if not found:
            if broken:
                reason = broken.removeprefix("It is not a record that can be read: ").rstrip(".")
                raise BadSource(f"“{name}” is not whole JSON: {reason}.", "Ask for the export again.", where=name)
            raise BadSource(
                f"“{name}” is whole JSON and holds no record.",
                "Attach it to the case, if it matters that it is empty.",
                where=name,
            )
        empty = [f"“{member}” is an empty array." for member, table in tables.items() if not table.count and member]
        return tuple(
            _layout(member, table, name, encoding.name, (encoding.evidence, *empty), len(found) > 1)
            for member, table in found.items()
        )

    def batches(self, path: Path, member: str, mapping: TableMapping) -> Iterator[Batch]:
        columns = Columns(column.name for column in mapping.columns)
        gathering = Gathering()
        with closing(JsonText(path, encoding_of(path, mapping.encoding))) as text:
            for number, element in enumerate(Elements(text)):
                if element is None or element.member != member or not element.number:
                    if element is None or number % 500 == 0:
                        yield beat(columns.names)
                    continue
                where = gathering.place(element.number, element.offset, element.length)
                if element.code:
                    gathering.refuse(where, element.code, element.reason, element.raw)
                else:
                    try:
                        gathering.keep(where, columns.row(flat(element.value)))
                    except NotJson as error:
                        gathering.refuse(where, error.code, f"The record cannot be a row: {error}.", element.raw)
                yield from gathering.due(columns.names)
        last = gathering.rest(columns.names)
        last.told = columns.words()
        yield last

    def size(self, path: Path, member: str) -> int:
        return path.stat().st_size


class _Table:
    """What a preview tells of one table."""

    def __init__(self) -> None:
        self.columns, self.rows, self.count = Columns(), list[list[str | None]](), 0
        self.broken = ""

    def take(self, element: Element) -> None:
        if not element.number:
            return
        self.count += 1
        if element.code:
            self.broken = self.broken or f"Element {element.number:,}: {element.reason}"
            return
        try:
            row = self.columns.row(flat(element.value))
        except NotJson as error:
            self.broken = self.broken or f"Element {element.number:,} cannot be a row: {error}."
            return
        if len(self.rows) < SHOWN:
            self.rows.append(row)


def _layout(member: str, table: _Table, name: str, encoding: str, evidence: tuple[str, ...], several: bool) -> Layout:
    words = [f"The records are the elements of “{member}”." if member else "The document itself holds the records."]
    if several and not member:
        words = ["What stands beside the tables of the document is a record of its own."]
    words.append(FLATTENING)
    words += table.columns.words()
    words += [table.broken] if table.broken else []
    names = table.columns.names
    return Layout(
        member if member and several else Path(name).stem,
        names,
        tuple(tuple(row + [None] * (len(names) - len(row))) for row in table.rows),
        (*evidence, *words),
        member=member,
        encoding=encoding,
    )
