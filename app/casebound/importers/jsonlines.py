"""JSON Lines: one JSON value a line. A line that is none is set aside; the rest is read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from casebound.case import TableMapping
from casebound.errors import BadSource
from casebound.importers.batch import LONGEST_RECORD, MOST_COLUMNS, Batch
from casebound.importers.encodings import detect
from casebound.importers.flatten import Columns, NotJson, flat, parse
from casebound.importers.gathering import Gathering
from casebound.importers.layout import Choices, Layout
from casebound.importers.textlines import text_lines

_SHOWN = 200


class JsonLines:
    """One object a line, in UTF-8 or UTF-16."""

    kind = "json-lines"
    format = "jsonl"
    version = "jsonl 1"

    def layouts(self, path: Path, name: str, choices: Choices) -> tuple[Layout, ...]:
        encoding = choices.encoding or detect(path).name
        columns, rows = Columns(), []
        for _, _, raw, length in text_lines(path, encoding):
            if isinstance(found := _record(raw, length, encoding), dict):
                rows.append(columns.row(found))
            if len(rows) == _SHOWN:
                break
        if not rows:
            raise BadSource(
                f"No line of “{name}” is JSON.", "Check that this is the file that was exported.", where=name
            )
        wide = tuple(tuple(row + [None] * (len(columns.names) - len(row))) for row in rows)
        evidence = (detect(path).evidence, "Each line is one JSON value; nested objects have dotted names.")
        return (Layout(Path(name).stem, columns.names, wide, evidence, encoding=encoding),)

    def batches(self, path: Path, member: str, mapping: TableMapping) -> Iterator[Batch]:
        columns = Columns(column.name for column in mapping.columns)
        blank = b" \t\r\n\0" if mapping.encoding.startswith("utf-16") else None
        gathering = Gathering()
        for line, offset, raw, length in text_lines(path, mapping.encoding):
            if not raw.strip(blank):
                gathering.pass_over()
            else:
                where = gathering.place(line, offset, length)
                found = _record(raw, length, mapping.encoding)
                if isinstance(found, dict):
                    gathering.keep(where, columns.row(found))
                else:
                    gathering.refuse(where, *found, raw, mapping.encoding)
            if len(columns.names) > MOST_COLUMNS:
                raise too_many(mapping.table)
            yield from gathering.due(columns.names)
        yield gathering.rest(columns.names)

    def size(self, path: Path, member: str) -> int:
        return path.stat().st_size


def too_many(table: str) -> BadSource:
    return BadSource(
        f"The records of “{table}” have more than {MOST_COLUMNS:,} different names.",
        "Export it as a table with fixed columns, or attach the file instead.",
        where=table,
    )


def _record(raw: bytes, length: int, encoding: str) -> dict[str, str | None] | tuple[str, str]:
    """Name → text, or the code and the reason why not."""
    if length > LONGEST_RECORD:
        return "too-long", f"The line is {length:,} bytes long; the longest read is {LONGEST_RECORD:,}."
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError:
        return "encoding", f"The line holds bytes that are not {encoding.upper()}."
    try:
        return flat(parse(text))
    except NotJson as error:
        code = "nul" if "NUL" in str(error) else "encoding" if "surrogate" in str(error) else "json"
        return code, f"The line is not whole JSON: {error}."
