"""Around an event, following, comparing and pointing out, on the screen: exact, by keys, and quiet where nothing is."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from casebound.filtering import term
from casebound.pointing import Kind
from casebound_ui.desktop.timeline.around import Around
from casebound_ui.desktop.timeline.comparison import Compare
from casebound_ui.desktop.timeline.following import Follow
from casebound_ui.desktop.timeline.pointed import PointOut
from casebound_ui.desktop.timeline.scale import HOUR, MINUTE, View
from casebound_ui.desktop.timeline.scene import Stretch
from casebound_ui.desktop.timeline.screen import TimelineScreen

sys.path.insert(0, str(Path(__file__).parent))  # importlib mode has no other way to share `seeing_screen`

from seeing_screen import feature, opened, settle
from seen_case import HOSTILE, Row, make_rows

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support propagateSizeHints")
START = datetime(2026, 3, 2, tzinfo=UTC)


def pools() -> dict[str, list[Row]]:
    """Ordinary customers, a pool that stops, and one that starts three hours later."""

    def row(at: datetime, account: str) -> Row:
        return {"ts": at.isoformat(), "account_id": account, "endpoint": "/v1/messages"}

    rows = [row(START + timedelta(minutes=30 * n, seconds=7 * (n % 5)), f"acc_{n % 29}") for n in range(480)]
    for member in range(6):
        rows += [row(START + timedelta(hours=h, milliseconds=30 * member), f"one_{member}") for h in range(2, 110, 5)]
        rows += [row(START + timedelta(hours=h, milliseconds=40 * member), f"two_{member}") for h in range(111, 200)]
    rows += [row(START + timedelta(hours=60, seconds=n), "acc_3") for n in range(60)]
    return {"requests": rows}


@pytest.fixture
def screen(qtbot: QtBot, tmp_path: Path) -> Iterator[TimelineScreen]:
    with opened(qtbot, tmp_path, make_rows(31)) as made:
        yield made


@pytest.fixture
def pooled(qtbot: QtBot, tmp_path: Path) -> Iterator[TimelineScreen]:
    with opened(qtbot, tmp_path, pools()) as made:
        yield made


def press(qtbot: QtBot, screen: TimelineScreen, key: str) -> None:
    screen.canvas.setFocus()
    qtbot.waitUntil(screen.canvas.hasFocus)
    qtbot.keyClicks(screen.canvas, key)


def choose(qtbot: QtBot, screen: TimelineScreen, position: int) -> None:
    screen.choice.choose(position)
    settle(qtbot, screen, lambda: screen.choice.event is not None)


def test_five_minutes_around_leave_the_filter_alone(screen: TimelineScreen, qtbot: QtBot) -> None:
    around: Around = feature(screen, Around)
    screen.filter.put("table:logins")
    settle(qtbot, screen, lambda: screen.browsing.where == "table:logins")
    position = int(screen.browsing.selection.positions[20]) if screen.browsing.selection else 0
    choose(qtbot, screen, position)
    press(qtbot, screen, "v")
    settle(qtbot, screen, lambda: around.found is not None)
    times = screen.session.events.times
    kept = set(screen.session.events.select("table:logins").positions.tolist())
    for minutes in (5, 1, 15, 60):
        around.open(minutes)
        settle(qtbot, screen, lambda wanted=minutes: around.found.span_us == wanted * MINUTE)
        inside = np.flatnonzero(np.abs(times - times[position]) <= minutes * MINUTE)
        found, sheet = around.found, around.sheet
        assert found is not None and sheet is not None
        assert (found.low, found.high) == (int(inside[0]), int(inside[-1]) + 1)
        assert found.shown == sum(int(at) in kept for at in inside)
        assert sum(count for _, count in found.sources.values) == len(inside)
        assert sheet.table.records.rowCount() == len(inside)
        settle(qtbot, screen, lambda held=sheet: held.table.record is not None)
        assert sheet.table.record.position == position
        assert sheet.table.record.away_us == 0
        seen = [sheet.table.paged.peek(at) for at in range(len(inside))]
        assert all(near is None or near.hidden == (near.position not in kept) for near in seen)
    assert screen.filter.text == "table:logins"
    assert around.sheet is not None
    other = (position - around.found.low + 1) % around.sheet.table.records.rowCount()
    around.sheet.table.selectRow(other)
    settle(qtbot, screen, lambda: around.sheet.table.record is not None)
    qtbot.keyClick(around.sheet.table, Qt.Key.Key_Return)
    settle(qtbot, screen, lambda: screen.canvas.chosen.position == around.found.low + other)
    around.sheet.adopt.click()
    settle(qtbot, screen, lambda: screen.below.currentWidget() is screen.list)
    stretch = screen.canvas.stretch
    assert stretch is not None
    assert (stretch.start, stretch.end) == (around.found.time_us - HOUR, around.found.time_us + HOUR + 1)


@pytest.mark.parametrize("value", ["acc_1", "192.0.2.7", HOSTILE[0], HOSTILE[4]])
def test_a_value_is_followed_and_only_its_events_are_shown(screen: TimelineScreen, qtbot: QtBot, value: str) -> None:
    follow: Follow = feature(screen, Follow)
    follow.follow(value)
    settle(qtbot, screen, lambda: follow.found is not None)
    found, sheet = follow.found, follow.sheet
    assert found is not None and sheet is not None and found.count
    assert sheet.table.records.rowCount() == len(found.places)
    assert f"{found.count:,} of" in sheet.found.text()
    follow.copy()
    assert value in QGuiApplication.clipboard().text()
    sheet.last.click()
    settle(qtbot, screen, lambda: screen.choice.event is not None and found.last is not None)
    assert screen.choice.event is not None and found.last is not None and screen.choice.event.id == found.last.id
    timed = next(number for number, place in enumerate(found.places) if place.first_us is not None)
    follow.go_to_place(found.places[timed])
    settle(qtbot, screen, lambda: screen.choice.event.time_us == found.places[timed].first_us)
    assert screen.choice.event.fields[found.places[timed].column] == value
    sheet.only.click()
    settle(qtbot, screen, lambda: screen.canvas.shown.count == found.count)
    assert all(
        value in event.fields.values()
        for event in screen.session.events.page(0, found.count, screen.browsing.selection)
    )


def test_j_follows_who_acts_and_asks_where_nobody_is_chosen(screen: TimelineScreen, qtbot: QtBot) -> None:
    follow: Follow = feature(screen, Follow)
    press(qtbot, screen, "j")
    assert follow.sheet is not None
    qtbot.waitUntil(follow.sheet.value.hasFocus)
    qtbot.keyClicks(follow.sheet.value, "nobody at all")
    qtbot.keyClick(follow.sheet.value, Qt.Key.Key_Return)
    settle(qtbot, screen, lambda: follow.found is not None)
    assert follow.sheet.found.text() == "No row of any source holds exactly this value."
    assert not follow.sheet.only.isEnabled()
    choose(qtbot, screen, 5)
    press(qtbot, screen, "j")
    settle(qtbot, screen, lambda: follow.found is not None)
    assert screen.choice.event is not None and follow.found is not None
    assert follow.found.value == screen.choice.event.actor


def test_two_accounts_are_compared_with_every_query(screen: TimelineScreen, qtbot: QtBot) -> None:
    compare: Compare = feature(screen, Compare)
    compare.with_another("account_id", "acc_1")
    assert compare.sheet is not None
    compare.with_another("account_id", HOSTILE[1])
    settle(qtbot, screen, lambda: compare.found is not None)
    found, events = compare.found, screen.session.events
    assert found is not None
    assert found.a.count == events.select(term("account_id", "acc_1")).count
    assert found.b.count == events.select(term("account_id", HOSTILE[1])).count
    compare.copy()
    lines = QGuiApplication.clipboard().text().split("\n")
    head = lines[0].split("\t")
    for told in lines[1:]:
        cells = dict(zip(head, told.split("\t"), strict=False))
        if cells["Where"] == "in both":
            assert events.select(cells["Query A"].removeprefix("'")).count == int(cells["A"])
            assert events.select(cells["Query B"].removeprefix("'")).count == int(cells["B"])
    words = compare.sheet.said.text()
    assert f"{found.a.count:,} of {events.count:,} events" in words
    assert "Minutes with events" in words


def test_a_range_is_compared_with_the_one_before_and_a_kept_one(screen: TimelineScreen, qtbot: QtBot) -> None:
    compare: Compare = feature(screen, Compare)
    times = screen.session.events.times
    start = int(times[80])
    screen.canvas.show_range(Stretch(start, start + HOUR))
    press(qtbot, screen, "i")
    settle(qtbot, screen, lambda: compare.found is not None)
    found = compare.found
    assert found is not None
    assert found.a.count == int(((times >= start) & (times < start + HOUR)).sum())
    assert found.b.count == int(((times >= start - HOUR) & (times < start)).sum())
    compare.keep()
    later = start + 2 * HOUR
    screen.canvas.show_range(Stretch(later, later + HOUR // 2))
    compare.open()
    settle(qtbot, screen, lambda: compare.found is not None)
    again = compare.found
    assert again is not None and compare.sheet is not None
    assert (again.b.side.from_us, again.b.side.to_us) == (start, start + HOUR)
    assert "not equally long" in compare.sheet.said.text()


def test_what_is_pointed_out_can_be_gone_to_kept_and_filtered(pooled: TimelineScreen, qtbot: QtBot) -> None:
    pointed: PointOut = feature(pooled, PointOut)
    press(qtbot, pooled, "u")
    settle(qtbot, pooled, lambda: pointed.told is not None)
    sheet, told = pointed.sheet, pointed.told
    assert sheet is not None and told is not None
    (burst,) = [one for one in told.found if one.kind is Kind.BURST]
    (taken,) = {one.values for one in told.found if one.kind is Kind.TAKEOVER}
    assert set(taken) == {f"{pool}_{member}" for pool in ("one", "two") for member in range(6)}
    ticks = pointed.ticks.ticks()
    assert pointed.ticks.isVisible()
    assert {kind for kind, _, _ in ticks} == {one.kind for one in told.found}
    at = pooled.canvas.scene.x(burst.start_us)
    assert any(kind is Kind.BURST and x0 - 1 <= at <= x1 + 1 for kind, x0, x1 in ticks)
    row = told.found.index(burst)
    sheet.table.selectRow(row)
    assert sheet.detail.text() == burst.words
    qtbot.keyClick(sheet.table, Qt.Key.Key_Return)
    settle(qtbot, pooled, lambda: pooled.canvas.stretch == Stretch(burst.start_us, burst.end_us))
    assert pooled.browsing.in_view == burst.count
    sheet.note.click()
    settle(qtbot, pooled, lambda: pooled.session.snapshot.marks)
    (mark,) = pooled.session.snapshot.marks
    assert burst.words in mark.text
    assert (mark.from_us, mark.to_us) == (burst.start_us, burst.end_us - 1)
    sheet.rule.click()
    assert all(rule in sheet.rules.text() for rule in told.rules.words)
    sheet.fewest.setCurrentIndex(sheet.fewest.findData(100))
    sheet.asked.emit()
    settle(qtbot, pooled, lambda: pointed.told is not None and pointed.told.rules.burst.fewest == 100)
    assert pointed.told is not None
    assert not [one for one in pointed.told.found if one.kind is Kind.BURST]
    pointed.copy()
    assert "takeover" in QGuiApplication.clipboard().text()
    at = next(n for n, one in enumerate(pointed.told.found) if one.kind is Kind.TAKEOVER)
    sheet.table.selectRow(at)
    pointed.show_only()
    settle(qtbot, pooled, lambda: pooled.canvas.shown.count < pooled.canvas.shown.of)
    listed = pooled.session.events.page(0, pooled.canvas.shown.count, pooled.browsing.selection)
    assert {event.actor for event in listed} == set(taken)
    assert not pointed.ticks.isVisible()


def test_the_menu_of_a_value_has_what_can_be_done_with_it(screen: TimelineScreen) -> None:
    screen.pointed = ("account_id", HOSTILE[4])
    menu = QMenu()
    for about in screen.menu_about:
        about(menu)
    inside = [action.text() for child in menu.findChildren(QMenu) for action in child.actions()]
    assert {"Follow everywhere", "Compare with…", "Go to its first event", "Go to its last event"} <= set(inside)


def test_the_first_and_last_event_of_a_value(screen: TimelineScreen, qtbot: QtBot) -> None:
    acts = dict(screen.value_acts)
    positions = screen.session.events.select(term("account_id", "acc_2")).positions
    acts["Go to its last event"]("account_id", "acc_2")
    settle(qtbot, screen, lambda: screen.canvas.chosen is not None)
    assert screen.canvas.chosen is not None and screen.canvas.chosen.position == int(positions[-1])
    acts["Go to its first event"]("account_id", "acc_2")
    settle(qtbot, screen, lambda: screen.canvas.chosen.position == int(positions[0]))


@pytest.mark.parametrize(
    "moments",
    [[], [START], [START] * 40, [datetime(1426, 1, 1, tzinfo=UTC), START]],
    ids=["none", "one", "one instant", "600 years"],
)
def test_little_or_nothing_to_see(qtbot: QtBot, tmp_path: Path, moments: list[datetime]) -> None:
    rows = [{"ts": at.isoformat(), "account_id": f"acc_{n % 7}"} for n, at in enumerate(moments)]
    with opened(qtbot, tmp_path, {"requests": rows} if rows else {}) as screen:
        for name in ("timeline-facets", "timeline-follow", "timeline-compare", "timeline-point-out", "timeline-around"):
            screen.commands.run(name)
            settle(qtbot, screen)
        if not rows:
            return
        choose(qtbot, screen, 0)
        for name in ("timeline-around", "timeline-follow", "timeline-compare", "timeline-point-out"):
            assert screen.commands.run(name)
            settle(qtbot, screen)
        pointed = feature(screen, PointOut).told
        assert pointed is not None
        assert [one for one in pointed.found if one.kind is Kind.BURST] == []
        assert feature(screen, Follow).found.count == sum(row["account_id"] == "acc_0" for row in rows)
        near = feature(screen, Around).found
        assert near.high - near.low == (len(rows) if len(set(moments)) == 1 else 1)
        screen.canvas.move_to(View(0, 1_000), settle=True)
        settle(qtbot, screen)


def test_what_is_overtaken_is_not_answered(screen: TimelineScreen, qtbot: QtBot) -> None:
    follow: Follow = feature(screen, Follow)
    for value in ("acc_0", "acc_1", "acc_2", "acc_3"):
        follow.follow(value)
    settle(qtbot, screen, lambda: follow.found is not None)
    assert follow.found is not None and follow.found.value == "acc_3"
    follow.follow("acc_4")
    follow.stop()
    settle(qtbot, screen)
    assert follow.sheet is not None
    assert follow.found is None
    assert follow.sheet.working.said.text() == "Stopped. Nothing was counted."


def test_a_sheet_gets_half_of_the_height_and_gives_it_back(screen: TimelineScreen, qtbot: QtBot) -> None:
    screen.splitter.setSizes([600, 160])
    before = screen.splitter.sizes()
    assert before[1] < sum(before) // 2
    feature(screen, PointOut).open()
    settle(qtbot, screen, lambda: screen.below.currentWidget() is screen.sheet)
    assert screen.splitter.sizes()[1] >= sum(before) // 2
    screen.close_sheet()
    assert screen.splitter.sizes() == before
