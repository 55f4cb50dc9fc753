"""Counting enclosed rows by their identity, however the bytes arrive."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casebound_packaging.verify.rows import RowCensus, TableRows

ONE, TWO = "a" * 64, "b" * 64


def read(data: bytes, sizes: list[int] | None = None) -> tuple[TableRows, RowCensus]:
    census = RowCensus()
    table = TableRows("data/tables/t.csv", census)
    place = 0
    for size in sizes or [len(data) or 1]:
        table.feed(data[place : place + size])
        place += size
    table.feed(data[place:])
    table.finish()
    return table, census


def written(rows: list[list[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([["_row", "_time_us", "note"], *rows])
    return text.getvalue().encode()


def problems(data: bytes) -> list[str]:
    return [finding.problem for finding in read(data)[0].findings]


def test_rows_are_counted_per_original_and_table() -> None:
    data = written([[f"{ONE}/t/0", "1", "x"], [f"{ONE}/t/9", "", "y"], [f"{TWO}!a/b.csv/t/3", "2", "z"]])
    table, census = read(data)
    assert table.rows == 3 and table.findings == [] and table.origins == {ONE, TWO}
    assert census.counts == {(ONE, "t"): 2, (TWO, "t"): 1}
    assert not census.add(ONE, "", "t", 9), "an exhibit of the same row is not another row"
    assert census.add(ONE, "m", "t", 9)


@settings(max_examples=80, deadline=None)
@given(
    notes=st.lists(st.text(alphabet='ab,"\n\r é', max_size=12), max_size=12),
    sizes=st.lists(st.integers(1, 7), max_size=60),
)
def test_cells_with_line_ends_and_quotes_are_one_record(notes: list[str], sizes: list[int]) -> None:
    data = written([[f"{ONE}/t/{ordinal}", "1", note] for ordinal, note in enumerate(notes)])
    table, census = read(data, sizes)
    assert table.findings == []
    assert table.rows == len(notes) == census.counts.get((ONE, "t"), 0)


@pytest.mark.parametrize("ordinal", ["", "007", "00", "-1", "+1", " 1", "1 ", "²", "1e3", "1_0", "9" * 19, "1/2x"])
def test_a_bad_ordinal_is_told_whatever_stood_before(ordinal: str) -> None:
    """A row of the same original as the row before it is read in a shorter way, and no more loosely."""
    rows = [[f"{ONE}/t/4", "1", "x"], [f"{ONE}/t/{ordinal}", "1", "y"], [f"{ONE}/t/5", "1", "z"]]
    assert problems(written(rows)) == ["Row 2 has no row identity."]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from([ONE, f"{ONE}!m.csv", f'{TWO}!a"b,c']), st.integers(0, 12)), max_size=12))
def test_both_ways_of_reading_an_identity_count_the_same(rows: list[tuple[str, int]]) -> None:
    plain = [[f"{origin}/t/{ordinal}", "1", "x"] for origin, ordinal in rows]
    head, *lines = written(plain).decode().splitlines()
    quoted = "\n".join([head, *(line if line[0] == '"' else '"' + line.replace(",", '",', 1) for line in lines), ""])
    short, long = read(written(plain)), read(quoted.encode())
    assert short[1].counts == long[1].counts
    assert short[0].findings == long[0].findings
    assert short[0].origins == long[0].origins


def test_a_quoted_identity_is_read() -> None:
    table, census = read(b"_row,_time_us\n" + f'"{ONE}!a,""b"".csv/t/1",5\n'.encode())
    assert table.findings == [] and census.counts == {(ONE, "t"): 1}


def test_what_is_wrong_is_said() -> None:
    assert problems(b"") == ["The table has no header line."]
    assert problems(b"id,who\n") == ["The first columns are not _row and _time_us."]
    assert problems(written([["nothing", "1", "x"]])) == ["Row 1 has no row identity."]
    assert problems(written([[f"{ONE}/t/01", "1", "x"]])) == ["Row 1 has no row identity."]
    assert problems(written([[f"{ONE}/t/1", "1", "x"]] * 2)) == ["Row 2 is in the package's tables twice."]
    assert problems(written([[f"{ONE}/t/1", "1", "x"]])[:-1]) == ["The last row is cut off."]
    assert problems(written([["nothing", "1", "x"]] * 100)) == [f"Row {n} has no row identity." for n in range(1, 21)]


def test_scattered_ordinals_do_not_exhaust_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("casebound_packaging.verify.rows._MOST_PAGES", 50)
    census = RowCensus()
    for page in range(50):
        census.add(ONE, "", "t", page << 40)
    assert not census.full
    census.add(ONE, "", "t", 50 << 40)
    assert census.full
