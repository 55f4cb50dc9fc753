"""The inspector's sections: each is made anew from plain values, and tells of clicks through calls."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from casebound.case import Mark, MarkKind
from casebound_ui.desktop import theme
from casebound_ui.desktop.controls import Button, Chip, column, frame, holder, label, row, rule
from casebound_ui.desktop.timeline.flow import Flow
from casebound_ui.desktop.timeline.record import written
from casebound_ui.desktop.timeline.value import Value
from casebound_ui.desktop.tips import plain_tip
from casebound_ui.desktop.wording import inert, short_hash

NAMES = 92  # pixels of the column of names


def section(text: str, *actions: Button) -> QVBoxLayout:
    """A line, a small title, and what can be done at its right; the rest is added by the caller."""
    head = frame("plain")
    head.setLayout(row(label(text, "caption", "text2"), None, *actions, gap=4))
    return column(rule(), head, gap=8)


def facts(rows: Sequence[tuple[str, str]], digest: str = "") -> QGridLayout:
    """Names at the left, values at the right; a fingerprint with a button that copies it whole."""
    grid = QGridLayout()
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(10)
    grid.setVerticalSpacing(5)
    grid.setColumnMinimumWidth(0, NAMES)
    grid.setColumnStretch(1, 1)
    for place, (name, value) in enumerate(rows):
        named = label(theme.elided(inert(name, 400), "small", NAMES), "small", "text2")
        named.setToolTip(plain_tip(inert(name, 400)))
        grid.addWidget(named, place, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(Value(value), place, 1)
    if digest:
        shown = label(short_hash(digest), "mono", "text2")
        shown.setToolTip(f"Fingerprint of the original: {digest}")
        copy = Button(
            "Copy the fingerprint", lambda: QGuiApplication.clipboard().setText(digest), kind="icon", icon="copy"
        )
        grid.addWidget(label("SHA-256", "small", "text2"), len(rows), 0)
        grid.addLayout(row(shown, None, copy, gap=4), len(rows), 1)
    return grid


def notes(marks: Sequence[Mark], add: Callable[[], object] | None, remove: Callable[[int], object]) -> QVBoxLayout:
    """Notes with author and time, then tags. `add` None: the case is only looked at."""
    actions = () if add is None else (Button("Add note", add, kind="link"),)
    made = section("Notes and tags", *actions)

    def off(mark: Mark, kind: str) -> tuple[QWidget, ...]:
        if add is None:
            return ()
        words = f"Take this {kind} off: {inert(mark.text, 40)}"
        tip = "Take off; custody keeps it"
        return (Button(words, lambda: remove(mark.number), kind="icon", icon="x", tip=tip),)

    for mark in (mark for mark in marks if mark.kind is MarkKind.NOTE):
        by, when = label(inert(mark.by, 60), "strong"), label(written(mark.at), "small", "text2")
        made.addLayout(row(by, when, None, *off(mark, "note"), gap=6))
        made.addWidget(Value(mark.text))
    tags = [mark for mark in marks if mark.kind is MarkKind.TAG]
    if tags:
        flow = Flow(4)
        for mark in tags:
            flow.addWidget(holder(row(Chip(inert(mark.text, 36), "neutral"), *off(mark, "tag"), gap=0)))
        made.addLayout(flow)
    if not any(mark.kind is not MarkKind.BOOKMARK for mark in marks):
        made.addWidget(label("None yet.", "small", "text3"))
    return made
