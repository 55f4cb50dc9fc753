"""One good and some bad files for every importer, and what each must be told as: for the contract test.

To add an importer: write one function that returns `Samples`, and name it in SAMPLES under the importer's `kind`.
A sample that a builder of the format spoilt in one way is better than one spoilt in three.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass, field

from casebound.importers.batch import LONGEST_RECORD, Batch

Rows = list[tuple[str | None, ...]]


@dataclass(frozen=True, slots=True)
class Told:
    """One table as its importer must tell it: kept rows, the codes of what is set aside in the order of the file,
    and, where the format has byte offsets, the exact bytes of every record in that order, kept or not.
    """

    rows: int
    codes: tuple[str, ...] = ()
    raw: tuple[bytes, ...] | None = None
    columns: tuple[str, ...] | None = None
    values: Rows | None = None
    blank: int = 0


@dataclass(frozen=True, slots=True)
class Sample:
    """A file, the way in which it is good or bad, and its tables by member; or words of the refusal of it all."""

    way: str
    file: str
    content: bytes
    tables: dict[str, Told] = field(default_factory=dict)
    refusal: str = ""


@dataclass(frozen=True, slots=True)
class Samples:
    """`many` makes the content of a file named `many_file` with that many records, all good."""

    good: tuple[Sample, ...]
    bad: tuple[Sample, ...]
    many: Callable[[int], bytes]
    many_file: str
    most: int = 20_000  # records that `many` is asked for


def values_of(batch: Batch) -> Rows:
    """The rows of a batch in either form."""
    if batch.values is not None:
        return [tuple(row) for row in zip(*batch.values, strict=True)]
    text = (batch.text or b"").decode()
    newline = "\r\n" if "r" in batch.newline else "\n"
    assert newline in text or not text
    found = csv.reader(io.StringIO(text, newline=""), delimiter=batch.delimiter, strict=True)
    return [tuple(value or None for value in row) for row in found]


def _lines(*lines: bytes, end: bytes = b"\n") -> bytes:
    return b"".join(line + end for line in lines)


def delimited() -> Samples:
    one, two = "r1,2026-03-01T00:00:00Z,Zoë Ödegård Ääö".encode(), b'r2,2026-03-01T00:00:01Z,"a ""b"",\nc"'
    names = ("id", "time", "who")
    head = b"id,time,who"

    def with_one(bad: bytes, code: str, way: str) -> Sample:
        told = Told(2, (code,), (one, bad, two), names)
        return Sample(way, "a.csv", _lines(head, one, bad, two), {"": told})

    long = b"r9,2026-03-01T00:00:02Z," + b"x" * LONGEST_RECORD
    return Samples(
        good=(
            Sample("quoted line ends", "a.csv", _lines(head, one, two), {"": Told(2, (), (one, two), names)}),
            Sample(
                "UTF-16 with its mark, semicolons, CRLF",
                "a.txt",
                b"\xff\xfe" + "id;time\r\n1;é\r\n2;\U0001f600\r\n".encode("utf-16-le"),
                {"": Told(2, (), ("1;é".encode("utf-16-le"), "2;\U0001f600".encode("utf-16-le")), ("id", "time"))},
            ),
        ),
        bad=(
            with_one(b"r3,2026-03-01T00:00:03Z", "columns", "a value too few"),
            with_one(b"r3,2026-03-01T00:00:03Z,a,b", "columns", "a value too many"),
            with_one(b'r3,2026-03-01T00:00:03Z,"a"b', "quotes", "text behind a closing quote"),
            with_one(b"r3,2026-03-01T00:00:03Z,\xff", "encoding", "bytes of another encoding"),
            with_one(b"r3,2026-03-01T00:00:03Z,a\0b", "nul", "a NUL in a value"),
            with_one(long, "too-long", "a record that is too long"),
            Sample(
                "a quote that never closes",
                "a.csv",
                _lines(head, one, b'r3,x,"y'),
                {"": Told(1, ("quotes",), (one, b'r3,x,"y'), names)},
            ),
            Sample("blank lines alone", "a.csv", b"\n\n \n", refusal="blank lines"),
            Sample("an empty file", "a.csv", b"", refusal="is empty"),
        ),
        many=lambda count: head + b"\n" + _lines(*(b"r%d,2026-03-01T00:00:00Z,x" % index for index in range(count))),
        many_file="many.csv",
    )


def json_lines() -> Samples:
    one, two = b'{"id": "r1", "n": {"deep": 1.0}}', '{"id": "r2", "list": [1, "ééééé"]}'.encode()
    names = ("id", "n.deep", "list")

    def with_one(bad: bytes, code: str, way: str) -> Sample:
        return Sample(way, "a.jsonl", _lines(one, bad, two), {"": Told(2, (code,), (one, bad, two), names)})

    long = b'{"id": "' + b"x" * LONGEST_RECORD + b'"}'
    return Samples(
        good=(
            Sample(
                "nested objects, arrays, numbers as written",
                "a.jsonl",
                _lines(one, two),
                {"": Told(2, (), (one, two), names, [("r1", "1.0", None), ("r2", None, '[1,"ééééé"]')])},
            ),
            Sample(
                "blank lines, no last line end",
                "lines",
                one + b"\r\n\r\n" + two,
                {"": Told(2, (), (one + b"\r", two), blank=1)},
            ),
            Sample(
                "UTF-16 with its mark",
                "a.ndjson",
                b"\xfe\xff" + '{"a": "é"}\n{"a": 2}\n'.encode("utf-16-be"),
                {"": Told(2, (), ('{"a": "é"}'.encode("utf-16-be"), '{"a": 2}'.encode("utf-16-be")), ("a",))},
            ),
        ),
        bad=(
            with_one(b'{"id": "r3", "n": ', "json", "a line that breaks off"),
            with_one(b"not JSON", "json", "a line that is something else"),
            with_one(b'{"id": NaN}', "json", "a constant that JSON has not"),
            with_one(b'{"id": 01}', "json", "a number with a leading zero"),
            with_one(b'{"id": "\\ud800"}', "encoding", "half a character"),
            with_one(b'{"id": "\\u0000"}', "nul", "a NUL in a value"),
            with_one(b'{"id": "\xff"}', "encoding", "bytes of another encoding"),
            with_one(b"[" * 100_000, "json", "nesting without end"),
            with_one(long, "too-long", "a line that is too long"),
            Sample("no line of JSON", "a.jsonl", b"these are\nwords\n", refusal="No line"),
        ),
        many=lambda count: _lines(*(b'{"id": %d, "t": "2026-03-01T00:00:00Z"}' % index for index in range(count))),
        many_file="many.jsonl",
    )


def json_document() -> Samples:
    one, two = b'{"id": "r1", "n": {"deep": 1.0}}', b'{\n "id": "r2",\n "list": [1, "\xc3\xa9"]\n}'
    names = ("id", "n.deep", "list")
    values: Rows = [("r1", "1.0", None), ("r2", None, '[1,"é"]')]
    array = Told(2, (), (one, two), names, values)
    wrapped = b'{"made": "by hand", "Records": [' + one + b" , " + two + b'], "more": [{"x": 1}]}'
    return Samples(
        good=(
            Sample("an array", "a.json", b"[\n " + one + b",\n " + two + b"\n]\n", {"": array}),
            Sample("wrapped arrays", "a.json", wrapped, {"Records": array, "more": Told(1, (), (b'{"x": 1}',))}),
        ),
        bad=(
            Sample(
                "it breaks off",
                "a.json",
                b"[" + one + b", " + b'{"id": "r3", ',
                {"": Told(1, ("json",), (one, b'{"id": "r3", '))},
            ),
            Sample(
                "text behind the end",
                "a.json",
                b"[" + one + b"] and more",
                {"": Told(1, ("json",), (one, b"and more"))},
            ),
            Sample("an empty file", "a.json", b"", refusal="is empty"),
        ),
        many=lambda count: b"[" + b",\n".join(b'{"id": %d}' % index for index in range(count)) + b"]",
        many_file="many.json",
    )


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


def web_log() -> Samples:
    one = '192.0.2.1 - - [17/May/2026:10:05:03 +0000] "GET /zoë/ödegård HTTP/1.1" 200 5 "-" "agent"'.encode()
    two = b'192.0.2.2 - ann [17/May/2026:10:05:04 +0000] "\\x16\\x03" 400 -'

    def with_one(bad: bytes, code: str, way: str) -> Sample:
        return Sample(way, "access.log", _lines(one, bad, two), {"": Told(2, (code,), (one, bad, two))})

    return Samples(
        good=(Sample("combined and common", "access.log", _lines(one, two), {"": Told(2, (), (one, two))}),),
        bad=(
            with_one(b"192.0.2.3 - - [17/May/2026", "log-line", "a line that breaks off"),
            with_one(one.replace(b"agent", b"\xff"), "encoding", "bytes of another encoding"),
            with_one(one.replace(b"agent", b"a" * LONGEST_RECORD), "too-long", "a line that is too long"),
        ),
        many=lambda count: _lines(*([one] * count)),
        many_file="many.log",
    )


SAMPLES: dict[str, Callable[[], Samples]] = {
    "delimited": delimited,
    "json-lines": json_lines,
    "json": json_document,
    "workbook": workbook,
    "web-log": web_log,
}
