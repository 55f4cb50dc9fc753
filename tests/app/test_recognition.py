"""What columns are for: known tables by their names, others by names and values; each file by one importer only."""

from __future__ import annotations

from pathlib import Path

import pytest

from casebound.case import ColumnRole
from casebound.importers import IMPORTERS, importer_for, importer_of
from casebound.importers.kinds import kind_of
from casebound.known_tables import KNOWN_TABLES, KnownTable
from casebound.previewing import preview
from casebound.recognition import propose


def roles(columns: str, row: str, table: str = "t", times: int = 3) -> dict[str, str]:
    found = propose(table, columns.split(","), [row.split(",")] * times)
    return {
        column.role.value: column.name for column in found.columns if column.role not in ("text", "number", "entity")
    }


@pytest.mark.parametrize("known", KNOWN_TABLES, ids=lambda known: known.name)
def test_every_known_table_is_recognised(known: KnownTable) -> None:
    row = ["2026-03-01T10:00:00Z" if name.endswith(("_at", "ts")) else f"{name} 1" for name in known.columns]
    found = propose("export", known.columns, [row])
    assert found.recognised_as == f"{known.name} export"
    told = {column.name: column.role for column in found.columns}
    assert all(told[name] is role for name, role in known.roles.items())
    assert sum(role is ColumnRole.TIME for role in told.values()) == (0 if known.name == "policy clauses" else 1)
    assert found.evidence


def test_a_known_table_without_its_usual_time_is_not_forced() -> None:
    found = propose("requests", ["request_id", "prompt"], [["r", "x"]])
    assert found.recognised_as == ""


@pytest.mark.parametrize(
    ("columns", "row", "expected"),
    [
        ("TIMESTAMP,ContextTokens,GeneratedTokens", "2023-11-16 18:17:03.9799600,4808,10", {"time": "TIMESTAMP"}),
        ("when it was,who", "2026-03-01 10:00:00,x", {"time": "when it was"}),
        ("number,ip", "1772359200,192.0.2.1", {"actor": "ip"}),
        (
            "ts,user,action,path",
            "1772359200,u,read,/x",
            {"time": "ts", "actor": "user", "action": "action", "object": "path"},
        ),
        ("created_at,ts,user", "2026-01-01,2026-02-01,u", {"time": "ts", "actor": "user"}),
        ("name,note", "x,2026 was a year", {}),
        ("size,date", "20260301,", {}),
    ],
)
def test_other_tables_by_names_and_values(columns: str, row: str, expected: dict[str, str]) -> None:
    assert roles(columns, row) == expected


def test_a_key_must_differ_in_every_row() -> None:
    assert "id" not in roles("id,ts", "7,2026-03-01")
    found = propose("t", ["id", "ts"], [["1", "2026-03-01"], ["2", "2026-03-01"]])
    assert found.columns[0].role is ColumnRole.ID


def test_days_of_a_workbook_in_a_text_are_proposed_as_such() -> None:
    found = propose("t", ["date", "x"], [["46082.5", "a"], ["46083", "b"]])
    # A bare number of five digits is no other time; the format is shown and can be changed.
    assert found.columns[0].role is ColumnRole.TIME
    assert found.columns[0].time_format == "excel"


SAMPLES = [
    ("a.csv", b"id,time\n1,2026-03-01\n", "delimited"),
    ("a.tsv", b"id\ttime\n1\t2026-03-01\n", "delimited"),
    ("a.txt", b"id|time\n1|2026-03-01\n", "delimited"),
    ("brackets.csv", b"[a],{b}\n1,2\n", "delimited"),
    ("a.jsonl", b'{"a": 1}\n', "json-lines"),
    ("a.json", b'{"a": 1}\n{"a": 2}\n', "json-lines"),
    ("a.json", b'{"a": 1}', "json"),
    ("a.json", b'[{"a": 1},\n{"a": 2}]', "json"),
    ("records", b'{"Records": [\n{"a": 1}]}', "json"),
    ("lines", b'{"a": 1}\n{"a": 2}\n', "json-lines"),
    ("access.log", b'192.0.2.1 - - [17/May/2015:10:05:03 +0000] "GET / HTTP/1.1" 200 5\n', "web-log"),
    ("utf16", b"\xff\xfe" + "a;b\n1;2\n".encode("utf-16-le"), "delimited"),
]


@pytest.mark.parametrize(("name", "content", "kind"), SAMPLES)
def test_each_file_has_one_importer(tmp_path: Path, name: str, content: bytes, kind: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    assert kind_of(path, name) == kind
    assert importer_for(path, name).kind == kind
    (seen,) = preview(path)
    assert seen.evidence
    assert importer_of(seen.format).kind == kind


def test_importers_are_told_apart() -> None:
    for attribute in ("kind", "format", "version"):
        told = [getattr(importer, attribute) for importer in IMPORTERS]
        assert len(set(told)) == len(told)


@pytest.mark.parametrize(
    ("content", "encoding", "delimiter", "words"),
    [
        (b"\xef\xbb\xbfa,b\n1,2\n", "utf-8", ",", "mark of UTF-8"),
        ("a;b\nRené;2\n".encode(), "utf-8", ";", "well-formed UTF-8"),
        ("a;b\nRené;2\n".encode("cp1252"), "cp1252", ";", "Windows-1252"),
        (b"a\tb\n\x81\t2\n", "latin-1", "\t", "Latin-1"),
        ("a|b\nx|2\n".encode("utf-16-be"), "utf-16-be", "|", "no mark"),
    ],
)
def test_encoding_and_delimiter_are_judged_and_the_reason_given(
    tmp_path: Path, content: bytes, encoding: str, delimiter: str, words: str
) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(content)
    (seen,) = preview(path)
    assert (seen.mapping.encoding, seen.mapping.delimiter) == (encoding, delimiter)
    assert any(words in sentence for sentence in seen.evidence)
    assert [column.name for column in seen.mapping.columns] == ["a", "b"]


def test_titles_above_the_names_and_files_without_names(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("Report of March\n\nid,time\n1,2026-03-01\n2,2026-03-02\n3,2026-03-03\n")
    (seen,) = preview(path)
    assert seen.mapping.header_line == 3
    path.write_text("1,2026-03-01,x\n2,2026-03-02,y\n")
    (seen,) = preview(path)
    assert seen.mapping.header_line == 0
    assert [column.name for column in seen.mapping.columns] == ["column 1", "column 2", "column 3"]
    assert seen.mapping.named(ColumnRole.TIME) == "column 2"


def test_a_mail_is_no_table(tmp_path: Path) -> None:
    mail = tmp_path / "offer.eml"
    mail.write_bytes(
        b"From: a@b.example\r\nTo: c@d.example\r\nSubject: Offer,\r\n folded\r\n\r\nprice,count\r\n1,2\r\n"
    )
    assert kind_of(mail, mail.name) == "mail"


def test_lines_with_colons_are_still_rows(tmp_path: Path) -> None:
    rows = tmp_path / "pairs.txt"
    rows.write_bytes(b"key: value\r\n" * 5000)
    assert kind_of(rows, rows.name) == "delimited"
