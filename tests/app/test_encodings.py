"""Which encoding a text is in, and that every value and every place in it is exact whatever it is."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casebound.case import Column, TableMapping
from casebound.errors import BadRequest
from casebound.importers import delimiters, records, transcoding
from casebound.importers.batch import Batch
from casebound.importers.charsets import WORDS
from casebound.importers.delimited import DelimitedText
from casebound.importers.delimiters import OFFERED
from casebound.importers.encodings import KNOWN, chosen, detect, named
from casebound.importers.layout import Choices
from casebound.importers.transcoding import Transcoded
from casebound.previewing import preview

FRENCH = "id,nom,ville\n1,Élodie Lefèvre,Besançon\n2,François Müller,Orléans\n3,Jérôme Pâquet,Nîmes – la gare\n"
GERMAN = "id,name,ort\n1,Jürgen Groß,Köln\n2,Bärbel Schäfer,München\n3,Günther Weiß,Düsseldorf\n"
POLISH = "id,imię,miasto\n1,Łukasz Wiśniewski,Łódź\n2,Małgorzata Dąbrowska,Gdańsk\n3,Żaneta Wójcik,Częstochowa\n"
RUSSIAN = "id,имя,город\n1,Алексей Иванов,Москва\n2,Мария Петрова,Санкт-Петербург\n3,Ольга Щукина,Тула\n"
GREEK = "id,όνομα,πόλη\n1,Γεώργιος Παπαδόπουλος,Αθήνα\n2,Ελένη Νικολάου,Θεσσαλονίκη\n3,Νίκος Δημητρίου,Πάτρα\n"
JAPANESE = "id,名前,メモ\n1,田中太郎,ログインに失敗しました\n2,佐藤花子,支払いのテストです。\n3,ソフト開発,表示能力\n"
CHINESE = "id,姓名,备注\n1,张伟,用户登录失败，请重试\n2,王芳,支付请求超时\n3,李娜,北京市朝阳区\n"
TAIWANESE = "id,姓名,備註\n1,陳志明,使用者登入失敗，請重試\n2,林美玲,付款請求逾時\n3,許功蓋,臺北市信義區\n"
KOREAN = "id,이름,비고\n1,김민수,로그인에 실패했습니다\n2,이영희,결제 요청 시간 초과\n3,박지성,서울특별시 강남구\n"
WRITTEN = [
    (FRENCH, "cp1252"),
    (FRENCH, "mac-roman"),
    (GERMAN, "cp1252"),
    (GERMAN, "mac-roman"),
    (GERMAN, "cp850"),
    (POLISH, "cp1250"),
    (POLISH, "iso-8859-2"),
    (RUSSIAN, "cp1251"),
    (RUSSIAN, "koi8-r"),
    (GREEK, "iso-8859-7"),
    (JAPANESE, "cp932"),
    (JAPANESE, "euc-jp"),
    (CHINESE, "gb18030"),
    (TAIWANESE, "big5"),
    (KOREAN, "cp949"),
    *((text, name) for text in (FRENCH, RUSSIAN, JAPANESE) for name in ("utf-8", "utf-16-le", "utf-16-be")),
    *((text, name) for text in (FRENCH, JAPANESE) for name in ("utf-32-le", "utf-32-be")),
]
MARKS = [
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
]


def written(path: Path, text: str, encoding: str, mark: bytes = b"") -> Path:
    path.write_bytes(mark + text.encode(encoding))
    return path


def rows_of(path: Path, mapping: TableMapping) -> list[tuple[int, int, int, list[str]]]:
    """Line, first byte, length and values of every row."""
    found = []
    for batch in DelimitedText().batches(path, "", mapping):
        places = zip(batch.lines.tolist(), batch.offsets.tolist(), batch.lengths.tolist(), strict=True)
        found += [(*place, row) for place, row in zip(places, values_of(batch), strict=True)]
    return found


def values_of(batch: Batch) -> list[list[str]]:
    return [[value or "" for value in row] for row in batch.rows()]


def mapped(columns: int, encoding: str, delimiter: str = ",", header_line: int = 0) -> TableMapping:
    names = tuple(Column(f"c{index}") for index in range(columns))
    return TableMapping("t", names, encoding=encoding, delimiter=delimiter, header_line=header_line)


# Detection


@pytest.mark.parametrize(("text", "encoding"), WRITTEN, ids=lambda value: value if len(value) < 20 else "")
def test_it_is_found_and_every_value_is_exact(tmp_path: Path, text: str, encoding: str) -> None:
    path = written(tmp_path / "t.csv", text, encoding)
    (one,) = preview(path)
    assert one.mapping.encoding == encoding
    rows = list(csv.reader(io.StringIO(text)))
    assert [column.name for column in one.mapping.columns] == rows[0]
    assert [row for *_, row in rows_of(path, one.mapping)] == rows[1:]
    assert one.evidence[0].endswith(".")


@pytest.mark.parametrize(("mark", "encoding"), MARKS)
def test_a_mark_goes_before_all(tmp_path: Path, mark: bytes, encoding: str) -> None:
    path = written(tmp_path / "t.csv", FRENCH, encoding, mark)
    found = detect(path)
    assert (found.name, found.mark) == (encoding, len(mark))
    assert "begins with the mark" in found.evidence
    (one,) = preview(path)
    line, offset, length, values = rows_of(path, one.mapping)[0]
    data = path.read_bytes()
    assert (line, data[offset : offset + length].decode(encoding)) == (2, "1,Élodie Lefèvre,Besançon")
    assert values == ["1", "Élodie Lefèvre", "Besançon"]


def test_the_evidence_shows_words_and_says_where_it_is_not_certain(tmp_path: Path) -> None:
    path = written(tmp_path / "short.csv", "id,name\n1,Jürgen\n", "mac-roman")
    found = detect(path)
    assert found.name == "mac-roman"
    assert "“Jürgen”" in found.evidence
    assert "It could also be" in found.evidence or "too few to be certain" in found.evidence
    assert "second opinion" in found.evidence
    long = written(tmp_path / "long.csv", FRENCH * 20, "cp1252")
    assert "could also be" not in detect(long).evidence
    assert detect(long).alternatives == ()


def test_bytes_that_fit_nothing_are_said_to(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(b"a,b\n" + bytes(range(0x80, 0x100)) * 3 + b",x\n")
    assert "no character set fits them well" in detect(path).evidence


def test_a_text_that_is_mostly_utf8_stays_so(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(FRENCH.encode() + b"4,\xe9,x\n")
    (one,) = preview(path)
    assert one.mapping.encoding == "utf-8"
    refused = [record for batch in DelimitedText().batches(path, "", one.mapping) for record in batch.refused]
    assert [(record.code, record.line, record.raw) for record in refused] == [("encoding", 5, "4,\\xe9,x")]


def test_a_nul_makes_no_utf16(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(b"a,b,c\n\x00,2,3\n")
    assert detect(path).name == "utf-8"


def test_a_changed_file_is_judged_anew(tmp_path: Path) -> None:
    path = written(tmp_path / "t.csv", FRENCH, "utf-8")
    assert detect(path).name == "utf-8"
    written(path, FRENCH + "4,é,ü\n", "cp1252")
    assert detect(path).name == "cp1252"


# Choice


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("Shift-JIS", "shift_jis"),
        ("windows-31j", "cp932"),
        ("GBK", "gbk"),
        ("gb2312", "gbk"),
        ("Windows-1251", "cp1251"),
        ("macintosh", "mac-roman"),
        ("ISO-8859-15", "iso-8859-15"),
        ("iso-8859-1", "latin-1"),
        ("utf8", "utf-8"),
        ("UTF-8-SIG", "utf-8"),
        ("EUC-KR", "euc-kr"),
    ],
)
def test_an_encoding_goes_by_its_usual_names(said: str, name: str) -> None:
    assert named(said) == name
    assert name in KNOWN


@pytest.mark.parametrize("said", ["", "klingon", "rot13", "base64", "utf-7", "idna", "iso2022_jp", "cp037"])
def test_what_cannot_be_read_is_refused_by_name(said: str) -> None:
    with pytest.raises(BadRequest, match="is not an encoding that can be read"):
        named(said)


def test_a_choice_is_followed_and_what_does_not_fit_is_set_aside(tmp_path: Path) -> None:
    path = written(tmp_path / "t.csv", "a,b,c\n" + JAPANESE + "4,x,y\n", "cp932")
    (one,) = preview(path, mapping={"encoding": "utf-8"})
    assert one.mapping.encoding == "utf-8"
    assert "was chosen; cp932 would be proposed" in one.evidence[0]
    batches = list(DelimitedText().batches(path, "", one.mapping))
    refused = [record for batch in batches for record in batch.refused]
    assert {record.code for record in refused} == {"encoding"}
    assert len(refused) == 4
    assert refused[1].raw.startswith("1,\\x93c\\x92\\x86\\x91\\xbe\\x98Y,\\x83\\x8d")
    assert [row for batch in batches for row in values_of(batch)] == [["4", "x", "y"]]


def test_an_encoding_against_the_mark_is_said(tmp_path: Path) -> None:
    path = written(tmp_path / "t.csv", FRENCH, "utf-8", codecs.BOM_UTF8)
    found = chosen(path, "cp1252")
    assert (found.name, found.mark) == ("cp1252", 0)
    assert "although the file begins with the mark of utf-8" in found.evidence


def test_bytes_that_mean_nothing_are_set_aside_byte_for_byte(tmp_path: Path) -> None:
    """One broken record in each of three encodings costs that record and no other."""
    for encoding, bad in (("cp932", b"\x81\x20"), ("gb18030", b"\xff\xff"), ("utf-16-le", b"\x00\xd8")):
        text = "id,a\r\n1,良い\r\n2,@\r\n3,良い\r\n"
        data = text.encode(encoding).replace("@".encode(encoding), bad)
        path = tmp_path / f"{encoding}.csv"
        path.write_bytes(data)
        batches = list(DelimitedText().batches(path, "", mapped(2, encoding, header_line=1)))
        (refused,) = [record for batch in batches for record in batch.refused]
        assert (refused.code, refused.line, refused.ordinal) == ("encoding", 3, 1)
        assert refused.reason == f"The record holds bytes that are not {encoding.upper()}."
        assert data[refused.offset : refused.offset + refused.length] == "2,".encode(encoding) + bad
        assert [row for batch in batches for row in values_of(batch)] == [["1", "良い"], ["3", "良い"]]


# The traps of Shift JIS, GBK and Big5


@pytest.mark.parametrize(
    ("encoding", "text", "delimiter"),
    [
        ("cp932", "ソ表能|ポ|十\n予|―|貼\n", "|"),  # 5C, and 7C in ポ
        ("gb18030", "誠|乗|倈\n", "|"),
        ("big5", "許功蓋|育|兝\n", "|"),
    ],
)
def test_a_second_byte_that_looks_like_a_delimiter_cuts_nothing(
    tmp_path: Path, encoding: str, text: str, delimiter: str
) -> None:
    path = written(tmp_path / "t.csv", text, encoding)
    assert b"|" in b"".join(part.encode(encoding) for part in text.split("|")) or b"\\" in path.read_bytes()
    found = rows_of(path, mapped(3, encoding, delimiter))
    assert [values for *_, values in found] == [line.split("|") for line in text.splitlines()]


# Every encoding, any table: values, lines and bytes

TABLES = {
    "utf-8": "aé\u4e2d\U0001f600",
    "utf-16-le": "aé\u0a0a\u0d0a\u4e2d\U0001f600",
    "utf-16-be": "aé\u0a0a\u0d0a\u4e2d\U0001f600",
    "utf-32-le": "aé\u0a0a\U0001f600",
    "utf-32-be": "aé\u0a0a\U0001f600",
    "cp1252": "aéß€",
    "latin-1": "aé\x85ÿ",
    "iso-8859-7": "aάω",
    "iso-8859-15": "aé€",
    "mac-roman": "aéπ",
    "cp932": "aソ表能ポアｱ",
    "euc-jp": "aソ表能ポア",
    "gb18030": "a誠乗中\U0001f600é",
    "big5": "a許功蓋育",
    "cp949": "a한글똠",
    "cp1251": "aжя",
}
PIECES = ["", ",", ";", "\t", "|", '"', "'", "\n", "\r\n", " ", "x"]


@st.composite
def tables(draw: st.DrawFn) -> tuple[str, str, str, str, list[list[str]]]:
    encoding = draw(st.sampled_from(sorted(TABLES)))
    delimiter = draw(st.sampled_from([",", ";", "\t", "|", "^", "~", "\x1f", ":"]))
    quote = draw(st.sampled_from(['"', '"', "'"]))
    end = draw(st.sampled_from(["\n", "\r\n", "\r"]))
    pieces = [piece for piece in PIECES if end != "\r" or "\n" not in piece]
    pieces = [piece for piece in pieces if end == "\r" or piece != "\r"] + list(TABLES[encoding])
    cell = st.lists(st.sampled_from(pieces), max_size=5).map("".join)
    width = draw(st.integers(1, 4))
    rows = draw(st.lists(st.lists(cell, min_size=width, max_size=width), min_size=1, max_size=8))
    return encoding, delimiter + quote.replace('"', ""), quote, end, rows


@given(tables(), st.booleans(), st.integers(1, 9))
@settings(max_examples=500, deadline=None)
def test_a_table_of_the_csv_module_comes_back_with_its_places(
    tmp_path_factory: pytest.TempPathFactory,
    table: tuple[str, str, str, str, list[list[str]]],
    everything_quoted: bool,
    block: int,
) -> None:
    encoding, delimiter, quote, end, rows = table
    names = [f"name {index}" for index in range(len(rows[0]))]
    path = tmp_path_factory.getbasetemp() / "any.csv"
    text = io.StringIO(newline="")
    writer = csv.writer(
        text,
        delimiter=delimiter[0],
        quotechar=quote,
        lineterminator=end,
        quoting=csv.QUOTE_ALL if everything_quoted else csv.QUOTE_MINIMAL,
    )
    starts = []
    for row in [names, *rows]:
        starts.append(text.getvalue())
        writer.writerow(row)
    data = text.getvalue().encode(encoding)
    path.write_bytes(data)
    before = records.BLOCK
    records.BLOCK = block * 7
    try:
        batches = list(DelimitedText().batches(path, "", mapped(len(names), encoding, delimiter, 1)))
    finally:
        records.BLOCK = before
    found = sorted(told(batches))
    expected = []
    for number, row in enumerate(rows):
        start = len(starts[number + 1].encode(encoding))
        stop = len([*starts, text.getvalue()][number + 2].encode(encoding)) - len(end.encode(encoding))
        line = starts[number + 1].count("\r" if end == "\r" else "\n") + 1
        expected.append((number, line, start, stop - start, row))
    assert found == expected


def told(batches: Sequence[Batch]) -> list[tuple[int, int, int, int, object]]:
    found: list[tuple[int, int, int, int, object]] = []
    for batch in batches:
        arrays = (batch.ordinals.tolist(), batch.lines.tolist(), batch.offsets.tolist(), batch.lengths.tolist())
        found += [(*place, row) for *place, row in zip(*arrays, values_of(batch), strict=True)]
        found += [(one.ordinal, one.line, one.offset, one.length, one.code) for one in batch.refused]
    return found


@given(st.binary(max_size=60), st.sampled_from(sorted(set(KNOWN) - {"utf-8"})), st.integers(1, 5))
@settings(max_examples=600, deadline=None)
def test_any_bytes_in_any_encoding_account_for_themselves(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, encoding: str, block: int
) -> None:
    """No line is lost, no record overlaps another, and between two there are line ends alone."""
    path = tmp_path_factory.getbasetemp() / "bytes.csv"
    path.write_bytes(data.replace(b"x", b"\n").replace(b"y", b","))
    data = path.read_bytes()
    before = records.BLOCK
    records.BLOCK = block
    try:
        found = sorted(told(list(DelimitedText().batches(path, "", mapped(2, encoding)))))
    finally:
        records.BLOCK = before
    end = chosen(path, encoding).mark
    for number, (ordinal, line, offset, length, _) in enumerate(found):
        assert (ordinal, line >= 1, offset >= end) == (number, True, True)
        assert set(data[end:offset]) <= set(b"\r\n\0")
        end = offset + length
    assert set(data[end:]) <= set(b"\r\n\0")


def test_a_transcoded_text_stays_small(tmp_path: Path) -> None:
    """The starts of lines are given up behind the records that were located."""
    path = tmp_path / "t.csv"
    path.write_bytes("id,text\n".encode("utf-16-le") + "1,é\n".encode("utf-16-le") * 200_000)
    held = []
    with path.open("rb") as stream:
        text = Transcoded(stream, "utf-16-le", b"\n", 0)
        lines = cast(BinaryIO, text)
        for batch in records.Splitter(lines, records.Dialect(), ("a", "b"), records.Place(0, 1, 0)).batches():
            located = text.located(batch, path)
            if located.count:
                held.append(len(text._starts))
    assert len(held) >= 1
    assert max(held) < 200_000
    assert transcoding.unit_of("utf-16-le") == 2


def test_choices_reach_the_layout(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes("id,name\n1,ж\n".encode("iso-8859-5"))
    (layout,) = DelimitedText().layouts(path, "t.csv", Choices(encoding="ISO-8859-5"))
    assert (layout.encoding, layout.rows) == ("iso-8859-5", (("1", "ж"),))


def test_every_encoding_has_words_and_a_codec_in_which_ascii_is_ascii() -> None:
    assert set(WORDS) == set(KNOWN)
    for name in KNOWN:
        unit = transcoding.unit_of(name)
        assert "a,\n".encode(name).replace(b"\0", b"") == b"a,\n"
        assert len("a".encode(name)) == unit


@pytest.mark.parametrize("delimiter", sorted(OFFERED))
def test_every_offered_delimiter_can_be_chosen_and_is_kept_as_it_is(tmp_path: Path, delimiter: str) -> None:
    sign = delimiter[0]
    path = tmp_path / "t.csv"
    path.write_text(f"a{sign}b\nc{sign}d\n", encoding="utf-8")
    (layout,) = DelimitedText().layouts(path, "t.csv", Choices(delimiter=delimiter))
    assert layout.delimiter == delimiter
    assert f"The {delimiters.words_of(delimiter)} was chosen" in layout.evidence[1]
