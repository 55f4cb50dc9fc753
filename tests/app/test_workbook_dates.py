"""Dates and numbers in workbooks: what a number format makes of a number, in both date systems, in all formats."""

from __future__ import annotations

import sys
import warnings
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # importlib mode has no other way to share `made_workbooks`

from made_workbooks import number, ods, ods_cell, ods_row, row, text, xls, xlsx

from casebound.document import Case
from casebound.events import Events
from casebound.importers import importer_of
from casebound.importers.daynumbers import Shown, built_in, dated, number_format, number_text
from casebound.importing import bring_in
from casebound.moments import utc_text
from casebound.previewing import preview

SHARED = Path(__file__).parents[3] / "shared" / "data"
needs_shared = pytest.mark.skipif(not SHARED.exists(), reason="the shared data sets are not here")

OTHERS = sorted(
    path
    for folder in ("frictionless-data", "csvkit-examples", "xlsx-dates-sheetjs")
    for path in (SHARED / folder).glob("*.xlsx")
)

Rows = list[tuple[str | None, ...]]


def rows_of(path: Path, sheet: int = 0) -> Rows:
    """The rows that come out of one sheet, by the columns that were previewed."""
    one = preview(path)[sheet]
    width = len(one.mapping.columns)
    found: Rows = []
    for batch in importer_of(one.format).batches(path, one.member, one.mapping):
        found += [tuple(values[:width]) for values in zip(*(batch.values or ()), strict=True)]
    return found


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ("General", Shown.NUMBER),
        ("0.00", Shown.NUMBER),
        ("0.00E+00", Shown.NUMBER),
        ("@", Shown.NUMBER),
        ('0 "days"', Shown.NUMBER),
        ("[Red]0;[Green]-0", Shown.NUMBER),
        ("[$USD] #,##0.00", Shown.NUMBER),
        (r"0\d", Shown.NUMBER),
        ("# ?/?", Shown.NUMBER),
        ("yyyy-mm-dd", Shown.DATE),
        ("yyyy\\-mm\\-dd\\ hh:mm:ss.000", Shown.DATE),
        ("[$-F800]dddd, mmmm dd, yyyy", Shown.DATE),
        ("m/d/yy;@", Shown.DATE),
        ("mmm", Shown.DATE),
        ("ggge.m.d", Shown.DATE),
        ("h:mm AM/PM", Shown.CLOCK),
        ("mm:ss.0", Shown.CLOCK),
        ("[h]:mm:ss", Shown.ELAPSED),
        ("[mm]:ss", Shown.ELAPSED),
    ],
)
def test_what_a_number_format_shows(code: str, shown: Shown) -> None:
    assert number_format(code).of(1.5) is shown


def test_sections_and_conditions_of_a_number_format() -> None:
    form = number_format('yyyy-mm-dd;-0;"none"')
    assert [form.of(value) for value in (1.0, -1.0, 0.0)] == [Shown.DATE, Shown.NUMBER, Shown.NUMBER]
    form = number_format("[<1]h:mm;[<100]0;yyyy-mm-dd")
    assert [form.of(value) for value in (0.5, 50.0, 46000.0)] == [Shown.CLOCK, Shown.NUMBER, Shown.DATE]
    assert built_in(14).of(1) is Shown.DATE
    assert built_in(20).of(1) is Shown.CLOCK
    assert built_in(46).of(1) is Shown.ELAPSED
    assert built_in(2).of(1) is Shown.NUMBER


@pytest.mark.parametrize(
    ("value", "shown", "in_1900", "in_1904"),
    [
        # day number, what its format shows, as read in the 1900 and in the 1904 system; None: it stays a number
        (0.0, Shown.DATE, None, "1904-01-01"),
        (0.5, Shown.DATE, None, "1904-01-01 12:00:00"),
        (1.0, Shown.DATE, "1900-01-01", "1904-01-02"),
        (59.0, Shown.DATE, "1900-02-28", "1904-02-29"),
        (60.0, Shown.DATE, None, "1904-03-01"),  # 1900-02-29 never was
        (60.75, Shown.DATE, None, "1904-03-01 18:00:00"),
        (61.0, Shown.DATE, "1900-03-01", "1904-03-02"),
        (44620.0, Shown.DATE, "2022-02-28", "2026-03-01"),
        (46082.5, Shown.DATE, "2026-03-01 12:00:00", "2030-03-02 12:00:00"),
        (46082.395833333336, Shown.DATE, "2026-03-01 09:30:00", "2030-03-02 09:30:00"),
        (46082.99999999999, Shown.DATE, "2026-03-02", "2030-03-03"),  # nearer than a millisecond to midnight
        (46082.000000011574, Shown.DATE, "2026-03-01 00:00:00.001", "2030-03-02 00:00:00.001"),
        (2958465.0, Shown.DATE, "9999-12-31", None),
        (2958466.0, Shown.DATE, None, None),
        (-1.0, Shown.DATE, None, None),
        (0.75, Shown.CLOCK, "18:00:00", "18:00:00"),
        (46082.75, Shown.CLOCK, "2026-03-01 18:00:00", "2030-03-02 18:00:00"),  # the day is not lost
        (1.5, Shown.ELAPSED, "36:00:00", "36:00:00"),
        (-0.5, Shown.ELAPSED, "-12:00:00", "-12:00:00"),
        (14.288893900462963, Shown.ELAPSED, "342:56:00.433", "342:56:00.433"),
    ],
)
def test_day_numbers_in_both_systems(value: float, shown: Shown, in_1900: str | None, in_1904: str | None) -> None:
    assert dated(value, shown, False) == in_1900
    assert dated(value, shown, True) == in_1904


@pytest.mark.parametrize("from_1904", [False, True])
def test_every_day_against_openpyxl(from_1904: bool) -> None:
    from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, from_excel

    epoch = CALENDAR_MAC_1904 if from_1904 else CALENDAR_WINDOWS_1900
    for step in range(61, 2_957_003, 1_237):
        value = step + (step * 7919 % 86_400) / 86_400
        ours = dated(value, Shown.DATE, from_1904)
        theirs = from_excel(value, epoch)
        assert ours is not None
        assert datetime.fromisoformat(ours) == theirs


@pytest.mark.parametrize(
    ("stored", "told", "rounded"),
    [
        ("17", "17", False),
        ("0017", "0017", False),
        ("-3", "-3", False),
        ("12.0", "12", False),
        ("12.50", "12.50", False),
        ("0.10000000000000001", "0.1", False),
        ("274.65999999999997", "274.65999999999997", False),
        ("1.5E+3", "1500", False),
        ("1E-7", "1e-07", False),
        ("999999999999999", "999999999999999", False),
        ("123456789012345678", "123456789012345678", True),
        ("1.2345678901234499E+17", "123456789012345000", True),
        ("1.23456789e+22", "1.23456789e+22", True),
        ("0.1234567890123456789012", "0.1234567890123456789012", True),
        ("1e999", "1e999", False),
        ("no number", "no number", False),
    ],
)
def test_numbers_as_stored(stored: str, told: str, rounded: bool) -> None:
    assert number_text(stored) == (told, rounded)


def test_values_as_the_sheet_stores_them(tmp_path: Path) -> None:
    names = zip("ABCDEFG", ("name", "day", "at", "clock", "long", "id", "n"), strict=True)
    content = xlsx(
        row(1, *(text(f"{letter}1", name) for letter, name in names))
        + row(2, text("A2", "shown as dates"), number("B2", "46082", 1), number("C2", "46082.395833333336", 2))
        + row(3, text("A3", "the same, as numbers"), number("B3", "46082"), number("C3", "46082.395833333336"))
        + row(4, text("A4", "no day"), number("B4", "60", 1), number("C4", "-1", 2), number("D4", "0.5", 3))
        + row(5, text("A5", "iso"), '<c r="B5" t="d" s="1"><v>2026-03-01T10:00:00.1234567Z</v></c>')
        + row(
            6, text("A6", "hours"), number("E6", "1.25", 4), number("F6", "123456789012345678"), number("G6", "1e-7")
        ),
        codes=["yyyy-mm-dd", "yyyy-mm-dd hh:mm", "h:mm", "[h]:mm"],
    )
    path = tmp_path / "a.xlsx"
    path.write_bytes(content)
    assert rows_of(path) == [
        ("shown as dates", "2026-03-01", "2026-03-01 09:30:00", None, None, None, None),
        ("the same, as numbers", "46082", "46082.395833333336", None, None, None, None),
        ("no day", "60", "-1", "12:00:00", None, None, None),
        ("iso", "2026-03-01T10:00:00.1234567Z", None, None, None, None, None),
        ("hours", None, None, None, "30:00:00", "123456789012345678", "1e-07"),
    ]
    evidence = " ".join(preview(path)[0].evidence)
    assert "The workbook counts days from 1900." in evidence
    assert "2 cells shown as a date and holding a number that is no day; the number was kept (first: B4)" in evidence
    assert "1 number with more than 15 digits, rounded by the workbook" in evidence


@pytest.mark.parametrize("from_1904", [False, True])
def test_the_day_number_is_kept_beside_the_time(case: Case, tmp_path: Path, from_1904: bool) -> None:
    rows = row(1, text("A1", "id"), text("B1", "ts")) + "".join(
        row(line, text(f"A{line}", f"r{line}"), number(f"B{line}", str(44620.5 + line), 1)) for line in (2, 3, 4)
    )
    rows += row(5, text("A5", "r5"), text("B5", "2026-03-09T00:00:00Z"))
    path = tmp_path / "log.xlsx"
    path.write_bytes(xlsx(rows, codes=["m/d/yy h:mm"], from_1904=from_1904))
    (source,) = bring_in(case, path)
    assert (source.read, source.kept, source.quarantined) == (4, 4, 0)
    assert any("read by the workbook's own date system (first: B2)" in words for words in source.warnings)
    with Events.open(case.path, case.snapshot().sources) as events:
        page = events.page(0, 4)
    first = page[0]
    assert utc_text(first.time_us) == ("2026-03-03T12:00:00.000000Z" if from_1904 else "2022-03-02T12:00:00.000000Z")
    assert first.fields["ts (as stored)"] == "44622.5"
    assert page[-1].fields["ts (as stored)"] is None
    # Read again by the mapping that was kept, the same rows come out.
    kept = next(one for one in case.snapshot().sources)
    importer = importer_of(kept.format)
    batches = importer.batches(path, kept.member, kept.mapping)
    again = [values for batch in batches for values in zip(*batch.values or (), strict=True)]
    assert again[0] == ("r2", first.fields["ts"], "44622.5")


def test_one_sheet_in_both_systems_and_three_formats(tmp_path: Path) -> None:
    """The same days, told by each format in its own way, are the same days."""
    days = [(36526, "2000-01-01"), (46082.5, "2026-03-01 12:00:00"), (46082.395833333336, "2026-03-01 09:30:00")]
    found = {}
    for system, shift in ((False, 0), (True, 1462)):
        xml = row(1, text("A1", "id"), text("B1", "ts")) + "".join(
            row(line, text(f"A{line}", "x"), number(f"B{line}", repr(day - shift), 1))
            for line, (day, _) in enumerate(days, 2)
        )
        found[f"xlsx {system}"] = xlsx(xml, codes=["m/d/yy h:mm"], from_1904=system)
        cells: list[list[object]] = [["id", "ts"], *(["x", float(day - shift)] for day, _ in days)]
        found[f"xls {system}"] = xls(cells, from_1904=system)
    found["ods"] = ods(
        ods_row(ods_cell("id"), ods_cell("ts"))
        + "".join(ods_row(ods_cell("x"), ods_cell("?", "date", said.replace(" ", "T"))) for _, said in days)
    )
    for name, content in found.items():
        path = tmp_path / f"{name}.{name.split()[0]}"
        path.write_bytes(content)
        told = [datetime.fromisoformat(values[1] or "") for values in rows_of(path)]
        assert told == [datetime.fromisoformat(said) for _, said in days], name


SHEETJS = [
    ("String", "てすと", "&'\";<>", "&amp;"),
    ("Integer", "1", "2", "-3"),
    ("Float", "1.5", "0.3", "1.23456789e+22"),
    ("Boolean", "true", "false", None),
    ("Date", "2014-02-14 08:27:48.765", None, None),
    ("2 Decimals Built-in format #2", "1.5", None, None),
    ("Time Built-in format #18", "1900-01-01 12:00:00", None, None),
    ("Percentage Built-in format #9", "0.5", None, None),
    ("Percentage Custom format", "0.5", None, None),
    ("Duration 36 hours format #46", "36:00:00", None, None),
    ("Formula", "String1", None, None),
]


@needs_shared
@pytest.mark.parametrize("suffix", ["xlsx", "xlsb", "xls"])
def test_a_sheet_of_others_in_three_formats(suffix: str) -> None:
    path = SHARED / "xlsx-dates-sheetjs" / f"xlsx-stream-d-date-cell.{suffix}"
    (one,) = preview(path)
    named: tuple[str | None, ...] = tuple(column.name for column in one.mapping.columns)
    told = [named, *rows_of(path)][: len(SHEETJS)]
    iso = {
        "2014-02-14T08:27:48.765Z": "2014-02-14 08:27:48.765"
    }  # the XLSX has the date as ISO text, letter for letter
    assert [tuple(iso.get(value or "", value) for value in values) for values in told] == SHEETJS


@needs_shared
@pytest.mark.parametrize("suffix", ["xlsx", "xls"])
def test_a_1904_workbook_of_others(suffix: str) -> None:
    rows = rows_of(SHARED / "csvkit-examples" / f"test.{suffix}")
    assert [values[1] for values in rows] == ["1971-01-01", "1948-01-01", "1920-01-01", None, None]
    assert [values[5] for values in rows] == ["1971-01-01 04:14:00", "1948-01-01 14:57:13", "1920-01-01", None, None]


@needs_shared
@pytest.mark.parametrize(
    "path",
    OTHERS,
    ids=lambda path: path.name,
)
def test_every_cell_of_others_against_openpyxl(path: Path) -> None:
    """A second opinion on every value below the names, by its sheet and row."""
    import openpyxl

    if "d-date-cell" in path.name:
        pytest.skip("openpyxl drops the zone of an ISO date")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about styles and extensions
        book = openpyxl.load_workbook(path, data_only=True)
    for index, one in enumerate(preview(path)):
        sheet = book[one.member]
        importer = importer_of(one.format)
        for batch in importer.batches(path, one.member, one.mapping):
            for line, values in zip(batch.lines.tolist(), zip(*batch.values or (), strict=True), strict=True):
                for column, told in enumerate(values[: len(one.mapping.columns)], 1):
                    theirs = sheet.cell(line, column).value
                    assert _same(told, theirs), (path.name, index, line, column, told, theirs)


def _same(told: str | None, theirs: object) -> bool:
    if isinstance(theirs, bool):
        return told == str(theirs).lower()
    if isinstance(theirs, int | float):
        return told is not None and float(told) == theirs
    if isinstance(theirs, datetime):
        return told is not None and datetime.fromisoformat(told) == theirs
    if isinstance(theirs, date | time):
        return told == theirs.isoformat()
    if isinstance(theirs, timedelta):
        return told is not None
    return (told or "") == str(theirs or "")
