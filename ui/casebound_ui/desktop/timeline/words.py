"""What the canvas says in words: under the pointer, to a screen reader, and as a table of counts. Free of Qt."""

from __future__ import annotations

from casebound_ui.desktop.timeline.dates import cell_text, long_text, spoken
from casebound_ui.desktop.timeline.layout import Zone
from casebound_ui.desktop.timeline.scale import NIGHT_BELOW
from casebound_ui.desktop.timeline.scene import Hover, Scene
from casebound_ui.desktop.wording import counted

Lines = list[tuple[str, str]]
NEAR = 6.0  # pixels


def summary(scene: Scene) -> str:
    """A view as it is read aloud after a move: “10 to 16 March 2026, 146,007 events, 5 marks”. Times are UTC."""
    marks = len(scene.layers.within(scene.view))
    return ", ".join(
        (
            f"{spoken(scene.view)} UTC",
            counted(scene.frame.in_view, "event"),
            counted(marks, "mark"),
        )
    )


def under(scene: Scene, hover: Hover) -> tuple[str, Lines] | None:
    """Heading and lines for what lies under the pointer, with exact counts; None where there is nothing to say."""
    made = scene.layout
    if hover.zone is Zone.LABELS and hover.row is not None:
        lane = scene.shown.lanes[hover.row]
        return lane.label, [
            ("in view", counted(scene.frame.in_lanes[hover.row], "event")),
            ("in all", counted(int(lane.ranks.size), "event")),
        ]
    if hover.zone is Zone.AXIS and scene.view.span < NIGHT_BELOW:
        return "All times UTC", [("Shaded", "18:00 to 08:00 UTC")]
    if hover.zone not in (Zone.HISTOGRAM, Zone.LANES):
        return None
    time = scene.view.time(hover.x - made.left, made.plot)
    index = scene.frame.bin_at(time)
    if index is None:
        return None
    title = cell_text(int(scene.frame.edges[index]), scene.frame.step)
    lines: Lines = []
    row = hover.row
    if row is not None and row < len(scene.shown.lanes):
        code = scene.shown.lanes[row].code
        reach = round(NEAR * scene.view.span / made.plot)
        lines.append((scene.shown.lanes[row].label, counted(int(scene.frame.cells[row, index]), "event")))
        lines.extend(
            (f"Mark at {long_text(point.time)}", counted(point.notes, "note") if point.notes else "")
            for point in scene.layers.within(scene.view)
            if point.code == code and abs(point.time - time) <= reach
        )
        lines.extend(
            ("No data", gap.reason) for gap in scene.layers.gaps if gap.code == code and gap.start <= time < gap.end
        )
        lines.extend(
            (f"Set aside near here: {aside.reason}", counted(aside.count, "row"))
            for aside in scene.layers.asides
            if aside.code == code and abs(aside.time - time) <= reach
        )
    lines.insert(1 if lines else 0, ("All lanes", counted(int(scene.frame.totals[index]), "event")))
    return title, lines[:8]


def table_of_counts(scene: Scene) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """The picture as text: header, and one row per bin with the exact count of every lane and of all together."""
    header = ("Time (UTC)", *(lane.label for lane in scene.shown.lanes), scene.gutter_title)
    rows = [
        (
            cell_text(int(start), scene.frame.step),
            *(f"{int(cells[index]):,}" for cells in scene.frame.cells),
            f"{int(scene.frame.totals[index]):,}",
        )
        for index, start in enumerate(scene.frame.edges[:-1])
    ]
    return header, rows
