"""The inspector's history: what people did to one thing, with who and when, also what was taken back."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QFrame, QVBoxLayout

from casebound.case import LedgerEntry
from casebound.casework import Item
from casebound.document import Case
from casebound_ui.desktop.controls import Button, column, emptied, label, row
from casebound_ui.desktop.timeline import sections
from casebound_ui.desktop.timeline.record import written
from casebound_ui.desktop.timeline.value import Value
from casebound_ui.desktop.wording import counted, inert

FIRST = 8  # entries that are shown until somebody asks for all of them

Read = Callable[[Item, Callable[[list[LedgerEntry]], None]], None]


class HistorySection(QFrame):
    """Asks for the history of an item when it is shown, and again when the case has changed."""

    def __init__(self, read: Read) -> None:
        super().__init__()
        self._read = read
        self._item: Item | None = None
        self._asked: tuple[Item, int] | None = None
        self._all = False
        self.entries: list[LedgerEntry] = []
        self._inside = QVBoxLayout()
        self._inside.setSpacing(8)
        self.setLayout(column(self._inside, gap=0))
        self.hide()

    def show_item(self, item: Item | None, ledger_size: int) -> None:
        """Show what was done to it; `ledger_size` tells whether anything may have been done since it was read."""
        if item != self._item:
            self._item, self._all, self.entries = item, False, []
            self._fill()
        if item is None or self._asked == (item, ledger_size):
            return
        self._asked = (item, ledger_size)

        def done(found: list[LedgerEntry]) -> None:
            if self._item == item:
                self.entries = found
                self._fill()

        self._read(item, done)

    def _show_all(self) -> None:
        self._all = True
        self._fill()

    def _fill(self) -> None:
        emptied(self._inside)
        self.setVisible(bool(self.entries))
        if not self.entries:
            return
        self._inside.addLayout(sections.section("History"))
        shown = list(reversed(self.entries))
        for entry in shown if self._all else shown[:FIRST]:
            title, detail = Case.describe_entry(entry)
            by = inert(str(entry.disclosures.get("actor_name") or "name withheld"), 60)
            head = label(title, "strong", wrap=True)
            head.setAccessibleName(f"{title}, {by}, {written(entry.time)} UTC")
            self._inside.addWidget(head)
            self._inside.addLayout(row(label(by, "small", "text2"), label(written(entry.time), "small", "text3"), None))
            text = entry.disclosures.get("text")
            if isinstance(text, str) and text:
                self._inside.addWidget(Value(text, longest=300))
            elif entry.item_type not in ("mark", "event") and detail:
                self._inside.addWidget(Value(detail, longest=300))
        if not self._all and len(shown) > FIRST:
            more = counted(len(shown) - FIRST, "earlier entry", "earlier entries")
            self._inside.addWidget(Button(f"Show {more}", self._show_all, kind="link"))
