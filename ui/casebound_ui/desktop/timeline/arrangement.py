"""Brings events into lanes and people's work to its place in time. Runs on the reader's thread; free of Qt."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from casebound.case import EventId, Snapshot, Source
from casebound.events import Events, Lanes, Selection
from casebound.gaps import duration
from casebound.gaps import gaps as silences
from casebound.placedmarks import PlacedMarks
from casebound.questions import still_asked
from casebound.uncertaintimes import Uncertain
from casebound.uncollected import uncollected
from casebound_ui.desktop.timeline.bins import NOTHING, Shown, split
from casebound_ui.desktop.timeline.colours import coloured
from casebound_ui.desktop.timeline.coveredvalues import NOTHING_COVERED, CoveredValues
from casebound_ui.desktop.timeline.marks import Aside, Gap, Layers, Point, RangeMark, Span
from casebound_ui.desktop.timeline.scale import View, whole

MOST_LANES = 12
KEPT = 4  # columns whose lanes are remembered
ASIDES = 100  # rows set aside that are looked up one by one for each source; the rest stand with the last of them
NEIGHBOURS = 8
MOST_SILENT = 400  # silent stretches hatched for each source, the longest of them; the Sources screen lists all


@dataclass(frozen=True, slots=True)
class Arranged:
    """Events in lanes, and the stretch of the whole case (whatever the filter)."""

    shown: Shown
    bounds: View | None
    codes: NDArray[np.int16]  # lane code of every event of the case
    selection: Selection | None  # None where everything is shown
    events: Events  # what positions count in


class Arrangement:
    """What has been read of one set of events. A new set of events gets a new arrangement."""

    def __init__(self, events: Events) -> None:
        self.events = events
        self._lanes: dict[str, Lanes] = {}
        # Everything in lanes, as it was last asked for.
        self._whole: tuple[tuple[str, str, CoveredValues], Shown] | None = None
        self._uncertain: Uncertain | None = None
        self._doubts_read = False
        self._places: dict[EventId, int | None] = {}
        self._asides: tuple[Aside, ...] | None = None
        self._silent: tuple[Gap, ...] | None = None

    def lanes(self, field: str) -> Lanes:
        if field not in self._lanes:
            while len(self._lanes) >= KEPT:
                self._lanes.pop(next(name for name in self._lanes if name != "source" or len(self._lanes) == 1))
            self._lanes[field] = self.events.lanes(field, MOST_LANES)
        return self._lanes[field]

    def arrange(
        self,
        field: str,
        where: str,
        snapshot: Snapshot,
        colour: str = "",
        covered: CoveredValues = NOTHING_COVERED,
    ) -> Arranged:
        """The events that match `where`, in lanes by `field`, told apart by the column `colour` where there is one.

        What is `covered` stands in its own lane, without its name.

        Raises `FilterError` for a filter that cannot be read.
        """
        times = self.events.times
        if not times.size:
            return Arranged(NOTHING, None, np.empty(0, dtype=np.int16), None, self.events)
        lanes = self.lanes(field)
        labels = short(lanes.labels) if field == "source" else covered.labels(self.events, field, lanes.labels)
        bounds = whole(int(times[0]), int(times[-1]))
        colours = self.lanes(colour) if colour else None
        named = covered.labels(self.events, colour, colours.labels) if colours is not None else ()
        if not where.strip():
            if self._whole is None or self._whole[0] != (field, colour, covered):
                self._whole = None  # two of them would be a lot of memory
                told = coloured(colour, colours.codes, named) if colours is not None else None
                shown = Shown(
                    times, split(lanes.codes, labels), int(times.size), colours=told, uncertain=self._doubts()
                )
                self._whole = ((field, colour, covered), shown)
            return Arranged(self._whole[1], bounds, lanes.codes, None, self.events)
        selection = self.events.select(where, marks=PlacedMarks(snapshot))
        positions = selection.positions
        still_asked()
        told = coloured(colour, colours.codes[positions], named) if colours is not None else None
        doubts = self._doubts()
        shown = Shown(
            times[positions],
            split(lanes.codes[positions], labels),
            int(times.size),
            positions,
            told,
            doubts.of(positions) if doubts is not None else None,
        )
        return Arranged(shown, bounds, lanes.codes, selection, self.events)

    def _doubts(self) -> Uncertain | None:
        """How uncertain the times are; None where all of them are exact."""
        if not self._doubts_read:
            self._uncertain, self._doubts_read = self.events.uncertain(), True
        return self._uncertain

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
        by_source = self._source_codes(snapshot) if field == "source" else {}
        return Layers(
            tuple(sorted(points)),
            tuple(self._spans(snapshot)),
            (*gaps(snapshot.sources, by_source), *self._silences(by_source)),
            ranges=marked_ranges(snapshot),
        )

    def _silences(self, codes: Mapping[int, int]) -> tuple[Gap, ...]:
        """Stretches in which a source has no rows, where its own habit would have some (`casebound.gaps`)."""
        if not codes:
            return ()
        if self._silent is None:
            found = []
            for number, code in codes.items():
                longest = sorted(silences(self.events.source_times(number)), key=lambda gap: -gap.length_us)
                for gap in sorted(longest[:MOST_SILENT], key=lambda gap: gap.start_us):
                    found.append(Gap(code, gap.start_us, gap.end_us, f"No rows for {duration(gap.length_us)}"))
            self._silent = tuple(found)
        return self._silent

    def _spans(self, snapshot: Snapshot) -> Iterable[Span]:
        events = {exhibit.number: exhibit.event for exhibit in snapshot.exhibits}
        times = self.events.times
        for finding in snapshot.findings:
            named = (events.get(number) for number in (*finding.supports, *finding.contradicts))
            places = [at for event in named if event is not None and (at := self.place(event)) is not None]
            if places:
                moments = [int(times[at]) for at in places]
                yield Span(min(moments), max(moments), finding.number, finding.sentence)

    def _source_codes(self, snapshot: Snapshot) -> dict[int, int]:
        """The lane code of each source that stands on the timeline."""
        labels = self.lanes("source").labels
        names = {source.number: f"{source.label} {source.name}" for source in snapshot.sources}
        return {number: labels.index(name) for number, name in names.items() if name in labels}

    def asides(self, snapshot: Snapshot) -> tuple[Aside, ...]:
        """The rows set aside of each source, for lanes by source.

        Each stands at the time of the nearest row before it in its file, or after it at the head of a file.
        """
        if self._asides is None:
            found: dict[tuple[int, int, str], int] = {}
            codes = self._source_codes(snapshot)
            for source in snapshot.sources:
                code = codes.get(source.number)
                rows = self.events.set_aside(source.number) if code is not None and source.quarantined else []
                time: int | None = None
                for index, row in enumerate(rows):
                    if index < ASIDES:
                        near = self._time_near(source, row.ordinal)
                        time = time if near is None else near
                    if time is not None and code is not None:
                        key = (code, time, row.reason)
                        found[key] = found.get(key, 0) + 1
            self._asides = tuple(Aside(code, time, n, why) for (code, time, why), n in sorted(found.items()))
        return self._asides

    def _time_near(self, source: Source, ordinal: int) -> int | None:
        near = [*range(ordinal - 1, ordinal - 1 - NEIGHBOURS, -1), *range(ordinal + 1, ordinal + 1 + NEIGHBOURS)]
        for other in near:
            if 0 <= other < source.read:
                at = self.place(EventId(source.sha256, source.member, source.table, other))
                if at is not None:
                    return int(self.events.times[at])
        return None


def short(labels: Sequence[str]) -> tuple[str, ...]:
    """Sources by their file names alone, where these tell them apart: “S-01 requests.csv” is “requests.csv”."""
    names = [label.partition(" ")[2] or label for label in labels]
    return tuple(name if names.count(name) == 1 else label for name, label in zip(names, labels, strict=True))


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


def marked_ranges(snapshot: Snapshot) -> tuple[RangeMark, ...]:
    """Every stretch of time that a person marked, first by its beginning."""
    found = [
        RangeMark(mark.from_us, mark.to_us, mark.kind.value, mark.text, mark.number)
        for mark in snapshot.marks
        if mark.from_us is not None and mark.to_us is not None and not mark.removed
    ]
    return tuple(sorted(found, key=lambda one: (one.start, one.end, one.number)))


def notes_by_event(snapshot: Snapshot) -> dict[EventId, int]:
    counts: dict[EventId, int] = {}
    for mark in snapshot.marks:
        if mark.event is not None and mark.kind == "note":
            counts[mark.event] = counts.get(mark.event, 0) + 1
    return counts


def gaps(sources: Iterable[Source], codes: Mapping[int, int]) -> tuple[Gap, ...]:
    """Stretches outside the window that an export says it covers (`casebound.uncollected`), in the lanes of sources."""
    found = uncollected(sources)
    return tuple(Gap(codes[g.source], g.start_us, g.end_us, g.reason) for g in found if g.source in codes)
