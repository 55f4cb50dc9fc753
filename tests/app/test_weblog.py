"""Web server logs: common, combined, with the server's name in front and with fields behind, each part exact."""

from __future__ import annotations

from pathlib import Path

import pytest

from casebound.case import ColumnRole, Preview
from casebound.document import Case
from casebound.errors import BadSource
from casebound.events import Events
from casebound.importers.weblog import COLUMNS, WebLog
from casebound.importing import bring_in
from casebound.previewing import preview

TIME = "[01/Mar/2026:10:00:00 +0100]"
COMMON = f'192.0.2.1 - ann {TIME} "GET /v1/x?a=1 HTTP/1.1" 200 512'
COMBINED = f'{COMMON} "https://ref.example/" "agent/1.0 (x; \\"quoted\\")"'


def rows_of(path: Path, one: Preview) -> tuple[list[dict[str, str | None]], list[tuple[int, str]]]:
    rows: list[dict[str, str | None]] = []
    refused = []
    for batch in WebLog().batches(path, "", one.mapping):
        columns = batch.values or []
        rows += [dict(zip(batch.columns, row, strict=True)) for row in zip(*columns, strict=True)]
        refused += [(record.line, record.code) for record in batch.refused]
    return rows, refused


def logged(tmp_path: Path, *lines: str, encoding: str = "utf-8") -> Path:
    path = tmp_path / "access.log"
    path.write_bytes("".join(line + "\n" for line in lines).encode(encoding))
    return path


@pytest.mark.parametrize(
    ("line", "parts"),
    [
        (COMMON, {"client": "192.0.2.1", "user": "ann", "method": "GET", "path": "/v1/x?a=1", "protocol": "HTTP/1.1"}),
        (COMMON, {"status": "200", "bytes": "512", "referer": None, "agent": None, "more": None}),
        (COMBINED, {"referer": "https://ref.example/", "agent": 'agent/1.0 (x; \\"quoted\\")', "more": None}),
        (f'{COMBINED} "203.0.113.7" rt=0.002 uct="0.000"', {"more": '"203.0.113.7" rt=0.002 uct="0.000"'}),
        (f"{COMMON} rt=0.002", {"referer": None, "more": "rt=0.002"}),
        (COMBINED.replace("192.0.2.1", "2001:db8::1"), {"client": "2001:db8::1"}),
        (COMBINED.replace("192.0.2.1", "host.example"), {"client": "host.example"}),
        (COMBINED.replace(" ann ", " ann lee "), {"user": "ann lee"}),
        (
            COMMON.replace("GET /v1/x?a=1 HTTP/1.1", "\\x16\\x03"),
            {"method": None, "path": "\\x16\\x03", "protocol": None},
        ),
        (COMMON.replace("/v1/x?a=1", "/a b c"), {"method": "GET", "path": "/a b c", "protocol": "HTTP/1.1"}),
        (COMMON.replace(" 200 512", " 499 -"), {"status": "499", "bytes": "-"}),
    ],
)
def test_the_parts_of_a_line(tmp_path: Path, line: str, parts: dict[str, str | None]) -> None:
    path = logged(tmp_path, line)
    (one,) = preview(path)
    assert tuple(column.name for column in one.mapping.columns) == COLUMNS
    ((row,), refused) = rows_of(path, one)
    assert {name: row[name] for name in parts} == parts
    assert not refused


@pytest.mark.parametrize("server", ["www.example", "www.example:443", "192.0.2.80:80"])
@pytest.mark.parametrize("client", ["192.0.2.1", "2001:db8::1", "::1"])
def test_the_name_of_the_server_in_front(tmp_path: Path, server: str, client: str) -> None:
    path = logged(tmp_path, f"{server} {COMBINED.replace('192.0.2.1', client)}", COMBINED)
    (one,) = preview(path)
    assert one.format == "log"
    assert [column.name for column in one.mapping.columns] == [*COLUMNS, "vhost"]
    assert one.mapping.named(ColumnRole.ACTOR) == "client"
    rows, _ = rows_of(path, one)
    assert [(row["vhost"], row["client"], row["ident"], row["user"]) for row in rows] == [
        (server, client, "-", "ann"),
        (None, "192.0.2.1", "-", "ann"),
    ]


def test_a_server_named_only_later_adds_the_column(tmp_path: Path, case: Case) -> None:
    path = logged(tmp_path, *[COMBINED] * 300, f"www.example {COMBINED}", COMBINED)
    assert len(preview(path)[0].mapping.columns) == len(COLUMNS)
    (source,) = bring_in(case, path)
    assert (source.read, source.kept) == (302, 302)
    with Events.open(case.path, case.snapshot().sources) as events:
        found = [fields.get("vhost") for _, _, fields in events.export_rows(source.table)]
    assert [value for value in found if value] == ["www.example"]


def test_lines_of_another_form_are_set_aside(tmp_path: Path) -> None:
    path = logged(tmp_path, COMBINED, "", "192.0.2.1 - - [01/Mar/2026", "restarted", COMMON, *[COMMON] * 4_000, "a\0b")
    rows, refused = rows_of(path, preview(path)[0])
    assert len(rows) == 4_002
    assert refused == [(3, "log-line"), (4, "log-line"), (4_006, "nul")]


def test_a_log_with_a_torn_line_is_still_a_log(tmp_path: Path) -> None:
    path = logged(tmp_path, *[COMMON] * 40, COMMON[:40] + "\0" * 20 + COMMON, COMMON)
    (one,) = preview(path)
    rows, refused = rows_of(path, one)
    assert (one.format, len(rows), refused) == ("log", 41, [(41, "nul")])
    with pytest.raises(BadSource, match="is not a text file"):
        preview(logged(tmp_path, "\0" + COMMON, *[COMMON] * 40))


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-32-be", "cp932"])
def test_other_encodings(tmp_path: Path, encoding: str) -> None:
    line = COMBINED.replace("agent/1.0", "ソフト")
    path = logged(tmp_path, *[line] * 3, encoding=encoding)
    (one,) = preview(path, mapping={"encoding": encoding})
    rows, refused = rows_of(path, one)
    assert ([row["agent"] for row in rows], refused) == (['ソフト (x; \\"quoted\\")'] * 3, [])
    size = len((line + "\n").encode(encoding))
    offsets = [offset for batch in WebLog().batches(path, "", one.mapping) for offset in batch.offsets.tolist()]
    assert offsets == [0, size, 2 * size]
