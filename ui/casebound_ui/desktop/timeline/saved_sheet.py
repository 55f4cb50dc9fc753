"""The list of saved views in place of the table: name, count, time, who kept it and when, and what can be done."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QStackedLayout, QWidget

from casebound.case import SavedView
from casebound_ui.desktop.controls import Button, column, holder, row
from casebound_ui.desktop.listing import nothing
from casebound_ui.desktop.records import Cell, Field, RecordTable
from casebound_ui.desktop.timeline.dates import edge_text
from casebound_ui.desktop.wording import inert, moment

if TYPE_CHECKING:
    from casebound_ui.desktop.timeline.saved import SavedViews


def window_words(view: SavedView) -> str:
    """“10 Mar 2026 00:00 to 16 Mar 2026 00:00 UTC”, or “Whole case”."""
    if view.from_us is None and view.to_us is None:
        return "Whole case"
    if view.from_us is None or view.to_us is None:
        edge = view.from_us if view.from_us is not None else view.to_us or 0
        return f"{'From' if view.to_us is None else 'Before'} {edge_text(edge, 1 << 62)} UTC"
    span = view.to_us - view.from_us
    return f"{edge_text(view.from_us, span)} to {edge_text(view.to_us, span)} UTC"


class SavedSheet(QWidget):
    """Enter shows the chosen view, F2 renames it, Del removes it."""

    def __init__(self, saved: SavedViews) -> None:
        super().__init__()
        self._saved = saved
        self.table = RecordTable(
            (
                Field("No.", 64, lambda view: Cell(view.number, "accent", "strong")),
                Field("Name, time and filter", 0, self._name),
                Field("Shows now", 130, lambda view: Cell(saved.counts.said(view) or "counting…", "text2"), right=True),
                Field("Kept by", 190, _kept, spare=1),
            ),
            "Saved views",
            height=44,
        )
        self.table.opened.connect(saved.show)
        self.table.chosen.connect(lambda view: self._judge())
        self.save = Button("Save this view…", saved.save, kind="quiet", icon="bookmark-plus")
        self.show_button = Button("Show", self._on_chosen(saved.show), kind="quiet", icon="eye", tip="Show it (Enter)")
        self.rename = Button(
            "Rename", self._on_chosen(saved.rename), kind="quiet", icon="pencil", tip="Another name (F2)"
        )
        self.update_button = Button(
            "Update", self._on_chosen(saved.update), kind="quiet", icon="refresh-cw",
            tip="Keep what is on the screen now under this name",
        )  # fmt: skip
        self.remove = Button("Remove", self._on_chosen(saved.remove), kind="quiet", icon="trash-2", tip="Remove (Del)")
        empty = nothing(
            "No view is saved yet", "A saved view keeps filter, time, lanes, columns and order under a name.",
        )  # fmt: skip
        self._stack = QStackedLayout()
        self._stack.addWidget(self.table)
        self._stack.addWidget(empty)
        tools = row(
            self.save, None, self.show_button, self.rename, self.update_button, self.remove, gap=4,
            margins=(8, 0, 8, 0),
        )  # fmt: skip
        self.setLayout(column(tools, holder(self._stack), gap=2))
        self._judge()

    def fill(self, views: Sequence[SavedView]) -> None:
        """List these; the chosen one stays chosen, or the one that is shown is, or the first."""
        self.table.show_records(views, key=lambda view: view.number)
        self._stack.setCurrentIndex(0 if views else 1)
        if views and self.table.record is None:
            places = [place for place, view in enumerate(views) if view.number == self._saved.current]
            self.table.selectRow(places[0] if places else 0)
        self._judge()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_F2 and self.rename.isEnabled():
            self._on_chosen(self._saved.rename)()
        elif event.key() == Qt.Key.Key_Delete and self.remove.isEnabled():
            self._on_chosen(self._saved.remove)()
        else:
            super().keyPressEvent(event)

    def _on_chosen(self, act: Callable[[SavedView], object]) -> Callable[[], None]:
        def run() -> None:
            view = self.table.record
            if view is not None:
                act(view)

        return run

    def _judge(self) -> None:
        chosen, writable = self.table.record is not None, not self._saved.read_only
        self.show_button.setEnabled(chosen)
        self.save.setEnabled(writable)
        for button in (self.rename, self.update_button, self.remove):
            button.setEnabled(chosen and writable)

    def _name(self, view: SavedView) -> Cell:
        filtered = inert(view.where, 300) if view.where.strip() else "No filter"
        told = (window_words(view), filtered, f"lanes by {inert(view.lanes or 'source', 60)}")
        return Cell(inert(view.title, 300), kind="strong", second="  ·  ".join(told), prose=True)


def _kept(view: SavedView) -> Cell:
    changed = view.changed_at if view.changed_at != view.at else view.at
    return Cell(inert(view.by, 80), "text2", second=moment(changed))
