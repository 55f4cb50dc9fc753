"""Every command of the timeline, for the registry.

Keys act while the canvas, the table or the inspector has the focus.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from casebound_ui.desktop.commands import Command, Commands
from casebound_ui.desktop.timeline.toolbar import ZOOM

if TYPE_CHECKING:
    from casebound_ui.desktop.timeline.screen import TimelineScreen

SCOPE = "timeline"
PAN = 0.25

# Keys beside the one that the key sheet shows.
ALSO = {"timeline-zoom-in": ("+", "="), "timeline-zoom-out": ("-",), "timeline-filter": ("/",)}


def register(screen: TimelineScreen, commands: Commands) -> None:
    """Add the timeline's commands, and let their keys act in each of its panes."""
    for command in _commands(screen):
        bind(screen, commands, command)


def bind(screen: TimelineScreen, commands: Commands, command: Command) -> None:
    """Add one command of the timeline (its scope is `SCOPE`, or "window"); its key acts in each of the panes."""
    action = commands.add(command, screen.canvas)
    screen.table.addAction(action)
    if command.key != "Space":  # there it presses the button that has the focus; the inspector hears of the rest
        screen.inspector.addAction(action)


def _commands(screen: TimelineScreen) -> list[Command]:
    canvas, choice, inspector = screen.canvas, screen.choice, screen.inspector
    made: list[Command] = []

    def shown() -> bool:
        return screen.isVisible()

    def chosen() -> bool:
        return screen.isVisible() and choice.event is not None

    def writable() -> bool:
        return screen.isVisible() and inspector.writable

    def attachable() -> bool:
        return screen.isVisible() and inspector.attachable

    def add(
        identity: str,
        title: str,
        help_line: str,
        run: Callable[[], object],
        key: str,
        icon: str,
        *,
        menu: str = "View",
        enabled: Callable[[], bool] = shown,
    ) -> None:
        name = f"timeline-{identity}"
        also = ALSO.get(name, ())
        made.append(
            Command(name, title, help_line, run, key=key, menu=menu, scope=SCOPE, icon=icon, enabled=enabled, also=also)
        )

    add("zoom-in", "Zoom in", "Or + , or the wheel at the pointer", lambda: canvas.zoom(ZOOM), "W", "zoom-in")
    add("zoom-out", "Zoom out", "Or - , or the wheel", lambda: canvas.zoom(1 / ZOOM), "S", "zoom-out")
    add("earlier", "Earlier", "Or the left arrow, or Shift and wheel", lambda: canvas.pan(-PAN), "A", "arrow-left")
    add("later", "Later", "Or the right arrow", lambda: canvas.pan(PAN), "D", "arrow-right")
    add("whole", "The whole case", "Everything there is", screen.whole, "0", "maximize")
    add("centre", "Centre the event", "Again: fit the view around it", choice.centre, "F", "crosshair", enabled=chosen)
    add("next-mark", "Next marked event", "Bookmarks, notes, exhibits", lambda: choice.step_mark(1), "N", "diamond")
    add("previous-mark", "Marked event before", "The other way", lambda: choice.step_mark(-1), "P", "diamond")
    add(
        "next-event",
        "Next event in the lane",
        "Up and down arrows change the lane",
        lambda: choice.step(1, lane=True),
        ".",
        "chevron-right",
    )
    add(
        "previous-event",
        "Event before in the lane",
        "Up and down arrows change the lane",
        lambda: choice.step(-1, lane=True),
        ",",
        "chevron-left",
    )
    add("range", "Go to the range", "Make the dragged range the view", screen.range_to_view, "R", "move-horizontal")
    add("go-to-time", "Go to a time", "A date, or a date and a time, UTC", screen.ask_time, "T", "calendar-clock")
    add("zoom-drag", "Zoom by dragging", "The next drag zooms to its range", screen.zoom_by_drag, "Z", "search")
    add("view-back", "View before", "Alt and left arrow, on the timeline", canvas.back, "", "undo-2")
    add("view-forward", "View after", "Alt and right arrow, on the timeline", canvas.forward, "", "redo-2")
    add("counts", "Counts as a table", "The picture in numbers", screen.show_counts, "Ctrl+Shift+T", "table-2")
    add("filter", "Filter events", "Or / ; Esc clears it", screen.focus_filter, "Ctrl+F", "list-filter")
    add(
        "inspector",
        "Show or hide the inspector",
        "The panel at the right",
        screen.toggle_inspector,
        "Ctrl+I",
        "panel-right",
    )

    def on_event(identity: str, title: str, help_line: str, run: Callable[[], object], key: str, icon: str) -> None:
        add(identity, title, help_line, run, key, icon, menu="Evidence", enabled=writable)

    on_event("mark", "Bookmark the event", "Again takes it off", inspector.bookmark, "M", "bookmark")
    on_event(
        "note", "Write a note", "On the chosen event", screen.on_inspector(inspector.note), "E", "message-square-plus"
    )
    on_event("tag", "Tag the event", "One tag or several", screen.on_inspector(inspector.tag), "G", "tag")
    on_event(
        "exhibit", "Make it an exhibit", "Or change its caption", screen.on_inspector(inspector.exhibit), "X", "star"
    )
    on_event("link", "Link to a finding", "For it or against it", screen.on_inspector(inspector.link), "L", "flag")
    words = "Attach a file to the event", "Or drop it on the event"
    add("attach", *words, inspector.attach, "H", "paperclip", menu="Evidence", enabled=attachable)
    add(
        "reveal",
        "Reveal in grey",
        "A covered attachment, step by step",
        inspector.reveal,
        "Space",
        "eye",
        menu="Evidence",
        enabled=chosen,
    )
    add(
        "copy",
        "Copy the record",
        "Every field of it",
        lambda: screen.copy(False),
        "C",
        "copy",
        menu="Evidence",
        enabled=chosen,
    )
    add(
        "copy-reference",
        "Copy with its source",
        "File, line and fingerprint",
        lambda: screen.copy(True),
        "Ctrl+C",
        "clipboard-copy",
        menu="Evidence",
        enabled=chosen,
    )
    return made
