"""How the table is drawn: rows that are in sight, the pinned columns over the scrolled ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter

from casebound_ui.desktop import theme
from casebound_ui.desktop.controls import paint_chip
from casebound_ui.desktop.records import Cell
from casebound_ui.desktop.timeline import columns
from casebound_ui.desktop.timeline.badges import Badges

if TYPE_CHECKING:
    from casebound_ui.desktop.timeline.table import EventTable

MATCHES = 20  # places in one cell where words of the filter are shown


class TablePaint:
    """Draws one table with the type and the colours of the theme."""

    def __init__(self, table: EventTable) -> None:
        self._table = table
        self._metrics: dict[str, QFontMetrics] = {}
        self._fonts: dict[str, QFont] = {}

    def forget(self) -> None:
        """The text has another size."""
        self._metrics.clear()
        self._fonts.clear()

    def paint(self, painter: QPainter, part: QRect) -> None:
        """Draw what lies in `part` of the viewport."""
        table = self._table
        placing, first, height = table.placing, table.first_row, table.row_height
        stop = min(first + part.bottom() // height + 1, table.rows.rowCount())
        start = first + max(part.top(), 0) // height
        bounds = table.viewport().rect()
        for row in range(start, stop):
            self._ground(painter, row, QRect(0, table.top_of(row), bounds.width(), height))
        painter.setClipRect(QRect(placing.fixed, 0, bounds.width() - placing.fixed, bounds.height()))
        moving = [place for place in range(placing.pinned, len(placing.names)) if self._in_sight(place)]
        for row in range(start, stop):
            for place in moving:
                self._cell(painter, row, place)
        painter.setClipping(False)
        for row in range(start, stop):
            for place in range(placing.pinned):
                self._cell(painter, row, place)
            if row in table.picked:
                bar = QRect(0, table.top_of(row), 3 if row == table.row or table.picked.count == 1 else 2, height)
                painter.fillRect(bar, QColor(theme.tokens().accent))
        if table.scrolled and placing.pinned:
            painter.setPen(QColor(theme.tokens().line_strong))
            painter.drawLine(placing.fixed - 1, part.top(), placing.fixed - 1, table.top_of(stop) - 1)
        self._current(painter)

    def _in_sight(self, place: int) -> bool:
        table = self._table
        left = table.placing.left(place, table.scrolled)
        return left < table.placing.room and left + table.placing.widths[place] > table.placing.fixed

    def _ground(self, painter: QPainter, row: int, rect: QRect) -> None:
        t = theme.tokens()
        if row in self._table.picked:
            painter.fillRect(rect, QColor(t.accent_soft))
        painter.setPen(QColor(t.line))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())

    def _current(self, painter: QPainter) -> None:
        """The cell at which the keyboard stands."""
        table = self._table
        rect = table.cell_rect(table.row, table.column) if table.hasFocus() and table.row is not None else QRect()
        if rect.isEmpty():
            return
        if table.column >= table.placing.pinned:
            rect = rect.intersected(QRect(table.placing.fixed, 0, table.placing.room, table.viewport().height()))
        painter.setPen(QColor(theme.tokens().accent))
        painter.drawRect(rect.adjusted(0, 0, -1, -2))

    def _cell(self, painter: QPainter, row: int, place: int) -> None:
        table = self._table
        name = table.placing.names[place]
        rect = table.cell_rect(row, place)
        cell = table.rows.cell(row, name)
        if name == columns.MARKS:
            event = table.rows.event(row)
            badges = table.rows.badges.get(event.id) if event is not None else None
            if badges is not None:
                self._marks(painter, rect, badges)
            return
        inner = rect.adjusted(10, 0, -8, -1)
        if cell.icon:
            drawn = theme.pixmap(cell.icon, cell.tone if cell.tone != "text" else "text2")
            painter.drawPixmap(inner.left(), inner.center().y() - 7, drawn)
            inner.setLeft(inner.left() + 24)
        if cell.text:
            mode = Qt.TextElideMode.ElideRight if name == columns.TIME else Qt.TextElideMode.ElideMiddle
            self._words(painter, inner, cell, mode, right=name in table.rows.numbers)

    def _words(self, painter: QPainter, inner: QRect, cell: Cell, mode: Qt.TextElideMode, *, right: bool) -> None:
        t, metrics = theme.tokens(), self.metrics(cell.kind)
        painter.setFont(self._fonts[cell.kind])
        text = metrics.elidedText(cell.text, mode, inner.width())
        left = inner.right() - metrics.horizontalAdvance(text) if right else inner.left()
        for start, length in matches(text, self._table.words):
            x = left + metrics.horizontalAdvance(text[:start])
            width = metrics.horizontalAdvance(text[start : start + length])
            middle = inner.center().y()
            box = QRect(x, middle - metrics.height() // 2, width, metrics.height())
            painter.fillRect(box, QColor(t.blend("accent", "surface", 0.2)))
            painter.fillRect(QRect(box.left(), box.bottom(), width, 2), QColor(t.accent))
        painter.setPen(QColor(t.colour(cell.tone)))
        side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
        painter.drawText(inner, side | Qt.AlignmentFlag.AlignVCenter, text)

    def metrics(self, kind: str) -> QFontMetrics:
        """The measures of a type, kept while its size stays."""
        if kind not in self._metrics:
            self._fonts[kind] = theme.font(kind)
            self._metrics[kind] = QFontMetrics(self._fonts[kind])
        return self._metrics[kind]

    def _marks(self, painter: QPainter, rect: QRect, badges: Badges) -> None:
        """An amber diamond, and the findings or the exhibit as chips."""
        t = theme.tokens()
        painter.save()
        middle, x = rect.center().y(), rect.left() + 16
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(t.mark))
        painter.setBrush(QColor(t.mark_fill))
        corners = ((0, -5), (5, 0), (0, 5), (-5, 0))
        painter.drawPolygon([QPoint(x + dx, middle + dy) for dx, dy in corners])
        x += 11
        metrics = self.metrics("caption")
        height = metrics.height() + 4
        exhibit = [(badges.exhibit, "warn")] if badges.exhibit else []
        labels = [(number, "finding") for number in badges.findings] or exhibit
        for place, (text, tone) in enumerate(labels):
            width = metrics.horizontalAdvance(text) + 14
            if x + width > rect.right() - 2:
                painter.setPen(QColor(t.text2))
                painter.setFont(self._fonts["caption"])
                rest = QRect(x + 2, rect.top(), rect.right() - x, rect.height())
                painter.drawText(rest, Qt.AlignmentFlag.AlignVCenter, f"+{len(labels) - place}")
                break
            paint_chip(painter, QRect(x, middle - height // 2, width, height), text, tone)
            x += width + 4
        painter.restore()


def matches(text: str, words: tuple[str, ...]) -> list[tuple[int, int]]:
    """Where these words (in lower case) stand in a text, in either case: start and length, the first ones."""
    if not words:
        return []
    lower = text.lower()
    if len(lower) != len(text):
        return []  # letters whose small form is longer: places would not fit
    found: list[tuple[int, int]] = []
    for word in words:
        at = lower.find(word)
        while at >= 0 and len(found) < MATCHES:
            found.append((at, len(word)))
            at = lower.find(word, at + len(word))
    return found
