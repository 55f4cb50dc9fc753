"""The list under the filter field: what can be written there, or what was asked before."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QModelIndex, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPalette
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTreeWidget, QTreeWidgetItem, QWidget

from casebound_ui.desktop import theme
from casebound_ui.desktop.controls import Elided, column
from casebound_ui.desktop.timeline.announcing import announce
from casebound_ui.desktop.timeline.floating import Floating
from casebound_ui.desktop.timeline.offers import Offer
from casebound_ui.desktop.tips import plain_tip

MOST_ROWS = 10


class OfferList(Floating):
    """Floats over the window under a field that keeps the focus; the field's keys move and take.

    `taken` gets the offer that a person took.
    """

    def __init__(self, beside: QWidget, taken: Callable[[Offer], None]) -> None:
        super().__init__(beside, "dialog")
        self._taken = taken
        self.offers: list[Offer] = []
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.head = Elided("", "caption", "text2")
        self.tree = QTreeWidget()
        self.tree.setColumnCount(2)
        self.tree.setRootIsDecorated(False)
        self.tree.setUniformRowHeights(True)
        self.tree.setHeaderHidden(True)
        self.tree.setFrameShape(QFrame.Shape.NoFrame)
        self.tree.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.tree.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.tree.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.tree.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.tree.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.tree.setAllColumnsShowFocus(True)
        header = self.tree.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Fixed)
        self.tree.setAccessibleName("What can be written here")
        self.tree.itemClicked.connect(lambda item, place: self._take(self.tree.indexOfTopLevelItem(item)))
        self.setLayout(column(self.head, self.tree, gap=2, margins=(6, 6, 6, 6)))

    def show_offers(self, head: str, offers: Sequence[Offer], *, first: bool = False) -> None:
        """Show these, or nothing where there are none. With `first` the first one is chosen."""
        if not offers:
            self.hide()
            return
        if list(offers) != self.offers or not self.isVisible():
            chosen = self.chosen
            self.offers = list(offers)
            self._fill()
            if chosen in self.offers:  # what was chosen stays chosen while counts come in
                self._choose(self.offers.index(chosen))
        self.head.setText(head)
        self.tree.setAccessibleDescription(head)
        self.appear()
        if first and self.chosen is None:
            self.move_by(1)

    @property
    def chosen(self) -> Offer | None:
        row = self._row()
        return self.offers[row] if 0 <= row < len(self.offers) else None

    def _row(self) -> int:
        item: QTreeWidgetItem | None = self.tree.currentItem()
        return -1 if item is None else self.tree.indexOfTopLevelItem(item)

    def _choose(self, row: int) -> None:
        item = self.tree.topLevelItem(row)
        if item is not None:
            self.tree.setCurrentItem(item)

    def move_by(self, steps: int) -> None:
        """Choose another row, and say which to those who listen: the focus stays in the field."""
        row = self._row()
        if row < 0 and steps < 0:
            row = len(self.offers)
        row = max(0, min(row + steps, len(self.offers) - 1))
        self._choose(row)
        offer = self.offers[row]
        words = f"{offer.shown}, {offer.said}, {row + 1} of {len(self.offers)}"
        announce(self.tree, words)

    def take(self) -> bool:
        """Take the chosen row; False where none is."""
        row = self._row()
        return self._take(row)

    def _take(self, row: int) -> bool:
        if not 0 <= row < len(self.offers):
            return False
        self._taken(self.offers[row])
        return True

    def _fill(self) -> None:
        palette = self.tree.palette()
        palette.setColor(QPalette.ColorRole.Highlight, theme.colour("accent_soft"))
        palette.setColor(QPalette.ColorRole.HighlightedText, theme.colour("text"))
        self.tree.setPalette(palette)
        self.tree.clear()
        for offer in self.offers:
            item = QTreeWidgetItem([offer.shown, offer.said])
            item.setToolTip(0, plain_tip(offer.shown))
            item.setToolTip(1, plain_tip(offer.said))
            item.setTextAlignment(1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            item.setForeground(1, theme.colour("text2"))
            self.tree.addTopLevelItem(item)
        self.tree.setCurrentIndex(QModelIndex())

    def narrowest(self) -> int:
        return 440

    def tall(self, width: int) -> int:
        metrics = QFontMetrics(theme.font("body"))
        height = metrics.height() + 10
        for row in range(len(self.offers)):
            item = self.tree.topLevelItem(row)
            if item is not None:
                item.setSizeHint(0, QSize(0, height))
        widest = max((metrics.horizontalAdvance(offer.said) for offer in self.offers), default=0) + 28
        self.tree.setColumnWidth(1, min(widest, width // 2))
        return min(len(self.offers), MOST_ROWS) * height + self.head.sizeHint().height() + 20
