"""A table of any number of records that are read when they come into sight; it looks like every other list."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, overload

from casebound_ui.desktop.records import Cell, Field, RecordTable
from casebound_ui.desktop.timeline.pages import Pages

Fetch = Callable[[int, int, Callable[[Sequence[Any]], None]], None]


class Paged(Sequence[Any]):
    """So many records, of which only those in sight are held. One that is not there yet is None."""

    def __init__(self, count: int, fetch: Fetch, arrived: Callable[[int, int], None]) -> None:
        self._count = count
        self._pages: Pages[Any] = Pages(fetch, arrived)

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, at: int) -> Any: ...
    @overload
    def __getitem__(self, at: slice) -> list[Any]: ...
    def __getitem__(self, at: int | slice) -> Any:
        if isinstance(at, slice):
            return [self[place] for place in range(*at.indices(self._count))]
        return self._pages.get(at)

    def peek(self, at: int) -> Any:
        """The record if it is here already; nothing is asked for."""
        return self._pages.peek(at)


class PagedTable(RecordTable):
    """Rows that are not there yet say “…” in their first column, and fill themselves.

    Ctrl+A chooses nothing, typing searches nothing: either would read every row.
    """

    def __init__(self, fields: Sequence[Field], name: str, *, height: int = 28) -> None:
        waiting = [replace(field, cell=_waiting(field.cell, first=not at)) for at, field in enumerate(fields)]
        super().__init__(waiting, name, height=height)
        self.setVerticalScrollMode(RecordTable.ScrollMode.ScrollPerItem)
        self.paged = Paged(0, lambda first, stop, deliver: None, self._arrived)

    def show_pages(self, count: int, fetch: Fetch) -> None:
        """Show `count` records; `fetch` reads some of them, numbered from 0."""
        model = self.records
        model.beginResetModel()
        self.paged = Paged(count, fetch, self._arrived)
        model.records = self.paged  # type: ignore[assignment]  # any sequence will do
        model.endResetModel()

    def keyboardSearch(self, search: str) -> None:
        """Nothing."""

    def _arrived(self, first: int, stop: int) -> None:
        model = self.records
        last = min(stop, len(self.paged)) - 1
        if first <= last:
            model.dataChanged.emit(model.index(first, 0), model.index(last, len(model.fields) - 1))


def _waiting(cell: Callable[[Any], Cell], *, first: bool) -> Callable[[Any], Cell]:
    def shown(record: Any) -> Cell:
        return cell(record) if record is not None else Cell("…" if first else "", "text3")

    return shown
