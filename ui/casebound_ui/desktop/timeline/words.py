"""What the canvas says in words: under the pointer, to a screen reader, and as a table of counts. Free of Qt."""

from __future__ import annotations

import numpy as np

from casebound_ui.desktop.timeline.dates import cell_text, date_text, edge_text, long_text, spoken
from casebound_ui.desktop.timeline.doubts import how_many
from casebound_ui.desktop.timeline.layout import Zone
from casebound_ui.desktop.timeline.marks import Point, RangeMark
from casebound_ui.desktop.timeline.placing import LINE, brackets
from casebound_ui.desktop.timeline.scale import DAY, NIGHT_BELOW, duration
from casebound_ui.desktop.timeline.scene import Hover, Scene, Stretch
from casebound_ui.desktop.wording import counted, inert

Lines = list[tuple[str, str]]
NEAR = 6.0  # pixels
MOST = 12  # lines beside the pointer; how many more there are is said
LONGEST = 80  # letters of what a person wrote


def summary(scene: Scene, stretch: Stretch | None = None) -> str:
    """A view as it is read aloud after a move: “10 to 16 March 2026, 146,007 events, 5 marks”. Times are UTC."""
    parts = [
        f"{spoken(scene.view)} UTC",
        counted(scene.frame.in_view, "event"),
        counted(len(scene.layers.within(scene.view)), "mark"),
    ]
    ranges = len(scene.layers.ranges_within(scene.view))
    if ranges:
        parts.append(counted(ranges, "marked range"))
    if stretch is not None:
        parts.append(range_words(scene, stretch))
    return ", ".join(parts)


def range_words(scene: Scene, stretch: Stretch) -> str:
    """The range as it is read aloud."""
    start, end = (edge_text(time, stretch.end - stretch.start) for time in (stretch.start, stretch.end))
    events = counted(scene.count(stretch.start, stretch.end), "event")
    return f"range of {duration(stretch.end - stretch.start)} from {start} to {end} UTC, {events}"


def legend_words(scene: Scene) -> str:
    """What the legend says, at length."""
    if scene.frame.dots is not None:
        text = "Every event in view is drawn by itself."
        if scene.shown.uncertain is not None:
            text += " A bar is the range in which the time of an event lies; the event stands at its beginning."
    elif scene.same_scale:
        text = "Every lane is shaded on one scale: the same shade is about the same number of events."
    else:
        text = (
            "Every lane is shaded by what is usual for itself: a shade in one lane is not the number of events of the "
            "same shade in another. The numbers at the left and under the pointer are exact."
        )
    if scene.stack is not None:
        text += f"\nColoured by {inert(scene.stack.field, LONGEST)}, counts of what is in view:"
        for name, number in zip(scene.stack.labels, scene.stack.in_view, strict=True):
            text += f"\n{name}: {number:,}"
    return text


def under(scene: Scene, hover: Hover) -> tuple[str, Lines] | None:
    """Heading and lines for what lies under the pointer, with exact counts; None where there is nothing to say."""
    found = _under(scene, hover)
    if found is None:
        return None
    title, lines = found
    if len(lines) > MOST:
        lines = [*lines[: MOST - 1], (f"and {len(lines) - MOST + 1:,} more", "")]
    return title, lines


def _under(scene: Scene, hover: Hover) -> tuple[str, Lines] | None:
    made = scene.layout
    match hover.zone:
        case Zone.LABELS if hover.row is not None:
            return _lane(scene, hover.row)
        case Zone.AXIS:
            return _axis(scene, scene.view.time(hover.x - made.left, made.plot))
        case Zone.OVERVIEW:
            return _overview(scene, scene.whole.time(hover.x - made.left, made.plot))
        case Zone.MARKS:
            return _marks(scene, hover.x - made.left)
        case Zone.HISTOGRAM | Zone.LANES:
            return _bin(scene, hover)
    return None


def _lane(scene: Scene, row: int) -> tuple[str, Lines]:
    lane = scene.shown.lanes[row]
    return lane.label, [
        ("in view", counted(scene.frame.in_lanes[row], "event")),
        ("in all", counted(int(lane.ranks.size), "event")),
    ]


def _axis(scene: Scene, time: int) -> tuple[str, Lines]:
    lines: Lines = []
    if scene.zone is not None:
        lines.append((scene.zone.name, scene.zone.text(time)))
        lines.extend(
            (f"Clocks there change by {change.words}", f"{long_text(change.time)}")
            for change in scene.zone.changes(scene.view)
        )
    if scene.view.span < NIGHT_BELOW:
        lines.append(("Shaded", f"18:00 to 08:00, {scene.zone.name if scene.zone is not None else 'UTC'}"))
    return long_text(time), lines


def _overview(scene: Scene, time: int) -> tuple[str, Lines]:
    lines: Lines = [("in all", counted(scene.shown.count, "event"))]
    if scene.layers.points or scene.layers.ranges:
        lines.append(("marked", counted(len(scene.layers.points) + len(scene.layers.ranges), "mark")))
    return f"{date_text(time)} UTC" if scene.whole.span > 3 * DAY else long_text(time), lines


def _marks(scene: Scene, x: float) -> tuple[str, Lines] | None:
    lines: Lines = []
    for diamond in scene.standing.rows.get(LINE, ()):
        if abs(diamond.x - x) <= NEAR:
            lines.extend(_mark(scene, point) for point in diamond.points)
    for bracket in brackets(scene.layers.ranges, scene.view, scene.layout.plot):
        if bracket.x0 - 3 <= x <= bracket.x1 + 3:
            lines.extend(range_mark_words(scene, one) for one in bracket.ranges)
    return ("Marks here", lines) if lines else None


def range_mark_words(scene: Scene, one: RangeMark) -> tuple[str, str]:
    """A marked range: what was written, and its length with the exact number of events."""
    text = inert(one.text, LONGEST) or "Bookmark"
    events = counted(scene.count(one.start, one.end + 1), "event")
    return f"{one.kind.capitalize()}: {text}", f"{duration(one.end - one.start)}, {events}"


def _mark(scene: Scene, point: Point) -> tuple[str, str]:
    row = scene.row(point.code)
    said = [counted(point.notes, "note")] if point.notes else []
    if scene.placing.is_hidden(point):
        said.append("hidden by the filter")
    elif row is None:
        said.append("in no lane")
    elif not scene.layout.in_sight(row):
        said.append(f"lane {scene.shown.lanes[row].label}")
    return f"Mark at {long_text(point.time)}", ", ".join(said)


def _bin(scene: Scene, hover: Hover) -> tuple[str, Lines] | None:
    made, frame = scene.layout, scene.frame
    time = scene.view.time(hover.x - made.left, made.plot)
    index = frame.bin_at(time)
    if index is None:
        return None
    start, end = int(frame.edges[index]), int(frame.edges[index + 1])
    row = hover.row if hover.row is not None and hover.row < len(scene.shown.lanes) else None
    lines: Lines = []
    if row is not None:
        lines.append((scene.shown.lanes[row].label, counted(int(frame.cells[row, index]), "event")))
    lines.append(("All lanes", counted(int(frame.totals[index]), "event")))
    if scene.stack is not None:
        lines.extend(
            (name, counted(int(count), "event"))
            for name, count in zip(scene.stack.labels, scene.stack.cells[:, index], strict=True)
            if count
        )
    if row is not None:
        lines.extend(_about_lane(scene, row, time, (start, end)))
    if scene.zone is not None:
        lines.append((scene.zone.name, scene.zone.text(time)))
    return f"{cell_text(start, frame.step)} UTC", lines


def _about_lane(scene: Scene, row: int, time: int, within: tuple[int, int]) -> Lines:
    """Uncertain times, marks, gaps and rows set aside that lie under the pointer in a lane."""
    lane = scene.shown.lanes[row]
    reach = round(NEAR * scene.view.span / scene.layout.plot)
    edges = np.array(np.searchsorted(scene.shown.times, np.array(within, dtype=np.int64)), dtype=np.int32)
    low, high = np.searchsorted(lane.ranks, edges).tolist()
    number, most = how_many(scene.shown, lane.ranks[low:high])
    lines: Lines = []
    if number:
        many = f"{number:,} of them" if number > 0 else "Some of them"
        lines.append((f"Time uncertain: {many}", f"up to {duration(most)} later" if most else ""))
    lines.extend(
        _mark(scene, point)
        for point in scene.layers.within(scene.view)
        if point.code == lane.code and abs(point.time - time) <= reach
    )
    lines.extend(
        ("No data", gap.reason) for gap in scene.layers.gaps if gap.code == lane.code and gap.start <= time < gap.end
    )
    lines.extend(
        (f"Set aside near here: {aside.reason}", counted(aside.count, "row"))
        for aside in scene.layers.asides
        if aside.code == lane.code and abs(aside.time - time) <= reach
    )
    return lines


def table_of_counts(scene: Scene) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """The picture as text: header, and one row per bin.

    It has the exact count of every lane, of all together, of every value that is coloured, and of people's marks.
    """
    frame, stack, layers = scene.frame, scene.stack, scene.layers
    header = ["Time (UTC)", *(lane.label for lane in scene.shown.lanes), scene.gutter_title]
    columns = [*frame.cells, frame.totals]
    if stack is not None:
        header += [f"{inert(stack.field, LONGEST)}: {label}" for label in stack.labels]
        columns += list(stack.cells)
    if layers.points:
        header.append("Marks")
        times = np.array([point.time for point in layers.points], dtype=np.int64)
        columns.append(np.diff(np.searchsorted(times, frame.edges)).astype(np.int64))
    numbers = [column.tolist() for column in columns]
    rows = [
        (cell_text(start, frame.step), *(f"{column[index]:,}" for column in numbers))
        for index, start in enumerate(frame.edges[:-1].tolist())
    ]
    return tuple(header), rows
