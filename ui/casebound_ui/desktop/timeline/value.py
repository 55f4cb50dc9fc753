"""One value of a record.

Wraps between words, and inside a word where it must, without a character added to what is copied.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QColor, QContextMenuEvent, QGuiApplication, QPainter, QPaintEvent, QTextLayout, QTextOption
from PySide6.QtWidgets import QMenu, QSizePolicy, QWidget

from casebound_ui.desktop import theme
from casebound_ui.desktop.wording import inert


class Value(QWidget):
    """Shows `text` with its control characters made visible; “Copy value” in its menu gives the text itself."""

    def __init__(self, text: str, *, longest: int = 4_000) -> None:
        super().__init__()
        self.menu_about: Callable[[QMenu], None] | None = None  # what its menu has before “Copy value”
        self._whole = text
        self._shown = "\n".join(inert(line) for line in text[:longest].split("\n"))
        if len(text) > longest:
            self._shown += f" … and {len(text) - longest:,} more characters; copying gives all"
        self._shown = self._shown.replace("\n", "\u2028")
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setMinimumWidth(60)
        self.setAccessibleName(self._shown.replace("\u2028", " "))

    @property
    def text(self) -> str:
        return self._whole

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._laid_out(width)[1]

    def sizeHint(self) -> QSize:
        return QSize(180, self.heightForWidth(180))

    def minimumSizeHint(self) -> QSize:
        return QSize(60, self.heightForWidth(max(self.width(), 60)))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(QColor(theme.tokens().text))
        self._laid_out(self.width())[0].draw(painter, QPointF(0, 0))
        painter.end()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if self.menu_about is not None:
            self.menu_about(menu)
        menu.addAction("Copy value").triggered.connect(lambda: QGuiApplication.clipboard().setText(self._whole))
        menu.popup(event.globalPos())

    def _laid_out(self, width: int) -> tuple[QTextLayout, int]:
        layout = QTextLayout(self._shown or "–", theme.font("body"))
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        layout.setTextOption(option)
        layout.beginLayout()
        height = 1.0
        while (line := layout.createLine()).isValid():
            line.setLineWidth(max(width, 20))
            line.setPosition(QPointF(0, height))
            height += line.height() + 2
        layout.endLayout()
        return layout, round(height)
