"""Mappings as files: complete, the same bytes every time, refused by name where they do not fit."""

from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path

import pytest

from casebound.case import Column, ColumnRole, TableMapping
from casebound.errors import BadRequest
from casebound.mappingfiles import mapping_file, mapping_said, read_mapping_file
from casebound.previewing import preview

MAPPING = TableMapping(
    "requests",
    (
        Column("ts", ColumnRole.TIME, "dmy"),
        Column("wer", ColumnRole.ACTOR),
        Column("größe", ColumnRole.NUMBER),
        Column("note", ColumnRole.TEXT),
    ),
    zone="Europe/Berlin",
    zone_origin="chosen by Rosa Behrens",
    encoding="cp1252",
    delimiter=";",
    header_line=3,
    recognised_as="requests export",
    header_rows=2,
    time_base="2026-03-01T10:00:00Z",
    time_base_origin="manifest.json",
)


def test_a_file_says_everything_about_a_mapping_and_who_wrote_it() -> None:
    content = mapping_file(MAPPING, "What the warehouse sends")
    said = json.loads(content)
    for field in fields(MAPPING):
        if field.name != "columns":
            assert said[field.name] == getattr(MAPPING, field.name)
    assert [tuple(one.values()) for one in said["columns"]] == [
        (column.name, column.role.value, column.time_format) for column in MAPPING.columns
    ]
    assert (said["format"], said["version"], said["description"]) == (
        "casebound mapping",
        1,
        "What the warehouse sends",
    )
    assert said["tool"].startswith("casebound ")
    assert content == mapping_file(MAPPING, "What the warehouse sends")
    assert list(said) == sorted(said)
    assert "größe".encode() in content and content.endswith(b"}\n") and b'\n  "delimiter": ";",\n' in content


def test_a_saved_mapping_reads_the_next_file_alike(tmp_path: Path) -> None:
    first, second = tmp_path / "a.csv", tmp_path / "b.csv"
    rows = "made on Monday;;\nwhen;who;ip\n03/04/2026 10:00;acct-1;192.0.2.1\n05/04/2026 11:00;acct-2;192.0.2.2\n"
    for path in (first, second):
        path.write_text(rows)
    chosen: dict[str, object] = {
        "columns": {"when": {"role": "time", "time_format": "dmy"}, "ip": "actor", "who": "object"},
        "header_line": 2,
        "encoding": "cp1252",
    }
    (one,) = preview(first, zone="Asia/Tokyo", table="logins", mapping=chosen)
    saved = tmp_path / "logins.json"
    saved.write_bytes(mapping_file(one.mapping))
    (again,) = preview(second, mapping=read_mapping_file(saved))
    assert again.mapping == one.mapping
    assert again.time_samples == one.time_samples


def test_a_file_by_hand_says_only_what_it_changes() -> None:
    assert mapping_said(b'{"columns": {"a": "actor"}}', "m.json") == {"columns": {"a": "actor"}}
    assert mapping_said(b'\xef\xbb\xbf{"zone": "UTC", "description": "x"}', "m.json") == {"zone": "UTC"}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is no mapping"),
        (b"\xff\xfe", "not UTF-8"),
        (b"[]", "no JSON object"),
        (b"[" * 100_000, "is no mapping"),
        (b'{"format": "something else"}', "format “something else”"),
        (b'{"version": 2, "tool": "casebound 9.1"}', "written by casebound 9.1"),
        (b'{"version": "1"}', "no version"),
        (b'{"version": true}', "no version"),
        (b'{"zone": 1}', "“zone”"),
        (b'{"zone": "UTC", "zone": "Asia/Tokyo"}', "“zone” twice"),
        (b'{"colums": {}}', "“colums”"),
        (b'{"header_line": -1}', "header_line"),
        (b'{"header_rows": 0}', "header_rows"),
    ],
)
def test_what_is_no_mapping_is_refused_by_name(content: bytes, words: str) -> None:
    with pytest.raises(BadRequest) as refused:
        mapping_said(content, "m.json")
    assert words in str(refused.value)
    assert refused.value.hint


def test_a_missing_or_huge_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadRequest, match="cannot be read"):
        read_mapping_file(tmp_path / "none.json")
    huge = tmp_path / "huge.json"
    huge.write_bytes(b" " * 5_000_000)
    with pytest.raises(BadRequest, match="larger than"):
        read_mapping_file(huge)


@pytest.mark.parametrize("role", list(ColumnRole))
def test_any_column_can_be_anything(tmp_path: Path, role: ColumnRole) -> None:
    path = tmp_path / "t.csv"
    path.write_text("request_id,ts,account_id,endpoint,x\nr1,2026-03-01T00:00:00Z,a,/v1,2026-03-02\n")
    for name in ("request_id", "ts", "account_id", "endpoint", "x"):
        (one,) = preview(path, mapping={"columns": {name: role.value}})
        assert {column.name: column.role for column in one.mapping.columns}[name] is role
