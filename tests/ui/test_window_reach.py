"""Every screen: each control has a name and can be reached, nothing is cut off, light and dark, small and normal."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QScrollArea, QWidget

from casebound_ui.desktop import theme
from casebound_ui.desktop.main import Program
from casebound_ui.desktop.records import RecordTable
from casebound_ui.desktop.shell import Window

SCREENS = ("overview", "sources", "timeline", "attachments", "findings", "packages", "custody", "result")


def focusable(root: QWidget) -> Iterator[QWidget]:
    for child in root.findChildren(QWidget):
        inner = child.objectName().startswith("qt_") or isinstance(child.parentWidget(), QScrollArea)
        if child.focusPolicy() & Qt.FocusPolicy.TabFocus and child.isVisible() and not inner:
            yield child


def controls_have_names(full_case: Program, settle, place: str) -> None:
    full_case.window.go(place)
    settle()
    nameless = [
        f"{type(child).__name__} {child.objectName()} in {type(child.parentWidget()).__name__}"
        for child in focusable(full_case.window)
        if not (child.accessibleName() or (isinstance(child, QAbstractButton) and child.text()))
    ]
    assert nameless == []
    assert len(list(focusable(full_case.window.pages))) >= 1


def test_every_control_that_takes_the_focus_has_a_name(full_case: Program, settle, subtests: pytest.Subtests) -> None:
    for place in SCREENS:
        with subtests.test(place=place):
            controls_have_names(full_case, settle, place)


def _beyond_the_edge(page: QWidget) -> list[QScrollArea]:
    return [
        area
        for area in page.findChildren(QScrollArea)
        if area.isVisible() and area.widget() is not None and area.widget().width() > area.viewport().width()
    ]


def nothing_is_cut_off(window: Window, settle, size: tuple[int, int]) -> None:
    settle()
    QApplication.processEvents()
    assert (window.width(), window.height()) == size, "the content must not push the window larger"
    for child in window.pages.currentWidget().findChildren(QLabel):
        if child.isVisible() and child.text() and not child.wordWrap():
            assert child.width() + 1 >= child.minimumSizeHint().width() or child.toolTip(), child.text()
        elif child.isVisible() and child.text():
            assert child.height() + 2 >= child.heightForWidth(child.width()), child.text()
    # A scroll bar that comes or goes moves the edge once more; it must come to rest with nothing behind it.
    settle(lambda: not _beyond_the_edge(window.pages.currentWidget()))
    for table in window.pages.currentWidget().findChildren(RecordTable):
        if table.isVisible():
            wide = [i for i, field in enumerate(table.records.fields) if not field.width]
            assert all(table.columnWidth(i) >= 200 for i in wide), table.accessibleName()
            assert not table.horizontalScrollBar().isVisible(), table.accessibleName()
    for child in window.findChildren(QAbstractButton):
        if child.isVisible() and child.text():
            assert child.width() + 1 >= child.minimumSizeHint().width(), child.text()


@pytest.mark.parametrize("size", [(1180, 720), (1440, 900)], ids=str)
def test_nothing_is_cut_off(full_case: Program, settle, size: tuple[int, int], subtests: pytest.Subtests) -> None:
    window = full_case.window
    window.resize(*size)
    for look in (theme.LIGHT, theme.DARK):
        window.put_theme(look, 1.0)
        for place in SCREENS:
            with subtests.test(place=place, look=look.name):
                window.go(place)
                nothing_is_cut_off(window, settle, size)


def test_the_focus_goes_round_the_parts_of_the_window(full_case: Program, settle) -> None:
    window = full_case.window
    window.go("findings")
    window.activateWindow()
    seen = set()
    for _ in range(3):
        full_case.commands.run("next-pane")
        now = window.focusWidget()
        seen |= {pane for pane in (window.navigation, window.pages, window.top) if pane.isAncestorOf(now)}
    assert seen == {window.navigation, window.pages, window.top}


def test_the_window_grabs_something_on_every_screen_in_both_themes(full_case: Program, settle) -> None:
    for look in (theme.LIGHT, theme.DARK):
        full_case.window.put_theme(look, 1.0)
        for place in SCREENS:
            full_case.window.go(place)
            settle()
            image = full_case.window.grab().toImage().scaled(180, 112)
            colours = {image.pixel(x, y) for x in range(0, 180, 3) for y in range(0, 112, 3)}
            assert len(colours) > 8, place
            ground = image.pixelColor(90, 110).lightness()
            assert (ground > 200) if look is theme.LIGHT else (ground < 60)
