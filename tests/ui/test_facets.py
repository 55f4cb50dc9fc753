"""Facets beside the table: exact under every filter, view and range; by mouse and by keys; remembered."""

from __future__ import annotations

import random
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from casebound_ui.desktop.timeline.facet_panel import LEAST, MOST
from casebound_ui.desktop.timeline.facet_rows import FacetRow, Kind
from casebound_ui.desktop.timeline.facets import Facets
from casebound_ui.desktop.timeline.kept import Kept
from casebound_ui.desktop.timeline.scale import View
from casebound_ui.desktop.timeline.scene import Stretch
from casebound_ui.desktop.timeline.screen import TimelineScreen

sys.path.insert(0, str(Path(__file__).parent))  # importlib mode has no other way to share `seeing_screen`

from seeing_screen import feature, opened, settle
from seen_case import HOSTILE, make_rows

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support propagateSizeHints")


@pytest.fixture
def screen(qtbot: QtBot, tmp_path: Path) -> Iterator[TimelineScreen]:
    with opened(qtbot, tmp_path, make_rows(21)) as made:
        yield made


@pytest.fixture
def facets(screen: TimelineScreen, qtbot: QtBot) -> Facets:
    found: Facets = feature(screen, Facets)
    found.toggle()
    settle(qtbot, screen, lambda: found.told)
    return found


def agree(screen: TimelineScreen, facets: Facets) -> None:
    """Every number of the panel is the one that counting the listed events by hand gives."""
    browsing, events = screen.browsing, screen.session.events
    low, high = browsing.ranks
    listed = events.page(low, high, browsing.selection)
    for told in facets.told:
        field, facet = told.facet.field, told.facet
        cells = []
        for event in listed:
            fields = {name.lower(): value or "" for name, value in event.fields.items()}
            known = {"actor": event.actor, "action": event.action, "object": event.object}
            source = next(s for s in events.sources if s.number == event.source)
            known["source"] = f"{source.label} {source.name}"
            cells.append(fields.get(field.lower(), known.get(field, "")))
        counts = Counter(cell for cell in cells if cell)
        assert (facet.of, facet.distinct, facet.empty) == (len(listed), len(counts), cells.count(""))
        assert all(counts[value] == count for value, count in facet.values)
        assert facet.other == sum(counts.values()) - sum(count for _, count in facet.values)
    rows = facets.panel.list.rows.rows
    assert [row.count for row in rows if row.kind is Kind.VALUE] == [
        f"{count:,}" for told in facets.told for _, count in told.facet.values
    ]


def line(facets: Facets, field: str, value: str) -> FacetRow:
    return next(row for row in facets.panel.list.rows.rows if row.field == field and row.value == value)


def go(facets: Facets, row: FacetRow) -> None:
    lines = facets.panel.list
    lines.setCurrentIndex(lines.rows.index(lines.rows.rows.index(row)))
    lines.setFocus()


def test_counts_are_exact_for_every_view_filter_and_range(screen: TimelineScreen, facets: Facets, qtbot: QtBot) -> None:
    facets.add("ip")
    facets.add("invited_by")
    settle(qtbot, screen)
    agree(screen, facets)
    drawn = random.Random(4)
    first, last = screen.session.events.span or (0, 0)
    for where in ("", "ip:192.0.2.7", "account_id:acc_1 OR tokens:>20", "table:logins", "account_id:nobody"):
        screen.filter.put(where)
        settle(qtbot, screen, lambda wanted=where: screen.browsing.where == wanted)
        agree(screen, facets)
        start = drawn.randrange(first, last)
        view = View(start, start + drawn.randrange(60_000_000, 9_000_000_000))
        screen.canvas.move_to(view, settle=True)
        settle(qtbot, screen)
        agree(screen, facets)
        middle = screen.canvas.view.start + screen.canvas.view.span // 2
        screen.canvas.show_range(Stretch(screen.canvas.view.start, middle))
        settle(qtbot, screen, lambda: facets.panel.head.text() == "Values in range")
        agree(screen, facets)
        screen.canvas.show_range(None)
        screen.canvas.move_to(screen.canvas.bounds, settle=True)
        settle(qtbot, screen, lambda: facets.panel.head.text() == "Values in view")


@pytest.mark.parametrize("value", HOSTILE)
def test_a_value_of_any_text_is_kept_or_left_out_exactly(
    screen: TimelineScreen, facets: Facets, qtbot: QtBot, value: str
) -> None:
    events = screen.session.events
    facets._listed["actor"] = 100
    facets.refresh()
    settle(qtbot, screen)
    row = line(facets, "actor", value)
    held, of = int(row.count), screen.canvas.shown.of
    facets.panel.list.picked.emit(row, False)
    settle(qtbot, screen, lambda: screen.canvas.shown.count == held)
    assert {event.actor for event in events.page(0, held, screen.browsing.selection)} == {value}
    screen.filter.put("")
    settle(qtbot, screen, lambda: screen.canvas.shown.count == of)
    facets.panel.list.picked.emit(line(facets, "actor", value), True)
    settle(qtbot, screen, lambda: screen.canvas.shown.count == of - held)


def test_keys_keep_leave_out_fold_search_and_remove(screen: TimelineScreen, facets: Facets, qtbot: QtBot) -> None:
    lines = facets.panel.list
    go(facets, line(facets, "source", "S-01 requests.csv"))
    qtbot.keyClick(lines, Qt.Key.Key_Return)
    settle(qtbot, screen, lambda: screen.filter.text == "source:S-01")
    assert screen.canvas.shown.count == 160
    screen.filter.put("")
    settle(qtbot, screen, lambda: screen.canvas.shown.count == 220)
    go(facets, line(facets, "source", "S-01 requests.csv"))
    qtbot.keyClick(lines, Qt.Key.Key_Delete)
    settle(qtbot, screen, lambda: screen.canvas.shown.count == 60)
    screen.filter.put("")
    settle(qtbot, screen, lambda: screen.canvas.shown.count == 220)
    go(facets, line(facets, "actor", facets.told[1].facet.values[0][0]))
    qtbot.keyClick(lines, Qt.Key.Key_A)
    settle(qtbot, screen, lambda: facets.told[1].prefix == "a")
    assert all(value.lower().startswith("a") for value, _ in facets.told[1].facet.values)
    qtbot.keyClicks(facets.panel.search, "cc_2")
    settle(qtbot, screen, lambda: facets.told[1].prefix == "acc_2")
    assert [value for value, _ in facets.told[1].facet.values] == ["acc_2"]
    qtbot.keyClick(facets.panel.search, Qt.Key.Key_Escape)
    settle(qtbot, screen, lambda: not facets.told[1].prefix)
    lines.choose("actor")
    before = len(lines.rows.rows)
    qtbot.keyClick(lines, Qt.Key.Key_Left)
    assert len(lines.rows.rows) < before
    qtbot.keyClick(lines, Qt.Key.Key_Right)
    assert len(lines.rows.rows) == before
    lines.choose("actor")
    qtbot.keyClick(lines, Qt.Key.Key_Minus)
    settle(qtbot, screen)
    assert "actor" not in facets.fields


def test_a_click_keeps_and_with_alt_leaves_out(screen: TimelineScreen, facets: Facets, qtbot: QtBot) -> None:
    lines = facets.panel.list
    at = lines.rows.rows.index(line(facets, "source", "S-02 logins.csv"))
    middle = lines.visualRect(lines.rows.index(at)).center()
    QTest.mouseClick(lines.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.AltModifier, middle)
    settle(qtbot, screen, lambda: screen.filter.text == "-source:S-02")
    assert screen.canvas.shown.count == 160


def test_more_values_and_first_and_last_times(screen: TimelineScreen, facets: Facets, qtbot: QtBot) -> None:
    more = next(row for row in facets.panel.list.rows.rows if row.kind is Kind.MORE and row.field == "actor")
    facets.panel.list.more_wanted.emit(more.field)
    settle(qtbot, screen, lambda: len(facets.told[1].facet.values) == 16)
    assert not [row for row in facets.panel.list.rows.rows if row.kind is Kind.MORE and row.field == "actor"]
    facets.panel.seen_button.click()
    settle(qtbot, screen, lambda: facets.told[1].seen is not None)
    value, _ = facets.told[1].facet.values[0]
    seen = screen.session.events.seen("actor", value)
    assert seen.first is not None and seen.last is not None and facets.told[1].seen is not None
    assert facets.told[1].seen[0] == (seen.first.time_us, seen.last.time_us)
    assert " to " in line(facets, "actor", value).second


def test_the_panel_is_remembered_and_never_too_narrow(tmp_path: Path, facets: Facets) -> None:
    kept = Kept(tmp_path / "home", "facets.json")
    kept.keep("case-1", {"fields": ["ip"], "width": 300})
    assert Kept(tmp_path / "home", "facets.json").get("case-1") == {"fields": ["ip"], "width": 300}
    for damaged in ("[]", "{", '{"case-1": 7}'):
        (tmp_path / "home" / "facets.json").write_text(damaged, encoding="utf-8")
        assert kept.get("case-1") == {}
    assert Kept(None, "x").get("case-1") == {}
    for width, shown in ((1, LEAST), (10_000, MOST), (300, 300)):
        facets.panel.widen(width)
        assert facets.panel.width() == shown


@pytest.mark.parametrize("tables", [{}, {"notes": make_rows(3)["notes"]}], ids=["nothing", "no times"])
def test_without_events_the_panel_is_quiet(
    qtbot: QtBot, tmp_path: Path, tables: dict[str, list[dict[str, str]]]
) -> None:
    with opened(qtbot, tmp_path, tables) as screen:
        found = feature(screen, Facets)
        found.toggle()
        settle(qtbot, screen)
        assert all(told.facet.of == 0 for told in found.told)
