"""The tables found in several files: which of them come in, and what is no table and why."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame

from casebound.case import Preview
from casebound.foundtables import LeftOut
from casebound_ui.desktop import theme
from casebound_ui.desktop.controls import Elided, column, row, rule
from casebound_ui.desktop.looking import day_month
from casebound_ui.desktop.records import Cell, Field, RecordTable
from casebound_ui.desktop.wording import counted, inert

Key = tuple[str, str]


def key(one: Preview) -> Key:
    """Which table a preview is of."""
    return str(one.path), one.member


class TablesCard(QFrame):
    """A list with ticks: Space or a click on the tick takes a table in or leaves it out. `ticked` hears of it."""

    def __init__(self, chosen: Callable[[Preview], object], ticked: Callable[[], object]) -> None:
        super().__init__()
        self.setProperty("kind", "card")
        self._ticked = ticked
        self.left_out: set[Key] = set()
        self.table = _TickTable(
            (
                Field("Bring in", 84, lambda p: self._tick(p)),
                Field(
                    "Table",
                    0,
                    lambda p: Cell(inert(p.mapping.table, 80), kind="strong", icon="table-2", second=_file(p)),
                ),
                Field("Recognised as", 210, _recognised, spare=1),
                Field("Columns", 84, lambda p: Cell(f"{len(p.mapping.columns):,}", "text2"), right=True, spare=2),
            ),
            "Tables to bring in; Space takes one in or leaves it out",
            self.toggle,
        )
        self.table.chosen.connect(lambda one: chosen(one) if one is not None else None)
        self.refused = RecordTable(
            (
                Field("Not a table", 260, lambda n: Cell(inert(n.name, 120), "text2", icon="file-question-mark")),
                Field("Why", 0, lambda n: Cell(inert(n.reason, 300), "text2", prose=True)),
            ),
            "What is no table, and why",
        )
        self._rest = Elided("", "small", "text2")
        self._rule = rule()
        foot = row(self._rest, margins=(16, 6, 16, 8))
        self.setLayout(column(self.table, self._rule, self.refused, foot, gap=0, margins=(1, 1, 1, 1)))

    def show_tables(self, previews: Sequence[Preview], refused: Sequence[LeftOut]) -> None:
        """List these; ticks stay as they were."""
        self.table.show_records(previews, key)
        self.refused.show_records(refused)
        self.refused.setVisible(bool(refused))
        self._rule.setVisible(bool(refused))
        taken = sum(key(one) not in self.left_out for one in previews)
        left = len(previews) - taken
        words = f"{counted(taken, 'table')} to bring in" + (f", {left:,} left out" if left else "")
        if refused:
            words += f"; {counted(len(refused), 'file is', 'files are')} no table"
        self._rest.setText(words + ".")
        self._measure(len(previews), len(refused))

    def toggle(self, one: Preview) -> None:
        """Take a table in, or leave it out."""
        self.left_out ^= {key(one)}
        self.table.viewport().update()
        self._ticked()

    def taken(self, previews: Sequence[Preview]) -> tuple[Preview, ...]:
        """Those of these tables that come in."""
        return tuple(one for one in previews if key(one) not in self.left_out)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and hasattr(self, "_rest"):
            self._measure(len(self.table.records.records), len(self.refused.records.records))

    def _tick(self, one: Preview) -> Cell:
        inside = key(one) not in self.left_out
        return Cell("Yes" if inside else "No", "accent" if inside else "text3", icon="check" if inside else "minus")

    def _measure(self, tables: int, refused: int) -> None:
        scale = theme.scale()
        self.table.setFixedHeight(round((34 + 45 * min(tables, 6)) * scale))
        self.refused.setFixedHeight(round((34 + 33 * min(refused, 4)) * scale))


class _TickTable(RecordTable):
    def __init__(self, fields: Sequence[Field], name: str, toggle: Callable[[Preview], object]) -> None:
        super().__init__(fields, name, height=44)
        self._toggle = toggle
        self.clicked.connect(lambda index: toggle(self.record) if index.column() == 0 else None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and self.record is not None:
            self._toggle(self.record)
            return
        super().keyPressEvent(event)


def _recognised(one: Preview) -> Cell:
    if day_month(one):
        return Cell("Day or month first?", "warn", icon="circle-alert")
    return Cell(one.mapping.recognised_as or "columns by their content", "text2")


def _file(one: Preview) -> str:
    return inert(f"{one.path.name}, {one.member}" if one.member else one.path.name, 160)
