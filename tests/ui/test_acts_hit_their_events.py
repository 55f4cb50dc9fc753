"""What a person does lands on the events they chose, whatever filter, order or import changes the list meanwhile."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

sys.path.insert(0, str(Path(__file__).parent))  # importlib mode has no other way to share `seeing_screen`

from seeing_screen import WAIT, opened, settle
from seen_case import write

from casebound.case import EventId
from casebound.importing import bring_in
from casebound_ui.desktop.timeline.scene import Stretch
from casebound_ui.desktop.timeline.screen import TimelineScreen
from casebound_ui.desktop.timeline.subjects import Many, Range

START = datetime(2026, 3, 2, tzinfo=UTC)
ACCOUNTS = ("acc_b", "acc_a", "acc_c", "acc_a", "acc_b", "acc_c", "acc_a", "acc_b")


def table(start: datetime, accounts: tuple[str, ...], key: str) -> list[dict[str, str]]:
    return [
        {"ts": (start + timedelta(minutes=n)).isoformat(), "account_id": name, "action": "login", "key": f"{key}{n}"}
        for n, name in enumerate(accounts)
    ]


@pytest.fixture
def screen(qtbot: QtBot, tmp_path: Path) -> Iterator[TimelineScreen]:
    with opened(qtbot, tmp_path, {"logins": table(START, ACCOUNTS, "late_")}) as made:
        yield made


def keys(screen: TimelineScreen, events: object) -> list[str]:
    """The keys of these events, read by name from the case itself."""
    found = []
    for event in events:  # type: ignore[attr-defined]
        assert isinstance(event, EventId)
        rows = screen.session.events.page(0, screen.session.events.times.size)
        found.append(next(str(row.fields["key"]) for row in rows if row.id == event))
    return sorted(found)


def noted(screen: TimelineScreen) -> list[str]:
    marks = screen.session.case.snapshot().marks
    return keys(screen, [mark.event for mark in marks if mark.text == "It was this"])


def select(qtbot: QtBot, screen: TimelineScreen, first: int, last: int) -> list[str]:
    """Select rows by hand; their keys as they are listed."""
    screen.table.go_to(first)
    screen.table.go_to(last, extend=True)
    settle(qtbot, screen, lambda: all(screen.table.rows.event(row) for row in range(first, last + 1)))
    held = [screen.table.rows.event(row) for row in range(first, last + 1)]
    return sorted(str(event.fields["key"]) for event in held if event is not None)


def bring_earlier(qtbot: QtBot, screen: TimelineScreen, folder: Path, *, wait: bool = True) -> None:
    """Bring in rows from before all others: every place in the order of time is another event now."""
    path = write(folder / "earlier.csv", table(START - timedelta(days=1), ("acc_x",) * 5, "early_"))
    before = screen.session.events
    screen.session.change(lambda case: bring_in(case, path))
    qtbot.waitUntil(lambda: screen.session.events is not before, timeout=WAIT)
    if wait:
        settle(qtbot, screen, lambda: screen.canvas.shown.of == 13)


def save(qtbot: QtBot, screen: TimelineScreen, composer: Any) -> None:
    assert not composer.isHidden()
    composer.field.setPlainText("It was this")
    composer.save()
    settle(qtbot, screen)


@pytest.mark.parametrize("by", ["", "field:account_id", "field:key"])
@pytest.mark.parametrize("descending", [False, True])
def test_a_note_on_selected_rows_survives_filter_order_and_import(
    qtbot: QtBot, screen: TimelineScreen, tmp_path: Path, by: str, descending: bool
) -> None:
    screen.table_work.sort(by, descending)
    settle(qtbot, screen)
    wanted = select(qtbot, screen, 2, 4)
    group = screen.inspector.group
    assert isinstance(group.subject, Many) and group.subject.count == 3
    group.note()
    group.composer.field.setPlainText("half of it")
    screen.filter.put("account_id:acc_c")
    settle(qtbot, screen, lambda: screen.canvas.shown.count == 2)
    screen.table_work.sort("field:key" if not by else "", not descending)
    settle(qtbot, screen)
    bring_earlier(qtbot, screen, tmp_path)
    assert group.composer.field.toPlainText() == "half of it", "what was typed is not lost"
    save(qtbot, screen, group.composer)
    assert noted(screen) == wanted


def test_a_note_on_one_event_survives_filter_order_and_import(
    qtbot: QtBot, screen: TimelineScreen, tmp_path: Path
) -> None:
    screen.table_work.sort("field:account_id", False)
    settle(qtbot, screen)
    screen.table.go_to(3)
    settle(qtbot, screen, lambda: screen.choice.event is not None)
    event = screen.choice.event
    assert event is not None
    screen.inspector.note()
    screen.filter.put("account_id:acc_a")
    settle(qtbot, screen, lambda: screen.canvas.shown.count == 3)
    bring_earlier(qtbot, screen, tmp_path)
    save(qtbot, screen, screen.inspector.composer)
    assert noted(screen) == [event.fields["key"]]
    assert screen.canvas.chosen is not None
    assert screen.session.events.page(screen.canvas.chosen.position, screen.canvas.chosen.position + 1)[0] == event


def test_words_begun_on_one_event_wait_while_others_are_looked_at(qtbot: QtBot, screen: TimelineScreen) -> None:
    composer = screen.inspector.composer

    def choose(row: int) -> None:
        before = screen.inspector.event_shown
        screen.table.go_to(row)
        settle(qtbot, screen, lambda: screen.inspector.event_shown not in (None, before))

    choose(1)
    event = screen.inspector.event_shown
    assert event is not None
    screen.inspector.note()
    composer.field.setPlainText("half of it")
    choose(2)
    assert composer.isHidden()
    screen.inspector.note()
    assert composer.field.toPlainText() == "", "the words belong to the other event"
    composer.leave()
    choose(1)
    assert composer.isHidden(), "nothing takes the keys away from somebody who steps through rows"
    screen.inspector.note()
    assert composer.field.toPlainText() == "half of it"
    save(qtbot, screen, composer)
    assert noted(screen) == [event.fields["key"]]
    screen.inspector.note()
    assert composer.field.toPlainText() == "", "what was saved is not offered again"


def test_rows_chosen_while_an_import_has_just_landed_are_the_rows_on_the_screen(
    qtbot: QtBot, screen: TimelineScreen, tmp_path: Path
) -> None:
    assert screen.table.rows.event(5) is not None
    bring_earlier(qtbot, screen, tmp_path, wait=False)
    qtbot.waitUntil(lambda: screen.table.rows.event(5) is not None, timeout=30_000)
    on_screen = screen.table.rows.event(5)  # the list before the import or, on a loaded machine, the one after it
    assert on_screen is not None
    screen.table.go_to(5)
    settle(qtbot, screen, lambda: screen.canvas.shown.of == 13 and screen.choice.event is not None)
    assert screen.choice.event is not None and screen.choice.event.id == on_screen.id


def test_acts_on_rows_listed_before_an_import_land_on_those_rows(
    qtbot: QtBot, screen: TimelineScreen, tmp_path: Path
) -> None:
    wanted = select(qtbot, screen, 0, 2)
    rows = screen.selected()
    bring_earlier(qtbot, screen, tmp_path)
    assert screen.selected_count <= 1, "the same rows are other events: they are let go, not kept"
    acts = screen.inspector.group.acts
    acts.bookmark(Many(rows, 3))
    acts.exhibits(rows, "One of three")
    settle(qtbot, screen)
    snapshot = screen.session.case.snapshot()
    assert keys(screen, [mark.event for mark in snapshot.marks]) == wanted
    assert keys(screen, [exhibit.event for exhibit in snapshot.exhibits]) == wanted


def test_a_caption_for_a_range_makes_exhibits_of_what_it_held_when_it_was_asked_for(
    qtbot: QtBot, screen: TimelineScreen, tmp_path: Path
) -> None:
    start = int(screen.session.events.times[1])
    screen.canvas.show_range(Stretch(start, start + 3 * 60_000_000))
    screen.canvas.rest()
    group = screen.inspector.group
    settle(qtbot, screen, lambda: isinstance(group.subject, Range))
    group.exhibit()
    screen.filter.put("account_id:acc_b")
    settle(qtbot, screen, lambda: screen.canvas.shown.count == 3)
    bring_earlier(qtbot, screen, tmp_path)
    save(qtbot, screen, group.composer)
    assert keys(screen, [one.event for one in screen.session.case.snapshot().exhibits]) == [
        "late_1",
        "late_2",
        "late_3",
    ]


def test_a_mark_is_said_of_the_view_without_a_move(qtbot: QtBot, screen: TimelineScreen) -> None:
    screen.choice.choose(2)
    settle(qtbot, screen, lambda: screen.canvas.accessibleDescription().endswith("0 marks"))
    screen.inspector.bookmark()
    settle(qtbot, screen, lambda: screen.canvas.accessibleDescription().endswith("1 mark"))
    assert len(screen.session.snapshot.marks) == 1
