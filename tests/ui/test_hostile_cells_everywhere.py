"""Cells that would act, hide or fill the window are shown inert and bounded on every screen that shows them."""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QAbstractItemModel, Qt
from PySide6.QtGui import Qt as Guessed
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)

from casebound_ui.desktop.main import Program
from casebound_ui.desktop.timeline.inspector import Inspector
from casebound_ui.desktop.timeline.value import Value

Settle = Callable[..., None]

BOUND = 9 * 4_000 + 200
"""Characters of one value on the screen at most: 4,000 of its own, each written out (⟨U+202E⟩), and the words after."""
LONG = 10_000_000
FORMULA = '=HYPERLINK("http://evil.example","click")'
BIDI = "invoice\u202egnp.exe\u2066\u200f"
MARKUP = "<b>bold</b><img src='http://evil.example/x.png'><script>alert(1)</script>"
CONTROL = "a\x1b[31mred\x07"
BREAK = "\u200b"  # where the window lets a long word break; inside evidence it is written out
UNSEEN = ("Cc", "Cf", "Cs")
HOSTILE = (FORMULA, BIDI, MARKUP, CONTROL)


@pytest.fixture
def export(tmp_path: Path) -> Path:
    """Hostile text in every place: names of columns, good rows, rows that are set aside, and one cell of 10 MB."""
    path = tmp_path / "<b>requests\u202e.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["time", "account", "action", "target", "<i>note\u202e</i>"])
        for minute, text in enumerate(HOSTILE):
            writer.writerow([f"2026-03-01T10:{minute:02}:00Z", text, text, text, text])
        writer.writerow(["2026-03-01T11:00:00Z", "acc_1", MARKUP + "\u202e" + "L" * LONG, "x", "y"])
        for text in HOSTILE:
            writer.writerow([f"{text[:20]}", text, text, text, text])
        writer.writerow(["2026-03-01T12:00:00Z", *HOSTILE, "one too many"])
    return path


def items(model: QAbstractItemModel) -> Iterator[tuple[str, str]]:
    """What a list says in its cells, and in their tips."""
    for line in range(min(model.rowCount(), 60)):
        for place in range(model.columnCount()):
            index = model.index(line, place)
            for role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
                yield "cell", str(index.data(role) or "")
            yield "tip", str(index.data(Qt.ItemDataRole.ToolTipRole) or "")


def shown(root: QWidget) -> Iterator[tuple[QWidget, str, str]]:
    """Every text that a part of the window shows or says: (who, “text”, “cell” or “tip”, words)."""
    for each in (root, *root.findChildren(QWidget)):
        if not each.isVisible():
            continue
        named = each.accessibleName() or (isinstance(each, QAbstractButton) and each.text())
        assert named or not each.focusPolicy() & Qt.FocusPolicy.TabFocus, f"a {type(each).__name__} without a name"
        yield each, "text", each.accessibleName()
        yield each, "text", each.accessibleDescription()
        yield each, "tip", each.toolTip()
        if isinstance(each, QLabel):
            assert each.textFormat() is Qt.TextFormat.PlainText or not Guessed.mightBeRichText(each.text()), each.text()
            yield each, "text", each.text()
        elif isinstance(each, QAbstractButton | QLineEdit):
            yield each, "text", each.text()
        elif isinstance(each, QComboBox):
            for place in range(min(each.count(), 40)):
                yield each, "text", each.itemText(place)
        elif isinstance(each, QPlainTextEdit):
            yield each, "text", each.toPlainText()
        elif isinstance(each, QAbstractItemView) and each.model() is not None:
            for kind, words in items(each.model()):
                yield each, kind, words
        assert not isinstance(each, QTextEdit), "a widget that reads markup"


def walk(program: Program, place: str) -> str:
    """Look at everything in the window; returns all of its words."""
    QApplication.processEvents()
    told = []
    for who, kind, words in shown(program.window):
        where = f"{place}: {type(who).__name__} {words[:80]!r}"
        seen = [one for one in words.replace(BREAK, "") if one != "\n"]
        acting = {f"U+{ord(one):04X}" for one in seen if unicodedata.category(one) in UNSEEN}
        assert not acting, f"{where} has {acting}"
        assert len(words) <= BOUND, f"{where} is {len(words):,} characters long"
        if kind == "tip" and Guessed.mightBeRichText(words):
            assert words.startswith("<qt>") and "<" not in words[4:-5].replace("<br>", ""), where
        told.append(words)
    return "\n".join(told)


def test_hostile_cells_are_inert_and_bounded_on_every_screen(small_case_hostile: Program, settle: Settle) -> None:
    program = small_case_hostile
    case, session = program.case, program.session
    assert case is not None and session is not None
    source = session.snapshot.sources[0]
    assert (source.read, source.kept, source.quarantined) == (10, 5, 5)

    settle(lambda: sum(group.count for group in case.sources.aside.groups()) == 5)
    assert "⟨U+202E⟩" in walk(program, "sources")
    for group in case.sources.aside.groups():
        case.sources.read_again(source, group)
        page = case.sources.mend_page
        if group.code == "columns":
            page.form.at.setValue(5)
            page.form.shift.setCurrentIndex(page.form.shift.findData("join"))
            settle(lambda page=page: page.trial is not None and not page.busy)
            assert page.trial is not None and page.trial.kept == 1
        walk(program, f"mend {group.code}")
        page.cancel.click()
    case.sources.state_origin(source)
    walk(program, "origin")
    case.sources.setCurrentWidget(case.sources.listing)
    case.sources.correct_clock(source)
    walk(program, "clock")
    assert case.sources.clock_form is not None
    case.sources.clock_form.leave()

    program.window.go("timeline")
    settle(lambda: case.timeline.browsing.idle)
    walk(program, "timeline")
    inspector = program.window.findChild(Inspector)
    assert inspector is not None
    for event in session.events.page(0, session.events.count):
        case.timeline.show_event(event.id)
        settle(lambda event=event: inspector.event_shown is not None and inspector.event_shown.id == event.id)
        inspector.original.ask()
        settle(lambda: inspector.original.record is not None)
        inspector.exhibit()  # its caption begins as what happened
        words = walk(program, f"inspector {event.line}")
        assert all(value.accessibleName() in words for value in inspector.findChildren(Value) if value.isVisible())
    for place in ("custody", "overview", "findings", "packages", "attachments"):
        program.window.go(place)
        settle()
        walk(program, place)
    program.window.commands.run("jobs")
    walk(program, "jobs")
    program.window.jobs_panel.leave()


@pytest.fixture
def small_case_hostile(empty_case: Program, settle: Settle, export: Path) -> Program:
    """A case with the hostile export, looked at before it came in."""
    case = empty_case.case
    assert case is not None
    empty_case.window.go("sources")
    empty_case.window.take_files([export])
    settle(lambda: case.sources.currentWidget() is case.sources.preview_page)
    words = walk(empty_case, "preview")
    assert "⟨U+202E⟩" in words and FORMULA[:20] in words
    case.sources.start()
    settle(lambda: empty_case.session is not None and len(empty_case.session.snapshot.sources) == 1)
    return empty_case
