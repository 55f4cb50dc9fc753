"""Good and bad mails and web archives for the contract test, and the makers of them for other tests."""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import json
import zipfile

from importer_sample import Sample, Samples, Told

from casebound.importers.mailmessage import LONGEST_MESSAGE

DATE = b"2026-03-01T00:00:00Z"


def message(number: int, body: bytes = b"Hello.", extra: bytes = b"") -> bytes:
    """A small mail."""
    head = (
        b"Message-ID: <%d@shop.example>\r\nDate: Tue, 3 Mar 2026 10:00:00 +0100 (CET)\r\nFrom: A <a@shop.example>\r\n"
    )
    return (head % number) + b"To: b@shop.example\r\nSubject: Offer\r\n" + extra + b"\r\n" + body + b"\r\n"


def posted(number: int, body: bytes = b"Hello.") -> bytes:
    """A mail as it stands in a mailbox."""
    return b"From a@shop.example Tue Mar  3 09:00:00 2026\n" + message(number, body).replace(b"\r\n", b"\n") + b"\n"


def mail() -> Samples:
    one = message(1)
    return Samples(
        good=(
            Sample("a mail", "a.eml", one, {"": Told(1, (), (one,))}),
            Sample("a mail without that ending", "mail", one, {"": Told(1, (), (one,))}),
            Sample("a mail with a line before it", "a.eml", posted(1), {"": Told(1, (), (posted(1),))}),
            Sample("a mail without a time", "b.eml", b"Subject: x\n\nx\n", {"": Told(1, (), (b"Subject: x\n\nx\n",))}),
        ),
        bad=(
            Sample("no header", "a.eml", b"\n\nJust words.\n", refusal="does not begin with a header"),
            Sample("too long", "a.eml", one + b"x" * LONGEST_MESSAGE, refusal="the longest mail read"),
            Sample("parameters without end", "a.eml", message(1, extra=_endless()), refusal="is longer than"),
            Sample("an empty file", "a.eml", b"", refusal="is empty"),
        ),
        many=lambda count: message(count),
        many_file="many.eml",
        most=1,
    )


def _endless() -> bytes:
    return b"Content-Type: text/plain" + b'; a="' * 20_000 + b"\r\n"


def mailbox() -> Samples:
    one, two = posted(1), posted(2, b">From here on\nFrom there too")
    bad = b"From a@shop.example Tue Mar  3 09:00:00 2026\n\nwords alone\n\n"
    return Samples(
        good=(
            Sample("two mails, one with quoted lines", "a.mbox", one + two, {"": Told(2, (), (one, two))}),
            Sample("a mailbox without that ending", "Inbox", one + one, {"": Told(2, (), (one, one))}),
        ),
        bad=(
            Sample("a mail without a header", "a.mbox", one + bad + two, {"": Told(2, ("mail",), (one, bad, two))}),
            Sample(
                "a mail with parameters without end",
                "a.mbox",
                one + b"From x 09:00 2026\n" + _endless() + b"\n\n" + two,
                {"": Told(2, ("mail",), (one, b"From x 09:00 2026\n" + _endless() + b"\n\n", two))},
            ),
            Sample("no mail at all", "a.mbox", b"From x\n\nwords\n", refusal="No mail"),
        ),
        many=lambda count: b"".join(map(posted, range(count))),
        many_file="many.mbox",
        most=3_000,
    )


def sha1(data: bytes) -> bytes:
    return b"sha1:" + base64.b32encode(hashlib.sha1(data).digest())


def record(
    body: bytes = b"<p>Hello</p>", *, extra: bytes = b"", digest: bytes | None = None, head: bytes = b""
) -> bytes:
    """A response in a WARC, with true digests unless one is given."""
    http = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n" + head + b"\r\n"
    headers = [
        b"WARC/1.1",
        b"WARC-Type: response",
        b"WARC-Target-URI: https://shop.example/",
        b"WARC-Date: " + DATE,
        b"WARC-Record-ID: <urn:uuid:%s>" % hashlib.md5(body).hexdigest().encode(),
        b"Content-Type: application/http; msgtype=response",
        b"WARC-Payload-Digest: " + (digest or sha1(body)),
        b"Content-Length: %d" % len(http + body),
    ]
    return b"\r\n".join(headers) + b"\r\n" + extra + b"\r\n" + http + body + b"\r\n\r\n"


def warc() -> Samples:
    one, two = record(), record(b"x" * 100_000)
    bare = one[:-4], two[:-4]
    cut = two[:50_000]
    junk = b"this is no record\r\n"
    nolength = one.replace(b"Content-Length", b"Content-Lengthy")
    endless = b"WARC/1.1\r\nX: " + b"x" * 300_000 + b"\r\n\r\n"
    arc = (
        b"filedesc://a.arc 0.0.0.0 20260301000000 text/plain 69\n1 0 Shop\nURL IP-address Archive-date Content-type"
        b" Archive-length\n"
    )
    arc_one = b"https://shop.example/ 192.0.2.1 20260301000001 text/html 5\nhello"
    arc_start = b"filedesc://a.arc 0.0.0.0 20260301000000 text/plain %d\n" % len(arc.split(b"\n", 1)[1])
    first = arc_start + arc.split(b"\n", 1)[1]
    damaged = gzip.compress(one, mtime=0)
    damaged = damaged[:60] + b"\xff\xff\xff\xff" + damaged[64:]
    return Samples(
        good=(
            Sample("two records", "a.warc", one + two, {"": Told(2, (), bare)}),
            Sample("packed record by record", "a.warc.gz", gzip.compress(one) + gzip.compress(two), {"": Told(2)}),
            Sample("packed as a whole", "a.warc.gz", gzip.compress(one + two), {"": Told(2)}),
            Sample("an ARC", "a.arc", first + b"\n" + arc_one + b"\n", {"": Told(2, (), (first, arc_one))}),
        ),
        bad=(
            Sample("it breaks off", "a.warc", one + cut, {"": Told(1, ("truncated",), (bare[0], cut))}),
            Sample(
                "it breaks off in a header",
                "a.warc",
                one + two[:100],
                {"": Told(1, ("truncated",), (bare[0], two[:100]))},
            ),
            Sample(
                "something else between records",
                "a.warc",
                one + junk + two,
                {"": Told(2, ("framing",), (bare[0], junk, bare[1]))},
            ),
            Sample(
                "a record without a length",
                "a.warc",
                one + nolength + two,
                {"": Told(2, ("length",), (bare[0], nolength, bare[1]))},
            ),
            Sample(
                "a header without end",
                "a.warc",
                one + endless + two,
                {"": Told(2, ("header",), (bare[0], endless, bare[1]))},
            ),
            Sample(
                "one packed record damaged",
                "a.warc.gz",
                gzip.compress(one, mtime=0) + damaged + gzip.compress(two, mtime=0),
                {"": Told(2, ("gzip",))},
            ),
            Sample("nothing but a beginning", "a.warc", b"WARC/1.0\r\n", refusal="No record"),
        ),
        many=lambda count: one * count,
        many_file="many.warc",
        most=5_000,
    )


def package(
    archive: bytes,
    pages: bytes | None = None,
    *,
    digest: bytes | None = None,
    spoilt: bool = False,
    name: str = "data.warc",
) -> bytes:
    """A WACZ. With `spoilt`, datapackage.json states another hash of the archive."""
    files = {f"archive/{name}": archive} | ({"pages/pages.jsonl": pages} if pages else {})
    resources = [
        {
            "name": path.rpartition("/")[2],
            "path": path,
            "hash": "sha256:" + hashlib.sha256(data + (b"!" if spoilt else b"")).hexdigest(),
            "bytes": len(data),
        }
        for path, data in files.items()
    ]
    stated = json.dumps({"profile": "data-package", "resources": resources, "wacz_version": "1.1.1"}).encode()
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as made:
        for path, data in files.items():
            made.writestr(zipfile.ZipInfo(path, (2026, 3, 1, 0, 0, 0)), data)
        made.writestr(zipfile.ZipInfo("datapackage.json", (2026, 3, 1, 0, 0, 0)), stated)
        if digest is not None:
            made.writestr(zipfile.ZipInfo("datapackage-digest.json", (2026, 3, 1, 0, 0, 0)), digest)
    return stream.getvalue()


def wacz() -> Samples:
    one, two = record(), record(b"y" * 100)
    heading = b'{"format": "json-pages-1.0", "id": "pages", "title": "All"}\n'
    page = b'{"id": "1", "url": "https://shop.example/", "ts": "2026-03-01T00:00:00Z"}'
    member = "archive/data.warc"
    cut = package(one + two[:400])
    return Samples(
        good=(
            Sample(
                "an archive and its pages",
                "a.wacz",
                package(one + two, heading + page + b"\n"),
                {
                    member: Told(2, (), (one[:-4], two[:-4])),
                    "pages/pages.jsonl": Told(1, (), (page,), ("id", "url", "ts")),
                },
            ),
            Sample(
                "a packed archive",
                "a.wacz",
                package(gzip.compress(one), name="data.warc.gz"),
                {"archive/data.warc.gz": Told(1)},
            ),
        ),
        bad=(
            Sample("its archive breaks off", "a.wacz", cut, {member: Told(1, ("truncated",), (one[:-4], two[:400]))}),
            Sample("it breaks off itself", "a.wacz", package(one)[:-60], refusal="a.wacz"),
            Sample("a changed byte", "a.wacz", package(one).replace(b"Hello", b"Jello"), refusal="checksum"),
        ),
        many=lambda count: package(one * count),
        many_file="many.wacz",
        most=3_000,
    )
