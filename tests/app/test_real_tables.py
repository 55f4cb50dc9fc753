"""Tables that nobody here wrote, each against what a person finds by looking at it: rows, columns, what is no row, and
every value as Python's own csv module reads it.
"""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from casebound.case import Preview
from casebound.document import Case
from casebound.errors import BadSource
from casebound.events import Events
from casebound.importers import importer_of
from casebound.importers.batch import Batch
from casebound.importing import bring_in
from casebound.moments import utc_text
from casebound.previewing import preview

SHARED = Path(__file__).parents[3] / "shared" / "data"
pytestmark = pytest.mark.skipif(not SHARED.exists(), reason="the shared data sets are not here")


@dataclass(frozen=True)
class Expected:
    """What is in a file: rows, columns, records that are no rows, the line of names, and how it is written."""

    rows: int
    columns: int
    aside: dict[str, int] = field(default_factory=dict)
    line: int = 1
    encoding: str = "utf-8"
    delimiter: str = ","


CSVKIT = {
    "bad.csv": Expected(1, 3, aside={"columns": 2}),
    "bad_skip_lines.csv": Expected(1, 3, aside={"columns": 2}, line=4),
    "blanks.csv": Expected(1, 6),
    "blanks_converted.csv": Expected(1, 6),
    "date_like_number.csv": Expected(1, 1),
    "dummy.csv": Expected(1, 3),
    "dummy.tsv": Expected(1, 3, delimiter="\t"),
    "dummy2.csv": Expected(1, 3),
    "dummy3.csv": Expected(2, 3),
    "dummy_col_shuffled.csv": Expected(1, 3),
    "dummy_col_shuffled_ragged.csv": Expected(1, 4),
    "foo1.csv": Expected(2, 3),
    "foo2.csv": Expected(2, 3),
    "iris.csv": Expected(150, 5),
    "irismeta.csv": Expected(3, 3),
    "join_a.csv": Expected(3, 3),
    "join_a_short.csv": Expected(1, 3, aside={"columns": 2}),
    "join_b.csv": Expected(3, 3),
    "join_no_header_row.csv": Expected(3, 3),
    "join_short.csv": Expected(2, 5),
    "mac_newlines.csv": Expected(2, 3),
    "no_header_row.csv": Expected(1, 3, line=0),
    "no_header_row2.csv": Expected(1, 3, line=0),
    "no_header_row3.csv": Expected(2, 3, line=0),
    "null_byte.csv": Expected(0, 3, aside={"nul": 1}),
    "optional_quote_characters.csv": Expected(1, 3),
    "sheetsxls_converted.csv": Expected(5, 9),
    "sheetsxlsx_converted.csv": Expected(5, 9),
    "sniff_limit.csv": Expected(1, 3, delimiter=";"),
    "sort_ints_nulls.csv": Expected(3, 3),
    "test_date_format.csv": Expected(2, 1),
    "test_date_format_converted.csv": Expected(2, 1),
    "test_empty_columns.csv": Expected(2, 5, aside={"columns": 1}),
    "test_empty_columns_long_row.csv": Expected(0, 3, aside={"columns": 1}),
    "test_empty_columns_short_row.csv": Expected(0, 3, aside={"columns": 1}),
    "test_extra_header.csv": Expected(0, 4, aside={"columns": 1}),
    "test_geo.csv": Expected(17, 12),
    "test_geojson.csv": Expected(3, 7),
    "test_header_newline.csv": Expected(1, 3),
    "test_ignore_case.csv": Expected(5, 3),
    "test_join_short_rows.csv": Expected(1, 3, aside={"columns": 2}),
    "test_latin1.csv": Expected(2, 3, encoding="cp1252"),
    "test_literal_order.csv": Expected(3, 2),
    "test_locale.csv": Expected(1, 3),
    "test_locale_converted.csv": Expected(1, 3),
    "test_no_leading_zeroes.csv": Expected(1, 3),
    "test_numeric_date_format.csv": Expected(2, 1),
    "test_precision.csv": Expected(1, 1),
    "test_skip_lines.csv": Expected(1, 3, line=4),
    "test_utf16_big.csv": Expected(2, 3, encoding="utf-16-be"),
    "test_utf16_little.csv": Expected(2, 3, encoding="utf-16-le"),
    "test_utf8.csv": Expected(2, 3),
    "test_utf8_bom.csv": Expected(2, 3),
    "testdbf_converted.csv": Expected(8, 12),
    "testfixed_converted.csv": Expected(4, 8),
    "testfixed_schema.csv": Expected(8, 3),
    "testfixed_schema_no_inference.csv": Expected(3, 3),
    "testjson_converted.csv": Expected(5, 7),
    "testjson_multiline_converted.csv": Expected(2, 3),
    "testjson_nested_converted.csv": Expected(2, 7),
    "testxls_converted.csv": Expected(5, 8),
    "testxls_unicode_converted.csv": Expected(1, 3),
    "testxlsx_converted.csv": Expected(5, 8),
    "testxlsx_noinference_converted.csv": Expected(5, 8),
    "testxlsx_unicode_converted.csv": Expected(1, 3),
}
FRICTIONLESS = {
    "Table With Data.csv": Expected(2, 2),
    "[table].csv": Expected(2, 2),
    "accent.csv": Expected(2, 17, delimiter=";"),
    "analysis-data.csv": Expected(9, 11),
    "ascii-notvalid.csv": Expected(1, 3),
    "ascii.csv": Expected(1, 3),
    "blank-cells.csv": Expected(5, 2),
    "blank-headers.csv": Expected(2, 3),
    "blank-rows-multiple.csv": Expected(13, 3),
    "blank-rows-no-fields.csv": Expected(2, 3),
    "blank-rows.csv": Expected(3, 3),
    "bom.csv": Expected(2, 2),
    "capital-3.csv": Expected(5, 2),
    "capital-invalid.csv": Expected(8, 3, aside={"columns": 2}),
    "capital-valid.csv": Expected(5, 2),
    "capitals.csv": Expected(5, 3),
    "chunk1.csv": Expected(1, 2),
    "chunk2.csv": Expected(1, 2),
    "chunk2.headless.csv": Expected(1, 2, line=0),
    "chunk3.csv": Expected(1, 2, line=0),
    "countries-cleaned.csv": Expected(4, 4),
    "countries-truefalsevalues.csv": Expected(2, 2),
    "countries.csv": Expected(3, 4, aside={"columns": 2}, line=2),
    "country-1.csv": Expected(5, 4),
    "country-2.csv": Expected(5, 4, line=2, delimiter=";"),
    "country-3.csv": Expected(5, 4),
    "data.csv": Expected(2, 4),
    "data2.csv": Expected(3, 2),
    "defective-rows.csv": Expected(0, 3, aside={"columns": 2}),
    "delimiter.csv": Expected(2, 2, delimiter=";"),
    "dialect.csv": Expected(1, 2, aside={"columns": 1}, delimiter="|"),
    "doublequote.csv": Expected(5, 17),
    "duplicate-column.csv": Expected(1, 4),
    "duplicate-headers.csv": Expected(2, 5),
    "duplicate-rows.csv": Expected(3, 3),
    "encoding-issue-274.csv": Expected(507, 17),
    "escaping.csv": Expected(3, 2),
    "floats.csv": Expected(5, 1),
    "invalid/data.csv": Expected(2, 4),
    "invalid/data2.csv": Expected(3, 2),
    "invalid.csv": Expected(0, 4, aside={"columns": 3}),
    "issue-1004-data1.csv": Expected(3, 4, aside={"columns": 2}),
    "issue-1004-data2.csv": Expected(0, 4, aside={"columns": 3}),
    "issue-1009-comma.csv": Expected(1, 2),
    "issue-1009-semicolon.csv": Expected(1, 2, delimiter=";"),
    "issue-1066-largecellsize.csv": Expected(19, 2),
    "issue-1066-largecellsizewithdeviation.csv": Expected(19, 2),
    "issue-1066-smallcellsize.csv": Expected(12, 2),
    "issue-1066-smallcellsizewithdeviation.csv": Expected(12, 2),
    "issue-1100.csv": Expected(2, 2, delimiter=";"),
    "issue-1105-timezone.csv": Expected(2, 2, delimiter=";"),
    "issue-1109.csv": Expected(3, 3),
    "issue-1138.csv": Expected(7, 4, delimiter=";"),
    "issue-1232.csv": Expected(5, 7, delimiter=";"),
    "issue-1341.csv": Expected(99, 51),
    "issue-277.csv": Expected(75, 71),
    "issue-305.csv": Expected(338, 31),
    "issue-493.csv": Expected(9, 126),
    "issue-825.csv": Expected(3, 3, line=0),
    "issue-833.csv": Expected(3, 2),
    "issue-844.csv": Expected(2, 2),
    "issue-991.csv": Expected(1, 3),
    "latin1.csv": Expected(2, 2, encoding="cp1252"),
    "leading-zeros.csv": Expected(3, 1),
    "long.csv": Expected(6, 2),
    "matrix-with-comment.csv": Expected(4, 4, line=2),
    "matrix.csv": Expected(4, 4),
    "nested-invalid.csv": Expected(5, 3),
    "nested.csv": Expected(4, 3),
    "numeric-labels.csv": Expected(4, 10, line=0),
    "package-dialect-no-header.csv": Expected(2, 3),
    "primary-file-types.csv": Expected(2, 3),
    "schema-errors.csv": Expected(3, 3, aside={"columns": 1}),
    "skip-blank-at-the-end.csv": Expected(1, 2, aside={"columns": 1}),
    "skip-rows-before-headers.csv": Expected(2, 2, line=2),
    "skip-rows.csv": Expected(2, 2, aside={"columns": 1}, line=2),
    "structure-errors.csv": Expected(3, 3, aside={"columns": 1}),
    "sync-schema.csv": Expected(2, 2),
    "table-delimiter.csv": Expected(2, 2, delimiter=";"),
    "table-infer-increase-limit.csv": Expected(199, 2),
    "table-infer-iso-8859-7.csv": Expected(4, 3, encoding="iso-8859-7"),
    "table-infer-missing-values.csv": Expected(7, 3),
    "table-infer-row-limit.csv": Expected(11, 3),
    "table-infer-utf8.csv": Expected(5, 3),
    "table-infer.csv": Expected(4, 3),
    "table-limits.csv": Expected(3, 4),
    "table-output.csv": Expected(2, 2),
    "table-reverse.csv": Expected(2, 2),
    "table-unicode-headers.csv": Expected(2, 2),
    "table-with-accents.csv": Expected(638, 8, encoding="cp1252", delimiter=";"),
    "table.csv": Expected(2, 2),
    "table.tsv": Expected(3, 2, delimiter="\t"),
    "table_with_data.csv": Expected(2, 2),
    "tables/chunk1.csv": Expected(1, 2),
    "tables/chunk2.csv": Expected(1, 2),
    "timezone-with-id.csv": Expected(4, 3),
    "timezone.csv": Expected(4, 2),
    "transform-groups.csv": Expected(6, 4),
    "transform-pivot.csv": Expected(12, 4),
    "transform.csv": Expected(3, 3),
    "transpose.csv": Expected(3, 4, line=0),
    "unique-field.csv": Expected(9, 3),
    "vix.csv": Expected(2, 5, delimiter=";"),
    "without-headers-extra.csv": Expected(2, 2, aside={"columns": 1}, line=0),
    "without-headers.csv": Expected(3, 2, line=0),
    "without-rows.csv": Expected(0, 2),
    "Таблица.csv": Expected(2, 2),
}
REFUSED = {
    "csvkit-examples/empty.csv": "holds nothing but blank lines",
    "frictionless-data/empty.csv": "is empty",
    "frictionless-data/wide.csv": "9,074 columns",
}
ALL = {f"csvkit-examples/{name}": one for name, one in CSVKIT.items()} | {
    f"frictionless-data/{name}": one for name, one in FRICTIONLESS.items()
}


def values_of(batch: Batch) -> list[list[str | None]]:
    return batch.rows()


def read(path: Path, one: Preview) -> Iterator[Batch]:
    return importer_of(one.format).batches(path, one.member, one.mapping)


def test_no_file_was_forgotten() -> None:
    found = {
        path.relative_to(SHARED).as_posix()
        for folder in ("csvkit-examples", "frictionless-data")
        for path in (SHARED / folder).rglob("*")
        if path.suffix.lower() in (".csv", ".tsv", ".txt")
    }
    assert found == set(ALL) | set(REFUSED)


@pytest.mark.parametrize("name", sorted(ALL))
def test_a_table(name: str) -> None:
    """Counts, and every value and place: the bytes there are the record, and csv reads from them what was kept."""
    path, expected = SHARED / name, ALL[name]
    (one,) = preview(path)
    mapping = one.mapping
    assert len(mapping.columns) == expected.columns
    assert (mapping.header_line, mapping.header_rows) == (expected.line, 1)
    assert (mapping.encoding, mapping.delimiter) == (expected.encoding, expected.delimiter)
    data, batches = path.read_bytes(), list(read(path, one))
    assert sum(batch.count for batch in batches) == expected.rows
    assert Counter(record.code for batch in batches for record in batch.refused) == expected.aside
    for batch in batches:
        places = zip(batch.offsets.tolist(), batch.lengths.tolist(), values_of(batch), strict=True)
        for offset, length, values in places:
            raw = data[offset : offset + length].decode(mapping.encoding)
            (row,) = csv.reader(io.StringIO(raw, newline=""), delimiter=mapping.delimiter)
            assert row == [value or "" for value in values]
    ordinals = [*(number for batch in batches for number in batch.ordinals.tolist())]
    ordinals += [record.ordinal for batch in batches for record in batch.refused]
    assert sorted(ordinals) == list(range(len(ordinals)))


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_a_file_that_is_no_table(name: str) -> None:
    with pytest.raises(BadSource) as caught:
        preview(SHARED / name)
    assert REFUSED[name] in str(caught.value)


@pytest.mark.parametrize("stem", sorted(path.stem for path in (SHARED / "csv-spectrum" / "csvs").glob("*.csv")))
def test_csv_spectrum(case: Case, stem: str) -> None:
    """Each against its own answer, and by what is proposed: nobody says where the names are."""
    text = (SHARED / "csv-spectrum" / "json" / f"{stem}.json").read_text(encoding="utf-8")
    if stem == "newlines_crlf":
        text = text.replace("\\r\\n", "\\n")  # the file as stored has LF alone; its answer was written for CRLF
    if stem == "location_coordinates":
        text = text.replace("1234567890", "2095257564")  # the answer has another number than the file
    expected = json.loads(text)
    expected = expected if isinstance(expected, list) else [expected]
    (source,) = bring_in(case, SHARED / "csv-spectrum" / "csvs" / f"{stem}.csv")
    with Events.open(case.path, case.snapshot().sources) as events:
        found = [fields for _, _, fields in events.export_rows(source.table)]
    assert [{name: value or "" for name, value in row.items()} for row in found] == expected
    assert (source.read, source.kept) == (len(expected), len(expected))


def test_the_azure_trace(case: Case) -> None:
    (source,) = bring_in(case, SHARED / "azure-llm-inference-trace" / "AzureLLMInferenceTrace_code.csv")
    assert (source.read, source.kept, source.timed, source.quarantined) == (8_819, 8_819, 8_819, 0)
    with Events.open(case.path, case.snapshot().sources) as events:
        first, last = events.page(0, 1)[0], events.page(8_818, 8_819)[0]
        assert (first.time_raw, last.time_raw) == ("2023-11-16 18:17:03.9799600", "2023-11-16 19:14:19.9280160")
        assert utc_text(first.time_us) == "2023-11-16T18:17:03.979960Z"
        rows = [fields for _, _, fields in events.export_rows(source.table)]
        assert sum(int(row["ContextTokens"] or 0) for row in rows) == 18_059_974
        assert sum(int(row["GeneratedTokens"] or 0) for row in rows) == 245_896


def test_the_web_log(case: Case) -> None:
    path = SHARED / "weblogs-elastic" / "apache_logs" / "apache_logs"
    (source,) = bring_in(case, path)
    assert (source.read, source.kept, source.quarantined) == (10_000, 10_000, 0)
    with Events.open(case.path, case.snapshot().sources) as events:
        assert events.measure(source.table, distinct="client")[0] == 1_753
        lines = path.read_bytes().split(b"\n")
        for event in events.page(0, 10_000):
            fields = event.fields
            request = f'"{fields["method"]} {fields["path"]} {fields["protocol"]}"'
            line = lines[event.line - 1].decode()
            assert line.startswith(
                f"{fields['client']} {fields['ident']} {fields['user']} [{fields['time']}] {request} "
            )


def test_naughty_strings_are_exact(case: Case) -> None:
    path = SHARED / "naughty-strings" / "blns.txt"
    lines = [line for line in path.read_bytes().split(b"\n") if line]
    (source,) = bring_in(case, path)
    assert (source.read, source.quarantined) == (len(lines), 0)
    (name,) = (column.name for column in source.mapping.columns)
    with Events.open(case.path, case.snapshot().sources) as events:
        found = [fields[name] for _, _, fields in events.export_rows(source.table)]
    assert [(value or "").encode() for value in found] == lines
