"""Web server logs in the common and combined formats of Apache and nginx."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from casebound.case import ColumnRole, TableMapping
from casebound.errors import BadSource
from casebound.importers.batch import LONGEST_RECORD, Batch
from casebound.importers.encodings import detect
from casebound.importers.gathering import Gathering
from casebound.importers.layout import Choices, Layout
from casebound.importers.textlines import text_lines

_LINE = re.compile(
    r'(\S+) (\S+) (\S+|\S.{0,250}?\S) \[([^\]]+)\] "((?:[^"\\]|\\.)*)" (\d{3}|-) (\d+|-)'
    r'(?: "((?:[^"\\]|\\.)*)" "((?:[^"\\]|\\.)*)")?(?: (.*))?',
    re.DOTALL,
)
_REQUEST = re.compile(r"(\S+) (.*) (HTTP/\S+)", re.DOTALL)
COLUMNS = (
    "client",
    "ident",
    "user",
    "time",
    "method",
    "path",
    "protocol",
    "status",
    "bytes",
    "referer",
    "agent",
    "more",
)
_SHOWN = 200


class WebLog:
    """One request a line. A request that has not three parts stands whole in “path”."""

    kind = "web-log"
    format = "log"
    version = "log 1"

    def layouts(self, path: Path, name: str, choices: Choices) -> tuple[Layout, ...]:
        encoding = choices.encoding or detect(path).name
        rows = []
        for _, _, raw, length in text_lines(path, encoding):
            row = _row(raw, length, encoding)
            if isinstance(row, list):
                rows.append(tuple(row))
            if len(rows) == _SHOWN:
                break
        if not rows:
            raise BadSource(
                f"No line of “{name}” is a web server's log line.", "Attach it to the case instead.", where=name
            )
        roles = {
            "client": ColumnRole.ACTOR,
            "time": ColumnRole.TIME,
            "method": ColumnRole.ACTION,
            "path": ColumnRole.OBJECT,
            "status": ColumnRole.NUMBER,
            "bytes": ColumnRole.NUMBER,
            "user": ColumnRole.ENTITY,
            "agent": ColumnRole.ENTITY,
        }
        words = (
            "Lines have the form of a web server's log: client, time in brackets, request in quotes, status and size."
        )
        return (
            Layout(
                Path(name).stem,
                COLUMNS,
                tuple(rows),
                (detect(path).evidence, words),
                encoding=encoding,
                roles={column: role.value for column, role in roles.items()},
                recognised_as="web log",
            ),
        )

    def batches(self, path: Path, member: str, mapping: TableMapping) -> Iterator[Batch]:
        gathering = Gathering()
        for line, offset, raw, length in text_lines(path, mapping.encoding):
            if not raw.strip():
                gathering.pass_over()
            else:
                where = gathering.place(line, offset, length)
                row = _row(raw, length, mapping.encoding)
                if isinstance(row, list):
                    gathering.keep(where, row)
                else:
                    gathering.refuse(where, *row, raw, mapping.encoding)
            yield from gathering.due(COLUMNS)
        yield gathering.rest(COLUMNS)

    def size(self, path: Path, member: str) -> int:
        return path.stat().st_size


def _row(raw: bytes, length: int, encoding: str) -> list[str | None] | tuple[str, str]:
    if length > LONGEST_RECORD:
        return "too-long", f"The line is {length:,} bytes long; the longest read is {LONGEST_RECORD:,}."
    if b"\0" in raw:
        return "nul", "The line holds NUL bytes, which no text has."
    try:
        text = raw.decode(encoding).removesuffix("\r")
    except UnicodeDecodeError:
        return "encoding", f"The line holds bytes that are not {encoding.upper()}."
    match = _LINE.fullmatch(text)
    if match is None:
        return "log-line", "The line has not the form of a web server's log line."
    client, ident, user, time, request, status, size, referer, agent, more = match.groups()
    parts = _REQUEST.fullmatch(request)
    method, path, protocol = parts.groups() if parts else (None, request, None)
    return [client, ident, user, time, method, path, protocol, status, size, referer, agent, more]
