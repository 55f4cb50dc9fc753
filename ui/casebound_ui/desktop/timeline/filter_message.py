"""What the filter field says under itself where it stumbles. It floats: nothing moves while somebody types."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QWidget

from casebound_ui.desktop.controls import Button, Picture, label, row
from casebound_ui.desktop.timeline.floating import Floating
from casebound_ui.desktop.wording import inert


class FilterMessage(Floating):
    """Words with “Use it” where there is a suggestion to put in. A click on the words goes to the place."""

    def __init__(self, beside: QWidget, use: Callable[[], object], show_place: Callable[[], object]) -> None:
        super().__init__(beside, "bad")
        self._show_place = show_place
        self.said = label("", "small", "bad", wrap=True)
        self.said.setToolTip("A click goes to the place (F2)")
        self.use = Button("Use it", use, tip="Write what is suggested (Ctrl+.)")
        self._line = row(Picture("circle-alert", "bad"), self.said, self.use, gap=8, margins=(10, 5, 6, 5))
        self._line.setStretch(1, 1)
        self.setLayout(self._line)

    def tell(self, words: str, becomes: str | None) -> None:
        """Say it. `becomes` is the whole filter as it would be with the suggestion."""
        self.said.setText(words)
        self.use.setVisible(becomes is not None)
        shown = inert(becomes or "", 200) or "an empty filter"
        self.use.setAccessibleName(f"Use it: {shown}")
        self.appear()
        QWidget.setTabOrder(self._beside, self.use)

    def tall(self, width: int) -> int:
        self._line.invalidate()
        return max(self._line.totalHeightForWidth(width), self._line.totalMinimumSize().height())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._show_place()
