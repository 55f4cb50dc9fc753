"""The report against hostile texts, and the rules of its paper."""

from __future__ import annotations

import json
import random
import re
import sys
from dataclasses import replace
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from handmade_report import model

from casebound.work import Cancelled, silent
from casebound_exporters.cells import cell, guarded
from casebound_exporters.pictures import picture
from casebound_exporters.report import make_report
from casebound_exporters.report.fonts import BODY, MONO, open_shelf
from casebound_exporters.report.model import excerpt
from casebound_exporters.report.pdfa import problems
from casebound_exporters.report.statements import together
from casebound_exporters.report.text import Typesetter
from casebound_exporters.report.written import listed

NAUGHTY = [
    "<b>bold</b><para><font size=99>x</font></para>",
    "&amp; &lt; &#0; ]]> <![CDATA[",
    "\u202eRTL\u202c \u2066isolate\u2069 \u200bzero\u200d \ufeff",
    "مرحبا بالعالم שלום עולם",
    "日本語の長い文章、句読点。漢字" * 30,
    "Z" + "\u0301\u0316\u0334" * 40 + "algo",
    "W" * 10_000,
    "word " * 2_000,
    "\x00\x01\x07\x1b[31m\x7f\x85\u2028\u2029",
    "😀👩‍👩‍👧🏴󠁧󠁢󠁥󠁮󠁧󠁿 \ue000 \U0010ffff",
    "line\nline\r\nline\ttab",
    "한국어 ไทย हिन्दी",
    "{curly} %s %(x)s \\ $(reboot) `id`",
    "",
    " ",
]


def text_of(document: bytes) -> str:
    import io

    from pypdf import PdfReader

    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(document)).pages)


def test_it_is_pdfa_and_every_font_is_embedded():
    document = make_report(model(), silent)
    assert problems(document) == []
    assert b"/Helvetica" not in document


@pytest.mark.parametrize("hostile", NAUGHTY, ids=range(len(NAUGHTY)))
def test_hostile_text_breaks_nothing(hostile):
    document = make_report(model(n_ledger=12, hostile=f" {hostile}"), silent)
    assert problems(document) == []
    text = text_of(document)
    assert not set(text) & set("\u202e\u202c\u2066\u2069\u200b\ufeff\x00\x1b\ue000")
    assert "Page 1 of" in text


def test_the_big_list_of_naughty_strings():
    path = Path(__file__).resolve().parents[3] / "shared" / "data" / "naughty-strings" / "blns.json"
    if not path.exists():
        pytest.skip("the list is not on this machine")
    strings = json.loads(path.read_text("utf-8"))
    document = make_report(model(n_ledger=8, hostile=" ".join(strings)), silent)
    assert problems(document) == []
    setter = Typesetter(open_shelf())
    for string in strings:
        for run in setter.runs(string, BODY):
            assert run.text


def test_random_characters_are_all_accounted_for():
    chance = random.Random(5)
    setter = Typesetter(open_shelf())
    for _ in range(60):
        given = "".join(
            chr(chance.choice((chance.randrange(0x20, 0x3000), chance.randrange(0xE000, 0x20000)))) for _ in range(40)
        )
        runs = setter.runs(given, MONO, 10_000)
        shown = "".join(run.text for run in runs if not run.coded)
        codes = " ".join(run.text for run in runs if run.coded).split()
        back = shown.count(" ") >= 0 and len(re.sub(" ↵ ", "\n", shown)) + len(codes)
        assert back == len(given)
        for run in runs:
            if not run.coded:
                assert all(setter.shelf.holder(MONO, c) == run.font or c in " \u00a0↵" for c in run.text)


def test_what_is_shortened_says_so():
    setter = Typesetter(open_shelf())
    text = "".join(run.text for run in setter.runs("x" * 1_000, BODY, 100))
    assert text == "x" * 100 + " … (100 of 1,000 characters shown)"
    assert setter.account.shortened == 1


def test_characters_in_no_font_are_named_and_counted():
    text = text_of(make_report(model(hostile=" \ue123\ue123"), silent))
    assert "U+E123" in text
    assert re.search(
        r"characters? that no bundled font has are printed as their code: U\+E123", re.sub(r"\s+", " ", text)
    )


def test_every_cut_is_announced():
    text = re.sub(r"\s+", " ", text_of(make_report(model(), silent)))
    assert "Showing 11 of 112 moments; all are in data/timeline.csv." in text
    assert "Showing 60 of 140 lines; all are in data/custody/ledger.jsonl." in text
    assert excerpt([1, 2, 3], 2, "x").cut and not excerpt([1, 2], 2, "x").cut


def test_likelihood_and_confidence_never_share_a_sentence():
    text = re.sub(r"\s+", " ", text_of(make_report(model(), silent)))
    assert "The finding is judged very likely (80 to 95 %)." in text
    assert "Confidence in the basis of this finding is moderate." in text
    terms = r"(almost no chance|very unlikely|unlikely|roughly even chance|likely|almost certain) "
    for sentence in re.split(r"(?<=[.!?])\s", text):
        assert not (re.search(terms, sentence) and re.search(r"[Cc]onfidence in", sentence)), sentence


def test_a_count_states_no_likelihood():
    told = model()
    plain = replace(told.judgements[0], likelihood="", numbers=told.numbers[:1])
    bare = replace(plain, numbers=())
    for judgement, words in ((plain, "None stated: this finding is a count."), (bare, "None stated.")):
        text = text_of(make_report(replace(told, judgements=(judgement,)), silent))
        assert words in re.sub(r"\s+", " ", text)
        assert "Not judged" not in text


def test_what_several_exports_share_is_found_and_nothing_else():
    source = model().sources[0]
    shared = (("export_id", "e1"), ("by", "desk"), ("query", "select"))
    first = replace(source, label="S-01", origin=(*shared, ("rows", "1")))
    second = replace(source, label="S-02", origin=(*shared, ("rows", "2")))
    other = replace(source, label="S-03", origin=(("export_id", "e2"), ("by", "them"), ("query", "x"), ("rows", "1")))
    silent_one = replace(source, label="S-04", origin=None)
    (account,) = together((first, second, other, silent_one))
    assert account.labels == ("S-01", "S-02")
    assert account.facts == shared
    assert listed(("S-01", "S-02", "S-03")) == "S-01 to S-03"
    assert listed(("S-01", "S-03", "S-07")) == "S-01, S-03 and S-07"
    assert listed(("S-01", "S-02")) == "S-01 and S-02"


def test_stop_answers_on_every_page():
    seen = []

    def progress(done: int, total: int, note: str = "") -> None:
        seen.append(note)
        if note == "report, page 3":
            raise Cancelled

    with pytest.raises(Cancelled):
        make_report(model(), progress)
    assert "report, page 2" in seen


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("=1+1", "'=1+1"),
        ("+49 30", "'+49 30"),
        ("-5", "-5"),
        ("-5.25", "-5.25"),
        ("+7", "+7"),
        ("-5e3", "'-5e3"),
        ("@x", "'@x"),
        ("\tx", "'\tx"),
        ("\rx", "'\rx"),
        ("'x", "''x"),
        ("＝1", "'＝1"),
        ("－1", "'－1"),
        ("a=1", "a=1"),
        ("", ""),
        ("-٣", "'-٣"),
        ("--5", "'--5"),
        ("+-1", "'+-1"),
    ],
)
def test_the_guard(text, written):
    assert guarded(text) == written


def test_missing_and_empty_are_told_apart():
    assert cell(None) == ""
    assert cell("") == '""'
    assert cell('a"b') == '"a""b"'
    assert cell("=a\n") == '"\'=a\n"'


def test_pictures_are_decoded_elsewhere(tmp_path):
    from PIL import Image

    path = tmp_path / "a.png"
    Image.new("RGBA", (900, 300), (200, 10, 10, 128)).save(path)
    found, note = picture(path, "image/png")
    assert found is not None and note == ""
    assert (found.width, found.height) == (520, 173)
    assert len(found.pixels) == 520 * 173 * 3
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"\0" * 200)
    assert picture(path, "image/png") == (None, "The image is enclosed; it could not be drawn here.")
    assert picture(path, "application/pdf") == (None, "")
