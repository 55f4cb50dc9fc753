"""The signed report: what was changed behind its signature, or signed instead of it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

from corpus_cast import CAST, steady
from corpus_member import PACKAGE, REPORT, Act, Member, Workshop, invalid, rewritten, sealed_anew
from corpus_press import plain_report, pressed, redated, report_of, signed
from tampering import incremental_update

from casebound_packaging.identity import Identity


def _named(shop: Workshop) -> tuple[str, str]:
    info = json.loads(shop.files[PACKAGE])
    return info["package_id"], info["evidence_root"]


def _report(make: Callable[[Workshop], bytes]) -> Act:
    """Another report, and everything else sealed to fit it."""

    def act(shop: Workshop) -> None:
        shop.files[REPORT] = make(shop)

    return sealed_anew(act, report=False)


def _by(identity: Identity) -> Act:
    return _report(lambda shop: report_of(identity, *_named(shop)))


def _shadow(shop: Workshop) -> bytes:
    """Hide and replace: a later revision in which the page shows another content stream."""
    pdf = shop.files[REPORT]
    page = re.search(rb"(?s)3 0 obj\n<<.*?endobj", pdf)
    assert page is not None
    shown = b"BT /F1 12 Tf 72 720 Td (Nothing was found.) Tj ET"
    stream = b"90 0 obj\n<< /Length %d >>\nstream\n%b\nendstream\nendobj" % (len(shown), shown)
    return _revised(pdf, {3: page[0].replace(b"/Contents 7 0 R", b"/Contents 90 0 R"), 90: stream})


def _second_signature(shop: Workshop) -> bytes:
    """A later revision with a second signature field, over the first one's signature."""
    pdf = shop.files[REPORT]
    form, field = (re.search(rb"(?s)%d 0 obj\n<<.*?endobj" % number, pdf) for number in (9, 10))
    assert form is not None and field is not None
    more = field[0].replace(b"10 0 obj", b"90 0 obj").replace(b"/T (Seal)", b"/T (More)")
    return _revised(pdf, {9: form[0].replace(b"[ 10 0 R ]", b"[ 10 0 R 90 0 R ]"), 90: more})


def _annotated(shop: Workshop) -> bytes:
    with steady("annotated"):
        return redated(incremental_update(shop.files[REPORT]))


def _revised(pdf: bytes, objects: dict[int, bytes]) -> bytes:
    """A later revision of a PDF, in which these objects are new or other ones (ISO 32000-2, 7.5.6)."""
    root = re.findall(rb"/Root ([0-9]+) 0 R", pdf)[-1]
    before = re.findall(rb"startxref\n([0-9]+)", pdf)[-1]
    made, table = pdf, b"xref\n"
    for number, content in sorted(objects.items()):
        table += b"%d 1\n%010d 00000 n \n" % (number, len(made))
        made += content + b"\n"
    facts = max(objects) + 1, root, before, len(made)
    return made + table + b"trailer\n<< /Size %d /Root %b 0 R /Prev %b >>\nstartxref\n%d\n%%%%EOF\n" % facts


def _without_certification(shop: Workshop) -> bytes:
    """The same report with a signature that allows form filling (DocMDP P=2)."""
    pdf = shop.files[REPORT]
    changed = re.sub(rb"(/TransformParams <<\n/Type /TransformParams\n/V /1.2\n/P) 1", rb"\1 2", pdf)
    assert changed != pdf
    return pressed(changed, CAST.examiner)


def _other_kind(shop: Workshop) -> bytes:
    pdf = shop.files[REPORT]
    changed = pdf.replace(b"/SubFilter /ETSI.CAdES.detached", b"/SubFilter /adbe.pkcs7.detached")
    assert changed != pdf
    return pressed(changed, CAST.examiner)


def _padded(shop: Workshop) -> bytes:
    """Bytes hidden in the space that is reserved for the signature, which no signature covers."""
    pdf = shop.files[REPORT]
    return re.sub(rb"0000>", b"4142>", pdf, count=1)


def _reused(shop: Workshop) -> bytes:
    """The signature of another report over this one's bytes."""
    own = report_of(CAST.examiner, *_named(shop))
    other = report_of(CAST.examiner, "CASE-7-v1-000000000000", "0" * 64)
    hole = re.compile(rb"/Contents <[0-9a-f]+>")
    match, source = hole.search(own), hole.search(other)
    assert match is not None and source is not None
    return own[: match.start()] + source[0].ljust(len(match[0]))[: len(match[0])] + own[match.end() :]


def _two_roots(shop: Workshop) -> bytes:
    package_id, evidence_root = _named(shop)
    return signed(plain_report(package_id, evidence_root, f"evidence root {'ab' * 32}"), CAST.examiner)


def _altered_words(shop: Workshop) -> bytes:
    """The page says something else than its signature covers."""
    return shop.files[REPORT].replace(b"(Package CASE", b"(Pockage CASE", 1)


REPORTS: tuple[Member, ...] = (
    rewritten("report-of-another-package", "the examiner's report of another package", _report(
        lambda shop: report_of(CAST.examiner, "CASE-7-v1-000000000000", "0" * 64)), "report-of", ("report", REPORT)),
    rewritten("report-with-another-root", "the right package id, and another evidence root", _report(
        lambda shop: report_of(CAST.examiner, _named(shop)[0], "ab" * 32)), "report-of", ("report", REPORT)),
    rewritten("report-with-two-roots", "a report that names two evidence roots", _report(_two_roots), "report-roots",
              ("report", REPORT)),
    rewritten("report-by-another", "the same report signed by a colleague", _by(CAST.reviewer), "report-of",
              ("report", REPORT)),
    rewritten("report-by-a-stranger", "the same report signed by a stranger", _by(CAST.stranger), "report-of",
              ("report", REPORT)),
    invalid("report-unsigned", "a report without signature", _report(lambda shop: plain_report(*_named(shop))),
            "report", ("report", REPORT)),
    rewritten("report-saved-again", "an annotation added after signing (incremental update)",
              _report(_annotated), "report", ("report", REPORT)),
    rewritten("report-shadow-replaced", "another page shown by a later revision (shadow attack, hide and replace)",
              _report(_shadow), "report", ("report", REPORT)),
    rewritten("report-with-bytes-behind", "bytes behind the end of the report", _report(
        lambda shop: shop.files[REPORT] + b"\n% one line more\n%%EOF\n"), "report", ("report", REPORT)),
    rewritten("report-with-other-words", "a word on the signed page is another", _report(_altered_words), "report",
              ("report", REPORT)),
    rewritten("report-with-another-signature", "the signature of another report", _report(_reused), "report",
              ("report", REPORT)),
    rewritten("report-signed-twice", "a second signature in a later revision", _report(_second_signature), "report",
              ("report", REPORT)),
    invalid("report-that-allows-changes", "a report whose signature allows changes (DocMDP P=2)",
            _report(_without_certification), "report-form", ("report", REPORT)),
    invalid("report-of-another-kind", "a report signed in the older way (adbe.pkcs7.detached)", _report(_other_kind),
            "report-form", ("report", REPORT)),
    rewritten("report-with-hidden-bytes", "bytes in the space that is reserved for the signature", _report(_padded),
              "report-space", ("report", REPORT)),
    invalid("report-that-is-none", "a text in place of the report", _report(lambda shop: b"Dear Sir or Madam,\n"),
            "report", ("report", REPORT)),
    invalid("report-half-resealed", "half a report, sealed", _report(
        lambda shop: shop.files[REPORT][: len(shop.files[REPORT]) // 2]), "report", ("report", REPORT)),
)  # fmt: skip
