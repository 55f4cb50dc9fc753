"""Samples of formats that are no text: made by those who write them, and spoilt."""

from __future__ import annotations

import io
import sqlite3
import tempfile
from collections.abc import Sequence
from pathlib import Path

from importer_sample import Sample, Samples, Told
from made_workbooks import ods, ods_cell, ods_row, xls


def workbook() -> Samples:
    def made(rows: list[list[object]]) -> bytes:
        import openpyxl

        book = openpyxl.Workbook(write_only=True)
        sheet = book.create_sheet("rows")
        for row in rows:
            sheet.append(row)
        stream = io.BytesIO()
        book.save(stream)
        return stream.getvalue()

    names = ("id", "time")
    good = made([["id", "time"], ["r1", "2026-03-01"], [], [10, "2026-03-02"]])
    wide = made([["id", "time"], *([["r1", "2026-03-01"]] * 300), ["r2", "2026-03-02", "too", "much"]])
    told = Told(2, columns=names, values=[("r1", "2026-03-01"), ("10", "2026-03-02")])
    return Samples(
        good=(Sample("a sheet with an empty row", "a.xlsx", good, {"rows": told}),),
        bad=(
            Sample("a row wider than the table", "a.xlsx", wide, {"rows": Told(300, ("columns",))}),
            Sample("it breaks off", "a.xlsx", good[: len(good) // 2], refusal="cannot be read as a workbook"),
            Sample("no table in it", "a.xlsx", made([]), refusal="No sheet"),
            Sample("a name alone", "a.xlsx", b"id,time\n", refusal="named like a workbook"),
        ),
        many=lambda count: made([["id", "time"], *([index, "2026-03-01"] for index in range(count))]),
        many_file="many.xlsx",
        most=3_000,
    )


def old_workbook() -> Samples:
    names = ("id", "who")
    rows: list[list[object]] = [["id", "who"], ["r1", "acct-1"], [10, "acct-2"]]
    told = Told(2, columns=names, values=[("r1", "acct-1"), ("10", "acct-2")])
    good = xls(rows)
    wide = xls([*rows[:1], *([["r1", "acct-1"]] * 300), ["r2", "acct-2", "too", "much"]])
    open_document = ods("".join(ods_row(*(ods_cell(str(value)) for value in row)) for row in rows))
    return Samples(
        good=(
            Sample("XLS", "a.xls", good, {"S": told}),
            Sample("OpenDocument", "a.ods", open_document, {"S": told}),
        ),
        bad=(
            Sample("a row wider than the table", "a.xls", wide, {"S": Told(300, ("columns",))}),
            Sample("it breaks off", "a.xls", good[:600], refusal="cannot be read"),
            Sample("nothing in it", "a.xls", xls([]), refusal="No sheet"),
        ),
        many=lambda count: xls([["id", "who"], *([index, "acct"] for index in range(count))]),
        many_file="many.xls",
        most=3_000,
    )


def parquet() -> Samples:
    def made(select: str) -> bytes:
        import duckdb

        with tempfile.TemporaryDirectory() as folder, duckdb.connect() as connection:
            path = Path(folder) / "made.parquet"
            connection.execute(f"COPY ({select}) TO '{path}' (FORMAT parquet)")
            return path.read_bytes()

    rows = "SELECT * FROM (VALUES (1, 'a', [1, 2]), (9007199254740993, NULL, NULL)) AS t(id, who, list)"
    good = made(rows)
    told = Told(2, (), None, ("id", "who", "list"), [("1", "a", "[1,2]"), ("9007199254740993", None, None)])
    nul = made("SELECT * FROM (VALUES (1, 'a'), (2, 'b' || chr(0)), (3, 'c')) AS t(id, who)")
    return Samples(
        good=(Sample("numbers, texts and lists", "a.parquet", good, {"": told}),),
        bad=(
            Sample("a NUL in a text", "a.parquet", nul, {"": Told(2, ("nul",))}),
            Sample("it breaks off", "a.parquet", good[: len(good) // 2], refusal="cannot be read"),
            Sample("a damaged footer", "a.parquet", good[:-60] + b"\xff" * 20 + good[-40:], refusal="cannot be read"),
        ),
        many=lambda count: made(f"SELECT range AS id, 'x' AS who FROM range({count})"),
        many_file="many.parquet",
    )


def sqlite() -> Samples:
    def made(*statements: str, rows: Sequence[tuple[object, ...]] = ()) -> bytes:
        with sqlite3.connect(":memory:") as connection:
            for statement in statements:
                connection.execute(statement)
            if rows:
                connection.executemany("INSERT INTO logins VALUES (?, ?)", rows)
            connection.commit()
            content = connection.serialize()
        connection.close()
        return content

    table = "CREATE TABLE logins (id INTEGER PRIMARY KEY, who)"
    good = made(
        table, "CREATE TABLE more (x)", "INSERT INTO more VALUES (1.5)", rows=[(1, "a"), (3, b"\x00\xff"), (7, None)]
    )
    told = Told(3, (), None, ("id", "who"), [("1", "a"), ("3", "00ff"), ("7", None)])
    nul = made(table, rows=[(1, "a"), (2, "b\0"), (3, "c")])
    return Samples(
        good=(Sample("two tables", "a.db", good, {"logins": told, "more": Told(1)}),),
        bad=(
            Sample("a NUL in a text", "a.db", nul, {"logins": Told(2, ("nul",))}),
            Sample("no table", "a.db", made("CREATE TABLE t (x)", "DROP TABLE t"), refusal="holds no table"),
            Sample("it breaks off", "a.db", good[:1_000], refusal="cannot be read"),
        ),
        many=lambda count: made(table, rows=[(index, "x") for index in range(1, count + 1)]),
        many_file="many.db",
    )
