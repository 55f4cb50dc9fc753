"""What the timeline can do beyond showing events: one line each.

A feature is made once with its screen. It adds its commands (`keys.bind`), its entries to the context menu
(`screen.menu`, `screen.menu_about`), its buttons (`screen.toolbar.add`, `screen.list.add_tool`) or a sheet in place of
the table (`screen.show_sheet`); the screen knows nothing of it, and lets it go when it goes itself.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from casebound_ui.desktop.timeline.appearance import Appearance
from casebound_ui.desktop.timeline.around import Around
from casebound_ui.desktop.timeline.comparison import Compare
from casebound_ui.desktop.timeline.completion import FilterCompletion
from casebound_ui.desktop.timeline.covering import Covering
from casebound_ui.desktop.timeline.curating import Curating
from casebound_ui.desktop.timeline.facets import Facets
from casebound_ui.desktop.timeline.following import Follow
from casebound_ui.desktop.timeline.grouping import Grouping
from casebound_ui.desktop.timeline.pointed import PointOut
from casebound_ui.desktop.timeline.rangecommands import RangeCommands
from casebound_ui.desktop.timeline.saved import SavedViews
from casebound_ui.desktop.timeline.sheetroom import SheetRoom
from casebound_ui.desktop.timeline.waypoints import Waypoints

if TYPE_CHECKING:
    from casebound_ui.desktop.timeline.screen import TimelineScreen


class Feature(Protocol):
    """Something the screen keeps alive as long as itself."""

    def close(self) -> None: ...


FEATURES: tuple[Callable[[TimelineScreen], Feature], ...] = (
    Appearance,
    RangeCommands,
    Waypoints,
    Covering,
    Grouping,
    FilterCompletion,
    SavedViews,
    Curating,
    Facets,
    Around,
    Follow,
    Compare,
    PointOut,
    SheetRoom,
)
