"""The window: a source's clock is corrected, and times at the edges of the calendar are drawn, named and found."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from casebound_ui.desktop.clock_form import AHEAD, BEHIND, RIGHT
from casebound_ui.desktop.main import Program
from casebound_ui.desktop.timeline import record
from casebound_ui.desktop.timeline.dates import long_text, read_moment
from casebound_ui.desktop.timeline.scale import EARLIEST, LATEST, View, whole
from casebound_ui.desktop.timeline.ticks import axis

ODD = ("0001-01-01T00:00:00Z", "1601-01-01T00:00:00Z", "1969-12-31T23:59:59Z", "2026-03-01T10:00:00+02:00")
ODD += ("2227-06-05T00:00:00Z", "9999-12-31T23:59:59.999999Z")


def words(program: Program) -> str:
    """Every text that stands on the shown screen."""
    shown = program.window.pages.currentWidget()
    return "\n".join(label.text() for label in shown.findChildren(QLabel) if label.isVisible())


def test_a_person_corrects_a_clock_and_takes_it_back(small_case: Program, settle) -> None:
    case = small_case.case
    assert case is not None
    sources = case.sources
    sources.show_source(1)
    source = small_case.session.snapshot.sources[0]
    sources.correct_clock(source)
    form = sources.clock_form
    assert form is not None
    assert form.isVisible()
    assert not form.save.isEnabled()
    QTest.keyClicks(form.length, "2m14s")
    assert "from 1 Mar 2026, 09:57:46" in form.outcome.text()
    assert not form.save.isEnabled()  # the reason is missing
    form.way.setCurrentIndex(BEHIND)
    assert "from 1 Mar 2026, 10:02:14" in form.outcome.text()
    form.way.setCurrentIndex(AHEAD)
    QTest.keyClicks(form.reason, "Our probe says so")
    QTest.keyClick(form.reason, Qt.Key.Key_Return)
    settle(lambda: small_case.session.snapshot.sources[0].clock_us == -134_000_000)
    event = small_case.session.events.page(0, 1)[0]
    told = dict(record.facts(event, small_case.session.snapshot.sources[0]))
    assert told["Time as found"] == "2026-03-01T10:00:00Z"
    assert told["UTC"] == "2026-03-01 09:57:46"
    assert told["Clock"] == "−2 min 14 s (clock 2 min 14 s ahead, because: Our probe says so)"
    settle(lambda: "clock 2 min 14 s ahead" in words(small_case).replace("\u200b", ""))
    settle(lambda: "4 times as" in words(small_case))  # the time ledger
    sources.correct_clock(small_case.session.snapshot.sources[0])
    assert "Corrected now by" in form._now.text()
    form.way.setCurrentIndex(RIGHT)
    QTest.keyClicks(form.reason, "It was another machine")
    QTest.mouseClick(form.save, Qt.MouseButton.LeftButton)
    settle(lambda: small_case.session.snapshot.sources[0].clock_us == 0)
    assert small_case.session.events.page(0, 1)[0].time_us == 1_772_359_200_000_000


@pytest.mark.parametrize("text", ["nonsense", "2m14", "99999d", "0s"])
def test_a_length_that_is_none_is_named_and_cannot_be_saved(small_case: Program, settle, text: str) -> None:
    case = small_case.case
    assert case is not None
    case.sources.correct_clock(small_case.session.snapshot.sources[0])
    form = case.sources.clock_form
    assert form is not None
    form.reason.setText("r")
    form.length.setText(text)
    assert form.problem.isVisible()
    assert not form.save.isEnabled()
    QTest.keyClick(form.reason, Qt.Key.Key_Return)
    assert small_case.session.snapshot.sources[0].clock_us == 0


def test_odd_years_are_drawn_named_and_found(empty_case: Program, settle, tmp_path: Path) -> None:
    path = tmp_path / "odd.csv"
    path.write_text("ts,account,action\n" + "".join(f"{one},acc_1,request\n" for one in ODD))
    case = empty_case.case
    assert case is not None
    case.sources.look([path])
    settle(lambda: case.sources.currentWidget() is case.sources.preview_page)
    case.sources.start()
    settle(lambda: len(empty_case.session.snapshot.sources) == 1)
    assert empty_case.session.events.count == len(ODD)
    empty_case.window.go("timeline")
    screen = case.timeline
    settle(lambda: screen.browsing.idle and screen.browsing.ready)
    for event in empty_case.session.events.page(0, len(ODD)):
        for width in (1_000, 3_600_000_000, 366 * 86_400_000_000):
            screen.canvas.move_to(View(event.time_us - width, event.time_us + width).kept(), settle=True)
            settle(lambda: screen.browsing.idle)
            assert not screen.canvas.grab().isNull()
        told = dict(record.facts(event, empty_case.session.snapshot.sources[0]))
        assert told["UTC"][:4] == long_text(event.time_us).split(",")[0].split(" ")[-1].zfill(4)
        assert told["Time as found"] in ODD


def test_the_local_time_stands_below_utc(small_case: Program, settle, tmp_path: Path) -> None:
    event = small_case.session.events.page(0, 1)[0]
    from dataclasses import replace

    berlin = replace(event, zone="Europe/Berlin", zone_origin="chosen by Ada", time_uncertain_us=3_600_000_000)
    told = dict(record.facts(berlin, None))
    assert told["Local time"] == "01 Mar 2026, 11:00:00 Europe/Berlin"
    assert told["Uncertain"] == "up to 1 h later"
    assert "Local time" not in dict(record.facts(event, None))
    edge = replace(event, zone="-05:00", time_us=-62_135_596_800_000_000)
    assert "Local time" not in dict(record.facts(edge, None))


@pytest.mark.parametrize("text", ["1601-01-01", "0001-01-01T00:00:00Z", "9999-12-31 23:59"])
def test_a_person_can_go_to_any_year(text: str) -> None:
    time = read_moment(text, 0)
    assert time is not None
    view = whole(time, time)
    assert EARLIEST <= view.start < view.end <= LATEST
    assert view.contains(time)
    assert axis(view, 900).ticks
