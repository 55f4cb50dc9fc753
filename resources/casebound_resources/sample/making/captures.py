"""What was found outside: a page that sells relayed access (picture and WARC), its price sheet (PDF), and a mail."""

from __future__ import annotations

import io
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from textwrap import wrap

from casebound_resources.sample.making.picture import Canvas, Colour

FONTS = Path(__file__).parents[2] / "fonts"
PAGE = "https://hollowfern-relay.example/plans"
CAPTURED = "2026-09-29T08:12:47Z"

_INK: Colour = (24, 30, 40)
_GREY: Colour = (104, 114, 130)
_LINE: Colour = (222, 227, 234)
_GREEN: Colour = (22, 108, 84)
_WHITE: Colour = (255, 255, 255)
_TITLE = "Frontier answers, wholesale."
_LEAD = (
    "One endpoint, sixty upstream accounts, no rate limits. We rotate, you train. "
    "When a provider closes a pool, the next one answers within hours."
)
_PLANS = (
    ("Sampler", "$90", "per million answers", ("Short answers", "Shared pool", "Best effort")),
    (
        "Tutor set",
        "$240",
        "per million answers",
        ("Worked steps inside tags", "Own pool of 30 accounts", "Failover in 4 hours"),
    ),
    (
        "Judge set",
        "$310",
        "per million answers",
        ("Rubric grades as JSON", "Own pool of 30 accounts", "Failover in 4 hours"),
    ),
)


def page_png() -> bytes:
    """The page as a screen capture, with the browser's bar above it."""
    regular, medium = FONTS / "Inter-Regular.ttf", FONTS / "Inter-Medium.ttf"
    semi, bold = FONTS / "Inter-SemiBold.ttf", FONTS / "Inter-Bold.ttf"
    page = Canvas(1180, 760, _WHITE)
    page.box(0, 0, 1180, 52, (236, 239, 243))
    for index, colour in enumerate(((226, 108, 100), (232, 188, 84), (112, 190, 122))):
        page.box(20 + 24 * index, 20, 12, 12, colour)
    page.box(110, 11, 900, 30, _WHITE)
    page.text(126, 31, PAGE, regular, 14, _GREY)
    page.box(0, 52, 1180, 1, _LINE)
    page.box(64, 84, 26, 26, _GREEN)
    page.text(102, 104, "Hollowfern Relay", semi, 20, _INK)
    for x, word in ((760, "Plans"), (850, "Status"), (950, "Docs"), (1036, "Sign in")):
        page.text(x, 104, word, medium, 15, _GREEN if word == "Plans" else _GREY)
    page.text(64, 206, _TITLE, bold, 46, _INK)
    for number, line in enumerate(wrap(_LEAD, 84)):
        page.text(64, 250 + 28 * number, line, regular, 18, _GREY)
    for number, (name, price, unit, points) in enumerate(_PLANS):
        left = 64 + 356 * number
        page.box(left, 330, 340, 330, _LINE)
        page.box(left + 1, 331, 338, 328, _WHITE)
        if number == 1:
            page.box(left, 330, 340, 5, _GREEN)
        page.text(left + 24, 376, name, semi, 19, _INK)
        end = page.text(left + 24, 436, price, bold, 40, _INK)
        page.text(end + 10, 436, unit, regular, 14, _GREY)
        for row, point in enumerate(points):
            page.box(left + 26, 475 + 34 * row, 8, 8, _GREEN)
            page.text(left + 46, 484 + 34 * row, point, regular, 15, _INK)
        page.box(left + 24, 594, 292, 42, _GREEN if number == 1 else (240, 243, 246))
        page.text(left + 128, 620, "Order now", semi, 15, _WHITE if number == 1 else _INK)
    page.text(
        64,
        716,
        "Models relayed today: lumen-3-large, lumen-3. Prepaid only. Last failover test: 3 h 31 min.",
        regular,
        14,
        _GREY,
    )
    return page.png(
        {"Title": "Hollowfern Relay - plans", "Software": "capture 2.2 (invented)", "Creation Time": CAPTURED}
    )


def page_html() -> bytes:
    """The same page as it was served; the script in it is evidence, not something to run."""
    cards = "".join(
        f"<section><h2>{name}</h2><p>{price} {unit}</p>"
        f"<ul>{''.join(f'<li>{point}</li>' for point in points)}</ul></section>"
        for name, price, unit, points in _PLANS
    )
    return (
        "<!doctype html><html lang=en><meta charset=utf-8><title>Hollowfern Relay - plans</title>"
        f"<h1>{_TITLE}</h1><p>{_LEAD}</p>{cards}"
        "<footer>Models relayed today: lumen-3-large, lumen-3. Prepaid only. Last failover test: 3 h 31 min.</footer>"
        "<script>navigator.sendBeacon('/seen', location.href)</script></html>\n"
    ).encode()


def page_warc() -> bytes:
    """WARC 1.1 (ISO 28500) with the request and the response, not compressed."""
    from warcio.statusandheaders import StatusAndHeaders
    from warcio.warcwriter import WARCWriter

    buffer = io.BytesIO()
    writer = WARCWriter(buffer, gzip=False, warc_version="1.1")

    def write(number: int, kind: str, uri: str, payload: bytes, http: StatusAndHeaders | None, media: str) -> None:
        headers = {"WARC-Date": CAPTURED, "WARC-Record-ID": f"<urn:uuid:00000000-0000-4000-8000-{number:012d}>"}
        record = writer.create_warc_record(
            uri,
            kind,
            payload=io.BytesIO(payload),
            http_headers=http,
            warc_headers_dict=headers,
            warc_content_type=media,
        )
        writer.write_record(record)
        record.raw_stream.close()  # the library leaves its spooled copy open

    write(
        1,
        "warcinfo",
        "",
        b"software: capture 2.2 (invented)\r\noperator: rev_mori\r\n",
        None,
        "application/warc-fields",
    )
    asked = StatusAndHeaders("GET /plans HTTP/1.1", [("Host", "hollowfern-relay.example")], is_http_request=True)
    write(2, "request", PAGE, b"", asked, "application/http; msgtype=request")
    html = page_html()
    answered = StatusAndHeaders(
        "200 OK",
        [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(html)))],
        protocol="HTTP/1.1",
    )
    write(3, "response", PAGE, html, answered, "application/http; msgtype=response")
    return buffer.getvalue()


def price_sheet_pdf() -> bytes:
    """One page of PDF 1.4, written by hand."""
    lines = [
        ("F2", 20, "Hollowfern Relay"),
        ("F1", 11, "Price sheet for partners, valid from 15 September 2026"),
        ("F1", 11, ""),
    ]
    for name, price, unit, points in _PLANS:
        lines += [
            ("F2", 13, f"{name}: {price} {unit}"),
            *(("F1", 11, f"   - {point}") for point in points),
            ("F1", 11, ""),
        ]
    lines += [
        ("F1", 11, "Delivery: JSON lines, prompts and answers paired, de-duplicated by template."),
        ("F1", 11, "Templates in stock: tutor with working tags, rubric judge, working notes verbatim."),
        ("F1", 11, "Contact: desk@hollowfern-relay.example"),
    ]
    stream = "BT 64 770 Td 16 TL\n" + "".join(
        f"/{font} {size} Tf ({text.replace('(', chr(92) + '(').replace(')', chr(92) + ')')}) Tj T*\n"
        for font, size, text in lines
    )
    body = (stream + "ET\n").encode("latin-1")
    objects = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R/F2 6 0 R>>>>>>",
        b"<</Length %d>>stream\n%sendstream" % (len(body), body),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica-Bold>>",
        b"<</Title(Price sheet)/Producer(invented)/CreationDate(D:20260915090000Z)>>",
    )
    out, places = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    tail = b"trailer\n<</Size %d/Root 1 0 R/Info 7 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(out))
    return out + b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + table + tail


def customer_eml() -> bytes:
    """A customer forwards an offer."""
    mail = EmailMessage(policy=SMTP)
    mail["From"] = "Petra Lind <petra.lind@alder-optics.example>"
    mail["To"] = "abuse@lumenfall.example"
    mail["Subject"] = "Fwd: cheaper access to your models?"
    mail["Date"] = "Mon, 28 Sep 2026 15:22:09 +0200"
    mail["Message-ID"] = "<20260928152209.4471@alder-optics.example>"
    mail.set_content(
        "Hello,\n\nwe got the offer below and thought you would want to know. We did not answer it.\n\n"
        "Petra Lind\nAlder Optics\n\n"
        "> From: desk@hollowfern-relay.example\n> Subject: answers of lumen-3-large at half the price\n>\n"
        "> We run our own pools. If Lumenfall closes one, the next is up the same day.\n"
        "> Plans: https://hollowfern-relay.example/plans\n",
        cte="7bit",
    )
    return mail.as_bytes()


def status_png() -> bytes:
    """A second capture, of the relay's status page on the evening of the ban."""
    regular, semi, bold = FONTS / "Inter-Regular.ttf", FONTS / "Inter-SemiBold.ttf", FONTS / "Inter-Bold.ttf"
    page = Canvas(1000, 420, _WHITE)
    page.box(0, 0, 1000, 52, (236, 239, 243))
    page.box(24, 11, 760, 30, _WHITE)
    page.text(40, 31, "https://hollowfern-relay.example/status", regular, 14, _GREY)
    page.text(48, 118, "Status", bold, 34, _INK)
    rows = (
        ("30 Sep 2026 14:22 UTC", "Upstream closed pool A. All plans paused.", (176, 30, 56)),
        ("30 Sep 2026 17:44 UTC", "Pool B is answering. Tutor set and Judge set are back.", _GREEN),
        ("30 Sep 2026 18:10 UTC", "Backlog of 4,100 answers is being worked off.", _GREEN),
    )
    for number, (when, what, colour) in enumerate(rows):
        top = 160 + 70 * number
        page.box(48, top, 904, 1, _LINE)
        page.box(48, top + 24, 12, 12, colour)
        page.text(78, top + 36, when, semi, 16, _INK)
        page.text(330, top + 36, what, regular, 16, _INK)
    return page.png({"Title": "Hollowfern Relay - status", "Creation Time": "2026-09-30T18:31:05Z"})
