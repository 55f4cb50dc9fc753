"""From any row one step to the exact place in the original, with the record as it stands there."""

from __future__ import annotations

import gzip
import io
import json
import sqlite3
import zipfile
from pathlib import Path

import pytest

from casebound.case import Column, ColumnRole, Source, TableMapping
from casebound.document import Case
from casebound.errors import BadCase
from casebound.events import Events
from casebound.importing import bring_in
from casebound.rawrecords import RawRecord, place_of

LINES = b'time,who\r\n2026-03-01T10:00:00Z,a\r\n2026-03-01T10:00:01Z,"b\r\nb"\r\n2026-03-01T10:00:02Z,c\r\n'


def raws(case: Case) -> list[RawRecord]:
    with Events.open(case.path, case.snapshot().sources) as events:
        return [events.raw(one.id) for one in events.page(0, events.count)]


def book(path: Path) -> None:
    import openpyxl

    made = openpyxl.Workbook()
    sheet = made.active
    assert sheet is not None
    sheet.title = "pay ments"
    sheet.append(["Report", None, None])
    sheet.append(["id", "amount", "paid_at"])
    sheet.append(["p1", 5, "2026-03-01T09:00:00Z"])
    sheet.append(["p2", 6, "2026-03-01T09:00:01Z"])
    made.save(path)


def test_lines_have_a_line_and_a_byte(case: Case, tmp_path: Path) -> None:
    (tmp_path / "logins.csv").write_bytes(LINES)
    bring_in(case, tmp_path / "logins.csv")
    found = raws(case)
    assert [one.place for one in found] == ["line 2, byte 10", "line 3, byte 34", "line 5, byte 63"]
    assert [one.text for one in found][1] == '2026-03-01T10:00:01Z,"b\r\nb"'
    assert found[0].words == "line 2, byte 10 of “logins.csv”"
    for one in found:
        assert LINES[one.offset :].startswith(one.text.encode())


@pytest.mark.parametrize("name", ["d/logins.csv", "d/logins.csv.gz"])
def test_a_row_in_an_archive_is_found_by_unpacking_up_to_it(case: Case, tmp_path: Path, name: str) -> None:
    with zipfile.ZipFile(tmp_path / "export.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("before.bin", bytes(1000))
        archive.writestr(name, gzip.compress(LINES) if name.endswith("gz") else LINES)
    bring_in(case, tmp_path / "export.zip")
    found = raws(case)
    assert found[1].text == '2026-03-01T10:00:01Z,"b\r\nb"'
    assert found[1].words == f"line 3, byte 34 of “{name}” in “export.zip”"


def test_a_row_of_a_workbook_has_a_sheet_and_a_cell(case: Case, tmp_path: Path) -> None:
    book(tmp_path / "payments.xlsx")
    bring_in(case, tmp_path / "payments.xlsx")
    first, second = raws(case)
    assert first.place == "sheet pay ments, row 3, cell C3"
    assert second.words == "sheet pay ments, row 4, cell C4 of “payments.xlsx”"
    assert second.text == "p2\t6\t2026-03-01T09:00:01Z"


def test_a_workbook_in_an_archive(case: Case, tmp_path: Path) -> None:
    inner = io.BytesIO()
    book(tmp_path / "payments.xlsx")
    with zipfile.ZipFile(inner, "w") as archive:
        archive.write(tmp_path / "payments.xlsx", "in/payments.xlsx")
    (tmp_path / "export.zip").write_bytes(inner.getvalue())
    (source,) = bring_in(case, tmp_path / "export.zip")
    assert source.member == "in/payments.xlsx!pay ments"
    assert raws(case)[0].words == "sheet pay ments, row 3, cell C3 of “in/payments.xlsx” in “export.zip”"


def test_a_record_of_a_document_has_a_pointer(case: Case, tmp_path: Path) -> None:
    records = [{"eventTime": f"2026-03-01T10:00:0{n}Z", "n": n} for n in range(3)]
    (tmp_path / "trail.json").write_text(json.dumps({"Records": records}))
    (tmp_path / "bare.json").write_text(json.dumps(records[:2]))
    bring_in(case, tmp_path / "trail.json")
    bring_in(case, tmp_path / "bare.json")
    found = {one.words.partition(", ")[0]: one for one in raws(case)}
    assert set(found) == {"/Records/0", "/Records/1", "/Records/2", "/0", "/1"}
    assert found["/Records/2"].text == json.dumps(records[2])
    assert found["/1"].words.endswith("of “bare.json”")


def test_behind_a_broken_record_no_pointer_is_claimed(case: Case, tmp_path: Path) -> None:
    (tmp_path / "broken.json").write_text('[\n{"time": "2026-03-01"},\n{"time": nothing},\n{"time": "2026-03-02"}\n]')
    bring_in(case, tmp_path / "broken.json")
    assert [one.place.partition(",")[0] for one in raws(case)] == ["/0", "element 3"]


def test_a_row_of_a_database_has_its_table(case: Case, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "logins.db") as connection:
        connection.execute("CREATE TABLE logins (time TEXT, who TEXT)")
        connection.execute("INSERT INTO logins VALUES ('2026-03-01T10:00:00Z', 'a')")
    connection.close()
    bring_in(case, tmp_path / "logins.db")
    (found,) = raws(case)
    assert found.words == "table logins, row 1 of “logins.db”"


def source(source_format: str, columns: int, time: int) -> Source:
    made = tuple(Column(f"c{n}", ColumnRole.TIME if n == time else ColumnRole.TEXT) for n in range(columns))
    mapping = TableMapping("t", made)
    facts = dict.fromkeys(Source.__dataclass_fields__)
    return Source(**{**facts, "format": source_format, "mapping": mapping})  # type: ignore[arg-type]


@pytest.mark.parametrize(("time", "cell"), [(0, "A7"), (25, "Z7"), (26, "AA7"), (701, "ZZ7"), (702, "AAA7")])
def test_columns_are_named_as_spreadsheets_do(time: int, cell: str) -> None:
    assert place_of(source("xlsx", time + 1, time), "S", 7, -1) == f"sheet S, row 7, cell {cell}"


@pytest.mark.parametrize(
    ("inner", "pointer"),
    [("Records", "/Records/4"), ("hits.hits", "/hits/hits/4"), ("a/b~c", "/a~1b~0c/4"), ("a.b", "/a.b/4")],
)
def test_pointers_are_escaped(inner: str, pointer: str) -> None:
    assert place_of(source("json", 1, 0), inner, 5, 9).startswith(f"{pointer}, byte 9")


def test_an_original_that_is_gone_is_told(case: Case, tmp_path: Path) -> None:
    (tmp_path / "logins.csv").write_bytes(LINES)
    (one,) = bring_in(case, tmp_path / "logins.csv")
    with Events.open(case.path, case.snapshot().sources) as events:
        kept = case.evidence_path(one.sha256)
        kept.chmod(0o600)
        kept.unlink()
        with pytest.raises(BadCase, match="cannot be read"):
            events.raw(events.page(0, 1)[0].id)
