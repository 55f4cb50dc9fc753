"""Which columns the table has: a list to search and to tick, opened from the button over the table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from casebound_ui.desktop import theme
from casebound_ui.desktop.controls import Button, label, row
from casebound_ui.desktop.timeline import columns
from casebound_ui.desktop.timeline.columns import Columns
from casebound_ui.desktop.timeline.overpanel import OverPanel
from casebound_ui.desktop.wording import counted, inert

NAME = Qt.ItemDataRole.UserRole


@dataclass(frozen=True, slots=True)
class Choosable:
    """A column that can be shown, and in how many sources it is."""

    name: str
    sources: int


class ColumnMenu(OverPanel):
    """Every tick acts at once; Esc, or a click beside it, closes it."""

    def __init__(
        self,
        over: QWidget,
        back: QWidget,
        choosable: Sequence[Choosable],
        of: int,
        current: Callable[[], Columns],
        change: Callable[[Columns], object],
    ) -> None:
        super().__init__(over, back)
        self._current, self._change = current, change
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search the columns")
        self.search.setAccessibleName("Search the columns")
        self.search.textChanged.connect(self._filter)
        self.search.installEventFilter(self)
        self.list = QListWidget()
        self.list.setAccessibleName("Columns of the table")
        self.list.setUniformItemSizes(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.said = label("", "small", "text2")
        self._fill(choosable, of)
        self.list.itemChanged.connect(self._ticked)
        reset = Button("Reset", self._reset, kind="quiet", icon="rotate-ccw", tip="The columns of a new case")
        close = Button("Done", self.leave)
        hint = label("Drag a title to move it. Right-click it to keep it in sight.", "small", "text2", wrap=True)
        layout = QVBoxLayout()
        layout.setContentsMargins(12, 12, 12, 10)
        layout.setSpacing(6)
        for part in (self.search, self.said, self.list, hint):
            layout.addWidget(part)
        layout.addLayout(row(reset, None, close))
        self.setLayout(layout)
        hint.setVisible(theme.scale() <= 1.4)  # with large text the list needs the room
        self.resize(round(320 * min(theme.scale(), 1.5)), round(380 * min(theme.scale(), 1.4)))
        self._filter("")

    def _fill(self, choosable: Sequence[Choosable], of: int) -> None:
        shown = self._current().shown
        known = {one.name for one in choosable}
        lost = [Choosable(name, 0) for name in shown if name not in known and name not in columns.STANDARD]
        standard = [(name, title, "") for name, title in columns.STANDARD.items()]
        own = [(one.name, columns.title(one.name), _where(one.sources, of)) for one in (*choosable, *lost)]
        for name, title, where in (*standard, *own):
            item = QListWidgetItem(inert(title, 80) + (f"   {where}" if where else ""))
            item.setData(NAME, name)
            item.setFlags(Qt.ItemFlag.ItemIsUserCheckable | Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
            if name == columns.TIME:
                item.setFlags(Qt.ItemFlag.ItemIsSelectable)
            item.setCheckState(Qt.CheckState.Checked if name in shown else Qt.CheckState.Unchecked)
            item.setSizeHint(QSize(0, round(26 * theme.scale())))
            self.list.addItem(item)

    def _items(self) -> list[QListWidgetItem]:
        return [self.list.item(place) for place in range(self.list.count())]

    def _filter(self, text: str) -> None:
        words = text.lower().split()
        items = self._items()
        for item in items:
            item.setHidden(not all(word in item.text().lower() for word in words))
        left = sum(not item.isHidden() for item in items)
        shown = len(self._current().shown)
        self.said.setText(f"{counted(left, 'column')} of {len(items):,}, {shown:,} shown")
        first = next((item for item in items if not item.isHidden()), None)
        if first is not None:
            self.list.setCurrentItem(first)

    def _ticked(self, item: QListWidgetItem) -> None:
        self._change(self._current().with_column(str(item.data(NAME)), item.checkState() == Qt.CheckState.Checked))
        self._follow()

    def _reset(self) -> None:
        now = self._current()
        self._change(Columns(sort=now.sort, descending=now.descending))
        self._follow()

    def _follow(self) -> None:
        """Ticks as the columns are now: what could not be done is not shown as done."""
        shown = self._current().shown
        self.list.blockSignals(True)
        for item in self._items():
            on = item.data(NAME) in shown
            item.setCheckState(Qt.CheckState.Checked if on else Qt.CheckState.Unchecked)
        self.list.blockSignals(False)
        items = self._items()
        left = sum(not item.isHidden() for item in items)
        self.said.setText(f"{counted(left, 'column')} of {len(items):,}, {len(shown):,} shown")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrows go from the search to the list, Enter ticks."""
        if watched is self.search and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            item = self.list.currentItem()
            if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up):
                self.list.setFocus()
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                if item is not None and not item.isHidden() and item.flags() & Qt.ItemFlag.ItemIsEnabled:
                    on = item.checkState() == Qt.CheckState.Checked
                    item.setCheckState(Qt.CheckState.Unchecked if on else Qt.CheckState.Checked)
                return True
        return super().eventFilter(watched, event)


def _where(sources: int, of: int) -> str:
    if not sources:
        return "in no source now"
    return f"in {sources:,} of {counted(of, 'source')}"
