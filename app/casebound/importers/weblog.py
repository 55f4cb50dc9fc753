"""Web server logs in the common and combined formats of Apache and nginx."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from casebound.case import ColumnRole, TableMapping
from casebound.errors import BadSource
from casebound.importers.batch import LONGEST_RECORD, Batch
from casebound.importers.encodings import chosen
from casebound.importers.gathering import Gathering
from casebound.importers.layout import Choices, Layout
from casebound.importers.textlines import text_lines

_LINE = re.compile(
    r'(\S+) (\S+) (\S+|\S.{0,250}?\S) \[([^\]]+)\] "((?:[^"\\]|\\.)*)" (\d{3}|-) (\d+|-)'
    r'(?: "((?:[^"\\]|\\.)*)" "((?:[^"\\]|\\.)*)")?(?: (.*))?',
    re.DOTALL,
)
_VHOST = re.compile(r"(\S+) ((?:\d{1,3}(?:\.\d{1,3}){3}|[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f.]{0,15}){2,8}) .*)", re.DOTALL)
"""The server's own name in front, as in Apache's vhost_combined: the second word is an address then."""
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
VHOST = "vhost"  # the column that a table has where a line names the server
_SHOWN = 200


class WebLog:
    """One request a line. A request that has not three parts stands whole in “path”; fields behind the agent in “more”;
    the name of the server, where lines begin with it, in a column “vhost”.
    """

    kind = "web-log"
    format = "log"
    version = "log 2"

    def layouts(self, path: Path, name: str, choices: Choices) -> tuple[Layout, ...]:
        found = chosen(path, choices.encoding)
        encoding = found.name
        rows = []
        for _, _, raw, length in text_lines(path, encoding):
            row = _row(raw, length, encoding)
            if isinstance(row, list):
                rows.append(row)
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
        columns = max((_columns(row) for row in rows), key=len)
        if VHOST in columns:
            words += " They begin with the name of the server."
            roles[VHOST] = ColumnRole.ENTITY
        return (
            Layout(
                Path(name).stem,
                columns,
                tuple((*row, *[None] * (len(columns) - len(row))) for row in rows),
                (found.evidence, words),
                encoding=encoding,
                roles={column: role.value for column, role in roles.items()},
                recognised_as="web log",
            ),
        )

    def batches(self, path: Path, member: str, mapping: TableMapping) -> Iterator[Batch]:
        gathering = Gathering()
        columns = tuple(column.name for column in mapping.columns)[len(COLUMNS) :]
        columns = (*COLUMNS, *columns)
        for line, offset, raw, length in text_lines(path, mapping.encoding):
            if not raw.strip():
                gathering.pass_over()
            else:
                where = gathering.place(line, offset, length)
                row = _row(raw, length, mapping.encoding)
                if isinstance(row, list):
                    columns = max(columns, _columns(row), key=len)
                    gathering.keep(where, row)
                else:
                    gathering.refuse(where, *row, raw, mapping.encoding)
            yield from gathering.due(columns)
        yield gathering.rest(columns)

    def size(self, path: Path, member: str) -> int:
        return path.stat().st_size


def _row(raw: bytes, length: int, encoding: str) -> list[str | None] | tuple[str, str]:
    if length > LONGEST_RECORD:
        return "too-long", f"The line is {length:,} bytes long; the longest read is {LONGEST_RECORD:,}."
    try:
        text = raw.decode(encoding).removesuffix("\r")
    except UnicodeDecodeError:
        return "encoding", f"The line holds bytes that are not {encoding.upper()}."
    if "\0" in text:
        return "nul", "The line holds NUL bytes, which no text has."
    vhost = _VHOST.match(text)
    match = _LINE.fullmatch(vhost[2] if vhost else text)
    if match is None:
        return "log-line", "The line has not the form of a web server's log line."
    client, ident, user, time, request, status, size, referer, agent, more = match.groups()
    parts = _REQUEST.fullmatch(request)
    method, path, protocol = parts.groups() if parts else (None, request, None)
    row = [client, ident, user, time, method, path, protocol, status, size, referer, agent, more]
    return [*row, vhost[1]] if vhost else row


def _columns(row: list[str | None]) -> tuple[str, ...]:
    return COLUMNS if len(row) == len(COLUMNS) else (*COLUMNS, VHOST)
