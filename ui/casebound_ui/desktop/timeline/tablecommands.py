"""The commands of the table, for the registry."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from casebound_ui.desktop.commands import Command
from casebound_ui.desktop.timeline.keys import SCOPE

if TYPE_CHECKING:
    from casebound_ui.desktop.timeline.screen import TimelineScreen
    from casebound_ui.desktop.timeline.tablework import TableWork


def commands(work: TableWork, screen: TimelineScreen) -> Iterator[Command]:
    """What the palette, the menus and the key sheet offer of the table."""
    table = screen.table

    def listed() -> bool:
        return screen.isVisible() and table.rows.rowCount() > 0

    def current() -> bool:
        return listed() and table.row is not None

    def movable() -> bool:
        return screen.isVisible() and table.column > 0

    def made(
        name: str,
        title: str,
        help_line: str,
        run: Callable[[], object],
        icon: str,
        key: str = "",
        enabled: Callable[[], bool] = listed,
    ) -> Command:
        return Command(f"table-{name}", title, help_line, run, key=key, scope=SCOPE, icon=icon, enabled=enabled)

    yield made("row", "Go to a row", "A number, a percentage or a time", work.ask_row, "hash", "Ctrl+G")
    yield made(
        "sort", "Sort by this column", "Again: the other way, then by time", work.sort_by_current, "arrow-up-down", "O"
    )
    yield made("sort-time", "Sort by time", "The earliest first", lambda: work.sort("", False), "clock")
    yield made(
        "sort-latest",
        "Sort by time, the latest first",
        "Against the order of time",
        lambda: work.sort("", True),
        "clock",
    )
    yield made("select-all", "Select every row in view", "Ctrl and A, in the table", table.selectAll, "list-checks")
    yield made(
        "value",
        "Show the whole value",
        "Of the current cell; F2, or a double click",
        work.show_current_value,
        "eye",
        enabled=current,
    )
    yield made(
        "columns",
        "Choose the columns",
        "Any column of any source",
        work.choose_columns,
        "columns-3",
        enabled=screen.isVisible,
    )
    yield made(
        "pin", "Keep this column in sight", "At the left; again lets it scroll", work.pin, "columns-2", enabled=movable
    )
    yield made(
        "move-left",
        "Move this column to the left",
        "Ctrl, Shift and left arrow, in the table",
        lambda: work.move(-1),
        "arrow-left",
        enabled=movable,
    )
    yield made(
        "move-right",
        "Move this column to the right",
        "Ctrl, Shift and right arrow, in the table",
        lambda: work.move(1),
        "arrow-right",
        enabled=movable,
    )
    yield made("hide", "Hide this column", "The time stays", work.hide, "eye-off", enabled=movable)
    yield made(
        "reset", "Reset the columns", "Those of a new case", work.reset_columns, "rotate-ccw", enabled=screen.isVisible
    )
