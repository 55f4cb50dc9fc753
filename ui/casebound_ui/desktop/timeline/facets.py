"""Facets beside the rows: the values that occur in view, each with its exact count; a click keeps or leaves out."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QMenu

from casebound.case import ColumnRole
from casebound.comparing import value_term
from casebound.errors import BadRequest
from casebound.events import Events, Selection
from casebound.lifetimes import spans
from casebound.selections import Facet
from casebound.work import Progress
from casebound_ui.desktop.commands import Command
from casebound_ui.desktop.controls import Button
from casebound_ui.desktop.session import Kinds
from casebound_ui.desktop.timeline import entity, keys
from casebound_ui.desktop.timeline.asking import Asking
from casebound_ui.desktop.timeline.facet_panel import FacetPanel
from casebound_ui.desktop.timeline.facet_rows import FacetRow, Told, rows, title
from casebound_ui.desktop.timeline.kept import Kept

if TYPE_CHECKING:
    from casebound_ui.desktop.timeline.screen import TimelineScreen

LISTED = 10  # values of a column that are listed at first
TENFOLD = 10  # “and 4,210 other values” lists ten times as many
MOST_LISTED = 10_000
FEW_VALUES = 200  # an entity column with more of them is not shown unless asked for
MOST_COLUMNS = 6  # shown when nobody has chosen
ROLES = ("actor", "action", "object")


class Facets:
    """The panel, what it asks, and what a person does with it."""

    def __init__(self, screen: TimelineScreen) -> None:
        self._screen, self._session = screen, screen.session
        self.panel = FacetPanel()
        self.panel.hide()
        self._asking = Asking(screen.session)
        around = screen.surroundings
        self._kept = Kept(around.preferences.path.parent if around is not None else None, "facets.json")
        self._fields: tuple[str, ...] | None = None  # None: nobody has chosen yet
        self._folded: set[str] = set()
        self._listed: dict[str, int] = {}
        self._prefix = ("", "")
        self._seen = False
        self._asked: tuple[object, ...] = ()
        self.told: tuple[Told, ...] = ()
        screen.list.add_side(self.panel)
        self.button = Button("Values", self.toggle, kind="quiet", icon="list-checks", tip="Values and their counts (B)")
        screen.list.add_tool(self.button)
        keys.bind(
            screen,
            screen.commands,
            Command(
                "timeline-facets",
                "Values beside the table",
                "How often each value occurs in view",
                self.toggle,
                key="B",
                menu="View",
                scope=keys.SCOPE,
                icon="list-checks",
                enabled=screen.isVisible,
            ),
        )
        self._connect()
        self._recall()

    def _connect(self) -> None:
        screen, panel, lines = self._screen, self.panel, self.panel.list
        screen.canvas.settled.connect(lambda view: self.refresh())
        screen.canvas.ranged.connect(lambda stretch: self.refresh() if stretch is None else None)
        self._unsubscribe = self._session.changed.add(self._changed)
        lines.picked.connect(self._picked)
        lines.more_wanted.connect(self._more)
        lines.fold_wanted.connect(self._fold)
        lines.removed.connect(self.remove)
        lines.menu_wanted.connect(self._menu)
        panel.searched.connect(self._search)
        panel.seen_wanted.connect(self._show_seen)
        panel.columns_wanted.connect(self._columns)
        panel.closed.connect(self.toggle)
        panel.resized.connect(lambda width: self._remember(width=width))

    def close(self) -> None:
        self._unsubscribe()
        self._asking.close()

    @property
    def idle(self) -> bool:
        """Whether the counts are those of what is in view."""
        if self.panel.isHidden() or not self._screen.browsing.ready:
            return True
        return self._asking.idle and self._asked == self._in_view()

    def _in_view(self) -> tuple[object, ...]:
        browsing = self._screen.browsing
        return id(browsing.events), id(browsing.selection), browsing.ranks

    # What is shown

    def toggle(self) -> None:
        """Show the panel and go to it, or put it away."""
        shown = self.panel.isHidden()
        self.panel.setVisible(shown)
        self._remember(shown=shown)
        if shown:
            self.refresh()
            self.panel.list.setFocus()
        else:
            self._screen.table.setFocus()

    def refresh(self) -> None:
        """Count again: the view, the filter, the range or the columns are others."""
        screen, browsing = self._screen, self._screen.browsing
        if self.panel.isHidden() or not browsing.ready:
            return
        self.panel.say("Values in range" if screen.canvas.stretch is not None else "Values in view")
        events, selection, (low, high) = browsing.events, browsing.selection, browsing.ranks
        self._asked = self._in_view()
        covered = browsing.covered
        chosen, prefix, seen, listed = self._fields, self._prefix, self._seen, dict(self._listed)

        def job(progress: Progress) -> tuple[Told, ...]:
            fields = chosen if chosen is not None else usual(events)
            found = []
            for number, field in enumerate(fields):
                progress(number, len(fields), field)
                begun = prefix[1] if field == prefix[0] else ""
                try:
                    most, hidden = listed.get(field, LISTED), covered.of(events, field)
                    found.append(tell(events, field, selection, low, high, most, begun, seen=seen, hidden=hidden))
                except BadRequest:
                    continue  # a column of a case that has changed; it is back when the column is
            return tuple(found)

        self._asking.ask(job, self._show)

    def _show(self, told: tuple[Told, ...]) -> None:
        self.told = told
        if self._fields is None:
            self._fields = tuple(one.facet.field for one in told)
        self._draw()

    def _draw(self) -> None:
        searched = self._prefix[0] if self._prefix[1] else ""
        lines = [row for one in self.told for row in rows(one, folded=one.facet.field in self._folded)]
        self.panel.list.show_rows(lines)
        if searched:
            self.panel.list.choose(searched)

    # What a person does

    def add(self, field: str) -> None:
        """Show a column too, below the others."""
        if field not in self.fields:
            self._choose((*self.fields, field))

    def remove(self, field: str) -> None:
        self._choose(tuple(name for name in self.fields if name != field))

    @property
    def fields(self) -> tuple[str, ...]:
        """The columns that are shown."""
        return self._fields if self._fields is not None else tuple(one.facet.field for one in self.told)

    def _choose(self, fields: tuple[str, ...]) -> None:
        self._fields = fields
        self._remember()
        self.refresh()

    def _picked(self, row: FacetRow, exclude: bool) -> None:
        entity.filter_by(self._screen, value_term(row.field, row.value, exclude=exclude))

    def _more(self, field: str) -> None:
        self._listed[field] = min(self._listed.get(field, LISTED) * TENFOLD, MOST_LISTED)
        self.refresh()

    def _fold(self, field: str) -> None:
        self._folded ^= {field}
        self._remember()
        self._draw()

    def _search(self, field: str, prefix: str) -> None:
        self._prefix = (field, prefix)
        self._folded.discard(field)
        self.refresh()

    def _show_seen(self, on: bool) -> None:
        self._seen = on
        self.refresh()

    def _columns(self, at: QPoint) -> None:
        """Every column of the case, those that are shown ticked."""
        names = dict.fromkeys((*self.fields, "source", *ROLES, *(info.name for info in self._session.events.fields())))
        menu = QMenu(self.panel)
        for name in names:
            action = menu.addAction(title(name).replace("&", "&&"))
            action.setCheckable(True)
            action.setChecked(name in self.fields)
            action.toggled.connect(lambda on, field=name: self.add(field) if on else self.remove(field))
        entity.popup(menu, at)

    def _menu(self, row: FacetRow, at: QPoint) -> None:
        menu = QMenu(self.panel)
        if row.value or row.kind.value == "empty":
            menu.addAction("Only these").triggered.connect(lambda: self._picked(row, False))
            menu.addAction("Leave these out").triggered.connect(lambda: self._picked(row, True))
        if row.value:
            menu.addSeparator()
            entity.add_to(menu, self._screen, row.field, row.value)
        menu.addSeparator()
        menu.addAction("Search in this column…").triggered.connect(lambda: self.panel.search_in(row.field))
        menu.addAction("Take this column away").triggered.connect(lambda: self.remove(row.field))
        entity.popup(menu, at)

    def _changed(self, kinds: Kinds) -> None:
        if "sources" in kinds:
            self.refresh()

    # What is remembered

    def _remember(self, **changed: object) -> None:
        case = self._session.snapshot.log_origin
        now = {**self._kept.get(case), "folded": sorted(self._folded), **changed}
        if self._fields is not None:
            now["fields"] = list(self._fields)
        self._kept.keep(case, now)

    def _recall(self) -> None:
        known = self._kept.get(self._session.snapshot.log_origin)
        fields, folded, width = known.get("fields"), known.get("folded"), known.get("width")
        if isinstance(fields, list):
            self._fields = tuple(name for name in fields if isinstance(name, str))
        if isinstance(folded, list):
            self._folded = {name for name in folded if isinstance(name, str)}
        if isinstance(width, int):
            self.panel.widen(width)
        if known.get("shown") is True:
            self.panel.show()
            self.refresh()


def usual(events: Events) -> tuple[str, ...]:
    """The columns that are worth a look at first: the source, who, what, to what, and entities of few values."""
    known = events.fields()
    roles = {info.role for info in known}
    named = [role.value for role in (ColumnRole.ACTOR, ColumnRole.ACTION, ColumnRole.OBJECT) if role in roles]
    few = [i.name for i in known if i.role is ColumnRole.ENTITY and 1 < i.distinct_hint <= FEW_VALUES]
    own = [] if any(info.name.lower() == "source" for info in known) else ["source"]
    return tuple([*own, *named, *few][:MOST_COLUMNS])


def tell(
    events: Events,
    field: str,
    selection: Selection | None,
    low: int,
    high: int,
    limit: int,
    prefix: str = "",
    *,
    seen: bool = False,
    hidden: frozenset[str] = frozenset(),
) -> Told:
    """A facet of the events of these ranks; only the values that begin with `prefix`, in either case.

    Values that are `hidden` are counted, and not named.
    """
    facet = events.facet(field, selection, low, high, sys.maxsize if prefix or hidden else limit)
    covered = [count for value, count in facet.values if value in hidden]
    if covered:
        held = tuple(one for one in facet.values if one[0] not in hidden)
        facet = replace(facet, values=held, distinct=facet.distinct - len(covered))
    if prefix or hidden:
        facet = beginning(facet, prefix, limit)
    times = None
    if seen:
        known = spans(events, field, [value for value, _ in facet.values])
        times = tuple(known[value] for value, _ in facet.values)
    return Told(facet, prefix, times, (len(covered), sum(covered)))


def beginning(facet: Facet, prefix: str, limit: int) -> Facet:
    """Of a facet that lists every value, those that begin so; `other` and `distinct` count these alone."""
    held = [(value, count) for value, count in facet.values if value.lower().startswith(prefix.lower())]
    other = sum(count for _, count in held[limit:])
    return replace(facet, values=tuple(held[:limit]), distinct=len(held), other=other)
