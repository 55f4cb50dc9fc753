"""The state of the timeline as one plain value: what coming back to a case restores, and what a saved view holds.

`capture` gives a dict of strings, numbers, lists and dicts, ready for JSON; `apply` takes such a dict from anywhere: an
older or a newer version, a damaged file, a hostile hand. What is missing stays as it is; what cannot be is left out.

Keys: "where" (the filter as typed), "lanes" (the column of the lanes), "from_us" and "to_us" (the view; None: the
whole case, also when it grows), "range" ([start, end] in microseconds, or None), "options" (shading and histogram);
and `PANES`, which a saved view leaves out: "event" (the chosen one), "splitter" and "inspector" (how the panes stand).
Whoever adds something a person can set (columns, order, colours, facets) adds a `Part` to `screen.parts` under a name
of its own, and is captured and applied with the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from casebound.case import EventId
from casebound.errors import BadRequest
from casebound_ui.desktop.timeline.scale import EARLIEST, LATEST, View
from casebound_ui.desktop.timeline.scene import Stretch

if TYPE_CHECKING:
    from casebound_ui.desktop.timeline.screen import TimelineScreen

LONGEST = 20_000  # characters of a filter that are taken back
OWN = ("where", "lanes", "from_us", "to_us", "range", "options", "event", "splitter", "inspector")
PANES = ("event", "splitter", "inspector")  # of this person's window, and no part of a view that is shared
OPTIONS = ("same_scale", "root")
ALWAYS = frozenset({"source", "actor", "action"})  # lanes that every case has


@dataclass(frozen=True, slots=True)
class Part:
    """Something of the timeline that is kept: `take` gives a plain value, `put` takes one.

    `put` is given whatever stood in the file. It may raise ValueError, TypeError, KeyError or BadRequest for what it
    cannot use; nothing is changed then.
    """

    take: Callable[[], object]
    put: Callable[[Any], object]


def capture(screen: TimelineScreen, *, view_only: bool = False) -> dict[str, object]:
    """Everything that can be set on the timeline now; with `view_only` without what belongs to this window alone."""
    canvas, browsing = screen.canvas, screen.browsing
    whole = canvas.view == canvas.bounds
    stretch, event = canvas.stretch, screen.choice.event
    found: dict[str, object] = {
        "where": browsing.where,
        "lanes": browsing.field,
        "from_us": None if whole else canvas.view.start,
        "to_us": None if whole else canvas.view.end,
        "range": None if stretch is None else [stretch.start, stretch.end],
        "options": {name: bool(getattr(canvas, name)) for name in OPTIONS},
        "event": None if event is None else str(event.id),
        "splitter": list(screen.splitter.sizes()),
        "inspector": not screen.inspector.isHidden(),
    }
    found.update({name: part.take() for name, part in screen.parts.items() if name not in OWN})
    return {name: value for name, value in found.items() if not (view_only and name in PANES)}


def apply(screen: TimelineScreen, state: Mapping[str, object]) -> None:
    """Put a state back, as far as this case and this version know it. The rows come as soon as they are read."""
    _put_panes(screen, state)
    for name, part in screen.parts.items():
        if name in state and name not in OWN:
            try:
                part.put(state[name])
            except (ValueError, TypeError, KeyError, AttributeError, BadRequest):
                continue  # a value of another version, or a damaged one: this part stays as it is
    events = screen.session.events

    def lanes() -> frozenset[str]:
        return ALWAYS | {info.name for info in events.fields()}

    def put(known: frozenset[str]) -> None:
        _put_query(screen, state, known)
        _put_event(screen, state)
        screen.browsing.read(lambda: None, lambda nothing: _put_view(screen, state))  # choosing an event moved the view

    # Asked of the reading thread, so that the events of the case are there by the time of the answer.
    screen.browsing.read(lanes, put)


def moment(value: object) -> int | None:
    """A time in microseconds that the canvas can show, or None."""
    return value if type(value) is int and EARLIEST <= value <= LATEST else None


def stretch(start: object, end: object) -> View | None:
    """A stretch of time from two values of a state, or None where they are none."""
    first, last = moment(start), moment(end)
    return View(first, last) if first is not None and last is not None and first < last else None


def _put_panes(screen: TimelineScreen, state: Mapping[str, object]) -> None:
    sizes = state.get("splitter")
    if isinstance(sizes, list) and len(sizes) == 2 and all(type(n) is int and 0 <= n < 100_000 for n in sizes):
        screen.splitter.setSizes(sizes)
    shown = state.get("inspector")
    if isinstance(shown, bool):
        screen.inspector.setVisible(shown)
    options = state.get("options")
    for name in OPTIONS:
        on = options.get(name) if isinstance(options, dict) else None
        if isinstance(on, bool):
            screen.canvas.show_option(name, on)


def _put_query(screen: TimelineScreen, state: Mapping[str, object], known: frozenset[str]) -> None:
    lanes, where = state.get("lanes"), state.get("where")
    if isinstance(lanes, str) and lanes in known:
        screen.toolbar.show_fields(sorted(known), lanes)
        screen.browsing.by(lanes)
    if isinstance(where, str) and len(where) <= LONGEST:
        screen.filter.put(where)


def _put_view(screen: TimelineScreen, state: Mapping[str, object]) -> None:
    canvas = screen.canvas
    view = stretch(state.get("from_us"), state.get("to_us"))
    if view is not None:
        canvas.move_to(view, settle=True)
    elif "from_us" in state and state["from_us"] is None:
        canvas.move_to(canvas.bounds, settle=True)
    if "range" in state:
        ends = state["range"]
        found = stretch(*ends) if isinstance(ends, list) and len(ends) == 2 else None
        if found is not None or ends is None:
            canvas.show_range(None if found is None else Stretch(found.start, found.end))


def _put_event(screen: TimelineScreen, state: Mapping[str, object]) -> None:
    named = state.get("event")
    if not isinstance(named, str) or len(named) > LONGEST:
        return
    try:
        event = EventId.parse(named)
    except (BadRequest, ValueError):  # Python reads no number of many thousand digits
        return
    screen.choice.go_to(event)
