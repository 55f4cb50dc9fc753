"""The canvas for those who listen: a chart whose children are what lies over the counts, in the order of time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from PySide6.QtCore import QObject, QPoint, QRect
from PySide6.QtGui import QAccessible, QAccessibleInterface, QWindow
from PySide6.QtWidgets import QAccessibleWidget

from casebound_ui.desktop.timeline import interfaces
from casebound_ui.desktop.timeline.canvas import Canvas
from casebound_ui.desktop.timeline.dates import long_text
from casebound_ui.desktop.timeline.paint_top import chip_rect, finding_chips
from casebound_ui.desktop.timeline.placing import brackets
from casebound_ui.desktop.timeline.scene import Scene
from casebound_ui.desktop.timeline.words import range_mark_words
from casebound_ui.desktop.wording import counted

SIZE = 16
MOST = 500  # children: reading on is what zooming in is for, and what is left out is said


@dataclass(frozen=True, slots=True)
class Item:
    """One thing in view besides counts: what it says, and where it is on the canvas."""

    words: str
    rect: QRect
    time: int


def items(canvas: Canvas) -> list[Item]:
    """What is on the canvas besides counts, first by time: marks, marked ranges, findings, gaps, rows set aside."""
    scene = canvas.scene
    found = sorted((*_marks(scene), *_ranges(scene), *_findings(scene), *_in_lanes(scene)), key=lambda item: item.time)
    if len(found) > MOST:
        left = len(found) - MOST
        rect = QRect(0, 0, canvas.width(), canvas.height())
        more = Item(f"{left:,} more in this view; zoom in to hear them", rect, found[MOST].time)
        return [*found[:MOST], more]
    return found


def _marks(scene: Scene) -> Iterator[Item]:
    for row, diamond in scene.standing.all():
        middle = QPoint(round(scene.layout.left + diamond.x), round(scene.mark_y(row)))
        box = QRect(middle - QPoint(SIZE // 2, SIZE // 2), middle + QPoint(SIZE // 2, SIZE // 2))
        for point in diamond.points:
            lane = scene.row(point.code)
            said = ["Mark", long_text(point.time)]
            said.append(scene.shown.lanes[lane].label if lane is not None else "in no lane")
            if point.notes:
                said.append(counted(point.notes, "note"))
            if scene.placing.is_hidden(point):
                said.append("hidden by the filter")
            yield Item(", ".join(said), box, point.time)


def _ranges(scene: Scene) -> Iterator[Item]:
    made = scene.layout
    for bracket in brackets(scene.layers.ranges, scene.view, made.plot):
        left, wide = round(made.left + bracket.x0), round(bracket.x1 - bracket.x0)
        box = QRect(left, round(made.marks.top), max(wide, 1), round(made.marks.height))
        for one in bracket.ranges:
            name, size = range_mark_words(scene, one)
            yield Item(f"Marked range, {name}, {_between(one.start, one.end)}, {size}", box, one.start)


def _findings(scene: Scene) -> Iterator[Item]:
    for chip in finding_chips(scene):
        box = chip_rect(chip, scene).toRect()
        for span in (chip.span, *chip.others):
            yield Item(f"Finding {span.number}, {span.sentence}, {_between(span.start, span.end)}", box, span.start)


def _in_lanes(scene: Scene) -> Iterator[Item]:
    view, made = scene.view, scene.layout
    for gap in scene.layers.gaps:
        row = scene.row(gap.code)
        if row is not None and gap.end > view.start and gap.start < view.end:
            x0, x1 = max(scene.x(gap.start), made.left), min(scene.x(gap.end), made.right)
            box = QRect(round(x0), round(made.lane(row).top), max(round(x1 - x0), 1), round(made.lane_height))
            words = f"No data, {scene.shown.lanes[row].label}, {gap.reason}, {_between(gap.start, gap.end)}"
            yield Item(words, box, gap.start)
    for aside in scene.layers.asides:
        row = scene.row(aside.code)
        if row is not None and view.contains(aside.time):
            box = QRect(round(scene.x(aside.time)) - 3, round(made.lane(row).top), 6, round(made.lane_height))
            number = counted(aside.count, "row")
            lane = scene.shown.lanes[row].label
            yield Item(f"{number} set aside near {long_text(aside.time)}, {lane}, {aside.reason}", box, aside.time)


def _between(start: int, end: int) -> str:
    return f"from {long_text(start)} to {long_text(end)}"


class ItemInterface(QAccessibleInterface):
    """One child of the chart."""

    def __init__(self, canvas: Canvas, item: Item) -> None:
        super().__init__()
        self._canvas, self._item = canvas, item

    def isValid(self) -> bool:
        return True

    def object(self) -> QObject | None:  # type: ignore[override]
        return None

    def window(self) -> QWindow | None:  # type: ignore[override]
        return self._canvas.window().windowHandle()

    def parent(self) -> QAccessibleInterface | None:  # type: ignore[override]
        return QAccessible.queryAccessibleInterface(self._canvas)

    def child(self, index: int) -> QAccessibleInterface | None:  # type: ignore[override]
        return None

    def childAt(self, x: int, y: int) -> QAccessibleInterface | None:  # type: ignore[override]
        return None

    def childCount(self) -> int:
        return 0

    def indexOfChild(self, child: QAccessibleInterface) -> int:
        return -1

    def rect(self) -> QRect:
        return self._item.rect.translated(self._canvas.mapToGlobal(QPoint(0, 0)))

    def role(self) -> QAccessible.Role:
        return QAccessible.Role.ListItem

    def state(self) -> QAccessible.State:
        return QAccessible.State()

    def text(self, which: QAccessible.Text) -> str:
        return self._item.words if which == QAccessible.Text.Name else ""

    def setText(self, which: QAccessible.Text, text: str) -> None:
        """Names of marks are not changed from outside."""


class ChartInterface(QAccessibleWidget):
    """The canvas as a chart."""

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas, QAccessible.Role.Chart, canvas.accessibleName())
        self._canvas = canvas
        self._made: list[ItemInterface] = []
        self._of: tuple[Item, ...] = ()

    def _children(self) -> list[ItemInterface]:
        now = tuple(items(self._canvas))
        if now != self._of:
            self._of = now
            self._made = [ItemInterface(self._canvas, item) for item in now]
        return self._made

    def childCount(self) -> int:
        return len(self._children())

    def child(self, index: int) -> QAccessibleInterface | None:  # type: ignore[override]
        made = self._children()
        return made[index] if 0 <= index < len(made) else None

    def indexOfChild(self, child: QAccessibleInterface) -> int:
        return next((at for at, made in enumerate(self._children()) if made is child), -1)

    def childAt(self, x: int, y: int) -> QAccessibleInterface | None:  # type: ignore[override]
        return next((made for made in self._children() if made.rect().contains(x, y)), None)


def install() -> None:
    """Let Qt ask for the canvas's interface. Once for a program; further calls do nothing."""
    interfaces.install(Canvas, ChartInterface)
