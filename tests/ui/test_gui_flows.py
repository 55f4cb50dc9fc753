"""Flows through the whole window, as a person goes them: the count of an import, commands, looks, and a held thread."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QDialog, QLabel, QWidget

from casebound_ui.desktop import theme
from casebound_ui.desktop.commands import MENUS
from casebound_ui.desktop.main import Program
from casebound_ui.desktop.watchdog import Watchdog

SCREENS = ("overview", "sources", "timeline", "attachments", "findings", "packages", "custody", "result")
HELD = 1.0  # seconds of processor time; a generous bound, for machines that other work shares. The bench has the figure
LOOK = 6.0  # the same, for a change of look
ENDS = {"quit", "close-case", "sample"}


def rows_of(path: Path) -> int:
    with path.open(newline="", encoding="utf-8") as stream:
        return sum(1 for _ in csv.reader(stream)) - 1


def start_case(program: Program, settle, folder: Path) -> None:
    program.commands.run("new")
    program.form.keep_in(folder)
    QTest.keyClicks(program.form.number, "CASE-1")
    QTest.keyClicks(program.form.title, "From the first click")
    QTest.keyClick(program.form.title, Qt.Key.Key_Return)
    settle(lambda: program.case is not None)


def bring_in(program: Program, settle, export: Path) -> None:
    case, session = program.case, program.session
    assert case is not None and session is not None
    before = len(session.snapshot.sources)
    program.window.take_files([export])
    settle(lambda: case.sources.currentWidget() is case.sources.preview_page)
    assert case.sources.preview_page.start.isEnabled()
    QTest.mouseClick(case.sources.preview_page.start, Qt.MouseButton.LeftButton)
    settle(lambda: len(session.snapshot.sources) == before + 1)
    settle(lambda: case.timeline.browsing.ready and case.timeline.browsing.idle)


def test_flow_1_the_whole_case_shows_every_row_but_those_set_aside(
    program: Program, settle, export: Path, tmp_path: Path
) -> None:
    start_case(program, settle, tmp_path)
    program.window.go("sources")
    bring_in(program, settle, export)
    source = program.session.snapshot.sources[0]
    rows = rows_of(export)
    assert source.read == rows
    assert source.kept + source.quarantined == rows
    program.window.go("timeline")
    screen = program.case.timeline
    program.commands.run("timeline-whole")
    settle(lambda: screen.browsing.idle)
    assert screen.browsing.in_view == rows - source.quarantined
    assert screen.table.rows.rowCount() == rows - source.quarantined
    assert f"{rows - source.quarantined:,} of {rows - source.quarantined:,}" in screen.browsing.counts
    assert program.session.events.count == rows - source.quarantined


def test_flow_9_every_command_has_its_words_and_its_key_is_its_own(small_case: Program) -> None:
    taken: dict[tuple[str, str], str] = {}
    for command in small_case.commands:
        assert command.title and command.help and command.menu in MENUS, command.id
        keys = [command.key, *command.also] if command.key else []
        for key in keys:
            assert not QKeySequence(key).isEmpty(), (command.id, key)
            for scope in {command.scope, "window"}:
                assert taken.get((key, scope), command.id) == command.id, (key, command.id)
            taken[key, command.scope] = command.id
    sheet = small_case.window.key_sheet
    sheet.appear()
    shown = [command.id for command in sheet.table.records.records]
    assert sorted(shown) == sorted(command.id for command in small_case.commands if command.key)
    QTest.keyClicks(sheet.field, "zoom in")
    assert "timeline-zoom-in" in [command.id for command in sheet.table.records.records]
    sheet.leave()


def test_flow_9_the_palette_runs_each_on_an_empty_case(empty_case: Program, settle) -> None:
    palette, ran = empty_case.window.palette_sheet, []
    for identity in [command.id for command in empty_case.commands.available()]:
        if identity in ENDS or identity == "palette":
            continue
        command = empty_case.commands[identity]
        palette.appear()
        palette.field.setText(command.title)
        ids = [thing.id for thing in palette.table.records.records]
        assert identity in ids, (identity, ids[:4])
        palette.table.selectRow(ids.index(identity))
        QTest.keyClick(palette.field, Qt.Key.Key_Return)
        assert not palette.isVisible()
        QApplication.processEvents()
        popup = QApplication.activePopupWidget()
        if popup is not None:
            popup.close()
        for dialog in empty_case.window.findChildren(QDialog):
            dialog.reject()
        for sheet in (empty_case.window.key_sheet, empty_case.form, empty_case.settings, empty_case.window.jobs_panel):
            sheet.leave()
        assert not empty_case.window.message.isVisible(), (identity, empty_case.window.message.title)
        ran.append(identity)
    settle()
    assert len(ran) > 30
    assert empty_case.case is not None


def test_flow_10_another_theme_keeps_what_is_chosen_and_where_one_scrolled(small_case: Program, settle) -> None:
    case = small_case.case
    small_case.window.go("timeline")
    screen = case.timeline
    settle(lambda: screen.browsing.ready and screen.browsing.idle)
    screen.choice.choose(2)
    settle(lambda: screen.browsing.idle and screen.choice.event is not None)
    before = (screen.choice.event, screen.table.row, screen.canvas.view, screen.table.verticalScrollBar().value())
    for _ in range(2):
        small_case.commands.run("theme-switch")
        settle(lambda: screen.browsing.idle)
        after = (screen.choice.event, screen.table.row, screen.canvas.view, screen.table.verticalScrollBar().value())
        assert after == before
        assert screen.inspector.event_shown == before[0]


def shrunk(widget: QLabel) -> bool:
    """Whether a label shows less than it says, and no tip says the rest."""
    if not widget.isVisible() or not widget.text() or widget.toolTip():
        return False
    if widget.wordWrap():
        return widget.height() + 2 < widget.heightForWidth(widget.width())
    return widget.width() + 1 < widget.minimumSizeHint().width()


def whole(page: QWidget) -> bool:
    """Whether no word of a page is cut off. A text that has just come gets its room with the next layout: ask again."""
    assert [one.text() for one in page.findChildren(QLabel) if shrunk(one)] == []
    for button in page.findChildren(QAbstractButton):
        if button.isVisible() and button.text():
            assert button.width() + 1 >= button.minimumSizeHint().width(), button.text()
    return True


def longer(text: str) -> str:
    """A pseudo-locale: letters with marks, and four tenths more of them."""
    marked = text.translate(str.maketrans("aeiouAEIOUcn", "áéíóúÁÉÍÓÚçñ"))
    more = ("~~~~~ " * len(text))[: max(1, round(len(text) * 0.4))]  # in words, as a language has them
    return f"{marked} {more}".rstrip() if text.strip() else text


def large_words_fit(full_case: Program, settle, place: str) -> None:
    window = full_case.window
    window.put_theme(theme.LIGHT, 2.0)
    window.resize(1440, 900)
    window.go(place)
    settle(lambda: full_case.case.timeline.browsing.idle)
    QApplication.processEvents()
    assert (window.width(), window.height()) == (1440, 900)
    settle(lambda: whole(window.pages.currentWidget()))


def test_flow_10_words_twice_as_large_are_not_cut_off(full_case: Program, settle, subtests: pytest.Subtests) -> None:
    for place in SCREENS:
        with subtests.test(place=place):
            large_words_fit(full_case, settle, place)


def longer_words_fit(full_case: Program, settle, place: str) -> None:
    window = full_case.window
    window.resize(1440, 900)
    window.go(place)
    settle(lambda: full_case.case.timeline.browsing.idle)
    page = window.pages.currentWidget()
    for one in page.findChildren(QLabel):
        if not one.toolTip():  # one with a tip is shortened on purpose, and says the rest there
            one.setText(longer(one.text()))
    for button in page.findChildren(QAbstractButton):
        if not isinstance(button.parentWidget(), QComboBox) and button.text():
            button.setText(longer(button.text()))
    settle(lambda: [one.text() for one in page.findChildren(QLabel) if shrunk(one)] == [])


def test_flow_10_longer_words_are_not_cut_off(full_case: Program, settle, subtests: pytest.Subtests) -> None:
    for place in SCREENS:
        with subtests.test(place=place):
            longer_words_fit(full_case, settle, place)


def right_to_left_shows(full_case: Program, settle, place: str) -> None:
    window = full_case.window
    window.go(place)
    settle()
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    application.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    try:
        settle(lambda: full_case.case.timeline.browsing.idle)
        QApplication.processEvents()
        page = window.pages.currentWidget()
        right, wide = window.navigation.mapTo(window, window.navigation.rect().topLeft()).x(), window.width()
        assert right > wide // 2, "the navigation stands at the right"
        assert [one.text() for one in page.findChildren(QLabel) if shrunk(one)] == []
        image = window.grab().toImage().scaled(180, 112)
        assert len({image.pixel(x, y) for x in range(0, 180, 3) for y in range(0, 112, 3)}) > 8
    finally:
        application.setLayoutDirection(Qt.LayoutDirection.LeftToRight)


def test_flow_10_right_to_left_shows_the_same(full_case: Program, settle, subtests: pytest.Subtests) -> None:
    for place in SCREENS:
        with subtests.test(place=place):
            right_to_left_shows(full_case, settle, place)


def test_flow_11_f6_goes_round_the_parts_of_the_timeline_too(small_case: Program, settle) -> None:
    window, case = small_case.window, small_case.case
    window.go("timeline")
    settle(lambda: case.timeline.browsing.ready and case.timeline.browsing.idle)
    case.timeline.choice.choose(1)
    settle(lambda: case.timeline.browsing.idle and case.timeline.choice.event is not None)
    window.activateWindow()
    window.navigation.setFocus()
    wanted: dict[str, QWidget] = {
        "navigation": window.navigation,
        "top": window.top,
        "canvas": case.timeline.canvas,
        "table": case.timeline.table,
        "inspector": case.timeline.inspector,
    }
    for step in ("next-pane", "previous-pane"):
        seen = set()
        for _ in range(7):
            small_case.commands.run(step)
            now = window.focusWidget()
            seen |= {name for name, part in wanted.items() if part is now or part.isAncestorOf(now)}
        assert seen == set(wanted), step


def test_flow_12_nothing_holds_the_main_thread(program: Program, settle, export: Path, tmp_path: Path, qtbot) -> None:
    """All of the flows above, under the probe."""
    with Watchdog() as watched:
        start_case(program, settle, tmp_path)
        bring_in(program, settle, export)
        case = program.case
        for place in SCREENS:
            program.window.go(place)
            settle(lambda: case.timeline.browsing.idle)
        program.window.go("timeline")
        for command in ("zoom-in", "later", "zoom-out", "earlier", "whole", "next-event", "next-mark"):
            program.commands.run(f"timeline-{command}")
            settle(lambda: case.timeline.browsing.idle)
        case.timeline.filter.put("action:request")
        settle(lambda: case.timeline.browsing.idle and case.timeline.browsing.where == "action:request")
        case.timeline.table.selectAll()
        program.commands.run("palette")
        QTest.keyClicks(program.window.palette_sheet.field, "request")
        qtbot.waitUntil(lambda: not program.window.palette_sheet.busy, timeout=30_000)
        program.window.palette_sheet.leave()
        program.session.change(lambda held: held.add_finding("acc_1 logged in first."))
        settle(lambda: len(program.session.snapshot.findings) == 1)
        program.commands.run("close-case")
        settle()
    assert watched.turns > 20
    assert watched.longest.cpu < HELD, watched.told()


def test_flow_12_another_look_is_put_on_in_one_go(small_case: Program, settle) -> None:
    """Qt styles every widget anew at once: the one act that takes longer."""
    for command in ("theme-switch", "text-larger", "text-normal"):
        with Watchdog() as watched:
            small_case.commands.run(command)
            settle()
        assert watched.longest.cpu < LOOK, (command, watched.told())


def test_flow_12_the_probe_sees_a_held_thread(qtbot) -> None:
    from PySide6.QtCore import QTimer

    done: list[int] = []

    def hold() -> None:
        done.append(sum(n * n for n in range(3_000_000)))

    with Watchdog() as watched:
        QTimer.singleShot(0, hold)
        qtbot.waitUntil(lambda: bool(done), timeout=30_000)
    assert watched.longest.cpu > 0.05
    assert watched.slow and "hold" in watched.told()
