"""Parquet: every type as text by stated rules, exact order, and broken files refused by name."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from casebound.document import Case
from casebound.errors import BadSource
from casebound.events import Events
from casebound.importers import importer_of
from casebound.importers.batch import LONGEST_RECORD, Batch
from casebound.importers.parquet import ParquetFile
from casebound.importing import bring_in
from casebound.moments import utc_text
from casebound.previewing import preview


@pytest.fixture
def made(tmp_path: Path) -> Callable[..., Path]:
    """Writes the answer to a query into a file."""

    def write(query: str, name: str = "a.parquet", options: str = "FORMAT parquet") -> Path:
        import duckdb

        path = tmp_path / name
        with duckdb.connect() as connection:
            connection.execute(f"COPY ({query}) TO '{path}' ({options})")
        return path

    return write


def read(path: Path) -> list[Batch]:
    (one,) = preview(path)
    return list(importer_of(one.format).batches(path, one.member, one.mapping))


def rows_of(batches: list[Batch]) -> list[tuple[str | None, ...]]:
    return [values for batch in batches for values in zip(*(batch.values or ()), strict=True)]


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("'text'", "text"),
        ("''", ""),
        ("NULL::VARCHAR", None),
        ("NULL::INTEGER", None),
        ("9223372036854775807", "9223372036854775807"),
        ("18446744073709551615::UBIGINT", "18446744073709551615"),
        ("0.1::DOUBLE", "0.1"),
        ("0.1::FLOAT", "0.1"),
        ("'nan'::DOUBLE", "nan"),
        ("12.50::DECIMAL(10, 2)", "12.50"),
        ("12345678901234567890123456789012345.678::DECIMAL(38, 3)", "12345678901234567890123456789012345.678"),
        ("true", "true"),
        ("DATE '2026-03-01'", "2026-03-01"),
        ("TIME '10:11:12.000001'", "10:11:12.000001"),
        ("TIMESTAMP '2026-03-01 10:00:00.5'", "2026-03-01 10:00:00.500000"),
        ("TIMESTAMP_MS '2026-03-01 10:00:00.12'", "2026-03-01 10:00:00.120"),
        ("TIMESTAMP_NS '2026-03-01 10:00:00.123456789'", "2026-03-01 10:00:00.123456789"),
        ("TIMESTAMPTZ '2026-03-01 10:00:00.123456+02'", "2026-03-01 08:00:00.123456+00:00"),
        ("TIMESTAMP 'infinity'", "infinity"),
        ("TIMESTAMPTZ '-infinity'", "-infinity"),
        ("TIMESTAMP '1601-01-01 00:00:00'", "1601-01-01 00:00:00.000000"),
        ("'\\x00\\xAA'::BLOB", "00aa"),
        ("UUID '6e7f1f4a-0000-4000-8000-000000000001'", "6e7f1f4a-0000-4000-8000-000000000001"),
        ("[1, NULL, 3]", "[1,null,3]"),
        ("{'a': 1, 'b': ['x']}", '{"a":1,"b":["x"]}'),
        ("MAP {'k': 'v'}", '{"k":"v"}'),
        ("""'{"z": 1.50}'::JSON""", '{"z": 1.50}'),
    ],
)
def test_every_type_as_text(made: Callable[..., Path], value: str, told: str | None) -> None:
    assert rows_of(read(made(f"SELECT {value} AS v, 'x' AS w"))) == [(told, "x")]


def test_nanoseconds_in_utc(made: Callable[..., Path], tmp_path: Path) -> None:
    """DuckDB writes no such column, so the mark that says local time is turned into the one that says UTC."""
    plain = made("SELECT TIMESTAMP_NS '2026-03-01 10:00:00.123456789' AS v").read_bytes()
    local, utc = bytes.fromhex("8c121c3c"), bytes.fromhex("8c111c3c")
    assert plain.count(local) == 1
    path = tmp_path / "utc.parquet"
    path.write_bytes(plain.replace(local, utc))
    assert rows_of(read(path)) == [("2026-03-01 10:00:00.123456789+00:00",)]


def test_order_numbers_and_nothing_beside_them(made: Callable[..., Path]) -> None:
    path = made("SELECT 99999 - i AS n FROM range(100000) r(i)", options="FORMAT parquet, ROW_GROUP_SIZE 3000")
    batches = read(path)
    assert [values[0] for values in rows_of(batches)] == [str(99_999 - n) for n in range(100_000)]
    assert [one for batch in batches for one in batch.ordinals.tolist()] == list(range(100_000))
    assert [one for batch in batches for one in batch.lines.tolist()] == list(range(1, 100_001))
    assert {one for batch in batches for one in batch.offsets.tolist()} == {-1}
    assert ParquetFile().size(path, "") == 100_000
    assert max(batch.count for batch in batches) <= 10_000
    assert len(preview(path)[0].rows) <= 200


def test_times_are_read_by_the_normal_rules(case: Case, made: Callable[..., Path]) -> None:
    path = made(
        "SELECT 'r' || i AS id, TIMESTAMPTZ '2026-03-01 10:00:00.25+00' + INTERVAL (i) SECOND AS ts FROM range(3) r(i)"
    )
    (source,) = bring_in(case, path)
    assert (source.format, source.read, source.kept) == ("parquet", 3, 3)
    with Events.open(case.path, case.snapshot().sources) as events:
        first = events.page(0, 1)[0]
    assert utc_text(first.time_us) == "2026-03-01T10:00:00.250000Z"
    assert first.zone_origin == "in the value"


@pytest.mark.parametrize("name", ["year=2026", "a[1]*?.parquet", 'it\'s "quoted".parquet', "ü ö.parquet"])
def test_no_sign_of_a_name_means_anything(made: Callable[..., Path], tmp_path: Path, name: str) -> None:
    content = made("SELECT 1 AS id, 'x' AS v").read_bytes()
    (tmp_path / "beside.parquet").write_bytes(content)
    folder = tmp_path / "year=2026"
    folder.mkdir()
    path = folder / name
    path.write_bytes(content)
    (one,) = preview(path)
    assert [column.name for column in one.mapping.columns] == ["id", "v"]
    assert rows_of(read(path)) == [("1", "x")]


def test_awkward_columns(made: Callable[..., Path]) -> None:
    path = made('SELECT 1 AS file_row_number, 2 AS "a""b", 3 AS "_ordinal", 4 AS "  "')
    (one,) = preview(path)
    assert [column.name for column in one.mapping.columns] == ["file_row_number", 'a"b', "_ordinal (2)", "column 4"]
    assert rows_of(read(path)) == [("1", "2", "3", "4")]


def test_values_that_are_no_text_are_set_aside(made: Callable[..., Path]) -> None:
    path = made(
        f"SELECT i AS id, CASE i WHEN 1 THEN 'a' || chr(0) || 'b' WHEN 3 THEN repeat('x', {LONGEST_RECORD}) "
        f"ELSE 'fine' END AS v FROM range(5) r(i)"
    )
    batches = read(path)
    assert [values[0] for values in rows_of(batches)] == ["0", "2", "4"]
    refused = [one for batch in batches for one in batch.refused]
    assert [(one.ordinal, one.line, one.code) for one in refused] == [(1, 2, "nul"), (3, 4, "too-long")]
    assert refused[0].raw == "1\ta\\x00b"


@pytest.mark.parametrize("where", ["magic", "footer", "length", "pages", "cut", "tiny"])
def test_broken_files_are_refused_by_name(made: Callable[..., Path], tmp_path: Path, where: str) -> None:
    good = made("SELECT i AS id, 'words words ' || (i * 7919) AS v FROM range(20000) r(i)").read_bytes()
    size = int.from_bytes(good[-8:-4], "little")
    broken = {
        "magic": good[:-4] + b"XXXX",
        "footer": good[: -8 - size] + bytes(size) + good[-8:],
        "length": good[:-8] + b"\xff\xff\xff\x7fPAR1",
        "pages": good[:200] + bytes(5000) + good[5200:],
        "cut": good[: len(good) // 2],
        "tiny": b"PAR1",
    }[where]
    path = tmp_path / "broken.parquet"
    path.write_bytes(broken)
    with pytest.raises(BadSource) as refused:
        read(path)
    assert "broken.parquet" in str(refused.value)
    assert "cannot be read as Parquet" in str(refused.value)
    assert str(tmp_path) not in str(refused.value)


def test_a_footer_that_counts_wrongly(made: Callable[..., Path], tmp_path: Path) -> None:
    """The footer states the rows twice: for the file, and for its one group of rows. Only the first is changed."""
    good = made("SELECT i AS id FROM range(11) r(i)").read_bytes()
    size = int.from_bytes(good[-8:-4], "little")
    footer = good[-8 - size : -8]
    stated = bytes((0x16, 22, 0x19))  # field of 64 bits, 11 in zigzag, then the list of groups
    assert footer.count(stated) == 1
    path = tmp_path / "wrong.parquet"
    path.write_bytes(good[: -8 - size] + footer.replace(stated, bytes((0x16, 24, 0x19))) + good[-8:])
    with pytest.raises(BadSource, match="12 rows"):
        read(path)


def test_a_person_can_stop(made: Callable[..., Path]) -> None:
    path = made("SELECT i AS id, md5(i::VARCHAR) AS v FROM range(200000) r(i)")
    (one,) = preview(path)
    walking = ParquetFile().batches(path, "", one.mapping)
    for _ in range(3):
        next(walking)
    walking.close()  # type: ignore[attr-defined]
    with pytest.raises(StopIteration):
        next(walking)
    path.unlink()  # nothing holds it any more
    assert not path.exists()


def test_against_pandas(made: Callable[..., Path]) -> None:
    """A second opinion on floats and times, by way of the same data in JSON."""
    import pandas

    query = (
        "SELECT i AS id, sin(i) AS s, TIMESTAMP '2026-03-01' + INTERVAL (i * 7) MILLISECOND AS t FROM range(500) r(i)"
    )
    frame = pandas.read_json(made(query, "a.json", "FORMAT json, ARRAY true"), precise_float=True)
    ours = rows_of(read(made(query)))
    assert [float(values[1] or "") for values in ours] == frame["s"].tolist()
    assert [pandas.Timestamp(values[2] or "") for values in ours] == [pandas.Timestamp(value) for value in frame["t"]]
    assert json.loads(f"[{', '.join(values[0] or '' for values in ours)}]") == frame["id"].tolist()
