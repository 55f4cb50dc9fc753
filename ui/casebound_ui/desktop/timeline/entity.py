"""What can be done with one value, wherever it stands: in a row, among the facets, in a sheet."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu

from casebound.comparing import value_term
from casebound.filtering import FilterError, with_term
from casebound_ui.desktop.wording import inert

if TYPE_CHECKING:
    from casebound_ui.desktop.timeline.screen import TimelineScreen

# What features add to the menu of a value: words, and what to do with its field and itself.
Act = tuple[str, Callable[[str, str], object]]


def filter_by(screen: TimelineScreen, term: str) -> None:
    """Add a condition to the filter; where what stands in the field cannot be understood, to the one in force."""
    try:
        where = with_term(screen.filter.text, term)
    except FilterError:
        where = with_term(screen.browsing.where, term)
    screen.filter.put(where)


def add_to(menu: QMenu, screen: TimelineScreen, field: str, value: str) -> None:
    """What can be done with a value, as entries of a menu."""
    for words, act in screen.value_acts:
        menu.addAction(words).triggered.connect(lambda checked=False, run=act: run(field, value))
    menu.addAction("Copy value").triggered.connect(lambda: QGuiApplication.clipboard().setText(value))


def about(screen: TimelineScreen) -> Callable[[QMenu], None]:
    """For the menu of a row: what can be done with the value under the pointer."""

    def add(menu: QMenu) -> None:
        if screen.pointed is None or not screen.pointed[1]:
            return
        field, value = screen.pointed
        inside = menu.addMenu(f"“{inert(value, 40).replace('&', '&&')}”")
        add_to(inside, screen, field, value)
        menu.addSeparator()

    return add


def go_to_end(screen: TimelineScreen, field: str, value: str, *, last: bool) -> None:
    """Choose the first or the last event of the whole case that has this value."""
    events, where = screen.session.events, value_term(field, value)

    def find() -> int | None:
        chosen = events.select(where)
        return int(chosen.positions[-1 if last else 0]) if chosen.count else None

    def done(position: int | None) -> None:
        if position is not None:
            screen.choice.choose(position, events)

    screen.browsing.read(find, done)


def popup(menu: QMenu, at: QPoint) -> None:
    """Show a menu that goes away by itself."""
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    menu.popup(at)
