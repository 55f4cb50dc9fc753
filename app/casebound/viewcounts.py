"""A view of the timeline counted: how many events of each lane fall into each bin, and the SQL that counts the same
from the tables of a package.

Nothing here comes from a cache: the statement is run over the rows as a package holds them (as `casebound.measuring`
does it), and the same text stands in the package.
"""

# ruff: noqa: S608 - names are quoted by casebound.sqltext, values are quoted literals

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from casebound.case import EventId, Source
from casebound.density import grid
from casebound.duck import ask
from casebound.errors import BadRequest
from casebound.events import Events
from casebound.filter_fields import check_fields
from casebound.filter_sql import MarkLookup, condition, window
from casebound.filter_tree import Filter, Marked, walk
from casebound.filtering import parse
from casebound.generations import Generation
from casebound.measuring import as_text
from casebound.sqltext import name_sql, text_sql
from casebound.timescale import View, months_of, step_for, whole

PLOT: Final = 660.0  # pixels of a picture's width: bins are as wide as on a screen of that size
MOST_LANES: Final = 12
OTHERS: Final = ""  # the lane of every event whose value is none of the labels; no value is empty
_PAGE: Final = 8_192
_OWN: Final = ("source", "table")

Part = tuple[Source, list[Generation]]
"""A source with its generations."""

_PUBLIC: Final = frozenset({"exhibit"})  # what `has:` may ask for where people's notes are not given


@dataclass(frozen=True, slots=True)
class Asked:
    """What a view shows: a filter, a window (from_us ≤ time < to_us; None is open), and what its lanes are by."""

    where: str
    from_us: int | None
    to_us: int | None
    lanes: str = "source"


@dataclass(frozen=True, slots=True)
class PartShown:
    """How many events of one source a view shows, out of all that stand on the timeline."""

    source: Source
    shown: int
    of: int


@dataclass(frozen=True, slots=True)
class ViewCounts:
    """The numbers behind a picture.

    `cells` are what the statement gives, the bins that are not empty: (start in µs, lane, label of the source, count),
    sorted. `window` is the stretch counted. Bins of `step` (`casebound.timescale.LADDER`) lie on the absolute grid, and
    those at the ends may reach beyond the window: only what lies inside is counted. `lanes` are in the order in which
    they are drawn.
    """

    asked: Asked
    window: View
    step: int
    lanes: tuple[str, ...]
    cells: tuple[tuple[int, str, str, int], ...]
    parts: tuple[PartShown, ...]
    bounds: View  # of the whole case
    sql: str
    tables: tuple[str, ...]  # of which the statement reads rows

    @property
    def count(self) -> int:
        """How many events it shows."""
        return sum(part.shown for part in self.parts)

    @property
    def of(self) -> int:
        """How many stand on the timeline of the case."""
        return sum(part.of for part in self.parts)

    def lane_total(self, lane: str) -> int:
        return sum(count for _, name, _, count in self.cells if name == lane)


def asks_for_notes(where: str) -> bool:
    """Whether a filter asks for people's notes, tags, bookmarks or files, which not every recipient is told of."""
    root = parse(where).root
    marked = (node for node in walk(root) if isinstance(node, Marked)) if root is not None else ()
    return any(node.kind == "tag" or (node.kind == "has" and node.value not in _PUBLIC) for node in marked)


def counted(events: Events, asked: Asked, marks: MarkLookup | None = None) -> ViewCounts | None:
    """Count a view; None where the case has no events. Raises `FilterError`, and `BadRequest` for lanes by a field that
    no source has.
    """
    if not events.count:
        return None
    found = parse(asked.where)
    parts = _timed(events)
    check_fields(found, [one.scope for _, ones in parts for one in ones])
    bounds = whole(int(events.times[0]), int(events.times[-1]))
    start = bounds.start if asked.from_us is None else asked.from_us
    end = bounds.end if asked.to_us is None else asked.to_us
    if end <= start:
        raise BadRequest("The view ends before it begins.", "Save it again with another range of time.")
    stretch = View(start, end)
    step = step_for(stretch.span, PLOT)
    labels = _labels(events, asked.lanes, [source for source, _ in parts])
    selects = {
        source.label: _select(source, ones[0], found, asked, stretch, step, labels, marks) for source, ones in parts
    }
    cells = tuple(_run(events, parts, _statement(list(selects.values()))))
    shown: dict[str, int] = {}
    for _, _, label, count in cells:
        shown[label] = shown.get(label, 0) + count
    # What counts nothing needs no table in a package.
    counting = [source for source, _ in parts if shown.get(source.label)] or [parts[0][0]]
    drawn = (*labels, OTHERS) if any(name == OTHERS for _, name, _, _ in cells) else labels
    return ViewCounts(
        asked,
        stretch,
        step,
        drawn,
        cells,
        tuple(PartShown(source, shown.get(source.label, 0), source.timed) for source, _ in parts),
        bounds,
        _statement([selects[source.label] for source in counting]),
        tuple(dict.fromkeys(source.table for source in counting)),
    )


def _select(
    source: Source,
    one: Generation,
    found: Filter,
    asked: Asked,
    stretch: View,
    step: int,
    labels: Sequence[str],
    marks: MarkLookup | None,
) -> str:
    """The bin and the lane of each row of one source that the view shows."""
    own = replace(one.scope, numbers=frozenset(), by_ordinal=False, shift_us=0)
    # The tables of a package hold the rows of all sources of that name: each is told by its fingerprint.
    conditions = [f"starts_with(_row, {text_sql(one.identity)})", window(stretch.start, stretch.end)]
    conditions.append(condition(found, own, marks))
    return (
        f"  SELECT {text_sql(source.label)} AS source, {_bin_sql(step, stretch)} AS bin_us,"
        f" {_lane_sql(asked.lanes, source, one, labels)} AS lane\n"
        f"    FROM {name_sql(source.table)} WHERE {' AND '.join(part for part in conditions if part != 'true')}"
    )


def _statement(selects: Sequence[str]) -> str:
    inside = "\n  UNION ALL\n".join(selects)
    return (
        f"SELECT bin_us, lane, source, count(*) AS events FROM (\n{inside}\n)\n"
        "GROUP BY bin_us, lane, source ORDER BY bin_us, lane, source"
    )


def lane_of(counts: ViewCounts, source: Source, value: str) -> str:
    """The lane of an event of `source`; `value` is what its row has in the column behind the lanes."""
    if counts.asked.lanes.lower() in _OWN:
        name = f"{source.label} {source.name}" if counts.asked.lanes.lower() == "source" else source.table
    else:
        name = value
    return name if name in counts.lanes else OTHERS


def rows_of(
    events: Events, table: str, asked: Asked, marks: MarkLookup | None = None
) -> Iterator[tuple[EventId, int | None, dict[str, str | None]]]:
    """The rows of one table that a view shows, as `Events.export_rows` gives them."""
    found = parse(asked.where)
    first = {name.lower(): name for name in events.columns(table)}
    for source, ones in _timed(events):
        for one in ones if source.table == table else ():
            matching = f"{condition(found, one.scope, marks)} AND {window(asked.from_us, asked.to_us, one.shift_us)}"
            local = one.positions(matching)
            names = [first[name.lower()] for name in one.scope.columns]
            for start in range(0, len(local), _PAGE):
                yield from one.rows(local[start : start + _PAGE], names)


def _timed(events: Events) -> list[Part]:
    """The generations of each source whose rows stand on the timeline."""
    found = ((source, [one for one in events.parts(source.number)[1] if one.timed]) for source in events.sources)
    return [(source, ones) for source, ones in found if ones]


def _labels(events: Events, lanes: str, sources: Sequence[Source]) -> tuple[str, ...]:
    """The lanes as the timeline has them: the most frequent values of the whole case first."""
    if lanes.lower() not in _OWN:
        return tuple(value for value, _ in events.values(lanes, "", MOST_LANES) if value)
    totals: dict[str, int] = {}
    for source in sources:
        name = f"{source.label} {source.name}" if lanes.lower() == "source" else source.table
        totals[name] = totals.get(name, 0) + source.timed
    return tuple(sorted(totals, key=lambda name: (-totals[name], name))[:MOST_LANES])


def _bin_sql(step: int, stretch: View) -> str:
    """The start of the bin that a row's time lies in. Months and years are told by their edges."""
    time = 'CAST("_time_us" AS BIGINT)'
    if months_of(step):
        edges = grid(stretch, step).tolist()
        cases = " ".join(f"WHEN {time} < {end} THEN {start}" for start, end in pairwise(edges))
        return f"CASE {cases} END"
    return f"{time} - (({time} % {step}) + {step}) % {step}"  # SQL's remainder of a time before 1970 is negative


def _lane_sql(lanes: str, source: Source, one: Generation, labels: Sequence[str]) -> str:
    if lanes.lower() in _OWN:
        name = f"{source.label} {source.name}" if lanes.lower() == "source" else source.table
        return text_sql(name if name in labels else OTHERS)
    column = one.column(lanes)
    if not column or not labels:
        return text_sql(OTHERS)
    listed = ", ".join(map(text_sql, labels))
    return f"CASE WHEN {name_sql(column)} IN ({listed}) THEN {name_sql(column)} ELSE {text_sql(OTHERS)} END"


def _run(events: Events, parts: Sequence[Part], sql: str) -> list[tuple[int, str, str, int]]:
    """The statement over the rows as a package's tables hold them."""
    tables: dict[str, list[Generation]] = {}
    for source, ones in parts:
        tables.setdefault(source.table, []).extend(ones)
    rows = events.parts(parts[0][0].number)[0]
    with closing(rows.cursor()) as cursor:
        for table, ones in tables.items():
            view = " UNION ALL BY NAME ".join(as_text(one) for one in ones)
            ask(cursor, f"CREATE TEMP VIEW {name_sql(table)} AS {view}")
        return [(int(bin_us), str(lane), str(label), int(n)) for bin_us, lane, label, n in ask(cursor, sql)]
