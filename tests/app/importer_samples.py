"""One good and some bad files for every importer, and what each must be told as: for the contract test.

To add an importer: write one function that returns `Samples`, and name it in SAMPLES under the importer's `kind`.
A sample that is spoilt in one way is better than one spoilt in three.
"""

from __future__ import annotations

from collections.abc import Callable

from importer_sample import Sample, Samples, Told, lines
from importer_samples_binary import old_workbook, parquet, sqlite, workbook
from importer_samples_captures import mail, mailbox, wacz, warc
from importer_samples_json import json_document, json_lines

from casebound.importers.batch import LONGEST_RECORD


def delimited() -> Samples:
    one, two = "r1,2026-03-01T00:00:00Z,Zoë Ödegård Ääö".encode(), b'r2,2026-03-01T00:00:01Z,"a ""b"",\nc"'
    names = ("id", "time", "who")
    head = b"id,time,who"

    def with_one(bad: bytes, code: str, way: str) -> Sample:
        told = Told(2, (code,), (one, bad, two), names)
        return Sample(way, "a.csv", lines(head, one, bad, two), {"": told})

    long = b"r9,2026-03-01T00:00:02Z," + b"x" * LONGEST_RECORD
    # The second byte of ポ and of ソ is a pipe and a backslash.
    eastern = [text.encode("cp932") for text in ("id|名前|メモ", "1|ポチ|ログインしました", "2|ソフト|しませんでした")]
    return Samples(
        good=(
            Sample("quoted line ends", "a.csv", lines(head, one, two), {"": Told(2, (), (one, two), names)}),
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
            with_one(head, "repeated-header", "the names of the columns again"),
            Sample(
                "a closing line",
                "a.csv",
                lines(head, one, two, b"Total,,2"),
                {"": Told(2, ("footer",), (one, two, b"Total,,2"), names)},
            ),
            Sample(
                "half a character of Shift JIS",
                "a.psv",
                lines(*eastern[:2], b"3|\x83\x20|x", eastern[2]),
                {"": Told(2, ("encoding",), (eastern[1], b"3|\x83\x20|x", eastern[2]), ("id", "名前", "メモ"))},
            ),
            Sample(
                "a quote that never closes",
                "a.csv",
                lines(head, one, b'r3,x,"y'),
                {"": Told(1, ("quotes",), (one, b'r3,x,"y'), names)},
            ),
            Sample("blank lines alone", "a.csv", b"\n\n \n", refusal="blank lines"),
            Sample("an empty file", "a.csv", b"", refusal="is empty"),
        ),
        many=lambda count: head + b"\n" + lines(*(b"r%d,2026-03-01T00:00:00Z,x" % index for index in range(count))),
        many_file="many.csv",
    )


def web_log() -> Samples:
    one = '192.0.2.1 - - [17/May/2026:10:05:03 +0000] "GET /zoë/ödegård HTTP/1.1" 200 5 "-" "agent"'.encode()
    two = b'192.0.2.2 - ann [17/May/2026:10:05:04 +0000] "\\x16\\x03" 400 -'

    def with_one(bad: bytes, code: str, way: str) -> Sample:
        return Sample(way, "access.log", lines(one, bad, two), {"": Told(2, (code,), (one, bad, two))})

    return Samples(
        good=(
            Sample("combined and common", "access.log", lines(one, two), {"": Told(2, (), (one, two))}),
            Sample(
                "the name of the server in front",
                "access.log",
                lines(b"www.example:443 " + one, one + b' "203.0.113.7" rt=0.1'),
                {"": Told(2, (), (b"www.example:443 " + one, one + b' "203.0.113.7" rt=0.1'))},
            ),
        ),
        bad=(
            with_one(b"192.0.2.3 - - [17/May/2026", "log-line", "a line that breaks off"),
            with_one(one.replace(b"agent", b"\xff"), "encoding", "bytes of another encoding"),
            with_one(one.replace(b"agent", b"a" * LONGEST_RECORD), "too-long", "a line that is too long"),
        ),
        many=lambda count: lines(*([one] * count)),
        many_file="many.log",
    )


SAMPLES: dict[str, Callable[[], Samples]] = {
    "delimited": delimited,
    "json-lines": json_lines,
    "json": json_document,
    "workbook": workbook,
    "workbook-old": old_workbook,
    "parquet": parquet,
    "sqlite": sqlite,
    "web-log": web_log,
    "mail": mail,
    "mailbox": mailbox,
    "warc": warc,
    "wacz": wacz,
}
