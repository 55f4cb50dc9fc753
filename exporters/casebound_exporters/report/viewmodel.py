"""A view of the timeline as printed: its picture in numbers, and what must stand beside it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LaneRow:
    """One lane. `cells` are (start of the bin in µs, how many events), without empty ones."""

    label: str
    total: int
    cells: tuple[tuple[int, int], ...]
    marks: tuple[int, ...]  # times of the events that people marked, µs
    gaps: tuple[tuple[int, int, str], ...]  # (from, to, why there is nothing)


@dataclass(frozen=True, slots=True)
class SpanBar:
    """A finding over time, from the first event it rests on to the last."""

    start_us: int
    end_us: int
    number: str


@dataclass(frozen=True, slots=True)
class SourceShown:
    """How many events of a source the view shows, out of those on the timeline."""

    label: str  # S-01
    file: str
    sha256: str
    shown: int
    of: int


@dataclass(frozen=True, slots=True)
class ViewEntry:
    """A saved view. The picture shows `start_us` ≤ time < `end_us`; `edges` are those of its bins."""

    number: str  # V-01
    title: str
    query: str
    lanes_by: str
    start_us: int
    end_us: int
    edges: tuple[int, ...]
    unit: str  # "per 2 h"
    totals: tuple[int, ...]  # one for each bin
    lanes: tuple[LaneRow, ...]
    spans: tuple[SpanBar, ...]
    whole_us: tuple[int, int]  # of the case
    shown: int
    of: int
    sources: tuple[SourceShown, ...]
    absent: tuple[str, ...]  # what it does not show, a sentence each
    marks_are: str  # "exhibit", or "event that people marked"
    bin_words: str  # "2 h"
    files: str  # "data/views/V-01"
