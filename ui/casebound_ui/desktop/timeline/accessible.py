"""The canvas for those who listen: a chart whose children are the marks and findings in view, in the order of time."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, QPoint, QRect
from PySide6.QtGui import QAccessible, QAccessibleInterface, QWindow
from PySide6.QtWidgets import QAccessibleWidget

from casebound_ui.desktop.timeline.canvas import Canvas
from casebound_ui.desktop.timeline.dates import long_text
from casebound_ui.desktop.timeline.paint_marks import lanes_of_marks
from casebound_ui.desktop.timeline.paint_top import chip_rect, finding_chips
from casebound_ui.desktop.wording import counted

SIZE = 16


@dataclass(frozen=True, slots=True)
class Item:
    """One mark or finding in view: what it says, and where it is on the canvas."""

    words: str
    rect: QRect
    time: int


def items(canvas: Canvas) -> list[Item]:
    """What is on the canvas besides counts, first by time."""
    scene = canvas.scene
    found = []
    for row, points in lanes_of_marks(scene).items():
        lane = scene.shown.lanes[row].label if row < len(scene.shown.lanes) else ""
        band = scene.layout.lane(row)
        for point in points:
            notes = f", {counted(point.notes, 'note')}" if point.notes else ""
            middle = QPoint(round(scene.x(point.time)), round(band.top + band.height / 2))
            box = QRect(middle - QPoint(SIZE // 2, SIZE // 2), middle + QPoint(SIZE // 2, SIZE // 2))
            found.append(Item(f"Mark, {long_text(point.time)}, {lane}{notes}", box, point.time))
    for chip in finding_chips(scene):
        box = chip_rect(chip, scene).toRect()
        for span in (chip.span, *chip.others):
            words = f"Finding {span.number}, {span.sentence}, from {long_text(span.start)} to {long_text(span.end)}"
            found.append(Item(words, box, span.start))
    return sorted(found, key=lambda item: item.time)


class ItemInterface(QAccessibleInterface):
    """One mark or finding."""

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


_alive: dict[int, ChartInterface] = {}  # Qt does not keep the Python side of an interface alive


def _factory(key: str, about: QObject) -> QAccessibleInterface | None:
    if not isinstance(about, Canvas):
        return None
    made = ChartInterface(about)
    name = id(about)
    _alive[name] = made
    about.destroyed.connect(lambda: _alive.pop(name, None))
    return made


def install() -> None:
    """Let Qt ask for the canvas's interface. Once for a program; further calls do nothing."""
    if not getattr(install, "done", False):
        QAccessible.installFactory(_factory)
        install.done = True  # type: ignore[attr-defined]
