"""The rows of the facets beside the table: what each says, and how it is drawn."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from casebound.selections import Facet
from casebound_ui.desktop import theme
from casebound_ui.desktop.records import Index
from casebound_ui.desktop.timeline.dates import clock_text, date_text
from casebound_ui.desktop.tips import plain_tip
from casebound_ui.desktop.wording import counted, inert

ROW = Qt.ItemDataRole.UserRole
LONG = 200  # characters of a value that are drawn
KNOWN = {"source": "Source", "table": "Table", "actor": "Actor", "action": "Action", "object": "Object"}


class Kind(Enum):
    HEAD = "head"
    VALUE = "value"
    MORE = "more"  # values that are counted and not listed
    EMPTY = "empty"  # events without a value
    WORDS = "words"  # there is nothing to list: said, and not to be chosen


@dataclass(frozen=True, slots=True)
class FacetRow:
    """One line. `share` is its part of the most frequent value, for the bar; `second` a smaller line below it."""

    kind: Kind
    field: str
    value: str = ""
    text: str = ""
    count: str = ""
    share: float = 0.0
    second: str = ""
    folded: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """A facet with what was asked of it: values that begin so, and the first and last time of each listed value."""

    facet: Facet
    prefix: str = ""
    seen: tuple[tuple[int, int], ...] | None = None
    covered: tuple[int, int] = (0, 0)  # values that are not named, and the events with them


def title(field: str) -> str:
    """A field as people read it."""
    return KNOWN.get(field.lower(), inert(field, 80))


def rows(told: Told, *, folded: bool) -> Iterator[FacetRow]:
    """The lines of one facet."""
    facet = told.facet
    values = counted(facet.distinct, "value") if not told.prefix else f"{counted(facet.distinct, 'value')} begin so"
    yield FacetRow(Kind.HEAD, facet.field, text=title(facet.field), count=values, folded=folded)
    if folded:
        return
    most = max((count for _, count in facet.values), default=1)
    for place, (value, count) in enumerate(facet.values):
        second = ""
        if told.seen is not None:
            first, last = told.seen[place]
            second = f"{_brief(first)} to {_brief(last)}"
        yield FacetRow(Kind.VALUE, facet.field, value, inert(value, LONG), f"{count:,}", count / most, second)
    others = facet.distinct - len(facet.values)
    if others:
        words = f"and {counted(others, 'other value')}"
        yield FacetRow(Kind.MORE, facet.field, text=words, count=f"{facet.other:,}")
    if told.covered[0]:
        words = f"Covered: {counted(told.covered[0], 'value')}"
        yield FacetRow(Kind.WORDS, facet.field, text=words, count=f"{told.covered[1]:,}")
    if facet.empty and not told.prefix:
        yield FacetRow(Kind.EMPTY, facet.field, text="empty", count=f"{facet.empty:,}")
    if not facet.values and not told.covered[0] and (told.prefix or not facet.empty):
        words = f"No value begins with “{inert(told.prefix, 60)}”" if told.prefix else "No events here"
        yield FacetRow(Kind.WORDS, facet.field, text=words)


def _brief(time_us: int) -> str:
    return f"{date_text(time_us)} {clock_text(time_us, 0)[:5]}"


class FacetModel(QAbstractListModel):
    """All lines of all facets, one under another."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: tuple[FacetRow, ...] = ()

    def show(self, rows: Sequence[FacetRow]) -> None:
        self.beginResetModel()
        self.rows = tuple(rows)
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row = self.rows[index.row()]
        if role == ROW:
            return row
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return spoken(row)
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip(f"{inert(row.value or row.text, 2_000)}{': ' if row.count else ''}{row.count}")
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        known = index.isValid() and self.rows[index.row()].kind is not Kind.WORDS
        flags = Qt.ItemFlag
        return flags.ItemIsEnabled | flags.ItemIsSelectable if known else flags.ItemIsEnabled


def spoken(row: FacetRow) -> str:
    """A line as it is read aloud."""
    if row.kind is Kind.HEAD:
        return f"{row.text}, {row.count}{', folded' if row.folded else ''}"
    said = f"{title(row.field)} {row.text}: {row.count} events" if row.count else row.text
    return f"{said}, {row.second}" if row.second else said


class FacetPainter(QStyledItemDelegate):
    """A heading with a line above; values with their bar under the words and the count at the right."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        row: FacetRow = index.data(ROW)
        height = 32 if row.kind is Kind.HEAD else 40 if row.second else 24
        return QSize(60, round(height * theme.scale()))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row: FacetRow = index.data(ROW)
        t, rect = theme.tokens(), QRect(option.rect)
        state: QStyle.StateFlag = option.state
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        painter.save()
        if chosen:
            painter.fillRect(rect, QColor(t.accent_soft))
            painter.fillRect(QRect(rect.left(), rect.top(), 3, rect.height()), QColor(t.accent))
        if row.kind is Kind.HEAD:
            if index.row():
                painter.setPen(QColor(t.line))
                painter.drawLine(rect.topLeft(), rect.topRight())
            icon = theme.pixmap("chevron-right" if row.folded else "chevron-down", "text2", 14)
            painter.drawPixmap(rect.left() + 8, rect.center().y() - 7, icon)
        inner = rect.adjusted(26 if row.kind is Kind.HEAD else 12, 0, -10, 0)
        self._words(painter, inner, row)
        if row.share:
            bar = QRect(inner.left(), rect.bottom() - 3, max(round(inner.width() * row.share), 2), 3)
            painter.fillRect(bar, QColor(t.accent if chosen else t.histogram))
        painter.restore()

    def _words(self, painter: QPainter, inner: QRect, row: FacetRow) -> None:
        t = theme.tokens()
        head = row.kind is Kind.HEAD
        small = theme.font("small")
        side = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        line = QRect(inner.left(), inner.top(), inner.width(), inner.height() - (3 if not head else 0))
        if row.second:
            below = QFontMetrics(small).height()
            under = QRect(inner.left(), line.bottom() - below, inner.width(), below)
            line = QRect(inner.left(), inner.top(), inner.width(), line.height() - below)
            painter.setFont(small)
            painter.setPen(QColor(t.text2))
            text = QFontMetrics(small).elidedText(row.second, Qt.TextElideMode.ElideRight, under.width())
            painter.drawText(under, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)
        painter.setFont(small)
        painter.setPen(QColor(t.text2))
        painter.drawText(line, side, row.count)
        room = line.width() - (QFontMetrics(small).horizontalAdvance(row.count) + 8 if row.count else 0)
        font = theme.font("strong" if head else "small")
        painter.setFont(font)
        quiet = row.kind not in (Kind.HEAD, Kind.VALUE)
        painter.setPen(QColor(t.text2 if quiet else t.text))
        mode = Qt.TextElideMode.ElideRight if quiet or head else Qt.TextElideMode.ElideMiddle
        text = QFontMetrics(font).elidedText(row.text, mode, max(room, 20))
        painter.drawText(line, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)
