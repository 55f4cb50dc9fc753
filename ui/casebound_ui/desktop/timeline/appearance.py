"""How the timeline looks, as a person sets it: the column that gives events their colour, and the clock beside UTC."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimeZone
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QMenu

from casebound.case import Snapshot
from casebound.zones import zone_names
from casebound_ui.desktop.commands import Command
from casebound_ui.desktop.timeline import keys
from casebound_ui.desktop.timeline.localtime import LocalZone
from casebound_ui.desktop.timeline.prompts import ZonePrompt
from casebound_ui.desktop.timeline.state import Part
from casebound_ui.desktop.wording import inert

if TYPE_CHECKING:
    from casebound_ui.desktop.timeline.screen import TimelineScreen

ROLES = ("source", "actor", "action", "object")  # columns that every case has, whatever they are called
LONGEST = 60  # letters of a column's name


class Appearance:
    """Adds both choices to the view options and to the palette, and keeps them with the view."""

    def __init__(self, screen: TimelineScreen) -> None:
        self._screen = screen
        self.prompt = ZonePrompt(screen, screen.canvas)
        screen.toolbar.options.append(self._fill)
        screen.parts["colour"] = Part(lambda: screen.browsing.colour, self._put_colour)
        screen.parts["zone"] = Part(lambda: self.zone, self._put_zone)
        for identity, title, help_line, fill, icon in (
            ("colour", "Colour by a column", "Its most frequent values, with a legend", self._fill_colours, "contrast"),
            ("zone", "Local time beside UTC", "The clock of a zone under the axis", self._fill_zones, "clock"),
        ):
            run = partial(screen.toolbar.show_options, fill)
            name = f"timeline-{identity}"
            keys.bind(screen, screen.commands, Command(name, title, help_line, run, scope=keys.SCOPE, icon=icon))

    def close(self) -> None:
        """Nothing is held that the screen does not hold."""

    @property
    def zone(self) -> str:
        """The name of the zone beside UTC, or ""."""
        zone = self._screen.canvas.zone
        return zone.zone.name if zone is not None else ""

    def _put_colour(self, value: object) -> None:
        if not isinstance(value, str):
            raise TypeError("a column is named by text")
        browsing, events = self._screen.browsing, self._screen.session.events

        def known() -> bool:
            return not value or value in ROLES or value in {info.name for info in events.fields()}

        def put(there: bool) -> None:
            if there:
                browsing.colour_by(value)

        browsing.read(known, put)

    def _put_zone(self, value: object) -> None:
        if not isinstance(value, str):
            raise TypeError("a zone is named by text")
        self._screen.canvas.show_zone(value)

    # Menus

    def _fill(self, menu: QMenu) -> None:
        self._fill_colours(menu.addMenu("Colour by"))
        self._fill_zones(menu.addMenu("Local time beside UTC"))

    def _fill_colours(self, menu: QMenu) -> None:
        lanes, now = self._screen.toolbar.lanes, self._screen.browsing.colour
        group = QActionGroup(menu)
        _choice(menu, group, "No colours", not now, lambda: self._screen.browsing.colour_by(""))
        menu.addSeparator()
        for index in range(lanes.count()):
            field = str(lanes.itemData(index))
            run = partial(self._screen.browsing.colour_by, field)
            _choice(menu, group, inert(field, LONGEST).replace("&", "&&"), field == now, run)

    def _fill_zones(self, menu: QMenu) -> None:
        now, canvas = self.zone, self._screen.canvas
        group = QActionGroup(menu)
        _choice(menu, group, "UTC alone", not now, lambda: canvas.show_zone(""))
        menu.addSeparator()
        offered = zones(self._screen.session.snapshot)
        for name, words in offered:
            _choice(menu, group, words, name == now, partial(canvas.show_zone, name))
        if now and now not in (name for name, _ in offered):
            _choice(menu, group, now, True, partial(canvas.show_zone, now))
        menu.addSeparator()
        menu.addAction("Another zone…").triggered.connect(lambda: self.prompt.ask(canvas.show_zone))


def _choice(menu: QMenu, group: QActionGroup, words: str, on: bool, run: Callable[[], object]) -> None:
    action = menu.addAction(words)
    action.setCheckable(True)
    action.setChecked(on)
    group.addAction(action)
    action.triggered.connect(lambda checked=False: run())


def here() -> str:
    """The name of this computer's zone, or "" where it has none that is known."""
    name = bytes(QTimeZone.systemTimeZoneId().data()).decode("ascii", "replace")
    return name if name in zone_names() else ""


def zones(snapshot: Snapshot) -> list[tuple[str, str]]:
    """The zones to offer, as (name, words): this computer's, then those that sources of the case were read in."""
    found: dict[str, str] = {}
    local = here()
    if local:
        found[local] = f"{local} (this computer)"
    for source in snapshot.sources:
        zone = LocalZone.named(source.mapping.zone)
        if zone is not None and zone.zone.fixed != 0:
            found.setdefault(zone.zone.name, f"{zone.name} ({source.label})")
    return list(found.items())
