"""The inspector's sections: each is made anew from plain values, and tells of clicks through calls."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QGridLayout, QMenu, QVBoxLayout, QWidget

from casebound.case import Mark, MarkKind
from casebound_ui.desktop import theme
from casebound_ui.desktop.controls import Button, Chip, column, frame, holder, label, row, rule
from casebound_ui.desktop.timeline.dates import edge_text
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


ValueMenu = Callable[[QMenu, str, str], None]
"""Adds to a menu what can be done with a field's value: (menu, field, value)."""


def facts(
    rows: Sequence[tuple[str, str]],
    digest: str = "",
    menu: ValueMenu | None = None,
    fields: Mapping[str, str] | None = None,
) -> QGridLayout:
    """Names at the left, values at the right; a fingerprint with a button that copies it whole.

    `menu` adds to the menu of each value; `fields` says what a filter calls the names, and which are none (not in it).
    None: the names are the fields themselves.
    """
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
        shown = Value(value)
        field = name if fields is None else fields.get(name, "")
        if menu is not None and field and value:
            shown.menu_about = partial(_about, menu, field, value)
            shown.setAccessibleDescription("Its menu can filter by this value")
        grid.addWidget(shown, place, 1)
    if digest:
        short = label(short_hash(digest), "mono", "text2")
        short.setToolTip(f"Fingerprint of the original: {digest}")
        copy = Button(
            "Copy the fingerprint", lambda: QGuiApplication.clipboard().setText(digest), kind="icon", icon="copy"
        )
        grid.addWidget(label("SHA-256", "small", "text2"), len(rows), 0)
        grid.addLayout(row(short, None, copy, gap=4), len(rows), 1)
    return grid


def _about(menu: ValueMenu, field: str, value: str, into: QMenu) -> None:
    menu(into, field, value)


def wider_marks(marks: Sequence[Mark]) -> QVBoxLayout:
    """Marks that are not on the event itself: on a value that it has, or on a range in which it lies."""
    made = section("On its values and its time")
    for mark in marks:
        place = f"{inert(mark.field, 40)}: {inert(mark.value, 80)}" if mark.field else _range(mark)
        kind = {MarkKind.NOTE: "Note", MarkKind.TAG: "Tag", MarkKind.BOOKMARK: "Bookmark"}[mark.kind]
        made.addWidget(label(f"{kind} on {place}", "small", "text2", wrap=True))
        if mark.kind is MarkKind.TAG:
            chips = Flow(4)
            chips.addWidget(Chip(inert(mark.text, 36), "neutral"))
            made.addLayout(chips)
        elif mark.text:
            made.addWidget(Value(mark.text))
    return made


def _range(mark: Mark) -> str:
    start, end = mark.from_us or 0, mark.to_us or 0
    return f"{edge_text(start, end - start)} to {edge_text(end, end - start)} UTC"


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
