"""A view that a finding shows: its picture, and beside it what was asked, what is shown, and what is not."""

from __future__ import annotations

from reportlab.platypus import Flowable  # noqa: TID253 - see the package

from casebound.timescale import LATEST
from casebound_exporters.report import style
from casebound_exporters.report.blocks import Cell, Press
from casebound_exporters.report.grid import Column, table
from casebound_exporters.report.model import Judgement, ReportModel
from casebound_exporters.report.timeline_picture import TimelinePicture
from casebound_exporters.report.viewmodel import ViewEntry
from casebound_exporters.report.written import counted, instant, listed, window

_RECOUNT = (
    "holds every number of the picture, with whole labels; the .sql beside it gives them from the enclosed rows, "
    "the .json says what was asked."
)
MOST_GAPS = 6
MOST_SOURCES = 24


def shown_views(judgement: Judgement, model: ReportModel, press: Press, drawn: dict[str, str]) -> list[Flowable]:
    """The views of one finding. Each is drawn once; `drawn` names the finding under which."""
    entries = {entry.number: entry for entry in model.views}
    made: list[Flowable] = []
    for number in judgement.views:
        if number in drawn:
            made.append(press.text(style.NOTE, f"{number}: as drawn under {drawn[number]}."))
        elif number in entries:
            drawn[number] = judgement.number
            made += view_pages(entries[number], press)
    for number in judgement.views_withheld:
        told = (
            f"{number} is not given to this recipient: it asks for notes, tags or files of the people who worked here."
        )
        made.append(press.text(style.NOTE, told))
    return made


def view_pages(entry: ViewEntry, press: Press) -> list[Flowable]:
    """The picture with its facts."""
    head = press.mixed((style.HEADING, f"{entry.number}\u00a0 "), (style.HEADING, entry.title or "No title"), most=200)
    lead = press.text(style.SMALL, f"Shown: {_shown(entry)}. {_window(entry)}.")
    first = press.whole(head, lead, TimelinePicture(entry, press.setter), most=0.95)
    return [*first, *_gaps(entry, press), press.facts(_facts(entry)), *_sources(entry, press)]


def _shown(entry: ViewEntry) -> str:
    return f"{entry.shown:,} of {counted(entry.of, 'event')} of the case"


def _window(entry: ViewEntry) -> str:
    if entry.end_us >= LATEST:
        return f"Window: {window(entry.start_us, None)}, without an end"
    return f"Window: {window(entry.start_us, entry.end_us)}, the end not included"


def _facts(entry: ViewEntry) -> list[tuple[str, list[Cell]]]:
    query: list[Cell] = (
        [(style.DIGEST, entry.query)] if entry.query.strip() else [(style.VALUE, "No filter: every event")]
    )
    absent = "; ".join(entry.absent) if entry.absent else "Nothing: every row of the case stands on it"
    return [
        ("Filter", query),
        ("Counted", [(style.VALUE, f"Events {entry.unit}, lanes by {_by(entry)}; all times in UTC")]),
        ("Does not show", [(style.VALUE, f"{absent}.")]),
        (
            "To recount",
            [
                (style.DIGEST, f"{entry.files}.csv"),
                (style.SMALL, _RECOUNT),
            ],
        ),
    ]


def _by(entry: ViewEntry) -> str:
    if entry.lanes_by in ("source", "table"):
        return entry.lanes_by
    named = entry.lanes_by if entry.lanes_by in ("actor", "action", "object") else f"“{entry.lanes_by}”"
    return f"{named}, its most frequent values in the case"


def _gaps(entry: ViewEntry, press: Press) -> list[Flowable]:
    """Why there is nothing where the picture is hatched."""
    gaps = [(lane.label, *gap) for lane in entry.lanes for gap in lane.gaps]
    told = [
        f"{label}, {_cut(start, entry.start_us, 'start')} to {_cut(end, entry.end_us, 'end', last=True)}: {why}."
        for label, start, end, why in sorted(gaps, key=lambda gap: gap[1] - gap[2])[:MOST_GAPS]
    ]
    if len(gaps) > MOST_GAPS:
        more = len(gaps) - MOST_GAPS
        told.append(f"{counted(more, 'shorter one is', 'shorter ones are')} hatched and not named here.")
    if told:
        told[0] = f"Hatched: {told[0]}"
    return [press.text(style.SMALL, one) for one in told]


def _cut(time: int, edge: int, words: str, *, last: bool = False) -> str:
    beyond = time >= edge if last else time <= edge
    return f"the {words}" if beyond else instant(time)


def _sources(entry: ViewEntry, press: Press) -> list[Flowable]:
    """Each source that the picture shows something of, with the fingerprint of its original."""
    showing = [one for one in entry.sources if one.shown]
    silent = [one.label for one in entry.sources if not one.shown]
    columns = [
        Column("Source", style.WIDTH - 366),
        Column("Shown", 42, True),
        Column("Of", 50, True),
        Column("SHA-256 of the original", 274),
    ]
    rows: list[list[Cell | list[Cell]]] = [
        [
            (style.CELL_STRONG, f"{one.label}\u00a0 {one.file}"),
            (style.CELL, f"{one.shown:,}"),
            (style.CELL, f"{one.of:,}"),
            (style.CELL_MONO, one.sha256),
        ]
        for one in showing[:MOST_SOURCES]
    ]
    made: list[Flowable] = [table(press, columns, rows, tight=True)] if rows else []
    if len(showing) > MOST_SOURCES:
        told = f"Showing {MOST_SOURCES} of {len(showing):,} sources; all are in {entry.files}.json."
        made.append(press.text(style.NOTE, told))
    if silent:
        made.append(press.text(style.SMALL, f"Nothing in it is of {listed(silent)}."))
    return made
