"""What is hard to look at is covered until asked for, in steps, and covered again: pictures and texts alike."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage
from PySide6.QtTest import QTest

from casebound_ui.desktop import cover, wellbeing
from casebound_ui.desktop.main import Program
from casebound_ui.desktop.timeline import columns
from casebound_ui.desktop.timeline.covering import COVERED, TITLE, Covering


class Clock:
    """Seconds that pass when a test says so."""

    now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(wellbeing, "clock", made)
    return made


def actions(program: Program) -> list[str]:
    assert program.session is not None
    return [entry.action for entry in program.session.case.ledger()]


def png(path: Path) -> Path:
    image = QImage(64, 48, QImage.Format.Format_RGB32)
    image.fill(QColor("#C03040"))
    assert image.save(str(path), "PNG")
    return path


def test_flow_7_reveal_twice_and_wait_a_minute(small_case: Program, settle, qtbot, tmp_path: Path, clock) -> None:
    small_case.preferences.keep(count_reveals=True)
    case = small_case.case
    assert case is not None
    small_case.window.go("attachments")
    small_case.window.take_files([png(tmp_path / "door.png")])
    settle(lambda: len(small_case.session.snapshot.attachments) == 1)
    shown = case.attachments.cover
    for state in (cover.BLURRED, cover.GREY):
        small_case.commands.run("attachment-reveal")
        qtbot.waitUntil(lambda state=state: shown.state == state, timeout=30_000)
    settle()
    assert actions(small_case).count("opened") == 1
    assert "revealed" not in actions(small_case)
    assert small_case.preferences.reveals_today == 2
    clock.now += wellbeing.REHIDE - 1
    qtbot.waitUntil(lambda: shown.countdown.running)
    assert shown.state == cover.GREY
    clock.now += 1
    qtbot.waitUntil(lambda: shown.state == cover.COVERED, timeout=30_000)
    assert not shown.countdown.running
    small_case.commands.run("attachment-reveal")
    qtbot.waitUntil(lambda: shown.state == cover.BLURRED, timeout=30_000)
    settle()
    assert actions(small_case).count("opened") == 1, "once per item and session"
    assert small_case.preferences.reveals_today == 3
    small_case.window.go("overview")
    assert shown.state == cover.COVERED, "leaving covers"


def test_nothing_is_counted_unless_somebody_wants_it(program: Program) -> None:
    notes: list[str] = []
    found = wellbeing.Wellbeing(program.preferences, notes.append)
    found.revealed()
    assert program.preferences.reveals_today == 0
    program.preferences.keep(break_note=True)
    for _ in range(wellbeing.BREAK):
        found.revealed()
    assert notes == [wellbeing.NOTE.format(count=wellbeing.BREAK)]


@pytest.fixture
def covering(small_case: Program, settle) -> Covering:
    """The timeline of the small case with its one source covered, and its second event chosen."""
    case = small_case.case
    assert case is not None
    small_case.window.go("timeline")
    screen = case.timeline
    settle(lambda: screen.browsing.ready and screen.browsing.idle)
    found = next(feature for feature in screen.features if isinstance(feature, Covering))
    screen.choice.choose(1)
    settle(lambda: screen.browsing.idle and screen.choice.event is not None and screen.table.rows.event(1) is not None)
    found.cover_source(1, True)
    return found


def texts(program: Program) -> str:
    """Everything the chosen event says on the screen: its row, its tips, the inspector, and what is copied."""
    assert program.case is not None
    screen = program.case.timeline
    rows = screen.table.rows
    roles = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole)
    cells = [str(rows.data(rows.index(1, at), role)) for at in range(rows.columnCount()) for role in roles]
    named = [
        f"{one.accessibleName()} {one.accessibleDescription()}"
        for one in screen.inspector.findChildren(type(screen).__base__)
    ]
    screen.copy(True)
    return "\n".join((*cells, *named, QGuiApplication.clipboard().text()))


def test_texts_fold_until_space_and_again_after_a_minute(small_case: Program, covering, settle, qtbot, clock) -> None:
    screen = small_case.case.timeline
    size = small_case.session.snapshot.ledger_size
    assert screen.choice.event.actor == "acc_1", "what is covered is only covered, not gone"
    for hidden in ("acc_1", "model-a"):
        assert hidden not in texts(small_case)
    assert TITLE in texts(small_case) and COVERED in texts(small_case)
    assert screen.inspector.original.isHidden()
    small_case.commands.run("timeline-reveal")
    assert "acc_1" in texts(small_case) and "model-a" in texts(small_case)
    settle(lambda: small_case.session.snapshot.ledger_size == size + 1)
    assert actions(small_case)[-1] == "opened"
    assert "acc_1" not in str(screen.table.rows.cell(0, columns.ACTOR)), "one event is unfolded, not the source"
    clock.now += wellbeing.REHIDE
    qtbot.waitUntil(lambda: "acc_1" not in texts(small_case), timeout=30_000)
    small_case.commands.run("timeline-reveal")
    settle()
    assert small_case.session.snapshot.ledger_size == size + 1, "once per item and session"
    small_case.commands.run("hide-all")
    assert "acc_1" not in texts(small_case)
    small_case.commands.run("timeline-reveal")
    small_case.window.go("overview")
    small_case.window.go("timeline")
    assert "acc_1" not in texts(small_case), "leaving covers"


def test_what_is_done_to_a_covered_event_is_done_to_the_event_itself(small_case: Program, covering, settle) -> None:
    screen = small_case.case.timeline
    (event,) = small_case.session.events.page(1, 2)
    done = []
    screen.inspector.acts.link = lambda event, number, supports: done.append(event)
    screen.inspector.acts.exhibit = lambda event, caption: done.append(event)
    small_case.session.change(lambda case: case.add_finding("It was acc_1."))
    settle(lambda: small_case.session.snapshot.findings)
    small_case.commands.run("timeline-link")
    screen.inspector.chooser._take(screen.inspector.chooser.list.item(0), supports=True)
    small_case.commands.run("timeline-exhibit")
    assert screen.inspector.composer.field.toPlainText() == "", "no caption says that something was covered"
    screen.inspector.composer.field.setPlainText("The first request")
    screen.inspector.composer.save()
    assert done == [event, event], "the values of an exhibit are those of the record, not what covers them"


def test_a_tag_covers_what_it_is_put_to(small_case: Program, covering, settle) -> None:
    screen = small_case.case.timeline
    covering.cover_source(1, False)
    assert "acc_1" in texts(small_case)
    event = screen.choice.event
    small_case.session.change(lambda case: case.annotate([event.id], tags=("hard",)))
    settle(lambda: any(mark.text == "hard" for mark in small_case.session.snapshot.marks))
    covering.cover_tag("hard", True)
    assert "acc_1" not in texts(small_case)
    assert "acc_1" in str(screen.table.rows.cell(0, columns.ACTOR))
    covering.cover_tag("hard", False)
    assert "acc_1" in texts(small_case)


def test_what_is_covered_is_remembered_for_the_case(small_case: Program, covering, settle) -> None:
    path = small_case.session.case.path
    small_case.commands.run("close-case")
    settle()
    small_case.open(path)
    settle(lambda: small_case.case is not None)
    again = next(one for one in small_case.case.timeline.features if isinstance(one, Covering))
    assert again.sources == frozenset({1})
    assert not any("covered" in path.name for path in path.rglob("*")), "not in the case"


def test_space_on_the_table_unfolds(small_case: Program, covering, qtbot) -> None:
    screen = small_case.case.timeline
    small_case.window.activateWindow()
    screen.table.setFocus()
    qtbot.waitUntil(screen.table.hasFocus, timeout=30_000)
    QTest.keyClick(screen.table, Qt.Key.Key_Space)
    assert "acc_1" in texts(small_case)
