"""XLS, XLSB and ODS: read in a child process, which may die of a file without harm."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # importlib mode has no other way to share `made_workbooks`

from made_workbooks import compound, ods, ods_cell, ods_row, xls

from casebound.document import Case
from casebound.errors import BadSource
from casebound.importers import importer_of, workbook_old
from casebound.importers.batch import Batch
from casebound.importers.layout import Choices
from casebound.importers.workbook_old import WORKBOOK_CHILD, OldWorkbook
from casebound.importing import bring_in
from casebound.previewing import preview

SHARED = Path(__file__).parents[3] / "shared" / "data"
needs_shared = pytest.mark.skipif(not SHARED.exists(), reason="the shared data sets are not here")
OTHERS = sorted(
    path
    for folder in ("frictionless-data", "csvkit-examples", "xlsx-dates-sheetjs")
    for ending in ("xls", "xlsb", "ods")
    for path in (SHARED / folder).glob(f"*.{ending}")
)
NAMES = ods_row(ods_cell("id"), ods_cell("ts"))


def read(path: Path, sheet: int = 0) -> list[Batch]:
    one = preview(path)[sheet]
    return list(importer_of(one.format).batches(path, one.member, one.mapping))


def rows_of(batches: list[Batch]) -> list[tuple[str | None, ...]]:
    return [values for batch in batches for values in zip(*(batch.values or ()), strict=True)]


def written(tmp_path: Path, content: bytes, name: str) -> Path:
    path = tmp_path / name
    path.write_bytes(content)
    return path


def test_every_kind_of_cell(tmp_path: Path) -> None:
    content = ods(
        NAMES
        + ods_row(ods_cell("17", "float", "17"), ods_cell("?", "date", "2026-03-01T10:00:00.123"))
        + ods_row(ods_cell("?", "boolean", "true"), ods_cell("?", "date", "2026-03-01"))
        + ods_row(ods_cell("?", "float", "123456789012345678"), ods_cell("?", "float", "0.10000000000000001"))
        + ods_row(ods_cell("<b>=1+1"), "<table:table-cell/>", more='table:number-rows-repeated="2"')
    )
    path = written(tmp_path, content, "a.ods")
    batches = read(path)
    assert rows_of(batches) == [
        ("17", "2026-03-01 10:00:00.123"),
        ("true", "2026-03-01"),
        ("123456789012345680", "0.1"),
        ("<b>=1+1", None),
        ("<b>=1+1", None),
    ]
    words = " ".join(one for batch in batches for one in batch.told)
    assert "1 number with more than 15 digits" in words
    assert "(first: A4)" in words
    assert "Errors in cells, such as #N/A, are told as empty cells" in words


def test_empty_rows_and_columns_keep_the_numbers_of_the_sheet(tmp_path: Path) -> None:
    rows = [[], [None, None, "id", "ts"], [], [None, None, "r1", 46082.5], [None, None, "r2", 7]]
    batches = read(written(tmp_path, xls(rows, hidden=True), "a.xls"))
    assert rows_of(batches) == [(None, None, "r1", "2026-03-01 12:00:00"), (None, None, "r2", "7")]
    assert [line for batch in batches for line in batch.lines.tolist()] == [4, 5]
    assert any("is hidden in the workbook" in words for batch in batches for words in batch.told)


def test_a_case_with_an_old_workbook(case: Case, tmp_path: Path) -> None:
    rows: list[list[object]] = [["id", "ts"], *([f"r{n}", 46082.0 + n] for n in range(1, 3001)), ["Total", None]]
    (source,) = bring_in(case, written(tmp_path, xls(rows), "log.xls"), zone="+01:00")
    assert (source.format, source.member, source.read, source.kept) == ("xls", "S", 3001, 3000)
    assert source.quarantined == 1


@needs_shared
@pytest.mark.parametrize("path", OTHERS, ids=lambda path: path.name)
def test_every_value_of_others_against_pandas(path: Path) -> None:
    """A second opinion: the same rows come from the same reader in this process, by another way."""
    import pandas

    for index, one in enumerate(preview(path)):
        found = rows_of(read(path, index))
        frame = pandas.read_excel(path, sheet_name=one.member, header=None, engine="calamine", dtype=object)
        below = frame.iloc[one.mapping.header_line :]
        theirs = [row for row in below.itertuples(index=False) if any(str(value) != "nan" for value in row)]
        assert len(found) == len(theirs)
        for ours, row in zip(found, theirs, strict=True):
            for told, value in zip(ours, row, strict=False):
                if isinstance(value, bool):
                    assert told == str(value).lower()
                elif isinstance(value, int | float) and str(value) != "nan":
                    assert told is not None
                    assert float(told) == value
                elif isinstance(value, str):
                    assert told == value
                else:
                    assert (told is None) == (str(value) in ("nan", "NaT"))


# Files made to harm


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        (
            "far.ods",
            ods(
                NAMES
                + ods_row("<table:table-cell/>", more='table:number-rows-repeated="1048573"')
                + ods_row('<table:table-cell table:number-columns-repeated="16383"/>', ods_cell("z"))
            ),
            "gave up on it",
        ),
        ("cut.ods", ods(NAMES)[:300], "cannot be read"),
        ("none.xls", compound(b"nothing"), "cannot be read"),
        ("cut.xls", xls([["id", "ts"]])[:700], "cannot be read"),
        ("empty.ods", ods(""), "No sheet"),
        ("empty.xls", xls([]), "No sheet"),
    ],
)
def test_hostile_files_are_refused_by_name(tmp_path: Path, name: str, content: bytes, words: str) -> None:
    path = written(tmp_path, content, name)
    with pytest.raises(BadSource) as refused:
        OldWorkbook().layouts(path, name, Choices())
    assert words in str(refused.value)
    assert refused.value.hint


def child_that(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str) -> Path:
    """A workbook whose reader is a program of ours instead, as if it had been taken over or had crashed."""
    script = tmp_path / "child.py"
    script.write_text(program)
    monkeypatch.setattr(workbook_old, "_command", lambda asked: [sys.executable, "-I", str(script), *asked])
    return written(tmp_path, xls([["id", "ts"], ["r1", 1]]), "a.xls")


SHEET = '{"sheet": "S", "hidden": false, "left": 0, "merged": 0}'


@pytest.mark.parametrize(
    ("program", "words"),
    [
        ("import os; os.abort()", "gave up on it"),
        (f"print('{SHEET}'); import os, sys; sys.stdout.flush(); os.abort()", "gave up on it"),
        (f"print('{SHEET}')", "gave up on it"),
        ("print('no JSON')", "an answer that is none"),
        ("print('[' * 100000)", "an answer that is none"),
        ("print('[[1]]')", "an answer that is none"),
        (f"print('{SHEET}'); print('[[1]]'); print('{{\"end\": 2}}')", "an answer that is none"),
        (f"print('{SHEET}'); print('[[[\"e\", \"x\"]]]')", "an answer that is none"),
        (f"print('{SHEET}'); print([[0] * 20000])", "an answer that is none"),
        ('print(\'{"sheet": "S", "left": -1, "merged": 0}\')', "an answer that is none"),
        ('print(\'{"fault": "password"}\')', "locked with a password"),
        ('print(\'{"fault": "memory"}\')', "gave up on it"),
        ("import sys; sys.stdout.write('x')", "gave up on it"),
    ],
)
def test_whatever_the_child_does_the_file_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str, words: str
) -> None:
    path = child_that(tmp_path, monkeypatch, program)
    with pytest.raises(BadSource, match=words):
        preview(path)


def test_a_person_can_stop_while_the_child_thinks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path, xls([["id", "ts"], ["r1", 1]]), "b.xls")
    (one,) = preview(path)
    path = child_that(tmp_path, monkeypatch, "import sys; sys.stdin.read(); import threading; threading.Event().wait()")
    walking = OldWorkbook().batches(path, one.member, one.mapping)
    assert [next(walking).count for _ in range(3)] == [0, 0, 0]
    walking.close()  # type: ignore[attr-defined] - ends the child, or this test never ends


def test_the_built_program_starts_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    from casebound_ui.entry import WORKBOOK

    assert WORKBOOK == WORKBOOK_CHILD
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert workbook_old._command(("look", "3")) == [sys.executable, WORKBOOK_CHILD, "look", "3"]


@pytest.mark.skipif(sys.platform == "win32", reason="the system has no such limits")
def test_the_child_is_confined(tmp_path: Path) -> None:
    import subprocess

    program = (
        "import resource, runpy, sys\n"
        f"child = runpy.run_path({str(Path(workbook_old.__file__).with_name('workbook_child.py'))!r})\n"
        "child['confine']()\n"
        "limits = (resource.RLIMIT_AS, resource.RLIMIT_CORE, resource.RLIMIT_FSIZE)\n"
        "print([resource.getrlimit(one)[0] for one in limits])"
    )
    done = subprocess.run([sys.executable, "-I", "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == f"[{3 << 30}, 0, 0]"
