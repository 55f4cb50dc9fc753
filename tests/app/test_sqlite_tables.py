"""SQLite: every value as stored, nothing of the schema run, damage told by the name of the table."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from casebound.document import Case
from casebound.errors import BadSource
from casebound.importers import importer_of
from casebound.importers.batch import LONGEST_RECORD, Batch
from casebound.importers.sqlite import SqliteDatabase
from casebound.importing import bring_in
from casebound.previewing import preview

Made = Callable[..., Path]


@pytest.fixture
def made(tmp_path: Path) -> Made:
    """Writes a database by a script, then rows into tables."""

    def write(script: str, rows: dict[str, list[tuple[object, ...]]] | None = None, name: str = "a.db") -> Path:
        path = tmp_path / name
        with closing(sqlite3.connect(path)) as connection:
            connection.executescript(script)
            for table, values in (rows or {}).items():
                marks = ", ".join("?" * len(values[0]))
                connection.executemany(f"INSERT INTO {table} VALUES ({marks})", values)
            connection.commit()
        return path

    return write


def read(path: Path, table: str = "") -> list[Batch]:
    one = next(one for one in preview(path) if not table or one.member == table)
    return list(importer_of(one.format).batches(path, one.member, one.mapping))


def rows_of(batches: list[Batch]) -> list[tuple[str | None, ...]]:
    return [values for batch in batches for values in zip(*(batch.values or ()), strict=True)]


def lines_of(batches: list[Batch]) -> list[int]:
    return [line for batch in batches for line in batch.lines.tolist()]


def told(batches: list[Batch]) -> str:
    return " ".join(words for batch in batches for words in batch.told)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, None),
        ("", ""),
        ("text", "text"),
        ("017", "017"),
        ("日本 \U0001f600", "日本 \U0001f600"),
        (17, "17"),
        (-(2**63), "-9223372036854775808"),
        (2**63 - 1, "9223372036854775807"),
        (0.1, "0.1"),
        (5.0, "5.0"),
        (1e300, "1e+300"),
        (float("inf"), "inf"),
        (b"\x00\xff", "00ff"),
        (b"", ""),
    ],
)
def test_every_value_as_it_is_stored(made: Made, value: object, text: str | None) -> None:
    assert rows_of(read(made("CREATE TABLE t (v, w)", {"t": [(value, "x")]}))) == [(text, "x")]


def test_kinds_that_differ_from_what_the_column_declares_are_told(made: Made) -> None:
    rows: list[tuple[object, ...]] = [(1, "x", 1.5), (2, 7.25, None), (3, b"\xaa", 2.5)]
    batches = read(made("CREATE TABLE t (id INTEGER PRIMARY KEY, who BLOB, n REAL)", {"t": rows}))
    assert rows_of(batches) == [("1", "x", "1.5"), ("2", "7.25", None), ("3", "aa", "2.5")]
    assert "The values of “who” are stored as different kinds: 1 real, 1 text, 1 blob" in told(batches)
    assert "“n”" not in told(batches)


def test_order_and_lines_are_those_of_the_rowid(made: Made) -> None:
    rows: list[tuple[object, ...]] = [(9, "c"), (2, "a"), (5, "b")]
    path = made("CREATE TABLE t (id INTEGER PRIMARY KEY, v); CREATE INDEX i ON t (v DESC)", {"t": rows})
    batches = read(path)
    assert (rows_of(batches), lines_of(batches)) == ([("2", "a"), ("5", "b"), ("9", "c")], [2, 5, 9])
    keyed: list[tuple[object, ...]] = [("b", 1), ("a", 2)]
    batches = read(made("CREATE TABLE t (k TEXT PRIMARY KEY, v) WITHOUT ROWID", {"t": keyed}, "b.db"))
    assert (rows_of(batches), lines_of(batches)) == ([("a", "2"), ("b", "1")], [1, 2])
    assert "has no rowids" in told(batches)
    batches = read(made("CREATE TABLE t (rowid TEXT, oid TEXT, _rowid_ TEXT)", {"t": [("x", "y", "z")]}, "c.db"))
    assert (rows_of(batches), lines_of(batches)) == ([("x", "y", "z")], [1])


def test_what_is_told_and_not_run(made: Made) -> None:
    path = made(
        """CREATE TABLE login (id INTEGER PRIMARY KEY, ts, twice AS (id * 2) VIRTUAL, kept AS (id + 1) STORED);
        INSERT INTO login (id, ts) VALUES (1, '2026-03-01');
        CREATE VIEW seen AS SELECT load_extension('x') FROM login;
        CREATE TRIGGER noticed AFTER INSERT ON login BEGIN SELECT 1; END;
        CREATE VIRTUAL TABLE words USING fts5(body); INSERT INTO words VALUES ('hello');
        CREATE TABLE gone (x); INSERT INTO gone VALUES (zeroblob(50000)); DROP TABLE gone;
        CREATE TABLE empty (a, b)"""
    )
    seen = preview(path)
    assert [one.member for one in seen] == ["login", "words_content", "empty"]
    batches = read(path, "login")
    assert rows_of(batches) == [("1", "2026-03-01", "2")]
    for words in (told(batches), " ".join(seen[0].evidence)):
        assert "Columns that would have to be computed are not stored and were not read: “twice”." in words
        assert "Views are questions, not rows, and were not run: “seen”." in words
        assert "Virtual tables need programs of their own and were not read: “words”." in words
        assert "1 trigger did not run." in words
        assert "free pages of the file may hold deleted rows" in words
    assert rows_of(read(path, "words_content")) == [("1", "hello")]
    assert rows_of(read(path, "empty")) == []


def test_awkward_names(made: Made) -> None:
    path = made("""CREATE TABLE "odd ""name; --" ("a b", "select", "", "_ordinal", "x""y")""")
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("""INSERT INTO "odd ""name; --" VALUES (1, 2, 3, 4, 5)""")
    (one,) = preview(path)
    assert one.member == 'odd "name; --'
    assert rows_of(read(path)) == [("1", "2", "3", "4", "5")]


def test_values_that_are_no_text_are_set_aside(made: Made) -> None:
    path = made(
        f"""CREATE TABLE t (id INTEGER PRIMARY KEY, v);
        INSERT INTO t VALUES (1, 'a'), (2, 'b' || char(0) || 'c'), (3, CAST(x'80ff' AS TEXT)), (4, 'd'),
        (5, zeroblob({3 * LONGEST_RECORD})), (6, 'e'), (7, zeroblob({LONGEST_RECORD})), (8, 'f')"""
    )
    batches = read(path)
    assert [values[1] for values in rows_of(batches)] == ["a", "d", "e", "f"]
    refused = [one for batch in batches for one in batch.refused]
    assert [(one.ordinal, one.line, one.code) for one in refused] == [
        (1, 2, "nul"),
        (2, 3, "encoding"),
        (4, 5, "too-long"),
        (6, 7, "too-long"),
    ]
    assert [one.raw for one in refused[:2]] == ["2\tb\\x00c", "3\t\\x80\\xff"]


def test_text_stored_as_utf_16(made: Made) -> None:
    path = made("PRAGMA encoding = 'UTF-16be'; CREATE TABLE t (v, w)", {"t": [("Zoë 日本", "x")]})
    assert rows_of(read(path)) == [("Zoë 日本", "x")]


def test_a_log_beside_the_file_is_told_and_not_played_back(tmp_path: Path) -> None:
    path = tmp_path / "live.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA wal_autocheckpoint = 0")
        connection.execute("CREATE TABLE t (v, w)")
        connection.commit()
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.execute("INSERT INTO t VALUES ('only in the log', 1)")
        connection.commit()
        before = sorted((one.name, one.read_bytes()) for one in tmp_path.iterdir())
        (one,) = preview(path)
        assert any("Beside the file lies “live.db-wal”" in words for words in one.evidence)
        batches = read(path)
        assert rows_of(batches) == []
        assert sorted((one.name, one.read_bytes()) for one in tmp_path.iterdir()) == before


def test_a_case_with_a_database(case: Case, made: Made) -> None:
    rows: list[tuple[object, ...]] = [(n, f"2026-03-01T10:00:{n % 60:02}Z", f"acct-{n % 9}") for n in range(1, 3001)]
    path = made(
        "CREATE TABLE logins (id INTEGER PRIMARY KEY, ts TEXT, account_id TEXT); CREATE VIEW v AS SELECT 1",
        {"logins": rows},
    )
    (source,) = bring_in(case, path)
    assert (source.format, source.member, source.read, source.kept) == ("sqlite", "logins", 3000, 3000)
    assert any("Views are questions" in words for words in source.warnings)
    assert SqliteDatabase().size(path, "logins") == 3000


# Files made to harm


def test_a_table_that_is_damaged_is_refused_by_its_name(made: Made) -> None:
    rows: list[tuple[object, ...]] = [(n, "words " * 20) for n in range(20_000)]
    path = made("CREATE TABLE fine (v, w); CREATE TABLE bent (v, w)", {"fine": rows[:500], "bent": rows})
    content = bytearray(path.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 8192] = b"\xff" * 8192
    path.write_bytes(content)
    assert len(rows_of(read(path, "fine"))) == 500
    with pytest.raises(BadSource) as refused:
        read(path, "bent")
    assert "The table “bent” of “a.db” cannot be read to its end: database disk image is malformed" in str(
        refused.value
    )


@pytest.mark.parametrize("spoil", ["cut", "schema", "only the head"])
def test_broken_files_are_refused_by_name(made: Made, spoil: str) -> None:
    path = made("CREATE TABLE t (v, w)", {"t": [(n, "x" * 50) for n in range(5_000)]})
    content = path.read_bytes()
    path.write_bytes(
        {
            "cut": content[: len(content) // 2],
            "schema": content.replace(b"CREATE TABLE t", b"CREATE NOTHING"),
            "only the head": content[:16],
        }[spoil]
    )
    with pytest.raises(BadSource) as refused:
        read(path)
    assert "a.db" in str(refused.value)
    assert refused.value.hint


def test_more_tables_and_columns_than_any_export_has(made: Made) -> None:
    many = ";".join(f"CREATE TABLE t{n} (v)" for n in range(1_001))
    with pytest.raises(BadSource, match="1,001 tables"):
        preview(made(f"BEGIN; {many}; COMMIT"))
    wide = [f"c{n}" for n in range(2_000)]
    assert len(preview(made(f"CREATE TABLE t ({', '.join(wide[1:])})", name="b.db"))[0].mapping.columns) == 1_999
    with pytest.raises(BadSource, match="2,000 columns"):
        preview(made(f"CREATE TABLE t ({', '.join(wide)})", name="c.db"))


def test_no_table_at_all(made: Made) -> None:
    with pytest.raises(BadSource, match="It holds no table"):
        preview(made("CREATE VIEW v AS SELECT 1"))


def test_a_schema_that_wants_to_be_run(made: Made) -> None:
    """A view in the place of a table, and one whose sql was rewritten to be a view, are not questions we ask."""
    path = made("CREATE TABLE t (v, w); CREATE TABLE u (v, w)", {"t": [("x", 1)], "u": [("y", 2)]})
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute(
            "UPDATE sqlite_schema SET type = 'view', rootpage = 0, "
            "sql = 'CREATE VIEW t AS SELECT randomblob(1) v, 2 w' WHERE name = 't'"
        )
    seen = preview(path)
    assert [one.member for one in seen] == ["u"]
    assert any("were not run: “t”" in words for words in seen[0].evidence)


def test_a_person_can_stop(made: Made) -> None:
    path = made("CREATE TABLE t (v, w)", {"t": [(n, "x") for n in range(10_000)]})
    (one,) = preview(path)
    walking = SqliteDatabase().batches(path, "t", one.mapping)
    for _ in range(3):
        next(walking)
    walking.close()  # type: ignore[attr-defined]
    with pytest.raises(StopIteration):
        next(walking)
    path.unlink()  # nothing holds it any more
    assert not path.exists()
