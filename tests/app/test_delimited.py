"""Text in rows of values as exports really look: title lines, several rows of names, names on every page, totals, any
delimiter; everything that is no row is set aside with its place.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casebound.case import Column, Preview, TableMapping
from casebound.document import Case
from casebound.errors import BadRequest, BadSource
from casebound.events import Events
from casebound.importers import records
from casebound.importers.batch import Batch
from casebound.importers.delimited import DelimitedText
from casebound.importers.delimiters import OFFERED
from casebound.importers.headings import joined
from casebound.importing import bring_in
from casebound.previewing import preview

Write = Callable[[str | bytes], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def writing(text: str | bytes) -> Path:
        path = tmp_path / "export.csv"
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return path

    return writing


def seen(path: Path, **said: object) -> Preview:
    return preview(path, mapping=said)[0]


def names(one: Preview) -> list[str]:
    return [column.name for column in one.mapping.columns]


def values_of(batch: Batch) -> list[list[str | None]]:
    return batch.rows()


def read(path: Path, one: Preview) -> tuple[list[list[str | None]], list[tuple[int, str, str]]]:
    """Rows, and what was set aside: line, code, as found."""
    batches = list(DelimitedText().batches(path, "", one.mapping))
    rows = [row for batch in batches for row in values_of(batch)]
    aside = [(record.line, record.code, record.raw) for batch in batches for record in batch.refused]
    data = path.read_bytes()
    for batch in batches:
        for record in batch.refused:
            assert record.reason.endswith(".")
            if one.mapping.encoding == "utf-8":
                assert data[record.offset : record.offset + record.length].decode() == record.raw
    ordinals = [number for batch in batches for number in batch.ordinals.tolist()]
    ordinals += [record.ordinal for batch in batches for record in batch.refused]
    assert sorted(ordinals) == list(range(len(ordinals)))
    return rows, aside


# Delimiters


@pytest.mark.parametrize(
    ("delimiter", "words"),
    [
        (",", "comma"),
        (";", "semicolon"),
        ("\t", "tab"),
        ("|", "pipe"),
        ("^", "caret"),
        ("~", "tilde"),
        ("\x1f", "unit separator"),
        ("\x01", "U+0001"),
    ],
)
def test_a_delimiter_is_found(write: Write, delimiter: str, words: str) -> None:
    path = write("\n".join(delimiter.join(row) for row in (["id", "who"], ["1", "ann"], ["2", "bo"])) + "\n")
    one = seen(path)
    assert (one.mapping.delimiter, names(one)) == (delimiter, ["id", "who"])
    assert any(words in sentence for sentence in one.evidence)
    assert read(path, one) == ([["1", "ann"], ["2", "bo"]], [])


@pytest.mark.parametrize(
    ("said", "delimiter"),
    [("tab", "\t"), ("\\t", "\t"), ("semicolon", ";"), ("U+001F", "\x1f"), ("\\x1f", "\x1f"), (":", ":"), (",'", ",'")],
)
def test_a_delimiter_is_chosen_by_its_sign_or_name(write: Write, said: str, delimiter: str) -> None:
    sign = delimiter[0]
    path = write(f"id{sign}who\n1{sign}ann\n")
    one = seen(path, delimiter=said)
    assert (one.mapping.delimiter, names(one)) == (delimiter, ["id", "who"])
    assert "was chosen" in one.evidence[1]


@pytest.mark.parametrize("said", ["é", "ab", "ab cd", '"', "\r", "\0", ",,", "''"])
def test_what_cannot_be_a_delimiter_is_refused(write: Write, said: str) -> None:
    with pytest.raises(BadRequest, match="cannot be a delimiter"):
        seen(write("a,b\n1,2\n"), delimiter=said)


def test_the_line_that_tells_excel(write: Write) -> None:
    path = write("sep=;\nid;who\n1;a,b\n2;c,d\n")
    one = seen(path)
    assert (one.mapping.delimiter, one.mapping.header_line, names(one)) == (";", 2, ["id", "who"])
    assert any("“sep=;”" in sentence for sentence in one.evidence)
    assert read(path, one) == ([["1", "a,b"], ["2", "c,d"]], [])
    without = seen(path, header_line=0)
    assert read(path, without)[0][0] == ["id", "who"]
    comma = write("sep=,\nid,who\n1,x\n")
    assert (seen(comma).mapping.header_line, names(seen(comma))) == (2, ["id", "who"])


def test_single_quotes_enclose_values_only_where_that_is_plain(write: Write) -> None:
    path = write("id,text\n'1','a, b'\n'2','it''s'\n'3','c\nd'\n")
    one = seen(path)
    assert one.mapping.delimiter == ",'"
    assert any("between single quotes" in sentence for sentence in one.evidence)
    assert read(path, one) == ([["1", "a, b"], ["2", "it's"], ["3", "c\nd"]], [])
    other = write("id,text\n1,'tis\n2,'twas\n3,o'clock\n4,'quoted'\n")
    one = seen(other)
    assert one.mapping.delimiter == ","
    assert read(other, one)[0][0] == ["1", "'tis"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_a_concordance_load_file(write: Write, encoding: str) -> None:
    text = "þBEGDOCþ\x14þSUBJECTþ\r\nþA-1þ\x14þone, two®threeþ\r\nþA-2þ\x14þþ\r\n"
    path = write(text.encode(encoding))
    one = seen(path)
    assert (one.mapping.delimiter, names(one)) == ("\x14þ", ["BEGDOC", "SUBJECT"])
    assert read(path, one) == ([["A-1", "one, two®three"], ["A-2", ""]], [])


def test_lines_and_plain_text_are_not_cut_at_quotes(write: Write, tmp_path: Path) -> None:
    path = write('id\twho\n1\t"open\n2\ta "b" c\n')
    assert [code for _, code, _ in read(path, seen(path))[1]] == ["quotes"]
    one = seen(path, delimiter="tab plain")
    assert read(path, one) == ([["1", '"open'], ["2", 'a "b" c']], [])
    lines = tmp_path / "prompts.txt"
    lines.write_text('"one"\ntwo, three\n\n;four\n', encoding="utf-8")
    one = seen(lines)
    assert (one.mapping.delimiter, one.mapping.header_line) == ("\n", 0)
    assert read(lines, one) == ([['"one"'], ["two, three"], [";four"]], [])
    assert read(path, seen(path, delimiter="lines"))[0][1] == ['1\t"open']


# Above the rows


def test_title_lines_stand_above_the_names(write: Write) -> None:
    path = write(
        'Account activity, all regions\n"Made by: ann, 2 March"\n\nid,who,when\n1,ann,2026-03-01T10:00:00Z\n'
        "2,bo,2026-03-01T10:00:01Z\n3,cy,2026-03-01T10:00:02Z\n"
    )
    one = seen(path)
    assert (one.mapping.header_line, names(one)) == (4, ["id", "who", "when"])
    assert any("What stands above the names" in sentence and "all regions" in sentence for sentence in one.evidence)
    rows, aside = read(path, one)
    assert ([row[0] for row in rows], aside) == (["1", "2", "3"], [])
    told = [sentence for batch in DelimitedText().batches(path, "", one.mapping) for sentence in batch.told]
    titles = '“Account activity, all regions”; “"Made by: ann, 2 March"”'
    assert told == [f"What stands above the names of the columns is not a row of the table: {titles}."]


def test_title_cells_of_a_saved_sheet(write: Write) -> None:
    path = write("Logins of March,,,\n,,,\nid,who,ip,when\n1,a,192.0.2.1,x\n2,b,192.0.2.2,y\n")
    one = seen(path)
    assert one.mapping.header_line == 3
    assert names(one) == ["id", "who", "ip", "when"]


def test_a_line_of_names_that_is_shorter_or_longer_is_kept(write: Write) -> None:
    """Only what is plain is passed over: a person sees that nothing fits."""
    one = seen(write("id,who\n1,ann,x\n2,bo,y\n"))
    assert names(one) == ["id", "who"]
    assert any("All would be set aside" in sentence for sentence in one.evidence)


def test_names_in_two_rows(write: Write) -> None:
    path = write(
        "Account,,Request,,\nid,name,time,bytes,id\n7,ann,2026-03-01T10:00:00Z,12,r1\n8,bo,2026-03-01T10:00:01Z,5,r2\n"
    )
    one = seen(path)
    assert (one.mapping.header_line, one.mapping.header_rows) == (1, 2)
    assert names(one) == ["Account / id", "Account / name", "Request / time", "Request / bytes", "Request / id"]
    assert any("Lines 1 to 2 name the columns together" in sentence for sentence in one.evidence)
    assert [row[4] for row in read(path, one)[0]] == ["r1", "r2"]
    alone = seen(path, header_rows=1)
    assert names(alone)[:3] == ["Account", "column 2", "Request"]
    assert len(read(path, alone)[0]) == 3


def test_one_row_of_names_with_gaps_stays_one(write: Write) -> None:
    assert seen(write("id,,who,\nann,x,bo,y\ncy,z,di,w\n")).mapping.header_rows == 1
    assert seen(write("id,,who,\n1,2,3,4\n5,6,7,8\n")).mapping.header_rows == 1


def test_rows_of_names_are_chosen(write: Write, case: Case) -> None:
    path = write("when,who\n(UTC),(login)\n2026-03-01T10:00:00Z,ann\n")
    assert names(seen(path, header_rows=2)) == ["when / (UTC)", "who / (login)"]
    (source,) = bring_in(case, path, mapping={"header_rows": 2})
    assert (source.read, source.kept, source.mapping.header_rows) == (1, 1, 2)
    with pytest.raises(BadRequest, match="There are not 9 lines of names"):
        seen(path, header_rows=9)
    for wrong in (0, 11, True, "2"):
        with pytest.raises(BadRequest, match="header_rows"):
            seen(path, header_rows=wrong)


def test_joined_names() -> None:
    assert joined([["a", "", "b"], ["x", "y", "z"]]) == ["a / x", "a / y", "b / z"]
    assert joined([["", "a"], ["x", "a"]]) == ["x", "a"]
    assert joined([["a", ""]]) == ["a", ""]
    assert joined([["G", "", ""], ["g", "", "h"], ["1", "2", "3"]]) == ["G / g / 1", "G / g / 2", "G / h / 3"]


# Among and below the rows


def test_names_on_every_page_are_no_rows(write: Write) -> None:
    page = "id,who\n" + "".join(f"{number},ann\n" for number in range(3))
    path = write(page * 3)
    one = seen(path)
    rows, aside = read(path, one)
    assert len(rows) == 9
    assert aside == [(5, "repeated-header", "id,who"), (9, "repeated-header", "id,who")]
    assert any("stand again on 2 of the first lines" in sentence for sentence in one.evidence)
    assert ["id", "who"] not in [list(row) for row in one.rows]


def test_both_rows_of_names_on_every_page(write: Write) -> None:
    page = "Account,,Use\nid,name,bytes\n1,ann,5\n2,bo,6\n"
    path = write(page * 2)
    rows, aside = read(path, seen(path))
    assert [row[0] for row in rows] == ["1", "2", "1", "2"]
    assert [(line, code) for line, code, _ in aside] == [(5, "repeated-header"), (6, "repeated-header")]


@pytest.mark.parametrize("first", ["id,who,", '"id","who",""', '"id",who,'])
@pytest.mark.parametrize("again", ["id,who,", '"id","who",""'])
def test_names_may_be_enclosed_or_not(write: Write, first: str, again: str) -> None:
    path = write(f"{first}\n1,ann,x\n{again}\n2,bo,y\n")
    assert read(path, seen(path)) == ([["1", "ann", "x"], ["2", "bo", "y"]], [(3, "repeated-header", again)])


@pytest.mark.parametrize(
    "text", ['"name"\n"name"\n"x"\n', '""\n""\n"x"\n', "a,a\na,a\nx,y\n", "b,7\nb,7\nx,y\n", "a,\na,\nx,y\n"]
)
def test_one_name_alone_may_be_a_value(write: Write, text: str) -> None:
    path = write(text)
    rows, aside = read(path, seen(path, header_line=1, delimiter=","))
    assert (len(rows), aside) == (2, [])


def test_names_inside_a_quoted_value_are_that_value(write: Write) -> None:
    path = write('id,who\n1,"a\nid,who\nb"\n2,bo\n')
    assert read(path, seen(path)) == ([["1", "a\nid,who\nb"], ["2", "bo"]], [])


@pytest.mark.parametrize(
    "closing",
    [
        "Total,,3\n",
        "(2 rows)\n",
        "\nGrand total: 3\n",
        "2 rows affected\n",
        "End of report\n",
        "Rows: 2\n\nGenerated by the warehouse\n",
        "Sum,3\n",
        "-- end --,\n",
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_closing_lines_are_footers(write: Write, closing: str, end: str) -> None:
    path = write(("id,who,bytes\n1,ann,1\n2,bo,2\n" + closing).replace("\n", end))
    rows, aside = read(path, seen(path))
    assert [row[0] for row in rows] == ["1", "2"]
    assert aside
    assert {code for _, code, _ in aside} == {"footer"}


def test_what_is_ragged_is_not_called_a_footer(write: Write) -> None:
    path = write("id,who,bytes\n1,ann,1\nTotal,3\n2,bo,2\n3,cy\n")
    rows, aside = read(path, seen(path))
    assert [row[0] for row in rows] == ["1", "2"]
    assert aside == [(3, "columns", "Total,3"), (5, "columns", "3,cy")]


def test_a_full_row_about_totals_is_a_row(write: Write) -> None:
    path = write("region,item,bytes\nnorth,a,1\nTotal,all,2\n")
    assert read(path, seen(path)) == ([["north", "a", "1"], ["Total", "all", "2"]], [])
    path = write("action,item,bytes\nbegin,a,1\nend,,\n")
    assert read(path, seen(path)) == ([["begin", "a", "1"], ["end", None, None]], [])


def test_footers_behind_many_batches(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "BLOCK", 64)
    path = write("id,who\n" + "".join(f"{number},ann\n" for number in range(400)) + "id,who\nTotal,\n400 rows\n")
    rows, aside = read(path, seen(path))
    assert len(rows) == 400
    assert [code for _, code, _ in aside] == ["repeated-header", "footer", "footer"]


# Rows as they come


def test_rows_that_are_too_short_or_too_long_are_set_aside(write: Write) -> None:
    good = ",".join("abcdefghijk")
    path = write(f"{good}\n{','.join('12345678901')}\n{','.join('12345678901234')}\n1,2\n{','.join('10987654321')}\n")
    rows, aside = read(path, seen(path))
    assert len(rows) == 2
    assert [(line, code) for line, code, _ in aside] == [(3, "columns"), (4, "columns")]


@pytest.mark.parametrize(
    ("text", "rows", "codes"),
    [
        ("id,who\n1,a\0b\n2,c\n", [["2", "c"]], ["nul"]),
        ('id,who\n1,"a\nb"\n2,c', [["1", "a\nb"], ["2", "c"]], []),
        ("id,who\r1,a\r2,b\r", [["1", "a"], ["2", "b"]], []),
        ('id,who\r1,"a\nb"\r2,c', [["1", "a\nb"], ["2", "c"]], []),
        ('id,who\n1,"a\rb"\n2,c\n', [["1", "a\rb"], ["2", "c"]], []),
        ('id,who\n1,"never\n2,c\n', [["2", "c"]], ["quotes"]),
        ('id,who\n1,"x"y\n2,c\n', [["2", "c"]], ["quotes"]),
        ("id,who\r\n1,a\n2,b\r\n", [["1", "a"], ["2", "b"]], []),
        ('id,who\n1,""\n2,\n', [["1", ""], ["2", None]], []),
    ],
)
def test_line_ends_quotes_and_nuls(write: Write, text: str, rows: list[list[str | None]], codes: list[str]) -> None:
    path = write(text)
    found, aside = read(path, seen(path))
    assert [[value or "" for value in row] for row in found] == [[value or "" for value in row] for row in rows]
    assert [code for _, code, _ in aside] == codes


def test_names_that_are_empty_or_repeated_are_told_apart(write: Write) -> None:
    one = seen(write("id,,id,ID,_line\n1,2,3,4,5\n"))
    assert names(one) == ["id", "column 2", "id (2)", "ID (3)", "_line (2)"]
    assert any("told apart" in sentence for sentence in one.evidence)


def test_a_file_without_names(write: Write) -> None:
    one = seen(write("1,2026-03-01T10:00:00Z,ann\n2,2026-03-01T10:00:01Z,bo\n"))
    assert (one.mapping.header_line, names(one)) == (0, ["column 1", "column 2", "column 3"])


def test_names_and_no_rows(write: Write, case: Case) -> None:
    (source,) = bring_in(case, write("id,ts,who\n"))
    assert (source.read, source.kept, source.quarantined) == (0, 0, 0)
    assert "Nothing follows the names of the columns: the table has no rows." in source.warnings
    with Events.open(case.path, case.snapshot().sources) as events:
        assert events.count == 0


@pytest.mark.parametrize(("content", "words"), [(b"", "is empty"), (b"\n\r\n \n", "blank lines")])
def test_nothing_is_no_table(write: Write, content: bytes, words: str) -> None:
    with pytest.raises(BadSource, match=words):
        seen(write(content))


def test_a_cell_of_ten_megabytes(write: Write) -> None:
    big = "x" * 10_000_000
    path = write(f'id,text\n1,"{big}"\n2,b\n')
    rows, aside = read(path, seen(path))
    assert ([len(row[1] or "") for row in rows], aside) == ([10_000_000, 1], [])


def test_a_repeated_header_is_balanced_in_the_case(write: Write, case: Case) -> None:
    path = write(
        "Logins\nid,ts,who\n1,2026-03-01T10:00:00Z,ann\nid,ts,who\n2,2026-03-01T10:00:01Z,bo\n3,2026-03-01T10:00:02Z\n"
        "4,2026-03-01T10:00:03Z,cy\nTotal,,3\n"
    )
    (source,) = bring_in(case, path)
    assert (source.read, source.kept, source.quarantined, source.duplicates) == (6, 3, 3, 0)
    with Events.open(case.path, case.snapshot().sources) as events:
        aside = [(row.line, row.code, row.raw) for row in events.set_aside()]
    assert aside == [
        (4, "repeated-header", "id,ts,who"),
        (6, "columns", "3,2026-03-01T10:00:02Z"),
        (8, "footer", "Total,,3"),
    ]
    assert any("“Logins”" in warning for warning in source.warnings)


# Any arrangement


BODY = st.lists(
    st.sampled_from(["1,a", "2,b", "id,who", "", "x", "1,2,3", "Total,", '3,"id,who"', '4,"a\nid,who\nb"', "(9 rows)"]),
    max_size=12,
)


@given(BODY, st.sampled_from(["\n", "\r\n"]), st.integers(4, 40), st.sampled_from(["utf-8", "utf-16-le", "cp932"]))
@settings(max_examples=300, deadline=None)
def test_every_record_is_a_row_or_set_aside(
    tmp_path_factory: pytest.TempPathFactory, body: list[str], end: str, block: int, encoding: str
) -> None:
    """Whatever stands among the rows, in blocks of any size: nothing is lost and nothing is told twice."""
    path = tmp_path_factory.getbasetemp() / "arranged.csv"
    data = (end.join(["id,who", *body]) + end).encode(encoding)
    path.write_bytes(data)
    mapping = TableMapping("t", (Column("id"), Column("who")), encoding=encoding)
    before = records.BLOCK
    records.BLOCK = block
    try:
        batches = list(DelimitedText().batches(path, "", mapping))
    finally:
        records.BLOCK = before
    found = [
        (ordinal, offset, length, "")
        for batch in batches
        for ordinal, offset, length in zip(
            batch.ordinals.tolist(), batch.offsets.tolist(), batch.lengths.tolist(), strict=True
        )
    ]
    found += [(one.ordinal, one.offset, one.length, one.code) for batch in batches for one in batch.refused]
    found.sort()
    written = [line for line in body if line]
    assert [data[offset : offset + length].decode(encoding) for _, offset, length, _ in found] == [
        line.replace("\n", "\n") for line in written
    ]
    codes = [code for *_, code in found]
    last = max((index for index, code in enumerate(codes) if not code), default=-1)
    for index, (line, code) in enumerate(zip(written, codes, strict=True)):
        if line == "id,who":
            assert code == "repeated-header"
        elif line in ("x", "1,2,3"):
            assert code == "columns"
        elif line == "(9 rows)":
            assert code == ("footer" if index > last else "columns")
        elif line == "Total,":
            assert code in (("footer",) if index > last else ("", "footer"))
        else:
            assert code == ""


# All the way into a case


WAYS = [(delimiter, "utf-8") for delimiter in OFFERED if delimiter != "\n"]
WAYS += [(",", "utf-16-le"), ("|", "cp932"), ("\t\n", "cp932"), ("\x14þ", "cp1252"), (",'", "utf-32-be")]


@pytest.mark.parametrize(("delimiter", "encoding"), WAYS)
def test_a_case_holds_every_value_and_leads_back_to_its_bytes(
    write: Write, case: Case, delimiter: str, encoding: str
) -> None:
    sign, quote = delimiter[0], delimiter[1:].replace("\n", "") or '"'
    texts = ["plain", "=1+1", "ソ能" if encoding != "cp1252" else "é", "-", "0012"]
    texts += [] if delimiter.endswith("\n") else [f"{quote}a{sign} b\r\nc{quote}", f"{quote}{quote}"]
    lines = [sign.join((f"{quote}n{quote}" if "þ" in quote else "n", "when", "text")).replace("þnþ", "n")]
    lines += [sign.join((str(number), f"2026-03-01T10.00.0{number}Z", text)) for number, text in enumerate(texts)]
    path = write(("\r\n".join(lines) + "\r\n").encode(encoding))
    mapping = {"delimiter": delimiter, "encoding": encoding, "header_line": 1}
    mapping["columns"] = {"when": {"role": "time", "time_format": "%Y-%m-%dT%H.%M.%SZ"}}
    (source,) = bring_in(case, path, mapping=mapping)
    assert (source.read, source.kept, source.quarantined) == (len(texts), len(texts), 0)
    assert (source.mapping.delimiter, source.mapping.encoding) == (delimiter, encoding)
    with Events.open(case.path, case.snapshot().sources) as events:
        found = sorted(events.page(0, events.count), key=lambda event: event.id.ordinal)
        values = [event.fields["text"] for event in found]
        raws = [events.raw(event.id).text for event in found]
    expected = [text.removeprefix(quote).removesuffix(quote) if quote in text else text for text in texts]
    assert [value or "" for value in values] == expected
    assert raws == lines[1:]
