"""JSON in every shape: the same rows however they are wrapped, names that depend on the path alone, nothing rounded."""

from __future__ import annotations

import json
import sys
from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent))  # importlib mode has no other way to share `importer_sample`

from importer_sample import values_of

from casebound.errors import BadSource
from casebound.importers import importer_of, jsontext
from casebound.importers.batch import Refused
from casebound.importers.flatten import Columns, NotJson, flat, parse, unwritten, written
from casebound.previewing import preview

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**19), 10**19),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(),
)
NAMES = st.one_of(
    st.sampled_from(["a", "b", "A", "a.b", "a (2)", "a [2]", " a", "", '"', "_line", "é"]), st.text(max_size=6)
)
RECORDS = st.dictionaries(
    NAMES,
    st.recursive(
        SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3), max_leaves=6
    ),
    max_size=5,
)
SEVERAL = st.lists(RECORDS.filter(bool), min_size=2, max_size=6)
SURROGATES = st.text(st.one_of(st.characters(), st.sampled_from(['"', "\\", "u", "0", "d", "8"])), max_size=12)


def read(path: Path, name: str = "") -> tuple[tuple[str, ...], list[tuple[str | None, ...]], list[Refused]]:
    """Columns, rows and refused records of the one table of a file."""
    (one,) = preview(path)
    columns: tuple[str, ...] = ()
    rows: list[tuple[str | None, ...]] = []
    refused: list[Refused] = []
    for batch in importer_of(one.format).batches(path, one.member, one.mapping):
        columns = batch.columns
        rows += values_of(batch)
        refused += batch.refused
    return columns, [row + (None,) * (len(columns) - len(row)) for row in rows], refused


@given(SEVERAL, st.integers(1, 40))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_a_record_is_the_same_row_in_every_wrapping(
    tmp_path: Path, records: list[dict[str, object]], block: int
) -> None:
    texts = [json.dumps(record, ensure_ascii=False) for record in records]
    pretty = [json.dumps(record, indent=2) for record in records]
    array = f"[\n{', '.join(texts)}]"
    wrappings = {
        "array.json": array.encode("utf-8", "surrogatepass"),
        "indented.json": json.dumps(records, indent=1).encode(),
        "wrapped.json": b'{"rows":' + json.dumps(records).encode() + b"}",
        "lines.jsonl": "\n".join(texts).encode("utf-8", "surrogatepass"),
        "one-line": "".join(pretty).encode(),
        "stream": "\n".join(pretty).encode(),
        "texts.json-seq": "".join(f"\x1e{one}\n" for one in pretty).encode(),
        "wide.json": b"\xff\xfe" + array.encode("utf-16-le", "surrogatepass"),
    }
    wrappings.pop("one-line" if any(_has_table(record) for record in records) else "", None)
    before = jsontext._BLOCK
    jsontext._BLOCK = block
    try:
        found = {}
        for name, content in wrappings.items():
            (tmp_path / name).write_bytes(content)
            if any("\ud800" <= char <= "\udfff" for text in texts for char in text):
                continue
            if name in ("stream", "one-line", "texts.json-seq") and any(_has_table(record) for record in records):
                continue  # whether these are records or documents is another test's question
            columns, rows, refused = read(tmp_path / name)
            assert not refused, name
            found[name] = columns, rows
        assert len({repr(told) for told in found.values()}) <= 1
    finally:
        jsontext._BLOCK = before


def _has_table(record: dict[str, object]) -> bool:
    return any(isinstance(value, list) and value and isinstance(value[0], dict) for value in record.values())


@given(SURROGATES | st.text(st.sampled_from('"\\u0d8 \0\ud800')).map(json.dumps))
@settings(max_examples=500)
def test_what_no_text_can_hold_is_kept_and_read_back(text: str) -> None:
    kept = written(text)
    kept.encode()
    assert "\0" not in kept
    assert unwritten(kept) == text
    assert kept == text or any(char == "\0" or "\ud800" <= char <= "\udfff" for char in text) or text.startswith('"')


@given(SURROGATES, SURROGATES)
@settings(max_examples=300)
def test_no_two_texts_are_kept_alike(one: str, other: str) -> None:
    assert (written(one) == written(other)) == (one == other)
    assert written(written(one)) == written(one) or one != written(one)


@pytest.mark.parametrize(
    "text", ["1E400", "-0", "1.0", "1.10", "123456789012345678901", "0.1e-7", "-0.0", "9007199254740993", "1e5"]
)
def test_numbers_stay_letter_for_letter(text: str) -> None:
    assert flat(parse(f'{{"n": {text}, "deep": [{text}, {{"x": {text}}}]}}')) == {
        "n": text,
        "deep": f'[{text},{{"x":{text}}}]',
    }


@pytest.mark.parametrize(
    ("record", "names"),
    [
        ('{"a": {"b": 1}, "a.b": 2}', ["a.b", '"a.b"']),
        ('{"a": 1, "a": 2}', ["a", "a (2)"]),
        ('{"a": 1, "a (2)": 2, "a": 3}', ["a", '"a (2)"', "a (2)"]),
        ('{"": 1, " x": 2, "a\\u0000": 3, "\\ud800": 4}', ['""', '" x"', '"a\\u0000"', '"\\ud800"']),
        ('{"a": {}, "b": [], "c": null}', ["a", "b", "c"]),
        ('{"a": {"a": {"a": 1, "a": 2}}}', ["a.a.a", "a.a.a (2)"]),
    ],
)
def test_names_depend_on_the_path_alone(record: str, names: list[str]) -> None:
    assert list(flat(parse(record))) == names


def test_the_order_of_records_changes_no_name() -> None:
    texts = ['{"a": {"b": 1}, "x": 1}', '{"a.b": 2}', '{"a": 3, "a": 4}', '{"a": [1], "a (2)": 5}']
    told = set()
    for order in permutations(texts):
        columns = Columns()
        rows = [(text, columns.row(flat(parse(text)))) for text in order]
        told.add(frozenset((text, columns.names[i], cell) for text, row in rows for i, cell in enumerate(row) if cell))
    assert len(told) == 1


def test_names_alike_but_for_case_keep_their_columns_when_read_again() -> None:
    first = Columns()
    first.row(flat(parse('{"id": 1, "ID": 2, "_line": 3}')))
    assert first.names == ("id", "ID [2]", "_line [2]")
    assert first.words() == (
        "Names that differ only in case, or are the store's own, were told apart: “ID [2]”, “_line [2]”.",
    )
    again = Columns(first.names)
    assert again.row(flat(parse('{"ID": 2}'))) == [None, "2", None]
    assert again.row(flat(parse('{"_line": 3, "id": 1}'))) == ["1", None, "3"]
    assert again.names == first.names


def test_too_many_names_cost_one_record_and_no_column() -> None:
    columns = Columns()
    columns.row({"a": "1"})
    with pytest.raises(NotJson, match="2,000 columns"):
        columns.row({f"n{index}": "" for index in range(2_000)})
    assert columns.names == ("a",)


def test_nesting_has_a_limit_of_its_own() -> None:
    deep = lambda levels: "[" * levels + "]" * levels  # noqa: E731
    assert flat(parse(f'{{"a": {deep(250)}}}'))["a"] == deep(250)
    with pytest.raises(NotJson, match="256 levels"):
        flat(parse(f'{{"a": {deep(257)}}}'))
    with pytest.raises(NotJson, match="256 levels"):
        flat(parse(deep(100_000)))
    objects = '{"a":' * 200 + "1" + "}" * 200
    assert flat(parse(objects)) == {".".join(["a"] * 12): '{"a":' * 188 + "1" + "}" * 188}


def test_columns_that_appear_late_are_columns(tmp_path: Path) -> None:
    for name, start, between, end in (("late.jsonl", "", "\n", "\n"), ("late.json", "[", ",\n", "]")):
        path = tmp_path / name
        lines = [json.dumps({"id": number, "t": "x"}) for number in range(400)] + ['{"id": 400, "late": {"er": 1}}']
        path.write_text(start + between.join(lines) + end)
        columns, rows, refused = read(path)
        assert (columns, len(rows), refused) == (("id", "t", "late.er"), 401, [])
        assert rows[-1] == ("400", None, "1")
        assert [column.name for column in preview(path)[0].mapping.columns] == ["id", "t", "late.er"]


def test_one_broken_record_costs_one_record(tmp_path: Path) -> None:
    path = tmp_path / "many.json"
    lines = [f'  {{"id": {number}}}' for number in range(1_000)]
    lines[500] = '  {"id": 500, "x": }'
    path.write_text("[\n" + ",\n".join(lines) + "\n]\n")
    _, rows, (refused,) = read(path)
    assert len(rows) == 999
    assert (refused.ordinal, refused.line, refused.code, refused.raw) == (500, 501, "json", '{"id": 500, "x": },')
    assert "a value is missing" in refused.reason and "reading goes on" in refused.reason


def test_a_value_longer_than_memory_allows_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "long.json"
    with path.open("wb") as stream:
        stream.write(b'[{"id": 1}, {"id": 2, "x": [')
        for _ in range(30):
            stream.write(b'{"y": "' + b'\\"]}' * 200_000 + b'"},')
        stream.write(b'1]}, {"id": 3}]')
    _, rows, (refused,) = read(path)
    assert [row[0] for row in rows] == ["1", "3"]
    assert (refused.line, refused.code, refused.offset) == (2, "too-long", 12)
    assert refused.offset + refused.length == path.stat().st_size - len(', {"id": 3}]')


def test_bytes_of_another_encoding_are_never_guessed(tmp_path: Path) -> None:
    path = tmp_path / "names.jsonl"
    path.write_bytes('{"id": 1, "name": "René"}\n{"id": 2, "name": "x"}\n'.encode("cp1252"))
    (one,) = preview(path)
    assert one.mapping.encoding == "utf-8"
    assert any("UTF-8 by its standard" in words for words in one.evidence)
    _, rows, (refused,) = read(path)
    assert rows == [("2", "x")] and refused.code == "encoding" and refused.raw.endswith('Ren\\xe9"}')
    (chosen,) = preview(path, mapping={"encoding": "cp1252"})
    (batch,) = [b for b in importer_of("jsonl").batches(path, "", chosen.mapping) if b.count]
    assert values_of(batch) == [("1", "René"), ("2", "x")]


def test_what_was_told_apart_or_quoted_is_said(tmp_path: Path) -> None:
    for name, start, between, end in (("told.jsonl", "", "\n", ""), ("told.json", "[", ",", "]")):
        path = tmp_path / name
        path.write_text(start + between.join(['{"a": 1, "a": 2}', '{"a": "x\\u0000"}', '{"a": "\\ud83d"}']) + end)
        (one,) = preview(path)
        told = [words for batch in importer_of(one.format).batches(path, "", one.mapping) for words in batch.told]
        assert len(told) == 2
        assert "more than once" in told[0] and "“a (2)”" in told[0]
        assert told[1].startswith("2 values hold NUL or half a character")
        assert set(told) <= set(one.evidence)


@pytest.mark.parametrize("content", [b"[]", b"{}", b'{"rows": []}', b"[{}]", b' {"data": {"items": []}} '])
def test_a_document_without_records_says_so(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "empty.json"
    path.write_bytes(content)
    with pytest.raises(BadSource, match="whole JSON and holds no record"):
        preview(path)
