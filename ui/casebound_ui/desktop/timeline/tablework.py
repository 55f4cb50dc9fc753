"""What a person does with the table beyond choosing a row: columns, order, copying, going to a row, whole values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu

from casebound.case import ColumnRole, Event
from casebound.events import FieldInfo
from casebound_ui.desktop.session import Kinds
from casebound_ui.desktop.timeline import cells, columns, copying, keys
from casebound_ui.desktop.timeline.announcing import announce
from casebound_ui.desktop.timeline.columnmenu import Choosable, ColumnMenu
from casebound_ui.desktop.timeline.columns import Columns
from casebound_ui.desktop.timeline.counting import Counts
from casebound_ui.desktop.timeline.rowprompt import Place, RowPrompt
from casebound_ui.desktop.timeline.splits import Splits
from casebound_ui.desktop.timeline.state import Part
from casebound_ui.desktop.timeline.tablecommands import commands
from casebound_ui.desktop.timeline.wholevalue import WholeValue
from casebound_ui.desktop.wording import counted, inert

if TYPE_CHECKING:
    from casebound_ui.desktop.timeline.screen import TimelineScreen


class TableWork:
    """Made once with its screen. Columns are remembered for each case, and are part of a saved view."""

    def __init__(self, screen: TimelineScreen, splits: Splits, note: Callable[[str], object]) -> None:
        self._screen, self._splits, self._note = screen, splits, note
        self._case = screen.session.snapshot.log_origin
        self._fields: tuple[FieldInfo, ...] = ()
        self._announced: tuple[str, str] | None = None
        self.prompt = RowPrompt(screen, screen.table)
        table = screen.table
        table.show_columns(Columns.from_plain(splits.columns(self._case)))
        table.sort_wanted.connect(self.sort_by)
        table.columns_changed.connect(self._columns_changed)
        table.column_menu_wanted.connect(self._column_menu)
        table.value_wanted.connect(self.show_value)
        table.picked_changed.connect(self._picked_changed)
        screen.list.columns_wanted = self.choose_columns
        screen.menu_about.insert(0, self._about_value)
        screen.parts["columns"] = Part(self._taken_columns, self._put_columns)
        screen.parts["order"] = Part(self._taken_order, self._put_order)
        for command in commands(self, screen):
            keys.bind(screen, screen.commands, command)
        self._unsubscribe = screen.session.changed.add(self._changed)
        self._read_fields()

    def close(self) -> None:
        self._unsubscribe()

    @property
    def columns(self) -> Columns:
        """Columns and order as they are now."""
        return self._screen.table.rows.columns

    def put(self, chosen: Columns) -> None:
        """Show these columns in this order, as a saved view or a restored session asks."""
        self._screen.table.change_columns(chosen)

    def _taken_columns(self) -> dict[str, object]:
        plain = self.columns.plain()
        return {name: plain[name] for name in ("shown", "pinned", "widths")}

    def _put_columns(self, plain: object) -> None:
        now = self.columns
        self.put(replace(Columns.from_plain(plain), sort=now.sort, descending=now.descending))

    def _taken_order(self) -> dict[str, object]:
        return {"by": self.columns.sort, "descending": self.columns.descending}

    def _put_order(self, plain: Mapping[str, object]) -> None:
        read = Columns.from_plain({"sort": plain["by"], "descending": plain["descending"]})
        self.put(replace(self.columns, sort=read.sort, descending=read.descending))

    # Columns

    def _read_fields(self) -> None:
        events = self._screen.session.events

        def done(found: tuple[FieldInfo, ...]) -> None:
            self._fields = found
            numbers = {columns.named(info.name) for info in found if info.role is ColumnRole.NUMBER}
            self._screen.table.rows.numbers = frozenset(numbers)
            self._screen.table.viewport().update()
            self._screen.table.head.update()

        self._screen.browsing.read(events.fields, done)

    def _changed(self, kinds: Kinds) -> None:
        if "sources" in kinds:
            self._read_fields()

    def choose_columns(self) -> None:
        """The list of every column there is, to tick."""
        button = self._screen.list.columns_button
        choosable = [Choosable(columns.named(info.name), len(info.sources)) for info in self._fields]
        table = self._screen.table
        of = len(self._screen.session.snapshot.sources)
        menu = ColumnMenu(self._screen, table, choosable, of, lambda: self.columns, table.change_columns)
        menu.open_beside(QRect(button.mapToGlobal(QPoint(0, 0)), button.size()), menu.search, right=True)

    def reset_columns(self) -> None:
        """The columns of a new case; the order of the rows stays."""
        now = self.columns
        self.put(Columns(sort=now.sort, descending=now.descending))

    def pin(self) -> None:
        """Keep the current column in sight at the left, or let it go again."""
        name = self._current
        now = self.columns
        self.put(now.with_pinned(name, now.shown.index(name) >= now.pinned))

    def hide(self) -> None:
        """Hide the current column."""
        self.put(self.columns.with_column(self._current, False))

    def move(self, by: int) -> None:
        """Move the current column to the left or to the right."""
        at = self.columns.shown.index(self._current) + by
        self.put(self.columns.moved(self._current, at))
        self._screen.table.bring_column(self._screen.table.column)

    @property
    def _current(self) -> str:
        table = self._screen.table
        return table.rows.shown[min(table.column, len(table.rows.shown) - 1)]

    def _columns_changed(self, chosen: Columns) -> None:
        usual = chosen == Columns()
        self._splits.keep_columns(self._case, None if usual else chosen.plain())
        self._screen.browsing.list.sort_again()

    def _column_menu(self, name: str, at: QPoint) -> None:
        now, table = self.columns, self._screen.table
        menu = QMenu(self._screen)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)

        def add(words: str, run: Callable[[], object], enabled: bool = True) -> None:
            action = menu.addAction(words)
            action.setEnabled(enabled)
            action.triggered.connect(lambda: run())

        by = "" if name in (columns.TIME, columns.LOCAL) else name
        add("Sort upwards", partial(self.sort, by, False), (now.sort, now.descending) != (by, False))
        add("Sort downwards", partial(self.sort, by, True), (now.sort, now.descending) != (by, True))
        add("In the order of time", partial(self.sort, "", False), (now.sort, now.descending) != ("", False))
        menu.addSeparator()
        pinned = name in now.shown and now.shown.index(name) < now.pinned
        moves = name in now.shown and name != columns.TIME
        pin = "Let it scroll again" if pinned else "Keep in sight at the left"
        add(pin, lambda: self.put(self.columns.with_pinned(name, not pinned)), moves)
        place = now.shown.index(name) if name in now.shown else 0
        for words, to in (("Move to the left", place - 1), ("Move to the right", place + 1)):
            moved = now.moved(name, to)
            add(words, partial(self.put, moved), moves and moved != now)
        add("As wide as its values", partial(table.fit_column, name))
        add(f"Hide “{inert(columns.title(name), 40).replace('&', '&&')}”", partial(self._hide, name), moves)
        menu.addSeparator()
        add("Columns…", self.choose_columns)
        add(
            "Reset the columns",
            self.reset_columns,
            now.plain() != Columns(sort=now.sort, descending=now.descending).plain(),
        )
        menu.popup(at)

    def _hide(self, name: str) -> None:
        self.put(self.columns.with_column(name, False))

    # Order

    def sort_by(self, name: str) -> None:
        """Sort by a column; again the other way; again by time."""
        self.put(self.columns.sorted_next(name))

    def sort_by_current(self) -> None:
        self.sort_by(self._current)

    def sort(self, by: str, descending: bool) -> None:
        self.put(replace(self.columns, sort=by, descending=descending))

    # Going to a row

    def ask_row(self) -> None:
        """Ask for a row, a share or a time."""
        table, events = self._screen.table, self._screen.browsing.events
        time = table.rows.time_at(table.row if table.row is not None else table.first_row)
        near = time if time is not None else int(events.times[0])
        self.prompt.ask(table.rows.rowCount(), near, self.go_to)

    def go_to(self, place: Place) -> None:
        """Choose the row of a place; of a time, the first event from then on that is listed."""
        table, browsing = self._screen.table, self._screen.browsing
        if place.row is not None:
            table.go_to(place.row)
            return
        if place.time_us is None:
            return
        shown, (low, high) = self._screen.canvas.shown, browsing.ranks
        rank = int(np.searchsorted(shown.times, np.int64(place.time_us)))
        rank = min(max(rank, low), high - 1)
        row = browsing.row_of(shown.position(rank)) if high > low else None
        if row is None:
            self._note("That time has no row yet: the rows are still being put in order.")
        else:
            table.go_to(row)

    # Values and rows

    def show_value(self, row: int, name: str) -> None:
        """The whole value of a cell over the table."""
        table = self._screen.table
        event = table.rows.event(row)
        if event is None or row != table.row:
            return
        source = table.rows.sources.get(event.source)
        where = f"{source.name if source else ''}, line {event.line:,}"
        text = cells.value_of(event, name)
        if name in (columns.TIME, columns.LOCAL, columns.MARKS, columns.SOURCE) or not text:
            text = table.rows.cells.words(event, name)
        rect = table.cell_rect(row, table.rows.place(name))
        shown = WholeValue(self._screen, table, columns.title(name), where, text)
        shown.open_at(QRect(table.viewport().mapToGlobal(rect.topLeft()), rect.size()))

    def show_current_value(self) -> None:
        row = self._screen.table.row
        if row is not None:
            self.show_value(row, self._current)

    def _about_value(self, menu: QMenu) -> None:
        """Entries about the value under the pointer."""
        pointed = self._screen.pointed
        if pointed is None:
            return
        field, value = pointed
        browsing = self._screen.browsing
        name = "this value" if value else "rows without a value"
        only = menu.addAction(f"Only {name}")
        only.triggered.connect(lambda: browsing.filter_by(field, value))
        without = menu.addAction("Not this value" if value else "Only rows with a value")
        without.triggered.connect(lambda: browsing.filter_by(field, value, exclude=True))
        if value:
            copy = menu.addAction("Copy value")
            copy.triggered.connect(lambda: QGuiApplication.clipboard().setText(value))
        menu.addSeparator()

    def copy_rows(self) -> None:
        """The selected rows with where each came from, tab-separated; at most `copying.MOST` of them."""
        screen, table = self._screen, self._screen.table
        count = table.picked_count
        positions = screen.browsing.list.positions(copying.MOST)
        chosen, shown, made = np.array(positions, dtype=np.int64), table.rows.shown, replace(table.rows.cells)
        events, veil = screen.browsing.list.events, screen.choice.veil
        sources = {source.number: source for source in screen.session.snapshot.sources}

        def text() -> str:
            found: list[Event] = [veil(event) for event in events.at(chosen)]
            return copying.as_text(found, shown, made, sources)

        def done(copied: str) -> None:
            QGuiApplication.clipboard().setText(copied)
            held = len(positions)
            if held < count:
                self._say(f"Only the first {held:,} of {count:,} rows were copied: more do not fit into a clipboard.")
            else:
                self._say(f"{counted(held, 'row')} copied, each with its source.")

        screen.browsing.read(text, done)

    def _picked_changed(self) -> None:
        table = self._screen.table
        self._screen.tell_counts()
        if table.picked_count > 1:
            every = " in view" if table.picked_count == table.rows.rowCount() else ""
            self._say(f"{'All ' if every else ''}{counted(table.picked_count, 'row')}{every} are selected.")
        elif lost := self._screen.browsing.list.let_go():
            self._say(f"{counted(lost, 'row')} are no longer selected: the list is another.")

    def say_counts(self, counts: Counts) -> None:
        """Read the counts aloud where the filter or the order has changed; of a move the picture says them."""
        now = (self._screen.browsing.where, counts.order)
        before, self._announced = self._announced, now
        if before is not None and before != now:
            announce(self._screen.table, counts.told)

    def _say(self, words: str) -> None:
        self._note(words)
        announce(self._screen.table, words)
