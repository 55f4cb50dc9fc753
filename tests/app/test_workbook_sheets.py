"""What stands in sheets besides values, what is told of it, and sheets made to harm."""

from __future__ import annotations

import sys
import tracemalloc
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # importlib mode has no other way to share `made_workbooks`

from made_workbooks import MAIN, number, row, text, xlsx, zipped

from casebound.document import Case
from casebound.errors import BadSource
from casebound.importers import importer_of
from casebound.importers.batch import LONGEST_RECORD, Batch
from casebound.importers.layout import Choices
from casebound.importers.workbook import Workbook
from casebound.importing import bring_in
from casebound.previewing import preview

HEAD = row(1, text("A1", "id"), text("B1", "ts"))
ONE = row(2, text("A2", "r1"), text("B2", "2026-03-01"))


def read(path: Path, sheet: int = 0) -> list[Batch]:
    one = preview(path)[sheet]
    return list(importer_of(one.format).batches(path, one.member, one.mapping))


def rows_of(batches: list[Batch]) -> list[tuple[str | None, ...]]:
    return [values for batch in batches for values in zip(*(batch.values or ()), strict=True)]


def told(batches: list[Batch]) -> str:
    return " ".join(words for batch in batches for words in batch.told)


def written(tmp_path: Path, content: bytes, name: str = "a.xlsx") -> Path:
    path = tmp_path / name
    path.write_bytes(content)
    return path


def test_what_is_told_of_a_sheet(tmp_path: Path) -> None:
    rows = (
        HEAD
        + row(2, text("A2", "r1"), '<c r="B2"><f>NOW()</f><v>7</v></c>')
        + row(3, text("A3", "r2"), '<c r="B3"><f>1/0</f></c>', more=' hidden="1"')
        + row(4, text("A4", "r3"), '<c r="B4" t="e"><f>1/0</f><v>#DIV/0!</v></c>')
        + row(5, text("A5", "r4"), '<c r="B5" t="str"><f>A1</f><v>id</v></c>')
        + row(6, text("A6", "r5"), '<c r="B6" t="b"><v>1</v></c>')
    )
    content = xlsx(
        rows,
        before='<cols><col min="2" max="2" hidden="1"/></cols>',
        behind='<mergeCells count="1"><mergeCell ref="A2:A3"/></mergeCells>',
        state=' state="veryHidden"',
        extra={"xl/vbaProject.bin": b"macros", "xl/externalLinks/externalLink1.xml": "<x/>"},
    )
    path = written(tmp_path, content, "a.xlsm")
    batches = read(path)
    assert rows_of(batches) == [("r1", "7"), ("r2", None), ("r3", "#DIV/0!"), ("r4", "id"), ("r5", "true")]
    for words in (told(batches), " ".join(preview(path)[0].evidence)):
        assert "4 cells with a formula; its last result, as stored, was read, and nothing was computed" in words
        assert "1 formula without a stored result, read as empty (first: B3)" in words
        assert "1 cell with an error such as #N/A, which was kept as text (first: B4)" in words
        assert "1 row hidden in the workbook" in words
        assert "1 run of columns hidden" in words
        assert "1 area of cells is merged (first: A2:A3)" in words
        assert "The sheet “S” is hidden in the workbook." in words
        assert "macros; they are kept in the original and were not run" in words
        assert "nothing was opened" in words


def test_what_is_told_becomes_a_warning_of_the_source(case: Case, tmp_path: Path) -> None:
    path = written(tmp_path, xlsx(HEAD + ONE + row(3, text("A3", "r2"), number("B3", "123456789012345678"))))
    (source,) = bring_in(case, path)
    assert (source.read, source.kept, source.quarantined) == (2, 1, 1)
    assert any("1 number with more than 15 digits, rounded by the workbook" in words for words in source.warnings)


def test_shared_rich_and_phonetic_texts(tmp_path: Path) -> None:
    shared = [
        "<t>id</t>",
        "<t>ts</t>",
        "<r><rPr><b/></rPr><t>bo</t></r><r><t xml:space='preserve'>ld </t></r>",
        "<t>漢字</t><rPh sb='0' eb='2'><t>かんじ</t></rPh><phoneticPr fontId='1'/>",
        "<t>line_x000D_\nnext_x005F_x0041_</t>",
        "<t xml:space='preserve'>  </t>",
        "<t/>",
    ]

    def cell(place: str, index: int) -> str:
        return f'<c r="{place}" t="s"><v>{index}</v></c>'

    rows = row(1, cell("A1", 0), cell("B1", 1)) + row(2, cell("A2", 2), cell("B2", 3))
    rows += row(3, cell("A3", 4), cell("B3", 5)) + row(4, cell("A4", 0), cell("B4", 6))
    batches = read(written(tmp_path, xlsx(rows, shared=shared)))
    assert rows_of(batches) == [("bold ", "漢字"), ("line\r\nnext_x0041_", "  "), ("id", None)]


def test_prefixed_names_comments_and_cdata_are_read_as_xml_says(tmp_path: Path) -> None:
    parts = (
        f'<?xml version="1.0" encoding="UTF-8"?><x:worksheet xmlns:x="{MAIN}"><!-- <x:sheetData> --><x:sheetData>'
        '<x:row r="1"><x:c r="A1" t="inlineStr"><x:is><x:t>id</x:t></x:is></x:c>'
        '<x:c r="B1" t="inlineStr"><x:is><x:t>ts</x:t></x:is></x:c></x:row>'
        "<!-- <x:row r='2'/> -->"
        '<x:row r="2"><x:c t="inlineStr"><x:is><x:t><![CDATA[<x:row>]]></x:t></x:is></x:c>'
        "<x:c><x:v>7</x:v></x:c></x:row>"
        "</x:sheetData></x:worksheet>"
    )
    content = xlsx(HEAD, extra={"xl/worksheets/sheet1.xml": parts})
    assert rows_of(read(written(tmp_path, content))) == [("<x:row>", "7")]


def test_preamble_names_repeated_and_closing_lines(tmp_path: Path) -> None:
    rows = row(1, text("A1", "Export of requests")) + row(4, text("A4", "id"), text("B4", "ts"), text("C4", "n"))
    rows += row(5, text("A5", "r1"), text("B5", "2026-03-01"), number("C5", "1"))
    rows += row(6, text("A6", "id"), text("B6", "ts"), text("C6", "n"))
    rows += row(9, text("A9", "Total rows"), text("B9", "odd"), number("C9", "5"))
    rows += row(10, text("A10", "Total"), number("C10", "1"))
    path = written(tmp_path, xlsx(rows))
    (one,) = preview(path)
    assert one.mapping.header_line == 4
    assert "What stands above the names is no row: “Export of requests”." in one.evidence
    batches = read(path)
    assert rows_of(batches) == [("r1", "2026-03-01", "1"), ("Total rows", "odd", "5")]
    refused = [each for batch in batches for each in batch.refused]
    assert [(each.line, each.code, each.raw) for each in refused] == [
        (6, "repeated-header", "id\tts\tn"),
        (10, "footer", "Total\t\t1"),
    ]


def test_rows_and_cells_that_contradict_each_other_are_set_aside(tmp_path: Path) -> None:
    rows = HEAD + row(5, text("A5", "r1"), text("B5", "x")) + row(5, text("A5", "again")) + row(2, text("A2", "back"))
    rows += row(6, text("B6", "b"), text("A6", "a")) + row(7, text("A7", "a"), text("A7", "b"))
    rows += row(8, text("A8", "nul_x0000_")) + row(9, text("A9", "half_xD800_"))
    batches = read(written(tmp_path, xlsx(rows)))
    assert rows_of(batches) == [("r1", "x")]
    found = [(each.line, each.code) for batch in batches for each in batch.refused]
    assert found == [
        (5, "order"),
        (2, "order"),
        (6, "cells"),
        (7, "cells"),
        (8, "nul"),
        (9, "encoding"),
    ]


def test_several_sheets_and_a_chart(tmp_path: Path) -> None:
    content = xlsx({"first": HEAD + ONE, "empty": "", "blank": "<row r='1'><c r='A1'/></row>", "last": HEAD + ONE})
    assert [one.member for one in preview(written(tmp_path, content))] == ["first", "last"]


def test_the_line_of_names_that_a_person_chose(tmp_path: Path) -> None:
    path = written(tmp_path, xlsx(HEAD + ONE + row(3, text("A3", "r2"), text("B3", "x"))))
    (layout,) = Workbook().layouts(path, path.name, Choices(header_line=2))
    assert layout.columns == ("r1", "2026-03-01")
    (layout,) = Workbook().layouts(path, path.name, Choices(header_line=0))
    assert (layout.columns, len(layout.rows)) == (("column 1", "column 2"), 3)


# Sheets made to harm


def test_two_cells_that_span_a_whole_sheet(tmp_path: Path) -> None:
    rows = row(1, text("A1", "id"), text("B1", "ts")) + row(1_048_576, text("XFD1048576", "far"))
    path = written(tmp_path, xlsx(rows, before='<dimension ref="A1:XFD1048576"/>'))
    tracemalloc.start()
    batches = read(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [(each.line, each.code) for batch in batches for each in batch.refused] == [(1_048_576, "columns")]
    assert peak < 50_000_000
    assert Workbook().size(path, "S") == 0  # nobody believes that this file has so many rows


def test_a_cell_of_ten_megabytes_is_kept_and_one_beyond_is_set_aside(tmp_path: Path) -> None:
    rows = HEAD + row(2, text("A2", "r1"), text("B2", "x" * 10_000_000)) + row(3, text("A3", "y" * LONGEST_RECORD * 2))
    batches = read(written(tmp_path, xlsx(rows + row(4, text("A4", "r3"), text("B4", "z")))))
    assert [(values[0], len(values[1] or "")) for values in rows_of(batches)] == [("r1", 10_000_000), ("r3", 1)]
    (refused,) = [each for batch in batches for each in batch.refused]
    assert (refused.line, refused.code) == (3, "too-long")


ENTITIES = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
SHEET = "xl/worksheets/sheet1.xml"


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({SHEET: f'{ENTITIES}<worksheet xmlns="{MAIN}"><sheetData/></worksheet>'}, "document type definition"),
        ({"xl/sharedStrings.xml": f'{ENTITIES}<sst xmlns="{MAIN}"/>'}, "document type definition"),
        ({"xl/workbook.xml": f'{ENTITIES}<workbook xmlns="{MAIN}"/>'}, "document type definition"),
        (
            {SHEET: f'<worksheet xmlns="{MAIN}"><sheetData><row r="1"><c r="A1">&b;</c></row></sheetData></worksheet>'},
            "XML",
        ),
        ({SHEET: f'<worksheet xmlns="{MAIN}"><sheetData><row r="1">'}, "breaks off"),
        ({SHEET: f'<worksheet xmlns="{MAIN}">'}, "XML"),
        ({SHEET: ""}, "XML"),
        ({SHEET: f'<worksheet xmlns="{MAIN}"><sheetData><row r="x"/></sheetData></worksheet>'}, "number is expected"),
        ({SHEET: f'<worksheet xmlns="{MAIN}"><sheetData><line/></sheetData></worksheet>'}, "where rows are expected"),
        ({SHEET: f'<worksheet xmlns="{MAIN}">' + " " * 40_000_000}, "more ahead of its data"),
        ({SHEET: f'<worksheet xmlns="{MAIN}"><sheetData>' + " " * 40_000_000}, "belong to no row"),
        ({SHEET: f'<worksheet xmlns="{MAIN}"><sheetData/></worksheet>'.encode("utf-16")}, "not written in UTF-8"),
        ({"xl/workbook.xml": "no XML"}, "XML"),
        ({"xl/styles.xml": "<a>"}, "XML"),
    ],
)
def test_hostile_parts_are_refused_by_name(tmp_path: Path, parts: dict[str, str | bytes], words: str) -> None:
    used = '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row>'
    path = written(tmp_path, xlsx(used, shared=["<t>a</t>", "<t>b</t>"], extra=parts))
    with pytest.raises(BadSource) as refused:
        read(path)
    assert words in str(refused.value)
    assert refused.value.hint


def test_a_shared_text_that_is_not_there(tmp_path: Path) -> None:
    path = written(tmp_path, xlsx(HEAD + '<row r="2"><c r="A2" t="s"><v>99</v></c></row>'))
    with pytest.raises(BadSource, match="shared text 99"):
        read(path)


def test_a_bomb_that_says_what_it_unpacks_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("casebound.importers.xlsxparts._LARGEST", 100_000)
    path = written(tmp_path, xlsx(HEAD, extra={"xl/media/image1.png": bytes(200_000)}))
    with pytest.raises(BadSource, match="unpacks to"):
        read(path)


def test_a_workbook_with_a_password(tmp_path: Path) -> None:
    path = written(tmp_path, bytes.fromhex("d0cf11e0a1b11ae1") + bytes(4096))
    with pytest.raises(BadSource, match="locked with a password"):
        preview(path)


def test_a_part_that_is_missing(tmp_path: Path) -> None:
    path = written(tmp_path, zipped({"[Content_Types].xml": "<Types/>", "xl/nothing.xml": "<x/>"}))
    with pytest.raises(BadSource, match="a part of it is missing"):
        preview(path)


def test_sheets_with_names_in_different_rows_come_in_together(case: Case, tmp_path: Path) -> None:
    titled = row(1, text("A1", "Logins of March")) + row(3, text("A3", "id"), text("B3", "ts"))
    titled += row(4, text("A4", "r1"), text("B4", "2026-03-01")) + row(5, text("A5", "r2"), text("B5", "2026-03-02"))
    path = written(tmp_path, xlsx({"logins": titled, "payments": HEAD + ONE}))
    sources = bring_in(case, path)
    assert [(one.member, one.table, one.read, one.kept) for one in sources] == [
        ("logins", "logins", 2, 2),
        ("payments", "payments", 1, 1),
    ]
