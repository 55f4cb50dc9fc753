"""Bringing files in: counts that balance, exact places, reasons people understand, and all or nothing."""

from __future__ import annotations

import csv
import hashlib
import json
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from casebound.case import Actor, ColumnRole, Source
from casebound.document import Case
from casebound.errors import BadRequest, BadSource, NothingToDo
from casebound.events import Events
from casebound.importing import bring_in, preview, read_table
from casebound.moments import utc_text
from casebound.work import Cancelled

SHARED = Path(__file__).parents[3] / "shared" / "data"
needs_shared = pytest.mark.skipif(not SHARED.exists(), reason="the shared data sets are not here")


def balances(source: Source) -> bool:
    return source.read == source.kept + source.quarantined + source.duplicates


def opened(case: Case) -> Events:
    return Events.open(case.path, case.snapshot().sources)


def logical(case: Case) -> tuple[object, ...]:
    """What a case is, without its ledger."""
    rows = sorted(path.relative_to(case.path).as_posix() for path in (case.path / "rows").rglob("*"))
    evidence = sorted(
        path.relative_to(case.path).as_posix() for path in (case.path / "evidence").rglob("*") if path.is_file()
    )
    return case.snapshot().sources, rows, evidence


# Real exports


@needs_shared
def test_the_azure_trace(case: Case) -> None:
    path = SHARED / "azure-llm-inference-trace" / "AzureLLMInferenceTrace_code.csv"
    (source,) = bring_in(case, path)
    assert (source.read, source.kept, source.timed) == (8819, 8819, 8819)
    with opened(case) as events:
        first, last = events.page(0, 1)[0], events.page(8818, 8819)[0]
        assert first.time_raw.endswith("18:17:03.9799600")
        assert last.time_raw.endswith("19:14:19.9280160")
        assert utc_text(first.time_us) == "2023-11-16T18:17:03.979960Z"
        assert first.zone_origin == "assumed"
        rows = [fields for _, _, fields in events.export_rows(source.table)]
        assert sum(int(row["ContextTokens"] or 0) for row in rows) == 18_059_974
        assert sum(int(row["GeneratedTokens"] or 0) for row in rows) == 245_896
    assert any("no zone" in warning for warning in source.warnings)


@needs_shared
def test_the_web_log(case: Case) -> None:
    (source,) = bring_in(case, SHARED / "weblogs-elastic" / "apache_logs" / "apache_logs")
    assert (source.read, source.kept, source.quarantined) == (10_000, 10_000, 0)
    with opened(case) as events:
        assert events.measure(source.table, distinct="client")[0] == 1_753
        lines = (SHARED / "weblogs-elastic" / "apache_logs" / "apache_logs").read_bytes().split(b"\n")
        for event in events.page(4_000, 4_010):
            assert events.raw(event.id).text == lines[event.line - 1].decode()


@needs_shared
def test_cloud_trail_lines_become_flat_rows(case: Case, tmp_path: Path) -> None:
    archive = SHARED / "otrf-security-datasets-aws" / "aws" / "collection" / "ec2_proxy_s3_exfiltration.zip"
    with zipfile.ZipFile(archive) as opened_archive:
        name = opened_archive.namelist()[0]
        path = tmp_path / Path(name).name
        path.write_bytes(opened_archive.read(name))
    (source,) = bring_in(case, path)
    expected = [json.loads(line) for line in path.read_text().splitlines() if line.strip()]
    assert source.read == source.kept == len(expected) == 103
    with opened(case) as events:
        found = sorted(events.page(0, events.count), key=lambda event: event.id.ordinal)
        for event, record in zip(found, expected, strict=True):
            assert event.action == record["eventName"]
            assert event.time_raw == record["@timestamp"]
            assert event.fields["userIdentity.sessionContext.attributes.mfaAuthenticated"] == (
                record["userIdentity"].get("sessionContext", {}).get("attributes", {}).get("mfaAuthenticated")
            )
            assert events.raw(event.id).text == json.dumps(record, separators=(",", ":"), ensure_ascii=False)


@needs_shared
@pytest.mark.parametrize(
    ("name", "read", "timed"),
    [
        ("timesketch-events/end_to_end_tests/test_data/evtx_part.csv", 13, True),
        ("timesketch-events/end_to_end_tests/test_data/sigma_events.jsonl", 4, True),
        ("mooncake-llm-traces/traces/synthetic_trace.jsonl", 3993, False),
        ("weblogs-elastic/nginx_json_plus_logs/nginxplus_json_logs", 500, True),
        ("csvkit-examples/test_utf16_big.csv", 2, False),
        ("csvkit-examples/mac_newlines.csv", 2, False),
        ("csvkit-examples/test_latin1.csv", 2, False),
        ("csvkit-examples/testjson_nested.json", 2, True),
    ],
)
def test_other_real_files(case: Case, name: str, read: int, timed: bool) -> None:
    (source,) = bring_in(case, SHARED / name)
    assert source.read == read
    assert balances(source)
    assert bool(source.timed) is timed


# Dirt


def test_a_dirty_table(case: Case, tmp_path: Path) -> None:
    """Every kind of bad row is set aside with its place, its reason and its bytes; the rest is kept."""
    lines = [
        b"request_id,ts,account_id,endpoint,note",  # 1
        b"r1,2026-03-01T10:00:00Z,a1,/v1/x,plain",
        b"r2,2026-03-01T10:00:01+0200,a1,/v1/x",  # 3: ragged
        b"r3,,a1,/v1/x,no time",  # 4
        b"r4,2026-02-30T10:00:00Z,a1,/v1/x,impossible",  # 5
        b"r5,2026-03-01T10:00:02Z,a1,/v1/x,\xff\xfe not text",  # 6: encoding
        b"r6,2026-03-01T10:00:03Z,a1,/v1/x,nul\0here",  # 7
        b'r7,2026-03-01T10:00:04Z,a1,/v1/x,"open',  # 8: quotes
        b"r8,1772359200123,a2,/v1/x,=cmd|' /C calc'!A0",  # 9: kept, inert
        b"r1,2026-03-01T10:00:00Z,a1,/v1/x,plain",  # 10: duplicate
        b"r8,1772359200123,a2,/v1/x,other",  # 11: duplicate-key
        b"",  # 12: blank
        b"r9,2026-03-01 10:00:05,a2,/v1/x," + "\u202eevil".encode(),  # 13: kept, no zone
        b"r10,1601-01-01T00:00:00Z,a2,/v1/x,year 1601",  # 14: kept, with a note
        b"r11,2026-03-01T10:00:06Z,a2,/v1/x,last",  # 15
    ]
    path = tmp_path / "requests.csv"
    data = b"\r\n".join(lines)
    path.write_bytes(data)
    (source,) = bring_in(case, path, mapping={"encoding": "utf-8"})
    assert (source.read, source.kept, source.quarantined, source.duplicates) == (13, 5, 7, 1)
    with opened(case) as events:
        aside = events.set_aside()
        assert [(row.line, row.code) for row in aside] == [
            (3, "columns"),
            (4, "time"),
            (5, "time"),
            (6, "encoding"),
            (7, "nul"),
            (8, "quotes"),
            (11, "duplicate-key"),
        ]
        for row in aside:
            found = data[row.offset :].split(b"\r\n")[0]
            assert row.raw == found.decode("utf-8", "backslashreplace")
            assert row.reason.endswith(".")
        assert "4 values where 5" in aside[0].reason
        assert "line 9" in aside[6].reason
        assert [event.id.ordinal for event in events.page(0, 9)] == [11, 0, 7, 10, 12]
        assert "1601" in events.page(0, 1)[0].time_note
        assert [(one.line, one.first_line) for one in events.repetitions()] == [(10, 2)]
        assert events.get(events.find("requests/7")).fields["note"] == "=cmd|' /C calc'!A0"
    assert any("blank" in warning for warning in source.warnings)


def test_bad_json_lines_are_set_aside(case: Case, tmp_path: Path) -> None:
    lines = [
        b'{"id": "1", "time": "2026-03-01T10:00:00Z", "n": 1.50, "deep": {"a.b": {"c": [1, {"x": null}]}}}',
        b'{"id": "2", "time": "2026-03-01T10:00:01Z"',
        b"not json",
        b'{"id": "3", "time": "2026-03-01T10:00:02Z", "new": true, "time": "again"}',
        b'{"id": "4", "time": "2026-03-01T10:00:03Z", "t": "\\ud800"}',
        b'{"id": "5", "time": NaN}',
        b'{"id": "6", "time": "2026-03-01T10:00:04Z", "t": "\xff"}',
        b"[" * 100_000,
    ]
    path = tmp_path / "events.jsonl"
    path.write_bytes(b"\n".join(lines) + b"\n")
    (source,) = bring_in(case, path, mapping={"encoding": "utf-8"})
    assert (source.read, source.kept, source.quarantined) == (8, 3, 5)
    with opened(case) as events:
        first, second, third = events.page(0, 3)
        assert first.fields['deep."a.b".c'] == '[1,{"x":null}]'
        assert first.fields["n"] == "1.50"
        assert second.fields["new"] == "true"
        assert second.fields["time (2)"] == "again"
        assert third.fields["t"] == '"\\ud800"'
        assert [row.code for row in events.set_aside()] == ["json", "json", "json", "encoding", "depth"]


def test_a_document_that_breaks_off_keeps_what_came_before(case: Case, tmp_path: Path) -> None:
    path = tmp_path / "detections.json"
    path.write_bytes(b'{"made": "x", "rows": [{"id": "1", "time": "2026-03-01T10:00:00Z"}, {"id": "2", "ti')
    (source,) = bring_in(case, path)
    assert (source.member, source.read, source.kept, source.quarantined) == ("rows", 2, 1, 1)
    with opened(case) as events:
        (row,) = events.set_aside()
        assert (row.line, row.offset, row.raw) == (2, 68, '{"id": "2", "ti')
        assert events.raw(events.page(0, 1)[0].id).text == '{"id": "1", "time": "2026-03-01T10:00:00Z"}'


def test_several_tables_in_one_document(case: Case, tmp_path: Path) -> None:
    path = tmp_path / "all.json"
    path.write_text(
        '{"logins": [{"id": 1, "time": "2026-03-01"}], "note": "x",'
        '"payments": [{"id": 7, "time": "2026-03-02"}, {"id": 8}]}'
    )
    sources = bring_in(case, path)
    assert [(one.member, one.table, one.read, one.quarantined) for one in sources] == [
        ("logins", "logins", 1, 0),
        ("payments", "payments", 2, 1),
        ("", "all", 1, 0),
    ]
    with pytest.raises(BadRequest):
        preview(path, table="one")


@pytest.mark.parametrize("year", [1900, 1904])
def test_workbooks_in_both_date_systems(case: Case, tmp_path: Path, year: int) -> None:
    import openpyxl
    from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900

    book = openpyxl.Workbook()
    book.epoch = CALENDAR_MAC_1904 if year == 1904 else CALENDAR_WINDOWS_1900
    sheet = book.active
    assert sheet is not None
    sheet.title = "payments"
    sheet.append(["payment_id", "ts", "amount", "account_id"])
    sheet.append(["0017", datetime(2026, 3, 1, 12, 30), 12.5, "123456789012345678"])  # noqa: DTZ001
    sheet.append(["0018", "31.02.2026 10:00", 7, "x"])
    sheet.append([None, None, None, None])
    sheet.append(["0019", datetime(2026, 3, 2), "=1+1", "y"])  # noqa: DTZ001
    path = tmp_path / "payments.xlsx"
    book.save(path)
    (source,) = bring_in(case, path, zone="+01:00")
    assert (source.read, source.kept, source.quarantined, source.format) == (3, 2, 1, "xlsx")
    with opened(case) as events:
        first, second = events.page(0, 2)
        assert utc_text(first.time_us) == "2026-03-01T11:30:00.000000Z"
        assert first.zone_origin == "chosen by Rosa Behrens"
        assert first.fields["payment_id"] == "0017"
        assert first.fields["account_id"] == "123456789012345678"
        assert first.line == 2
        assert second.line == 5
        assert events.set_aside()[0].line == 3


# Time zones and day against month


def test_day_and_month_ask_for_a_choice(case: Case, tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text("time,user,action\n03/04/2026 10:00,u,a\n05/05/2026 10:00,u,b\n25/04/2026 10:00,u,c\n")
    (seen,) = preview(path)
    assert any("day first or month first" in sentence for sentence in seen.evidence)
    before = logical(case)
    with pytest.raises(BadRequest) as caught:
        bring_in(case, path)
    assert "1 time " in caught.value.title
    assert "1 only day first" in caught.value.title
    assert logical(case) == before
    (source,) = bring_in(case, path, mapping={"columns": {"time": {"role": "time", "time_format": "dmy"}}})
    assert source.kept == 3
    with opened(case) as events:
        assert utc_text(events.page(0, 1)[0].time_us).startswith("2026-04-03")


def test_an_hour_that_clocks_skipped_is_flagged(case: Case, tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text(
        "time,user\n2026-03-29 02:30:00,u\n2026-10-25 02:30:00,u\n2026-07-01 12:00:00,u\n2026-07-01T12:00:00Z,u\n"
    )
    (source,) = bring_in(case, path, zone="Europe/Berlin")
    with opened(case) as events:
        found = {event.time_raw: event for event in events.page(0, 9)}
    assert found["2026-03-29 02:30:00"].time_note.startswith("skipped hour")
    assert found["2026-10-25 02:30:00"].time_note.startswith("repeated hour")
    assert found["2026-07-01 12:00:00"].zone == "Europe/Berlin"
    assert (found["2026-07-01T12:00:00Z"].zone, found["2026-07-01T12:00:00Z"].zone_origin) == ("UTC", "in the value")
    assert sum("hour" in warning for warning in source.warnings) == 2


# How the export was made


def test_the_manifest_beside_a_file_is_used_and_compared(case: Case, tmp_path: Path) -> None:
    path = tmp_path / "requests.csv"
    path.write_text("request_id,ts,account_id\nr1,2026-03-01 10:00:00,a\n")
    manifest = {
        "exported_by": "desk",
        "window_tz": "Europe/Berlin",
        "row_counts": {"requests.csv": 5, "other.csv": 1},
        "file_sha256": {"requests.csv": "ab" * 32},
    }
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    (tmp_path / "strange.csv").write_text("id,time\n1,2026-03-01 10:00:00\n")
    (source,) = bring_in(case, path)
    assert source.expected == 5
    assert source.expected_from == "manifest.json"
    assert source.mapping.zone_origin == "manifest.json"
    assert source.origin is not None
    assert source.origin["exported_by"] == "desk"
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    assert any(digest in warning and "ab" * 32 in warning for warning in source.warnings)
    assert any("5 rows were stated" in warning for warning in source.warnings)
    (other,) = bring_in(case, tmp_path / "strange.csv")
    assert other.origin is None
    assert other.mapping.zone_origin == "assumed"
    with pytest.raises(NothingToDo):
        bring_in(case, tmp_path / "manifest.json")


def test_an_origin_that_is_given_wins(case: Case, export: Path) -> None:
    (source,) = bring_in(case, export, origin={"system": "warehouse", "row_count": 10, "time_zone": "Asia/Tokyo"})
    assert source.expected == 10
    said = {key: value for key, value in (source.origin or {}).items() if not key.startswith("_")}
    assert said == {"system": "warehouse", "row_count": 10, "time_zone": "Asia/Tokyo"}
    assert not any("stated" in warning for warning in source.warnings)


# All or nothing


def test_the_same_file_again_is_nothing_to_do(case: Case, export: Path) -> None:
    bring_in(case, export)
    before = logical(case)
    with pytest.raises(NothingToDo) as caught:
        bring_in(case, export)
    assert "S-01" in caught.value.title
    assert logical(case) == before
    (again,) = bring_in(case, export, table="other")
    assert again.table == "other"


def test_stop_at_any_moment_leaves_nothing(case: Case, tmp_path: Path) -> None:
    path = tmp_path / "requests.csv"
    with path.open("w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["request_id", "ts", "account_id", "text"])
        for number in range(60_000):
            writer.writerow(
                [f"r{number}", 1_772_359_200_000 + number * 7919 % 10_000_000, f"a{number % 50}", "x" * 100]
            )
    stages: list[str] = []
    (whole,) = bring_in(case, path, table="whole", progress=lambda done, total, note="": stages.append(note))
    assert whole.kept == 60_000
    assert {"Reading requests.csv", "Sorting by time", "Writing"} <= set(stages)
    before = logical(case)
    size = path.stat().st_size
    moments = [(stage, 0.0) for stage in dict.fromkeys(stages)]
    for stage, share in [*moments, *(("Reading requests.csv", share) for share in (0.1, 0.5, 0.99))]:

        def progress(done: int, total: int, note: str = "", *, stage: str = stage, share: float = share) -> None:
            if note == stage and done >= share * size:
                raise Cancelled

        with pytest.raises(Cancelled):
            bring_in(case, path, table="stopped", progress=progress)
        assert logical(case) == before


def test_a_rebuild_from_the_recipe_gives_the_same_digest(case: Case, tmp_path: Path) -> None:
    path = tmp_path / "requests.csv"
    path.write_text("request_id,ts,n\nr2,2026-03-01T10:00:01Z,2\nr1,2026-03-01T10:00:00Z,1\nr3,,3\n")
    (source,) = bring_in(case, path)
    folder = tmp_path / "again"
    folder.mkdir()
    draft = read_table(
        case.evidence_path(source.sha256), source.name, source.format, source.member, source.mapping, folder
    )
    assert draft.rows_digest == source.rows_digest
    assert (draft.read, draft.kept, draft.quarantined) == (source.read, source.kept, source.quarantined)


def test_later_imports_never_change_an_identity(case: Case, tmp_path: Path) -> None:
    def export(name: str, start: int) -> Path:
        path = tmp_path / name
        rows = "".join(f"{name}{i},2026-03-01T{(start + i) % 24:02d}:00:00Z,{i}\n" for i in range(20))
        path.write_text("request_id,ts,n\n" + rows)
        return path

    bring_in(case, export("b.csv", 12), table="requests")
    with opened(case) as events:
        before = {event.id: (event.time_us, event.fields) for event in events.page(0, 99)}
    folders = {path: path.stat().st_mtime_ns for path in (case.path / "rows").rglob("*")}
    bring_in(case, export("a.csv", 3), table="requests")
    bring_in(case, export("c.csv", 20), table="more")
    with opened(case) as events:
        assert events.count == 60
        assert all((events.get(one).time_us, events.get(one).fields) == told for one, told in before.items())
        assert all(
            events.page(position, position + 1)[0].id == one
            for one in before
            if (position := events.position(one)) is not None
        )
    assert {path: path.stat().st_mtime_ns for path in folders if path.is_file()} == {
        path: stamp for path, stamp in folders.items() if path.is_file()
    }


def test_a_file_changed_between_looking_and_bringing_is_refused(case: Case, export: Path) -> None:
    seen = preview(export)
    export.write_text("who,at,more\nx,2026-03-01T00:00:00Z,1\n")
    before = logical(case)
    with pytest.raises(BadSource):
        bring_in(case, export, previews=seen)
    assert logical(case) == before


# What cannot be read


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("empty.csv", b"", "is empty"),
        ("blank.csv", b"\n\n  \n", "blank lines"),
        ("x.pdf", b"%PDF-1.7\n", "a PDF"),
        ("x.csv.gz", b"\x1f\x8b\x08\x00", "gzip"),
        ("x.zip", b"PK\x03\x04rest", "ZIP"),
        ("x.xlsx", b"id,time\n", "none"),
        ("x.xlsx", b"PK\x03\x04xl/broken", "workbook"),
        ("x.json", b"{", "not whole JSON"),
        ("x.json", b"\xff\xff\xff", "not whole JSON"),
        ("x.jsonl", b"nothing\nhere\n", "JSON"),
        ("x.db", b"SQLite format 3\0rest", "SQLite"),
    ],
)
def test_what_cannot_be_read_is_named(case: Case, tmp_path: Path, name: str, content: bytes, words: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    before = logical(case)
    with pytest.raises(BadSource) as caught:
        bring_in(case, path)
    assert words in caught.value.title
    assert caught.value.hint
    assert logical(case) == before


def test_folders_and_missing_files_are_named(case: Case, tmp_path: Path) -> None:
    with pytest.raises(BadSource, match="folder"):
        bring_in(case, tmp_path)
    with pytest.raises(BadSource, match="does not exist"):
        bring_in(case, tmp_path / "nothing.csv")


@pytest.mark.parametrize(
    "mapping",
    [
        {"nonsense": 1},
        {"columns": {"no such": "time"}},
        {"columns": {"at": "emperor"}},
        {"columns": {"at": {"role": "time", "time_format": "sundial"}}},
        {"columns": {"at": "time", "who": "time"}},
        {"encoding": "ebcdic-klingon"},
        {"delimiter": "ab"},
        {"header_line": 99},
        {"zone": "Nowhere/Town"},
        {"columns": 7},
    ],
)
def test_a_mapping_that_does_not_fit_is_refused(export: Path, mapping: dict[str, object]) -> None:
    with pytest.raises(BadRequest):
        preview(export, mapping=mapping)


def test_a_mapping_moves_roles(case: Case, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("id,created_at,seen,who\n1,2026-01-01,2026-02-01,x\n")
    (source,) = bring_in(case, path, mapping={"columns": {"seen": "time", "created_at": "text", "who": "actor"}})
    assert source.mapping.named(ColumnRole.TIME) == "seen"
    with opened(case) as events:
        assert events.page(0, 1)[0].time_raw == "2026-02-01"
        assert events.page(0, 1)[0].actor == "x"
    (untimed,) = bring_in(case, path, table="plain", mapping={"columns": {"seen": "text", "created_at": "text"}})
    assert (untimed.kept, untimed.timed, untimed.first_us) == (1, 0, None)


# Anything at all

_BYTES = st.one_of(
    st.binary(max_size=300),
    st.lists(
        st.sampled_from(
            [b"id,time\n", b"1,2026-03-01\n", b'{"a":1}', b"[", b"]", b"{", b"}", b'"', b",", b"\n", b"\0", b"\xff\xfe",
             b"\xef\xbb\xbf", b'"rows":', b"\r", b"\t", b"x", b"null", b"1e999",
             b"1 - - [17/May/2015:10:05:03 +0000] \"GET / HTTP/1.1\" 200 1\n"]
        ),
        max_size=30,
    ).map(b"".join),
)  # fmt: skip


@given(_BYTES, st.sampled_from([".csv", ".tsv", ".jsonl", ".json", ".xlsx", ".log", ""]))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_come_in_or_are_refused(tmp_path_factory: pytest.TempPathFactory, data: bytes, suffix: str) -> None:
    """Either counts balance or a reason is given; nothing else ever happens."""
    folder = tmp_path_factory.mktemp("any")
    path = folder / f"file{suffix}"
    path.write_bytes(data)
    try:
        for index, one in enumerate(preview(path)):
            target = folder / str(index)
            target.mkdir()
            draft = read_table(path, path.name, one.format, one.member, one.mapping, target)
            assert draft.read == draft.kept + draft.quarantined + draft.duplicates
            assert sorted(found.name for found in target.iterdir()) == ["rows.duckdb", "times.npy"]
    except BadSource as error:
        assert error.title
        assert error.hint
    except BadRequest as error:
        assert "day first" in error.title


_CELL = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\0"), max_size=8)


@given(
    st.integers(1, 4).flatmap(
        lambda width: st.tuples(
            st.lists(_CELL, min_size=width, max_size=width),
            st.lists(st.lists(_CELL, min_size=width, max_size=width), min_size=1, max_size=8),
        )
    )
)
@settings(max_examples=40, deadline=None)
def test_any_table_comes_back_from_the_store(
    tmp_path_factory: pytest.TempPathFactory, table: tuple[list[str], list[list[str]]]
) -> None:
    import duckdb

    names, rows = table
    assume(names not in rows)  # such a record is set aside: the names stand again
    folder = tmp_path_factory.mktemp("store [1]*")  # signs that would stand for several files
    path = folder / "t.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, quoting=csv.QUOTE_ALL).writerows([names, *rows])
    target = folder / "generation"
    target.mkdir()
    (one,) = preview(path, mapping={"delimiter": ",", "header_line": 1, "encoding": "utf-8"})
    untimed = {"delimiter": ",", "header_line": 1, "columns": {column.name: "text" for column in one.mapping.columns}}
    (one,) = preview(path, mapping=untimed)
    draft = read_table(path, "t.csv", one.format, "", one.mapping, target)
    assert draft.kept == len(rows)
    with duckdb.connect(str(target / "rows.duckdb"), read_only=True) as store:
        columns = ", ".join('"' + column.name.replace('"', '""') + '"' for column in one.mapping.columns)
        found = store.execute(f"SELECT {columns} FROM rows ORDER BY _position").fetchall()
    assert [[str(value) for value in row] for row in found] == rows


def test_a_hostile_header_is_only_a_name(case: Case, tmp_path: Path) -> None:
    names = ['"; DROP TABLE rows; --', "_ordinal", "ID", "id", "", "select", "tïme'", "time"]
    path = tmp_path / "x.csv"
    with path.open("w", newline="") as stream:
        csv.writer(stream).writerows([names, [*"1234567", "2026-03-01"]])
    (source,) = bring_in(case, path, mapping={"header_line": 1})
    with opened(case) as events:
        (event,) = events.page(0, 1)
        assert list(event.fields.values()) == [*"1234567", "2026-03-01"]
        assert list(event.fields) == [
            '"; DROP TABLE rows; --',
            "_ordinal (2)",
            "ID",
            "id (2)",
            "column 5",
            "select",
            "tïme'",
            "time",
        ]
        assert events.select('"\\"; DROP TABLE rows; --":1').count == 1
        assert events.measure(source.table, "select:6", '"; DROP TABLE rows; --')[0] == 1


def test_another_person_chooses_the_zone(tmp_path: Path, clock: Callable[[], datetime]) -> None:
    path = tmp_path / "t.csv"
    path.write_text("time,user\n2026-03-01 10:00:00,u\n")
    with Case.create(tmp_path / "z.casebound", "Z", "Zone", Actor("Ada Lindqvist"), clock=clock) as case:
        (source,) = bring_in(case, path, zone="America/New_York")
        assert source.mapping.zone_origin == "chosen by Ada Lindqvist"
        with opened(case) as events:
            assert utc_text(events.page(0, 1)[0].time_us) == "2026-03-01T15:00:00.000000Z"


def test_columns_that_appear_late_are_added(case: Case, tmp_path: Path) -> None:
    """Over several batches, with the same record again and one under the same key far behind."""
    path = tmp_path / "events.jsonl"
    with path.open("w") as stream:
        for number in range(25_000):
            record: dict[str, object] = {"id": f"e{number}", "time": 1_772_359_200 + number}
            if number >= 15_000:
                record["late"] = {"field": number}
            stream.write(json.dumps(record) + "\n")
        stream.write('{"id": "e7", "time": 1772359207}\n{"id": "e8", "time": 1772359208, "late": null}\n')
        stream.write('{"id": "e9", "time": 1772359209, "later": "x"}\n')
    (source,) = bring_in(case, path)
    assert (source.read, source.kept, source.duplicates, source.quarantined) == (25_003, 25_000, 2, 1)
    assert [column.name for column in source.mapping.columns] == ["id", "time", "late.field", "late", "later"]
    with opened(case) as events:
        assert events.page(14_999, 15_001)[0].fields["late.field"] is None
        assert events.page(15_000, 15_001)[0].fields["late.field"] == "15000"
        assert events.select("late.field:>=24000").count == 1_000
        assert [row.line for row in events.set_aside()] == [25_003]
        assert [one.first_line for one in events.repetitions()] == [8, 9]  # nothing said is the same as null said
