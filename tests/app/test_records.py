"""Splitting text into records: exact values, exact places, nothing lost, the fast way equal to the careful one."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from casebound.importers import records, wellformed
from casebound.importers.batch import Batch
from casebound.importers.delimited import DelimitedText
from casebound.importers.layout import Choices
from casebound.importers.records import Dialect, Place, Splitter
from casebound.importing import read_table
from casebound.previewing import preview

SHARED = Path(__file__).parents[3] / "shared" / "data"

Rows = list[list[str | None]]


def values_of(batch: Batch) -> Rows:
    """The values of a batch in either form."""
    return batch.rows()


def all_of(data: bytes, width: int, dialect: Dialect, *, plain: bool = True) -> list[Batch]:
    columns = tuple(f"c{index}" for index in range(width))
    splitter = Splitter(io.BytesIO(data), dialect, columns, Place(0, 1, 0))
    if not plain:
        splitter._plain = False
    return list(splitter.batches())


def told(batches: list[Batch]) -> list[tuple[object, ...]]:
    """Every record with its place, in order, whatever way it was read."""
    found: list[tuple[object, ...]] = []
    for batch in batches:
        places = zip(
            batch.ordinals.tolist(), batch.lines.tolist(), batch.offsets.tolist(), batch.lengths.tolist(), strict=True
        )
        kept = [(*place, [value or "" for value in row]) for place, row in zip(places, values_of(batch), strict=True)]
        refused = [(one.ordinal, one.line, one.offset, one.length, one.code) for one in batch.refused]
        found += [*kept, *refused]
    return sorted(found, key=lambda record: record[0])  # type: ignore[no-any-return, return-value, arg-type]


PIECES = st.lists(
    st.sampled_from(
        [
            b",",
            b'"',
            b"\n",
            b"\r\n",
            b"\r",
            b"a",
            b"b,c",
            b'"x"',
            b'"x,y"',
            b'""',
            b'"p""q"',
            b"\xc3\xa9",
            b"\xff",
            b"\0",
            b" ",
        ]
    ),
    max_size=40,
).map(b"".join)


@given(PIECES, st.integers(2, 4))
@settings(max_examples=600, deadline=None)
def test_the_fast_way_equals_the_careful_way(data: bytes, width: int) -> None:
    dialect = Dialect()
    fast, careful = told(all_of(data, width, dialect)), told(all_of(data, width, dialect, plain=False))
    assert fast == careful
    assert [record[0] for record in fast] == list(range(len(fast)))


@given(PIECES)
@settings(max_examples=300, deadline=None)
def test_records_and_blank_lines_account_for_every_byte(data: bytes) -> None:
    """What lies between two records is line ends and nothing else."""
    for plain in (True, False):
        end = 0
        for record in told(all_of(data, 3, Dialect(), plain=plain)):
            start, length = int(str(record[2])), int(str(record[3]))
            assert data[end:start].strip(b"\r\n") == b""
            assert data.count(b"\n", 0, start) + 1 == record[1]
            end = start + length
        assert data[end:].strip(b"\r\n") == b""


@given(PIECES, st.integers(1, 7))
@settings(max_examples=200, deadline=None)
def test_block_edges_change_nothing(data: bytes, size: int) -> None:
    whole = told(all_of(data, 3, Dialect()))
    before = records.BLOCK
    records.BLOCK = size
    try:
        assert told(all_of(data, 3, Dialect())) == whole
        assert told(all_of(data, 3, Dialect(), plain=False)) == whole
    finally:
        records.BLOCK = before


CELLS = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\0"), max_size=12)


@given(
    st.integers(1, 5).flatmap(
        lambda width: st.lists(st.lists(CELLS, min_size=width, max_size=width), min_size=1, max_size=12)
    ),
    st.sampled_from([",", ";", "\t", "|"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    st.sampled_from(["\r\n", "\n"]),
)
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_table_written_by_the_csv_module_comes_back(
    tmp_path: Path, table: list[list[str]], delimiter: str, encoding: str, newline: str
) -> None:
    width = len(table[0])
    names = [f"name {index}" for index in range(width)]
    path = tmp_path / "table.csv"
    with path.open("w", encoding=encoding, newline="") as stream:
        csv.writer(stream, delimiter=delimiter, lineterminator=newline, quoting=csv.QUOTE_ALL).writerows(
            [names, *table]
        )
    importer = DelimitedText()
    layout = importer.layouts(path, path.name, Choices(delimiter=delimiter, header_line=1))[0]
    assert layout.columns == tuple(names)
    one = preview(path, mapping={"delimiter": delimiter, "header_line": 1})[0]
    found = [row for batch in importer.batches(path, "", one.mapping) for row in values_of(batch)]
    assert [[value or "" for value in row] for row in found] == table


def test_places_in_utf16_are_bytes_of_the_original(tmp_path: Path) -> None:
    text = "id,text\r\n1,é\U0001f600\r\n2,ragged,here\r\n3,last"
    path = tmp_path / "wide.csv"
    data = b"\xff\xfe" + text.encode("utf-16-le")
    path.write_bytes(data)
    one = preview(path)[0]
    found = told(list(DelimitedText().batches(path, "", one.mapping)))
    raw = [data[int(str(r[2])) : int(str(r[2])) + int(str(r[3]))].decode("utf-16-le") for r in found]
    assert raw == ["1,é\U0001f600", "2,ragged,here", "3,last"]
    assert [record[1] for record in found] == [2, 3, 4]


def test_a_line_that_is_too_long_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (records, wellformed):
        monkeypatch.setattr(module, "LONGEST_RECORD", 1_000)
    monkeypatch.setattr(records, "BLOCK", 256)
    data = b"a,b\n" + b"x" * 5_000 + b",y\nc,d\n" + b'"' + b"q" * 3_000 + b"\nlost,quote\n"
    found = told(all_of(data, 2, Dialect()))
    codes = [record[4] for record in found]
    assert codes == [["a", "b"], "too-long", ["c", "d"], "too-long", ["lost", "quote"]]
    assert [record[1] for record in found] == [1, 2, 3, 4, 5]
    assert data[int(str(found[2][2])) :][:3] == b"c,d"


def test_a_quote_that_never_closes_costs_one_line(tmp_path: Path) -> None:
    path = tmp_path / "open.csv"
    path.write_bytes(b'id,text\n1,fine\n2,"never closed\n3,fine\n4,"good"x\n5,"two\nlines"\n')
    one = preview(path)[0]
    found = told(list(DelimitedText().batches(path, "", one.mapping)))
    assert [record[4] for record in found] == [["1", "fine"], "quotes", ["3", "fine"], "quotes", ["5", "two\nlines"]]
    assert [record[1] for record in found] == [2, 3, 4, 5, 6]


@pytest.mark.skipif(not SHARED.exists(), reason="the shared data sets are not here")
@pytest.mark.parametrize("path", sorted((SHARED / "csv-spectrum" / "csvs").glob("*.csv")), ids=lambda path: path.stem)
def test_csv_spectrum(path: Path, tmp_path: Path) -> None:
    text = (SHARED / "csv-spectrum" / "json" / f"{path.stem}.json").read_text()
    if path.stem == "newlines_crlf":
        text = text.replace("\\r\\n", "\\n")  # the file as stored has LF alone; its answer was written for CRLF
    if path.stem == "location_coordinates":
        text = text.replace("1234567890", "2095257564")  # the answer has another number than the file
    expected = json.loads(text)
    expected = expected if isinstance(expected, list) else [expected]
    one = preview(path, mapping={"header_line": 1, "delimiter": ","})[0]
    names = [column.name for column in one.mapping.columns]
    found = [row for batch in DelimitedText().batches(path, "", one.mapping) for row in values_of(batch)]
    assert [dict(zip(names, [value or "" for value in row], strict=True)) for row in found] == expected
    draft = read_table(path, path.name, one.format, "", one.mapping, tmp_path)
    assert draft.read == draft.kept == len(expected)
