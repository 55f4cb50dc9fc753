"""A list in a card with a panel of facts beside it: the shape of most screens."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtWidgets import QFrame, QLayout, QScrollArea, QStackedLayout, QWidget

from casebound_ui.desktop import theme
from casebound_ui.desktop.controls import Elided, column, frame, holder, label, row, rule
from casebound_ui.desktop.facts import FactPanel
from casebound_ui.desktop.records import Field, RecordTable

LARGE = 1.4  # text size from which the list keeps its rows and the rest of the page is scrolled to
ROWS, HEAD = 5, 90


class Listing(QWidget):
    """Heading, count and actions over a table; a word instead of the table while there is nothing to list."""

    def __init__(
        self,
        title: str,
        fields: Sequence[Field],
        panel: FactPanel,
        describe: Callable[[FactPanel, Any], None],
        *,
        empty: QWidget,
        actions: Sequence[QWidget] = (),
        above: Sequence[QWidget] = (),
        below: Sequence[QWidget] = (),
        height: int = 40,
        key: Callable[[Any], object] | None = None,
    ) -> None:
        super().__init__()
        self.setObjectName("page")
        self.panel = panel
        self._describe, self._key = describe, key
        self._scale = theme.scale()
        self._shown: tuple[tuple[Any, ...], object] | None = None
        self.table = RecordTable(fields, title, height=height)
        self.table.chosen.connect(self._show)
        self._count = Elided("", "body", "text2")
        self._stack = QStackedLayout()
        self._stack.addWidget(self.table)
        self._stack.addWidget(empty)
        card = frame("card")
        head: QLayout = row(label(title, "title"), self._count, None, *actions, gap=10, margins=(16, 8, 10, 8))
        card.setLayout(column(head, rule(), self._stack, gap=0, margins=(1, 1, 1, 1)))
        self._card = card
        inside = column(*above, card, *below, gap=12, margins=(16, 12, 16, 12))
        inside.setStretch(len(above), 1)
        left = QScrollArea()  # with large words there is more than a window holds: the list keeps its rows
        left.setWidgetResizable(True)
        left.setFrameShape(QFrame.Shape.NoFrame)
        left.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        left.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        left.setWidget(holder(inside))
        self._height = height
        self._measure()
        layout = row(left, panel, gap=0)
        layout.setStretch(0, 1)
        self.setLayout(layout)

    def show_records(self, records: Sequence[Any], count: str, also: object = None) -> None:
        """List these; the chosen one stays chosen, or the first is.

        `also` is what else the panel shows. Where nothing differs, nothing is drawn anew: a revealed picture stays, and
        so does the place to which somebody scrolled.
        """
        self._count.setText(count)
        if (tuple(records), also) == self._shown:
            return
        self._shown = (tuple(records), also)
        self._stack.setCurrentIndex(0 if records else 1)
        self.table.show_records(records, self._key)
        if records and self.table.record is None:
            self.table.selectRow(0)
        if not records:
            self.panel.show_nothing()

    def describe_again(self) -> None:
        """Fill the panel anew: more is known of the chosen record. The place scrolled to stays."""
        place = self.panel.scrolled
        self._show(self.table.record)
        self.panel.scroll_to(place)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and theme.scale() != self._scale:
            self._scale = theme.scale()
            self._measure()
            QTimer.singleShot(0, self, lambda: self._show(self.table.record))  # once every part knows the new size

    def _measure(self) -> None:
        """Never fewer rows in sight than this, however large the words."""
        if theme.scale() >= LARGE:
            self._card.setMinimumHeight(round((ROWS * self._height + HEAD) * theme.scale()))
        else:
            self._card.setMinimumHeight(0)

    def _show(self, record: Any) -> None:
        if record is None:
            self.panel.show_nothing()
        else:
            self.panel.clear()
            self._describe(self.panel, record)


def nothing(title: str, text: str, *actions: QWidget) -> QWidget:
    """A few words in the middle of an empty list, and what to do."""
    head, below = label(title, "title", wrap=True), label(text, "body", "text2", wrap=True)
    for words in (head, below):
        words.setAlignment(Qt.AlignmentFlag.AlignHCenter)
    return holder(column(None, head, below, 4, row(None, *actions, None), None, None, gap=8, margins=(16, 12, 16, 12)))
