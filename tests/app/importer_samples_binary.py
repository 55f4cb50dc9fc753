"""Samples of workbooks, Parquet and SQLite: made by those who write them, or byte by byte, and spoilt."""

from __future__ import annotations

import io
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

from importer_sample import Sample, Samples, Told
from made_workbooks import MAIN, number, ods, ods_cell, ods_row, row, text, xls, xlsx

from casebound.importers.batch import LONGEST_RECORD

NAMES = ("id", "time")
_SHEET = "xl/worksheets/sheet1.xml"


def _cells(*values: str) -> str:
    """Rows of two text cells below the names."""
    pairs = [("id", "time"), *zip(values[::2], values[1::2], strict=True)]
    return "".join(row(line, text(f"A{line}", one), text(f"B{line}", two)) for line, (one, two) in enumerate(pairs, 1))


def workbook() -> Samples:
    def made(rows: list[list[object]]) -> bytes:
        import openpyxl

        book = openpyxl.Workbook(write_only=True)
        sheet = book.create_sheet("rows")
        for values in rows:
            sheet.append(values)
        stream = io.BytesIO()
        book.save(stream)
        return stream.getvalue()

    good = made([["id", "time"], ["r1", "2026-03-01"], [], [10, "2026-03-02"]])
    wide = made([["id", "time"], *([["r1", "2026-03-01"]] * 300), ["r2", "2026-03-02", "too", "much"]])
    told = Told(2, columns=NAMES, values=[("r1", "2026-03-01"), ("10", "2026-03-02")])
    plain = _cells("r1", "2026-03-01", "r2", "2026-03-02")
    dates = row(1, text("A1", "id"), text("B1", "time")) + row(2, text("A2", "r1"), number("B2", "46082.5", 1))

    def with_one(bad: str, code: str, way: str) -> Sample:
        return Sample(way, "a.xlsx", xlsx(plain + bad), {"S": Told(2, (code,), columns=NAMES)})

    def refused(way: str, words: str, content: bytes) -> Sample:
        return Sample(way, "a.xlsx", content, refusal=words)

    return Samples(
        good=(
            Sample("a sheet with an empty row", "a.xlsx", good, {"rows": told}),
            Sample("macros", "a.xlsm", xlsx(plain, extra={"xl/vbaProject.bin": b"x"}), {"S": Told(2, columns=NAMES)}),
            Sample(
                "a day number of the 1904 system",
                "a.xlsx",
                xlsx(dates, codes=["yyyy-mm-dd hh:mm"], from_1904=True),
                {"S": Told(1, columns=NAMES, values=[("r1", "2030-03-02 12:00:00", "46082.5")])},
            ),
            Sample(
                "two sheets",
                "a.xlsx",
                xlsx({"one": plain, "two": plain}),
                {"one": Told(2, columns=NAMES), "two": Told(2, columns=NAMES)},
            ),
        ),
        bad=(
            Sample("a row wider than the table", "a.xlsx", wide, {"rows": Told(300, ("columns",))}),
            with_one(row(1_048_576, text("XFD1048576", "far")), "columns", "a cell in the last corner of a sheet"),
            with_one(row(4, text("A4", "a"), text("A4", "b")), "cells", "one cell twice"),
            with_one(row(4, text("A4", "_x0000_")), "nul", "a NUL in a value"),
            with_one(row(4, text("A4", "_xD800_")), "encoding", "half a character"),
            with_one(row(4, text("A4", "id"), text("B4", "time")), "repeated-header", "the names again"),
            with_one(row(4, text("A4", "Total")), "footer", "a closing line"),
            with_one(row(4, text("A4", "x" * LONGEST_RECORD * 2)), "too-long", "a row that is too long"),
            Sample("it breaks off", "a.xlsx", good[: len(good) // 2], refusal="cannot be read as a workbook"),
            Sample("no table in it", "a.xlsx", made([]), refusal="No sheet"),
            Sample("a name alone", "a.xlsx", b"id,time\n", refusal="named like a workbook"),
            refused("a password", "locked with a password", bytes.fromhex("d0cf11e0a1b11ae1") + bytes(4096)),
            refused(
                "entities in it",
                "document type definition",
                xlsx("", extra={_SHEET: f'<!DOCTYPE x [<!ENTITY a "a">]><worksheet xmlns="{MAIN}"/>'}),
            ),
            refused(
                "XML that breaks off", "breaks off", xlsx("", extra={_SHEET: f'<worksheet xmlns="{MAIN}"><sheetData>'})
            ),
        ),
        many=lambda count: made([["id", "time"], *([index, "2026-03-01"] for index in range(count))]),
        many_file="many.xlsx",
        most=3_000,
    )


def old_workbook() -> Samples:
    rows: list[list[object]] = [["id", "time"], ["r1", "2026-03-01"], [], ["r2", 46082.5]]
    told = Told(2, columns=NAMES, values=[("r1", "2026-03-01"), ("r2", "2026-03-01 12:00:00")])
    open_rows = (
        ods_row(ods_cell("id"), ods_cell("time"))
        + ods_row(ods_cell("r1"), ods_cell("2026-03-01"))
        + ods_row(more='table:number-rows-repeated="3"')
        + ods_row(ods_cell("r2"), ods_cell("?", "date", "2026-03-01T12:00:00"))
    )
    wide: list[list[object]] = [["id", "time"], *([["r1", "x"]] * 300), ["r2", "x", "too", "much"]]
    far = ods_row(ods_cell("x"), more='table:number-rows-repeated="1000000"') + ods_row(
        '<table:table-cell table:number-columns-repeated="16383"/>', ods_cell("z")
    )
    return Samples(
        good=(
            Sample("XLS", "a.xls", xls(rows), {"S": told}),
            Sample("ODS", "a.ods", ods(open_rows), {"S": told}),
        ),
        bad=(
            Sample("a row wider than the table", "a.xls", xls(wide), {"S": Told(300, ("columns",))}),
            Sample("the names again", "a.xls", xls([*rows, rows[0]]), {"S": Told(2, ("repeated-header",))}),
            Sample("a NUL in a value", "a.xls", xls([*rows, ["r\0", "x"]]), {"S": Told(2, ("nul",))}),
            Sample("it breaks off", "a.xls", xls(rows)[:1500], refusal="cannot be read"),
            Sample("a sheet larger than memory", "a.ods", ods(open_rows + far), refusal="cannot be read"),
            Sample("no table in it", "a.xls", xls([]), refusal="No sheet"),
        ),
        many=lambda count: xls([["id", "time"], *([f"r{index}", "2026-03-01"] for index in range(count))]),
        many_file="many.xls",
        most=3_000,
    )


def parquet() -> Samples:
    def made(query: str) -> bytes:
        import duckdb

        with tempfile.TemporaryDirectory() as folder, duckdb.connect() as connection:
            connection.execute(f"COPY ({query}) TO '{folder}/a.parquet' (FORMAT parquet)")
            return Path(folder, "a.parquet").read_bytes()

    typed = (
        "SELECT 'r' || i AS id, TIMESTAMPTZ '2026-03-01 10:00:00+00' AS time, [i] AS list, "
        "NULL::INTEGER AS nothing FROM range(2) r(i)"
    )
    moment = "2026-03-01 10:00:00.000000+00:00"
    told = Told(
        2, columns=("id", "time", "list", "nothing"), values=[("r0", moment, "[0]", None), ("r1", moment, "[1]", None)]
    )
    good = made(typed)

    def with_one(bad: str, code: str, way: str) -> Sample:
        query = f"SELECT i AS id, CASE i WHEN 1 THEN {bad} ELSE 'fine' END AS v FROM range(3) r(i)"
        return Sample(way, "a.parquet", made(query), {"": Told(2, (code,), columns=("id", "v"))})

    return Samples(
        good=(
            Sample("typed columns", "a.parquet", good, {"": told}),
            Sample("another name", "a.data", good, {"": told}),
            Sample("no rows", "a.parquet", made(f"{typed} WHERE false"), {"": Told(0)}),
        ),
        bad=(
            with_one("'a' || chr(0)", "nul", "a NUL in a value"),
            with_one(f"repeat('x', {LONGEST_RECORD})", "too-long", "a value that is too long"),
            Sample("it breaks off", "a.parquet", good[: len(good) // 2], refusal="cannot be read as Parquet"),
            Sample(
                "a footer of zeros",
                "a.parquet",
                good[:60] + bytes(len(good) - 68) + good[-8:],
                refusal="cannot be read",
            ),
            Sample("its first bytes alone", "a.parquet", b"PAR1", refusal="cannot be read as Parquet"),
        ),
        many=lambda count: made(f"SELECT i AS id, 'x' || i AS v FROM range({count}) r(i)"),
        many_file="many.parquet",
    )


def sqlite() -> Samples:
    def made(script: str, count: int = 0) -> bytes:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "a.db")
            with closing(sqlite3.connect(path)) as connection:
                connection.executescript(script)
                rows = ((index, f"x{index}") for index in range(1, count + 1))
                connection.executemany("INSERT INTO t VALUES (?, ?)", rows) if count else None
                connection.commit()
            return path.read_bytes()

    table = "CREATE TABLE t (id INTEGER PRIMARY KEY, v);"
    two = f"{table} INSERT INTO t VALUES (3, 'a'), (7, x'00ff');"
    other = 'CREATE TABLE "other one" (k PRIMARY KEY, v) WITHOUT ROWID; CREATE VIEW seen AS SELECT 1;'
    told = Told(2, columns=("id", "v"), values=[("3", "a"), ("7", "00ff")])
    good = made(two)
    bent = made(table, 2_000)
    middle = len(bent) // 2

    def with_one(bad: str, code: str, way: str) -> Sample:
        return Sample(
            way, "a.db", made(f"{two} INSERT INTO t VALUES (9, {bad})"), {"t": Told(2, (code,), columns=("id", "v"))}
        )

    return Samples(
        good=(
            Sample("one table", "a.sqlite", good, {"t": told}),
            Sample("another name", "a.bin", good, {"t": told}),
            Sample(
                "two tables and a view",
                "a.db",
                made(two + other),
                {"t": told, "other one": Told(0, columns=("k", "v"))},
            ),
        ),
        bad=(
            with_one("'a' || char(0)", "nul", "a NUL in a value"),
            with_one("CAST(x'80ff' AS TEXT)", "encoding", "bytes that are no characters"),
            with_one(f"zeroblob({LONGEST_RECORD})", "too-long", "a value that is too long"),
            with_one(f"zeroblob({3 * LONGEST_RECORD})", "too-long", "a value that is far too long"),
            Sample("it breaks off", "a.db", bent[:middle], refusal="cannot be read"),
            Sample("its first page damaged", "a.db", good[:100] + b"\xff" * 400 + good[500:], refusal="cannot be read"),
            Sample("no table in it", "a.db", made("CREATE VIEW seen AS SELECT 1"), refusal="no table"),
            Sample("its head alone", "a.db", good[:16], refusal="cannot be read"),
        ),
        many=lambda count: made(table, count),
        many_file="many.db",
    )
