"""Brings events into lanes and people's work to its place in time. Runs on the reader's thread; free of Qt."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
from casebound.events import Events, Lanes, Selection
from numpy.typing import NDArray

from casebound.case import EventId, Snapshot, Source
from casebound_ui.desktop.timeline.bins import NOTHING, Shown, split
from casebound_ui.desktop.timeline.dates import micros
from casebound_ui.desktop.timeline.marks import Aside, Gap, Layers, Point, Span
from casebound_ui.desktop.timeline.scale import View, whole

MOST_LANES = 12
ASIDES = 200  # rows set aside that are looked up one by one for each source; the rest stand with the last of them
NEIGHBOURS = 8


@dataclass(frozen=True, slots=True)
class Arranged:
    """Events in lanes, and the stretch of the whole case (whatever the filter)."""

    shown: Shown
    bounds: View | None
    codes: NDArray[np.int16]  # lane code of every event of the case
    selection: Selection | None  # None where everything is shown


class Arrangement:
    """What has been read of one set of events. A new set of events gets a new arrangement."""

    def __init__(self, events: Events) -> None:
        self.events = events
        self._lanes: dict[str, Lanes] = {}
        self._places: dict[EventId, int | None] = {}

    def lanes(self, field: str) -> Lanes:
        if field not in self._lanes:
            self._lanes[field] = self.events.lanes(field, MOST_LANES)
        return self._lanes[field]

    def arrange(self, field: str, where: str, snapshot: Snapshot) -> Arranged:
        """The events that match `where`, in lanes by `field`. Raises `FilterError` for a filter that cannot be read."""
        times = self.events.times
        if not times.size:
            return Arranged(NOTHING, None, np.empty(0, dtype=np.int16), None)
        lanes = self.lanes(field)
        bounds = whole(int(times[0]), int(times[-1]))
        if not where.strip():
            shown = Shown(times, split(lanes.codes, lanes.labels), int(times.size))
            return Arranged(shown, bounds, lanes.codes, None)
        selection = self.events.select(where, marks=lookup(snapshot))
        positions = np.asarray(selection.positions, dtype=np.int64)
        shown = Shown(times[positions], split(lanes.codes[positions], lanes.labels), int(times.size), positions)
        return Arranged(shown, bounds, lanes.codes, selection)

    # People's work

    def place(self, event: EventId) -> int | None:
        """Where an event stands among all of them; None where the case no longer has it."""
        if event not in self._places:
            self._places[event] = self.events.position(event)
        return self._places[event]

    def layers(self, snapshot: Snapshot, field: str) -> Layers:
        times = self.events.times
        if not times.size:
            return Layers()
        codes = self.lanes(field).codes
        notes = notes_by_event(snapshot)
        points = []
        for event in marked(snapshot):
            at = self.place(event)
            if at is not None:
                points.append(Point(int(times[at]), at, int(codes[at]), event, notes.get(event, 0)))
        by_source = self._source_codes(snapshot, codes) if field == "source" else {}
        return Layers(
            tuple(sorted(points)),
            tuple(self._spans(snapshot)),
            gaps(snapshot.sources, by_source),
            self._asides(by_source),
        )

    def _spans(self, snapshot: Snapshot) -> Iterable[Span]:
        events = {exhibit.number: exhibit.event for exhibit in snapshot.exhibits}
        times = self.events.times
        for finding in snapshot.findings:
            named = (events.get(number) for number in (*finding.supports, *finding.contradicts))
            places = [at for event in named if event is not None and (at := self.place(event)) is not None]
            if places:
                moments = [int(times[at]) for at in places]
                yield Span(min(moments), max(moments), finding.number, finding.sentence)

    def _source_codes(self, snapshot: Snapshot, codes: NDArray[np.int16]) -> dict[int, int]:
        """The lane code of each source: that of any of its events."""
        labels = self.lanes("source").labels
        found: dict[int, int] = {}
        for source in snapshot.sources:
            for code, label in enumerate(labels):
                if label in (source.label, source.name, source.table, f"{source.label} {source.name}"):
                    found[source.number] = code
        return found

    def _asides(self, by_source: Mapping[int, int]) -> tuple[Aside, ...]:
        """Each row set aside.

        At the time of the nearest row before it in its file (or after it, at the head of a file).
        """
        found: dict[tuple[int, int, str], int] = {}
        for number, code in by_source.items():
            time: int | None = None
            for index, row in enumerate(self.events.set_aside(number)):
                if index < ASIDES:
                    time = self._nearest_time(number, row.ordinal) or time
                if time is not None:
                    key = (code, time, row.reason)
                    found[key] = found.get(key, 0) + 1
        return tuple(Aside(code, time, count, reason) for (code, time, reason), count in sorted(found.items()))

    def _nearest_time(self, source: int, ordinal: int) -> int | None:
        del source, ordinal
        return None


def marked(snapshot: Snapshot) -> tuple[EventId, ...]:
    """Every event that a person noted, tagged, bookmarked, made an exhibit or attached a file to, once each."""
    events: dict[EventId, None] = {}
    for mark in snapshot.marks:
        if mark.event is not None and not mark.removed:
            events[mark.event] = None
    for exhibit in snapshot.exhibits:
        if exhibit.event is not None and not exhibit.removed:
            events[exhibit.event] = None
    for attachment in snapshot.attachments:
        events.update(dict.fromkeys(attachment.events))
    return tuple(events)


def notes_by_event(snapshot: Snapshot) -> dict[EventId, int]:
    counts: dict[EventId, int] = {}
    for mark in snapshot.marks:
        if mark.event is not None and mark.kind == "note":
            counts[mark.event] = counts.get(mark.event, 0) + 1
    return counts


def gaps(sources: Iterable[Source], codes: Mapping[int, int]) -> tuple[Gap, ...]:
    """Stretches outside the window that an export says it covers.

    Nothing was collected there, which is not “nothing happened”.
    """
    known = [source for source in sources if source.first_us is not None and source.last_us is not None]
    if not known:
        return ()
    view = whole(min(s.first_us or 0 for s in known), max(s.last_us or 0 for s in known))
    found = []
    for source in known:
        code, origin = codes.get(source.number), source.origin or {}
        if code is None:
            continue
        start, end = _moment(origin.get("window_start")), _moment(origin.get("window_end"))
        if start is not None and start > view.start:
            found.append(Gap(code, view.start, start, "Not collected: before the export's window"))
        if end is not None and end < view.end:
            found.append(Gap(code, end, view.end, "Not collected: after the export's window"))
    return tuple(found)


def _moment(text: object) -> int | None:
    """An ISO time with a zone, in microseconds; None for anything else: a gap is never guessed."""
    if not isinstance(text, str):
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return micros(at.astimezone(UTC)) if at.tzinfo is not None else None
