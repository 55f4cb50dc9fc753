"""Mails and mailboxes: every message a row or told; decoded where it can be, as written where it cannot."""

from __future__ import annotations

import hashlib
import json
import sys
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent))  # importlib mode has no other way to share the samples

from importer_samples_captures import message, posted

from casebound.case import Actor, ColumnRole
from casebound.document import Case
from casebound.errors import BadSource
from casebound.events import Events
from casebound.importers import importer_for
from casebound.importers import mail as mails
from casebound.importers.kinds import kind_of
from casebound.importers.layout import Choices
from casebound.importers.mailmessage import COLUMNS, NoMail, values
from casebound.importing import bring_in
from casebound.previewing import preview

SHARED = Path(__file__).parents[3] / "shared" / "data"


def read(raw: bytes) -> dict[str, str | None]:
    return dict(zip(COLUMNS, values(raw), strict=True))


def test_a_mail_is_a_table_of_one_row(tmp_path: Path) -> None:
    path = tmp_path / "offer.eml"
    path.write_bytes(message(1))
    assert kind_of(path, path.name) == "mail"
    (seen,) = preview(path)
    assert (seen.format, seen.mapping.table) == ("mail", "offer")
    assert [seen.mapping.named(role) for role in (ColumnRole.TIME, ColumnRole.ACTOR, ColumnRole.OBJECT)] == [
        "date",
        "from",
        "to",
    ]
    with Case.create(tmp_path / "c", "1", "T", Actor("Rosa Behrens")) as case:
        (source,) = bring_in(case, path)
        assert (source.read, source.kept, source.timed) == (1, 1, 1)
        events = Events(case.path, case.snapshot().sources)
        try:
            (event,) = events.page(0, 10)
        finally:
            events.close()
    assert event.time_us == 1_772_528_400_000_000
    assert event.time_raw == "Tue, 3 Mar 2026 10:00:00 +0100 (CET)"
    assert (event.actor, event.fields["subject"], event.zone) == ("A <a@shop.example>", "Offer", "+01:00")


def test_encoded_words_are_read_and_kept_as_written() -> None:
    raw = message(1).replace(b"Subject: Offer", b"Subject: =?utf-8?Q?M=C3=B6bel?=\r\n =?iso-8859-1?B?4Pg=?= end")
    found = read(raw)
    assert found["subject"] == "Möbelàø end"
    assert found["subject_raw"] == "=?utf-8?Q?M=C3=B6bel?= =?iso-8859-1?B?4Pg=?= end"
    assert found["defects"] is None


@pytest.mark.parametrize(
    ("subject", "shown", "defect"),
    [
        (b"=?utf-8?B?4Pg=?=", "\\xe0\\xf8", "not of the charset"),
        (b"=?no-such?Q?a=E0?=", "a\\xe0", "not of the charset"),
        (b"=?no-such?Q?=C3=B6?=", "ö", "and is UTF-8"),
        (b"=?utf-8?B?a?=", "=?utf-8?B?a?=", "cannot be read"),
        ("Zoë".encode(), "Zoë", ""),
        (b"Zo\xeb", "Zo\\xeb", "encoding that it does not name"),
        (b"a\0b", "a\\x00b", ""),
    ],
)
def test_nothing_is_replaced_silently(subject: bytes, shown: str, defect: str) -> None:
    found = read(message(1).replace(b"Subject: Offer", b"Subject: " + subject))
    assert found["subject"] == shown
    assert defect in (found["defects"] or "")
    assert bool(defect) == bool(found["defects"])


def test_attachments_are_told_with_their_hashes_and_names_stay_words() -> None:
    body = (
        b"--x\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nGr\xc3\xbc\xc3\x9fe\r\n"
        b'--x\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename="../../evil.exe"\r\n'
        b"Content-Transfer-Encoding: base64\r\n\r\naGVsbG8=\r\n"
        b"--x\r\nContent-Type: message/rfc822\r\n\r\nSubject: inner\r\nContent-Type: text/plain; name=deep.txt\r\n\r\n"
        b"d\r\n"
        b"--x--\r\n"
    )
    found = read(message(1, body, b"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n"))
    assert found["body_excerpt"] == "Grüße"
    told = json.loads(found["attachments"] or "")
    assert told[0] == {
        "name": "../../evil.exe",
        "type": "application/pdf",
        "size": 5,
        "sha256": hashlib.sha256(b"hello").hexdigest(),
    }
    assert [(one["name"], one["type"], one.get("inside")) for one in told[1:]] == [
        ("", "message/rfc822", None),
        ("deep.txt", "text/plain", "a mail that is attached"),
    ]


def test_headers_that_stand_twice_and_the_first_hop() -> None:
    extra = (
        b"Received: by last.example; Tue, 3 Mar 2026 09:00:02 +0000\r\nReceived: from first.example\r\n\tby x; z\r\n"
    )
    found = read(message(1, extra=extra + b"Date: Mon, 2 Mar 2026 10:00:00 +0000\r\n"))
    assert found["received_first"] == "from first.example\tby x; z"
    assert found["date"] == "Tue, 3 Mar 2026 10:00:00 +0100 (CET)"
    assert "date stands 2 times" in (found["defects"] or "") and "Mon, 2 Mar 2026" in (found["defects"] or "")


def test_long_texts_are_bounded_and_say_so() -> None:
    found = read(message(1, "ä".encode() * 50_000))
    assert found["body_excerpt"] is not None and len(found["body_excerpt"]) < 4_100
    assert found["body_excerpt"].endswith("… (the original holds more)")
    assert found["body_excerpt"].startswith("ä" * 4_000)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\n\n",
        b"words\n",
        b"Content-Type: multipart/mixed; boundary=a\n\n" + b"--a\nContent-Type: multipart/mixed; boundary=a\n\n" * 600,
        b"A: b\nContent-Disposition: x" + b';"' * 40_000 + b"\n\n",
    ],
)
def test_what_is_no_mail_is_refused_in_a_sentence(raw: bytes) -> None:
    with pytest.raises(NoMail, match=r"^[A-Z].*\.$"):
        values(raw)


@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_any_bytes_are_a_row_or_refused(tail: bytes) -> None:
    for raw in (tail, b"Subject: " + tail, b"Content-Type: multipart/mixed; boundary=" + tail, message(1, tail)):
        try:
            row = values(raw)
        except NoMail:
            continue
        assert len(row) == len(COLUMNS)
        assert all(value is None or (value.encode() is not None and "\0" not in value) for value in row)


# Mailboxes


def told(path: Path) -> tuple[list[list[str | None]], list[tuple[int, int, int]], list[str]]:
    """Rows, the places of all records, and why some were set aside."""
    (seen,) = preview(path)
    rows, places, refused = [], [], []
    for batch in importer_for(path, path.name).batches(path, "", seen.mapping):
        rows += [list(row) for row in zip(*(batch.values or []), strict=True)]
        places += zip(batch.lines.tolist(), batch.offsets.tolist(), batch.lengths.tolist(), strict=True)
        places += [(one.line, one.offset, one.length) for one in batch.refused]
        refused += [one.reason for one in batch.refused]
    return rows, sorted(places), refused


def test_each_mail_of_a_mailbox_is_a_row_at_its_place(tmp_path: Path) -> None:
    path = tmp_path / "a.mbox"
    parts = [posted(1), posted(2, b">From me\n>>From you\nFrom nobody at all"), posted(3)]
    path.write_bytes(b"".join(parts))
    rows, places, refused = told(path)
    assert refused == []
    content = path.read_bytes()
    assert [content[offset : offset + length] for _, offset, length in places] == parts
    assert [content[:offset].count(b"\n") + 1 for _, offset, _ in places] == [line for line, _, _ in places]
    assert rows[1][COLUMNS.index("body_excerpt")] == "From me\n>From you\nFrom nobody at all\n\n"


def test_a_line_in_a_text_that_looks_like_a_beginning_is_none_without_a_header_after_it(tmp_path: Path) -> None:
    path = tmp_path / "a.mbox"
    path.write_bytes(posted(1, b"He wrote:\nFrom b@x.example Tue Mar  3 09:00:00 2026\nthat is all") + posted(2))
    assert len(told(path)[0]) == 2


def test_mails_without_an_empty_line_between_them_are_told_apart(tmp_path: Path) -> None:
    path = tmp_path / "a.mbox"
    path.write_bytes(posted(1)[:-1] + posted(2)[:-1])
    assert len(told(path)[0]) == 2


def test_one_that_is_too_long_is_set_aside_and_the_next_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mails, "LONGEST_MESSAGE", 10_000)
    path = tmp_path / "a.mbox"
    long = posted(2, b"word " * 400_000)
    path.write_bytes(posted(1) + long + posted(3))
    rows, places, refused = told(path)
    assert [row[0] for row in rows] == ["<1@shop.example>", "<3@shop.example>"]
    assert places[1][1:] == (len(posted(1)), len(long)) and "the longest read" in refused[0]


def test_a_mailbox_is_known_by_its_first_lines(tmp_path: Path) -> None:
    path = tmp_path / "Sent"
    path.write_bytes(posted(1))
    assert kind_of(path, path.name) == "mailbox"
    path.write_bytes(b"From here on,it is a table\n1,2\n")
    assert kind_of(path, path.name) == "delimited"


# Mails that nobody here wrote


@pytest.mark.skipif(not (SHARED / "email-mikel-mail").is_dir(), reason="the shared mails are not here")
def test_the_mails_of_others() -> None:
    """75 .eml: every one is a row; five have no Date that is a time, and stand on no timeline."""
    untimed, defects = [], Counter[str]()
    paths = sorted((SHARED / "email-mikel-mail").rglob("*.eml"))
    for path in paths:
        (seen,) = preview(path)
        batches = list(importer_for(path, path.name).batches(path, "", seen.mapping))
        assert sum(batch.count for batch in batches) == 1
        assert not [one for batch in batches for one in batch.refused]
        row = [column[0] for batch in batches if batch.count for column in batch.values or []]
        if not seen.mapping.named(ColumnRole.TIME):
            untimed.append(path.name)
        if words := row[COLUMNS.index("defects")]:
            defects[words] += 1
    assert len(paths) == 75
    assert untimed == [
        "japanese.eml",
        "japanese_iso_2022.eml",
        "raw_email_incorrect_header.eml",
        "raw_email_with_bad_date.eml",
        "example13.eml",
        "utf8_headers.eml",
    ]
    assert defects["missing header body separator"] == 3
    assert sum(defects.values()) == 10


def test_a_file_that_is_no_mail_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "words.eml"
    path.write_bytes(b"just words\n")
    with pytest.raises(BadSource, match=r"“words\.eml” is no mail"):
        importer_for(path, path.name).layouts(path, path.name, Choices())
