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


TIMELY = ("_at", "ts", "_seen", "_from", "eventtime", "datetime", "time_iso8601")
TIMELESS = {"policy clauses", "prompts", "outputs", "cluster members"}


@pytest.mark.parametrize("known", KNOWN_TABLES, ids=lambda known: known.name)
def test_every_known_table_is_recognised(known: KnownTable) -> None:
    row = ["2026-03-01T10:00:00Z" if name.endswith(TIMELY) else f"{name} 1" for name in known.columns]
    found = propose(known.name.replace(" ", "_"), known.columns, [row])
    assert found.recognised_as == known.title
    told = {column.name: column.role for column in found.columns}
    assert all(told[name] is role for name, role in known.roles.items() if name in told)
    assert sum(role is ColumnRole.TIME for role in told.values()) == (0 if known.name in TIMELESS else 1)
    assert known.timeless == (known.name in TIMELESS)
    assert found.evidence


@pytest.mark.parametrize("known", KNOWN_TABLES, ids=lambda known: known.name)
def test_a_known_table_is_sound(known: KnownTable) -> None:
    assert set(known.needed) <= set(known.columns)
    assert all(name == name.lower() for name in known.columns)
    assert len(set(known.columns)) == len(known.columns)
    firsts = [options[0] for options in known.wanted.values()]
    assert len(set(firsts)) == len(firsts)
    assert set(firsts) <= set(known.columns)


def test_every_table_of_the_domain_is_known() -> None:
    names = {known.name for known in KNOWN_TABLES}
    wanted = (
        "case manifest,organizations,accounts,memberships,api keys,sessions,requests,prompts,outputs,ip observations,"
        "devices,payments,entity links,clusters,cluster members,detections,reviews,enforcement actions,appeals,"
        "policy clauses,osint captures,intel reports,partner reports,model releases,communications,legal holds,"
        "audit log,timesketch,cloudtrail,web log"
    )
    assert names >= set(wanted.split(","))


@pytest.mark.parametrize(
    ("columns", "row", "recognised", "expected"),
    [
        (
            "requestId,Account ID,TS,endpoint,model-id",
            "r1,acct-1,2026-03-01T00:00:00Z,/v1/messages,m-1",
            "requests export",
            {"time": "TS", "actor": "Account ID", "action": "endpoint", "object": "model-id", "id": "requestId"},
        ),
        (
            "eventTime,eventName,eventSource,awsRegion,sourceIPAddress,userIdentity.arn,userIdentity.userName,eventID",
            "2026-03-01T00:00:00Z,GetObject,s3.example,eu-1,192.0.2.1,,ann,e1",
            "CloudTrail log",
            {"time": "eventTime", "actor": "userIdentity.userName", "action": "eventName", "object": "eventSource",
             "id": "eventID"},
        ),
        (
            "message,timestamp,datetime,timestamp_desc,own_1,own_2,own_3,own_4",
            "Logged in,1772323200000000,2026-03-01T00:00:00+00:00,Login,1,2,3,4",
            "Timesketch timeline",
            {"time": "datetime", "action": "timestamp_desc", "object": "message"},
        ),
        (
            "account_id,organization_id,role,valid_from,valid_to",
            "a,o,admin,2026-03-01,",
            "memberships export",
            {"time": "valid_from", "actor": "account_id", "action": "role", "object": "organization_id"},
        ),
        ("cluster_id,member_id", "c,m", "cluster members export", {"actor": "member_id", "object": "cluster_id"}),
        (
            "id,created_at,type,actor.type,actor.email_address,actor.ip_address,organization_id",
            "activity_1,2026-03-01T00:00:00Z,chat_created,user,a@example.org,192.0.2.1,org_1",
            "activity log of a compliance interface",
            {"id": "id", "time": "created_at", "actor": "actor.email_address", "action": "type",
             "object": "organization_id"},
        ),
    ],
)  # fmt: skip
def test_known_tables_by_other_spellings_and_parts(
    columns: str, row: str, recognised: str, expected: dict[str, str]
) -> None:
    assert propose("t", columns.split(","), [row.split(",")]).recognised_as == recognised
    assert roles(columns, row, times=1) == expected


def test_a_second_time_that_contradicts_is_told() -> None:
    names = ["message", "timestamp", "datetime", "timestamp_desc"]
    good = ["a", "1772323200000000", "2026-03-01T00:00:00+00:00", "x"]
    bad = ["b", "123456789", "2026-03-01T00:00:00+00:00", "x"]
    assert not any("another time" in words for words in propose("t", names, [good, good]).evidence)
    (words,) = [words for words in propose("t", names, [good, bad, bad]).evidence if "another time" in words]
    assert "2 of 3 first rows" in words and "123456789 is 1970-01-01T00:02:03.456789Z" in words


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


def test_a_mail_is_a_table_of_one_row(tmp_path: Path) -> None:
    mail = tmp_path / "offer.txt"
    mail.write_bytes(
        b"From: a@b.example\r\nTo: c@d.example\r\nSubject: Offer,\r\n folded\r\n\r\nprice,count\r\n1,2\r\n"
    )
    assert kind_of(mail, mail.name) == "mail"
    (seen,) = preview(mail)
    assert (seen.format, len(seen.rows)) == ("mail", 1)
    row = dict(zip((column.name for column in seen.mapping.columns), seen.rows[0], strict=True))
    assert row["subject"] == "Offer, folded"


def test_lines_with_colons_are_still_rows(tmp_path: Path) -> None:
    rows = tmp_path / "pairs.txt"
    rows.write_bytes(b"key: value\r\n" * 5000)
    assert kind_of(rows, rows.name) == "delimited"
