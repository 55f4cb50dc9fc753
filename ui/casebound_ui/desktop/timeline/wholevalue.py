"""The whole of one value, read only, in as many lines as it needs: over the table, from F2 or a double click."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from casebound_ui.desktop import theme
from casebound_ui.desktop.controls import Button, column, label, row
from casebound_ui.desktop.timeline.overpanel import OverPanel
from casebound_ui.desktop.wording import counted, inert

LONGEST = 200_000  # characters that are shown; copying gives all


class WholeValue(OverPanel):
    """Esc closes it, or a click beside it."""

    def __init__(self, over: QWidget, back: QWidget, title: str, where: str, text: str) -> None:
        super().__init__(over, back)
        self._whole = text
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.WidgetWidth)
        self.text.setFont(theme.font("mono"))
        self.text.setAccessibleName(f"Value of {inert(title, 200)}")
        self.text.setPlainText("\n".join(inert(line) for line in text[:LONGEST].split("\n")))
        size = f"{counted(len(text), 'character')}"
        if len(text) > LONGEST:
            size += f", the first {LONGEST:,} shown; copying gives all"
        copy = Button("Copy value", self._copy, icon="copy")
        close = Button("Close", self.leave)
        head = label(inert(title, 120), "strong")
        self.setLayout(
            column(
                head,
                label(inert(where, 200), "small", "text2", wrap=True),
                self.text,
                row(label(size, "small", "text2"), None, copy, close),
                gap=6,
                margins=(14, 12, 14, 12),
            )
        )

    def open_at(self, cell: QRect) -> None:
        """Open under a cell (in places of the screen), as high as the text needs."""
        scale = min(theme.scale(), 1.6)
        lines = min(max(self._whole.count("\n") + 1 + len(self._whole) // 60, 2), 16)
        self.resize(round(520 * scale), round((132 + lines * 19) * scale))
        self.open_beside(cell, self.text)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_F2:
            self.leave()
        else:
            super().keyPressEvent(event)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._whole)
        self.leave()
