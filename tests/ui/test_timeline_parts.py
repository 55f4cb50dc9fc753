"""Parts of the timeline one by one: pages, lanes, gaps, remembered sizes, and what a screen reader gets."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from casebound.case import (
    Attachment,
    Confidence,
    EventId,
    Exhibit,
    Finding,
    Likelihood,
    Mark,
    MarkKind,
    Snapshot,
    Source,
    TableMapping,
)
from casebound.placedmarks import PlacedMarks
from casebound_ui.desktop import theme
from casebound_ui.desktop.timeline import accessible, bins, stepping
from casebound_ui.desktop.timeline.arrangement import gaps, marked, short
from casebound_ui.desktop.timeline.badges import badges
from casebound_ui.desktop.timeline.canvas import Canvas
from casebound_ui.desktop.timeline.marks import Aside, Gap, Layers, Point, RangeMark, Span
from casebound_ui.desktop.timeline.pages import KEPT, PAGE, Pages
from casebound_ui.desktop.timeline.scale import DAY, View, whole
from casebound_ui.desktop.timeline.scene import Chosen
from casebound_ui.desktop.timeline.splits import Splits

NOW = datetime(2026, 11, 23, tzinfo=UTC)
SHA = "ab" * 32


def event(number: int) -> EventId:
    return EventId(SHA, "", "requests", number)


def snapshot(**parts: object) -> Snapshot:
    empty = Snapshot(Path("c"), "C-1", "t", NOW, "o", False, (), (), (), (), (), (), (), 1, "0" * 64)
    return replace(empty, **parts)  # type: ignore[arg-type]


def source(number: int, first: int | None, last: int | None, origin: dict[str, object] | None) -> Source:
    mapping = TableMapping("requests", ())
    return Source(
        number, "requests.csv", SHA, 1, "", "requests", "csv", mapping, 2, 2, 0, 0, 2, first, last, None, "", origin,
        "g", "d", "i", NOW, "Mary Okafor",
    )  # fmt: skip


def people() -> Snapshot:
    marks = (
        Mark(1, MarkKind.NOTE, event(1), None, "look", "Mary Okafor", NOW),
        Mark(2, MarkKind.TAG, event(1), None, "Pool-A", "Mary Okafor", NOW),
        Mark(3, MarkKind.BOOKMARK, event(2), None, "", "Mary Okafor", NOW),
        Mark(4, MarkKind.NOTE, event(9), None, "gone", "Mary Okafor", NOW, removed=True),
        Mark(5, MarkKind.NOTE, None, 1, "on a file", "Mary Okafor", NOW),
    )
    exhibits = (Exhibit("EX-0001", event(3), None, "", "Mary Okafor", NOW), Exhibit("EX-0002", None, 1, "", "m", NOW))
    attachment = Attachment(1, SHA, 1, "a.png", "", "image/png", True, None, (event(4),), "m", NOW, 5, "h", "p")
    finding = Finding(
        "F-01", "One actor", "", ("EX-0001",), ("EX-0002",), (), "", Likelihood.NONE, Confidence.NONE, "", "", "",
        "draft", "m", NOW, NOW,
    )  # fmt: skip
    return snapshot(marks=marks, exhibits=exhibits, attachments=(attachment,), findings=(finding,))


def test_pages_are_read_once_and_the_least_used_forgotten() -> None:
    asked: list[int] = []
    arrived: list[tuple[int, int]] = []

    def fetch(first: int, stop: int, deliver: Callable[[Sequence[int]], None]) -> None:
        asked.append(first)
        deliver(range(first, stop))

    pages = Pages(fetch, lambda first, stop: arrived.append((first, stop)))
    assert pages.peek(5) is None
    assert pages.get(5) == 5
    assert pages.get(PAGE - 1) == PAGE - 1
    assert asked == [0]
    assert arrived == [(0, PAGE)]
    for page in range(KEPT):
        pages.get(page * PAGE + 7)
        pages.get(3)
    assert len(asked) == KEPT
    pages.get(KEPT * PAGE)
    assert pages.peek(3) == 3
    assert pages.peek(PAGE) is None


def test_pages_that_come_too_late_are_not_shown() -> None:
    waiting: list[Callable[[Sequence[str]], None]] = []
    pages: Pages[str] = Pages(lambda first, stop, deliver: waiting.append(deliver), lambda first, stop: None)
    assert pages.get(0) is None
    assert pages.get(1) is None
    assert len(waiting) == 1
    pages.clear()
    waiting[0](["old"])
    assert pages.peek(0) is None


@given(st.lists(st.integers(-1, 3), min_size=1, max_size=80), st.integers(0, 79), st.integers(0, 3))
@settings(deadline=None)
def test_stepping_in_a_lane_finds_the_neighbour(codes: list[int], at: int, row: int) -> None:
    at %= len(codes)
    times = np.arange(len(codes), dtype=np.int64) * 10
    shown = bins.Shown(times, bins.split(np.array(codes, dtype=np.int16), ("a", "b", "c", "d")), len(codes))
    chosen = Chosen(int(times[at]), at, codes[at])
    mine = [rank for rank, code in enumerate(codes) if code == row]
    assert stepping.in_lane(shown, row, chosen, 1) == next((rank for rank in mine if rank > at), None)
    assert stepping.in_lane(shown, row, chosen, -1) == next((rank for rank in reversed(mine) if rank < at), None)
    assert shown.code(at) == codes[at]


def test_stepping_from_an_event_that_the_filter_hides() -> None:
    positions = np.array([1, 4, 6], dtype=np.int64)
    shown = bins.Shown(positions * 10, bins.split(np.zeros(3, dtype=np.int16), ("a",)), 8, positions)
    hidden = Chosen(50, 5, 0)
    assert stepping.among_shown(shown, hidden, 1) == 2
    assert stepping.among_shown(shown, hidden, -1) == 1
    assert stepping.in_lane(shown, 0, hidden, -1) == 1
    assert stepping.at_edge(shown, View(0, 45), -1) == 1
    assert stepping.at_edge(shown, View(200, 300), 1) is None


def test_badges_and_lookups_know_all_of_peoples_work() -> None:
    case = people()
    assert set(marked(case)) == {event(1), event(2), event(3), event(4)}
    made = badges(case)
    assert (made[event(1)].notes, made[event(1)].tags) == (1, 1)
    assert made[event(2)].bookmarked
    assert (made[event(3)].exhibit, made[event(3)].findings) == ("EX-0001", ("F-01",))
    assert made[event(4)].words == "1 attachment"
    lookup = PlacedMarks(case)
    assert lookup.tagged("pool-a") == [event(1)]
    assert lookup.having("note") == [event(1)]
    assert lookup.having("bookmark") == [event(2)]
    assert lookup.having("exhibit") == [event(3)]
    assert lookup.having("attachment") == [event(4)]
    assert set(lookup.having("mark")) == {event(1), event(2), event(3), event(4)}
    assert lookup.in_finding("f-01") == [event(3)]
    assert lookup.in_finding("F-02") == []


def test_gaps_are_only_where_the_export_says_so_and_nothing_is() -> None:
    codes = {1: 0, 2: 1, 3: 2}
    wide = source(1, 0, 100 * DAY, None)
    said: dict[str, object] = {"window_start": "1970-01-21T00:00:00Z", "window_end": "1970-03-02T00:00:00+00:00"}
    window = source(2, 25 * DAY, 50 * DAY, said)
    before = source(3, 5 * DAY, 50 * DAY, said)
    found = gaps((wide, window, before), codes)
    after = "Not collected: after the export's window"
    end = whole(0, 100 * DAY).end
    assert found == (
        Gap(1, 0, 20 * DAY, "Not collected: before the export's window"),
        Gap(1, 60 * DAY, end, after),
        Gap(2, 0, 5 * DAY, "Not collected: before the export's window"),
        Gap(2, 60 * DAY, end, after),
    )
    vague: dict[str, object] = {"window_start": "1970-01-21T00:00:00", "window_end": 7}
    assert gaps((wide, source(2, 25 * DAY, 50 * DAY, vague)), codes) == ()


def test_sources_are_called_by_their_names_where_these_differ() -> None:
    assert short(("S-01 a.csv", "S-02 b.csv")) == ("a.csv", "b.csv")
    assert short(("S-01 a.csv", "S-02 a.csv", "S-03 b")) == ("S-01 a.csv", "S-02 a.csv", "b")


def test_sizes_are_remembered_for_each_case_and_damage_is_forgiven(tmp_path: Path) -> None:
    splits = Splits(tmp_path / "home")
    splits.keep("case one", [400, 200])
    splits.keep("case two", [300, 300])
    assert Splits(tmp_path / "home").get("case one") == [400, 200]
    assert Splits(tmp_path / "home").get("other") is None
    for damage in ("{", "[]", '{"case one": ["a", 2]}'):
        (tmp_path / "home" / "timeline.json").write_text(damage, encoding="utf-8")
        assert splits.get("case one") is None
    assert Splits(None).get("case one") is None


@pytest.fixture
def canvas(qtbot: QtBot, qapp: QApplication) -> Canvas:
    theme.load_fonts()
    theme.apply(theme.LIGHT)
    accessible.install()
    times = np.arange(1_000, dtype=np.int64) * 3_600_000_000
    codes = (np.arange(1_000) % 2).astype(np.int16)
    made = Canvas()
    qtbot.addWidget(made)
    made.resize(880, 400)
    made.show_events(bins.Shown(times, bins.split(codes, ("a", "b")), 1_000), ["hash"] * 2, whole(0, int(times[-1])))
    points = tuple(Point(int(times[n]), n, n % 2, event(n), 1) for n in (10, 500, 501))
    made.show_layers(Layers(points, (Span(int(times[10]), int(times[500]), "F-01", "One actor"),)))
    return made


def test_a_screen_reader_gets_a_chart_with_marks_and_findings(canvas: Canvas) -> None:
    interface = QAccessible.queryAccessibleInterface(canvas)
    assert interface is not None
    assert interface.role() == QAccessible.Role.Chart
    assert interface.text(QAccessible.Text.Name) == "Timeline, all times UTC"
    names = [interface.child(n).text(QAccessible.Text.Name) for n in range(interface.childCount())]
    assert names == [
        "Mark, Thu 01 Jan 1970, 10:00:00 UTC, a, 1 note",
        "Finding F-01, One actor, from Thu 01 Jan 1970, 10:00:00 UTC to Wed 21 Jan 1970, 20:00:00 UTC",
        "Mark, Wed 21 Jan 1970, 20:00:00 UTC, a, 1 note",
        "Mark, Wed 21 Jan 1970, 21:00:00 UTC, b, 1 note",
    ]
    child = interface.child(3)
    assert child is not None
    assert interface.indexOfChild(child) == 3
    assert canvas.scene.layout.lane(1).holds(
        child.rect().center().y() - canvas.mapToGlobal(canvas.rect().topLeft()).y()
    )
    canvas.move_to(View(0, 5 * DAY))
    assert interface.childCount() == 2


def test_a_screen_reader_gets_ranges_gaps_and_rows_set_aside_too(canvas: Canvas) -> None:
    hour = 3_600_000_000
    canvas.show_layers(
        Layers(
            canvas.layers.points[:1],
            gaps=(Gap(1, 100 * hour, 130 * hour, "Not collected"),),
            asides=(Aside(0, 50 * hour, 3, "not a time"),),
            ranges=(RangeMark(20 * hour, 30 * hour, "note", "Look here", 1),),
        )
    )
    interface = QAccessible.queryAccessibleInterface(canvas)
    assert interface is not None
    names = [interface.child(n).text(QAccessible.Text.Name) for n in range(interface.childCount())]
    between = "from Thu 01 Jan 1970, 20:00:00 UTC to Fri 02 Jan 1970, 06:00:00 UTC"
    assert names == [
        "Mark, Thu 01 Jan 1970, 10:00:00 UTC, a, 1 note",
        f"Marked range, Note: Look here, {between}, 10 h, 11 events",
        "3 rows set aside near Sat 03 Jan 1970, 02:00:00 UTC, a, not a time",
        "No data, b, Not collected, from Mon 05 Jan 1970, 04:00:00 UTC to Tue 06 Jan 1970, 10:00:00 UTC",
    ]


def test_a_screen_reader_is_told_how_much_it_was_not_given(canvas: Canvas) -> None:
    points = tuple(Point(n * 3_600_000_000, n, n % 2, event(n)) for n in range(700))
    canvas.show_layers(Layers(points))
    interface = QAccessible.queryAccessibleInterface(canvas)
    assert interface is not None
    assert interface.childCount() == accessible.MOST + 1
    last = interface.child(accessible.MOST)
    assert last is not None
    assert last.text(QAccessible.Text.Name) == "200 more in this view; zoom in to hear them"


@pytest.mark.parametrize("scale", [0.9, 1.5, 2.0])
def test_bands_grow_with_the_text_and_never_overlap(canvas: Canvas, scale: float) -> None:
    theme.apply(theme.LIGHT, scale)
    canvas.refresh()
    made = canvas.scene.layout
    bands = [made.overview, made.axis, made.findings, made.histogram, made.lanes_area]
    assert all(upper.bottom <= lower.top for upper, lower in pairwise(bands))
    assert made.lane_height >= 23 * scale - 1
    assert made.plot > 300
    assert not canvas.grab().isNull()
    theme.apply(theme.LIGHT)
