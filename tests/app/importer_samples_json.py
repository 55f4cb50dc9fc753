"""Samples of JSON, good and bad."""

from __future__ import annotations

from importer_sample import Rows, Sample, Samples, Told, lines

from casebound.importers.batch import LONGEST_RECORD


def json_lines() -> Samples:
    one, two = b'{"id": "r1", "n": {"deep": 1.0}}', '{"id": "r2", "list": [1, "ééééé"]}'.encode()
    names = ("id", "n.deep", "list")

    def with_one(bad: bytes, code: str, way: str) -> Sample:
        return Sample(way, "a.jsonl", lines(one, bad, two), {"": Told(2, (code,), (one, bad, two), names)})

    long = b'{"id": "' + b"x" * LONGEST_RECORD + b'"}'
    return Samples(
        good=(
            Sample(
                "nested objects, arrays, numbers as written",
                "a.jsonl",
                lines(one, two),
                {"": Told(2, (), (one, two), names, [("r1", "1.0", None), ("r2", None, '[1,"ééééé"]')])},
            ),
            Sample(
                "blank lines, no last line end",
                "lines",
                one + b"\r\n\r\n" + two,
                {"": Told(2, (), (one + b"\r", two), blank=1)},
            ),
            Sample(
                "what no text can hold",
                "a.jsonl",
                lines(b'{"id": "a\\ud83d"}', b'{"id": "\\u0000"}', b'{"id": "\\"\\\\u0000\\""}'),
                {
                    "": Told(
                        3,
                        (),
                        (b'{"id": "a\\ud83d"}', b'{"id": "\\u0000"}', b'{"id": "\\"\\\\u0000\\""}'),
                        ("id",),
                        [('"a\\ud83d"',), ('"\\u0000"',), ('"\\"\\\\u0000\\""',)],
                    )
                },
            ),
            Sample(
                "two records on a line, and record separators",
                "a.jsonl",
                lines(b'\x1e{"a": 1}', b'{"a": 2}{"a": 3}'),
                {"": Told(3, (), (b'\x1e{"a": 1}', b'{"a": 2}', b'{"a": 3}'), ("a",), [("1",), ("2",), ("3",)])},
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
            with_one(b'{"id": "\xff"}', "encoding", "bytes of another encoding"),
            with_one(b"[" * 100_000, "depth", "nesting without end"),
            with_one(b'{"id": ' + b"[" * 300 + b"]" * 300 + b"}", "depth", "nesting that ends too late"),
            with_one(
                b"{" + b", ".join(b'"n%d": 1' % index for index in range(2_001)) + b"}", "columns", "too many names"
            ),
            Sample(
                "two records on a line, the second broken",
                "a.jsonl",
                lines(one + b' {"id": "r3"} {"id": ', two),
                {"": Told(3, ("json",), (one, b'{"id": "r3"}', b'{"id": ', two), names)},
            ),
            with_one(long, "too-long", "a line that is too long"),
            Sample("no line of JSON", "a.jsonl", b"these are\nwords\n", refusal="No line"),
        ),
        many=lambda count: lines(*(b'{"id": %d, "t": "2026-03-01T00:00:00Z"}' % index for index in range(count))),
        many_file="many.jsonl",
    )


def json_document() -> Samples:
    one, two = b'{"id": "r1", "n": {"deep": 1.0}}', b'{\n "id": "r2",\n "list": [1, "\xc3\xa9"]\n}'
    names = ("id", "n.deep", "list")
    values: Rows = [("r1", "1.0", None), ("r2", None, '[1,"é"]')]
    array = Told(2, (), (one, two), names, values)
    wrapped = (
        b'{"made": "by hand", "Records": [' + one + b" , " + two + b'], "more": [{"x": 1}], "Records": [{"x": 2}]}'
    )
    deep = b'{"hits": {"hits": [' + one + b'], "total": 1}}'
    long = b'{"id": "' + b"x" * LONGEST_RECORD + b'"}'
    bad = b'{\n "id": \n}'

    def with_one(bad: bytes, code: str, way: str) -> Sample:
        content = b"[\n" + b",\n".join((one, bad, two)) + b"\n]"
        return Sample(way, "a.json", content, {"": Told(2, (code,), (one, bad, two), names, values)})

    return Samples(
        good=(
            Sample("an array", "a.json", b"[\n " + one + b",\n " + two + b"\n]\n", {"": array}),
            Sample(
                "wrapped arrays, one name twice, and what stands beside them",
                "a.json",
                wrapped,
                {
                    "Records": array,
                    "more": Told(1, (), (b'{"x": 1}',)),
                    "Records (2)": Told(1, (), (b'{"x": 2}',)),
                    "": Told(1, (), (wrapped,), ("made",), [("by hand",)]),
                },
            ),
            Sample(
                "an array in a wrapper in a wrapper",
                "a.json",
                deep,
                {"hits.hits": Told(1, (), (one,)), "": Told(1, (), (deep,), ("hits.total",))},
            ),
            Sample(
                "objects one after another", "records", two + one + b"\n\n" + two, {"": Told(3, (), (two, one, two))}
            ),
            Sample(
                "a text sequence (RFC 7464)",
                "a.json-seq",
                b"\x1e" + two + b"\n\x1e" + one + b"\n",
                {"": Told(2, (), (two, one))},
            ),
            Sample(
                "several documents",
                "a.json",
                b'{\n"Records": [' + one + b']}{"Records": [' + two + b"]}",
                {"Records": Told(2, (), (one, two), names, values)},
            ),
            Sample(
                "UTF-16 with its mark",
                "a.json",
                b"\xff\xfe" + '[{"a": "é"}, {"a": "\U0001f600"}]'.encode("utf-16-le"),
                {"": Told(2, (), tuple(text.encode("utf-16-le") for text in ('{"a": "é"}', '{"a": "\U0001f600"}')))},
            ),
            Sample("a plain value", "a.json", b" 1E400 ", {"": Told(1, (), (b"1E400",), ("value",), [("1E400",)])}),
            Sample(
                "an array of values",
                "a.json",
                b'[-0, null, "x", [1.0, {"a": 12345678901234567890}]]',
                {
                    "": Told(
                        4,
                        (),
                        (b"-0", b"null", b'"x"', b'[1.0, {"a": 12345678901234567890}]'),
                        ("value",),
                        [("-0",), (None,), ("x",), ('[1.0,{"a":12345678901234567890}]',)],
                    )
                },
            ),
            Sample(
                "names twice, alike but for case, and with dots",
                "a.json",
                b'[{"a": 1, "a": 2, "A": 3, "a.b": 4, "_line": 5}]',
                {
                    "": Told(
                        1,
                        (),
                        (b'{"a": 1, "a": 2, "A": 3, "a.b": 4, "_line": 5}',),
                        ("a", "a (2)", "A [2]", '"a.b"', "_line [2]"),
                        [("1", "2", "3", "4", "5")],
                    )
                },
            ),
        ),
        bad=(
            with_one(b'{"id": "\xff"}', "encoding", "bytes of another encoding"),
            with_one(long, "too-long", "a record that is too long"),
            with_one(b'{"id": ' + b"[" * 300 + b"]" * 300 + b"}", "depth", "nesting that ends too late"),
            with_one(b'{"id": ' + b"[" * 9_000 + b"]" * 9_000 + b"}", "depth", "nesting beyond any stack"),
            with_one(
                b"{" + b", ".join(b'"n%d": 1' % index for index in range(2_001)) + b"}", "columns", "too many names"
            ),
            Sample(
                "one of many broken",
                "a.json",
                b"[\n" + one + b",\n" + bad + b",\n" + two + b"\n]",
                {"": Told(2, ("json",), (one, bad + b",", two), names, values)},
            ),
            Sample(
                "one of several objects broken",
                "records",
                two + b"\n" + bad + b"\n" + one,
                {"": Told(2, ("json",), (two, bad, one))},
            ),
            Sample(
                "one of a text sequence cut off",
                "a.json-seq",
                b"\x1e" + two + b'\n\x1e{"id": "r\n\x1e' + one + b"\n",
                {"": Told(2, ("json",), (two, b'{"id": "r', one))},
            ),
            Sample(
                "a missing comma",
                "a.json",
                b"[" + one + b" " + two + b"]",
                {"": Told(1, ("json",), (one, two + b"]"))},
            ),
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
            Sample("arrays one after another", "a.json", b"[1][2]", {"": Told(1, ("json",), (b"1", b"[2]"))}),
            Sample("no record", "a.json", b'{"Records": []}', refusal="holds no record"),
            Sample("not JSON", "a.json", b"{these are words}", refusal="is not whole JSON"),
            Sample("nesting without end", "a.json", b"[" * 100_000, refusal="is not whole JSON"),
            Sample("an empty file", "a.json", b"", refusal="is empty"),
        ),
        many=lambda count: b"[" + b",\n".join(b'{"id": %d}' % index for index in range(count)) + b"]",
        many_file="many.json",
    )
