"""What those who listen get of every screen, held against what is committed: a change shows as a readable difference.

`CASEBOUND_RETAKE=1 python -m pytest tests/ui/test_accessible_trees.py` writes the trees anew; look at the difference.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QAccessibleInterface
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit, QWidget

from casebound_ui.desktop.main import Program

TREES = Path(__file__).parent / "trees"
SCREENS = ("overview", "sources", "timeline", "attachments", "findings", "packages", "custody", "result")


CELLS = 14  # of a table: its heads and a first row or two
_SILENT = {"Client", "Pane", "LayeredPane", "Border", "Separator", "Graphic", "ScrollBar", "Splitter", "Grip"}
# What differs from one run to the next: digests, the moments of today, this computer.
_DIGEST = re.compile(r"\b[0-9a-f]{4}(?:[ …]*[0-9a-f]{4})+\b|\b[0-9a-f]{12,}\b")
_TODAY = re.compile(
    r"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) )?(?!0[123] Mar 2026)\d{2} [A-Z][a-z]{2} 20\d\d[ ,]*[\d:.]*(?: UTC)?"
)
_SIZE = re.compile(r"\b[\d.,]+ (?:kB|KB|MB|bytes)\b")


def steady(text: str) -> str:
    """A text without what another run would say differently."""
    text = _SIZE.sub("<size>", _TODAY.sub("<moment>", _DIGEST.sub("<digest>", text)))
    return re.sub(r"/[\w/.-]*/(?=[\w.-]+)", "<folder>/", text).replace("\n", " / ")


def tree(root: QWidget) -> list[str]:
    """One line for each thing that is there for those who listen; what only holds others together is left out."""
    interface = QAccessible.queryAccessibleInterface(root)
    return list(_lines(interface, 0)) if interface is not None else []


def _lines(interface: QAccessibleInterface, depth: int) -> Iterator[str]:
    state = interface.state()
    if state.invisible or not interface.isValid():
        return
    role = interface.role().name
    name = steady(interface.text(QAccessible.Text.Name))
    silent = role in _SILENT and not name
    if not silent:
        told = steady(interface.text(QAccessible.Text.Description))
        states = [
            word
            for word, on in (
                ("focusable", state.focusable),
                ("disabled", state.disabled),
                ("checked", state.checked),
                ("selected", state.selected),
            )
            if on
        ]
        parts = [role, f"“{name}”" if name else "", f"({told})" if told else "", ", ".join(states)]
        yield "  " * depth + " ".join(part for part in parts if part)
    count = interface.childCount()
    few = min(count, CELLS) if role in ("Table", "Tree") else count
    for at in range(few):
        child = interface.child(at)
        if child is not None:
            yield from _lines(child, depth if silent else depth + 1)
    if few < count:
        yield "  " * (depth + 1) + "… and more cells"


def hold_tree(full_case: Program, settle, place: str) -> None:
    window = full_case.window
    window.resize(1440, 900)
    window.go(place)
    case = full_case.case
    assert case is not None
    screen = case.timeline
    settle(lambda: screen.browsing.ready and screen.browsing.idle and not case.attachments.cover.busy)
    if place == "timeline":  # its rows are read once they are painted, and its words said once it rests
        settle(lambda: screen.table.rows.event(0) is not None)
        full_case.commands.run("timeline-whole")
        settle(lambda: screen.browsing.idle and "1 mark" in screen.canvas.accessibleDescription())
    QApplication.processEvents()
    found = "\n".join(tree(window.pages.currentWidget())) + "\n"
    path = TREES / f"{place}.txt"
    if os.environ.get("CASEBOUND_RETAKE"):
        path.write_text(found, encoding="utf-8")
    assert found == path.read_text(encoding="utf-8"), (
        f"{place}: retake with CASEBOUND_RETAKE=1 and look at the difference"
    )


def test_the_tree_of_a_screen_is_the_committed_one(full_case: Program, settle, subtests: pytest.Subtests) -> None:
    for place in SCREENS:
        with subtests.test(place=place):
            hold_tree(full_case, settle, place)


def names_differ(full_case: Program, settle, place: str) -> None:
    full_case.window.go(place)
    settle()
    for parent in full_case.window.findChildren(QWidget):
        names = [
            child.accessibleName() or (child.text() if isinstance(child, QAbstractButton) else "")
            for child in parent.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly)
            if child.isVisible() and child.focusPolicy() & Qt.FocusPolicy.TabFocus
        ]
        named = [name for name in names if name]
        assert len(set(named)) == len(named), (type(parent).__name__, named)


def test_no_two_controls_side_by_side_have_one_name(full_case: Program, settle, subtests: pytest.Subtests) -> None:
    for place in SCREENS:
        with subtests.test(place=place):
            names_differ(full_case, settle, place)


def tab_comes_round(full_case: Program, settle, place: str) -> None:
    window = full_case.window
    window.go(place)
    window.activateWindow()
    settle()
    window.top.menu_button.setFocus()
    seen: list[QWidget] = []
    for _ in range(250):
        now = window.focusWidget()
        assert now is not None
        if now in seen:
            break
        seen.append(now)
        QTest.keyClick(now, Qt.Key.Key_Tab)
    else:
        pytest.fail(f"{place}: Tab never came round")
    assert window.top.menu_button in seen
    page = window.pages.currentWidget()
    assert any(page.isAncestorOf(one) for one in seen), place
    assert all(one.isVisible() for one in seen)


def test_tab_goes_through_a_screen_and_comes_round(full_case: Program, settle, subtests: pytest.Subtests) -> None:
    for place in SCREENS:
        with subtests.test(place=place):
            tab_comes_round(full_case, settle, place)


def test_targets_are_large_enough(full_case: Program, settle) -> None:
    for place in SCREENS:
        full_case.window.go(place)
        settle()
        QApplication.processEvents()
        for child in full_case.window.findChildren(QAbstractButton):
            line_edit = isinstance(child.parentWidget(), QLineEdit)  # Qt's own cross in a field: Esc does the same
            header = child.objectName().startswith("qt_") or type(child).__name__ == "QAbstractButton"
            if child.isVisible() and not line_edit and not header:
                assert min(child.width(), child.height()) >= 24, (place, child.accessibleName(), child.size())


def test_moves_on_the_timeline_are_announced_once_they_rest(small_case: Program, settle, qtbot, monkeypatch) -> None:
    told: list[str] = []

    def heard(event: object) -> None:
        if isinstance(event, QAccessibleAnnouncementEvent):
            told.append(event.message())

    monkeypatch.setattr(QAccessible, "updateAccessibility", heard)
    monkeypatch.setattr(QAccessible, "isActive", lambda: True)
    case = small_case.case
    assert case is not None
    small_case.window.go("timeline")
    settle(lambda: case.timeline.browsing.ready and case.timeline.browsing.idle)
    told.clear()
    case.timeline.canvas.setFocus()
    small_case.commands.run("timeline-zoom-in")
    small_case.commands.run("timeline-zoom-in")
    qtbot.waitUntil(lambda: bool(told), timeout=30_000)
    settle(lambda: case.timeline.browsing.idle)
    moves = [text for text in told if "events" in text or "event" in text]
    assert moves and all("Mar" in text for text in moves[-1:]), told


def test_what_the_palette_found_is_announced(small_case: Program, settle, qtbot, monkeypatch) -> None:
    told: list[str] = []

    def heard(event: object) -> None:
        if isinstance(event, QAccessibleAnnouncementEvent):
            told.append(event.message())

    monkeypatch.setattr(QAccessible, "updateAccessibility", heard)
    monkeypatch.setattr(QAccessible, "isActive", lambda: True)
    palette = small_case.window.palette_sheet
    small_case.commands.run("palette")
    QTest.keyClicks(palette.field, "acc_2")
    # The timeline may say something of its own in between.
    qtbot.waitUntil(
        lambda: not palette.busy and any(words.endswith(("line", "lines")) for words in told), timeout=30_000
    )
    palette.leave()
