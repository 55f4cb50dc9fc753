"""Saved views that a finding shows: counted, with everything their picture is drawn from, and as files of a package.

`data/views/V-01.sql` counts every bin of the picture again from the enclosed rows; `V-01.csv` is what it gives, and
`V-01.json` says what was asked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import Final

from casebound.case import EventId, SavedView, Snapshot
from casebound.errors import BadRequest, CaseboundError
from casebound.events import Events
from casebound.gaps import duration
from casebound.gaps import gaps as silences
from casebound.placedmarks import PlacedMarks
from casebound.timescale import LATEST, View
from casebound.uncollected import uncollected
from casebound.viewcounts import OTHERS, Asked, ViewCounts, asks_for_notes, counted, lane_of
from casebound.work import Progress
from casebound_exporters.audience import WIDE
from casebound_exporters.cells import line
from casebound_exporters.timeline import utc
from casebound_packaging.canonical import canonical
from casebound_packaging.member import Member

MOST_SILENT = 40  # silent stretches hatched for each source: the longest in view
COLUMNS = ("bin_us", "lane", "source", "events")
OTHER_WORDS = "Everything else"


@dataclass(frozen=True, slots=True)
class Mark:
    """An event that people marked, in its lane."""

    lane: str
    time_us: int
    exhibit: str  # "" where it is no exhibit


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch in which a source has nothing, and why."""

    lane: str
    start_us: int
    end_us: int
    reason: str


@dataclass(frozen=True, slots=True)
class Span:
    """A finding, from the first event it rests on to the last."""

    start_us: int
    end_us: int
    number: str


@dataclass(frozen=True, slots=True)
class ShownView:
    """A saved view in a package. `cited` are the findings that show it; `counts` is None in a case without events."""

    view: SavedView
    cited: tuple[str, ...]
    counts: ViewCounts
    marks: tuple[Mark, ...]
    gaps: tuple[Gap, ...]
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Views:
    """What findings show, and the numbers of those views that this recipient is not given."""

    shown: tuple[ShownView, ...] = ()
    withheld: frozenset[str] = frozenset()
    lookup: PlacedMarks | None = None


NONE: Final = Views()
"""No finding shows a view."""


def asked_of(view: SavedView) -> Asked:
    """What a saved view shows."""
    return Asked(view.where, view.from_us, view.to_us, view.lanes or "source")


def choose(snapshot: Snapshot, events: Events, recipient_class: str, progress: Progress) -> Views:
    """Count every view that a finding shows. Raises `CaseboundError` that names a view which cannot be counted.

    A view whose filter asks for notes, tags, bookmarks or files goes only to recipients who get those.
    """
    cited: dict[str, list[str]] = {}
    for finding in snapshot.findings:
        for number in finding.views:
            cited.setdefault(number, []).append(finding.number)
    lookup = PlacedMarks(snapshot)
    shown, withheld = [], set()
    for view in snapshot.views:
        if view.number not in cited:
            continue
        progress(0, 0, f"counting {view.number}")
        if recipient_class not in WIDE and _asks_for_notes(view):
            withheld.add(view.number)
            continue
        counts = _counted(events, view, lookup)
        marks = _marks(snapshot, events, counts, recipient_class)
        gaps = tuple(_gaps(events, counts))
        shown.append(ShownView(view, tuple(cited[view.number]), counts, marks, gaps, _spans(snapshot, events)))
    return Views(tuple(shown), frozenset(withheld), lookup)


def _asks_for_notes(view: SavedView) -> bool:
    try:
        return asks_for_notes(view.where)
    except CaseboundError as error:
        raise _named(view, error) from error


def _counted(events: Events, view: SavedView, lookup: PlacedMarks) -> ViewCounts:
    try:
        counts = counted(events, asked_of(view), lookup)
    except CaseboundError as error:
        raise _named(view, error) from error
    if counts is None:
        raise BadRequest(
            f"The view {view.number} shows nothing: the case has no events.",
            "Take it out of the finding.",
            meaning="Nothing was sealed.",
            where=view.number,
        )
    return counts


def _named(view: SavedView, error: CaseboundError) -> BadRequest:
    return BadRequest(
        f"The view {view.number} cannot be counted: {error.title}",
        f"Change it on the timeline, or take it out of the finding. {error.hint}".strip(),
        meaning="Nothing was sealed: a picture without its numbers must not be printed.",
        where=view.number,
    )


def _marks(snapshot: Snapshot, events: Events, counts: ViewCounts, recipient_class: str) -> tuple[Mark, ...]:
    """Exhibits; for those who get notes, everything else that was marked, too. No filter hides them."""
    exhibits = {one.event: one.number for one in snapshot.exhibits if one.event is not None}
    wanted: dict[EventId, str] = dict(exhibits)
    if recipient_class in WIDE:
        for mark in snapshot.marks:
            if mark.event is not None:
                wanted.setdefault(mark.event, "")
        for attachment in snapshot.attachments:
            for placed in attachment.events:
                wanted.setdefault(placed, "")
    sources = {source.number: source for source in snapshot.sources}
    found = []
    for identity, exhibit in wanted.items():
        if events.position(identity) is None:
            continue
        event = events.get(identity)
        if counts.window.contains(event.time_us):
            value = _value(event.fields, counts.asked.lanes, (event.actor, event.action, event.object))
            found.append(Mark(lane_of(counts, sources[event.source], value), event.time_us, exhibit))
    return tuple(sorted(found, key=lambda mark: (mark.time_us, mark.lane, mark.exhibit)))


def _value(fields: Mapping[str, str | None], lanes: str, roles: tuple[str, str, str]) -> str:
    """What an event has in the column behind the lanes; a column of that name comes before a role."""
    lower = lanes.lower()
    for name, value in fields.items():
        if name.lower() == lower:
            return value or ""
    return dict(zip(("actor", "action", "object"), roles, strict=True)).get(lower, "")


def _gaps(events: Events, counts: ViewCounts) -> list[Gap]:
    """What was not collected and where a source is silent, for lanes by source alone: a value has no silence."""
    if counts.asked.lanes.lower() != "source":
        return []
    sources = {part.source.number: part.source for part in counts.parts}
    lanes = {number: f"{source.label} {source.name}" for number, source in sources.items()}
    found = [
        Gap(lanes[one.source], one.start_us, one.end_us, one.reason)
        for one in uncollected(events.sources)
        if lanes.get(one.source) in counts.lanes
    ]
    view: View = counts.window
    for number, lane in lanes.items():
        if lane not in counts.lanes:
            continue
        silent = [one for one in silences(events.source_times(number)) if one.end_us > view.start]
        seen = [one for one in silent if one.start_us < view.end]
        for one in sorted(seen, key=lambda gap: -gap.length_us)[:MOST_SILENT]:
            found.append(Gap(lane, one.start_us, one.end_us, f"No rows for {duration(one.length_us)}"))
    return [gap for gap in found if gap.end_us > view.start and gap.start_us < view.end]


def _spans(snapshot: Snapshot, events: Events) -> tuple[Span, ...]:
    exhibits = {one.number: one.event for one in snapshot.exhibits}
    made = []
    for finding in snapshot.findings:
        named = (exhibits.get(number) for number in (*finding.supports, *finding.contradicts))
        times = [events.get(one).time_us for one in named if one is not None and events.position(one) is not None]
        if times:
            made.append(Span(min(times), max(times), finding.number))
    return tuple(made)


def members(views: Sequence[ShownView], tables: Mapping[str, str]) -> list[Member]:
    """The files of each view. `tables` is the member path of each table's CSV."""
    made: list[Member] = []
    for one in views:
        path = f"data/views/{one.view.number}"
        counts = one.counts
        rows = [line((str(at), lane, source, str(count))) for at, lane, source, count in counts.cells]
        made.append(Member(f"{path}.csv", "table", "text/csv; charset=utf-8", line(COLUMNS) + b"".join(rows)))
        made.append(Member(f"{path}.sql", "query", "application/sql", f"{counts.sql};\n".encode()))
        made.append(Member(f"{path}.json", "query", "application/json", canonical(_record(one, tables)) + b"\n"))
    return made


def _end(window: View) -> str | None:
    """The first moment that is not in a window; None where no moment is, because the year 9999 is all in it."""
    return None if window.end >= LATEST else utc(window.end)


def _record(one: ShownView, tables: Mapping[str, str]) -> dict[str, object]:
    view, counts = one.view, one.counts
    return {
        "view": view.number,
        "title": view.title,
        "findings": list(one.cited),
        "engine": "duckdb",
        "engine_version": version("duckdb"),
        "tables": {name: tables[name] for name in counts.tables},
        "filter": view.where,
        "window": {"from": utc(counts.window.start), "to": _end(counts.window)},
        "zone": "UTC",
        "lanes": counts.asked.lanes,
        "lane_labels": [lane for lane in counts.lanes if lane != OTHERS],
        "bin_us": counts.step,
        "unit": "events",
        "shown": counts.count,
        "of": counts.of,
        "numbers": f"data/views/{view.number}.csv",
        "sources": [
            {"source": part.source.label, "sha256": part.source.sha256, "shown": part.shown, "of": part.of}
            for part in counts.parts
        ],
    }
