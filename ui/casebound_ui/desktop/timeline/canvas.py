"""The canvas: what is in view, painted. Its gestures are in `gestures`, its counts in `bins`."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleEvent,
    QContextMenuEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from casebound_ui.desktop.timeline import bins, words
from casebound_ui.desktop.timeline.announcing import announce
from casebound_ui.desktop.timeline.gestures import Gestures
from casebound_ui.desktop.timeline.history import History
from casebound_ui.desktop.timeline.keyboard import Keyboard
from casebound_ui.desktop.timeline.localtime import LocalZone
from casebound_ui.desktop.timeline.marks import Layers
from casebound_ui.desktop.timeline.picture import Picture
from casebound_ui.desktop.timeline.scale import MINUTE, View, limited
from casebound_ui.desktop.timeline.scene import Chosen, Hover, Scene, Stretch

SETTLE = 180  # milliseconds without a move after which a view counts as come to
_EMPTY = View(0, MINUTE)


class Canvas(QWidget):
    """Everything over time.

    Signals tell of moves; the choice of an event is made by the screen and comes back by `show_chosen`.
    """

    moved = Signal(object)  # View, at every step
    settled = Signal(object)  # View, once it rests
    ranged = Signal(object)  # Stretch or None
    picked = Signal(int, int)  # a place among all events, and its lane code
    opened = Signal()  # Enter: the chosen event in the inspector
    stepped = Signal(int)  # Ctrl and an arrow: the next event of the lane, or the one before
    menu_wanted = Signal(object)  # QPoint, global

    def __init__(self) -> None:
        super().__init__()
        self.shown = bins.NOTHING
        self.layers = Layers()
        self.bounds = _EMPTY
        self.view = _EMPTY
        self.stretch: Stretch | None = None
        self.chosen: Chosen | None = None
        self.hover: Hover | None = None
        self.active: int | None = None
        self.same_scale = False
        self.root = False
        self.gutter_title = "All events"
        self.icons: tuple[str, ...] = ()
        self.empty_text = ""
        self.history = History()
        self.zone: LocalZone | None = None  # whose clock stands beside UTC
        self.held = ""  # "start" or "end": the edge of the range that the keyboard has hold of
        self._picture = Picture(self)
        self.steps: list[Callable[[int], bool]] = []  # asked before a step back (-1) or forward (1); True: it is done
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(SETTLE)
        self._rest.timeout.connect(self._settle)
        self.gestures = Gestures(self)
        self.keyboard = Keyboard(self)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(420, 214)
        self.setAccessibleName("Timeline, all times UTC")
        self.setAccessibleDescription("No events yet")

    # What is shown

    def show_events(self, shown: bins.Shown, icons: Sequence[str], bounds: View | None = None) -> None:
        """Show these events. The view stays, unless `bounds`, the stretch of the whole case, are new."""
        self.shown = shown
        self.icons = tuple(icons)
        if bounds is not None and bounds != self.bounds:
            follow = self.view in (self.bounds, _EMPTY)
            self.bounds = bounds
            self.view = bounds if follow else limited(self.view, bounds)
            if follow:
                self.history.settle(self.view)
        if self.active is not None and self.active >= len(shown.lanes):
            self.active = None
        self.refresh()
        self._rest.start()

    def show_layers(self, layers: Layers) -> None:
        self.layers = layers
        self.refresh()
        if not self._rest.isActive():
            self._describe()  # marks are part of what is said of a view

    def show_chosen(self, chosen: Chosen | None) -> None:
        self.chosen = chosen
        if chosen is not None:
            row = self.scene.row(chosen.code)
            if row is not None and row != self.active:
                self.choose_lane(row)
        self.update()

    def show_range(self, stretch: Stretch | None) -> None:
        if stretch != self.stretch:
            self.stretch = stretch
            if stretch is None:
                self.held = ""
            self.ranged.emit(stretch)
            self.update()

    def hold(self, edge: str) -> None:
        """Take hold of the "start" or the "end" of the range by the keyboard, or let go of it with ""."""
        if edge != self.held:
            self.held = edge
            self.update()

    def show_zone(self, name: str) -> None:
        """Show the clock of a zone beside UTC: an IANA name or an offset; "" and what is no zone show UTC alone."""
        zone = LocalZone.named(name)
        if zone != self.zone:
            self.zone = zone
            self.setAccessibleName(f"Timeline, all times UTC{f', beside it {zone.name}' if zone is not None else ''}")
            self.refresh()

    def show_option(self, option: str, on: bool) -> None:
        """`same_scale`: one shading scale for all lanes. `root`: the histogram's heights are square roots."""
        self.same_scale = on if option == "same_scale" else self.same_scale
        self.root = on if option == "root" else self.root
        self.refresh()

    def choose_lane(self, row: int | None) -> None:
        """Make a lane the active one (the keys `.` and `,` step in it) and bring it into sight."""
        self.active = row
        if row is not None:
            made = self.scene.layout
            band = made.lane(row)
            if band.top < made.lanes_area.top:
                self.scroll_lanes(band.top - made.lanes_area.top)
            elif band.bottom > made.lanes_area.bottom:
                self.scroll_lanes(band.bottom - made.lanes_area.bottom)
        self.refresh()

    def scroll_lanes(self, by: float) -> None:
        self._picture.scroll = self.scene.layout.scroll + by
        self.refresh()

    # Moving

    def move_to(self, view: View, *, settle: bool = False) -> None:
        """Show another stretch of time. With `settle` it goes into the history at once."""
        view = limited(view, self.bounds)
        if view != self.view:
            self.view = view
            self.refresh()
            self.moved.emit(view)
        if settle:
            self._settle()
        else:
            self._rest.start()

    def zoom(self, factor: float, at: int | None = None) -> None:
        self.move_to(self.view.zoomed(factor, self.view.start + self.view.span // 2 if at is None else at))

    def pan(self, share: float) -> None:
        self.move_to(self.view.panned(round(self.view.span * share)))

    def reveal(self, time: int) -> None:
        """Bring `time` into view, moving only if it is not."""
        if not self.view.contains(time):
            self.move_to(self.view.centred(time), settle=True)

    def rest(self) -> None:
        """Tell of the view once nothing has moved for a moment."""
        self._rest.start()

    def back(self) -> None:
        if not any(step(-1) for step in self.steps):
            self._go(self.history.back())

    def forward(self) -> None:
        if not any(step(1) for step in self.steps):
            self._go(self.history.forward())

    def _go(self, view: View | None) -> None:
        if view is not None:
            self.view = limited(view, self.bounds)
            self.refresh()
            self.moved.emit(self.view)
            self._tell()

    def _settle(self) -> None:
        self._rest.stop()
        self.history.settle(self.view)
        self._tell()

    def _tell(self) -> None:
        """The view has come to rest: say so to the screen, and to those who listen instead of looking."""
        self._rest.stop()
        self._describe()
        self.settled.emit(self.view)

    def _describe(self) -> None:
        text = words.summary(self.scene, self.stretch) if self.shown.of else "No events yet"
        if text != self.accessibleDescription():
            self.setAccessibleDescription(text)
            QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.DescriptionChanged))
            announce(self, text)

    # Painting

    @property
    def scene(self) -> Scene:
        """The counts and places of what is in view now."""
        return self._picture.scene

    def refresh(self) -> None:
        self._picture.forget()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        try:
            self._picture.paint(painter)
        finally:
            painter.end()

    # Events of Qt, handed to the gestures

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.refresh()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.StyleChange, QEvent.Type.PaletteChange):
            self.refresh()

    def wheelEvent(self, event: QWheelEvent) -> None:
        self.gestures.wheel(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.gestures.press(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.gestures.move(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.gestures.release(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.gestures.double_click(event)

    def leaveEvent(self, event: QEvent) -> None:
        self.hover = None
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self.keyboard.act(event):
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        # Alt+arrows and Esc are the window's elsewhere; here they are the timeline's first.
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and self.keyboard.claims(event)
        ):
            event.accept()
            return True
        return super().event(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        at = event.globalPos()
        if event.reason() == QContextMenuEvent.Reason.Keyboard:  # beside the event it is about, not beside the pointer
            made, chosen = self.scene.layout, self.chosen
            x = self.scene.x(chosen.time) if chosen is not None and self.view.contains(chosen.time) else made.left
            row = self.active if self.active is not None and made.in_sight(self.active) else None
            y = made.lane(row).bottom if row is not None else made.histogram.middle
            at = self.mapToGlobal(QPoint(round(x), round(y)))
        self.menu_wanted.emit(at)
