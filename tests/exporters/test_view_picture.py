"""The picture of a view on paper: hostile words, extremes of time and number, and nothing wider than its place."""

from __future__ import annotations

import io
import sys
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from handmade_report import model

from casebound.density import grid
from casebound.timescale import DAY, HOUR, View, step_for, step_label
from casebound.work import silent
from casebound_exporters.report import make_report
from casebound_exporters.report.fonts import BODY, open_shelf
from casebound_exporters.report.lettering import Lettering
from casebound_exporters.report.pdfa import problems
from casebound_exporters.report.text import Typesetter
from casebound_exporters.report.timeline_picture import MOST_FINDING_ROWS, finding_rows, usual
from casebound_exporters.report.viewmodel import LaneRow, SourceShown, SpanBar, ViewEntry

START = 1_772_323_200_000_000  # 1 March 2026
HOSTILE = (
    "<b>x</b>&amp;",
    "\u202eRTL\u202c",
    "W" * 5_000,
    "日本語" * 90,
    "Z" + "\u0301" * 40,
    "\x00\x1b[31m",
    "",
    "😀 \ue000",
)


def entry(view: View, times: list[int], label: str = "S-01 a.csv", **more: object) -> ViewEntry:
    step = step_for(view.span, 660)
    edges = [int(edge) for edge in grid(view, step)]
    totals = [sum(low <= time < high for time in times) for low, high in pairwise(edges)]
    cells = tuple((low, count) for low, count in zip(edges, totals, strict=False) if count)
    lane = LaneRow(label, len(times), cells, tuple(times[:3]), ((view.start, view.start + view.span // 5, "No rows"),))
    made = ViewEntry(
        "V-01", f"Title {label}", f"a:{label}" if label else "", "source", view.start, view.end, tuple(edges),
        step_label(step), tuple(totals), (lane,), (), (view.start, view.end), len(times), len(times),
        (SourceShown("S-01", label or "x.csv", "ab" * 32, len(times), len(times)),), ("3 rows",), "an exhibit",
        "1 h", "data/views/V-01",
    )  # fmt: skip
    return replace(made, **more)  # type: ignore[arg-type]


def printed(*entries: ViewEntry) -> tuple[bytes, str]:
    from pypdf import PdfReader

    told = model(n_ledger=3)
    first = replace(told.judgements[0], views=tuple(one.number for one in entries))
    document = make_report(replace(told, judgements=(first,), views=entries), silent)
    text = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(document)).pages)
    return document, " ".join(text.split())


@pytest.mark.parametrize("label", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_words_break_nothing(label: str) -> None:
    view = View(START, START + DAY)
    document, text = printed(entry(view, [START + HOUR], label, spans=(SpanBar(START, START + DAY, f"F{label}"),)))
    assert problems(document) == []
    assert not set(text) & set("\u202e\u202c\x00\x1b\ue000")
    assert "darker = busier than usual" in text


@pytest.mark.parametrize(
    ("view", "times"),
    [
        (View(START, START + 1_000), [START + 5]),
        (View(START, START + DAY), []),
        (View(START - 600 * 365 * DAY, START), [START - 599 * 365 * DAY, START - 1]),
        (View(START, START + DAY), [START + HOUR] * 5_000),
        (View(-62_135_596_800_000_000, 253_402_300_799_999_999), [0]),
    ],
)
def test_extremes_of_time_and_number(view: View, times: list[int]) -> None:
    document, text = printed(entry(view, times))
    assert problems(document) == []
    assert f"Shown: {len(times):,} of {len(times):,} event" in text


def test_thirteen_lanes_and_their_words_stay_on_one_page() -> None:
    from pypdf import PdfReader

    made = entry(View(START, START + DAY), [START + HOUR])
    lanes = tuple(replace(made.lanes[0], label=f"lane {n} " + "x" * 80, total=10**9 + n) for n in range(13))
    document, _ = printed(replace(made, lanes=lanes))
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(document)).pages]
    (own,) = [page for page in pages if "darker = busier" in page]
    assert all(f"lane {n} " in own and f"{10**9 + n:,}" in own for n in range(13))


def test_no_line_is_wider_than_its_room() -> None:
    from reportlab.pdfgen.canvas import Canvas

    canvas = Canvas(io.BytesIO(), initialFontName=BODY)
    letters = Lettering(Typesetter(open_shelf()))
    for text in HOSTILE:
        for room in (3.0, 20.0, 90.0):
            runs = letters.fitted(canvas, text, BODY, 6.6, room)
            ellipsis = canvas.stringWidth("…", BODY, 6.6)
            assert sum(canvas.stringWidth(run.text, run.font, 6.6) for run in runs) <= max(room, ellipsis) + 0.01


def test_findings_that_overlap_get_rows_and_the_rest_is_counted() -> None:
    view = View(START, START + DAY)
    spans = tuple(SpanBar(START + n, START + DAY - n, f"F-{n:02d}") for n in range(7))
    rows, left = finding_rows(spans, view, 335)
    assert [len(row) for row in rows] == [1] * MOST_FINDING_ROWS
    assert left == 7 - MOST_FINDING_ROWS
    apart = (SpanBar(START, START, "F-01"), SpanBar(START + 20 * HOUR, START + 21 * HOUR, "F-02"))
    assert finding_rows((*apart, SpanBar(START - DAY, START - 1, "F-03")), view, 335) == ([list(apart)], 0)
    _, text = printed(entry(view, [START], spans=spans))
    assert "Findings, 3 more not drawn" in text


def test_what_is_usual_is_the_78th_of_a_hundred() -> None:
    assert usual(list(range(1, 101))) == 78
    assert usual([5]) == 5
    assert usual([]) == 1


def test_marks_in_one_place_are_counted() -> None:
    made = entry(View(START, START + DAY), [START + HOUR] * 3)
    lane = replace(made.lanes[0], marks=tuple(START + HOUR + n for n in range(17)))
    _, text = printed(replace(made, lanes=(lane,)))
    assert " 17 " in f" {text} "
