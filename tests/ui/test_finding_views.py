"""Saved views in a finding: chosen, ordered, drawn small, and taken out again."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from casebound_ui.desktop.main import Program
from casebound_ui.desktop.view_choice import ViewChoice

Settle = Callable[..., None]


@pytest.fixture
def choice(small_case: Program, settle: Settle) -> ViewChoice:
    """The views of F-01 in a case with two views that can be drawn and one that cannot."""
    session, case = small_case.session, small_case.case
    assert session is not None and case is not None

    def make(held: object) -> None:
        session.case.save_view("All of it", where="")
        session.case.save_view("acc_2 \u202egnp", where="account:acc_2", lanes="account")
        session.case.save_view("Gone", where="nowhere:x")
        session.case.add_finding("A sentence.")

    session.change(make)
    settle(lambda: len(session.snapshot.views) == 3 and session.snapshot.findings)
    small_case.window.go("findings")
    settle(lambda: case.findings.editor.number.text() == "F-01")
    return case.findings.editor.views


def chosen(program: Program) -> tuple[str, ...]:
    assert program.session is not None
    return program.session.snapshot.findings[0].views


def add(qtbot: QtBot, choice: ViewChoice, number: str) -> None:
    choice.add_button.click()
    (menu,) = [menu for menu in choice.findChildren(QMenu) if menu.isVisible()]
    next(action for action in menu.actions() if action.text().startswith(number)).trigger()
    menu.close()


def test_views_are_added_drawn_ordered_and_taken_out(
    qtbot: QtBot, small_case: Program, choice: ViewChoice, settle: Settle
) -> None:
    for number in ("V-01", "V-02"):
        add(qtbot, choice, number)
        settle(lambda wanted=number: wanted in chosen(small_case))
    settle(lambda: choice.said.text().startswith("V-02: 1 of 4 events."))
    assert choice.plate.isVisible() and not choice.plate.pixmap().isNull()
    assert "\u202e" not in choice.plate.accessibleName()
    choice.picture("V-01")
    settle(lambda: choice.said.text().startswith("V-01: 4 of 4 events."))
    choice._move(1)
    settle(lambda: chosen(small_case) == ("V-02", "V-01"))
    choice._remove("V-01")
    settle(lambda: chosen(small_case) == ("V-02",))
    assert small_case.session is not None
    actions = [entry.action for entry in small_case.session.case.ledger(item=("finding", "F-01"))]
    assert len(actions) == 5


def test_a_view_that_cannot_be_drawn_says_why(
    qtbot: QtBot, small_case: Program, choice: ViewChoice, settle: Settle
) -> None:
    add(qtbot, choice, "V-03")
    settle(lambda: choice.said.isVisible())
    assert choice.said.text().startswith("V-03 cannot be drawn: ") and "nowhere" in choice.said.text()
    assert not choice.plate.isVisible()


def test_a_view_that_was_removed_is_named_as_removed(
    qtbot: QtBot, small_case: Program, choice: ViewChoice, settle: Settle
) -> None:
    session = small_case.session
    assert session is not None
    add(qtbot, choice, "V-01")
    settle(lambda: chosen(small_case) == ("V-01",))
    session.change(lambda case: case.remove_view("V-01"))
    settle(lambda: len(session.snapshot.views) == 2)
    small_case.case.findings.refresh()  # type: ignore[union-attr]
    assert not choice.plate.isVisible()


def test_its_number_shows_it_on_the_timeline(
    qtbot: QtBot, small_case: Program, choice: ViewChoice, settle: Settle
) -> None:
    case = small_case.case
    assert case is not None
    choice._go("V-02")
    settle(lambda: case.timeline.browsing.where == "account:acc_2")
    assert case.timeline.isVisible()
