"""The list of the evidence timeline: captions are written in place, entries are moved by hand or by key."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QApplication, QLineEdit

from casebound_ui.desktop import theme
from casebound_ui.desktop.evidence_lines import Line
from casebound_ui.desktop.records import Cell, Field, RecordTable
from casebound_ui.desktop.wording import inert

CAPTION = 2  # the column
LONGEST = 4_000  # characters of a caption, as the case keeps them


class EvidenceTable(RecordTable):
    """Enter or F2 writes the caption, Alt and the arrows move the entry, Del takes it off."""

    moved = Signal(str, object)  # number, and the number of the entry it goes behind; None: before all
    captioned = Signal(str, str)
    removed = Signal(object)  # Line

    def __init__(self) -> None:
        super().__init__(
            (
                Field("", 40, lambda line: Cell(f"{line.position:,}", "text3"), right=True),
                Field("Time (UTC)", 216, _when),
                Field("Caption", 0, _caption),
                Field("Exhibit", 92, lambda line: Cell(line.exhibit or "", "accent", chip=bool(line.exhibit))),
                Field("Findings", 110, lambda line: Cell(", ".join(line.findings), "finding", "strong"), spare=1),
            ),
            "Evidence timeline",
            height=46,
        )
        self.writable = True
        self.editor = QLineEdit(self.viewport())
        self.editor.setMaxLength(LONGEST)
        self.editor.setAccessibleName("Caption")
        self.editor.hide()
        self.editor.installEventFilter(self)
        self._written: Line | None = None
        self._pressed: QPoint | None = None
        self._target: int | None = None  # the row before which a dragged entry would go
        self.opened.connect(self.write)

    @property
    def shown(self) -> Sequence[Line]:
        return self.records.records

    # Captions

    def write(self, line: Line | None = None) -> None:
        """Write the caption of the chosen entry in its place."""
        line = line or self.record
        if line is None or not self.writable:
            return
        row = next((row for row, one in enumerate(self.shown) if one.number == line.number), None)
        if row is None:
            return
        self.selectRow(row)
        index = self.model().index(row, CAPTION)
        self.scrollTo(index)
        self._written = line
        self.editor.setText(line.own)
        self.editor.setPlaceholderText(inert(line.caption, 200) if not line.own else "As the exhibit's caption says")
        self.editor.selectAll()
        self.editor.setGeometry(self.visualRect(index).adjusted(2, 4, -6, -4))
        self.editor.show()
        self.editor.setFocus()

    def keep(self) -> None:
        """What is being written becomes the caption."""
        line, self._written = self._written, None
        text = self.editor.text().strip()
        self.editor.hide()
        if line is not None and text != line.own:
            self.captioned.emit(line.number, text)

    def leave(self) -> None:
        self._written = None
        self.editor.hide()
        self.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is not self.editor:
            return super().eventFilter(watched, event)
        if isinstance(event, QKeyEvent) and event.type() in (QEvent.Type.KeyPress, QEvent.Type.ShortcutOverride):
            if event.key() not in (Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter):
                return False
            event.accept()
            if event.type() == QEvent.Type.KeyPress:
                if event.key() == Qt.Key.Key_Escape:
                    self.leave()
                else:
                    self.keep()
                    self.setFocus()
            return True
        if event.type() == QEvent.Type.FocusOut:
            self.keep()
        return False

    # Keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        alt = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        if alt and event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.move_chosen(-1 if event.key() == Qt.Key.Key_Up else 1)
        elif event.key() == Qt.Key.Key_F2:
            self.write()
        elif event.key() == Qt.Key.Key_Delete and self.record is not None and self.writable:
            self.removed.emit(self.record)
        else:
            super().keyPressEvent(event)

    def move_chosen(self, by: int) -> None:
        """Move the chosen entry one place up (-1) or down (1)."""
        row = self.currentIndex().row()
        if self.record is not None and 0 <= row + by < len(self.shown):
            self.put(row, row + by + (1 if by > 0 else 0))

    def put(self, row: int, before: int) -> None:
        """Ask that the entry of `row` stands before that of row `before`; behind all where there is none."""
        if self.writable and before not in (row, row + 1):
            self.moved.emit(self.shown[row].number, self.shown[before - 1].number if before else None)

    # By hand

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        at = event.position().toPoint()
        drags = event.button() == Qt.MouseButton.LeftButton and self.writable and self.rowAt(at.y()) >= 0
        self._pressed = at if drags else None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = event.position().toPoint()
        if self._pressed is None:
            super().mouseMoveEvent(event)
            return
        if self._target is None and (at - self._pressed).manhattanLength() < QApplication.startDragDistance():
            return
        self._target = self._place(at)
        self.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)
        self.viewport().update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        pressed, target = self._pressed, self._target
        self._pressed = self._target = None
        self.viewport().unsetCursor()
        self.viewport().update()
        if pressed is not None and target is not None:
            self.put(self.rowAt(pressed.y()), target)
        else:
            super().mouseReleaseEvent(event)

    def _place(self, at: QPoint) -> int:
        """The row before which a dragged entry would go."""
        row = self.rowAt(at.y())
        if row < 0:
            return 0 if at.y() < 0 else len(self.shown)
        area = self.visualRect(self.model().index(row, CAPTION))
        return row + (1 if at.y() > area.center().y() else 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._target is not None and self.shown:
            last = self._target >= len(self.shown)
            area = self.visualRect(self.model().index(min(self._target, len(self.shown) - 1), CAPTION))
            y = area.bottom() if last else area.top()
            painter = QPainter(self.viewport())
            painter.setPen(QPen(theme.colour("accent"), 2))
            painter.drawLine(0, y, self.viewport().width(), y)
            painter.end()

    def resizeEvent(self, event: Any) -> None:
        super().resizeEvent(event)
        if self.editor.isVisible() and self._written is not None:
            index = self.model().index(self.currentIndex().row(), CAPTION)
            self.editor.setGeometry(self.visualRect(index).adjusted(2, 4, -6, -4))


def _when(line: Line) -> Cell:
    """The time; quietly said where it is before that of the entry over it."""
    if line.start_us is None:
        return Cell(line.when, "text3")
    hint = "earlier than the entry above" if line.early else ""
    return Cell(line.when, second=" · ".join(part for part in (line.until, hint) if part))


def _caption(line: Line) -> Cell:
    words = inert(line.caption, 400) if line.caption else "No caption"
    return Cell(words, "text" if line.caption else "text3", "strong", second=inert(line.source, 300), prose=True)
