"""Views as printed: their counts as rows of a picture, and what such a picture does not show."""

from __future__ import annotations

from casebound.case import Source
from casebound.density import grid
from casebound.timescale import step_label
from casebound.viewcounts import OTHERS, ViewCounts
from casebound_exporters.contents import Contents
from casebound_exporters.report.viewmodel import LaneRow, SourceShown, SpanBar, ViewEntry
from casebound_exporters.report.written import counted, listed
from casebound_exporters.views import OTHER_WORDS, ShownView


def view_entry(one: ShownView, contents: Contents) -> ViewEntry:
    """One view that a finding shows."""
    counts, view = one.counts, one.view
    edges = [int(edge) for edge in grid(counts.window, counts.step)]
    totals = dict.fromkeys(edges[:-1], 0)
    for at, _, _, count in counts.cells:
        totals[at] += count
    unit = step_label(counts.step)
    return ViewEntry(
        number=view.number,
        title=view.title,
        query=view.where,
        lanes_by=counts.asked.lanes,
        start_us=counts.window.start,
        end_us=counts.window.end,
        edges=tuple(edges),
        unit=unit,
        totals=tuple(totals.values()),
        lanes=tuple(_lane(one, lane) for lane in counts.lanes),
        spans=tuple(SpanBar(span.start_us, span.end_us, span.number) for span in one.spans),
        whole_us=(counts.bounds.start, counts.bounds.end),
        shown=counts.count,
        of=counts.of,
        sources=tuple(
            SourceShown(part.source.label, part.source.name, part.source.sha256, part.shown, part.of)
            for part in counts.parts
        ),
        absent=_absent(counts, contents),
        marks_are="an event that people marked" if contents.wide else "an exhibit",
        bin_words=unit.removeprefix("per "),
        files=f"data/views/{view.number}",
    )


def _lane(one: ShownView, lane: str) -> LaneRow:
    cells: dict[int, int] = {}
    for at, name, _, count in one.counts.cells:
        if name == lane:
            cells[at] = cells.get(at, 0) + count
    return LaneRow(
        OTHER_WORDS if lane == OTHERS else lane,
        one.counts.lane_total(lane),
        tuple(sorted(cells.items())),
        tuple(mark.time_us for mark in one.marks if mark.lane == lane),
        tuple((gap.start_us, gap.end_us, gap.reason) for gap in one.gaps if gap.lane == lane),
    )


def _absent(counts: ViewCounts, contents: Contents) -> tuple[str, ...]:
    """Rows that no picture of the timeline can show, and what the filter and the window leave out."""
    sources = contents.snapshot.sources
    hidden = counts.of - counts.count
    said = [f"{counted(hidden, 'event')} of the case, which the filter and the window leave out"] if hidden else []
    aside = [source for source in sources if source.quarantined]
    if aside:
        rows = counted(sum(source.quarantined for source in aside), "row")
        said.append(f"{rows} set aside because they could not be read, of {_named(aside)}")
    bare = [source for source in sources if not source.timed and source.kept]
    if bare:
        rows = counted(sum(source.kept for source in bare), "row")
        said.append(f"{rows} of tables without times, {_named(bare)}")
    return tuple(said)


def _named(sources: list[Source]) -> str:
    return listed([source.label for source in sources])
