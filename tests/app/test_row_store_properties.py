"""Whatever a table holds and however it is written: every row comes out of the store as the standard library reads it,
with its exact place. Blocks are made so small here that a few rows take every way through the store.
"""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from casebound import arranging, filling, timenotations
from casebound.case import Column, ColumnRole, TableMapping
from casebound.document import SourceDraft
from casebound.duck import ask, connect
from casebound.importers import records
from casebound.importers.flatten import unwritten
from casebound.importers.records import Dialect, Place, next_record
from casebound.importers.wellformed import split_block
from casebound.importing import read_table
from casebound.sqltext import name_sql
from casebound.stagedtext import Text

_SLOW = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]
_PIECES = ["a", "b c", " ", '"', '""', "\n", "\r\n", "\r", ",", ";", "\t", "|", "'", "\\", "#", "é", "ß", "\ufeff", "-"]
_UNICODE = ["日本", "表", "\u2028", "\x85", "😀"]
_NUMBERS = ["0", "7", "-12", "007", "-0", "+3", "999999999999999999", "9223372036854775808", "1.0", " 5", "1e3"]


@pytest.fixture(autouse=True, params=[1, 3], ids=["one thread", "three threads"])
def _small(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks of a few rows, on one thread or several."""
    for name, value in (("GROUP", 2), ("ROWS", 4), ("BYTES", 200), ("_MOST_ROWS", 6), ("_MOST_BYTES", 300)):
        monkeypatch.setattr(arranging, name, value)
    monkeypatch.setattr(arranging, "_CHUNK", 90)
    monkeypatch.setattr(filling, "_LINE", 256)
    monkeypatch.setattr(filling, "_BUFFER", 300)
    monkeypatch.setattr(filling, "_AT_ONCE", 3)
    monkeypatch.setattr(timenotations, "_CHUNK", 3)
    monkeypatch.setattr(records, "BLOCK", 700)
    monkeypatch.setattr(os, "cpu_count", lambda: request.param)


@dataclass
class Written:
    """A text and what a reader must find in it."""

    data: bytes = b""
    kept: list[tuple[int, int, int, int, list[str | None]]] = field(default_factory=list)
    """(ordinal, line, offset, length, values) of rows that are rows, repeated keys among them."""
    read: int = 0


def _time(moment: int, notation: int) -> str:
    stamp = datetime(2026, 3, 1, tzinfo=UTC).replace(tzinfo=None) + timedelta(seconds=moment)
    return (
        stamp.isoformat() + "Z",
        stamp.isoformat(" ") + ".000000",
        (stamp + timedelta(hours=2)).isoformat() + "+02:00",
        str(1772323200 + moment),
        stamp.strftime("%d/%b/%Y:%H:%M:%S +0000"),
    )[notation]


@st.composite
def _tables(draw: st.DrawFn, pieces: list[str]) -> list[list[str | None]]:
    cells = st.one_of(
        st.none(),
        st.just(""),
        st.sampled_from(_NUMBERS),
        st.lists(st.sampled_from(pieces), max_size=4).map("".join),
        st.sampled_from(["x" * 150, "long, " * 90]),
    )
    moments = st.builds(_time, st.integers(0, 40), st.integers(0, 4))
    keys = st.one_of(st.integers(0, 30).map(str), st.sampled_from(["k", 'k"q', "k,s", ""]))
    numbers = st.one_of(st.none(), st.integers(-(10**18) + 1, 10**18 - 1).map(str))
    rows: list[list[str | None]] = draw(
        st.lists(st.tuples(keys, moments, cells, numbers).map(list), min_size=1, max_size=40)
    )
    for _ in range(draw(st.integers(0, 3))):
        rows.insert(draw(st.integers(0, len(rows))), list(draw(st.sampled_from(rows))))
    return rows


def _cell(value: str | None, quoted: bool, delimiter: str) -> str:
    if value is None:
        return ""
    if quoted or not value or any(mark in value for mark in f'"\r\n{delimiter}'):
        return '"' + value.replace('"', '""') + '"'
    return value


def _text(draw: st.DrawFn, rows: list[list[str | None]], encoding: str, delimiter: str, end: str) -> Written:
    """The rows as delimited text with records that are no rows in between."""
    head = delimiter.join(("key", "at", "text", "number"))
    written, parts, line = Written(), [head + end], 2
    offset = len(parts[0].encode(encoding))
    ends = "\r" if end == "\r" else "\n"
    for row in rows:
        odd = draw(st.sampled_from(["", "", "", "", "blank", "wide", "torn", "late"]))
        record = delimiter.join(_cell(value, draw(st.booleans()), delimiter) for value in row)
        if odd == "blank":
            before = end
        elif odd:
            before = {"wide": record + delimiter + "z", "torn": '"x"y' + delimiter, "late": f"n{delimiter}never"}[odd]
            before += {"late": delimiter * 2}.get(odd, "") + end
            written.read += 1
        else:
            before = ""
        parts.append(before)
        offset, line = offset + len(before.encode(encoding)), line + before.count(ends)
        length = len(record.encode(encoding))
        written.kept.append((written.read, line, offset, length, row))
        written.read += 1
        parts.append(record + end)
        offset, line = offset + len((record + end).encode(encoding)), line + (record + end).count(ends)
    whole = "".join(parts)
    if draw(st.booleans()):
        whole = whole[: -len(end)]
    written.data = whole.encode(encoding)
    return written


def _store(data: bytes, form: str, mapping: TableMapping) -> tuple[SourceDraft, list[tuple[Any, ...]], list[int], Any]:
    """Read a table in. Returns the draft, its rows with the places first, its times, and the types of its columns."""
    import duckdb

    room = Path(tempfile.mkdtemp())
    try:
        path, folder = room / "t", room / "g"
        path.write_bytes(data)
        folder.mkdir()
        draft = read_table(path, "t", form, "", mapping, folder)
        assert sorted(one.name for one in folder.iterdir()) == ["rows.duckdb", "times.npy"]
        with duckdb.connect(str(folder / "rows.duckdb"), read_only=True) as store:
            names = ", ".join(name_sql(column.name) for column in draft.mapping.columns)
            places = "_position, _ordinal, _line, _offset, _length, _time_us"
            found = store.execute(f"SELECT {places}, {names} FROM rows ORDER BY rowid").fetchall()
            types = dict(store.execute("SELECT name, type FROM columns").fetchall())
        return draft, found, np.load(folder / "times.npy").tolist(), types
    finally:
        shutil.rmtree(room)


def _unrepeated(kept: list[Any], key: int) -> list[Any]:
    """What stays where a key stands once only; the first of each."""
    seen: set[str] = set()
    stays = []
    for row in kept:
        value = row[-1][key]
        if value and value in seen:
            continue
        seen.add(value or "")
        stays.append(row)
    return stays


def _agree(found: list[tuple[Any, ...]], times: list[int], expected: list[Any], types: dict[str, str]) -> None:
    assert [row[0] for row in found] == list(range(len(found))), "dense, and in the order of the file"
    assert [row[5] for row in found] == times == sorted(times)
    assert all(a[5] < b[5] or a[1] < b[1] for a, b in pairwise(found)), "equal times by ordinal"
    by_ordinal = sorted(found, key=lambda row: row[1])
    as_text = [(*row[1:5], [None if value is None else str(value) for value in row[6:]]) for row in by_ordinal]
    assert as_text == expected
    for index, kind in enumerate(types.values()):
        if kind == "BIGINT":
            assert all(row[-1][index] is None or row[-1][index].lstrip("-").isdigit() for row in expected)


_MAPPING = TableMapping(
    "t", (Column("key", ColumnRole.ID), Column("at", ColumnRole.TIME), Column("text"), Column("number"))
)
_FORMS = [
    ("utf-8", ",", "\n"),
    ("utf-8", ";", "\r\n"),
    ("utf-8", "|", "\n"),
    ("utf-8", ",", "\r"),
    ("cp1252", ",", "\n"),
    ("cp1252", "\t", "\r\n"),
    ("utf-16-le", ";", "\r\n"),
    ("utf-16-be", ",", "\n"),
    ("shift_jis", "|", "\r\n"),
]


@pytest.mark.slow
@pytest.mark.parametrize(("encoding", "delimiter", "end"), _FORMS)
@settings(max_examples=4, suppress_health_check=_SLOW)
@given(data=st.data())
def test_delimited_rows_come_out_as_they_stand(data: st.DataObject, encoding: str, delimiter: str, end: str) -> None:
    everything = [*_PIECES, *_UNICODE]
    pieces = [piece for piece in everything if piece.encode(encoding, "ignore").decode(encoding, "ignore") == piece]
    if end == "\r":
        pieces = [piece for piece in pieces if "\n" not in piece]
    rows = data.draw(_tables(pieces))
    written = data.draw(st.composite(_text)(rows, encoding, delimiter, end))
    mapping = replace(_MAPPING, encoding=encoding, delimiter=delimiter)
    draft, found, times, types = _store(written.data, "csv", mapping)
    expected = _unrepeated(written.kept, 0)
    _agree(found, times, expected, types)
    assert draft.read == written.read == draft.kept + draft.quarantined + draft.duplicates
    for _, _, offset, length, values in expected:
        text = written.data[offset : offset + length].decode(encoding)
        (plain,) = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        assert plain == [value or "" for value in values]
    again = _store(written.data, "csv", mapping)
    assert (again[0].rows_digest, again[1]) == (draft.rows_digest, found)


@settings(max_examples=8, suppress_health_check=_SLOW)
@given(
    values=st.lists(st.one_of(st.just(""), st.lists(st.sampled_from(_PIECES), max_size=3).map("".join)), max_size=30)
)
def test_a_single_column_keeps_its_empty_texts(values: list[str]) -> None:
    records_ = [_cell(value, False, ",") for value in values]
    # A line with nothing but a line end in it is a blank line.
    expected = [value for value, record in zip(values, records_, strict=True) if record]
    data = "".join(f"{record}\n" for record in ["text", *records_]).encode()
    mapping = TableMapping("t", (Column("text"),))
    draft, found, times, _ = _store(data, "csv", mapping)
    assert times == []
    assert [row[-1] for row in found] == expected
    assert draft.read == draft.kept == len(expected)


@settings(max_examples=10, suppress_health_check=_SLOW)
@given(data=st.data())
def test_json_lines_come_out_as_they_stand(data: st.DataObject) -> None:
    rows = data.draw(_tables([*_PIECES, *_UNICODE, "\0", "\ud800", "\x1f"]))
    lines, expected, offset = [], [], 0
    for ordinal, row in enumerate(rows):
        element = dict(zip(("key", "at", "text", "number"), row, strict=True))
        late = {"late": f"v{ordinal}"} if ordinal > len(rows) // 2 and ordinal % 3 else {}
        line = json.dumps(element | late, ensure_ascii=data.draw(st.booleans()) or "\ud800" in str(row))
        expected.append((ordinal, ordinal + 1, offset, len(line.encode()), [*row, late.get("late")]))
        lines.append(line)
        offset += len(line.encode()) + 1
    whole = ("\n".join(lines) + "\n").encode()
    draft, found, times, types = _store(whole, "jsonl", replace(_MAPPING, header_line=0))
    spelled = [(*row[:6], *(unwritten(cell) if isinstance(cell, str) else cell for cell in row[6:])) for row in found]
    if len(draft.mapping.columns) == 4:
        expected = [(*row[:4], row[4][:4]) for row in expected]
    _agree(spelled, times, _unrepeated(expected, 0), types)
    assert draft.read == len(rows) == draft.kept + draft.quarantined + draft.duplicates


# What DuckDB reads is what was found before


def _blocks() -> Iterator[tuple[str, bytes]]:
    for name in ("LF", "CRLF"):
        yield name, b"\n" if name == "LF" else b"\r\n"


@pytest.mark.parametrize(("name", "end"), list(_blocks()))
@settings(max_examples=120, suppress_health_check=_SLOW)
@given(
    text=st.one_of(
        st.lists(
            st.sampled_from([*_PIECES, *_UNICODE, ",", "\n", "\x0b", "\x0c", "\x1a", "NULL", '"x"', '"\n"']), min_size=3
        )
        .map("".join)
        .map(str.encode),
        st.lists(
            st.tuples(*[st.lists(st.sampled_from([*_PIECES, *_UNICODE, "\x1a", "\\N"]), max_size=3).map("".join)] * 2),
            min_size=1,
        ).map(
            lambda rows: "\n".join(",".join(_cell(value, "b" in value, ",") for value in row) for row in rows).encode()
        ),
    ),
    first=st.integers(0, 3),
)
def test_no_plain_text_is_read_otherwise_by_duckdb(
    tmp_path: Path, name: str, end: bytes, text: bytes, first: int
) -> None:
    """Whatever the fast way lets pass: from any record on, DuckDB's values are those of the careful reader."""
    dialect = Dialect()
    found = split_block(text, dialect, ("a", "b"), Place(0, 1, 0), True)
    if found is None or found[0].block is None or found[0].count <= first:
        return
    block = found[0].block
    pieces = [text[low : low + size] for low, size in zip(block.starts.tolist(), block.lengths.tolist(), strict=True)]
    careful = [next_record(piece, 0, dialect, True) for piece in pieces]
    values = [record.values for record in careful if record is not None]
    assert found[0].rows() == values
    assert _inserted(tmp_path / "block.csv", pieces[first:], end) == values[first:]


def _inserted(path: Path, pieces: list[bytes], end: bytes) -> list[list[str | None]]:
    count = len(pieces)
    arrays = {name: np.arange(count) for name in ("_position", "_ordinal", "_line", "_offset", "_length")}
    arrays["_length"] = np.array([len(piece) for piece in pieces])
    places = "_position BIGINT NOT NULL, _ordinal BIGINT NOT NULL, _line BIGINT, _offset BIGINT, _length BIGINT"
    newline = "\\r\\n" if end == b"\r\n" else "\\n"
    given_text = Text(np.arange(count), [part for piece in pieces for part in (piece, end)], own=False, newline=newline)
    connection = connect(None, None)
    try:
        ask(connection, f"CREATE TABLE t ({places}, _time_us BIGINT, _reading USMALLINT, c0 VARCHAR, c1 VARCHAR)")
        ask(connection, "BEGIN")
        filling.insert(connection, "t", path, ",", given_text, arrays, ("VARCHAR", "VARCHAR"))
        ask(connection, "COMMIT")
        return [list(row) for row in ask(connection, "SELECT c0, c1 FROM t ORDER BY _position")]
    finally:
        connection.close()


def test_a_mark_in_front_of_a_value_stays(tmp_path: Path) -> None:
    """DuckDB takes EF BB BF at the beginning of what it reads for the file's own mark."""
    assert _inserted(tmp_path / "b", ["\ufeffa,b".encode(), b"c,d"], b"\n") == [["\ufeffa", "b"], ["c", "d"]]


@pytest.mark.parametrize("value", [b"b", b'"b\nb"', b'"b\r\nb"', b'"b\rb"'])
@pytest.mark.parametrize(("name", "end"), list(_blocks()))
def test_plain_text_needs_no_second_reading(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, end: bytes, value: bytes
) -> None:
    """Reading by our own rules takes several times as long: it is for what DuckDB cannot read."""

    def never(*_: object) -> list[list[str | None]]:
        raise AssertionError("read again")

    monkeypatch.setattr(filling, "_records", never)
    read = value.decode().strip('"')
    assert _inserted(tmp_path / "b", [b"a," + value] * 20, end) == [["a", read]] * 20


@pytest.mark.parametrize("wrong", [b"a,b\n", b"a,b\nc,d\ne,f\n", b"a,b,c\nd,e,f\n", b"a,b\nc\n", b'a,b\n"c,d\n', b""])
def test_a_wrong_reading_never_gets_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wrong: bytes) -> None:
    """Where DuckDB finds more records, fewer, or others, the values come from our own reading."""
    real = filling._write

    def writing(block: Path, text: Text, longest: int) -> int:
        size = real(block, text, longest)
        block.write_bytes(wrong)
        return size

    monkeypatch.setattr(filling, "_write", writing)
    assert _inserted(tmp_path / "b", [b"1,2", b"3,4"], b"\n") == [["1", "2"], ["3", "4"]]
