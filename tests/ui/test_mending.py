"""A person mends thirty-one of thirty-seven rows in the window, and the counts follow everywhere."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLabel, QScrollArea, QWidget

from casebound_ui.desktop import theme
from casebound_ui.desktop.main import Program
from casebound_ui.desktop.mend_page import MendPage
from casebound_ui.desktop.tokens import Tokens

Settle = Callable[..., None]
GOOD, TIMES, SHIFTED, STRANGE = 200, 18, 13, 6


@pytest.fixture
def export(tmp_path: Path) -> Path:
    """Good rows, and thirty-seven bad ones of three kinds."""
    lines = [b"time,account,action,note"]
    good = [f"2026-03-01T10:{n // 60:02d}:{n % 60:02d}Z,acc_{n % 3},request,très bien" for n in range(GOOD)]
    lines += [line.encode() for line in good]
    lines += [f"07~03~2026 11.{n:02d},acc_1,request,late".encode() for n in range(TIMES)]
    lines += [f"2026-03-02T12:00:{n:02d}Z,acc_2,request,half,other half".encode() for n in range(SHIFTED)]
    lines += [f"2026-03-03T09:00:{n:02d}Z,acc_3,request,".encode() + b"caf\xe9" for n in range(STRANGE)]
    path = tmp_path / "requests.csv"
    path.write_bytes(b"\n".join(lines) + b"\n")
    return path


def counts(program: Program) -> tuple[int, int, int]:
    assert program.session is not None
    (source,) = program.session.snapshot.sources
    return source.read, source.kept, source.quarantined


def page(program: Program) -> MendPage:
    assert program.case is not None
    return program.case.sources.mend_page


def in_sight(button: QWidget) -> bool:
    """Scroll to a button as a person does: with larger text it stands further down."""
    above = button.parentWidget()
    while above is not None:
        if isinstance(above, QScrollArea):
            above.ensureWidgetVisible(button)
        above = above.parentWidget()
    return not button.visibleRegion().isEmpty()


def begin(program: Program, settle: Settle, code: str) -> MendPage:
    """Click “Read again…” of a group."""
    assert program.case is not None
    aside = program.case.sources.aside
    settle(lambda: any(group.code == code for group in aside.groups()))
    place = [group.code for group in aside.groups()].index(code)
    settle(lambda: len(aside.mend_buttons) > place)
    settle(lambda: in_sight(aside.mend_buttons[place]))
    QTest.mouseClick(aside.mend_buttons[place], Qt.MouseButton.LeftButton)
    settle(lambda: program.case is not None and program.case.sources.currentWidget() is page(program))
    return page(program)


def test_thirty_one_of_thirty_seven_are_mended_in_the_window(small_case: Program, settle: Settle) -> None:
    case = small_case.case
    assert case is not None
    assert counts(small_case) == (237, 200, 37)
    settle(lambda: len(case.sources.aside.groups()) == 3)
    assert [(group.code, group.count) for group in case.sources.aside.groups()] == [
        ("time", 18),
        ("columns", 13),
        ("encoding", 6),
    ]
    shown = begin(small_case, settle, "time")
    assert not shown.apply.isEnabled()
    assert small_case.window.focusWidget() in (shown.form.time, shown.form.time.lineEdit())
    typed = shown.form.time.lineEdit()
    assert typed is not None
    typed.selectAll()
    QTest.keyClicks(typed, "%d~%m~%Y %H.%M")
    settle(lambda: shown.trial is not None and not shown.busy and shown.apply.isEnabled())
    trial = shown.trial
    assert trial is not None and (trial.read, trial.kept) == (18, 18)
    assert counts(small_case) == (237, 200, 37)  # nothing is kept of a trial
    QTest.mouseClick(shown.apply, Qt.MouseButton.LeftButton)
    settle(lambda: counts(small_case) == (237, 218, 19))
    settle(lambda: case.sources.currentWidget() is case.sources.listing)

    shown = begin(small_case, settle, "columns")
    shown.form.shift.setCurrentIndex(shown.form.shift.findData("join"))
    shown.form.at.setValue(4)
    settle(lambda: not shown.busy and shown.apply.isEnabled())
    shown.apply.setFocus()
    QTest.keyClick(shown.apply, Qt.Key.Key_Space)
    settle(lambda: counts(small_case) == (237, 231, 6))

    # Sources, Timeline and Custody say the same.
    record = case.sources.listing.table.record
    settle(lambda: case.sources.listing.table.record.kept == 231)
    record = case.sources.listing.table.record
    assert (record.read, record.kept, record.quarantined, record.duplicates) == (237, 231, 6, 0)
    settle(lambda: [(group.code, group.count) for group in case.sources.aside.groups()] == [("encoding", 6)])
    assert small_case.session is not None and small_case.session.events.count == 231
    small_case.window.go("timeline")
    settle(lambda: small_case.session.events.count == 231)
    links = case.custody.view.chain.links
    settle(lambda: [link.action for link in case.custody.view.chain.links].count("corrected") == 2)
    links = case.custody.view.chain.links
    assert any("Rows read again" in link.told[0] for link in links)
    assert small_case.session.case.check().clean


def test_the_rest_is_mended_by_its_encoding_and_zero_is_said(small_case: Program, settle: Settle) -> None:
    shown = begin(small_case, settle, "encoding")
    shown.form.encoding.setCurrentIndex(shown.form.encoding.findData("cp1252"))
    settle(lambda: not shown.busy and shown.apply.isEnabled())
    QTest.mouseClick(shown.apply, Qt.MouseButton.LeftButton)
    settle(lambda: counts(small_case) == (237, 206, 31))
    session = small_case.session
    assert session is not None
    assert session.events.select("note:café").count == STRANGE


def test_a_way_that_reads_nothing_cannot_be_taken(small_case: Program, settle: Settle) -> None:
    shown = begin(small_case, settle, "time")
    shown.form.time.setCurrentIndex(shown.form.time.findData("epoch-s"))
    settle(lambda: shown.trial is not None and not shown.busy)
    assert not shown.apply.isEnabled()
    assert "0 of 18 rows would be kept" in words(shown)
    typed = shown.form.zone.lineEdit()
    assert typed is not None
    typed.selectAll()
    QTest.keyClicks(typed, "Mars/Olympus")
    settle(lambda: "not a time zone" in words(shown) and not shown.busy)
    assert not shown.apply.isEnabled()
    QTest.mouseClick(shown.cancel, Qt.MouseButton.LeftButton)
    settle(lambda: counts(small_case) == (237, 200, 37))


def words(widget: QWidget) -> str:
    return "\n".join(each.text() for each in widget.findChildren(QLabel) if not each.isHidden())


def test_every_control_has_a_name_and_a_place_in_the_tab_order(small_case: Program, settle: Settle) -> None:
    case = small_case.case
    assert case is not None
    settle(lambda: len(case.sources.aside.mend_buttons) == 3)
    names = [button.accessibleName() for button in case.sources.aside.mend_buttons]
    assert names[0] == "Read 18 rows again: Time could not be read" and len(set(names)) == 3
    for code in ("time", "columns", "encoding"):
        shown = begin(small_case, settle, code)
        for control in shown.findChildren(QWidget):
            if isinstance(control, QAbstractButton | QComboBox) and control.isVisible():
                assert control.accessibleName(), control
                assert control.focusPolicy() & Qt.FocusPolicy.TabFocus
        QTest.mouseClick(shown.cancel, Qt.MouseButton.LeftButton)
        settle()


@pytest.mark.parametrize("tokens", [theme.LIGHT, theme.DARK], ids=["light", "dark"])
def test_no_text_is_clipped_at_twice_its_size(small_case: Program, settle: Settle, tokens: Tokens) -> None:
    small_case.window.put_theme(tokens, 2.0)
    small_case.window.resize(1440, 900)
    shown = begin(small_case, settle, "columns")
    shown.form.shift.setCurrentIndex(shown.form.shift.findData("drop"))
    shown.form.at.setValue(5)
    settle(lambda: not shown.busy and shown.apply.isEnabled())
    settle(lambda: not clipped(shown))  # once everything is laid out anew
    case = small_case.case
    assert case is not None
    QTest.mouseClick(shown.cancel, Qt.MouseButton.LeftButton)
    settle(lambda: case.sources.currentWidget() is case.sources.listing)
    case.sources.card.hide()
    settle(lambda: not clipped(case.sources.aside))


def clipped(widget: QWidget) -> list[str]:
    """Texts that have less room than they need. `Elided` ones say the whole of it in their tip."""
    found = []
    for each in widget.findChildren(QLabel):
        if each.isVisible() and each.text() and type(each) is QLabel:
            high = each.heightForWidth(each.width()) if each.wordWrap() else each.sizeHint().height()
            if each.height() < high - 1 or (not each.wordWrap() and each.width() < each.sizeHint().width() - 1):
                found.append(each.text())
    return found


def test_rows_are_saved_byte_for_byte(small_case: Program, settle: Settle, tmp_path: Path, export: Path) -> None:
    case = small_case.case
    assert case is not None
    settle(lambda: len(case.sources.aside.groups()) == 3)
    case.sources.aside.save_to(tmp_path / "aside.raw")
    settle((tmp_path / "aside.raw.index.csv").exists)
    assert (tmp_path / "aside.raw").read_bytes() == b"".join(export.read_bytes().splitlines(True)[GOOD + 1 :])
